//! Facets: from a [`Tally`] to the rows that are shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::{Group, ValueId, Values};
use super::filter::Filter;
use super::request::FacetField;
use super::response::FacetValue;
use super::tally::Tally;
use crate::query::Period;

/// The rows of the fields asked for. Values by count, then name, at most `limit`; months and years all, in order.
pub(super) fn rows(
    fields: &[FacetField],
    limit: usize,
    tally: &Tally,
    values: &Values,
    filter: &Filter,
) -> BTreeMap<FacetField, Vec<FacetValue>> {
    fields
        .iter()
        .map(|field| {
            let rows = match field {
                FacetField::Topic => by_count(Group::Topic, limit, tally, values, filter),
                FacetField::Provider => by_count(Group::Provider, limit, tally, values, filter),
                FacetField::Scheme => by_count(Group::Scheme, limit, tally, values, filter),
                FacetField::Kind => by_count(Group::Kind, limit, tally, values, filter),
                FacetField::Month => by_time(tally, values, filter, 7),
                FacetField::Year => by_time(tally, values, filter, 4),
            };
            (*field, rows)
        })
        .collect()
}

fn by_count(group: Group, limit: usize, tally: &Tally, values: &Values, filter: &Filter) -> Vec<FacetValue> {
    let ids = values.group(group);
    let counts = &tally.by_value[ids.start as usize..ids.end as usize];
    // Count and value in one number, which is quicker to compare. Values are numbered by key, which is how names are ordered: of equal
    // counts the first name is the greatest.
    let met = ids.zip(counts).filter(|(_, count)| **count > 0);
    let mut best: Vec<u64> = met.map(|(id, count)| u64::from(*count) << 32 | u64::from(!id)).collect();
    let greatest_first = |a: &u64, b: &u64| b.cmp(a);
    if best.len() > limit {
        best.select_nth_unstable_by(limit, greatest_first);
        best.truncate(limit);
    }
    best.sort_unstable_by(greatest_first);
    let row = |counted: u64| {
        let (count, id) = (counted >> 32, !(counted as ValueId));
        let (value, label) = match group {
            Group::Provider => (values.key(id), Some(Arc::clone(values.label(id)))),
            _ => (values.label(id), None),
        };
        FacetValue { value: Some(Arc::clone(value)), label, count, selected: filter.chose(id) }
    };
    best.into_iter().map(row).collect()
}

/// Months (`2021-11`, 7 characters) or years (`2021`, 4), oldest first, then the articles without a date.
fn by_time(tally: &Tally, values: &Values, filter: &Filter, length: usize) -> Vec<FacetValue> {
    let mut rows: Vec<FacetValue> = Vec::new();
    for id in values.group(Group::Month) {
        let count = u64::from(tally.by_value[id as usize]);
        if count == 0 {
            continue;
        }
        let label = values.label(id);
        let name = &label[..length];
        match rows.last_mut() {
            Some(row) if row.value.as_deref() == Some(name) => row.count += count,
            _ => {
                let covers = |period: Period| filter.covers_dates(period.start(0), period.end(0));
                let selected = filter.chose_dates() && name.parse().is_ok_and(covers);
                let value = if length == label.len() { Arc::clone(label) } else { name.into() };
                rows.push(FacetValue { value: Some(value), label: None, count, selected });
            }
        }
    }
    if tally.undated > 0 {
        rows.push(FacetValue { value: None, label: None, count: tally.undated, selected: filter.chose_undated() });
    }
    rows
}
