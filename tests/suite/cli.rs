//! Commands, exit codes, help, errors.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use healthnews::index::IndexFolder;
use serde_json::{Value, json};

use crate::harness::{Home, NEWS, PROGRAM, clean_environment};

#[test]
fn an_answer_exits_with_0_and_none_with_1() {
    let home = Home::indexed();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    home.run(["search", "remote", "--limit", "0"]).stdout_has("3 articles").check();
    home.run(["search", "zebra"]).exits(1).stdout("").stderr_has("no article matches `zebra`").check();
    home.run(["search", "zebra", "-q"]).exits(1).stdout("").check();
    home.run(["facets", "zebra"]).exits(1).stdout("").stderr_has("no article matches `zebra`").check();
    // What nothing matches is what was searched, filters included.
    for (options, searched) in [
        (&["remote", "--topic", "Mergers"][..], "remote topic:Mergers"),
        (&["--provider", "nowhere.org", "--not-topic", "AI"], "provider:nowhere.org -topic:AI"),
        (&["remote", "--after", "2099", "--min-quality", "5"], "remote after:2099 quality:>=5"),
        (&["telehelth", "--before=1990"], "telehealth before:1990"),
        (&["--undated", "--topic", "AI"], "topic:AI date:unknown"),
    ] {
        let arguments = ["search"].iter().chain(options);
        home.run(arguments).exits(1).stderr_has(format!("no article matches `{searched}`\n")).check();
    }
    let answer = home.run(["search", "zebra", "--json"]).exits(1).json();
    assert_eq!((&answer["total"], &answer["hits"]), (&json!(0), &json!([])));
}

#[test]
fn a_page_behind_the_last_says_how_many_there_are() {
    let home = Home::indexed();
    home.run(["search", "remote", "--offset", "5"])
        .exits(1)
        .stderr("no article after the first 5; there are 3\n")
        .check();
}

#[test]
fn pages_follow_each_other_by_cursor() {
    let home = Home::indexed();
    let first = home.run(["search", "remote", "--limit", "2", "--json", "--as-of", "2022-01-01"]).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = ["search", "remote", "--cursor", cursor, "--as-of"];
    home.run(next.into_iter().chain(["2022-01-01"])).stdout_has("article 3 of 3").check();
    home.run(next.into_iter().chain(["2022-01-02"]))
        .exits(2)
        .stderr_has("the cursor is of a search as of 2022-01-01\nhint: search as of that day (`--as-of 2022-01-01`)")
        .check();
    home.run(["search", "remote", "--cursor", cursor, "--offset", "2"]).exits(2).stderr_has("--offset").check();
}

#[test]
fn words_to_leave_out_are_arguments_of_their_own() {
    let home = Home::indexed();
    let ask = |arguments: &[&str]| home.run([&["--json", "--as-of", "2022-02-01"], arguments].concat()).json();
    for (arguments, query) in [
        (["search", "remote", "-telehealth", "--limit=2"].as_slice(), "remote -telehealth"),
        (&["search", "-nurses", "remote", "-title:ai", "-n2"], "-nurses remote -title:ai"),
        (&["search", "--limit", "2", "remote", "-AI", "--after", "2021"], "remote -AI"),
        (&["search", "remote", "-\"from afar\"", "-n", "2", "--", "-scans"], "remote -\"from afar\" -scans"),
    ] {
        let answer = ask(arguments);
        let same = ask(&["search", "--after", "2021", "--limit", "2", "--", query]);
        assert_eq!(answer["query"]["text"], query);
        assert_eq!([&answer["total"], &answer["hits"]], [&same["total"], &same["hits"]], "{query}");
    }
    home.run(["facets", "remote", "-telehealth", "-q"]).stdout_has("2 articles").check();
    home.run(["search", "remote", "--after", "-30d"]).exits(2).stderr_has("`-30d` is not a date").check();
}

