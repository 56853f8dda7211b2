//! Merging: records of one article become one article, whatever the order of files and the number of threads.
#![expect(clippy::format_collect, clippy::format_push_string, reason = "small texts, put together where they are read")]

use std::fs;
use std::path::Path;

use healthnews::article::Article;
use healthnews::ingest::{IngestReport, Mapping, Silent, Source, read, survey};
use proptest::prelude::*;

use crate::reading::read_all;

fn home_with(files: &[(String, String)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(home.path().join(name), content).unwrap();
    }
    home
}

fn read_in_pool(base: &Path, threads: usize) -> (Vec<Article>, IngestReport) {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
        let found = survey(&[Source::parse(".", base)]).unwrap();
        let mut reading = read(&found, &Mapping::default(), &Silent).unwrap();
        let articles = reading.by_ref().map(Result::unwrap).collect();
        (articles, reading.into_report())
    })
}

#[test]
fn takes_each_field_from_the_best_record_that_has_it() {
    let (articles, report) = read_all(Path::new(env!("CARGO_MANIFEST_DIR")), "fixtures/quirks/merge");
    assert_eq!((articles.len(), report.merged), (1, 2));
    let article = &articles[0];
    assert_eq!(article.title, "One story told twice", "the record with a body goes first");
    assert_eq!(article.body.as_deref(), Some("The whole text, which only the bookmark has."));
    assert_eq!(article.excerpt.as_deref(), Some("From the card"));
    assert_eq!(article.quality.unwrap().get(), 70, "then the one modified later");
    assert_eq!(article.modified.unwrap().to_string(), "2021-06-01T00:00:00Z");
    assert_eq!(article.provider.as_ref().unwrap().name, "The Merged Post", "a name goes before a bare domain");
    let topics: Vec<String> = article.topics.iter().map(ToString::to_string).collect();
    assert_eq!(topics, ["ai", "Remote Patient Monitoring", "Telehealth"], "united; `AI` is `ai`");
    let merge = "fixtures/quirks/merge";
    assert_eq!(article.sources, ["a-card.md", "b-bookmark.md", "c-copy.md"].map(|name| format!("{merge}/{name}")));
}

#[test]
fn a_higher_grade_decides_and_then_the_smaller_path() {
    let card =
        |title: &str, quality: u8| format!("---\ntitle: {title}\nlink: https://e.com/a\nquality: {quality}\n---\n");
    let title = |files: &[(&str, String)]| {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        read_all(home_with(&files).path(), ".").0[0].title.clone()
    };
    assert_eq!(title(&[("a.md", card("Low", 10)), ("b.md", card("High", 20))]), "High");
    assert_eq!(title(&[("b.md", card("Second", 10)), ("a.md", card("First", 10))]), "First");
}

#[test]
fn lines_of_one_file_are_in_the_order_of_their_numbers() {
    let lines: String = (1..=11).map(|n| format!("{{\"title\":\"Line {n}\",\"url\":\"https://e.com/a\"}}\n")).collect();
    let home = home_with(&[("a.ndjson".to_owned(), lines)]);
    let (articles, report) = read_all(home.path(), ".");
    assert_eq!((articles[0].title.as_str(), articles[0].sources.len(), report.merged), ("Line 1", 11, 10));
}

#[test]
fn articles_without_address_stay_apart() {
    let card = "---\ntitle: The same title\n---\n".to_owned();
    let home = home_with(&[("a.md".to_owned(), card.clone()), ("b.md".to_owned(), card)]);
    assert_eq!(read_all(home.path(), ".").0.len(), 2);
}

#[test]
fn the_id_of_an_article_does_not_depend_on_where_the_program_runs() {
    let home = home_with(&[("a.md".to_owned(), "---\ntitle: No address\n---\n".to_owned())]);
    let again = home_with(&[("a.md".to_owned(), "---\ntitle: No address\n---\n".to_owned())]);
    assert_eq!(read_all(home.path(), "a.md").0, read_all(again.path(), "./a.md").0);
}

#[derive(Debug, Clone)]
struct Card {
    url: u8,
    title: u8,
    body: bool,
    quality: Option<u8>,
    modified: Option<u8>,
    topics: Vec<u8>,
}

impl Card {
    fn text(&self) -> String {
        let mut text = format!("---\ntitle: Title {}\nlink: https://e.com/{}\n", self.title, self.url);
        if let Some(quality) = self.quality {
            text += &format!("quality: {quality}\n");
        }
        if let Some(day) = self.modified {
            text += &format!("lastMod: 2021-01-0{}\n", day + 1);
        }
        let topics: Vec<String> = self.topics.iter().map(|topic| format!("T{topic}")).collect();
        text += &format!("topics: [{}]\n---\n", topics.join(", "));
        if self.body {
            text += &format!("Body {}\n", self.title);
        }
        text
    }
}

fn card() -> impl Strategy<Value = Card> {
    (
        0..4u8,
        0..9u8,
        any::<bool>(),
        proptest::option::of(0..3u8),
        proptest::option::of(0..3u8),
        proptest::collection::vec(0..5u8, 0..4),
    )
        .prop_map(|(url, title, body, quality, modified, topics)| Card {
            url,
            title,
            body,
            quality,
            modified,
            topics,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn order_of_files_and_threads_change_nothing(cards in proptest::collection::vec(card(), 1..20)) {
        let mut files: Vec<(String, String)> =
            cards.iter().enumerate().map(|(number, card)| (format!("{number:02}.md"), card.text())).collect();
        let (first, report) = read_in_pool(home_with(&files).path(), 1);
        files.reverse();
        prop_assert_eq!(&read_in_pool(home_with(&files).path(), 4), &(first.clone(), report));
        // Each article is the merger of its own records, whatever else is there.
        for article in &first {
            let alone: Vec<(String, String)> =
                files.iter().filter(|(name, _)| article.sources.contains(name)).cloned().collect();
            prop_assert_eq!(&read_in_pool(home_with(&alone).path(), 2).0, &vec![article.clone()]);
        }
    }
}
