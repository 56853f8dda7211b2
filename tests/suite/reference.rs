//! The reference: a searcher of plain loops over the articles, without an index, that says what the engine must answer.
//!
//! Shares with the engine only the vocabulary, the query parser and the cutting of text into words, which have tests of their
//! own. Everything else is written down here a second time, as directly as it can be said.

use std::collections::BTreeMap;

use healthnews::article::{Article, Part, Provider, Published, Topic, fold_words};
use healthnews::index::analysis::{Kind, Word, words};
use healthnews::query::{FieldFilter, Filters, Node, Query};
use healthnews::search::{FacetField, Ranking, Sort};
use tantivy::fieldnorm::FieldNormReader;

const K1: f64 = 2.0;
const B: f64 = 0.75;
/// From this distance on words are not near.
const FAR: usize = 8;

/// What is searched of an article: its texts as words, with the weight of each.
#[derive(Clone)]
struct Searched<'a> {
    article: &'a Article,
    texts: Vec<(usize, Vec<Word>)>,
}

impl Searched<'_> {
    /// One of its texts alone.
    fn only(&self, part: Part) -> Self {
        let at = match part {
            Part::Title => Some(0),
            Part::Excerpt => self.article.excerpt.as_ref().map(|_| 1),
            Part::Body => self.article.body.as_ref().map(|_| 1 + usize::from(self.article.excerpt.is_some())),
        };
        Self { article: self.article, texts: at.map(|at| self.texts[at].clone()).into_iter().collect() }
    }
}

pub(crate) struct Reference<'a> {
    articles: Vec<Searched<'a>>,
    as_of: i64,
    ranking: Ranking,
}

