//! [`Provider`]: the outlet that published an article.

use serde::{Deserialize, Serialize};

use super::{Domain, fold_words};

/// The outlet that published an article. Counted by domain, because one outlet goes by many names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// The name as the source wrote it; the domain where no name was given. Never empty.
    pub name: String,
    /// The host name without `www.`; `None` where neither the source nor the article's URL tells one.
    pub domain: Option<Domain>,
}

impl Provider {
    /// What the outlet is counted and filtered under: its domain, else its folded name.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.domain {
            Some(domain) => domain.as_str().to_owned(),
            None => fold_words(&self.name),
        }
    }
}
