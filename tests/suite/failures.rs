//! A disk that is full or must not be written, folders that go while they are read, and several processes at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use healthnews::index::IndexFolder;
use healthnews::ingest::{Mapping, Progress, Source};
use healthnews::search::{SearchRequest, Searcher};
use healthnews::update::{Observer, Outcome, UpdateOptions, update};

use crate::collection::settings;
use crate::harness::{Home, NEWS, PROGRAM, clean_environment};

fn total(folder: &IndexFolder) -> u64 {
    Searcher::open(folder, &settings()).unwrap().search(&SearchRequest::default()).unwrap().total.unwrap()
}

fn article(number: usize, title: &str) -> String {
    let body = "Remote monitoring at home. ".repeat(200);
    format!("---\ntitle: {title} {number}\nlink: https://example.com/{number}\n---\n{body}\n")
}

/// A limit on the size of files is a full disk for whoever meets it.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_old_index() {
    let home = Home::new();
    for number in 0..60 {
        home.write(&format!("news/{number}.md"), article(number, "Old"));
    }
    home.run(["index", "news", "--quiet"]).check();
    for number in 0..30 {
        home.write(&format!("news/{number}.md"), article(number, "New"));
    }
    let limited = |limit: usize, trap: &str, arguments: &str| {
        let mut shell = Command::new("sh");
        clean_environment(&mut shell);
        let script = format!("{trap} ulimit -c 0; ulimit -f {limit}; exec \"$PROGRAM\" index {arguments}");
        shell.args(["-c", &script]).env("PROGRAM", PROGRAM).current_dir(home.path()).output().unwrap()
    };
    let folder = IndexFolder::new(home.path().join("index"));
    let mut failed = [0, 0];
    for (way, arguments) in ["", "--rebuild"].into_iter().enumerate() {
        for limit in [0, 1, 2, 3, 4, 6, 8, 12, 16] {
            let output = limited(limit, "trap '' XFSZ;", arguments);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(!stderr.contains("panicked"), "{stderr}");
            if output.status.success() {
                // The limit was no limit for this: the next one has nothing to do.
                break;
            }
            failed[way] += 1;
            assert_eq!(output.status.code(), Some(70), "{limit} {arguments}: {stderr}");
            assert!(
                stderr.contains("error: cannot write `") && stderr.contains("hint: make room"),
                "{limit}: {stderr}"
            );
            // Without the trap the system kills it.
            let output = limited(limit, "", arguments);
            assert_eq!(output.status.code(), None, "{limit} {arguments}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(folder.verify().unwrap().damage, []);
            home.run(["search", "old", "--limit", "1"]).stdout_has("article 1 of 60 ").check();
        }
    }
    assert!(failed[0] >= 2 && failed[1] >= 2, "{failed:?}");
    home.run(["index", "--quiet"]).check();
    home.run(["search", "new", "--limit", "1"]).stdout_has("article 1 of 30 ").check();
    home.run(["verify"]).check();
}

