//! [`Tally`]: how often each value is met among the matching articles, each group counted under all filters but its own.
//!
//! An article that meets all filters counts in every group. One that fails the filters of a single group counts in that group alone:
//! choosing one of its values there would let it in. One that fails more counts nowhere.

use tantivy::DocId;

use super::catalog::{Group, Ranks, UNDATED, Values};
use super::filter::{Filter, Only, Reasons};

/// How often each value was met.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By value: the articles that match but for filters on the group of the value.
    ///
    /// Four bytes each, for less to fetch from memory; an index holds fewer articles.
    pub(super) by_value: Vec<u32>,
    /// The articles without a date that match but for filters on the date.
    pub(super) undated: u64,
}

/// Checks the filters of the articles that match a query, and counts those and their values.
pub(super) struct Counter<'a> {
    filter: &'a Filter,
    only: Only,
    ranks: &'a [Ranks],
    values: Option<&'a Values>,
    way: Way,
    /// How many match all filters.
    total: u64,
    /// `None` when values are not counted.
    tally: Option<Tally>,
    /// Room for documents.
    parts: Parts,
}

/// How the values of each article are counted. The fewer the filters, the less there is to decide for each article.
enum Way {
    /// All alike, if there is no filter or only such as no group is counted without.
    Alike,
    /// Those that the filters, all on one group, keep out are counted apart, and added in that group.
    Apart { group: Group, by_value: Vec<u32>, total: u64 },
    /// By what each article fails.
    Each,
}

impl<'a> Counter<'a> {
    /// `values` are needed for counting them and for filters on them.
    pub(super) fn new(filter: &'a Filter, ranks: &'a [Ranks], values: Option<&'a Values>, counts_values: bool) -> Self {
        let counters = values.filter(|_| counts_values).map(|values| vec![0; values.counters()]);
        let active = filter.active();
        let way = match (active.only_group(), &counters) {
            (Some(group), Some(zeros)) => Way::Apart { group, by_value: zeros.clone(), total: 0 },
            (None, Some(_)) if !active.without(Reasons::OTHER).is_empty() => Way::Each,
            _ => Way::Alike,
        };
        let tally = counters.map(|by_value| Tally { by_value, undated: 0 });
        Self { filter, only: filter.only(), ranks, values, way, total: 0, tally, parts: Parts::default() }
    }

    /// Takes documents of a segment that match the query and leaves those that match all filters too.
    pub(super) fn admit(&mut self, segment: usize, docs: &mut Vec<DocId>) {
        if matches!(self.way, Way::Each) {
            docs.retain(|doc| self.admit_each(segment, *doc));
        } else {
            self.keep_out(segment, docs);
            if let (Some(tally), Some(values)) = (&mut self.tally, self.values) {
                values.count(segment, docs, &mut tally.by_value);
            }
        }
        self.total += docs.len() as u64;
    }

    /// Leaves the documents that match all filters, and counts the others if they are counted apart.
    fn keep_out(&mut self, segment: usize, docs: &mut Vec<DocId>) {
        if self.filter.active().is_empty() {
            return;
        }
        let mut parts = std::mem::take(&mut self.parts);
        parts.begin(docs.len());
        match (&self.only, self.values) {
            (Only::Value(value), Some(values)) => {
                values.for_each_has(segment, docs, *value, |doc, is_match| parts.put(doc, is_match));
            }
            _ => docs.iter().for_each(|doc| parts.put(*doc, self.matches(segment, *doc))),
        }
        parts.end();
        std::mem::swap(docs, &mut parts.within);
        if let (Way::Apart { by_value, total, .. }, Some(values)) = (&mut self.way, self.values) {
            values.count(segment, &parts.without, by_value);
            *total += parts.without.len() as u64;
        }
        self.parts = parts;
    }

