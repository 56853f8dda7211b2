//! The index on disk: generations, the switch, the lock, leftovers and damage.

use std::fs;
use std::path::Path;

use healthnews::article::Article;
use healthnews::index::{Build, BuildOptions, FORMAT_VERSION, IndexFolder, Ledger, Live, Origin};
use healthnews::search::{SearchRequest, Searcher};
use healthnews::{Error, Fault};

use crate::collection::{article, settings};

fn build(folder: &IndexFolder, articles: &[Article]) -> Live {
    let lock = folder.lock().unwrap();
    let mut build = Build::begin(&lock, &BuildOptions { threads: 1 }).unwrap();
    for article in articles {
        build.add(article).unwrap();
    }
    build.publish(Origin::default(), &Ledger::default()).unwrap()
}

fn total(searcher: &Searcher) -> Option<u64> {
    searcher.search(&SearchRequest::default()).unwrap().total
}

fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn open_error(folder: &IndexFolder) -> Error {
    Searcher::open(folder, &settings()).expect_err("the index should not open")
}

#[test]
fn readers_keep_the_generation_they_opened() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, &[article(1, "one")]);
    let before = Searcher::open(&folder, &settings()).unwrap();
    // Two builds later the generation that `before` reads is gone from the folder.
    build(&folder, &[article(1, "one"), article(2, "two")]);
    build(&folder, &[article(1, "one"), article(2, "two"), article(3, "three")]);
    assert_eq!(total(&before), Some(1));
    assert_eq!(
        before.search(&SearchRequest { q: "one".to_owned(), ..SearchRequest::default() }).unwrap().hits.len(),
        1
    );
    assert_eq!(total(&Searcher::open(&folder, &settings()).unwrap()), Some(3));
}

#[test]
fn keeps_the_live_generation_and_the_one_before() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    for _ in 0..4 {
        build(&folder, &[article(1, "one")]);
    }
    assert_eq!(entries(temp.path()), ["CURRENT", "LOCK", "gen-000003", "gen-000004"]);
    assert_eq!(folder.live().unwrap().generation, "gen-000004");
}

#[test]
fn a_build_that_is_given_up_leaves_nothing() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, &[article(1, "one")]);
    {
        let lock = folder.lock().unwrap();
        let mut build = Build::begin(&lock, &BuildOptions { threads: 1 }).unwrap();
        build.add(&article(2, "two")).unwrap();
    }
    assert_eq!(entries(temp.path()), ["CURRENT", "LOCK", "gen-000001"]);
    assert_eq!(total(&Searcher::open(&folder, &settings()).unwrap()), Some(1));
}

#[test]
fn the_next_writer_removes_what_a_killed_build_left() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, &[article(1, "one")]);
    // Killed while building, after the rename, and between writing CURRENT and switching it.
    fs::create_dir(temp.path().join("building-000002")).unwrap();
    fs::write(temp.path().join("building-000002/data.store"), "half").unwrap();
    fs::create_dir(temp.path().join("gen-000002")).unwrap();
    fs::write(temp.path().join("CURRENT.new"), "gen-0").unwrap();
    assert_eq!(total(&Searcher::open(&folder, &settings()).unwrap()), Some(1));
    build(&folder, &[article(1, "one"), article(2, "two")]);
    assert_eq!(entries(temp.path()), ["CURRENT", "LOCK", "gen-000001", "gen-000003"], "no name is used twice");
    assert_eq!(total(&Searcher::open(&folder, &settings()).unwrap()), Some(2));
}

#[test]
fn a_second_writer_is_told_who_holds_the_lock() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    let lock = folder.lock().unwrap();
    let error = folder.lock().expect_err("the lock is held");
    assert_eq!(error.fault(), Fault::Locked);
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(lock);
    // The file stays; only a lock that is held counts.
    assert!(temp.path().join("LOCK").exists());
    folder.lock().unwrap();
}

