//! [`Searcher::suggest`]: how a text that is being typed may go on.
//!
//! The last word of the text is completed among the words of all articles, and the whole text among topics and outlets. What can
//! be searched is suggested, and beside it stands the number of articles that searching it finds.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tantivy::query::EnableScoring;
use tantivy::{DocId, Term};

use super::catalog::Group;
use super::dictionary::{Dictionary, each_doc};
use super::filter::Filter;
use super::relax::conjunction;
use super::request::{SearchRequest, Sort};
use super::searcher::Searcher;
use super::understood::{Reading, Understood};
use crate::article::{fold, fold_words};
use crate::index::analysis::{begins_compounds, words};
use crate::query::lower::Weighed;
use crate::query::{Filters, Node, Query, parse};
use crate::{Error, Result};

/// The name and version of the JSON form.
pub const SUGGEST_SCHEMA: &str = "healthnews.suggest/1";
/// How many suggestions a request gets when it does not say.
pub const DEFAULT_SUGGESTIONS: usize = 10;
/// So many words that begin as typed are looked at, the most frequent ones. Only a beginning of one or two letters has more.
const MAX_BEGINNINGS: usize = 512;
/// The words before the last are corrected, and nothing else is searched as well.
const AS_TYPED: Reading = Reading { any: false, exact: true };
/// Stands for the word that is being typed while what stands before it is understood: some word in small letters.
const ANY_WORD: &str = "word";

/// A text that is being typed. In JSON `limit` may be left out; unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestRequest {
    /// The text so far, in the syntax of [`crate::query`].
    pub text: String,
    /// How many suggestions to give at most.
    #[serde(default = "default_limit")]
    pub limit: usize,
}

fn default_limit() -> usize {
    DEFAULT_SUGGESTIONS
}

/// The answer to a [`SuggestRequest`].
#[derive(Debug, Clone, Serialize)]
pub struct SuggestResponse {
    /// [`SUGGEST_SCHEMA`].
    pub schema: &'static str,
    /// The text so far.
    pub text: String,
    /// From the request to this response, in microseconds.
    pub took_us: u64,
    /// The generation of the index that answered.
    pub generation: String,
    /// By the number of articles that have them as they are written; of equally many words before topics before outlets, then by the
    /// alphabet.
    pub suggestions: Vec<Suggestion>,
}

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What is completed.
    pub kind: Completed,
    /// The text of the query: what was typed with its last word completed, or the filter for a topic or an outlet.
    pub query: String,
    /// The completed word, the topic, or the name of the outlet.
    pub label: String,
    /// How many articles the query finds.
    pub count: u64,
}

/// What a suggestion completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Completed {
    /// The last word.
    Word,
    /// The name of a topic.
    Topic,
    /// The name or domain of an outlet.
    Provider,
}

/// The words that are one to a search, as their surfaces.
struct Family {
    /// How many articles have it at most.
    bound: u64,
    term: Term,
    /// The most frequent first.
    surfaces: Vec<String>,
}

/// The articles in which a word may stand, by segment and document.
type Among = Vec<Vec<bool>>;

