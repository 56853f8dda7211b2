//! YAML text → [`Value`], through the YAML crate. The only file that knows it.
//!
//! The crate gives numbers as numbers, which forgets how they were written: `1.10` and `61e5` may be a title and an id. Asked for a
//! text, it gives what is written, but has to be asked before it says what there is. So values with such numbers are read twice.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::value::{Decode, Value};

/// The longest text given to the YAML crate, in bytes. It holds all events of a document in memory, at a hundred bytes
/// for two of text; the longest front matter seen has 143 KB.
const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of `[` and `{` given to the YAML crate, whose time is quadratic in it. Its own limit on the
/// depth of values (128) comes after that time has been spent.
const MAX_FLOW_DEPTH: usize = 100;
/// The most `[` and `{` in all, for the same reason: closing ones in quotes close nothing, and only the YAML crate can tell which these
/// are. At this depth it takes half a second; the most seen in front matter are some hundreds.
const MAX_OPENED: usize = 5_000;
/// The deepest nesting of `- - -` and of indentation, for the same reason.
const MAX_COLUMN: usize = 2_000;

/// Why a text is not YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// The line within the text, counted from 1.
    pub(crate) line: u64,
    /// What the YAML crate says about it.
    pub(crate) what: String,
}

/// Decodes one document, leaving out the map entries named in `skip` at any depth.
///
/// The empty text is null. Bounded in time and memory for any input.
pub(crate) fn decode(text: &str, skip: &[&str]) -> Result<Value, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError { line: 1, what: format!("longer than {} KiB", MAX_BYTES >> 10) });
    }
    refuse_depth(text)?;
    let left = Decode::budget();
    let mut value =
        Decode::new(&left, skip).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
            let line = error.location().map_or(1, |location| location.line() as u64);
            let what = error.to_string();
            // The place is told by `line`, counted in the file and not in the block.
            let what = what.split(" at line ").next().unwrap_or(&what).trim_end_matches('.').to_owned();
            YamlError { line, what }
        })?;
    let has_other_notations = ["0x", "0o", "0b", "+", "-0"].iter().any(|sign| text.contains(sign));
    if may_be_rewritten(&value, has_other_notations) {
        // What could be read once can be read again, if numbers behind aliases do not unfold to an enormous size: then those that are
        // left stay as they were told.
        let left = Decode::budget();
        let _ = Rewrite { value: &mut value, skip, left: &left }.deserialize(serde_yaml::Deserializer::from_str(text));
    }
    Ok(value)
}

/// Whether a number in it may be written in another way than it is told.
fn may_be_rewritten(value: &Value, has_other_notations: bool) -> bool {
    match value {
        Value::Number(number) => has_other_notations || !number.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
        Value::List(items) => items.iter().any(|item| may_be_rewritten(item, has_other_notations)),
        Value::Map(entries) => entries.iter().any(|(_, value)| may_be_rewritten(value, has_other_notations)),
        Value::Null | Value::Bool(_) | Value::Text(_) => false,
    }
}

/// Gives the numbers of a value, which was decoded from the same text, as they are written.
struct Rewrite<'v, 's> {
    value: &'v mut Value,
    skip: &'s [&'s str],
    /// How many bytes may be written.
    left: &'s Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Rewrite<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.value {
            Value::Number(_) => deserializer.deserialize_str(self),
            Value::List(_) => deserializer.deserialize_seq(self),
            Value::Map(_) => deserializer.deserialize_map(self),
            Value::Null | Value::Bool(_) | Value::Text(_) => {
                deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
            }
        }
    }
}

