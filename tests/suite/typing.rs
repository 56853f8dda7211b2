//! Slips of the finger: words that no article has are corrected and that is told.

use std::collections::BTreeSet;

use healthnews::article::{Article, Topic};
use healthnews::index::analysis::words;
use healthnews::query::parse;
use healthnews::search::{Completed, FacetField, Matching, SearchRequest, SearchResponse, SuggestRequest, Warning};
use proptest::prelude::*;
use serde_json::json;

use crate::collection::{Collection, WORDS, article, articles};
use crate::harness::Home;
use crate::searching::choose;

fn request(text: &str) -> SearchRequest {
    SearchRequest { q: text.to_owned(), limit: 100, facets: FacetField::ALL.to_vec(), ..SearchRequest::default() }
}

fn exact(text: &str) -> SearchRequest {
    SearchRequest { exact: true, ..request(text) }
}

fn titles(response: &SearchResponse) -> BTreeSet<&str> {
    response.hits.iter().map(|hit| hit.article.title.as_str()).collect()
}

/// What was corrected to what.
fn corrections(response: &SearchResponse) -> Vec<(&str, &str)> {
    response
        .warnings
        .iter()
        .filter_map(|warning| match warning {
            Warning::Corrected { typed, searched } => Some((typed.as_str(), searched.as_str())),
            _ => None,
        })
        .collect()
}

/// Articles with these titles.
pub(crate) fn titled(titles: &[&str]) -> Collection {
    let articles: Vec<Article> = titles.iter().zip(1..).map(|(title, number)| article(number, title)).collect();
    Collection::of(&articles)
}

fn clinic() -> Collection {
    titled(&[
        "Telehealth visits double",
        "A vaccine comes home",
        "Remote monitoring at home",
        "Hospitals count beds",
        "Hospital beds are full",
        "Beds for a ward",
        "Alzheimer’s blood test",
        "Mammograms for all",
        "WHO guidance on COVID-19",
        "A fair price for data",
    ])
}

#[test]
fn an_unknown_word_is_searched_as_the_nearest_known_one() {
    let clinic = clinic();
    for (typed, as_searched) in [
        ("telehelth", "telehealth"),
        ("TELEHELTH", "telehealth"),
        ("telehealht visits", "telehealth visits"),
        ("hosptial beds", "hospital beds"),
        ("mamogram", "mammograms"),
        ("alzhiemer's test", "alzheimer test"),
        ("\"remote monitring\"", "\"remote monitoring\""),
        ("telehelth OR monitring", "telehealth OR monitoring"),
        ("home -monitring", "home -monitoring"),
        ("remote-monitring", "remote-monitoring"),
        ("telehelth (telehealth visits)", "telehealth telehealth visits"),
    ] {
        let (corrected, meant) = (clinic.search(&request(typed)), clinic.search(&exact(as_searched)));
        assert_eq!(corrected.query.as_searched, as_searched, "{typed}");
        assert_eq!(titles(&corrected), titles(&meant), "{typed}");
        assert!(!corrected.relaxed && corrected.total > Some(0), "{typed}");
        assert!(!corrections(&corrected).is_empty(), "{typed}");
        let by = |response: &SearchResponse| -> Vec<_> {
            response.hits.iter().map(|hit| (hit.score, hit.title_marks.clone())).collect()
        };
        assert_eq!(by(&corrected), by(&meant), "{typed}: scored and marked like what is meant");
    }
}

#[test]
fn a_correction_is_a_word_that_stands_in_an_article() {
    // `vaccin` is a stem, at distance 1 of what is typed; nobody writes it.
    let response = clinic().search(&request("vaccins"));
    assert_eq!(corrections(&response), [], "its stem is known");
    let response = clinic().search(&request("vaccyn"));
    assert_eq!(corrections(&response), [("vaccyn", "vaccine")]);
    let response = titled(&["Hospitals", "Hospitals and beds"]).search(&request("hosptial"));
    assert_eq!(corrections(&response), [("hosptial", "hospitals")], "no article has it in the singular");
}

