//! [`Filter`]: which articles may match at all, decided by numbers.

use std::ops::Range;

use super::catalog::{Group, Ranks, UNDATED, UNGRADED, ValueId, Values};
use super::resolve::Resolved;

/// The reasons for which a filter turns an article down, one bit each. The groups that facets count have a bit of their own,
/// because each group is counted under all filters but its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reasons(u8);

impl Reasons {
    pub(super) const NONE: Self = Self(0);
    pub(super) const TOPIC: Self = Self(1);
    pub(super) const PROVIDER: Self = Self(1 << 1);
    pub(super) const SCHEME: Self = Self(1 << 2);
    pub(super) const KIND: Self = Self(1 << 3);
    /// Months and years are chosen by date.
    pub(super) const DATE: Self = Self(1 << 4);
    /// Grades, and values that must be absent: no facet offers them.
    pub(super) const OTHER: Self = Self(1 << 5);

    pub(super) const ALL: [Self; 6] = [Self::TOPIC, Self::PROVIDER, Self::SCHEME, Self::KIND, Self::DATE, Self::OTHER];

    /// The reason that goes with a group.
    pub(super) const fn of(group: Group) -> Self {
        match group {
            Group::Topic => Self::TOPIC,
            Group::Provider => Self::PROVIDER,
            Group::Scheme => Self::SCHEME,
            Group::Kind => Self::KIND,
            Group::Month => Self::DATE,
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The group that these are the reasons of, if they are of one group alone.
    pub(super) fn only_group(self) -> Option<Group> {
        Group::ALL.into_iter().find(|group| self == Self::of(*group))
    }

    /// These, or none.
    fn if_so(self, is_so: bool) -> Self {
        Self(self.0 * u8::from(is_so))
    }

    fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Which articles may match, compiled for one open index.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The groups of which an article must have a chosen value.
    chosen_groups: Reasons,
    chosen: ValueSet,
    /// The value chosen and the reason of its group, if it is one alone and none is excluded: then looking for it is all there is to
    /// do.
    only: Option<(ValueId, Reasons)>,
    excluded: ValueSet,
    has_excluded: bool,
    /// Seconds; from inclusive, until exclusive.
    from: Option<i64>,
    until: Option<i64>,
    undated: bool,
    min_quality: Option<u8>,
    max_quality: Option<u8>,
}

/// What most filters are: one thing, which is quicker to look for than several.
pub(super) enum Only {
    /// The value that an article must have.
    Value(ValueId),
    /// When it must have been published.
    Dates(Range<i64>),
    Else,
}

/// A set of values, a bit each.
#[derive(Debug, Clone, Default)]
struct ValueSet(Vec<u64>);

impl ValueSet {
    fn of(ids: &[ValueId], values: usize) -> Self {
        let mut bits = vec![0u64; values.div_ceil(64)];
        for id in ids {
            bits[*id as usize / 64] |= 1 << (id % 64);
        }
        Self(bits)
    }

    fn contains(&self, id: ValueId) -> bool {
        self.0.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1)
    }
}

impl Filter {
    pub(super) fn new(resolved: &Resolved, values: Option<&Values>) -> Self {
        let mut chosen_groups = Reasons::NONE;
        let (mut chosen, mut reason) = (Vec::new(), Reasons::NONE);
        for (group, ids) in &resolved.chosen {
            chosen_groups.insert(Reasons::of(*group));
            if !ids.is_empty() {
                reason = Reasons::of(*group);
            }
            chosen.extend(ids);
        }
        let count = values.map_or(0, Values::len);
        Self {
            chosen_groups,
            chosen: ValueSet::of(&chosen, count),
            only: if let ([id], true) = (&*chosen, resolved.excluded.is_empty()) { Some((*id, reason)) } else { None },
            excluded: ValueSet::of(&resolved.excluded, count),
            has_excluded: !resolved.excluded.is_empty(),
            from: resolved.from,
            until: resolved.until,
            undated: resolved.undated,
            min_quality: resolved.min_quality,
            max_quality: resolved.max_quality,
        }
    }