/// An article that matches, with its score.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match<'a> {
    pub(crate) article: &'a Article,
    pub(crate) score: f64,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(articles: &'a [Article], as_of: &str) -> Self {
        let searched = |article: &'a Article| {
            let mut texts = vec![(3, article.title.as_str())];
            texts.extend(article.excerpt.as_deref().map(|excerpt| (1, excerpt)));
            texts.extend(article.body.as_deref().map(|body| (1, body)));
            texts.extend(article.provider.as_ref().map(|provider| (1, provider.name.as_str())));
            let topics: Vec<String> = article.topics.iter().map(ToString::to_string).collect();
            let texts = texts.into_iter().chain(topics.iter().map(|topic| (1, topic.as_str())));
            Searched { article, texts: texts.map(|(weight, text)| (weight, words(text).collect())).collect() }
        };
        Self {
            articles: articles.iter().map(searched).collect(),
            as_of: as_of.parse::<Published>().unwrap().unix(),
            ranking: Ranking::default(),
        }
    }

    /// All matches in the order of `sort`.
    pub(crate) fn search(&self, query: &Query, sort: Sort) -> Vec<Match<'a>> {
        let mut matches: Vec<Match<'a>> = self
            .articles
            .iter()
            .filter(|searched| self.passes(searched.article, &query.filters))
            .filter_map(|searched| {
                let (text, nearness) = match &query.root {
                    None => (1.0, 1.0),
                    Some(node) => {
                        let score = self.score(node, searched, is_shouted(node))?;
                        (if has_words(node) { score } else { 1.0 }, self.nearness(node, searched))
                    }
                };
                Some(Match { article: searched.article, score: text * self.factors(searched.article) * nearness })
            })
            .collect();
        let published = |found: &Match| found.article.published.map(Published::unix);
        matches.sort_by(|a, b| {
            let first = match sort {
                Sort::Relevance => b.score.total_cmp(&a.score),
                Sort::Newest => published(b).cmp(&published(a)),
                Sort::Oldest => {
                    let key = |found: &Match| published(found).unwrap_or(i64::MAX);
                    key(a).cmp(&key(b))
                }
                Sort::Quality => b.article.quality.cmp(&a.article.quality),
            };
            first.then_with(|| published(b).cmp(&published(a))).then_with(|| a.article.id.cmp(&b.article.id))
        });
        matches
    }

    /// For each value of a facet the number of matches once it is chosen instead of what the query chose in its group.
    pub(crate) fn facet(&self, query: &Query, field: FacetField) -> BTreeMap<Option<String>, u64> {
        let mut open = query.clone();
        match field {
            FacetField::Topic => open.filters.topics.clear(),
            FacetField::Provider => open.filters.providers.clear(),
            FacetField::Scheme => open.filters.schemes.clear(),
            FacetField::Kind => open.filters.kinds.clear(),
            FacetField::Year | FacetField::Month => {
                (open.filters.after, open.filters.before, open.filters.undated) = (None, None, false);
            }
        }
        let mut counts = BTreeMap::new();
        for found in self.search(&open, Sort::Relevance) {
            for value in values(found.article, field) {
                *counts.entry(value).or_default() += 1;
            }
        }
        counts
    }

    fn factors(&self, article: &Article) -> f64 {
        let quality = article
            .quality
            .map_or(1.0, |grade| 1.0 + self.ranking.quality_strength * (f64::from(grade.get()) - 50.0) / 50.0);
        let freshness = article.published.map_or(1.0, |published| {
            let age = ((self.as_of - published.unix()).max(0) / 86_400) as f64;
            let left = 0.5f64.powf(age / self.ranking.half_life_days);
            1.0 + self.ranking.freshness_strength * (2.0 * left - 1.0)
        });
        quality * freshness
    }

    fn passes(&self, article: &Article, filters: &Filters) -> bool {
        let any = |names: &[String], make: fn(String) -> FieldFilter| {
            names.is_empty() || names.iter().any(|name| self.meets(article, &make(name.clone())))
        };
        let none = |names: &[String], make: fn(String) -> FieldFilter| {
            !names.iter().any(|name| self.meets(article, &make(name.clone())))
        };
        let each = [
            filters.after.map(FieldFilter::After),
            filters.before.map(FieldFilter::Before),
            filters.undated.then_some(FieldFilter::Undated),
            filters.min_quality.map(FieldFilter::MinQuality),
            filters.max_quality.map(FieldFilter::MaxQuality),
        ];
        any(&filters.topics, FieldFilter::Topic)
            && any(&filters.providers, FieldFilter::Provider)
            && any(&filters.schemes, FieldFilter::Scheme)
            && any(&filters.kinds, FieldFilter::Kind)
            && none(&filters.not_topics, FieldFilter::Topic)
            && none(&filters.not_providers, FieldFilter::Provider)
            && each.into_iter().flatten().all(|filter| self.meets(article, &filter))
    }

    fn meets(&self, article: &Article, filter: &FieldFilter) -> bool {
        let published = article.published.map(Published::unix);
        match filter {
            FieldFilter::Topic(name) => {
                let name = Topic::parse(name).map(|topic| topic.key());
                let Some(name) = name else { return false };
                let keys = |article: &Article| article.topics.iter().map(Topic::key).collect::<Vec<_>>();
                let known = self.articles.iter().any(|searched| keys(searched.article).contains(&name));
                let of_any_scheme = |article: &Article| {
                    article
                        .topics
                        .iter()
                        .any(|topic| topic.scheme.is_some() && fold_words(&topic.label) == name.as_str())
                };
                if known { keys(article).contains(&name) } else { of_any_scheme(article) }
            }
            FieldFilter::Provider(name) => {
                let Some(provider) = &article.provider else { return false };
                let is_key = |key: &str| key == name.to_lowercase() || key == fold_words(name);
                let keys =
                    || self.articles.iter().filter_map(|searched| Some(searched.article.provider.as_ref()?.key()));
                if keys().any(|key| is_key(&key)) {
                    return is_key(&provider.key());
                }
                let goes_by =
                    |other: &Provider| other.key() == provider.key() && fold_words(&other.name) == fold_words(name);
                let by_name =
                    self.articles.iter().filter_map(|searched| searched.article.provider.as_ref()).any(goes_by);
                let by_label = provider.domain.as_ref().is_some_and(|domain| {
                    let labels: Vec<&str> = domain.as_str().split('.').collect();
                    labels[..labels.len() - 1].contains(&fold_words(name).as_str())
                });
                by_name || by_label
            }
            FieldFilter::Scheme(name) => article
                .topics
                .iter()
                .filter_map(|topic| topic.scheme.as_deref())
                .any(|scheme| fold_words(scheme) == fold_words(name)),
            FieldFilter::Kind(name) => article.kind.as_deref().is_some_and(|kind| fold_words(kind) == fold_words(name)),
            FieldFilter::After(period) => published.is_some_and(|at| at >= period.start(self.as_of)),
            FieldFilter::Before(period) => published.is_some_and(|at| at < period.start(self.as_of)),
            FieldFilter::Within(period) => {
                published.is_some_and(|at| at >= period.start(self.as_of) && at < period.end(self.as_of))
            }
            FieldFilter::Undated => published.is_none(),
            FieldFilter::MinQuality(least) => article.quality.is_some_and(|grade| grade.get() >= *least),
            FieldFilter::MaxQuality(most) => article.quality.is_some_and(|grade| grade.get() <= *most),
        }
    }

    /// The text score, `None` when the node does not match.
    fn score(&self, node: &Node, searched: &Searched, shouted: bool) -> Option<f64> {
        match node {
            Node::Word(text) | Node::Phrase(text) => {
                let ways = self.ways(text, shouted);
                let scores: Vec<f64> = ways.iter().filter_map(|terms| self.bm25(terms, searched)).collect();
                (!scores.is_empty()).then(|| scores.iter().sum())
            }
            Node::In(part, text) => {
                let ways = self.ways(text, shouted);
                let own = searched.only(*part);
                let is_there = ways.iter().any(|terms| frequency(terms, &own) > 0);
                is_there.then(|| ways.iter().filter_map(|terms| self.bm25(terms, searched)).sum())
            }
            Node::Prefix(text) => begins(text, searched).then_some(1.0),
            Node::Filter(filter) => self.meets(searched.article, filter).then_some(0.0),
            Node::And(nodes) => {
                nodes.iter().try_fold(0.0, |sum, node| Some(sum + self.score(node, searched, shouted)?))
            }
            Node::Or(nodes) => {
                let scores: Vec<f64> = nodes.iter().filter_map(|node| self.score(node, searched, shouted)).collect();
                (!scores.is_empty()).then(|| scores.iter().sum())
            }
            Node::Not(node) => self.score(node, searched, shouted).is_none().then_some(0.0),
        }
    }

    /// The ways in which typed words may stand in a text, as terms.
    fn ways(&self, text: &str, shouted: bool) -> Vec<Vec<String>> {
        let typed: Vec<Word> = words(text).collect();
        let known = typed.first().and_then(|word| word.compound.as_ref()).filter(|whole| whole.kind == Kind::Known);
        if let Some(whole) = known.filter(|whole| whole.words == typed.len()) {
            return vec![vec![whole.forms.stem.to_string()]];
        }
        let in_some_article = |term: &str| {
            let term = [term.to_owned()];
            self.articles.iter().any(|searched| frequency(&term, searched) > 0)
        };
        let term = |word: &Word| match word.acronym() {
            Some(acronym) if !shouted && in_some_article(acronym) => acronym.to_owned(),
            _ => word.forms.stem.to_string(),
        };
        let mut ways = vec![typed.iter().map(term).collect::<Vec<_>>(), Vec::new()];
        let mut rest = typed.as_slice();
        while let [first, ..] = rest {
            let chain = first.compound.as_ref().filter(|whole| whole.kind == Kind::Chain);
            ways[1].push(chain.map_or_else(|| term(first), |whole| whole.forms.stem.to_string()));
            rest = &rest[chain.map_or(1, |whole| whole.words)..];
        }
        ways.dedup();
        ways
    }

    /// BM25 over the weighted texts, as Lucene and Tantivy define it but for k1: lengths rounded to what one byte can say.
    fn bm25(&self, phrase: &[String], searched: &Searched) -> Option<f64> {
        let frequency = frequency(phrase, searched);
        if frequency == 0 {
            return None;
        }
        let length = |searched: &Searched| -> usize {
            let terms = |words: &[Word]| words.iter().map(|word| word.terms().count()).sum::<usize>();
            searched.texts.iter().map(|(weight, words)| weight * terms(words)).sum()
        };
        let count = self.articles.len() as f64;
        let rounded = |length: usize| FieldNormReader::id_to_fieldnorm(FieldNormReader::fieldnorm_to_id(length as u32));
        let average = self.articles.iter().map(|other| f64::from(rounded(length(other)))).sum::<f64>() / count;
        let idf: f64 = phrase.iter().map(|term| self.idf(term)).sum();
        let norm = K1 * (1.0 - B + B * f64::from(rounded(length(searched))) / average);
        let frequency = frequency as f64;
        Some(idf * (1.0 + K1) * frequency / (frequency + norm))
    }

    fn idf(&self, term: &str) -> f64 {
        let term = [term.to_owned()];
        let (all, with) =
            (self.articles.len(), self.articles.iter().filter(|other| frequency(&term, other) > 0).count());
        (1.0 + (all as f64 - with as f64 + 0.5) / (with as f64 + 0.5)).ln()
    }

    /// The factor for how close those words stand that are neighbours in the query.
    fn nearness(&self, node: &Node, searched: &Searched) -> f64 {
        let shouted = is_shouted(node);
        let mut typed = Vec::new();
        neighbours(node, &mut typed);
        let parts: Vec<Vec<Vec<String>>> =
            typed.iter().map(|text| self.ways(text, shouted)).filter(|ways| !ways[0].is_empty()).collect();
        let rarity = |ways: &[Vec<String>]| ways[0].iter().map(|term| self.idf(term)).fold(0.0, f64::max);
        let (mut sum, mut weights) = (0.0, 0.0);
        for pair in parts.windows(2).filter(|pair| pair[0] != pair[1]) {
            let weight = rarity(&pair[0]).min(rarity(&pair[1]));
            let (first, second) = (places(&pair[0], searched), places(&pair[1], searched));
            let both = first.iter().flat_map(|one| second.iter().map(move |other| distance(*one, *other)));
            let least = both.min().filter(|least| *least < FAR);
            sum += weight * least.map_or(0.0, |least| 1.0 / least as f64);
            weights += weight;
        }
        if weights > 0.0 { 1.0 + self.ranking.nearness_strength * sum / weights } else { 1.0 }
    }
}

