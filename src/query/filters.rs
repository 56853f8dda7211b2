//! [`Filters`]: the filters of a whole query, as facets and flags know them.

use std::cmp::Ordering;
use std::fmt;

use super::{FieldFilter, Period};

/// What narrows a whole query. Several values of one list widen it; different fields narrow each other.
///
/// This is what a user has *chosen*: facets are counted with all filters but their own. Values are as typed, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters {
    /// One of these topics.
    pub topics: Vec<String>,
    /// One of these outlets.
    pub providers: Vec<String>,
    /// A topic of one of these schemes.
    pub schemes: Vec<String>,
    /// One of these kinds.
    pub kinds: Vec<String>,
    /// None of these topics.
    pub not_topics: Vec<String>,
    /// None of these outlets.
    pub not_providers: Vec<String>,
    /// From the start of it on.
    pub after: Option<Period>,
    /// Up to the start of it.
    pub before: Option<Period>,
    /// Only articles without a date.
    pub undated: bool,
    /// Graded at least so.
    pub min_quality: Option<u8>,
    /// Graded at most so.
    pub max_quality: Option<u8>,
}

impl Filters {
    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How many filters there are; each value of a list is one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.each().count()
    }

    /// The filters of two sources, such as flags and query text. Lists are joined, bounds are the narrower ones.
    /// `as_of` is the clock, as for [`Period::start`]: `30d` may be narrower than `2021` or not.
    #[must_use]
    pub fn merge(mut self, other: Self, as_of: i64) -> Self {
        let later = |a: Option<Period>, b| a.into_iter().chain(b).max_by_key(|period: &Period| period.start(as_of));
        let earlier = |a: Option<Period>, b| a.into_iter().chain(b).min_by_key(|period: &Period| period.start(as_of));
        join(&mut self.topics, other.topics);
        join(&mut self.providers, other.providers);
        join(&mut self.schemes, other.schemes);
        join(&mut self.kinds, other.kinds);
        join(&mut self.not_topics, other.not_topics);
        join(&mut self.not_providers, other.not_providers);
        self.after = later(self.after, other.after);
        self.before = earlier(self.before, other.before);
        self.undated |= other.undated;
        self.min_quality = self.min_quality.max(other.min_quality);
        self.max_quality = lower(self.max_quality, other.max_quality);
        self
    }

    /// Adds a condition that everything found must meet (or, for a list, the same list's other values).
    /// Gives back what cannot be said here: a period without an end, or a date that only the clock can compare with the present one.
    pub(super) fn narrow(&mut self, filter: FieldFilter) -> Option<FieldFilter> {
        match filter {
            FieldFilter::Topic(value) => join(&mut self.topics, vec![value]),
            FieldFilter::Provider(value) => join(&mut self.providers, vec![value]),
            FieldFilter::Scheme(value) => join(&mut self.schemes, vec![value]),
            FieldFilter::Kind(value) => join(&mut self.kinds, vec![value]),
            FieldFilter::Undated => self.undated = true,
            FieldFilter::MinQuality(grade) => self.min_quality = self.min_quality.max(Some(grade)),
            FieldFilter::MaxQuality(grade) => self.max_quality = lower(self.max_quality, Some(grade)),
            FieldFilter::After(period) => match narrower(self.after, Some(period), Ordering::Greater) {
                None => return Some(filter),
                after => self.after = after,
            },
            FieldFilter::Before(period) => match narrower(self.before, Some(period), Ordering::Less) {
                None => return Some(filter),
                before => self.before = before,
            },
            FieldFilter::Within(period) => {
                let Some(next) = period.next() else { return Some(filter) };
                let after = narrower(self.after, Some(period), Ordering::Greater);
                let before = narrower(self.before, Some(next), Ordering::Less);
                if after.is_none() || before.is_none() {
                    return Some(filter);
                }
                (self.after, self.before) = (after, before);
            }
        }
        None
    }

    /// Leaves out what has a condition on the field's value; gives back what there is no list for.
    pub(super) fn exclude(&mut self, filter: FieldFilter) -> Option<FieldFilter> {
        match filter {
            FieldFilter::Topic(value) => join(&mut self.not_topics, vec![value]),
            FieldFilter::Provider(value) => join(&mut self.not_providers, vec![value]),
            other => return Some(other),
        }
        None
    }

    /// Each filter and whether it is negated, in the order in which they are written.
    pub fn each(&self) -> impl Iterator<Item = (FieldFilter, bool)> {
        fn list(values: &[String], make: fn(String) -> FieldFilter) -> impl Iterator<Item = FieldFilter> {
            values.iter().cloned().map(make)
        }
        let excluded =
            list(&self.not_topics, FieldFilter::Topic).chain(list(&self.not_providers, FieldFilter::Provider));
        list(&self.topics, FieldFilter::Topic)
            .chain(list(&self.providers, FieldFilter::Provider))
            .chain(list(&self.schemes, FieldFilter::Scheme))
            .chain(list(&self.kinds, FieldFilter::Kind))
            .map(|filter| (filter, false))
            .chain(excluded.map(|filter| (filter, true)))
            .chain(
                [
                    self.after.map(FieldFilter::After),
                    self.before.map(FieldFilter::Before),
                    self.undated.then_some(FieldFilter::Undated),
                    self.min_quality.map(FieldFilter::MinQuality),
                    self.max_quality.map(FieldFilter::MaxQuality),
                ]
                .into_iter()
                .flatten()
                .map(|filter| (filter, false)),
            )
    }
}

