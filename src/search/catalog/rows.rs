//! [`Rows`]: the marks of the articles of one segment.

use tantivy::DocId;

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

/// Which marks of an article are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::search) enum Part {
    All,
    Bundle,
    Provider,
    Topics,
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
    pub(super) fn count(&self, docs: &[DocId], part: Part, counters: &mut [u32]) {
        let mut add = |marks: &[N]| marks.iter().for_each(|mark| counters[(*mark).into() as usize] += 1);
        match part {
            Part::All => self.for_each(docs, |row, rest| {
                add(row);
                add(rest);
            }),
            Part::Bundle => self.for_each(docs, |row, _| add(&row[BUNDLE..=BUNDLE])),
            Part::Provider => self.for_each(docs, |row, _| add(&row[PROVIDER..=PROVIDER])),
            Part::Topics => self.for_each(docs, |row, rest| {
                add(&row[TOPICS..]);
                add(rest);
            }),
        }
    }

    /// Appends what `each` makes of the flags of all marks of a document together, for each document.
    #[inline]
    pub(super) fn extend<T>(&self, docs: &[DocId], flags: &[u8], each: impl Fn(u8) -> T, into: &mut Vec<T>) {
        self.for_some(docs, |docs, has_rest| {
            into.extend(docs.iter().map(|doc| {
                let row = &self.rows[*doc as usize];
                each(together(&row.marks, if has_rest { self.rest(row) } else { &[] }, flags))
            }));
        });
    }

    /// The flags of all marks of a document together.
    pub(super) fn flags(&self, doc: DocId, flags: &[u8]) -> u8 {
        let row = &self.rows[doc as usize];
        together(&row.marks, self.rest(row), flags)
    }

    fn rest(&self, row: &Row<N>) -> &[N] {
        if row.rest == 0 { &[] } else { &self.rest[row.rest as usize - 1] }
    }

    /// Calls `each` for documents in their order, with their rows and what is left of their topics.
    #[inline]
    fn for_each(&self, docs: &[DocId], mut each: impl FnMut(&[N; PLACES], &[N])) {
        self.for_some(docs, |docs, has_rest| {
            for doc in docs {
                let row = &self.rows[*doc as usize];
                each(&row.marks, if has_rest { self.rest(row) } else { &[] });
            }
        });
    }

    /// Calls `each` for some documents after the other, and whether any of them has topics left.
    ///
    /// Rows lie far apart, and it takes long to fetch one. All of some are asked for before the first of them is looked at, in steps
    /// so few that many are on their way at once.
    #[inline]
    fn for_some(&self, docs: &[DocId], mut each: impl FnMut(&[DocId], bool)) {
        for docs in docs.chunks(AT_A_TIME) {
            let any = docs.iter().fold(0, |any, doc| any | self.rows[*doc as usize].rest);
            each(docs, any != 0);
        }
    }
}

#[inline]
fn together<N: Number>(row: &[N; PLACES], rest: &[N], flags: &[u8]) -> u8 {
    let add = |sum, mark: &N| sum | flags[(*mark).into() as usize];
    rest.iter().fold(row.iter().fold(0, add), add)
}