#[test]
fn says_what_is_wrong_with_an_index_and_how_to_mend_it() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path().join("index"));
    assert!(matches!(open_error(&folder), Error::IndexMissing { .. }));

    let live = build(&folder, &[article(1, "one")]);
    let manifest = live.path.join("manifest.json");
    let whole = fs::read(&manifest).unwrap();
    // What follows the text is the seal.
    let text = String::from_utf8_lossy(&whole);
    let format = format!("\"format\": {FORMAT_VERSION}");
    for (from, to, expected) in
        [(format.as_str(), "\"format\": 999", "format 999"), ("\"analyser\": 3", "\"analyser\": 0", "analyser 0")]
    {
        assert!(text.contains(from), "{text}");
        fs::write(&manifest, text.replace(from, to)).unwrap();
        let error = open_error(&folder);
        assert_eq!(error.fault(), Fault::Index, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("--rebuild")), "{error}");
    }
    fs::remove_file(&manifest).unwrap();
    assert!(matches!(open_error(&folder), Error::IndexDamaged { .. }));
    fs::write(&manifest, &whole).unwrap();

    let meta = live.path.join("meta.json");
    let whole = fs::read(&meta).unwrap();
    let mut changed = whole.clone();
    changed[100] ^= 1;
    fs::write(&meta, changed).unwrap();
    let error = open_error(&folder).to_string();
    assert!(error.ends_with("meta.json`: it is not as it was written"), "{error}");
    fs::write(&meta, &whole).unwrap();

    let current = temp.path().join("index/CURRENT");
    let text = fs::read_to_string(&current).unwrap();
    assert!(text.starts_with("gen-000001 "), "{text}");
    for wrong in ["../elsewhere", &text.replace("01 ", "02 "), "gen-000001 0", ""] {
        fs::write(&current, wrong).unwrap();
        assert!(matches!(open_error(&folder), Error::IndexDamaged { .. }), "{wrong}");
    }
    // A person may leave out the hash.
    fs::write(&current, "gen-000001\n").unwrap();
    assert_eq!(total(&Searcher::open(&folder, &settings()).unwrap()), Some(1));

    fs::remove_file(live.path.join("meta.json")).unwrap();
    assert!(matches!(open_error(&folder), Error::IndexDamaged { .. }));
}

#[test]
fn an_index_without_articles_answers() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, &[]);
    let searcher = Searcher::open(&folder, &settings()).unwrap();
    let request = SearchRequest {
        q: "anything at all".to_owned(),
        facets: healthnews::search::FacetField::ALL.to_vec(),
        ..SearchRequest::default()
    };
    let response = searcher.search(&request).unwrap();
    assert_eq!((response.total, response.hits.len(), response.relaxed), (Some(0), 0, false));
}

#[test]
fn an_article_comes_back_as_it_went_in() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    let json = r#"{"id":"00000000000000ff","external_id":"x-1","title":"Title","url":"https://example.com/a b","excerpt":"Short.",
        "body":"Long.\nLonger.","provider":{"name":"Example","domain":"example.com"},"topics":["AI","Gartner: Care"],"quality":39,
        "heat":41,"published":"2021-11-29T20:06:00Z","modified":"2021-12-01T00:00:00Z","authors":["Ann Example"],"kind":"article",
        "related":[{"title":"Other","url":"https://example.com/b","published":null,"provider":null,"quality":56}],
        "sources":["a.md","b.md"]}"#;
    let mut full: Article = serde_json::from_str(json).unwrap();
    full.modified = Some("2021-12-01".parse().unwrap());
    build(&folder, std::slice::from_ref(&full));
    let searcher = Searcher::open(&folder, &settings()).unwrap();
    assert_eq!(searcher.find("00000000000000ff").unwrap().as_ref(), Some(&full));
    assert_eq!(searcher.search(&SearchRequest::default()).unwrap().hits[0].article, full.into());
    assert_eq!(searcher.find("0000000000000000").unwrap(), None);
    assert_eq!(searcher.find("not a key").unwrap(), None);
}
