//! From a [`Node`] to engine queries: [`Clause`].
//!
//! The only folder of this room that knows Tantivy. User text never reaches Tantivy's own query parser: it fails on headlines
//! and drops parts of them in silence.

mod bm25;
mod pattern;
mod said;
mod sequence;
mod spans;
mod steady;
mod term;
mod typed;
mod weighed;
mod widen;
mod within;

use std::cell::RefCell;

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, FuzzyTermQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

pub(crate) use self::bm25::{Norms, idf};
pub(crate) use self::pattern::Pattern;
use self::said::Said;
use self::sequence::Sequence;
pub(crate) use self::sequence::SequenceScorer;
pub(crate) use self::spans::Spans;
use self::steady::Steady;
pub(crate) use self::term::{BLOCK, TermPostings};
use self::typed::{beginnings, sequences};
pub(crate) use self::weighed::{Look, Scoring, Weighed};
use self::widen::other_names;
pub(crate) use self::widen::{lower_all, names_in};
use self::within::{SoughtIn, Within};
use super::{FieldFilter, Names, Node, Widened, word};
use crate::article::{ArticleId, CanonicalUrl, Part};
use crate::index::Fields;
use crate::index::analysis::Word;

/// The score of a clause that matches without saying how well: a prefix, an address.
pub(crate) const CONSTANT_SCORE: f32 = 1.0;

/// A query as the engine runs it. Keeps the shape of the [`Node`] it came from, because scores are added up along it.
#[derive(Debug, Clone)]
pub(crate) enum Clause {
    /// Something to look for.
    Leaf(Leaf),
    /// All must match.
    All(Vec<Clause>),
    /// At least so many must match. Of none, all match, and those that have any score higher.
    AtLeast(usize, Vec<Clause>),
    /// Must not match. Adds nothing to the score.
    Not(Box<Clause>),
}

/// Something to look for: a word, a phrase, a prefix or a filter.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The part of the query text that it stands for.
    pub(crate) text: String,
    /// The engine's query.
    pub(crate) query: Box<dyn Query>,
    /// What it looks like in a text; `None` for a filter, which also adds nothing to the score.
    pub(crate) pattern: Option<Pattern>,
    /// The text it must stand in; `None` for anywhere.
    pub(crate) part: Option<Part>,
    /// What its score is multiplied by: how often it was typed, or what it counts beside that.
    pub(crate) weight: f32,
    /// Whether it stands for what was typed, and not for what was found to go with it.
    pub(crate) is_typed: bool,
    /// Whether most articles have it, so that it tells nothing of one.
    pub(crate) is_common: bool,
}

impl Clone for Leaf {
    fn clone(&self) -> Self {
        let Self { text, query, pattern, part, weight, is_typed, is_common } = self;
        let (text, query, pattern) = (text.clone(), query.box_clone(), pattern.clone());
        let (part, weight, is_typed, is_common) = (*part, *weight, *is_typed, *is_common);
        Self { text, query, pattern, part, weight, is_typed, is_common }
    }
}

/// What lowering must know of the index and of the rest of the query.
#[derive(Clone, Copy)]
pub(crate) struct Lowering<'a> {
    pub(crate) fields: &'a Fields,
    /// Whether all of the query is typed in capitals: then its words are no acronyms.
    pub(crate) is_shouted: bool,
    /// Whether any of the words is enough.
    pub(crate) any: bool,
    /// Whether an article has a term.
    pub(crate) knows: &'a dyn Fn(&Term) -> bool,
    /// Where other names for the words are looked up; `None` to take them as typed.
    pub(crate) names: Option<Names<'a>>,
    /// Told which other names were found.
    pub(crate) widened: &'a RefCell<Vec<Widened>>,
}

impl Lowering<'_> {
    /// The term that a typed word is looked up as: the acronym it is if an article has it, else its stem.
    fn term(&self, word: &Word) -> Box<str> {
        let is_known = |acronym: &&str| !self.is_shouted && (self.knows)(&self.text(acronym));
        word.acronym().filter(is_known).map_or_else(|| word.forms.stem.clone(), Box::from)
    }

    fn text(&self, term: &str) -> Term {
        Term::from_field_text(self.fields.text, term)
    }
}

/// Whether all words of a query are typed in capitals, like a headline.
pub(crate) fn is_shouted(node: &Node) -> bool {
    let words = node.leaves().filter_map(|(leaf, _)| match leaf {
        Node::Word(text) | Node::Phrase(text) | Node::In(_, text) => Some(text.as_str()),
        _ => None,
    });
    word::is_shouted(&words.collect::<Vec<_>>().join(" "))
}

