//! [`words`]: where the words of a text are, and the forms in which they are indexed.

use std::mem;
use std::ops::Range;
use std::rc::Rc;

use super::acronym::{self, is_in_normal_case};
use super::compound::{self, Kind};
use super::letters::letters;
use super::lexicon::forms_of;
use super::plain::{Plain, TextNumber, plain};
use super::stem::stem;
use crate::article::{fold, is_invisible};

/// The longest surface, in bytes. What is longer (encoded data, glued text) is cut; the query cuts alike.
pub(super) const MAX_SURFACE: usize = 64;
/// The signs that are part of a word: `C++`, `C#`.
const SIGNS: [char; 2] = ['+', '#'];

/// A word in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// What it is indexed as.
    pub forms: Rc<Forms>,
    /// Whether it stands in capitals that say something: then it is indexed as [`Forms::acronym`] as well.
    pub is_acronym: bool,
    /// The compound that begins with it.
    pub compound: Option<Box<Compound>>,
}

impl Word {
    /// The terms at its place: its stem, itself as an acronym, the whole of a compound.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        let whole = self.compound.as_deref().and_then(Compound::term);
        [Some(&*self.forms.stem), self.acronym(), whole].into_iter().flatten()
    }

    /// Whether it has more terms than its stem.
    pub(crate) fn has_more_terms(&self) -> bool {
        self.is_acronym || self.compound.is_some()
    }

    /// The term for the acronym that it is.
    #[must_use]
    pub fn acronym(&self) -> Option<&str> {
        self.forms.acronym.as_deref().filter(|_| self.is_acronym)
    }
}

/// Several words that are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compound {
    /// The forms of its parts written as one.
    pub forms: Rc<Forms>,
    /// How many words it has.
    pub words: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// How it is known.
    pub kind: Kind,
}

impl Compound {
    /// The whole, if it is indexed: codes are found by their parts.
    #[must_use]
    pub fn term(&self) -> Option<&str> {
        (self.kind != Kind::Code).then_some(&*self.forms.stem)
    }

    /// Whether its surface is indexed for prefixes because no term says the same.
    pub(crate) fn has_own_surface(&self) -> bool {
        self.kind == Kind::Code || self.forms.has_own_surface()
    }
}

/// The forms of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Folded, without possessive and without the plural of an acronym: `Becker’s` gives `becker`, `EHRs` gives `ehr`.
    pub surface: Box<str>,
    /// Stemmed: `partnerships` gives `partnership`.
    pub stem: Box<str>,
    /// In capitals, if it is written in capitals and an ordinary word otherwise: `WHO`.
    pub acronym: Option<Box<str>>,
    /// Its parts, if it is a compound.
    cut: Option<Box<Cut>>,
    /// Whether a known compound may begin with it.
    opens: bool,
}

/// A word that is written as one and indexed as two.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cut {
    kind: Kind,
    parts: [Rc<Forms>; 2],
}

impl Forms {
    fn uncut(surface: &str) -> Self {
        let stem = stem(surface).into_boxed_str();
        Self { surface: surface.into(), stem, acronym: None, cut: None, opens: compound::opens(surface) }
    }

    /// Whether the surface is another word than the stem: then it is indexed beside it, for prefixes.
    pub(crate) fn has_own_surface(&self) -> bool {
        self.surface != self.stem
    }

    /// Whether its stem is its one term wherever it stands, but for chains that may begin with it.
    pub(super) fn has_one_term(&self) -> bool {
        self.acronym.is_none() && self.cut.is_none() && !self.opens
    }

    /// How many words it is.
    fn words(&self) -> usize {
        1 + usize::from(self.cut.is_some())
    }

    /// Whether it is a compound that is cut behind `first`.
    fn is_cut_behind(&self, first: &Self) -> Option<Kind> {
        self.cut.as_ref().filter(|cut| cut.parts[0].surface == first.surface).map(|cut| cut.kind)
    }
}

