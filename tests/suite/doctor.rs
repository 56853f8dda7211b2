//! `doctor`: each kind of finding is met by its fixture and by no clean article.

use std::collections::BTreeSet;

use healthnews::doctor::{Check, Diagnosis, Examination, examine};
use healthnews::ingest::{Silent, Source, survey};
use jiff::civil::date;
use serde_json::json;

use crate::harness::Home;

/// Nothing is wrong with it.
const CLEAN: &str = "---\ntitle: Beds that call the nurse\nexcerpt: Sensors in the bed notice when a patient gets up.\n\
    publishedDateTime: 2021-06-14\noriginalUrl: https://ward.example/beds\nquality: 50\nprovider:\n  name: Ward News\n  \
    domain: ward.example\ntopics:\n  - Remote Monitoring\n---\nA trial on two wards ended well.\n";

/// [`CLEAN`] with other words; panics if they are not there to be replaced.
fn but(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(CLEAN.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

fn diagnose(files: &[Vec<u8>]) -> Diagnosis {
    let home = Home::new();
    for (number, bytes) in files.iter().enumerate() {
        home.write(&format!("news/{number}.md"), bytes);
    }
    let found = survey(&[Source::parse("news", home.path())]).unwrap();
    examine(&found, &Examination { today: date(2022, 1, 1), ..Examination::default() }, &Silent).unwrap()
}

/// A check, the files that it alone finds something in, and the first place: file, line and a part of what is told.
type Fixture = (Check, Vec<Vec<u8>>, (&'static str, Option<u64>, &'static str));

/// What makes it another article.
const TITLE: (&str, &str) = ("title: Beds that", "title: Chairs that");
const URL: (&str, &str) = ("/beds", "/chairs");

fn fixtures() -> Vec<Fixture> {
    let one = |text: String| vec![text.into_bytes()];
    let two = |changes: &[(&str, &str)]| vec![CLEAN.as_bytes().to_vec(), but(changes).into_bytes()];
    let bytes = |from: &[u8], to: &[u8]| {
        let at = CLEAN.as_bytes().windows(from.len()).position(|part| part == from).unwrap();
        vec![[&CLEAN.as_bytes()[..at], to, &CLEAN.as_bytes()[at + from.len()..]].concat()]
    };
    vec![
        (Check::Unread, one(but(&[("title:", "headline:")])), ("news/0.md", None, "no title")),
        (Check::EmptyFile, one(String::new()), ("news/0.md", None, "empty")),
        (Check::BrokenYaml, one(but(&[("Beds that", "Beds: they")])), ("news/0.md", Some(2), "broken YAML")),
        (Check::BadValue, one(but(&[("quality: 50", "quality: good")])), ("news/0.md", Some(6), "`good`")),
        (Check::BadCharacters, bytes(b"two wards", b"two w\xe4rds"), ("news/0.md", Some(13), "UTF-8")),
        (
            Check::NoTitle,
            one("{\"title\":\"\",\"url\":\"https://l.example/1\",\"published\":\"2021-06-14\",\"body\":\"y\"}"
                .to_owned()),
            ("news/0.md", Some(1), "first words"),
        ),
        (Check::NoDate, one(but(&[("publishedDateTime: 2021-06-14\n", "")])), ("news/0.md", None, "Beds that call")),
        (Check::FutureDate, one(but(&[("2021-06-14", "2031-06-14")])), ("news/0.md", Some(4), "2031-06-14")),
        (Check::EarlyDate, one(but(&[("2021-06-14", "1970-01-01")])), ("news/0.md", Some(4), "1970-01-01")),
        (Check::CutExcerpt, one(but(&[("gets up.", "gets ...")])), ("news/0.md", Some(3), "patient gets ...")),
        (
            Check::NoText,
            one(but(&[
                ("excerpt: Sensors in the bed notice when a patient gets up.\n", ""),
                ("A trial on two wards ended well.\n", ""),
            ])),
            ("news/0.md", None, "Beds that call"),
        ),
        (
            Check::UnknownOutlet,
            one(but(&[("originalUrl: https://ward.example/beds\n", ""), ("  domain: ward.example\n", "")])),
            ("news/0.md", Some(6), "Ward News"),
        ),
        (
            Check::SplitTopic,
            two(&[TITLE, URL, ("Remote Monitoring", "Remote Monitorings")]),
            ("news/1.md", Some(10), "`Remote Monitoring` (1), `Remote Monitorings` (1)"),
        ),
        (
            Check::RepeatedTitle,
            two(&[("title: Beds", "title: BEDS"), URL]),
            ("news/0.md", Some(2), "2 articles, also in news/1.md"),
        ),
        (
            Check::EmptyBody,
            one(but(&[("A trial on two wards ended well.\n", "")])),
            ("news/0.md", None, "Beds that call"),
        ),
        (
            Check::SharedTitle,
            two(&[("ward.example", "bed.example"), ("Ward News", "Bed News")]),
            ("news/0.md", Some(2), "2 articles, also in news/1.md"),
        ),
        (
            Check::ManyNames,
            two(&[TITLE, URL, ("Ward News", "The Ward")]),
            ("news/0.md", Some(7), "ward.example: `The Ward` (1), `Ward News` (1)"),
        ),
        (
            Check::TopicSpelling,
            vec![
                CLEAN.as_bytes().to_vec(),
                but(&[TITLE, URL]).into_bytes(),
                but(&[("title: Beds", "title: Lamps"), ("/beds", "/lamps"), ("Remote M", "remote-m")]).into_bytes(),
            ],
            ("news/2.md", Some(10), "`Remote Monitoring` (2), `remote-monitoring` (1)"),
        ),
        (Check::NoArticle, one("# Read me\n".to_owned()), ("news/0.md", None, "no article")),
    ]
}

#[test]
fn finds_nothing_wrong_with_clean_articles() {
    let other = but(&[("title: Beds", "title: Chairs"), ("/beds", "/chairs"), ("2021-06-14", "2022-01-02")]);
    let diagnosis = diagnose(&[CLEAN.into(), CLEAN.into(), other.into_bytes()]);
    assert_eq!((diagnosis.files, diagnosis.articles), (3, 2));
    assert_eq!((diagnosis.gravest(), diagnosis.findings), (None, vec![]));
}

#[test]
fn each_finding_is_met_by_its_fixture_alone() {
    let mut met = BTreeSet::new();
    for (check, files, (path, line, what)) in fixtures() {
        let findings = diagnose(&files).findings;
        let name = check.name();
        assert_eq!(findings.iter().map(|finding| finding.check.name()).collect::<Vec<_>>(), [name]);
        assert_eq!((findings[0].count, findings[0].places.len()), (1, 1), "{name}");
        let place = &findings[0].places[0];
        assert_eq!((place.path.as_str(), place.line), (path, line), "{name}: {place:?}");
        assert!(place.what.contains(what), "{name}: {place:?}");
        met.insert(check);
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>(), Check::ALL);
}

#[test]
fn counts_all_and_tells_the_first_places() {
    let home = Home::new();
    for number in 0..9 {
        let text = but(&[("title: Beds", &format!("title: {number} beds")), ("/beds", &format!("/{number}"))]);
        home.write(&format!("news/{number}.md"), text.replace("gets up.", "gets…"));
    }
    let line =
        |n| format!("{{\"title\":\"Line {n}\",\"url\":\"https://l.example/{n}\",\"excerpt\":\"x…\",\"body\":\"y\"}}");
    let lines = (0..12).map(line).collect::<Vec<_>>().join("\n");
    home.write("news/all.ndjson", lines);
    let report = home.run(["doctor", "news", "--json", "--limit", "3"]).json();
    let findings = report["findings"].as_array().unwrap();
    let cut = findings.iter().find(|finding| finding["check"] == "cut-excerpt").unwrap();
    assert_eq!(cut["count"], 21);
    let places: Vec<_> =
        cut["places"].as_array().unwrap().iter().map(|place| (&place["path"], &place["line"])).collect();
    assert_eq!(
        places,
        [(&json!("news/0.md"), &json!(3)), (&json!("news/1.md"), &json!(3)), (&json!("news/2.md"), &json!(3))]
    );
    let undated = findings.iter().find(|finding| finding["check"] == "no-date").unwrap();
    assert_eq!((&undated["count"], &undated["places"][2]["line"]), (&json!(12), &json!(3)), "in the order of lines");
    home.write("news/broken.ndjson", "{bad\n".repeat(40));
    let report = home.run(["doctor", "news", "--json", "--limit", "1"]).exits(6).json();
    let unread = &report["findings"][0];
    // One more for the file, which gave nothing.
    assert_eq!(
        (&unread["check"], &unread["count"], unread["places"].as_array().unwrap().len()),
        (&json!("unread"), &json!(41), 1)
    );
    let all = home.run(["doctor", "news", "--format", "csv", "--all"]).exits(6).stdout_has("broken.ndjson,40,").check();
    assert_eq!(all.stdout.lines().filter(|line| line.contains("more problems")).count(), 0);
    std::fs::remove_file(home.path().join("news/broken.ndjson")).unwrap();
    let all =
        home.run(["doctor", "news", "--format", "csv", "--all"]).stdout_has("severity,check,path,line,what").check();
    assert_eq!(all.stdout.lines().filter(|line| line.contains("cut-excerpt")).count(), 21);
    assert_eq!(all.stdout.lines().filter(|line| line.contains("no-date,news/all.ndjson,12,Line 11")).count(), 1);
}

#[test]
fn is_written_as_a_table_to_work_down() {
    let home = Home::new();
    home.write("news/a.md", but(&[("gets up.", "gets up in the ...")]));
    home.write("news/b.md", "---\nexcerpt: no title here\n---\n");
    home.run(["doctor", "news"])
        .exits(6)
        .stdout(
            "1 article in 2 files: 1 error, 1 warning\n\n\
             error: unread, 1 place\n  \
               a file or an article in it cannot be read: it is missing from every search\n  \
               mend: correct what is said here, or move the file out of the collection\n    \
                 news/b.md: the front matter has no title\n\n\
             warning: cut-excerpt, 1 article\n  \
               the excerpt breaks off before the end of its sentence\n  \
               mend: write the sentence to its end, or leave the half of it out\n    \
                 news/a.md:3: Sensors in the bed notice when a patient gets up in the ...\n",
        )
        .check();
    home.write("news/a.md", CLEAN);
    std::fs::remove_file(home.path().join("news/b.md")).unwrap();
    home.run(["doctor", "news"]).stdout("1 article in 1 file: nothing to mend\n").check();
}

#[test]
fn exits_with_6_from_the_chosen_severity_on() {
    let home = Home::new();
    home.write("news/a.md", but(&[("gets up.", "gets ...")]));
    for (threshold, code) in [("error", 0), ("warning", 6), ("note", 6)] {
        home.run(["doctor", "news", "--fail-on", threshold]).exits(code).stdout_has("cut-excerpt").check();
    }
    home.run(["doctor", "news"]).stdout_has("cut-excerpt").check();
    home.run(["doctor", "news", "--format", "ris"]).exits(2).stderr_has("`doctor` has no format `ris`").check();
}

#[test]
fn reads_the_remembered_sources_and_touches_no_index() {
    let home = Home::indexed();
    home.run(["doctor"]).stdout_has("5 articles in 5 files: ").check();
    // The files as they are now, not as they were indexed.
    home.write("news/new.md", CLEAN);
    home.run(["doctor"]).stdout_has("6 articles in 6 files: ").check();
    home.run(["status"]).stdout_has("articles   5\n").check();
    home.run(["doctor", "news/new.md"]).stdout("1 article in 1 file: nothing to mend\n").check();
    home.run(["doctor", "--index", "nowhere"]).exits(2).stderr_has("no source to read").check();
    home.run(["doctor", "nowhere"]).exits(2).stderr_has("cannot read the source `nowhere`").check();
    assert!(!home.path().join("nowhere").exists());
}

#[test]
fn tells_the_day_it_counts_from() {
    let home = Home::new();
    home.write("news/a.md", CLEAN);
    home.run(["doctor", "news", "--as-of", "2021-06-01"]).stdout_has("future-date").check();
    home.run(["doctor", "news", "--as-of", "2021-06-13"]).stdout_has("nothing to mend").check();
}

#[test]
fn every_finding_of_the_real_collections_stands_where_it_says() {
    let Some(path) = crate::corpora::path() else { return };
    let found = survey(&[Source::parse(".", &path)]).unwrap();
    let examination = Examination { limit: 50, today: date(2026, 1, 1), ..Examination::default() };
    let diagnosis = examine(&found, &examination, &Silent).unwrap();
    let again = examine(&found, &examination, &Silent).unwrap();
    assert_eq!(diagnosis, again);
    let cut = diagnosis.findings.iter().find(|finding| finding.check == Check::CutExcerpt).unwrap();
    assert!(cut.count > 1_000, "{}", cut.count);
    for place in &cut.places {
        let text = std::fs::read_to_string(path.join(&place.path)).unwrap();
        let line = text.lines().nth(place.line.unwrap() as usize - 1).unwrap();
        let key = line.split(':').next().unwrap();
        assert!(["excerpt", "abstract", "description", "summary"].contains(&key), "{place:?}: {line}");
    }
}
