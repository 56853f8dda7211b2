//! `index` and `search --source`: what is read, remembered, refused and kept.

use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use healthnews::index::{Changes, IndexFolder};
use healthnews::ingest::{IngestReport, Progress, Silent, Source};
use healthnews::update::{Observer, Outcome, Strict, UpdateOptions, update};
use serde_json::json;

#[cfg(unix)]
use crate::harness::signal;
use crate::harness::{Home, NEWS};

#[test]
fn builds_then_sees_that_nothing_has_changed() {
    let home = Home::with_news();
    home.run(["index", "news"])
        .stdout("")
        .stderr_has("5 files read: 5 articles (0 merged), 0 left out, 0 rejected, ")
        .check();
    home.run(["index"]).stderr_has("nothing has changed: 5 articles, ").check();
    home.run(["index", "./news/"]).stderr_has("nothing has changed").check();
    home.run(["index", "--rebuild"]).stderr_has("5 files read").check();
    home.write("news/new.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.run(["index"]).stderr_has("6 files read: 6 articles").check();
    home.run(["status"]).stdout_has("gen-000002").check();
}

#[test]
fn named_sources_join_the_remembered_ones_and_a_rebuild_replaces_them() {
    let home = Home::with_news();
    home.run(["index", "news/scans.md", "-q"]).check();
    home.run(["index", "news/taiwan.md", "news/wear*.md"]).stderr_has("3 files read").check();
    let sources = |home: &Home| home.run(["status", "--json"]).json()["sources"].clone();
    assert_eq!(sources(&home), json!(["news/scans.md", "news/taiwan.md", "news/wear*.md"]));
    home.run(["index", "--rebuild", "news/scans.md", "--force"]).stderr_has("1 file read").check();
    assert_eq!(sources(&home), json!(["news/scans.md"]));
}

#[test]
fn a_forgotten_source_takes_its_articles_with_it() {
    let home = Home::with_news();
    home.run(["index", "news/scans.md", "news/taiwan.md", "news/wear*.md", "-q"]).check();
    home.run(["index", "--forget", "./news/scans.md"])
        .exits(5)
        .stderr_has("would shrink from 3 to 2 articles")
        .stderr_has("--force")
        .check();
    home.run(["index", "--forget", "./news/scans.md", "--force"]).stderr_has("1 removed").check();
    assert_eq!(home.run(["status", "--json"]).json()["sources"], json!(["news/taiwan.md", "news/wear*.md"]));
    home.run(["search", "scans"]).exits(1).stderr_has("no article has the word `scans`").check();
    // One that is not there any more, too.
    fs::remove_file(home.path().join("news/taiwan.md")).unwrap();
    home.run(["index", "--forget", "news/taiwan.md", "--force", "-q"]).stderr("").check();
    home.run(["index", "-q"]).stderr("").check();

    home.run(["index", "--forget", "news/scans.md"])
        .exits(2)
        .stderr("error: `news/scans.md` is no remembered source\nhint: name one as `healthnews status` tells it\n")
        .check();
    home.run(["index", "news/scans.md", "--forget", "news/wear*.md", "news/wear*.md"])
        .exits(2)
        .stderr_has("`news/wear*.md` is to be read and to be forgotten")
        .check();
    home.run(["index", "--forget", "news/wear*.md", "--force"]).exits(2).stderr_has("no source to read").check();
    home.run(["index", "news/scans.md", "--forget", "news/wear*.md", "--force", "-q"]).check();
    assert_eq!(home.run(["status", "--json"]).json()["sources"], json!(["news/scans.md"]));
}

#[test]
fn standard_input_is_read_and_not_remembered() {
    let home = Home::with_news();
    let line = "{\"title\":\"From a pipe\",\"url\":\"https://example.com/pipe\"}\n";
    home.run(["index", "-", "news/scans.md"]).stdin(line).stderr_has("2 files read: 2 articles").check();
    home.run(["search", "pipe"]).stdout_has("From a pipe").check();
    // What came from it is no loss, neither tried out nor done, and replaced it is not kept.
    let tried = home.run(["index", "--dry-run"]).stderr_has("1 removed; nothing written").check();
    assert!(!tried.stderr.contains("refused"), "{}", tried.stderr);
    home.run(["index", "--rebuild", "-", "news/scans.md", "-q"]).stdin(line.replace("pipe", "hose")).check();
    home.run(["index"]).stderr_has("1 file read: 1 article ").stderr_has("; 1 removed").check();
    // Unless a file tells of it as well.
    for (name, text) in &NEWS[..4] {
        home.write(name, text);
    }
    home.run(["index", "news", "-", "-q"]).stdin(NEWS[0].1).check();
    fs::remove_file(home.path().join(NEWS[0].0)).unwrap();
    fs::remove_file(home.path().join(NEWS[1].0)).unwrap();
    home.run(["index"]).exits(5).stderr_has("would shrink from 5 to 3 articles").check();
    // And what comes from it makes up for no file.
    let many: String = (0..10).map(|number| line.replace("pipe", &format!("pipe {number}"))).collect();
    home.run(["index", "news", "-", "--force", "-q"]).stdin(many.clone()).check();
    fs::remove_file(home.path().join(NEWS[2].0)).unwrap();
    for rebuild in [&["--rebuild"][..], &[]] {
        let again = ["index", "news", "-"].iter().chain(rebuild).copied();
        home.run(again).stdin(many.clone()).exits(5).stderr_has("would shrink from 3 to 2 articles").check();
    }
}

#[test]
fn a_source_that_is_not_there_is_an_error_and_one_that_has_gone_a_problem() {
    let home = Home::with_news();
    home.run(["index"]).exits(2).stderr_has("error: no source to read\nhint: ").check();
    home.run(["index", "nowhere"]).exits(2).stderr_has("error: cannot read the source `nowhere`").check();
    home.run(["status"]).exits(3).stderr_has("no index").check();

    home.run(["index", "news/scans.md", "news/taiwan.md", "-q"]).check();
    fs::remove_file(home.path().join("news/scans.md")).unwrap();
    home.run(["index", "--strict"])
        .exits(5)
        .stderr_has("news/scans.md: this source was read before and is not there any more\n")
        .stderr_has("the index stays as it was")
        .check();
    home.run(["search", "scans"]).stdout_has("AI reads remote scans").check();
    home.run(["index", "--force", "--quiet"])
        .stderr("news/scans.md: this source was read before and is not there any more\n")
        .check();
    fs::remove_file(home.path().join("news/taiwan.md")).unwrap();
    home.run(["index"]).exits(2).stderr_has("error: cannot read the source `news/").check();
    home.run(["status"]).stdout_has("articles   1\n").check();
}

#[test]
fn bad_input_is_told_and_passed_over_unless_it_is_strict() {
    let home = Home::with_news();
    home.write("news/bad.md", "---\nexcerpt: no title here\n---\n");
    home.run(["index", "news", "--strict"])
        .exits(5)
        .stderr_has("news/bad.md")
        .stderr_has("1 problem, and none is allowed (`--strict`): the index stays as it was")
        .check();
    home.run(["status"]).exits(3).stderr_has("no index").check();
    home.run(["index", "news"])
        .stderr_has("news/bad.md")
        .stderr_has("6 files read: 5 articles (0 merged), 0 left out, 1 rejected")
        .check();
    // Also where nothing has changed, where something else has, and where nothing is to be written.
    home.run(["index"]).stderr_has("nothing has changed").check();
    for change in [None, Some("news/again.md")] {
        if let Some(path) = change {
            home.write(path, NEWS[0].1);
        }
        for arguments in [&["index", "--strict"][..], &["index", "--strict", "--dry-run"]] {
            home.run(arguments.iter())
                .exits(5)
                .stderr_has("news/bad.md")
                .stderr_has("1 problem, and none is allowed")
                .check();
            // Refused or not, every file is accounted for.
            let report = home.run(arguments.iter().chain(&["--json"])).exits(5).json();
            let merged = u64::from(change.is_some());
            let numbers = ["files", "records", "articles", "merged", "rejected", "added"].map(|name| &report[name]);
            assert_eq!(numbers, [6 + merged, 5 + merged, 5, merged, 1, 0].map(|number| json!(number)).each_ref());
        }
    }
    // Also where only what has changed is read.
    let worse = home.write("news/worse.md", "---\nexcerpt: no title here either\n---\n");
    let options = UpdateOptions { strict: Strict::Changes, ..UpdateOptions::default() };
    let update = update(&IndexFolder::new(home.path().join("index")), &options, &Silent).unwrap();
    let IngestReport { files, records, articles, merged, rejected, problems, .. } = update.ingest;
    assert_eq!((update.outcome, problems.len()), (Outcome::Refused, 1));
    assert_eq!([files, records, articles, merged, rejected], [8, 6, 5, 1, 2]);
    fs::remove_file(worse).unwrap();
    fs::remove_file(home.path().join("news/bad.md")).unwrap();
    home.run(["index", "--strict", "--dry-run"]).stderr_has("nothing written (dry run)").check();
    home.run(["index", "--strict"]).stderr_has("6 files read: 5 articles (1 merged)").check();
    home.run(["index", "--strict"]).stderr_has("nothing has changed: 5 articles").check();
}

/// Stops after so many files, or records of a large one.
struct Until {
    read: AtomicU64,
    enough: u64,
}

impl Progress for Until {
    fn file_read(&self, _bytes: u64) {
        self.read.fetch_add(1, Ordering::SeqCst);
    }

    fn records_read(&self, _records: u64) {
        self.read.fetch_add(1, Ordering::SeqCst);
    }

    fn stop(&self) -> bool {
        self.read.load(Ordering::SeqCst) >= self.enough
    }
}

impl Observer for Until {}

#[test]
fn reading_stops_when_it_is_told_to_and_changes_nothing() {
    let home = Home::indexed();
    for number in 0..50 {
        home.write(&format!("many/{number}.md"), format!("---\nexcerpt: {number}\n---\n"));
    }
    let lines: Vec<String> = (0..20_000).map(|number| format!("{{\"title\":\"Number {number}\"}}")).collect();
    home.write("one/large.ndjson", lines.join("\n"));
    home.write("few/one.md", "---\nexcerpt: one\n---\n");
    let folder = IndexFolder::new(home.path().join("index"));
    let live = folder.live().unwrap();
    for (source, rebuild, dry_run) in [
        ("few", false, false),
        ("many", false, false),
        ("many", true, false),
        ("one", true, false),
        ("many", false, true),
        ("one", false, true),
    ] {
        let options = UpdateOptions {
            sources: vec![Source::parse(source, home.path())],
            rebuild,
            dry_run,
            // What is stopped is not refused.
            strict: Strict::All,
            threads: Some(1),
            ..UpdateOptions::default()
        };
        let until = Until { read: AtomicU64::new(0), enough: 3 };
        let update = update(&folder, &options, &until).unwrap();
        let manifest = update.live.map(|live| live.manifest);
        assert_eq!((update.outcome, manifest.as_ref()), (Outcome::Stopped, Some(&live.manifest)), "{source}");
        assert_eq!((&update.ingest, update.changes), (&IngestReport::default(), Changes::default()), "{source}");
        let read = until.read.into_inner();
        assert!(read < 5, "{read} files and batches were read of {source}");
        assert_eq!(folder.live().unwrap().manifest, live.manifest);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_name_is_not_utf_8_is_remembered() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let odd = home.path().join(OsStr::from_bytes(b"caf\xe9 \\x41"));
    fs::create_dir_all(odd.join("news")).unwrap();
    fs::write(odd.join("news/a.md"), NEWS[0].1).unwrap();
    home.run(["index", "news"]).dir(&odd).stderr_has("1 file read: 1 article").check();
    home.run(["index"]).dir(&odd).stderr_has("nothing has changed: 1 article").check();
    home.run(["status"]).dir(&odd).stdout_has("caf\\xe9 \\\\x41").check();
    fs::write(odd.join("news/b.md"), NEWS[1].1).unwrap();
    home.run(["index"]).dir(&odd).stderr_has("; 1 added\n").check();
}

#[test]
fn many_problems_are_cut_short() {
    let home = Home::new();
    for n in 0..30 {
        home.write(&format!("news/{n:02}.md"), "---\nexcerpt: no title here\n---\n");
    }
    home.write("news/good.md", NEWS[0].1);
    let written = home.run(["index", "news"]).stderr_has("… and 10 more (`--verbose` tells all)\n").check();
    assert_eq!(written.stderr.lines().filter(|line| line.starts_with("news/")).count(), 20);
    let written = home.run(["index", "--rebuild", "-v"]).stderr_has("30 rejected").check();
    assert_eq!(written.stderr.lines().filter(|line| line.starts_with("news/")).count(), 30);
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = Home::with_news();
    home.run(["index", "news", "--dry-run"])
        .stderr_has("5 files read: 5 articles")
        .stderr_has("nothing written (dry run)")
        .check();
    assert!(!home.path().join("index").exists());
}

#[test]
fn the_report_accounts_for_every_file() {
    let home = Home::with_news();
    home.write("news/again.md", NEWS[0].1);
    home.write("news/bad.md", "---\nexcerpt: no title here\n---\n");
    home.write("news/half.ndjson", "{\"title\":\"Whole\",\"url\":\"https://a.com/1\"}\n{\"title\":\"Half\n");
    let mut report = home.run(["index", "news", "--json", "--threads", "2"]).json();
    assert!(report["took_ms"].take().is_u64());
    let problems = report["problems"].take();
    assert_eq!(problems[0]["path"], "news/bad.md");
    assert!(problems[0]["what"].is_string());
    assert_eq!(
        report,
        json!({
            "schema": "healthnews.index/1", "outcome": "built", "generation": "gen-000001", "files": 8, "records": 7,
            "articles": 6, "merged": 1, "left_out": 0, "rejected": 1, "unread": 1, "problems": null,
            "took_ms": null, "added": 6, "changed": 0, "removed": 0, "unchanged": 0,
        })
    );
    let report = home.run(["index", "--json"]).json();
    assert_eq!(report["outcome"], "unchanged");
    let numbers = ["files", "records", "articles", "merged", "rejected", "unread", "added", "unchanged"]
        .map(|name| &report[name]);
    assert_eq!(numbers, [8, 7, 6, 1, 1, 1, 0, 6].map(|number| json!(number)).each_ref());
}

#[test]
fn the_report_says_what_has_changed() {
    let home = Home::with_news();
    home.run(["index", "news", "-q"]).check();
    home.write("news/new.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.write(NEWS[1].0, NEWS[1].1.replace("readmissions", "costs"));
    fs::remove_file(home.path().join(NEWS[2].0)).unwrap();
    let changes =
        |report: &serde_json::Value| ["added", "changed", "removed", "unchanged"].map(|name| report[name].clone());
    let expected = [1, 1, 1, 3].map(|number| json!(number));
    assert_eq!(changes(&home.run(["index", "--dry-run", "--json"]).json()), expected);
    home.run(["index"]).stderr_has("; 1 added, 1 changed, 1 removed\n").check();
    let again = home.run(["index", "--rebuild", "--json"]).json();
    assert_eq!(changes(&again), [0, 0, 0, 5].map(|number| json!(number)));
}

#[test]
fn searching_with_a_source_builds_once() {
    let home = Home::with_news();
    let built = home.run(["search", "--source", "news", "remote", "-q"]).stdout_has("3 articles").check();
    let again = home.run(["search", "--source", "news", "remote"]).check();
    let hits = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(hits(&built.stdout), hits(&again.stdout));
    home.write("news/new.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.run(["search", "--source", "news", "remote"]).stdout_has("4 articles").stderr_has("6 files read").check();
    home.run(["search", "--source", "nowhere", "remote"])
        .exits(2)
        .stderr_has("cannot read the source `nowhere`")
        .check();
}

#[test]
fn it_is_told_when_all_articles_go() {
    let home = Home::indexed();
    for (name, _) in NEWS {
        fs::remove_file(home.path().join(name)).unwrap();
    }
    home.run(["index", "--force"]).stderr_has("0 files read: 0 articles ").stderr_has("; 5 removed\n").check();
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_that_comes_to_its_end_still_reports() {
    let home = Home::indexed();
    let mut child = home.run(["index", "-", "--rebuild", "--json"]).start();
    let mut input = child.stdin.take().expect("piped");
    // So many that there is time to hear of the signal before all are indexed.
    for number in 0..5_000 {
        writeln!(input, "{{\"title\":\"Number {number}\",\"url\":\"https://example.com/{number}\"}}").unwrap();
    }
    signal(&child, "-INT");
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(130), b"".as_slice()));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["outcome"], &report["generation"]), (&json!("interrupted"), &json!("gen-000001")));
}

#[cfg(unix)]
#[test]
fn an_interrupted_build_exits_with_130_and_leaves_the_old_index() {
    let home = Home::indexed();
    let mut child = home.run(["index", "-", "--rebuild"]).start();
    // It waits for articles that never come (`wait` would close its input); by then it has begun a generation.
    let _input = child.stdin.take();
    let building = home.path().join("index/building-000002");
    while !building.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it waits for its input");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    home.run(["index", "--rebuild", "-q"]).check();
    assert!(!building.exists());
    home.run(["status"]).stdout_has("gen-000002").check();
}
