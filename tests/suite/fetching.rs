//! Fetching: feeds come from a real server on loopback, and whatever it answers, nothing is lost and nothing half is left.
#![expect(clippy::format_collect, reason = "small texts, put together where they are read")]

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

use healthnews::Error;
use healthnews::fetch::{FetchOptions, Observer, Outcome, Report, fetch, known_feeds};
use healthnews::ingest::Silent;
use serde_json::json;

use crate::feeds::gzip;
use crate::harness::Home;
use crate::server::{Answer, Server, ok, redirect, with};

/// A feed of these items, which have titles and addresses of their own.
fn feed(items: &[&str]) -> String {
    let items: String =
        items.iter().map(|item| format!("<item><title>News of {item}</title><link>/{item}</link></item>\n")).collect();
    format!(
        "<rss version=\"2.0\"><channel><title>Test</title><link>https://news.example/</link>\n{items}</channel></rss>"
    )
}

/// Options for a quick test, without whatever proxy the tester has.
fn quick(folder: &Path) -> FetchOptions {
    FetchOptions {
        timeout: Duration::from_millis(800),
        max_bytes: 1 << 20,
        pause: Duration::from_millis(10),
        proxy: false,
        ..FetchOptions::into_folder(folder)
    }
}

fn get(home: &Home, urls: &[String]) -> Report {
    fetch(urls, &quick(&home.path().join("feeds")), &Silent).expect("the folder can be written")
}

fn get_one(home: &Home, url: String) -> Outcome {
    get(home, &[url]).feeds.remove(0).outcome
}

fn failure(outcome: Outcome) -> String {
    match outcome {
        Outcome::Failed { what } => what,
        other => panic!("it did not fail: {other:?}"),
    }
}

/// The visible files of the folder, and the hidden ones.
fn files(home: &Home) -> (Vec<String>, Vec<String>) {
    let folder = home.path().join("feeds");
    let mut files: Vec<String> = walkdir::WalkDir::new(&folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(&folder).unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    files.into_iter().partition(|file| !file.rsplit('/').next().unwrap().starts_with('.'))
}

#[test]
fn a_feed_that_changes_loses_nothing_of_what_it_told_before() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/feed", [ok(feed(&["one", "two"])), ok(feed(&["two", "three"])), ok(feed(&["three"]))]);
    let Outcome::New { file, items: 2, new_items: 2 } = get_one(&home, server.url("/feed")) else { panic!("not new") };
    assert_eq!(fs::read_to_string(home.path().join("feeds").join(file)).unwrap(), feed(&["one", "two"]), "as it came");
    assert!(matches!(get_one(&home, server.url("/feed")), Outcome::New { items: 2, new_items: 1, .. }));
    assert_eq!(get_one(&home, server.url("/feed")), Outcome::Unchanged, "it only forgets");
    assert_eq!(files(&home).0.len(), 2);

    home.run(["index", "feeds", "-q"]).check();
    let answer = home.run(["search", "news", "--json"]).json();
    assert_eq!(answer["total"], 3, "{answer}");
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let (home, server) = (Home::new(), Server::start());
    let validators = [("ETag", "\"v1\""), ("Last-Modified", "Thu, 04 Mar 2021 20:15:00 GMT")];
    server.on("/feed", [with("200 OK", &validators, feed(&["one"])), with("304 Not Modified", &[], "")]);
    let Outcome::New { file, .. } = get_one(&home, server.url("/feed")) else { panic!("not new") };
    assert_eq!(get_one(&home, server.url("/feed")), Outcome::Unchanged);
    let asked = server.asked();
    assert!(!asked[0].headers.contains_key("if-none-match"));
    assert!(asked[0].headers["user-agent"].starts_with("healthnews/"));
    assert_eq!(asked[1].headers["if-none-match"], "\"v1\"");
    assert_eq!(asked[1].headers["if-modified-since"], "Thu, 04 Mar 2021 20:15:00 GMT");

    // What the user threw away comes again.
    fs::remove_file(home.path().join("feeds").join(file)).unwrap();
    server.on("/feed", [with("200 OK", &validators, feed(&["one"]))]);
    assert!(matches!(get_one(&home, server.url("/feed")), Outcome::New { .. }));
    assert!(!server.asked()[2].headers.contains_key("if-none-match"));
}

