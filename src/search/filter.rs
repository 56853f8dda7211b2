//! [`Filter`]: which articles may match at all, decided by numbers.

use std::ops::Range;

use tantivy::DocId;

use super::catalog::{Group, Places, Ranks, UNDATED, UNGRADED, ValueId, Values};
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
    /// No filter's reason: the article is in the index no more.
    pub(super) const DELETED: Self = Self(1 << 6);

    /// Those of filters.
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

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// These, or none.
    pub(super) fn if_so(self, is_so: bool) -> Self {
        Self(self.0 * u8::from(is_so))
    }

    pub(super) fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Which articles may match, compiled for one open index.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The groups of which an article must have a chosen value.
    chosen_groups: Reasons,
    chosen: Vec<ValueId>,
    has_excluded: bool,
    /// What each mark says: the groups of which it has a chosen value, and [`Reasons::OTHER`] where it has an excluded one.
    flags: Vec<u8>,
    /// The marks that say anything.
    flagged: Places,
    /// Seconds; from inclusive, until exclusive.
    from: Option<i64>,
    until: Option<i64>,
    undated: bool,
    min_quality: Option<u8>,
    max_quality: Option<u8>,
}

impl Filter {
    pub(super) fn new(resolved: &Resolved, values: Option<&Values>) -> Self {
        let mut chosen_groups = Reasons::NONE;
        let mut chosen = Vec::new();
        let mut flags = vec![0; values.map_or(0, Values::len)];
        for (group, ids) in &resolved.chosen {
            chosen_groups.insert(Reasons::of(*group));
            for id in ids {
                flags[*id as usize] |= Reasons::of(*group).0;
            }
            chosen.extend(ids);
        }
        for id in &resolved.excluded {
            flags[*id as usize] |= Reasons::OTHER.0;
        }
        let excluded = resolved.excluded.iter().filter_map(|id| Some(values?.group_of(*id)));
        let flagged = Places::of_all(resolved.chosen.iter().map(|(group, _)| *group).chain(excluded));
        Self {
            chosen_groups,
            chosen,
            has_excluded: !resolved.excluded.is_empty(),
            flags: values.map_or_else(Vec::new, |values| values.marks().flags(&flags)),
            flagged,
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
        active.insert(Reasons::DATE.if_so(self.looks_at_dates()));
        active.insert(Reasons::OTHER.if_so(self.has_excluded || self.looks_at_grades()));
        active
    }

    /// This filter without those parts.
    pub(super) fn without(&self, reasons: Reasons) -> Self {
        let mut rest = self.clone();
        rest.chosen_groups = rest.chosen_groups.without(reasons);
        if reasons.meets(Reasons::DATE) {
            (rest.from, rest.until, rest.undated) = (None, None, false);
        }
        if reasons.meets(Reasons::OTHER) {
            (rest.has_excluded, rest.min_quality, rest.max_quality) = (false, None, None);
        }
        rest
    }

    /// Whether it looks at countable values.
    pub(super) fn needs_values(&self) -> bool {
        !self.chosen_groups.is_empty() || self.has_excluded
    }

    /// The dates that were chosen, the unknown one never among them.
    fn dates(&self) -> Range<i64> {
        self.from.unwrap_or(UNDATED + 1)..self.until.unwrap_or(i64::MAX)
    }

    /// Whether a value is one of those chosen.
    pub(super) fn chose(&self, id: ValueId) -> bool {
        self.chosen.contains(&id)
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

    /// Puts into `reasons` why each of these documents may not match; nothing for one that may. `values` are looked at if
    /// [`Self::needs_values`].
    pub(super) fn reasons_of(
        &self,
        ranks: &Ranks,
        values: Option<&Values>,
        segment: usize,
        docs: &[DocId],
        reasons: &mut Vec<Reasons>,
    ) {
        reasons.clear();
        reasons.resize(docs.len(), self.of_values(0));
        if let Some(values) = values.filter(|_| self.needs_values()) {
            let make = |flags| self.of_values(flags);
            values.marks().flags_of(segment, docs, self.flagged, &self.flags, make, reasons);
        }
        if self.looks_at_dates() {
            docs.iter().zip(&mut *reasons).for_each(|(doc, reasons)| reasons.insert(self.of_date(ranks, *doc)));
        }
        if self.looks_at_grades() {
            docs.iter().zip(reasons).for_each(|(doc, reasons)| reasons.insert(self.of_grade(ranks, *doc)));
        }
    }

    fn looks_at_dates(&self) -> bool {
        self.chose_dates() || self.undated
    }

    fn looks_at_grades(&self) -> bool {
        self.min_quality.is_some() || self.max_quality.is_some()
    }

    /// Why the values of a document keep it out, the flags of whose marks are these together.
    #[inline]
    fn of_values(&self, flags: u8) -> Reasons {
        // A group that was chosen from turns an article down unless one of its values was chosen.
        let mut reasons = self.chosen_groups.without(Reasons(flags));
        reasons.insert(Reasons::OTHER.if_so(self.has_excluded & Reasons(flags).meets(Reasons::OTHER)));
        reasons
    }

    /// Whether the date of a document keeps it out.
    #[inline]
    fn of_date(&self, ranks: &Ranks, doc: DocId) -> Reasons {
        let published = ranks.date(doc);
        let in_time = if self.undated {
            // Without a date and within some time: nothing is both.
            published == UNDATED && !self.chose_dates()
        } else {
            self.dates().contains(&published)
        };
        Reasons::DATE.if_so(!in_time)
    }

    /// Whether the grade of a document keeps it out.
    fn of_grade(&self, ranks: &Ranks, doc: DocId) -> Reasons {
        let grade = ranks.of(doc).grade;
        let good = grade != UNGRADED
            && self.min_quality.is_none_or(|min| min <= grade)
            && self.max_quality.is_none_or(|max| grade <= max);
        Reasons::OTHER.if_so(!good)
    }
}
