//! [`Report`]: what came, what was unchanged, what failed.

use std::time::Duration;

use serde::Serialize;

/// What became of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// The feeds, in the order in which they were named.
    pub feeds: Vec<Fetched>,
    /// Whether all of them were asked for; not if [`Observer::stop`](super::Observer::stop) said so before.
    pub is_whole: bool,
    /// How long it took.
    pub took: Duration,
}

/// What became of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetched {
    /// Its address, as it was named.
    pub url: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Its new address, if the server says that it has moved for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<String>,
    /// What is broken in the response, of which only the items before that can be read: lower case, no full stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// There is something new in it, and a new file on the shelf.
    New {
        /// The file, relative to the folder.
        file: String,
        /// How many items it holds.
        items: usize,
        /// How many of them were not in the response before.
        new_items: usize,
    },
    /// It holds nothing that was not in the response before.
    Unchanged,
    /// Nothing came, or no feed.
    Failed {
        /// Why: lower case, no full stop.
        what: String,
    },
}

impl Fetched {
    pub(super) fn new(url: String, outcome: Outcome) -> Self {
        Self { url, outcome, moved: None, broken: None }
    }
}

impl Report {
    /// How many feeds brought something new, were unchanged, and failed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&Outcome) -> bool| self.feeds.iter().filter(|feed| is(&feed.outcome)).count();
        (
            count(|outcome| matches!(outcome, Outcome::New { .. })),
            count(|outcome| matches!(outcome, Outcome::Unchanged)),
            count(|outcome| matches!(outcome, Outcome::Failed { .. })),
        )
    }

    /// How many items came that were not in the responses before.
    #[must_use]
    pub fn new_items(&self) -> usize {
        let new = |feed: &Fetched| if let Outcome::New { new_items, .. } = feed.outcome { new_items } else { 0 };
        self.feeds.iter().map(new).sum()
    }
}
