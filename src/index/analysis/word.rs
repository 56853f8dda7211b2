//! [`words`]: where the words of a text are, and the forms in which they are indexed.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::stem::stem;
use crate::article::fold;

/// The longest surface, in bytes. What is longer (encoded data, glued text) is cut; the query cuts alike.
const MAX_SURFACE: usize = 64;
/// How many different words a thread remembers the forms of: with 32 bytes a word about 4 MB. News repeats itself, so that
/// nearly every word of a build is found here and stemming all but disappears from its cost.
const CACHE_WORDS: usize = 65_536;
/// How many frequent words a thread keeps at hand, at 24 bytes: they are nine of ten in news.
const SLOTS: usize = 16_384;
/// The longest of them, in bytes.
const SLOT_TEXT: usize = 16;

/// A word in a text.
#[derive(Debug, Clone)]
pub struct Word {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What it is indexed as.
    pub forms: Rc<Forms>,
}

/// The forms of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Folded, without possessive: `Becker’s` gives `becker`.
    pub surface: Box<str>,
    /// Stemmed: `partnerships` gives `partnership`.
    pub stem: Box<str>,
}

impl Forms {
    /// Whether the surface is another word than the stem: then it is indexed beside it, for prefixes.
    pub(crate) fn has_own_surface(&self) -> bool {
        self.surface != self.stem
    }
}

/// The words of a text, in order.
///
/// A word is a run of letters and digits; apostrophes between them belong to it, and so do characters of no width. Single
/// letters with full stops between them are one word (`U.S.`, `A.I.`). Each ideograph is a word of its own. Everything else
/// separates words. Linear in the length of the text; never fails.
#[must_use]
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0 }
}

/// [`words`] for finding some of them: the others come without their forms, which cost more than all the rest.
pub(crate) fn words_like(text: &str, initials: &Initials) -> impl Iterator<Item = (Range<usize>, Option<Rc<Forms>>)> {
    let mut words = words(text);
    std::iter::from_fn(move || {
        loop {
            let range = words.next_run()?;
            let raw = &text[range.clone()];
            if raw.is_ascii() && !initials.holds(raw) {
                return Some((range, None));
            }
            if let Some(forms) = forms_of(raw) {
                return Some((range, Some(forms)));
            }
        }
    })
}

/// The first letters of what is looked for. All forms of an ASCII word begin with its own first letter, in lower case.
#[derive(Debug)]
pub(crate) struct Initials([bool; 128]);

impl Initials {
    /// Those of these surfaces and stems.
    pub(crate) fn of<'a>(forms: impl Iterator<Item = &'a str>) -> Self {
        let mut initials = [false; 128];
        for form in forms {
            if let Some(holds) = form.bytes().next().and_then(|first| initials.get_mut(usize::from(first))) {
                *holds = true;
            }
        }
        Self(initials)
    }

    fn holds(&self, word: &str) -> bool {
        word.bytes().next().is_some_and(|first| self.0[usize::from(first.to_ascii_lowercase() & 0x7f)])
    }
}

/// The iterator of [`words`].
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let range = self.next_run()?;
            let raw = &self.text[range.clone()];
            if let Some(forms) = forms_of(raw) {
                return Some(Word { range, forms });
            }
        }
    }
}

impl Words<'_> {
    fn next_run(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let start = loop {
            let byte = *bytes.get(at)?;
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    break at;
                }
                at += 1;
            } else {
                let c = self.char_at(at)?;
                if c.is_alphanumeric() {
                    break at;
                }
                at += c.len_utf8();
            }
        };
        at = start;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let Some(c) = self.char_at(at) else { break };
            let next = at + c.len_utf8();
            if c.is_alphanumeric() {
                if is_ideograph(c) {
                    if at == start {
                        at = next;
                    }
                    break;
                }
            } else if is_apostrophe(c) {
                if !self.char_at(next).is_some_and(char::is_alphanumeric) {
                    break;
                }
            } else if !is_glue(c) {
                break;
            }
            at = next;
        }
        let end = self.dotted_end(start, at);
        self.at = end;
        Some(start..end)
    }

    /// Where an abbreviation like `U.S.` ends, if the run is its first letter; else where the run ends.
    fn dotted_end(&self, start: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        if end != start + 1 || !letter(start) {
            return end;
        }
        let mut at = end;
        while bytes.get(at) == Some(&b'.')
            && letter(at + 1)
            && !self.char_at(at + 2).is_some_and(|c| c.is_alphanumeric() || is_apostrophe(c))
        {
            at += 2;
        }
        at
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }
}

/// Looks the forms up, or makes and remembers them. `None` for a run of which folding leaves nothing.
fn forms_of(raw: &str) -> Option<Rc<Forms>> {
    thread_local! {
        static CACHE: RefCell<Cache> = RefCell::default();
    }
    CACHE.with_borrow_mut(|cache| cache.forms_of(raw))
}

/// The forms of words met before. Analysis is mostly waiting for memory here, so there are two levels: the frequent words, with
/// their text in place, in what the processor keeps near; all others in a map.
#[derive(Default)]
struct Cache {
    frequent: Vec<Slot>,
    all: FxHashMap<Box<str>, Option<Rc<Forms>>>,
}

/// The last word met of those with one hash.
#[derive(Clone, Default)]
struct Slot {
    /// The word and zeros, which stand in no word.
    text: [u8; SLOT_TEXT],
    forms: Option<Rc<Forms>>,
}

