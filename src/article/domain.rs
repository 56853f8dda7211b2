//! [`Domain`]: the key of an outlet.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// A host name in lower case without `www.`: the key under which an outlet is counted.
///
/// ```
/// # use healthnews::article::Domain;
/// assert_eq!(Domain::parse("http://www.Reuters.com/article/1").unwrap().as_str(), "reuters.com");
/// assert_eq!(Domain::parse("WWW.forbes.com").unwrap().as_str(), "forbes.com");
/// assert!(Domain::parse("Becker's Hospital Review").is_none());
/// assert!(Domain::parse("wellblogsnytimescom").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
        let host = host.trim_end_matches('.').to_lowercase();
        let host = host.trim_start_matches("www.");
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

impl TryFrom<String> for Domain {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a host name"))
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}
