//! The page of an answer: hits with their fragments and explanations.

use tantivy::DocAddress;

use super::catalog::Ranked;
use super::fragment::{Marker, Sought};
use super::nearness::Nearness;
use super::request::{SearchRequest, Sort};
use super::response::{Explanation, Hit};
use super::searcher::Searcher;
use super::text_score::TextScore;
use super::top::Rank;
use crate::article::Part;
use crate::query::lower::{Clause, Weighed};

/// Words that count less than this beside one that was typed are not marked in the hits: a dozen of them take most of the time of
/// an expanded search to find, and tell little.
const LEAST_MARKED: f32 = 0.2;

impl Searcher {
    /// The hits at these places, with what of them matches a clause.
    pub(super) fn hits(
        &self,
        request: &SearchRequest,
        best: &[(Rank, DocAddress)],
        clause: Option<&Clause>,
    ) -> tantivy::Result<Vec<Hit>> {
        let leaves = clause.map(Clause::leaves).unwrap_or_default().into_iter();
        let sought = leaves
            .filter(|leaf| leaf.weight >= LEAST_MARKED && !leaf.is_common)
            .filter_map(|leaf| Some(Sought { pattern: leaf.pattern.as_ref()?, part: leaf.part }));
        let mut marker = Marker::new(sought.collect());
        let by_score = request.sort == Sort::Relevance;
        let explained = request.explain && by_score;
        let reasons = match clause {
            Some(clause) if explained => Some((
                Weighed::new(clause, self.statistics.scoring()?)?,
                Nearness::new(clause, self.factors.nearness(), &self.statistics, &self.fields)?,
            )),
            _ => None,
        };
        let mut hits = Vec::with_capacity(best.len());
        for (rank, doc) in best {
            let stored = self.articles.get(*doc)?;
            let (article, body) = stored.card_and_body()?;
            hits.push(Hit {
                score: by_score.then(|| rank.score()),
                title_marks: marker.marks(&article.title, Part::Title),
                fragment: marker.fragment(article.excerpt.as_deref(), body),
                explain: explained.then(|| self.explain(*doc, reasons.as_ref())).transpose()?,
                article,
            });
        }
        Ok(hits)
    }

    fn explain(&self, doc: DocAddress, reasons: Option<&(Weighed, Option<Nearness>)>) -> tantivy::Result<Explanation> {
        let ranks = &self.ranks()?[doc.segment_ord as usize];
        let Ranked { published, grade, .. } = ranks.of(doc.doc_id);
        let mut clauses = Vec::new();
        let (mut score, mut near) = (1.0, 1.0);
        if let Some((text, nearness)) = reasons.filter(|(text, _)| text.is_scored()) {
            let segment = self.engine.segment_reader(doc.segment_ord);
            if let Some(nearness) = nearness {
                near = nearness.of(segment)?.factor(doc.doc_id);
            }
            let mut text = TextScore::new(text, segment)?;
            score = text.score(doc.doc_id).unwrap_or_default();
            text.explain(doc.doc_id, &mut clauses);
        }
        Ok(Explanation {
            text: score,
            quality: self.factors.quality(grade),
            freshness: self.factors.freshness(published),
            nearness: near,
            clauses,
        })
    }
}
