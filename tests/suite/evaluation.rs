//! `healthnews eval`: measures of a collection, of the index, of runs; thresholds; comparisons.

use std::fs;

use serde_json::{Value, json};

use crate::harness::Home;

/// Four documents, three queries, of which one has no answer.
fn collection() -> Home {
    let home = Home::new();
    home.write(
        "set/corpus.jsonl",
        "{\"_id\":\"d1\",\"title\":\"Telehealth in rural clinics\",\"text\":\"Visits by video.\"}\n\
         {\"_id\":\"d2\",\"title\":\"Clinics close\",\"text\":\"Rural hospitals lose money.\"}\n\
         {\"_id\":\"d3\",\"title\":\"Video visits\",\"text\":\"Telehealth, telehealth, telehealth.\"}\n\
         {\"_id\":\"d4\",\"title\":\"Weather\",\"text\":\"Rain.\"}\n",
    );
    home.write(
        "set/queries.jsonl",
        "{\"_id\":\"q1\",\"text\":\"telehealth clinics\"}\n{\"_id\":\"q2\",\"text\":\"zebra\"}\n\
         {\"_id\":\"q3\",\"text\":\"rural -video\"}\n{\"_id\":\"q4\",\"text\":\"not judged\"}\n",
    );
    home.write(
        "set/qrels/test.tsv",
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t1\nq1\td4\t0\nq2\td1\t1\nq3\td2\t1\n",
    );
    home
}

fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn finds_documents_without_titles() {
    let home = collection();
    let corpus = fs::read_to_string(home.path().join("set/corpus.jsonl")).unwrap();
    let titles = ["Telehealth in rural clinics", "Clinics close", "Video visits", "Weather"];
    let untitled = titles.iter().fold(corpus, |corpus, title| corpus.replace(title, ""));
    home.write("set/corpus.jsonl", untitled);
    home.write("set/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td3\t1\nq3\td2\t1\n");
    let told = "4 problems in the documents, the first: corpus.jsonl:1: the article has no title";
    let report = home.run(["eval", "set", "--match", "any", "--json"]).stderr_has(told).json();
    assert_eq!((&report["articles"], &report["without_answer"]), (&json!(4), &json!(0)));
    near(&report["mean"]["R@100"], 1.0);
}

#[test]
fn measures_a_collection() {
    let home = collection();
    let report = home.run(["eval", "set", "--no-more", "--json"]).json();
    assert_eq!(report["schema"], "healthnews.eval/1");
    assert_eq!((&report["queries"], &report["without_answer"], &report["articles"]), (&json!(3), &json!(1), &json!(4)));
    // q1 finds d1 alone, q2 nothing, q3 d2.
    let ndcg = 2.0 / (2.0 + 1.0 / 3f64.log2());
    near(&report["per_query"][0]["nDCG@10"], ndcg);
    near(&report["per_query"][0]["AP"], 0.5);
    near(&report["mean"]["nDCG@10"], (ndcg + 1.0) / 3.0);
    near(&report["mean"]["RR@10"], 2.0 / 3.0);
    near(&report["mean"]["P@10"], 0.2 / 3.0);
    near(&report["mean"]["R@100"], 0.5);
    near(&report["mean"]["Judged@10"], 2.0 / 3.0);

    let any = home.run(["eval", "set", "--no-more", "--json", "--match", "any"]).json();
    assert_eq!(any["match"], "any");
    near(&any["per_query"][0]["R@100"], 1.0);
    assert_eq!(any["per_query"][0]["unjudged"], json!(["d2"]));
    assert_eq!(any["per_query"][2]["found"], 1, "what must be absent stays absent");

    let filled = home.run(["eval", "set", "--json"]).json();
    assert!(filled["per_query"][0]["found"].as_u64() > report["per_query"][0]["found"].as_u64());
    near(&filled["per_query"][0]["R@100"], 1.0);
    near(&filled["per_query"][0]["RR@10"], 1.0);
}

#[test]
fn tells_people_in_a_table() {
    let home = collection();
    let written = home.run(["eval", "set", "--per-query", "--match", "any"]).check();
    let lines: Vec<&str> = written.stdout.lines().collect();
    assert!(lines[0].starts_with("set, test · 3 queries · 1 without an answer · 4 articles · "), "{}", lines[0]);
    assert_eq!(lines[2], "      nDCG@10      AP   RR@10    P@10   R@100  Judged@10");
    assert_eq!(lines[4], "q2     0.0000  0.0000  0.0000  0.0000  0.0000     0.0000  nothing found");
    assert!(lines[3].ends_with("unjudged: d2") && lines[6].starts_with("mean"), "{}", written.stdout);
    assert_eq!(home.run(["eval", "set"]).check().stdout.lines().count(), 4);
}

