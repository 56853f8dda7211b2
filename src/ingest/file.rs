//! One file → its records. What a file is shows in its first bytes; its name says little.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::card::{self, Card};
use super::digest::Digest;
use super::feed::{self, Syntax};
use super::json;
use super::mapping::Mapping;
use super::parts::Layout;
use super::problem::Problems;
use super::record::Record;
use super::report::{FileAccount, FileOutcome};
use super::survey::SourceFile;
use super::{gzip, text};
use crate::Result;

/// The largest file that is read as a whole, in bytes: one article, or a feed.
pub(crate) const MAX_CARD: u64 = 16 << 20;
/// Larger files are read as streams.
const MAX_WHOLE: u64 = 4 << 20;
/// How many bytes show what a stream holds.
const HEAD: u64 = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    FrontMatter,
    /// Front matter in TOML, which is not read.
    Toml,
    Json(Layout),
    Feed(Syntax),
    /// Has to be decoded to see what it is.
    Utf16,
    Other,
}

/// Reads one file to its end and gives its records to `sink`.
pub(crate) fn read(
    file: &SourceFile,
    mapping: &Mapping,
    problems_per_file: usize,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<FileAccount> {
    let mut problems = Problems::up_to(problems_per_file, file.shown());
    let ids = Mutex::new(Vec::new());
    let sink = |records: Vec<Record>| {
        let mut ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.extend(records.iter().map(|record| record.article.id));
        drop(ids);
        sink(records)
    };
    let digest = Digest::default();
    let opened = open(file, &digest);
    let is_open = opened.is_ok();
    let mut unread = 0;
    let outcome = match opened.and_then(|input| input.unpacked(file.shown())) {
        Ok(input) => read_from(input, file, mapping, &mut problems, &mut unread, &sink)?,
        Err(error) => rejected(unreadable(&error), &mut problems),
    };
    if !matches!(outcome, FileOutcome::Records(_)) {
        unread = 0;
    }
    // What is left out is nobody's concern.
    let (problems, untold) = if outcome == FileOutcome::LeftOut { Default::default() } else { problems.into_parts() };
    let mut ids = ids.into_inner().unwrap_or_else(PoisonError::into_inner);
    ids.sort_unstable();
    ids.dedup();
    Ok(FileAccount {
        outcome,
        unread,
        ids,
        problems,
        untold,
        digest: digest.value(),
        unreadable: !is_open || digest.failed(),
    })
}

enum Input {
    Whole(Vec<u8>),
    /// The first bytes, and all of them with the rest.
    Stream(Vec<u8>, Box<dyn BufRead>),
}

impl Input {
    /// Reads up to `limit` bytes, of which `expected` are likely to be there; beyond these it is a stream.
    fn of(mut opened: Box<dyn Read>, limit: u64, expected: u64) -> io::Result<Self> {
        let mut head = Vec::with_capacity(expected as usize + 1);
        opened.by_ref().take(limit + 1).read_to_end(&mut head)?;
        if head.len() as u64 <= limit {
            return Ok(Self::Whole(head));
        }
        let rest = BufReader::with_capacity(HEAD as usize, opened);
        Ok(Self::Stream(head.clone(), Box::new(Cursor::new(head).chain(rest))))
    }

    /// What gzip holds. Where it breaks off, what came before is a stream, however short, that ends in the error.
    fn of_gzip(packed: Box<dyn BufRead>) -> io::Result<Self> {
        let mut opened = gzip::unpack(packed);
        let mut head = Vec::new();
        let rest: Box<dyn BufRead> = match opened.by_ref().take(MAX_WHOLE + 1).read_to_end(&mut head) {
            Ok(_) if head.len() as u64 <= MAX_WHOLE => return Ok(Self::Whole(head)),
            Ok(_) => Box::new(BufReader::with_capacity(HEAD as usize, opened)),
            // Too little to see what it was.
            Err(error) if matches!(content(&head), Content::Empty | Content::Other) => return Err(error),
            Err(error) => Box::new(BufReader::new(Broken(Some(error)))),
        };
        Ok(Self::Stream(head.clone(), Box::new(Cursor::new(head).chain(rest))))
    }

    fn head(&self) -> &[u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Stream(head, _) => head,
        }
    }

    fn stream(self) -> Box<dyn BufRead> {
        match self {
            Self::Whole(bytes) => Box::new(Cursor::new(bytes)),
            Self::Stream(_, stream) => stream,
        }
    }

    /// The same with gzip unpacked, if it is gzip.
    fn unpacked(self, name: &str) -> io::Result<Self> {
        if !gzip::is_gzip(self.head()) {
            let says_so = Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
            let is_misnamed = says_so && content(self.head()) == Content::Other;
            return if is_misnamed { Err(io::Error::other("it is no gzip, whatever its name says")) } else { Ok(self) };
        }
        let inner = Self::of_gzip(self.stream())?;
        if gzip::is_gzip(inner.head()) { Err(io::Error::other("it is gzip within gzip")) } else { Ok(inner) }
    }
}

