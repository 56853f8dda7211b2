//! [`Rows`]: the marks of the articles of one segment.

use tantivy::DocId;

use super::Group;
use super::layout::{Layout, MarkId, TOPICS};
use super::packed::{BUNDLE, Fields, PROVIDER, Packed, Row};

/// The marks of the articles of one segment, as narrow as can be: rows of the articles that match lie far apart, and to fetch them is
/// most of what counting costs.
pub(super) enum Rows {
    Narrow(Packed<u64>),
    Wide(Packed<u128>),
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

impl Rows {
    /// The rows of documents that have these bundles each, and (document, number) pairs of providers and topics, one provider at most.
    /// All are counted from the first of their kind.
    pub(super) fn new(layout: Layout, bundles: &[u32], providers: &[(DocId, u32)], topics: &[(DocId, u32)]) -> Self {
        let fields = Fields::of(layout, TOPICS);
        if fields.fit_in::<u64>() {
            return Self::Narrow(Packed::new(fields, bundles, providers, topics));
        }
        // Without places for topics, any fit.
        let fields = if fields.fit_in::<u128>() { fields } else { Fields::of(layout, 0) };
        Self::Wide(Packed::new(fields, bundles, providers, topics))
    }

    /// Adds one to the counters of these marks of each document. Those of fillers count too, and mean nothing.
    pub(super) fn count(&self, docs: &[DocId], places: Places, counters: &mut [u32]) {
        let add = |_, marks: &[MarkId], rest: &[MarkId]| {
            marks.iter().chain(rest).for_each(|mark| counters[*mark as usize] += 1);
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

    /// Calls `each` for documents in their order, with the place of each and these marks of it: those in its row, and those left.
    #[inline]
    fn for_each(&self, docs: &[DocId], places: Places, each: impl FnMut(usize, &[MarkId], &[MarkId])) {
        match self {
            Self::Narrow(rows) => of_places(rows, docs, places, each),
            Self::Wide(rows) => of_places(rows, docs, places, each),
        }
    }
}

#[inline]
fn of_places<R: Row>(
    rows: &Packed<R>,
    docs: &[DocId],
    places: Places,
    mut each: impl FnMut(usize, &[MarkId], &[MarkId]),
) {
    // Once for each choice, so that how many marks there are is known where they are looked at.
    match places {
        Places::All => rows.for_each(docs, |at, row, rest| each(at, row, rest)),
        Places::Bundle => rows.for_each(docs, |at, row, _| each(at, &row[BUNDLE..=BUNDLE], &[])),
        Places::Provider => rows.for_each(docs, |at, row, _| each(at, &row[PROVIDER..=PROVIDER], &[])),
        Places::Topics => rows.for_each(docs, |at, row, rest| each(at, &row[..TOPICS], rest)),
    }
}

#[inline]
fn together(marks: &[MarkId], rest: &[MarkId], flags: &[u8]) -> u8 {
    marks.iter().chain(rest).fold(0, |sum, mark| sum | flags[*mark as usize])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::layout::FIRST_TOPIC;
    use super::*;

    /// What an article has: topics, a provider, a bundle, each by its place among those that there are.
    type Article = (Vec<prop::sample::Index>, Option<prop::sample::Index>, prop::sample::Index);

    proptest! {
        #[test]
        fn marks_are_what_was_put_in_however_many_there_are(
            (topics, providers, bundles) in (0u32..31, 0u32..31, 0u32..31).prop_map(|(t, p, b)| (1 << t, 1 << p, 1 << b)),
            articles in prop::collection::vec(any::<Article>(), 0..20),
            every in 1usize..4,
        ) {
            let layout = Layout { topics, providers, bundles };
            let articles: Vec<(Vec<u32>, Option<u32>, u32)> = articles
                .into_iter()
                .map(|(of_topics, provider, bundle)| {
                    let of_topics = of_topics.into_iter().take(7).map(|at| at.index(topics as usize) as u32).collect();
                    let provider = provider.map(|at| at.index(providers as usize) as u32);
                    (of_topics, provider, bundle.index(bundles as usize) as u32)
                })
                .collect();
            let of_bundles: Vec<u32> = articles.iter().map(|(_, _, bundle)| *bundle).collect();
            let of_providers: Vec<(DocId, u32)> =
                (0..).zip(&articles).filter_map(|(doc, (_, provider, _))| Some((doc, (*provider)?))).collect();
            let of_topics: Vec<(DocId, u32)> = (0..)
                .zip(&articles)
                .flat_map(|(doc, (topics, ..))| topics.iter().map(move |topic| (doc, *topic)))
                .collect();
            let rows = Rows::new(layout, &of_bundles, &of_providers, &of_topics);

            let docs: Vec<DocId> = (0..articles.len() as DocId).step_by(every).collect();
            let mut found: Vec<Vec<MarkId>> = Vec::new();
            let take = |_: usize, marks: &[MarkId], rest: &[MarkId]| found.push([marks, rest].concat());
            rows.for_each(&docs, Places::All, take);
            let is_filler = |mark: &MarkId| *mark < FIRST_TOPIC || *mark == layout.no_provider();
            for (doc, mut marks) in docs.iter().zip(found) {
                marks.retain(|mark| !is_filler(mark));
                marks.sort_unstable();
                let (topics, provider, bundle) = &articles[*doc as usize];
                let mut naive: Vec<MarkId> = topics.iter().map(|topic| FIRST_TOPIC + topic).collect();
                naive.extend(provider.map(|provider| layout.no_provider() + 1 + provider));
                naive.push(layout.first_bundle() + bundle);
                naive.sort_unstable();
                prop_assert_eq!(marks, naive);
            }
        }
    }
}
