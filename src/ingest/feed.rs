//! Feeds: RSS, Atom ([`super::rss`]) and JSON Feed, whose items are read through the same table as any JSON.
//!
//! What an item leaves unsaid its feed may say: relative links are resolved against the address of the feed's site, the feed's
//! title is the outlet of what stands on that site, the day on which the feed was made is when its items were last changed. An
//! item without a title goes by its first words; one without an address is told from others by its id, else by its title, within
//! its feed (known by its address, else by its title, and then the item by its own title too), so that the same item is the same article in whichever file of that feed it
//! stands.

use std::borrow::Cow;
use std::io::Read;

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::file::MAX_CARD;
use super::json;
use super::mapping::{Dialect, Field, Mapping};
use super::problem::{ProblemKind, Problems};
use super::record::{Entries, Entry, Keys, Made, Origin, Position, Record, make};
use super::rss::{self, Item, Written};
use super::value::Value;
use super::{clean, gzip, headline, text};
use crate::InvalidValue;
use crate::article::{Domain, Published};

/// The syntax of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// RSS and Atom.
    Xml,
    Json,
}

/// What a feed says of itself.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) title: Option<String>,
    /// The page that the feed belongs to.
    pub(crate) home: Option<Url>,
    /// Where the feed itself is.
    pub(crate) own: Option<Url>,
    /// When it was made, as it is written.
    pub(crate) updated: Option<String>,
}

/// What came out of a feed.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) records: Vec<Record>,
    /// How many items hold nothing to read.
    pub(crate) unread: u64,
    /// How many items there are.
    items: usize,
    /// How it is broken, if it is not whole.
    broken: Option<String>,
}

/// Whether a file is a feed, by its first bytes.
pub(crate) fn syntax(head: &[u8]) -> Option<Syntax> {
    let begin = head.trim_ascii_start();
    match begin.first()? {
        b'<' => {
            let length = begin.len().min(16 << 10);
            rss::is_feed(&String::from_utf8_lossy(&begin[..length])).then_some(Syntax::Xml)
        }
        b'{' => {
            let at = memchr::memmem::find(begin, b"jsonfeed.org")?;
            let before = &begin[at.saturating_sub(40)..at];
            memchr::memmem::find(before, b"\"version\"").map(|_| Syntax::Json)
        }
        _ => None,
    }
}

/// Reads a whole feed. What is wrong with it or with one of its items is a problem; items before the place where a feed
/// breaks are read.
pub(crate) fn read(
    bytes: &[u8],
    syntax: Syntax,
    path: &str,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
) -> Reading {
    let Written { mut facts, items, broken } = match syntax {
        Syntax::Xml => {
            let bytes = text::utf8_of_declared(bytes);
            let decoded = text::decode(&bytes);
            for (line, what) in decoded.mended {
                problems.add_kind(ProblemKind::Characters, Some(line), what);
            }
            rss::read(&decoded.text)
        }
        Syntax::Json => of_json(bytes, problems),
    };
    let broken = broken.map(|(line, what)| {
        let what = format!("the feed is broken ({what})");
        let kept = if items.is_empty() { "" } else { "; the items before are read" };
        problems.add(Some(line), format!("{what}{kept}"));
        what
    });
    facts.updated = facts.updated.filter(|text| text.parse::<Published>().is_ok());
    let count = items.len();
    let mut records = Vec::with_capacity(count);
    let mut unread = 0;
    for (number, item) in (1..).zip(items) {
        let position = Position { number, line: item.line };
        match record(item.entries, &facts, path, position, mapping, problems) {
            Made::Record(record) => records.push(*record),
            Made::LeftOut => {}
            Made::NoTitle => unread += 1,
        }
    }
    Reading { records, unread, items: count, broken }
}

/// What a feed holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedItems {
    /// Each item as a hash of what an article would take from it. The same item has the same hash in whichever response of its feed it
    /// stands.
    pub hashes: Vec<u64>,
    /// Why there is nothing behind the last of them that can be read, if the feed is broken there: lower case, no full stop.
    pub broken: Option<String>,
}

/// The items of a feed. An error says why the bytes are no feed, or hold nothing that could be read.
pub fn feed_items(bytes: &[u8]) -> Result<FeedItems, InvalidValue> {
    let refused = |what: &str| Err(InvalidValue(what.to_owned()));
    let unpacked = unpacked(bytes).map_err(InvalidValue)?;
    let bytes = if text::is_utf16(&unpacked) { &text::utf8_of_utf16(&unpacked)[..] } else { &unpacked[..] };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Some(syntax) = syntax(bytes) else { return refused("it is no feed") };
    let mut problems = Problems::of("");
    let reading = read(bytes, syntax, "", &Mapping::default(), &mut problems);
    if reading.records.is_empty() {
        if let Some(what) = reading.broken {
            return Err(InvalidValue(what));
        }
        if reading.items > 0 {
            return refused("none of its items has a title or a text");
        }
    }
    let hash = |mut record: Record| {
        // The day of the feed is not the item's own.
        record.article.modified = None;
        // Articles are plain data: they always have a JSON form.
        xxh3_64(&serde_json::to_vec(&record.article).unwrap_or_default())
    };
    Ok(FeedItems { hashes: reading.records.into_iter().map(hash).collect(), broken: reading.broken })
}

fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if !gzip::is_gzip(bytes) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut whole = Vec::new();
    match gzip::unpack(bytes).take(MAX_CARD + 1).read_to_end(&mut whole) {
        Ok(_) if whole.len() as u64 > MAX_CARD => Err(format!("larger than {} MiB", MAX_CARD >> 20)),
        Ok(_) => Ok(Cow::Owned(whole)),
        Err(error) => Err(error.to_string()),
    }
}

/// The object around the items of a JSON Feed.
#[derive(Deserialize)]
struct Shell<'a> {
    title: Option<serde_json::Value>,
    home_page_url: Option<serde_json::Value>,
    feed_url: Option<serde_json::Value>,
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
}

fn of_json(bytes: &[u8], problems: &mut Problems<'_>) -> Written {
    let decoded = text::decode(bytes);
    for (line, what) in decoded.mended {
        problems.add_kind(ProblemKind::Characters, Some(line), what);
    }
    let text = &*decoded.text;
    let shell: Shell<'_> = match serde_json::from_str(text) {
        Ok(shell) => shell,
        Err(error) => {
            let (below, what) = json::told(&error);
            return Written { broken: Some((1 + below, what)), ..Written::default() };
        }
    };
    let said = |value: Option<serde_json::Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let address = |value| rss::resolved(&said(value)?, None);
    let facts = Facts {
        home: address(shell.home_page_url),
        own: address(shell.feed_url),
        title: said(shell.title),
        updated: None,
    };
    let mut items = Vec::with_capacity(shell.items.len());
    let (mut line, mut counted) = (1, 0);
    for item in shell.items {
        // An item is a part of the text, so the difference of their addresses is its place.
        let at = (item.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        line += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count() as u64;
        counted = at;
        let entries = json::object(item.get().as_bytes(), line, "item", false, problems).unwrap_or_default();
        items.push(Item { line, entries: entries.into_iter().map(with_html_marked).collect() });
    }
    Written { facts, items, broken: None }
}

/// A text that begins with a tag is taken for HTML.
fn with_html_marked(mut entry: Entry) -> Entry {
    if entry.key == "content_html"
        && let Value::Text(html) = &mut entry.value
    {
        html.insert_str(0, "<div>");
    }
    entry
}

fn record(
    mut entries: Vec<Entry>,
    feed: &Facts,
    path: &str,
    position: Position,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
) -> Made {
    let line = position.line;
    let say = |key: &str, text: String| Entry { key: key.to_owned(), line, value: Value::Text(text) };
    let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::Json };
    let site = feed.home.as_ref().or(feed.own.as_ref());
    let feed_title = feed.title.as_deref().and_then(clean::line);
    let mut said = Vec::new();

    let id = keys.texts(Field::Id).next();
    let given = keys.first(Field::Url, |value| value.text().map(str::trim).filter(|text| !text.is_empty()));
    let is_permanent = !entries.iter().any(|entry| entry.key == "isPermaLink");
    let address = match given {
        // People leave out the scheme.
        Some(given) if given.starts_with("www.") => rss::resolved(&format!("https://{given}"), None),
        Some(given) => rss::resolved(given, site),
        None => id.as_deref().filter(|_| is_permanent).and_then(|id| rss::resolved(id, None)),
    };
    if let Some(address) = &address
        && given != Some(address.as_str())
    {
        said.push(say("url", address.to_string()));
    }

    let Some((title, is_said)) = headline::title(keys) else {
        problems.add(Some(line), "the item has neither a title nor a text: it is not taken");
        return Made::NoTitle;
    };
    if !is_said {
        said.push(say("title", title.clone()));
    }

    if keys.texts(Field::Provider).chain(keys.texts(Field::Domain)).next().is_none()
        && is_of_site(address.as_ref(), site)
    {
        said.extend(feed_title.clone().map(|name| say("provider", name)));
        if address.is_none() {
            said.extend(site.and_then(Url::host_str).map(|host| say("domain", host.to_owned())));
        }
    }
    let changed = keys.texts(Field::Modified).next();
    // Atom asks for the day of the last change alone, which of most entries is that of publication.
    let is_day = |text: &String| text.parse::<Published>().is_ok();
    if let Some(changed) = changed.as_ref().filter(|text| is_day(text))
        && !keys.texts(Field::Published).any(|text| is_day(&text))
    {
        said.push(say("published", changed.clone()));
    }
    if let (None, Some(updated)) = (changed, &feed.updated) {
        said.push(say("modified", updated.clone()));
    }

    let id = id.as_deref().unwrap_or(&title);
    let identity = match (site, &feed_title) {
        (Some(site), _) => format!("{site}#{id}"),
        // Two feeds may be called the same, and number their items alike.
        (None, Some(name)) => format!("{name}#{id}#{title}"),
        // A path is the last resort: the next response of the same feed is another file.
        (None, None) => format!("{path}#{id}"),
    };
    entries.extend(said);
    let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::Json };
    let origin = Origin { path, position: Some(position), identity: Some(&identity) };
    make(keys, "", origin, problems)
}

/// Whether an article stands on the feed's own site, and not on one that the feed merely points to. What has no address does.
fn is_of_site(address: Option<&Url>, site: Option<&Url>) -> bool {
    let domain = |url: &Url| Domain::parse(url.as_str());
    let (Some(article), Some(site)) = (address.map(domain), site.map(domain)) else { return true };
    let (Some(article), Some(site)) = (&article, &site) else { return article == site };
    let within = |inner: &Domain, outer: &Domain| {
        inner.as_str().strip_suffix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    within(article, site) || within(site, article)
}
