//! The law of updates: after whatever happened to the files, the updated index answers like one built anew from them.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use healthnews::index::{Changes, IndexFolder};
use healthnews::ingest::{Silent, Source};
use healthnews::search::{FacetField, SearchRequest, Searcher, Sort};
use healthnews::update::{MaxShrink, Outcome, UpdateOptions, update};
use proptest::prelude::*;

use crate::collection::{WORDS, settings};

/// Something that happens to the files. Files are named by a number, so that operations meet.
#[derive(Debug, Clone)]
enum Happening {
    /// Written, with these contents.
    Write(usize, Card),
    /// Written, with one line for each of these.
    Lines(usize, Vec<Card>),
    /// Gets another time, and the same bytes.
    Touch(usize),
    /// Renamed.
    Move(usize, usize),
    Delete(usize),
}

/// What a file says of an article. Addresses are few, so that files tell of the same article and corrections move one to another.
#[derive(Debug, Clone)]
struct Card {
    address: u8,
    words: Vec<&'static str>,
    topic: Option<&'static str>,
    quality: Option<u8>,
    /// What it says that `CDA` stands for.
    definition: Option<&'static str>,
    broken: bool,
}

impl Card {
    fn front_matter(&self) -> String {
        let Self { address, words, topic, quality, definition, broken } = self;
        let mut text = format!("---\ntitle: {}\nlink: https://example.com/{address}\n", words.join(" "));
        if let Some(topic) = topic {
            writeln!(text, "topics: [{topic}]").unwrap();
        }
        if let Some(quality) = quality {
            writeln!(text, "quality: {quality}").unwrap();
        }
        writeln!(text, "date: 2021-0{}-01\n---\n{}", 1 + address % 9, words[0]).unwrap();
        if let Some(definition) = definition {
            write!(text, ": {definition} (CDA)").unwrap();
        }
        if *broken { text.replace("title:", "headline:") } else { text }
    }

    fn line(&self) -> String {
        let title = if self.broken { String::new() } else { self.words.join(" ") };
        let url = format!("https://example.com/{}", self.address);
        serde_json::json!({"title": title, "url": url, "topics": self.topic, "quality": self.quality}).to_string()
    }
}

fn card() -> impl Strategy<Value = Card> {
    (
        0u8..8,
        prop::collection::vec(prop::sample::select(&WORDS[..]), 1..6),
        prop::option::of(prop::sample::select(&["AI", "ai", "Care"][..])),
        prop::option::of(0u8..100),
        prop::option::of(prop::sample::select(&["care data", "Care-Data", "care database"][..])),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(address, words, topic, quality, definition, broken)| Card {
            address,
            words,
            topic,
            quality,
            definition,
            broken,
        })
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let file = || 0usize..10;
    let one = prop_oneof![
        6 => (file(), card()).prop_map(|(file, card)| Happening::Write(file, card)),
        1 => (file(), prop::collection::vec(card(), 0..5)).prop_map(|(file, cards)| Happening::Lines(file, cards)),
        1 => file().prop_map(Happening::Touch),
        2 => (file(), file()).prop_map(|(from, to)| Happening::Move(from, to)),
        2 => file().prop_map(Happening::Delete),
    ];
    prop::collection::vec(one, 1..5)
}

/// Lets it happen. `clock` gives each change a time of its own, because changes in one test come faster than some clocks tick.
fn happen(folder: &Path, happening: &Happening, clock: &mut u64) {
    let path = |file: usize| folder.join(format!("{file}.md"));
    *clock += 1;
    let stamp = |path: &Path| {
        if let Ok(file) = fs::File::options().write(true).open(path) {
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(*clock)).unwrap();
        }
    };
    match happening {
        Happening::Write(file, card) => fs::write(path(*file), card.front_matter()).unwrap(),
        Happening::Lines(file, cards) => {
            let lines: Vec<String> = cards.iter().map(Card::line).collect();
            fs::write(path(*file), lines.join("\n")).unwrap();
        }
        Happening::Move(from, to) => {
            let _ = fs::rename(path(*from), path(*to));
        }
        Happening::Delete(file) => {
            let _ = fs::remove_file(path(*file));
        }
        Happening::Touch(_) => {}
    }
    match happening {
        Happening::Write(file, _) | Happening::Lines(file, _) | Happening::Touch(file) => stamp(&path(*file)),
        Happening::Move(..) | Happening::Delete(_) => {}
    }
}

