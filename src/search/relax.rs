//! When nothing matches: which part is to blame, and what matches most of the rest.
//!
//! Whether words are relaxed does not depend on filters: words that stand together in some article are never relaxed, and
//! then a filter is to blame. So a relaxed query is a query like another, and its facets keep their promise.

use super::filter::{Filter, Reasons};
use super::warning::Warning;
use crate::query::lower::Clause;
use crate::query::{Filters, Query};

/// A part of the query that must match, with the text it stands for.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) clause: Clause,
}

impl Part {
    /// What matches nothing: a text without a word.
    pub(super) fn nothing(text: &str) -> Self {
        Self { text: text.to_owned(), clause: Clause::AtLeast(1, Vec::new()) }
    }
}

/// The conjunction of parts; `None` when there are none.
pub(super) fn conjunction<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Option<Clause> {
    Clause::all(parts.into_iter().map(|part| part.clause.clone()).collect())
}

/// The clause of the articles that match `least` of the parts that are looked for, and all that restrict.
fn relaxed(parts: &[Part], least: usize) -> Option<Clause> {
    let (restrictions, wanted): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| part.clause.is_restriction());
    let wanted = Clause::AtLeast(least, wanted.into_iter().map(|part| part.clause.clone()).collect());
    let restrictions = restrictions.into_iter().map(|part| part.clause.clone());
    Clause::all(std::iter::once(wanted).chain(restrictions).collect())
}

/// How many articles a relaxed answer is to have, if any of the parts are in so many: two pages. A question in whole sentences has
/// all but one of its words in one odd article, and the good ones a few words below (`docs/RELEVANCE.md`).
pub(super) const ENOUGH: u64 = 20;

/// The clause that matches as many of the parts as enough articles do, else any of them, and a warning that says how many; `None`
/// when relaxing does not help: no article matches any, or some match all.
pub(super) fn relax(
    parts: &[Part],
    count: &dyn Fn(Option<&Clause>, &Filter) -> tantivy::Result<u64>,
) -> tantivy::Result<Option<(Clause, Warning)>> {
    let wanted = parts.iter().filter(|part| !part.clause.is_restriction()).count();
    let everywhere = Filter::default();
    if wanted < 2 || count(conjunction(parts).as_ref(), &everywhere)? > 0 {
        return Ok(None);
    }
    let any = relaxed(parts, 1);
    if count(any.as_ref(), &everywhere)? == 0 {
        return Ok(None);
    }
    // What matches some number of parts also matches fewer: the greatest number is found by halving.
    let (mut best, mut matched, mut too_many) = (any, 1, wanted);
    while too_many - matched > 1 {
        let least = usize::midpoint(matched, too_many);
        let clause = relaxed(parts, least);
        if count(clause.as_ref(), &everywhere)? >= ENOUGH {
            (best, matched) = (clause, least);
        } else {
            too_many = least;
        }
    }
    Ok(best.map(|clause| (clause, Warning::Relaxed { matched, of: wanted })))
}

/// Why nothing matches: the words that no article has, and for each part of the query and each filter how many articles
/// match without it.
pub(super) fn blame(
    parts: &[Part],
    filter: &Filter,
    filters: &Filters,
    count: &dyn Fn(Option<&Clause>, &Filter) -> tantivy::Result<u64>,
) -> tantivy::Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    for part in parts.iter().filter(|part| matches!(part.clause, Clause::Leaf(_)) && !part.clause.is_restriction()) {
        if count(Some(&part.clause), &Filter::default())? == 0 {
            warnings.push(Warning::UnknownWord { word: part.text.clone() });
        }
    }
    let mut suspect = |text: String, without: u64| {
        if without > 0 {
            warnings.push(Warning::ToBlame { part: text, without });
        }
    };
    if parts.len() + Reasons::ALL.iter().filter(|reason| filter.active().meets(**reason)).count() < 2 {
        return Ok(warnings);
    }
    for (at, part) in parts.iter().enumerate() {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part);
        suspect(part.text.clone(), count(conjunction(others).as_ref(), filter)?);
    }
    for reason in Reasons::ALL.into_iter().filter(|reason| filter.active().meets(*reason)) {
        let without = count(conjunction(parts).as_ref(), &filter.without(reason))?;
        suspect(describe(filters, reason), without);
    }
    Ok(warnings)
}

/// The filters behind a reason, as query text.
fn describe(filters: &Filters, reason: Reasons) -> String {
    let mut only = Filters::default();
    match reason {
        Reasons::TOPIC => only.topics.clone_from(&filters.topics),
        Reasons::PROVIDER => only.providers.clone_from(&filters.providers),
        Reasons::SCHEME => only.schemes.clone_from(&filters.schemes),
        Reasons::KIND => only.kinds.clone_from(&filters.kinds),
        Reasons::DATE => (only.after, only.before, only.undated) = (filters.after, filters.before, filters.undated),
        _ => {
            only.not_topics.clone_from(&filters.not_topics);
            only.not_providers.clone_from(&filters.not_providers);
            (only.min_quality, only.max_quality) = (filters.min_quality, filters.max_quality);
        }
    }
    Query { root: None, filters: only }.to_string()
}
