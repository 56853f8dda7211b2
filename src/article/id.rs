//! [`ArticleId`]: the identity of an article.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use xxhash_rust::xxh3::xxh3_64;

use super::CanonicalUrl;
use crate::InvalidValue;

/// 64 bits that name an article, written as 16 hex digits.
///
/// A hash (XXH3) of the canonical URL, or of the source where there is no URL: the same on every machine and in every
/// release. Among a million articles the chance of any two colliding is about 3 in 100 million.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u64);

impl ArticleId {
    /// The id of the article at `url`.
    #[must_use]
    pub fn of_url(url: &CanonicalUrl) -> Self {
        Self(xxh3_64(url.as_str().as_bytes()))
    }

    /// The id of an article without URL: `source` is its path, with the external id or the line where a file holds many.
    #[must_use]
    pub fn of_source(source: &str) -> Self {
        Self(xxh3_64(format!("source:{source}").as_bytes()))
    }

    /// The id with these bits, as stored in an index.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits, for storing in an index. Their order is the order of the written form.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ArticleId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let is_hex = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let bits = is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        bits.map(Self).ok_or_else(|| InvalidValue(format!("`{text}` is not an article id (16 hex digits)")))
    }
}

/// Text in formats for people and scripts, the bits in binary ones.
impl Serialize for ArticleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            Deserialize::deserialize(deserializer).map(Self)
        }
    }
}