#[test]
fn numbers_codes_acronyms_short_words_prefixes_and_addresses_are_never_corrected() {
    let collection = titled(&["2021 in numbers", "BRCA1 gene", "The FAIR data", "Care for all", "Telehealth visits"]);
    for typed in [
        "2022",
        "BRCA2",
        "FHIR",
        "cra",
        "telehelt*",
        "https://telehelth.com/visits",
        "www.telehelth.com",
        "telehelth.com/visits",
        "x:telehelth",
    ] {
        let response = collection.search(&request(typed));
        assert_eq!(corrections(&response), [], "{typed}");
        assert_eq!(response.query.as_searched, typed);
    }
}

#[test]
fn part_of_a_run_is_corrected_if_the_whole_stands_in_an_article() {
    let collection = titled(&["Remote/monitoring", "Input and output", "A tele visit", "Spinal care", "Cancer"]);
    let no_wildcard = |part: &str| Warning::Misread {
        part: part.to_owned(),
        read_as: None,
        reason: "only `*` stands for letters, and only at the end of a word".to_owned(),
    };
    for (typed, as_searched, is_wild) in [
        ("remote/monitring", "remote/monitoring", false),
        ("remoet/monitring", "remote/monitoring", false),
        ("\"care remote/monitring\"", "\"care remote/monitoring\"", false),
        ("input/ouput", "input/ouput", false),
        ("input ouput", "input output", false),
        ("h@spital", "h@spital", false),
        ("teleh*th", "teleh*th", true),
        ("canc?r", "canc?r", true),
        ("Cancer?", "Cancer", false),
        ("Remote?monitoring", "Remote?monitoring", false),
    ] {
        let response = collection.search(&request(typed));
        assert_eq!(response.query.as_searched, as_searched);
        assert_eq!(corrections(&response).is_empty(), typed == as_searched || typed == "Cancer?", "{typed}");
        assert_eq!(response.warnings.contains(&no_wildcard(typed)), is_wild, "{typed} {:?}", response.warnings);
    }
}

#[test]
fn what_is_typed_like_a_name_is_corrected_by_one_edit_at_most() {
    let collection =
        titled(&["A chatbot", "Olympic games", "The telehealth market", "What our care should be", "Our ward"]);
    for (typed, as_searched) in [
        ("ozempic", "olympic"),
        ("Ozempic", "Ozempic"),
        ("Ozempic games", "Ozempic games"),
        ("Ozempic Games", "olympic Games"),
        ("Olympc", "olympic"),
        ("OZEMPIC", "olympic"),
        ("ChatGPT", "ChatGPT"),
        ("A ChatGPT Market", "A ChatGPT Market"),
        ("chatgpt", "chatbot"),
        // A short word of grammar is meant where its own letters are swapped or doubled.
        ("oura", "oura"),
        ("ourr ward", "our ward"),
        ("shuld", "should"),
    ] {
        assert_eq!(collection.search(&request(typed)).query.as_searched, as_searched);
    }
}

#[test]
fn the_nearer_word_is_taken_and_of_equally_near_ones_the_commoner() {
    let near = titled(&["Vaccine", "Vaccines", "Vacuum", "Vacuum", "Vacuum", "Vacuums"]);
    assert_eq!(corrections(&near.search(&request("vaccune"))), [("vaccune", "vaccine")]);
    let common = titled(&["A strike", "A stroke", "One stroke", "The stripe"]);
    assert_eq!(corrections(&common.search(&request("strake"))), [("strake", "stroke")]);
    let alike = titled(&["A strike", "A stroke"]);
    assert_eq!(corrections(&alike.search(&request("strake"))), [("strake", "strike")], "then the alphabet decides");
}