    /// Whether a document matches all filters.
    pub(super) fn matches(&self, segment: usize, doc: DocId) -> bool {
        match (&self.only, self.values) {
            (Only::Value(value), Some(values)) => values.of(segment, doc).contains(value),
            (Only::Dates(dates), _) => dates.contains(&self.ranks[segment].date(doc)),
            _ => self.reasons(segment, doc).is_empty(),
        }
    }

    fn reasons(&self, segment: usize, doc: DocId) -> Reasons {
        let values = self.values.filter(|_| self.filter.needs_values());
        let ids = values.map_or(&[][..], |values| values.of(segment, doc));
        self.filter.reasons(&self.ranks[segment], doc, ids, values)
    }

    fn admit_each(&mut self, segment: usize, doc: DocId) -> bool {
        let reasons = self.reasons(segment, doc);
        if let (Some(tally), Some(values)) = (&mut self.tally, self.values) {
            let undated = self.ranks[segment].of(doc).published == UNDATED;
            if reasons.is_empty() {
                values.count(segment, &[doc], &mut tally.by_value);
                tally.undated += u64::from(undated);
            } else if let Some(group) = reasons.only_group() {
                let range = values.group(group);
                for id in values.of(segment, doc).iter().filter(|id| range.contains(id)) {
                    tally.by_value[*id as usize] += 1;
                }
                tally.undated += u64::from(undated && group == Group::Month);
            }
        }
        reasons.is_empty()
    }

    /// How many match all filters, and the tally if values were counted.
    pub(super) fn finish(self) -> (u64, Option<Tally>) {
        let (Some(mut tally), Some(values)) = (self.tally, self.values) else { return (self.total, None) };
        let places = |group| {
            let range = values.group(group);
            range.start as usize..range.end as usize
        };
        let mut matching_but_for_date = self.total;
        match self.way {
            Way::Each => return (self.total, Some(tally)),
            Way::Alike => {}
            Way::Apart { group, by_value, total } => {
                for (count, more) in tally.by_value[places(group)].iter_mut().zip(&by_value[places(group)]) {
                    *count += more;
                }
                if group == Group::Month {
                    matching_but_for_date += total;
                }
            }
        }
        // An article has one month or none.
        let dated: u64 = tally.by_value[places(Group::Month)].iter().copied().map(u64::from).sum();
        tally.undated = matching_but_for_date - dated;
        (self.total, Some(tally))
    }
}

/// Documents that match and those that do not, each in their order.
#[derive(Default)]
struct Parts {
    within: Vec<DocId>,
    without: Vec<DocId>,
    matching: usize,
    others: usize,
}

impl Parts {
    /// Makes room for so many, in place of those that are there.
    fn begin(&mut self, docs: usize) {
        self.within.resize(docs, 0);
        self.without.resize(docs, 0);
        (self.matching, self.others) = (0, 0);
    }

    /// Puts a document where it belongs.
    ///
    /// It is written to both lists, and stays in one: a processor that guesses wrong which must wait for its values, and looks at no
    /// other meanwhile.
    #[inline]
    fn put(&mut self, doc: DocId, is_match: bool) {
        (self.within[self.matching], self.without[self.others]) = (doc, doc);
        self.matching += usize::from(is_match);
        self.others += usize::from(!is_match);
    }

    /// To be called when all have been put.
    fn end(&mut self) {
        self.within.truncate(self.matching);
        self.without.truncate(self.others);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_as_two_filters_would(docs in prop::collection::vec(0u32..100, 0..50), before in prop::collection::vec(0u32..9, 0..9)) {
            let mut parts = Parts { within: before.clone(), without: before, ..Parts::default() };
            parts.begin(docs.len());
            for doc in &docs {
                parts.put(*doc, doc % 3 == 0);
            }
            parts.end();
            let (multiples, others): (Vec<u32>, Vec<u32>) = docs.into_iter().partition(|doc| doc % 3 == 0);
            prop_assert_eq!((parts.within, parts.without), (multiples, others));
        }
    }
}
