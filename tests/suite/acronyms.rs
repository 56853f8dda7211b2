//! Acronyms that articles explain themselves: what they add to a query, and when.

use std::fs;
use std::path::Path;

use healthnews::article::Article;
use healthnews::index::IndexFolder;
use healthnews::ingest::{Silent, Source};
use healthnews::query::Widened;
use healthnews::search::{Matching, SearchRequest, SearchResponse, Searcher};
use healthnews::update::{MaxShrink, Outcome, UpdateOptions, update};

use crate::collection::{Collection, article, settings};
use crate::harness::Home;

fn collection(titles: &[&str]) -> Collection {
    let articles: Vec<Article> = titles.iter().zip(1..).map(|(title, number)| article(number, title)).collect();
    Collection::of(&articles)
}

fn ask(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), ..SearchRequest::default() }
}

/// The numbers of the articles found, in order.
fn found(response: &SearchResponse) -> Vec<u64> {
    let mut ids: Vec<u64> = response.hits.iter().map(|hit| hit.article.id.bits()).collect();
    ids.sort_unstable();
    ids
}

fn also(response: &SearchResponse) -> Vec<(&str, Vec<&str>)> {
    let names = response.query.widened.iter();
    names.map(|Widened { words, also }| (words.as_str(), also.iter().map(String::as_str).collect())).collect()
}

const DEVICES: [&str; 6] = [
    "A left ventricular assist device (LVAD) at home",
    "Two left ventricular assist devices (LVADs) compared",
    "What a left ventricular assist device costs",
    "LVADs abroad",
    "A device to assist those who have left",
    "A right-sided assist device (RVAD)",
];

#[test]
fn an_acronym_finds_what_articles_say_it_stands_for_and_the_other_way_round() {
    let collection = collection(&DEVICES);
    let response = collection.search(&ask("LVAD"));
    assert_eq!(found(&response), [1, 2, 3, 4]);
    assert_eq!(also(&response), [("LVAD", vec!["left ventricular assist device"])]);
    assert_ne!(response.hits.last().map(|hit| hit.article.id.bits()), Some(4), "what was typed counts more");

    let response = collection.search(&ask("left ventricular assist devices abroad"));
    assert_eq!(found(&response), [4]);
    assert_eq!(also(&response), [("left ventricular assist devices", vec!["LVAD"])]);
    let any = SearchRequest { matching: Matching::Any, ..ask("abroad LVAD") };
    assert_eq!(found(&collection.search(&any)), [1, 2, 3, 4]);
}

#[test]
fn words_are_left_as_typed_where_that_is_meant() {
    let collection = collection(&DEVICES);
    for (request, expected) in [
        (SearchRequest { exact: true, ..ask("LVAD") }, &[1, 2, 4][..]),
        (ask("lvad"), &[1, 2, 4]),
        (ask("\"LVAD\""), &[1, 2, 4]),
        (ask("device -LVAD"), &[3, 5, 6]),
        (ask("LVAD ABROAD LVAD"), &[4]),
    ] {
        let response = collection.search(&request);
        assert_eq!((found(&response), also(&response)), (expected.to_vec(), vec![]), "{}", request.q);
    }
    let side_by_side = collection.search(&ask("LVAD ABROAD"));
    assert_eq!(also(&side_by_side).len(), 1, "two words in capitals are no headline");
}

#[test]
fn a_name_that_leads_nowhere_does_not_hide_a_shorter_one() {
    let collection = collection(&[
        "Clinical decision support in wards",
        "CDS in wards",
        "Remote monitoring units (RMU) on trial",
        "A remote monitoring unit (RMU) at home",
        "RMU abroad",
        "Clinical decision support systems age",
    ]);
    // The vocabulary knows another name of the four words, which no article has.
    let response = collection.search(&ask("clinical decision support wards"));
    assert_eq!(also(&response), [("clinical decision support", vec!["CDS"])]);
    let response = collection.search(&ask("clinical decision support systems"));
    assert_eq!(also(&response), [("clinical decision support", vec!["CDS"])]);
    // The vocabulary knows the first two words, and articles all three.
    let response = collection.search(&ask("remote monitoring unit"));
    assert_eq!((found(&response), also(&response)), (vec![3, 4, 5], vec![("remote monitoring unit", vec!["RMU"])]));
}

#[test]
fn what_one_article_says_alone_is_not_believed() {
    let collection = collection(&DEVICES);
    let response = collection.search(&ask("RVAD"));
    assert_eq!((found(&response), also(&response)), (vec![6], vec![]));
    assert_eq!(also(&collection.search(&ask("right-sided assist device"))), []);
}