#[test]
fn wrong_arguments_exit_with_2_and_say_what_is_right() {
    let home = Home::indexed();
    home.run(["search", "x", "--after", "-5d"])
        .exits(2)
        .stderr_has("`-5d` is not a date for `after`\nhint: write `2021`")
        .check();
    home.run(["search", "x", "--facets", "topic,none"])
        .exits(2)
        .stderr_has("hint: leave out `none`, or the others")
        .check();
    home.run(["search", "--topc", "AI"])
        .exits(2)
        .stderr_has("unexpected argument '--topc'")
        .stderr_has("--topic")
        .check();
    home.run(["search", "remote", "-limit", "5"])
        .exits(2)
        .stdout("")
        .stderr("error: the option `limit` has two hyphens\nhint: write `--limit`, or put the word to leave out behind `--`: `-- -limit`\n")
        .check();
    home.run(["-version"]).exits(2).stderr_has("hint: write `--version`").check();
    home.run(["search", "-qh"]).exits(0).check();
    home.run(["search", "-qvh"]).exits(0).check();
    home.run(["search", "-help"]).stdout_has("Usage: healthnews search").check();
    home.run(["search", "-n20", "--limt", "5", "x"]).exits(2).stderr_has("unexpected argument '--limt'").check();
    home.run(["search", "-facets=none", "--format=ndjson"]).exits(2).stdout("").stderr_has("{\"schema\":").check();
    home.run(["search", "-json", "--format", "json"]).exits(2).stdout("").stderr_has("\"code\":\"usage\"").check();
    home.run(["search", "--facets", "colour"]).exits(2).stderr_has("provider").check();
    home.run(["search", "--min-quality", "200"]).exits(2).stderr_has("0..=100").check();
    home.run(["search", "--as-of", "soon"]).exits(2).stderr_has("2021-12-31").check();
    home.run(["search", "--as-of", "9999-12-31"]).exits(2).stderr_has("is no day to look back from").check();
    home.run(["search", "--after", "yesterday"]).exits(2).stderr_has("error: ").stderr_has("yesterday").check();
    home.run(["show"]).exits(2).stderr_has("<ID|URL>").check();
    home.run(["facets", "--format", "ris"])
        .exits(2)
        .stderr("error: `facets` has no format `ris`\nhint: choose one of `text`, `json`, `ndjson` and `csv`\n")
        .check();
    // Before anything is looked for.
    for arguments in
        [&["show", "missing"][..], &["similar", "missing"], &["suggest", "zzz"], &["status", "--index", "nowhere"]]
    {
        let told = format!("error: `{}` has no format `csv`\nhint: choose one of `text`, `json`", arguments[0]);
        home.run([arguments, &["--format", "csv"]].concat()).exits(2).stderr_has(told).check();
    }
    home.run(["index", ""]).exits(2).stderr_has("cannot read the source ``: it has no name").check();
    let long = "x".repeat(5000);
    home.run(["search", "--provider", &long]).exits(2).stderr_has("the limit is 4096 bytes").check();
    home.run(["search", "--provider", &long[..4000]]).exits(1).stderr_has("provider").check();
    home.run(["search", "x".repeat(5000).as_str()])
        .exits(2)
        .stderr_has("error: ")
        .stderr_has("hint: shorten it")
        .check();
}

#[test]
fn without_an_index_it_exits_with_3_and_says_how_to_build_one() {
    let home = Home::new();
    for command in [["search", "x"].as_slice(), &["facets"], &["show", "x"], &["status"]] {
        home.run(command)
            .exits(3)
            .stdout("")
            .stderr(
                "error: no index in `index`\nhint: build one with `healthnews index FOLDER`, or name another with `--index DIR`\n",
            )
            .check();
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let path = std::ffi::OsStr::from_bytes(b"ix\xff");
        let arguments = ["--index".as_ref(), path, "status".as_ref()];
        home.run(arguments).exits(3).stderr_has("healthnews index").check();
    }
}