impl<'de> Visitor<'de> for Rewrite<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same value")
    }

    fn visit_str<E: Error>(self, written: &str) -> Result<(), E> {
        let left = self.left.get().checked_sub(written.len());
        self.left.set(left.ok_or_else(|| E::custom("it unfolds to an enormous size"))?);
        *self.value = Value::Number(written.to_owned());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        if let Value::List(items) = self.value {
            for value in items {
                access.next_element_seed(Rewrite { value, skip: self.skip, left: self.left })?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let Value::Map(entries) = self.value else { return Ok(()) };
        let left = Decode::budget();
        let mut values = entries.iter_mut().map(|(_, value)| value);
        while let Some(key) = access.next_key_seed(Decode::new(&left, self.skip))? {
            if self.skip.contains(&key.into_key().as_str()) {
                access.next_value::<IgnoredAny>()?;
            } else if let Some(value) = values.next() {
                access.next_value_seed(Rewrite { value, skip: self.skip, left: self.left })?;
            }
        }
        Ok(())
    }
}

/// A scan that takes brackets in quoted text for brackets.
fn refuse_depth(text: &str) -> Result<(), YamlError> {
    let (mut depth, mut opened) = (0_usize, 0);
    let mut line = 1;
    let mut column = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => (depth, opened) = (depth + 1, opened + 1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if byte == b'\n' {
            (line, column) = (line + 1, 0);
        } else if column != usize::MAX {
            column = if matches!(byte, b' ' | b'-' | b'?' | b':') { column + 1 } else { usize::MAX };
        }
        if depth > MAX_FLOW_DEPTH || opened > MAX_OPENED || (column != usize::MAX && column > MAX_COLUMN) {
            return Err(YamlError { line, what: "nested too deeply".to_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::time::{Duration, Instant};

    use super::{Value, decode};

    #[test]
    fn keeps_what_a_scalar_says_and_looks_through_tags() {
        let value = decode("a: 12\nb: !thing text\nc: ~\nd: [x, {y: true}]\nimages: [1]\n", &["images"]).unwrap();
        assert_eq!(value.get("a").and_then(Value::text), Some("12"));
        assert_eq!(value.get("b").and_then(Value::text), Some("text"));
        assert_eq!(value.get("c"), Some(&Value::Null));
        assert_eq!(value.get("images"), None);
        assert_eq!(decode("", &[]), Ok(Value::Null));
    }

    #[test]
    fn keeps_the_text_of_numbers_wherever_they_stand() {
        let yaml = "s: {q: 9.9}\nx: &a 1.10\nlist: [61e5, {y: 0x1F}, !t 11., .5]\nz: *a\n1.50: {d: !u [+7, -0]} # c\n";
        let value = decode(yaml, &["s"]).unwrap();
        let text = |value: &Value| value.text().map(str::to_owned);
        let list = value.get("list").unwrap().items();
        let told = [value.get("x"), list.first(), list[1].get("y"), list.get(2), list.get(3), value.get("z")];
        assert_eq!(told.map(|value| text(value.unwrap()).unwrap()), ["1.10", "61e5", "0x1F", "11.", ".5", "1.10"]);
        let Value::Map(entries) = &value else { panic!("{value:?}") };
        let tagged = entries.last().unwrap().1.get("d").unwrap().items();
        assert_eq!(tagged.iter().filter_map(text).collect::<Vec<_>>(), ["+7", "-0"]);
    }

    #[test]
    fn numbers_behind_aliases_do_not_unfold_without_end() {
        let digits = "1".repeat(100_000);
        let value = decode(&format!("x: &a 0.{digits}\ny: [{}]\n", "*a, ".repeat(5_000)), &[]).unwrap();
        let size: usize = value.get("y").unwrap().items().iter().filter_map(Value::text).map(str::len).sum();
        assert!(size < 100 << 20, "{size} bytes");
        assert_eq!(value.get("x").and_then(Value::text), Some(format!("0.{digits}").as_str()));
    }

    #[test]
    fn tells_the_line_of_an_error() {
        let error = decode("a: 1\nb: c: d\n", &[]).unwrap_err();
        assert_eq!(error.line, 2);
        assert!(!error.what.contains("line"), "{}", error.what);
    }

    #[test]
    fn survives_bombs_quickly() {
        let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..20 {
            let items = vec![format!("*a{}", n - 1); 10].join(", ");
            writeln!(aliases, "a{n}: &a{n} [{items}]").unwrap();
        }
        let wide = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(100_000), "*a, ".repeat(100_000));
        let mut staircase = String::new();
        for depth in 0..1000 {
            writeln!(staircase, "{}a:", " ".repeat(depth)).unwrap();
        }
        let bombs = [
            aliases,
            wide,
            "[".repeat(1_000_000),
            "[\"]\",".repeat(150_000),
            "{a: ".repeat(200_000),
            "- ".repeat(500_000),
            staircase,
            "x".repeat(2 << 20),
        ];
        for (number, bomb) in bombs.iter().enumerate() {
            let begun = Instant::now();
            assert!(decode(bomb, &[]).is_err(), "bomb {number}");
            assert!(begun.elapsed() < Duration::from_secs(20), "bomb {number}: {:?}", begun.elapsed());
        }
    }
}
