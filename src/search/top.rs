//! [`Top`]: the best k articles in a total order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::DocAddress;

/// Where an article stands in the order; the greatest comes first.
///
/// The first key is the score or what else is sorted by, as a number that orders like it. Ties are broken by date, newest
/// first and unknown last, then by id. No two articles share an id, so the order is total and does not depend on how
/// articles are spread over segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) first: i64,
    pub(super) published: i64,
    pub(super) id: Reverse<u64>,
}

impl Rank {
    /// The first key of a score, which must not be negative: such floats order like their bits.
    pub(super) fn of_score(score: f64) -> i64 {
        score.max(0.0).to_bits() as i64
    }

    /// The score behind a first key made by [`Self::of_score`].
    pub(super) fn score(self) -> f64 {
        f64::from_bits(self.first as u64)
    }
}

/// Keeps the best `k` of all that is offered.
#[derive(Debug)]
pub(super) struct Top {
    k: usize,
    heap: BinaryHeap<Reverse<(Rank, DocAddress)>>,
}

impl Top {
    pub(super) fn new(k: usize) -> Self {
        Self { k, heap: BinaryHeap::new() }
    }

    /// What an article must beat to get in: `None` while there is room.
    pub(super) fn threshold(&self) -> Option<Rank> {
        if self.is_full() { self.heap.peek().map(|Reverse((rank, _))| *rank) } else { None }
    }

    /// Whether there is no room left.
    pub(super) fn is_full(&self) -> bool {
        self.heap.len() >= self.k
    }

    pub(super) fn offer(&mut self, rank: Rank, doc: DocAddress) {
        if self.heap.len() < self.k {
            self.heap.push(Reverse((rank, doc)));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && rank > worst.0.0
        {
            *worst = Reverse((rank, doc));
        }
    }

    /// The best, in order.
    pub(super) fn into_sorted(self) -> Vec<(Rank, DocAddress)> {
        // Sorted by `Reverse`, so the best come first.
        self.heap.into_sorted_vec().into_iter().map(|Reverse(entry)| entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_what_a_full_sort_would_put_first(scores in prop::collection::vec((0u8..5, 0i64..3), 0..40), k in 0usize..12) {
            let all: Vec<(Rank, DocAddress)> = scores.iter().enumerate().map(|(at, (score, published))| {
                let rank = Rank { first: Rank::of_score(f64::from(*score)), published: *published, id: Reverse(at as u64) };
                (rank, DocAddress::new(0, at as u32))
            }).collect();
            let mut top = Top::new(k);
            for (rank, doc) in &all {
                top.offer(*rank, *doc);
            }
            let mut expected = all.clone();
            expected.sort_by_key(|entry| Reverse(entry.0));
            expected.truncate(k);
            prop_assert_eq!(top.into_sorted(), expected);
        }
    }
}
