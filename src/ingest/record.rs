//! [`Record`]: one article as one source tells it. Here keys become fields.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::mapping::{Dialect, Field, Mapping};
use super::problem::{ProblemKind, Problems};
use super::value::Value;
use super::{clean, markup, outlet};
use crate::article::{Article, ArticleId, CanonicalUrl, Published, Quality, Related, Topic, fold_words};

/// One article from one place. `article.sources` is empty until records are merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) article: Article,
    /// The file as shown.
    pub(crate) path: String,
    /// Where in it, in a file of many articles.
    pub(crate) position: Option<Position>,
}

/// Where an article is in a file of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Which one it is, counted from 1: several can begin on one line.
    pub(crate) number: u64,
    pub(crate) line: u64,
}

impl Record {
    /// What an article's `sources` call this place.
    pub(crate) fn source(&self) -> String {
        match self.position {
            Some(Position { line, .. }) => format!("{}:{line}", self.path),
            None => self.path.clone(),
        }
    }
}

/// What became of the keys of one article.
#[derive(Debug)]
pub(crate) enum Made {
    Record(Box<Record>),
    /// A draft, a removed article or a section page.
    LeftOut,
    NoTitle,
}

/// Where the keys come from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin<'a> {
    pub(crate) path: &'a str,
    /// Where in it, in a file of many articles.
    pub(crate) position: Option<Position>,
    /// What tells the article from all others where it has no address, if it is not its place.
    pub(crate) identity: Option<&'a str>,
}

/// A top-level key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: String,
    /// Its line in the file.
    pub(crate) line: u64,
    pub(crate) value: Value,
}

/// Where keys are looked up.
#[derive(Clone, Copy)]
pub(crate) enum Entries<'a> {
    /// The top level of an article.
    Article(&'a [Entry]),
    /// A map within it.
    Card(&'a Value),
}

/// The keys of one article, to be read by the names of the mapping table.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    pub(crate) entries: Entries<'a>,
    pub(crate) mapping: &'a Mapping,
    pub(crate) dialect: Dialect,
}

impl<'a> Keys<'a> {
    fn get(self, path: &str) -> Option<(&'a Value, u64)> {
        let entries = match self.entries {
            Entries::Article(entries) => entries,
            Entries::Card(map) => return map.get(path).map(|value| (value, 0)),
        };
        let entry = |key: &str| entries.iter().rev().find(|entry| entry.key == key);
        if let Some(found) = entry(path) {
            return Some((&found.value, found.line));
        }
        let (first, rest) = path.split_once('.')?;
        let found = entry(first)?;
        Some((found.value.get(rest)?, found.line))
    }

    fn values(self, field: Field) -> impl Iterator<Item = (&'a Value, u64)> {
        let counts = move |key: &str, value: &Value| match (field, key) {
            // A headline may be anything.
            (Field::Title, _) => true,
            // A site's own pages say `url: /about/`, and a source is as often a name.
            (Field::Url, "url") if self.dialect == Dialect::FrontMatter => is_absolute(value),
            (Field::Url, "source") => is_absolute(value),
            _ => !value.says_nothing(),
        };
        let keys = self.mapping.keys(field, self.dialect);
        keys.filter_map(move |key| self.get(key).filter(|(value, _)| counts(key, value)))
    }

    /// The first value of a field from which `read` makes something.
    pub(crate) fn first<T>(self, field: Field, read: impl FnMut(&'a Value) -> Option<T>) -> Option<T> {
        self.values(field).map(|(value, _)| value).find_map(read)
    }

    /// All texts under the keys of a field, cleaned, in order.
    pub(crate) fn texts(self, field: Field) -> impl Iterator<Item = String> {
        self.values(field).filter_map(|(value, _)| clean::line(value.text()?))
    }

    /// The first text that `read` accepts. When there are texts and none is accepted, that is a problem.
    fn parsed<T>(
        self,
        field: Field,
        problems: &mut Problems<'_>,
        mut read: impl FnMut(&str) -> Result<T, String>,
    ) -> Option<T> {
        let mut first_failure = None;
        for (value, line) in self.values(field) {
            let Some(text) = value.text().map(str::trim).filter(|text| !text.is_empty()) else { continue };
            match read(text) {
                Ok(value) => return Some(value),
                Err(what) => first_failure = first_failure.or(Some((line, what))),
            }
        }
        if let Some((line, what)) = first_failure {
            problems.add_kind(ProblemKind::Value, Some(line), what);
        }
        None
    }

    fn is_true(self, key: &str) -> bool {
        self.get(key).is_some_and(|(value, _)| value.is_true())
    }
}

/// Makes a record of the keys of one article and the text that follows its front matter.
pub(crate) fn make(keys: Keys<'_>, body: &str, origin: Origin<'_>, problems: &mut Problems<'_>) -> Made {
    if keys.is_true("removed") || keys.is_true("draft") {
        return Made::LeftOut;
    }
    let url = keys.parsed(Field::Url, problems, address);
    let published = keys.parsed(Field::Published, problems, date);
    if url.is_none() && published.is_none() && is_section_page(origin.path) {
        return Made::LeftOut;
    }
    let Some(title) = keys.first(Field::Title, |value| clean::line(value.text()?)) else { return Made::NoTitle };
    let external_id = keys.texts(Field::Id).next();
    let id = match (&url, origin.position, &external_id) {
        (Some((_, canonical)), ..) => ArticleId::of_url(canonical),
        _ if let Some(identity) = origin.identity => ArticleId::of_source(identity),
        (None, None, _) => ArticleId::of_source(origin.path),
        (None, Some(_), Some(external)) => ArticleId::of_source(&format!("{}#{external}", origin.path)),
        (None, Some(Position { number, .. }), None) => ArticleId::of_source(&format!("{}:{number}", origin.path)),
    };
    let article = Article {
        id,
        external_id,
        title,
        excerpt: keys.texts(Field::Excerpt).next(),
        body: markup::body(body).or_else(|| keys.first(Field::Body, |value| markup::body(value.text()?))),
        provider: outlet::provider(keys, || url.as_ref().map(|(_, canonical)| canonical.clone())),
        url: url.map(|(given, _)| given),
        topics: topics(keys),
        quality: keys.parsed(Field::Quality, problems, grade).flatten(),
        heat: keys.parsed(Field::Heat, problems, grade).flatten(),
        published,
        modified: keys.parsed(Field::Modified, problems, date),
        authors: keys.first(Field::Authors, names).unwrap_or_default(),
        kind: keys.texts(Field::Kind).find(|kind| !fold_words(kind).is_empty()).map(|kind| kind.to_lowercase()),
        related: keys.first(Field::Related, |value| cards(value, keys)).unwrap_or_default(),
        sources: Vec::new(),
    };
    Made::Record(Box::new(Record { article, path: origin.path.to_owned(), position: origin.position }))
}

/// A site's page about a section, which is no article: `_index.md`, `_index.en.md`.
fn is_section_page(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name == "_index" || name.starts_with("_index."))
}