#[test]
fn a_damaged_index_exits_with_3_and_a_rebuild_mends_it() {
    let home = Home::indexed();
    for manifest in ["", "{"] {
        home.write("index/gen-000001/manifest.json", manifest);
        home.run(["status"]).exits(3).stderr_has("is damaged").stderr_has("hint: build it anew").check();
    }
    home.run(["index", "news"]).exits(3).stderr_has("is damaged").check();
    home.run(["index", "--rebuild", "-q"]).check();
    home.run(["status"]).stdout_has("gen-000002").check();
    home.write("index/gen-000002/meta.json", "{");
    home.run(["search", "remote"]).exits(3).stderr_has("hint: build it anew").check();
    home.run(["index", "--rebuild", "-q"]).check();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    for current in ["", "gen-000009"] {
        home.write("index/CURRENT", current);
        home.run(["search", "remote"]).exits(3).stderr_has("is damaged").stderr_has("hint: build it anew").check();
        home.run(["index", "--rebuild", "-q"]).check();
        home.run(["search", "remote"]).check();
    }
}

#[test]
fn an_index_of_another_version_is_built_anew_from_the_sources_it_remembers() {
    let home = Home::indexed();
    let manifest = home.path().join("index/gen-000001/manifest.json");
    let text = String::from_utf8_lossy(&fs::read(&manifest).unwrap()).into_owned();
    home.write("index/gen-000001/manifest.json", text.replacen("\"format\": ", "\"format\": 9", 1));
    let hint = "hint: build it anew from its sources with `healthnews index --rebuild`\n";
    for command in [["search", "remote"].as_slice(), &["status"], &["index"]] {
        home.run(command).exits(3).stdout("").stderr_has("this program reads").stderr_has(hint).check();
    }
    home.run(["index", "--rebuild", "-q"]).check();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
}

#[test]
fn a_locked_index_exits_with_4_while_searches_go_on() {
    let home = Home::indexed();
    let lock = IndexFolder::new(home.path().join("index")).lock().unwrap();
    home.run(["index", "--rebuild"])
        .exits(4)
        .stderr_has("is being written by process")
        .stderr_has("hint: wait")
        .check();
    home.run(["index"]).stderr_has("nothing has changed").check();
    home.run(["search", "remote"]).stdout_has("3 articles").check();
    home.write("news/new.md", NEWS[0].1.replace("telehealth\n", "second\n"));
    home.run(["search", "--source", "news", "remote"])
        .stdout_has("3 articles")
        .stderr_has("warning: the index in `index` is being written by process ")
        .stderr_has("; searching it as it is\n")
        .check();
    drop(lock);
    home.run(["index", "--rebuild", "-q"]).check();
}

#[test]
fn errors_are_json_when_answers_are() {
    let home = Home::new();
    let error = |arguments: &[&str], exit: i32| -> Value {
        let written = home.run(arguments).exits(exit).stderr_has("").stdout("").check();
        serde_json::from_str(&written.stderr).expect(&written.stderr)
    };
    assert_eq!(
        error(&["search", "x", "--json"], 3),
        json!({
            "schema": "healthnews.error/1",
            "code": "index_missing",
            "message": "no index in `index`",
            "hint": "build one with `healthnews index FOLDER`, or name another with `--index DIR`",
        })
    );
    assert_eq!(error(&["search", "--topc", "--format", "ndjson"], 2)["code"], "usage");
    assert_eq!(error(&["index", "nowhere", "--json"], 2)["code"], "source_unreadable");
    assert_eq!(error(&["index", "--json"], 2)["message"], "no source to read");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let home = Home::new();
    let line = |n| format!("{{\"title\":\"Remote article number {n}\",\"id\":\"{n}\"}}");
    let lines: Vec<String> = (0..3000).map(line).collect();
    home.write("many.ndjson", lines.join("\n"));
    home.run(["index", "many.ndjson", "-q"]).check();
    let mut child = home.run(["search", "remote", "--limit", "3000", "--json"]).start();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), b"".as_slice()));
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_panics_where_nobody_can_be_told() {
    let home = Home::indexed();
    for (arguments, exit) in [
        (&["search", "zebra"][..], 1),
        (&["search", "remote", "--limit", "x"], 2),
        (&["search", "remote", "-limit"], 2),
        (&["show", "x", "--json"], 1),
        (&["index"], 0),
        (&[], 2),
    ] {
        let mut command = Command::new(PROGRAM);
        clean_environment(&mut command);
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let status =
            command.args(arguments).current_dir(home.path()).stderr(full).stdout(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(exit), "{arguments:?}");
    }
}

