//! Matches, order, counts and facets: what a search answers, compared with the [`Reference`].

#![expect(clippy::float_cmp, reason = "the same sum in the same order is the same number")]

use healthnews::article::{Article, ArticleId, CanonicalUrl, Domain, Provider, Topic};
use healthnews::query::{Node, Query, parse};
use healthnews::search::{FacetField, Matching, SearchRequest, SearchResponse, Sort, Warning};
use proptest::prelude::*;

use crate::collection::{Collection, PROVIDERS, TOPICS, WORDS, article, articles};
use crate::reference::Reference;

const AS_OF: &str = "2022-01-01";

/// Query texts of one to four parts of every kind.
fn query_text() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(&WORDS[..]);
    let topic = || prop::sample::select(&TOPICS[..]).prop_map(|topic| format!("topic:\"{topic}\""));
    let leaf = prop_oneof![
        4 => word().prop_map(str::to_owned),
        1 => (word(), word()).prop_map(|(one, two)| format!("\"{one} {two}\"")),
        1 => prop::sample::select(&["da*", "part*", "cares*", "health-c*", "covid1*", "wellb*"][..]).prop_map(str::to_owned),
        1 => (prop::sample::select(&["title", "excerpt", "body"][..]), prop::collection::vec(word(), 1..3))
            .prop_map(|(part, words)| format!("{part}:\"{}\"", words.join(" "))),
        1 => topic(),
        1 => prop::sample::select(&["after:2021", "before:2021-06", "date:2021-01", "date:unknown", "quality:>=50", "quality:<=20"][..])
            .prop_map(str::to_owned),
        1 => prop::sample::select(&PROVIDERS[..]).prop_map(|(name, domain)| format!("provider:\"{}\"", domain.unwrap_or(name))),
        1 => prop::sample::select(&["provider:big", "provider:\"big news\"", "scheme:gartner", "kind:video", "topic:nothing"][..])
            .prop_map(str::to_owned),
    ];
    let part = (leaf.clone(), leaf, 0u8..8).prop_map(|(one, two, how)| match how {
        0 => format!("-{one}"),
        1 => format!("({one} OR {two})"),
        2 => format!("-({one} {two})"),
        3 => format!("(({one} {two}) OR {two})"),
        _ => one,
    });
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.join(" "))
}

/// Words as typed: the reference corrects none.
fn request(text: &str, sort: Sort) -> SearchRequest {
    SearchRequest {
        q: text.to_owned(),
        exact: true,
        sort,
        limit: 100,
        facets: FacetField::ALL.to_vec(),
        ..SearchRequest::default()
    }
}

fn ids(response: &SearchResponse) -> Vec<String> {
    response.hits.iter().map(|hit| hit.article.id.to_string()).collect()
}

/// Everything in an answer but what names the generation and the time it took.
fn comparable(response: &SearchResponse) -> String {
    let mut value = serde_json::to_value(response).unwrap();
    value["took_us"] = 0.into();
    value.to_string()
}

fn sorts() -> impl Strategy<Value = Sort> {
    prop::sample::select(&[Sort::Relevance, Sort::Newest, Sort::Oldest, Sort::Quality][..])
}