#[test]
fn two_edits_never_change_the_first_letter() {
    let collection = titled(&["Machines"]);
    assert_eq!(corrections(&collection.search(&request("vachines"))), [("vachines", "machines")]);
    assert_eq!(corrections(&collection.search(&request("vachones"))), []);
}

#[test]
fn exact_searches_for_the_words_as_typed() {
    let clinic = clinic();
    let response = clinic.search(&exact("telehelth"));
    assert_eq!((response.total, response.query.as_searched.as_str()), (Some(0), "telehelth"));
    assert_eq!(response.warnings, [Warning::UnknownWord { word: "telehelth".to_owned() }]);
}

#[test]
fn what_cannot_be_corrected_is_relaxed_and_blamed_after_the_rest_has_been() {
    let response = clinic().search(&request("telehelth visits zebras"));
    assert!(response.relaxed);
    assert_eq!(response.query.as_searched, "telehealth visits zebras");
    assert_eq!(titles(&response), ["Telehealth visits double"].into());
    assert!(response.warnings.contains(&Warning::UnknownWord { word: "zebras".to_owned() }), "{:?}", response.warnings);
    let is_relaxed = |warning: &Warning| matches!(warning, Warning::Relaxed { of: 3, .. });
    assert!(response.warnings.iter().any(is_relaxed), "{:?}", response.warnings);
}

#[test]
fn a_question_is_relaxed_to_the_words_that_tell_what_it_is_about() {
    let mut list = vec!["Telehealth without much ado".to_owned(), "Telehealth: what of the ado".to_owned()];
    list.extend((0..30).map(|number| format!("What are the signs of ward {number}")));
    let collection = titled(&list.iter().map(String::as_str).collect::<Vec<_>>());
    let response = collection.search(&request("what are the benefits of telehealth"));
    assert!(response.relaxed);
    // The other words say how well an article matches.
    let found: Vec<&str> = response.hits.iter().map(|hit| hit.article.title.as_str()).collect();
    assert_eq!(
        (found.as_slice(), response.total),
        (&["Telehealth: what of the ado", "Telehealth without much ado"][..], Some(2))
    );
    let relaxed = Warning::Relaxed { of: 6, telling: vec!["telehealth".to_owned()], matched: 1 };
    assert_eq!(relaxed.to_string(), "no article matches all 6 parts of the query; these match `telehealth`");
    assert!(response.warnings.contains(&relaxed), "{:?}", response.warnings);

    // What stands in most articles is not marked.
    let marked: Vec<&str> =
        response.hits[0].title_marks.iter().map(|mark| &response.hits[0].article.title[mark.clone()]).collect();
    assert_eq!(marked, ["Telehealth"]);

    // Filters count what they would find, as in any query.
    let months: u64 = response.facets[&FacetField::Month].iter().map(|month| month.count).sum();
    assert_eq!(months, 2);
}

#[test]
fn a_question_asks_for_all_its_words_but_those_of_grammar() {
    let mut list = vec!["Coronavirus tests at the clinic".to_owned()];
    list.extend((0..60).map(|number| format!("Coronavirus in ward {number}")));
    list.extend((0..30).map(|number| format!("Where to get tests of can {number}")));
    let collection = titled(&list.iter().map(String::as_str).collect::<Vec<_>>());
    let response = collection.search(&request("where can I get coronavirus tests"));
    assert_eq!((titles(&response), response.total), (["Coronavirus tests at the clinic"].into(), Some(1)));
    let telling = vec!["coronavirus".to_owned(), "tests".to_owned()];
    assert!(response.warnings.contains(&Warning::Relaxed { of: 6, telling, matched: 2 }), "{:?}", response.warnings);

    // Where nothing but grammar is left, nothing is.
    let response = collection.search(&SearchRequest { exact: true, ..request("where is the zebra") });
    assert_eq!((response.relaxed, response.total), (false, Some(0)));
}

