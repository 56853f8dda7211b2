//! [`Pattern`]: what a leaf of a query looks like in a text, for highlighting.

use tantivy::Term;

use crate::index::Fields;
use crate::index::analysis::Word;

/// What a leaf looks like in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The terms of one of these sequences at one place after the other.
    Terms(Vec<Vec<Box<str>>>),
    /// A term or a surface that begins like one of these.
    Prefix(Vec<String>),
}

impl Pattern {
    /// Where in the text it ends, if it matches at the head of `words`. Words that cannot be meant come as `None`.
    pub(crate) fn end(&self, words: &[Option<Word>]) -> Option<usize> {
        match self {
            Self::Terms(sequences) => sequences.iter().filter_map(|terms| sequence_end(terms, words)).max(),
            Self::Prefix(prefixes) => {
                let word = words.first()?.as_ref()?;
                prefixes.iter().filter_map(|prefix| prefix_end(prefix, word)).max()
            }
        }
    }

    /// The sequences as terms of the index; `None` for what looks for beginnings.
    pub(crate) fn ways(&self, fields: &Fields) -> Option<Vec<Vec<Term>>> {
        let Self::Terms(sequences) = self else { return None };
        let term = |text: &str| Term::from_field_text(fields.text, text);
        Some(sequences.iter().map(|terms| terms.iter().map(|text| term(text)).collect()).collect())
    }

    /// The terms or the beginnings that it looks for.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        let (sequences, prefixes) = match self {
            Self::Terms(sequences) => (sequences.as_slice(), &[][..]),
            Self::Prefix(prefixes) => (&[][..], prefixes.as_slice()),
        };
        sequences.iter().flatten().map(|term| &**term).chain(prefixes.iter().map(String::as_str))
    }

    /// Whether it matches a word whatever stands behind that.
    pub(crate) fn is_one_place(&self) -> bool {
        match self {
            Self::Terms(sequences) => sequences.iter().all(|terms| terms.len() == 1),
            Self::Prefix(_) => true,
        }
    }
}

/// Each term stands at the place of one word; a whole at the end has all of its compound.
fn sequence_end(terms: &[Box<str>], words: &[Option<Word>]) -> Option<usize> {
    let mut end = None;
    for (at, term) in terms.iter().enumerate() {
        let word = words.get(at)?.as_ref()?;
        let is_word = word.forms.stem == *term || word.acronym() == Some(&**term);
        let whole = word.compound.as_ref().filter(|compound| compound.term() == Some(&**term)).map(|whole| whole.end);
        end = Some(whole.or(is_word.then_some(word.range.end))?);
    }
    end
}

fn prefix_end(prefix: &str, word: &Word) -> Option<usize> {
    let begins = |form: &str| form.starts_with(prefix);
    let whole = word.compound.as_ref().filter(|whole| begins(&whole.forms.surface) || begins(&whole.forms.stem));
    let is_word = begins(&word.forms.surface) || begins(&word.forms.stem);
    whole.map(|whole| whole.end).or(is_word.then_some(word.range.end))
}
