//! Texts as an article holds them: no markup, entities, control or invisible characters, single spaces, NFC.
//!
//! The one place where this is decided; every field goes through [`line`], every body through [`Paragraphs`].

use std::borrow::Cow;
use std::mem;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::html;
use crate::article::{is_hidden, is_joiner};

/// A text on one line; `None` when nothing is left of it.
///
/// Entities are decoded twice, because feeds escape what was escaped already (`We&amp;#39;re`). Tags of HTML elements go,
/// what merely looks like one (`<MSFT.O>`, `List<string>`) stays.
pub(crate) fn line(text: &str) -> Option<String> {
    let text = text.trim();
    if is_clean(text) {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let text = unescape(text);
    let mut out = Paragraphs::on_one_line();
    if text.contains('<') {
        html::push(&text, &mut out);
    } else {
        out.text(&unescape(&text));
    }
    out.finish()
}

/// A web address as given: without the spaces around it, `&amp;` and characters that nobody sees.
pub(crate) fn address(text: &str) -> String {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_graphic() && b != b'&') {
        return text.to_owned();
    }
    text.chars()
        .filter(|c| !is_dropped(*c) && !is_joiner(*c))
        .collect::<String>()
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}

/// Decodes HTML entities, once.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape(text) } else { Cow::Borrowed(text) }
}

/// Printable ASCII with single spaces and nothing that might be markup: most titles and excerpts.
fn is_clean(text: &str) -> bool {
    let mut before = b'x';
    for byte in text.bytes() {
        let fits = (byte.is_ascii_graphic() && byte != b'&' && byte != b'<') || (byte == b' ' && before != b' ');
        if !fits {
            return false;
        }
        before = byte;
    }
    true
}

/// How many bytes at the beginning are words of ASCII with single spaces between them.
fn plain_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let fits = byte.is_ascii_graphic()
            || (*byte == b' ' && end > 0 && bytes.get(end + 1).is_some_and(u8::is_ascii_graphic));
        if !fits {
            break;
        }
        end += 1;
    }
    end
}

/// Latin letters and common punctuation, which are in NFC wherever they stand: a quick answer for most texts.
fn never_composes(c: char) -> bool {
    c < '\u{300}' || matches!(c, '\u{2010}'..='\u{2027}')
}

/// Characters that an article's text never holds: controls, and what cannot be seen.
fn is_dropped(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// What stands between the text so far and the next visible character. The greatest one seen wins, so that a joiner is only
/// ever kept inside a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Joiner(char),
    Space,
    Break,
}

/// Collects text into paragraphs separated by single line breaks.
#[derive(Debug)]
pub(crate) struct Paragraphs {
    out: String,
    gap: Gap,
    breaks: Gap,
}

impl Paragraphs {
    pub(crate) fn new() -> Self {
        Self { out: String::new(), gap: Gap::None, breaks: Gap::Break }
    }

    fn on_one_line() -> Self {
        Self { breaks: Gap::Space, ..Self::new() }
    }

    /// Adds text in which a line break is no more than a space.
    pub(crate) fn text(&mut self, text: &str) {
        let mut rest = text;
        loop {
            // Most text is plain words with single spaces between them, and is copied as it is.
            let (plain, other) = rest.split_at(plain_length(rest.as_bytes()));
            if !plain.is_empty() {
                self.fill_gap();
                self.out.push_str(plain);
            }
            let mut chars = other.chars();
            let Some(c) = chars.next() else { return };
            if c.is_whitespace() {
                self.space();
            } else if is_joiner(c) {
                self.gap = self.gap.max(Gap::Joiner(c));
            } else if !is_dropped(c) {
                self.fill_gap();
                self.out.push(c);
            }
            rest = chars.as_str();
        }
    }

    fn fill_gap(&mut self) {
        match mem::replace(&mut self.gap, Gap::None) {
            Gap::Joiner(c) if !self.out.is_empty() => self.out.push(c),
            Gap::Space if !self.out.is_empty() => self.out.push(' '),
            Gap::Break if !self.out.is_empty() => self.out.push('\n'),
            _ => {}
        }
    }

    /// Separates words.
    pub(crate) fn space(&mut self) {
        self.gap = self.gap.max(Gap::Space);
    }

    /// Begins a new paragraph.
    pub(crate) fn paragraph(&mut self) {
        self.gap = self.gap.max(self.breaks);
    }

    /// The text; `None` when there is none.
    pub(crate) fn finish(self) -> Option<String> {
        if self.out.is_empty() {
            None
        } else if self.out.chars().all(never_composes) || is_nfc_quick(self.out.chars()) == IsNormalized::Yes {
            Some(self.out)
        } else {
            Some(self.out.nfc().collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{address, line};

    #[test]
    fn cleans_what_real_files_hold() {
        for (given, expected) in [
            ("  plain title ", "plain title"),
            ("24\u{200b}3 cases", "243 cases"),
            ("a\u{a0}\u{a0}b\tc\nd", "a b c d"),
            ("می\u{200c}خواهم 👩\u{200d}👧", "می\u{200c}خواهم 👩\u{200d}👧"),
            ("\u{200d}a\u{200c} \u{200d}b\u{200d}\u{200b}", "a b"),
            ("We&amp;#39;re &amp; they&#8217;re", "We're & they’re"),
            ("Pfizer <PFE.N> rises", "Pfizer <PFE.N> rises"),
            ("List<string> and a < b", "List<string> and a < b"),
            ("<p>One <b>bold</b></p><p>two<br>three</p>", "One bold two three"),
            ("&lt;p&gt;Escaped&lt;/p&gt;", "Escaped"),
            ("if p <a and b", "if p <a and b"),
            ("cut off <a href=\"http://exam", "cut off"),
            ("e\u{301}tude \u{202e}x", "étude x"),
            ("<script>alert(1)</script>safe<!-- no -->", "safe"),
            ("A 10 <b > x", "A 10 x"),
            ("AT&T, R&D", "AT&T, R&D"),
        ] {
            assert_eq!(line(given).as_deref(), Some(expected), "{given:?}");
        }
        for empty in ["", " \u{200b} ", "\u{200d}", "<p></p>", "&nbsp;"] {
            assert_eq!(line(empty), None, "{empty:?}");
        }
    }

    #[test]
    fn mends_addresses() {
        assert_eq!(address(" https://e.com/a b?x=1&amp;y=2\u{200b} "), "https://e.com/a b?x=1&y=2");
    }

    proptest! {
        #[test]
        fn leaves_nothing_unclean(text in "(\\PC|[<>&;/ a-p\u{0}-\u{9f}\u{200b}-\u{200d}é]|<p>|&amp;|&lt;|&#0;){0,30}") {
            if let Some(clean) = line(&text) {
                prop_assert!(!clean.is_empty() && clean.trim() == clean);
                prop_assert!(!clean.contains("  ") && !clean.chars().any(super::is_dropped), "{:?}", clean);
            }
        }
    }
}