/// The words and phrases that must or may be there, in order; what is repeated side by side is there once.
fn neighbours<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
    match node {
        Node::Word(text) | Node::Phrase(text) => found.push(text),
        Node::And(nodes) | Node::Or(nodes) => {
            for (at, node) in nodes.iter().enumerate() {
                if !nodes[..at].contains(node) {
                    neighbours(node, found);
                }
            }
        }
        Node::In(..) | Node::Prefix(_) | Node::Filter(_) | Node::Not(_) => {}
    }
}

/// Where the terms stand one after the other, from and to. Between two texts is room for a word.
fn places(ways: &[Vec<String>], searched: &Searched) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut before = 0;
    for (_, words) in searched.texts.iter().filter(|(_, words)| !words.is_empty()) {
        for terms in ways {
            let starts = (0..words.len()).filter(|start| {
                let there = |(at, term): (usize, &String)| {
                    words.get(start + at).is_some_and(|word| word.terms().any(|is| is == term))
                };
                terms.iter().enumerate().all(there)
            });
            places.extend(starts.map(|start| (before + start, before + start + terms.len())));
        }
        before += words.len() + 1;
    }
    places
}

fn distance(first: (usize, usize), second: (usize, usize)) -> usize {
    match () {
        () if second.0 >= first.1 => second.0 - first.1 + 1,
        () if first.0 >= second.1 => first.0 - second.1 + 2,
        () => 1,
    }
}

