//! The words that the last word of a text may become.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tantivy::{DocId, Term};

use super::chain::hyphenated;
use super::{Completed, SuggestRequest, Suggestion};
use crate::Result;
use crate::article::fold;
use crate::index::analysis::{begins_compounds, words};
use crate::query::lower::{Scoring, Weighed};
use crate::query::{Node, Query, parse};
use crate::search::dictionary::{Dictionary, each_doc};
use crate::search::relax::conjunction;
use crate::search::searcher::Searcher;
use crate::search::understood::{Reading, Understood};

/// So many words that begin as typed are looked at, the most frequent ones. Only a beginning of one or two letters has more.
const MAX_BEGINNINGS: usize = 512;
/// Stands for the word that is being typed while what stands before it is understood: some word in small letters.
const ANY_WORD: &str = "word";

/// The words that are one to a search, as their surfaces.
struct Family {
    /// How many articles have it at most.
    bound: u64,
    term: Term,
    surfaces: Vec<String>,
}

/// The articles in which a word may stand, by segment and document.
type Among = Vec<Vec<bool>>;

impl Searcher {
    /// The words that the last word of a query may become, which must match beside what stands before it.
    pub(super) fn words_beside(&self, query: Query, typed: &str, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
        let mut before: Vec<Node> = query.conjuncts().into_iter().cloned().collect();
        before.pop();
        let before = Query { root: Node::all(before), filters: query.filters };
        // The word will be written in small letters, beside which no text is a headline in capitals.
        let is_shouted = false;
        let before = self.corrected(before, is_shouted, &mut Vec::new())?;
        let reading = Reading { any: false, exact: true, is_shouted };
        let goes_on = |word: &str| {
            let nodes = before.conjuncts().into_iter().cloned();
            Query { root: Node::all(nodes.chain([Node::Word(word.to_owned())])), filters: before.filters.clone() }
        };
        let mut understood = self.prepare(goes_on(ANY_WORD), &request.text, reading, &mut Vec::new())?;
        if !before.conjuncts().contains(&&Node::Word(ANY_WORD.to_owned())) {
            understood.parts.pop();
        }
        let found = self
            .among(&understood)
            .and_then(|among| self.most_frequent(typed, among.as_ref(), request.limit))
            .map_err(|cause| self.failed(cause))?;
        let suggestion = |(count, word): (u64, String)| Suggestion {
            kind: Completed::Word,
            query: goes_on(&word).to_string(),
            label: word,
            count,
        };
        Ok(found.into_iter().map(suggestion).collect())
    }

    /// The words of all articles that a word may become behind `lead`, with which it is more than a word that must match.
    pub(super) fn words_within(&self, lead: &str, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
        let found = self.most_frequent(typed, None, limit).map_err(|cause| self.failed(cause))?;
        let suggestion = |(count, label): (u64, String)| {
            let query = parse(&format!("{lead}{label}")).ok()?.query.to_string();
            Some(Suggestion { kind: Completed::Word, query, label, count })
        };
        Ok(found.into_iter().filter_map(suggestion).collect())
    }

