//! Fragments: the passage of an article that answers the query best, with the matches in it.
//!
//! Works on the stored text with the query's own patterns, so that exactly what matched is marked: stems, prefixes, and of a
//! phrase only its occurrences.

use std::ops::Range;

use super::response::Fragment;
use crate::article::Part;
use crate::index::analysis::{Likely, Wanted};
use crate::query::lower::Pattern;

/// About how long a fragment is, in bytes: three lines of a terminal.
const LENGTH: usize = 240;
/// How far before the first match a fragment may begin, to begin with a sentence.
const LEAD: usize = 90;
/// What one more pattern in a passage counts, beside one more match of a pattern that is there.
const WORTH_OF_PATTERN: usize = 1_000;

/// Something to find in the texts of an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought<'a> {
    pub(super) pattern: &'a Pattern,
    /// The text it must stand in; `None` for any of them.
    pub(super) part: Option<Part>,
}

impl Sought<'_> {
    fn may_stand_in(&self, part: Part) -> bool {
        self.part.is_none_or(|own| own == part)
    }
}

/// A match in a text: where, and of what.
struct Match {
    range: Range<usize>,
    sought: usize,
}

/// Marks what is sought in the texts of one article after the other.
pub(super) struct Marker<'a> {
    sought: Vec<Sought<'a>>,
    wanted: Wanted,
}

impl<'a> Marker<'a> {
    pub(super) fn new(sought: Vec<Sought<'a>>) -> Self {
        let wanted = Wanted::new(sought.iter().flat_map(|sought| sought.pattern.heads()));
        Self { sought, wanted }
    }

    /// The best passage of the article's excerpt or body; its beginning when nothing in them matches. `None` without either.
    pub(super) fn fragment(&mut self, excerpt: Option<&str>, body: Option<&str>) -> Option<Fragment> {
        let texts = [(Part::Excerpt, excerpt), (Part::Body, body)];
        let here = self.sought.iter().filter(|sought| sought.part != Some(Part::Title)).count();
        let mut best: Option<(usize, &str, Vec<Match>, Range<usize>)> = None;
        for (part, text) in texts.into_iter().filter_map(|(part, text)| Some((part, text?))) {
            // The excerpt comes first and wins if it holds all that is sought: it was written to be read alone.
            if best.as_ref().is_some_and(|(worth, ..)| *worth >= here * WORTH_OF_PATTERN) {
                break;
            }
            let matches = self.find(text, part);
            let (worth, window) = best_window(&matches, self.sought.len());
            if best.as_ref().is_none_or(|(best_worth, ..)| worth > *best_worth) {
                best = Some((worth, text, matches, window));
            }
        }
        let (_, text, matches, window) = best?;
        Some(cut(text, &matches, window))
    }

    /// The matches in a text that is shown whole.
    pub(super) fn marks(&mut self, text: &str, part: Part) -> Vec<Range<usize>> {
        joined(self.find(text, part).into_iter().map(|found| found.range))
    }

    /// All matches, in order of their beginnings.
    fn find(&mut self, text: &str, part: Part) -> Vec<Match> {
        let Self { sought, wanted } = self;
        let here = || sought.iter().enumerate().filter(|(_, sought)| sought.may_stand_in(part));
        if here().next().is_none() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut words = Likely::new(text, wanted);
        while let Some(word) = words.next() {
            for (number, sought) in here() {
                if let Some(end) = sought.pattern.end(&word, &mut words) {
                    found.push(Match { range: word.range.start..end, sought: number });
                }
            }
        }
        found
    }
}

/// The worth of the best window, and where in the text its matches begin and end: many different patterns first, then many matches.
/// There are so many `patterns`.
fn best_window(matches: &[Match], patterns: usize) -> (usize, Range<usize>) {
    // A single match may be longer than a window.
    let mut best = (0, matches.first().map_or(0..0, |found| found.range.clone()));
    // The number of the last window that each pattern was met in, counted from 1.
    let mut met = vec![0; patterns];
    for (first, start) in matches.iter().enumerate() {
        let start = start.range.start;
        let window = matches[first..].iter().take_while(|found| found.range.end <= start + LENGTH - LEAD);
        let (mut different, mut count, mut end) = (0, 0, start);
        for found in window {
            count += 1;
            end = end.max(found.range.end);
            let is_new = std::mem::replace(&mut met[found.sought], first + 1) != first + 1;
            different += usize::from(is_new);
        }
        let worth = different * WORTH_OF_PATTERN + count.min(WORTH_OF_PATTERN - 1);
        if worth > best.0 {
            best = (worth, start..end);
        }
    }
    best
}

