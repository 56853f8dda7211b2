//! Which outlet an article is from, out of everything that sources say about it.

use super::mapping::Field;
use super::record::Keys;
use crate::article::{CanonicalUrl, Domain, Provider, fold_words};

/// The outlet: its domain is the first thing said that is one (`provider.domain`, `provider.id`, a brand, a name), else the host
/// of the article's URL, asked for only then; its name is the first one given that is not merely the domain again, else the
/// domain.
pub(crate) fn provider(keys: Keys<'_>, url: impl Fn() -> Option<CanonicalUrl>) -> Option<Provider> {
    let host = || Domain::parse(url()?.host());
    let said = keys.texts(Field::Domain).chain(keys.texts(Field::Provider)).find_map(|text| Domain::parse(&text));
    let domain = said.filter(|domain| !is_keeper(domain) || host().is_none()).or_else(host);
    let name = keys.texts(Field::Provider).find(|name| match Domain::parse(name) {
        Some(said) => !name.contains("://") && !is_keeper(&said) && Some(&said) != domain.as_ref(),
        None => !fold_words(name).is_empty(),
    });
    match (name, domain) {
        (Some(name), domain) => Some(Provider { name, domain }),
        (None, Some(domain)) => Some(Provider { name: domain.to_string(), domain: Some(domain) }),
        (None, None) => None,
    }
}

/// Archives and caches keep the articles of others; the canonical URL knows whose.
fn is_keeper(domain: &Domain) -> bool {
    let domain = domain.as_str();
    domain == "web.archive.org" || domain == "cdn.ampproject.org" || domain.ends_with(".cdn.ampproject.org")
}

#[cfg(test)]
mod tests {
    use super::super::mapping::{Dialect, Mapping};
    use super::super::record::{Entries, Entry, Keys};
    use super::super::value::Value;
    use super::provider;
    use crate::article::CanonicalUrl;

    fn outlet(said: &[(&str, &str)], url: &str) -> Option<(String, Option<String>)> {
        let entry = |(key, text): &(&str, &str)| Entry {
            key: (*key).to_owned(),
            line: 1,
            value: Value::Text((*text).to_owned()),
        };
        let entries: Vec<Entry> = said.iter().map(entry).collect();
        let keys =
            Keys { entries: Entries::Article(&entries), mapping: &Mapping::default(), dialect: Dialect::FrontMatter };
        let found = provider(keys, || CanonicalUrl::parse(url))?;
        Some((found.name, found.domain.map(|domain| domain.to_string())))
    }

    #[test]
    fn finds_the_domain_wherever_it_is_said() {
        let named = |name: &str, domain: &str| Some((name.to_owned(), Some(domain.to_owned())));
        let url = "https://www.example.org/a";
        assert_eq!(outlet(&[("provider.name", "—")], url), named("example.org", "example.org"), "no letter, no name");
        assert_eq!(
            outlet(&[("provider.name", "The Post"), ("provider.domain", "www.Post.com")], url),
            named("The Post", "post.com")
        );
        assert_eq!(
            outlet(&[("provider.name", "well.blogs.example.com"), ("provider.id", "wellblogsexamplecom")], url),
            named("well.blogs.example.com", "well.blogs.example.com")
        );
        assert_eq!(outlet(&[("linkBrand", "example.news")], url), named("example.news", "example.news"));
        assert_eq!(outlet(&[("provider", "http://www.post.com")], url), named("post.com", "post.com"));
        assert_eq!(outlet(&[("provider", "The Post")], url), named("The Post", "example.org"));
        assert_eq!(outlet(&[], "https://example.org:8080/a"), named("example.org", "example.org"));
        assert_eq!(outlet(&[("provider", "The Post")], ""), Some(("The Post".into(), None)));
        assert_eq!(outlet(&[], ""), None);
    }

    #[test]
    fn an_archive_is_not_the_outlet_of_what_it_keeps() {
        let kept = "https://web.archive.org/web/2018/http://www.post.com/a";
        assert_eq!(
            outlet(&[("provider", "https://web.archive.org")], kept),
            Some(("post.com".into(), Some("post.com".into())))
        );
    }
}
