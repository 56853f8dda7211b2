//! The bridge from [`super::words`] to Tantivy's tokenizers.

use std::cell::RefCell;
use std::rc::Rc;
use std::{mem, vec};

use rustc_hash::FxHashSet;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::word::{Forms, Word, Words, words};

/// Marks the weight of the text behind it, see [`Weighted`]. No text of an article holds such characters.
const MARKS: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];
/// The longest text, in bytes, that is analysed once for both fields.
const MAX_REMEMBERED: usize = 1 << 20;

/// The texts of an article in one string, each with a weight from 1 to 3: its words count so many times in the field that [`Stems`]
/// analyses.
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

    /// Adds a text.
    pub(crate) fn push(&mut self, text: &str, weight: usize) {
        self.0.push(MARKS[weight.clamp(1, MARKS.len()) - 1]);
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

/// The different words of the text that [`Stems`] analysed last in this thread.
///
/// The engine has a document's texts analysed field by field, so that [`Surfaces`] is asked next for the words of the same text.
#[derive(Default)]
struct Remembered {
    text: String,
    words: Vec<Rc<Forms>>,
    seen: FxHashSet<*const Forms>,
}

thread_local! {
    static REMEMBERED: RefCell<Remembered> = RefCell::default();
}

impl Tokenizer for Stems {
    type TokenStream<'a> = StemStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StemStream<'a> {
        let mut remembered = REMEMBERED.take();
        remembered.text.clear();
        remembered.words.clear();
        remembered.seen.clear();
        StemStream {
            text,
            words: words(text),
            end: 0,
            weight: 1,
            left: 0,
            word: None,
            token: Token::default(),
            remembered,
        }
    }
}

impl Tokenizer for Surfaces {
    type TokenStream<'a> = SurfaceStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SurfaceStream<'a> {
        let known = REMEMBERED.with_borrow_mut(|remembered| {
            (!text.is_empty() && remembered.text == text).then(|| mem::take(&mut remembered.words))
        });
        let words =
            known.map_or_else(|| Source::Text(words(text), Vec::new()), |words| Source::Remembered(words.into_iter()));
        SurfaceStream { words, token: Token::default() }
    }
}

/// The tokens of [`Stems`].
pub(crate) struct StemStream<'a> {
    text: &'a str,
    words: Words<'a>,
    /// Where the last word ended.
    end: usize,
    weight: usize,
    left: usize,
    /// The word whose terms are under way, and how many of them are done.
    word: Option<(Word, usize)>,
    token: Token,
    remembered: Remembered,
}

impl StemStream<'_> {
    /// Remembers the forms of which the surface is to be indexed.
    fn remember(&mut self, forms: Rc<Forms>, has_own_surface: bool) {
        let is_new = has_own_surface && self.text.len() <= MAX_REMEMBERED;
        if is_new && self.remembered.seen.insert(Rc::as_ptr(&forms)) {
            self.remembered.words.push(forms);
        }
    }

    /// Hands the words over, once there are no more.
    fn hand_over(&mut self) {
        let mut remembered = mem::take(&mut self.remembered);
        if self.text.len() <= MAX_REMEMBERED {
            remembered.text.push_str(self.text);
        }
        REMEMBERED.set(remembered);
    }
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
        let Some(word) = self.words.next() else {
            self.hand_over();
            return false;
        };
        // The second part of a compound may have the place of the first.
        let between = self.text.as_bytes().get(self.end..word.range.start).unwrap_or_default();
        let mark = between.iter().rev().find_map(|byte| MARKS.iter().position(|mark| *mark as u32 == u32::from(*byte)));
        let is_first = self.token.position == usize::MAX;
        if let Some(mark) = mark {
            self.weight = mark + 1;
        }
        self.token.position = self.token.position.wrapping_add(if mark.is_some() && !is_first { 2 } else { 1 });
        self.token.offset_from = word.range.start;
        self.token.offset_to = word.range.end;
        self.token.text.clear();
        self.token.text.push_str(&word.forms.stem);
        self.end = word.range.end;
        self.left = self.weight - 1;
        if let Some(compound) = &word.compound {
            self.remember(compound.forms.clone(), compound.has_own_surface());
        }
        let has_own_surface = word.forms.has_own_surface();
        if word.has_more_terms() {
            self.remember(word.forms.clone(), has_own_surface);
            self.word = Some((word, 1));
        } else {
            self.remember(word.forms, has_own_surface);
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
    words: Source<'a>,
    token: Token,
}

enum Source<'a> {
    /// The words of a text, and the surfaces of the last one.
    Text(Words<'a>, Vec<Rc<Forms>>),
    Remembered(vec::IntoIter<Rc<Forms>>),
}

impl TokenStream for SurfaceStream<'_> {
    fn advance(&mut self) -> bool {
        let next = match &mut self.words {
            Source::Text(words, left) => loop {
                if let Some(forms) = left.pop() {
                    break Some(forms);
                }
                let Some(word) = words.next() else { break None };
                left.extend(word.compound.filter(|compound| compound.has_own_surface()).map(|compound| compound.forms));
                left.extend(Some(word.forms).filter(|forms| forms.has_own_surface()));
            },
            Source::Remembered(words) => words.next(),
        };
        let Some(forms) = next else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(&forms.surface);
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

    #[test]
    fn repeats_weighted_words_at_one_position_and_leaves_one_free_between_texts() {
        let mut text = Weighted::default();
        text.push("Big partnerships", 2);
        text.push("...", 3);
        text.push("Big", 1);
        let expected = [(0, "big"), (0, "big"), (1, "partnership"), (1, "partnership"), (3, "big")];
        assert_eq!(tokens(Stems, text.as_str()), expected.map(|(position, text)| (position, text.to_owned())));
    }

    #[test]
    fn puts_all_terms_of_a_word_at_its_position() {
        let mut text = Weighted::default();
        text.push("WHO on e-health", 2);
        let expected = [(0, "who"), (0, "WHO"), (1, "on"), (2, "e"), (2, "ehealth"), (3, "health")];
        let twice = expected
            .into_iter()
            .flat_map(|(position, text)| [(position, text.to_owned()), (position, text.to_owned())]);
        assert_eq!(tokens(Stems, text.as_str()), twice.collect::<Vec<_>>());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn tokens_are_the_terms_of_the_words(text in wordy_text(), weight in 1usize..4) {
            let mut weighted = Weighted::default();
            weighted.push(&text, weight);
            let terms = words(&text).enumerate().flat_map(|(position, word)| {
                let terms: Vec<String> = word.terms().map(str::to_owned).collect();
                terms.into_iter().flat_map(move |term| vec![(position, term); weight])
            });
            prop_assert_eq!(tokens(Stems, weighted.as_str()), terms.collect::<Vec<_>>());
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