impl Cache {
    fn forms_of(&mut self, raw: &str) -> Option<Rc<Forms>> {
        let mut text = [0; SLOT_TEXT];
        let Some(place) = text.get_mut(..raw.len()) else { return self.look_up(raw) };
        place.copy_from_slice(raw.as_bytes());
        if self.frequent.is_empty() {
            self.frequent = vec![Slot::default(); SLOTS];
        }
        let at = slot_of(text);
        if let Slot { text: there, forms: Some(forms) } = &self.frequent[at]
            && *there == text
        {
            return Some(forms.clone());
        }
        let forms = self.look_up(raw);
        self.frequent[at] = Slot { text, forms: forms.clone() };
        forms
    }

    fn look_up(&mut self, raw: &str) -> Option<Rc<Forms>> {
        if let Some(forms) = self.all.get(raw) {
            return forms.clone();
        }
        let forms = make_forms(raw).map(Rc::new);
        if raw.len() <= MAX_SURFACE {
            if self.all.len() >= CACHE_WORDS {
                self.all.clear();
            }
            self.all.insert(raw.into(), forms.clone());
        }
        forms
    }
}

/// Multiplicative hashing (Knuth, TAOCP 3, §6.4) of both halves.
fn slot_of(text: [u8; SLOT_TEXT]) -> usize {
    let bits = u128::from_le_bytes(text);
    let mixed =
        (bits as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((bits >> 64) as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    (mixed >> (u64::BITS - SLOTS.ilog2())) as usize
}

fn make_forms(raw: &str) -> Option<Forms> {
    let mut chars = raw.chars().rev();
    let possessive = matches!(chars.next(), Some('s' | 'S')) && chars.next().is_some_and(is_apostrophe);
    let base = if possessive {
        let mut tail = raw.char_indices().rev();
        tail.nth(1).map_or(raw, |(at, _)| &raw[..at])
    } else {
        raw
    };
    let mut surface: String = fold(base).chars().filter(|c| c.is_alphanumeric()).collect();
    if surface.len() > MAX_SURFACE {
        let cut = (0..=MAX_SURFACE).rev().find(|&at| surface.is_char_boundary(at)).unwrap_or(0);
        surface.truncate(cut);
    }
    if surface.is_empty() {
        return None;
    }
    let stem = stem(&surface).into_boxed_str();
    Some(Forms { surface: surface.into_boxed_str(), stem })
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '＇')
}

/// What stands inside a word without being seen: combining marks, joiners, soft hyphens.
fn is_glue(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        || unicode_normalization::char::is_combining_mark(c)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn surfaces(text: &str) -> Vec<String> {
        words(text).map(|word| word.forms.surface.to_string()).collect()
    }

    #[test]
    fn finds_the_words_of_headlines() {
        for (text, expected) in [
            ("Becker’s & Alzheimer's: 24/7", &["becker", "alzheimer", "24", "7"][..]),
            ("COVID-19, e-health", &["covid", "19", "e", "health"]),
            ("U.S. and A.I. (i.e. the FDA).", &["us", "and", "ai", "ie", "the", "fda"]),
            ("J.P. Morgan’s don't", &["jp", "morgan", "dont"]),
            ("24\u{200b}3 cases of Ménière", &["243", "cases", "of", "meniere"]),
            ("ﬁle ＡＩ", &["file", "ai"]),
            ("糖尿病 test", &["糖", "尿", "病", "test"]),
            ("nurses' 'quoted'", &["nurses", "quoted"]),
            ("a.b.cd", &["ab", "cd"]),
            ("...", &[]),
        ] {
            assert_eq!(surfaces(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_stand_in_order_inside_the_text(text in "\\PC{0,80}|[a-c.'’ \u{200b}糖é]{0,40}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.range.start >= end && word.range.start < word.range.end);
                prop_assert!(text.get(word.range.clone()).is_some());
                prop_assert!(!word.forms.stem.is_empty() && word.forms.surface.len() <= MAX_SURFACE);
                end = word.range.end;
            }
        }

        #[test]
        fn forms_begin_with_the_first_letter_of_the_word(raw in "[A-Za-z0-9][A-Za-z0-9']{0,10}[A-Za-z0-9]|[A-Za-z0-9]") {
            let forms = make_forms(&raw).unwrap();
            let first = raw.to_ascii_lowercase().chars().next();
            prop_assert_eq!((forms.surface.chars().next(), forms.stem.chars().next()), (first, first));
        }

        #[test]
        fn words_like_are_the_words(text in "[a-c.'’ \u{200b}糖é\u{301}A]{0,40}", sought in "[a-cé]{1,2}") {
            let initials = Initials::of(std::iter::once(sought.as_str()));
            let all: Vec<_> = words(&text).map(|word| (word.range, word.forms)).collect();
            let like: Vec<_> = words_like(&text, &initials).collect();
            prop_assert_eq!(all.len(), like.len());
            for ((range, forms), (other, found)) in all.into_iter().zip(like) {
                prop_assert_eq!(range, other);
                match found {
                    Some(found) => prop_assert_eq!(found, forms),
                    None => prop_assert!(!forms.surface.starts_with(&sought) && !forms.stem.starts_with(&sought)),
                }
            }
        }
    }
}
