//! [`Question`]: what both sides are asked.

use std::collections::{BTreeMap, HashSet};

use healthnews::search::{FacetField, SearchRequest};

use crate::generator::Parsed;
use crate::random::Random;

/// The kinds of questions; each is asked equally often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Frequent,
    Rare,
    Two,
    Three,
    Phrase,
    Or,
    Filtered,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] =
        [Self::Frequent, Self::Rare, Self::Two, Self::Three, Self::Phrase, Self::Or, Self::Filtered];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Frequent => "one frequent word",
            Self::Rare => "one rare word",
            Self::Two => "two words",
            Self::Three => "three words",
            Self::Phrase => "a phrase of two",
            Self::Or => "two words, either",
            Self::Filtered => "a word with a filter",
        }
    }
}

/// A filter on one field.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    Topic(String),
    /// By domain.
    Provider(String),
    Year(i16),
}

/// Words, how they must match, and a filter. The words are plain lower-case letters, on which all analysers agree.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) kind: Kind,
    pub(crate) words: Vec<String>,
    pub(crate) filter: Option<Filter>,
}

impl Question {
    /// `count` questions about these articles, from a fixed seed.
    pub(crate) fn ask(articles: &[Parsed], count: usize) -> Vec<Self> {
        let mut documents: BTreeMap<String, usize> = BTreeMap::new();
        for article in articles {
            let words: HashSet<String> = plain_words(article).into_iter().collect();
            for word in words {
                *documents.entry(word).or_default() += 1;
            }
        }
        let mut by_frequency: Vec<(&String, usize)> = documents.iter().map(|(word, many)| (word, *many)).collect();
        by_frequency.sort_by(|(a, many), (b, others)| others.cmp(many).then_with(|| a.cmp(b)));
        let frequent: Vec<&String> = by_frequency.iter().take(200).map(|(word, _)| *word).collect();
        // Met in one article of a thousand or fewer, but more than once.
        let bound = (articles.len() / 1000).max(2);
        let rare: Vec<&String> =
            by_frequency.iter().filter(|(_, many)| (2..=bound).contains(many)).map(|(word, _)| *word).collect();

        let mut random = Random::seeded(7);
        let mut questions = Vec::with_capacity(count);
        while questions.len() < count {
            let kind = Kind::ALL[questions.len() % Kind::ALL.len()];
            let article = random.pick(articles);
            let near = plain_words(article);
            let some = |many: usize, random: &mut Random| -> Vec<String> {
                (0..many).map(|_| random.pick(&near).clone()).collect()
            };
            if near.len() < 4 {
                continue;
            }
            let words = match kind {
                Kind::Frequent => vec![(*random.pick(&frequent)).clone()],
                Kind::Rare => vec![(*random.pick(&rare)).clone()],
                Kind::Two | Kind::Or => some(2, &mut random),
                Kind::Three => some(3, &mut random),
                Kind::Phrase => match neighbours(&article.title, &mut random) {
                    Some(pair) => pair,
                    None => continue,
                },
                Kind::Filtered => some(1, &mut random),
            };
            if words.iter().collect::<HashSet<_>>().len() < words.len() {
                continue;
            }
            let filter = (kind == Kind::Filtered).then(|| match random.between(0, 3) {
                0 => Filter::Topic(random.pick(&article.topics).clone()),
                1 => Filter::Provider(article.domain.clone()),
                _ => Filter::Year(random.between(2018, 2023) as i16),
            });
            questions.push(Self { kind, words, filter });
        }
        questions
    }

    /// The text as typed.
    pub(crate) fn text(&self) -> String {
        match self.kind {
            Kind::Phrase => format!("\"{}\"", self.words.join(" ")),
            Kind::Or => self.words.join(" OR "),
            _ => self.words.join(" "),
        }
    }

    /// The question to healthnews: the best ten alone, or with the total and all facets.
    pub(crate) fn request(&self, facets: bool) -> SearchRequest {
        let facets_asked = if facets { FacetField::ALL.to_vec() } else { Vec::new() };
        let mut request =
            SearchRequest { q: self.text(), total: facets, facets: facets_asked, ..SearchRequest::default() };
        match &self.filter {
            Some(Filter::Topic(topic)) => request.topic = vec![topic.clone()],
            Some(Filter::Provider(domain)) => request.provider = vec![domain.clone()],
            Some(Filter::Year(year)) => {
                request.after = Some(year.to_string());
                request.before = Some((year + 1).to_string());
            }
            None => {}
        }
        request
    }
}

/// The words of title and excerpt that hold ASCII letters only.
fn plain_words(article: &Parsed) -> Vec<String> {
    let text = format!("{} {}", article.title, article.excerpt);
    text.split_whitespace().filter_map(plain).collect()
}

fn plain(word: &str) -> Option<String> {
    (word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic())).then(|| word.to_ascii_lowercase())
}

fn neighbours(title: &str, random: &mut Random) -> Option<Vec<String>> {
    let words: Vec<&str> = title.split_whitespace().collect();
    let at = random.between(0, words.len().saturating_sub(1).max(1));
    Some(vec![plain(words.get(at)?)?, plain(words.get(at + 1)?)?])
}
