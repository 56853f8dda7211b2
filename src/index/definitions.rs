//! [`Definitions`]: what an article says that acronyms stand for, as terms of the index; [`OtherName`]: what is read from one.
//!
//! “Electronic health record (EHR)” becomes two terms, so that either name leads to the other: the key of the name, the key of the
//! other one, and how that is written, with a separator between them.
//!
//! ```text
//! (EHR)␟electronic health record␟electronic health record
//! electronic health record␟(EHR)␟EHR
//! ```
//!
//! Most words of a query are no name and begin none, and one look must tell. So the beginnings of names are terms too, word by word,
//! and so is each name with the separator alone behind it: `electronic`, `electronic health`, `electronic health record`, and
//! `electronic health record␟`.
//!
//! An article has one such pair of terms for each definition, however often and in whatever spellings it gives it. So the articles
//! that have a term are those that use the acronym in this sense, counted like those of any other term.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::{acronym_key, definitions, name_key, singular};
use super::schema::KEY_SEPARATOR;

/// What an article says that acronyms stand for.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    /// By the keys of an acronym and of its long form: the two as first written.
    by_keys: BTreeMap<(String, String), (String, String)>,
}

impl Definitions {
    /// Adds those of a text. Costs one look for a parenthesis where there is none.
    pub(super) fn read(&mut self, text: &str) {
        for definition in definitions(text) {
            let written = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (short, long) = (written(&text[definition.short]), written(&text[definition.long]));
            let keys = (acronym_key(&short), name_key(&long, false));
            if !keys.1.is_empty() {
                let short = singular(&short).map_or(short.clone(), str::to_owned);
                self.by_keys.entry(keys).or_insert((short, long));
            }
        }
    }

    /// The terms, each once.
    pub(super) fn into_terms(self) -> impl Iterator<Item = String> {
        let term = |name: &str, other: &str, written: &str| [name, other, written].join(SEPARATOR);
        let mut terms = BTreeSet::new();
        for ((acronym, name), (short, long)) in self.by_keys {
            terms.extend([term(&acronym, &name, &long), term(&name, &acronym, &short)]);
            for key in [&acronym, &name] {
                let ends = key.match_indices(' ').map(|(at, _)| at).chain([key.len()]);
                terms.extend(ends.map(|end| key[..end].to_owned()));
                terms.insert(OtherName::beginning(key));
            }
        }
        terms.into_iter()
    }
}

const SEPARATOR: &str = "\u{1f}";
const _: () = assert!(SEPARATOR.as_bytes()[0] == KEY_SEPARATOR as u8);

/// Another name, as a term tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OtherName<'a> {
    pub(crate) key: &'a str,
    pub(crate) written: &'a str,
}

impl<'a> OtherName<'a> {
    /// What the terms for a name begin with. A term itself where there is any.
    pub(crate) fn beginning(key: &str) -> String {
        format!("{key}{KEY_SEPARATOR}")
    }

    /// Reads what is behind the beginning.
    pub(crate) fn parse(rest: &'a str) -> Option<Self> {
        let (key, written) = rest.split_once(KEY_SEPARATOR)?;
        Some(Self { key, written })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(texts: &[&str]) -> Vec<String> {
        let mut definitions = Definitions::default();
        for text in texts {
            definitions.read(text);
        }
        definitions.into_terms().map(|term| term.replace(KEY_SEPARATOR, "|")).collect()
    }

    #[test]
    fn a_definition_is_there_once_whatever_its_spelling() {
        let texts = [
            "Electronic  Health Records (EHRs)",
            "an electronic health-record (EHR)",
            "EHR (electronic health record)",
        ];
        assert_eq!(
            terms(&texts),
            [
                "(EHR)",
                "(EHR)|",
                "(EHR)|electronic health record|Electronic Health Records",
                "electronic",
                "electronic health",
                "electronic health record",
                "electronic health record|",
                "electronic health record|(EHR)|EHR"
            ]
        );
    }

    #[test]
    fn an_acronym_may_be_defined_in_two_ways() {
        let terms = terms(&["intermittent fasting (IF), or an impact factor (IF)"]);
        assert_eq!(terms.len(), 12, "two ways, the acronym, and two names of two words: {terms:?}");
        assert_eq!(OtherName::parse(""), None, "what a name has behind it by itself is no other name");
        assert_eq!(OtherName::parse("impact factor\u{1f}impact factor").unwrap().written, "impact factor");
        assert_eq!(OtherName::beginning("(IF)"), "(IF)\u{1f}");
    }

    #[test]
    fn a_text_without_a_definition_has_no_terms() {
        assert_eq!(terms(&["", "no parenthesis", "one (that says nothing)"]), Vec::<String>::new());
    }
}
