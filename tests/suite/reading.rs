//! Reading: every dialect and every quirk becomes the right article, or the right problem, and nothing stops a run.
#![expect(clippy::format_collect, clippy::format_push_string, reason = "small texts, put together where they are read")]

use std::fs;
use std::path::Path;

use healthnews::Error;
use healthnews::article::Article;
use healthnews::ingest::{Field, IngestReport, Mapping, ProblemKind, Silent, Source, read, survey};
use proptest::prelude::*;

/// Reads the source `given`, relative to `base`, and checks what holds for every run.
pub(crate) fn read_all(base: &Path, given: &str) -> (Vec<Article>, IngestReport) {
    read_with(base, given, &Mapping::default())
}

fn read_with(base: &Path, given: &str, mapping: &Mapping) -> (Vec<Article>, IngestReport) {
    let found = survey(&[Source::parse(given, base)]).expect("the source exists");
    let mut reading = read(&found, mapping, &Silent).expect("temporary files can be written");
    let articles: Vec<Article> = reading.by_ref().collect::<Result<_, Error>>().expect("temporary files can be read");
    let report = reading.into_report();
    assert_eq!(report.articles, articles.len() as u64);
    assert_eq!(report.records, report.articles + report.merged, "every record is an article's or merged");
    assert!(report.files >= report.left_out + report.rejected, "every file went one way");
    assert!(report.problems.is_sorted());
    assert!(articles.is_sorted_by_key(|article| article.id), "articles come in the order of their ids");
    for article in &articles {
        assert!(!article.title.trim().is_empty() && !article.sources.is_empty(), "{article:?}");
    }
    (articles, report)
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One article read from a file with this content.
fn article_of(content: impl AsRef<[u8]>) -> Article {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a.md"), content).unwrap();
    let (mut articles, report) = read_all(home.path(), "a.md");
    assert_eq!(articles.len(), 1, "{report:?}");
    articles.remove(0)
}

/// Compares with a file of `tests/golden`, one article a line and the report last. `UPDATE_GOLDEN=1` writes it instead.
pub(crate) fn assert_golden(name: &str, articles: &[Article], report: &IngestReport) {
    let mut lines: Vec<String> = articles.iter().map(|article| serde_json::to_string(article).unwrap()).collect();
    lines.push(serde_json::to_string_pretty(report).unwrap());
    let actual = lines.join("\n") + "\n";
    let path = here().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (actual, expected) in actual.lines().zip(expected.lines()) {
        assert_eq!(actual, expected);
    }
    assert_eq!(actual.lines().count(), expected.lines().count());
}

#[test]
fn reads_every_dialect_of_the_fixtures_as_written_down() {
    let (articles, report) = read_all(here(), "fixtures/news");
    assert_eq!((report.articles, report.rejected, report.problems.len()), (27, 0, 0));
    assert_golden("news.ndjson", &articles, &report);
}

#[test]
fn reads_every_quirk_as_written_down() {
    let (articles, report) = read_all(here(), "fixtures/quirks");
    assert_golden("quirks.ndjson", &articles, &report);
}

#[test]
fn accounts_for_every_file() {
    let (articles, report) = read_all(here(), "fixtures/quirks");
    let mut files: Vec<&str> = articles
        .iter()
        .flat_map(|article| &article.sources)
        .map(|source| source.split_once(".ndjson:").map_or(source.as_str(), |(_, _)| "fixtures/quirks/lines.ndjson"))
        .collect();
    files.sort_unstable();
    files.dedup();
    assert_eq!(report.files, files.len() as u64 + report.left_out + report.rejected);
    // A draft, a removed article, a section page, a page without front matter, a picture.
    assert_eq!((report.left_out, report.rejected), (5, 3));
    for rejected in ["empty.md", "no-title.md", "all-bad.ndjson"] {
        assert!(report.problems.iter().any(|problem| problem.path.ends_with(rejected)), "{rejected} has a problem");
    }
}

#[test]
fn never_shows_the_opaque_blob() {
    let card = "fixtures/news/cards/2020-05-19-telehealth-visits-level-off-after-a-record-spring.md";
    let text = fs::read_to_string(here().join(card)).unwrap();
    let blob = text.split("secured: \"").nth(1).unwrap().split('"').next().unwrap();
    let (articles, _) = read_all(here(), card);
    assert!(blob.len() > 100 && !format!("{articles:?}").contains(&blob[..20]));
    let article =
        article_of("---\ntitle: x\nsecured: \"c2VjcmV0\"\nrelated:\n  - title: y\n    secured: c2VjcmV0\n---\n");
    assert!(!format!("{article:?}").contains("c2VjcmV0"));
    assert_eq!(article.related[0].title, "y");
}

#[test]
fn reads_the_keys_that_a_user_adds() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a.md"), "---\nheading: Mine\nmeta:\n  teaser: Short\ndescription: Long\n---\n")
        .unwrap();
    let mapping = Mapping::default().with_extra(Field::Title, ["heading"]).with_extra(Field::Excerpt, ["meta.teaser"]);
    let (articles, _) = read_with(home.path(), "a.md", &mapping);
    assert_eq!((articles[0].title.as_str(), articles[0].excerpt.as_deref()), ("Mine", Some("Short")));
}

