//! [`WeighedTerm`]: one term with its weight in BM25, and [`TermPostings`]: where it stands in one segment.
//!
//! Nearly all that is searched are terms, and their postings come out of the index in blocks of 128. Taken as they come, a document
//! and its score cost a nanosecond or two; the engine, which asks for one document after the other through a pointer, takes longer
//! to find out which of them it may leave out.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight, EnableScoring, Query as _, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, SegmentReader, TERMINATED, Term};

/// A term of a searched text with its weight.
pub(crate) struct WeighedTerm {
    term: Term,
    bm25: Bm25Weight,
}

impl WeighedTerm {
    /// Looks up how frequent the term is. `boost` multiplies its scores.
    pub(super) fn new(term: &Term, boost: Score, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Self> {
        let docs = statistics.total_num_docs()?;
        let average_length = statistics.total_num_tokens(term.field())? as Score / docs as Score;
        let bm25 = Bm25Weight::for_one_term_without_explain(statistics.doc_freq(term)?, docs, average_length);
        Ok(Self { term: term.clone(), bm25: bm25.boost_by(boost) })
    }

    /// The engine's weight for it, to be combined with others. Its scores are those of the engine, without the boost.
    pub(super) fn engine(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        TermQuery::new(self.term.clone(), IndexRecordOption::Basic).weight(scoring)
    }

    /// Where it stands in a segment; `None` if in no document.
    pub(crate) fn postings(&self, segment: &SegmentReader) -> tantivy::Result<Option<TermPostings<'_>>> {
        let field = self.term.field();
        let Some(blocks) =
            segment.inverted_index(field)?.read_block_postings(&self.term, IndexRecordOption::WithFreqs)?
        else {
            return Ok(None);
        };
        let lengths = segment.get_fieldnorms_reader(field)?;
        Ok(Some(TermPostings { bm25: &self.bm25, blocks, lengths, at: 0 }))
    }
}

/// The documents of a segment that have a term, with their scores, in ascending order.
pub(crate) struct TermPostings<'a> {
    bm25: &'a Bm25Weight,
    /// Stands on the block with the document at hand; an empty one at the end.
    blocks: BlockSegmentPostings,
    lengths: FieldNormReader,
    /// The place of the document at hand in its block.
    at: usize,
}

/// So many documents are looked at one by one before the rest of a block is searched by halving, and then the blocks behind it.
const NEAR: usize = 8;

impl TermPostings<'_> {
    /// How many documents have it, those counted that are deleted.
    pub(crate) fn doc_freq(&self) -> u32 {
        self.blocks.doc_freq()
    }

    /// The document at hand; [`TERMINATED`] behind the last.
    pub(crate) fn doc(&self) -> DocId {
        self.blocks.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// The score of a document, `None` if it has not the term. `doc` must not be less than in the call before.
    pub(crate) fn score_of(&mut self, doc: DocId) -> Option<Score> {
        if self.doc() < doc {
            self.seek(doc);
        }
        (self.doc() == doc).then(|| self.score(doc, self.blocks.freq(self.at)))
    }

    /// Goes to the first document that is not less than `doc`, which lies behind the one at hand.
    fn seek(&mut self, doc: DocId) {
        let docs = self.blocks.docs();
        // Most often it is among the next few.
        let near = docs.get(self.at..self.at + NEAR).and_then(|near| near.iter().position(|other| *other >= doc));
        self.at = match near {
            Some(steps) => self.at + steps,
            None => self.blocks.seek(doc),
        };
    }

    /// Calls `each` with the documents from the one at hand up to `end`, which is not included, and their scores.
    pub(crate) fn for_each_until(&mut self, end: DocId, mut each: impl FnMut(DocId, Score)) {
        loop {
            let (docs, freqs) = (self.blocks.docs(), self.blocks.freqs());
            let (Some(last), Some(rest)) = (docs.last(), docs.get(self.at..)) else { return };
            let until = if *last < end { rest.len() } else { rest.partition_point(|doc| *doc < end) };
            for (doc, freq) in rest[..until].iter().zip(&freqs[self.at..]) {
                each(*doc, self.score(*doc, *freq));
            }
            self.at += until;
            if *last >= end {
                return;
            }
            self.blocks.advance();
            self.at = 0;
        }
    }

    fn score(&self, doc: DocId, freq: u32) -> Score {
        self.bm25.score(self.lengths.fieldnorm_id(doc), freq)
    }
}
