//! Bytes → text: byte order marks, UTF-16, broken UTF-8, line ends and control characters are settled here, once.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use memchr::{memchr, memchr_iter, memmem};

/// Text with `\n` line ends only and, beside those and tabs, without control characters.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// What had to be mended: line and what was wrong.
    pub(crate) mended: Vec<(u64, &'static str)>,
}

/// What Windows-1252 means by the bytes 0x80 to 0x9F, which stand in files as the C1 controls of the same number.
const WINDOWS_1252: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’', '“', '”', '•', '–',
    '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];

/// Decodes a file or a line. Nothing is an error: what cannot be read becomes U+FFFD and is told.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let mut mended = Vec::new();
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, &mut mended),
        bytes => utf8(bytes, &mut mended),
    };
    let text = with_plain_line_ends(text);
    let text = without_controls(text, &mut mended);
    Decoded { text, mended }
}

/// Whether bytes begin with a mark of UTF-16.
pub(crate) fn is_utf16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

/// The same text in UTF-8, without the mark.
pub(crate) fn utf8_of_utf16(bytes: &[u8]) -> Vec<u8> {
    let unit = if bytes.first() == Some(&0xff) { u16::from_le_bytes } else { u16::from_be_bytes };
    utf16(bytes.get(2..).unwrap_or_default(), unit).into_bytes()
}

/// The same text in UTF-8, if the XML declaration before it names another encoding that a feed may be in.
pub(crate) fn utf8_of_declared(bytes: &[u8]) -> Cow<'_, [u8]> {
    let encoding = declared_encoding(bytes).and_then(Encoding::for_label);
    match encoding {
        // Whoever could read the declaration has no UTF-16 before him, whatever it says.
        None => Cow::Borrowed(bytes),
        Some(encoding) if encoding == UTF_8 || !encoding.is_ascii_compatible() => Cow::Borrowed(bytes),
        Some(encoding) => Cow::Owned(encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes()),
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = bytes.trim_ascii_start().strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memmem::find(declaration, b"?>")?];
    let value =
        declaration[memmem::find(declaration, b"encoding")?..].split(|byte| matches!(byte, b'"' | b'\'')).nth(1)?;
    Some(value)
}

/// Whether bytes look like no text at all: pictures and archives hold zero bytes early on, text in UTF-8 never does.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    memchr(0, &bytes[..bytes.len().min(8192)]).is_some()
}

fn utf8<'a>(bytes: &'a [u8], mended: &mut Vec<(u64, &'static str)>) -> Cow<'a, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            mended.push((line_of(bytes, error.valid_up_to()), "not valid UTF-8; unreadable characters were replaced"));
            String::from_utf8_lossy(bytes)
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    char::decode_utf16(bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])))
        .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn with_plain_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn without_controls<'a>(text: Cow<'a, str>, mended: &mut Vec<(u64, &'static str)>) -> Cow<'a, str> {
    let bytes = text.as_bytes();
    // Without early end, so that it is compiled to wide instructions.
    let c0 = bytes.iter().fold(0, |any, b| any | u8::from(matches!(b, 0..=8 | 11..=31 | 127))) != 0;
    let c1 = memchr_iter(0xc2, bytes).any(|at| matches!(bytes.get(at + 1), Some(0x80..=0x9f)));
    // Line breaks to YAML and noncharacters, which it refuses.
    let rare =
        || ["\u{2028}", "\u{2029}", "\u{fffe}", "\u{ffff}"].iter().any(|c| memmem::find(bytes, c.as_bytes()).is_some());
    if !c0 && !c1 && (text.is_ascii() || !rare()) {
        return text;
    }
    if c0 || c1 {
        let first = text.char_indices().find(|(_, c)| is_control(*c)).map_or(0, |(at, _)| at);
        mended.push((line_of(bytes, first), "holds control characters; they were replaced"));
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\u{80}'..='\u{9f}' => WINDOWS_1252[c as usize - 0x80],
                '\u{2028}' | '\u{2029}' => ' ',
                '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
                c if is_control(c) => ' ',
                c => c,
            })
            .collect(),
    )
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

fn line_of(bytes: &[u8], at: usize) -> u64 {
    memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1
}

#[cfg(test)]
mod tests {
    use super::{decode, is_binary, is_utf16, utf8_of_declared, utf8_of_utf16};

    #[test]
    fn reads_every_encoding_of_one_text() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| {
            let bytes: Vec<u8> = "\u{feff}naïve\nb".encode_utf16().flat_map(unit).collect();
            assert!(is_utf16(&bytes));
            utf8_of_utf16(&bytes)
        };
        let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
        for bytes in ["naïve\nb".as_bytes(), "\u{feff}naïve\r\nb".as_bytes(), "naïve\rb".as_bytes(), &little, &big] {
            let decoded = decode(bytes);
            assert_eq!((&*decoded.text, decoded.mended.len()), ("naïve\nb", 0));
        }
    }

    #[test]
    fn tells_what_it_mends_and_where() {
        let decoded = decode(b"a\nb\xffc");
        assert_eq!((&*decoded.text, decoded.mended[0].0), ("a\nb\u{fffd}c", 2));
        let decoded = decode("a\nthem\u{92}\u{7}".as_bytes());
        assert_eq!((&*decoded.text, decoded.mended[0].0), ("a\nthem’ ", 2));
    }

    #[test]
    fn reads_the_encoding_that_xml_declares() {
        let read = |text: &[u8]| String::from_utf8(utf8_of_declared(text).into_owned()).unwrap();
        assert!(read(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>").ends_with("<a>\u{e9}</a>"));
        assert!(read(b"<?xml version=\"1.0\" encoding=\"windows-1251\"?>\xcf").ends_with("\u{41f}"));
        for same in
            ["<?xml version='1.0' encoding='utf-16'?>\u{e9}", "<?xml encoding='none'?>\u{e9}", "\u{e9}", "<?xml?>"]
        {
            assert_eq!(read(same.as_bytes()), same);
        }
    }

    #[test]
    fn tells_pictures_from_text() {
        assert!(is_binary(b"\x89PNG\0\0"));
        assert!(!is_binary("text".as_bytes()));
    }
}