    /// The words that the last word of a phrase may become which stands behind `lead` and begins with `begun`.
    pub(super) fn words_in_phrase(
        &self,
        lead: &str,
        begun: &str,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<Suggestion>> {
        let begins = parse(&format!("\"{begun}\""))?.query;
        let reading = Reading { any: false, exact: true, is_shouted: false };
        let understood = self.prepare(begins, begun, reading, &mut Vec::new())?;
        let found = self
            .among(&understood)
            .and_then(|among| self.most_frequent(typed, among.as_ref(), limit))
            .map_err(|cause| self.failed(cause))?;
        let mut suggestions = Vec::new();
        for (_, label) in found {
            let phrase = format!("\"{begun}{label}\"");
            if let Ok(parsed) = parse(&format!("{lead}{phrase}"))
                && let Some(count @ 1..) = self.finds(&phrase)?
            {
                let query = parsed.query.to_string();
                suggestions.push(Suggestion { kind: Completed::Word, query, label, count });
            }
        }
        Ok(suggestions)
    }

    /// The articles that match; `None` when that is all of them.
    fn among(&self, understood: &Understood) -> tantivy::Result<Option<Among>> {
        let Understood { parts, filter, .. } = understood;
        let clause = conjunction(parts);
        if clause.is_none() && filter.active().is_empty() {
            return Ok(None);
        }
        let scoring = Scoring::Off(&self.engine);
        let engine = clause.map(|clause| Weighed::new(&clause, scoring)?.engine(scoring.engine())).transpose()?;
        let (ranks, values) = (self.ranks()?, self.values_if(filter.needs_values())?);
        let (mut among, mut reasons) = (Vec::new(), Vec::new());
        for (ord, segment) in self.segments().iter().enumerate() {
            let mut matches = vec![engine.is_none(); segment.max_doc() as usize];
            if let Some(engine) = &engine {
                engine.for_each_no_score(segment, &mut |docs| {
                    for doc in docs {
                        matches[*doc as usize] = true;
                    }
                })?;
            }
            if !filter.active().is_empty() {
                let docs: Vec<DocId> = (0..segment.max_doc()).collect();
                filter.reasons_of(&ranks[ord], values, ord, &docs, &mut reasons);
                matches.iter_mut().zip(&reasons).for_each(|(matches, reasons)| *matches &= reasons.is_empty());
            }
            among.push(matches);
        }
        Ok(Some(among))
    }

    /// The words that begin as typed and stand in most of the articles, with their number; typed in capitals, acronyms before them.
    ///
    /// Words are counted in the order of their bounds, the numbers over all articles, until no bound is as high as the last of the
    /// best (the threshold algorithm of Fagin, Lotem and Naor 2003).
    fn most_frequent(&self, typed: &str, among: Option<&Among>, limit: usize) -> tantivy::Result<Vec<(u64, String)>> {
        let dictionary = self.dictionary();
        let mut families = families(dictionary, &fold(typed))?;
        families.sort_by_key(|family| Reverse(family.bound));
        let mut first = Vec::new();
        for acronym in acronyms(dictionary, typed)? {
            // A term of its own.
            let count = count_in(dictionary, &dictionary.stem(&acronym), among)?;
            first.extend((count > 0).then_some((Reverse(count), acronym)));
        }
        first.sort_unstable();
        let mut best: Vec<(Reverse<u64>, String)> = Vec::new();
        for family in families {
            let last = best.get(limit - 1).map_or(0, |(Reverse(count), _)| *count);
            if family.bound < last {
                break;
            }
            let count = count_in(dictionary, &family.term, among)?;
            if count == 0 || count < last {
                continue;
            }
            if let Some(form) = dictionary.form(&family.surfaces)? {
                best.push((Reverse(count), form.to_owned()));
                best.sort_unstable();
            }
        }
        first.append(&mut best);
        first.truncate(limit);
        let as_written = |(Reverse(count), surface): (Reverse<u64>, String)| {
            Ok((count, hyphenated(dictionary, &surface)?.unwrap_or(surface)))
        };
        first.into_iter().map(as_written).collect()
    }
}

/// The words that begin so.
fn families(dictionary: Dictionary<'_>, prefix: &str) -> tantivy::Result<Vec<Family>> {
    let mut surfaces: Vec<(Reverse<u64>, String)> =
        dictionary.beginning(prefix)?.into_iter().map(|(surface, bound)| (Reverse(bound), surface)).collect();
    // The first part of compounds is a term, but no word if it stands in nothing else: `tele`.
    let mut in_compounds = Vec::new();
    for (_, surface) in surfaces.iter().filter(|(_, surface)| begins_compounds(surface)) {
        if !stands_alone(dictionary, surface, surfaces.iter().map(|(_, other)| other.as_str()))? {
            in_compounds.push(surface.clone());
        }
    }
    surfaces.retain(|(_, surface)| !in_compounds.contains(surface));
    if surfaces.len() > MAX_BEGINNINGS {
        surfaces.select_nth_unstable(MAX_BEGINNINGS);
        surfaces.truncate(MAX_BEGINNINGS);
    }
    surfaces.sort_unstable();
    let mut families: BTreeMap<Term, Vec<String>> = BTreeMap::new();
    for (_, surface) in surfaces {
        if let Some(term) = dictionary.term(&surface) {
            families.entry(term).or_default().push(surface);
        }
    }
    let family = |(term, surfaces)| Ok(Family { bound: dictionary.bound(&term)?, term, surfaces });
    families.into_iter().map(family).collect()
}

/// The acronyms that begin as typed, if that is in capitals: `WHO` is another word than `who`.
fn acronyms(dictionary: Dictionary<'_>, typed: &str) -> tantivy::Result<BTreeSet<String>> {
    let mut acronyms = BTreeSet::new();
    if typed.chars().nth(1).is_some() && typed.chars().all(char::is_uppercase) {
        dictionary.each_beginning(typed, dictionary.fields.text, |key, _, _| {
            acronyms.extend(std::str::from_utf8(key).ok().map(str::to_owned));
            Ok(())
        })?;
    }
    Ok(acronyms)
}

/// Whether an article has a surface without any compound, among those given, that begins with it.
fn stands_alone<'a>(
    dictionary: Dictionary<'_>,
    surface: &str,
    others: impl Iterator<Item = &'a str>,
) -> tantivy::Result<bool> {
    let Some(term) = dictionary.term(surface) else { return Ok(true) };
    let is_compound = |other: &&str| {
        let first = words(other).next().filter(|_| other.starts_with(surface));
        first.is_some_and(|first| first.compound.is_some() && *first.forms.surface == *surface)
    };
    let Dictionary { segments, fields, .. } = dictionary;
    let compounds: Vec<&str> = others.filter(is_compound).collect();
    for segment in segments {
        let mut alone = vec![false; segment.max_doc() as usize];
        each_doc(segment, &term, |doc| alone[doc as usize] = true)?;
        for compound in &compounds {
            for field in [fields.words, fields.text] {
                each_doc(segment, &Term::from_field_text(field, compound), |doc| alone[doc as usize] = false)?;
            }
        }
        if alone.contains(&true) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn count_in(dictionary: Dictionary<'_>, term: &Term, among: Option<&Among>) -> tantivy::Result<u64> {
    let Some(among) = among else { return dictionary.count(term) };
    let mut count = 0;
    for (segment, among) in dictionary.segments.iter().zip(among) {
        each_doc(segment, term, |doc| count += u64::from(among[doc as usize]))?;
    }
    Ok(count)
}
