//! [`Conjunction`]: asks the other parts of a conjunction for the documents of the one that leads.

use tantivy::DocId;

use super::scan::{Sink, WINDOW};
use super::text_score::{Match, TextScore};

/// A sink for the matches of the part that leads, which hands on those that all other parts match too.
pub(super) struct Conjunction<'a, 'b> {
    /// Which part of the query leads.
    leads: usize,
    /// The others with their places in the query, what rules out most first.
    others: Vec<(usize, TextScore<'a>)>,
    /// The most that the others add.
    of_others: f64,
    counts: bool,
    sink: &'b mut dyn Sink,
    /// Which of the candidates at hand match all parts looked at so far, by their places.
    left: Vec<usize>,
    /// The scores of each part in the candidates at hand, in the order of the query.
    scores: Vec<Vec<f64>>,
    /// Matches to be counted.
    matching: Vec<DocId>,
    /// Matches to be scored.
    found: Vec<Match>,
}

/// More than sums of the same numbers in another order differ by.
const ROUNDING: f64 = 1e-9;

impl<'a, 'b> Conjunction<'a, 'b> {
    /// With the part at `leads` in the query and the others, each with its place in it. Hands its matches to `sink`, those to be counted
    /// only if it `counts`.
    pub(super) fn new(leads: usize, others: Vec<(usize, TextScore<'a>)>, counts: bool, sink: &'b mut dyn Sink) -> Self {
        let of_others = others.iter().map(|(_, other)| other.most()).sum::<f64>() * (1.0 + ROUNDING);
        let scores = vec![Vec::new(); others.len() + 1];
        let (matching, left, found) = (Vec::with_capacity(WINDOW), Vec::new(), Vec::new());
        Self { leads, others, of_others, counts, sink, left, scores, matching, found }
    }

    /// To be called at the end: hands on what is left to be counted.
    pub(super) fn finish(self) {
        if self.counts {
            self.sink.count(&self.matching);
        }
    }

    fn count_left(&mut self, candidates: &[Match]) {
        for at in &self.left {
            if self.matching.len() == WINDOW {
                self.sink.count(&self.matching);
                self.matching.clear();
            }
            self.matching.push(candidates[*at].doc);
        }
    }
}

impl Sink for Conjunction<'_, '_> {
    /// What the others can make up for.
    fn floor(&self) -> f64 {
        if self.counts { f64::MIN } else { self.sink.floor() - self.of_others }
    }

    fn count(&mut self, _: &[DocId]) {}

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
        if self.counts {
            self.count_left(candidates);
        }
        self.found.clear();
        let floor = self.sink.floor();
        for at in &self.left {
            let text = self.scores.iter().fold(0.0, |sum, scores| sum + scores[*at]);
            if text >= floor {
                self.found.push(Match { doc: candidates[*at].doc, text });
            }
        }
        self.sink.score(&self.found);
    }
}
