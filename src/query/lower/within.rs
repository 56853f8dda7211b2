//! [`Within`]: a query for words in one part of an article.
//!
//! All parts are searched in one field; what is found is kept if it stands between the positions where the part begins and ends
//! (`index/analysis/parts.rs`). The score is that of the words in the whole article, so that `title:stroke` only narrows what
//! `stroke` finds. Costs reading the positions of the words in each article that has them.

use std::ops::Range;

use tantivy::postings::SegmentPostings;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::spans::{Spans, is_at, positions_of, postings_of};
use crate::article::Part;
use crate::index::analysis::BEHIND_PARTS;

/// What another query finds, where that stands in a part.
#[derive(Debug)]
pub(super) struct Within {
    /// The query for the words, wherever they stand.
    pub(super) anywhere: Box<dyn Query>,
    pub(super) sought: SoughtIn,
}

/// Words, and the part that they must stand in.
#[derive(Debug, Clone)]
pub(super) struct SoughtIn {
    /// The words, as the query looks for them.
    pub(super) ways: Vec<Vec<Term>>,
    pub(super) part: Part,
    /// The field that tells where parts begin.
    pub(super) parts: Field,
}

impl Clone for Within {
    fn clone(&self) -> Self {
        Self { anywhere: self.anywhere.box_clone(), sought: self.sought.clone() }
    }
}

impl Query for Within {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(WithinWeight { anywhere: self.anywhere.weight(scoring)?, sought: self.sought.clone() }))
    }
}

struct WithinWeight {
    anywhere: Box<dyn Weight>,
    sought: SoughtIn,
}

impl Weight for WithinWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let SoughtIn { ways, part, parts } = &self.sought;
        let mut scorer = WithinScorer {
            anywhere: self.anywhere.scorer(reader, boost)?,
            spans: Spans::new(ways, reader)?,
            bounds: Bounds::new(*part, *parts, reader)?,
            places: Vec::new(),
        };
        scorer.settle();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.anywhere.explain(reader, doc)
    }
}

/// Never stands on a document that it does not match, as [`super::steady`] demands.
struct WithinScorer {
    anywhere: Box<dyn Scorer>,
    spans: Spans,
    bounds: Bounds,
    places: Vec<Range<u32>>,
}

impl WithinScorer {
    /// Goes on to the next document that matches, unless this one does.
    fn settle(&mut self) -> DocId {
        let mut doc = self.anywhere.doc();
        while doc != TERMINATED && !self.matches(doc) {
            doc = self.anywhere.advance();
        }
        doc
    }

    fn matches(&mut self, doc: DocId) -> bool {
        let part = self.bounds.of(doc);
        self.spans.of(doc, &mut self.places);
        self.places.iter().any(|place| part.start <= place.start && place.end <= part.end)
    }
}

impl DocSet for WithinScorer {
    fn advance(&mut self) -> DocId {
        self.anywhere.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.anywhere.doc() < target {
            self.anywhere.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        self.anywhere.doc()
    }

    fn size_hint(&self) -> u32 {
        self.anywhere.size_hint()
    }

    fn cost(&self) -> u64 {
        self.anywhere.cost()
    }
}

impl Scorer for WithinScorer {
    fn score(&mut self) -> Score {
        self.anywhere.score()
    }
}

/// Where a part begins and ends in the documents of a segment, to be asked for in ascending order.
struct Bounds {
    /// `None` for the title, which begins at 0.
    start: Option<Mark>,
    ends: Vec<Mark>,
}

/// Where a term of the field for parts stands, which it does at most once.
struct Mark {
    postings: Option<SegmentPostings>,
    positions: Vec<u32>,
}

impl Bounds {
    fn new(part: Part, parts: Field, segment: &SegmentReader) -> tantivy::Result<Self> {
        let mark = |name: &str| {
            let postings = postings_of(&Term::from_field_text(parts, name), segment)?;
            tantivy::Result::Ok(Mark { postings, positions: Vec::new() })
        };
        let start = (part != Part::Title).then(|| mark(part.name())).transpose()?;
        let behind = Part::ALL.into_iter().skip_while(|other| *other != part).skip(1).map(Part::name);
        let ends = behind.chain([BEHIND_PARTS]).map(mark).collect::<tantivy::Result<_>>()?;
        Ok(Self { start, ends })
    }

    /// The positions of the part, none when the document does not have it.
    fn of(&mut self, doc: DocId) -> Range<u32> {
        let start = match &mut self.start {
            None => Some(0),
            Some(mark) => mark.of(doc),
        };
        let Some(start) = start else { return 0..0 };
        start..self.ends.iter_mut().filter_map(|end| end.of(doc)).min().unwrap_or(u32::MAX)
    }
}

impl Mark {
    fn of(&mut self, doc: DocId) -> Option<u32> {
        let postings = self.postings.as_mut().filter(|postings| postings.doc() <= doc)?;
        if !is_at(postings, doc) {
            return None;
        }
        positions_of(postings, &mut self.positions);
        self.positions.first().copied()
    }
}
