//! [`definitions`]: acronyms that a text explains itself, as in “electronic health record (EHR)”.
//!
//! The algorithm of Schwartz and Hearst (*A simple algorithm for identifying abbreviation definitions in biomedical text*, Pacific
//! Symposium on Biocomputing 2003): candidates are taken from parentheses, and the letters of the short form are looked for in the
//! words before it, from the end. It reads no more than it must: `(EHR)` after other words gives nothing.
//!
//! Two rules are added for news. A short form holds a capital letter, so that `(see below)` or `(soon)` define nothing. And a short
//! form that is the long form but for case or signs (`Zoom (ZOOM)`) is a ticker and no acronym.

use std::ops::Range;

use super::acronym::boundary;

/// The shortest and the longest short form, in characters, and its most words.
const SHORT_FORM: std::ops::RangeInclusive<usize> = 2..=10;
const SHORT_FORM_WORDS: usize = 2;
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
            let open = at + text[at..].find('(')?;
            at = open + 1;
            let ahead = &text[at..boundary(text, at + REACH)];
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
    let from = boundary(text, open.saturating_sub(REACH));
    let line = text[from..open].rfind('\n').map_or(from, |end| from + end + 1);
    let before = trimmed(text, line..open);
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

/// How many words a long form may have: the letters of its short form and five more, but at most twice as many.
fn longest(short: &str) -> usize {
    let letters = short.chars().count();
    (letters + 5).min(letters * 2)
}

fn is_short_form(text: &str) -> bool {
    SHORT_FORM.contains(&text.chars().count())
        && text.split_whitespace().count() <= SHORT_FORM_WORDS
        && text.starts_with(char::is_alphanumeric)
        && text.contains(char::is_uppercase)
}

/// The shortest end of `candidate` that has the letters and digits of the short form in order, the first of them at the
/// beginning of a word.
fn long_form(text: &str, short: &str, candidate: Range<usize>) -> Option<Range<usize>> {
    let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
    let mut end = candidate.end;
    let letters: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).map(lower).collect();
    for (at, letter) in letters.iter().enumerate().rev() {
        end = text[candidate.start..end].char_indices().rev().find_map(|(place, c)| {
            let place = candidate.start + place;
            let begins_word = || text[candidate.start..place].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            (lower(c) == *letter && (at > 0 || begins_word())).then_some(place)
        })?;
    }
    let long = end..candidate.end;
    let written = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).map(lower).collect::<String>();
    let says_more = written(&text[long.clone()]) != written(short) && text[long.clone()].len() > short.len();
    let holds_itself = text[long.clone()].split_whitespace().any(|word| word == short);
    (says_more && !holds_itself).then_some(long)
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
            // The first letter is taken where it first begins a word: what is mined must be counted before it is believed.
            ("Office of the National Coordinator (ONC)", &[("ONC", "of the National Coordinator")]),
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
                let lower = |c: char| c.to_lowercase().next().unwrap_or(c);
                let mut letters = text[long].chars().map(lower);
                for letter in text[short].chars().filter(|c| c.is_alphanumeric()).map(lower) {
                    prop_assert!(letters.any(|c| c == letter));
                }
            }
        }
    }
}
