//! The bridge from [`super::words`] to Tantivy's tokenizers.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::word::{Words, words};

/// Marks the weight of a text that follows it, see [`weighted`].
const WEIGHT_MARKS: [char; 3] = ['\u{1}', '\u{2}', '\u{3}'];

/// Text whose words count `weight` times (1 to 3) in the field that [`Stems`] analyses.
///
/// This is how one field ranks a word in the title over one in the body: BM25F with whole-number weights is BM25 over a
/// text in which each field is repeated (Robertson, Zaragoza and Taylor 2004, §3). The repetitions of a word share one
/// position, so that phrases are unaffected.
pub(crate) fn weighted(text: &str, weight: usize) -> String {
    let mark = WEIGHT_MARKS[weight.clamp(1, WEIGHT_MARKS.len()) - 1];
    let mut marked = String::with_capacity(text.len() + 1);
    marked.push(mark);
    marked.push_str(text);
    marked
}

/// Tokens are stems, repeated by the weight of the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stems;

/// Tokens are surfaces, once each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surfaces;

impl Tokenizer for Stems {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        let mark = WEIGHT_MARKS.iter().position(|&mark| text.starts_with(mark));
        WordStream::new(text, Form::Stem, mark.map_or(1, |at| at + 1))
    }
}

impl Tokenizer for Surfaces {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream::new(text, Form::Surface, 1)
    }
}

#[derive(Clone, Copy)]
enum Form {
    Stem,
    Surface,
}

/// The token stream of both tokenizers.
pub(crate) struct WordStream<'a> {
    words: Words<'a>,
    form: Form,
    repeat: usize,
    left: usize,
    token: Token,
}

impl<'a> WordStream<'a> {
    fn new(text: &'a str, form: Form, repeat: usize) -> Self {
        Self { words: words(text), form, repeat, left: 0, token: Token::default() }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return true;
        }
        let Some(word) = self.words.next() else { return false };
        self.left = self.repeat - 1;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.range.start;
        self.token.offset_to = word.range.end;
        self.token.text.clear();
        self.token.text.push_str(match self.form {
            Form::Stem => &word.forms.stem,
            Form::Surface => &word.forms.surface,
        });
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
    use super::*;

    #[test]
    fn repeats_weighted_words_at_one_position() {
        let text = weighted("Big partnerships", 2);
        let mut stems = Stems;
        let mut stream = stems.token_stream(&text);
        let mut tokens = Vec::new();
        while stream.advance() {
            tokens.push((stream.token().position, stream.token().text.clone()));
        }
        let expected = [(0, "big"), (0, "big"), (1, "partnership"), (1, "partnership")];
        assert_eq!(tokens, expected.map(|(position, text)| (position, text.to_owned())));
    }
}
