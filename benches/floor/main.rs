//! healthnews beside a *floor*, plain Tantivy over the same articles, measured in one run and told as ratios.
//!
//! ```text
//! cargo bench --bench floor                            100,000 articles
//! cargo bench --bench floor -- --articles 10000        a quick look
//! cargo bench --bench floor -- --only search,cold      some of the parts: index, search, cold, memory, update
//! cargo bench --bench floor -- --million               and the memory of indexing 1,000,000
//! ```
//!
//! What is compared, and what the figures were, stands in `docs/PERFORMANCE.md`. The articles are made from a fixed seed
//! ([`generator`]) in the target folder and kept there for the next run.

mod generator;
mod measure;
mod plain;
mod queries;
mod random;
mod updates;
mod words;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use healthnews::index::IndexFolder;
use healthnews::ingest::{Silent, Source};
use healthnews::search::{SearchRequest, Searcher, Settings};
use healthnews::update::{UpdateOptions, update};

use generator::Collection;
use measure::{Pairs, at, in_turns, machine, peak_memory, process_seconds, seconds_and_busy};
use plain::Plain;
use queries::{Kind, Question};
use words::Words;

/// The allocator of the program, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many processes of each kind are started to measure a cold search.
const STARTS: usize = 40;

#[derive(Debug, Parser)]
#[command(about = "healthnews beside plain Tantivy")]
struct Arguments {
    /// How many articles
    #[arg(long, default_value_t = 100_000)]
    articles: usize,
    /// How many questions are asked; of few, the median hangs on which were drawn
    #[arg(long, default_value_t = 2100)]
    questions: usize,
    /// How often both sides are asked each question
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How often both sides build their index
    #[arg(long, default_value_t = 3)]
    builds: usize,
    /// Some of the parts
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Measure the memory of indexing 1,000,000 articles too (takes about 8 GB of disk)
    #[arg(long)]
    million: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Index,
    Search,
    Cold,
    Memory,
    Update,
}

/// Where things are.
struct Places {
    collection: Collection,
    floor: PathBuf,
    ours: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if !arguments.bench {
        // Run by `cargo test --all-targets`, which wants nothing timed.
        println!("nothing measured: run `cargo bench --bench floor`");
        return Ok(());
    }
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("floor");
    let words = Words::gather()?;
    eprintln!("making {} articles out of the words of {} …", arguments.articles, words.folders.join(" and "));
    let places = Places {
        collection: Collection::make(&home, arguments.articles, &words)?,
        floor: home.join("plain-index"),
        ours: home.join("index"),
    };
    println!("{} articles, {}\n", places.collection.articles, machine()?);
    println!("| measured | floor | healthnews | ratio | target | |\n|---|--:|--:|--:|--:|---|");
    let wants = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    indexing(&places, if wants(Part::Index) { arguments.builds } else { 0 })?;
    if wants(Part::Search) {
        searching(&places, arguments.questions, arguments.rounds)?;
    }
    if wants(Part::Cold) {
        cold(&places)?;
    }
    if wants(Part::Memory) {
        memory("indexing, peak memory", &places.collection, 500)?;
    }
    if wants(Part::Update) {
        updates::updates(&places.collection)?;
        updates::small_updates(&Collection::make(&home, arguments.articles / 10, &words)?)?;
    }
    if arguments.million {
        let many = Collection::make(&home, 10 * arguments.articles, &words)?;
        memory("ten times as many, peak memory", &many, 700)?;
        let more = updates::memory(&many)?.saturating_sub(updates::memory(&places.collection)?);
        let more = more / (many.articles - places.collection.articles) as u64;
        row("update, memory for each article more", "", &format!("{more} bytes"), "", "≤ 200 bytes", Some(more <= 200));
    }
    Ok(())
}

/// One line of the table. `good` says whether the target is met; `None` where there is none.
fn row(measured: &str, floor: &str, ours: &str, ratio: &str, target: &str, good: Option<bool>) {
    let verdict = good.map_or("", |good| if good { "met" } else { "missed" });
    println!("| {measured} | {floor} | {ours} | {ratio} | {target} | {verdict} |");
}

/// Builds both indexes, at least once each.
fn indexing(places: &Places, builds: usize) -> Result<()> {
    let threads = std::thread::available_parallelism()?.get().min(8);
    let ours = || {
        if places.ours.exists() {
            std::fs::remove_dir_all(&places.ours)?;
        }
        let sources = vec![Source::parse("files", places.collection.files.parent().unwrap_or(Path::new(".")))];
        let options = UpdateOptions { sources, rebuild: true, ..UpdateOptions::default() };
        update(&IndexFolder::new(&places.ours), &options, &Silent).map(drop)?;
        Ok(())
    };
    let floor = || plain::build(&places.collection.ndjson, &places.floor, threads).map(drop);
    if builds == 0 {
        if !places.floor.exists() || !places.ours.exists() {
            floor()?;
            ours()?;
        }
        return Ok(());
    }
    // The first round warms up.
    let (mut took, mut busy) = (Pairs::default(), Pairs::default());
    for round in 0..=builds {
        let (floor, ours) = (seconds_and_busy(floor)?, seconds_and_busy(ours)?);
        eprintln!("built in {:.2} s ({:.2} s busy) and {:.2} s ({:.2} s busy)", floor.0, floor.1, ours.0, ours.1);
        if round > 0 {
            took.push(floor.0, ours.0);
            busy.push(floor.1, ours.1);
        }
    }
    let rate = |seconds: &[f64]| places.collection.articles as f64 / at(seconds, 0.5);
    for (measured, pairs, least) in
        [("indexing files, articles", &took, Some(0.7)), ("indexing files, articles by processor time", &busy, None)]
    {
        let (floor, ours) = (rate(&pairs.floor), rate(&pairs.ours));
        let show = |rate: f64| format!("{rate:.0}/s");
        let target = least.map_or_else(String::new, |least| format!("≥ {least}"));
        let ratio = ours / floor;
        let good = least.map(|least| ratio >= least);
        row(measured, &show(floor), &show(ours), &format!("{ratio:.2}"), &target, good);
    }
    Ok(())
}

