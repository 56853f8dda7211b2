//! [`update`]: sources in, a generation of the index out. The glue between [`crate::ingest`] and [`crate::index`].
//!
//! An index remembers its sources. An update reads all of them, the remembered and the newly named, into a new
//! generation; when no file has changed since the last one it leaves everything as it is.

use std::time::{Duration, Instant};

use xxhash_rust::xxh3::xxh3_64;

use crate::index::{Account, Build, BuildOptions, Changes, Comparison, IndexFolder, Live, Origin, RememberedSource};
use crate::ingest::{IngestReport, Mapping, Problem, Progress, Silent, Source, Survey, read, survey};
use crate::{Error, Result};

/// What to do in an [`update`].
#[derive(Debug, Clone, Default)]
pub struct UpdateOptions {
    /// The sources that the user names now. They must exist.
    pub sources: Vec<Source>,
    /// Forget the remembered sources if others are named, and build even if nothing has changed.
    pub rebuild: bool,
    /// Read and report, but write nothing.
    pub dry_run: bool,
    /// Keep the old index if there is any problem.
    pub strict: bool,
    /// How many threads read and write; `None` for as many as the machine has.
    pub threads: Option<usize>,
    /// Which keys are which field.
    pub mapping: Mapping,
}

/// What became of an [`update`].
#[derive(Debug, Clone)]
pub struct Update {
    /// How it ended.
    pub outcome: Outcome,
    /// The live generation; `None` if there is none yet.
    pub live: Option<Live>,
    /// The account of reading. When nothing has changed, nothing is read: it then is the account of the build, and
    /// `problems` tells only of remembered sources that have gone.
    pub ingest: IngestReport,
    /// What is different from the generation that was live before; all zero when the update was refused or stopped.
    pub changes: Changes,
    /// How long it took.
    pub took: Duration,
}

/// How an [`update`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A new generation is live.
    Built,
    /// Nothing has changed since the live generation was built.
    Unchanged,
    /// All was read and nothing written, as asked.
    DryRun,
    /// There were problems, which [`UpdateOptions::strict`] does not allow: the old index is still live.
    Refused,
    /// [`Observer::stop`] said so: the old index is still live.
    Stopped,
}

/// Told how far an update has come, and asked whether to go on.
pub trait Observer: Progress {
    /// All files are read. So many records will now be merged into articles and indexed.
    fn indexing(&self, records: u64) {
        let _ = records;
    }

    /// One more article is in the new generation.
    fn article_indexed(&self) {}

    /// All articles are in the new generation, which is now written to disk and made live.
    fn publishing(&self) {}

    /// Whether to stop. Asked often; must be quick.
    fn stop(&self) -> bool {
        false
    }
}

impl Observer for Silent {}

/// What is to be read, as found on disk.
struct Plan {
    live: Option<Live>,
    /// What to remember.
    sources: Vec<RememberedSource>,
    survey: Survey,
    fingerprint: Option<u64>,
    vanished: Vec<Problem>,
}

/// Brings the index in `folder` up to date.
///
/// # Errors
/// [`Error::Usage`] without any source, [`Error::Source`] when a named source does not exist or all remembered ones have
/// gone, [`Error::IndexLocked`] when another process writes, [`Error::IndexIncompatible`] and [`Error::IndexDamaged`] (which
/// [`UpdateOptions::rebuild`] mends). The old index stays live after every error.
pub fn update(folder: &IndexFolder, options: &UpdateOptions, observer: &dyn Observer) -> Result<Update> {
    let start = Instant::now();
    let mut plan = Plan::make(folder, options)?;
    if options.dry_run {
        let mut comparison = Comparison::with(plan.live.as_ref())?;
        let ingest = plan.read(options, observer, |article| {
            comparison.see(article);
            Ok(())
        })?;
        let stopped = observer.stop();
        let outcome = if stopped { Outcome::Stopped } else { Outcome::DryRun };
        let changes = if stopped { Changes::default() } else { comparison.finish() };
        return Ok(Update { outcome, live: plan.live, ingest, changes, took: start.elapsed() });
    }
    if plan.is_unchanged(options) {
        return Ok(plan.unchanged(options, start));
    }
    let lock = folder.lock()?;
    // Somebody may have written between the first look and the lock.
    let generation = |live: Option<&Live>| live.map(|live| live.generation.clone());
    if generation(folder.live().ok().as_ref()) != generation(plan.live.as_ref()) {
        plan = Plan::make(folder, options)?;
        if plan.is_unchanged(options) {
            return Ok(plan.unchanged(options, start));
        }
    }

    let build_options = options.threads.map_or_else(BuildOptions::default, |threads| BuildOptions { threads });
    let mut comparison = Comparison::with(plan.live.as_ref())?;
    let mut build = Build::begin(&lock, &build_options)?;
    let ingest = plan.read(options, observer, |article| {
        comparison.see(article);
        build.add(article)?;
        observer.article_indexed();
        Ok(())
    })?;
    let ended = |outcome, live, ingest, changes| Ok(Update { outcome, live, ingest, changes, took: start.elapsed() });
    if observer.stop() {
        return ended(Outcome::Stopped, plan.live, ingest, Changes::default());
    }
    if options.strict && !ingest.problems.is_empty() {
        return ended(Outcome::Refused, plan.live, ingest, Changes::default());
    }
    observer.publishing();
    let IngestReport { files, records, merged, left_out, rejected, .. } = ingest;
    let account = Account { files, records, merged, left_out, rejected };
    let live = build.publish(Origin { sources: plan.sources, fingerprint: plan.fingerprint, account })?;
    ended(Outcome::Built, Some(live), ingest, comparison.finish())
}