#[test]
fn any_of_the_words_are_corrected_too() {
    let request = SearchRequest { matching: Matching::Any, ..request("telehelth monitring") };
    let response = clinic().search(&request);
    assert_eq!(response.query.as_searched, "telehealth OR monitoring");
    assert_eq!(response.total, Some(2));
}

#[test]
fn a_rare_word_beside_a_far_commoner_one_is_searched_and_doubted() {
    let mut articles: Vec<Article> = (1..=200).map(|number| article(number, "Hospital director")).collect();
    articles.push(article(201, "A hosptial"));
    articles.push(article(202, "Hospice"));
    articles.push(article(203, "A directory, or directorr"));
    articles.push(article(204, "The directors take a vaccinz"));
    articles.extend((301..=500).map(|number| article(number, "Vaccine, greens")));
    articles.push(article(501, "Greene is greener"));
    let collection = Collection::of(&articles);
    let response = collection.search(&request("hosptial"));
    let doubt = Warning::DidYouMean {
        word: "hosptial".to_owned(),
        articles: 1,
        suggestion: "hospital".to_owned(),
        would_find: 200,
    };
    assert_eq!((response.total, &response.warnings), (Some(1), &vec![doubt]));
    assert_eq!(response.query.as_searched, "hosptial");
    assert_eq!(collection.search(&exact("hosptial")).warnings, []);
    for (typed, doubts) in [
        ("hospice beds -hospital", 0),
        ("Hosptial", 0),
        ("Hosptial Director", 1),
        ("directory", 0),
        ("directorr", 1),
        // Many have `greens`, which is the same word to a search; `greene` is as rare.
        ("greener", 0),
        // `vaccin` is no word.
        ("vaccinz", 1),
    ] {
        let response = collection.search(&request(typed));
        let is_doubt = |warning: &&Warning| matches!(warning, Warning::DidYouMean { .. });
        assert_eq!(response.warnings.iter().filter(is_doubt).count(), doubts, "{typed}");
    }
}

#[test]
fn a_pasted_paragraph_of_unknown_words_is_corrected_in_part() {
    let text: Vec<String> = (b'a'..=b'z').map(|letter| format!("telehealt{}", letter as char)).collect();
    let response = clinic().search(&request(&text.join(" ")));
    assert_eq!(corrections(&response).len(), 8, "{:?}", response.warnings);
}

#[test]
fn names_of_topics_are_suggested_by_the_same_likeness() {
    let mut one = article(1, "Scans");
    one.topics.extend(Topic::parse("AI in Medical Imaging"));
    let response = Collection::of(&[one]).search(&SearchRequest { topic: vec!["imagign".to_owned()], ..request("") });
    let [Warning::UnknownValue { suggestions, .. }, ..] = response.warnings.as_slice() else {
        panic!("{:?}", response.warnings)
    };
    assert_eq!(suggestions, &["AI in Medical Imaging"]);
}

#[test]
fn capitals_throughout_say_nothing_also_where_a_word_is_misspelt() {
    let collection = titled(&["WHO guidance on telehealth", "Patients who pay for telehealth", "Who pays?"]);
    let response = collection.search(&request("PATIENTS WHO PAY FOR TELEHELTH"));
    assert_eq!(response.query.as_searched, "PATIENTS WHO PAY FOR TELEHEALTH");
    assert_eq!(titles(&response), ["Patients who pay for telehealth"].into());
    assert!(!response.relaxed, "{:?}", response.warnings);
    let again = collection.search(&request(&response.query.as_searched));
    assert_eq!(again.query.as_searched, response.query.as_searched);
    assert_eq!(titles(&again), titles(&response));

    // It would exclude what is behind it when it is read again.
    let collection = titled(&["Telehealth is not monitoring", "Telehealth"]);
    assert_eq!(corrections(&collection.search(&request("telehealth nott monitoring"))), [("nott", "not")]);
    assert!(corrections(&collection.search(&request("TELEHEALTH NOTT MONITORING"))).is_empty());
}

