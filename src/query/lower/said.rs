//! [`Said`]: what stands side by side in a query, each thing once, with how often it is said.

use super::Clause;

/// Clauses with their texts, in the order in which they came first.
#[derive(Default)]
pub(super) struct Said(Vec<(String, usize, Clause)>);

impl Said {
    /// Adds what a text means, or counts it once more. Nothing where it means nothing.
    pub(super) fn add(&mut self, text: String, clause: impl FnOnce() -> Option<Clause>) {
        match self.0.iter_mut().find(|(other, ..)| *other == text) {
            Some((_, times, _)) => *times += 1,
            None => self.0.extend(clause().map(|clause| (text, 1, clause))),
        }
    }

    /// The clauses, each counting as often as it was said.
    pub(super) fn clauses(self) -> impl Iterator<Item = (String, Clause)> {
        self.0.into_iter().map(|(text, times, mut clause)| {
            clause.emphasise(times as f32);
            (text, clause)
        })
    }
}
