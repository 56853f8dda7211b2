//! Other names: what a query is widened by, and what is left as typed.

use healthnews::article::Article;
use healthnews::search::{Matching, SearchRequest, SearchResponse};

use crate::collection::{Collection, article};
use crate::harness::Home;

fn collection() -> Collection {
    let articles: Vec<Article> = [
        "EHR vendors merge",
        "Electronic health records for all",
        "Records of electronic music and health",
        "Remote patient monitoring at home",
        "RPM pays",
        "Patient asks for remote help with monitoring",
        "WHO guidance",
        "Those who care",
        "World Health Organization in Geneva",
    ]
    .into_iter()
    .zip(1..)
    .map(|(title, number)| article(number, title))
    .collect();
    Collection::of(&articles)
}

fn ask(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), explain: true, ..SearchRequest::default() }
}

/// The numbers of the articles found, in order.
fn found(response: &SearchResponse) -> Vec<u64> {
    let mut ids: Vec<u64> = response.hits.iter().map(|hit| hit.article.id.bits()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_word_finds_its_other_names_as_phrases_and_the_answer_says_so() {
    let collection = collection();
    let response = collection.search(&ask("ehr"));
    assert_eq!(found(&response), [1, 2]);
    assert_eq!((response.query.as_searched.as_str(), response.query.widened.len()), ("ehr", 1));
    assert_eq!(response.query.widened[0].words, "ehr");
    assert_eq!(response.query.widened[0].also, ["electronic health record"]);
    assert_eq!(response.hits[0].article.id.bits(), 1, "what was typed counts more");
    let other = &response.hits[1];
    assert_eq!(other.title_marks.first(), Some(&(0..25)));
    let explain = other.explain.as_ref().unwrap();
    assert_eq!(explain.clauses[1].clause, "electronic health record (for ehr)");
    assert!((explain.clauses[1].score - explain.text).abs() < 1e-12);
}

#[test]
fn a_rare_name_counts_for_no_rarer_than_what_it_stands_for() {
    let mut articles: Vec<Article> = (10..70).map(|number| article(number, "COVID-19 in a ward")).collect();
    articles.extend([article(1, "A SARS-CoV-2 vaccine"), article(2, "A COVID-19 vaccine")]);
    let response = Collection::of(&articles).search(&ask("covid-19 vaccine"));
    assert_eq!(response.hits.iter().map(|hit| hit.article.id.bits()).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn words_side_by_side_find_the_acronym() {
    let collection = collection();
    assert_eq!(found(&collection.search(&ask("electronic health records"))), [1, 2, 3]);
    assert_eq!(found(&collection.search(&ask("remote patient monitoring"))), [4, 5, 6]);
    assert_eq!(found(&collection.search(&ask("remote patient monitoring pays"))), [5]);
    let any = SearchRequest { matching: Matching::Any, ..ask("geneva remote patient monitoring") };
    assert_eq!(found(&collection.search(&any)), [4, 5, 6, 9]);
}

#[test]
fn an_acronym_that_is_a_word_otherwise_has_other_names_only_in_capitals() {
    let collection = collection();
    assert_eq!(found(&collection.search(&ask("WHO"))), [7, 9]);
    assert_eq!(found(&collection.search(&ask("who"))), [7, 8]);
    assert_eq!(found(&collection.search(&ask("world health organization"))), [7, 9]);
}

#[test]
fn phrases_and_what_must_be_absent_are_as_typed() {
    let collection = collection();
    let ids = |q: &str| found(&collection.search(&ask(q)));
    assert_eq!(ids("\"ehr\""), [1]);
    assert_eq!(ids("\"electronic health records\""), [2]);
    assert_eq!(ids("health -ehr"), [2, 3, 9]);
    assert_eq!(ids("health -(electronic health record)"), [9]);
    assert_eq!(ids("ehr*"), [1]);
}

#[test]
fn exact_leaves_the_words_as_typed() {
    let collection = collection();
    let exact = collection.search(&SearchRequest { exact: true, ..ask("EHR") });
    assert_eq!(found(&exact), [1]);
    assert!(exact.query.widened.is_empty());
    let request: SearchRequest = serde_json::from_str(r#"{"q":"EHR","exact":true,"expand":true}"#).unwrap();
    assert!(request.exact && request.expand);
}

#[test]
fn a_file_adds_names_and_errors_in_it_have_a_line() {
    let home = Home::indexed();
    home.write("names.txt", "# ours\nfilm, motion picture\nclinic visit, wearables\n");
    home.write("healthnews.toml", "vocabulary = \"names.txt\"\n");
    let answer = home.run(["search", "clinic visits", "--json"]).json();
    assert_eq!((&answer["total"], &answer["query"]["widened"][0]["also"][0]), (&2.into(), &"wearables".into()));
    home.run(["search", "clinic visits"])
        .stdout_has("clinic visits: also wearables")
        .stdout_has("A film about")
        .check();
    let exact = home.run(["search", "clinic visits", "--exact", "--json"]).json();
    assert_eq!((&exact["total"], exact["query"].get("widened")), (&1.into(), None));

    home.write("names.txt", "film, motion picture\n\nalone\n");
    home.run(["search", "film"]).exits(2).stderr_has("names.txt:3: a line has 2 to 16 names").check();
    home.write("healthnews.toml", "vocabulary = \"nowhere.txt\"\n");
    home.run(["search", "film"]).exits(2).stderr_has("nowhere.txt").check();
}