fn searching(places: &Places, questions: usize, rounds: usize) -> Result<()> {
    let questions = Question::ask(&places.collection.sample(10_000)?, questions);
    let plain = Plain::open(&places.floor)?;
    let ours = Searcher::open(&IndexFolder::new(&places.ours), &settings())?;
    eprintln!("the floor has {} segments", plain.segments());

    let search = |question: &Question, facets| ours.search(&question.request(facets)).map(drop);
    let best = in_turns(
        &questions,
        rounds,
        |question| plain.page(question).map(drop),
        |question| Ok(search(question, false)?),
    )?;
    // Ours always shows what it finds: the last of the ten alone.
    let found = in_turns(
        &questions,
        rounds,
        |question| plain.top(question).map(drop),
        |question| {
            let request = SearchRequest { offset: 9, limit: 1, ..question.request(false) };
            Ok(ours.search(&request).map(drop)?)
        },
    )?;
    let counted = in_turns(
        &questions,
        rounds,
        |question| plain.page_with_facets(question).map(drop),
        |question| Ok(search(question, true)?),
    )?;
    let counts = in_turns(
        &questions,
        rounds,
        |question| plain.facets(question).map(drop),
        |question| {
            let request = SearchRequest { limit: 0, ..question.request(true) };
            Ok(ours.search(&request).map(drop)?)
        },
    )?;
    let beside_plain = |change: fn(SearchRequest) -> SearchRequest| {
        in_turns(
            &questions,
            rounds,
            |question| Ok(search(question, false)?),
            |question| Ok(ours.search(&change(question.request(false))).map(drop)?),
        )
    };
    let expanded = beside_plain(|request| SearchRequest { expand: true, ..request })?;
    let filled = beside_plain(|request| SearchRequest { more: true, ..request })?;
    timed("top 10", &best, Some(1.5));
    timed("top 10 found, one of them fetched (floor: none)", &found, None);
    timed("top 10, total and facets", &counted, Some(0.35));
    timed("total and facets alone", &counts, None);
    timed("top 10, expanded (floor: the same, plain)", &expanded, Some(10.0));
    timed("top 10, a page with room filled (floor: the same, plain)", &filled, None);
    for (name, pairs) in [("top 10", &best), ("top 10, total and facets", &counted)] {
        for kind in Kind::ALL {
            let mut of_kind = Pairs::default();
            let all = questions.iter().zip(pairs.floor.iter().zip(&pairs.ours));
            all.filter(|(question, _)| question.kind == kind)
                .for_each(|(_, (floor, ours))| of_kind.push(*floor, *ours));
            timed(&format!("{name}: {}", kind.name()), &of_kind, None);
        }
    }
    Ok(())
}

/// The clock stands at the end of the generated years: the newest articles are new, which leaves the least to pass over.
fn settings() -> Settings {
    Settings { as_of: Some(jiff::civil::date(2023, 1, 1)), ..Settings::default() }
}

/// The rows of p50 and p99.
fn timed(measured: &str, pairs: &Pairs, most: Option<f64>) {
    for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
        let (floor, ours) = (at(&pairs.floor, part) * 1e6, at(&pairs.ours, part) * 1e6);
        let ratio = pairs.ratio(part);
        let target = most.map_or_else(String::new, |most| format!("≤ {most}"));
        let good = most.map(|most| ratio <= most);
        row(
            &format!("{measured}, {name}"),
            &format!("{floor:.0} µs"),
            &format!("{ours:.0} µs"),
            &format!("{ratio:.2}"),
            &target,
            good,
        );
    }
}

/// A process that opens the index, answers one question and ends, beside one that does nothing.
fn cold(places: &Places) -> Result<()> {
    let questions = Question::ask(&places.collection.sample(10_000)?, STARTS);
    for (measured, facets) in [("cold search", "none"), ("cold search with all facets", "all")] {
        let pairs = in_turns(
            &questions,
            3,
            |_| process_seconds(&mut Command::new("true")).map(drop),
            |question| {
                let mut command = Command::new(env!("CARGO_BIN_EXE_healthnews"));
                command.arg("--index").arg(&places.ours).args([
                    "search",
                    "--json",
                    "--facets",
                    facets,
                    &question.text(),
                ]);
                process_seconds(&mut command).map(drop)
            },
        )?;
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
            let (floor, ours) = (at(&pairs.floor, part) * 1e3, at(&pairs.ours, part) * 1e3);
            let (floor, shown) = (format!("{floor:.1} ms"), format!("{ours:.1} ms"));
            row(&format!("{measured}, {name}"), &floor, &shown, "", "< 20 ms", Some(ours < 20.0));
        }
    }
    Ok(())
}

fn memory(measured: &str, collection: &Collection, most_megabytes: u64) -> Result<()> {
    let folder = collection.files.with_file_name("memory-index");
    let mut command = Command::new(env!("CARGO_BIN_EXE_healthnews"));
    command.arg("--index").arg(&folder).args(["index", "--rebuild"]).arg(&collection.files);
    let peak = peak_memory(&mut command)? / 1_000_000;
    std::fs::remove_dir_all(&folder)?;
    let target = format!("< {most_megabytes} MB");
    row(measured, "", &format!("{peak} MB"), "", &target, Some(peak < most_megabytes));
    Ok(())
}
