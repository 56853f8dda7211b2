//! The floor: plain Tantivy, as its examples use it, in the same process and over the same articles.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::mem;
use std::path::Path;

use anyhow::Result;
use rust_stemmers::{Algorithm, Stemmer};
use serde_json::json;
use tantivy::aggregation::AggContextParams;
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::aggregation::agg_result::AggregationResults;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};
use tantivy::{DateTime, DocAddress, Index, IndexWriter, ReloadPolicy, Score, Searcher, TantivyDocument, Term};

use crate::generator::Parsed;
use crate::queries::{Filter, Kind, Question};

/// What `healthnews` gives each writing thread, so that segments are as many.
const MEMORY_PER_THREAD: usize = 80_000_000;
const STEMS: &str = "stems";

#[derive(Clone, Copy)]
struct Fields {
    id: Field,
    url: Field,
    title: Field,
    excerpt: Field,
    body: Field,
    provider: Field,
    provider_text: Field,
    domain: Field,
    topics: Field,
    topics_text: Field,
    schemes: Field,
    quality: Field,
    published: Field,
    month: Field,
    kind: Field,
    source: Field,
    related: Field,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let stems = || {
        let indexing = TextFieldIndexing::default().set_tokenizer(STEMS);
        TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::WithFreqsAndPositions))
    };
    let fields = Fields {
        id: schema.add_u64_field("id", INDEXED | FAST | STORED),
        url: schema.add_text_field("url", STRING | STORED),
        title: schema.add_text_field("title", stems().set_stored()),
        excerpt: schema.add_text_field("excerpt", stems().set_stored()),
        body: schema.add_text_field("body", stems().set_stored()),
        provider: schema.add_text_field("provider", STRING | FAST | STORED),
        provider_text: schema.add_text_field("provider_text", stems()),
        domain: schema.add_text_field("domain", STRING | STORED),
        topics: schema.add_text_field("topics", STRING | FAST | STORED),
        topics_text: schema.add_text_field("topics_text", stems()),
        schemes: schema.add_text_field("schemes", TextOptions::default().set_fast("raw")),
        quality: schema.add_u64_field("quality", FAST | STORED),
        published: schema.add_date_field("published", INDEXED | FAST | STORED),
        month: schema.add_u64_field("month", FAST),
        kind: schema.add_text_field("kind", STRING | FAST | STORED),
        source: schema.add_text_field("source", STORED),
        related: schema.add_text_field("related", STORED),
    };
    (schema.build(), fields)
}

/// Tantivy's own `en_stem`, spelled out because its stemmer feature is off in this build.
fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(Snowball)
        .build()
}

fn register(index: &Index) {
    index.tokenizers().register(STEMS, analyser());
}

/// Builds the floor's index from parsed NDJSON.
pub(crate) fn build(ndjson: &Path, folder: &Path, threads: usize) -> Result<u64> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let (schema, fields) = schema();
    let index = Index::create_in_dir(folder, schema)?;
    register(&index);
    let mut writer: IndexWriter = index.writer_with_num_threads(threads, threads * MEMORY_PER_THREAD)?;
    let mut articles = 0;
    for line in BufReader::new(File::open(ndjson)?).lines() {
        writer.add_document(document(&serde_json::from_str(&line?)?, fields))?;
        articles += 1;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(articles)
}

fn document(article: &Parsed, fields: Fields) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_u64(fields.id, article.id);
    document.add_text(fields.url, &article.url);
    document.add_text(fields.title, &article.title);
    document.add_text(fields.excerpt, &article.excerpt);
    if let Some(body) = &article.body {
        document.add_text(fields.body, body);
    }
    document.add_text(fields.provider, &article.provider);
    document.add_text(fields.provider_text, &article.provider);
    document.add_text(fields.domain, &article.domain);
    for topic in &article.topics {
        document.add_text(fields.topics, topic);
        document.add_text(fields.topics_text, topic);
    }
    let schemes = article.topics.iter().filter_map(|topic| topic.split_once(": ")).map(|(scheme, _)| scheme);
    for scheme in schemes.collect::<BTreeSet<_>>() {
        document.add_text(fields.schemes, scheme);
    }
    if let Some(quality) = article.quality {
        document.add_u64(fields.quality, quality);
    }
    document.add_date(fields.published, DateTime::from_timestamp_secs(article.published));
    document.add_u64(fields.month, article.month);
    document.add_text(fields.kind, &article.kind);
    document.add_text(fields.source, &article.source);
    for related in &article.related {
        document.add_text(fields.related, related);
    }
    document
}

/// The floor's open index.
pub(crate) struct Plain {
    searcher: Searcher,
    fields: Fields,
    /// By topic, provider, scheme, kind and month: what `healthnews` counts, where years are made of months.
    facets: Aggregations,
}

