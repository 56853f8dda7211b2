//! One compact JSON document on one line.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::neutral::shown;

/// The document and a line break.
///
/// Characters that could steer a terminal are written as `\u` escapes: every reader of JSON sees the same text.
pub(crate) fn document(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut out, Escaping))?;
    out.push(b'\n');
    Ok(out)
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains('\u{7f}') {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|&(_, c)| shown(c) != Some(c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn escapes_what_could_steer_a_terminal_and_nothing_else() {
        let text = "é\u{9b}31m\u{202e}健\u{7f}\u{1b}\"\n\u{e0041}👩‍⚕️";
        let json = String::from_utf8(document(&text).unwrap()).unwrap();
        assert_eq!(json, "\"é\\u009b31m\\u202e健\\u007f\\u001b\\\"\\n\\udb40\\udc41👩‍⚕️\"\n");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