impl Searcher {
    /// Suggests how a text may go on. Empty when nothing begins so, or when the text does not end in a word.
    ///
    /// Words that a search takes for one are suggested once, in the basic form if that is written anywhere, and counted among
    /// the articles that match what stands before (with its words corrected as a search would). Topics and outlets are found by
    /// the beginning of any of their words. Costs a walk over the dictionary behind the last word and over the postings of the
    /// words that are in question, and a search that counts for each word that is suggested.
    ///
    /// # Errors
    /// Those of [`Self::search`].
    pub fn suggest(&self, request: &SuggestRequest) -> Result<SuggestResponse> {
        let begun = Instant::now();
        let mut suggestions = Vec::new();
        if request.limit > 0 {
            suggestions = self.words_that_begin(request)?;
            suggestions.extend(self.names_that_begin(&request.text).map_err(|cause| self.failed(cause))?);
        }
        suggestions.sort_by(|one, other| {
            let key = |of: &Suggestion| (Reverse(of.count), of.kind);
            key(one).cmp(&key(other)).then_with(|| one.query.cmp(&other.query))
        });
        suggestions.truncate(request.limit);
        // A search finds articles with other names of the words too.
        for suggestion in suggestions.iter_mut().filter(|suggestion| suggestion.kind == Completed::Word) {
            let facets = Vec::new();
            let counted = SearchRequest { q: suggestion.query.clone(), limit: 0, facets, ..SearchRequest::default() };
            match self.search(&counted) {
                Ok(found) => suggestion.count = found.total.unwrap_or(suggestion.count),
                // With its last word completed, it is longer than a query may be.
                Err(Error::Query { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(SuggestResponse {
            schema: SUGGEST_SCHEMA,
            text: request.text.clone(),
            took_us: begun.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
            generation: self.live().generation.clone(),
            suggestions,
        })
    }

    /// The words that the last word may become.
    fn words_that_begin(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>> {
        let query = parse(&request.text)?.query;
        let mut before: Vec<Node> = query.conjuncts().into_iter().cloned().collect();
        let Some(Node::Word(typed)) = before.pop() else { return Ok(Vec::new()) };
        let prefix = fold(&typed);
        if !prefix.chars().all(char::is_alphanumeric) || !ends_in(&request.text, &typed) {
            return Ok(Vec::new());
        }
        let before = Query { root: Node::all(before), filters: query.filters };
        let before = self.corrected(before, &mut Vec::new())?;
        let goes_on = |word: &str| {
            let nodes = before.conjuncts().into_iter().cloned();
            Query { root: Node::all(nodes.chain([Node::Word(word.to_owned())])), filters: before.filters.clone() }
        };
        let mut understood = self.prepare(goes_on(ANY_WORD), &request.text, AS_TYPED, &mut Vec::new())?;
        if !before.conjuncts().contains(&&Node::Word(ANY_WORD.to_owned())) {
            understood.parts.pop();
        }
        let found = self
            .among(&understood)
            .and_then(|among| self.most_frequent(&prefix, among.as_ref(), request.limit))
            .map_err(|cause| self.failed(cause))?;
        let suggestion = |(count, word): (u64, String)| Suggestion {
            kind: Completed::Word,
            query: goes_on(&word).to_string(),
            label: word,
            count,
        };
        Ok(found.into_iter().map(suggestion).collect())
    }

    /// The articles that match; `None` when that is all of them.
    fn among(&self, understood: &Understood) -> tantivy::Result<Option<Among>> {
        let Understood { parts, filter, .. } = understood;
        let clause = conjunction(parts);
        if clause.is_none() && filter.active().is_empty() {
            return Ok(None);
        }
        let scoring = EnableScoring::disabled_from_searcher(&self.engine);
        let engine = clause.map(|clause| Weighed::new(&clause, scoring)?.engine(scoring)).transpose()?;
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

    /// The words that begin so and stand in most of the articles, with their number.
    ///
    /// Words are counted in the order of their bounds, the numbers over all articles, until no bound is as high as the last of the
    /// best (the threshold algorithm of Fagin, Lotem and Naor 2003).
    fn most_frequent(&self, prefix: &str, among: Option<&Among>, limit: usize) -> tantivy::Result<Vec<(u64, String)>> {
        let dictionary = self.dictionary();
        let mut best: Vec<(Reverse<u64>, String)> = Vec::new();
        for family in families(dictionary, prefix)? {
            let last = best.get(limit - 1).map_or(0, |(Reverse(count), _)| *count);
            if family.bound < last {
                break;
            }
            let count = match among {
                None => dictionary.count(&family.term)?,
                Some(among) => count_among(dictionary, &family.term, among)?,
            };
            if count == 0 || count < last {
                continue;
            }
            for surface in family.surfaces {
                if dictionary.is_written(&surface)? {
                    best.push((Reverse(count), surface));
                    best.sort_unstable();
                    break;
                }
            }
        }
        best.truncate(limit);
        Ok(best.into_iter().map(|(Reverse(count), surface)| (count, surface)).collect())
    }

    /// The topics and outlets of which a word begins with the text, and goes on as the text does.
    fn names_that_begin(&self, text: &str) -> tantivy::Result<Vec<Suggestion>> {
        let typed = fold_words(text);
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        let Some(values) = self.values_if(true)? else { return Ok(Vec::new()) };
        let begins = |name: &str| {
            let name = fold_words(name);
            name.match_indices(&typed).any(|(at, _)| at == 0 || name.as_bytes()[at - 1] == b' ')
        };
        let mut found = Vec::new();
        for group in [Group::Topic, Group::Provider] {
            found.extend(values.group(group).filter(|id| {
                let is_key = group == Group::Provider && begins(values.key(*id));
                is_key || values.spellings(*id).iter().any(|spelling| begins(spelling))
            }));
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let Some(tally) = self.pass(None, &Filter::default(), Sort::Newest, 0, true, true)?.tally else {
            return Ok(Vec::new());
        };
        let suggestion = |id| {
            let label = values.label(id).to_string();
            let mut filters = Filters::default();
            let kind = if values.group_of(id) == Group::Topic {
                filters.topics.push(label.clone());
                Completed::Topic
            } else {
                filters.providers.push(values.key(id).to_string());
                Completed::Provider
            };
            let query = Query { root: None, filters }.to_string();
            Suggestion { kind, query, label, count: tally.by_value[id as usize].into() }
        };
        Ok(found.into_iter().map(suggestion).filter(|suggestion| suggestion.count > 0).collect())
    }
}

/// Whether a text ends in this word: it is still being typed.
fn ends_in(text: &str, word: &str) -> bool {
    text.trim_end().ends_with(word)
}

/// The words that begin so, the most frequent first.
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
    let mut families = families.into_iter().map(family).collect::<tantivy::Result<Vec<Family>>>()?;
    families.sort_by_key(|family| Reverse(family.bound));
    Ok(families)
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

fn count_among(dictionary: Dictionary<'_>, term: &Term, among: &Among) -> tantivy::Result<u64> {
    let mut count = 0;
    for (segment, among) in dictionary.segments.iter().zip(among) {
        each_doc(segment, term, |doc| count += u64::from(among[doc as usize]))?;
    }
    Ok(count)
}
