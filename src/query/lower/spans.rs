//! [`Spans`]: where the words of a query stand in the documents of one segment.

use std::ops::Range;

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, SegmentReader, Term};

/// Ways in which a word or phrase may be written, each as terms one behind the other.
pub(crate) type Ways = [Vec<Term>];

/// Where one word or phrase stands, to be asked for documents in ascending order.
pub(crate) struct Spans {
    ways: Vec<Vec<SegmentPostings>>,
    /// Room for the positions of one term.
    positions: Vec<u32>,
}

impl Spans {
    /// In one segment. What is not in it is nowhere.
    pub(crate) fn new(ways: &Ways, segment: &SegmentReader) -> tantivy::Result<Self> {
        let each = |terms: &Vec<Term>| {
            terms.iter().map(|term| postings_of(term, segment)).collect::<tantivy::Result<Option<Vec<_>>>>()
        };
        let ways: Vec<Option<_>> = ways.iter().map(each).collect::<tantivy::Result<_>>()?;
        Ok(Self { ways: ways.into_iter().flatten().collect(), positions: Vec::new() })
    }

    /// The places in a document, in order, as ranges of positions. `doc` must not be less than in the call before.
    pub(crate) fn of(&mut self, doc: DocId, places: &mut Vec<Range<u32>>) {
        places.clear();
        for terms in &mut self.ways {
            if terms.iter_mut().all(|postings| is_at(postings, doc)) {
                append(terms, &mut self.positions, places);
            }
        }
        places.sort_unstable_by_key(|place| (place.start, place.end));
        places.dedup();
    }
}

/// Where a term stands in the documents of a segment; `None` if it is in none.
pub(super) fn postings_of(term: &Term, segment: &SegmentReader) -> tantivy::Result<Option<SegmentPostings>> {
    let index = segment.inverted_index(term.field())?;
    Ok(index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?)
}

/// The positions in the document that it is at, each once: a word of the title stands several times at one position.
pub(super) fn positions_of(postings: &mut SegmentPostings, positions: &mut Vec<u32>) {
    postings.positions(positions);
    positions.dedup();
}

/// Whether a document has the term, which has not been passed.
pub(super) fn is_at(postings: &mut SegmentPostings, doc: DocId) -> bool {
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}

/// Appends where the terms stand one behind the other in the document that all of them are at.
fn append(terms: &mut [SegmentPostings], positions: &mut Vec<u32>, places: &mut Vec<Range<u32>>) {
    let len = terms.len() as u32;
    let Some((first, rest)) = terms.split_first_mut() else { return };
    let from = places.len();
    positions_of(first, positions);
    places.extend(positions.iter().map(|start| *start..start + len));
    for (postings, behind) in rest.iter_mut().zip(1..) {
        positions_of(postings, positions);
        let mut kept = from;
        for at in from..places.len() {
            if positions.binary_search(&(places[at].start + behind)).is_ok() {
                places.swap(kept, at);
                kept += 1;
            }
        }
        places.truncate(kept);
    }
}