/// Everything that an index answers to a handful of requests, but for what names the generation and the time it took.
fn answers(index: &IndexFolder) -> Vec<String> {
    let searcher = Searcher::open(index, &settings()).unwrap();
    let mut answers = Vec::new();
    for text in [
        "",
        "care",
        "big tech",
        "partner OR data",
        "\"big tech\"",
        "data -care",
        "topic:ai",
        "dat*",
        "date:2021-01",
        "CDA",
        "care databases",
    ] {
        for sort in [Sort::Relevance, Sort::Newest, Sort::Quality] {
            let request = SearchRequest {
                q: text.to_owned(),
                sort,
                limit: 100,
                facets: FacetField::ALL.to_vec(),
                explain: true,
                ..SearchRequest::default()
            };
            let mut answer = serde_json::to_value(searcher.search(&request).unwrap()).unwrap();
            (answer["took_us"], answer["generation"]) = (0.into(), "".into());
            answers.push(answer.to_string());
        }
        // Where nothing is counted, what is deleted is met in other ways.
        for limit in [1, 3] {
            let (q, facets) = (text.to_owned(), Vec::new());
            let request = SearchRequest { q, limit, total: false, facets, ..SearchRequest::default() };
            let mut answer = serde_json::to_value(searcher.search(&request).unwrap()).unwrap();
            (answer["took_us"], answer["generation"]) = (0.into(), "".into());
            answers.push(answer.to_string());
        }
    }
    answers
}

fn check(steps: &[Vec<Happening>]) -> Result<(), TestCaseError> {
    let home = tempfile::tempdir().unwrap();
    let news = home.path().join("news");
    fs::create_dir(&news).unwrap();
    // Some files that nothing happens to, so that changing is the better way than building anew.
    for number in 0..12 {
        let words = vec![WORDS[number % WORDS.len()], "steady"];
        let card =
            Card { address: 100 + number as u8, words, topic: None, quality: None, definition: None, broken: false };
        fs::write(news.join(format!("steady-{number}.md")), card.front_matter()).unwrap();
    }
    let options = UpdateOptions {
        sources: vec![Source::parse("news", home.path())],
        max_shrink: MaxShrink::ANY,
        ..UpdateOptions::default()
    };
    let index = IndexFolder::new(home.path().join("index"));
    update(&index, &options, &Silent).unwrap();
    let mut clock = 1_000_000_000;
    for (number, happenings) in steps.iter().enumerate() {
        for happening in happenings {
            happen(&news, happening, &mut clock);
        }
        let updated = update(&index, &options, &Silent).unwrap();
        prop_assert!(matches!(updated.outcome, Outcome::Edited | Outcome::Unchanged | Outcome::Built));
        let anew = IndexFolder::new(home.path().join(format!("anew-{number}")));
        let built = update(&anew, &options, &Silent).unwrap();
        prop_assert_eq!(built.outcome, Outcome::Built);
        let account = |update: &healthnews::update::Update| {
            let read = &update.ingest;
            (read.files, read.records, read.articles, read.merged, read.left_out, read.rejected, read.unread)
        };
        prop_assert_eq!(account(&updated), account(&built));
        let (updated, built) = (answers(&index), answers(&anew));
        for (updated, built) in updated.iter().zip(&built) {
            prop_assert_eq!(updated, built);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn an_updated_index_answers_like_one_built_anew(steps in prop::collection::vec(happenings(), 1..5)) {
        check(&steps)?;
    }
}

#[test]
fn a_small_change_is_made_in_place_and_a_large_one_anew() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, title: &str| {
        let text = format!("---\ntitle: {title}\nlink: https://example.com/{name}\n---\n");
        fs::write(home.path().join("news").join(name), text).unwrap();
    };
    fs::create_dir(home.path().join("news")).unwrap();
    for name in ["a", "b", "c", "d"] {
        write(name, "One");
    }
    let options = UpdateOptions {
        sources: vec![Source::parse("news", home.path())],
        max_shrink: MaxShrink::ANY,
        ..UpdateOptions::default()
    };
    let index = IndexFolder::new(home.path().join("index"));
    let outcome = || {
        let update = update(&index, &options, &Silent).unwrap();
        (update.outcome, update.live.unwrap().generation, update.changes)
    };
    let changes = |added, changed, removed, unchanged| Changes { added, changed, removed, unchanged };
    assert_eq!(outcome(), (Outcome::Built, "gen-000001".to_owned(), changes(4, 0, 0, 0)));
    write("a", "Another");
    write("e", "New");
    assert_eq!(outcome(), (Outcome::Edited, "gen-000001".to_owned(), changes(1, 1, 0, 3)));
    fs::remove_file(home.path().join("news/b")).unwrap();
    assert_eq!(outcome(), (Outcome::Edited, "gen-000001".to_owned(), changes(0, 0, 1, 4)));
    assert_eq!(outcome(), (Outcome::Unchanged, "gen-000001".to_owned(), changes(0, 0, 0, 4)));
    for name in ["a", "c", "d"] {
        write(name, "All of them");
    }
    assert_eq!(outcome(), (Outcome::Built, "gen-000002".to_owned(), changes(0, 3, 0, 1)));
    let ledgers = fs::read_dir(home.path().join("index/gen-000001")).unwrap();
    let ledgers = ledgers.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("ledger-"));
    assert_eq!(ledgers.count(), 1, "old ledgers are removed");
}