fn is_absolute(value: &Value) -> bool {
    let scheme = value.text().and_then(|text| Some(text.trim().split_once("://")?.0));
    scheme.is_some_and(|scheme| !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn address(text: &str) -> Result<(String, CanonicalUrl), String> {
    let given = clean::address(text);
    match CanonicalUrl::parse(&given) {
        Some(canonical) => Ok((given, canonical)),
        None => Err(format!("`{}` is not a web address", shortened(&given))),
    }
}

/// An address that is only linked to: one that plainly is a web address is not taken apart.
fn link(text: &str) -> Result<String, String> {
    let given = clean::address(text);
    let host = given.strip_prefix("https://").or_else(|| given.strip_prefix("http://"));
    let is_plain = host.is_some_and(|host| {
        host.starts_with(|c: char| c.is_ascii_alphanumeric()) && host.bytes().all(|b| b.is_ascii_graphic())
    });
    if is_plain { Ok(given) } else { address(&given).map(|(given, _)| given) }
}

fn date(text: &str) -> Result<Published, String> {
    text.parse().map_err(|_| format!("`{}` is not a date", shortened(&text.replace(char::is_control, " "))))
}

/// −1 stands for unknown. Some sources grade their best beyond 100: those have the highest grade.
fn grade(text: &str) -> Result<Option<Quality>, String> {
    match text.parse::<f64>() {
        Ok(-1.0) => Ok(None),
        Ok(number) if number >= 0.0 => Ok(Quality::new(number.min(f64::from(Quality::MAX)))),
        _ => Err(format!("`{}` is not a grade from 0 to 100", shortened(text))),
    }
}

/// Enough of a text to recognise it.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The first list that holds any topic; one topic each, in the order of the source.
fn topics(keys: Keys<'_>) -> Vec<Topic> {
    let read = |value: &Value| {
        let mut topics: Vec<Topic> = Vec::new();
        for item in value.items() {
            let topic = match item {
                // An unquoted `- Scheme: Label` is a map to YAML.
                Value::Map(entries) => match entries.as_slice() {
                    [(scheme, Value::Text(label))] => clean::line(&format!("{scheme}: {label}")),
                    _ => item.get("label").or(item.get("name")).and_then(|name| clean::line(name.text()?)),
                },
                _ => item.text().and_then(clean::line),
            };
            topics.extend(topic.and_then(|topic| Topic::parse(&topic)));
        }
        let mut seen = HashSet::new();
        topics.retain(|topic| seen.insert(topic.key()));
        (!topics.is_empty()).then_some(topics)
    };
    keys.first(Field::Topics, read).unwrap_or_default()
}

fn names(value: &Value) -> Option<Vec<String>> {
    let name = |item: &Value| item.get("name").unwrap_or(item).text().and_then(clean::line);
    let mut seen = HashSet::new();
    let mut names: Vec<String> = value.items().iter().filter_map(name).collect();
    names.retain(|name| seen.insert(name.clone()));
    (!names.is_empty()).then_some(names)
}

/// Related cards speak the same language as articles. What is wrong in them is not worth a problem.
fn cards(value: &Value, keys: Keys<'_>) -> Option<Vec<Related>> {
    let mut unsaid = Problems::of("");
    let mut cards = Vec::new();
    for item in value.items() {
        let keys = Keys { entries: Entries::Card(item), ..keys };
        let Some(title) = keys.texts(Field::Title).next() else { continue };
        let url = keys.parsed(Field::Url, &mut unsaid, link);
        cards.push(Related {
            title,
            provider: outlet::provider(keys, || CanonicalUrl::parse(url.as_deref()?)),
            url,
            published: keys.parsed(Field::Published, &mut unsaid, date),
            quality: keys.parsed(Field::Quality, &mut unsaid, grade).flatten(),
        });
    }
    (!cards.is_empty()).then_some(cards)
}
