//! The words that the last word of a text may become.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tantivy::{DocId, Term};

use super::chain::hyphenated;
use super::following::Following;
use super::{Completed, Fit, Ranked, SuggestRequest, Suggestion};
use crate::Result;
use crate::article::fold;
use crate::index::analysis::{begins_compounds, is_grammar, words};
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
pub(super) struct Family {
    /// How many articles have it at most.
    bound: u64,
    pub(super) term: Term,
    pub(super) surfaces: Vec<String>,
}

/// The articles in which a word may stand, by segment and document.
pub(super) type Among = Vec<Vec<bool>>;

/// What stands before the word that is being typed.
#[derive(Debug, Clone, Copy)]
enum Behind<'t> {
    /// Nothing that it would go on.
    Nothing,
    /// A word or a phrase, which it need not follow.
    Word(&'t str),
    /// The beginning of its phrase.
    Phrase(&'t str),
}

/// A word that what is typed may become.
struct Completion {
    fit: Fit,
    count: u64,
    word: String,
}

impl Completion {
    /// As the end of a query, if that is not longer than a query may be.
    fn within(self, query: impl FnOnce(&str) -> String) -> Option<Ranked> {
        let Self { fit, count, word } = self;
        let query = parse(&query(&word)).ok()?.query.to_string();
        Some(Ranked { fit, suggestion: Suggestion { kind: Completed::Word, query, label: word, count } })
    }
}

/// A word and how many articles have it, in an order with the most frequent first.
type Counted = (Reverse<u64>, String);

/// Where words are counted.
pub(super) trait Counting {
    /// How many articles have a word there.
    fn count(&self, family: &Family) -> tantivy::Result<u64>;

    /// The form in which it is shown; `None` if no article has one of its surfaces as it is.
    fn form(&self, family: &Family) -> tantivy::Result<Option<String>>;
}

/// Wherever they stand in the articles.
struct Anywhere<'a> {
    dictionary: Dictionary<'a>,
    among: Option<&'a Among>,
}

impl Counting for Anywhere<'_> {
    fn count(&self, family: &Family) -> tantivy::Result<u64> {
        count_in(self.dictionary, &family.term, self.among)
    }

    fn form(&self, family: &Family) -> tantivy::Result<Option<String>> {
        Ok(self.dictionary.form(&family.surfaces)?.map(str::to_owned))
    }
}

impl Searcher {
    /// The words that the last word of a query may become, which must match beside what stands before it.
    pub(super) fn words_beside(&self, query: Query, typed: &str, request: &SuggestRequest) -> Result<Vec<Ranked>> {
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
        let behind = match before.conjuncts().pop() {
            Some(Node::Word(text) | Node::Phrase(text)) => Behind::Word(text),
            _ => Behind::Nothing,
        };
        let found = self.completions(&understood, typed, behind, request.limit)?;
        let ranked = |Completion { fit, count, word }| {
            let query = goes_on(&word).to_string();
            Ranked { fit, suggestion: Suggestion { kind: Completed::Word, query, label: word, count } }
        };
        Ok(found.into_iter().map(ranked).collect())
    }

    /// The words of all articles that a word may become behind `lead`, with which it is more than a word that must match.
    pub(super) fn words_within(&self, lead: &str, typed: &str, limit: usize) -> Result<Vec<Ranked>> {
        let found = self.completions(&Understood::default(), typed, Behind::Nothing, limit)?;
        Ok(found.into_iter().filter_map(|found| found.within(|word| format!("{lead}{word}"))).collect())
    }

    /// The words that the last word of a phrase may become which stands behind `lead` and begins with `begun`.
    pub(super) fn words_in_phrase(&self, lead: &str, begun: &str, typed: &str, limit: usize) -> Result<Vec<Ranked>> {
        let begins = parse(&format!("\"{begun}\""))?.query;
        let reading = Reading { any: false, exact: true, is_shouted: false };
        let understood = self.prepare(begins, begun, reading, &mut Vec::new())?;
        let found = self.completions(&understood, typed, Behind::Phrase(begun), limit)?;
        Ok(found.into_iter().filter_map(|found| found.within(|word| format!("{lead}\"{begun}{word}\""))).collect())
    }