/// Cuts the passage out of a text that holds a window.
fn cut(text: &str, matches: &[Match], window: Range<usize>) -> Fragment {
    let start = if text.len() <= LENGTH { 0 } else { beginning(text, window.start) };
    let end = ending(text, start, window.end);
    let mut passage = String::with_capacity(end - start + 7);
    if start > 0 {
        passage.push('…');
    }
    let offset = passage.len();
    // One line: a line break and a space are one byte each, so ranges stay true.
    for (number, line) in text[start..end].split('\n').enumerate() {
        if number > 0 {
            passage.push(' ');
        }
        passage.push_str(line);
    }
    let inside =
        matches.iter().map(|found| found.range.clone()).filter(|range| start <= range.start && range.end <= end);
    let marks =
        joined(inside).into_iter().map(|range| range.start - start + offset..range.end - start + offset).collect();
    if end < text.trim_end().len() {
        passage.truncate(passage.trim_end().len());
        // Behind a whole sentence it stands for those that follow.
        passage.push_str(if passage.ends_with(['.', '!', '?']) { " …" } else { "…" });
    }
    Fragment { text: passage, marks }
}

/// Where a passage with a match at `at` begins: with its sentence if that is near, else with a word.
fn beginning(text: &str, at: usize) -> usize {
    if at <= LEAD {
        return 0;
    }
    let from = text.floor_char_boundary(at - LEAD);
    let before = &text[from..at];
    let sentence = before.rmatch_indices(['.', '!', '?', '\n']).find_map(|(end, stop)| {
        let rest = &before[end + stop.len()..];
        let begins = rest.len() - rest.trim_start().len();
        (stop == "\n" || begins > 0).then_some(from + end + stop.len() + begins)
    });
    let word = || {
        before
            .find(char::is_whitespace)
            .map_or(at, |space| from + space + before[space..].len() - before[space..].trim_start().len())
    };
    sentence.filter(|start| *start <= at).unwrap_or_else(word)
}

/// Where a passage that begins at `start` and must hold the text up to `least` ends: with a sentence, a word, or the text.
fn ending(text: &str, start: usize, least: usize) -> usize {
    if text.len() - start <= LENGTH {
        return text.len();
    }
    let furthest = text.floor_char_boundary((start + LENGTH).max(least));
    let least = least.max(start + LENGTH / 2).min(furthest);
    let tail_from = text.floor_char_boundary(least);
    let tail = &text[tail_from..furthest];
    let sentence = tail.rmatch_indices(['.', '!', '?']).find_map(|(at, stop)| {
        let end = tail_from + at + stop.len();
        text[end..].starts_with(char::is_whitespace).then_some(end)
    });
    let word = || tail.rfind(char::is_whitespace).map(|space| tail_from + space);
    sentence.or_else(word).unwrap_or(furthest)
}

