//! Files of many articles, one JSON object per line, read as a stream in bounded memory.

use std::io::{self, BufRead};

use memchr::memchr;
use rayon::prelude::*;
use serde::de::DeserializeSeed;

use super::mapping::{Dialect, Mapping};
use super::problem::Problems;
use super::record::{Entries, Entry, Keys, Made, Origin, Record, make};
use super::text;
use super::value::{Decode, Value};
use crate::Result;

/// The longest line read, in bytes; longer ones are problems.
pub(crate) const MAX_LINE: usize = 16 << 20;
/// How many bytes of lines are read before they are decoded in parallel.
const BATCH_BYTES: usize = 4 << 20;
/// How many lines at most are decoded together.
const BATCH_LINES: usize = 4096;

/// What came out of a stream.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) records: u64,
    pub(crate) left_out: u64,
}

struct Line {
    number: u64,
    /// `None` when it is too long.
    bytes: Option<Vec<u8>>,
}

/// Reads a stream to its end and gives its records to `sink`, batch by batch. What is wrong with a line is a problem; that
/// the stream breaks off is one too.
pub(crate) fn read(
    input: &mut dyn BufRead,
    path: &str,
    mapping: &Mapping,
    problems: &mut Problems<'_>,
    sink: &(dyn Fn(Vec<Record>) -> Result<()> + Sync),
) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut number = 0;
    loop {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut ended = false;
        while bytes < BATCH_BYTES && batch.len() < BATCH_LINES {
            match next_line(input, MAX_LINE) {
                Ok(Some(line)) => {
                    number += 1;
                    bytes += line.as_ref().map_or(0, Vec::len);
                    batch.push(Line { number, bytes: line });
                }
                Ok(None) => {
                    ended = true;
                    break;
                }
                Err(error) => {
                    problems.add(Some(number + 1), format!("cannot be read any further: {error}"));
                    ended = true;
                    break;
                }
            }
        }
        let made: Vec<(Option<Made>, Problems<'_>)> =
            batch.par_iter().with_min_len(16).map(|line| article(line, path, mapping)).collect();
        let mut records = Vec::new();
        for (made, part) in made {
            problems.append(part);
            match made {
                Some(Made::Record(record)) => records.push(*record),
                Some(Made::LeftOut) => tally.left_out += 1,
                Some(Made::NoTitle) | None => {}
            }
        }
        tally.records += records.len() as u64;
        sink(records)?;
        if ended {
            return Ok(tally);
        }
    }
}

/// The next line without its end; `Some(None)` for one longer than `limit`, `None` at the end of the stream.
#[expect(clippy::option_option, reason = "the outer is the end of the stream, the inner one line's length")]
fn next_line(input: &mut dyn BufRead, limit: usize) -> io::Result<Option<Option<Vec<u8>>>> {
    let mut line = Vec::new();
    let mut too_long = false;
    let mut begun = false;
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunk.is_empty() {
            return Ok(begun.then_some((!too_long).then_some(line)));
        }
        begun = true;
        let end = memchr(b'\n', chunk);
        let part = &chunk[..end.unwrap_or(chunk.len())];
        if too_long || line.len() + part.len() > limit {
            too_long = true;
            line = Vec::new();
        } else {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some((!too_long).then_some(line)));
        }
    }
}

fn article<'p>(line: &Line, path: &'p str, mapping: &Mapping) -> (Option<Made>, Problems<'p>) {
    let mut problems = Problems::of(path);
    let number = line.number;
    let Some(bytes) = &line.bytes else {
        problems.add(Some(number), format!("the line is longer than {} MiB", MAX_LINE >> 20));
        return (None, problems);
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return (None, problems);
    }
    let decoded = text::decode(bytes);
    for (_, what) in decoded.mended {
        problems.add(Some(number), what);
    }
    let left = Decode::budget();
    let mut json = serde_json::Deserializer::from_str(&decoded.text);
    let value =
        Decode::new(&left, &["secured", "images"]).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    let made = match value {
        Ok(Value::Map(entries)) => {
            let entries: Vec<Entry> =
                entries.into_iter().map(|(key, value)| Entry { key, line: number, value }).collect();
            let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::Ndjson };
            Some(make(keys, "", Origin { path, line: Some(number) }, &mut problems))
        }
        Ok(_) => {
            problems.add(Some(number), "the line is no JSON object");
            None
        }
        Err(error) => {
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or(&what);
            problems.add(Some(number), format!("the line is no JSON ({what}, column {})", error.column()));
            None
        }
    };
    if matches!(made, Some(Made::NoTitle)) {
        problems.add(Some(number), "the article has no title");
    }
    (made, problems)
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::next_line;

    #[test]
    fn reads_lines_of_bounded_length() {
        let mut input = BufReader::with_capacity(4, "one\n\nmuch too long\nlast".as_bytes());
        let mut lines = Vec::new();
        while let Some(line) = next_line(&mut input, 8).unwrap() {
            lines.push(line.map(|line| String::from_utf8(line).unwrap()));
        }
        assert_eq!(lines, [Some("one".into()), Some(String::new()), None, Some("last".into())]);
    }
}
