//! The small steps that everything else is made of, one by one: `cargo bench --bench micro`.

#![allow(missing_docs, reason = "benches are told apart by their names")]

use divan::Bencher;
use divan::counter::BytesCount;
use healthnews::article::{CanonicalUrl, fold};
use healthnews::index::analysis::words;
use healthnews::ingest::{Mapping, Silent, Source, Survey, read, survey};
use healthnews::query::parse;
use tempfile::TempDir;

const ADDRESS: &str = "http://www.Example.com:80/health/2021/06/remote-monitoring/?utm_source=feed&id=7#top";
const TEXT: &str = "Remote monitoring keeps heart-failure patients at home, and out of the hospital's crowded wards: \
    what a year of readings taught three health systems, in the U.S. and beyond.";

fn main() {
    divan::main();
}

fn card() -> (TempDir, Survey) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let body = TEXT.repeat(4);
    let text = format!(
        "---\ntitle: \"{}\"\nexcerpt: \"{TEXT}\"\npublishedDateTime: 2021-06-14T10:00:00Z\nwebUrl: \"{ADDRESS}\"\n\
        type: article\nquality: 56\nheat: -1\n\nprovider:\n  name: The Clinic Post\n  domain: clinicpost.example\n\n\
        topics:\n  - Telehealth\n  - \"Gartner: Healthcare\"\n\nimages:\n  - url: \"{ADDRESS}\"\n    width: 1280\n\n\
        secured: \"{}\"\n---\n<p>{body}</p>\n",
        &TEXT[..55],
        "A".repeat(400),
    );
    std::fs::write(folder.path().join("card.md"), text).expect("a temporary file");
    let found = survey(&[Source::parse(".", folder.path())]).expect("it was just written");
    (folder, found)
}

#[divan::bench]
fn reading_a_card(bencher: Bencher) {
    let ((_folder, survey), mapping) = (card(), Mapping::default());
    bencher.bench(|| read(&survey, &mapping, &Silent).map(Iterator::count));
}

#[divan::bench]
fn canonical_url() -> Option<CanonicalUrl> {
    CanonicalUrl::parse(divan::black_box(ADDRESS))
}

#[divan::bench]
fn analysing_a_text(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(TEXT)).bench(|| words(divan::black_box(TEXT)).count());
}

#[divan::bench]
fn folding_a_text(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(TEXT)).bench(|| fold(divan::black_box(TEXT)));
}

#[divan::bench(args = [
    "remote monitoring",
    "\"remote monitoring\" OR telehealth -hype",
    "(immuno* OR \"gene therapy\") topic:\"AI in Healthcare\" after:2021-06 quality:>=50",
])]
fn parsing_a_query(text: &str) -> bool {
    parse(divan::black_box(text)).is_ok()
}
