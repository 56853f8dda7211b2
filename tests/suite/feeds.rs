//! Feeds: every syntax gives the articles that a reader of feeds would show, and nothing in a feed stops a run.
#![expect(clippy::format_collect, reason = "small texts, put together where they are read")]

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use healthnews::article::{Article, Precision};
use healthnews::ingest::{FeedItems, IngestReport, feed_items};
use proptest::prelude::*;

use crate::harness::Home;
use crate::reading::{assert_golden, read_all};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The articles of a file with this content, by title.
fn articles_of(name: &str, content: impl AsRef<[u8]>) -> (HashMap<String, Article>, IngestReport) {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(name), content).unwrap();
    let (articles, report) = read_all(home.path(), name);
    (articles.into_iter().map(|article| (article.title.clone(), article)).collect(), report)
}

fn rss(items: &str) -> String {
    format!("<rss version=\"2.0\"><channel><title>T</title><link>https://t.example/</link>\n{items}\n</channel></rss>")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn reads_every_kind_of_feed_as_written_down() {
    let (articles, report) = read_all(here(), "fixtures/feeds");
    assert_golden("feeds.ndjson", &articles, &report);
}

#[test]
fn an_item_keeps_what_it_says_and_takes_the_rest_from_its_feed() {
    let (articles, report) = articles_of("feed", fs::read(here().join("fixtures/feeds/rss-2.0.xml")).unwrap());
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        ["feed:27: `next Tuesday` is not a date", "feed:48: the item has neither a title nor a text: it is not taken"]
    );

    let alarm = &articles["Night nurses test a quiet alarm at St Anne & Co"];
    assert_eq!(alarm.body.as_deref(), Some("The ward was quiet for a week.\nNobody missed an alarm that mattered."));
    assert_eq!(alarm.excerpt.as_deref(), Some("Fewer alarms, the same safety."));
    assert_eq!(alarm.published.unwrap().to_string(), "2021-03-04T20:15:00Z");
    assert_eq!(alarm.modified.unwrap().to_string(), "2021-03-05T08:00:00Z", "as its feed was then");
    assert_eq!(alarm.authors, ["Mara Lind"]);
    assert_eq!(alarm.topics.len(), 2);
    assert_eq!((alarm.external_id.as_deref(), alarm.sources[0].as_str()), (Some("ww-101"), "feed:12"));
    let provider = alarm.provider.as_ref().unwrap();
    assert_eq!(
        (provider.name.as_str(), provider.domain.as_ref().unwrap().as_str()),
        ("Ward & Wire", "wardandwire.example")
    );

    let relative = &articles["A link that is relative, and R&D in the title"];
    assert_eq!(relative.url.as_deref(), Some("https://www.wardandwire.example/2021/relative"));
    assert_eq!((relative.published, relative.authors.as_slice()), (None, &["The Desk".to_owned()][..]));

    let title = "An item that nobody gave a title, so that its first words have to do, as they…";
    assert_eq!(articles[title].url.as_deref(), Some("https://www.wardandwire.example/no-title"), "the guid");
    assert_eq!(articles["Neither link nor address"].url, None);
    let elsewhere = &articles["Elsewhere: what the neighbours write"];
    assert_eq!(elsewhere.provider.as_ref().unwrap().name, "news.elsewhere.example", "not the feed's");
    assert!(elsewhere.authors.is_empty(), "addresses of people are not shown");
}

