//! [`Likely`]: the words of a text that may be what is looked for.

use std::collections::VecDeque;

use super::compound;
use super::lexicon::{SLOT_TEXT, forms_of, slot_of, slot_text};
use super::stem::irregular_words_of;
use super::word::{Forms, Word, Words, words};

/// The words of a text that may be what is looked for, in order. Others are passed over, because their forms cost more than all the
/// rest.
pub(crate) struct Likely<'a> {
    text: &'a str,
    words: Words<'a>,
    wanted: &'a mut Wanted,
    /// Words behind the last one, as far as they were asked for: a word is analysed once however many phrases may begin before it.
    ahead: VecDeque<Word>,
    /// What comes behind those; `None` if it is what comes behind the last one.
    beyond: Option<Words<'a>>,
}

impl<'a> Likely<'a> {
    /// Those of a text.
    pub(crate) fn new(text: &'a str, wanted: &'a mut Wanted) -> Self {
        Self { text, words: words(text), wanted, ahead: VecDeque::new(), beyond: None }
    }

    /// The word so many places behind the one that follows the last one, whatever it is.
    pub(crate) fn behind(&mut self, places: usize) -> Option<&Word> {
        let beyond = self.beyond.get_or_insert_with(|| self.words.clone());
        while self.ahead.len() <= places {
            self.ahead.push_back(beyond.next()?);
        }
        self.ahead.get(places)
    }

    /// Drops what stands before a word, and itself.
    fn go_to(&mut self, word: &Word) {
        while let Some(passed) = self.ahead.pop_front() {
            if passed == *word {
                return;
            }
        }
        self.beyond = None;
    }

    fn next_likely(&mut self) -> Option<Word> {
        if let Some(second) = self.words.take_second() {
            return Some(second);
        }
        let Self { text, words, wanted, .. } = self;
        loop {
            words.pass_plain(|rest| wanted.beginnings.hold(rest));
            let range = words.next_run()?;
            let raw = &text[range.clone()];
            let is_other = || wanted.is_other(raw) && !words.connects(range.end);
            if raw.is_ascii() && (!wanted.beginnings.hold_word(raw) || is_other()) {
                words.pass(&range);
                continue;
            }
            if let Some(forms) = forms_of(raw) {
                wanted.remember(raw, &forms);
                return Some(words.word(range, forms));
            }
            words.pass(&range);
        }
    }
}

impl Iterator for Likely<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let word = self.next_likely()?;
        self.go_to(&word);
        Some(word)
    }
}

/// What is looked for in the texts of a page, and what was met there that is something else.
///
/// The forms of a word lie somewhere in megabytes of memory ([`super::lexicon`]), and the same few words are in every text: `the` is
/// looked up once for all the articles in which `telehealth` is marked, and then known for another word by a look at what is at hand.
pub(crate) struct Wanted {
    forms: Vec<Box<str>>,
    beginnings: Beginnings,
    /// Words that have one term and are not wanted, each at the place of its hash; zeros, which stand in no word, where there is none.
    others: Vec<[u8; SLOT_TEXT]>,
}

/// How many other words are remembered: with 4 KB they stay at hand.
const OTHERS: usize = 256;

impl Wanted {
    /// These terms, and words that begin like them.
    pub(crate) fn new<'a>(forms: impl Iterator<Item = &'a str>) -> Self {
        let forms: Vec<Box<str>> = forms.map(Box::from).collect();
        let beginnings = Beginnings::of(forms.iter().map(|form| &**form));
        Self { forms, beginnings, others: vec![[0; SLOT_TEXT]; OTHERS] }
    }

    fn is_other(&self, raw: &str) -> bool {
        slot_text(raw).is_some_and(|text| self.others[slot_of(text, OTHERS)] == text)
    }

    fn remember(&mut self, raw: &str, forms: &Forms) {
        let begins = |wanted: &str| forms.stem.starts_with(wanted) || forms.surface.starts_with(wanted);
        if let Some(text) = slot_text(raw)
            && forms.has_one_term()
            && !self.forms.iter().any(|wanted| begins(wanted))
        {
            self.others[slot_of(text, OTHERS)] = text;
        }
    }
}

/// The first four letters of the words that may hold what is looked for.
///
/// The terms of an ASCII word begin with its own first letters, as far as they are as long, but that a `y` may become an `i`
/// (`dying`, `die`), that the last ones of a stem may be others (`ties`, `tie`; `possibility`, `possibl`), or that it is told in tables:
/// stems of some words (`feet`, `foot`) and second parts of compounds.
#[derive(Debug)]
struct Beginnings {
    /// By the first letter, and a bit for each second one.
    second: [u32; 128],
    /// By the first two letters, and a bit for each third one. Others may have the same [place](slot), which costs a look at a word.
    third: [u32; SLOTS],
    /// By the first three letters, and a bit for each fourth one, likewise.
    fourth: [u32; SLOTS],
    /// Whether a number may be the end of a code.
    numbers: bool,
}

const SLOTS: usize = 128;
/// Terms of so many letters have the third one of their words, and of so many the fourth.
const TELL_THIRD: usize = 4;
const TELL_FOURTH: usize = 6;

