//! `verify`, `rollback`, and runs that would take too much away.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::harness::{Home, NEWS};

/// `count` articles, each in a file of its own.
fn articles(home: &Home, folder: &str, count: usize) {
    for number in 0..count {
        let text =
            format!("---\ntitle: Article {number} of {folder}\nlink: https://example.com/{folder}/{number}\n---\n");
        home.write(&format!("{folder}/{number}.md"), text);
    }
}

fn total(home: &Home) -> u64 {
    home.run(["search", "--json"]).json()["total"].as_u64().unwrap()
}

#[test]
fn a_sound_index_is_said_to_be_sound() {
    let home = Home::indexed();
    home.run(["verify"]).stdout_has("articles   5\n").stdout_has("from       5 source files\n").check();
    home.write("news/more.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.run(["index", "--quiet"]).check();
    let mut document = home.run(["verify", "--json"]).json();
    assert!(document["files"].take().as_u64() > Some(8) && document["bytes"].take().as_u64() > Some(1000));
    let expected = json!({
        "schema": "healthnews.verify/1", "sound": true, "generation": "gen-000001", "articles": 6, "sources": 6,
        "files": null, "bytes": null, "damage": [], "previous": null, "hint": null,
    });
    assert_eq!(document, expected);
    Home::new().run(["verify"]).exits(3).stderr_has("no index in").check();
}

#[test]
fn a_ledger_of_another_state_is_found() {
    let home = Home::with_news();
    home.run(["index", "news/scans.md", "--quiet"]).check();
    let ledger = home.path().join("index/gen-000001/ledger-000001.bin");
    let other = fs::read(&ledger).unwrap();
    home.run(["index", "--rebuild", "news", "--quiet"]).check();
    // Whole and readable, but not what the documents were made of.
    fs::write(home.path().join("index/gen-000002/ledger-000001.bin"), other).unwrap();
    home.run(["verify"])
        .exits(3)
        .stdout_has("damaged    4 articles come from no source file, `")
        .stdout_has("damaged    the account of the source files is not that of the manifest\n")
        .stderr_has("or go back to `gen-000001` with `healthnews rollback`")
        .check();
}

#[test]
fn goes_back_to_the_generation_before_and_on_from_there() {
    let home = Home::with_news();
    home.run(["rollback"]).exits(3).stderr_has("no index").check();
    assert!(!home.path().join("index").exists());
    home.run(["index", "news", "--quiet"]).check();
    home.run(["rollback"]).exits(2).stderr_has("error: no generation before `gen-000001` is kept\nhint: ").check();

    let first = home.run(["search", "--json", "--limit", "20"]).json();
    home.write("news/new.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.write("news/scans.md", NEWS[2].1.replace("AI reads", "AI misreads"));
    home.run(["index", "--rebuild", "--quiet"]).check();
    assert_eq!(total(&home), 6);
    home.run(["rollback"]).stdout_has("gen-000001 is live again in place of gen-000002: 5 articles, as of ").check();
    let again = home.run(["search", "--json", "--limit", "20"]).json();
    assert_eq!(again["hits"], first["hits"]);
    home.run(["verify"]).stdout_has("gen-000001").check();
    home.run(["rollback"]).exits(2).stderr_has("no generation before `gen-000001`").check();
    assert!(home.path().join("index/gen-000002").exists(), "what refuses to write removes nothing");

    // The files are newer than that generation: its own ledger says which.
    home.run(["index"]).stderr_has("6 files read: 6 articles").stderr_has("; 1 added, 1 changed\n").check();
    assert_eq!(total(&home), 6);
    home.run(["search", "misreads"]).stdout_has("AI misreads remote scans").check();
    home.run(["verify"]).check();
    let mut names: Vec<_> =
        fs::read_dir(home.path().join("index")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".gitignore", "CURRENT", "LOCK", "gen-000001"]);
    home.run(["index", "--rebuild", "--quiet"]).check();
    let document = home.run(["rollback", "--json"]).json();
    assert_eq!(document["schema"], "healthnews.rollback/1");
    assert_eq!(
        [&document["from"], &document["generation"], &document["articles"]],
        [&json!("gen-000002"), &json!("gen-000001"), &json!(6)]
    );
}

#[test]
fn a_rollback_is_the_way_out_of_a_damaged_generation_but_not_into_one() {
    let home = Home::indexed();
    home.run(["index", "--rebuild", "--quiet"]).check();
    let meta = |generation: &str| home.path().join("index").join(generation).join("meta.json");
    let whole = fs::read(meta("gen-000001")).unwrap();
    fs::write(meta("gen-000001"), &whole[..whole.len() - 1]).unwrap();
    home.run(["rollback"])
        .exits(3)
        .stderr_has("is damaged: `gen-000001`, the generation before, is not sound: ")
        .check();
    home.run(["status"]).stdout_has("gen-000002").check();
    fs::write(meta("gen-000001"), &whole).unwrap();
    // Nobody knows which is live: the newest.
    fs::write(home.path().join("index/CURRENT"), "gen-0").unwrap();
    home.run(["verify"]).exits(3).stdout_has("`CURRENT` says `gen-0`").stderr_has("go back to `gen-000002`").check();
    home.run(["rollback"]).stdout_has("gen-000002 is live again: 5 articles").check();
    fs::remove_file(meta("gen-000002")).unwrap();
    home.run(["search", "remote"]).exits(3).stderr_has("go back with `healthnews rollback`").check();
    home.run(["rollback"]).stdout_has("gen-000001 is live again").check();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
}

#[test]
fn files_that_are_gone_or_cut_are_told_where_nothing_else_has_changed() {
    let home = Home::indexed();
    let generation = home.path().join("index/gen-000001");
    let files: Vec<_> = fs::read_dir(&generation).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is = |path: &Path, kinds: &[&str]| path.extension().is_some_and(|end| kinds.iter().any(|kind| end == *kind));
    let of_engine = ["term", "idx", "pos", "fast", "fieldnorm", "store", "bin"];
    let parts: Vec<_> = files.iter().filter(|path| is(path, &of_engine)).collect();
    assert!(parts.len() >= of_engine.len(), "{files:?}");
    for path in parts {
        let whole = fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for cut in [None, Some(whole.len() / 2)] {
            match cut {
                None => fs::remove_file(path).unwrap(),
                Some(length) => fs::write(path, &whole[..length]).unwrap(),
            }
            for arguments in [&["index"][..], &["status"], &["search", "--source", "news", "remote"]] {
                home.run(arguments.iter()).exits(3).stderr_has("is damaged: ").stderr_has(&name).check();
            }
        }
        fs::write(path, whole).unwrap();
    }
    home.run(["index"]).stderr_has("nothing has changed").check();
}

#[test]
fn without_a_word_about_which_is_live_the_newest_is() {
    let home = Home::indexed();
    home.run(["index", "--rebuild", "--quiet"]).check();
    fs::remove_file(home.path().join("index/CURRENT")).unwrap();
    home.run(["status"]).stdout_has("gen-000002").check();
    home.run(["index"]).stderr_has("nothing has changed").check();
    home.run(["index", "--rebuild", "--quiet"]).check();
    home.run(["status"]).stdout_has("gen-000003").check();
    home.run(["rollback"]).stdout_has("gen-000002 is live again in place of gen-000003").check();
}

#[test]
fn a_run_that_would_take_away_too_much_is_refused() {
    let home = Home::new();
    articles(&home, "here", 10);
    articles(&home, "there", 6);
    home.run(["index", "here", "there", "--quiet"]).check();
    // As when a disk is not mounted: the folder is there, and empty; or it is gone.
    fs::rename(home.path().join("there"), home.path().join("away")).unwrap();
    for rebuild in [&[][..], &["--rebuild"]] {
        let arguments = [&["index"], rebuild].concat();
        let written = home.run(arguments.clone()).exits(5).stderr_has("hint: bring back what is missing").check();
        let said = "error: the index would shrink from 16 to 10 articles, by more than 20 %, and stays as it was; `there` is not there \
                    any more\n";
        assert!(written.stderr.contains(said), "{}", written.stderr);
        fs::create_dir(home.path().join("there")).unwrap();
        home.run(arguments.clone()).exits(5).stderr_has("by more than 20 %, and stays as it was\n").check();
        fs::remove_dir(home.path().join("there")).unwrap();
        home.run([&arguments[..], &["--json"]].concat()).exits(5).stderr_has("\"code\":\"would_shrink\"").check();
        home.run([&arguments[..], &["--max-shrink", "37"]].concat()).exits(5).stderr_has("by more than 37 %").check();
    }
    assert_eq!(total(&home), 16);
    home.run(["index", "--dry-run"])
        .stderr_has("6 removed")
        .stderr_has("it would be refused without `--force`")
        .check();
    home.run(["search", "--source", "here", "there"])
        .stdout_has("6 articles")
        .stderr_has("warning: the index would shrink")
        .stderr_has("searching it as it is")
        .check();
    home.run(["index", "--max-shrink", "38"]).stderr_has("6 removed").check();
    assert_eq!(total(&home), 10);
    // A fifth may go.
    fs::remove_file(home.path().join("here/0.md")).unwrap();
    fs::remove_file(home.path().join("here/1.md")).unwrap();
    home.run(["index"]).stderr_has("2 removed").check();
    fs::remove_file(home.path().join("here/2.md")).unwrap();
    fs::remove_file(home.path().join("here/3.md")).unwrap();
    home.run(["index"]).exits(5).stderr_has("from 8 to 6 articles").check();
    home.run(["index", "--force"]).stderr_has("2 removed").check();
    home.run(["index", "--max-shrink", "101"]).exits(2).stderr_has("not a number from 0 to 100").check();
}