/// Turns a node into clauses; `None` when no part of it can be searched (`&`, `…`).
///
/// `filter` makes the query of a filter that stands among the words.
pub(crate) fn lower(
    node: &Node,
    lowering: &Lowering<'_>,
    filter: &mut dyn FnMut(&FieldFilter) -> Box<dyn Query>,
) -> Option<Clause> {
    let part = match node {
        Node::In(part, _) => Some(*part),
        _ => None,
    };
    let leaf = |query: Box<dyn Query>, pattern: Option<Pattern>| {
        let (text, weight) = (node.to_string(), 1.0);
        Some(Clause::Leaf(Leaf { text, query, pattern, part, weight, is_typed: true, is_common: false }))
    };
    match node {
        Node::Word(word) => {
            let (query, pattern) = word_query(word, lowering)?;
            let others = other_names(&[node], lowering);
            Clause::any(leaf(query, Some(pattern)).into_iter().chain(others))
        }
        Node::Phrase(phrase) => {
            let (query, pattern) = terms_query(phrase, lowering)?;
            leaf(query, Some(pattern))
        }
        Node::In(part, text) => {
            let (anywhere, pattern) = terms_query(text, lowering)?;
            let ways = pattern.ways(lowering.fields).unwrap_or_default();
            let sought = SoughtIn { ways, part: *part, parts: lowering.fields.parts };
            leaf(Box::new(Within { anywhere, sought }), Some(pattern))
        }
        Node::Prefix(prefix) => {
            let (query, pattern) = prefix_query(prefix, lowering)?;
            leaf(query, Some(pattern))
        }
        Node::Filter(field_filter) => leaf(Box::new(ConstScoreQuery::new(filter(field_filter), 0.0)), None),
        Node::And(children) => {
            let children: Vec<&Node> = children.iter().collect();
            Clause::all(lower_all(&children, lowering, filter).into_iter().map(|(_, clause)| clause).collect())
        }
        Node::Or(children) => {
            let mut said = Said::default();
            for child in children {
                said.add(child.to_string(), || lower(child, lowering, filter));
            }
            Clause::any(said.clauses().map(|(_, clause)| clause))
        }
        // What must be absent is absent as typed, and nothing else.
        Node::Not(child) => {
            let as_typed = Lowering { names: None, ..*lowering };
            lower(child, &as_typed, filter).map(|clause| Clause::Not(Box::new(clause)))
        }
    }
}

fn word_query(text: &str, lowering: &Lowering<'_>) -> Option<(Box<dyn Query>, Pattern)> {
    let address = word::address(text);
    let (query, pattern) = terms_query(address.unwrap_or(text), lowering)?;
    // A pasted address finds the article that is published there.
    if address.is_some()
        && let Some(url) = CanonicalUrl::parse(text)
    {
        let id = Term::from_field_u64(lowering.fields.id, ArticleId::of_url(&url).bits());
        let at_address = ConstScoreQuery::new(Box::new(TermQuery::new(id, IndexRecordOption::Basic)), CONSTANT_SCORE);
        let either = BooleanQuery::union(vec![query, Box::new(at_address)]);
        return Some((Box::new(Steady(Box::new(either))), pattern));
    }
    Some((query, pattern))
}

/// Words that must stand one after the other; one word is a phrase of one. Where there are several ways to write them, the scores
/// of those that match are added up.
fn terms_query(text: &str, lowering: &Lowering<'_>) -> Option<(Box<dyn Query>, Pattern)> {
    named_query(text, &[], lowering)
}

/// The same for what is another name of what was typed as these terms.
fn named_query(text: &str, name_of: &[Term], lowering: &Lowering<'_>) -> Option<(Box<dyn Query>, Pattern)> {
    let sequences = sequences(text, lowering);
    let sequence = |terms: &Vec<Box<str>>| {
        let terms = terms.iter().map(|term| lowering.text(term)).collect();
        Box::new(Sequence { terms, name_of: name_of.to_vec() })
    };
    let query: Box<dyn Query> = match sequences.as_slice() {
        [] => return None,
        [way] => sequence(way),
        ways => {
            let ways = ways.iter().map(|way| -> Box<dyn Query> { sequence(way) });
            Box::new(Steady(Box::new(BooleanQuery::union(ways.collect()))))
        }
    };
    Some((query, Pattern::Terms(sequences)))
}

