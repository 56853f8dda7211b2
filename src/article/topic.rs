//! [`Topic`]: what an article is about, and [`TopicKey`]: when two topics are the same.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::fold_words;

/// A label with an optional scheme, written `Scheme: Label` (`Gartner: Healthcare`) or just `Label`.
///
/// ```
/// # use healthnews::article::Topic;
/// let topic = Topic::parse("Gartner: Healthcare").unwrap();
/// assert_eq!((topic.scheme.as_deref(), topic.label.as_str()), (Some("Gartner"), "Healthcare"));
/// assert_eq!(topic.to_string(), "Gartner: Healthcare");
/// assert_eq!(Topic::parse("Gartner : Healthcare").unwrap(), topic);
/// assert_eq!(Topic::parse("ai").unwrap().key(), Topic::parse("AI").unwrap().key());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic {
    /// The vocabulary the label comes from.
    pub scheme: Option<String>,
    /// The label itself.
    pub label: String,
}

impl Topic {
    /// Splits at the first `: `. `None` when the text holds no letter or digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if fold_words(&text).is_empty() {
            return None;
        }
        Some(match text.split_once(": ") {
            Some((scheme, label)) if !fold_words(scheme).is_empty() && !fold_words(label).is_empty() => {
                Self { scheme: Some(scheme.trim_end().to_owned()), label: label.to_owned() }
            }
            _ => Self { scheme: None, label: text },
        })
    }

    /// The form in which topics are compared: case, accents, hyphens and spacing do not matter.
    #[must_use]
    pub fn key(&self) -> TopicKey {
        let label = fold_words(&self.label);
        TopicKey(match &self.scheme {
            Some(scheme) => format!("{}: {label}", fold_words(scheme)),
            None => label,
        })
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = &self.scheme {
            write!(f, "{scheme}: ")?;
        }
        f.write_str(&self.label)
    }
}

/// Text in formats for people and scripts, the bare pair in binary ones.
impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (&self.scheme, &self.label).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            Self::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not a topic")))
        } else {
            let (scheme, label) = Deserialize::deserialize(deserializer)?;
            Ok(Self { scheme, label })
        }
    }
}

/// The folded form of a [`Topic`]; two topics with one key are one topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicKey(String);

impl TopicKey {
    /// The folded form, `scheme: label` or `label`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
