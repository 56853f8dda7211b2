//! From files to articles: find them, read them, tell what is wrong with them, merge what is told twice.
//!
//! ```text
//! Source ─survey─► Survey (files, sizes, times) ─read─► Record(s) per file ─merge by id─► Articles
//!                                                  └─ Problem (path, line, what) ───────► IngestReport
//! ```
//!
//! [`survey`] looks without reading, so that a caller can tell by [`Survey::fingerprint`] that nothing changed. [`read`] takes
//! front matter of every dialect, JSON and feeds through one table, the [`Mapping`], and gives [`Articles`], in the order of
//! their ids and independent of the order of files and the number of threads.
//!
//! No input stops a run, panics, hangs or takes unbounded memory: bad files and lines become [`Problem`]s, and
//! [`IngestReport`] accounts for every file and record. The room knows no index and no terminal; whoever shows how far it has
//! come implements [`Progress`].
//!
//! ```
//! use healthnews::ingest::{Mapping, Silent, Source, read, survey};
//!
//! let found = survey(&[Source::parse("fixtures/news", env!("CARGO_MANIFEST_DIR").as_ref())])?;
//! let mut articles = read(&found, &Mapping::default(), &Silent)?;
//! let titles: Vec<String> = articles.by_ref().map(|article| Ok(article?.title)).collect::<Result<_, healthnews::Error>>()?;
//! let report = articles.into_report();
//! assert_eq!(report.articles, titles.len() as u64);
//! assert_eq!(report.records, report.articles + report.merged);
//! # Ok::<(), healthnews::Error>(())
//! ```

mod articles;
mod card;
mod clean;
mod digest;
mod feed;
mod file;
mod front_matter;
mod gzip;
mod headline;
mod html;
mod json;
mod listing;
mod locate;
mod mapping;
mod markup;
mod merge;
mod outlet;
mod parts;
mod plain_yaml;
mod problem;
mod progress;
mod record;
mod report;
mod rss;
mod salvage;
mod source;
mod spool;
mod survey;
mod text;
mod value;
mod walk;
mod yaml;

pub use articles::{Articles, ReadOptions, read, read_with};
pub use feed::{FeedItems, feed_items};
pub use locate::line_of;
pub use mapping::{Field, Mapping};
pub use problem::{PROBLEMS_PER_FILE, Problem, ProblemKind, Untold};
pub use progress::{Progress, Silent};
pub use report::{FileAccount, FileOutcome, IngestReport};
pub use source::Source;
pub use survey::{SourceFile, Survey, survey, survey_beside};

pub(crate) use listing::{Look, Root};
pub(crate) use progress::go_on;
pub(crate) use source::{path_of, shown};

/// Raised whenever the same bytes are read to other articles than before, so that an index is not left half of one reading and half
/// of another. 2: feeds, and gzip. 3: timestamps with a space before the offset, script within Markdown, JSON with lists of titled
/// things. 4: years of two digits, pages whose head has no end. 5: JSON without titles, numbers as they are written, `url`, `authors`
/// and `source` in front matter, hash routes and other forms of addresses, domains in other scripts, Markdown behind a picture.
/// 6: names have a letter or a digit, and schemes no space at their end. 7: one more character that cannot
/// be seen, broken texts over several lines and with quoted parts.
pub const READER_VERSION: u32 = 7;
