//! [`Layout`]: how marks are numbered.

use std::ops::Range;

use super::ValueId;

/// The number of a mark, counted over all that an article may have: a topic, a provider, a bundle of other values.
pub(super) type MarkId = u32;

/// How many topics have a place of their own in a row: as many as nearly all articles have, and more.
pub(super) const TOPICS: usize = 4;

/// The mark of the first topic; those of the others follow.
pub(super) const FIRST_TOPIC: MarkId = TOPICS as MarkId;

/// How marks are numbered: a filler for each place of a topic, which stands for none; topics; one for no provider; providers;
/// bundles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) topics: u32,
    pub(super) providers: u32,
    pub(super) bundles: u32,
}

impl Layout {
    /// The mark of no provider; those of providers follow.
    pub(super) fn no_provider(self) -> MarkId {
        FIRST_TOPIC + self.topics
    }

    /// The mark of the first bundle; those of the others follow.
    pub(super) fn first_bundle(self) -> MarkId {
        self.no_provider() + 1 + self.providers
    }

    /// The values that are marks of their own, topics and providers, each with the mark of the first.
    pub(super) fn values(self) -> [(Range<ValueId>, MarkId); 2] {
        let providers = self.topics..self.topics + self.providers;
        [(0..self.topics, FIRST_TOPIC), (providers, self.no_provider() + 1)]
    }

    /// How many marks there are, those of fillers among them.
    pub(super) fn marks(self) -> usize {
        (self.first_bundle() + self.bundles) as usize
    }
}
