//! Files of articles in JSON, one object a line or one after the other, read as a stream in bounded memory.

use std::io::BufRead;

use rayon::prelude::*;
use serde::de::DeserializeSeed;

use super::mapping::{Dialect, Field, Mapping};
use super::parts::{Layout, Part, Parts};
use super::problem::{ProblemKind, Problems};
use super::record::{Entries, Entry, Keys, Made, Origin, Position, Record, make};
use super::value::{Decode, Value};
use super::{headline, text};
use crate::Result;

/// The longest article read, in bytes; longer ones are problems.
const MAX_ARTICLE: usize = 16 << 20;
/// How many bytes of articles are read before they are decoded in parallel.
const BATCH_BYTES: usize = 4 << 20;
/// How many articles at most are decoded together.
const BATCH_PARTS: usize = 4096;

/// What came out of a stream.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    pub(crate) left_out: u64,
    /// Parts that could not be read or hold nothing to read.
    pub(crate) unread: u64,
    /// Whether anything in it was meant as an article: it has a title or an address, or cannot be read.
    pub(crate) has_articles: bool,
}

/// Reads a stream to its end and gives its records to `sink`, batch by batch. What is wrong with an article is a problem; that
/// the stream breaks off is one too.
pub(crate) fn read(
    input: &mut dyn BufRead,
    layout: Layout,
    path: &str,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut parts = Parts::new(input, layout, MAX_ARTICLE);
    loop {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut ended = false;
        let mut broken = None;
        while bytes < BATCH_BYTES && batch.len() < BATCH_PARTS && !ended {
            match parts.next() {
                Ok(Some(part)) => {
                    bytes += part.bytes.as_ref().map_or(0, Vec::len);
                    batch.push(part);
                }
                Ok(None) => {
                    ended = true;
                    broken = parts.is_open().then(|| "the list is not closed by `]`".to_owned());
                }
                Err(error) => {
                    ended = true;
                    broken = Some(format!("cannot be read any further: {error}"));
                }
            }
        }
        let made: Vec<(Reading, Problems<'_>)> =
            batch.par_iter().with_min_len(16).map(|part| article(part, layout, path, mapping)).collect();
        let mut records = Vec::new();
        for (made, part) in made {
            problems.append(part);
            match made {
                Reading::Record(record) => records.push(*record),
                Reading::LeftOut => tally.left_out += 1,
                Reading::Broken => {
                    tally.unread += 1;
                    tally.has_articles = true;
                }
                Reading::NoArticle => tally.unread += 1,
                Reading::Blank => {}
            }
        }
        tally.has_articles |= tally.left_out > 0 || !records.is_empty();
        tally.records += records.len() as u64;
        sink(records)?;
        if let Some(what) = broken {
            problems.add(Some(parts.line()), what);
        }
        if ended {
            return Ok(tally);
        }
    }
}

/// What became of a part.
enum Reading {
    Record(Box<Record>),
    /// A draft or a removed article.
    LeftOut,
    /// An object that has neither title nor text nor address.
    NoArticle,
    Broken,
    Blank,
}

fn article<'p>(part: &Part, layout: Layout, path: &'p str, mapping: &Mapping) -> (Reading, Problems<'p>) {
    let mut problems = Problems::of(path);
    let noun = match layout {
        Layout::Lines => "line",
        Layout::Values => "value",
    };
    let line = part.line;
    let Some(bytes) = &part.bytes else {
        problems.add(Some(line), format!("the {noun} is longer than {} MiB", MAX_ARTICLE >> 20));
        return (Reading::Broken, problems);
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return (Reading::Blank, problems);
    }
    let origin = Origin { path, position: Some(Position { number: part.number, line }), identity: None };
    let reading = match object(bytes, line, noun, layout == Layout::Lines, &mut problems) {
        Some(entries) => of_entries(entries, layout, origin, mapping, &mut problems),
        None => Reading::Broken,
    };
    (reading, problems)
}

/// The keys of one object, which begins on `line`; `None`, and a problem, when it is none.
pub(crate) fn object(
    bytes: &[u8],
    line: u64,
    noun: &str,
    tells_column: bool,
    problems: &mut Problems<'_>,
) -> Option<Vec<Entry>> {
    let decoded = text::decode(bytes);
    for (below, what) in decoded.mended {
        problems.add_kind(ProblemKind::Characters, Some(line + below - 1), what);
    }
    let left = Decode::budget();
    let mut json = serde_json::Deserializer::from_str(&decoded.text);
    let value =
        Decode::new(&left, &["secured", "images"]).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match value {
        Ok(Value::Map(entries)) => {
            return Some(entries.into_iter().map(|(key, value)| Entry { key, line, value }).collect());
        }
        Ok(_) => problems.add(Some(line), format!("the {noun} is no JSON object")),
        Err(error) => {
            let (below, what) = told(&error);
            let column = if tells_column { format!(", column {}", error.column()) } else { String::new() };
            problems.add(Some(line + below), format!("the {noun} is no JSON ({what}{column})"));
        }
    }
    None
}

/// How many lines below its beginning JSON is broken, and how.
pub(crate) fn told(error: &serde_json::Error) -> (u64, String) {
    let what = error.to_string();
    let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
    // An error at the end of a line is told as one before the beginning of the next.
    let below = error.line().saturating_sub(if error.column() == 0 { 2 } else { 1 });
    (below as u64, what)
}

fn of_entries(
    mut entries: Vec<Entry>,
    layout: Layout,
    origin: Origin<'_>,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
) -> Reading {
    let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::Json };
    let place = origin.position.map(|position| position.line);
    let has_url = keys.texts(Field::Url).next().is_some();
    let has_body = keys.texts(Field::Body).next().is_some();
    if layout == Layout::Values
        && !has_url
        && !has_body
        && let Some(key) = inner_list(&entries, mapping)
    {
        problems.add(place, format!("the articles are in a list under `{key}`; take the list out of its object"));
        return Reading::Broken;
    }
    // Manifests and settings have a description, and are no articles.
    let is_article = has_body || has_url || keys.first(Field::Title, Some).is_some();
    let made_up = headline::title(keys).and_then(|(title, is_own)| (is_article && !is_own).then_some(title));
    let is_untitled = made_up.is_some();
    let line = place.unwrap_or_default();
    entries.extend(made_up.map(|title| Entry { key: "title".to_owned(), line, value: Value::Text(title) }));
    let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::Json };
    match make(keys, "", origin, problems) {
        Made::Record(record) => {
            if is_untitled {
                problems.add_kind(ProblemKind::Title, place, "the article has no title and goes by its first words");
            }
            Reading::Record(record)
        }
        Made::LeftOut => Reading::LeftOut,
        Made::NoTitle => {
            let lacks =
                if is_article { "neither a title nor a text" } else { "neither a title nor a text or an address" };
            problems.add(place, format!("the article has {lacks}: it is not taken"));
            if has_url { Reading::Broken } else { Reading::NoArticle }
        }
    }
}

/// The key of a list of titled things that no field of an article knows: the answer of a web service, a feed.
fn inner_list<'e>(entries: &'e [Entry], mapping: &Mapping) -> Option<&'e str> {
    let is_titled = |value: &Value| matches!(value, Value::Map(_)) && value.get("title").is_some();
    let is_wrapped = |entry: &&Entry| {
        matches!(&entry.value, Value::List(items) if items.first().is_some_and(is_titled))
            && !mapping.wants(&entry.key, Dialect::Json)
    };
    entries.iter().find(is_wrapped).map(|entry| entry.key.as_str())
}
