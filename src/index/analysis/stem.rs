//! Stemming: Snowball English (Porter 2) with a table of exceptions for this field, `tables/stems.txt`.

use std::cell::RefCell;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

const TABLE: &str = include_str!("tables/stems.txt");

/// The stems of the words in the table.
static EXCEPTIONS: LazyLock<FxHashMap<&str, &str>> =
    LazyLock::new(|| rows().flat_map(|row| row.words.into_iter().map(move |word| (word, row.stem))).collect());

/// A row of the table.
struct Row {
    stem: &'static str,
    words: Vec<&'static str>,
    /// A word with the same Snowball stem that is another word, for the reader and the tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "it explains the row"))]
    apart_from: Option<&'static str>,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (stem, rest) = line.split_once(':')?;
        let (words, apart_from) = rest.split_once(" - ").map_or((rest, None), |(words, other)| (words, Some(other)));
        Some(Row { stem, words: words.split_whitespace().collect(), apart_from })
    })
}

/// The words of the table whose stems have other first four letters, with these: `feet` and `foot`.
static IRREGULAR: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let differs = |(word, stem): &(&str, &str)| !word.bytes().take(4).eq(stem.bytes().take(4));
    rows().flat_map(|row| row.words.into_iter().map(move |word| (word, row.stem))).filter(differs).collect()
});

/// The words with other first four letters whose stem is this or begins so. But for them a stem begins with the first two letters of
/// its words, or is the first one alone; a stem of four letters or more with the first three, and one of six or more with the first
/// four, where `y` and `i` are one letter (`dying`, `die`): no ending of Snowball's begins before the third letter, what it puts in
/// place of one begins with the same, and only the last two letters of a stem may be others (`possibility`, `possible`).
pub(super) fn irregular_words_of(beginning: &str) -> impl Iterator<Item = &'static str> + '_ {
    IRREGULAR.iter().filter(move |(_, stem)| stem.starts_with(beginning)).map(|(word, _)| *word)
}

/// The stem of a surface: itself when it holds anything but ASCII letters (codes and numbers are never stemmed).
pub(super) fn stem(surface: &str) -> String {
    if surface.len() < 3 || !surface.bytes().all(|b| b.is_ascii_lowercase()) {
        return surface.to_owned();
    }
    EXCEPTIONS.get(surface).map_or_else(|| snowball(surface), |stem| (*stem).to_owned())
}

fn snowball(word: &str) -> String {
    thread_local! {
        static SNOWBALL: RefCell<Stemmer> = RefCell::new(Stemmer::create(Algorithm::English));
    }
    SNOWBALL.with(|snowball| snowball.borrow().stem(word).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keeps_apart_what_health_news_must_not_merge() {
        for (one, other) in [
            ("aids", "aid"),
            ("organ", "organization"),
            ("organ", "organic"),
            ("hospital", "hospitality"),
            ("medical", "medication"),
            ("university", "universal"),
            ("universe", "universities"),
            ("generic", "general"),
            ("news", "new"),
            ("policy", "police"),
            ("surgeon", "surgery"),
            ("several", "severe"),
            ("positive", "position"),
            ("emergency", "emerging"),
            ("immunization", "immune"),
            ("international", "interns"),
            ("therapeutics", "therapies"),
            ("stimulus", "stimulation"),
            ("personalized", "personal"),
            ("personal", "persons"),
            ("administrators", "administrative"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} and {other}");
        }
    }

    #[test]
    fn brings_together_what_belongs_together() {
        for family in [
            &["diagnosis", "diagnoses", "diagnostic", "diagnosed"][..],
            &["surgery", "surgical", "surgeries"],
            &["analysis", "analytics", "analyses"],
            &["partnership", "partnerships"],
            &["virus", "viruses", "viral"],
            &["hospital", "hospitals", "hospitalized"],
            &["monitor", "monitoring", "monitored"],
            &["organization", "organisation", "organizing"],
            &["vaccine", "vaccines", "vaccination"],
            &["child", "children"],
            &["tumor", "tumours"],
            &["obesity", "obese"],
            &["diabetes", "diabetic"],
            &["therapeutic", "therapeutics"],
            &["stimulate", "stimulation", "stimulating"],
            &["provide", "provides", "providing"],
        ] {
            for word in family {
                assert_eq!(stem(word), stem(family[0]), "{word}");
            }
        }
    }

    /// What a stem shares with its words, as marking takes it (`sought.rs`).
    fn beginning(word: &str, letters: usize) -> String {
        word.chars().take(letters).map(|letter| if letter == 'y' { 'i' } else { letter }).collect()
    }

    proptest! {
        #[test]
        fn begins_like_the_word_unless_that_is_irregular(
            word in "feet|foetal|haemorrhage|[a-z]{1,3}(y|ies|ying|ied|ing|ed|s|ly|ional|ness)?|(sk|l|d|t|v)(y|ies|ing|ying)|[a-z]{3,9}|[a-z]{2,5}(y|ies|ying|ied|ing|ed|s|ly|ional|ness|ization|fulness|ement)",
        ) {
            let stem = stem(&word);
            // A stem of one letter is shorter, and short ones may have another third.
            let letters = if stem.len() < 4 { 2 } else { 3 };
            let begins = beginning(&word, letters).starts_with(&beginning(&stem, letters)) && !stem.is_empty();
            prop_assert!(begins || irregular_words_of(&stem).any(|irregular| irregular == word), "{stem}");
        }
    }

    #[test]
    fn leaves_codes_and_numbers_alone() {
        for code in ["covid19", "24", "h1n1", "ii", "québecois"] {
            assert_eq!(stem(code), code);
        }
    }

    #[test]
    fn names_each_exception_once_and_none_in_vain() {
        let mut wrong = Vec::new();
        let words: usize = rows().map(|row| row.words.len()).sum();
        assert_eq!(words, EXCEPTIONS.len(), "a word stands in two rows");
        for row in rows() {
            let first = row.words[0];
            let in_vain = match row.apart_from {
                Some(other) => snowball(first) != snowball(other) || stem(first) == stem(other),
                None => row.words.iter().all(|word| snowball(word) == snowball(first)),
            };
            let begins_alike = row.words.iter().all(|word| word.as_bytes()[0] == row.stem.as_bytes()[0]);
            if in_vain || !begins_alike {
                wrong.push(row.stem);
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