impl Plain {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let index = Index::open_in_dir(folder)?;
        register(&index);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = tantivy::IndexReader::searcher(&reader);
        let (_, fields) = schema();
        let facets = serde_json::from_value(json!({
            "topics": {"terms": {"field": "topics", "size": 100}},
            "providers": {"terms": {"field": "provider", "size": 100}},
            "schemes": {"terms": {"field": "schemes", "size": 100}},
            "kinds": {"terms": {"field": "kind", "size": 100}},
            "months": {"terms": {"field": "month", "size": 1000}},
        }))?;
        Ok(Self { searcher, fields, facets })
    }

    pub(crate) fn segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// The addresses of the ten best by BM25.
    pub(crate) fn top(&self, question: &Question) -> Result<Vec<(Score, DocAddress)>> {
        Ok(self.searcher.search(&self.query(question), &TopDocs::with_limit(10).order_by_score())?)
    }

    /// The ten best with what is stored of them.
    pub(crate) fn page(&self, question: &Question) -> Result<Vec<TantivyDocument>> {
        self.top(question)?.into_iter().map(|(_, at)| Ok(self.searcher.doc(at)?)).collect()
    }

    /// The ten best with what is stored of them, how many match, and Tantivy's counts.
    pub(crate) fn page_with_facets(
        &self,
        question: &Question,
    ) -> Result<(Vec<TantivyDocument>, usize, AggregationResults)> {
        let counts = AggregationCollector::from_aggs(self.facets.clone(), AggContextParams::default());
        let collectors = (TopDocs::with_limit(10).order_by_score(), Count, counts);
        let (top, total, facets) = self.searcher.search(&self.query(question), &collectors)?;
        let page = top.into_iter().map(|(_, at)| Ok(self.searcher.doc(at)?)).collect::<Result<_>>()?;
        Ok((page, total, facets))
    }

    /// How many match, and Tantivy's counts.
    pub(crate) fn facets(&self, question: &Question) -> Result<(usize, AggregationResults)> {
        let counts = AggregationCollector::from_aggs(self.facets.clone(), AggContextParams::default());
        Ok(self.searcher.search(&self.query(question), &(Count, counts))?)
    }

    fn query(&self, question: &Question) -> BooleanQuery {
        let occur = if question.kind == Kind::Or { Occur::Should } else { Occur::Must };
        let text: Vec<(Occur, Box<dyn Query>)> = if question.kind == Kind::Phrase {
            vec![(Occur::Must, self.in_fields(&question.words))]
        } else {
            question.words.iter().map(|word| (occur, self.in_fields(std::slice::from_ref(word)))).collect()
        };
        let Some(filter) = &question.filter else { return BooleanQuery::new(text) };
        let text: Box<dyn Query> = Box::new(BooleanQuery::new(text));
        BooleanQuery::new(vec![(Occur::Must, text), (Occur::Must, self.filter(filter))])
    }

    /// A word or a phrase in any of the searched fields, the title before the excerpt before the body.
    fn in_fields(&self, words: &[String]) -> Box<dyn Query> {
        let Fields { title, excerpt, body, .. } = self.fields;
        let in_field = |(field, boost): (Field, Score)| {
            let mut terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, &stem(word))).collect();
            let query: Box<dyn Query> = match terms.len() {
                1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
                _ => Box::new(PhraseQuery::new(terms)),
            };
            (Occur::Should, Box::new(BoostQuery::new(query, boost)) as Box<dyn Query>)
        };
        Box::new(BooleanQuery::new([(title, 3.0), (excerpt, 2.0), (body, 1.0)].into_iter().map(in_field).collect()))
    }

    fn filter(&self, filter: &Filter) -> Box<dyn Query> {
        let equal =
            |field, text: &str| Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic));
        match filter {
            Filter::Topic(topic) => equal(self.fields.topics, topic),
            Filter::Provider(domain) => equal(self.fields.domain, domain),
            Filter::Year(year) => {
                let start = |year: i16| {
                    let date =
                        jiff::civil::date(year, 1, 1).to_zoned(jiff::tz::TimeZone::UTC).expect("a year of our time");
                    let date = DateTime::from_timestamp_secs(date.timestamp().as_second());
                    Term::from_field_date(self.fields.published, date)
                };
                let (from, until) = (start(*year), start(year + 1));
                Box::new(RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Excluded(until)))
            }
        }
    }
}

fn stem(word: &str) -> String {
    let mut analyser = analyser();
    let mut stream = analyser.token_stream(word);
    if stream.advance() { stream.token().text.clone() } else { String::new() }
}

#[derive(Clone)]
struct Snowball;

impl TokenFilter for Snowball {
    type Tokenizer<T: Tokenizer> = SnowballTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> SnowballTokenizer<T> {
        SnowballTokenizer(tokenizer)
    }
}

#[derive(Clone)]
struct SnowballTokenizer<T>(T);

impl<T: Tokenizer> Tokenizer for SnowballTokenizer<T> {
    type TokenStream<'a> = SnowballStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        let stemmer = Stemmer::create(Algorithm::English);
        SnowballStream { tail: self.0.token_stream(text), stemmer, buffer: String::new() }
    }
}

struct SnowballStream<T> {
    tail: T,
    stemmer: Stemmer,
    buffer: String,
}

impl<T: TokenStream> TokenStream for SnowballStream<T> {
    fn advance(&mut self) -> bool {
        if !self.tail.advance() {
            return false;
        }
        let token = self.tail.token_mut();
        // As in Tantivy's own stemmer.
        match self.stemmer.stem(&token.text) {
            Cow::Owned(stem) => token.text = stem,
            Cow::Borrowed(stem) => {
                self.buffer.clear();
                self.buffer.push_str(stem);
                mem::swap(&mut token.text, &mut self.buffer);
            }
        }
        true
    }

    fn token(&self) -> &Token {
        self.tail.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tail.token_mut()
    }
}