fn join(list: &mut Vec<String>, values: Vec<String>) {
    for value in values {
        if !list.contains(&value) {
            list.push(value);
        }
    }
}

fn lower(a: Option<u8>, b: Option<u8>) -> Option<u8> {
    a.into_iter().chain(b).min()
}

/// The one that lies in the direction of `wanted`; `None` when only the clock can tell (or when there is neither).
fn narrower(a: Option<Period>, b: Option<Period>, wanted: Ordering) -> Option<Period> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.compare(a)? == wanted { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// As in query text, separated by spaces.
impl fmt::Display for Filters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (filter, negated)) in self.each().enumerate() {
            let gap = if at > 0 { " " } else { "" };
            let sign = if negated { "-" } else { "" };
            write!(f, "{gap}{sign}{filter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    fn filters(text: &str) -> Filters {
        parse(text).unwrap().query.filters
    }

    #[test]
    fn merging_joins_lists_and_narrows_bounds() {
        let as_of = filters("after:2021-06-15").after.unwrap().start(0);
        for (a, b, merged) in [
            ("topic:a topic:b", "topic:b topic:c", "topic:a topic:b topic:c"),
            ("after:2021", "after:2021-06", "after:2021-06"),
            ("after:2021-06", "after:2021", "after:2021-06"),
            ("after:2021", "", "after:2021"),
            ("before:2022", "before:2021-06", "before:2021-06"),
            ("after:30d", "after:7d", "after:7d"),
            ("after:30d", "after:2021", "after:30d"),
            ("after:2021", "after:2000d", "after:2021"),
            ("before:2021", "before:30d", "before:2021"),
            ("before:2021", "before:2000d", "before:2000d"),
            ("quality:20 quality:<=90", "quality:50 quality:<=80", "quality:>=50 quality:<=80"),
            ("quality:<=90", "quality:50", "quality:>=50 quality:<=90"),
            ("date:unknown", "-topic:x -provider:y", "-topic:x -provider:y date:unknown"),
            ("", "", ""),
        ] {
            let merged_filters = filters(a).merge(filters(b), as_of);
            assert_eq!(merged_filters.to_string(), merged, "{a} + {b}");
            assert_eq!(merged_filters, filters(merged));
            assert_eq!(merged_filters.is_empty(), merged.is_empty());
        }
    }

    #[test]
    fn counts_every_value() {
        assert_eq!(filters("topic:a topic:b -provider:c after:2021 quality:5 quality:<=9").len(), 6);
        assert_eq!(Filters::default().len(), 0);
    }
}
