//! The bridge from [`super::words`] to Tantivy's tokenizers.

use std::cell::RefCell;
use std::mem;
use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::parts::{PartStream, Starts};
use super::plain::{Plain, TextNumber, next_text};
use super::word::{Indexed, Word, Words, words};
use crate::article::Part;

/// How often a word of the title counts, beside one of the other texts that counts once (`docs/RELEVANCE.md`).
pub(crate) const TITLE_WEIGHT: usize = 3;
/// Tells which text is behind it: title, excerpt, body, another one. No text of an article holds such characters.
const MARKS: [char; 4] = ['\u{1}', '\u{2}', '\u{3}', '\u{4}'];
/// The longest text, in bytes, that is analysed once for both fields.
const MAX_REMEMBERED: usize = 1 << 20;

/// The texts of an article in one string. The words of the title count [`TITLE_WEIGHT`] times in the field that [`Stems`] analyses.
///
/// This is how one field ranks a word in the title over one in the body: BM25F with whole-number weights is BM25 over a
/// text in which each field is repeated (Robertson, Zaragoza and Taylor 2004, §3). The repetitions of a word share one
/// position, so that phrases are unaffected; between texts a position is left free, so that no phrase reaches from one to the
/// next.
#[derive(Debug, Default)]
pub(crate) struct Weighted(String);

impl Weighted {
    /// Room for texts of so many bytes in all.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Adds a text: one of the parts, each of which comes once and in their order, or one of those behind them.
    pub(crate) fn push(&mut self, text: &str, part: Option<Part>) {
        self.0.push(MARKS[part.map_or(MARKS.len() - 1, |part| part as usize)]);
        self.0.push_str(text);
    }

    /// What is to be analysed.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tokens are the terms of words, repeated by the weight of the text. All terms of a word share its position.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stems;

/// Tokens are the surfaces of words and compounds that are not terms already, in no particular order, and without positions. Some may
/// come more than once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surfaces;

/// Tokens are the names of the texts, where these begin, see [`Starts`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Parts;

/// What the text holds that [`Stems`] analysed last in this thread.
///
/// The engine has a document's texts analysed field by field, so that [`Parts`] and [`Surfaces`] are asked next for the same text.
#[derive(Default)]
struct Remembered {
    text: String,
    /// One behind the other.
    surfaces: String,
    ends: Vec<usize>,
    starts: Starts,
}

impl Remembered {
    fn clear(&mut self) {
        self.text.clear();
        self.surfaces.clear();
        self.ends.clear();
        self.starts = Starts::default();
    }

    fn push(&mut self, surface: &str) {
        self.surfaces.push_str(surface);
        self.ends.push(self.surfaces.len());
    }

    /// Takes the surface that is `raw` in lower case.
    fn push_lowered(&mut self, raw: &str) {
        let start = self.surfaces.len();
        self.push(raw);
        self.surfaces[start..].make_ascii_lowercase();
    }
}

thread_local! {
    static REMEMBERED: RefCell<Remembered> = RefCell::default();
}

impl Tokenizer for Stems {
    type TokenStream<'a> = StemStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StemStream<'a> {
        let mut remembered = REMEMBERED.take();
        remembered.clear();
        StemStream {
            text,
            number: next_text(),
            words: words(text),
            end: 0,
            weight: 1,
            left: 0,
            word: None,
            token: Token::default(),
            starts: Starts::default(),
            remembered,
        }
    }
}

impl Tokenizer for Parts {
    type TokenStream<'a> = PartStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> PartStream {
        let known = REMEMBERED
            .with_borrow(|remembered| (!text.is_empty() && remembered.text == text).then_some(remembered.starts));
        let starts = known.unwrap_or_else(|| {
            let mut stems = Stems;
            let mut stream = stems.token_stream(text);
            while stream.advance() {}
            stream.starts()
        });
        PartStream::new(starts)
    }
}

impl Tokenizer for Surfaces {
    type TokenStream<'a> = SurfaceStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SurfaceStream<'a> {
        let is_known = REMEMBERED.with_borrow(|remembered| !text.is_empty() && remembered.text == text);
        let surfaces = if is_known {
            Source::Remembered { all: REMEMBERED.take(), next: 0, start: 0 }
        } else {
            Source::Text(words(text), Vec::new())
        };
        SurfaceStream { surfaces, token: Token::default() }
    }
}

/// The tokens of [`Stems`].
pub(crate) struct StemStream<'a> {
    text: &'a str,
    number: TextNumber,
    words: Words<'a>,
    /// Where the last word ended.
    end: usize,
    weight: usize,
    left: usize,
    /// The word whose terms are under way, and how many of them are done.
    word: Option<(Word, usize)>,
    token: Token,
    starts: Starts,
    remembered: Remembered,
}

