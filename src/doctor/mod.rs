//! What is wrong with the collection itself: missing dates, cut-off excerpts, outlets with many names, files that give nothing.
//!
//! [`examine`] reads the sources as a build would, so it needs no index, sees the files as they are now, and can tell lines. Each
//! article is looked at once, by all examiners; what they find is counted under one of the [`Check`]s, of which the first places
//! are kept. Whether something is a fault is for the curator to say: a [`Severity`] says how much it costs those who search.
//!
//! Memory: the places that are asked for, the distinct topics and outlets, and 24 bytes or so for each title.
//!
//! ```
//! use healthnews::doctor::{Check, Examination, examine};
//! use healthnews::ingest::{Silent, Source, survey};
//!
//! let found = survey(&[Source::parse("fixtures/quirks", env!("CARGO_MANIFEST_DIR").as_ref())])?;
//! let diagnosis = examine(&found, &Examination::default(), &Silent)?;
//! let broken = diagnosis.findings.iter().find(|finding| finding.check == Check::BrokenYaml).unwrap();
//! assert!(broken.places.iter().any(|place| place.path.ends_with("unquoted-colon.md") && place.line == Some(2)));
//! # Ok::<(), healthnews::Error>(())
//! ```

mod check;
mod dates;
mod files;
mod findings;
mod outlets;
mod texts;
mod titles;
mod topics;

use jiff::civil::Date;

pub use check::{Check, Severity};
pub use findings::{Finding, Place};

use self::findings::Findings;
use crate::Result;
use crate::article::Article;
use crate::ingest::{Mapping, Progress, ReadOptions, Survey, read_with};

/// How many places of a finding are told when nobody says.
pub const DEFAULT_LIMIT: usize = 5;

/// How to examine.
#[derive(Debug, Clone)]
pub struct Examination {
    /// Which keys are which field.
    pub mapping: Mapping,
    /// The day after which a date is in the future.
    pub today: Date,
    /// How many places of each finding to tell. All are counted.
    pub limit: usize,
}

impl Default for Examination {
    fn default() -> Self {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        Self { mapping: Mapping::default(), today, limit: DEFAULT_LIMIT }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Files found.
    pub files: u64,
    /// Articles in them, after merging.
    pub articles: u64,
    /// One for each check that found anything: the gravest first, then in the order of [`Check::ALL`].
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// The gravest of all findings; `None` when nothing was found.
    #[must_use]
    pub fn gravest(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.check.severity()).max()
    }

    /// How much was found of one severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|finding| finding.check.severity() == severity).map(|finding| finding.count).sum()
    }
}

/// Looks at each article once; may say more when all are seen.
trait Examiner {
    fn see(&mut self, article: &Article, findings: &mut Findings<'_>);

    fn conclude(&self, findings: &mut Findings<'_>) {
        let _ = findings;
    }
}

/// Reads all files of a survey and says what is wrong with them. The same files give the same diagnosis.
///
/// Bad input is a finding; an error means that temporary data cannot be written or read, or that [`Progress::stop`] said so.
pub fn examine(survey: &Survey, examination: &Examination, progress: &dyn Progress) -> Result<Diagnosis> {
    let options = ReadOptions { problems_per_file: examination.limit, ..ReadOptions::default() };
    let mut articles = read_with(survey, &examination.mapping, &options, progress)?;
    let mut findings = Findings::of(survey, examination.limit);
    files::examine(survey, &articles.take_accounts(), &mut findings);
    let mut examiners: [Box<dyn Examiner>; 5] = [
        Box::new(dates::Dates { today: examination.today }),
        Box::new(texts::Texts),
        Box::<outlets::Outlets>::default(),
        Box::<topics::Topics>::default(),
        Box::<titles::Titles>::default(),
    ];
    for article in articles.by_ref() {
        let article = article?;
        for examiner in &mut examiners {
            examiner.see(&article, &mut findings);
        }
    }
    for examiner in &examiners {
        examiner.conclude(&mut findings);
    }
    let report = articles.report();
    let findings = findings.into_vec(&examination.mapping);
    Ok(Diagnosis { files: report.files, articles: report.articles, findings })
}
