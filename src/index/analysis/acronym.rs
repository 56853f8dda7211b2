//! Acronyms that are ordinary words otherwise: WHO, IT, AIDS, US, OR, CARE, ER.
//!
//! Where such a word stands in capitals in normally cased text, it is indexed as a term of its own beside its stem: `WHO` beside
//! `who`, a spelling that no stem has. All other acronyms (`EHR`, `COVID`) need none: nothing else is written like them, and `Covid`
//! must be found by them.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::grammar;

/// How many bytes before and behind a word tell whether capitals are unusual there: about a headline.
const WINDOW: usize = 120;

/// Ordinary words that are acronyms when written in capitals.
const TABLE: &str = include_str!("tables/acronyms.txt");

/// Words of grammar are acronyms if they are no longer.
const LONGEST: usize = 5;

static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    let listed = TABLE.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    listed.chain(grammar::words().filter(|word| word.len() <= LONGEST)).collect()
});

/// The acronym that the run `base` with this surface is, unless its place says otherwise.
pub(super) fn of(base: &str, surface: &str) -> Option<Box<str>> {
    let is_known = is_capitals(base) && surface.len() >= 2 && WORDS.contains(surface);
    is_known.then(|| surface.to_ascii_uppercase().into())
}

/// The acronym in a plural like `EHRs`, `PhDs` or `mRNAs`.
pub(crate) fn singular(base: &str) -> Option<&str> {
    let acronym = base.strip_suffix('s')?;
    let capitals = acronym.bytes().filter(u8::is_ascii_uppercase).count();
    (capitals >= 2 && acronym.ends_with(|c: char| c.is_ascii_uppercase())).then_some(acronym)
}

fn is_capitals(text: &str) -> bool {
    text.contains(char::is_uppercase) && !text.contains(char::is_lowercase)
}

/// Whether capitals are unusual around a word: in a headline or a sentence that is shouted they say nothing. The line counts, as far
/// as it is near.
pub(super) fn is_in_normal_case(text: &str, word: &Range<usize>) -> bool {
    let is_break = |c: char| c.is_control();
    let from = text.floor_char_boundary(word.start.saturating_sub(WINDOW));
    let to = text.floor_char_boundary(word.end + WINDOW).max(word.end);
    let from = text[from..word.start].rfind(is_break).map_or(from, |at| from + at + 1);
    let to = text[word.end..to].find(is_break).map_or(to, |at| word.end + at);
    !is_shouted(&text[from..to], 2)
}

/// Whether a text of so many words or more is in capitals, with less than one word in four in small letters. Single letters do
/// not count.
pub(crate) fn is_shouted(text: &str, least: usize) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().nth(1).is_some());
    let (all, normal) = words.fold((0, 0), |(all, normal), word| (all + 1, normal + usize::from(!is_capitals(word))));
    all >= least && normal * 4 < all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_capitals_say_nothing() {
        for (text, word, is_normal) in [
            ("WHO guidance on masks", "WHO", true),
            ("New rules for health IT", "IT", true),
            ("WHO", "WHO", true),
            ("US: 5 G", "US", true),
            ("FDA, WHO, US agree", "WHO", true),
            ("ABOUT US", "US", false),
            ("WHO WE ARE\nWe are a team of doctors.", "WHO", false),
            ("What the team says:\u{1}ASK US\u{2}and more small words", "US", false),
            ("TELEHEALTH IN RURAL AREAS", "IN", false),
            ("世界 WHO 发布", "WHO", true),
        ] {
            let start = text.find(word).unwrap();
            assert_eq!(is_in_normal_case(text, &(start..start + word.len())), is_normal, "{text}");
        }
        let (small, shouted) = ("small words ".repeat(20), "SHOUTED WORDS ".repeat(12));
        let far = format!("{small}{shouted} TELL US {shouted}{small}");
        let us = far.find("US ").unwrap();
        assert!(!is_in_normal_case(&far, &(us..us + 2)), "what is far away does not count");
    }
}