#[test]
fn of_many_unknown_names_the_first_get_suggestions() {
    let mut one = article(1, "Scans");
    one.topics.extend(Topic::parse("Imaging"));
    let names = (0..1000).map(|number| format!("imagin{number}")).collect();
    let response = Collection::of(&[one]).search(&SearchRequest { topic: names, ..request("") });
    let suggested =
        |warning: &&Warning| matches!(warning, Warning::UnknownValue { suggestions, .. } if !suggestions.is_empty());
    assert_eq!(response.warnings.iter().filter(suggested).count(), 8);
    assert!(response.warnings.len() >= 1000);
}

#[test]
fn names_without_a_letter_are_refused_and_hidden_characters_are_not_echoed() {
    let mut one = article(1, "Scans");
    one.topics.extend(Topic::parse("Imaging"));
    let collection = Collection::of(&[one]);
    let named = |name: &str| SearchRequest { topic: vec![name.to_owned()], ..request("") };
    let error = collection.searcher.search(&named("…")).unwrap_err();
    assert!(error.to_string().contains("`…` is no name to filter by"), "{error}");
    let response = collection.search(&named("ima\u{200b}ging"));
    assert_eq!((response.query.as_searched.as_str(), response.total), ("topic:imaging", Some(1)));
}

#[test]
fn only_what_may_be_to_blame_alone_is_blamed() {
    let blamed = |text: &str| -> Vec<String> {
        let response = clinic().search(&request(text));
        let part = |warning: &Warning| match warning {
            Warning::ToBlame { part, without } => Some(format!("{part} {without}")),
            _ => None,
        };
        response.warnings.iter().filter_map(part).collect()
    };
    assert_eq!(blamed("hospital beds zebras"), ["zebras 2"]);
    assert_eq!(blamed("hospital beds zebras giraffes"), Vec::<String>::new());
    assert_eq!(blamed("hospital beds vaccine"), ["vaccine 2"]);
    assert_eq!(blamed("beds zeb* topic:none"), Vec::<String>::new());
}

#[test]
fn a_phrase_that_no_article_has_is_tried_without_its_quotes() {
    let unquoted = |request: &SearchRequest| -> Vec<String> {
        let response = clinic().search(request);
        response.warnings.iter().map(ToString::to_string).filter(|said| said.contains("quotes")).collect()
    };
    for (text, said) in [
        ("\"hospital full\"", &["without the quotes around `hospital full`, 1 article matches"][..]),
        ("\"beds hospital\"", &["without the quotes around `beds hospital`, 2 articles match"]),
        ("\"beds hosptial\" full", &["without the quotes around `beds hospital`, 1 article matches"]),
        (
            "\"beds hospital\" \"full beds\"",
            &["without the quotes around `beds hospital` and `full beds`, 1 article matches"],
        ),
        ("\"beds hospital\" -full", &["without the quotes around `beds hospital`, 1 article matches"]),
        ("\"beds hospital\" after:2099", &[]),
        ("\"hospital zebras\"", &[]),
        ("\"beds hospital topic:zebras\"", &[]),
        (&format!("\"date:2021 {}\"", "x".repeat(4080)), &[]),
        ("\"hospital beds\" vaccine", &[]),
        ("-\"beds hospital\" vaccine", &[]),
    ] {
        assert_eq!(unquoted(&request(text)), said, "{text}");
    }
    let any = SearchRequest { matching: Matching::Any, ..request("\"full hospital\"") };
    assert_eq!(unquoted(&any), ["without the quotes around `full hospital`, 2 articles match"]);
}

