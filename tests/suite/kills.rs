//! Killed at any moment: the index holds the state before or the state after, and the next run goes on.
//!
//! `HEALTHNEWS_KILLS=2000 cargo test --test suite kills` is the long form.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use healthnews::index::IndexFolder;
use healthnews::search::{SearchRequest, Searcher};

use crate::collection::settings;
use crate::harness::{PROGRAM, clean_environment};

/// How many files there are: enough that a build takes as long as the longest time before a kill.
const FILES: usize = 40;
/// The longest time before a kill, in microseconds. A run that has ended by then is not killed.
const LONGEST: u64 = 45_000;

fn kills() -> usize {
    std::env::var("HEALTHNEWS_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(200)
}

fn write(news: &Path, file: usize, round: usize) {
    let body = "Telehealth and remote monitoring at home. ".repeat(50);
    let text = format!("---\ntitle: Article {file} of round {round}\nlink: https://example.com/{file}\n---\n{body}\n");
    fs::write(news.join(format!("{file}.md")), text).unwrap();
}

/// The titles in the index; `None` if there is none yet. Anything else that keeps it from answering fails the test.
fn titles(index: &IndexFolder) -> Option<BTreeSet<String>> {
    let searcher = match Searcher::open(index, &settings()) {
        Err(healthnews::Error::IndexMissing { .. }) => return None,
        opened => opened.unwrap_or_else(|error| panic!("the index does not open: {error}")),
    };
    let request = SearchRequest { q: "telehealth".to_owned(), limit: 1_000, ..SearchRequest::default() };
    let response = searcher.search(&request).unwrap();
    assert_eq!(response.total, Some(response.hits.len() as u64));
    Some(response.hits.into_iter().map(|hit| hit.article.title).collect())
}

fn run(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    clean_environment(&mut command);
    command.current_dir(home).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn an_index_whose_writer_is_killed_is_the_old_one_or_the_new_one() {
    let home = tempfile::tempdir().unwrap();
    let news = home.path().join("news");
    fs::create_dir(&news).unwrap();
    (0..FILES).for_each(|file| write(&news, file, 0));
    let index = IndexFolder::new(home.path().join("index"));
    // A fixed generator of moments and files; what the machine does in between is random enough.
    let mut state = 42u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let expected = || -> BTreeSet<String> {
        let texts = fs::read_dir(&news).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        texts.map(|text| text.lines().nth(1).unwrap().trim_start_matches("title: ").to_owned()).collect()
    };

    let (mut killed, mut before) = (0, None);
    let mut round = 0;
    while killed < kills() {
        round += 1;
        // A few files change, now and then one goes or comes back.
        for _ in 0..=random(4) {
            write(&news, random(FILES as u64) as usize, round);
        }
        if random(3) == 0 {
            let _ = fs::remove_file(news.join(format!("{}.md", random(FILES as u64))));
        }
        let after = expected();
        let arguments: &[&str] = if random(3) == 0 { &["index", "--rebuild", "news"] } else { &["index", "news"] };
        let mut child = run(home.path(), arguments).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(random(LONGEST)));
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += usize::from(!ended);

        let found = titles(&index);
        assert!(
            found == before || found.as_ref() == Some(&after),
            "round {round}: {found:?} is neither {before:?} nor {after:?}"
        );
        // Mostly the next run is killed too.
        if random(3) == 0 {
            let next = run(home.path(), &["index", "news"]).stderr(Stdio::piped()).output().unwrap();
            assert!(next.status.success(), "round {round}: {}", String::from_utf8_lossy(&next.stderr));
            assert_eq!(titles(&index), Some(after), "round {round}");
            check_leftovers(index.path(), round);
        }
        before = titles(&index);
    }
}

fn check_leftovers(index: &Path, round: usize) {
    let names = |folder: &Path| -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let live = IndexFolder::new(index).live().unwrap().path;
    let mut generations = 0;
    for name in names(index) {
        match name.as_str() {
            ".gitignore" | "CURRENT" | "LOCK" => {}
            name if name.starts_with("gen-") => {
                generations += 1;
                if !live.ends_with(name) {
                    continue;
                }
                let ledgers = names(&index.join(name)).into_iter().filter(|name| name.starts_with("ledger-")).count();
                assert_eq!(ledgers, 1, "round {round}: ledgers in {name}");
            }
            name => panic!("round {round}: leftover {name}"),
        }
    }
    assert!(generations <= 2, "round {round}: {generations} generations");
}
