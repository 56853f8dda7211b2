//! [`Understood`]: a request made ready for an open index: parsed, corrected, its names looked up, its words lowered.

use std::cell::RefCell;
use std::sync::Arc;

use tantivy::DocId;
use tantivy::query::Query as EngineQuery;

use super::defined::Defined;
use super::expansion::{FEEDBACK_ARTICLES, common_words};
use super::filter::Filter;
use super::filter_query::FilterQuery;
use super::keyword::Keyword;
use super::relax::{Part, conjunction};
use super::request::{Matching, SearchRequest, Sort};
use super::resolve::{names_values, resolve, single};
use super::searcher::Searcher;
use super::spelling::Spelling;
use super::warning::Warning;
use crate::article::{Quality, fold_words};
use crate::query::lower::{Lowering, is_shouted, lower_all, names_in};
use crate::query::{FieldFilter, Filters, MAX_BYTES, Misread, Names, Node, Period, Query, Widened, parse, visible};
use crate::{Error, Result};

/// How the words of a query are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Any of them is enough.
    pub(super) any: bool,
    /// Nothing else is searched as well.
    pub(super) exact: bool,
    /// All of the text was typed in capitals, which then say nothing. Known before words are corrected only.
    pub(super) is_shouted: bool,
}

/// A request that has been understood.
#[derive(Default)]
pub(super) struct Understood {
    pub(super) query: Query,
    pub(super) parts: Vec<Part>,
    pub(super) filter: Filter,
    /// Other names that are searched as well.
    pub(super) widened: Vec<Widened>,
    /// Words of the best articles that are searched as well.
    pub(super) expanded: Vec<Keyword>,
}

impl Searcher {
    /// Understands a request.
    pub(super) fn understand(&self, request: &SearchRequest, warnings: &mut Vec<Warning>) -> Result<Understood> {
        let parsed = parse(&request.q)?;
        let filters = filters_of(request)?;
        let is_blank = request.q.trim().is_empty();
        if parsed.query.is_empty() && !is_blank {
            warnings.push(Warning::NothingToSearch { text: request.q.clone() });
            if filters.is_empty() {
                // Echoed as typed: without it the query would read as one for every article.
                let query = Query { root: Some(Node::Word(request.q.trim().to_owned())), filters };
                return Ok(Understood { query, parts: vec![Part::nothing(&request.q)], ..Understood::default() });
            }
        } else {
            for Misread { part, read_as, reason, unless } in parsed.warnings {
                let is_text = unless.map(|phrase| self.has(phrase)).transpose()?.unwrap_or(false);
                if !is_text {
                    warnings.push(Warning::Misread { part, read_as, reason });
                }
            }
        }
        let mut query = parsed.query;
        query.filters = query.filters.merge(filters, self.as_of);
        let reading = Reading {
            any: request.matching == Matching::Any || request.expand,
            exact: request.exact,
            is_shouted: query.root.as_ref().is_some_and(is_shouted),
        };
        if !request.exact {
            query = self.corrected(query, reading.is_shouted, warnings)?;
        }
        self.prepare(query, &request.q, reading, warnings)
    }

    /// Whether an article has a phrase.
    fn has(&self, phrase: String) -> Result<bool> {
        let query = Query { root: Some(Node::Phrase(phrase)), ..Query::default() };
        let reading = Reading { any: false, exact: true, is_shouted: false };
        let Understood { parts, filter, .. } = self.prepare(query, "", reading, &mut Vec::new())?;
        let count = self.count(conjunction(&parts).as_ref(), &filter).map_err(|cause| self.failed(cause))?;
        Ok(count > 0)
    }

