//! [`Conjunction`]: asks the other parts of a conjunction for the documents of the one that leads.

use tantivy::DocId;

use super::filter::Reasons;
use super::handful::Handful;
use super::scan::{Admits, Sink};
use super::text_score::{Match, TextScore};
use crate::query::lower::BLOCK;

/// A sink for the matches of the part that leads, which hands on those that all other parts match too.
pub(super) struct Conjunction<'a, 'b> {
    /// Which part of the query leads.
    leads: usize,
    /// The others with their places in the query, what rules out most first.
    others: Vec<(usize, TextScore<'a>)>,
    /// The most that the others add.
    of_others: f64,
    sink: &'b mut dyn Sink,
    /// Which of the candidates at hand match all parts looked at so far, by their places.
    left: Vec<usize>,
    /// The scores of each part in the candidates at hand, in the order of the query.
    scores: Vec<Vec<f64>>,
    handful: Handful,
}

/// More than sums of the same numbers in another order differ by.
const ROUNDING: f64 = 1e-9;

impl<'a, 'b> Conjunction<'a, 'b> {
    /// With the part at `leads` in the query and the others, each with its place in it. Hands its matches to `sink`.
    pub(super) fn new(leads: usize, others: Vec<(usize, TextScore<'a>)>, sink: &'b mut dyn Sink) -> Self {
        let of_others = others.iter().map(|(_, other)| other.most()).sum::<f64>() * (1.0 + ROUNDING);
        let scores = vec![Vec::new(); others.len() + 1];
        Self { leads, others, of_others, sink, left: Vec::new(), scores, handful: Handful::default() }
    }

    /// To be called at the end: hands on what is left.
    pub(super) fn finish(mut self) {
        self.handful.hand_on(self.sink);
    }
}

impl Sink for Conjunction<'_, '_> {
    /// What the others can make up for.
    fn floor(&self) -> f64 {
        self.sink.least() - self.of_others
    }

    fn admits(&self) -> Admits {
        Admits::None
    }

    fn admit(&mut self, _: &[DocId]) -> Option<&[Reasons]> {
        None
    }

    fn score(&mut self, candidates: &[Match]) {
        self.left.clear();
        self.left.extend(0..candidates.len());
        self.scores[self.leads].clear();
        self.scores[self.leads].extend(candidates.iter().map(|candidate| candidate.text));
        for (at, other) in &mut self.others {
            let scores = &mut self.scores[*at];
            scores.resize(candidates.len(), 0.0);
            other.retain(candidates, &mut self.left, scores);
        }
        let least = self.sink.least();
        for at in &self.left {
            let text = self.scores.iter().fold(0.0, |sum, scores| sum + scores[*at]);
            if text >= least {
                self.handful.push(Match { doc: candidates[*at].doc, text });
            }
        }
        // Matches are counted some dozens at a time, but the floor should rise with the first of them.
        if self.sink.admits() != Admits::All || self.handful.len() >= BLOCK {
            self.handful.hand_on(self.sink);
        }
    }
}
