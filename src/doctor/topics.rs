//! Topics that differ only in spelling, and [`Spellings`]: how often something is written in which way.

use std::collections::BTreeMap;
use std::fmt;

use super::findings::Findings;
use super::{Check, Examiner};
use crate::article::{Article, TopicKey};
use crate::ingest::Field;

/// So many spellings of one thing are kept; more are one spelling each of the same trouble.
const MAX_SPELLINGS: usize = 50;
/// So many are told, the most frequent first.
const TOLD: usize = 6;

/// Looks at topics.
#[derive(Default)]
pub(super) struct Topics {
    /// By the form in which all spellings are one, then by the key under which topics are counted.
    topics: BTreeMap<String, BTreeMap<TopicKey, Spellings>>,
}

impl Examiner for Topics {
    fn see(&mut self, article: &Article, _findings: &mut Findings<'_>) {
        for topic in &article.topics {
            let key = topic.key();
            let written = topic.to_string();
            let spellings = self.topics.entry(bare(key.as_str())).or_default().entry(key).or_default();
            spellings.add(&written, &written, article);
        }
    }

    fn conclude(&self, findings: &mut Findings<'_>) {
        let field = Some(Field::Topics);
        for keys in self.topics.values() {
            for spellings in keys.values().filter(|spellings| spellings.len() > 1) {
                findings.group(Check::TopicSpelling, spellings.articles(), spellings.rarest(), field, || {
                    spellings.to_string()
                });
            }
            if keys.len() > 1 {
                let mut all = Spellings::default();
                for spellings in keys.values() {
                    all.unite(spellings);
                }
                findings.group(Check::SplitTopic, all.articles(), all.rarest(), field, || all.to_string());
            }
        }
    }
}

/// The letters and digits of a folded topic alone, without the `s` of plurals: `health it`, `healthit` and `mhealth apps`,
/// `mhealth app` are each one. Schemes stay apart.
fn bare(key: &str) -> String {
    key.split_whitespace()
        .map(|word| match word.strip_suffix('s') {
            Some(stem) if stem.len() > 3 && !stem.ends_with(['s', 'u', 'i']) => stem,
            _ => word,
        })
        .collect()
}

/// The ways in which one thing is written, how often each, and where.
#[derive(Default)]
pub(super) struct Spellings {
    ways: BTreeMap<String, Spelling>,
}

#[derive(Clone)]
struct Spelling {
    written: String,
    count: u64,
    /// The sources of the article with the smallest first one.
    sources: Vec<String>,
}

impl Spellings {
    /// Counts an article that writes it so; what has the same key is the same way.
    pub(super) fn add(&mut self, key: &str, written: &str, article: &Article) {
        if let Some(way) = self.ways.get_mut(key) {
            way.count += 1;
            if article.sources < way.sources {
                way.sources.clone_from(&article.sources);
                written.clone_into(&mut way.written);
            }
        } else if self.ways.len() < MAX_SPELLINGS {
            let way = Spelling { written: written.to_owned(), count: 1, sources: article.sources.clone() };
            self.ways.insert(key.to_owned(), way);
        }
    }

    fn unite(&mut self, other: &Self) {
        self.ways.extend(other.ways.iter().map(|(key, way)| (key.clone(), way.clone())));
    }

    pub(super) fn len(&self) -> usize {
        self.ways.len()
    }

    /// How many articles have it, in any of the ways.
    pub(super) fn articles(&self) -> u64 {
        self.ways.values().map(|way| way.count).sum()
    }

    /// An article that writes it in the rarest way: the one to mend.
    pub(super) fn rarest(&self) -> &[String] {
        self.by_count().last().map_or(&[], |way| &way.sources)
    }

    fn by_count(&self) -> Vec<&Spelling> {
        let mut ways: Vec<&Spelling> = self.ways.values().collect();
        ways.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.written.cmp(&b.written)));
        ways
    }
}

impl fmt::Display for Spellings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways = self.by_count();
        for (at, way) in ways.iter().take(TOLD).enumerate() {
            write!(f, "{}`{}` ({})", if at > 0 { ", " } else { "" }, way.written, way.count)?;
        }
        match ways.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn brings_spellings_together() {
        for (one, other) in
            [("health it", "healthit"), ("wearables", "wearable"), ("gartner: e health", "gartner: ehealth")]
        {
            assert_eq!(bare(one), bare(other), "{one}");
        }
        for (one, other) in [("virus", "viru"), ("gartner: care", "care"), ("aids", "aid"), ("diagnosis", "diagnosi")] {
            assert_ne!(bare(one), bare(other), "{one}");
        }
    }
}
