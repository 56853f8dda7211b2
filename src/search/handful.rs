//! [`Handful`]: matches on their way to a [`Sink`].

use tantivy::DocId;

use super::keep::keep;
use super::scan::{Admits, Sink};
use super::text_score::Match;

/// Matches that are to be handed on together.
#[derive(Default)]
pub(super) struct Handful {
    matches: Vec<Match>,
    /// Room for their documents.
    docs: Vec<DocId>,
    /// Room for those that may be of interest.
    reaching: Vec<Match>,
}

impl Handful {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.matches.len()
    }

    /// Takes one more, behind those that it has. What scores less than [`Sink::least`] need not come.
    pub(super) fn push(&mut self, found: Match) {
        self.matches.push(found);
    }

    /// Hands all of them on to `sink`. None is left.
    pub(super) fn hand_on(&mut self, sink: &mut dyn Sink) {
        let Self { matches, docs, reaching } = self;
        if sink.admits() == Admits::None {
            sink.score(matches);
        } else {
            let floor = sink.floor();
            docs.clear();
            docs.extend(matches.iter().map(|found| found.doc));
            let turned_down = sink.admit(docs);
            let reaches = |found: &Match| found.text >= floor;
            match turned_down {
                None => keep(matches.iter().map(|found| (*found, reaches(found))), reaching),
                Some(turned_down) => {
                    let matches = matches.iter().zip(turned_down);
                    keep(matches.map(|(found, reasons)| (*found, reaches(found) && reasons.is_empty())), reaching);
                }
            }
            sink.score(reaching);
        }
        matches.clear();
    }
}
