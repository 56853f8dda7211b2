//! [`Shortlist`]: the articles that may be among the best, depending on how near the words of the query stand in them.
//!
//! Nearness multiplies a score by 1 to `most`. Of each article the score without it is known, which is what it scores at least. Let
//! *s* be the k-th best of those: k articles score *s* or more. So an article that does not reach *s* with `most` is not among the
//! best k, and all others are kept.

use tantivy::DocAddress;

/// Articles with their text scores.
pub(super) struct Shortlist {
    candidates: Vec<Candidate>,
    /// When there are so many, those that have fallen behind are dropped.
    room: usize,
}

/// An article that may be among the best.
pub(super) struct Candidate {
    pub(super) at: DocAddress,
    /// Its text score.
    pub(super) text: f64,
    /// The text score with the factors that are known, which is compared with the floor.
    pub(super) score: f64,
}

/// So many articles are kept before looking which have fallen behind, beside twice as many as are wanted.
const ROOM: usize = 1024;

impl Shortlist {
    /// For the best `keep` articles.
    pub(super) fn new(keep: usize) -> Self {
        Self { candidates: Vec::new(), room: 2 * keep + ROOM }
    }

    /// Adds an article. What does not reach `floor`, which only rises, is not among the best.
    pub(super) fn add(&mut self, at: DocAddress, text: f64, score: f64, floor: f64) {
        if self.candidates.len() >= self.room {
            self.candidates.retain(|candidate| candidate.score >= floor);
            self.room = self.room.max(2 * self.candidates.len());
        }
        self.candidates.push(Candidate { at, text, score });
    }

    /// The articles that reach `floor`, in the order in which they were added.
    pub(super) fn into_candidates(self, floor: f64) -> impl Iterator<Item = Candidate> {
        self.candidates.into_iter().filter(move |candidate| candidate.score >= floor)
    }
}
