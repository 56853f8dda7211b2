//! [`definitions`]: acronyms that a text explains itself, as in “electronic health record (EHR)”.
//!
//! The algorithm of Schwartz and Hearst (*A simple algorithm for identifying abbreviation definitions in biomedical text*, Pacific
//! Symposium on Biocomputing 2003): candidates are taken from parentheses, and the letters of the short form are looked for in the
//! words before it, from the end. It reads no more than it must: `(EHR)` after other words gives nothing.
//!
//! Rules are added for news. A short form is written as acronyms are, so that `(see below)` or `(Reuters)` define nothing. A
//! short form that is the long form but for case or signs (`Zoom (ZOOM)`) is a ticker and no acronym. A long form begins with a
//! word that says something: `Office of the National Coordinator (ONC)` does not begin with `of`. And it does not reach over
//! another parenthesis or the end of a sentence.

use std::ops::Range;

use memchr::memchr;

use super::name::is_acronym;

/// The shortest and the longest short form, in characters, and its most words.
const SHORT_FORM: std::ops::RangeInclusive<usize> = 2..=10;
const SHORT_FORM_WORDS: usize = 2;
/// Words that no long form begins with.
const LINKS: [&str; 15] =
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"];
/// How many bytes before and behind a parenthesis are looked at: more than fifteen words.
const REACH: usize = 256;

/// An acronym and what it stands for, as places in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// `EHR`.
    pub short: Range<usize>,
    /// `electronic health record`.
    pub long: Range<usize>,
}

/// The definitions in a text, in order: `long form (SF)` and `SF (long form)`. A definition lies in one line.
///
/// Linear in the length of the text.
pub fn definitions(text: &str) -> impl Iterator<Item = Definition> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let open = at + memchr(b'(', text.as_bytes().get(at..)?)?;
            at = open + 1;
            let ahead = &text[at..text.floor_char_boundary(at + REACH)];
            let Some(close) = ahead.find([')', '(', '\n']).filter(|close| ahead[*close..].starts_with(')')) else {
                continue;
            };
            if let Some(definition) = definition_at(text, open, at..at + close) {
                return Some(definition);
            }
        }
    })
}

/// The definition of which one side is in parentheses at `inside`.
fn definition_at(text: &str, open: usize, inside: Range<usize>) -> Option<Definition> {
    // What comes after a comma or semicolon is an aside: `(EHR; see below)`.
    let cut = text[inside.clone()].find([',', ';']).map_or(inside.end, |cut| inside.start + cut);
    let within = trimmed(text, inside.start..cut);
    let from = text.floor_char_boundary(open.saturating_sub(REACH));
    let before = trimmed(text, phrase_start(text, from..open)..open);
    if is_short_form(&text[within.clone()]) {
        let candidate = last_words(text, before, longest(&text[within.clone()]));
        let long = long_form(text, &text[within.clone()], candidate)?;
        return Some(Definition { short: within, long });
    }
    let short = last_words(text, before, 1);
    if !is_short_form(&text[short.clone()])
        || text[within.clone()].split_whitespace().count() > longest(&text[short.clone()])
    {
        return None;
    }
    let long = long_form(text, &text[short.clone()], within.clone()).filter(|long| *long == within)?;
    Some(Definition { short, long })
}

/// Where the words begin that may belong together up to the end of `range`: behind the last line, sentence or parenthesis.
fn phrase_start(text: &str, range: Range<usize>) -> usize {
    let inside = &text[range.clone()];
    let is_end = |(at, c): &(usize, char)| match c {
        '\n' | '(' | ')' | ';' | '!' | '?' => true,
        '.' => inside[at + 1..].starts_with(char::is_whitespace),
        _ => false,
    };
    inside.char_indices().rev().find(is_end).map_or(range.start, |(at, _)| range.start + at + 1)
}

/// How many words a long form may have: the letters of its short form and five more, but at most twice as many.
fn longest(short: &str) -> usize {
    let letters = short.chars().count();
    (letters + 5).min(letters * 2)
}

fn is_short_form(text: &str) -> bool {
    SHORT_FORM.contains(&text.chars().count())
        && text.split_whitespace().count() <= SHORT_FORM_WORDS
        && text.starts_with(char::is_alphanumeric)
        && is_acronym(text)
}

/// The end of `candidate` that a short form stands for: the words of which it is the initials, else the shortest end that has its
/// letters.
fn long_form(text: &str, short: &str, candidate: Range<usize>) -> Option<Range<usize>> {
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).map(lower).collect();
    let inside = &text[candidate.clone()];
    let start = by_initials(inside, &letters).or_else(|| by_letters(inside, &letters))?;
    let long = inside[start..].trim_end_matches(|c: char| !c.is_alphanumeric());
    let long = ["'s", "’s"].into_iter().find_map(|ending| long.strip_suffix(ending)).unwrap_or(long);
    let written = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).map(lower).collect::<String>();
    let says_more = written(long) != written(short) && long.len() > short.len();
    let holds_itself = long.split_whitespace().any(|word| word == short);
    let start = candidate.start + start;
    (says_more && !holds_itself).then_some(start..start + long.len())
}