#[test]
fn what_looks_like_a_field_and_is_none_is_told_unless_an_article_has_it() {
    let collection = titled(&["Stroke care", "Source: AI in care", "A topic: AI"]);
    let said = |text: &str| -> Vec<String> {
        let warnings = collection.search(&request(text)).warnings;
        warnings.iter().map(ToString::to_string).filter(|said| said.contains("searched as text")).collect()
    };
    let meant = |part: &str, name: &str, field: &str| {
        vec![format!("`{part}` is searched as text: `{name}:` is no field; did you mean `{field}:`?")]
    };
    for (text, part, name, field) in [
        ("titel:stroke", "titel:stroke", "titel", "title"),
        ("stroke -tag:AI", "tag:AI", "tag", "topic"),
        ("stroke OR outlet:\"the guardian\"", "outlet:\"the guardian\"", "outlet", "provider"),
        ("tags:AI-based", "tags:AI-based", "tags", "topic"),
        ("Year:2019", "Year:2019", "Year", "date"),
    ] {
        assert_eq!(said(text), meant(part, name, field), "{text}");
    }
    for text in ["source:AI", "Topic: AI", "Stroke:care", "year:one", "topic:AI"] {
        assert_eq!(said(text), Vec::<String>::new(), "{text}");
    }
    assert!(said("topic: AI")[0].contains("`topic:` is searched as text: the value of a field stands right behind"));
    assert_eq!(said(&"tag:zebra ".repeat(100)).len(), 8, "each may take a search");
}

