//! [`Warning`]: what a caller should know about an answer that is not an error.

use std::fmt;

use serde::{Serialize, Serializer};

use super::request::FacetField;

/// Something about the answer that the caller might not expect. Written in JSON as its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A part of the query text was not understood and is searched as plain words.
    ReadAsText {
        /// The part as typed.
        part: String,
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
    /// Not all words could be matched.
    Relaxed {
        /// How many of the words each hit matches at least.
        matched: usize,
        /// How many words the query has.
        of: usize,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadAsText { part, reason } => write!(f, "`{part}` is searched as text: {reason}"),
            Self::NothingToSearch { text } => write!(f, "there is no word in `{text}` to search for"),
            Self::Corrected { typed, searched } => {
                write!(f, "showing results for `{searched}`: no article has the word `{typed}`")
            }
            Self::DidYouMean { word, articles, suggestion, would_find } => {
                let has = if *articles == 1 { "article has" } else { "articles have" };
                write!(f, "{articles} {has} `{word}`; did you mean `{suggestion}`, which {would_find} have?")
            }
            Self::UnknownValue { field, value, suggestions } => {
                write!(f, "no article has the {} `{value}`", field.name())?;
                if !suggestions.is_empty() {
                    let list: Vec<String> = suggestions.iter().map(|s| format!("`{s}`")).collect();
                    write!(f, "; did you mean {}?", list.join(", "))?;
                }
                Ok(())
            }
            Self::ToBlame { part, without } => {
                let noun = if *without == 1 { "article matches" } else { "articles match" };
                write!(f, "without `{part}`, {without} {noun}")
            }
            Self::UnknownWord { word } if word.contains([':', ' ', '*']) => write!(f, "no article has `{word}`"),
            Self::UnknownWord { word } => write!(f, "no article has the word `{word}`"),
            Self::Relaxed { matched, of } => {
                write!(f, "no article matches all {of} parts of the query; these match {matched} of them or more")
            }
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
