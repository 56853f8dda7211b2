//! [`More`]: what comes nearest to a query that few articles match.

use super::pass::Found;
use super::relax::{ENOUGH, conjunction};
use super::request::{Matching, SearchRequest, Sort};
use super::response::More;
use super::searcher::Searcher;
use super::understood::Understood;
use crate::Result;

impl Searcher {
    /// Fills the page of an answer with few articles: with those that have any of the words, or words of the articles that answer
    /// best. They meet the filters, and are neither counted nor mixed with the articles that match. `None` where the page is full,
    /// where enough articles match, where the order is not that of relevance, and where the words are to be taken as typed.
    ///
    /// Costs as much as the same request with `expand`.
    pub(super) fn more(&self, request: &SearchRequest, found: &Found) -> Result<Option<More>> {
        let seen = found.best.len();
        let room = (found.start + request.limit).saturating_sub(seen).min(request.limit);
        let is_last_page = room > 0 && (seen > found.start || found.start == 0);
        let by_relevance = request.sort == Sort::Relevance && !request.q.trim().is_empty();
        if !request.more || request.exact || request.expand || !by_relevance || !is_last_page || seen as u64 >= ENOUGH {
            return Ok(None);
        }
        let widely = SearchRequest { matching: Matching::Any, ..request.clone() };
        // What there is to say about the words has been said.
        let understood = self.understand(&widely, &mut Vec::new())?;
        self.fill(request, understood, found, room).map_err(|cause| self.failed(cause))
    }

    /// The nearest `room` articles that were not found.
    fn fill(
        &self,
        request: &SearchRequest,
        mut understood: Understood,
        found: &Found,
        room: usize,
    ) -> tantivy::Result<Option<More>> {
        // Where a filter left nothing, the best articles lie outside of it, and their words lead astray.
        if !found.best.is_empty() {
            self.expand(&mut understood)?;
        }
        let clause = conjunction(&understood.parts);
        let keep = found.best.len() + room;
        let mut best = self.pass(clause.as_ref(), &understood.filter, Sort::Relevance, keep, false, false)?.best;
        best.retain(|(_, doc)| found.best.iter().all(|(_, known)| known != doc));
        best.truncate(room);
        let hits = self.hits(request, &best, clause.as_ref())?;
        Ok((!hits.is_empty()).then_some(More { expanded: understood.expanded, hits }))
    }
}