#[test]
fn says_nothing_of_folders_that_do_not_exist_but_that() {
    let error = survey(&[Source::parse("nowhere", here())]).unwrap_err();
    assert!(matches!(error, Error::Source { .. }));
    assert!(error.to_string().starts_with("cannot read the source `nowhere`"), "{error}");
}

#[test]
fn keeps_an_article_whatever_else_is_in_its_front_matter() {
    let nested = format!("---\ntitle: Deep\nx: {}\n---\n", "[".repeat(10_000));
    let indented: String = (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let indented = format!("---\ntitle: Deep\nwebUrl: https://e.com/deep\n{indented}---\n");
    let aliases =
        format!("---\na: &a [{}]\ntopics: [{}]\ntitle: Deep\n---\n", "x, ".repeat(9_000), "*a, ".repeat(9_000));
    let many_keys: String = (0..200_000).map(|n| format!("k{n}: v\n")).collect();
    let many_keys = format!("---\ntitle: Deep\n{many_keys}---\n");
    for (number, text) in [nested, indented, aliases, many_keys].iter().enumerate() {
        assert_eq!(article_of(text).title, "Deep", "{number}");
    }
}

#[test]
fn bombs_cost_neither_the_run_nor_another_article() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(home.path().join(name), content).unwrap();
    write("good.md", b"---\ntitle: Good\n---\n");
    let mut aliases = "---\ntitle: Laughs\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for n in 1..12 {
        aliases += &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 10].join(", "));
    }
    write("laughs.md", format!("{aliases}---\n").as_bytes());
    write("tags.md", format!("---\ntitle: Tags\n---\n{}text", "<div>".repeat(200_000)).as_bytes());
    write("quotes.md", format!("---\ntitle: Quotes\n---\n{}text", "> ".repeat(20_000)).as_bytes());
    // 100 MB that begin like an article; the rest is a hole.
    let large = fs::File::create(home.path().join("large.md")).unwrap();
    fs::write(home.path().join("large.md"), "---\ntitle: Large\n").unwrap();
    large.set_len(100 << 20).unwrap();
    let picture = fs::File::create(home.path().join("picture.raw")).unwrap();
    picture.set_len(100 << 20).unwrap();
    let mut lines = b"{\"title\":\"First line\"}\n{\"title\":\"".to_vec();
    lines.resize(lines.len() + (17 << 20), b'x');
    lines.extend_from_slice(b"\"}\n{\"title\":\"Last line\"}\n");
    write("lines.ndjson", &lines);

    let (articles, report) = read_all(home.path(), ".");
    let mut titles: Vec<&str> = articles.iter().map(|article| article.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["First line", "Good", "Last line", "Laughs", "Quotes", "Tags"]);
    assert_eq!((report.left_out, report.rejected), (1, 1));
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(told.contains(&"large.md: larger than 16 MiB".to_owned()), "{told:?}");
    assert!(told.contains(&"lines.ndjson:2: the line is longer than 16 MiB".to_owned()), "{told:?}");
}

#[test]
fn a_file_of_bad_lines_tells_of_a_few_and_counts_the_rest() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a.ndjson"), format!("{{\"title\":\"x\"}}\n{}", "{bad\n".repeat(500))).unwrap();
    let (_, report) = read_all(home.path(), "a.ndjson");
    assert_eq!(report.problems.len(), 21);
    assert_eq!(report.problems[20].to_string(), "a.ndjson:22: and 480 more problems like these");
    assert_eq!((report.records, report.rejected), (1, 0));
}

