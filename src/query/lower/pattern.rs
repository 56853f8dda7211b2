//! [`Pattern`]: what a leaf of a query looks like in a text, for highlighting.

use tantivy::Term;

use crate::index::Fields;
use crate::index::analysis::{Likely, Word};

/// What a leaf looks like in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The terms of one of these sequences at one place after the other.
    Terms(Vec<Vec<Box<str>>>),
    /// A term or a surface that begins like one of these.
    Prefix(Vec<String>),
}

impl Pattern {
    /// Where in the text it ends, if it begins with `first`, the last of the `words`.
    pub(crate) fn end(&self, first: &Word, words: &mut Likely<'_>) -> Option<usize> {
        match self {
            Self::Terms(sequences) => sequences.iter().filter_map(|terms| sequence_end(terms, first, words)).max(),
            Self::Prefix(prefixes) => prefixes.iter().filter_map(|prefix| prefix_end(prefix, first)).max(),
        }
    }

    /// The sequences as terms of the index; `None` for what looks for beginnings.
    pub(crate) fn ways(&self, fields: &Fields) -> Option<Vec<Vec<Term>>> {
        let Self::Terms(sequences) = self else { return None };
        let term = |text: &str| Term::from_field_text(fields.text, text);
        Some(sequences.iter().map(|terms| terms.iter().map(|text| term(text)).collect()).collect())
    }

    /// The terms that it begins with, or how they begin.
    pub(crate) fn heads(&self) -> impl Iterator<Item = &str> {
        let (sequences, prefixes) = match self {
            Self::Terms(sequences) => (sequences.as_slice(), &[][..]),
            Self::Prefix(prefixes) => (&[][..], prefixes.as_slice()),
        };
        sequences
            .iter()
            .filter_map(|terms| terms.first())
            .map(|term| &**term)
            .chain(prefixes.iter().map(String::as_str))
    }
}

/// Each term stands at the place of one word; a whole at the end has all of its compound.
fn sequence_end(terms: &[Box<str>], first: &Word, words: &mut Likely<'_>) -> Option<usize> {
    let (head, rest) = terms.split_first()?;
    let end = term_end(head, first)?;
    rest.iter().enumerate().try_fold(end, |_, (places, term)| term_end(term, words.behind(places)?))
}

fn term_end(term: &str, word: &Word) -> Option<usize> {
    let is_word = *word.forms.stem == *term || word.acronym() == Some(term);
    let whole = word.compound.as_ref().filter(|compound| compound.term() == Some(term)).map(|whole| whole.end);
    whole.or(is_word.then_some(word.range.end))
}

fn prefix_end(prefix: &str, word: &Word) -> Option<usize> {
    let begins = |form: &str| form.starts_with(prefix);
    let whole = word.compound.as_ref().filter(|whole| begins(&whole.forms.surface) || begins(&whole.forms.stem));
    let is_word = begins(&word.forms.surface) || begins(&word.forms.stem);
    whole.map(|whole| whole.end).or(is_word.then_some(word.range.end))
}