#[test]
fn a_feed_that_moves_is_followed_and_told() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/feed", [ok(feed(&["one"]))]);
    server.on("/for-good", [redirect("301 Moved Permanently", "/feed#top")]);
    server.on("/for-now", [redirect("302 Found", &server.url("/feed"))]);
    server.on("/both", [redirect("308 Permanent Redirect", "/for-now")]);
    server.on("/round", [redirect("307 Temporary Redirect", "/round")]);
    server.on("/nowhere", [with("301 Moved Permanently", &[], "")]);
    server.on("/file", [redirect("301 Moved Permanently", "file:///etc/passwd")]);
    let urls = ["/for-good", "/for-now", "/both", "/round", "/nowhere", "/file"].map(|path| server.url(path));
    let report = get(&home, &urls);
    let moved: Vec<Option<String>> = report.feeds.iter().map(|feed| feed.moved.clone()).collect();
    assert_eq!(moved, [Some(server.url("/feed")), None, None, None, None, None]);
    assert!(report.feeds[..3].iter().all(|feed| matches!(feed.outcome, Outcome::New { .. })), "{report:?}");
    let failures: Vec<String> = report.feeds[3..].iter().map(|feed| failure(feed.outcome.clone())).collect();
    assert_eq!(
        failures,
        [
            "more than 10 redirects",
            "a redirect that leads nowhere",
            "a redirect to `file:///etc/passwd` is not followed: only `http:` and `https:` are",
        ]
    );
    assert_eq!(files(&home).0.len(), 1, "one response, come three times");
}

/// All names in `.example` are on loopback, and there are no others.
fn lookup(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    if !host.ends_with(".example") {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))])
}

#[test]
fn hosts_that_share_a_folder_do_not_disturb_each_other() {
    let (home, server) = (Home::new(), Server::start());
    // Large, so that writing takes a while.
    let items: Vec<String> = (0..3_000).map(|number| format!("number-{number}")).collect();
    server.on("/feed", [ok(feed(&items.iter().map(String::as_str).collect::<Vec<_>>()))]);
    let url = |host: &str| format!("http://{host}:{}/feed", server.port());
    let urls = ["a-b.example", "a_b.example", "-a-b.example", "a-b.example"].map(url);
    for round in 0..10 {
        let folder = home.path().join(format!("{round}"));
        let options = FetchOptions { lookup: Some(lookup), timeout: Duration::from_secs(10), ..quick(&folder) };
        let report = fetch(&urls, &options, &Silent).unwrap();
        assert!(report.feeds.iter().all(|feed| matches!(feed.outcome, Outcome::New { .. })), "{:?}", report.feeds);
        let kept: Vec<_> = fs::read_dir(folder.join("a-b.example")).unwrap().collect();
        assert_eq!(kept.len(), 1, "one response, come from three hosts: {kept:?}");
    }
}

#[test]
fn no_server_sends_us_to_an_address_that_is_not_public() {
    let (home, server) = (Home::new(), Server::start());
    let port = server.port();
    server.on("/feed", [ok(feed(&["one"]))]);
    let targets = [
        format!("http://127.0.0.1:{port}/feed"),
        format!("http://localhost:{port}/feed"),
        format!("http://[::1]:{port}/feed"),
        format!("http://0x7f000001:{port}/feed"),
        // A name that only turns out to be such an address when it is looked up.
        format!("http://harmless.example:{port}/feed"),
    ];
    for (number, target) in targets.iter().enumerate() {
        server.on(&format!("/{number}"), [redirect("302 Found", target)]);
    }
    server.on("/same", [redirect("302 Found", &format!("http://news.example:{port}/feed"))]);
    let mut urls: Vec<String> = (0..targets.len()).map(|n| format!("http://news.example:{port}/{n}")).collect();
    urls.push(format!("http://news.example:{port}/same"));
    let options = FetchOptions { lookup: Some(lookup), ..quick(&home.path().join("feeds")) };
    let mut report = fetch(&urls, &options, &Silent).unwrap();
    assert!(matches!(report.feeds.pop().unwrap().outcome, Outcome::New { .. }), "the host that the user named");
    for feed in report.feeds {
        let what = failure(feed.outcome);
        assert!(what.contains("it leads to an address that is not public"), "{}: {what}", feed.url);
    }
    let reached = server.asked().iter().filter(|asked| asked.path == "/feed").count();
    assert_eq!(reached, 1, "nothing else was connected to");
}

