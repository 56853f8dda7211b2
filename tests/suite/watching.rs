//! `index --watch`: what happens in the sources is in the index soon after, and nothing ends the watch but being told to.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use healthnews::index::IndexFolder;
use serde_json::Value;

use crate::harness::{self, Home};

/// Longer than any update takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A watch that ends with the test.
struct Watching {
    child: Child,
    /// The lines of standard output.
    reports: Receiver<String>,
    /// The lines of standard error.
    said: Receiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Watching {
    fn begin(home: &Home, arguments: &[&str]) -> Self {
        let mut child = home.run(["index", "--watch", "--json"].iter().chain(arguments)).start();
        let reports = lines(child.stdout.take().expect("piped"));
        let said = lines(child.stderr.take().expect("piped"));
        Self { child, reports, said }
    }

    /// The report of the next update.
    fn report(&self) -> Value {
        let line = self.reports.recv_timeout(PATIENCE).expect("a report");
        serde_json::from_str(&line).expect("JSON")
    }

    /// Waits for the report that brings the number of articles to this.
    fn until(&self, articles: u64) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let report = self.report();
            if report["articles"] == articles {
                return report;
            }
            assert!(Instant::now() < deadline, "never {articles} articles: {report}");
        }
    }

    /// Waits for a line on standard error with this in it.
    fn says(&self, part: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        while let Ok(line) = self.said.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            if line.contains(part) {
                return;
            }
            lines.push(line);
        }
        panic!("it never said `{part}`: {lines:?}");
    }

    fn is_told(&mut self, signal: &str) -> Option<i32> {
        harness::signal(&self.child, signal);
        self.child.wait().unwrap().code()
    }
}

/// A seventh article and more.
fn article(number: u64) -> String {
    format!("---\ntitle: Number {number}\noriginalUrl: https://many.example/{number}\n---\n")
}

#[test]
fn follows_what_is_added_changed_and_removed() {
    let home = Home::with_news();
    let watching = Watching::begin(&home, &["news", "--force"]);
    let first = watching.report();
    assert_eq!((&first["schema"], &first["outcome"]), (&"healthnews.index/1".into(), &"built".into()));
    home.write("news/deep/in/it/new.md", article(1));
    assert_eq!(watching.until(6)["added"], 1);
    home.write("news/deep/in/it/new.md", article(2));
    assert_eq!(watching.report()["articles"], 6);
    home.write("news/deep/in/it/broken.md", "---\nexcerpt: no title\n---\n");
    home.write("news/deep/in/it/more.md", article(3));
    assert_eq!(watching.until(7)["outcome"], "updated");
    fs::remove_dir_all(home.path().join("news/deep")).unwrap();
    watching.until(5);
    home.run(["search", "remote"]).stdout_has("3 articles").check();
}

#[test]
fn takes_a_burst_as_one_or_few_updates() {
    let home = Home::with_news();
    let watching = Watching::begin(&home, &["news"]);
    watching.report();
    for number in 0..200 {
        home.write(&format!("news/{number}.md"), article(number));
    }
    let mut reports = 0;
    while {
        reports += 1;
        watching.report()["articles"] != 205
    } {}
    // One, unless this machine stood still for longer than a pause in writing takes.
    assert!(reports < 20, "{reports} updates for 200 files written at once");
}

#[test]
fn stops_with_success_when_told_to() {
    for signal in ["-INT", "-TERM"] {
        let home = Home::with_news();
        let mut watching = Watching::begin(&home, &["news"]);
        watching.report();
        watching.says("watching 1 source");
        assert_eq!(watching.is_told(signal), Some(0), "{signal}");
        home.run(["search", "remote"]).stdout_has("3 articles").check();
    }
}

#[test]
fn stops_with_success_in_the_middle_of_an_update() {
    for signal in ["-INT", "-TERM"] {
        let home = Home::with_news();
        let pipe = home.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let mut watching = Watching::begin(&home, &["news", "pipe"]);
        // There is a reader from here on, who waits for articles that never come.
        let _input = fs::File::options().write(true).open(&pipe).unwrap();
        assert_eq!(watching.is_told(signal), Some(0), "{signal}");
        home.run(["index", "news", "-q"]).check();
        home.run(["search", "remote"]).stdout_has("3 articles").check();
    }
}

#[test]
fn a_folder_may_be_replaced() {
    let home = Home::with_news();
    let watching = Watching::begin(&home, &["news", "--force"]);
    watching.report();
    home.write("other/a.md", article(1));
    fs::rename(home.path().join("news"), home.path().join("old")).unwrap();
    fs::rename(home.path().join("other"), home.path().join("news")).unwrap();
    watching.until(1);
    home.write("news/b.md", article(2));
    watching.until(2);
    // What goes on in the old one is no concern any more.
    home.write("old/c.md", article(3));
    home.write("news/d.md", article(4));
    assert_eq!(watching.report()["articles"], 3);
}

