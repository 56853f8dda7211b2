//! The real collections beside the project, all of them in one index: what must hold for articles nobody here has written.
//!
//! They are not part of the project. Where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use healthnews::index::IndexFolder;
use healthnews::ingest::{Silent, Source};
use healthnews::search::{FacetField, SearchRequest, SearchResponse, Searcher, Sort};
use healthnews::update::{Update, UpdateOptions, update};
use tempfile::TempDir;

use crate::collection::settings;
use crate::searching::choose;

struct Corpora {
    _folder: TempDir,
    searcher: Searcher,
    update: Update,
}

/// The path of the collections, or a notice.
pub(crate) fn path() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there are no real collections in `../shared/corpora`");
    None
}

/// All collections, indexed once for all tests.
fn corpora() -> Option<&'static Corpora> {
    static CORPORA: OnceLock<Option<Corpora>> = OnceLock::new();
    CORPORA
        .get_or_init(|| {
            let path = path()?;
            let folder = tempfile::tempdir().unwrap();
            let index = IndexFolder::new(folder.path());
            let sources = vec![Source::parse(".", &path)];
            let update = update(&index, &UpdateOptions { sources, ..UpdateOptions::default() }, &Silent).unwrap();
            let searcher = Searcher::open(&index, &settings()).unwrap();
            Some(Corpora { _folder: folder, searcher, update })
        })
        .as_ref()
}

fn search(corpora: &Corpora, text: &str) -> SearchResponse {
    corpora.searcher.search(&request(text)).unwrap()
}

fn request(text: &str) -> SearchRequest {
    SearchRequest { q: text.to_owned(), facets: FacetField::ALL.to_vec(), ..SearchRequest::default() }
}

fn sum(response: &SearchResponse, field: FacetField) -> u64 {
    response.facets[&field].iter().map(|row| row.count).sum()
}

/// Every 97th title, cut to two words from its middle and to a few words from its beginning: searches that people might type.
fn queries(corpora: &Corpora) -> Vec<String> {
    let mut queries = Vec::new();
    for offset in (0..corpora.update.ingest.articles as usize).step_by(97) {
        let request = SearchRequest { sort: Sort::Newest, limit: 1, offset, ..SearchRequest::default() };
        let title = corpora.searcher.search(&request).unwrap().hits[0].article.title.clone();
        let words: Vec<&str> = title.split_whitespace().collect();
        queries.push(words[words.len() / 2..].iter().take(2).copied().collect::<Vec<_>>().join(" "));
        queries.push(words.iter().take(1 + offset % 4).copied().collect::<Vec<_>>().join(" "));
    }
    queries
}

#[test]
fn every_file_is_accounted_for() {
    let Some(corpora) = corpora() else { return };
    let report = &corpora.update.ingest;
    assert!(report.files > 10_000 && report.articles > 11_000, "{} files, {} articles", report.files, report.articles);
    assert_eq!(report.records, report.articles + report.merged);
    assert_eq!(corpora.searcher.live().manifest.articles, report.articles);
    assert!(report.rejected < report.files / 100, "{} rejected", report.rejected);
}

#[test]
fn finds_the_four_seeds_about_partnerships() {
    let Some(corpora) = corpora() else { return };
    let hits = search(corpora, "big tech partnerships").hits;
    let mut seeds: Vec<&String> =
        hits.iter().flat_map(|hit| &hit.article.sources).filter(|source| source.starts_with("seeds/")).collect();
    seeds.sort();
    let numbers: Vec<&str> = seeds.iter().map(|source| &source[6..9]).collect();
    assert_eq!(numbers, ["000", "001", "002", "003"]);
    let ids: std::collections::BTreeSet<_> = hits.iter().map(|hit| hit.article.id).collect();
    assert_eq!(ids.len(), hits.len());
}

#[test]
fn a_topic_narrows_and_months_add_up() {
    let Some(corpora) = corpora() else { return };
    for text in ["big tech partnerships", "hospital", ""] {
        let all = search(corpora, text);
        let narrowed = search(corpora, &format!("{text} topic:\"AI in Healthcare\""));
        assert!(narrowed.total < all.total && narrowed.total > Some(0), "{text}");
        for response in [all, narrowed] {
            assert_eq!(Some(sum(&response, FacetField::Month)), response.total, "{text}");
            assert_eq!(Some(sum(&response, FacetField::Year)), response.total, "{text}");
        }
    }
}

#[test]
fn each_outlet_and_each_topic_is_one_row() {
    let Some(corpora) = corpora() else { return };
    let request = SearchRequest { facet_limit: usize::MAX, ..request("") };
    let response = corpora.searcher.search(&request).unwrap();
    for field in [FacetField::Topic, FacetField::Provider, FacetField::Scheme] {
        let mut rows: BTreeMap<String, u64> = BTreeMap::new();
        for row in response.facets[&field].iter() {
            *rows.entry(healthnews::article::fold(row.value.unwrap())).or_default() += 1;
        }
        let twice: Vec<_> = rows.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{}: {twice:?}", field.name());
    }
    let forbes: Vec<_> = response.facets[&FacetField::Provider]
        .iter()
        .filter(|row| row.value.is_some_and(|value| value.contains("forbes.com")))
        .collect();
    assert_eq!(forbes.len(), 1);
}

#[test]
fn facets_keep_their_promise() {
    let Some(corpora) = corpora() else { return };
    for (number, text) in queries(corpora).iter().enumerate() {
        let response = search(corpora, text);
        for (field, rows) in &response.facets {
            // A few rows of each, others in each query.
            for row in rows.iter().skip(number % 3).step_by(7).take(2) {
                let chosen = SearchRequest { limit: 0, ..choose(request(text), *field, row.value) };
                let after = corpora.searcher.search(&chosen).unwrap();
                assert_eq!(after.total, Some(row.count), "`{text}` {} {:?}", field.name(), row.value);
                let same = after.facets[field].iter().find(|other| other.value == row.value).unwrap();
                assert_eq!((same.count, same.selected), (row.count, true), "`{text}` {} {:?}", field.name(), row.value);
            }
        }
    }
}

#[test]
fn pruning_changes_no_page() {
    let Some(corpora) = corpora() else { return };
    for text in queries(corpora) {
        for offset in [0, 20] {
            let full = SearchRequest { offset, ..request(&text) };
            let pruned = SearchRequest { total: false, facets: Vec::new(), ..full.clone() };
            let ids = |request| {
                corpora.searcher.search(request).unwrap().hits.iter().map(|hit| hit.article.id).collect::<Vec<_>>()
            };
            assert_eq!(ids(&full), ids(&pruned), "`{text}`");
        }
    }
}

#[test]
fn marks_are_words_of_the_query() {
    let Some(corpora) = corpora() else { return };
    for text in queries(corpora) {
        for hit in search(corpora, &text).hits {
            let shown = hit.fragment.as_ref().map(|fragment| (&fragment.text, &fragment.marks));
            for (shown, marks) in shown.into_iter().chain([(&hit.article.title, &hit.title_marks)]) {
                let ordered = marks.windows(2).all(|pair| pair[0].end <= pair[1].start);
                assert!(
                    ordered && marks.iter().all(|mark| shown.get(mark.clone()).is_some()),
                    "`{text}` {}",
                    hit.article.id
                );
            }
        }
    }
}
