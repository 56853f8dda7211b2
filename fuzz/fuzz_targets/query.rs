//! Any text as a query: read, written, read again, and searched for.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use healthnews::index::IndexFolder;
use healthnews::ingest::{Silent, Source};
use healthnews::query::{MAX_BYTES, parse};
use healthnews::search::{FacetField, SearchRequest, Searcher, Settings};
use healthnews::update::{UpdateOptions, update};
use healthnews_fuzz::FOLDER;
use libfuzzer_sys::fuzz_target;

const ARTICLES: &str = r#"{"title":"AI reads scans","url":"https://a.example/1","date":"2021-06-14","topics":["AI"],"quality":50}
{"title":"Remote monitoring at home","body":"A ward without beds: telehealth for R&D.","topics":["Gartner: Care"]}
{"title":"COVID-19 and C++","url":"https://b.example/2","date":"2022-01-01","type":"video","excerpt":"a b OR c"}
"#;

/// A small index to search in: what a query becomes in the engine depends on what there is.
static SEARCHER: LazyLock<Searcher> = LazyLock::new(|| {
    fs::write(FOLDER.join("articles"), ARTICLES).expect("write the articles");
    let index = IndexFolder::new(FOLDER.join("index"));
    let sources = vec![Source::parse("articles", &FOLDER)];
    update(&index, &UpdateOptions { sources, ..UpdateOptions::default() }, &Silent).expect("an index");
    Searcher::open(&index, &Settings::default()).expect("a searcher")
});

fuzz_target!(|text: &str| {
    let Ok(parsed) = parse(text) else { return };
    let written = parsed.query.to_string();
    match parse(&written) {
        Ok(again) => assert_eq!(again.query, parsed.query, "written as `{written}`"),
        // Signs that may be left out when typing are written, so that the text may grow.
        Err(error) => assert!(written.len() > MAX_BYTES, "`{written}`: {error}"),
    }
    let request = SearchRequest { q: text.to_owned(), facets: FacetField::ALL.to_vec(), ..SearchRequest::default() };
    let response = SEARCHER.search(&request).expect("what can be read can be searched for");
    for hit in &response.hits {
        assert!(hit.title_marks.iter().all(|mark| hit.article.title.get(mark.clone()).is_some()));
    }
});
