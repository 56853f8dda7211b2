//! Articles by the hundred thousand from a fixed seed: as files with front matter, as real collections keep them, and as
//! parsed NDJSON, which is what the floor is fed with.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::random::{Random, Zipf};
use crate::words::Words;

/// Changes with every change to what is generated, so that files of another version are not taken for these.
const VERSION: u32 = 1;
const FOLDERS: usize = 100;
const PROVIDERS: usize = 1250;
const TOPICS: usize = 400;
const SCHEMES: [&str; 4] = ["Gartner", "Themes", "Markets", "Series"];
/// 1 January 2018, and five years from then on.
const FIRST_SECOND: i64 = 1_514_764_800;
const SECONDS: usize = 5 * 365 * 86_400;

/// An article as the floor gets it: nothing is left to be cleaned, converted or looked up.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Parsed {
    pub(crate) id: u64,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) excerpt: String,
    pub(crate) body: Option<String>,
    pub(crate) provider: String,
    pub(crate) domain: String,
    pub(crate) topics: Vec<String>,
    pub(crate) quality: Option<u64>,
    /// Seconds since 1970.
    pub(crate) published: i64,
    /// `yyyymm`
    pub(crate) month: u64,
    pub(crate) kind: String,
    pub(crate) source: String,
    /// Cards as JSON, which is how they are stored.
    pub(crate) related: Vec<String>,
}

/// A generated collection on disk.
pub(crate) struct Collection {
    pub(crate) articles: usize,
    /// Holds the folders of front-matter files.
    pub(crate) files: PathBuf,
    pub(crate) ndjson: PathBuf,
}

impl Collection {
    /// Makes `articles` articles under `home`, unless an earlier run has left the same there.
    pub(crate) fn make(home: &Path, articles: usize, words: &Words) -> Result<Self> {
        let sizes = [&words.titles, &words.excerpts, &words.bodies].map(|pool| pool.len().to_string()).join("-");
        let home = home.join(format!("{VERSION}-{articles}-{sizes}"));
        let made = Self { articles, files: home.join("files"), ndjson: home.join("parsed.ndjson") };
        let whole = home.join("whole");
        if whole.exists() {
            return Ok(made);
        }
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        for folder in 0..FOLDERS {
            fs::create_dir_all(made.files.join(format!("{folder:02}")))?;
        }
        let mut ndjson = BufWriter::new(File::create(&made.ndjson)?);
        let mut maker = Maker::new(words);
        for number in 0..articles {
            let article = maker.article(number);
            fs::write(made.files.join(&article.source), maker.file(&article))?;
            serde_json::to_writer(&mut ndjson, &article)?;
            ndjson.write_all(b"\n")?;
        }
        ndjson.flush()?;
        File::create(whole)?;
        Ok(made)
    }

    /// The first articles, to make queries from.
    pub(crate) fn sample(&self, at_most: usize) -> Result<Vec<Parsed>> {
        use std::io::BufRead;
        let lines = std::io::BufReader::new(File::open(&self.ndjson)?).lines();
        lines.take(at_most).map(|line| Ok(serde_json::from_str(&line?)?)).collect()
    }
}

struct Maker<'a> {
    random: Random,
    words: &'a Words,
    providers: Vec<(String, String)>,
    topics: Vec<String>,
    provider_ranks: Zipf,
    topic_ranks: Zipf,
}

#[derive(Serialize)]
struct Card<'a> {
    title: String,
    url: String,
    published: String,
    provider: Outlet<'a>,
    quality: u64,
}

#[derive(Serialize)]
struct Outlet<'a> {
    name: &'a str,
    domain: &'a str,
}

impl<'a> Maker<'a> {
    fn new(words: &'a Words) -> Self {
        // Where the real articles name too few, the rest is made up.
        let mut providers = words.providers.clone();
        providers.truncate(PROVIDERS);
        providers
            .extend((providers.len()..PROVIDERS).map(|at| (format!("Outlet {at}"), format!("outlet-{at}.example"))));
        let mut topics = words.topics.clone();
        topics.truncate(TOPICS);
        topics.extend((topics.len()..TOPICS).map(|at| match SCHEMES.get(at % 8) {
            Some(scheme) => format!("{scheme}: Topic {at}"),
            None => format!("Topic {at}"),
        }));
        Self {
            random: Random::seeded(2021),
            words,
            provider_ranks: Zipf::new(providers.len()),
            topic_ranks: Zipf::new(topics.len()),
            providers,
            topics,
        }
    }

    fn article(&mut self, number: usize) -> Parsed {
        let Self { random, words, .. } = self;
        let length = random.between(6, 15);
        let title = words.titles.text(length, random).join(" ");
        let length = random.between(22, 50);
        let excerpt = words.excerpts.text(length, random).join(" ");
        let body = random.chance(1.0 / 3.0).then(|| {
            // Many short, few long ones: 120 to 600 words, evenly by their logarithm.
            let length = (120.0 * 5f64.powf(random.fraction())) as usize;
            let text = words.bodies.text(length, random);
            text.chunks(60).map(|paragraph| paragraph.join(" ")).collect::<Vec<_>>().join("\n")
        });
        let (provider, domain) = self.providers[self.provider_ranks.draw(random)].clone();
        let mut topics: Vec<String> = Vec::new();
        for _ in 0..random.between(1, 5) {
            let topic = &self.topics[self.topic_ranks.draw(random)];
            if !topics.contains(topic) {
                topics.push(topic.clone());
            }
        }
        let quality = random.chance(0.9).then(|| random.between(0, 101) as u64);
        let published = FIRST_SECOND + random.between(0, SECONDS) as i64;
        let related = if random.chance(0.25) {
            let cards = random.between(1, 5);
            (0..cards).map(|card| self.card(number, card)).collect()
        } else {
            Vec::new()
        };
        Parsed {
            id: number as u64,
            url: format!("https://www.{domain}/news/{number}/{}", slug(&title)),
            title,
            excerpt,
            body,
            provider,
            domain,
            topics,
            quality,
            published,
            month: month(published),
            kind: "article".to_owned(),
            source: format!("{:02}/{number:07}.md", number % FOLDERS),
            related,
        }
    }