impl StemStream<'_> {
    /// Whether the surfaces are wanted once more.
    fn remembers(&self) -> bool {
        self.text.len() <= MAX_REMEMBERED
    }

    /// Where the texts before the next word begin.
    fn starts(&self) -> Starts {
        self.starts
    }

    /// Hands over what was met, once there are no more words.
    fn hand_over(&mut self) {
        let mut remembered = mem::take(&mut self.remembered);
        if self.remembers() {
            remembered.text.push_str(self.text);
            remembered.starts = self.starts;
        }
        REMEMBERED.set(remembered);
    }

    /// Goes to the place of a word. A mark before it sets its weight, and leaves a place free if it is not the first.
    fn step_to(&mut self, range: &Range<usize>) {
        // The second part of a compound may have the place of the first.
        let between = self.text.as_bytes().get(self.end..range.start).unwrap_or_default();
        let mark = between.iter().rev().find_map(|byte| MARKS.iter().position(|mark| *mark as u32 == u32::from(*byte)));
        let is_first = self.token.position == usize::MAX;
        if let Some(mark) = mark {
            self.weight = if mark == Part::Title as usize { TITLE_WEIGHT } else { 1 };
        }
        self.token.position = self.token.position.wrapping_add(if mark.is_some() && !is_first { 2 } else { 1 });
        if let Some(mark) = mark {
            self.starts.begin(mark, self.token.position);
        }
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        self.end = range.end;
        self.left = self.weight - 1;
    }

    fn take_plain(&mut self, range: Range<usize>, plain: Plain) {
        self.token.text.push_str(plain.stem());
        if plain.has_new_surface && self.remembers() {
            self.remembered.push_lowered(&self.text[range]);
        }
    }

    fn take_word(&mut self, word: Word) {
        self.token.text.push_str(&word.forms.stem);
        if self.remembers() {
            own_surfaces(&word).for_each(|surface| self.remembered.push(surface));
        }
        if word.has_more_terms() {
            self.word = Some((word, 1));
        }
    }
}

/// The surfaces at the place of a word that are to be indexed.
fn own_surfaces(word: &Word) -> impl Iterator<Item = &str> {
    let whole = word.compound.as_ref().filter(|whole| whole.has_own_surface()).map(|whole| &*whole.forms.surface);
    let own = Some(&*word.forms.surface).filter(|_| word.forms.has_own_surface());
    whole.into_iter().chain(own)
}

impl TokenStream for StemStream<'_> {
    fn advance(&mut self) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        if let Some((word, done)) = &mut self.word {
            if let Some(term) = word.terms().nth(*done) {
                *done += 1;
                self.token.text.clear();
                self.token.text.push_str(term);
                self.left = self.weight - 1;
                return true;
            }
            self.word = None;
        }
        let Some((range, word)) = self.words.next_indexed(self.number) else {
            self.hand_over();
            return false;
        };
        self.step_to(&range);
        self.token.text.clear();
        match word {
            Indexed::Plain(plain) => self.take_plain(range, plain),
            Indexed::Any(word) => self.take_word(word),
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// The tokens of [`Surfaces`].
pub(crate) struct SurfaceStream<'a> {
    surfaces: Source<'a>,
    token: Token,
}

enum Source<'a> {
    /// The words of a text, and the surfaces of the last one.
    Text(Words<'a>, Vec<String>),
    /// The number of the next surface, and where it starts.
    Remembered { all: Remembered, next: usize, start: usize },
}

