//! [`WeighedTerm`]: one term with its weight in BM25, and [`TermPostings`]: where it stands in one segment.
//!
//! Nearly all that is searched are terms, and their postings come out of the index in blocks of 128. Taken as they come, a document
//! and its score cost a nanosecond or two; the engine, which asks for one document after the other through a pointer, takes longer
//! to find out which of them it may leave out.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{EnableScoring, Query as _, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, SegmentReader, Term};

use super::bm25::Bm25;

/// A term of a searched text with its weight.
pub(crate) struct WeighedTerm {
    term: Term,
    bm25: Bm25,
}

impl WeighedTerm {
    /// A term with its scores.
    pub(super) fn new(term: &Term, bm25: Bm25) -> Self {
        Self { term: term.clone(), bm25 }
    }

    /// The engine's weight for it, to find what has it.
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
    bm25: &'a Bm25,
    /// Stands on the block with the document at hand; an empty one at the end.
    blocks: BlockSegmentPostings,
    lengths: FieldNormReader,
    /// The place of the document at hand in its block.
    at: usize,
}

/// How many documents a block has; the last one has fewer.
pub(crate) const BLOCK: usize = 128;
/// So many documents are looked at one by one before the rest of a block is searched by halving, and then the blocks behind it.
const NEAR: usize = 4;

