//! Folding: the one answer to "are these two spellings the same?" for names, topics and kinds.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds case, width, ligatures and diacritics, and drops characters of no width.
///
/// ```
/// # use healthnews::article::fold;
/// assert_eq!(fold("Ménière’s \u{fb01}le"), "meniere’s file");
/// assert_eq!(fold("24\u{200b}3"), "243");
/// ```
///
/// Idempotent; the empty text folds to itself. Linear in the length of `text`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    push_folded(text, &mut out);
    out
}

fn push_folded(text: &str, out: &mut String) {
    // Lower-casing may compose again what was taken apart (İ), so it comes between the two decompositions.
    let lowered: String = text.nfkd().flat_map(char::to_lowercase).collect();
    for c in lowered.nfkd() {
        match c {
            'ß' => out.push_str("ss"),
            'ø' => out.push('o'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ς' => out.push('σ'),
            c if is_combining_mark(c) || is_invisible(c) => {}
            c => out.push(c),
        }
    }
}

/// Folds like [`fold`] and keeps only the words, separated by single spaces: `Health-IT` and `health it` are one.
///
/// `&` reads as `and`; `+` and `#` stay with their word (`C++`). A text without any letter or digit gives the empty string.
#[must_use]
pub fn fold_words(text: &str) -> String {
    let folded = fold(text);
    if !folded.contains(char::is_alphanumeric) {
        return String::new();
    }
    let mut out = String::with_capacity(folded.len());
    let mut gap = false;
    for c in folded.chars() {
        if c.is_alphanumeric() || matches!(c, '+' | '#') {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        } else if c == '&' {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str("and");
            gap = true;
        } else if !matches!(c, '\'' | '’') {
            gap = true;
        }
    }
    out
}

/// What cannot be seen and says nothing: soft hyphens, zero-width spaces, bidi marks, the byte order mark, tags. Not the joiners, which
/// shape letters and emoji.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// The zero-width joiner and non-joiner, which make Persian words and families of emoji what they are.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// What cannot be seen.
pub(crate) fn is_invisible(c: char) -> bool {
    is_hidden(c) || is_joiner(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn folds_spelling_variants_of_topics_together() {
        assert_eq!(fold_words("Health-IT"), fold_words("health  it"));
        assert_eq!(fold_words("R&D"), fold_words("R & D"));
        assert_eq!(fold_words("Women’s Health"), fold_words("womens health"));
        assert_ne!(fold_words("C++"), fold_words("C"));
        assert_eq!(fold_words("A\u{61c}I\u{e0041}"), fold_words("AI"));
        for nothing in ["—", "&", "+", "# &"] {
            assert_eq!(fold_words(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn folding_twice_changes_no_character_of_unicode() {
        // Marks that compose with letters, change their case forms, or are reordered before others.
        let marks = ['\u{301}', '\u{307}', '\u{323}', '\u{327}', '\u{345}', '\u{3099}', '\u{5b4}', '\u{200d}'];
        for c in '\0'..=char::MAX {
            let mut text = String::from(c);
            let once = fold(&text);
            assert_eq!(fold(&once), once, "{c:?}");
            if !c.is_alphabetic() {
                continue;
            }
            for mark in marks {
                text.truncate(c.len_utf8());
                text.push(mark);
                let once = fold(&text);
                assert_eq!(fold(&once), once, "{c:?} and {mark:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,24}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
            let words = fold_words(&text);
            prop_assert_eq!(fold_words(&words), words);
        }
    }
}
