//! Outlets that nothing tells apart, and outlets that go by several names.

use std::collections::BTreeMap;

use super::findings::Findings;
use super::topics::Spellings;
use super::{Check, Examiner};
use crate::article::{Article, Domain, fold_words};
use crate::ingest::Field;

/// Looks at outlets.
#[derive(Default)]
pub(super) struct Outlets {
    names: BTreeMap<Domain, Spellings>,
}

impl Examiner for Outlets {
    fn see(&mut self, article: &Article, findings: &mut Findings<'_>) {
        let provider = article.provider.as_ref();
        let Some(domain) = provider.and_then(|provider| provider.domain.as_ref()) else {
            return findings.article(Check::UnknownOutlet, article, Some(Field::Provider), || {
                provider.map_or_else(|| article.title.clone(), |provider| provider.name.clone())
            });
        };
        let name = provider.map(|provider| provider.name.as_str()).filter(|name| Domain::parse(name).is_none());
        if let Some(name) = name {
            self.names.entry(domain.clone()).or_default().add(&fold_words(name), name, article);
        }
    }

    fn conclude(&self, findings: &mut Findings<'_>) {
        for (domain, names) in self.names.iter().filter(|(_, names)| names.len() > 1) {
            findings.group(Check::ManyNames, names.articles(), names.rarest(), Some(Field::Provider), || {
                format!("{domain}: {names}")
            });
        }
    }
}
