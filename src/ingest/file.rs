//! One file → its records. What a file is shows in its first bytes; its name says little.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::sync::{Mutex, PoisonError};

use super::card::{self, Card};
use super::digest::Digest;
use super::mapping::Mapping;
use super::ndjson;
use super::problem::Problems;
use super::record::Record;
use super::report::{FileAccount, FileOutcome};
use super::survey::SourceFile;
use super::text;
use crate::Result;

/// The largest file of one article, in bytes.
const MAX_CARD: u64 = 16 << 20;
/// Larger files are read as streams.
const MAX_WHOLE: u64 = 4 << 20;
/// How many bytes show what a stream holds.
const HEAD: u64 = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Empty,
    FrontMatter,
    Ndjson,
    Other,
}

/// Reads one file to its end and gives its records to `sink`.
pub(crate) fn read(
    file: &SourceFile,
    mapping: &Mapping,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<FileAccount> {
    let mut problems = Problems::of(file.shown());
    let ids = Mutex::new(Vec::new());
    let sink = |records: Vec<Record>| {
        let mut ids = ids.lock().unwrap_or_else(PoisonError::into_inner);
        ids.extend(records.iter().map(|record| record.article.id));
        drop(ids);
        sink(records)
    };
    let digest = Digest::default();
    let outcome = match open(file, &digest) {
        Ok(input) => read_from(input, file, mapping, &mut problems, &sink)?,
        Err(error) => unreadable(&error, &mut problems),
    };
    // What is left out is nobody's concern.
    let problems = if outcome == FileOutcome::LeftOut { Vec::new() } else { problems.into_vec() };
    let mut ids = ids.into_inner().unwrap_or_else(PoisonError::into_inner);
    ids.sort_unstable();
    ids.dedup();
    Ok(FileAccount { outcome, ids, problems, digest: digest.value() })
}

enum Input {
    Whole(Vec<u8>),
    /// The first bytes, and all of them with the rest.
    Stream(Vec<u8>, Box<dyn BufRead>),
}

fn open(file: &SourceFile, digest: &Digest) -> io::Result<Input> {
    if !file.is_stream() && file.size() <= MAX_WHOLE {
        let bytes = fs::read(file.path())?;
        digest.update(&bytes);
        return Ok(Input::Whole(bytes));
    }
    let mut rest: Box<dyn BufRead> = if file.is_stdin() {
        Box::new(BufReader::new(digest.of(io::stdin())))
    } else {
        Box::new(BufReader::with_capacity(HEAD as usize, digest.of(File::open(file.path())?)))
    };
    let mut head = Vec::new();
    rest.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(Input::Stream(head.clone(), Box::new(Cursor::new(head).chain(rest))))
}

fn read_from(
    input: Input,
    file: &SourceFile,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<FileOutcome> {
    let head = match &input {
        Input::Whole(bytes) => bytes,
        Input::Stream(head, _) => head,
    };
    match content(head) {
        Content::Empty => {
            problems.add(None, "the file is empty");
            Ok(FileOutcome::Rejected)
        }
        Content::Other => Ok(FileOutcome::LeftOut),
        Content::Ndjson => {
            let mut stream: Box<dyn BufRead> = match input {
                Input::Whole(bytes) => Box::new(Cursor::new(bytes)),
                Input::Stream(_, stream) => stream,
            };
            let tally = ndjson::read(&mut stream, file.shown(), mapping, problems, sink)?;
            if tally.records > 0 {
                return Ok(FileOutcome::Records(tally.records));
            }
            if problems.is_empty() && tally.left_out > 0 {
                return Ok(FileOutcome::LeftOut);
            }
            problems.add(None, "no line of it is an article");
            Ok(FileOutcome::Rejected)
        }
        Content::FrontMatter => {
            let bytes = match input {
                Input::Whole(bytes) => bytes,
                Input::Stream(_, stream) => {
                    let mut bytes = Vec::new();
                    let fits = file.size() <= MAX_CARD;
                    if fits && let Err(error) = stream.take(MAX_CARD + 1).read_to_end(&mut bytes) {
                        return Ok(unreadable(&error, problems));
                    }
                    if !fits || bytes.len() as u64 > MAX_CARD {
                        problems.add(None, format!("larger than {} MiB", MAX_CARD >> 20));
                        return Ok(FileOutcome::Rejected);
                    }
                    bytes
                }
            };
            Ok(match card::read(&bytes, file.shown(), mapping, problems) {
                Card::Record(record) => {
                    sink(vec![*record])?;
                    FileOutcome::Records(1)
                }
                Card::LeftOut => FileOutcome::LeftOut,
                Card::Rejected => FileOutcome::Rejected,
            })
        }
    }
}

fn unreadable(error: &io::Error, problems: &mut Problems<'_>) -> FileOutcome {
    problems.add(None, format!("cannot be read: {error}"));
    FileOutcome::Rejected
}

fn content(head: &[u8]) -> Content {
    if head.is_empty() {
        return Content::Empty;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    // UTF-16 has to be decoded to see what it is.
    let opening = text.split(|b| *b == b'\n' || *b == b'\r').next().unwrap_or_default();
    if opening.trim_ascii_end() == b"---" || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Content::FrontMatter;
    }
    let line = text.trim_ascii_start().split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii_end();
    // A line `{` alone begins a JSON file of another kind.
    if line.starts_with(b"{") && line.len() > 1 && !text::is_binary(head) { Content::Ndjson } else { Content::Other }
}

#[cfg(test)]
mod tests {
    use super::{Content, content};

    #[test]
    fn knows_content_by_its_first_bytes() {
        for (head, expected) in [
            (&b""[..], Content::Empty),
            (b"---\ntitle: x", Content::FrontMatter),
            (b"\xef\xbb\xbf---\r\n", Content::FrontMatter),
            (b"\n {\"title\":\"x\"}\n", Content::Ndjson),
            (b"{\n  \"name\": 1\n}", Content::Other),
            (b"--- a/old.md\n+++ b/new.md\n", Content::Other),
            (b"# Read me", Content::Other),
            (b"{\0\0\0", Content::Other),
            (b"\n\n", Content::Other),
        ] {
            assert_eq!(content(head), expected, "{head:?}");
        }
    }
}
