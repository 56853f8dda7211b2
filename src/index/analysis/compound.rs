//! Compounds: words that are written joined, hyphenated or apart (`ehealth`, `e-health`, `e health`).
//!
//! # What is indexed
//!
//! Every word has a position of its own, and the parts of a compound are words, so that phrases are the same whichever way it is
//! written. Beside the first part may stand a second term, the *whole*: the parts written as one, stemmed.
//!
//! | | text | position 0 | 1 | 2 |
//! |---|---|---|---|---|
//! | known | `e-health`, `e health`, `eHealth` | `e` `ehealth` | `health` | |
//! | a code: letters, then digits | `BRCA-1`, `BRCA 1`, `BRCA1` | `brca` | `1` | |
//! | a chain of two or three | `well-being` | `well` `wellb` | `being` | |
//! | | `AT&T` | `at` `att` | `t` | |
//! | | `point-of-care` | `point` `pointofcar` | `of` | `care` |
//! | a number | `50,000` | `50` `50000` | `000` | |
//! | none of these | `wellbeing` | `wellb` | | |
//!
//! # What is searched
//!
//! - A *known* compound, however it is typed, is its whole: that stands wherever it is written, so that it is one word to count and
//!   to rank, and costs what a word costs.
//! - A *code* is its parts as a phrase: they stand wherever it is written.
//! - A *chain* is its parts as a phrase (text hyphenated or apart), or its whole (text joined); so is a number.
//! - Inside of a longer phrase the parts count; where there are chains, the phrase with their wholes is tried as well.
//! - Words typed apart are words: all must stand in the article. A known compound or a code that is written joined has them too.
//!
//! So a spelling that is written apart and one that is joined find each other if the compound is known or a code; hyphenated and
//! joined always do, and hyphenated and apart. Joining every two words that stand side by side would find the rest at the price of an
//! index of twice the size; guessing where a joined word could be cut finds `the rapist` for `therapist`.
//!
//! Cutting a known compound shows its parts to searches, as a hyphen does: `health` finds `ehealth`. So the table lists only
//! words that are a kind of their last part, not `startup` or `online`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::stem::stem;

/// Known compounds, as their parts. Endings of the second part do not matter.
const TABLE: &str = include_str!("tables/compounds.txt");

fn known() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' '))
}

/// The first parts, by the stem of each second part.
static SECOND_PARTS: LazyLock<Vec<(String, &str)>> =
    LazyLock::new(|| known().map(|(first, second)| (stem(second), first)).collect());

/// By the stem of the whole: the length of the first part, in bytes.
static FIRST_PARTS: LazyLock<FxHashMap<String, usize>> =
    LazyLock::new(|| known().map(|(first, second)| (stem(&format!("{first}{second}")), first.len())).collect());

static OPENERS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| known().map(|(first, _)| first).collect());

/// How a compound is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is listed: its whole stands wherever it is written, in whatever spelling.
    Known,
    /// Letters, then digits: its parts stand wherever it is written.
    Code,
    /// It is joined by signs in this text.
    Chain,
}

/// Where a word that is written as one is cut in two, and why.
pub(super) fn cut(surface: &str, stem: &str) -> Option<(usize, Kind)> {
    if let Some(&at) = FIRST_PARTS.get(stem)
        && surface.len() > at
        && OPENERS.contains(&surface[..at])
    {
        return Some((at, Kind::Known));
    }
    let at = surface.bytes().take_while(u8::is_ascii_lowercase).count();
    let is_code = 0 < at && at < surface.len() && surface.as_bytes()[at..].iter().all(u8::is_ascii_digit);
    is_code.then_some((at, Kind::Code))
}

/// Whether a known compound may begin with this word.
pub(crate) fn opens(surface: &str) -> bool {
    OPENERS.contains(surface)
}

/// The first parts of the known compounds with a second part of which the stem may begin like `form`: either with the other.
pub(super) fn openers_of(form: &str) -> impl Iterator<Item = &'static str> + '_ {
    SECOND_PARTS
        .iter()
        .filter(move |(second, _)| second.starts_with(form) || form.starts_with(second.as_str()))
        .map(|(_, first)| *first)
}

/// Whether a text of one character joins the words on its sides.
pub(super) fn joins(between: &str) -> bool {
    matches!(between, "-" | "/" | "&" | "‐" | "‑" | "‒" | "–" | "−" | "﹣" | "－")
}

/// Whether two words are worth a whole when signs join them. Numbers are not: `24/7` is no 247, and `30-day` no word.
pub(super) fn makes_whole(first: &str, second: &str) -> bool {
    !first.bytes().all(|byte| byte.is_ascii_digit()) || second.len() == 1 && second.as_bytes()[0].is_ascii_lowercase()
}

/// How many digits stand between the commas of a number.
pub(super) const GROUP: usize = 3;

/// Whether a comma stands at `at` between digits of one number: `50,000`.
pub(super) fn groups_digits(text: &str, at: usize) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let Some(behind) = text[at..].strip_prefix(',') else { return false };
    if digits(behind) != GROUP || behind[GROUP..].starts_with(char::is_alphanumeric) {
        return false;
    }
    let before = text[..at].trim_end_matches(|c: char| c.is_ascii_digit());
    (1..=GROUP).contains(&(at - before.len())) && !before.ends_with(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_known_compounds_and_codes() {
        for (surface, parts) in [
            ("healthcare", Some(("health", "care"))),
            ("ehealth", Some(("e", "health"))),
            ("evisits", Some(("e", "visits"))),
            ("eprescribed", Some(("e", "prescribed"))),
            ("covid19", Some(("covid", "19"))),
            ("brca1", Some(("brca", "1"))),
            ("b12", Some(("b", "12"))),
            ("therapist", None),
            ("wellbeing", None),
            ("h1n1", None),
            ("3d", None),
            ("2021", None),
        ] {
            let found = cut(surface, &stem(surface)).map(|(at, _)| surface.split_at(at));
            assert_eq!(found, parts, "{surface}");
        }
    }

    #[test]
    fn lists_each_compound_once_and_cuts_it_where_the_list_says() {
        for (first, second) in known() {
            let joined = format!("{first}{second}");
            assert_eq!(cut(&joined, &stem(&joined)), Some((first.len(), Kind::Known)), "{joined}");
        }
        assert_eq!(FIRST_PARTS.len(), known().count());
        assert!(known().is_sorted());
    }
}