/// The words of a text, in order.
///
/// A word is a run of letters and digits; apostrophes between them belong to it, and so do characters of no width. Single
/// letters with full stops between them are one word (`U.S.`, `A.I.`); a letter keeps the signs of `C++` and `C#`. Each ideograph is
/// a word of its own. Everything else separates words. A compound written as one is its two parts (see [`super::compound`]); where a
/// part has no place of its own in the text it has the place of both. Linear in the length of the text; never fails.
#[must_use]
pub fn words(text: &str) -> Words<'_> {
    Words { text, at: 0, second: None, is_joined: false }
}

/// The iterator of [`words`].
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
    /// The second part of the word before.
    second: Option<Box<Word>>,
    /// Whether a sign joins the word before to the next one.
    is_joined: bool,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        if let Some(second) = self.take_second() {
            return Some(second);
        }
        let (range, forms) = self.next_forms()?;
        Some(self.word(range, forms))
    }
}

/// A word as it is indexed.
pub(super) enum Indexed {
    /// Nothing but its stem stands at its place.
    Plain(Plain),
    Any(Word),
}

impl Words<'_> {
    /// The next word and its place, as [`Iterator::next`] has it, in fewer steps where it is plain.
    pub(super) fn next_indexed(&mut self, text: TextNumber) -> Option<(Range<usize>, Indexed)> {
        let any = |word: Word| (word.range.clone(), Indexed::Any(word));
        if let Some(second) = self.take_second() {
            return Some(any(second));
        }
        loop {
            let range = self.next_run()?;
            let raw = &self.text[range.clone()];
            let connects = self.connects(range.end);
            let begins_chain = connects && !self.is_joined;
            if !begins_chain && let Some(plain) = plain(raw, text) {
                self.is_joined = connects;
                return Some((range, Indexed::Plain(plain)));
            }
            if let Some(forms) = forms_of(raw) {
                return Some(any(self.word(range, forms)));
            }
            self.pass(&range);
        }
    }

    fn next_forms(&mut self) -> Option<(Range<usize>, Rc<Forms>)> {
        loop {
            let range = self.next_run()?;
            if let Some(forms) = forms_of(&self.text[range.clone()]) {
                return Some((range, forms));
            }
            self.pass(&range);
        }
    }

    /// The second part of the word before, if it has one.
    pub(super) fn take_second(&mut self) -> Option<Word> {
        self.second.take().map(|second| *second)
    }

    /// Passes over words of ASCII letters that end where a word plainly ends, as long as the text from there on is not `wanted`. Stands
    /// in front of the next word then.
    pub(super) fn pass_plain(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        loop {
            while bytes.get(at).is_some_and(|byte| ends_plainly(*byte) || *byte == b'.') {
                at += 1;
            }
            let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty() && !wanted(rest)) else {
                return;
            };
            let len = letters(rest);
            // A letter and a full stop may be the beginning of an abbreviation.
            let is_plain = match rest.get(len) {
                Some(b'.') => len > 1,
                Some(byte) => len > 0 && ends_plainly(*byte),
                None => len > 0,
            };
            if !is_plain {
                return;
            }
            at += len;
            (self.at, self.is_joined) = (at, false);
        }
    }

    /// Passes a run over.
    pub(super) fn pass(&mut self, range: &Range<usize>) {
        self.is_joined = self.connects(range.end);
    }

    /// The run of these forms as a word, which the cursor stands behind.
    pub(super) fn word(&mut self, range: Range<usize>, forms: Rc<Forms>) -> Word {
        let connects = self.connects(range.end);
        let was_joined = mem::replace(&mut self.is_joined, connects);
        if let Some(cut) = &forms.cut {
            let [first, second] = cut.parts.clone();
            let (here, there) = self.cut_range(&range, first.surface.len());
            self.second = Some(Box::new(Word { range: there, forms: second, is_acronym: false, compound: None }));
            let compound = Compound { forms: forms.clone(), words: 2, end: range.end, kind: cut.kind };
            return Word { range: here, forms: first, is_acronym: false, compound: Some(Box::new(compound)) };
        }
        let begins_chain = connects && !was_joined;
        let compound = if forms.opens || begins_chain { self.compound(&range, &forms, begins_chain) } else { None };
        let is_acronym = forms.acronym.is_some() && is_in_normal_case(self.text, &range);
        Word { range, forms, is_acronym, compound }
    }

    /// Where the parts of a word stand of which the first has so many letters; both have the place of the word if it cannot be told.
    fn cut_range(&self, range: &Range<usize>, first: usize) -> (Range<usize>, Range<usize>) {
        let run = &self.text.as_bytes()[range.clone()];
        let is_plain = run.len() > first && run[..=first].iter().all(u8::is_ascii_alphanumeric);
        let at = range.start + first;
        if is_plain { (range.start..at, at..range.end) } else { (range.clone(), range.clone()) }
    }

    /// The compound of the word at `range` and those that follow it.
    fn compound(&self, range: &Range<usize>, first: &Rc<Forms>, begins_chain: bool) -> Option<Box<Compound>> {
        if begins_chain && self.text[range.end..].starts_with(',') {
            return self.number(range, first);
        }
        let mut ahead = self.clone();
        let (next, second) = ahead.next_forms()?;
        let between = &self.text[range.end..next.start];
        let is_joined = compound::joins(between);
        let mut joined = first.surface.to_string();
        joined.push_str(&second.surface);
        if first.opens && (is_joined || between.chars().all(char::is_whitespace) && !between.contains(char::is_control))
        {
            let forms = forms_of(&joined)?;
            if forms.is_cut_behind(first) == Some(Kind::Known) {
                return Some(Box::new(Compound { forms, words: 1 + second.words(), end: next.end, kind: Kind::Known }));
            }
        }
        if !begins_chain || !is_joined || !compound::makes_whole(&first.surface, &second.surface) {
            return None;
        }
        let mut words = 1 + second.words();
        let mut is_pair = true;
        let mut end = next.end;
        if self.connects(next.end) {
            let (third, forms) = ahead.next_forms()?;
            if !compound::joins(&self.text[next.end..third.start]) || self.connects(third.end) {
                return None;
            }
            joined.push_str(&forms.surface);
            words += forms.words();
            is_pair = false;
            end = third.end;
        }
        let forms = forms_of(&joined).filter(|_| joined.len() <= MAX_SURFACE)?;
        let kind = if is_pair && forms.is_cut_behind(first) == Some(Kind::Code) { Kind::Code } else { Kind::Chain };
        Some(Box::new(Compound { forms, words, end, kind }))
    }

    /// The number of which the word at `range` is the first digits, before a comma.
    fn number(&self, range: &Range<usize>, first: &Forms) -> Option<Box<Compound>> {
        let mut digits = first.surface.to_string();
        let (mut words, mut end) = (1, range.end);
        while digits.len() <= MAX_SURFACE && compound::groups_digits(self.text, end) {
            let group = end + 1..end + 1 + compound::GROUP;
            digits.push_str(&self.text[group.clone()]);
            (words, end) = (words + 1, group.end);
        }
        let forms = forms_of(&digits).filter(|_| digits.len() <= MAX_SURFACE)?;
        Some(Box::new(Compound { forms, words, end, kind: Kind::Chain }))
    }

    /// Whether a sign stands at `at` that joins what is before it to a word.
    pub(super) fn connects(&self, at: usize) -> bool {
        // Nearly all words end with another sign, most of them with a space.
        match self.text.as_bytes().get(at) {
            Some(b'-' | b'/' | b'&' | 0x80..) => {}
            Some(b',') => return compound::groups_digits(self.text, at),
            _ => return false,
        }
        let mut chars = self.text[at..].chars();
        let len = chars.next().map_or(0, char::len_utf8);
        compound::joins(&self.text[at..at + len]) && chars.next().is_some_and(char::is_alphanumeric)
    }

    pub(super) fn next_run(&mut self) -> Option<Range<usize>> {
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

    /// Where an abbreviation like `U.S.` or a name like `C++` ends, if the run is its first letter; else where the run ends.
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
        if at > end {
            return at;
        }
        let signs =
            ["++", "#"].into_iter().find(|signs| bytes[end..].starts_with(signs.as_bytes())).map_or(0, str::len);
        let ends = !self.char_at(end + signs).is_some_and(|c| c.is_alphanumeric() || SIGNS.contains(&c));
        if ends { end + signs } else { end }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }
}

