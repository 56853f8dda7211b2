//! [`Tally`]: how often each value is met among the matching articles, each group counted under all filters but its own.
//!
//! An article that meets all filters counts in every group. One that fails the filters of a single group counts in that group alone:
//! choosing one of its values there would let it in. One that fails more counts nowhere.

use tantivy::DocId;
use tantivy::fastfield::AliveBitSet;

use super::catalog::{Group, Places, Ranks, Values};
use super::filter::{Filter, Reasons};
use super::keep::keep;

/// How often each value was met.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// By value: the articles that match but for filters on the group of the value.
    pub(super) by_value: Vec<u32>,
    /// The articles without a date that match but for filters on the date.
    pub(super) undated: u64,
}

/// Checks the filters of the articles that match a query, and counts those and their values.
pub(super) struct Counter<'a> {
    filter: &'a Filter,
    /// Those of the filter.
    active: Reasons,
    ranks: &'a [Ranks],
    values: Option<&'a Values>,
    /// How many match all filters.
    total: u64,
    /// `None` when values are not counted.
    counted: Option<Counted<'a>>,
    /// Room for the reasons for which documents are turned down, and for documents.
    reasons: Vec<Reasons>,
    selected: Vec<DocId>,
}

/// How often each mark was met.
struct Counted<'a> {
    values: &'a Values,
    /// In articles that match all filters; topics and providers also in those that match but for filters on their group.
    ///
    /// Four bytes each, for less to fetch from memory; an index holds fewer articles.
    counters: Vec<u32>,
    /// Of each other group that is filtered: in articles that match but for filters on it. One mark stands for all these groups, so
    /// that it must be counted apart.
    apart: Vec<(Group, Vec<u32>)>,
    /// How many articles match but for filters on the date.
    but_for_date: u64,
}

impl<'a> Counter<'a> {
    /// `values` are needed for counting them and for filters on them.
    pub(super) fn new(filter: &'a Filter, ranks: &'a [Ranks], values: Option<&'a Values>, counts_values: bool) -> Self {
        let counted = values.filter(|_| counts_values).map(|values| Counted::new(values, filter));
        let (active, reasons, selected) = (filter.active(), Vec::new(), Vec::new());
        Self { filter, active, ranks, values, total: 0, counted, reasons, selected }
    }

    /// Why each of some documents of a segment is turned down; `None` where none can be.
    pub(super) fn check(&mut self, segment: usize, alive: Option<&AliveBitSet>, docs: &[DocId]) -> Option<&[Reasons]> {
        if self.active.is_empty() && alive.is_none() {
            return None;
        }
        self.filter.reasons_of(&self.ranks[segment], self.values, segment, docs, &mut self.reasons);
        if let Some(alive) = alive {
            for (doc, reasons) in docs.iter().zip(&mut self.reasons) {
                reasons.insert(Reasons::DELETED.if_so(alive.is_deleted(*doc)));
            }
        }
        Some(&self.reasons)
    }

    /// The same for documents that match the query, which are counted then.
    pub(super) fn count(&mut self, segment: usize, alive: Option<&AliveBitSet>, docs: &[DocId]) -> Option<&[Reasons]> {
        let are_all_admitted = self.check(segment, alive, docs).is_none();
        let Self { active, total, counted, reasons, selected, .. } = self;
        let mut admitted = docs;
        if !are_all_admitted {
            if let Some(counted) = counted {
                for group in Group::ALL.into_iter().filter(|group| active.meets(Reasons::of(*group))) {
                    select(docs, reasons, Reasons::of(group), selected);
                    counted.count_but_for(group, segment, selected);
                }
            }
            select(docs, reasons, Reasons::NONE, selected);
            admitted = selected;
        }
        *total += admitted.len() as u64;
        if let Some(counted) = counted {
            counted.count(segment, admitted);
        }
        (!are_all_admitted).then_some(reasons)
    }

    /// How many match all filters, and the tally if values were counted.
    pub(super) fn finish(self) -> (u64, Option<Tally>) {
        (self.total, self.counted.map(|counted| counted.tally(self.total)))
    }
}

impl<'a> Counted<'a> {
    fn new(values: &'a Values, filter: &Filter) -> Self {
        let counters = vec![0; values.marks().counters()];
        let is_apart =
            |group: &Group| Places::of(*group) == Places::Bundle && filter.active().meets(Reasons::of(*group));
        let apart = Group::ALL.into_iter().filter(is_apart).map(|group| (group, counters.clone())).collect();
        Self { values, counters, apart, but_for_date: 0 }
    }

    /// Counts documents that match all filters.
    fn count(&mut self, segment: usize, docs: &[DocId]) {
        self.values.marks().count(segment, docs, Places::All, &mut self.counters);
    }

    /// Counts documents that match but for filters on a group.
    fn count_but_for(&mut self, group: Group, segment: usize, docs: &[DocId]) {
        let apart = self.apart.iter_mut().find(|(apart, _)| *apart == group);
        let counters = apart.map_or(&mut self.counters, |(_, counters)| counters);
        self.values.marks().count(segment, docs, Places::of(group), counters);
        if group == Group::Month {
            self.but_for_date += docs.len() as u64;
        }
    }

    /// The counts of values, where so many articles match all filters.
    fn tally(mut self, total: u64) -> Tally {
        let (values, marks) = (self.values, self.values.marks());
        let mut by_value = vec![0; values.len()];
        marks.add_up(&mut self.counters, 0..values.len() as u32, &mut by_value);
        for (group, counters) in &mut self.apart {
            marks.add_up(counters, values.group(*group), &mut by_value);
        }
        // An article has one month or none.
        let months = values.group(Group::Month);
        let dated: u64 = by_value[months.start as usize..months.end as usize].iter().copied().map(u64::from).sum();
        Tally { by_value, undated: total + self.but_for_date - dated }
    }
}

/// The documents that have exactly these reasons.
fn select(docs: &[DocId], reasons: &[Reasons], wanted: Reasons, selected: &mut Vec<DocId>) {
    keep(docs.iter().zip(reasons).map(|(doc, reasons)| (*doc, *reasons == wanted)), selected);
}
