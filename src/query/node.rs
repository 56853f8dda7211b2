//! [`Node`]: a condition on articles, as a tree.

use std::collections::HashSet;
use std::fmt;

use super::{FieldFilter, word};
use crate::article::Part;

/// A condition on an article.
///
/// Made by [`super::parse`], [`Node::all`], [`Node::any`] and [`Node::negate`], a node is in *normal form*, and only then does
/// its text give the same node again: `And` and `Or` have two or more children, different but for repeated words, of which
/// none is of the same sort; `Not` holds no `Not`; leaves hold a letter or digit, and their text is such that it can be typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// A word or a web address, as typed: analysis may find several tokens in it, or none.
    Word(String),
    /// Words in this order, as typed.
    Phrase(String),
    /// Words in this order, in one part of the article, as typed.
    In(Part, String),
    /// Words that start so.
    Prefix(String),
    /// A condition on a field.
    Filter(FieldFilter),
    /// All of them, in the order typed.
    And(Vec<Node>),
    /// One or more of them.
    Or(Vec<Node>),
    /// The articles that do not meet it.
    Not(Box<Node>),
}

impl Node {
    /// What meets all of `nodes`, each condition once, but words as often as they are there: one that is said twice counts twice in
    /// the order of the answer. `None` if there are none.
    #[must_use]
    pub fn all(nodes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let parts = nodes.into_iter().flat_map(|node| match node {
            Self::And(children) => children,
            other => vec![other],
        });
        joined(parts, Self::And)
    }

    /// What meets one of `nodes`, each condition once, but words as often as they are there. `None` if there are none.
    #[must_use]
    pub fn any(nodes: impl IntoIterator<Item = Self>) -> Option<Self> {
        let parts = nodes.into_iter().flat_map(|node| match node {
            Self::Or(children) => children,
            other => vec![other],
        });
        joined(parts, Self::Or)
    }

    /// What does not meet it.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Whether it narrows without being looked for: what must be absent, a filter, and what is made of nothing else.
    #[must_use]
    pub fn is_restriction(&self) -> bool {
        match self {
            Self::Not(_) | Self::Filter(_) => true,
            Self::And(children) | Self::Or(children) => children.iter().all(Self::is_restriction),
            Self::Word(_) | Self::Phrase(_) | Self::In(..) | Self::Prefix(_) => false,
        }
    }

    /// The words, phrases, prefixes and filters in the order of the text, and whether an odd number of negations stands over each.
    pub fn leaves(&self) -> impl Iterator<Item = (&Self, bool)> {
        let mut stack = vec![(self, false)];
        std::iter::from_fn(move || {
            loop {
                match stack.pop()? {
                    (Self::And(children) | Self::Or(children), negated) => {
                        stack.extend(children.iter().rev().map(|child| (child, negated)));
                    }
                    (Self::Not(inner), negated) => stack.push((inner, !negated)),
                    leaf => return Some(leaf),
                }
            }
        })
    }

    /// Writes the node as an operand: what is made of several parts gets parentheses.
    pub(super) fn write_operand(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(_) | Self::Or(_) => write!(f, "({self})"),
            _ => write!(f, "{self}"),
        }
    }
}

fn joined(parts: impl Iterator<Item = Node>, join: fn(Vec<Node>) -> Node) -> Option<Node> {
    let mut seen = HashSet::new();
    let mut parts: Vec<Node> =
        parts.filter(|node| matches!(node, Node::Word(_)) || seen.insert(node.clone())).collect();
    if parts.len() > 1 { Some(join(parts)) } else { parts.pop() }
}

/// As in query text.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(text) => f.write_str(text),
            Self::Phrase(text) => write!(f, "\"{text}\""),
            Self::In(part, text) if word::stands_free(text) => write!(f, "{}:{text}", part.name()),
            Self::In(part, text) => write!(f, "{}:\"{text}\"", part.name()),
            Self::Prefix(text) => write!(f, "{text}*"),
            Self::Filter(filter) => filter.fmt(f),
            Self::And(children) => {
                for (at, child) in children.iter().enumerate() {
                    f.write_str(if at > 0 { " " } else { "" })?;
                    child.write_operand(f)?;
                }
                Ok(())
            }
            Self::Or(children) => {
                for (at, child) in children.iter().enumerate() {
                    f.write_str(if at > 0 { " OR " } else { "" })?;
                    match child {
                        Self::Or(_) => child.write_operand(f)?,
                        _ => child.fmt(f)?,
                    }
                }
                Ok(())
            }
            Self::Not(inner) => {
                f.write_str("-")?;
                inner.write_operand(f)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;

    fn word(text: &str) -> Node {
        Node::Word(text.to_owned())
    }

    #[test]
    fn keeps_the_normal_form() {
        assert_eq!(Node::all([]), None);
        let phrase = || Node::Phrase("a b".to_owned());
        assert_eq!(Node::all([phrase(), phrase()]), Some(phrase()));
        let nested = Node::all([word("a"), Node::all([phrase(), word("a")]).unwrap(), phrase()]);
        assert_eq!(nested, Some(Node::And(vec![word("a"), phrase(), word("a")])));
        assert_eq!(word("a").negate().negate(), word("a"));
    }

    #[test]
    fn visits_leaves_in_the_order_of_the_text() {
        let node = parse("a -(b OR -\"c d\") em* (topic:x OR -f)").unwrap().query.root.unwrap();
        let leaves: Vec<String> =
            node.leaves().map(|(leaf, negated)| format!("{}{leaf}", if negated { "-" } else { "" })).collect();
        assert_eq!(leaves, ["a", "-b", "\"c d\"", "em*", "topic:x", "-f"]);
    }
}
