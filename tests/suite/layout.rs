//! The layout: which room may use which, read from the `use` lines of the source.

use std::fs;
use std::path::Path;

/// A room and the rooms it may use, itself aside. An arrow in `docs/ARCHITECTURE.md` for each.
const ARROWS: [(&str, &[&str]); 12] = [
    ("article", &[]),
    ("error", &[]),
    ("ingest", &["article", "error"]),
    ("fetch", &["error", "ingest"]),
    ("doctor", &["article", "error", "ingest"]),
    ("index", &["article", "error"]),
    ("query", &["article", "error", "index"]),
    ("search", &["article", "error", "index", "query"]),
    ("update", &["article", "error", "ingest", "index"]),
    ("eval", &["error", "search"]),
    ("cli", &["article", "doctor", "error", "eval", "fetch", "ingest", "index", "query", "search", "update"]),
    ("main", &["cli"]),
];

/// Crates that only these files (by the beginning of their path under `src`) may use.
const CONFINED: [(&str, &[&str]); 11] = [
    ("tantivy", &["index/", "search/", "query/lower/", "error.rs"]),
    ("serde_yaml", &["ingest/yaml.rs"]),
    ("ureq", &["fetch/client.rs", "fetch/gate.rs"]),
    ("quick_xml", &["ingest/rss.rs", "fetch/opml.rs"]),
    ("flate2", &["ingest/gzip.rs", "index/inspection.rs"]),
    ("encoding_rs", &["ingest/text.rs"]),
    ("clap", &["cli/", "main.rs"]),
    ("indicatif", &["cli/"]),
    ("notify", &["update/watch.rs"]),
    ("anyhow", &["cli/", "main.rs"]),
    ("terminal_size", &["cli/"]),
];

/// The source files as (path under `src`, text).
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let name = entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// Code without comments and without the tests at the end of a file.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    code.lines().map(str::trim).filter(|line| !line.starts_with("//"))
}

#[test]
fn rooms_use_only_what_the_architecture_allows() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let room = name.split(['/', '.']).next().unwrap();
        if room == "lib" {
            continue;
        }
        let Some((_, allowed)) = ARROWS.iter().find(|(other, _)| *other == room) else {
            wrong.push(format!("{name}: the room `{room}` is not in the list of rooms"));
            continue;
        };
        for line in code(&text) {
            for used in line.match_indices("crate::").chain(line.match_indices("healthnews::")) {
                let rest = &line[used.0 + used.1.len()..];
                let other: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                // `crate::{Error, Result}` and `crate::Error` are what `error` gives to all.
                let is_room = ARROWS.iter().any(|(known, _)| *known == other);
                if is_room && other != room && !allowed.contains(&other.as_str()) {
                    wrong.push(format!("{name}: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that are not in the architecture:\n{}", wrong.join("\n"));
}

#[test]
fn crates_stay_in_the_rooms_they_are_confined_to() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        for (krate, allowed) in CONFINED {
            let uses = code(&text).any(|line| line.contains(&format!("{krate}::")));
            if uses && !allowed.iter().any(|beginning| name.starts_with(beginning)) {
                wrong.push(format!("{name} uses {krate}"));
            }
        }
    }
    assert!(wrong.is_empty(), "crates out of their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_six_hundred_lines() {
    let long: Vec<String> =
        sources().into_iter().filter(|(_, text)| text.lines().count() > 600).map(|(name, _)| name).collect();
    assert!(long.is_empty(), "is there a second noun in {long:?}?");
}