/// Ranges in order, those that touch or overlap made one.
fn joined(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stems(text: &str) -> Pattern {
        Pattern::Terms(vec![crate::index::analysis::words(text).map(|word| word.forms.stem.clone()).collect()])
    }

    /// That of an article with these texts; an empty one is none.
    fn fragment(excerpt: &str, body: &str, patterns: &[Pattern]) -> Option<Fragment> {
        let sought = patterns.iter().map(|pattern| Sought { pattern, part: None }).collect();
        let [excerpt, body] = [excerpt, body].map(|text| Some(text).filter(|text| !text.is_empty()));
        Marker::new(sought).fragment(excerpt, body)
    }

    fn marked(fragment: &Fragment) -> Vec<&str> {
        fragment.marks.iter().map(|mark| &fragment.text[mark.clone()]).collect()
    }

    /// Whether a word that begins inside of a mark is sought, when the text is analysed once more.
    fn is_sought(text: &str, mark: &Range<usize>, patterns: &[Pattern]) -> bool {
        let is = |form: &str| {
            patterns.iter().any(|pattern| match pattern {
                Pattern::Terms(ways) => ways.iter().flatten().any(|term| term.to_lowercase() == form),
                Pattern::Prefix(prefixes) => prefixes.iter().any(|prefix| form.starts_with(prefix)),
            })
        };
        crate::index::analysis::words(text).any(|word| {
            let whole = word.compound.as_ref().map(|whole| &whole.forms);
            mark.contains(&word.range.start)
                && [Some(&word.forms), whole].into_iter().flatten().any(|forms| is(&forms.stem) || is(&forms.surface))
        })
    }

    #[test]
    fn marks_a_phrase_only_where_it_stands_as_one() {
        let fragment = fragment("Tech is big. Big tech partners.", "", &[stems("big tech")]).unwrap();
        assert_eq!(marked(&fragment), ["Big tech"]);
    }

    #[test]
    fn prefers_the_passage_with_more_of_the_words() {
        let filler = "Nothing to see in this sentence at all. ".repeat(20);
        let body = format!("Amazon opens. {filler}Amazon and Google announce partnerships. {filler}");
        let fragment = fragment("", &body, &[stems("amazon"), stems("partnership")]).unwrap();
        assert_eq!(marked(&fragment), ["Amazon", "partnerships"]);
        assert!(fragment.text.starts_with('…') && fragment.text.ends_with('…'), "{}", fragment.text);
        assert!(fragment.text.len() <= LENGTH + 7);
    }

    #[test]
    fn holds_all_the_words_that_it_was_chosen_for() {
        let body = "ORLANDO, March 1 (News) -- A procedure that delivers the anesthetic lidocaine (Xylocaine) directly to nerves in \
                    the back of the nasal cavity appears to offer significant relief to migraine sufferers, preliminary research \
                    indicates. Early findings suggest that a single outpatient treatment can reduce pain levels by about 35 \
                    percent for up to a month after the procedure, according to this small, ongoing study.";
        let fragment = fragment("", body, &[stems("migraine"), stems("treatment")]).unwrap();
        assert_eq!(marked(&fragment), ["migraine", "treatment"], "{}", fragment.text);
        assert!(fragment.text.len() <= LENGTH + 7);
    }

    #[test]
    fn shows_the_beginning_when_nothing_matches() {
        let fragment = fragment("A short summary.", "A body.", &[stems("zebra")]).unwrap();
        assert_eq!((fragment.text.as_str(), fragment.marks.len()), ("A short summary.", 0));
    }

    #[test]
    fn marks_a_compound_whole_and_an_acronym_only_where_it_is_one() {
        let ehealth = Pattern::Terms(vec![vec!["ehealth".into()]]);
        let text = "e-Health and Healthcare: the e health of those who ask the WHO, eHealth’s";
        let found = |pattern: &Pattern| {
            let mut marker = Marker::new(vec![Sought { pattern, part: Some(Part::Body) }]);
            assert!(marker.marks(text, Part::Title).is_empty(), "in its part alone");
            marker.marks(text, Part::Body).into_iter().map(|mark| &text[mark]).collect::<Vec<_>>()
        };
        assert_eq!(found(&ehealth), ["e-Health", "e health", "eHealth’s"]);
        assert_eq!(found(&Pattern::Terms(vec![vec!["WHO".into()]])), ["WHO"]);
        assert_eq!(found(&Pattern::Terms(vec![vec!["who".into()]])), ["who", "WHO"]);
        assert_eq!(found(&Pattern::Prefix(vec!["healthc".to_owned()])), ["Healthcare"]);
        assert_eq!(found(&stems("care")), ["care"]);
    }

    proptest! {
        #[test]
        fn marks_lie_in_order_inside_the_text_and_are_what_is_sought(
            excerpt in "(([a-c]{1,3}|e|health|Cáre|covid|19|b²|WHO|of)[- .\n’é糖\u{ad}]{0,2}){0,120}",
            query in "[a-c]{1,3}|care|19|ehealth|ehealthcare|healthcar|WHO|2",
            prefix in "[a-c]{1,2}|car|covid1|healthc",
        ) {
            let patterns = [Pattern::Terms(vec![vec![query.into()]]), Pattern::Prefix(vec![prefix]), stems("a b")];
            if let Some(fragment) = fragment(&excerpt, "", &patterns) {
                let mut end = 0;
                for mark in &fragment.marks {
                    prop_assert!(mark.start >= end && mark.end > mark.start);
                    prop_assert!(fragment.text.get(mark.clone()).is_some());
                    prop_assert!(is_sought(&fragment.text, mark, &patterns), "{mark:?} of {}", fragment.text);
                    end = mark.end;
                }
                prop_assert!(fragment.text.len() <= LENGTH + 200);
            }
        }
    }
}
