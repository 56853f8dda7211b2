//! Article text made harmless: nothing that came from outside may steer the terminal it is shown on.

use std::borrow::Cow;

use healthnews::article::is_hidden;
use url::Url;

/// What to show for a character: `None` to leave it out, a space for every kind of white space.
pub(crate) fn shown(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() => None,
        // They reorder or hide what stands around them; joiners stay, emoji and many scripts need them.
        c if is_hidden(c) => None,
        c => Some(c),
    }
}

/// The text without control characters, escape sequences' beginnings and direction overrides, on one line.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| shown(c) == Some(c)) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter_map(shown).collect())
    }
}

/// The address as it may stand in a terminal's link: `http` or `https`, percent-encoded, printable ASCII only.
pub(crate) fn link_target(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.as_str().bytes().all(|b| b.is_ascii_graphic());
    plain.then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::{link_target, neutral};

    #[test]
    fn takes_the_sting_out_of_escape_sequences() {
        assert_eq!(neutral("a\u{1b}[31mred\u{7} \u{9b}31m \u{180e}b\u{202e}\u{2065}c\nd"), "a[31mred 31m bc d");
        assert_eq!(neutral("plain 健康 👩‍⚕️"), "plain 健康 👩‍⚕️");
    }

    #[test]
    fn links_only_to_the_web() {
        assert_eq!(link_target("https://example.com/a b\u{1b}").as_deref(), Some("https://example.com/a%20b"));
        assert_eq!(link_target("https://example.com/\u{1b}]8;;x").as_deref(), Some("https://example.com/%1B]8;;x"));
        assert_eq!(link_target("javascript:alert(1)"), None);
        assert_eq!(link_target("/etc/passwd"), None);
    }
}