pub(super) fn make_forms(raw: &str) -> Option<Forms> {
    let mut chars = raw.chars().rev();
    let possessive = matches!(chars.next(), Some('s' | 'S')) && chars.next().is_some_and(is_apostrophe);
    let base = if possessive {
        let mut tail = raw.char_indices().rev();
        tail.nth(1).map_or(raw, |(at, _)| &raw[..at])
    } else {
        acronym::singular(raw).unwrap_or(raw)
    };
    let mut surface: String = fold(base).chars().filter(|c| c.is_alphanumeric() || SIGNS.contains(c)).collect();
    surface.truncate(surface.floor_char_boundary(MAX_SURFACE));
    if surface.is_empty() {
        return None;
    }
    let mut forms = Forms::uncut(&surface);
    forms.acronym = acronym::of(base, &surface);
    forms.cut = compound::cut(&surface, &forms.stem).map(|(at, kind)| {
        let (first, second) = surface.split_at(at);
        Box::new(Cut { kind, parts: [first, second].map(|part| Rc::new(Forms::uncut(part))) })
    });
    Some(forms)
}

/// Whether a sign behind a word ends it and joins it to nothing.
fn ends_plainly(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b',' | b';' | b':' | b'!' | b'?' | b'(' | b')' | b'"')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '＇')
}

