//! [`resolve`]: from the names a user gives to the values of an index, with suggestions for those it does not hold.

use std::cmp::Reverse;

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
/// How like it is at least if one of its words may be meant by the wanted one.
const LIKENESS_OF_A_WORD: f64 = 0.9;
/// From so many characters on, a name may be held within a word: `times` by `nytimes`.
const HELD: usize = 4;

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
                let named = |is_name: &dyn Fn(&str) -> bool, is_label: &dyn Fn(&str) -> bool| {
                    let goes_by = |id: &ValueId| {
                        values.spellings(*id).iter().any(|spelling| is_name(&fold_words(spelling)))
                            || labels(values.key(*id)).any(is_label)
                    };
                    values.group(group).filter(goes_by).collect::<Vec<_>>()
                };
                let found = named(&|spelling| spelling == words, &|label| label == words);
                if !found.is_empty() {
                    return found;
                }
                let joined = words.replace(' ', "");
                named(&|spelling| bare(spelling) == bare(&words), &|label| label.replace('-', "") == joined)
            })
        }
        Group::Scheme | Group::Kind | Group::Month => exact(&fold_words(name)).unwrap_or_default(),
    }
}

/// A folded name without the article in front.
fn bare(name: &str) -> &str {
    name.strip_prefix("the ").unwrap_or(name)
}

/// The parts of a domain but for the last: `nytimes` of `nytimes.com`. None of a name that is no domain.
fn labels(key: &str) -> impl Iterator<Item = &str> {
    key.rsplit_once('.').into_iter().flat_map(|(host, _)| host.split('.'))
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

/// How a value may be what was meant by a name, the best way first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// One of its words begins so, or its name holds a name that is long enough.
    Holds,
    /// The name is a slip of its own.
    Slip,
    /// It is written much like it.
    Like,
}

/// What may have been meant by a name that no value goes by: of those that are like it in the best way, the likest first, and of equally
/// like ones those with most articles.
fn suggestions(values: &Values, group: Group, name: &str) -> Vec<String> {
    let wanted = fold_words(name);
    if wanted.len() > LONGEST {
        return Vec::new();
    }
    let candidates = values.group(group).filter_map(|id| {
        let names = values.spellings(id).iter().map(|spelling| &**spelling).chain([values.key(id)]);
        let labels = labels(values.key(id)).filter(|_| group == Group::Provider);
        let (likeness, distance) = names.chain(labels).filter_map(|name| likeness(&wanted, &fold_words(name))).min()?;
        let shown = if group == Group::Provider { values.key(id) } else { values.label(id) };
        Some((likeness, distance, Reverse(values.articles(id)), shown))
    });
    let mut candidates: Vec<_> = candidates.collect();
    candidates.sort_unstable();
    let best = candidates.first().map(|(likeness, ..)| *likeness);
    let shown = candidates.into_iter().take_while(|(likeness, ..)| Some(*likeness) == best).take(SUGGESTIONS);
    shown.map(|(.., shown)| shown.to_owned()).collect()
}

/// How like a folded name is to a wanted one, if it is, and in thousandths how far it is from being the same in that way.
fn likeness(wanted: &str, name: &str) -> Option<(Likeness, u16)> {
    let begins = || name.match_indices(wanted).any(|(at, _)| at == 0 || name[..at].ends_with(' '));
    if wanted.chars().count() >= HELD && name.contains(wanted) || begins() {
        return Some((Likeness::Holds, 0));
    }
    if may_mean(wanted, name) {
        return Some((Likeness::Slip, 0));
    }
    let whole = strsim::jaro_winkler(wanted, name);
    // `imaging` and `imagign` are near `ai in medical imaging` though the strings are not alike.
    let part = name.split(' ').any(|word| may_mean(wanted, word));
    let like = if part { whole.max(LIKENESS_OF_A_WORD) } else { whole };
    (like >= LIKENESS).then_some((Likeness::Like, ((1.0 - like) * 1000.0) as u16))
}