#[test]
fn definitions_are_found_in_headline_excerpt_and_body_and_count_once_an_article() {
    let often = "Fecal occult blood (FOB) is one thing, fecal occult blood (FOB) another.";
    let mut articles = vec![article(1, "Blood"), article(2, "Fecal occult blood"), article(3, "Tests")];
    articles[0].body = Some(often.to_owned());
    assert_eq!(also(&Collection::of(&articles).search(&ask("FOB"))), [], "one article");
    articles[2].excerpt = Some("FOB (fecal occult blood)".to_owned());
    let response = Collection::of(&articles).search(&ask("FOB"));
    assert_eq!((found(&response), also(&response)), (vec![1, 2, 3], vec![("FOB", vec!["Fecal occult blood"])]));
}

#[test]
fn the_vocabulary_keeps_its_names_and_is_not_repeated() {
    let collection = collection(&[
        "Electronic health records (EHR) for all",
        "An electronic health record (EHR)",
        "The emergency department is full",
        "Erectile dysfunction (ED) and the heart",
        "A pill for erectile dysfunction (ED)",
    ]);
    assert_eq!(also(&collection.search(&ask("EHR"))), [("EHR", vec!["electronic health record"])]);
    let names = vec!["emergency department", "Erectile dysfunction"];
    assert_eq!(also(&collection.search(&ask("ED"))), [("ED", names)]);
}

#[test]
fn an_answer_in_text_says_what_was_searched_as_well() {
    let home = Home::new();
    for (number, title) in DEVICES.iter().enumerate() {
        home.write(
            &format!("news/{number}.md"),
            format!("---\ntitle: {title}\nlink: https://a.example/{number}\n---\n"),
        );
    }
    home.run(["index", "news", "-q"]).check();
    home.run(["search", "LVAD"])
        .stdout_has("LVAD: also left ventricular assist device")
        .stdout_has("What a left ventricular assist device costs")
        .check();
    let exact = home.run(["search", "LVAD", "--exact", "--json"]).json();
    assert_eq!((&exact["total"], exact["query"].get("widened")), (&3.into(), None));
}

/// Asks an index for `PT`.
fn physical(index: &IndexFolder) -> SearchResponse {
    Searcher::open(index, &settings()).unwrap().search(&ask("PT")).unwrap()
}

#[test]
fn an_ambiguous_acronym_takes_the_usual_meaning_of_the_articles_that_are_there() {
    let home = tempfile::tempdir().unwrap();
    let news = home.path().join("news");
    fs::create_dir(&news).unwrap();
    let write = |name: &str, title: &str| {
        fs::write(news.join(name), format!("---\ntitle: {title}\nlink: https://a.example/{name}\n---\n")).unwrap();
    };
    for name in ["a", "b", "c"] {
        write(name, &format!("Physical therapy (PT) {name}"));
    }
    for name in ["d", "e"] {
        write(name, &format!("Prothrombin time (PT) {name}"));
    }
    for name in ["f", "g", "h", "i", "j", "k", "l", "m"] {
        write(name, &format!("Something else {name}"));
    }
    let options = UpdateOptions {
        sources: vec![Source::parse("news", home.path())],
        max_shrink: MaxShrink::ANY,
        ..UpdateOptions::default()
    };
    let index = IndexFolder::new(home.path().join("index"));
    let means = |outcome: Outcome| {
        assert_eq!(update(&index, &options, &Silent).unwrap().outcome, outcome);
        let anew = IndexFolder::new(tempfile::tempdir_in(home.path()).unwrap().keep());
        update(&anew, &UpdateOptions { rebuild: true, ..options.clone() }, &Silent).unwrap();
        let answer = physical(&index);
        let named = |response: &SearchResponse| serde_json::to_string(&(&response.query, &response.hits)).unwrap();
        assert_eq!(named(&answer), named(&physical(&anew)), "it answers like an index built anew");
        answer.query.widened.first().map_or(String::new(), |widened| widened.also.join(", "))
    };
    let remove = |name: &str| fs::remove_file(Path::new(&news).join(name)).unwrap();
    assert_eq!(means(Outcome::Built), "Physical therapy");
    remove("a");
    assert_eq!(means(Outcome::Edited), "Physical therapy", "of equals the first in the alphabet");
    remove("b");
    assert_eq!(means(Outcome::Edited), "Prothrombin time");
    remove("d");
    assert_eq!(means(Outcome::Edited), "", "one article each is not enough");
    write("f", "Prothrombin times (PT) again");
    assert_eq!(means(Outcome::Edited), "Prothrombin time");
}