    fn card(&mut self, number: usize, card: usize) -> String {
        let Self { random, words, .. } = self;
        let title = words.titles.text(10, random).join(" ");
        let (name, domain) = &self.providers[self.provider_ranks.draw(random)];
        let card = Card {
            url: format!("https://www.{domain}/related/{number}/{card}/{}", slug(&title)),
            title,
            published: written(FIRST_SECOND + random.between(0, SECONDS) as i64),
            provider: Outlet { name, domain },
            quality: random.between(0, 101) as u64,
        };
        serde_json::to_string(&card).expect("a card is plain data")
    }

    /// The file of an article, in the form of a news card.
    fn file(&mut self, article: &Parsed) -> String {
        let mut file = String::with_capacity(4096);
        file.push_str("---\ncategory: news\n");
        self.write_file(article, &mut file).expect("strings take all that is written");
        file
    }

    fn write_file(&mut self, article: &Parsed, file: &mut String) -> std::fmt::Result {
        writeln!(file, "title: {}\nexcerpt: {}", quoted(&article.title), quoted(&article.excerpt))?;
        writeln!(file, "publishedDateTime: {}\nwebUrl: {}", written(article.published), quoted(&article.url))?;
        writeln!(file, "ampWebUrl: {}", quoted(&format!("{}.amp", article.url)))?;
        let grade = article.quality.map_or_else(|| "-1".to_owned(), |grade| grade.to_string());
        writeln!(file, "type: {}\nquality: {grade}\nheat: {grade}\npublished: false\n", article.kind)?;
        writeln!(file, "provider:\n  name: {}\n  domain: {}", quoted(&article.provider), article.domain)?;
        self.write_images(2, &article.domain, None, file)?;
        writeln!(file, "\ntopics:")?;
        for topic in &article.topics {
            // Real files quote what holds a colon, mostly.
            writeln!(file, "  - {}", if topic.contains(':') { quoted(topic) } else { topic.clone() })?;
        }
        if !article.related.is_empty() {
            writeln!(file, "\nrelated:")?;
        }
        for card in &article.related {
            let card: serde_json::Value = serde_json::from_str(card).expect("made here");
            let text = |value: &serde_json::Value| quoted(value.as_str().unwrap_or_default());
            let excerpt = self.words.excerpts.text(30, &mut self.random).join(" ");
            writeln!(file, "  - title: {}\n    excerpt: {}", text(&card["title"]), quoted(&excerpt))?;
            writeln!(file, "    publishedDateTime: {}", card["published"].as_str().unwrap_or_default())?;
            writeln!(file, "    webUrl: {}\n    type: article", text(&card["url"]))?;
            writeln!(file, "    provider:\n      name: {}", text(&card["provider"]["name"]))?;
            writeln!(file, "      domain: {}", card["provider"]["domain"].as_str().unwrap_or_default())?;
            writeln!(file, "    quality: {}", card["quality"])?;
            self.write_images(4, &article.domain, None, file)?;
        }
        file.push('\n');
        self.write_images(0, &article.domain, Some(&article.title), file)?;
        let secret: String = (0..self.random.between(300, 600)).map(|_| self.random.base64()).collect();
        writeln!(file, "\nsecured: \"{secret}==\"\n---\n")?;
        let html = self.random.chance(0.5);
        for paragraph in article.body.iter().flat_map(|body| body.lines()) {
            let escaped = paragraph.replace('&', "&amp;").replace('<', "&lt;");
            if html { writeln!(file, "<p>{escaped}</p>")? } else { writeln!(file, "{escaped}\n")? }
        }
        Ok(())
    }

    fn write_images(
        &mut self,
        indent: usize,
        domain: &str,
        title: Option<&str>,
        file: &mut String,
    ) -> std::fmt::Result {
        let pad = " ".repeat(indent);
        let name = self.random.between(0, 1_000_000_000);
        writeln!(file, "{pad}images:\n{pad}  - url: \"https://cdn.{domain}/static/{name}/1280x720/match/image.jpg\"")?;
        writeln!(file, "{pad}    width: 1280\n{pad}    height: 720")?;
        match title {
            Some(title) => writeln!(file, "{pad}    title: {}", quoted(title)),
            None => Ok(()),
        }
    }
}

impl Random {
    fn base64(&mut self) -> char {
        char::from(*self.pick(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
    }
}

/// A text in double quotes as YAML and JSON write it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn slug(title: &str) -> String {
    let plain: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn written(seconds: i64) -> String {
    Timestamp::from_second(seconds).expect("a date of our time").to_string()
}

fn month(seconds: i64) -> u64 {
    let written = written(seconds);
    format!("{}{}", &written[..4], &written[5..7]).parse().expect("a date begins with year and month")
}