/// Makes everything under a folder writable or not.
#[cfg(unix)]
fn set_writable(folder: &Path, writable: bool) {
    use std::os::unix::fs::PermissionsExt;
    for entry in walkdir::WalkDir::new(folder).contents_first(!writable) {
        let entry = entry.unwrap();
        let mode = match (entry.file_type().is_dir(), writable) {
            (true, true) => 0o755,
            (true, false) => 0o555,
            (false, true) => 0o644,
            (false, false) => 0o444,
        };
        fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn an_index_that_only_can_be_read_is_searched_and_says_why_it_is_not_written() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    const NOBODY: u32 = 65_534;
    let home = Home::indexed();
    home.run(["index", "--rebuild", "--quiet"]).check();
    let is_root = fs::metadata(home.path()).unwrap().uid() == 0;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // Nothing is forbidden to root: then somebody else runs the program, from where everybody can reach it.
    let program = home.path().join("program");
    // Copied by another process: while this one has it open for writing, a test beside may start a child that has it open too,
    // and what is open for writing cannot be run.
    assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        clean_environment(&mut command);
        command.args(arguments).current_dir(home.path());
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    // Who may read one of its files may read all.
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode();
    let live = IndexFolder::new(home.path().join("index")).live().unwrap();
    for entry in fs::read_dir(&live.path).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(path.clone()), mode(live.path.join("manifest.json")), "{}", path.display());
    }
    set_writable(&home.path().join("index"), false);

    for arguments in
        [&["search", "remote"][..], &["facets"], &["status"], &["verify"], &["search", "--source", "news", "remote"]]
    {
        let (exit, stdout, stderr) = run(arguments);
        assert_eq!((exit, stderr.as_str()), (0, ""), "{arguments:?}: {stdout}{stderr}");
    }
    let (exit, _, stderr) = run(&["index"]);
    assert!(exit == 0 && stderr.contains("nothing has changed"), "{stderr}");
    home.write("news/more.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    for arguments in [&["index"][..], &["index", "--rebuild"], &["rollback"]] {
        let (exit, _, stderr) = run(arguments);
        assert_eq!(exit, 70, "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: cannot open `") && stderr.contains("LOCK`: Permission denied"), "{stderr}");
        assert!(stderr.contains("hint: who may not write there can still search"), "{stderr}");
    }
    set_writable(&home.path().join("index"), true);
    home.run(["index", "--quiet"]).check();

    // What may not be read may be as good as ever.
    let live = IndexFolder::new(home.path().join("index")).live().unwrap();
    for entry in fs::read_dir(&live.path).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let mode = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        mode(0o000);
        for command in ["status", "verify"] {
            let (exit, stdout, stderr) = run(&[command]);
            assert_eq!((exit, stdout.as_str()), (70, ""), "{command}, {name}: {stderr}");
            assert!(stderr.starts_with("error: cannot read the index in `index`: `"), "{stderr}");
            assert!(stderr.contains(&name) && stderr.contains("hint: change its permissions"), "{stderr}");
        }
        mode(0o644);
    }
}

/// Does something to the sources once they have been found and before they are read.
struct Between<F>(Mutex<Option<F>>);

impl<F> Between<F> {
    fn new(act: F) -> Self {
        Self(Mutex::new(Some(act)))
    }
}

impl<F: FnOnce() + Send> Progress for Between<F> {
    fn files_found(&self, _files: u64) {
        if let Some(act) = self.0.lock().unwrap().take() {
            act();
        }
    }
}

impl<F: FnOnce() + Send> Observer for Between<F> {}

fn options(home: &Home) -> UpdateOptions {
    UpdateOptions {
        sources: vec![Source::parse("news", home.path())],
        mapping: Mapping::default(),
        ..UpdateOptions::default()
    }
}

#[test]
fn a_folder_that_goes_while_it_is_read_takes_nothing_away() {
    let home = Home::with_news();
    let (news, away) = (home.path().join("news"), home.path().join("away"));
    let folder = IndexFolder::new(home.path().join("index"));
    let vanish = || Between::new(|| fs::rename(&news, &away).unwrap());
    // At first there is nothing to lose.
    let first = update(&folder, &options(&home), &vanish()).unwrap();
    assert_eq!((first.ingest.files, first.ingest.rejected, first.ingest.articles), (5, 5, 0));
    assert!(first.ingest.problems.iter().all(|problem| problem.what.contains("cannot be read")), "{first:?}");
    fs::rename(&away, &news).unwrap();
    update(&folder, &options(&home), &healthnews::ingest::Silent).unwrap();
    assert_eq!(total(&folder), 5);

    for rebuild in [true, false] {
        home.write("news/scans.md", NEWS[2].1.replace("AI", if rebuild { "ML" } else { "NLP" }));
        home.write("news/telehealth.md", NEWS[0].1.replace("double", "triple"));
        let outcome = update(&folder, &UpdateOptions { rebuild, ..options(&home) }, &vanish());
        if rebuild {
            assert!(matches!(outcome, Err(healthnews::Error::WouldShrink { before: 5, .. })), "{outcome:?}");
        } else {
            // What cannot be read is as it was.
            let update = outcome.unwrap();
            assert_eq!((update.changes.unchanged, update.ingest.problems.len()), (5, 2), "{update:?}");
        }
        fs::rename(&away, &news).unwrap();
        assert_eq!(total(&folder), 5);
        assert_eq!(folder.verify().unwrap().damage, []);
    }
    update(&folder, &options(&home), &healthnews::ingest::Silent).unwrap();
    home.run(["search", "NLP"]).stdout_has("NLP reads remote scans").check();
}

