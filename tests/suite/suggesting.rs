//! What is being typed is completed.

use healthnews::article::{Article, Domain, Provider, Topic};
use healthnews::search::SuggestRequest;
use serde_json::json;

use crate::collection::{Collection, article};
use crate::harness::Home;
use crate::typing::titled;

fn suggestions(collection: &Collection, text: &str) -> Vec<String> {
    let response = collection.searcher.suggest(&SuggestRequest { text: text.to_owned(), limit: 10 }).unwrap();
    response.suggestions.iter().map(|suggestion| format!("{} {}", suggestion.query, suggestion.count)).collect()
}

#[test]
fn the_beginning_of_compounds_is_completed_to_if_it_stands_alone() {
    let collection =
        titled(&["COVID-19 cases", "More COVID-19 cases", "A covid19 ward", "Covid comes home", "Telehealth"]);
    assert!(suggestions(&collection, "cov").contains(&"covid 4".to_owned()), "{:?}", suggestions(&collection, "cov"));
    assert!(!suggestions(&collection, "tel").iter().any(|suggestion| suggestion.starts_with("tele ")));
}

#[test]
fn a_word_is_completed_among_the_articles_with_the_words_before() {
    let collection = titled(&[
        "Remote monitoring",
        "Remote monitors",
        "Money for hospitals",
        "Money, money",
        "More money",
        "Remote money",
        "Telemedicine",
    ]);
    assert_eq!(suggestions(&collection, "mon"), ["money 4", "monitoring 2"]);
    assert_eq!(suggestions(&collection, "remote mon"), ["remote monitoring 2", "remote money 1"]);
    assert_eq!(suggestions(&collection, "remotte mon"), ["remote monitoring 2", "remote money 1"]);
    assert_eq!(suggestions(&collection, "-remote MON"), ["-remote money 3"]);
    assert_eq!(suggestions(&collection, "remote-mon"), ["remote-monitoring 2", "remote-money 1"]);
    assert_eq!(suggestions(&collection, "telemed"), ["telemedicine 1"], "a stem is no completion");
    let collection = titled(&[
        "Machine learning",
        "Learning at home",
        "We learn of learning",
        "They learn",
        "A hospital of hospitals",
        "Hospitals",
        "One hospital",
    ]);
    assert_eq!(suggestions(&collection, "lear"), ["learning 4"], "far more frequent than the basic form");
    assert_eq!(suggestions(&collection, "hosp"), ["hospital 3"]);
    let collection = titled(&[
        "Learning-based care",
        "A learning-based ward",
        "Learning",
        "Based on a notebook",
        "Note this book at the point-of-care",
    ]);
    assert_eq!(suggestions(&collection, "lear"), ["learning 3", "learning-based 2"]);
    assert_eq!(suggestions(&collection, "ward learningb"), ["ward learning-based 1"]);
    assert_eq!(suggestions(&collection, "title:pointo"), ["title:point-of-care 1"]);
    assert_eq!(suggestions(&collection, "noteb"), ["notebook 1"]);
    let collection = titled(&["WHO guidance", "The WHO again", "Those who pay", "A whole day"]);
    assert_eq!(suggestions(&collection, "WH"), ["WHO 2", "who 3", "whole 1"]);
    assert_eq!(suggestions(&collection, "wh"), ["who 3", "whole 1"]);
    assert_eq!(suggestions(&collection, "the WHO"), ["the WHO 1", "the who 1"]);
    for nothing in ["", "zebra", "mon*", "\"remote mon\"", "mon (remote OR money)", "…"] {
        assert_eq!(suggestions(&collection, nothing), Vec::<String>::new(), "{nothing}");
    }
}

#[test]
fn words_that_follow_the_word_before_them_are_suggested_first_and_words_of_grammar_last() {
    let mut articles: Vec<Article> =
        ["Contact tracing", "Contact tracing begins", "Contact tracers wanted", "Tracing a contact to the treatment"]
            .into_iter()
            .chain(std::iter::repeat_n("They treat who had contact to a trainer", 3))
            .zip(1..)
            .map(|(title, number)| article(number, title))
            .collect();
    articles[0].topics.extend(Topic::parse("Contact Trends"));
    let collection = Collection::of(&articles);
    let expected = [
        "contact tracing 3",
        "contact tracers 1",
        "contact trends 1",
        "topic:\"Contact Trends\" 1",
        "contact trainer 3",
        "contact treat 3",
        "contact treatment 1",
    ];
    assert_eq!(suggestions(&collection, "contact tr"), expected);
    let with_grammar = [&expected[..], &["contact to 4", "contact they 3", "contact the 1"]].concat();
    assert_eq!(suggestions(&collection, "contact t"), with_grammar);
    assert_eq!(
        suggestions(&collection, "\"contact t"),
        [
            "\"contact tracing\" 2",
            "\"contact tracers\" 1",
            "\"contact trends\" 1",
            "topic:\"Contact Trends\" 1",
            "\"contact to\" 4",
        ]
    );
}

