//! The forms that answers take.

use healthnews::article::{Article, ArticleId};
use healthnews::index::{Build, BuildOptions, IndexFolder, Ledger, Origin};
use serde_json::{Value, json};

use crate::harness::Home;

const CLOCK: [&str; 2] = ["--as-of", "2022-02-01"];

#[test]
fn text_is_readable_in_a_pipe() {
    let home = Home::indexed();
    let written = home.run(["search", "monitoring", "--no-more", "--facets", "topic,month"]).check();
    let (header, rest) = written.stdout.split_once('\n').unwrap();
    assert!(header.starts_with("1 article (") && header.ends_with(" ms)"), "{header}");
    assert_eq!(
        rest,
        "
 1. Remote patient monitoring cuts readmissions
    Becker's Hospital Review · 2021-11-29 · quality 39 · Remote Monitoring, AI
    Monitoring at home keeps patients out of hospital.
    https://beckers.com/monitoring

Topics
  1 ████████████████████████ ai
  1 ████████████████████████ Remote Monitoring

Months
  2021-11 1 ████████████████████████████████████████
"
        .replace("ai\n", &format!("{}\n", topic_spelling(&home)))
    );
    home.run(["search", "monitoring"])
        .env("COLUMNS", "40")
        .stdout_has("    Monitoring at home keeps patients\n    out of hospital.\n")
        .check();
}

/// `AI` and `ai` are equally frequent here; which of them is shown is not this test's business.
fn topic_spelling(home: &Home) -> String {
    let answer = home.run(["facets", "monitoring", "--facets", "topic", "--json"]).json();
    answer["facets"]["topic"][0]["value"].as_str().unwrap().to_owned()
}

#[test]
fn colour_and_links_are_for_terminals_unless_asked_for() {
    let home = Home::indexed();
    let plain = home.run(["search", "monitoring"]).check();
    assert!(!plain.stdout.contains('\u{1b}'));
    let always = || home.run(["search", "monitoring", "--color", "always"]);
    let colored = always().check();
    assert!(colored.stdout.contains("\u{1b}[1m") && !colored.stdout.contains("\u{1b}]8"), "{}", colored.stdout);
    assert!(always().env("NO_COLOR", "1").check().stdout.contains('\u{1b}'), "the option beats the environment");
    let forced = home.run(["search", "monitoring"]).env("CLICOLOR_FORCE", "1").check();
    assert!(forced.stdout.contains('\u{1b}'));
    let never = home.run(["search", "monitoring", "--color", "never"]).env("CLICOLOR_FORCE", "1").check();
    assert!(!never.stdout.contains('\u{1b}'));
}