impl TokenStream for SurfaceStream<'_> {
    fn advance(&mut self) -> bool {
        let text = &mut self.token.text;
        match &mut self.surfaces {
            Source::Text(words, left) => loop {
                if let Some(surface) = left.pop() {
                    *text = surface;
                    break;
                }
                let Some(word) = words.next() else { return false };
                left.extend(own_surfaces(&word).map(str::to_owned));
            },
            Source::Remembered { all, next, start } => {
                let Some(&end) = all.ends.get(*next) else { return false };
                text.clear();
                text.push_str(&all.surfaces[*start..end]);
                (*next, *start) = (*next + 1, end);
            }
        }
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::word::tests::wordy_text;
    use super::*;
    use proptest::prelude::*;

    fn tokens(mut tokenizer: impl Tokenizer, text: &str) -> Vec<(usize, String)> {
        let mut stream = tokenizer.token_stream(text);
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push((stream.token().position, stream.token().text.clone()));
        }
        tokens
    }

    /// A number in letters.
    fn letters(number: usize) -> String {
        [number / 676, number / 26 % 26, number % 26].map(|digit| char::from(b'a' + digit as u8)).iter().collect()
    }

    /// Text as it is, and text with much of what words are made of.
    fn text() -> impl Strategy<Value = String> {
        const WORDS: [&str; 21] = [
            "health",
            "care",
            "Health",
            "policies",
            "Partnerships",
            "patient's",
            "EHRs",
            "WHO",
            "us",
            "of",
            "telehealth",
            "tech",
            "interoperability",
            "telecommunications",
            "electroencephalogram",
            "Québec",
            "e",
            "mails",
            "COVID",
            "19",
            "C++",
        ];
        let word = (prop::sample::select(&WORDS[..]), prop::sample::select(&[" ", " ", " ", ", ", "-", "\n"][..]));
        let news = prop::collection::vec(word, 0..60);
        prop_oneof![
            news.prop_map(|words| words.into_iter().flat_map(|(word, sign)| [word, sign]).collect::<String>()),
            wordy_text(),
        ]
    }

    #[test]
    fn repeats_weighted_words_at_one_position_and_leaves_one_free_between_texts() {
        let mut text = Weighted::default();
        text.push("Big partnerships", Some(Part::Title));
        text.push("...", Some(Part::Excerpt));
        text.push("Big", Some(Part::Body));
        text.push("big", None);
        text.push("data", None);
        let expected = [(0, "big"), (0, "big"), (0, "big"), (1, "partnership"), (1, "partnership"), (1, "partnership")];
        let expected = expected.into_iter().chain([(3, "big"), (5, "big"), (7, "data")]);
        let expected: Vec<_> = expected.map(|(position, text)| (position, text.to_owned())).collect();
        assert_eq!(tokens(Stems, text.as_str()), expected);
        let parts = [(3, "body".to_owned()), (5, "other".to_owned())];
        assert_eq!(tokens(Parts, text.as_str()), parts);
        tokens(Stems, "other text");
        assert_eq!(tokens(Parts, text.as_str()), parts, "remembered or not");
    }

    #[test]
    fn puts_all_terms_of_a_word_at_its_position() {
        let mut text = Weighted::default();
        text.push("WHO on e-health", Some(Part::Title));
        let expected = [(0, "who"), (0, "WHO"), (1, "on"), (2, "e"), (2, "ehealth"), (3, "health")];
        let repeated =
            expected.into_iter().flat_map(|(position, text)| vec![(position, text.to_owned()); TITLE_WEIGHT]);
        assert_eq!(tokens(Stems, text.as_str()), repeated.collect::<Vec<_>>());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn tokens_are_the_terms_of_the_words(text in text(), is_title: bool) {
            let mut weighted = Weighted::default();
            weighted.push(&text, is_title.then_some(Part::Title));
            let weight = if is_title { TITLE_WEIGHT } else { 1 };
            let terms = words(&text).enumerate().flat_map(|(position, word)| {
                let terms: Vec<String> = word.terms().map(str::to_owned).collect();
                terms.into_iter().flat_map(move |term| vec![(position, term); weight])
            });
            prop_assert_eq!(tokens(Stems, weighted.as_str()), terms.collect::<Vec<_>>());
        }

        #[test]
        fn surfaces_are_those_of_the_words_that_are_no_stems(texts in prop::collection::vec(text(), 1..4)) {
            for text in &texts {
                let all: Vec<Word> = words(text).collect();
                let expected: BTreeSet<String> = all.iter().flat_map(own_surfaces).map(str::to_owned).collect();
                let surfaces = || tokens(Surfaces, text).into_iter().map(|(_, text)| text).collect::<BTreeSet<_>>();
                prop_assert_eq!(&surfaces(), &expected);
                tokens(Stems, text);
                prop_assert_eq!(&surfaces(), &expected);
            }
        }
    }

    #[test]
    fn knows_more_words_than_there_is_room_for() {
        let all: Vec<String> = (0..6000).map(|number| format!("Bab{}ing", letters(number))).collect();
        let text = all.join(" ");
        for _ in 0..2 {
            let stems: Vec<String> = tokens(Stems, &text).into_iter().map(|(_, text)| text).collect();
            let surfaces: BTreeSet<String> = tokens(Surfaces, &text).into_iter().map(|(_, text)| text).collect();
            assert!(words(&text).map(|word| word.forms.stem.to_string()).eq(stems));
            assert!(words(&text).map(|word| word.forms.surface.to_string()).collect::<BTreeSet<_>>() == surfaces);
        }
    }

    #[test]
    fn gives_the_same_surfaces_whether_remembered_or_not() {
        let text = "\u{3}Big partnerships\u{1}big Partnerships of big data BRCA1 health-care";
        let surfaces = || {
            let mut surfaces: Vec<String> = tokens(Surfaces, text).into_iter().map(|(_, text)| text).collect();
            surfaces.sort_unstable();
            surfaces.dedup();
            surfaces
        };
        let fresh = surfaces();
        tokens(Stems, text);
        assert_eq!(surfaces(), fresh);
        tokens(Stems, "other");
        assert_eq!(surfaces(), fresh);
        assert_eq!(fresh, ["brca1", "healthcare", "partnerships"], "the others are terms");
    }
}
