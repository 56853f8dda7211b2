//! Words of grammar: they make a sentence of what it is about, and tell little by themselves.
//!
//! They are indexed and searched like all words. What they are not is what a question is about: `what are the benefits of telehealth`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::word::words as words_of;

const TABLE: &str = include_str!("tables/grammar.txt");

static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| words().collect());

/// All of them, folded and without apostrophes.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}

/// Whether a text is one word of grammar. In capitals, of two letters or more, it is an acronym and none: `WHO`, `IT`.
pub(crate) fn is_grammar(text: &str) -> bool {
    let mut all = words_of(text);
    let (Some(word), None) = (all.next(), all.next()) else { return false };
    let is_acronym = text.chars().filter(|c| c.is_alphabetic()).count() > 1 && !text.contains(char::is_lowercase);
    !is_acronym && WORDS.contains(&*word.forms.surface)
}

/// The longest short word, in letters.
const SHORT: usize = 3;

/// Whether a surface is a word of grammar of few letters, or that with an `s` (`our`, `ours`).
pub(crate) fn is_short_grammar(surface: &str) -> bool {
    let is_short = |word: &str| word.len() <= SHORT && WORDS.contains(word);
    is_short(surface) || surface.strip_suffix('s').is_some_and(is_short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_makes_a_sentence() {
        for (text, is) in [
            ("what", true),
            ("What", true),
            ("don’t", true),
            ("I", true),
            ("WHO", false),
            ("IT", false),
            ("telehealth", false),
            ("of the", false),
            ("", false),
        ] {
            assert_eq!(is_grammar(text), is, "{text}");
        }
    }

    #[test]
    fn knows_short_words_of_grammar() {
        for (word, is) in
            [("our", true), ("ours", true), ("was", true), ("us", true), ("should", false), ("ace", false)]
        {
            assert_eq!(is_short_grammar(word), is, "{word}");
        }
    }

    #[test]
    fn lists_each_word_once_as_it_is_folded() {
        let all: Vec<&str> = words().collect();
        assert!(all.is_sorted_by(|a, b| a < b));
        for word in all {
            assert_eq!(words_of(word).map(|word| word.forms.surface.to_string()).collect::<Vec<_>>(), [word]);
        }
    }
}
