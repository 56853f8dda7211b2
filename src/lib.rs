//! healthnews: search over curated health-tech news.
//!
//! Curators keep articles as files (Markdown with front matter, JSON, feeds). This library reads them, builds an index of them with
//! [Tantivy](tantivy), and answers searches with exact counts by topic, provider and month, in an order that can be explained and
//! repeated. The `healthnews` program is a thin layer over it; nothing here knows a command line or a terminal.
//!
//! Two flows, one direction each:
//!
//! ```text
//! ingest   Source ─ survey ─► Survey ─ read ─► Articles (merged by id) ─► Build ─ publish ─► generation
//!                                 └─ Problem (file, line, what) ────────► IngestReport
//! search   SearchRequest ─ parse, resolve, lower ─► one pass: best + total + tally ─► SearchResponse
//! ```
//!
//! | room | what is in it |
//! |---|---|
//! | [`article`] | the vocabulary: [`Article`](article::Article) and the value types it is made of |
//! | [`ingest`] | bytes → articles: every dialect, one mapping table, merging, problems |
//! | [`fetch`] | feeds from the net → a folder of files |
//! | [`index`] | articles ↔ Tantivy: analysis, schema, generations on disk |
//! | [`update`] | sources in, a generation out: the glue of the two |
//! | [`doctor`] | what is wrong with the collection itself |
//! | [`query`] | text ↔ [`Query`](query::Query) |
//! | [`search`] | [`SearchRequest`](search::SearchRequest) → [`SearchResponse`](search::SearchResponse) |
//! | [`eval`] | how good the answers are: judged queries → measures |
//!
//! # Example
//!
//! ```
//! use healthnews::index::IndexFolder;
//! use healthnews::ingest::{Silent, Source};
//! use healthnews::search::{SearchRequest, Searcher, Settings};
//! use healthnews::update::{UpdateOptions, update};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let temp = tempfile::tempdir()?;
//! # let (folder, news) = (temp.path().join("index"), temp.path());
//! std::fs::write(news.join("card.md"), "---\ntitle: Remote monitoring at home\n---\nA ward without beds.\n")?;
//! let index = IndexFolder::new(folder);
//! let sources = vec![Source::parse("card.md", news)];
//! update(&index, &UpdateOptions { sources, ..UpdateOptions::default() }, &Silent)?;
//!
//! let searcher = Searcher::open(&index, &Settings::default())?;
//! let request = SearchRequest { q: "monitored wards".to_owned(), ..SearchRequest::default() };
//! assert_eq!(searcher.search(&request)?.hits[0].article.title, "Remote monitoring at home");
//! # Ok(())
//! # }
//! ```

pub mod article;
pub mod doctor;
mod error;
pub mod eval;
pub mod fetch;
pub mod index;
pub mod ingest;
pub mod query;
pub mod search;
pub mod update;

pub use error::{Error, Fault, InvalidValue, Result};
