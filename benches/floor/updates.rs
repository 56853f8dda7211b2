//! Updates beside what they cannot be faster than: looking at every file, which `find` does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use healthnews::index::IndexFolder;
use healthnews::ingest::{Silent, Source};
use healthnews::search::Searcher;
use healthnews::update::{Outcome, UpdateOptions, update};

use crate::generator::Collection;
use crate::measure::{at, in_turns, peak_memory, seconds};
use crate::queries::Question;
use crate::{row, settings};

/// How many questions are asked of each index.
const QUESTIONS: usize = 210;
const ROUNDS: usize = 7;
/// How many updates of one article each come one after the other.
const SMALL_UPDATES: usize = 1000;

/// A copy of a collection whose files may be changed, with its index.
pub(crate) struct Changing {
    home: tempfile::TempDir,
    files: Vec<PathBuf>,
    changes: usize,
}

impl Changing {
    /// Links the files into a folder of its own. A file is changed by putting another in its place.
    pub(crate) fn of(collection: &Collection) -> Result<Self> {
        let home = tempfile::tempdir_in(collection.files.parent().unwrap_or(Path::new(".")))?;
        let mut files = Vec::with_capacity(collection.articles);
        for folder in fs::read_dir(&collection.files)? {
            let folder = folder?;
            let copy = home.path().join("files").join(folder.file_name());
            fs::create_dir_all(&copy)?;
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let copy = copy.join(file.file_name());
                fs::hard_link(file.path(), &copy)?;
                files.push(copy);
            }
        }
        files.sort();
        Ok(Self { home, files, changes: 0 })
    }

    fn index(&self) -> PathBuf {
        self.home.path().join("index")
    }

    /// Changes the titles of so many files, others each time.
    fn change(&mut self, files: usize) -> Result<()> {
        for _ in 0..files {
            self.changes += 1;
            // A prime step goes through all files, from folder to folder.
            let file = &self.files[self.changes * 7919 % self.files.len()];
            let text = fs::read_to_string(file)?;
            fs::remove_file(file)?;
            fs::write(file, text.replacen("title: \"", &format!("title: \"Corrected {} ", self.changes), 1))?;
        }
        Ok(())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_healthnews"));
        command
            .arg("--index")
            .arg(self.index())
            .args(["index", "-q"])
            .args(arguments)
            .arg(self.home.path().join("files"));
        command
    }

    fn find(&self) -> Command {
        let mut command = Command::new("find");
        command.arg(self.home.path().join("files")).args(["-printf", "%p %s %T@\\n"]);
        command
    }
}

/// The rows about updates of the whole collection.
pub(crate) fn updates(collection: &Collection) -> Result<()> {
    let mut changing = Changing::of(collection)?;
    run(&mut changing.command(&["--rebuild"]))?;
    let unchanged = in_turns(
        &[()],
        ROUNDS,
        |()| run(&mut changing.find()).map(drop),
        |()| run(&mut changing.command(&[])).map(drop),
    )?;
    let (find, unchanged) = (at(&unchanged.floor, 0.5), at(&unchanged.ours, 0.5));
    let show = |seconds: f64| format!("{:.0} ms", seconds * 1e3);
    let ratio = unchanged / find;
    row(
        "update, nothing changed (floor: `find`)",
        &show(find),
        &show(unchanged),
        &format!("{ratio:.2}"),
        "≤ 2",
        Some(ratio <= 2.0),
    );

    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        changing.change(1)?;
        samples.push(run(&mut changing.command(&[]))?);
    }
    let more = at(&samples, 0.5) - unchanged;
    row("update, one file changed", "", &show(at(&samples, 0.5)), "", "≤ 150 ms more", Some(more <= 0.15));

    let (mut rebuilds, mut samples) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        changing.change(collection.articles / 100)?;
        samples.push(run(&mut changing.command(&[]))?);
        rebuilds.push(run(&mut changing.command(&["--rebuild"]))?);
    }
    let (rebuild, update) = (at(&rebuilds, 0.5), at(&samples, 0.5));
    let ratio = rebuild / update;
    row(
        "update, 1 % changed (floor: a rebuild)",
        &show(rebuild),
        &show(update),
        &format!("1/{ratio:.0}"),
        "≤ 1/20",
        Some(ratio >= 20.0),
    );
    Ok(())
}

/// The peak of an update of one file, in bytes.
pub(crate) fn memory(collection: &Collection) -> Result<u64> {
    let mut changing = Changing::of(collection)?;
    run(&mut changing.command(&["--rebuild"]))?;
    changing.change(1)?;
    peak_memory(&mut changing.command(&[]))
}

/// Many updates of one article each: what is left of them in the index, and how it searches.
pub(crate) fn small_updates(collection: &Collection) -> Result<()> {
    let mut changing = Changing::of(collection)?;
    let options =
        UpdateOptions { sources: vec![Source::parse("files", changing.home.path())], ..UpdateOptions::default() };
    let index = IndexFolder::new(changing.index());
    update(&index, &options, &Silent)?;
    let mut took = Vec::new();
    for _ in 0..SMALL_UPDATES {
        changing.change(1)?;
        took.push(seconds(|| {
            let done = update(&index, &options, &Silent)?;
            ensure!(done.outcome == Outcome::Edited, "{:?}", done.outcome);
            Ok(())
        })?);
    }
    let fresh = IndexFolder::new(changing.home.path().join("fresh"));
    update(&fresh, &options, &Silent)?;
    let (edited, built) = (Searcher::open(&index, &settings())?, Searcher::open(&fresh, &settings())?);
    let questions = Question::ask(&collection.sample(10_000)?, QUESTIONS);
    for (name, facets) in [("top 10", false), ("top 10, total and facets", true)] {
        let pairs = in_turns(
            &questions,
            ROUNDS,
            |question| Ok(built.search(&question.request(facets)).map(drop)?),
            |question| Ok(edited.search(&question.request(facets)).map(drop)?),
        )?;
        let show = |samples: &[f64]| format!("{:.0} µs", at(samples, 0.5) * 1e6);
        let ratio = pairs.ratio(0.5);
        let measured = format!("{name}, p50, after {SMALL_UPDATES} updates (floor: a fresh build)");
        row(&measured, &show(&pairs.floor), &show(&pairs.ours), &format!("{ratio:.2}"), "≤ 1.3", Some(ratio <= 1.3));
    }
    let segments = |folder: &IndexFolder| -> Result<usize> {
        let stores = fs::read_dir(folder.live()?.path)?.filter_map(Result::ok);
        Ok(stores.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "store")).count())
    };
    row("segments after them", &segments(&fresh)?.to_string(), &segments(&index)?.to_string(), "", "", None);
    row("one of them, p50", "", &format!("{:.0} ms", at(&took, 0.5) * 1e3), "", "", None);
    Ok(())
}

/// Runs a process and says how long it took.
fn run(command: &mut Command) -> Result<f64> {
    seconds(|| {
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(status.success(), "{command:?} failed: {status}");
        Ok(())
    })
}
