//! [`Ending`]: what is being typed at the end of a text.

use crate::article::Part;
use crate::query::{Node, Query, is_quote, left_open};
use crate::search::catalog::Group;

/// What a text ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending<'t> {
    /// A word that must match, beside whatever stands before it.
    Beside(&'t str),
    /// A word within a group, a compound or a part of the article, or behind a minus. `lead` is all that stands before it.
    Word { lead: &'t str, typed: &'t str },
    /// A word of a phrase whose quotes are open still. `lead` is all that stands before them, `begun` what stands in them before it.
    Phrase { lead: &'t str, begun: &'t str, typed: &'t str },
    /// The value of a field, in quotes that are open still or without a space. `lead` is what stands before the field.
    Name { lead: &'t str, group: Group, typed: &'t str },
    /// Something that no word can go on.
    Other,
}

impl<'t> Ending<'t> {
    /// That of a text, which reads as this query.
    pub(super) fn of(text: &'t str, query: &Query) -> Self {
        if let Some(name) = name(text) {
            return name;
        }
        let text = text.trim_end();
        let (lead, typed) = text.split_at(text.trim_end_matches(char::is_alphanumeric).len());
        let field = lead.strip_suffix(':').and_then(|lead| lead.rsplit(|c: char| !c.is_alphabetic()).next());
        let is_part = |field: &str| Part::ALL.iter().any(|part| part.name().eq_ignore_ascii_case(field));
        if let Some((before, begun)) = left_open(lead).filter(|(_, begun)| begun.contains(char::is_alphanumeric))
            && !typed.is_empty()
        {
            return Self::Phrase { lead: before, begun, typed };
        }
        match query.conjuncts().pop() {
            Some(Node::Word(last)) if last == typed => Self::Beside(typed),
            // A date or a grade is no word.
            _ if typed.is_empty() || !field.is_none_or(is_part) => Self::Other,
            _ => Self::Word { lead, typed },
        }
    }

    /// Whether what stands before gives another meaning to what is typed.
    pub(super) fn is_within(self) -> bool {
        !self.lead().is_empty() || matches!(self, Self::Phrase { .. })
    }

    /// Whether what is typed must be absent.
    pub(super) fn is_excluded(self) -> bool {
        self.lead().strip_suffix('-').is_some_and(|lead| may_begin(lead.chars().next_back()))
    }

    fn lead(self) -> &'t str {
        match self {
            Self::Word { lead, .. } | Self::Phrase { lead, .. } | Self::Name { lead, .. } => lead,
            Self::Beside(_) | Self::Other => "",
        }
    }
}

/// Whether something new may begin behind a character.
fn may_begin(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || c == '(')
}

/// The value of a field at the end of a text.
fn name(text: &str) -> Option<Ending<'_>> {
    let read = |at: usize| {
        let (field, value) = text[at..].split_once(':')?;
        let group = match field.to_ascii_lowercase().as_str() {
            "topic" => Group::Topic,
            "provider" => Group::Provider,
            _ => return None,
        };
        let (is_open, typed) = match value.strip_prefix(is_quote) {
            Some(quoted) => (!quoted.contains(is_quote), quoted),
            None => (!value.contains(|c: char| c.is_whitespace() || "()".contains(c)), value),
        };
        is_open.then(|| Ending::Name { lead: &text[..at], group, typed })
    };
    let begins = |at: &usize| {
        let before = text[..*at].chars().next_back();
        before == Some('-') || may_begin(before)
    };
    text.char_indices().rev().map(|(at, _)| at).filter(begins).find_map(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    #[test]
    fn tells_what_is_being_typed() {
        let word = |lead, typed| Ending::Word { lead, typed };
        let topic = |lead, typed| Ending::Name { lead, group: Group::Topic, typed };
        for (text, ending) in [
            ("", Ending::Other),
            ("tele", Ending::Beside("tele")),
            ("remote mon ", Ending::Beside("mon")),
            ("topic:x mon", Ending::Beside("mon")),
            ("-hype mon", Ending::Beside("mon")),
            ("(remote OR mon", word("(remote OR ", "mon")),
            ("cancer -tre", word("cancer -", "tre")),
            ("\"remote", Ending::Beside("remote")),
            ("a \"remote pati", Ending::Phrase { lead: "a ", begun: "remote ", typed: "pati" }),
            ("-\"remote pati", Ending::Phrase { lead: "-", begun: "remote ", typed: "pati" }),
            ("\"remote care\" pati", Ending::Beside("pati")),
            ("title:str", word("title:", "str")),
            ("a Body:str", word("a Body:", "str")),
            ("e-heal", word("e-", "heal")),
            ("topic:", topic("", "")),
            ("cancer Topic:dig", topic("cancer ", "dig")),
            ("a (-topic:\"ai in", topic("a (-", "ai in")),
            ("provider:a.o", Ending::Name { lead: "", group: Group::Provider, typed: "a.o" }),
            ("topic:\"ai\" mon", Ending::Beside("mon")),
            ("after:20", Ending::Other),
            ("mon,", Ending::Other),
            ("(mon)", Ending::Other),
        ] {
            let found = Ending::of(text, &parse(text).unwrap().query);
            assert_eq!(found, ending, "{text}");
            let excluded = ["cancer -tre", "a (-topic:\"ai in", "-\"remote pati"];
            assert_eq!(found.is_excluded(), excluded.contains(&text), "{text}");
        }
    }
}