#[test]
fn json_without_a_title_goes_by_its_first_words() {
    let home = tempfile::tempdir().unwrap();
    let long = "word ".repeat(40);
    let lines = [
        format!("{{\"_id\":\"1\",\"title\":\"\",\"text\":\"Beds that call a nurse.\\n\\nMore: {long}\"}}"),
        format!("{{\"url\":\"https://e.com/2\",\"excerpt\":\"{long}\",\"title\":true}}"),
        "{\"title\":null,\"abstract\":\"An abstract alone\"}".to_owned(),
        "{\"excerpt\":\"None\",\"body\":\"What a body says\",\"topics\":\"[]\",\"published\":\"None\"}".to_owned(),
        "{\"title\":1.5}".to_owned(),
        "{\"url\":\"https://e.com/6\",\"title\":\"\"}".to_owned(),
        "{\"name\":\"site\",\"description\":\"A site\"}".to_owned(),
        "{\"title\":\"\",\"body\":\"x\",\"draft\":true}".to_owned(),
        "broken".to_owned(),
    ];
    fs::write(home.path().join("a.ndjson"), lines.join("\n")).unwrap();
    let (articles, report) = read_all(home.path(), "a.ndjson");
    let mut titles: Vec<&str> = articles.iter().map(|article| article.title.as_str()).collect();
    titles.sort_unstable();
    let cut = format!("{}…", &"word ".repeat(16).trim());
    assert_eq!(titles, ["1.5", "An abstract alone", "Beds that call a nurse.", "What a body says", &cut]);
    let plain = articles.iter().find(|article| article.title == "What a body says").unwrap();
    assert_eq!((&plain.excerpt, plain.topics.len(), plain.published), (&None, 0, None));
    assert_eq!((report.records, report.rejected, report.unread), (5, 0, 3));
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let untitled = |line: u64| format!("a.ndjson:{line}: the article has no title and goes by its first words");
    assert_eq!(told[..4], [1, 2, 3, 4].map(untitled));
    assert_eq!(
        told[4..6],
        [
            "a.ndjson:6: the article has neither a title nor a text: it is not taken",
            "a.ndjson:7: the article has neither a title nor a text or an address: it is not taken",
        ]
    );
    assert!(told[6].starts_with("a.ndjson:9: the line is no JSON"), "{told:?}");
    assert!(report.problems[..4].iter().all(|problem| problem.kind == ProblemKind::Title));

    fs::write(home.path().join("package.json"), "{\n\"name\": \"site\",\n\"description\": \"A site\"\n}").unwrap();
    assert_eq!(read_all(home.path(), "package.json").1.left_out, 1, "a manifest");
}

#[test]
fn problems_of_one_kind_do_not_hide_those_of_another() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("a.ndjson"), "{\"title\":\"\",\"text\":\"x\"}\n".repeat(50) + "{bad").unwrap();
    let (_, report) = read_all(home.path(), "a.ndjson");
    assert_eq!(report.problems.len(), 22);
    assert_eq!(report.problems[20].to_string(), "a.ndjson:21: and 30 more problems like these");
    assert_eq!(report.problems[21].line, Some(51));
}

#[test]
fn addresses_and_authors_go_by_their_plain_names_too() {
    let address = |text: &str| article_of(format!("---\ntitle: x\n{text}\n---\n")).url;
    for (text, expected) in [
        ("url: https://e.com/a", Some("https://e.com/a")),
        ("source: https://e.com/a", Some("https://e.com/a")),
        ("url: https://e.com/a\nwebUrl: https://e.com/b", Some("https://e.com/b")),
        ("url: /about/", None),
        ("url: about.html", None),
        ("source: Reuters", None),
    ] {
        assert_eq!(address(text).as_deref(), expected, "{text}");
    }
    assert_eq!(article_of("---\ntitle: x\nauthors: [Ada, Eve]\n---\n").authors, ["Ada", "Eve"]);
    assert_eq!(article_of("---\ntitle: x\nurl: /about/\nsource: Reuters\n---\n").provider, None);
}

#[test]
fn reads_json_over_several_lines_and_in_lists() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(home.path().join(name), content).unwrap();
    write("one.json", b"{\n  \"title\": \"One\",\n  \"url\": \"https://e.com/1\"\n}\n");
    write("list.json", b"[\n  {\"title\": \"Two\"},\n  {\"title\": \"bad\n},\n  {\n    \"title\": \"Three\"\n  }\n]\n");
    write("short.json", b"[{\"title\":\"Four\"},{\"title\":\"Five\"}]");
    let wide: Vec<u8> = "\u{feff}{\n\"title\": \"Six\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    write("wide.json", &wide);
    write("full.json", b"{\n  \"title\": \"Eight\",\n  \"authors\": [{\"title\": \"Dr\", \"name\": \"Ada\"}]\n}\n");
    write("notes.json", b"{\n  \"title\": \"Nine\",\n  \"body\": \"x\",\n  \"notes\": [{\"title\": \"n\"}]\n}\n");
    write("cut.json", b"[{\"title\":\"Seven\"},");
    write("package.json", b"{\n  \"name\": \"site\",\n  \"version\": 1\n}\n");
    write("answer.json", b"{\n  \"total\": 1,\n  \"items\": [{\"title\": \"x\"}]\n}\n");
    write("nulls.json", b"[ null, {\"title\": \"Ten\"}, null, 7, {\"title\": \"Eleven\"}, null ]");
    write("hugo.md", b"+++\ntitle = \"x\"\n+++\n");

    let (articles, report) = read_all(home.path(), ".");
    let mut told: Vec<String> =
        articles.iter().map(|article| format!("{} {}", article.sources[0], article.title)).collect();
    told.sort_unstable();
    let expected = [
        "cut.json:1 Seven",
        "full.json:1 Eight",
        "list.json:2 Two",
        "list.json:5 Three",
        "notes.json:1 Nine",
        "nulls.json:1 Eleven",
        "nulls.json:1 Ten",
    ];
    assert_eq!(
        told,
        [&expected[..], &["one.json:1 One", "short.json:1 Five", "short.json:1 Four", "wide.json:1 Six"]].concat()
    );
    assert_eq!((report.left_out, report.rejected), (1, 2), "a manifest; an answer and TOML");
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        problems,
        [
            "answer.json: nothing in it is an article",
            "answer.json:1: the articles are in a list under `items`; take the list out of its object",
            "cut.json:1: the list is not closed by `]`",
            "hugo.md: front matter in TOML is not read; write it in YAML between lines `---`",
            "list.json:3: the value is no JSON (control character (\\u0000-\\u001F) found while parsing a string)",
            "nulls.json:1: the value is no JSON object",
            "nulls.json:1: the value is no JSON object",
            "nulls.json:1: the value is no JSON object",
            "nulls.json:1: the value is no JSON object",
        ]
    );
}