impl Beginnings {
    /// Those of these terms, or of words that begin like them.
    fn of<'a>(forms: impl Iterator<Item = &'a str>) -> Self {
        let mut beginnings = Self { second: [0; 128], third: [0; SLOTS], fourth: [0; SLOTS], numbers: false };
        for form in forms {
            beginnings.add(form);
            compound::openers_of(form).chain(irregular_words_of(form)).for_each(|other| beginnings.add(other));
            beginnings.numbers |= form.starts_with(|c: char| c.is_ascii_digit());
        }
        beginnings
    }

    fn add(&mut self, form: &str) {
        let form = form.as_bytes();
        let Some(first) = form.first().map(|first| usize::from(first.to_ascii_lowercase())) else { return };
        let Some(seconds) = self.second.get_mut(first) else { return };
        *seconds |= bit(form.get(1));
        for second in letters_at(form, 1, 0) {
            let at = slot(first, second);
            self.third[at] |= bits_at(form, 2, TELL_THIRD);
            for third in letters_at(form, 2, TELL_THIRD) {
                self.fourth[slot(at, third)] |= bits_at(form, 3, TELL_FOURTH);
            }
        }
    }

    /// Whether a word that a text begins with may hold what is looked for.
    #[inline]
    fn hold(&self, text: &[u8]) -> bool {
        let Some(first) = text.first().map(|first| usize::from(first.to_ascii_lowercase() & 0x7f)) else {
            return false;
        };
        if self.second[first] & bit(text.get(1)) == 0 {
            return false;
        }
        let Some(second) = letter(text.get(1)) else { return true };
        let at = slot(first, second);
        self.third[at] & bit(text.get(2)) != 0
            && letter(text.get(2)).is_none_or(|third| self.fourth[slot(at, third)] & bit(text.get(3)) != 0)
    }

    fn hold_word(&self, word: &str) -> bool {
        self.hold(word.as_bytes()) || self.numbers && word.bytes().next_back().is_some_and(|last| last.is_ascii_digit())
    }
}

/// The place of words that go on with a letter behind others.
fn slot(others: usize, letter: u32) -> usize {
    (others * 5 + letter as usize) % SLOTS
}

/// What letters words of a form may have at a place, which a form of so many letters tells: all where it does not.
fn letters_at(form: &[u8], at: usize, tells: usize) -> impl Iterator<Item = u32> {
    let told = if form.len() >= tells { letter(form.get(at)) } else { None };
    told.map_or(0..26, |letter| letter..letter + 1)
}

/// The same as bits.
fn bits_at(form: &[u8], at: usize, tells: usize) -> u32 {
    if form.len() >= tells { bit(form.get(at)) } else { u32::MAX }
}

/// The number of a letter, `y` being an `i`; `None` for what is none.
fn letter(byte: Option<&u8>) -> Option<u32> {
    match byte.map(u8::to_ascii_lowercase) {
        Some(b'y') => Some(u32::from(b'i' - b'a')),
        Some(letter @ b'a'..=b'z') => Some(u32::from(letter - b'a')),
        _ => None,
    }
}

/// The bit of a letter; all of them where there is none, because then it may be any.
fn bit(byte: Option<&u8>) -> u32 {
    letter(byte).map_or(u32::MAX, |letter| 1 << letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_word_is_passed_over_for_its_terms() {
        let texts = [
            include_str!("tables/stems.txt"),
            include_str!("tables/compounds.txt"),
            include_str!("tables/acronyms.txt"),
        ];
        let more = "dying dyed ties tying skies sky flies eyes buys buying yes yields ions AIDS aids feet geese teeth mice women men children \
                    people analyses analytics diagnostic surgical universities communities hospitality generic ally an as is it's o'clock \
                    e-health eHealth e health m-health mHealth telehealth healthcare U.S. A.I. C++ covid-19 COVID19 R&D AT&T x-ray";
        for word in texts.into_iter().chain([more]).flat_map(words) {
            let raw = &*word.forms.surface;
            let whole = word.compound.as_ref().and_then(|whole| whole.term());
            // What stands in a compound is looked for where that begins.
            for term in word.terms().filter(|term| Some(*term) != whole && raw.is_ascii()) {
                let beginnings = Beginnings::of(std::iter::once(term));
                assert!(beginnings.hold_word(raw), "{raw} for {term}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn likely_words_are_the_words(
            text in "[a-c.'’ \u{200b}糖é\u{301}A]{0,40}|((e|health|Care|19|covid|WHO|b|hea|dying|dies|feet|ties)[-/&,.(\" ]{0,2}){0,12}",
            sought in "[a-cé]{1,2}|health|care|car|19|ehealth|healthcar|heal|covid|WHO|die|foot|ti|dyin",
        ) {
            let mut wanted = Wanted::new(std::iter::once(sought.as_str()));
            let is_like = |word: &Word| {
                let whole = word.compound.as_ref().is_some_and(|whole| whole.forms.surface.starts_with(&sought));
                whole || word.terms().any(|term| term.starts_with(&sought)) || word.forms.surface.starts_with(&sought)
            };
            let all: Vec<Word> = words(&text).filter(is_like).collect();
            // The second time, other words are known for such.
            for _ in 0..2 {
                let mut likely = Likely::new(&text, &mut wanted);
                let mut like = Vec::new();
                while let Some(word) = likely.next() {
                    let behind: Vec<Word> = words(&text).skip_while(|other| other != &word).skip(1).collect();
                    // Some ask for nothing, some for a few words, some for more than there are.
                    let asked = word.range.start * 7 % (behind.len() + 2);
                    for places in 0..asked {
                        prop_assert_eq!(likely.behind(places), behind.get(places));
                    }
                    like.extend(Some(word).filter(is_like));
                }
                prop_assert_eq!(&all, &like);
            }
        }
    }
}
