//! [`Rows`]: the marks of the articles of one segment.

use tantivy::DocId;

use super::Group;
use super::marks::MarkId;

/// How many marks stand in a row: a bundle, a provider and as many topics as nearly all articles have.
pub(super) const PLACES: usize = 6;
const BUNDLE: usize = 0;
const PROVIDER: usize = 1;
const TOPICS: usize = 2;

/// So many rows are fetched before they are looked at: a part of what a processor keeps at hand.
const AT_A_TIME: usize = 128;

/// The number of a mark, as wide as the marks of an index need.
pub(super) trait Number: Copy + Into<MarkId> {
    /// The number of a mark that is not too large for it.
    fn of(mark: MarkId) -> Self;
}

impl Number for u16 {
    fn of(mark: MarkId) -> Self {
        mark as Self
    }
}

impl Number for u32 {
    fn of(mark: MarkId) -> Self {
        mark
    }
}

/// The marks of one article.
///
/// Aligned, so that no row of narrow numbers lies in two cache lines: the first look at it fetches all of it.
#[derive(Clone, Copy)]
#[repr(align(16))]
struct Row<N> {
    /// Places left over hold fillers, each its own, because a processor cannot add to one counter before it has added to it for the
    /// place before.
    marks: [N; PLACES],
    /// Which of [`Rows::rest`] holds the topics that are left, counted from 1; 0 if none are.
    rest: u32,
}

/// The marks of the articles of one segment.
///
/// All rows are equally wide, because counting then takes the same steps for every article, and a processor that need not guess
/// how many there are counts twice as fast.
pub(super) struct Rows<N> {
    rows: Vec<Row<N>>,
    rest: Vec<Vec<N>>,
}

/// Which marks of an article are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::search) enum Places {
    #[default]
    All,
    Bundle,
    Provider,
    Topics,
}

impl Places {
    /// Those that tell of a group.
    pub(in crate::search) fn of(group: Group) -> Self {
        match group {
            Group::Topic => Self::Topics,
            Group::Provider => Self::Provider,
            Group::Scheme | Group::Kind | Group::Month => Self::Bundle,
        }
    }

    /// Those that tell of all of these groups; all where they lie in several places.
    pub(in crate::search) fn of_all(mut groups: impl Iterator<Item = Group>) -> Self {
        let first = groups.next().map(Self::of).unwrap_or_default();
        if groups.all(|group| Self::of(group) == first) { first } else { Self::All }
    }
}

impl<N: Number> Rows<N> {
    /// The rows of documents that have these bundles each, and (document, mark) pairs of providers and topics, one provider at most.
    /// `fillers` are marks that stand for nothing.
    pub(super) fn new(
        bundles: impl Iterator<Item = MarkId>,
        providers: impl Iterator<Item = (DocId, MarkId)>,
        topics: impl Iterator<Item = (DocId, MarkId)>,
        fillers: [MarkId; PLACES],
    ) -> Self {
        let mut marks = fillers.map(N::of);
        let mut row = |bundle| {
            marks[BUNDLE] = N::of(bundle);
            Row { marks, rest: 0 }
        };
        let mut rows: Vec<Row<N>> = bundles.map(&mut row).collect();
        for (doc, provider) in providers {
            rows[doc as usize].marks[PROVIDER] = N::of(provider);
        }
        let mut ends = vec![TOPICS as u8; rows.len()];
        let mut rest: Vec<Vec<N>> = Vec::new();
        for (doc, topic) in topics {
            let (row, end) = (&mut rows[doc as usize], &mut ends[doc as usize]);
            if let Some(place) = row.marks.get_mut(usize::from(*end)) {
                *place = N::of(topic);
                *end += 1;
                continue;
            }
            if row.rest == 0 {
                rest.push(Vec::new());
                row.rest = rest.len() as u32;
            }
            rest[row.rest as usize - 1].push(N::of(topic));
        }
        Self { rows, rest }
    }

    /// Adds one to the counters of these marks of each document. Those of fillers count too, and mean nothing.
    pub(super) fn count(&self, docs: &[DocId], places: Places, counters: &mut [u32]) {
        let add = |_, marks: &[N], rest: &[N]| {
            marks.iter().chain(rest).for_each(|mark| counters[(*mark).into() as usize] += 1);
        };
        self.for_each(docs, places, add);
    }

    /// Puts the flags of these marks of each document together, and what `make` makes of them into its place.
    #[inline]
    pub(super) fn flags<T>(
        &self,
        docs: &[DocId],
        places: Places,
        flags: &[u8],
        make: impl Fn(u8) -> T,
        into: &mut [T],
    ) {
        self.for_each(docs, places, |at, marks, rest| into[at] = make(together(marks, rest, flags)));
    }

    fn rest(&self, row: &Row<N>) -> &[N] {
        if row.rest == 0 { &[] } else { &self.rest[row.rest as usize - 1] }
    }

    /// Calls `each` for documents in their order, with the place of each and these marks of it: those in its row, and those left.
    #[inline]
    fn for_each(&self, docs: &[DocId], places: Places, mut each: impl FnMut(usize, &[N], &[N])) {
        // Once for each choice, so that how many marks there are is known where they are looked at.
        match places {
            Places::All => self.for_each_row(docs, |at, row, rest| each(at, row, rest)),
            Places::Bundle => self.for_each_row(docs, |at, row, _| each(at, &row[BUNDLE..=BUNDLE], &[])),
            Places::Provider => self.for_each_row(docs, |at, row, _| each(at, &row[PROVIDER..=PROVIDER], &[])),
            Places::Topics => self.for_each_row(docs, |at, row, rest| each(at, &row[TOPICS..], rest)),
        }
    }

    /// Calls `each` for documents in their order, with the place, the row and what is left of the topics of each.
    ///
    /// Rows lie far apart, and it takes long to fetch one. All of some are asked for before the first of them is looked at, in steps
    /// so few that many are on their way at once.
    #[inline]
    fn for_each_row(&self, docs: &[DocId], mut each: impl FnMut(usize, &[N; PLACES], &[N])) {
        for (some, first) in docs.chunks(AT_A_TIME).zip((0..).step_by(AT_A_TIME)) {
            let any_rest = some.iter().fold(0, |any, doc| any | self.rows[*doc as usize].rest) != 0;
            for (doc, at) in some.iter().zip(first..) {
                let row = &self.rows[*doc as usize];
                each(at, &row.marks, if any_rest { self.rest(row) } else { &[] });
            }
        }
    }
}

#[inline]
fn together<N: Number>(marks: &[N], rest: &[N], flags: &[u8]) -> u8 {
    marks.iter().chain(rest).fold(0, |sum, mark| sum | flags[(*mark).into() as usize])
}
