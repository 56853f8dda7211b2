//! [`Words`]: what generated articles are made of, taken from real ones.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use healthnews::ingest::{Mapping, Silent, Source, read, survey};

use crate::random::Random;

/// Runs of words out of real texts, each kind of text apart, and the outlets and topics that real articles name.
pub(crate) struct Words {
    pub(crate) titles: Pool,
    pub(crate) excerpts: Pool,
    pub(crate) bodies: Pool,
    /// (name, domain), the most frequent first.
    pub(crate) providers: Vec<(String, String)>,
    /// The most frequent first.
    pub(crate) topics: Vec<String>,
    /// Where they come from.
    pub(crate) folders: Vec<&'static str>,
}

/// The words of all texts of one kind, one text after the other.
#[derive(Default)]
pub(crate) struct Pool(Vec<String>);

impl Words {
    /// Reads the project's fixtures and, where they are at hand, the shared corpora.
    pub(crate) fn gather() -> Result<Self> {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders: Vec<&'static str> =
            ["fixtures/news", "../shared/corpora"].into_iter().filter(|folder| project.join(folder).is_dir()).collect();
        ensure!(!folders.is_empty(), "neither fixtures/news nor ../shared/corpora is there to take words from");
        let sources: Vec<Source> = folders.iter().map(|folder| Source::parse(folder, project)).collect();
        let (mut titles, mut excerpts, mut bodies) = (Pool::default(), Pool::default(), Pool::default());
        let mut providers: BTreeMap<(String, String), u64> = BTreeMap::new();
        let mut topics: BTreeMap<String, u64> = BTreeMap::new();
        for article in read(&survey(&sources)?, &Mapping::default(), &Silent)? {
            let article = article.context("reading what the words are taken from")?;
            titles.add(&article.title);
            excerpts.add(article.excerpt.as_deref().unwrap_or_default());
            bodies.add(article.body.as_deref().unwrap_or_default());
            for topic in &article.topics {
                *topics.entry(topic.to_string()).or_default() += 1;
            }
            if let Some((name, domain)) = article.provider.and_then(|it| Some((it.name, it.domain?))) {
                *providers.entry((name, domain.as_str().to_owned())).or_default() += 1;
            }
        }
        ensure!(titles.0.len() > 100 && bodies.0.len() > 1000, "too few words in {folders:?}");
        Ok(Self { titles, excerpts, bodies, providers: frequent(providers), topics: frequent(topics), folders })
    }
}

impl Pool {
    fn add(&mut self, text: &str) {
        self.0.extend(text.split_whitespace().map(str::to_owned));
    }

    /// How many words there are to draw from.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A text of so many words: pieces of 3 to 9 words as they stand in real texts, so that both single words and pairs of
    /// neighbours are as frequent as they really are.
    pub(crate) fn text(&self, length: usize, random: &mut Random) -> Vec<&str> {
        let mut text = Vec::with_capacity(length);
        while text.len() < length {
            let piece = random.between(3, 10).min(length - text.len());
            let start = random.between(0, self.0.len() - piece);
            text.extend(self.0[start..start + piece].iter().map(String::as_str));
        }
        text
    }
}

fn frequent<T: Ord>(counts: BTreeMap<T, u64>) -> Vec<T> {
    let mut values: Vec<(T, u64)> = counts.into_iter().collect();
    values.sort_by(|(a, many), (b, others)| others.cmp(many).then_with(|| a.cmp(b)));
    values.into_iter().map(|(value, _)| value).collect()
}