/// Words that begin so, as they stand or stemmed; words before it (`e-heal*`) must be in the article too.
fn prefix_query(text: &str, lowering: &Lowering<'_>) -> Option<(Box<dyn Query>, Pattern)> {
    let beginnings = beginnings(text);
    let pattern = Pattern::Prefix(beginnings.iter().map(|(prefix, _)| prefix.clone()).collect());
    let fields = lowering.fields;
    let mut ways: Vec<Box<dyn Query>> = Vec::with_capacity(beginnings.len());
    for (prefix, others) in beginnings {
        let begins = |field| -> Box<dyn Query> {
            Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, &prefix), 0, false))
        };
        let either = BooleanQuery::union(vec![begins(fields.text), begins(fields.words)]);
        let mut all: Vec<Box<dyn Query>> = vec![Box::new(Steady(Box::new(either)))];
        for term in others {
            all.push(Box::new(TermQuery::new(lowering.text(&term), IndexRecordOption::Basic)));
        }
        ways.push(Box::new(Steady(Box::new(BooleanQuery::intersection(all)))));
    }
    if ways.is_empty() {
        return None;
    }
    let any: Box<dyn Query> = Box::new(BooleanQuery::union(ways));
    Some((Box::new(Steady(Box::new(ConstScoreQuery::new(any, CONSTANT_SCORE)))), pattern))
}

impl Clause {
    /// The leaves that are looked for (not those that must be absent), in the order of the text.
    pub(crate) fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::All(clauses) | Self::AtLeast(_, clauses) => clauses.iter().flat_map(Self::leaves).collect(),
            Self::Not(_) => Vec::new(),
        }
    }

    /// What the leaves that were typed weigh together.
    pub(crate) fn typed_weight(&self) -> f64 {
        self.leaves().into_iter().filter(|leaf| leaf.is_typed).map(|leaf| f64::from(leaf.weight)).sum()
    }

    /// Counts so many times as much, and matches the same.
    fn emphasise(&mut self, factor: f32) {
        match self {
            Self::Leaf(leaf) => leaf.weight *= factor,
            Self::All(clauses) | Self::AtLeast(_, clauses) => {
                for clause in clauses {
                    clause.emphasise(factor);
                }
            }
            Self::Not(_) => {}
        }
    }

    /// Notes that most articles have it. Matches the same and counts as much.
    pub(crate) fn note_common(&mut self) {
        match self {
            Self::Leaf(leaf) => leaf.is_common = true,
            Self::All(clauses) | Self::AtLeast(_, clauses) => clauses.iter_mut().for_each(Self::note_common),
            Self::Not(_) => {}
        }
    }

    /// All of these; `None` when there are none.
    pub(crate) fn all(mut clauses: Vec<Self>) -> Option<Self> {
        if clauses.len() > 1 { Some(Self::All(clauses)) } else { clauses.pop() }
    }

    /// One of these, alternatives of alternatives made one list, whose words are taken by their postings. `None` when there are
    /// none.
    pub(crate) fn any(clauses: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for clause in clauses {
            match clause {
                Self::AtLeast(1, alternatives) => parts.extend(alternatives),
                other => parts.push(other),
            }
        }
        if parts.len() > 1 { Some(Self::AtLeast(1, parts)) } else { parts.pop() }
    }

    /// This or one of the others.
    #[must_use]
    pub(crate) fn or(self, others: impl IntoIterator<Item = Self>) -> Self {
        Self::any(std::iter::once(self).chain(others)).unwrap_or_else(|| Self::AtLeast(1, Vec::new()))
    }

    /// A term of the index, which nobody typed. `text` tells what it is.
    pub(crate) fn term(text: String, term: &str, weight: f32, fields: &Fields) -> Self {
        let engine = Term::from_field_text(fields.text, term);
        let query = Box::new(Sequence { terms: vec![engine], name_of: Vec::new() });
        let pattern = Some(Pattern::Terms(vec![vec![term.into()]]));
        Self::Leaf(Leaf { text, query, pattern, part: None, weight, is_typed: false, is_common: false })
    }

    /// Whether it narrows without being looked for: a negation, a filter, and what is made of nothing else.
    pub(crate) fn is_restriction(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::Leaf(leaf) => leaf.pattern.is_none(),
            Self::All(parts) | Self::AtLeast(_, parts) => !parts.is_empty() && parts.iter().all(Self::is_restriction),
        }
    }
}
