//! Quotation marks: which characters quote, and what they enclose.

use super::word::is_word_char;

/// Two families; a mark is closed by one of its own family. German, Swedish and Danish use the same marks the
/// other way round, so within a family any mark can close.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Double,
    Guillemet,
}

fn family(c: char) -> Option<Family> {
    match c {
        '"' | '“' | '”' | '„' | '‟' | '＂' => Some(Family::Double),
        '«' | '»' => Some(Family::Guillemet),
        _ => None,
    }
}

/// Whether it is a quotation mark that encloses phrases.
pub(crate) fn is_quote(c: char) -> bool {
    family(c).is_some()
}

/// Whether the mark at the start of `rest` is a straight one between two letters or digits, which quotes nothing.
pub(super) fn is_inside_word(before: Option<char>, rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('"') && before.is_some_and(is_word_char) && chars.next().is_some_and(is_word_char)
}

/// What the mark at the start of `rest` encloses, and the length with both marks; `None` if it opens nothing or is never closed.
///
/// A mark that does not show its direction opens only where no word stands before it: `12"` is a length in inches.
/// The text enclosed comes with single spaces and without further marks; it is empty when it holds no letter or digit.
pub(super) fn quoted(before: Option<char>, rest: &str) -> Option<(String, usize)> {
    let opening = rest.chars().next().filter(|mark| opens(before, *mark))?;
    let family_of_opening = family(opening)?;
    let start = opening.len_utf8();
    let mut before = Some(opening);
    for (at, c) in rest[start..].char_indices() {
        if family(c) == Some(family_of_opening) && !is_inside_word(before, &rest[start + at..]) {
            return Some((enclosed(&rest[start..start + at]), start + at + c.len_utf8()));
        }
        before = Some(c);
    }
    None
}

/// Whether a quotation mark may open behind a character.
fn opens(before: Option<char>, mark: char) -> bool {
    is_quote(mark) && (matches!(mark, '“' | '„' | '‟' | '«') || !before.is_some_and(is_word_char))
}

/// What a text ends in that a quotation mark opens and none closes, cut off at the mark.
pub(crate) fn left_open(text: &str) -> Option<(&str, &str)> {
    let mut before = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let (lead, rest) = text.split_at(at);
        let len = match quoted(before, rest) {
            Some((_, len)) => len,
            None if opens(before, c) => return Some((lead, &rest[c.len_utf8()..])),
            None => c.len_utf8(),
        };
        before = rest[..len].chars().next_back();
        at += len;
    }
    None
}

/// A text with single spaces and without quotation marks; empty when it holds no letter or digit.
pub(super) fn enclosed(text: &str) -> String {
    if !text.contains(char::is_alphanumeric) {
        return String::new();
    }
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in text.char_indices() {
        let gap = c.is_whitespace() || is_quote(c) && !is_inside_word(before, &text[at..]);
        if !gap {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        before = Some(c);
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_enclosed() {
        for (text, inside) in [
            ("\"a  b\" c", Some("a b")),
            ("“a b” c", Some("a b")),
            ("„a b“ c", Some("a b")),
            ("”a b” c", Some("a b")),
            ("“a b\" c", Some("a b")),
            ("«a “b” c»", Some("a b c")),
            ("»a b«", Some("a b")),
            ("\"צה\"ל\" x", Some("צה\"ל")),
            ("\"\"", Some("")),
            ("\"…\"", Some("")),
            ("\"a b", None),
            ("“a»", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(quoted(None, text).map(|(inside, _)| inside), inside.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn finds_what_is_left_open() {
        for (text, open) in [
            ("a \"b c", Some(("a ", "b c"))),
            ("\"a.\" b", None),
            ("\"a.\" “b", Some(("\"a.\" ", "b"))),
            ("12\" b", None),
            ("„a“ «b", Some(("„a“ ", "b"))),
            ("«a “b", Some(("", "a “b"))),
            ("title:\"", Some(("title:", ""))),
            ("a", None),
        ] {
            assert_eq!(left_open(text), open, "{text}");
        }
    }

    #[test]
    fn an_inch_mark_opens_nothing() {
        assert_eq!(quoted(Some('2'), "\" and 15\""), None);
        assert!(quoted(Some('说'), "“你好”了").is_some());
    }
}
