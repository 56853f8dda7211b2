//! From a [`Node`] to engine queries: [`Clause`].
//!
//! The only file of this room that knows Tantivy. User text never reaches Tantivy's own query parser: it fails on headlines
//! and drops parts of them in silence.

mod steady;
mod weighed;

use std::ops::Range;
use std::rc::Rc;

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, FuzzyTermQuery, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;

use self::steady::Steady;
pub(crate) use self::weighed::Weighed;
use super::{FieldFilter, Node};
use crate::article::{ArticleId, CanonicalUrl};
use crate::index::Fields;
use crate::index::analysis::{Forms, words};

/// The score of a clause that matches without saying how well: a prefix, an address.
pub(crate) const CONSTANT_SCORE: f32 = 1.0;

/// A query as the engine runs it. Keeps the shape of the [`Node`] it came from, because scores are added up along it.
#[derive(Debug, Clone)]
pub(crate) enum Clause {
    /// Something to look for.
    Leaf(Leaf),
    /// All must match.
    All(Vec<Clause>),
    /// At least so many must match.
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
}

impl Clone for Leaf {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), query: self.query.box_clone(), pattern: self.pattern.clone() }
    }
}

/// What a leaf looks like in a text, for highlighting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// These stems one after the other.
    Stems(Vec<Box<str>>),
    /// A surface or a stem that begins like this.
    Prefix(String),
}

impl Pattern {
    /// How many of the words at the head of `words` it covers; 0 when it does not match there. Words whose forms cannot be meant
    /// come without.
    pub(crate) fn covers(&self, words: &[(Range<usize>, Option<Rc<Forms>>)]) -> usize {
        let forms_at = |from: usize| words.get(from).and_then(|(_, forms)| forms.as_deref());
        match self {
            Self::Stems(stems) => {
                let matches = (0..).zip(stems).all(|(at, stem)| forms_at(at).is_some_and(|forms| forms.stem == *stem));
                if matches { stems.len() } else { 0 }
            }
            Self::Prefix(prefix) => {
                let begins = |form: &str| form.starts_with(prefix.as_str());
                usize::from(forms_at(0).is_some_and(|forms| begins(&forms.surface) || begins(&forms.stem)))
            }
        }
    }

    /// The stems or the beginning that it looks for.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        let (stems, prefix) = match self {
            Self::Stems(stems) => (stems.as_slice(), None),
            Self::Prefix(prefix) => (&[][..], Some(prefix.as_str())),
        };
        stems.iter().map(|stem| &**stem).chain(prefix)
    }
}

/// Turns a node into clauses; `None` when no part of it can be searched (`&`, `…`).
///
/// `filter` makes the query of a filter that stands among the words.
pub(crate) fn lower(
    node: &Node,
    fields: &Fields,
    filter: &mut dyn FnMut(&FieldFilter) -> Box<dyn Query>,
) -> Option<Clause> {
    let leaf = |query: Box<dyn Query>, pattern: Option<Pattern>| {
        Some(Clause::Leaf(Leaf { text: node.to_string(), query, pattern }))
    };
    match node {
        Node::Word(word) => {
            let (query, pattern) = word_query(word, fields)?;
            leaf(query, Some(pattern))
        }
        Node::Phrase(phrase) => {
            let (query, pattern) = stems_query(phrase, fields)?;
            leaf(query, Some(pattern))
        }
        Node::Prefix(prefix) => {
            let (query, pattern) = prefix_query(prefix, fields)?;
            leaf(query, Some(pattern))
        }
        Node::Filter(field_filter) => leaf(Box::new(ConstScoreQuery::new(filter(field_filter), 0.0)), None),
        Node::And(children) => gather(children, fields, filter, Clause::All),
        Node::Or(children) => gather(children, fields, filter, |clauses| Clause::AtLeast(1, clauses)),
        Node::Not(child) => lower(child, fields, filter).map(|clause| Clause::Not(Box::new(clause))),
    }
}

fn gather(
    children: &[Node],
    fields: &Fields,
    filter: &mut dyn FnMut(&FieldFilter) -> Box<dyn Query>,
    make: impl FnOnce(Vec<Clause>) -> Clause,
) -> Option<Clause> {
    let mut clauses = Vec::with_capacity(children.len());
    for child in children {
        clauses.extend(lower(child, fields, filter));
    }
    if clauses.len() > 1 { Some(make(clauses)) } else { clauses.pop() }
}

fn word_query(word: &str, fields: &Fields) -> Option<(Box<dyn Query>, Pattern)> {
    let (query, pattern) = stems_query(word, fields)?;
    // A pasted address finds the article that is published there.
    if (word.contains("://") || word.starts_with("www."))
        && let Some(url) = CanonicalUrl::parse(word)
    {
        let id = Term::from_field_u64(fields.id, ArticleId::of_url(&url).bits());
        let at_address = ConstScoreQuery::new(Box::new(TermQuery::new(id, IndexRecordOption::Basic)), CONSTANT_SCORE);
        let either = BooleanQuery::union(vec![query, Box::new(at_address)]);
        return Some((Box::new(Steady(Box::new(either))), pattern));
    }
    Some((query, pattern))
}

/// Words that must stand one after the other; one word is a phrase of one.
fn stems_query(text: &str, fields: &Fields) -> Option<(Box<dyn Query>, Pattern)> {
    let stems: Vec<Box<str>> = words(text).map(|word| word.forms.stem.clone()).collect();
    let mut terms: Vec<Term> = stems.iter().map(|stem| Term::from_field_text(fields.text, stem)).collect();
    let query: Box<dyn Query> = match terms.len() {
        0 => return None,
        1 => Box::new(TermQuery::new(terms.remove(0), IndexRecordOption::WithFreqs)),
        _ => Box::new(Steady(Box::new(PhraseQuery::new(terms)))),
    };
    Some((query, Pattern::Stems(stems)))
}

/// Words that begin with the last word of `text`, as they stand or stemmed; words before it (`e-heal*`) are part of the phrase rules and must match too.
fn prefix_query(text: &str, fields: &Fields) -> Option<(Box<dyn Query>, Pattern)> {
    let mut parts: Vec<Rc<Forms>> = words(text).map(|word| word.forms).collect();
    let prefix = parts.pop()?.surface.to_string();
    let begins = |field| -> Box<dyn Query> {
        Box::new(FuzzyTermQuery::new_prefix(Term::from_field_text(field, &prefix), 0, false))
    };
    let either = BooleanQuery::union(vec![begins(fields.text), begins(fields.words)]);
    let mut all: Vec<Box<dyn Query>> = vec![Box::new(Steady(Box::new(either)))];
    for forms in parts {
        let term = Term::from_field_text(fields.text, &forms.stem);
        all.push(Box::new(TermQuery::new(term, IndexRecordOption::Basic)));
    }
    let all: Box<dyn Query> = Box::new(BooleanQuery::intersection(all));
    Some((Box::new(Steady(Box::new(ConstScoreQuery::new(all, CONSTANT_SCORE)))), Pattern::Prefix(prefix)))
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

    /// All of these; `None` when there are none.
    pub(crate) fn all(mut clauses: Vec<Self>) -> Option<Self> {
        if clauses.len() > 1 { Some(Self::All(clauses)) } else { clauses.pop() }
    }

    /// Whether it narrows without being looked for: a negation or a filter.
    pub(crate) fn is_restriction(&self) -> bool {
        match self {
            Self::Not(_) => true,
            Self::Leaf(leaf) => leaf.pattern.is_none(),
            Self::All(_) | Self::AtLeast(..) => false,
        }
    }
}
