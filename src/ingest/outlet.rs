//! Which outlet an article is from, out of everything that sources say about it.

use super::mapping::Field;
use super::record::Keys;
use crate::article::{CanonicalUrl, Domain, Provider};

/// The outlet: its domain is the first thing said that is one (`provider.domain`, `provider.id`, a brand, a name), else the
/// host of the article's URL; its name is the first one given that is not merely the domain again, else the domain.
pub(crate) fn provider(keys: Keys<'_>, url: Option<&CanonicalUrl>) -> Option<Provider> {
    let host = || Domain::parse(url?.host().split(':').next()?);
    let domain = keys
        .texts(Field::Domain)
        .chain(keys.texts(Field::Provider))
        .find_map(|text| Domain::parse(&text))
        .or_else(host);
    let name = keys.texts(Field::Provider).find(|name| domain.is_none() || Domain::parse(name) != domain);
    match (name, domain) {
        (Some(name), domain) => Some(Provider { name, domain }),
        (None, Some(domain)) => Some(Provider { name: domain.to_string(), domain: Some(domain) }),
        (None, None) => None,
    }
}