fn check_against_reference(articles: &[Article], text: &str, sort: Sort, threads: usize) -> Result<(), TestCaseError> {
    let collection = Collection::built_by(articles, threads);
    let response = collection.search(&request(text, sort));
    if response.relaxed {
        return Ok(());
    }
    let reference = Reference::new(articles, AS_OF);
    let query = parse(text).unwrap().query;
    let expected = reference.search(&query, sort);

    prop_assert_eq!(response.total, Some(expected.len() as u64), "total of `{}`", text);
    let mut found: Vec<_> = response.hits.iter().map(|hit| hit.article.id).collect();
    let mut wanted: Vec<_> = expected.iter().map(|found| found.article.id).collect();
    if sort == Sort::Relevance {
        // The reference adds up in another precision, so near-equal scores may stand the other way round: compare scores by
        // article, and the order with the engine's own scores.
        for hit in &response.hits {
            let score = expected.iter().find(|found| found.article.id == hit.article.id).map(|found| found.score);
            let Some(score) = score else {
                return Err(TestCaseError::fail(format!("`{text}` must not find {}", hit.article.id)));
            };
            let engine = hit.score.unwrap();
            prop_assert!(
                (engine - score).abs() <= 1e-5 * score.max(1.0),
                "score of {}: {engine}, not {score}",
                hit.article.id
            );
        }
        let keys: Vec<_> =
            response.hits.iter().map(|hit| (hit.score.unwrap(), hit.article.published, hit.article.id)).collect();
        for pair in keys.windows(2) {
            let ordered = pair[0].0 > pair[1].0
                || (pair[0].0 == pair[1].0
                    && (pair[0].1, std::cmp::Reverse(pair[0].2)) > (pair[1].1, std::cmp::Reverse(pair[1].2)));
            prop_assert!(ordered, "order of {pair:?}");
        }
        found.sort();
        wanted.sort();
    }
    prop_assert_eq!(found, wanted, "hits of `{}`", text);

    for (field, rows) in &response.facets {
        let counts = reference.facet(&query, *field);
        prop_assert_eq!(rows.len(), counts.len(), "rows of {} for `{}`", field.name(), text);
        for row in rows.iter() {
            let key = row.value.map(|value| match field {
                FacetField::Topic => Topic::parse(value).unwrap().key().as_str().to_owned(),
                FacetField::Provider | FacetField::Year | FacetField::Month => value.to_owned(),
                FacetField::Scheme | FacetField::Kind => healthnews::article::fold_words(value),
            });
            prop_assert_eq!(Some(&row.count), counts.get(&key), "{} {:?} for `{}`", field.name(), row.value, text);
        }
    }
    Ok(())
}

#[test]
fn words_that_stand_close_together_rank_higher() {
    let collection = Collection::of(&[
        article(1, "Remote wards need better heart monitoring"),
        article(2, "Remote heart monitoring needs better wards"),
        article(3, "Remote monitoring needs better heart wards"),
    ]);
    let response = collection.search(&SearchRequest { explain: true, ..request("remote monitoring", Sort::Relevance) });
    let found: Vec<(u64, f64)> =
        response.hits.iter().map(|hit| (hit.article.id.bits(), hit.explain.as_ref().unwrap().nearness)).collect();
    let factor = |closeness: f64| 1.0 + healthnews::search::NEARNESS_STRENGTH * closeness;
    assert_eq!(found, [(3, factor(1.0)), (2, factor(0.5)), (1, factor(0.2))]);
    let one = collection.search(&SearchRequest { explain: true, ..request("monitoring", Sort::Relevance) });
    assert!(one.hits.iter().all(|hit| hit.explain.as_ref().unwrap().nearness == 1.0), "one word is near to none");
}

