//! [`Searcher`]: the way into an index for searching.

use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use tantivy::{DocAddress, TantivyError};

use super::catalog::{Catalog, Ranks, Values};
use super::cursor::Cursor;
use super::dictionary::Dictionary;
use super::facet::facets;
use super::filter::Filter;
use super::keyword::Rarity;
use super::pass::{Found, Pass};
use super::ranking::{Factors, Ranking};
use super::relax::{blame, conjunction, relax};
use super::request::{MAX_WINDOW, SearchRequest, Sort};
use super::response::{QueryEcho, SEARCH_SCHEMA, SearchResponse};
use super::statistics::Statistics;
use super::understood::Understood;
use super::warning::Warning;
use crate::article::{Article, ArticleId, CanonicalUrl, Published};
use crate::index::{Fields, IndexFolder, Live, StoredArticles, find, open, reading_failed, searcher};
use crate::query::Vocabulary;
use crate::query::lower::Clause;
use crate::{Error, InvalidValue, Result};

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
    pub(super) engine: tantivy::Searcher,
    pub(super) statistics: Statistics,
    pub(super) fields: Fields,
    catalog: Catalog,
    pub(super) articles: StoredArticles,
    pub(super) factors: Factors,
    pub(super) as_of: i64,
    pub(super) vocabulary: Vocabulary,
}

impl Searcher {
    /// Opens the live generation of an index.
    ///
    /// # Errors
    /// [`Error::IndexMissing`], [`Error::IndexIncompatible`], [`Error::IndexDamaged`]; [`Error::Usage`] for settings out of range.
    pub fn open(folder: &IndexFolder, settings: &Settings) -> Result<Self> {
        let ranking = settings.ranking.check();
        ranking.map_err(|InvalidValue(message)| Error::Usage { message, hint: None })?;
        let as_of = settings.as_of.map_or_else(|| Ok(today()), clock)?;
        let root = folder.path().to_owned();
        let (live, engine) = folder.open_live(|live| open_generation(live, &root))?;
        let fields = Fields::of(engine.schema())
            .map_err(|cause| Error::IndexDamaged { path: root.clone(), detail: cause.to_string() })?;
        let articles = StoredArticles::open(engine.segment_readers()).map_err(|cause| reading_failed(&root, cause))?;
        let statistics = Statistics::new(&engine, fields.text);
        Ok(Self {
            root,
            live,
            engine,
            statistics,
            fields,
            catalog: Catalog::default(),
            articles,
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
        let find = || find(&self.engine, &self.fields, id)?.map(|doc| self.stored(doc)).transpose();
        find().map_err(|cause| self.failed(cause))
    }

    /// Answers a request.
    ///
    /// # Errors
    /// [`Error::Query`] and [`Error::Usage`] for requests that cannot be understood; [`Error::IndexDamaged`] when the index
    /// cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse> {
        let begun = Instant::now();
        let cursor = self.cursor(request)?;
        let before = cursor.map_or(request.offset, |cursor| cursor.passed);
        within_window(before, request.limit)?;
        let mut warnings = Vec::new();
        let mut understood = self.understand(request, &mut warnings)?;
        if request.expand {
            self.expand(&mut understood).map_err(|cause| self.failed(cause))?;
        }
        let clause = conjunction(&understood.parts);
        let (mut response, found) = self
            .answer(request, cursor.as_ref(), &understood, clause, &mut warnings)
            .map_err(|cause| self.failed(cause))?;
        if !found.are_all {
            within_window(found.start, request.limit)?;
        }
        warnings.extend(self.unquoted(request, &understood.query, &warnings)?);
        response.more = self.more(request, &found)?;
        response.warnings = warnings;
        response.took_us = begun.elapsed().as_micros().try_into().unwrap_or(u64::MAX);
        Ok(response)
    }

    /// The place of a request's cursor, if it is of this search.
    fn cursor(&self, request: &SearchRequest) -> Result<Option<Cursor>> {
        let Some(text) = &request.cursor else { return Ok(None) };
        let refused = |message: String, hint: &str| Err(Error::Usage { message, hint: Some(hint.to_owned()) });
        let cursor: Cursor = match text.parse() {
            Ok(cursor) => cursor,
            Err(InvalidValue(message)) => return refused(message, "it is `next_cursor` of the response before"),
        };
        if request.offset > 0 {
            return refused("there are an offset and a cursor".to_owned(), "a cursor alone says where the page begins");
        }
        if !cursor.is_of(request) {
            let message = "the cursor is of another search".to_owned();
            return refused(message, "ask for the next page with the words, filters and order of the page before");
        }
        if cursor.as_of != self.as_of {
            let day = Timestamp::from_second(cursor.as_of).unwrap_or_default().strftime("%Y-%m-%d").to_string();
            return refused(
                format!("the cursor is of a search as of {day}"),
                &format!("search as of that day (`--as-of {day}`), or begin anew"),
            );
        }
        Ok(Some(cursor))
    }

    fn answer(
        &self,
        request: &SearchRequest,
        cursor: Option<&Cursor>,
        understood: &Understood,
        clause: Option<Clause>,
        warnings: &mut Vec<Warning>,
    ) -> tantivy::Result<(SearchResponse, Found)> {
        let Understood { query, parts, filter, widened, expanded } = understood;
        let mut clause = clause;
        let mut found = self.run(request, cursor, clause.as_ref(), filter)?;
        let mut relaxed = false;
        if self.nothing_matches(request, &found, clause.as_ref(), filter)? {
            let count = |clause: Option<&Clause>, filter: &Filter| self.count(clause, filter);
            warnings.extend(blame(parts, filter, &query.filters, &count)?);
            if let Some((wider, warning)) = relax(parts, &count)? {
                warnings.push(warning);
                found = self.run(request, cursor, Some(&wider), filter)?;
                clause = Some(wider);
                relaxed = true;
            }
        }

        let facets = match &found.tally {
            Some(tally) => {
                facets(&request.facets, request.facet_limit, tally, self.catalog.values(self.segments())?, filter)
            }
            None => std::collections::BTreeMap::default(),
        };
        let page = found.page(request.limit);
        let passed = found.start + page.len();
        let is_last = found.total.map_or(found.are_all, |total| passed as u64 >= total);
        let last = page.last().filter(|_| !is_last);
        let next_cursor = last.map(|(rank, _)| Cursor::behind(request, self.as_of, passed, *rank).to_string());
        let response = SearchResponse {
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
            offset: found.start,
            hits: self.hits(request, page, clause.as_ref())?,
            next_cursor,
            more: None,
            facets,
            warnings: Vec::new(),
        };
        Ok((response, found))
    }

    /// How rare words are.
    pub(super) fn rarity(&self) -> Rarity<'_> {
        Rarity::new(&self.statistics, &self.fields)
    }