/// Gives its error and nothing else.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

fn open(file: &SourceFile, digest: &Digest) -> io::Result<Input> {
    let opened: Box<dyn Read> = if file.is_stdin() {
        Box::new(digest.of(io::stdin()))
    } else if file.is_stream() || fs::metadata(file.path())?.is_file() {
        Box::new(digest.of(File::open(file.path())?))
    } else {
        // Opening a pipe that took its place could wait for ever.
        return Err(io::Error::other("it is no regular file any more"));
    };
    // Files grow while they are read, and what a pipe holds nobody knows.
    let (limit, expected) =
        if file.is_stream() || file.size() > MAX_WHOLE { (HEAD, HEAD) } else { (MAX_WHOLE, file.size()) };
    Input::of(opened, limit, expected)
}

fn read_from(
    input: Input,
    file: &SourceFile,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
    unread: &mut u64,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<FileOutcome> {
    match content(input.head()) {
        Content::Empty => Ok(rejected("the file is empty", problems)),
        Content::Toml => {
            Ok(rejected("front matter in TOML is not read; write it in YAML between lines `---`", problems))
        }
        Content::Other => Ok(FileOutcome::LeftOut),
        Content::Utf16 => match whole(input, file) {
            Ok(bytes) => read_from(Input::Whole(text::utf8_of_utf16(&bytes)), file, mapping, problems, unread, sink),
            Err(what) => Ok(rejected(what, problems)),
        },
        Content::Json(layout) => {
            let tally = json::read(&mut input.stream(), layout, file.shown(), mapping, problems, sink)?;
            *unread = tally.unread;
            if tally.records > 0 {
                return Ok(FileOutcome::Records(tally.records));
            }
            // JSON over several lines is often no article at all: settings, maps, manifests.
            let is_other = layout == Layout::Values && !tally.has_articles;
            if is_other || (problems.is_empty() && tally.left_out > 0) {
                return Ok(FileOutcome::LeftOut);
            }
            Ok(rejected("nothing in it is an article", problems))
        }
        Content::Feed(syntax) => match whole(input, file) {
            Ok(bytes) => {
                let reading = feed::read(&bytes, syntax, file.shown(), mapping, problems);
                let records = reading.records.len() as u64;
                *unread = reading.unread;
                sink(reading.records)?;
                Ok(match records {
                    0 if problems.is_empty() => FileOutcome::LeftOut,
                    0 => FileOutcome::Rejected,
                    _ => FileOutcome::Records(records),
                })
            }
            Err(what) => Ok(rejected(what, problems)),
        },
        Content::FrontMatter => match whole(input, file) {
            Ok(bytes) => match card::read(&bytes, file.shown(), mapping, problems) {
                Card::Record(record) => {
                    sink(vec![*record])?;
                    Ok(FileOutcome::Records(1))
                }
                Card::LeftOut => Ok(FileOutcome::LeftOut),
                Card::Rejected => Ok(FileOutcome::Rejected),
            },
            Err(what) => Ok(rejected(what, problems)),
        },
    }
}

/// All bytes of a file of one article, or why not.
fn whole(input: Input, file: &SourceFile) -> std::result::Result<Vec<u8>, String> {
    let too_large = || format!("larger than {} MiB", MAX_CARD >> 20);
    match input {
        Input::Whole(bytes) => Ok(bytes),
        Input::Stream(..) if file.size() > MAX_CARD => Err(too_large()),
        Input::Stream(_, stream) => {
            let mut bytes = Vec::new();
            stream.take(MAX_CARD + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
            if bytes.len() as u64 > MAX_CARD { Err(too_large()) } else { Ok(bytes) }
        }
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

fn rejected(what: impl Into<String>, problems: &mut Problems<'_>) -> FileOutcome {
    problems.add(None, what);
    FileOutcome::Rejected
}

fn content(head: &[u8]) -> Content {
    if head.is_empty() {
        return Content::Empty;
    }
    if text::is_utf16(head) {
        return Content::Utf16;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    // Blanks before a fence would make it none, but on a line of their own.
    let mut lines = text.split(|b| matches!(b, b'\n' | b'\r')).map(<[u8]>::trim_ascii_end);
    match lines.find(|line| !line.is_empty()).unwrap_or_default() {
        b"---" => Content::FrontMatter,
        b"+++" => Content::Toml,
        _ if text::is_binary(head) => Content::Other,
        _ if let Some(syntax) = feed::syntax(text) => Content::Feed(syntax),
        _ => json_layout(text.trim_ascii_start()).map_or(Content::Other, Content::Json),
    }
}

fn json_layout(text: &[u8]) -> Option<Layout> {
    let first_of = |text: &[u8]| text.trim_ascii_start().first().copied();
    match text.first()? {
        b'[' => {
            let mut rest = text[1..].trim_ascii_start();
            while let Some(after) = rest.strip_prefix(b"null") {
                rest = after.trim_ascii_start().strip_prefix(b",")?.trim_ascii_start();
            }
            rest.starts_with(b"{").then_some(Layout::Values)
        }
        b'{' => {
            let (line, below) = text.split_at(memchr::memchr(b'\n', text).unwrap_or(text.len()));
            match first_of(below) {
                // A line of NDJSON would begin with a brace.
                Some(b'"' | b'}' | b',') => Some(Layout::Values),
                _ => (line.trim_ascii_end().len() > 1).then_some(Layout::Lines),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::Layout;
    use super::{Content, Syntax, content};

    #[test]
    fn knows_content_by_its_first_bytes() {
        for (head, expected) in [
            (&b""[..], Content::Empty),
            (b"---\ntitle: x", Content::FrontMatter),
            (b"\xef\xbb\xbf---\r\n", Content::FrontMatter),
            (b"\r\n\n---\ntitle: x", Content::FrontMatter),
            (b" \t\n \r\n---\ntitle: x", Content::FrontMatter),
            (b" \n ---\ntitle: x", Content::Other),
            (b"+++\ntitle = \"x\"\n+++\n", Content::Toml),
            (b"\n {\"title\":\"x\"}\n", Content::Json(Layout::Lines)),
            (b"{broken\n{\"title\":\"x\"}\n", Content::Json(Layout::Lines)),
            (b"{\"title\": \"x\",\n \"url\": 1\n}", Content::Json(Layout::Values)),
            (b"{\n  \"title\": 1\n}", Content::Json(Layout::Values)),
            (b" [\n{\"title\": 1", Content::Json(Layout::Values)),
            (b"[null,\n null, {\"title\": 1", Content::Json(Layout::Values)),
            (b"[null, 1]", Content::Other),
            (b"[a](b) {", Content::Other),
            (b"{\n  // settings\n}", Content::Other),
            (b"\xff\xfe-\0-\0-\0", Content::Utf16),
            (b"--- a/old.md\n+++ b/new.md\n", Content::Other),
            (b"<?xml version=\"1.0\"?>\n<!-- made -->\n<rss version=\"2.0\">", Content::Feed(Syntax::Xml)),
            (b"<!DOCTYPE rss [<!ENTITY nbsp \"&#160;\">\n]>\n<rss version=\"2.0\">", Content::Feed(Syntax::Xml)),
            (b"<!DOCTYPE rss [<!ENTITY nbsp", Content::Other),
            (b"<feed xmlns=\"http://www.w3.org/2005/Atom\">", Content::Feed(Syntax::Xml)),
            (b"<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\">", Content::Feed(Syntax::Xml)),
            (b"<rdf:RDF xmlns=\"http://xmlns.com/foaf/0.1/\">", Content::Other),
            (b"<!DOCTYPE html><html><body>rss</body></html>", Content::Other),
            (b"{\"version\": \"https://jsonfeed.org/version/1.1\",\n\"items\": []}", Content::Feed(Syntax::Json)),
            (b"{\"version\":\"https:\\/\\/jsonfeed.org\\/version\\/1\"}", Content::Feed(Syntax::Json)),
            (b"{\"title\": \"what jsonfeed.org is for\"}", Content::Json(Layout::Lines)),
            (b"# Read me", Content::Other),
            (b"{\0\0\0", Content::Other),
            (b"\n\n", Content::Other),
        ] {
            assert_eq!(content(head), expected, "{head:?}");
        }
    }
}
