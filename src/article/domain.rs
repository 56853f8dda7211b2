//! [`Domain`]: the key of an outlet.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use url::{Host, Url};

/// A host name in lower case without `www.`: the key under which an outlet is counted.
///
/// ```
/// # use healthnews::article::Domain;
/// assert_eq!(Domain::parse("http://www.Reuters.com/article/1").unwrap().as_str(), "reuters.com");
/// assert_eq!(Domain::parse("WWW.forbes.com").unwrap().as_str(), "forbes.com");
/// assert_eq!(Domain::parse("Münster.example"), Domain::parse("https://m%C3%BCnster.example/a"));
/// assert!(Domain::parse("Becker's Hospital Review").is_none());
/// assert!(Domain::parse("wellblogsnytimescom").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reads a host name or a URL. `None` for anything else, names without a dot and IP addresses included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let host = if text.contains("://") { Url::parse(text).ok()?.host_str()?.to_owned() } else { text.to_owned() };
        Self::from_host(&host)
    }

    fn from_host(host: &str) -> Option<Self> {
        // Names in other scripts are written as addresses have them.
        let host = if host.is_ascii() { host.to_lowercase() } else { Host::parse(host).ok()?.to_string() };
        let host = host.trim_end_matches('.').trim_start_matches("www.");
        let labels = || host.split('.');
        let plausible = labels().count() >= 2
            && labels()
                .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')))
            && labels()
                .next_back()
                .is_some_and(|tld| tld.chars().count() >= 2 && !tld.starts_with(|c: char| c.is_ascii_digit()));
        plausible.then(|| Self(host.to_owned()))
    }

    /// The host name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Domain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// What a binary format holds was a domain when it was written, and is not checked again.
impl<'de> Deserialize<'de> for Domain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_text = deserializer.is_human_readable();
        let name = String::deserialize(deserializer)?;
        if !is_text {
            return Ok(Self(name));
        }
        Self::parse(&name).ok_or_else(|| de::Error::custom(format!("`{name}` is not a host name")))
    }
}