/// What stands inside a word without being seen: combining marks, joiners, soft hyphens.
fn is_glue(c: char) -> bool {
    is_invisible(c) || unicode_normalization::char::is_combining_mark(c)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn surfaces(text: &str) -> Vec<String> {
        words(text).map(|word| word.forms.surface.to_string()).collect()
    }

    /// Text with much of what words are made of.
    pub(in super::super) fn wordy_text() -> impl Strategy<Value = String> {
        "\\PC{0,80}|[a-c.'’ \u{200b}糖é]{0,40}|((e|health|Care|19|COVID|WHO|IT|us|b|²|ﬁ|,000)[-/& .\n’+#\u{ad}]{0,2}){0,12}"
    }

    #[test]
    fn finds_the_words_of_headlines() {
        for (text, expected) in [
            ("Becker’s & Alzheimer's: 24/7", &["becker", "alzheimer", "24", "7"][..]),
            ("COVID-19, e-health", &["covid", "19", "e", "health"]),
            ("covid19 eHealth", &["covid", "19", "e", "health"]),
            ("HL7 v2.5", &["hl", "7", "v", "2", "5"]),
            ("U.S. and A.I. (i.e. the FDA).", &["us", "and", "ai", "ie", "the", "fda"]),
            ("C++ C# c, G#1 A+", &["c++", "c#", "c", "g", "1", "a"]),
            ("EHRs, PhDs and the FDA's GPs", &["ehr", "phd", "and", "the", "fda", "gp"]),
            ("J.P. Morgan’s don't", &["jp", "morgan", "dont"]),
            ("24\u{200b}3 cases of Mé\u{ad}nière", &["243", "cases", "of", "meniere"]),
            ("ﬁle ＡＩ", &["file", "ai"]),
            ("糖尿病 test", &["糖", "尿", "病", "test"]),
            ("nurses' 'quoted'", &["nurses", "quoted"]),
            ("a.b.cd", &["ab", "cd"]),
            ("...", &[]),
        ] {
            assert_eq!(surfaces(text), expected, "{text}");
        }
    }

    #[test]
    fn puts_acronyms_and_wholes_beside_words() {
        for (text, expected) in [
            ("WHO advice on e-health", "who+WHO advic on e+ehealth health"),
            ("who ehealth e health", "who e+ehealth health e+ehealth health"),
            ("eHealth’s health care", "e+ehealth health health+healthcar care"),
            ("U.S. WHO’s, many ORs", "us+US who+WHO mani or+OR"),
            ("WHO WE ARE", "who we are"),
            ("AT&T and R&D", "at+AT+att t and r+rd d"),
            ("24/7, a 30-day trial in 3-D", "24 7 a 30 day trial in 3+3d d"),
            ("BRCA-1 BRCA1 COVID-19", "brca 1 brca 1 covid+covid19 19"),
            ("point-of-care well-being", "point+pointofcar of care well+wellb be"),
            ("one-two-three-four a-b", "one two three four a+ab b"),
            ("health, care e. health", "health care e health"),
            ("AI/ML and Covid‑19", "ai+aiml ml and covid+covid19 19"),
            ("$50,000-a-year, €1,234,567.89", "50+50000 000 a year 1+1234567 234 567 89"),
            ("50, 000 a1,000 1,0000 1234,567 5,000m", "50 000 a 1 000 1 0000 1234 567 5 000m"),
        ] {
            let terms: Vec<String> = words(text).map(|word| word.terms().collect::<Vec<_>>().join("+")).collect();
            assert_eq!(terms.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn says_where_words_and_compounds_stand() {
        let text = "The healthcare of e-health, h\u{e9}alth\u{ad}care";
        let places: Vec<(&str, Option<&str>)> = words(text)
            .map(|word| (&text[word.range.clone()], word.compound.map(|whole| &text[word.range.start..whole.end])))
            .collect();
        let last = "h\u{e9}alth\u{ad}care";
        let expected = [
            ("The", None),
            ("health", Some("healthcare")),
            ("care", None),
            ("of", None),
            ("e", Some("e-health")),
            ("health", None),
            (last, Some(last)),
            (last, None),
        ];
        assert_eq!(places, expected);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn words_stand_in_order_inside_the_text(text in wordy_text()) {
            let mut before = 0..0;
            for word in words(&text) {
                let Range { start, end } = word.range.clone();
                prop_assert!(start < end && (start >= before.end || word.range == before));
                prop_assert!(text.get(word.range.clone()).is_some());
                prop_assert!(!word.forms.stem.is_empty() && word.forms.surface.len() <= MAX_SURFACE);
                if let Some(whole) = &word.compound {
                    prop_assert!(whole.end >= end && text.is_char_boundary(whole.end) && whole.words > 1);
                }
                before = word.range;
            }
        }

        #[test]
        fn a_surface_is_the_same_word_again(text in wordy_text()) {
            // Some signs fold to ideographs, and those are words by themselves.
            let is_run = |word: &Word| !word.forms.surface.contains(is_ideograph);
            for word in words(&text).filter(is_run) {
                let again: Vec<Word> = words(&word.forms.surface).collect();
                let whole = again[0].compound.as_ref().filter(|whole| whole.words == again.len()).map(|whole| &whole.forms);
                let forms = if again.len() == 1 { Some(&again[0].forms) } else { whole };
                let same = |forms: &Rc<Forms>| (forms.surface == word.forms.surface, forms.stem == word.forms.stem);
                prop_assert_eq!(forms.map(same), Some((true, true)), "{:?} {:?}", word, again);
            }
        }

        #[test]
        fn text_in_front_of_a_line_break_changes_no_word_behind_it(before in wordy_text(), text in wordy_text()) {
            let alone: Vec<Vec<String>> = words(&text).map(|word| word.terms().map(str::to_owned).collect()).collect();
            let whole = format!("{before}\n{text}");
            let behind: Vec<Vec<String>> = words(&whole)
                .filter(|word| word.range.start > before.len())
                .map(|word| word.terms().map(str::to_owned).collect())
                .collect();
            prop_assert_eq!(alone, behind);
        }

        #[test]
        fn forms_begin_with_the_first_letter_of_the_word(raw in "[A-Za-z0-9][A-Za-z0-9']{0,10}[A-Za-z0-9]|[A-Za-z0-9]") {
            let forms = make_forms(&raw).unwrap();
            let first = raw.to_ascii_lowercase().chars().next();
            prop_assert_eq!((forms.surface.chars().next(), forms.stem.chars().next()), (first, first));
        }
    }
}
