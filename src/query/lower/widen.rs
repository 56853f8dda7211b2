//! Widening: what was typed, or another [name](super::Names) for it.
//!
//! Only words are widened, one or several side by side. A phrase in quotes, a prefix, a filter and what must be absent mean what
//! was typed.

use tantivy::Term;
use tantivy::query::Query;

use super::typed::sequences;
use super::{Clause, FieldFilter, Leaf, Lowering, Node, Said, Widened, lower, named_query};
use crate::index::analysis::words;

/// How much a match of another name counts beside one of what was typed. See `docs/RELEVANCE.md` for the figures.
pub(crate) const OTHER_NAME_WEIGHT: f32 = 0.5;
/// A query is widened by so many names at most: each costs as much as a word that was typed.
const MAX_OTHER_NAMES: usize = 64;

/// Lowers what stands side by side and must all match. Words that are one name become one clause: all of them, or another name. What
/// is there several times becomes one clause that counts as often. Each clause comes with its text.
pub(crate) fn lower_all(
    nodes: &[&Node],
    lowering: &Lowering<'_>,
    filter: &mut dyn FnMut(&FieldFilter) -> Box<dyn Query>,
) -> Vec<(String, Clause)> {
    let mut said = Said::default();
    let mut rest = nodes;
    while let [first, ..] = rest {
        let (len, others) = name(rest, lowering);
        let (name, behind) = rest.split_at(len);
        rest = behind;
        said.add(text_of(name), || {
            if others.is_empty() {
                return lower(first, lowering, filter);
            }
            let as_typed = Lowering { names: None, ..*lowering };
            let typed = name.iter().filter_map(|word| lower(word, &as_typed, filter)).collect();
            Clause::any(Clause::all(typed).into_iter().chain(others))
        });
    }
    said.clauses().collect()
}

/// The other names of what several words side by side are a name of: beside these words each for itself, when any of them will do.
pub(crate) fn names_in(nodes: &[&Node], lowering: &Lowering<'_>) -> Vec<Clause> {
    let (mut others, mut rest) = (Vec::new(), nodes);
    while !rest.is_empty() {
        let (len, of_name) = name(rest, lowering);
        others.extend(of_name);
        rest = &rest[len..];
    }
    others
}

/// How many of the words at the head of `nodes` are the longest name of several words of which articles have another name, and these
/// names; 1 and none when there is no such name.
fn name(nodes: &[&Node], lowering: &Lowering<'_>) -> (usize, Vec<Clause>) {
    let Some(names) = lowering.names else { return (1, Vec::new()) };
    let words = nodes.iter().take_while(|node| matches!(node, Node::Word(_))).take(names.most_words());
    let longest = names.longest(&words.map(ToString::to_string).collect::<Vec<_>>(), lowering.is_shouted);
    let of_length =
        |len: usize| Some((len, other_names(&nodes[..len], lowering))).filter(|(_, others)| !others.is_empty());
    (2..=longest).rev().find_map(of_length).unwrap_or((1, Vec::new()))
}

/// The other names of what these words, side by side, are a name of, as far as articles have their words.
pub(super) fn other_names(name: &[&Node], lowering: &Lowering<'_>) -> Vec<Clause> {
    let Some(names) = lowering.names else { return Vec::new() };
    let typed = text_of(name);
    let mut widened = lowering.widened.borrow_mut();
    let told = widened.iter().find(|widened| widened.words == typed).map(|widened| widened.also.clone());
    let is_new = told.is_none();
    let is_shouted = lowering.is_shouted;
    let first_way = |word: &&Node| sequences(&word.to_string(), lowering).into_iter().next().unwrap_or_default();
    // Where all words must match, another name stands in for one of them, and is no rarer than that (see `docs/RELEVANCE.md`).
    let name_of: Vec<Term> = if lowering.any {
        Vec::new()
    } else {
        name.iter().flat_map(first_way).map(|term| lowering.text(&term)).collect()
    };
    // Names are written as they are: what the user shouts says nothing about them.
    let lowering = Lowering { is_shouted: false, ..*lowering };
    // What is said twice has the same names both times.
    let others = told.unwrap_or_else(|| {
        let told: usize = widened.iter().map(|widened| widened.also.len()).sum();
        let known = names.others(&typed, is_shouted).into_iter().filter(|other| is_known(other, &lowering));
        known.take(MAX_OTHER_NAMES.saturating_sub(told)).collect()
    });

    let (mut clauses, mut also) = (Vec::new(), Vec::new());
    for other in others {
        if let Some((query, pattern)) = named_query(&other, &name_of, &lowering) {
            let text = format!("{other} (for {typed})");
            clauses.push(Clause::Leaf(Leaf {
                text,
                query,
                pattern: Some(pattern),
                part: None,
                weight: OTHER_NAME_WEIGHT,
                is_typed: false,
                is_common: false,
            }));
            also.push(other);
        }
    }
    if is_new && !also.is_empty() {
        widened.push(Widened { words: typed, also });
    }
    clauses
}

/// Whether each word of a name stands in some article, an acronym as such.
fn is_known(name: &str, lowering: &Lowering<'_>) -> bool {
    words(name).all(|word| {
        let term = word.acronym().unwrap_or(&word.forms.stem);
        (lowering.knows)(&lowering.text(term))
    })
}

fn text_of(name: &[&Node]) -> String {
    name.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
