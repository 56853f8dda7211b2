//! How a word is written that articles have only as a chain of others: `learning-based`.
//!
//! The whole of a chain is a term in the place of its first word, as if it were written in one (`learningbased`), so that either way of
//! writing finds the other. It is no word to be shown.

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use crate::index::analysis::words;
use crate::search::dictionary::Dictionary;

/// A chain has so many words at most.
const LONGEST: usize = 3;

/// The surface with hyphens between its words, if it stands as a chain where the first article has it first. Costs the beginning of
/// the postings of all that the surface could be cut into.
pub(super) fn hyphenated(dictionary: Dictionary<'_>, surface: &str) -> tantivy::Result<Option<String>> {
    let mut analysed = words(surface);
    let (first, second) = (analysed.next(), analysed.next());
    // A known compound or a code is cut without a hyphen.
    let (Some(whole), None) = (first, second) else { return Ok(None) };
    for segment in dictionary.segments {
        let place = Place { dictionary, segment };
        let Some((doc, positions)) = place.at(&dictionary.stem(&whole.forms.stem), 0)? else { continue };
        let parts = positions.first().map(|position| place.parts(surface, doc, *position, LONGEST)).transpose()?;
        return Ok(parts.flatten().filter(|parts| parts.len() > 1).map(|parts| parts.join("-")));
    }
    Ok(None)
}

/// The words of one segment.
struct Place<'a> {
    dictionary: Dictionary<'a>,
    segment: &'a SegmentReader,
}

impl Place<'_> {
    /// The first article from `doc` on that has a term, and where.
    fn at(&self, term: &Term, doc: DocId) -> tantivy::Result<Option<(DocId, Vec<u32>)>> {
        let index = self.segment.inverted_index(term.field())?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)? else {
            return Ok(None);
        };
        if postings.doc() < doc {
            postings.seek(doc);
        }
        let alive = self.segment.alive_bitset();
        while postings.doc() != TERMINATED && alive.is_some_and(|alive| alive.is_deleted(postings.doc())) {
            postings.advance();
        }
        if postings.doc() == TERMINATED {
            return Ok(None);
        }
        let mut positions = Vec::new();
        postings.positions(&mut positions);
        Ok(Some((postings.doc(), positions)))
    }

    /// The words, `most` of them at most, that stand one behind the other from a position on and are written as these letters together.
    fn parts<'t>(
        &self,
        letters: &'t str,
        doc: DocId,
        position: u32,
        most: usize,
    ) -> tantivy::Result<Option<Vec<&'t str>>> {
        let cuts = letters.char_indices().map(|(at, _)| at).skip(1).filter(|_| most > 1);
        for at in cuts.chain([letters.len()]) {
            let (part, rest) = letters.split_at(at);
            if !self.stands(part, doc, position)? {
                continue;
            }
            if rest.is_empty() {
                return Ok(Some(vec![part]));
            }
            if let Some(mut behind) = self.parts(rest, doc, position + 1, most - 1)? {
                behind.insert(0, part);
                return Ok(Some(behind));
            }
        }
        Ok(None)
    }

    /// Whether a word stands at a position.
    fn stands(&self, word: &str, doc: DocId, position: u32) -> tantivy::Result<bool> {
        let Some(term) = self.dictionary.term(word) else { return Ok(false) };
        let found = self.at(&term, doc)?;
        Ok(found.is_some_and(|(at, positions)| at == doc && positions.contains(&position)))
    }
}