#[test]
fn an_atom_entry_has_its_own_base_dates_and_topics() {
    let (articles, report) = articles_of("feed", fs::read(here().join("fixtures/feeds/atom.xml")).unwrap());
    assert!(report.problems.is_empty(), "{report:?}");
    let notes = &articles["Notes, structured"];
    assert_eq!(notes.url.as_deref(), Some("https://blog.example/posts/notes?a=1&b=2"));
    assert_eq!(notes.body.as_deref(), Some("First part.\nSecond part."));
    assert_eq!(notes.topics.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Natural language", "Coding"]);
    assert_eq!(notes.modified.unwrap().to_string(), "2021-05-02T10:00:00Z");
    assert_eq!(notes.provider.as_ref().unwrap().name, "Blog of a clinical coder");
    let own = &articles["An entry with its own base"];
    assert_eq!(own.url.as_deref(), Some("https://blog.example/posts/drafts/one"));
}

#[test]
fn an_item_told_again_in_another_file_is_the_same_article_as_it_was_told_last() {
    let (articles, _) = read_all(here(), "fixtures/feeds");
    let of = |title: &str| articles.iter().find(|article| article.title == title);
    let sources = ["fixtures/feeds/again.xml.gz:4", "fixtures/feeds/rss-2.0.xml:12"];
    // The first telling has the longer text, so its title stands; the later one adds a topic.
    let alarm = of("Night nurses test a quiet alarm at St Anne & Co").unwrap();
    assert_eq!((alarm.sources.as_slice(), alarm.topics.len()), (&sources.map(str::to_owned)[..], 3));
    let known_by_id: Vec<_> = articles.iter().filter(|a| a.external_id.as_deref() == Some("ww-104")).collect();
    assert_eq!((known_by_id.len(), known_by_id[0].sources.len()), (1, 2));

    let home = tempfile::tempdir().unwrap();
    for (name, day, title) in [("a.xml", "04", "As told first"), ("b.xml", "05", "As told last")] {
        let feed = rss(&format!(
            "<lastBuildDate>{day} Mar 2021 00:00 GMT</lastBuildDate><item><title>{title}</title><link>/1</link></item>"
        ));
        fs::write(home.path().join(name), feed).unwrap();
    }
    let (articles, _) = read_all(home.path(), ".");
    assert_eq!((articles.len(), articles[0].title.as_str()), (1, "As told last"));
}

#[test]
fn links_are_resolved_as_their_writers_meant_them() {
    for (link, expected) in [
        ("/a/b", "https://t.example/a/b"),
        ("?p=7", "https://t.example/?p=7"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("www.other.example/x", "https://www.other.example/x"),
        (" \n https://t.example/a?x=1&y=2 \n", "https://t.example/a?x=1&y=2"),
        ("<![CDATA[https://t.example/a&amp;b]]>", "https://t.example/a&b"),
    ] {
        let (articles, report) = articles_of("feed", rss(&format!("<item><title>A</title><link>{link}</link></item>")));
        assert_eq!(articles["A"].url.as_deref(), Some(expected), "{link}: {report:?}");
    }
    let (articles, report) = articles_of("feed", rss("<item><title>A</title><link>mailto:a@b.example</link></item>"));
    assert_eq!((articles["A"].url.as_deref(), report.problems.len()), (None, 1));
}

#[test]
fn a_broken_feed_is_read_to_where_it_breaks() {
    let (articles, report) = articles_of("feed", fs::read(here().join("fixtures/feeds/broken.xml")).unwrap());
    assert_eq!(articles.keys().collect::<Vec<_>>(), ["The item before the break"]);
    assert_eq!(report.problems.len(), 1);
    let problem = report.problems[0].to_string();
    assert!(
        problem.starts_with("feed:4: the feed is broken (") && problem.ends_with("the items before are read"),
        "{problem}"
    );

    let (_, report) =
        articles_of("feed", "{\"version\": \"https://jsonfeed.org/version/1\",\n\"items\": [{\"id\": 1,}]}");
    assert_eq!((report.rejected, report.problems.len()), (1, 1));
    assert!(report.problems[0].to_string().starts_with("feed:2: the feed is broken ("), "{report:?}");
}

#[test]
fn one_bad_item_costs_no_other() {
    let feed = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": 3,\n\"items\": [\n3,\n{\"id\": 1},\n\
                {\"id\": null, \"title\": \"Good\", \"url\": \"//e.example/x\", \"tags\": null}]}";
    let (articles, report) = articles_of("feed", feed);
    assert_eq!(articles.len(), 1);
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "feed:3: the item has neither a title nor a text: it is not taken",
            "feed:3: the item is no JSON object",
            "feed:4: the item has neither a title nor a text: it is not taken",
            "feed:5: `//e.example/x` is not a web address",
        ]
    );
}

#[test]
fn a_day_stays_a_day() {
    let (articles, _) = articles_of("feed", fs::read(here().join("fixtures/feeds/rss-1.0.rdf")).unwrap());
    let article = &articles["Codes that two hospitals read alike"];
    assert_eq!(article.published.unwrap().precision(), Precision::Day);
    assert_eq!(article.authors, ["P. Okafor", "L. Brandt"]);
}

#[test]
fn reads_the_dates_that_feeds_write() {
    for (written, expected) in [
        ("Thu, 04 Mar 2021 21:15:00 +0100", "2021-03-04T20:15:00Z"),
        ("Thu, 04 Mar 2021 21:15:00 EST", "2021-03-05T02:15:00Z"),
        ("Fri, 4 Mar 2021 21:15 GMT", "2021-03-04T21:15:00Z"),
        ("Thursday, 04 March 2021 21:15:00 UTC", "2021-03-04T21:15:00Z"),
        ("04 Mar 2021 21:15:00 Z", "2021-03-04T21:15:00Z"),
        ("2021-03-04T21:15+01:00", "2021-03-04T20:15:00Z"),
        ("2021-03-04T21:15Z", "2021-03-04T21:15:00Z"),
        ("2021-03-04T21:15:00+0100", "2021-03-04T20:15:00Z"),
    ] {
        let (articles, report) =
            articles_of("feed", rss(&format!("<item><title>A</title><pubDate>{written}</pubDate></item>")));
        let published = articles["A"].published.map(|at| at.to_string());
        assert_eq!(published.as_deref(), Some(expected), "{written}: {report:?}");
    }
}

