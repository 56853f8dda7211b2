//! A stream of JSON → the texts of its articles, one by one, none longer than a limit. Knows where values end, not what they say.

use std::io::{self, BufRead};

use memchr::{memchr, memchr_iter};

/// How the articles of a file are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One on each line. A broken line costs no other.
    Lines,
    /// One after the other over as many lines as they like, alone or in one list.
    Values,
}

/// The text of one article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Which one it is, counted from 1; blank lines count.
    pub(crate) number: u64,
    /// The line on which it begins.
    pub(crate) line: u64,
    /// `None` when it is too long.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// Cuts a stream into parts.
pub(crate) struct Parts<'a> {
    input: &'a mut dyn BufRead,
    layout: Layout,
    limit: usize,
    /// The line of the next byte.
    line: u64,
    /// How many parts there were.
    count: u64,
    list: List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    NotBegun,
    Open,
    Closed,
}

impl<'a> Parts<'a> {
    /// Parts of at most `limit` bytes each.
    pub(crate) fn new(input: &'a mut dyn BufRead, layout: Layout, limit: usize) -> Self {
        Self { input, layout, limit, line: 1, count: 0, list: List::NotBegun }
    }

    /// How far the stream is read.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Whether a list began that has not ended.
    pub(crate) fn is_open(&self) -> bool {
        self.list == List::Open
    }

    /// The next part; `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> io::Result<Option<Part>> {
        let part = match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Values => self.next_value(),
        }?;
        let Some((line, text)) = part else { return Ok(None) };
        self.count += 1;
        Ok(Some(Part { number: self.count, line, bytes: text.bytes }))
    }

    /// The line on which it begins, and its text.
    fn next_line(&mut self) -> io::Result<Option<(u64, Text)>> {
        let line = self.line;
        let mut text = Text::new(self.limit);
        let mut begun = false;
        loop {
            let chunk = fill(self.input)?;
            if chunk.is_empty() {
                return Ok(begun.then_some((line, text)));
            }
            begun = true;
            let end = memchr(b'\n', chunk);
            let part = &chunk[..end.unwrap_or(chunk.len())];
            text.push(part);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                self.line += 1;
                return Ok(Some((line, text)));
            }
        }
    }

    fn next_value(&mut self) -> io::Result<Option<(u64, Text)>> {
        if !self.begin_value()? {
            return Ok(None);
        }
        let line = self.line;
        let mut text = Text::new(self.limit);
        let mut end = ValueEnd::default();
        loop {
            let chunk = fill(self.input)?;
            if chunk.is_empty() {
                return Ok(Some((line, text)));
            }
            let found = chunk.iter().enumerate().find_map(|(at, byte)| match end.at(*byte) {
                End::Not => None,
                End::Before => Some(at),
                End::Behind => Some(at + 1),
            });
            let used = found.unwrap_or(chunk.len());
            self.line += memchr_iter(b'\n', &chunk[..used]).count() as u64;
            text.push(&chunk[..used]);
            self.input.consume(used);
            if found.is_some() {
                return Ok(Some((line, text)));
            }
        }
    }

    /// Passes what stands between values. Returns whether there is another.
    fn begin_value(&mut self) -> io::Result<bool> {
        loop {
            let chunk = fill(self.input)?;
            let Some(&byte) = chunk.first() else { return Ok(false) };
            match byte {
                b'\n' => self.line += 1,
                b'[' if self.list == List::NotBegun => self.list = List::Open,
                b']' if self.list == List::Open => self.list = List::Closed,
                b',' | b' ' | b'\t' | b'\r' => {}
                // A byte order mark.
                0xef | 0xbb | 0xbf if self.list == List::NotBegun => {}
                _ => return Ok(true),
            }
            self.input.consume(1);
        }
    }
}

/// The bytes at hand; none at the end of the stream.
fn fill(input: &mut dyn BufRead) -> io::Result<&[u8]> {
    // Asked again, the bytes are still there: a way around what the borrow checker cannot see.
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    input.fill_buf()
}

/// What is kept of a text: all of it, or nothing once it is too long.
struct Text {
    bytes: Option<Vec<u8>>,
    limit: usize,
}

