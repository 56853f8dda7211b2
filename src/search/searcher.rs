//! [`Searcher`]: the way into an index for searching.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use tantivy::collector::TopDocs;
use tantivy::query::{Bm25StatisticsProvider, Query as EngineQuery, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, TantivyError, Term};

use super::catalog::{Catalog, Ranks, Values};
use super::dictionary::Dictionary;
use super::expansion::{FEEDBACK_ARTICLES, common_words};
use super::filter::Filter;
use super::filter_query::FilterQuery;
use super::fragment::{fragment, marks};
use super::keyword::{Keyword, Rarity};
use super::pass::{Found, Pass};
use super::ranking::{Factors, Ranking};
use super::relax::{Part, blame, conjunction, relax};
use super::request::{MAX_WINDOW, Matching, SearchRequest, Sort};
use super::resolve::{names_values, resolve, single};
use super::response::{Explanation, Hit, QueryEcho, SEARCH_SCHEMA, SearchResponse};
use super::spelling::Spelling;
use super::statistics::Statistics;
use super::text_score::TextScore;
use super::warning::Warning;
use super::{facet, request};
use crate::article::{Article, ArticleId, CanonicalUrl, Published};
use crate::index::{Cards, Fields, IndexFolder, Live, StoredDocument, open, reading_failed, searcher, to_article};
use crate::query::lower::{Clause, Lowering, Pattern, Weighed, is_shouted, lower_all, names_in};
use crate::query::{FieldFilter, Filters, Period, Query, Vocabulary, Widened, parse};
use crate::{Error, Result};

/// What holds for all requests to a [`Searcher`].
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How grades and dates weigh.
    pub ranking: Ranking,
    /// The day that freshness and relative dates are seen from, its beginning in UTC; today when `None`.
    pub as_of: Option<Date>,
    /// Other names for the words of a query.
    pub vocabulary: Vocabulary,
}

/// An open index. Searching takes `&self` and may go on in many threads; it sees the generation that was live when it was
/// opened, whatever is built meanwhile.
pub struct Searcher {
    root: PathBuf,
    live: Live,
    engine: tantivy::Searcher,
    statistics: Statistics,
    fields: Fields,
    catalog: Catalog,
    factors: Factors,
    as_of: i64,
    vocabulary: Vocabulary,
}

/// How the words of a query are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Any of them is enough.
    pub(super) any: bool,
    /// Nothing else is searched as well.
    pub(super) exact: bool,
}

/// Words that count less than this beside one that was typed are not marked in the hits: twenty of them take most of the time of
/// an expanded search to find, and tell little.
const LEAST_MARKED: f32 = 0.2;

/// A request that has been understood.
#[derive(Default)]
pub(super) struct Understood {
    pub(super) query: Query,
    pub(super) parts: Vec<Part>,
    pub(super) filter: Filter,
    widened: Vec<Widened>,
    expanded: Vec<Keyword>,
}

impl Searcher {
    /// Opens the live generation of an index.
    ///
    /// # Errors
    /// [`Error::IndexMissing`], [`Error::IndexIncompatible`], [`Error::IndexDamaged`]; [`Error::Usage`] for settings out of range.
    pub fn open(folder: &IndexFolder, settings: &Settings) -> Result<Self> {
        settings.ranking.check().map_err(|message| Error::Usage { message, hint: None })?;
        let root = folder.path().to_owned();
        let (live, engine) = folder.open_live(|live| open_generation(live, &root))?;
        let fields = Fields::of(engine.schema())
            .map_err(|cause| Error::IndexDamaged { path: root.clone(), detail: cause.to_string() })?;
        let as_of = settings.as_of.and_then(Published::from_date).map_or_else(today, Published::unix);
        let statistics = Statistics::new(&engine, fields.text);
        Ok(Self {
            root,
            live,
            engine,
            statistics,
            fields,
            catalog: Catalog::default(),
            factors: Factors::new(settings.ranking, as_of),
            as_of,
            vocabulary: settings.vocabulary.clone(),
        })
    }