    /// The reasons this filter can turn an article down for.
    pub(super) fn active(&self) -> Reasons {
        let mut active = self.chosen_groups;
        if self.from.is_some() || self.until.is_some() || self.undated {
            active.insert(Reasons::DATE);
        }
        if self.has_excluded || self.min_quality.is_some() || self.max_quality.is_some() {
            active.insert(Reasons::OTHER);
        }
        active
    }

    /// This filter without those parts.
    pub(super) fn without(&self, reasons: Reasons) -> Self {
        let mut rest = self.clone();
        rest.chosen_groups = rest.chosen_groups.without(reasons);
        if reasons.contains(Reasons::DATE) {
            (rest.from, rest.until, rest.undated) = (None, None, false);
        }
        if reasons.contains(Reasons::OTHER) {
            (rest.has_excluded, rest.min_quality, rest.max_quality) = (false, None, None);
        }
        rest
    }

    /// Whether it looks at countable values.
    pub(super) fn needs_values(&self) -> bool {
        !self.chosen_groups.is_empty() || self.has_excluded
    }

    /// What is asked of an article, if it is one thing.
    pub(super) fn only(&self) -> Only {
        match self.only {
            Some((value, reason)) if self.active() == reason => Only::Value(value),
            _ if self.active() == Reasons::DATE && !self.undated => Only::Dates(self.dates()),
            _ => Only::Else,
        }
    }

    /// The dates that were chosen, the unknown one never among them.
    fn dates(&self) -> Range<i64> {
        self.from.unwrap_or(UNDATED + 1)..self.until.unwrap_or(i64::MAX)
    }

    /// Whether a value is one of those chosen.
    pub(super) fn chose(&self, id: ValueId) -> bool {
        self.chosen.contains(id)
    }

    /// Whether there is a choice of dates.
    pub(super) fn chose_dates(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether the choice of dates covers those from `start` until `end`, in seconds.
    pub(super) fn covers_dates(&self, start: i64, end: i64) -> bool {
        self.from.is_none_or(|from| from <= start) && self.until.is_none_or(|until| end <= until)
    }

    /// Whether articles without a date were chosen.
    pub(super) fn chose_undated(&self) -> bool {
        self.undated
    }

    /// Why a document may not match; empty when it may. `ids` are its values, needed if [`Self::needs_values`].
    pub(super) fn reasons(&self, ranks: &Ranks, doc: u32, ids: &[ValueId], values: Option<&Values>) -> Reasons {
        let mut reasons = Reasons::NONE;
        if let Some(values) = values
            && self.needs_values()
        {
            // A group that was chosen from turns an article down unless one of its values was chosen.
            reasons = self.chosen_groups;
            if let Some((only, reason)) = self.only {
                reasons = reasons.without(reason.if_so(ids.contains(&only)));
            } else {
                for id in ids.iter().filter(|id| self.chosen.contains(**id)) {
                    reasons = reasons.without(Reasons::of(values.group_of(*id)));
                }
            }
            if self.has_excluded && ids.iter().any(|id| self.excluded.contains(*id)) {
                reasons.insert(Reasons::OTHER);
            }
        }
        if self.from.is_some() || self.until.is_some() || self.undated {
            let published = ranks.date(doc);
            let in_time = if self.undated {
                // Without a date and within some time: nothing is both.
                published == UNDATED && self.from.is_none() && self.until.is_none()
            } else {
                self.dates().contains(&published)
            };
            reasons.insert(Reasons::DATE.if_so(!in_time));
        }
        if self.min_quality.is_some() || self.max_quality.is_some() {
            let grade = ranks.of(doc).grade;
            let good = grade != UNGRADED
                && self.min_quality.is_none_or(|min| min <= grade)
                && self.max_quality.is_none_or(|max| grade <= max);
            if !good {
                reasons.insert(Reasons::OTHER);
            }
        }
        reasons
    }
}
