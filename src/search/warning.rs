//! [`Warning`]: what a caller should know about an answer that is not an error.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::request::FacetField;

/// Something about the answer that the caller might not expect. Written in JSON as its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A part of the query text looks like something else than what is searched for.
    Misread {
        /// The part as typed.
        part: String,
        /// What is searched for in its place; `None` for its words.
        read_as: Option<String>,
        /// Why it is not what it looks like.
        reason: String,
    },
    /// The query text holds nothing to search for, so nothing is found.
    NothingToSearch {
        /// The text as typed.
        text: String,
    },
    /// A word stands in no article, and the nearest one that does is searched instead.
    Corrected {
        /// The word as typed, folded.
        typed: String,
        /// The word searched.
        searched: String,
    },
    /// A word stands in few articles, and one that differs by one edit in far more. It is searched as typed.
    DidYouMean {
        /// The word as typed, folded.
        word: String,
        /// How many articles have it.
        articles: u64,
        /// The commoner word.
        suggestion: String,
        /// How many articles have that.
        would_find: u64,
    },
    /// A filter names a value that the index does not hold.
    UnknownValue {
        /// The kind of value.
        field: FacetField,
        /// The value as given.
        value: String,
        /// The nearest known values, nearest first.
        suggestions: Vec<String>,
    },
    /// Nothing matches, and this part of the query is why.
    ToBlame {
        /// A word, phrase or filter.
        part: String,
        /// How many articles match without it.
        without: u64,
    },
    /// A word stands in no article at all.
    UnknownWord {
        /// The word as typed.
        word: String,
    },
    /// No article has these phrases, but some have their words.
    Unquoted {
        /// The phrases, without their quotes.
        phrases: Vec<String>,
        /// How many articles match without the quotes.
        would_find: u64,
    },
    /// Not all words could be matched.
    Relaxed {
        /// How many parts the query has.
        of: usize,
        /// Those that are rare enough to tell what it is about.
        telling: Vec<String>,
        /// How many of these each hit matches at least.
        matched: usize,
    },
}

/// So many characters of what was typed are repeated in a sentence.
const REPEATED: usize = 120;

/// So many parts of a query are named in a sentence; of more, only the number.
const LISTED: usize = 12;

/// What was typed, as it is repeated.
fn short(typed: &str) -> Cow<'_, str> {
    match typed.char_indices().nth(REPEATED) {
        Some((end, _)) => format!("{}…", &typed[..end]).into(),
        None => typed.into(),
    }
}

/// What so many articles do.
fn matching(articles: u64) -> &'static str {
    if articles == 1 { "article matches" } else { "articles match" }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misread { part, read_as: None, reason } => {
                write!(f, "`{}` is searched as text: {reason}", short(part))
            }
            Self::Misread { part, read_as: Some(read_as), reason } => {
                write!(f, "`{}` is searched as `{}`: {reason}", short(part), short(read_as))
            }
            Self::NothingToSearch { text } => write!(f, "there is no word in `{}` to search for", short(text)),
            Self::Corrected { typed, searched } => {
                write!(f, "showing results for `{searched}`: no article has the word `{typed}`")
            }
            Self::DidYouMean { word, articles, suggestion, would_find } => {
                let has = if *articles == 1 { "article has" } else { "articles have" };
                write!(f, "{articles} {has} `{word}`; did you mean `{suggestion}`, which {would_find} have?")
            }
            Self::UnknownValue { field, value, suggestions } => {
                write!(f, "no article has the {} `{}`", field.name(), short(value))?;
                if !suggestions.is_empty() {
                    let list: Vec<String> = suggestions.iter().map(|s| format!("`{s}`")).collect();
                    write!(f, "; did you mean {}?", list.join(", "))?;
                }
                Ok(())
            }
            Self::ToBlame { part, without } => {
                write!(f, "without `{}`, {without} {}", short(part), matching(*without))
            }
            Self::UnknownWord { word } => {
                let the_word = if word.contains([':', ' ', '*']) { "" } else { "the word " };
                write!(f, "no article has {the_word}`{}`", short(word))
            }
            Self::Unquoted { phrases, would_find } => {
                let list: Vec<String> = phrases.iter().map(|phrase| format!("`{}`", short(phrase))).collect();
                let list = list.join(" and ");
                write!(f, "without the quotes around {list}, {would_find} {}", matching(*would_find))
            }
            Self::Relaxed { of, telling, matched } => {
                match of {
                    2 => f.write_str("no article matches both parts of the query; these match ")?,
                    of => write!(f, "no article matches all {of} parts of the query; these match ")?,
                }
                if *matched < telling.len() {
                    write!(f, "{matched} or more of ")?;
                }
                match telling.as_slice() {
                    [one] => write!(f, "`{}`", short(one)),
                    [rest @ .., last] if rest.len() < LISTED => {
                        let rest: Vec<String> = rest.iter().map(|part| format!("`{}`", short(part))).collect();
                        write!(f, "{} and `{}`", rest.join(", "), short(last))
                    }
                    many => write!(f, "the {} rarest", many.len()),
                }
            }
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