#[test]
fn what_may_pass_is_tried_again_and_the_rest_is_not() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/shaky", [with("500 Internal Server Error", &[], ""), Answer::HangUp, ok(feed(&["one"]))]);
    server.on("/slow", [Answer::Silence, ok(feed(&["two"]))]);
    server.on("/down", [with("503 Service Unavailable", &[("Retry-After", "0")], "")]);
    server.on("/busy", [with("429 Too Many Requests", &[("Retry-After", "3600")], "")]);
    server.on("/gone", [with("410 Gone", &[], "")]);
    let urls = ["/shaky", "/slow", "/down", "/busy", "/gone", "/missing"].map(|path| server.url(path));
    let mut feeds = get(&home, &urls).feeds;
    for feed in feeds.drain(..2) {
        assert!(matches!(feed.outcome, Outcome::New { .. }), "{feed:?}");
    }
    let failures: Vec<String> = feeds.into_iter().map(|feed| failure(feed.outcome)).collect();
    assert_eq!(
        failures,
        [
            "the server answers 503 Service Unavailable",
            "the server answers 429 Too Many Requests; it asks for a pause of 3600 seconds",
            "the server answers 410 Gone: the feed has ended",
            "the server answers 404 Not Found",
        ]
    );
    let asked = |path: &str| server.asked().iter().filter(|asked| asked.path == path).count();
    assert_eq!(["/shaky", "/down", "/busy", "/gone", "/missing"].map(asked), [3, 3, 1, 1, 1]);
}

#[test]
fn no_answer_is_waited_for_or_taken_without_end() {
    let (home, server) = (Home::new(), Server::start());
    let head = || "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n".to_owned();
    server.on("/slow", [Answer::Silence]);
    server.on("/endless", [Answer::Endless { head: head() }]);
    server.on("/large", [ok(" ".repeat((1 << 20) + 1))]);
    let bomb = gzip(&vec![b' '; 32 << 20]);
    server.on("/bomb", [with("200 OK", &[("Content-Encoding", "gzip")], &bomb)]);
    server.on("/packed-bomb", [ok(&bomb)]);
    let urls = ["/slow", "/endless", "/large", "/bomb", "/packed-bomb"].map(|path| server.url(path));
    let failures: Vec<String> = get(&home, &urls).feeds.into_iter().map(|feed| failure(feed.outcome)).collect();
    let too_large = "the response is larger than 1048576 bytes";
    assert_eq!(failures, ["no answer in time", too_large, too_large, too_large, "larger than 16 MiB"]);
    assert!(files(&home).0.is_empty());
}

#[test]
fn what_is_no_whole_feed_is_not_kept() {
    let (home, server) = (Home::new(), Server::start());
    server
        .on("/page", [with("200 OK", &[("Content-Type", "application/rss+xml")], "<html><body>Log in</body></html>")]);
    server.on("/half", [ok(&feed(&["one", "two"])[..100])]);
    server.on("/cut", [Answer::Cut { body: feed(&["one"]).into_bytes() }]);
    let packed = gzip(feed(&["one"]).as_bytes());
    server.on("/torn", [with("200 OK", &[("Content-Encoding", "gzip")], &packed[..packed.len() / 2])]);
    server.on("/noise", [with("200 OK", &[("Content-Encoding", "gzip")], "no gzip at all")]);
    let urls = ["/page", "/half", "/cut", "/torn", "/noise"].map(|path| server.url(path));
    let report = get(&home, &urls);
    let failures: Vec<String> = report.feeds.iter().map(|feed| failure(feed.outcome.clone())).collect();
    assert_eq!(failures[0], "it is no feed");
    assert!(failures[1].starts_with("the feed is broken ("), "{failures:?}");
    assert_eq!(report.counts(), (0, 0, 5));
    assert!(files(&home).0.is_empty(), "{:?}", files(&home));
    assert!(known_feeds(&home.path().join("feeds")).is_empty());
}

