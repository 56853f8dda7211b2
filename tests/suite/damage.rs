//! Files of the index that are cut short or have a wrong bit: an error that says what to do, or the same answer as before.
//!
//! `HEALTHNEWS_FLIPS=1000 cargo test --test suite damage` tries so many bits of each file.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use healthnews::index::IndexFolder;
use healthnews::search::{FacetField, SearchRequest, SearchResponse, Searcher, Sort};
use healthnews::{Fault, Result};

use crate::collection::settings;
use crate::harness::Home;

fn flips() -> usize {
    std::env::var("HEALTHNEWS_FLIPS").ok().and_then(|flips| flips.parse().ok()).unwrap_or(12)
}

/// Two segments, one of them with a deleted article: every kind of file there is.
fn home() -> Home {
    let home = Home::new();
    for number in 0..40 {
        let topic = ["AI", "Telehealth", "Gartner: Care"][number % 3];
        let body = format!("Remote monitoring at home, told {number} times. ").repeat(number * 9);
        let text = format!(
            "---\ntitle: Article {number} on remote care\nlink: https://example.com/{number}\ndate: 2021-{:02}-03\n\
             provider: Outlet {}\ntopics: [\"{topic}\"]\nquality: {}\n---\n{body}\n",
            number % 12 + 1,
            number % 5,
            number * 2,
        );
        home.write(&format!("news/{number}.md"), text);
    }
    home.run(["index", "news", "--quiet"]).check();
    home.write("news/3.md", "---\ntitle: Changed\nlink: https://example.com/3\n---\nRemote again.\n");
    home.run(["index", "--quiet"]).check();
    home
}

/// Everything that a search looks at: words, phrases, prefixes, stored articles, all columns.
fn answers(folder: &IndexFolder) -> Result<Vec<String>> {
    let searcher = Searcher::open(folder, &settings())?;
    let request = |q: &str| SearchRequest {
        q: q.to_owned(),
        limit: 100,
        facets: FacetField::ALL.to_vec(),
        explain: true,
        ..SearchRequest::default()
    };
    let requests = [
        request(""),
        request("remote"),
        request("\"remote monitoring\" -changed"),
        request("art* OR telehealth"),
        request("topic:AI quality:>=20 nothing"),
        SearchRequest { sort: Sort::Newest, min_quality: Some(10), ..request("care") },
    ];
    let answer = |request: &SearchRequest| {
        let response = SearchResponse { took_us: 0, ..searcher.search(request)? };
        Ok(serde_json::to_string(&response).unwrap())
    };
    requests.iter().map(answer).collect()
}

/// All files but those that nobody reads: they only are there to be locked, or for others.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_file() && name != "LOCK" && name != ".gitignore" && !name.ends_with(".lock") {
            files.push(entry.into_path());
        }
    }
    files
}