/// How often terms stand one after the other, weighted by where.
fn frequency(terms: &[String], searched: &Searched) -> usize {
    let occurrences = |words: &[Word]| {
        let matches =
            |window: &&[Word]| window.iter().zip(terms).all(|(word, wanted)| word.terms().any(|term| term == wanted));
        words.windows(terms.len()).filter(matches).count()
    };
    searched.texts.iter().map(|(weight, words)| weight * occurrences(words)).sum()
}

/// Whether a word of the article begins like this, in one of its forms or as a compound.
fn begins(text: &str, searched: &Searched) -> bool {
    let typed: Vec<Word> = words(text).collect();
    let Some((last, others)) = typed.split_last() else { return false };
    let any = |beginning: &str| {
        let forms = |word: &Word| {
            let whole = word.compound.as_ref().map(|whole| &whole.forms);
            [Some(&word.forms), whole]
                .into_iter()
                .flatten()
                .any(|forms| forms.surface.starts_with(beginning) || forms.stem.starts_with(beginning))
        };
        searched.texts.iter().any(|(_, words)| words.iter().any(forms))
    };
    let whole = typed[0].compound.as_ref().filter(|whole| whole.words == typed.len());
    if whole.is_some_and(|whole| any(&whole.forms.surface)) {
        return true;
    }
    let has = |word: &Word| frequency(&[word.forms.stem.to_string()], searched) > 0;
    whole.is_none_or(|whole| whole.kind == Kind::Chain) && any(&last.forms.surface) && others.iter().all(has)
}