#[test]
fn of_a_feed_that_is_broken_the_items_before_are_kept() {
    let (home, server) = (Home::new(), Server::start());
    let whole = feed(&["one", "two", "three"]);
    let broken = whole.replace("News of three", "News of <three");
    let tagged = |body: &str| with("200 OK", &[("ETag", "\"v1\"")], body);
    server.on("/feed", [tagged(&broken), tagged(&broken), tagged(&whole), with("304 Not Modified", &[], "")]);
    let url = server.url("/feed");
    let mut brought = Vec::new();
    for is_broken in [true, true, false, false] {
        let fetched = get(&home, std::slice::from_ref(&url)).feeds.remove(0);
        assert_eq!(fetched.broken.is_some_and(|what| what.starts_with("the feed is broken (")), is_broken);
        brought.push(match fetched.outcome {
            Outcome::New { items, new_items, .. } => (items, new_items),
            Outcome::Unchanged => (0, 0),
            Outcome::Failed { what } => panic!("{what}"),
        });
    }
    assert_eq!(brought, [(2, 2), (0, 0), (3, 1), (0, 0)]);
    // What was broken is asked for in full.
    let tags: Vec<bool> = server.asked().iter().map(|asked| asked.headers.contains_key("if-none-match")).collect();
    assert_eq!(tags, [false, false, false, true]);

    server.on("/other", [ok(&broken)]);
    home.run(["fetch", "--strict", &server.url("/other")])
        .exits(5)
        .stderr_has("/other: the feed is broken (")
        .stderr_has("; the items before are kept")
        .check();
    home.run(["index", "feeds"]).stderr_has("2 files read: 3 articles (2 merged)").check();
}

#[test]
fn packed_feeds_and_json_are_taken() {
    let (home, server) = (Home::new(), Server::start());
    let text = feed(&["one"]);
    server.on("/encoded", [with("200 OK", &[("Content-Encoding", "gzip")], gzip(text.as_bytes()))]);
    server.on("/file.gz", [with("200 OK", &[("Content-Type", "application/gzip")], gzip(feed(&["two"]).as_bytes()))]);
    let json =
        json!({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "3", "title": "Three"}]});
    server.on("/json", [with("200 OK", &[("Content-Type", "text/html")], json.to_string())]);
    let report = get(&home, &["/encoded", "/file.gz", "/json"].map(|path| server.url(path)));
    assert_eq!((report.counts(), report.new_items()), ((3, 0, 0), 3), "{report:?}");
    let mut kinds: Vec<String> =
        files(&home).0.iter().map(|file| file.rsplit('.').next().unwrap().to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["gz", "json", "xml"]);
    home.run(["index", "feeds", "-q"]).check();
    assert_eq!(home.run(["status", "--json"]).json()["articles"], 3);
}

#[test]
fn a_list_of_feeds_is_fetched_and_remembered() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/a?x=1&y=2", [ok(feed(&["one"]))]);
    server.on("/b", [ok(feed(&["two"]))]);
    let list = format!(
        "<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><body><outline text=\"Health\"><outline text=\"A\" xmlUrl=\"{}\"/></outline>\n\
         <outline text=\"B\" xmlUrl=\"{}\"/><outline text=\"C\" xmlUrl=\"ftp://c.example/feed\"/></body></opml>",
        server.url("/a?x=1&amp;y=2"),
        server.url("/b")
    );
    home.write("feeds.opml", list);
    home.run(["fetch", "--opml", "feeds.opml"])
        .stderr_has("ftp://c.example/feed: `ftp://c.example/feed` is no address of the web: it begins with `ftp:`\n")
        .stderr_has("3 feeds: 2 with 2 new items, 0 unchanged, 1 failed, ")
        .check();
    let report = home.run(["fetch", "--json"]).json();
    assert_eq!((&report["schema"], &report["unchanged"]), (&"healthnews.fetch/1".into(), &2.into()), "{report}");
    assert_eq!(report["feeds"][0], json!({"url": server.url("/a?x=1&y=2"), "outcome": "unchanged"}));
    home.run(["fetch", "--opml", "feeds.opml", "--strict", "-q"]).exits(5).check();
    home.run(["index", "feeds", "-q"]).check();
    assert_eq!(home.run(["status", "--json"]).json()["articles"], 2);
}

#[test]
fn says_what_is_wrong_with_the_command() {
    let (home, server) = (Home::new(), Server::start());
    home.run(["fetch"]).exits(2).stderr_has("no feed is named").stderr_has("hint: name one").check();
    home.run(["fetch", "ftp://e.example/"]).exits(2).stderr_has("it begins with `ftp:`").check();
    home.run(["fetch", "--opml", "nowhere.opml"]).exits(2).stderr_has("cannot read the source `nowhere.opml`").check();
    home.write("list.opml", "<opml>\n<body>\n</opml>");
    home.run(["fetch", "--opml", "list.opml"]).exits(2).stderr_has("list.opml:3: broken OPML (").check();
    home.run(["fetch", &server.url("/missing")])
        .exits(1)
        .stderr_has("/missing: the server answers 404 Not Found\n")
        .stderr_has("1 feed: 0 with 0 new items, 0 unchanged, 1 failed, ")
        .check();
}