#[test]
fn the_day_of_the_last_change_stands_in_for_that_of_publication() {
    let entry = |dates: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><updated>2021-05-03T00:00:00Z</updated><entry><title>A</title>{dates}</entry></feed>"
        )
    };
    let json = "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{\"title\":\"A\",\"date_modified\":\"2021-05-02\"}]}";
    for (feed, published, modified) in [
        (entry("<updated>2021-05-02</updated>"), Some("2021-05-02"), "2021-05-02"),
        (entry("<published>2021-05-01</published><updated>2021-05-02</updated>"), Some("2021-05-01"), "2021-05-02"),
        (entry("<published>soon</published><updated>2021-05-02</updated>"), Some("2021-05-02"), "2021-05-02"),
        (entry(""), None, "2021-05-03"),
        (json.to_owned(), Some("2021-05-02"), "2021-05-02"),
    ] {
        let (articles, report) = articles_of("feed", &feed);
        let day = articles["A"].published.map(|at| at.date().to_string());
        assert_eq!(day.as_deref(), published, "{feed}: {report:?}");
        assert_eq!(articles["A"].modified.unwrap().date().to_string(), modified, "{feed}");
    }
}

#[test]
fn a_feed_without_an_address_is_known_by_its_title() {
    let home = tempfile::tempdir().unwrap();
    let feed = |title: &str| {
        format!(
            "{{\"version\":\"https://jsonfeed.org/version/1\",\"title\":\"{title}\",\"items\":[{{\"id\":\"1\",\"title\":\"A\"}}]}}"
        )
    };
    for (name, title) in [("a.json", "One"), ("b.json", "One"), ("c.json", "Two")] {
        fs::write(home.path().join(name), feed(title)).unwrap();
    }
    fs::write(
        home.path().join("d.xml"),
        "<rss><channel><title>One</title><item><title>B</title><guid>1</guid></item></channel></rss>",
    )
    .unwrap();
    let (articles, report) = read_all(home.path(), ".");
    // Another feed of that name may number its items alike.
    assert_eq!((report.records, articles.len()), (4, 3), "{articles:?}");
}

#[test]
fn what_a_broken_gzip_holds_is_read_to_where_it_breaks_however_long_it_is() {
    for lines in [40_000, 400_000] {
        let text: String = (0..lines).map(|n| format!("{{\"title\":\"Article {n}\"}}\n")).collect();
        let mut packed = gzip(text.as_bytes());
        packed.truncate(packed.len() / 2);
        let (articles, report) = articles_of("a.gz", packed);
        assert!(articles.len() > lines / 3, "{} of {lines}", articles.len());
        let told = report.problems.last().unwrap().to_string();
        assert!(told.contains("cannot be read any further: broken gzip ("), "{told}");
        assert_eq!(report.rejected, 0);
    }
}

#[test]
fn every_format_may_be_packed() {
    let (articles, report) = read_all(here(), "fixtures/feeds");
    for title in ["A card in a gzip", "One of two packed lines", "The other packed line"] {
        assert!(articles.iter().any(|article| article.title == title), "{title}");
    }
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(
        told.contains(&"fixtures/feeds/no.gz: cannot be read: it is no gzip, whatever its name says".to_owned()),
        "{told:?}"
    );
    assert!(
        told.iter().any(|told| told.starts_with("fixtures/feeds/cut.xml.gz: cannot be read: broken gzip (")),
        "{told:?}"
    );
}

