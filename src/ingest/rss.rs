//! RSS and Atom: XML → what a feed says of itself, and its items under the keys of the mapping table.
//!
//! Every RSS from 0.90 to 2.0, in RDF or not, and Atom are read by one walk, because they differ in little but the names of elements.
//! What items mean is settled in [`super::feed`].

use std::rc::Rc;

use memchr::memchr_iter;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use quick_xml::{Reader, XmlVersion, escape};
use url::Url;

use super::feed::Facts;
use super::record::Entry;
use super::value::Value;

/// A summary longer than this, in bytes, is no summary: where an item has no other text, it is its text.
const MAX_SUMMARY: usize = 1_000;

/// A feed as it is written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) facts: Facts,
    pub(crate) items: Vec<Item>,
    /// Where the XML breaks off, and how. The items are those before.
    pub(crate) broken: Option<(u64, String)>,
}

/// One item.
#[derive(Debug)]
pub(crate) struct Item {
    /// The line on which it begins.
    pub(crate) line: u64,
    pub(crate) entries: Vec<Entry>,
}

/// Whose element it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// The feed's own: RSS has no namespace, or one of many.
    Own,
    DublinCore,
    Content,
    Other,
}

/// The elements of an item that are fields of an article. Of several that are one field, the first counts, but that topics and
/// authors are collected.
const FIELDS: [(Space, &str, &str); 20] = [
    (Space::Own, "title", "title"),
    (Space::DublinCore, "title", "title"),
    (Space::Own, "link", "url"),
    (Space::Own, "guid", "id"),
    (Space::Own, "id", "id"),
    (Space::Own, "description", "summary"),
    (Space::Own, "summary", "summary"),
    (Space::DublinCore, "description", "summary"),
    (Space::Own, "content", "body"),
    (Space::Content, "encoded", "body"),
    (Space::Own, "pubDate", "published"),
    (Space::Own, "published", "published"),
    (Space::DublinCore, "date", "published"),
    (Space::Own, "updated", "modified"),
    (Space::Own, "category", "topics"),
    (Space::DublinCore, "subject", "topics"),
    (Space::Own, "author", "authors"),
    (Space::DublinCore, "creator", "authors"),
    // Atom 0.3
    (Space::Own, "issued", "published"),
    (Space::Own, "modified", "modified"),
];

/// Elements that hold the feed's own fields and its items.
const CONTAINERS: [&str; 4] = ["rss", "RDF", "channel", "feed"];

/// So many elements that hold others are open at once, at most. Feeds have three.
const MAX_OPEN: usize = 16;
/// An address longer than this, in bytes, is none that others are relative to: each of these would be as long.
const MAX_BASE: usize = 8 << 10;

/// Whether the text of a file, from its beginning, is RSS or Atom: its outermost element says so.
pub(crate) fn is_feed(text: &str) -> bool {
    let mut reader = Reader::from_str(text.trim_start());
    let root = loop {
        match reader.read_event() {
            Ok(Event::Start(root) | Event::Empty(root)) => break root,
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {}
            Ok(Event::Text(text)) if text.trim().is_empty() => {}
            _ => return false,
        }
    };
    match root.local_name().as_ref() {
        "rss" | "feed" => true,
        // RDF is more than feeds.
        "RDF" => root.contains("purl.org/rss/") || root.contains("netscape.com/rdf/simple/"),
        _ => false,
    }
}