#[test]
fn two_do_not_fetch_into_one_folder() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/slow", [Answer::Silence]);
    server.on("/feed", [ok(feed(&["one"]))]);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| get_one(&home, server.url("/slow")));
        while server.asked().is_empty() {
            std::thread::yield_now();
        }
        let error = fetch(&[server.url("/feed")], &quick(&home.path().join("feeds")), &Silent).unwrap_err();
        assert!(matches!(error, Error::FolderLocked { .. }), "{error}");
        home.run(["fetch", &server.url("/feed")]).exits(4).stderr_has("by another process").check();
        assert_eq!(failure(first.join().unwrap()), "no answer in time");
    });
    assert!(matches!(get_one(&home, server.url("/feed")), Outcome::New { .. }), "the lock is given up");
}

/// Stops after the first feed.
struct Impatient(std::sync::atomic::AtomicBool);

impl Observer for Impatient {
    fn done(&self, _: &healthnews::fetch::Fetched) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }

    fn stop(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

#[test]
fn stopped_it_keeps_what_came_and_goes_on_next_time() {
    let (home, server) = (Home::new(), Server::start());
    for path in ["/a", "/b", "/c"] {
        server.on(path, [ok(feed(&[&path[1..]]))]);
    }
    let urls = ["/a", "/b", "/c"].map(|path| server.url(path));
    let report = fetch(&urls, &quick(&home.path().join("feeds")), &Impatient(false.into())).unwrap();
    assert_eq!((report.is_whole, report.feeds.len()), (false, 1));
    let report = get(&home, &urls);
    assert_eq!((report.is_whole, report.counts()), (true, (2, 1, 0)));
    assert_eq!(files(&home).1, [".healthnews-fetch.json", ".healthnews-fetch.lock"], "nothing half is left");
}

/// Notes when the memory of the folder was written.
struct Watchful(PathBuf, Mutex<BTreeSet<SystemTime>>);

impl Observer for Watchful {
    fn done(&self, _: &healthnews::fetch::Fetched) {
        let written = fs::metadata(self.0.join(".healthnews-fetch.json")).and_then(|data| data.modified());
        self.1.lock().unwrap().extend(written);
    }
}

#[test]
fn what_is_remembered_is_not_written_for_every_feed() {
    let (home, server) = (Home::new(), Server::start());
    let paths: Vec<String> = (0..60).map(|number| format!("/{number}")).collect();
    for path in &paths {
        server.on(path, [ok(feed(&[path]))]);
    }
    let urls: Vec<String> = paths.iter().map(|path| server.url(path)).collect();
    let folder = home.path().join("feeds");
    let (watchful, begun) = (Watchful(folder.clone(), Mutex::default()), Instant::now());
    fetch(&urls, &quick(&folder), &watchful).unwrap();
    let (written, seconds) = (watchful.1.lock().unwrap().len() as u64, begun.elapsed().as_secs());
    assert!(written <= seconds + 1, "written {written} times in {seconds} seconds");
    assert_eq!(known_feeds(&folder).len(), 60, "all the same");
}

#[cfg(unix)]
#[test]
fn interrupted_it_leaves_no_half_file() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/a", [ok(feed(&["one"]))]);
    server.on("/slow", [Answer::Silence]);
    let mut child = home.run(["fetch".to_owned(), server.url("/a"), server.url("/slow")]).start();
    while !server.asked().iter().any(|asked| asked.path == "/slow") {
        std::thread::yield_now();
    }
    crate::harness::signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let (kept, hidden) = files(&home);
    assert_eq!(
        (kept.len(), hidden),
        (1, vec![".healthnews-fetch.json".to_owned(), ".healthnews-fetch.lock".to_owned()])
    );
    assert_eq!(known_feeds(&home.path().join("feeds")), [server.url("/a")]);
}

#[test]
fn a_damaged_memory_costs_no_more_than_a_download() {
    let (home, server) = (Home::new(), Server::start());
    server.on("/feed", [ok(feed(&["one"]))]);
    get_one(&home, server.url("/feed"));
    home.write("feeds/.healthnews-fetch.json", "{\"feeds\":");
    assert!(matches!(get_one(&home, server.url("/feed")), Outcome::New { .. }));
    assert_eq!(files(&home).0.len(), 1, "the same response is the same file");
    assert_eq!(get_one(&home, server.url("/feed")), Outcome::Unchanged);
}