#[test]
fn the_json_of_a_search_is_the_contract() {
    let home = Home::indexed();
    let mut answer = home
        .run(["search", "monitoring", "--topic", "ai", "--facets", "all", "--json"].into_iter().chain(CLOCK))
        .json();
    assert!(answer["took_us"].take().is_u64());
    assert!(answer["hits"][0]["score"].take().is_f64());
    let id = answer["hits"][0]["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(16));
    let more = answer.as_object_mut().unwrap().remove("more").unwrap();
    assert_eq!(more["hits"][0]["title"], "AI reads remote scans");
    assert_eq!(more["expanded"][0]["word"], "monitoring");
    let facets = answer["facets"].take();
    assert_eq!(
        answer,
        json!({
            "schema": "healthnews.search/1",
            "query": {"text": "monitoring", "as_searched": "monitoring topic:ai"},
            "total": 1,
            "took_us": null,
            "generation": "gen-000001",
            "hits": [{
                "id": null,
                "score": null,
                "title": "Remote patient monitoring cuts readmissions",
                "title_marks": [[15, 25]],
                "url": "https://beckers.com/monitoring",
                "provider": {"name": "Becker's Hospital Review", "domain": "beckers.com"},
                "published": "2021-11-29T20:06:00Z",
                "topics": ["Remote Monitoring", "AI"],
                "quality": 39,
                "kind": "article",
                "fragment": {"text": "Monitoring at home keeps patients out of hospital.", "marks": [[0, 10]]},
                "sources": ["news/monitoring.md"],
            }],
            "facets": null,
            "warnings": [],
        })
    );
    let provider =
        json!([{"value": "beckers.com", "label": "Becker's Hospital Review", "count": 1, "selected": false}]);
    assert_eq!(facets["provider"], provider);
    assert_eq!(facets["month"], json!([{"value": "2021-11", "count": 1, "selected": false}]));
    assert_eq!(facets["topic"][0]["selected"], true);
}

#[test]
fn facets_alone_are_a_response_without_hits() {
    let home = Home::indexed();
    let counts = home.run(["facets", "--json"]).json();
    assert_eq!((&counts["total"], &counts["hits"]), (&json!(5), &json!([])));
    assert_eq!(
        counts["facets"].as_object().unwrap().keys().collect::<Vec<_>>(),
        ["kind", "month", "provider", "scheme", "topic", "year"]
    );
    home.run(["facets", "--facets", "kind", "--format", "csv"])
        .stdout("facet,value,label,count,selected\nkind,article,,1,false\nkind,video,,1,false\n")
        .check();
    home.run(["facets", "--facets", "kind", "--kind", "video", "--format", "ndjson"])
        .stdout(
            "{\"facet\":\"kind\",\"value\":\"article\",\"count\":1,\"selected\":false}\n\
             {\"facet\":\"kind\",\"value\":\"video\",\"count\":1,\"selected\":true}\n",
        )
        .check();
    home.run(["facets", "--facets", "kind", "--kind", "video"]).stdout_has("✓ 1 █").check();
}

#[test]
fn ndjson_is_a_hit_per_line() {
    let home = Home::indexed();
    let written = home.run(["search", "remote", "--format", "ndjson"]).check();
    let hits: Vec<Value> = written.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whole = home.run(["search", "remote", "--json"]).json();
    assert_eq!(Value::from(hits), whole["hits"]);
}

#[test]
fn csv_is_a_table_with_a_header() {
    let home = Home::indexed();
    let asks_for_csv = ["search", "remote", "--sort", "newest", "--format", "csv"];
    let written = home.run(asks_for_csv).check();
    home.run(asks_for_csv.into_iter().chain(["--facets", "topic"]))
        .stdout(&written.stdout)
        .stderr("warning: `--facets` has no place in the format `csv`: `text` and `json` show counts\n")
        .check();
    let mut table = csv::Reader::from_reader(written.stdout.as_bytes());
    assert_eq!(
        table.headers().unwrap().iter().take(6).collect::<Vec<_>>(),
        ["id", "title", "url", "provider", "provider_domain", "published"]
    );
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[1][3], &rows[1][6], &rows[1][11]),
        ("Becker's Hospital Review", "Remote Monitoring; AI", "news/monitoring.md")
    );
}

#[test]
fn citations_are_for_pasting() {
    let home = Home::indexed();
    let cite = |format: &str| home.run(["search", "radiologists", "--format", format]).check().stdout;
    assert_eq!(
        cite("md"),
        "- [AI reads remote scans](<https://forbes.com/scans>) — Forbes, 2022-01-15\n  > Radiologists agree.\n"
    );
    let id = home.run(["search", "radiologists", "--json"]).json()["hits"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        cite("ris"),
        format!(
            "TY  - NEWS\r\nID  - {id}\r\nTI  - AI reads remote scans\r\nAU  - Ada Writer\r\nT2  - Forbes\r\nPY  - 2022\r\n\
             DA  - 2022/01/15/\r\nUR  - https://forbes.com/scans\r\nAB  - An algorithm looks at scans from afar.\r\n\
             KW  - ai\r\nER  - \r\n"
        )
    );
    assert_eq!(
        cite("bibtex"),
        format!(
            "@online{{healthnews-{id},\n  title = {{{{AI reads remote scans}}}},\n  author = {{Ada Writer}},\n  \
             organization = {{Forbes}},\n  date = {{2022-01-15}},\n  url = {{https://forbes.com/scans}},\n  \
             keywords = {{ai}},\n}}\n\n"
        )
    );
    assert_eq!(home.run(["show", &id, "--format", "ris"]).check().stdout, cite("ris"));
}