#[test]
fn a_list_is_read_in_bounded_pieces() {
    let home = tempfile::tempdir().unwrap();
    let one = format!("{{\"title\":\"x\",\"body\":\"{}\"}},", "word ".repeat(10_000));
    fs::write(home.path().join("a.json"), format!("[{}{{\"title\":\"last\"}}]", one.repeat(200))).unwrap();
    let (articles, report) = read_all(home.path(), "a.json");
    assert_eq!((report.records, report.problems.len()), (201, 0));
    assert_eq!(articles.len(), 201);
}

#[test]
fn reads_the_real_corpora_without_losing_a_file() {
    let corpora = here().join("../shared/corpora");
    if !corpora.is_dir() {
        println!("skipped: there are no corpora in ../shared/corpora");
        return;
    }
    for folder in fs::read_dir(&corpora).unwrap() {
        let name = folder.unwrap().file_name().into_string().unwrap();
        let (articles, report) = read_all(&corpora, &name);
        assert!(!articles.is_empty(), "{name}");
        let files: std::collections::HashSet<&str> = articles
            .iter()
            .flat_map(|article| &article.sources)
            .map(|source| source.split_once(".ndjson:").map_or(source.as_str(), |_| name.as_str()))
            .collect();
        assert_eq!(report.files, files.len() as u64 + report.left_out + report.rejected, "{name}");
        let expected = match name.as_str() {
            "ai-2019" => Some((2_902, 0, 13)),
            "covid-news" => Some((6_241, 0, 1)),
            "health-it-bookmarks-copy" => Some((482, 54, 54)),
            "seeds" | "brief-health" => Some((5, 0, 0)),
            _ => None,
        };
        if let Some(expected) = expected {
            assert_eq!((report.records, report.rejected, report.problems.len()), expected, "{name}");
        }
    }
}

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let yaml = "(---|title: |url|webUrl: https?://|topics:|- |  |\\[|\\]|\\{|\\}|&a|\\*a|\"|'|: |#|\\||>-|!x|\t|\n|\n|\n---\n|<p>|</|&amp;|[a-z0-9é\u{92}]{1,3}){0,40}";
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        yaml.prop_map(|text| format!("---\ntitle: x\n{text}\n---\n{text}").into_bytes()),
        yaml.prop_map(|text| format!("---\n{text}").into_bytes()),
        "\\{\"(title|url|topics|provider|a)\": ?(\"[^\n]{0,12}\"|[0-9.eE-]{1,5}|\\[\\]|\\{\\}|null|true)\\}?\n?"
            .prop_map(|line| line.repeat(3).into_bytes()),
        "(\\[|\\{\n)(\\{|\\}|\\[|\\]|,|\n|\"title\":\"é\"|\"url\": \"e.com\"|\"|\\\\|:|1| ){0,30}"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_to_an_end(contents in proptest::collection::vec(hostile(), 1..6)) {
        let home = tempfile::tempdir().unwrap();
        for (number, content) in contents.iter().enumerate() {
            fs::write(home.path().join(format!("{number}.md")), content).unwrap();
        }
        let (_, report) = read_all(home.path(), ".");
        prop_assert_eq!(report.files, contents.len() as u64);
        let rejected: std::collections::HashSet<_> = report.problems.iter().map(|problem| &problem.path).collect();
        prop_assert!(rejected.len() as u64 >= report.rejected, "each rejected file has a problem");
    }
}