#[test]
fn a_run_that_was_written_is_measured_as_it_was() {
    let home = collection();
    let asked = home.run(["eval", "set", "--no-more", "--match", "any", "--run-out", "any.run", "--json"]).json();
    let read = home.run(["eval", "--run", "any.run", "--qrels", "set/qrels/test.tsv", "--json"]).json();
    assert_eq!(asked["mean"], read["mean"]);
    assert!(fs::read_to_string(home.path().join("any.run")).unwrap().starts_with("q1 Q0 d1 1 "));

    home.run(["eval", "set", "--no-more", "--run-out", "all.run", "-q"]).check();
    let compared =
        home.run(["eval", "compare", "all.run", "any.run", "--qrels", "set/qrels/test.tsv", "--json"]).json();
    assert_eq!((&compared["schema"], &compared["queries"]), (&json!("healthnews.compare/1"), &json!(3)));
    let recall = &compared["measures"][4];
    assert_eq!((&recall["measure"], &recall["better"], &recall["worse"]), (&json!("R@100"), &json!(1), &json!(0)));
    near(&recall["difference"], 0.5 / 3.0);
    near(&recall["p"], 1.0);
    let table = home.run(["eval", "compare", "all.run", "any.run", "--qrels", "set/qrels/test.tsv"]).check().stdout;
    assert!(table.contains("R@100      0.5000  0.6667  +0.1667       1      0  1.0000\n"), "{table}");
}

#[test]
fn asks_the_index_with_files_of_trec() {
    let home = Home::indexed();
    let id = home.run(["search", "wearables", "--json"]).json()["hits"][0]["id"].as_str().unwrap().to_owned();
    home.write("topics.txt", "<top>\n<num> Number: 7\n<title> wearables\n</top>\n");
    home.write("judged.txt", format!("7 0 {id} 1\n8 0 {id} 1\n"));
    let report = home
        .run(["eval", "--queries", "topics.txt", "--qrels", "judged.txt", "--json"])
        .stderr_has("left out, because they have no text: 1 of 2 judged queries")
        .json();
    near(&report["mean"]["RR@10"], 1.0);
    assert_eq!((&report["articles"], &report["as_of"]), (&json!(5), &json!("2022-01-15")));
}

#[test]
fn a_mean_below_a_threshold_exits_with_6() {
    let home = collection();
    home.run(["eval", "set", "--fail-under", "RR@10=0.6", "--fail-under", "p@1=0.6"]).stdout_has("P@1").check();
    home.run(["eval", "set", "--fail-under", "RR@10=0.7"])
        .exits(6)
        .stdout_has("mean")
        .stderr("RR@10 is 0.6667, less than 0.7\n")
        .check();
    let report = home.run(["eval", "set", "--fail-under", "RR@10=0.7", "--json", "-q"]).exits(6).json();
    assert_eq!(report["below"][0]["measure"], "RR@10");
}

#[test]
fn a_query_over_the_limits_counts_0() {
    let home = collection();
    home.write("set/queries.jsonl", format!("{{\"_id\":\"q1\",\"text\":\"{}\"}}\n", "x".repeat(5000)));
    let report = home
        .run(["eval", "set", "--json"])
        .stderr_has("left out, because they have no text: 2 of 3 judged queries")
        .stderr_has("query `q1` counts 0: the query is too long")
        .json();
    assert_eq!((&report["refused"], &report["without_answer"]), (&json!(1), &json!(1)));
}

#[test]
fn says_what_is_missing() {
    let home = collection();
    home.run(["eval", "set", "--split", "dev"])
        .exits(2)
        .stderr("error: `set` has no judgements `dev`\nhint: choose with `--split`: test\n")
        .check();
    home.run(["eval", "nowhere"]).exits(2).stderr_has("cannot read the source `nowhere/qrels/test.tsv`").check();
    home.write("part/qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\ta\t1\n");
    home.write("part/queries.jsonl", "{\"_id\":\"1\",\"text\":\"home care\"}\n");
    home.run(["eval", "part"]).exits(2).stderr_has("cannot read the source `part/corpus.jsonl`").check();
    home.run(["eval"]).exits(2).stderr_has("COLLECTION").check();
    home.run(["eval", "--qrels", "set/qrels/test.tsv"]).exits(2).stderr_has("--queries").check();
    home.run(["eval", "set", "--fail-under", "F1=0.5"]).exits(2).stderr_has("`F1` is no measure").check();
    home.run(["eval", "set", "--fail-under", "AP=2"]).exits(2).stderr_has("from 0 to 1").check();
    home.run(["eval", "set", "--format", "csv"]).exits(2).stderr_has("`eval` has no format `csv`").check();
    home.write("bad.run", "q1 d1 1\n");
    home.run(["eval", "--run", "bad.run", "--qrels", "set/qrels/test.tsv"])
        .exits(2)
        .stderr(
            "error: bad.run:1: this is no line of a run\nhint: a line is `query Q0 document rank score tag` (TREC)\n",
        )
        .check();
    home.run(["eval", "set", "--qrels", "set/qrels/test.tsv", "--queries", "bad.run"])
        .exits(2)
        .stderr_has("bad.run:1: this is no query")
        .check();
}