    /// Finds the page of a request.
    fn run(
        &self,
        request: &SearchRequest,
        cursor: Option<&Cursor>,
        clause: Option<&Clause>,
        filter: &Filter,
    ) -> tantivy::Result<Found> {
        let facets = !request.facets.is_empty();
        let best = |keep| self.pass(clause, filter, request.sort, keep, request.total, facets);
        let Some(cursor) = cursor else {
            return Ok(Found { start: request.offset, ..best(request.offset + request.limit)? });
        };
        let mut keep = cursor.passed + request.limit;
        loop {
            let found = best(keep)?;
            let start = cursor.place_in(&found.best, found.are_all, request.sort == Sort::Relevance);
            // More has come before the page than there was.
            let wanted = start.map_or(keep.saturating_mul(2), |start| start + request.limit).min(MAX_WINDOW);
            if found.are_all || wanted <= keep {
                // Behind all that can be asked for, it is nowhere.
                return Ok(Found { start: start.unwrap_or(MAX_WINDOW), ..found });
            }
            keep = wanted;
        }
    }

    /// How many articles match.
    pub(super) fn count(&self, clause: Option<&Clause>, filter: &Filter) -> tantivy::Result<u64> {
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

    pub(super) fn dictionary(&self) -> Dictionary<'_> {
        Dictionary { segments: self.segments(), statistics: &self.statistics, fields: &self.fields }
    }

    pub(super) fn segments(&self) -> &[tantivy::SegmentReader] {
        self.engine.segment_readers()
    }

    pub(super) fn ranks(&self) -> tantivy::Result<&[Ranks]> {
        self.catalog.ranks(self.segments(), &self.factors)
    }

    pub(super) fn values_if(&self, needed: bool) -> tantivy::Result<Option<&Values>> {
        needed.then(|| self.catalog.values(self.segments())).transpose()
    }

    pub(super) fn stored(&self, doc: DocAddress) -> tantivy::Result<Article> {
        self.articles.get(doc)?.article()
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

fn within_window(before: usize, limit: usize) -> Result<()> {
    if before.saturating_add(limit) <= MAX_WINDOW {
        return Ok(());
    }
    let message = format!("only the first {MAX_WINDOW} hits can be asked for");
    Err(Error::Usage { message, hint: Some("narrow the search with filters".to_owned()) })
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

/// The beginning of a day, in seconds.
fn clock(day: Date) -> Result<i64> {
    Published::from_date(day).map(Published::unix).ok_or_else(|| Error::Usage {
        message: format!("{day} is no day to look back from"),
        hint: Some("name one of the years 1 to 9998".to_owned()),
    })
}

/// The beginning of today, in seconds: a finer clock would change the order from one second to the next.
fn today() -> i64 {
    const SECONDS_PER_DAY: i64 = 86_400;
    Timestamp::now().as_second().div_euclid(SECONDS_PER_DAY) * SECONDS_PER_DAY
}
