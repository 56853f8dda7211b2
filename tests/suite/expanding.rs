//! `--expand`: more like the articles that answer best. And what fills the page where few answer.

use healthnews::article::{Article, Topic};
use healthnews::search::{FacetField, SearchRequest, SearchResponse, Sort};
use proptest::prelude::*;

use crate::collection::{Collection, TOPICS, WORDS, article, articles};
use crate::harness::Home;
use crate::searching::choose;

fn expanded(q: &str) -> SearchRequest {
    SearchRequest { q: q.to_owned(), expand: true, facets: FacetField::ALL.to_vec(), ..SearchRequest::default() }
}

fn ids(response: &SearchResponse) -> Vec<u64> {
    response.hits.iter().map(|hit| hit.article.id.bits()).collect()
}

/// Two articles have the words of the question, one has only what goes with them, others nothing of either.
fn kidneys() -> Collection {
    let mut titles =
        vec!["Kidney failure: dialysis and transplants", "Kidney dialysis at home", "Dialysis chairs are rare"];
    titles.extend(["Wards close", "Nurses strike", "Budgets grow", "Scanners arrive", "Hospitals merge"].repeat(6));
    let articles: Vec<Article> = titles.iter().zip(1..).map(|(title, number)| article(number, title)).collect();
    Collection::of(&articles)
}

#[test]
fn finds_what_goes_with_the_words_and_says_by_which() {
    let collection = kidneys();
    let plain = collection.search(&SearchRequest { q: "kidney".to_owned(), ..SearchRequest::default() });
    assert_eq!((plain.total, plain.query.expanded.len()), (Some(2), 0));
    let response = collection.search(&SearchRequest { explain: true, ..expanded("kidney") });
    assert_eq!(ids(&response)[2..], [3]);
    let words: Vec<&str> = response.query.expanded.iter().map(|word| word.word.as_str()).collect();
    assert_eq!(words, ["kidney", "dialysis"], "a word of one article alone is left out");
    let sum: f64 = response.query.expanded.iter().map(|word| word.weight).sum();
    assert!((sum - 0.65 / 0.35).abs() < 1e-9, "beside the one word typed: {sum}");
    let last = response.hits[2].explain.as_ref().unwrap();
    assert_eq!(last.clauses.last().unwrap().clause, "dialysis (in the best articles)");
    assert!((last.clauses.last().unwrap().score - last.text).abs() < 1e-12);
}

#[test]
fn what_must_be_absent_stays_absent_and_filters_do_not_change_the_words() {
    let mut articles: Vec<Article> = (4..20).map(|number| article(number, "Nothing of the kind")).collect();
    for (number, title, topic) in
        [(1, "Kidney dialysis", "A"), (2, "Kidney dialysis at home", "B"), (3, "Dialysis chairs", "A")]
    {
        articles.push(Article { topics: Topic::parse(topic).into_iter().collect(), ..article(number, title) });
    }
    let collection = Collection::of(&articles);
    assert_eq!(ids(&collection.search(&expanded("kidney -home -chairs"))), [1]);
    let all = collection.search(&expanded("kidney"));
    let some = collection.search(&SearchRequest { topic: vec!["B".to_owned()], ..expanded("kidney") });
    assert_eq!(all.query.expanded, some.query.expanded);
    assert_eq!((ids(&some), all.total), (vec![2], Some(3)));
}

#[test]
fn a_question_without_an_answer_or_a_word_stays_without() {
    let collection = kidneys();
    for q in ["zebra", "…", ""] {
        let plain = collection.search(&SearchRequest { expand: false, ..expanded(q) });
        let response = collection.search(&expanded(q));
        assert_eq!((ids(&response), response.total), (ids(&plain), plain.total), "{q}");
        assert!(response.query.expanded.is_empty());
    }
}

#[test]
fn what_scores_nothing_is_no_better_answer_than_others() {
    let collection = kidneys();
    let request = |sort| SearchRequest { exact: true, sort, ..expanded("zebra OR -kidney") };
    let (by_score, newest) = (collection.search(&request(Sort::Relevance)), collection.search(&request(Sort::Newest)));
    assert_eq!((by_score.total, newest.total), (Some(31), Some(31)));
    assert!(by_score.query.expanded.is_empty());
}

#[test]
fn the_terminal_tells_the_words() {
    let home = Home::indexed();
    home.run(["search", "remote", "--expand"]).stdout_has("from the best articles: ").check();
    let answer = home.run(["search", "remote", "--expand", "--json"]).json();
    assert!(answer["query"]["expanded"][0]["weight"].as_f64().unwrap() > 0.0);
    let batch = home.run(["search", "--batch", "-"]).stdin("{\"q\":\"remote\",\"expand\":true,\"facets\":[]}\n").json();
    assert_eq!(batch["query"], answer["query"]);
}

/// With the nearest others, where they are wanted.
fn filled(q: &str) -> SearchRequest {
    SearchRequest { expand: false, more: true, ..expanded(q) }
}

fn others(response: &SearchResponse) -> Vec<u64> {
    response.more.iter().flat_map(|more| &more.hits).map(|hit| hit.article.id.bits()).collect()
}