impl TermPostings<'_> {
    /// How many documents have it, those counted that are deleted.
    pub(crate) fn doc_freq(&self) -> u32 {
        self.blocks.doc_freq()
    }

    /// The document at hand; [`TERMINATED`](tantivy::TERMINATED) behind the last.
    pub(crate) fn doc(&self) -> DocId {
        // Blocks that are not full are filled up with it.
        self.blocks.doc(self.at)
    }

    /// At least what any document can score: the term as often as can be in the shortest text. (The engine's own bound takes the
    /// longest text, and is too low for one of a single word, because lengths are stored rounded down.)
    pub(crate) fn most(&self) -> Score {
        self.bm25.score(0, u32::MAX)
    }

    /// The score of a document, `None` if it has not the term. `doc` must not be less than in the call before.
    pub(crate) fn score_of(&mut self, doc: DocId) -> Option<Score> {
        if self.doc() < doc {
            self.seek(doc);
        }
        (self.doc() == doc).then(|| self.score(doc, self.blocks.freq(self.at)))
    }

    /// Leaves the candidates whose documents have the term, and tells their scores. `doc_of` gives the document of a candidate: they
    /// ascend, and none is less than in the call before.
    ///
    /// All candidates that may be in a block are looked for in the same number of steps, and each is written down, the next one over
    /// it if it is not there: in what order candidates and documents of the term follow on each other is more than a processor can
    /// guess.
    pub(crate) fn retain(
        &mut self,
        left: &mut Vec<usize>,
        doc_of: impl Fn(usize) -> DocId,
        mut scored: impl FnMut(usize, Score),
    ) {
        let mut places = [0; BLOCK];
        let (mut from, mut kept) = (0, 0);
        while let Some(first) = left.get(from).map(|candidate| doc_of(*candidate)) {
            if self.blocks.docs().last().is_some_and(|last| *last < first) {
                self.at = self.blocks.seek(first);
            }
            let (docs, freqs) = (self.blocks.docs(), self.blocks.freqs());
            let Some(last) = docs.last().copied().filter(|last| *last >= first) else { break };
            // At least the first of them.
            let here = left[from..].partition_point(|candidate| doc_of(*candidate) <= last).min(BLOCK);
            let first_kept = kept;
            for at in from..from + here {
                let candidate = left[at];
                let doc = doc_of(candidate);
                self.at = docs.partition_point(|other| *other < doc);
                left[kept] = candidate;
                places[kept - first_kept] = self.at;
                kept += usize::from(docs[self.at] == doc);
            }
            for (candidate, place) in left[first_kept..kept].iter().zip(places) {
                scored(*candidate, self.score(docs[place], freqs[place]));
            }
            from += here;
        }
        left.truncate(kept);
    }

    /// Goes to the first document that is not less than `doc`, which lies behind the one at hand.
    fn seek(&mut self, doc: DocId) {
        // Most often it is one of the next.
        for at in (self.at + 1..BLOCK).take(NEAR) {
            if self.blocks.doc(at) >= doc {
                self.at = at;
                return;
            }
        }
        self.at = self.blocks.seek(doc);
    }

    /// Calls `each` with the documents from the one at hand up to `end`, which is not included, and their scores.
    pub(crate) fn for_each_until(&mut self, end: DocId, mut each: impl FnMut(DocId, Score)) {
        loop {
            let (docs, freqs) = self.block();
            let Some(last) = docs.last() else { return };
            let is_last = *last >= end;
            let until = if is_last { docs.partition_point(|doc| *doc < end) } else { docs.len() };
            for (doc, freq) in docs[..until].iter().zip(freqs) {
                each(*doc, self.score(*doc, *freq));
            }
            if is_last {
                self.at += until;
                return;
            }
            self.next_block();
        }
    }

    /// The document at hand and those behind it in its block, and how often the term stands in each. Empty at the end.
    pub(crate) fn block(&self) -> (&[DocId], &[u32]) {
        let (docs, freqs) = (self.blocks.docs(), self.blocks.freqs());
        (docs.get(self.at..).unwrap_or_default(), freqs.get(self.at..).unwrap_or_default())
    }

    /// Goes to the first document of the next block. Not to be called at the end.
    pub(crate) fn next_block(&mut self) {
        self.blocks.advance();
        self.at = 0;
    }

    /// How often the term must stand in a document for its score to reach `floor`, where none is shorter than `shortest`: the more
    /// often it stands in a text and the shorter that is, the higher is the score. No more than is worth working out.
    pub(crate) fn least_freq(&self, floor: Score, shortest: u8) -> u32 {
        const MOST: u32 = 16;
        (1..MOST).find(|freq| self.bm25.score(shortest, *freq) >= floor).unwrap_or(MOST)
    }

    /// The score of a document in which the term stands so often.
    pub(crate) fn score(&self, doc: DocId, freq: u32) -> Score {
        self.bm25.score(self.lengths.fieldnorm_id(doc), freq)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::query::Bm25StatisticsProvider as _;
    use tantivy::schema::{Field, Schema, TEXT};
    use tantivy::{Index, Searcher, TantivyDocument};

    use super::super::bm25::Norms;
    use super::*;

    /// So many documents have several blocks of a frequent word.
    const DOCS: u32 = 2_000;
    /// A word, and how often it stands in a document.
    type WordIn = (&'static str, fn(u32) -> u32);
    const WORDS: [WordIn; 4] = [
        ("most", |doc| doc % 3),
        ("some", |doc| u32::from(doc % 13 < 4) * (1 + doc % 5)),
        ("few", |doc| u32::from(doc % 97 == 5)),
        ("first", |doc| u32::from(doc < 40)),
    ];

    /// Documents in which each word stands as often as [`WORDS`] says.
    fn documents() -> (Searcher, Field) {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for doc in 0..DOCS {
            let words = WORDS.iter().flat_map(|(word, times)| std::iter::repeat_n(*word, times(doc) as usize));
            let mut document = TantivyDocument::new();
            document.add_text(field, words.collect::<Vec<_>>().join(" "));
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        (index.reader().unwrap().searcher(), field)
    }

    #[test]
    fn leaves_the_candidates_that_have_the_term_with_their_scores() {
        let (searcher, field) = documents();
        let segment = searcher.segment_reader(0);
        assert_eq!(segment.max_doc(), DOCS);
        let norms = Norms::new(DOCS.into(), searcher.total_num_tokens(field).unwrap());
        let calls = prop::collection::vec(prop::collection::vec(1u32..30, 0..300), 1..6);
        let cases = (prop::sample::select(WORDS.to_vec()), calls, 1u32..40);
        let mut runner = proptest::test_runner::TestRunner::default();
        let checked = runner.run(&cases, |((word, times), calls, stretch)| {
            let term = Term::from_field_text(field, word);
            let bm25 = Bm25::new(std::slice::from_ref(&term), &[], &searcher, &norms).unwrap();
            let term = WeighedTerm::new(&term, bm25);
            let mut postings = term.postings(segment).unwrap().unwrap();
            let alone = term.postings(segment).unwrap().unwrap();
            let mut doc = 0;
            for steps in calls {
                // Some are close together, some far apart.
                let docs: Vec<DocId> = steps
                    .into_iter()
                    .map(|step| {
                        doc += if step % stretch == 0 { step } else { 1 };
                        doc
                    })
                    .take_while(|doc| *doc < DOCS)
                    .collect();
                let naive: Vec<(usize, Score)> = docs
                    .iter()
                    .enumerate()
                    .filter(|(_, doc)| times(**doc) > 0)
                    .map(|(at, doc)| (at, alone.score(*doc, times(*doc))))
                    .collect();
                let mut left: Vec<usize> = (0..docs.len()).collect();
                let mut scored = Vec::new();
                postings.retain(&mut left, |at| docs[at], |at, score| scored.push((at, score)));
                prop_assert_eq!(&left, &naive.iter().map(|(at, _)| *at).collect::<Vec<_>>());
                prop_assert_eq!(scored, naive);
            }
            Ok(())
        });
        checked.unwrap();
    }
}