impl Plan {
    fn make(folder: &IndexFolder, options: &UpdateOptions) -> Result<Self> {
        let live = match folder.live() {
            Ok(live) => Some(live),
            Err(Error::IndexMissing { .. }) => None,
            Err(Error::IndexIncompatible { .. } | Error::IndexDamaged { .. }) if options.rebuild => None,
            Err(error) => return Err(error),
        };
        let replaces = options.rebuild && !options.sources.is_empty();
        let mut remembered: Vec<Source> = live
            .iter()
            .filter(|_| !replaces)
            .flat_map(|live| &live.manifest.origin.sources)
            .map(|source| Source::parse(&source.given, source.base.as_ref()))
            .collect();
        let mut named: Vec<Source> = Vec::new();
        for source in &options.sources {
            let is_same = |other: &Source| place(other) == place(source);
            if let Some(at) = remembered.iter().position(is_same) {
                // Named now, so it has to exist.
                named.push(remembered.remove(at));
            } else if !named.iter().any(is_same) {
                named.push(source.clone());
            }
        }
        if remembered.is_empty() && named.is_empty() {
            return Err(Error::Usage {
                message: "no source to read".to_owned(),
                hint: Some("name a file, a folder or a glob: `healthnews index FOLDER`".to_owned()),
            });
        }
        let (survey, vanished) = look(&named, &remembered)?;
        let reads_stdin = named.iter().any(Source::is_stdin);
        let fingerprint = (!reads_stdin).then(|| fingerprint(&survey, &options.mapping));
        let mut sources: Vec<RememberedSource> =
            remembered.iter().chain(&named).filter(|source| !source.is_stdin()).map(memory).collect();
        // In one order, so that the same sources are the same, however they came together.
        sources.sort_by(|a, b| (&a.base, &a.given).cmp(&(&b.base, &b.given)));
        Ok(Self { live, sources, survey, fingerprint, vanished })
    }

    fn is_unchanged(&self, options: &UpdateOptions) -> bool {
        let built_from = |live: &Live| {
            let origin = &live.manifest.origin;
            origin.sources == self.sources && origin.fingerprint == self.fingerprint
        };
        !options.rebuild && self.fingerprint.is_some() && self.live.as_ref().is_some_and(built_from)
    }

    fn unchanged(self, options: &UpdateOptions, start: Instant) -> Update {
        let refused = options.strict && !self.vanished.is_empty();
        let outcome = if refused { Outcome::Refused } else { Outcome::Unchanged };
        let (articles, account) = self
            .live
            .as_ref()
            .map_or_else(Default::default, |live| (live.manifest.articles, live.manifest.origin.account));
        let Account { files, records, merged, left_out, rejected } = account;
        let ingest = IngestReport { files, records, articles, merged, left_out, rejected, problems: self.vanished };
        let changes = if refused { Changes::default() } else { Changes { unchanged: articles, ..Changes::default() } };
        Update { outcome, live: self.live, ingest, changes, took: start.elapsed() }
    }

    /// Reads everything, with `add` for each article unless the problems forbid it.
    fn read(
        &self,
        options: &UpdateOptions,
        observer: &dyn Observer,
        mut add: impl FnMut(&crate::article::Article) -> Result<()>,
    ) -> Result<IngestReport> {
        let read = || read(&self.survey, &options.mapping, observer);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build();
        // Without threads of its own (the system has none left) reading still goes on in those of the process.
        let mut articles = pool.map_or_else(|_| read(), |pool| pool.install(read))?;
        let refused = options.strict && !(articles.report().problems.is_empty() && self.vanished.is_empty());
        observer.indexing(articles.report().records);
        for article in articles.by_ref() {
            let article = article?;
            if observer.stop() {
                break;
            }
            if !refused {
                add(&article)?;
            }
        }
        let mut report = articles.into_report();
        report.problems.extend_from_slice(&self.vanished);
        report.problems.sort();
        Ok(report)
    }
}

/// Looks at all sources. Remembered ones may be gone, as long as any is left.
fn look(named: &[Source], remembered: &[Source]) -> Result<(Survey, Vec<Problem>)> {
    let all: Vec<Source> = remembered.iter().chain(named).cloned().collect();
    let first = match survey(&all) {
        Ok(survey) => return Ok((survey, Vec::new())),
        Err(error) => error,
    };
    // Which of them is it? Rare enough to look twice.
    let mut there = Vec::new();
    let mut vanished = Vec::new();
    for source in remembered {
        match survey(std::slice::from_ref(source)) {
            Ok(_) => there.push(source.clone()),
            Err(Error::Source { path, .. }) => {
                let what = "this source was read before and is not there any more".to_owned();
                vanished.push(Problem { path, line: None, what });
            }
            Err(error) => return Err(error),
        }
    }
    there.extend_from_slice(named);
    if vanished.is_empty() || there.is_empty() {
        return Err(first);
    }
    Ok((survey(&there)?, vanished))
}

/// Also over what else decides about the articles: the table of keys, and the reader itself.
fn fingerprint(survey: &Survey, mapping: &Mapping) -> u64 {
    // A table of names is plain data: it always has a JSON form.
    let mapping = serde_json::to_string(mapping).unwrap_or_default();
    xxh3_64(format!("{:016x} {} {mapping}", survey.fingerprint(), env!("CARGO_PKG_VERSION")).as_bytes())
}

fn memory(source: &Source) -> RememberedSource {
    RememberedSource { given: source.given().to_owned(), base: source.base().to_string_lossy().into_owned() }
}

fn place(source: &Source) -> std::path::PathBuf {
    source.base().join(source.given())
}