    /// How many articles match a request; `None` if its text is longer than a query may be.
    pub(super) fn finds(&self, request: &SearchRequest) -> Result<Option<u64>> {
        match self.understand(request, &mut Vec::new()) {
            Ok(Understood { parts, filter, .. }) => {
                let count = self.count(conjunction(&parts).as_ref(), &filter);
                count.map(Some).map_err(|cause| self.failed(cause))
            }
            Err(Error::Query { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many articles match without the quotes around phrases that no article has; `None` if there are no such phrases, or no
    /// articles.
    pub(super) fn unquoted(
        &self,
        request: &SearchRequest,
        query: &Query,
        warnings: &[Warning],
    ) -> Result<Option<Warning>> {
        let is_unknown = |phrase: &Node| {
            let text = phrase.to_string();
            warnings.iter().any(|warning| matches!(warning, Warning::UnknownWord { word } if *word == text))
        };
        let (mut phrases, mut nodes, mut filters) = (Vec::new(), Vec::new(), query.filters.clone());
        for node in query.conjuncts() {
            match node {
                Node::Phrase(words) if words.contains(' ') && is_unknown(node) => {
                    // What was quoted may be longer than a query may be once it is read as one.
                    let Ok(apart) = parse(words) else { return Ok(None) };
                    phrases.push(words.clone());
                    nodes.extend(apart.query.root);
                    filters = filters.merge(apart.query.filters, self.as_of);
                }
                other => nodes.push(other.clone()),
            }
        }
        // Words of the best articles would match as well.
        if phrases.is_empty() || request.expand {
            return Ok(None);
        }
        let apart = Query { root: Node::all(nodes), filters };
        let would_find = self.finds(&SearchRequest { q: apart.to_string(), ..request.clone() })?;
        Ok(would_find.filter(|count| *count > 0).map(|would_find| Warning::Unquoted { phrases, would_find }))
    }

    /// The query with its unknown words corrected.
    pub(super) fn corrected(&self, query: Query, is_shouted: bool, warnings: &mut Vec<Warning>) -> Result<Query> {
        let corrected = Spelling::correct(self.dictionary(), query, is_shouted);
        let (query, remarks) = corrected.map_err(|cause| self.failed(cause))?;
        warnings.extend(remarks);
        Ok(query)
    }

    /// Makes a query ready for this index. `text` is what it came from.
    pub(super) fn prepare(
        &self,
        query: Query,
        text: &str,
        reading: Reading,
        warnings: &mut Vec<Warning>,
    ) -> Result<Understood> {
        let Reading { any, exact, is_shouted } = reading;
        let as_typed = query.conjuncts().into_iter().cloned().collect::<Vec<_>>();
        let query = if any { query.widened() } else { query };
        let values = self.values_if(names_values(&query.filters)).map_err(|cause| self.failed(cause))?;
        let filter = Filter::new(&resolve(&query.filters, values, self.as_of, warnings), values);

        let mut failure = None;
        let unknown = RefCell::new(None);
        let widened = RefCell::default();
        let definitions = Defined { dictionary: self.dictionary(), failure: &unknown };
        let lowering = Lowering {
            fields: &self.fields,
            is_shouted,
            any,
            knows: &|term| match self.statistics.doc_freq_to(term, 1) {
                Ok(count) => count > 0,
                Err(cause) => {
                    unknown.replace(Some(cause));
                    false
                }
            },
            names: (!exact).then_some(Names { vocabulary: &self.vocabulary, definitions: &definitions }),
            widened: &widened,
        };
        let mut filter_query = |field: &FieldFilter| match self.filter_query(field, warnings) {
            Ok(query) => query,
            Err(cause) => {
                failure = Some(cause);
                Box::new(tantivy::query::EmptyQuery)
            }
        };
        let lowered = lower_all(&query.conjuncts(), &lowering, &mut filter_query);
        let mut parts: Vec<Part> = lowered.into_iter().map(|(text, clause)| Part { text, clause }).collect();
        if any && let Some(wanted) = parts.iter_mut().find(|part| !part.clause.is_restriction()) {
            let others = names_in(&as_typed.iter().collect::<Vec<_>>(), &lowering);
            wanted.clause = wanted.clause.clone().or(others);
        }
        if let Some(cause) = failure.or_else(|| unknown.take()) {
            return Err(self.failed(cause));
        }
        if parts.is_empty() && query.root.is_some() {
            warnings.push(Warning::NothingToSearch { text: text.to_owned() });
            parts.push(Part::nothing(text));
        }
        Ok(Understood { query, parts, filter, widened: widened.into_inner(), expanded: Vec::new() })
    }

    /// Adds the words of the articles that answer best.
    ///
    /// Whatever the filters are, these are the best articles of all: so the words do not change when a filter is chosen, and facets
    /// keep their promise.
    pub(super) fn expand(&self, understood: &mut Understood) -> tantivy::Result<()> {
        let Some(wanted) = understood.parts.iter().position(|part| !part.clause.is_restriction()) else {
            return Ok(());
        };
        let clause = conjunction(&understood.parts);
        let everywhere = Filter::default();
        let found = self.pass(clause.as_ref(), &everywhere, Sort::Relevance, FEEDBACK_ARTICLES, false, false)?;
        let best = found.best.into_iter().map(|(rank, doc)| Ok((self.stored(doc)?, rank.score())));
        let best = best.collect::<tantivy::Result<Vec<_>>>()?;
        let part = &mut understood.parts[wanted];
        understood.expanded = common_words(&best, part.clause.typed_weight(), &self.rarity())?;
        let words = understood.expanded.iter().map(|word| word.clause("in the best articles", &self.fields));
        part.clause = part.clause.clone().or(words);
        Ok(())
    }

    /// The engine's query for a filter among the words.
    fn filter_query(&self, field: &FieldFilter, warnings: &mut Vec<Warning>) -> tantivy::Result<Box<dyn EngineQuery>> {
        let filters = single(field);
        let values = self.values_if(names_values(&filters))?;
        let mut resolved = resolve(&filters, values, self.as_of, warnings);
        if let FieldFilter::Within(period) = field {
            (resolved.from, resolved.until) = (Some(period.start(self.as_of)), Some(period.end(self.as_of)));
        }
        let filter = Filter::new(&resolved, values);
        let ranks = self.ranks()?;
        let mut reasons = Vec::new();
        let matching = self.segments().iter().enumerate().map(|(ord, segment)| {
            let docs: Vec<DocId> = (0..segment.max_doc()).collect();
            filter.reasons_of(&ranks[ord], values, ord, &docs, &mut reasons);
            let matching = docs.iter().zip(&reasons).filter(|(_, reasons)| reasons.is_empty()).map(|(doc, _)| *doc);
            (segment.segment_id(), matching.collect())
        });
        Ok(Box::new(FilterQuery { matching: Arc::new(matching.collect()) }))
    }
}

/// The most names that a request may carry beside its text to filter by. Each is looked for among all that there are.
const MAX_NAMES: usize = 1024;

/// The filters that a request carries beside its text.
fn filters_of(request: &SearchRequest) -> Result<Filters> {
    let period = |name: &str, text: &Option<String>| {
        text.as_deref().map(str::parse::<Period>).transpose().map_err(|_| Error::Usage {
            message: format!("`{}` is not a date for `{name}`", text.as_deref().unwrap_or_default()),
            hint: Some("write `2021`, `2021-06`, `2021-06-14`, or `30d` for 30 days ago".to_owned()),
        })
    };
    if let Some(grade) = request.min_quality.filter(|grade| *grade > Quality::MAX) {
        return Err(Error::Usage {
            message: format!("{grade} is no grade for `min_quality`"),
            hint: Some(format!("grades are 0 to {}", Quality::MAX)),
        });
    }
    let SearchRequest { topic, provider, scheme, kind, not_topic, not_provider, .. } = request.clone();
    let names = [&topic, &provider, &scheme, &kind, &not_topic, &not_provider];
    if let Some(name) = names.iter().copied().flatten().find(|name| fold_words(name).is_empty()) {
        return Err(Error::Usage {
            message: format!("`{name}` is no name to filter by: it has no letter or digit"),
            hint: None,
        });
    }
    if names.iter().copied().flatten().any(|name| name.len() > MAX_BYTES) {
        return Err(Error::Usage {
            message: format!("a name to filter by is too long: the limit is {MAX_BYTES} bytes"),
            hint: None,
        });
    }
    let many: usize = names.iter().map(|names| names.len()).sum();
    if many > MAX_NAMES {
        return Err(Error::Usage {
            message: format!("there are {many} names to filter by, the limit is {MAX_NAMES}"),
            hint: Some("ask in several requests".to_owned()),
        });
    }
    // As they are echoed in query text, which has no other characters.
    let visible = |names: Vec<String>| names.iter().map(|name| visible(name)).collect();
    Ok(Filters {
        topics: visible(topic),
        providers: visible(provider),
        schemes: visible(scheme),
        kinds: visible(kind),
        not_topics: visible(not_topic),
        not_providers: visible(not_provider),
        after: period("after", &request.after)?,
        before: period("before", &request.before)?,
        undated: request.undated,
        min_quality: request.min_quality,
        max_quality: None,
    })
}
