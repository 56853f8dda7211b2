//! [`Vocabulary`]: names for one and the same thing, to find articles that use another name than the query.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::index::analysis::name_key;

/// The names that healthnews knows by itself.
const BUILT_IN: &str = include_str!("vocabulary.txt");
/// A thing has so many names at most.
const MAX_NAMES: usize = 16;
/// A name has so many words at most.
const MAX_WORDS: usize = 12;

/// Names for one and the same thing: `EHR`, `electronic health record`.
///
/// Read from lines of names that are separated by commas; lines that begin with `#` are remarks. A name may stand in several
/// lines, and then has the other names of all of them. Names are compared as words are searched, so that case, endings and
/// hyphens do not matter, but for acronyms that are ordinary words otherwise: `WHO` is not `who`.
///
/// ```
/// use healthnews::query::Vocabulary;
///
/// let vocabulary = Vocabulary::built_in().with("# ours\nward at home, hospital-at-home\n").unwrap();
/// assert_eq!(vocabulary.others("Wards at home", false), ["hospital-at-home"]);
/// assert_eq!(Vocabulary::none().with("alone\n").unwrap_err().line, 1);
/// ```
#[derive(Debug, Clone)]
pub struct Vocabulary {
    things: Vec<Vec<String>>,
    /// By the key of a name: which things it is a name of.
    by_name: FxHashMap<String, Vec<usize>>,
    longest: usize,
}

/// A line of a vocabulary that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct VocabularyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Words of a query, and the other names that are searched as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Widened {
    /// The words as typed.
    pub words: String,
    /// The other names.
    pub also: Vec<String>,
}

impl Vocabulary {
    /// Without a name.
    #[must_use]
    pub fn none() -> Self {
        Self { things: Vec::new(), by_name: FxHashMap::default(), longest: 0 }
    }

    /// The names that healthnews knows by itself, of things in health and its technology.
    #[must_use]
    pub fn built_in() -> Self {
        Self::none().with(BUILT_IN).unwrap_or_else(|_| Self::none())
    }

    /// With the names of a text as well.
    ///
    /// # Errors
    /// The first line that is not a list of two to 16 names of one to twelve words.
    pub fn with(mut self, text: &str) -> Result<Self, VocabularyError> {
        for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                self.add(line).map_err(|what| VocabularyError { line: at + 1, what })?;
            }
        }
        Ok(self)
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let names: Vec<String> =
            line.split(',').map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        if !(2..=MAX_NAMES).contains(&names.len()) {
            return Err(format!("a line has 2 to {MAX_NAMES} names, separated by commas, not {}", names.len()));
        }
        for name in &names {
            let key = name_key(name, false);
            let words = name.split(' ').count();
            if key.is_empty() {
                return Err(format!("there is no word in the name `{name}`"));
            }
            if words > MAX_WORDS {
                return Err(format!("a name has at most {MAX_WORDS} words, and `{name}` has {words}"));
            }
            self.longest = self.longest.max(words);
            let things = self.by_name.entry(key).or_default();
            if !things.contains(&self.things.len()) {
                things.push(self.things.len());
            }
        }
        self.things.push(names);
        Ok(())
    }

    /// The most words that a name has.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Whether these words are a name. In a query that is typed in capitals throughout no word is an acronym.
    #[must_use]
    pub fn knows(&self, words: &str, is_shouted: bool) -> bool {
        self.by_name.contains_key(&name_key(words, is_shouted))
    }

    /// The other names of what these words are a name of, in the order of the lines, each once.
    #[must_use]
    pub fn others(&self, words: &str, is_shouted: bool) -> Vec<&str> {
        let mut seen = vec![name_key(words, is_shouted)];
        let mut others = Vec::new();
        for name in self.things(words, is_shouted).into_iter().flatten() {
            let key = name_key(name, false);
            if !seen.contains(&key) {
                seen.push(key);
                others.push(name.as_str());
            }
        }
        others
    }

    /// The names of each thing that these words are a name of, in the order of the lines.
    pub(crate) fn things(&self, words: &str, is_shouted: bool) -> Vec<&[String]> {
        let things = self.by_name.get(&name_key(words, is_shouted)).into_iter().flatten();
        things.map(|thing| self.things[*thing].as_slice()).collect()
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::built_in()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_names_can_be_read() {
        let vocabulary = Vocabulary::none().with(BUILT_IN).unwrap();
        assert!(vocabulary.things.len() > 50);
        assert_eq!(vocabulary.others("electronic health records", false)[0], "EHR");
    }

    #[test]
    fn compares_names_as_words_are_searched() {
        let vocabulary =
            Vocabulary::none().with("WHO, World Health Organization\ntele-health, telemedicine\n").unwrap();
        assert_eq!(vocabulary.others("WHO", false), ["World Health Organization"]);
        assert_eq!(vocabulary.others("who", false), Vec::<&str>::new());
        assert_eq!(vocabulary.others("WHO", true), Vec::<&str>::new());
        assert_eq!(vocabulary.others("world health organizations", false), ["WHO"]);
        assert_eq!(vocabulary.others("telehealth", false), ["telemedicine"]);
    }

    #[test]
    fn a_name_of_several_things_has_the_names_of_all() {
        let vocabulary =
            Vocabulary::none().with("PCP, primary care provider\nPCP, primary care physician, pcp").unwrap();
        assert_eq!(vocabulary.others("PCP", false), ["primary care provider", "primary care physician"]);
    }

    #[test]
    fn says_which_line_cannot_be_read() {
        let wrong = |text: &str| {
            let error = Vocabulary::none().with(text).unwrap_err();
            format!("{}: {error}", error.line)
        };
        assert_eq!(wrong("# names\n\na, b\nalone"), "4: a line has 2 to 16 names, separated by commas, not 1");
        assert_eq!(wrong("a, …"), "1: there is no word in the name `…`");
        assert_eq!(
            wrong("a, b c d e f g h i j k l m n"),
            "1: a name has at most 12 words, and `b c d e f g h i j k l m n` has 13"
        );
        assert_eq!(wrong("a,"), "1: there is no word in the name ``");
    }
}