/// Puts something in the place of a file or folder that is there and cannot be looked at, not even by root.
#[cfg(unix)]
fn bar(path: &Path) {
    let away = path.with_extension("away");
    fs::rename(path, path.parent().unwrap().join("../").join(away.file_name().unwrap())).unwrap();
    std::os::unix::fs::symlink(path.file_name().unwrap(), path).unwrap();
}

/// Takes it away again.
#[cfg(unix)]
fn unbar(path: &Path) {
    let away = path.with_extension("away");
    fs::remove_file(path).unwrap();
    fs::rename(path.parent().unwrap().join("../").join(away.file_name().unwrap()), path).unwrap();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_for_now_stays_as_it_was() {
    let home = Home::with_news();
    let text =
        |title: &str, address: &str| format!("---\ntitle: {title}\noriginalUrl: https://{address}\n---\nText.\n");
    home.write("news/deep/again.md", text("Telehealth told again", "www.ruralhealth.com/telehealth"));
    home.write("news/deep/alone.md", text("Alone in the deep", "a.org/deep"));
    home.write("news/single.md", text("A single one", "a.org/single"));
    home.run(["index", "news", "-q"]).check();
    let found = |words: &str| home.run(["search", words, "--json", "--no-more", "--exact"]).json()["total"].clone();
    let sources = || {
        let shown = home.run(["search", "doubled", "--json", "--exact"]).json();
        shown["hits"][0]["sources"].clone()
    };
    assert_eq!(sources(), serde_json::json!(["news/deep/again.md", "news/telehealth.md"]));

    let (deep, single) = (home.path().join("news/deep"), home.path().join("news/single.md"));
    bar(&deep);
    bar(&single);
    home.write("news/scans.md", NEWS[2].1.replace("AI reads", "AI misreads"));
    home.write("news/telehealth.md", NEWS[0].1.replace("visits have doubled", "visits have tripled"));
    for arguments in [&["index", "--dry-run"][..], &["index"]] {
        let told = home.run(arguments.iter()).stderr_has("; 1 changed").check();
        for barred in ["news/deep: cannot be read: ", "news/single.md: cannot be read: "] {
            assert!(told.stderr.contains(barred), "{}", told.stderr);
        }
    }
    home.run(["verify"]).check();
    assert_eq!([found("alone"), found("single"), found("misreads")], [1, 1, 1]);
    // Whether the other file says so too cannot be told.
    assert_eq!(sources(), serde_json::json!(["news/deep/again.md", "news/telehealth.md"]));
    home.run(["index"]).stderr_has("nothing has changed").stderr_has("news/deep: cannot be read").check();
    home.run(["index", "--strict", "-q"]).exits(5).stderr_has("2 problems, and none is allowed").check();

    unbar(&deep);
    home.run(["index"]).stderr_has("; 1 changed").check();
    assert_eq!(found("tripled"), 1);
    let updated = home.run(["search", "--json", "--limit", "20"]).json();
    unbar(&single);
    home.run(["index"]).stderr_has("nothing has changed").check();
    home.run(["verify"]).check();
    home.run(["index", "--rebuild", "-q"]).check();
    assert_eq!(home.run(["search", "--json", "--limit", "20"]).json()["hits"], updated["hits"]);

    // Also where so much has changed that all would be built anew.
    bar(&deep);
    for (path, text) in NEWS {
        home.write(path, text.replace("\n---\n", "\nkeywords: changed\n---\n"));
    }
    home.run(["index"]).stderr_has("cannot be read").check();
    assert_eq!([found("alone"), found("AI reads")], [1, 1]);
    home.run(["verify"]).check();

    // Also where it turns out only while all is built anew.
    home.run(["index", "-q"]).check();
    for (path, text) in NEWS {
        home.write(path, text.replace("\n---\n", "\nkeywords: changed again\n---\n"));
    }
    fs::remove_file(&deep).unwrap();
    let barring = Between::new(|| bar(&single));
    let folder = IndexFolder::new(home.path().join("index"));
    let updated = update(&folder, &options(&home), &barring).unwrap();
    assert_eq!((updated.outcome, updated.changes.removed), (Outcome::Edited, 1), "{updated:?}");
    assert_eq!([found("single"), found("AI reads")], [1, 1]);
    unbar(&single);
    home.run(["index"]).stderr_has("nothing has changed").check();

    // What is gone goes.
    home.run(["search", "deep", "--exact"]).exits(1).stderr_has("no article matches `deep`").check();
    home.run(["verify"]).check();
}

#[test]
fn a_file_that_changes_while_it_is_read_is_read_again_by_the_next_run() {
    let home = Home::with_news();
    let folder = IndexFolder::new(home.path().join("index"));
    let scans = home.path().join("news/scans.md");
    let write = |words: &str| fs::write(&scans, NEWS[2].1.replace("AI reads", words)).unwrap();
    for (rebuild, during, after) in [(true, "ML reads", "AI reads"), (false, "ML scans", "AI scans")] {
        write("AI keeps");
        // Found with one content, read with another of the same length, changed again before the next run.
        update(&folder, &UpdateOptions { rebuild, ..options(&home) }, &Between::new(|| write(during))).unwrap();
        home.run(["search", "--source", "news", during, "-q"]).stdout_has(format!("{during} remote scans")).check();
        write(after);
        let now = update(&folder, &options(&home), &healthnews::ingest::Silent).unwrap();
        assert_eq!((now.changes.changed, now.changes.unchanged), (1, 4), "{now:?}");
        home.run(["search", after]).stdout_has(format!("{after} remote scans")).check();
        home.run(["verify"]).check();
    }
}

/// An indexer that holds the lock and waits for articles that never come.
fn waiting(home: &Home) -> Child {
    let mut command = Command::new(PROGRAM);
    clean_environment(&mut command);
    command.args(["index", "--rebuild", "-"]).current_dir(home.path());
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let is_building = || {
        let mut names = fs::read_dir(home.path().join("index")).unwrap().map(|entry| entry.unwrap().file_name());
        names.any(|name| name.to_string_lossy().starts_with("building-"))
    };
    while !is_building() {
        assert!(child.try_wait().unwrap().is_none(), "it waits for its input");
        std::thread::yield_now();
    }
    child
}

#[test]
fn a_second_indexer_is_told_who_is_at_work() {
    let home = Home::indexed();
    home.write("news/more.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    let mut first = waiting(&home);
    let holder = format!("is being written by process {} since 20", first.id());
    home.run(["index"]).exits(4).stderr_has(&holder).stderr_has("hint: wait for it to finish; searches go on").check();
    home.run(["index", "--rebuild", "--json"]).exits(4).stderr_has("\"code\":\"index_locked\"").check();
    home.run(["rollback"]).exits(4).stderr_has(&holder).check();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    home.run(["verify"]).stdout_has("sound").check();
    home.run(["search", "--source", "news", "remote"])
        .stdout_has("3 articles")
        .stderr_has("searching it as it is")
        .check();

    // Killed, it leaves the file, its name in it and an unfinished generation: none of it is in the way.
    first.kill().unwrap();
    first.wait().unwrap();
    let left = fs::read_to_string(home.path().join("index/LOCK")).unwrap();
    assert!(left.contains(&first.id().to_string()), "{left}");
    home.run(["index"]).stderr_has("6 files read: 6 articles").check();
}

#[test]
fn searches_go_on_while_the_index_is_written() {
    let home = Home::indexed();
    let folder = IndexFolder::new(home.path().join("index"));
    let (done, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let searcher = Searcher::open(&folder, &settings()).unwrap_or_else(|error| panic!("{error}"));
                    let request = SearchRequest { q: "remote".to_owned(), ..SearchRequest::default() };
                    let response = searcher.search(&request).unwrap_or_else(|error| panic!("{error}"));
                    assert!(matches!(response.total, Some(3..=4)), "{response:?}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert_eq!(folder.verify().unwrap().damage, []);
            }
        });
        // A searcher that failed ends the scope with its panic.
        let rounds = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..12 {
                let text = NEWS[0].1.replace("telehealth\n", "second\n").replace("double", &format!("double{round}"));
                home.write("news/more.md", text);
                let arguments =
                    if round % 4 == 3 { &["index", "--rebuild", "-q"][..] } else { &["index", "news", "-q"] };
                home.run(arguments.to_vec()).check();
            }
        }));
        done.store(true, Ordering::Relaxed);
        rounds.unwrap();
    });
    assert!(answered.load(Ordering::Relaxed) > 20, "{answered:?}");
}