/// Where the words at the end of a text begin that have these initials; words of [`LINKS`] may stand between them.
///
/// Without this, the letters of `PPE` would be found in “protective equipment” and those of `AACR` in “Association for Cancer
/// Research”.
fn by_initials(text: &str, letters: &[char]) -> Option<usize> {
    let (first, others) = letters.split_first()?;
    let mut others = others.iter().rev().peekable();
    for (at, word) in word_starts(text) {
        let initial = word.chars().next().map(lower)?;
        match others.peek() {
            Some(letter) if **letter == initial => _ = others.next(),
            None if *first == initial && !is_link(word) => return Some(at),
            _ if is_link(word) => {}
            _ => return None,
        }
    }
    None
}

/// The words of a text from the last to the first, each with its place and all that is behind it.
fn word_starts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.char_indices().rev().filter(|(at, c)| c.is_alphanumeric() && begins_word(text, *at));
    starts.map(|(at, _)| (at, &text[at..]))
}

/// Where the shortest end of a text begins that has the letters and digits in order, the first of them at the beginning of a word.
fn by_letters(text: &str, letters: &[char]) -> Option<usize> {
    let mut end = text.len();
    for (at, letter) in letters.iter().enumerate().rev() {
        let fits = |place: usize| at > 0 || begins_word(text, place) && !is_link(&text[place..]);
        let found = text[..end].char_indices().rev().find(|(place, c)| lower(*c) == *letter && fits(*place));
        end = found?.0;
    }
    Some(end)
}

fn begins_word(text: &str, at: usize) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Whether a text begins with a word that no long form begins with.
fn is_link(text: &str) -> bool {
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    LINKS.contains(&word)
}

/// The last words of a range, at most so many.
fn last_words(text: &str, range: Range<usize>, most: usize) -> Range<usize> {
    let gaps = text[range.clone()].char_indices().rev().filter(|(_, c)| c.is_whitespace());
    let start =
        gaps.take(most).nth(most.saturating_sub(1)).map_or(range.start, |(at, c)| range.start + at + c.len_utf8());
    start..range.end
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    let start = range.start + inside.len() - inside.trim_start().len();
    start..(range.start + inside.trim_end().len()).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        definitions(text).map(|definition| (&text[definition.short], &text[definition.long])).collect()
    }

    #[test]
    fn finds_what_the_letters_stand_for() {
        for (text, expected) in [
            ("the electronic health record (EHR) of", &[("EHR", "electronic health record")][..]),
            (
                "in health information exchange (HIE), remote patient monitoring (RPM)",
                &[("HIE", "health information exchange"), ("RPM", "remote patient monitoring")],
            ),
            ("HIE (health information exchange) grows", &[("HIE", "health information exchange")]),
            ("heat shock transcription factor (HSF)", &[("HSF", "heat shock transcription factor")]),
            ("a heart attack (HA; see below)", &[("HA", "heart attack")]),
            ("Office of the National Coordinator (ONC)", &[("ONC", "Office of the National Coordinator")]),
            (
                "the American Association for Cancer Research (AACR)",
                &[("AACR", "American Association for Cancer Research")],
            ),
            ("at the Department of Defense (DoD)", &[("DoD", "Department of Defense")]),
            // The shortest end that has the letters is taken: what is mined must be counted before it is believed.
            ("an electronic patient care record (EPR)", &[("EPR", "electronic patient care record")]),
            ("University of California, San Francisco (UCSF)", &[("UCSF", "University of California, San Francisco")]),
            ("the College of Radiology's (CR) own", &[("CR", "College of Radiology")]),
            ("computed axial tomography (CT)", &[("CT", "computed axial tomography")]),
            ("a randomized controlled crossover trial (RCT)", &[("RCT", "randomized controlled crossover trial")]),
            ("as he said. Care at home (CAH)", &[("CAH", "Care at home")]),
            ("the so-called “internet of things” (IoT)", &[("IoT", "internet of things")]),
            ("the U.S. Food and Drug Administration (FDA)", &[("FDA", "Food and Drug Administration")]),
            ("Software as a Medical Device (SaMD)", &[("SaMD", "Software as a Medical Device")]),
            ("interleukin-2 (IL-2)", &[("IL-2", "interleukin-2")]),
            ("maladie de Ménière (MM)", &[("MM", "maladie de Ménière")]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_nothing_where_nothing_is_defined() {
        for text in [
            "a record of nobody (EHR)",
            "as we said (see below) before",
            "it comes out next year (soon)",
            "in a report to editors (Reuters)",
            "they ended. Health (TEH)",
            "one (two) three (OTT)",
            "shares of Zoom (ZOOM) fell",
            "the first (2021) of them",
            "the electronic health\nrecord (EHR)",
            "electronic health record (EHR",
            "electronic (health (EHR record)",
            "a word that holds an x somewhere (XYZ)",
            "(EHR)",
            "",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_definition_has_the_letters_in_order(text in "\\PC{0,60}|([A-Ca-cé]{1,5}[ (),;\n-]{1,2}){0,24}") {
            for Definition { short, long } in definitions(&text) {
                prop_assert!(text.get(short.clone()).is_some() && text.get(long.clone()).is_some_and(|long| !long.contains('\n')));
                let mut letters = text[long].chars().map(lower);
                for letter in text[short].chars().filter(|c| c.is_alphanumeric()).map(lower) {
                    prop_assert!(letters.any(|c| c == letter));
                }
            }
        }
    }
}