/// Whether all words of a query are in capitals, with fewer than one in four in small letters, and some longer than acronyms are.
fn is_shouted(node: &Node) -> bool {
    let typed: Vec<&str> = node
        .leaves()
        .filter_map(|(leaf, _)| match leaf {
            Node::Word(text) | Node::Phrase(text) | Node::In(_, text) => Some(text.as_str()),
            _ => None,
        })
        .flat_map(|text| text.split(|c: char| !c.is_alphabetic()))
        .filter(|word| word.chars().count() > 1)
        .collect();
    let small = typed.iter().filter(|word| word.to_uppercase() != **word).count();
    typed.len() > 2 && small * 4 < typed.len() && typed.iter().any(|word| word.chars().count() > 5)
}

fn has_words(node: &Node) -> bool {
    match node {
        Node::Filter(_) | Node::Not(_) => false,
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().any(has_words),
        _ => true,
    }
}

/// The values of an article that a facet counts, as keys: two spellings of one value are one.
pub(crate) fn values(article: &Article, field: FacetField) -> Vec<Option<String>> {
    let date = article.published.map(|published| published.to_string());
    match field {
        FacetField::Topic => article.topics.iter().map(|topic| Some(topic.key().as_str().to_owned())).collect(),
        FacetField::Provider => article.provider.iter().map(|provider| Some(provider.key())).collect(),
        FacetField::Scheme => {
            let mut schemes: Vec<_> =
                article.topics.iter().filter_map(|topic| Some(Some(fold_words(topic.scheme.as_deref()?)))).collect();
            schemes.sort();
            schemes.dedup();
            schemes
        }
        FacetField::Kind => article.kind.iter().map(|kind| Some(fold_words(kind))).collect(),
        FacetField::Year => vec![date.map(|date| date[..4].to_owned())],
        FacetField::Month => vec![date.map(|date| date[..7].to_owned())],
    }
}
