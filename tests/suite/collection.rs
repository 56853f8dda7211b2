//! A small collection of articles, indexed in a folder of its own, and random ones to be compared.

use healthnews::article::{Article, ArticleId, Domain, Provider, Published, Quality, Topic};
use healthnews::index::{Build, BuildOptions, IndexFolder, Ledger, Origin};
use healthnews::search::{SearchRequest, SearchResponse, Searcher, Settings};
use jiff::civil::date;
use proptest::prelude::*;
use tempfile::TempDir;

/// An index of these articles that goes away when dropped.
pub(crate) struct Collection {
    _folder: TempDir,
    pub(crate) searcher: Searcher,
}

impl Collection {
    pub(crate) fn of(articles: &[Article]) -> Self {
        Self::built_by(articles, 1)
    }

    /// As built by so many threads, which makes about as many segments.
    pub(crate) fn built_by(articles: &[Article], threads: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = IndexFolder::new(folder.path());
        let lock = index.lock().unwrap();
        let mut build = Build::begin(&lock, &BuildOptions { threads }).unwrap();
        for article in articles {
            build.add(article).unwrap();
        }
        build.publish(Origin::default(), &Ledger::default()).unwrap();
        let searcher = Searcher::open(&index, &settings()).unwrap();
        Self { _folder: folder, searcher }
    }

    pub(crate) fn search(&self, request: &SearchRequest) -> SearchResponse {
        self.searcher.search(request).unwrap()
    }
}

/// The clock of all tests.
pub(crate) fn settings() -> Settings {
    Settings { as_of: Some(date(2022, 1, 1)), ..Settings::default() }
}

/// An article with nothing but a number, a title and a source.
pub(crate) fn article(number: u64, title: &str) -> Article {
    Article { sources: vec![format!("test/{number}")], ..Article::new(ArticleId::from_bits(number), title.to_owned()) }
}

/// Few words, so that queries match; some share a stem, some a beginning, some are spellings of one compound.
pub(crate) const WORDS: [&str; 18] = [
    "care",
    "big",
    "tech",
    "it",
    "data",
    "health",
    "partner",
    "partnership",
    "AI",
    "IT",
    "cares",
    "database",
    "health-care",
    "healthcare",
    "well-being",
    "wellbeing",
    "covid19",
    "COVID-19",
];
pub(crate) const TOPICS: [&str; 6] = ["AI", "ai", "Gartner: Care", "Gartner: Data", "Care", "big-data"];
pub(crate) const PROVIDERS: [(&str, Option<&str>); 5] = [
    ("Forbes", Some("forbes.com")),
    ("forbes", Some("forbes.com")),
    ("Big News", Some("news.big.org")),
    ("Big News", None),
    ("STAT", Some("statnews.com")),
];

fn text(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), words).prop_map(|words| words.join(" "))
}

/// Between 1 and 24 articles that differ in everything that is searched, filtered, counted and sorted by.
pub(crate) fn articles() -> impl Strategy<Value = Vec<Article>> {
    let one = (
        text(1..6),
        prop::option::of(text(1..12)),
        prop::option::of(text(1..90)),
        prop::option::of(prop::sample::select(&PROVIDERS[..])),
        prop::sample::subsequence(&TOPICS[..], 0..4),
        prop::option::of(0u8..=100),
        prop::option::of(prop::sample::select(&[
            "2020-12-31T23:59:59Z",
            "2021-01-01",
            "2021-01-31T10:00:00Z",
            "2021-06-14",
            "2022-09-14T11:27:21Z",
        ])),
        prop::option::of(prop::sample::select(&["article", "video"])),
    );
    prop::collection::vec(one, 1..24).prop_map(|all| {
        let make = |(number, (title, excerpt, body, provider, topics, quality, published, kind)): (usize, _)| {
            let _: &String = &title;
            let mut article = article(number as u64 + 1, &title);
            (article.excerpt, article.body) = (excerpt, body);
            let provider: Option<(&str, Option<&str>)> = provider;
            article.provider = provider
                .map(|(name, domain)| Provider { name: name.to_owned(), domain: domain.and_then(Domain::parse) });
            let topics: Vec<&str> = topics;
            for topic in topics.iter().filter_map(|topic| Topic::parse(topic)) {
                if article.topics.iter().all(|other| other.key() != topic.key()) {
                    article.topics.push(topic);
                }
            }
            let quality: Option<u8> = quality;
            article.quality = quality.and_then(|grade| Quality::new(f64::from(grade)));
            let published: Option<&str> = published;
            article.published = published.map(|at| at.parse::<Published>().unwrap());
            let kind: Option<&str> = kind;
            article.kind = kind.map(str::to_owned);
            article
        };
        all.into_iter().enumerate().map(make).collect()
    })
}
