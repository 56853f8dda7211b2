//! [`Mapping`]: which keys of a file are which field of an article. The one place that says so.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// A field of an article as the mapping table names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Field {
    /// The headline.
    Title,
    /// The text, where it is not simply what follows the front matter.
    Body,
    /// The summary.
    Excerpt,
    /// The address.
    Url,
    /// When it was published.
    Published,
    /// When the record was last changed.
    Modified,
    /// The outlet's name.
    Provider,
    /// The outlet's host name.
    Domain,
    /// The key that the source itself gives.
    Id,
    /// What it is about.
    Topics,
    /// The curator's grade.
    Quality,
    /// How much attention it got.
    Heat,
    /// Who wrote it.
    Authors,
    /// Article, video, post.
    Kind,
    /// Cards that point to other articles.
    Related,
}

/// By its name in small letters; any other is an [`Error::Usage`].
impl FromStr for Field {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let row = TABLE.iter().find(|(_, known, ..)| *known == name);
        row.map(|(field, ..)| *field).ok_or_else(|| {
            let names: Vec<String> = TABLE.iter().map(|(_, name, ..)| format!("`{name}`")).collect();
            Error::Usage {
                message: format!("no field of an article is called `{name}`"),
                hint: Some(format!("the fields are {}", names.join(", "))),
            }
        })
    }
}

/// Where the keys of a record come from: JSON also goes by the names of our own JSON output and of JSON Feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    FrontMatter,
    Json,
}

/// Field, its name, its keys in front matter, and those that go before them in JSON. A dot leads into a map.
type Row = (Field, &'static str, &'static [&'static str], &'static [&'static str]);

const TABLE: [Row; 15] = [
    (Field::Title, "title", &["title"], &[]),
    (Field::Body, "body", &[], &["body", "text", "content", "content_html", "content_text"]),
    (Field::Excerpt, "excerpt", &["excerpt", "abstract", "description", "summary"], &[]),
    (
        Field::Url,
        "url",
        &[
            "originalUrl",
            "webUrl",
            "sourceUrl",
            "link.href",
            "link.original",
            "link",
            "linkOriginal",
            "href",
            "original",
            "url",
            "source",
        ],
        &["url", "external_url"],
    ),
    (Field::Published, "published", &["publishedDateTime", "date"], &["published", "date_published"]),
    (Field::Modified, "modified", &["lastMod"], &["modified", "date_modified"]),
    (Field::Provider, "provider", &["provider.name", "provider", "link.brand", "linkBrand"], &[]),
    (Field::Domain, "domain", &["provider.domain", "provider.id", "domain", "link.brand", "linkBrand"], &[]),
    (Field::Id, "id", &["_id", "id"], &[]),
    (Field::Topics, "topics", &["topics", "categories", "tags"], &[]),
    (Field::Quality, "quality", &["quality"], &[]),
    (Field::Heat, "heat", &["heat"], &[]),
    (Field::Authors, "authors", &["author", "authors"], &["authors"]),
    (Field::Kind, "kind", &["type"], &["kind"]),
    (Field::Related, "related", &["related"], &[]),
];

/// The mapping table: for each field the keys it may be under, dotted for nested maps; the first that gives a value wins.
///
/// One table serves front matter and JSON; JSON further knows the names of our own JSON output and those of JSON Feed. The
/// default is the table of all known dialects, to which a user's own keys can be added:
///
/// ```
/// # use healthnews::ingest::Mapping;
/// let mapping = Mapping::default().with_extra("excerpt".parse()?, ["standfirst", "meta.teaser"]);
/// # Ok::<(), healthnews::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mapping {
    /// The user's own keys, tried before the known ones.
    extra: Vec<(Field, String)>,
}

impl Mapping {
    /// Adds keys for a field; they are tried before the known ones, in the order given.
    #[must_use]
    pub fn with_extra<K: Into<String>>(mut self, field: Field, keys: impl IntoIterator<Item = K>) -> Self {
        self.extra.extend(keys.into_iter().map(|key| (field, key.into())));
        self
    }

    /// The keys of a field, in the order in which they are tried.
    pub(crate) fn keys(&self, field: Field, dialect: Dialect) -> impl Iterator<Item = &str> {
        let extra = self.extra.iter().filter(move |(of, _)| *of == field).map(|(_, key)| key.as_str());
        let row = &TABLE[field as usize];
        let named = if dialect == Dialect::Json { row.3 } else { &[] };
        extra.chain(named.iter().copied()).chain(row.2.iter().copied())
    }

    /// Whether a top-level key leads to any field.
    pub(crate) fn wants(&self, key: &str, dialect: Dialect) -> bool {
        // Most keys fail at their first byte, which is cheaper to see than a call.
        let leads = |path: &str| {
            path.as_bytes().first() == key.as_bytes().first()
                && path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        TABLE.iter().any(|(_, _, keys, _)| keys.iter().any(|path| leads(path)))
            || dialect == Dialect::Json && TABLE.iter().any(|(.., keys)| keys.iter().any(|path| leads(path)))
            || self.extra.iter().any(|(_, path)| leads(path))
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Field, Mapping, TABLE};

    #[test]
    fn holds_its_rows_in_the_order_of_the_fields() {
        for (place, (field, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*field as usize, place, "{field:?}");
        }
    }

    #[test]
    fn stands_in_the_readme() {
        let readme = include_str!("../../README.md");
        for (_, name, keys, in_json) in TABLE {
            let listed = |keys: &[&str]| keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let row = format!("| `{name}` | {} | {} |\n", listed(keys), listed(in_json)).replace("|  |", "| |");
            assert!(readme.contains(&row), "{row}");
        }
    }

    #[test]
    fn tries_the_users_keys_first() {
        let mapping = Mapping::default().with_extra(Field::Published, ["meta.day"]);
        let keys: Vec<_> = mapping.keys(Field::Published, Dialect::Json).collect();
        assert_eq!(keys, ["meta.day", "published", "date_published", "publishedDateTime", "date"]);
        let wants = |key| mapping.wants(key, Dialect::FrontMatter);
        assert!(wants("meta") && wants("link") && wants("provider"));
        assert!(!wants("met") && !wants("secured") && !wants("published"));
        assert!(mapping.wants("published", Dialect::Json) && mapping.wants("meta", Dialect::Json));
    }

    #[test]
    fn names_the_fields_when_one_is_unknown() {
        let error = "headline".parse::<Field>().unwrap_err();
        assert!(error.hint().unwrap().contains("`title`"));
    }
}
