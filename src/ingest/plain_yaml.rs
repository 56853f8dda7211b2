//! The few forms of YAML that curated files are almost entirely written in, read without the YAML crate.
//!
//! Block maps and lists of one-line scalars, plain or quoted. For anything else, and for anything doubtful, the answer is
//! `None` and the YAML crate decides; where there is an answer, the YAML crate would give the same (a property test says so).
//! News cards with their related cards read about ten times as fast this way.

use super::front_matter::{has_separator, is_item, key, quoted_end};
use super::value::Value;

/// Deeper nesting is left to the YAML crate.
const MAX_DEPTH: u8 = 8;

/// The map that a block of YAML says, without the entries named in `skip` at any depth. `None`: ask the YAML crate.
pub(crate) fn decode(text: &str, skip: &[&str]) -> Option<Value> {
    let mut lines = Lines { rest: text, current: None, skip };
    lines.advance();
    let value = match lines.current {
        Some((0, content)) if !is_item(content) => lines.map(0, content, 0)?,
        _ => return None,
    };
    lines.current.is_none().then_some(value)
}

struct Lines<'a> {
    rest: &'a str,
    /// Indentation and content of the line to be read.
    current: Option<(usize, &'a str)>,
    skip: &'a [&'a str],
}

impl<'a> Lines<'a> {
    /// Goes to the next line that is neither blank nor a comment.
    fn advance(&mut self) {
        self.current = None;
        while !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest.as_bytes()).map_or(self.rest.len(), |at| at + 1);
            let (line, rest) = self.rest.split_at(end);
            self.rest = rest;
            let line = line.trim_end_matches(['\n', ' ']);
            let content = line.trim_start_matches(' ');
            if !content.is_empty() && !content.starts_with('#') {
                self.current = Some((line.len() - content.len(), content));
                return;
            }
        }
    }

    /// A map whose keys stand in column `column`, beginning with the entry `first`, which may follow a dash.
    fn map(&mut self, column: usize, first: &'a str, depth: u8) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut entries = Vec::new();
        let mut content = first;
        loop {
            let (name, rest) = key(content).filter(|(name, _)| is_word(name))?;
            self.advance();
            if self.skip.contains(&name) {
                while self.current.is_some_and(|(indent, line)| indent > column || (indent == column && is_item(line)))
                {
                    self.advance();
                }
            } else {
                entries.push((name.to_owned(), self.value(rest, column, true, depth)?));
            }
            match self.current {
                Some((indent, next)) if indent == column && !is_item(next) => content = next,
                Some((indent, _)) if indent >= column => return None,
                _ => return Some(Value::Map(entries)),
            }
        }
    }

    fn list(&mut self, column: usize, depth: u8) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut items = Vec::new();
        while let Some((indent, content)) = self.current {
            if indent != column || !is_item(content) {
                if indent > column {
                    return None;
                }
                break;
            }
            let rest = content[1..].trim_start_matches(' ');
            if key(rest).is_some() {
                let inner = column + content.len() - rest.len();
                items.push(self.map(inner, rest, depth + 1)?);
            } else {
                self.advance();
                items.push(self.value(rest, column, false, depth)?);
            }
        }
        Some(Value::List(items))
    }

    /// What follows a key or a dash in `column`: `rest` of its line, else the deeper lines below.
    fn value(&mut self, rest: &'a str, column: usize, in_map: bool, depth: u8) -> Option<Value> {
        let deeper = self.current.filter(|(indent, _)| *indent > column);
        if !rest.is_empty() {
            // A deeper line would continue the scalar.
            return if deeper.is_some() { None } else { scalar(rest) };
        }
        match (deeper, self.current) {
            (Some((indent, content)), _) if is_item(content) => self.list(indent, depth + 1),
            (Some((indent, content)), _) => self.map(indent, content, depth + 1),
            (None, Some((indent, content))) if in_map && indent == column && is_item(content) => {
                self.list(indent, depth + 1)
            }
            _ => Some(Value::Null),
        }
    }
}