#[test]
fn a_packed_bomb_costs_neither_the_run_nor_another_article() {
    let home = tempfile::tempdir().unwrap();
    let spaces = vec![b' '; 300 << 20];
    fs::write(home.path().join("bomb.xml.gz"), gzip(&[b"<rss>", &spaces[..]].concat())).unwrap();
    fs::write(home.path().join("bomb.ndjson.gz"), gzip(&[b"{\"title\":\"Before\"}\n{", &spaces[..]].concat())).unwrap();
    fs::write(home.path().join("twice.gz"), gzip(&gzip(&spaces))).unwrap();
    drop(spaces);
    fs::write(home.path().join("good.md.gz"), gzip(b"---\ntitle: Good\n---\n")).unwrap();
    let (articles, report) = read_all(home.path(), ".");
    let mut titles: Vec<&str> = articles.iter().map(|article| article.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Before", "Good"]);
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    for expected in [
        "bomb.ndjson.gz:2: cannot be read any further: the gzip unfolds to more than 100 times its size",
        "bomb.xml.gz: larger than 16 MiB",
        "twice.gz: cannot be read: it is gzip within gzip",
    ] {
        assert!(told.contains(&expected.to_owned()), "{expected}\n{told:?}");
    }
}

#[test]
fn hostile_feeds_end_soon() {
    let nested = rss(&format!("<item><title>N</title><description>{}", "<div xmlns:a=\"b\">".repeat(200_000)));
    let channels = "<rss>".to_owned() + &"<channel xmlns:a='b'>".repeat(200_000);
    let attributes: String = (0..300_000).map(|n| format!(" a{n}=\"\"")).collect();
    let attributes = rss(&format!("<item{attributes}><title{attributes}>Good</title></item>"));
    let entities =
        format!("<!DOCTYPE rss [<!ENTITY a \"{}\">]>{}", "x".repeat(1000), rss("<item><title>&a;&a;</title></item>"));
    let bases = "<rss xml:base='http://a.example/'>".to_owned() + &"<rss xml:base='a/'>".repeat(200_000);
    for feed in [nested, channels, attributes, entities, bases] {
        let (_, report) = articles_of("feed", &feed);
        assert_eq!(report.files, 1);
    }
}

#[test]
fn feeds_are_searched_like_any_source() {
    let home = Home::new();
    home.write("feeds/a.xml", fs::read(here().join("fixtures/feeds/rss-2.0.xml")).unwrap());
    home.run(["index", "feeds"]).stderr_has("feeds/a.xml:27: `next Tuesday` is not a date").check();
    let answer = home.run(["search", "quiet alarm", "--topic", "devices & sensors", "--json"]).json();
    assert_eq!((&answer["total"], &answer["hits"][0]["sources"][0]), (&1.into(), &"feeds/a.xml:12".into()));
}

#[test]
fn what_a_feed_holds_does_not_depend_on_when_it_was_made() {
    let item = "<item><title>One</title><link>/1</link></item>";
    let made = |day: &str| rss(&format!("<lastBuildDate>{day} Mar 2021 00:00:00 GMT</lastBuildDate>{item}"));
    let (first, second) = (feed_items(made("04").as_bytes()).unwrap(), feed_items(made("05").as_bytes()).unwrap());
    assert_eq!((first.hashes.len(), &first), (1, &second));
    assert_ne!(first, feed_items(rss(&item.replace("One", "Two")).as_bytes()).unwrap());
    assert_eq!(feed_items(rss("").as_bytes()), Ok(FeedItems::default()));
    assert!(feed_items(b"<html><body>Not found</body></html>").is_err());
    assert!(feed_items(&rss(item).as_bytes()[..100]).unwrap_err().to_string().starts_with("the feed is broken ("));
}

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let part = "(<item>|</item>|<entry>|</entry>|<title>|</title>|<link>|</link>|<link href=\"|\"|/>|<author>|</author>|（|a@b|<guid>|</guid>|\
                <!\\[CDATA\\[|\\]\\]>|&|;|#|&amp;|&#0;|&#x41;|<!--|-->|<\\?|\\?>|xml:base=|https://e.example/|é| |\n|<content type=\"xhtml\">|</content>|[a-z<>]{1,3}){0,30}";
    prop_oneof![
        part.prop_map(|items| rss(&items).into_bytes()),
        part.prop_map(|items| format!("<feed xmlns='http://www.w3.org/2005/Atom'>{items}").into_bytes()),
        part.prop_map(|items| format!("<a:RDF xmlns='http://purl.org/rss/1.0/' {items}").into_bytes()),
        part.prop_map(|items| gzip(rss(&items).as_bytes())),
        (part, 0usize..80).prop_map(|(items, cut)| {
            let mut packed = gzip(rss(&items).as_bytes());
            packed.truncate(packed.len().saturating_sub(cut));
            packed
        }),
        "\\{\"version\":\"https://jsonfeed.org/version/1\",\"items\":\\[(\\{|\\}|\\[|\\]|,|:|\"id\"|\"url\"|\"title\":\"é\"|\"content_html\":|\"|1|null| |\n){0,30}"
            .prop_map(String::into_bytes),
        (part, any::<Vec<u8>>()).prop_map(|(items, bytes)| [rss(&items).as_bytes(), &bytes].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_to_an_end(contents in proptest::collection::vec(hostile(), 1..6)) {
        let home = tempfile::tempdir().unwrap();
        for (number, content) in contents.iter().enumerate() {
            fs::write(home.path().join(format!("{number}.xml")), content).unwrap();
            let _ = feed_items(content);
        }
        let (_, report) = read_all(home.path(), ".");
        prop_assert_eq!(report.files, contents.len() as u64);
        let told: std::collections::HashSet<_> = report.problems.iter().map(|problem| &problem.path).collect();
        prop_assert!(told.len() as u64 >= report.rejected, "each rejected file has a problem");
    }
}