    /// The generation that answers.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Finds the article with this id or address.
    pub fn find(&self, key: &str) -> Result<Option<Article>> {
        let id = key.trim().parse().ok().or_else(|| CanonicalUrl::parse(key).map(|url| ArticleId::of_url(&url)));
        let Some(id) = id else { return Ok(None) };
        let query = TermQuery::new(Term::from_field_u64(self.fields.id, id.bits()), IndexRecordOption::Basic);
        let collector = TopDocs::with_limit(1).order_by_score();
        let found = self.engine.search(&query, &collector).map_err(|cause| self.failed(cause))?;
        let article = found.first().map(|(_, doc)| self.stored(*doc, Cards::Read)).transpose();
        article.map_err(|cause| self.failed(cause))
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::Query`] and [`Error::Usage`] for requests that cannot be understood; [`Error::IndexDamaged`] when the index
    /// cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        let begun = Instant::now();
        if request.offset.saturating_add(request.limit) > MAX_WINDOW {
            let message = format!("only the first {MAX_WINDOW} hits can be asked for");
            return Err(Error::Usage { message, hint: Some("narrow the search with filters".to_owned()) });
        }
        let mut warnings = Vec::new();
        let mut understood = self.understand(request, &mut warnings)?;
        if request.expand {
            self.expand(&mut understood).map_err(|cause| self.failed(cause))?;
        }
        let clause = conjunction(&understood.parts);
        let mut response =
            self.answer(request, &understood, clause, &mut warnings).map_err(|cause| self.failed(cause))?;
        response.warnings = warnings;
        response.took_us = begun.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
        Ok(response)
    }

    fn understand(&self, request: &SearchRequest, warnings: &mut Vec<Warning>) -> Result<Understood> {
        let parsed = parse(&request.q)?;
        let is_blank = request.q.trim().is_empty();
        if parsed.query.is_empty() && !is_blank {
            warnings.push(Warning::NothingToSearch { text: request.q.clone() });
            return Ok(Understood { parts: vec![Part::nothing(&request.q)], ..Understood::default() });
        }
        warnings.extend(
            parsed
                .warnings
                .into_iter()
                .map(|misread| Warning::ReadAsText { part: misread.part, reason: misread.reason }),
        );
        let mut query = parsed.query;
        query.filters = query.filters.merge(filters_of(request)?);
        if !request.exact {
            query = self.corrected(query, warnings)?;
        }
        let reading = Reading { any: request.matching == Matching::Any || request.expand, exact: request.exact };
        self.prepare(query, &request.q, reading, warnings)
    }

    /// The query with its unknown words corrected.
    pub(super) fn corrected(&self, query: Query, warnings: &mut Vec<Warning>) -> Result<Query> {
        let (query, remarks) = Spelling::correct(self.dictionary(), query).map_err(|cause| self.failed(cause))?;
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
        let Reading { any, exact } = reading;
        let as_typed = query.conjuncts().into_iter().cloned().collect::<Vec<_>>();
        let query = if any { query.widened() } else { query };
        let values = self.values_if(names_values(&query.filters)).map_err(|cause| self.failed(cause))?;
        let filter = Filter::new(&resolve(&query.filters, values, self.as_of, warnings), values);

        let mut failure = None;
        let unknown = RefCell::new(None);
        let widened = RefCell::default();
        let lowering = Lowering {
            fields: &self.fields,
            is_shouted: query.root.as_ref().is_some_and(is_shouted),
            knows: &|term| match self.statistics.doc_freq(term) {
                Ok(count) => count > 0,
                Err(cause) => {
                    unknown.replace(Some(cause));
                    false
                }
            },
            vocabulary: (!exact).then_some(&self.vocabulary),
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
    fn expand(&self, understood: &mut Understood) -> tantivy::Result<()> {
        let Some(wanted) = understood.parts.iter().position(|part| !part.clause.is_restriction()) else {
            return Ok(());
        };
        let clause = conjunction(&understood.parts);
        let everywhere = Filter::default();
        let found = self.pass(clause.as_ref(), &everywhere, Sort::Relevance, FEEDBACK_ARTICLES, false, false)?;
        let best = found.best.into_iter().map(|(rank, doc)| Ok((self.stored(doc, Cards::Left)?, rank.score())));
        let best = best.collect::<tantivy::Result<Vec<_>>>()?;
        let part = &mut understood.parts[wanted];
        understood.expanded = common_words(&best, part.clause.typed(), &self.rarity())?;
        let words = understood.expanded.iter().map(|word| word.clause("in the best articles", &self.fields));
        part.clause = part.clause.clone().or(words);
        Ok(())
    }

    fn answer(
        &self,
        request: &SearchRequest,
        understood: &Understood,
        clause: Option<Clause>,
        warnings: &mut Vec<Warning>,
    ) -> tantivy::Result<SearchResponse> {
        let Understood { query, parts, filter, widened, expanded } = understood;
        let mut clause = clause;
        let mut found = self.run(request, clause.as_ref(), filter)?;
        let mut relaxed = false;
        if self.nothing_matches(request, &found, clause.as_ref(), filter)? {
            let count = |clause: Option<&Clause>, filter: &Filter| self.count(clause, filter);
            warnings.extend(blame(parts, filter, &query.filters, &count)?);
            if let Some((wider, warning)) = relax(parts, &count)? {
                warnings.push(warning);
                found = self.run(request, Some(&wider), filter)?;
                clause = Some(wider);
                relaxed = true;
            }
        }

        let facets = match &found.tally {
            Some(tally) => {
                facet::rows(&request.facets, request.facet_limit, tally, self.catalog.values(self.segments())?, filter)
            }
            None => std::collections::BTreeMap::default(),
        };
        Ok(SearchResponse {
            schema: SEARCH_SCHEMA,
            id: request.id.clone(),
            query: QueryEcho {
                text: request.q.clone(),
                as_searched: query.to_string(),
                widened: widened.clone(),
                expanded: expanded.clone(),
            },
            total: found.total.filter(|_| request.total),
            took_us: 0,
            generation: self.live.generation.clone(),
            relaxed,
            hits: self.hits(request, &found, clause.as_ref())?,
            facets,
            warnings: Vec::new(),
        })
    }

    /// How rare words are.
    pub(super) fn rarity(&self) -> Rarity<'_> {
        Rarity::new(&self.statistics, &self.fields, self.engine.num_docs())
    }

    /// The handles of the fields.
    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    fn run(&self, request: &SearchRequest, clause: Option<&Clause>, filter: &Filter) -> tantivy::Result<Found> {
        let facets = !request.facets.is_empty();
        self.pass(clause, filter, request.sort, request.offset + request.limit, request.total, facets)
    }

    /// How many articles match.
    fn count(&self, clause: Option<&Clause>, filter: &Filter) -> tantivy::Result<u64> {
        Ok(self.pass(clause, filter, Sort::Relevance, 0, true, false)?.total.unwrap_or_default())
    }

    pub(super) fn pass(
        &self,
        clause: Option<&Clause>,
        filter: &Filter,
        sort: Sort,
        keep: usize,
        count: bool,
        facets: bool,
    ) -> tantivy::Result<Found> {
        let pass = Pass {
            searcher: &self.engine,
            statistics: &self.statistics,
            fields: &self.fields,
            clause,
            filter,
            ranks: self.ranks()?,
            values: self.values_if(facets || filter.needs_values())?,
            factors: &self.factors,
            sort,
            keep,
            count,
            facets,
        };
        pass.run()
    }

    fn nothing_matches(
        &self,
        request: &SearchRequest,
        found: &Found,
        clause: Option<&Clause>,
        filter: &Filter,
    ) -> tantivy::Result<bool> {
        Ok(match found.total {
            Some(total) => total == 0,
            None if !found.best.is_empty() => false,
            // The page may be empty because it lies behind the last hit, or because none was asked for.
            None if request.offset + request.limit == 0 => self.count(clause, filter)? == 0,
            None => true,
        })
    }

    pub(super) fn hits(
        &self,
        request: &SearchRequest,
        found: &Found,
        clause: Option<&Clause>,
    ) -> tantivy::Result<Vec<Hit>> {
        let patterns: Vec<&Pattern> = clause
            .map(Clause::leaves)
            .unwrap_or_default()
            .into_iter()
            .filter(|leaf| leaf.weight >= LEAST_MARKED)
            .filter_map(|leaf| leaf.pattern.as_ref())
            .collect();
        let text = match clause {
            Some(clause) if request.explain => Some(Weighed::new(clause, self.statistics.scoring())?),
            _ => None,
        };
        let page = found.best.iter().skip(request.offset).take(request.limit);
        page.map(|(rank, doc)| {
            let article = self.stored(*doc, Cards::Left)?;
            let by_score = request.sort == Sort::Relevance;
            let explain = if request.explain && by_score { Some(self.explain(*doc, text.as_ref())?) } else { None };
            Ok(Hit {
                id: article.id,
                score: by_score.then(|| rank.score()),
                title_marks: marks(&article.title, &patterns),
                title: article.title.clone(),
                url: article.url.clone(),
                provider: article.provider.clone(),
                published: article.published,
                topics: article.topics.clone(),
                quality: article.quality,
                kind: article.kind.clone(),
                fragment: fragment(&article, &patterns),
                sources: article.sources.clone(),
                external_id: article.external_id.clone(),
                explain,
                article,
            })
        })
        .collect()
    }

    fn explain(&self, doc: DocAddress, text: Option<&Weighed>) -> tantivy::Result<Explanation> {
        let ranks = &self.ranks()?[doc.segment_ord as usize];
        let (published, grade) = (ranks.published[doc.doc_id as usize], ranks.quality[doc.doc_id as usize]);
        let mut clauses = Vec::new();
        let mut score = 1.0;
        if let Some(text) = text.filter(|text| text.is_scored()) {
            let segment = self.engine.segment_reader(doc.segment_ord);
            score = TextScore::new(text, segment)?.score(doc.doc_id).unwrap_or_default();
            TextScore::new(text, segment)?.explain(doc.doc_id, &mut clauses);
        }
        Ok(Explanation {
            text: score,
            quality: self.factors.quality(grade),
            freshness: self.factors.freshness(published),
            clauses,
        })
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
        let matching = self.segments().iter().enumerate().map(|(ord, segment)| {
            let ids = |doc| values.map_or(&[][..], |values| values.of(ord, doc));
            let docs =
                (0..segment.max_doc()).filter(|doc| filter.reasons(&ranks[ord], *doc, ids(*doc), values).is_empty());
            (segment.segment_id(), docs.collect())
        });
        Ok(Box::new(FilterQuery { matching: Arc::new(matching.collect()) }))
    }

    pub(super) fn engine(&self) -> &tantivy::Searcher {
        &self.engine
    }

    pub(super) fn dictionary(&self) -> Dictionary<'_> {
        Dictionary { segments: self.segments(), statistics: &self.statistics, fields: &self.fields }
    }

    pub(super) fn segments(&self) -> &[tantivy::SegmentReader] {
        self.engine.segment_readers()
    }

    pub(super) fn ranks(&self) -> tantivy::Result<&[Ranks]> {
        self.catalog.ranks(self.segments())
    }

    pub(super) fn values_if(&self, needed: bool) -> tantivy::Result<Option<&Values>> {
        needed.then(|| self.catalog.values(self.segments())).transpose()
    }

    fn stored(&self, doc: DocAddress, cards: Cards) -> tantivy::Result<Article> {
        to_article(self.engine.doc::<StoredDocument>(doc)?, &self.fields, cards)
    }

    pub(super) fn failed(&self, cause: TantivyError) -> Error {
        reading_failed(&self.root, cause)
    }
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").field("live", &self.live).finish_non_exhaustive()
    }
}

fn open_generation(live: &Live, root: &Path) -> Result<tantivy::Searcher> {
    let engine = searcher(&open(live, root)?).map_err(|cause| reading_failed(root, cause))?;
    let (holds, says) = (engine.num_docs(), live.manifest.articles);
    if holds != says {
        let detail = format!("it holds {holds} articles, its manifest says {says}");
        return Err(Error::IndexDamaged { path: root.to_owned(), detail });
    }
    Ok(engine)
}

/// The beginning of today, in seconds: a finer clock would change the order from one second to the next.
fn today() -> i64 {
    const SECONDS_PER_DAY: i64 = 86_400;
    Timestamp::now().as_second().div_euclid(SECONDS_PER_DAY) * SECONDS_PER_DAY
}

/// The filters that a request carries beside its text.
fn filters_of(request: &SearchRequest) -> Result<Filters> {
    let period = |name: &str, text: &Option<String>| {
        text.as_deref().map(str::parse::<Period>).transpose().map_err(|_| Error::Usage {
            message: format!("`{}` is not a date for `{name}`", text.as_deref().unwrap_or_default()),
            hint: Some("write `2021`, `2021-06`, `2021-06-14`, or `30d` for 30 days ago".to_owned()),
        })
    };
    let request::SearchRequest { topic, provider, scheme, kind, not_topic, not_provider, .. } = request.clone();
    Ok(Filters {
        topics: topic,
        providers: provider,
        schemes: scheme,
        kinds: kind,
        not_topics: not_topic,
        not_providers: not_provider,
        after: period("after", &request.after)?,
        before: period("before", &request.before)?,
        undated: request.undated,
        min_quality: request.min_quality,
        max_quality: None,
    })
}