/// Reads a feed to its end, or to where it breaks.
pub(crate) fn read(text: &str) -> Written {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    // `AT&T`, as people write it.
    reader.config_mut().allow_dangling_amp = true;
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut written = Written::default();
    // The open elements, with the address that links within them are relative to.
    let mut open: Vec<Option<Rc<Url>>> = Vec::new();
    let mut item: Option<(Item, usize)> = None;
    let broken = loop {
        let (space, event) = match reader.read_resolved_event() {
            Ok((space, event)) => (space_of(&space), event),
            Err(error) => break Some((reader.error_position(), error.to_string())),
        };
        match event {
            Event::Start(tag) => {
                let start = reader.buffer_position();
                let line = lines.at(start);
                let base = base_of(&tag, open.last());
                let local = tag.local_name();
                let name = local.as_ref();
                if open.len() == MAX_OPEN {
                    break Some((start, "nested too deeply".to_owned()));
                }
                if item.is_none() && matches!(name, "item" | "entry") && !open.is_empty() {
                    item = Some((Item { line, entries: Vec::new() }, open.len()));
                    open.push(base);
                } else if item.is_none() && CONTAINERS.contains(&name) {
                    open.push(base);
                } else {
                    let inner = match reader.read_text(tag.name()) {
                        Ok(inner) => inner.into_inner(),
                        Err(error) => break Some((reader.error_position().max(start), error.to_string())),
                    };
                    let element = Element { space: own_if_bare(space, &tag), name, tag: &tag, inner: &inner, line };
                    match &mut item {
                        Some((item, _)) => element.add_to_item(item, base.as_deref()),
                        None => element.add_to_feed(&mut written.facts, base.as_deref()),
                    }
                }
            }
            Event::End(_) => {
                open.pop();
                if let Some((mut done, _)) = item.take_if(|(_, depth)| *depth == open.len()) {
                    done.finish();
                    written.items.push(done);
                }
            }
            Event::Eof => break (!open.is_empty()).then(|| (text.len() as u64, "it ends in the middle".to_owned())),
            _ => {}
        }
    };
    written.broken = broken.map(|(at, what)| (Lines { text, at: 0, line: 1 }.at(at), what));
    written
}

/// Counts lines on the way through a text.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of a position not before the last one asked for.
    fn at(&mut self, position: u64) -> u64 {
        let position = (position as usize).clamp(self.at, self.text.len());
        self.line += memchr_iter(b'\n', &self.text.as_bytes()[self.at..position]).count() as u64;
        self.at = position;
        self.line
    }
}

fn space_of(space: &ResolveResult<'_>) -> Space {
    match space {
        ResolveResult::Unbound => Space::Own,
        ResolveResult::Bound(Namespace(name)) => match *name {
            "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns#" | "http://purl.org/rss/1.0/" => Space::Own,
            "http://purl.org/dc/elements/1.1/" => Space::DublinCore,
            "http://purl.org/rss/1.0/modules/content/" => Space::Content,
            _ => Space::Other,
        },
        ResolveResult::Unknown(prefix) => match prefix.as_str() {
            "dc" => Space::DublinCore,
            "content" => Space::Content,
            _ => Space::Other,
        },
    }
}

/// Elements without a prefix are the feed's own, whatever namespace it thinks that it is in.
fn own_if_bare(space: Space, tag: &BytesStart<'_>) -> Space {
    if tag.name().prefix().is_none() { Space::Own } else { space }
}

fn base_of(tag: &BytesStart<'_>, outer: Option<&Option<Rc<Url>>>) -> Option<Rc<Url>> {
    let outer = outer.and_then(Option::as_ref);
    let own = attribute(tag, "xml:base").and_then(|base| resolved(&base, outer.map(Rc::as_ref)));
    own.filter(|base| base.as_str().len() <= MAX_BASE).map(Rc::new).or_else(|| outer.cloned())
}

/// An absolute web address.
pub(crate) fn resolved(address: &str, base: Option<&Url>) -> Option<Url> {
    let url = Url::options().base_url(base).parse(address.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    // Where an address holds a bare `&`, it stands for itself.
    let value = found.normalized_value(XmlVersion::Implicit1_0).unwrap_or(found.value);
    Some(value.into_owned())
}

/// An element without elements of interest within it.
struct Element<'a> {
    space: Space,
    name: &'a str,
    tag: &'a BytesStart<'a>,
    inner: &'a str,
    line: u64,
}