#[test]
fn short_help_fits_80_columns_and_long_help_begins_with_examples() {
    let home = Home::new();
    for command in ["", "index", "search", "facets", "show", "status", "completions", "man"] {
        let arguments = |flag| [command, flag].into_iter().filter(|argument| !argument.is_empty());
        let short = home.run(arguments("-h")).env("COLUMNS", "80").check();
        for line in short.stdout.lines() {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
        let long = home.run(arguments("--help")).env("COLUMNS", "100").check();
        if ["", "index", "search", "facets"].contains(&command) {
            let (examples, usage) = (long.stdout.find("Examples:"), long.stdout.find("Usage:"));
            assert!(examples.is_some() && examples < usage, "{command}");
        }
    }
    home.run(["--version"]).stdout(format!("healthnews {}\n", env!("CARGO_PKG_VERSION"))).check();
    home.run([""; 0]).exits(2).stderr_has("Usage: healthnews").check();
}

#[test]
fn writes_completions_and_a_manual_page() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        home.run(["completions", shell]).stdout_has("healthnews").stdout_has("min-quality").check();
    }
    home.run(["completions", "tcsh"]).exits(2).stderr_has("possible values").check();
    let page = home
        .run(["man"])
        .stdout_has(".TH healthnews 1")
        .stdout_has(".nf\n  healthnews index news/ ")
        .stdout_has("\nfacets\nCount")
        .check();
    for part in [".SH \"SEARCH\"", "min\\-quality", ".SH \"INDEX\"", "rebuild", "Exit codes"] {
        assert!(page.stdout.contains(part), "{part}");
    }
}

#[test]
fn shows_an_article_by_id_or_address() {
    let home = Home::indexed();
    let shown = home
        .run(["show", "http://beckers.com/monitoring/?utm_source=x"])
        .stdout_has("Remote patient monitoring cuts readmissions\n")
        .stdout_has("provider   Becker's Hospital Review (beckers.com)\n")
        .stdout_has("published  2021-11-29T20:06:00Z\n")
        .stdout_has("topics     Remote Monitoring, AI\n")
        .stdout_has("sources    news/monitoring.md\n")
        .stdout_has("Related\n- Telehealth visits double\n")
        .check();
    home.run(["search", "WWW.Beckers.com/monitoring"]).stdout_has("Remote patient monitoring cuts").check();
    home.run(["show", "https://beckers.com/monitoring"])
        .env("COLUMNS", "30")
        .stdout_has("url        https://beckers.com/monitoring\n")
        .check();
    let article = home.run(["show", "https://beckers.com/monitoring", "--json"]).json();
    assert_eq!(article["schema"], "healthnews.article/1");
    assert_eq!(article["related"][0]["title"], "Telehealth visits double");
    assert_eq!(article["authors"], json!([]));
    let id = article["id"].as_str().unwrap();
    home.run(["show", id]).stdout(shown.stdout).check();

    home.run(["show", "https://beckers.com/nothing"])
        .exits(1)
        .stdout("")
        .stderr_has("no article has the id or address `https://beckers.com/nothing`\nhint: ")
        .check();
    home.run(["show", "0000000000000000", "--json"]).exits(1).stderr_has("\"code\":\"not_found\"").check();
}