#[test]
fn topics_and_outlets_are_completed_by_any_of_their_words() {
    let mut articles: Vec<Article> = (1..=3).map(|number| article(number, "Scans")).collect();
    for one in &mut articles {
        one.topics.extend(Topic::parse("Gartner: AI in Healthcare"));
    }
    articles[0].topics.extend(Topic::parse("Health IT"));
    articles[0].provider =
        Some(Provider { name: "Becker’s Health News".to_owned(), domain: Domain::parse("beckers.com") });
    let collection = Collection::of(&articles);
    let names = |text: &str| -> Vec<String> {
        suggestions(&collection, text).into_iter().filter(|line| line.contains(':')).collect()
    };
    let (gartner, it, beckers) =
        ("topic:\"Gartner: AI in Healthcare\" 3", "topic:\"Health IT\" 1", "provider:beckers.com 1");
    assert_eq!(names("health"), [gartner, it, beckers]);
    assert_eq!(names("AI in h"), [gartner]);
    assert_eq!(names("beckers h"), [beckers]);
    assert_eq!(names("ealth"), Vec::<String>::new());
}

#[test]
fn what_stands_in_a_group_a_part_or_a_field_is_completed_where_it_stands() {
    let cards = [
        (1, "Stroke care at home", &["AI in Healthcare"][..]),
        (2, "Strong stroke wards", &["AI in Healthcare", "Aging"][..]),
        (3, "Home visits", &["Aging"][..]),
    ];
    let articles = cards.map(|(number, title, topics)| {
        let topics = topics.iter().filter_map(|topic| Topic::parse(topic)).collect();
        Article { topics, body: Some("Strong words, an e-ward.".to_owned()), ..article(number, title) }
    });
    let collection = Collection::of(&articles);
    for (text, expected) in [
        ("title:str", &["title:stroke 2", "title:strong 1"][..]),
        ("(home OR str", &["home OR stroke 3", "home OR strong 3"]),
        ("words -str", &["words -stroke 1"]),
        ("e-w", &["e-ward 3"]),
        ("\"stroke w", &["\"stroke wards\" 1"]),
        ("home “strong w", &["home \"strong words\" 2"]),
        ("(visits OR title:\"stroke w", &["visits OR title:\"stroke wards\" 2"]),
        ("\"strong h", &[]),
        ("visits -\"strong s", &["visits -\"strong stroke\" 1"]),
        ("topic:", &["topic:\"AI in Healthcare\" 2", "topic:Aging 2"]),
        ("visits topic:a", &["visits topic:Aging 1"]),
        ("visits -topic:\"ai in", &["visits -topic:\"AI in Healthcare\" 1"]),
        ("topic:\"ai in healthcare\" vis", &[]),
        ("after:20", &[]),
        ("title:zz", &[]),
        // What no article matches is not offered, though a search would relax it.
        ("visits title:strok", &[]),
    ] {
        assert_eq!(suggestions(&collection, text), expected, "{text}");
    }
}

#[test]
fn suggestions_are_lines_for_people_and_documents_for_programs() {
    let home = Home::indexed();
    home.run(["suggest", "tele"]).stdout("telehealth        1\ntopic:Telehealth  1\n").check();
    home.run(["suggest", "fo"]).stdout("forbes               2\nprovider:forbes.com  2  Forbes\n").check();
    let answer = home.run(["suggest", "remote", "mon", "--limit", "1", "--json"]).json();
    assert_eq!((&answer["schema"], &answer["text"]), (&json!("healthnews.suggest/1"), &json!("remote mon")));
    let first = json!([{"kind": "word", "query": "remote monitoring", "label": "monitoring", "count": 1}]);
    assert_eq!(answer["suggestions"], first);
    let nothing = home.run(["suggest", "zebra", "--json"]).exits(1).json();
    assert_eq!(nothing["suggestions"], json!([]));
    home.run(["suggest", "zebra"]).exits(1).stdout("").check();
    home.run(["suggest", "tele", "--limit", "100"]).stdout_has("telehealth").check();
    home.run(["suggest", "tele", "--limit", "101"])
        .exits(2)
        .stderr_has("only 100 suggestions can be asked for\nhint: type more of the word")
        .check();
    home.run(["suggest", "tele", "--format", "csv"]).exits(2).stderr_has("`suggest` has no format `csv`").check();
}