#[test]
fn a_part_is_searched_by_itself_and_marked_there_alone() {
    let article = |number, title: &str, excerpt: &str, body: &str| Article {
        excerpt: Some(excerpt.to_owned()),
        body: Some(body.to_owned()),
        provider: Some(Provider { name: "Stroke News".to_owned(), domain: None }),
        ..article(number, title)
    };
    let collection = Collection::of(&[
        article(1, "Stroke units grow", "More beds.", "A stroke unit in each town."),
        article(2, "Robots in wards", "A stroke robot is tried.", "It rolls."),
        article(3, "Beds and robots", "Nothing new.", "After a stroke, robots help. Units of big data."),
    ]);
    for (typed, found) in [
        ("title:stroke", &[1][..]),
        ("excerpt:strokes", &[2]),
        ("body:stroke", &[1, 3]),
        ("title:\"stroke units\"", &[1]),
        ("title:units -body:town", &[]),
        ("stroke -title:stroke", &[2, 3]),
        ("title:robots OR excerpt:robot", &[2, 3]),
        ("body:\"stroke robots\"", &[3]),
        ("title:news", &[]),
        ("excerpt:\"more beds a stroke\"", &[]),
    ] {
        let response = collection.search(&request(typed, Sort::Relevance));
        let mut ids: Vec<u64> = response.hits.iter().map(|hit| hit.article.id.bits()).collect();
        ids.sort_unstable();
        assert_eq!(ids, found, "{typed}");
    }
    let hit = collection.search(&request("title:stroke", Sort::Relevance)).hits.remove(0);
    let marks: Vec<&str> = hit.title_marks.iter().map(|mark| &hit.article.title[mark.clone()]).collect();
    assert_eq!(marks, ["Stroke"]);
    assert!(hit.fragment.unwrap().marks.is_empty(), "it stands in the body too, where it is not sought");
    let corrected = collection.search(&SearchRequest { exact: false, ..request("title:strokke", Sort::Relevance) });
    assert_eq!((corrected.total, corrected.query.as_searched.as_str()), (Some(1), "title:stroke"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_reference(articles in articles(), text in query_text(), sort in sorts(), threads in 1usize..4) {
        check_against_reference(&articles, &text, sort, threads)?;
    }

    #[test]
    fn any_finds_what_has_one_of_the_words_and_nothing_that_must_be_absent(articles in articles(), text in query_text()) {
        let reference = Reference::new(&articles, AS_OF);
        let query = parse(&text).unwrap().query;
        let (restrictions, wanted): (Vec<&Node>, Vec<&Node>) =
            query.conjuncts().into_iter().partition(|node| node.is_restriction());
        // As one query, because what is an acronym depends on all of its words.
        let any = Node::any(wanted.into_iter().cloned().collect::<Vec<_>>());
        let root = Node::all(any.into_iter().chain(restrictions.into_iter().cloned()).collect::<Vec<_>>());
        let found = reference.search(&Query { root, filters: query.filters.clone() }, Sort::Relevance);
        let mut expected: Vec<String> = found.into_iter().map(|found| found.article.id.to_string()).collect();
        expected.sort();
        let response = Collection::of(&articles).search(&SearchRequest { matching: Matching::Any, ..request(&text, Sort::Relevance) });
        let mut found = ids(&response);
        found.sort();
        prop_assert_eq!(found, expected);
        prop_assert!(!response.relaxed);
        prop_assert_eq!(parse(&response.query.as_searched).unwrap().query, query.widened());
    }

    #[test]
    fn answers_the_same_however_many_threads_built_the_index(articles in articles(), text in query_text(), sort in sorts()) {
        let request = SearchRequest { explain: true, ..request(&text, sort) };
        let one = Collection::built_by(&articles, 1).search(&request);
        let three = Collection::built_by(&articles, 3).search(&request);
        prop_assert_eq!(comparable(&one), comparable(&three));
    }

    #[test]
    fn finds_the_same_with_and_without_pruning(articles in articles(), text in query_text(), limit in 0usize..6, offset in 0usize..3) {
        let collection = Collection::built_by(&articles, 3);
        let full = SearchRequest { limit, offset, facets: Vec::new(), ..request(&text, Sort::Relevance) };
        let pruned = SearchRequest { total: false, ..full.clone() };
        let (full, pruned) = (collection.search(&full), collection.search(&pruned));
        prop_assert_eq!(ids(&full), ids(&pruned));
        prop_assert_eq!(pruned.total, None);
    }

    #[test]
    fn facets_say_how_many_there_are_after_choosing(articles in articles(), text in query_text()) {
        let collection = Collection::of(&articles);
        let response = collection.search(&request(&text, Sort::Relevance));
        // Filters written in the text cannot be taken out of it, so only requests without them are refined here; the
        // reference has checked the others.
        prop_assume!(parse(&text).unwrap().query.filters.is_empty());
        for (field, rows) in &response.facets {
            for row in rows.iter() {
                let chosen = choose(request(&text, Sort::Relevance), *field, row.value);
                prop_assert_eq!(collection.search(&chosen).total, Some(row.count), "{} {:?}", field.name(), row.value);
            }
        }
    }

    #[test]
    fn pages_never_repeat_or_skip(articles in articles(), text in query_text(), sort in sorts(), size in 1usize..5) {
        let collection = Collection::built_by(&articles, 2);
        let whole = collection.search(&request(&text, sort));
        let mut paged = Vec::new();
        for offset in (0..articles.len()).step_by(size) {
            paged.extend(ids(&collection.search(&SearchRequest { offset, limit: size, ..request(&text, sort) })));
        }
        prop_assert_eq!(&paged, &ids(&whole));

        let page = SearchRequest { limit: size, ..request(&text, sort) };
        let (mut paged, mut cursor) = (Vec::new(), None);
        loop {
            let response = collection.search(&SearchRequest { cursor, ..page.clone() });
            prop_assert_eq!(response.offset, paged.len());
            paged.extend(ids(&response));
            cursor = response.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        prop_assert_eq!(paged, ids(&whole));
    }

    #[test]
    fn no_text_is_too_much(text in "\\PC{0,80}|[a-c():\"*\\- ]{0,60}") {
        let collection = Collection::of(&[article(1, "care"), article(2, "a b c")]);
        let _ = collection.searcher.search(&SearchRequest { explain: true, ..request(&text, Sort::Relevance) });
    }

    #[test]
    fn the_explained_factors_multiply_to_the_score(articles in articles(), text in query_text()) {
        let response = Collection::of(&articles).search(&SearchRequest { explain: true, ..request(&text, Sort::Relevance) });
        for hit in &response.hits {
            let explain = hit.explain.as_ref().unwrap();
            prop_assert_eq!(Some(explain.text * explain.quality * explain.freshness * explain.nearness), hit.score);
            if !explain.clauses.is_empty() {
                prop_assert_eq!(explain.clauses.iter().map(|clause| clause.score).sum::<f64>(), explain.text);
            }
        }
    }
}

/// Articles of these years, the number of each being its id.
fn dated(years: &[u16]) -> Collection {
    let dated = |year: &u16| Article {
        published: format!("{year}-06-01").parse().ok(),
        ..article(u64::from(*year), &format!("Care in {year}"))
    };
    Collection::of(&years.iter().map(dated).collect::<Vec<_>>())
}

#[test]
fn a_cursor_goes_on_where_the_page_before_ended_whatever_has_come_and_gone() {
    let years =
        |response: &SearchResponse| -> Vec<u64> { response.hits.iter().map(|hit| hit.article.id.bits()).collect() };
    let page = SearchRequest { limit: 2, ..request("care", Sort::Newest) };
    let first = dated(&[2021, 2020, 2019, 2018, 2017]).search(&page);
    assert_eq!(years(&first), [2021, 2020]);
    let next = SearchRequest { cursor: first.next_cursor, ..page };
    for (there, second) in [
        (&[2021, 2020, 2019, 2018, 2017][..], &[2019, 2018][..]),
        (&[2025, 2024, 2023, 2022, 2021, 2020, 2019, 2018], &[2019, 2018]),
        (&[2025, 2024, 2023, 2022, 2021, 2019], &[2019]),
        (&[2019, 2018, 2017], &[2019, 2018]),
        (&[2021], &[]),
        (&[2021, 2020], &[]),
    ] {
        let response = dated(there).search(&next);
        assert_eq!(years(&response), second, "{there:?}");
        assert_eq!(response.next_cursor.is_some(), there.contains(&2017), "{there:?}");
    }

    let collection = dated(&[2021]);
    for (wrong, what) in [
        (SearchRequest { q: "cure".to_owned(), ..next.clone() }, "the cursor is of another search"),
        (SearchRequest { offset: 2, ..next.clone() }, "there are an offset and a cursor"),
        (SearchRequest { cursor: Some("10".to_owned()), ..next.clone() }, "`10` is no cursor"),
    ] {
        let error = collection.searcher.search(&wrong).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }
}

/// Enough articles that words have postings of many blocks, of which pruning skips some.
fn many_articles() -> Vec<Article> {
    // A fixed linear congruential generator: the collection is the same in every run.
    let mut state = 7u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    (0..6_000)
        .map(|number| {
            // The product of two draws favours the first words, as real text does.
            let length = 1 + random(40);
            let mut word =
                || WORDS[(random(WORDS.len() as u64) * random(WORDS.len() as u64) / WORDS.len() as u64) as usize];
            let body: Vec<&str> = (0..length).map(|_| word()).collect();
            let mut article = article(number + 1, word());
            article.body = Some(body.join(" "));
            let mut topics: Vec<u64> = (0..random(8)).map(|_| random(12)).collect();
            topics.sort_unstable();
            topics.dedup();
            article.topics = topics.iter().filter_map(|topic| Topic::parse(&format!("topic {topic}"))).collect();
            article.provider = Some(Provider { name: format!("outlet{}", random(9)), domain: None });
            article.kind = (random(3) > 0).then(|| ["article", "video"][random(2) as usize].to_owned());
            article.quality = healthnews::article::Quality::new(random(101) as f64);
            article.published = healthnews::article::Published::from_unix(
                1_500_000_000 + random(150_000_000) as i64,
                healthnews::article::Precision::Second,
            );
            article
        })
        .collect()
}

#[test]
fn skips_no_article_that_belongs_to_the_best() {
    let articles = many_articles();
    let collection = Collection::built_by(&articles, 3);
    for text in [
        "care",
        "it",
        "partnership",
        "big tech",
        "care data",
        "database partner AI",
        "care OR it",
        "big OR tech OR it OR data",
        "\"big tech\"",
        "\"tech data\" care",
        "\"it it\" OR \"big data\"",
        "\"care data it\" topic:none",
        "care -it",
        "part* data",
        "(care OR big) tech",
        "care topic:none",
        "data after:2021",
        "care topic:\"topic 3\"",
        "care data topic:\"topic 3\" -topic:\"topic 4\"",
        "it -provider:outlet3",
        "care OR tech topic:\"topic 1\" -provider:outlet2",
        "care kind:video",
        "\"big tech\" kind:video provider:outlet5",
        // No article has all of these words.
        "care data it zzzqq",
        "big tech partner zzzqq topic:\"topic 2\"",
    ] {
        for (limit, offset) in [(1, 0), (10, 0), (10, 95), (300, 0)] {
            let full = SearchRequest { limit, offset, facets: Vec::new(), ..request(text, Sort::Relevance) };
            let pruned = SearchRequest { total: false, ..full.clone() };
            assert_eq!(ids(&collection.search(&full)), ids(&collection.search(&pruned)), "{text} {limit} {offset}");
        }
    }
}

#[test]
fn an_outlet_is_shown_by_its_name_if_any_article_tells_it() {
    let from = |number, name: &str| {
        let provider = Provider { name: name.to_owned(), domain: Domain::parse("nytimes.com") };
        Article { provider: Some(provider), ..article(number, "News") }
    };
    let collection = Collection::of(&[from(1, "nytimes.com"), from(2, "nytimes.com"), from(3, "New York Times")]);
    let response = collection.search(&request("news", Sort::Newest));
    let rows: Vec<_> =
        response.facets[&FacetField::Provider].iter().map(|row| (row.value, row.label, row.count)).collect();
    assert_eq!(rows, [(Some("nytimes.com"), Some("New York Times"), 3)]);
}

#[test]
fn outlets_go_by_their_names_their_domains_and_what_these_are_without_the_or_spaces() {
    let outlets = [
        ("The Guardian", "theguardian.com", 2),
        ("Guardian Angels", "msn.com", 1),
        ("Healthcare IT News", "healthcareitnews.com", 1),
        ("New York Times", "nytimes.com", 3),
        ("Aspen Times", "aspentimes.com", 1),
        ("Forbes", "forbes.com", 1),
        ("Grand Forks Herald", "grandforksherald.com", 2),
        ("IT", "healthcare-it.org", 1),
    ];
    let mut articles = Vec::new();
    for (name, domain, count) in outlets {
        let provider = Provider { name: name.to_owned(), domain: Domain::parse(domain) };
        for _ in 0..count {
            let number = articles.len() as u64 + 1;
            articles.push(Article { provider: Some(provider.clone()), ..article(number, "News") });
        }
    }
    let collection = Collection::of(&articles);
    for (name, found) in [
        ("guardian", 2),
        ("the guardian", 2),
        ("TheGuardian", 2),
        ("the new york times", 3),
        ("healthcare it news", 1),
        ("health care it news", 1),
        ("healthcare it", 1),
        ("the it", 1),
        ("msn", 1),
        ("the", 0),
    ] {
        let asked = SearchRequest { provider: vec![name.to_owned()], ..request("news", Sort::Newest) };
        assert_eq!(collection.search(&asked).total, Some(found), "{name}");
    }
    for (name, suggested) in [
        ("times", &["nytimes.com", "aspentimes.com"][..]),
        ("guard", &["theguardian.com", "msn.com"]),
        ("Forbs", &["forbes.com"]),
        ("heral", &["grandforksherald.com"]),
        ("new york tims", &["nytimes.com"]),
    ] {
        let asked = SearchRequest { provider: vec![name.to_owned()], ..request("news", Sort::Newest) };
        let response = collection.search(&asked);
        let suggestions = response.warnings.iter().find_map(|warning| match warning {
            Warning::UnknownValue { suggestions, .. } => Some(suggestions.as_slice()),
            _ => None,
        });
        assert_eq!(
            suggestions.map(|found| found.iter().map(String::as_str).collect()),
            Some(suggested.to_vec()),
            "{name}"
        );
    }
}

#[test]
fn a_name_of_one_word_said_twice_is_searched_as_such() {
    let collection =
        Collection::of(&[article(1, "Johnson & Johnson’s vaccine"), article(2, "Boris Johnson and the vaccine")]);
    let found = |text: &str| collection.search(&request(text, Sort::Relevance)).total;
    assert_eq!(found("Johnson & Johnson vaccine"), Some(1));
    assert_eq!(found("Johnson Johnson vaccine"), Some(2));
}

#[test]
fn an_address_finds_the_article_there_and_that_of_a_site_what_names_it() {
    let url = CanonicalUrl::parse("https://www.example.com/2019/07/31/kidney-injuries/").unwrap();
    let there =
        Article { url: Some(url.as_str().to_owned()), ..Article::new(ArticleId::of_url(&url), "Kidneys".into()) };
    let collection = Collection::of(&[there, article(2, "News of example.com"), article(3, "An example")]);
    for (typed, titles) in [
        ("https://www.example.com/2019/07/31/kidney-injuries/", &["Kidneys"][..]),
        ("http://example.com/2019/07/31/kidney-injuries?utm_source=x#top", &["Kidneys"]),
        ("www.example.com/2019/07/31/kidney-injuries", &["Kidneys"]),
        ("example.com/2019/07/31/kidney-injuries/", &["Kidneys"]),
        ("Example.com/2019/07/31/kidney-injuries?utm_source=x", &["Kidneys"]),
        ("example.com/2019/07/31", &[]),
        ("https://www.example.com", &["News of example.com"]),
        ("HTTP://Example.com/", &["News of example.com"]),
        ("www.example.com", &["News of example.com"]),
        ("example.com", &["News of example.com"]),
    ] {
        let response = collection.search(&request(typed, Sort::Relevance));
        let found: Vec<&str> = response.hits.iter().map(|hit| hit.article.title.as_str()).collect();
        assert_eq!(found, titles, "{typed}");
    }
}

#[test]
fn a_group_of_filters_holds_whatever_else_is_enough() {
    let topical = |number, title: &str, topic| Article {
        topics: Topic::parse(topic).into_iter().collect(),
        ..article(number, title)
    };
    let collection = Collection::of(&[
        topical(1, "Remote care", "ai"),
        topical(2, "Clinics", "ml"),
        topical(3, "Wards", "ai"),
        topical(4, "Remote clinics", "beds"),
    ]);
    let any =
        SearchRequest { matching: Matching::Any, ..request("remote clinics (topic:ai OR topic:ml)", Sort::Relevance) };
    let mut found = ids(&collection.search(&any));
    found.sort();
    let expected = [1, 2].map(|number| article(number, "").id.to_string());
    assert_eq!(found, expected);
    // None has both words, and the topic is none of them.
    let relaxed = collection.search(&request("care clinics (topic:ai OR topic:ml)", Sort::Relevance));
    assert!(relaxed.relaxed);
    assert_eq!(relaxed.total, Some(2));
}

/// The request with one value chosen in a group, instead of what was chosen there.
pub(crate) fn choose(mut request: SearchRequest, field: FacetField, value: Option<&str>) -> SearchRequest {
    let chosen = || value.map(str::to_owned).into_iter().collect::<Vec<_>>();
    match field {
        FacetField::Topic => request.topic = chosen(),
        FacetField::Provider => request.provider = chosen(),
        FacetField::Scheme => request.scheme = chosen(),
        FacetField::Kind => request.kind = chosen(),
        FacetField::Year | FacetField::Month => {
            (request.after, request.before, request.undated) = (None, None, value.is_none());
            if let Some(value) = value {
                request.after = Some(value.to_owned());
                request.before = Some(following(value));
            }
        }
    }
    request
}

/// The month after `2021-12`, the year after `2021`.
fn following(value: &str) -> String {
    let number = |text: &str| text.parse::<u32>().unwrap();
    match value.split_once('-') {
        None => format!("{:04}", number(value) + 1),
        Some((year, "12")) => format!("{:04}-01", number(year) + 1),
        Some((year, month)) => format!("{year}-{:02}", number(month) + 1),
    }
}