/// Words as people type them, some with a slip.
fn slips() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(&WORDS[..]);
    let slip = (word(), any::<prop::sample::Index>(), 0u8..4, "[a-z]").prop_map(|(word, at, how, letter)| {
        let mut letters: Vec<char> = word.chars().collect();
        let at = at.index(letters.len());
        match how {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, letter.chars().next().unwrap()),
            2 => letters[at] = letter.chars().next().unwrap(),
            _ => letters.swap(at, (at + 1).min(word.chars().count() - 1)),
        }
        letters.into_iter().collect::<String>()
    });
    let part = prop_oneof![
        2 => word().prop_map(str::to_owned),
        3 => slip.clone(),
        1 => (slip.clone(), slip.clone()).prop_map(|(one, two)| format!("\"{one} {two}\"")),
        1 => slip.clone().prop_map(|slip| format!("-{slip}")),
        1 => slip.prop_map(|slip| format!("{slip}*")),
    ];
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_correction_is_deterministic_and_within_reach(articles in articles(), text in slips()) {
        let one = Collection::built_by(&articles, 1);
        let response = one.search(&request(&text));
        let again = Collection::built_by(&articles, 3).search(&request(&text));
        prop_assert_eq!(&response.query, &again.query);
        prop_assert_eq!(&response.warnings, &again.warnings);
        for (typed, searched) in corrections(&response) {
            let edits = strsim::osa_distance(typed, searched);
            let most = if typed.chars().count() < 6 { 1 } else { 2 };
            prop_assert!((1..=most).contains(&edits), "{typed} {searched}");
            prop_assert_eq!(one.search(&exact(typed)).total, Some(0), "a known word was corrected: {}", typed);
            prop_assert!(one.search(&exact(searched)).total > Some(0));
            let is_written = articles.iter().any(|article| {
                let topics = article.topics.iter().map(ToString::to_string);
                let texts = [Some(article.title.clone()), article.excerpt.clone(), article.body.clone()];
                let provider = article.provider.iter().map(|provider| provider.name.clone());
                texts.into_iter().flatten().chain(topics).chain(provider).any(|text| {
                    words(&text).any(|word| {
                        *word.forms.surface == *searched || word.compound.is_some_and(|whole| *whole.forms.surface == *searched)
                    })
                })
            });
            prop_assert!(is_written, "{} stands nowhere", searched);
        }
        // What was searched, asked for exactly, is the same answer.
        let asked = one.search(&exact(&response.query.as_searched));
        prop_assert_eq!(asked.total, response.total);
        prop_assert_eq!(titles(&asked), titles(&response));
        prop_assert_eq!(&parse(&response.query.as_searched).unwrap().query.to_string(), &response.query.as_searched);
    }

    #[test]
    fn nothing_changes_where_nothing_is_unknown(articles in articles(), text in slips()) {
        let collection = Collection::of(&articles);
        let (response, as_typed) = (collection.search(&request(&text)), collection.search(&exact(&text)));
        if corrections(&response).is_empty() {
            prop_assert_eq!(&response.query, &as_typed.query);
            prop_assert_eq!(titles(&response), titles(&as_typed));
            prop_assert_eq!(response.total, as_typed.total);
        }
        prop_assert_eq!(as_typed.query.as_searched, parse(&text).unwrap().query.to_string());
    }

    #[test]
    fn facets_of_a_corrected_answer_say_how_many_there_are_after_choosing(articles in articles(), text in slips()) {
        let collection = Collection::of(&articles);
        let response = collection.search(&request(&text));
        prop_assume!(!corrections(&response).is_empty());
        for (field, rows) in &response.facets {
            for row in rows.iter() {
                let chosen = choose(request(&text), *field, row.value);
                prop_assert_eq!(collection.search(&chosen).total, Some(row.count), "{} {:?}", field.name(), row.value);
            }
        }
    }

    #[test]
    fn a_suggestion_finds_as_many_articles_as_it_says(
        articles in articles(),
        before in prop::collection::vec(prop::sample::select(&["care", "-big", "IT AI", "\"big tech\"", "topic:care", "(data OR it)", "\"big", "title:\"data"][..]), 0..3),
        typed in prop::sample::select(&["c", "he", "p", "part", "da", "Healthc", "w", "i", "IT", "stat", "zz"][..]),
    ) {
        let collection = Collection::built_by(&articles, 2);
        let text = before.into_iter().chain([typed]).collect::<Vec<_>>().join(" ");
        let response = collection.searcher.suggest(&SuggestRequest { text: text.clone(), limit: 100 }).unwrap();
        for suggestion in &response.suggestions {
            let found = collection.search(&request(&suggestion.query));
            prop_assert_eq!(found.total, Some(suggestion.count), "`{}` for `{}`", suggestion.query, text);
            prop_assert!(suggestion.count > 0 && !found.relaxed);
            if suggestion.kind == Completed::Word {
                prop_assert!(suggestion.label.to_lowercase().starts_with(&typed.to_lowercase()), "{}", suggestion.label);
            }
        }
        let first = collection.searcher.suggest(&SuggestRequest { text, limit: 2 }).unwrap();
        prop_assert_eq!(&first.suggestions[..], &response.suggestions[..response.suggestions.len().min(2)]);
    }

    #[test]
    fn no_text_is_too_much_to_complete(text in "\\PC{0,40}|[a-c():\"*\\- ]{0,30}") {
        let collection = titled(&["care", "a b c"]);
        let response = collection.searcher.suggest(&SuggestRequest { text, limit: 5 });
        prop_assert!(response.is_ok());
    }
}

#[test]
fn corrections_are_told_on_standard_error_and_in_json() {
    let home = Home::indexed();
    home.run(["search", "telehelth", "--quiet"]).stdout_has("Telehealth visits double").check();
    home.run(["search", "telehelth"])
        .stdout_has("Telehealth visits double")
        .stderr(
            "warning: showing results for `telehealth`: no article has the word `telehelth`\n\
             hint: `--exact` searches for the words as typed\n",
        )
        .check();
    let answer = home.run(["search", "telehelth", "--json"]).json();
    assert_eq!(answer["query"], json!({"text": "telehelth", "as_searched": "telehealth"}));
    assert_eq!(answer["warnings"], json!(["showing results for `telehealth`: no article has the word `telehelth`"]));
    home.run(["search", "telehelth", "--exact"]).exits(1).stderr_has("no article has the word `telehelth`").check();
    home.run(["facets", "telehelth", "--exact", "--quiet"]).exits(1).check();
    let line = "{\"q\":\"telehelth\",\"exact\":true}";
    assert_eq!(home.run(["search", "--batch", "-"]).stdin(line).json()["total"], 0);
}