#[test]
fn status_tells_what_is_in_the_index() {
    let home = Home::indexed();
    home.run(["status"])
        .stdout_has("index      index (gen-000001, format ")
        .stdout_has("articles   5\n")
        .stdout_has("(just now)\n")
        .stdout_has("updated    20")
        .stdout_has("read       5 files\n")
        .stdout_has("sources    news (in ")
        .check();
    let status = home.run(["status", "--json"]).json();
    assert_eq!(status["schema"], "healthnews.status/1");
    assert_eq!((&status["generation"], &status["articles"]), (&json!("gen-000001"), &json!(5)));
    assert_eq!(status["sources"], json!(["news"]));
    assert!(status["size_bytes"].as_u64() > Some(1000));
    assert!(status["built_at"].as_str().unwrap().ends_with('Z'));
    assert!(status["format"].is_u64());
    assert_eq!(status["updated_at"], status["built_at"]);
    // Times are told to the second: until the next one.
    for number in 0.. {
        home.write("news/new.md", NEWS[0].1.replace("telehealth\n", &format!("{number}\n")));
        home.run(["index", "-q"]).check();
        let later = home.run(["status", "--json"]).json();
        assert_eq!(later["built_at"], status["built_at"]);
        if later["updated_at"].as_str() > status["updated_at"].as_str() {
            break;
        }
        assert!(number < 1_000, "{later}");
    }
}

#[test]
fn a_query_without_a_word_finds_nothing_and_says_so() {
    let home = Home::with_news();
    home.run(["index", "news", "-q"]).check();
    for text in ["?!", "( )", "\"\"", "🎉"] {
        home.run(["search", text])
            .exits(1)
            .stderr_has(format!("warning: there is no word in `{text}` to search for\n"))
            .check();
    }
    home.run(["search", " "]).stdout_has("5 articles").check();
    // Beside a filter it is left out, as it is in `… topic:AI`.
    let answer = home.run(["search", "…", "--topic", "AI", "--json"]).json();
    assert_eq!(answer["query"]["as_searched"], "topic:AI");
    assert_eq!(answer["warnings"][0], "there is no word in `…` to search for");
    assert_eq!(answer["total"], home.run(["search", "… topic:AI", "--json"]).json()["total"]);
    home.run(["search", "--topic", "&"]).exits(2).stderr_has("`&` is no name to filter by").check();
}

#[test]
fn what_was_typed_is_not_repeated_without_end() {
    let home = Home::indexed();
    let long = "é".repeat(2000);
    let repeated = format!("the topic `{}…`\n", "é".repeat(120));
    home.run(["search", "--topic", &long]).exits(1).stderr_has(repeated).check();
}

#[test]
fn a_group_stands_in_one_part_of_the_article() {
    let home = Home::indexed();
    let titles = |query: &str| {
        let answer = home.run(["search", "--json", "--exact", "--no-more", "--sort", "oldest", query]).json();
        let hits = answer["hits"].as_array().unwrap().clone();
        hits.iter().map(|hit| hit["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for (group, same) in [
        ("title:(remote OR AI)", "title:remote OR title:AI"),
        ("remote -title:(remote)", "remote -title:remote"),
        ("title:(remote \"AI reads\")", "title:remote title:\"AI reads\""),
    ] {
        assert!(!titles(same).is_empty(), "{same}");
        assert_eq!(titles(group), titles(same), "{group}");
    }
    home.run(["search", "title:remo*"])
        .stderr_has("`title:remo*` is searched as `remo*`: the beginning of a word is looked for in all of the article")
        .check();
}

#[test]
fn an_index_where_something_else_is_cannot_be() {
    let home = Home::with_news();
    home.write("file", "");
    for index in ["file", "file/index"] {
        home.run(["--index", index, "index", "news"]).exits(70).stderr_has("hint: something else is there").check();
        home.run(["--index", index, "search", "x"]).exits(3).stderr_has("no index in `file").check();
    }
}

#[test]
fn shows_help_when_nothing_is_asked_whatever_the_environment_says() {
    let home = Home::new();
    home.run([""; 0]).env("HEALTHNEWS_INDEX", "index").exits(2).stdout("").stderr_has("Usage: healthnews").check();
    home.run([""; 0]).exits(2).stdout("").stderr_has("Usage: healthnews").check();
}

#[test]
fn an_error_of_the_command_line_says_in_json_too_what_there_is_to_choose_from() {
    let home = Home::new();
    home.run(["search", "x", "--sort", "foo", "--json"])
        .exits(2)
        .stderr_has("\"message\":\"invalid value 'foo' for '--sort <ORDER>'\"")
        .stderr_has("\"hint\":\"possible values: relevance, newest, oldest, quality\"")
        .check();
}