#[test]
fn a_page_with_room_is_filled_with_the_nearest_others() {
    let collection = kidneys();
    let response = collection.search(&filled("kidney failure"));
    assert_eq!((ids(&response), response.total, response.relaxed), (vec![1], Some(1), false));
    assert_eq!(others(&response), [2, 3], "one has a word of the question, the other one of the best articles");
    let more = response.more.unwrap();
    assert!(more.expanded.iter().any(|word| word.word == "dialysis"));
    assert_eq!(more.hits[0].title_marks, [0..6, 7..15]);
    let one = collection.search(&SearchRequest { limit: 2, total: false, ..filled("kidney failure") });
    assert_eq!((ids(&one), others(&one)), (vec![1], vec![2]), "no more than there is room for");
    let without = collection.search(&filled("dialysis home -failure"));
    assert_eq!((ids(&without), others(&without)), (vec![2], vec![3]), "what must be absent stays absent");
}

#[test]
fn a_page_is_not_filled_where_that_is_not_wanted() {
    let collection = kidneys();
    let plain = filled("kidney failure");
    for (why, request) in [
        ("unless asked", SearchRequest { more: false, ..plain.clone() }),
        ("words as typed", SearchRequest { exact: true, ..plain.clone() }),
        ("expanded already", SearchRequest { expand: true, ..plain.clone() }),
        ("in another order", SearchRequest { sort: Sort::Newest, ..plain.clone() }),
        ("a full page", SearchRequest { limit: 1, ..plain.clone() }),
        ("behind the last page", SearchRequest { offset: 5, ..plain.clone() }),
        ("all articles", SearchRequest { q: String::new(), limit: 100, ..plain.clone() }),
        (
            "enough match",
            SearchRequest { q: "close OR strike OR grow OR arrive".to_owned(), limit: 100, ..plain.clone() },
        ),
    ] {
        assert!(collection.search(&request).more.is_none(), "{why}");
    }
    assert!(collection.search(&filled("kidney -dialysis")).more.is_none(), "nothing to be found by");
}

#[test]
fn the_terminal_shows_the_nearest_others_apart() {
    let home = Home::indexed();
    let question = ["search", "remote patient"];
    let answer = home.run([question[0], question[1], "--json"]).json();
    let (hits, more) = (answer["hits"].as_array().unwrap().len(), &answer["more"]["hits"]);
    assert!(hits < 10 && !more.as_array().unwrap().is_empty(), "{answer}");
    let first = more[0]["title"].as_str().unwrap();
    home.run(question).stdout_has("the nearest others").stdout_has(format!("{:>2}. {first}", hits + 1)).check();
    for options in [["--no-more", "--json"], ["--format", "ndjson"]] {
        let alone = home.run(question.into_iter().chain(options)).check();
        assert!(!alone.stdout.contains(first), "{}", alone.stdout);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_expanded_query_is_a_query_like_another(
        articles in articles(),
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 1..4),
        limit in 1usize..6,
    ) {
        let collection = Collection::built_by(&articles, 3);
        let request = SearchRequest { limit: 100, explain: true, ..expanded(&words.join(" ")) };
        let response = collection.search(&request);
        for (field, rows) in &response.facets {
            for row in rows.iter() {
                let chosen = choose(request.clone(), *field, row.value);
                prop_assert_eq!(collection.search(&chosen).total, Some(row.count), "{} {:?}", field.name(), row.value);
            }
        }
        for hit in &response.hits {
            let explain = hit.explain.as_ref().unwrap();
            prop_assert_eq!(Some(explain.text * explain.quality * explain.freshness * explain.nearness), hit.score);
            let sum: f64 = explain.clauses.iter().map(|clause| clause.score).sum();
            prop_assert!((sum - explain.text).abs() <= 1e-12 * sum.max(1.0));
        }
        let pruned = SearchRequest { total: false, facets: Vec::new(), limit, ..request.clone() };
        prop_assert_eq!(ids(&collection.search(&pruned)), ids(&response).into_iter().take(limit).collect::<Vec<_>>());
        let one = Collection::built_by(&articles, 1).search(&request);
        prop_assert_eq!(ids(&one), ids(&response));
        let newest = collection.search(&SearchRequest { sort: Sort::Newest, ..request });
        prop_assert_eq!(newest.total, response.total);
    }

    #[test]
    fn filling_a_page_changes_nothing_in_it(
        articles in articles(),
        words in prop::collection::vec(prop::sample::select(&WORDS[..]), 1..4),
        topic in prop::option::of(prop::sample::select(&TOPICS[..])),
        (offset, limit) in (0usize..3, 0usize..12),
    ) {
        let collection = Collection::built_by(&articles, 2);
        let topic = topic.into_iter().map(str::to_owned).collect();
        let request = SearchRequest { topic, offset, limit, ..filled(&words.join(" ")) };
        let plain = collection.search(&SearchRequest { more: false, ..request.clone() });
        let all = collection.search(&SearchRequest { offset: 0, limit: 100, more: false, ..request.clone() });
        let response = collection.search(&request);
        prop_assert_eq!(ids(&response), ids(&plain));
        prop_assert_eq!((&response.facets, response.total), (&plain.facets, plain.total));
        prop_assert!(response.hits.len() + others(&response).len() <= limit);
        prop_assert!(others(&response).iter().all(|id| !ids(&all).contains(id)));
        let meets = collection.search(&SearchRequest { q: String::new(), offset: 0, limit: 100, ..request.clone() });
        prop_assert!(others(&response).iter().all(|id| ids(&meets).contains(id)), "they meet the filters");
        let uncounted = collection.search(&SearchRequest { total: false, facets: Vec::new(), ..request });
        prop_assert_eq!(others(&uncounted), others(&response));
    }
}
