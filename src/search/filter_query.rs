//! [`FilterQuery`]: a filter that stands among the words of a query (`topic:ai OR telehealth`), as the engine's query.

use std::fmt;
use std::sync::Arc;

use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

/// The documents that a filter lets through, by segment. Filters at the top of a query do not come this way: they are
/// checked article by article, which is what lets facets leave them out one at a time.
#[derive(Clone)]
pub(super) struct FilterQuery {
    /// The segments as (id, matching documents in ascending order).
    pub(super) matching: Arc<Vec<(tantivy::index::SegmentId, Arc<[DocId]>)>>,
}

impl fmt::Debug for FilterQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count: usize = self.matching.iter().map(|(_, docs)| docs.len()).sum();
        write!(f, "FilterQuery({count} documents)")
    }
}

impl Query for FilterQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for FilterQuery {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let id = reader.segment_id();
        let docs = self.matching.iter().find(|(segment, _)| *segment == id).map(|(_, docs)| docs.clone());
        Ok(Box::new(ConstScorer::new(Docs { docs: docs.unwrap_or_default(), at: 0 }, boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("FilterQuery", 1.0))
    }
}

struct Docs {
    docs: Arc<[DocId]>,
    at: usize,
}

impl DocSet for Docs {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|doc| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        self.docs.len() as u32
    }
}
