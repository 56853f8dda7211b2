//! [`resolve`]: from the names a user gives to the values of an index, with suggestions for those it does not hold.

use super::catalog::{Group, ValueId, Values};
use super::request::FacetField;
use super::spelling::may_mean;
use super::warning::Warning;
use crate::article::{Domain, Topic, fold_words};
use crate::query::{FieldFilter, Filters};

/// How many suggestions an unknown value gets.
const SUGGESTIONS: usize = 3;
/// So many unknown values of a group get any. Each is compared with all spellings there are; a thousand would take minutes.
const MAX_SUGGESTED: usize = 8;
/// Longer names are like none, which takes long to find out: time grows with the square of the length. In bytes.
const LONGEST: usize = 256;
/// How like a suggestion must be (Jaro–Winkler, 0 to 1): below this one reads as a random value.
///
/// Names are many words and are only suggested, several at a time, so that how much of them is alike counts, not the number of
/// edits. A single word of a name is taken for another just as [`super::spelling`] does, where nobody is asked.
const LIKENESS: f64 = 0.75;
/// How like it is at least if one of its words is the wanted one, or a slip of it.
const LIKENESS_OF_A_WORD: f64 = 0.9;

/// Filters with their names looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// The groups that were chosen from, with the values chosen: none when the index holds none of them.
    pub(super) chosen: Vec<(Group, Vec<ValueId>)>,
    pub(super) excluded: Vec<ValueId>,
    pub(super) from: Option<i64>,
    pub(super) until: Option<i64>,
    pub(super) undated: bool,
    pub(super) min_quality: Option<u8>,
    pub(super) max_quality: Option<u8>,
}

/// Whether these filters name values, so that `resolve` needs to know them.
pub(super) fn names_values(filters: &Filters) -> bool {
    let Filters { topics, providers, schemes, kinds, not_topics, not_providers, .. } = filters;
    [topics, providers, schemes, kinds, not_topics, not_providers].into_iter().any(|names| !names.is_empty())
}

/// The filters that consist of this one; none for [`FieldFilter::Within`], whose end is no [`crate::query::Period`].
pub(super) fn single(field: &FieldFilter) -> Filters {
    let mut filters = Filters::default();
    match field.clone() {
        FieldFilter::Topic(name) => filters.topics.push(name),
        FieldFilter::Provider(name) => filters.providers.push(name),
        FieldFilter::Scheme(name) => filters.schemes.push(name),
        FieldFilter::Kind(name) => filters.kinds.push(name),
        FieldFilter::After(period) => filters.after = Some(period),
        FieldFilter::Before(period) => filters.before = Some(period),
        FieldFilter::Within(_) => {}
        FieldFilter::Undated => filters.undated = true,
        FieldFilter::MinQuality(grade) => filters.min_quality = Some(grade),
        FieldFilter::MaxQuality(grade) => filters.max_quality = Some(grade),
    }
    filters
}

/// Looks the names of filters up. `as_of` is the clock for relative dates, in seconds since 1970.
pub(super) fn resolve(filters: &Filters, values: Option<&Values>, as_of: i64, warnings: &mut Vec<Warning>) -> Resolved {
    let mut resolved = Resolved {
        from: filters.after.map(|period| period.start(as_of)),
        until: filters.before.map(|period| period.start(as_of)),
        undated: filters.undated,
        min_quality: filters.min_quality,
        max_quality: filters.max_quality,
        ..Resolved::default()
    };
    let Some(values) = values else { return resolved };
    let mut look_up = |group: Group, names: &[String]| {
        let (mut ids, mut suggested) = (Vec::new(), 0);
        for name in names {
            let found = find(values, group, name);
            if found.is_empty() {
                suggested += 1;
                let suggestions = if suggested > MAX_SUGGESTED { Vec::new() } else { suggestions(values, group, name) };
                warnings.push(Warning::UnknownValue { field: field_of(group), value: name.clone(), suggestions });
            }
            ids.extend(found);
        }
        ids
    };
    for (group, names) in [
        (Group::Topic, &filters.topics),
        (Group::Provider, &filters.providers),
        (Group::Scheme, &filters.schemes),
        (Group::Kind, &filters.kinds),
    ] {
        if !names.is_empty() {
            resolved.chosen.push((group, look_up(group, names)));
        }
    }
    resolved.excluded = look_up(Group::Topic, &filters.not_topics);
    resolved.excluded.extend(look_up(Group::Provider, &filters.not_providers));
    resolved
}

/// The values that go by a name. An exact key is always that value alone, so that a value from a facet, given back as a
/// filter, finds what was counted.
fn find(values: &Values, group: Group, name: &str) -> Vec<ValueId> {
    let exact = |key: &str| values.find(group, key).map(|id| vec![id]);
    match group {
        Group::Topic => {
            let Some(topic) = Topic::parse(name) else { return Vec::new() };
            let key = topic.key();
            // A label that stands in no article by itself means the label in whatever scheme.
            exact(key.as_str()).unwrap_or_else(|| {
                let label = format!(": {}", key.as_str());
                values.group(group).filter(|id| values.key(*id).ends_with(&label)).collect()
            })
        }
        Group::Provider => {
            let words = fold_words(name);
            let by_domain = || Domain::parse(name).and_then(|domain| exact(domain.as_str()));
            by_domain().or_else(|| exact(&words)).unwrap_or_else(|| {
                let goes_by = |id: &ValueId| {
                    values.spellings(*id).iter().any(|spelling| fold_words(spelling) == words)
                        || values
                            .key(*id)
                            .rsplit_once('.')
                            .is_some_and(|(host, _)| host.split('.').any(|label| label == words))
                };
                values.group(group).filter(goes_by).collect()
            })
        }
        Group::Scheme | Group::Kind | Group::Month => exact(&fold_words(name)).unwrap_or_default(),
    }
}

fn field_of(group: Group) -> FacetField {
    match group {
        Group::Topic => FacetField::Topic,
        Group::Provider => FacetField::Provider,
        Group::Scheme => FacetField::Scheme,
        Group::Kind => FacetField::Kind,
        Group::Month => FacetField::Month,
    }
}

/// What may have been meant by a name that no value goes by, the likest first.
fn suggestions(values: &Values, group: Group, name: &str) -> Vec<String> {
    let wanted = fold_words(name);
    let is_short = wanted.len() <= LONGEST;
    let likeness = |candidate: &str| {
        let candidate = fold_words(candidate);
        let whole = strsim::jaro_winkler(&wanted, &candidate);
        // `imaging` and `imagign` are near `ai in medical imaging` though the strings are not alike.
        let part = candidate.split(' ').any(|word| word == wanted || may_mean(&wanted, word));
        if part { whole.max(LIKENESS_OF_A_WORD) } else { whole }
    };
    let mut candidates: Vec<(f64, &str)> = values
        .group(group)
        .filter(|_| is_short)
        .filter_map(|id| {
            let best =
                values.spellings(id).iter().map(|spelling| likeness(spelling)).fold(likeness(values.key(id)), f64::max);
            let shown = if group == Group::Provider { values.key(id) } else { values.label(id) };
            (best >= LIKENESS).then_some((best, shown))
        })
        .collect();
    candidates.sort_by(|(a, left), (b, right)| b.total_cmp(a).then_with(|| left.cmp(right)));
    candidates.into_iter().take(SUGGESTIONS).map(|(_, shown)| shown.to_owned()).collect()
}