/// Copies a folder of files, or a file.
fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn real_collections_grow_shrink_and_are_corrected_like_built_anew() {
    let Some(corpora) = crate::corpora::path() else { return };
    let home = tempfile::tempdir().unwrap();
    let bring = |name: &str| copy(&corpora.join(name), &home.path().join(name));
    let options = |names: &[&str]| UpdateOptions {
        sources: names.iter().map(|name| Source::parse(name, home.path())).collect(),
        ..UpdateOptions::default()
    };
    let index = IndexFolder::new(home.path().join("index"));
    let mut there = vec!["covid-news", "ai-2019", "health-it-bookmarks", "brief-health"];
    for name in &there {
        bring(name);
    }
    let built = update(&index, &options(&there), &Silent).unwrap();
    assert_eq!(built.outcome, Outcome::Built);
    let mut articles = built.ingest.articles;

    // Updates what has been brought, and compares with an index of all that is there; gives what the update changed.
    let step = |there: &[&str], named: &[&str], outcome: Outcome| {
        let updated = update(&index, &options(named), &Silent).unwrap();
        assert_eq!(updated.outcome, outcome, "{there:?}");
        let anew = IndexFolder::new(tempfile::tempdir_in(home.path()).unwrap().keep());
        let built = update(&anew, &UpdateOptions { rebuild: true, ..options(there) }, &Silent).unwrap();
        assert_eq!(updated.ingest.articles, built.ingest.articles);
        for (updated, built) in answers(&index).iter().zip(&answers(&anew)) {
            assert!(updated == built, "after {there:?}:\n{updated}\n{built}");
        }
        updated.changes
    };

    bring("seeds");
    there.push("seeds");
    let changes = step(&there, &["seeds"], Outcome::Edited);
    // One of the five is about an article that another curator had found.
    assert_eq!((changes.added, changes.changed, changes.removed), (4, 1, 0));
    articles += 4;

    fs::remove_dir_all(home.path().join("brief-health")).unwrap();
    there.retain(|name| *name != "brief-health");
    let changes = step(&there, &[], Outcome::Edited);
    assert_eq!((changes.added, changes.changed, changes.removed), (0, 1, 4));
    articles -= changes.removed;

    let cards = fs::read_dir(home.path().join("seeds")).unwrap();
    let card = cards.map(|card| card.unwrap().path()).min().unwrap();
    let text = fs::read_to_string(&card).unwrap();
    let title = text.lines().find(|line| line.starts_with("title:")).unwrap();
    fs::write(&card, text.replace(title, "title: Corrected beyond recognition")).unwrap();
    assert_eq!(step(&there, &[], Outcome::Edited).changed, 1);

    // Another curator's copies of the same bookmarks, under other keys: mostly the same articles.
    bring("health-it-bookmarks-copy");
    there.push("health-it-bookmarks-copy");
    let changes = step(&there, &["health-it-bookmarks-copy"], Outcome::Edited);
    assert!(changes.changed > changes.added && changes.removed == 0, "{changes:?}");
    articles += changes.added;

    let searcher = Searcher::open(&index, &settings()).unwrap();
    let all = searcher.search(&SearchRequest { limit: 1, ..SearchRequest::default() }).unwrap();
    assert_eq!(all.total, Some(articles));
}