#[test]
fn a_watch_that_would_take_away_too_much_says_so_and_goes_on() {
    let home = Home::with_news();
    home.write("news/more/1.md", article(1));
    home.write("news/more/2.md", article(2));
    let watching = Watching::begin(&home, &["news"]);
    watching.report();
    let (more, away) = (home.path().join("news/more"), home.path().join("away"));
    fs::rename(&more, &away).unwrap();
    watching.says("the index would shrink from 7 to 5 articles");
    home.run(["search", "number"]).stdout_has("2 articles").check();
    // Nothing is tried until the files change: it would say that it cannot.
    let lock = IndexFolder::new(home.path().join("index")).lock().unwrap();
    assert!(watching.said.recv_timeout(Duration::from_secs(4)).is_err());
    drop(lock);
    fs::rename(&away, &more).unwrap();
    home.write("news/3.md", article(3));
    watching.until(8);
}

#[test]
fn a_folder_may_go_and_come_back() {
    let home = Home::with_news();
    let watching = Watching::begin(&home, &["news"]);
    watching.report();
    fs::rename(home.path().join("news"), home.path().join("away")).unwrap();
    watching.says("cannot read the source");
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    home.write("away/a.md", article(1));
    fs::rename(home.path().join("away"), home.path().join("news")).unwrap();
    watching.until(6);
    home.write("news/b.md", article(2));
    watching.until(7);
}

#[test]
fn follows_globs_and_files_that_are_written_anew() {
    let home = Home::with_news();
    home.write("all.ndjson", "{\"title\":\"A\",\"url\":\"https://a.example/1\"}\n");
    let watching = Watching::begin(&home, &["news/w*.md", "all.ndjson"]);
    assert_eq!(watching.report()["articles"], 2);
    home.write("news/wide.md", article(1));
    watching.until(3);
    // As editors do: written beside, then renamed.
    let text = "{\"title\":\"A\",\"url\":\"https://a.example/1\"}\n{\"title\":\"B\",\"url\":\"https://a.example/2\"}\n";
    let beside = home.write(".all.ndjson.swp", text);
    fs::rename(beside, home.path().join("all.ndjson")).unwrap();
    watching.until(4);
}

#[test]
fn an_index_inside_the_sources_does_not_wake_it() {
    let home = Home::with_news();
    let watching = Watching::begin(&home, &["."]);
    assert_eq!(watching.report()["files"], 5);
    for number in 1..=3 {
        home.write(&format!("news/{number}.md"), article(number));
        let report = watching.until(5 + number);
        assert_eq!((&report["files"], &report["added"]), (&(5 + number).into(), &1.into()));
    }
    // Each commit has a ledger of its own number.
    let ledgers = fs::read_dir(home.path().join("index/gen-000001")).unwrap();
    let names: Vec<String> = ledgers.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert!(names.contains(&"ledger-000004.bin".to_owned()), "{names:?}");
    drop(watching);
    home.run(["index"]).stderr_has("nothing has changed: 8 articles").check();
}

#[test]
fn a_strict_watch_refuses_and_goes_on() {
    let home = Home::with_news();
    let bad = home.write("news/bad.md", "---\nexcerpt: no title\n---\n");
    let watching = Watching::begin(&home, &["--strict", "news"]);
    assert_eq!(watching.report()["outcome"], "rejected");
    fs::remove_file(bad).unwrap();
    assert_eq!(watching.report()["outcome"], "built");
    home.write("news/bad.md", "---\nexcerpt: no title\n---\n");
    assert_eq!(watching.report()["outcome"], "rejected");
    home.write("news/bad.md", article(1));
    assert_eq!(watching.report()["articles"], 6);
    drop(watching);
    // What is wrong with a file that has not changed counts too.
    home.write("news/bad.md", "---\nexcerpt: no title\n---\n");
    home.run(["index", "-q"]).check();
    let watching = Watching::begin(&home, &["--strict"]);
    assert_eq!(watching.report()["outcome"], "rejected");
}

#[test]
fn waits_while_another_process_writes() {
    let home = Home::with_news();
    let folder = IndexFolder::new(home.path().join("index"));
    let lock = folder.lock().unwrap();
    let watching = Watching::begin(&home, &["news"]);
    watching.says("is being written by");
    drop(lock);
    assert_eq!(watching.until(5)["outcome"], "built");
}

#[test]
fn begins_only_if_it_can() {
    let home = Home::new();
    home.run(["index", "--watch"]).exits(2).stderr_has("no source to read").check();
    home.run(["index", "--watch", "nowhere"]).exits(2).stderr_has("cannot read the source `nowhere`").check();
    home.run(["index", "--watch", "-"]).exits(2).stderr_has("standard input cannot be watched").check();
    home.run(["index", "--watch", "--dry-run", "x"]).exits(2).stderr_has("cannot be used with").check();
}
