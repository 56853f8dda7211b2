//! [`Facet`]: the values that are shown, from a [`Tally`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::catalog::{Group, Texts, ValueId, Values};
use super::filter::Filter;
use super::keep::keep;
use super::request::FacetField;
use super::tally::Tally;
use crate::query::Period;

/// The counted values of a field, in their order: by count, then name; months and years from the oldest on.
///
/// Shares the names of the values with the open index, and so with other answers.
#[derive(Clone)]
pub struct Facet {
    texts: Arc<Texts>,
    rows: Vec<Row>,
}

/// One value of a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FacetValue<'a> {
    /// The value; given back as a filter it finds `count` articles. `None` counts the articles without a date.
    pub value: Option<&'a str>,
    /// What to show instead, where `value` is a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'a str>,
    /// How many articles there are once this value is chosen.
    pub count: u64,
    /// Whether the request chose it.
    pub selected: bool,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    shown: Shown,
    count: u64,
    selected: bool,
}

/// What a row is called.
#[derive(Debug, Clone, Copy)]
enum Shown {
    /// By the key of a value, and its label beside it.
    Key(ValueId),
    Label(ValueId),
    /// By the year of this month.
    Year(ValueId),
    Undated,
}

/// How much of a month, `2021-11`, is the year.
const YEAR: usize = 4;

impl Facet {
    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The values.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FacetValue<'_>> {
        self.rows.iter().map(|row| {
            let (value, label) = match row.shown {
                Shown::Key(id) => (Some(self.texts.key(id)), Some(self.texts.label(id))),
                Shown::Label(id) => (Some(self.texts.label(id)), None),
                Shown::Year(id) => (Some(&self.texts.label(id)[..YEAR]), None),
                Shown::Undated => (None, None),
            };
            FacetValue { value, label, count: row.count, selected: row.selected }
        })
    }
}

impl PartialEq for Facet {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Facet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// The facets of the fields asked for: values by count, then name, at most `limit`; months and years all, in order.
pub(super) fn facets(
    fields: &[FacetField],
    limit: usize,
    tally: &Tally,
    values: &Values,
    filter: &Filter,
) -> BTreeMap<FacetField, Facet> {
    let rows = |field: FacetField| match field {
        FacetField::Topic => by_count(Group::Topic, limit, tally, values, filter),
        FacetField::Provider => by_count(Group::Provider, limit, tally, values, filter),
        FacetField::Scheme => by_count(Group::Scheme, limit, tally, values, filter),
        FacetField::Kind => by_count(Group::Kind, limit, tally, values, filter),
        FacetField::Month => by_time(Shown::Label, tally, values, filter),
        FacetField::Year => by_time(Shown::Year, tally, values, filter),
    };
    fields.iter().map(|field| (*field, Facet { texts: Arc::clone(values.texts()), rows: rows(*field) })).collect()
}

fn by_count(group: Group, limit: usize, tally: &Tally, values: &Values, filter: &Filter) -> Vec<Row> {
    let ids = values.group(group);
    let counts = &tally.by_value[ids.start as usize..ids.end as usize];
    // Count and value in one number, which is quicker to compare. Values are numbered by key, which is how names are ordered: of equal
    // counts the first name is the greatest.
    let counted = ids.zip(counts).map(|(id, count)| (u64::from(*count) << 32 | u64::from(!id), *count > 0));
    let mut best = Vec::new();
    keep(counted, &mut best);
    let greatest_first = |a: &u64, b: &u64| b.cmp(a);
    if best.len() > limit {
        best.select_nth_unstable_by(limit, greatest_first);
        best.truncate(limit);
    }
    best.sort_unstable_by(greatest_first);
    let row = |counted: u64| {
        let id = !(counted as ValueId);
        let shown = if group == Group::Provider { Shown::Key(id) } else { Shown::Label(id) };
        Row { shown, count: counted >> 32, selected: filter.chose(id) }
    };
    best.into_iter().map(row).collect()
}

/// Months or years, oldest first, then the articles without a date.
fn by_time(shown: fn(ValueId) -> Shown, tally: &Tally, values: &Values, filter: &Filter) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut last = None;
    for id in values.group(Group::Month) {
        let count = u64::from(tally.by_value[id as usize]);
        if count == 0 {
            continue;
        }
        let shown = shown(id);
        let year = matches!(shown, Shown::Year(_)).then(|| &values.label(id)[..YEAR]);
        match rows.last_mut() {
            Some(row) if year.is_some() && last == year => row.count += count,
            _ => {
                let covers = |period: Period| filter.covers_dates(period.start(0), period.end(0));
                let is_chosen = || year.unwrap_or(values.label(id)).parse().is_ok_and(covers);
                rows.push(Row { shown, count, selected: filter.chose_dates() && is_chosen() });
                last = year;
            }
        }
    }
    if tally.undated > 0 {
        rows.push(Row { shown: Shown::Undated, count: tally.undated, selected: filter.chose_undated() });
    }
    rows
}