    /// The words that a word may become in the articles that match, the best first.
    fn completions(
        &self,
        understood: &Understood,
        typed: &str,
        behind: Behind<'_>,
        limit: usize,
    ) -> Result<Vec<Completion>> {
        self.among(understood)
            .and_then(|among| self.most_frequent(typed, among.as_ref(), behind, limit))
            .map_err(|cause| self.failed(cause))
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

    /// The words that begin as typed, with the number of articles: typed in capitals, acronyms first. Behind a text those come first
    /// that follow it directly, counted where they do, and words of grammar last.
    fn most_frequent(
        &self,
        typed: &str,
        among: Option<&Among>,
        behind: Behind<'_>,
        limit: usize,
    ) -> tantivy::Result<Vec<Completion>> {
        let dictionary = self.dictionary();
        let mut first = Vec::new();
        for acronym in acronyms(dictionary, typed)? {
            // A term of its own.
            let count = count_in(dictionary, &dictionary.stem(&acronym), among)?;
            first.extend((count > 0).then_some((Reverse(count), acronym)));
        }
        first.sort_unstable();
        let mut found: Vec<Completion> = completions_of(Fit::Next, first).collect();

        let mut families = families(dictionary, &fold(typed))?;
        families.sort_by_key(|family| Reverse(family.bound));
        let mut take = |fit: Fit, families: Vec<Family>, counting: &dyn Counting| {
            let (best, rest) = best(families, limit.saturating_sub(found.len()), counting)?;
            found.extend(completions_of(fit, best));
            tantivy::Result::Ok(rest)
        };
        let anywhere = Anywhere { dictionary, among };
        let following = match behind {
            Behind::Nothing => None,
            Behind::Word(text) | Behind::Phrase(text) => Following::new(dictionary, text, among)?,
        };
        match &following {
            None => drop(take(Fit::Next, families, &anywhere)?),
            Some(following) => {
                let is_of_grammar = |family: &Family| family.surfaces.iter().any(|surface| is_grammar(surface));
                let (grammar, others) = families.into_iter().partition(is_of_grammar);
                let others = take(Fit::Next, others, following)?;
                if let Behind::Phrase(_) = behind {
                    take(Fit::Grammar, grammar, following)?;
                } else {
                    take(Fit::Beside, others, &anywhere)?;
                    take(Fit::Grammar, grammar, &anywhere)?;
                }
            }
        }
        found.truncate(limit);
        for Completion { word, .. } in &mut found {
            if let Some(hyphenated) = hyphenated(dictionary, word)? {
                *word = hyphenated;
            }
        }
        Ok(found)
    }
}

/// The words in most articles, and the other words; all of them must come in the order of their bounds.
///
/// They are counted until no bound is as high as the last of the best (the threshold algorithm of Fagin, Lotem and Naor 2003).
fn best(families: Vec<Family>, limit: usize, counting: &dyn Counting) -> tantivy::Result<(Vec<Counted>, Vec<Family>)> {
    let (mut best, mut rest): (Vec<Counted>, Vec<Family>) = (Vec::new(), Vec::new());
    for family in families {
        let last = match limit.checked_sub(1) {
            Some(last) => best.get(last).map_or(0, |(Reverse(count), _)| *count),
            None => break,
        };
        if family.bound < last {
            break;
        }
        let count = counting.count(&family)?;
        let form = if count > 0 && count >= last { counting.form(&family)? } else { None };
        match form {
            Some(form) => {
                best.push((Reverse(count), form));
                best.sort_unstable();
            }
            None => rest.push(family),
        }
    }
    best.truncate(limit);
    Ok((best, rest))
}

fn completions_of(fit: Fit, counted: Vec<Counted>) -> impl Iterator<Item = Completion> {
    counted.into_iter().map(move |(Reverse(count), word)| Completion { fit, count, word })
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
