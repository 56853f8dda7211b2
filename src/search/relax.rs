//! When nothing matches: which part is to blame, and what matches most of the rest.
//!
//! Whether words are relaxed does not depend on filters: words that stand together in some article are never relaxed, and
//! then a filter is to blame. So a relaxed query is a query like another, and its facets keep their promise.

use super::filter::{Filter, Reasons};
use super::warning::Warning;
use crate::index::analysis::is_grammar;
use crate::query::lower::{Clause, idf};
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

/// How many articles a relaxed answer is to have, if any of the parts are in so many: two pages. A question in whole sentences has
/// all but one of its words in one odd article, and the good ones a few words below (`docs/RELEVANCE.md`).
pub(super) const ENOUGH: u64 = 20;
/// A part is telling if it is at least so rare (by its inverse document frequency) beside the rarest, and no word of grammar. What a
/// question is about is telling, and what makes a sentence of it is not: `what are the benefits of telehealth`.
const TELLING: f64 = 0.5;

/// Of so many parts, of which each is in some article, is asked which one is to blame. That takes as many searches with as many parts
/// each, and in a longer text hardly one word alone is at fault.
const MAX_SUSPECTS: usize = 32;

/// How many articles match.
type Count<'a> = &'a dyn Fn(Option<&Clause>, &Filter) -> tantivy::Result<u64>;

/// The parts of a query that are relaxed.
struct Relaxing<'a> {
    /// Of these an article must match some.
    telling: Vec<&'a Part>,
    /// These say how well it matches. It is noted which of them tell nothing of an article.
    others: Vec<Clause>,
    restrictions: Vec<&'a Part>,
}

impl<'a> Relaxing<'a> {
    /// All but the words of grammar are telling.
    fn without_grammar(parts: &'a [Part]) -> Self {
        let (restrictions, wanted): (Vec<&Part>, Vec<&Part>) =
            parts.iter().partition(|part| part.clause.is_restriction());
        let (grammar, telling): (Vec<&Part>, Vec<&Part>) = wanted.iter().partition(|part| is_grammar(&part.text));
        let others = grammar.into_iter().map(|part| noted(&part.clause));
        Self { telling, others: others.collect(), restrictions }
    }

    /// Those that are rare beside the rarest are telling.
    fn of_the_rarest(self, count: Count<'_>) -> tantivy::Result<Self> {
        let docs = count(None, &Filter::default())?;
        // What no article has tells nothing.
        let rarity = |part: &&Part| {
            let with = count(Some(&part.clause), &Filter::default())?;
            Ok(if with == 0 { 0.0 } else { idf(docs, with) })
        };
        let rarities: Vec<f64> = self.telling.iter().map(rarity).collect::<tantivy::Result<_>>()?;
        let least = rarities.iter().copied().fold(f64::MIN_POSITIVE, f64::max) * TELLING;
        let (mut telling, mut others) = (Vec::new(), self.others);
        for (part, rarity) in self.telling.into_iter().zip(rarities) {
            if rarity >= least {
                telling.push(part);
            } else {
                let is_common = rarity > 0.0 && rarity < idf(docs, docs / 2);
                others.push(if is_common { noted(&part.clause) } else { part.clause.clone() });
            }
        }
        Ok(Self { telling, others, ..self })
    }

    /// What matches `least` of the telling parts, and all that restricts.
    fn clause(&self, least: usize) -> Option<Clause> {
        let of = |parts: &[&Part]| parts.iter().map(|part| part.clause.clone()).collect::<Vec<Clause>>();
        let others = (!self.others.is_empty()).then(|| Clause::AtLeast(0, self.others.clone()));
        let clauses = std::iter::once(Clause::AtLeast(least, of(&self.telling))).chain(others);
        Clause::all(clauses.chain(of(&self.restrictions)).collect())
    }
}

/// A clause of which is known that it tells nothing of an article.
fn noted(clause: &Clause) -> Clause {
    let mut clause = clause.clone();
    clause.note_common();
    clause
}

/// The clause that matches all but the words of grammar if any article does, else as many of the telling parts as enough articles do,
/// else any of them, and a warning that says how many; `None` when relaxing does not help: no article matches any, or some match all.
pub(super) fn relax(parts: &[Part], count: Count<'_>) -> tantivy::Result<Option<(Clause, Warning)>> {
    let wanted = parts.iter().filter(|part| !part.clause.is_restriction()).count();
    let found = |clause: Option<Clause>| count(clause.as_ref(), &Filter::default());
    if wanted < 2 || found(conjunction(parts))? > 0 {
        return Ok(None);
    }
    let mut relaxing = Relaxing::without_grammar(parts);
    let mut matched = relaxing.telling.len();
    if matched == wanted || matched == 0 || found(relaxing.clause(matched))? == 0 {
        relaxing = relaxing.of_the_rarest(count)?;
        if found(relaxing.clause(1))? == 0 {
            return Ok(None);
        }
        // What matches some number of parts also matches fewer: the greatest number is found by halving.
        matched = 1;
        let mut too_many = relaxing.telling.len() + 1;
        while too_many - matched > 1 {
            let least = usize::midpoint(matched, too_many);
            let is_enough = found(relaxing.clause(least))? >= ENOUGH;
            *(if is_enough { &mut matched } else { &mut too_many }) = least;
        }
    }
    let telling: Vec<String> = relaxing.telling.iter().map(|part| part.text.clone()).collect();
    Ok(relaxing.clause(matched).map(|clause| (clause, Warning::Relaxed { matched, of: wanted, telling })))
}

/// Why nothing matches: the words that no article has, and for each part of the query and each filter how many articles
/// match without it.
pub(super) fn blame(
    parts: &[Part],
    filter: &Filter,
    filters: &Filters,
    count: Count<'_>,
) -> tantivy::Result<Vec<Warning>> {
    let mut warnings = Vec::new();
    let mut in_none = Vec::new();
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.clause.is_restriction()) {
        if count(Some(&part.clause), &Filter::default())? == 0 {
            in_none.push(at);
            if matches!(part.clause, Clause::Leaf(_)) {
                warnings.push(Warning::UnknownWord { word: part.text.clone() });
            }
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
    // Beside a part that no article has, no other can be to blame alone, and no filter.
    let suspects = match in_none.as_slice() {
        [] if parts.len() > MAX_SUSPECTS => 0..0,
        [] => 0..parts.len(),
        [only] => *only..*only + 1,
        [..] => return Ok(warnings),
    };
    for at in suspects {
        let others = parts.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, part)| part);
        suspect(parts[at].text.clone(), count(conjunction(others).as_ref(), filter)?);
    }
    if !in_none.is_empty() {
        return Ok(warnings);
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