#[test]
fn a_damaged_file_is_told_and_never_changes_an_answer() {
    let home = home();
    let folder = IndexFolder::new(home.path().join("index"));
    let expected = answers(&folder).unwrap();
    assert!(expected[1].contains("\"total\":40,") && expected[0].contains("Telehealth"), "{expected:?}");
    assert_eq!(folder.verify().unwrap().damage, []);
    let files = files(folder.path());
    let kinds = ["idx", "pos", "term", "store", "fast", "fieldnorm", "del", "json", "bin"];
    for kind in kinds {
        assert!(files.iter().any(|file| file.extension().is_some_and(|end| end == kind)), "{kind}: {files:?}");
    }
    let mut state = 7u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };

    let (mut told, mut tried) = (0, 0);
    for file in &files {
        let whole = fs::read(file).unwrap();
        let mut damaged: Vec<(String, Option<Vec<u8>>)> = vec![("removed".to_owned(), None)];
        for length in [0, 1, whole.len() / 2, whole.len() - 1, random(whole.len())] {
            damaged.push((format!("cut to {length}"), Some(whole[..length].to_vec())));
        }
        for _ in 0..flips() {
            let (at, bit) = (random(whole.len()), random(8));
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            damaged.push((format!("bit {bit} of byte {at}"), Some(bytes)));
        }
        for (what, bytes) in damaged {
            let what = format!("{}, {what}", file.display());
            match &bytes {
                Some(bytes) => fs::write(file, bytes).unwrap(),
                None => fs::remove_file(file).unwrap(),
            }
            tried += 1;
            let found = catch_unwind(AssertUnwindSafe(|| (answers(&folder), folder.verify())));
            let (answers, verified) = found.unwrap_or_else(|_| panic!("{what}: it panicked"));
            match answers {
                Ok(answers) => assert!(answers == expected, "{what}: another answer"),
                Err(error) => {
                    told += 1;
                    assert_eq!(error.fault(), Fault::Index, "{what}: {error}");
                    assert!(error.hint().is_some(), "{what}: {error}");
                }
            }
            match verified {
                // The engine's list of its files and `CURRENT` can be lost in part without a loss.
                Ok(verification) if verification.damage.is_empty() => {
                    let name = file.file_name().unwrap().to_string_lossy();
                    let removed_list = name == ".managed.json" && bytes.is_none();
                    assert!(removed_list || name == "CURRENT", "{what}: not found by `verify`");
                }
                Ok(_) => {}
                Err(error) => assert_eq!(error.fault(), Fault::Index, "{what}: {error}"),
            }
            fs::write(file, &whole).unwrap();
        }
    }
    assert_eq!(answers(&folder).unwrap(), expected, "all is as it was again");
    assert!(told > tried / 2, "{told} of {tried} were noticed by a search");
}

#[test]
fn a_damaged_index_is_told_with_what_to_do() {
    let home = home();
    let folder = home.path().join("index/gen-000001");
    let mut stores = files(&folder);
    stores.retain(|file| file.extension().is_some_and(|end| end == "store"));
    // The small one of the update is seen to be damaged as soon as it is opened, others only where they are read.
    assert!(stores.len() > 1);
    for store in &stores {
        let whole = fs::read(store).unwrap();
        let mut bytes = whole.clone();
        bytes[10] ^= 1;
        fs::write(store, bytes).unwrap();
        let name = store.file_name().unwrap().to_str().unwrap();
        // A page reads no more than it shows; this one shows all.
        home.run(["search", "remote", "--limit", "40"])
            .exits(3)
            .stderr_has(format!("is damaged: `{name}`: it is not as it was written\nhint: build it anew from"))
            .check();
        let error = home
            .run(["search", "remote", "--limit", "40", "--json"])
            .exits(3)
            .stderr_has("\"code\":\"index_damaged\"")
            .check();
        assert_eq!(error.stdout, "");
        home.run(["verify"])
            .exits(3)
            .stdout_has(format!("damaged    `gen-000001/{name}`: it is not as it was written"))
            .stderr_has("hint: build anew from")
            .check();
        let document = home.run(["verify", "--json"]).exits(3).json();
        assert_eq!(
            (document["schema"].as_str(), document["sound"].as_bool()),
            (Some("healthnews.verify/1"), Some(false))
        );
        assert_eq!(document["damage"][0]["file"], format!("gen-000001/{name}"), "{document}");
        assert_eq!(document["damage"][0]["what"], "it is not as it was written", "{document}");
        assert!(document["hint"].as_str().unwrap().contains("--rebuild"), "{document}");
        fs::write(store, whole).unwrap();
    }
    fs::remove_file(&stores[0]).unwrap();
    fs::write(&stores[1], "").unwrap();
    let written = home.run(["verify"]).exits(3).stderr_has("hint: build anew from").check();
    for (store, what) in stores.iter().zip(["it is missing", "its end is missing or damaged"]) {
        let name = store.file_name().unwrap().to_str().unwrap();
        assert!(written.stdout.contains(&format!("`gen-000001/{name}`: {what}\n")), "{}", written.stdout);
    }
    home.run(["index", "--rebuild", "--quiet"]).check();
    home.run(["verify"]).stdout_has("sound      every byte").check();
    home.run(["search", "remote"]).stdout_has(" of 40 ").check();
}