/// Keys that no YAML reader takes for a number, a boolean or null.
fn is_word(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !matches!(key.to_ascii_lowercase().as_str(), "null" | "true" | "false")
}

fn scalar(text: &str) -> Option<Value> {
    let first = text.bytes().next()?;
    match first {
        b'"' | b'\'' => {
            let end = quoted_end(text)?;
            let inner = (end == text.len()).then(|| &text[1..end - 1])?;
            if first == b'\'' { Some(Value::Text(inner.replace("''", "'"))) } else { unescape(inner).map(Value::Text) }
        }
        _ if text.contains('\t') || text.contains(" #") || has_separator(text) => None,
        b'0'..=b'9' | b'-' => number_or_text(text),
        _ if matches!(text, "null" | "Null" | "NULL" | "~") => Some(Value::Null),
        _ if matches!(text, "true" | "True" | "TRUE") => Some(Value::Bool(true)),
        _ if matches!(text, "false" | "False" | "FALSE") => Some(Value::Bool(false)),
        b'(' | b'$' | b'/' | b'_' | b'<' | 0x80.. => Some(Value::Text(text.to_owned())),
        first if first.is_ascii_alphabetic() => Some(Value::Text(text.to_owned())),
        _ => None,
    }
}

fn unescape(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        match rest.as_bytes().get(at + 1)? {
            b'"' => text.push('"'),
            b'\\' => text.push('\\'),
            b'/' => text.push('/'),
            b'n' => text.push('\n'),
            b't' => text.push('\t'),
            _ => return None,
        }
        rest = &rest[at + 2..];
    }
    text.push_str(rest);
    Some(text)
}

/// Decimal numbers keep their text (`11.`); what only begins like one is text (`24 cases`, `2021-06-14`).
fn number_or_text(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let decimal = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().filter(|b| *b == b'.').count() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.len() < 16;
    if decimal {
        let zeros = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        return (!zeros).then(|| Value::Number(text.to_owned()));
    }
    let is_other_number = text.parse::<f64>().is_ok() || matches!(digits.get(..2), Some("0x" | "0o" | "0b"));
    (!is_other_number && text.starts_with(|c: char| c.is_ascii_digit())).then(|| Value::Text(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::yaml;
    use super::{Value, decode};

    const CARD: &str = "related:\n  - title: \"A \\\"b\\\" c\"\n    quality: 56\n    provider:\n      name: Becker's\n\n    images:\n      - url: x\n  # a comment\n  - title: 'it''s'\n    heat: -1\n    topics: \n    - AI\n    - 6 ways\n";

    #[test]
    fn reads_a_card_as_the_yaml_crate_does() {
        let plain = decode(CARD, &["images"]).unwrap();
        assert_eq!(Ok(&plain), yaml::decode(CARD, &["images"]).as_ref());
        assert_eq!(plain.get("related").unwrap().items()[1].get("title").and_then(Value::text), Some("it's"));
    }

    #[test]
    fn keeps_the_text_of_a_number() {
        assert_eq!(decode("a: 11.", &[]).unwrap().get("a").and_then(Value::text), Some("11."));
    }

    #[test]
    fn leaves_what_is_not_plain_to_the_yaml_crate() {
        for text in [
            "a: b: c",
            "a: x # y",
            "a: x\n  y",
            "a: >-\n  x",
            "a: [x]",
            "a: &b x",
            "a: \"x",
            "a: 0x1f",
            "a:\n b: 1\n  c: 2",
            "- a",
            "a: \"\\x41\"",
        ] {
            assert_eq!(decode(text, &[]), None, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn agrees_with_the_yaml_crate_wherever_it_answers(text in "((  |    |- |  - )?(a|b-c|true|title):( |\t)?((\"|')?[a-z0-9 :#'\"\\\\.é-]{0,8}(\"|')?|[-+]?[0-9]{1,3}[.ex_]?[0-9]{0,3})\n|(  )?- ?[~a-z0-9.:e -]{0,6}\n|  # x\n|\n){1,6}") {
            if let Some(plain) = decode(&text, &[]) {
                prop_assert_eq!(Ok(plain), yaml::decode(&text, &[]));
            }
        }
    }
}