impl Text {
    fn new(limit: usize) -> Self {
        Self { bytes: Some(Vec::new()), limit }
    }

    fn push(&mut self, part: &[u8]) {
        match &mut self.bytes {
            Some(bytes) if bytes.len() + part.len() <= self.limit => bytes.extend_from_slice(part),
            _ => self.bytes = None,
        }
    }
}

/// Finds where a value ends, byte by byte.
#[derive(Debug, Default)]
struct ValueEnd {
    depth: u64,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

/// Whether a value ends at a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Not,
    Before,
    Behind,
}

impl ValueEnd {
    /// Whether the value ends at this byte, its next. What is no object and no list ends with its line, or before what separates
    /// values.
    fn at(&mut self, byte: u8) -> End {
        // A value has a byte at least, or there would be no end of them.
        let begun = std::mem::replace(&mut self.begun, true);
        if byte == b'\n' {
            // No JSON string goes beyond its line: a quote that is not closed does not swallow the rest of the file.
            (self.in_string, self.escaped) = (false, false);
        } else if self.in_string {
            if self.escaped {
                self.escaped = false;
            } else if byte == b'\\' {
                self.escaped = true;
            } else if byte == b'"' {
                self.in_string = false;
            }
            return End::Not;
        }
        match byte {
            b',' | b'}' | b']' if self.depth == 0 && begun => return End::Before,
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return End::Behind;
                }
            }
            b'\n' if self.depth == 0 => return End::Behind,
            _ => {}
        }
        End::Not
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{Layout, Parts};

    /// Lines and texts, read by four bytes at a time; `None` for what is longer than 16 bytes.
    fn parts(text: &str, layout: Layout) -> Vec<(u64, Option<String>)> {
        let mut input = BufReader::with_capacity(4, text.as_bytes());
        let mut parts = Parts::new(&mut input, layout, 16);
        std::iter::from_fn(|| parts.next().unwrap())
            .map(|part| (part.line, part.bytes.map(|bytes| String::from_utf8(bytes).unwrap())))
            .collect()
    }

    fn some(line: u64, text: &str) -> (u64, Option<String>) {
        (line, Some(text.to_owned()))
    }

    #[test]
    fn reads_lines_of_bounded_length() {
        assert_eq!(
            parts("one\n\nmuch, much too long\nlast", Layout::Lines),
            [some(1, "one"), some(2, ""), (3, None), some(4, "last")]
        );
    }

    #[test]
    fn finds_values_over_many_lines_and_in_lists() {
        let expected = [some(2, "{\"a\":\n[1,{}]}"), some(4, "{\"]\\\"}\":2}")];
        assert_eq!(parts("[\n{\"a\":\n[1,{}]},\n{\"]\\\"}\":2}\n]\n", Layout::Values), expected);
        assert_eq!(parts("\n{\"a\":\n[1,{}]}\n{\"]\\\"}\":2}", Layout::Values), expected);
        assert_eq!(parts("\u{feff}[{}, {}]", Layout::Values), [some(1, "{}"), some(1, "{}")]);
        assert_eq!(parts("[{\"a\":\"much too long\"},{}]", Layout::Values), [(1, None), some(1, "{}")]);
    }

    #[test]
    fn what_is_no_object_costs_no_other_value() {
        let expected = [some(1, "{}"), some(1, "null"), some(1, "\"a,]\""), some(2, "{}"), some(2, "7")];
        assert_eq!(parts("[{}, null, \"a,]\",\n{}, 7]", Layout::Values), expected);
        assert_eq!(
            parts("{}}, x}\n{}", Layout::Values),
            [some(1, "{}"), some(1, "}"), some(1, "x"), some(1, "}"), some(2, "{}")]
        );
    }

    #[test]
    fn an_unclosed_quote_costs_no_other_value() {
        assert_eq!(parts("{\"a\":\"\n}\n{\"b\":1}", Layout::Values), [some(1, "{\"a\":\"\n}"), some(3, "{\"b\":1}")]);
        assert_eq!(parts("{}\nnot json\n{}", Layout::Values), [some(1, "{}"), some(2, "not json\n"), some(3, "{}")]);
        assert_eq!(parts("{\"a\":[", Layout::Values), [some(1, "{\"a\":[")]);
    }
}