impl Element<'_> {
    fn add_to_feed(&self, facts: &mut Facts, base: Option<&Url>) {
        let text = || Some(text(self.inner)).filter(|text| !text.trim().is_empty());
        match (self.space, self.name) {
            (Space::Own, "title") => facts.title = facts.title.take().or_else(text),
            (Space::Own, "link") => {
                let (address, is_page) = match attribute(self.tag, "href") {
                    Some(address) => (address, is_alternate(self.tag)),
                    None => (text().unwrap_or_default(), true),
                };
                let url = || resolved(&address, base);
                if is_page {
                    facts.home = facts.home.take().or_else(url);
                } else if attribute(self.tag, "rel").is_some_and(|rel| rel == "self") {
                    facts.own = facts.own.take().or_else(url);
                }
            }
            (Space::Own, "lastBuildDate" | "updated" | "modified") => facts.updated = text(),
            (Space::Own, "pubDate") | (Space::DublinCore, "date") => {
                facts.updated = facts.updated.take().or_else(text);
            }
            _ => {}
        }
    }

    fn add_to_item(&self, item: &mut Item, base: Option<&Url>) {
        let Some((.., key)) = FIELDS.iter().find(|(space, name, _)| (*space, *name) == (self.space, self.name)) else {
            return;
        };
        let value = match *key {
            "url" => self.link(base),
            "topics" => attribute(self.tag, "label").or_else(|| attribute(self.tag, "term")),
            "authors" => Some(author(self.inner)),
            // Only what is said to be no permanent address is none.
            "id" if attribute(self.tag, "isPermaLink").is_some_and(|is| is.eq_ignore_ascii_case("false")) => {
                item.add("isPermaLink", Value::Bool(false), self.line);
                None
            }
            "body" if attribute(self.tag, "type").is_none_or(|kind| kind != "text") => {
                // A text that begins with a tag is taken for what it is.
                Some(text(self.inner)).filter(|text| !text.trim().is_empty()).map(|text| format!("<div>{text}"))
            }
            _ => None,
        };
        let is_link = *key == "url" && attribute(self.tag, "href").is_some();
        let value = if is_link { value } else { value.or_else(|| Some(text(self.inner))) };
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            item.add(key, Value::Text(value), self.line);
        }
    }

    /// The address of an item's page. What cannot be resolved here may yet be, or is told of later.
    fn link(&self, base: Option<&Url>) -> Option<String> {
        let address = match attribute(self.tag, "href") {
            Some(address) => Some(address).filter(|_| is_alternate(self.tag))?,
            None => text(self.inner),
        };
        if base.is_none() {
            return Some(address);
        }
        Some(resolved(&address, base).map_or(address, String::from))
    }
}

fn is_alternate(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "rel").is_none_or(|rel| rel == "alternate")
}

impl Item {
    fn add(&mut self, key: &str, value: Value, line: u64) {
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            None => self.entries.push(Entry { key: key.to_owned(), line, value }),
            Some(entry) if matches!(key, "topics" | "authors") => match &mut entry.value {
                Value::List(values) => values.push(value),
                first => *first = Value::List(vec![first.clone(), value]),
            },
            Some(_) => {}
        }
    }

    fn finish(&mut self) {
        let has_body = self.entries.iter().any(|entry| entry.key == "body");
        let is_long = |entry: &&mut Entry| entry.value.text().is_some_and(|text| text.len() > MAX_SUMMARY);
        if !has_body && let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == "summary").filter(is_long) {
            entry.value = Value::Text(format!("<div>{}", entry.value.text().unwrap_or_default()));
            "body".clone_into(&mut entry.key);
        }
    }
}

/// The text of an element. Where there are elements within it, they are HTML that nobody escaped, and are left to the reader of HTML.
fn text(inner: &str) -> String {
    if !inner.contains(['<', '&']) {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut reader = Reader::from_str(inner);
    reader.config_mut().allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Text(part)) => text.push_str(&part),
            Ok(Event::CData(part)) => text.push_str(&part),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(char)) => text.push(char),
                Ok(None) if let Some(known) = escape::resolve_predefined_entity(&name) => text.push_str(known),
                // HTML may know it.
                _ => text.extend(["&", &name, ";"]),
            },
            Ok(Event::Eof) => return text,
            Ok(Event::Start(_) | Event::Empty(_)) | Err(_) => return inner.to_owned(),
            Ok(_) => {}
        }
    }
}

/// The name in `<name>Ada</name>`, in `ada@example.com (Ada)`, in `Ada <ada@example.com>` or in `Ada`. Addresses are not shown.
fn author(inner: &str) -> String {
    let mut reader = Reader::from_str(inner);
    let mut has_elements = false;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "name" => {
                return reader.read_text(tag.name()).map(|name| text(&name)).unwrap_or_default();
            }
            Event::Start(_) => has_elements = true,
            Event::Eof => break,
            _ => {}
        }
    }
    if has_elements {
        return String::new();
    }
    let said = text(inner);
    if !said.contains('@') {
        return said;
    }
    let bracketed = said.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(name, _)| name);
    let name = bracketed.or_else(|| said.split_once('<').map(|(name, _)| name)).unwrap_or_default();
    if name.contains('@') { String::new() } else { name.trim().to_owned() }
}