#[test]
fn warnings_stand_on_standard_error_and_in_json() {
    let home = Home::indexed();
    home.run(["search", "remote", "--explain", "--sort", "newest"])
        .stdout_has("3 articles")
        .stderr_has("warning: `--explain` has nothing to tell here")
        .check();
    home.run(["search", "remote", "--explain"]).stdout_has("3 articles").check();
    let words = ["search", "remote", "--topic", "Telehelth"];
    home.run(words).exits(1).stdout("").stderr_has("warning: ").stderr_has("`Telehealth`").check();
    let answer = home.run(words.into_iter().chain(["--json"])).exits(1).json();
    assert!(answer["warnings"][0].as_str().unwrap().contains("`Telehealth`"), "{answer}");
}

#[test]
fn an_answer_to_some_of_the_words_is_marked() {
    let home = Home::indexed();
    home.run(["search", "remote", "wearables"])
        .stdout_has("no article matches all words; the nearest: ")
        .stderr_has("warning: no article matches both parts of the query")
        .check();
    assert_eq!(home.run(["search", "remote", "wearables", "--json"]).json()["relaxed"], true);
}

#[test]
fn the_explanation_multiplies_to_the_score() {
    let home = Home::indexed();
    let arguments = ["search", "remote", "scans", "--explain", "-n", "1"].into_iter().chain(CLOCK);
    let written = home.run(arguments).env("COLUMNS", "200").stdout_has("published 17 days before").check();
    // It may take two lines.
    let text = written.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = &text[text.find("score ").unwrap()..];
    let number = |after: &str| -> f64 {
        let rest = &line[line.find(after).unwrap() + after.len()..];
        rest.split_whitespace().next().unwrap().parse().unwrap()
    };
    let product = number("text ") * number("quality ") * number("freshness ") * number("nearness ");
    assert_eq!(format!("{product:.2}"), format!("{:.2}", number("score ")), "{line}");
}

#[test]
fn nothing_in_an_article_or_a_query_steers_the_terminal() {
    let home = Home::new();
    let bad = "bad\u{1b}[31m\u{7}title\u{9b}2J\u{202e}".to_owned();
    let article = Article {
        id: ArticleId::from_bits(7),
        external_id: Some(bad.clone()),
        title: bad.clone(),
        url: Some("https://example.com/\u{1b}]8;;evil\u{7}".to_owned()),
        excerpt: Some(bad.clone()),
        body: Some(bad.clone()),
        provider: None,
        topics: vec![],
        quality: None,
        heat: None,
        published: None,
        modified: None,
        authors: vec![bad.clone()],
        kind: Some(bad.clone()),
        related: vec![],
        sources: vec![bad.clone()],
    };
    // The reader takes such characters out; here the index is written past it.
    let lock = IndexFolder::new(home.path().join("index")).lock().unwrap();
    let mut build = Build::begin(&lock, &BuildOptions { threads: 1 }).unwrap();
    build.add(&article).unwrap();
    build.publish(Origin::default(), &Ledger::default()).unwrap();
    drop(lock);

    for format in ["text", "json", "ndjson", "csv", "md", "ris", "bibtex"] {
        let facets = if ["text", "json"].contains(&format) { "all" } else { "none" };
        let written = home.run(["search", "--facets", facets, "-v", "--format", format]).stdout_has("bad").check();
        let steers = |c: char| (c.is_control() && !matches!(c, '\n' | '\r')) || c == '\u{202e}';
        assert!(!written.stdout.contains(steers), "{format}: {}", written.stdout.escape_debug());
    }
    for arguments in [["show", "0000000000000007"], ["facets", "-v"]] {
        let written = home.run(arguments).stdout_has("bad").check();
        assert!(
            !written.stdout.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
            "{}",
            written.stdout.escape_debug()
        );
    }
    let written = home.run(["search", "zebra\u{1b}[31m\u{9b}"]).exits(1).stderr_has("zebra").check();
    assert!(!written.stderr.contains(['\u{1b}', '\u{9b}']), "{}", written.stderr.escape_debug());
}

#[test]
fn show_loses_no_part_of_a_long_word() {
    let home = Home::new();
    let word = "x".repeat(300);
    home.write(
        "news/a.md",
        format!("---\ntitle: A {word}\nwebUrl: https://e.com/a\n---\nSee https://e.com/{word} there.\n"),
    );
    home.run(["index", "news", "--quiet"]).check();
    let shown = home.run(["show", "e.com/a"]).check().stdout;
    assert_eq!(shown.matches(&word).count(), 2, "{shown}");
}
