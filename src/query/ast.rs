//! [`Query`]: what is searched for, as a value.

use std::fmt;
use std::str::FromStr;

use super::token::is_headline;
use super::{FieldFilter, Filters, Node, parse};
use crate::{Error, Result};

/// What is searched for: a condition, and the filters that the user chose.
///
/// Written as text by `Display`; [`parse`] reads that text as the same query, provided that `root` is in the normal
/// form of [`Node`]. The default is every article.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The condition; `None` is every article. It may consist of negations only: everything but these.
    pub root: Option<Node>,
    /// The filters of the whole query.
    pub filters: Filters,
}

impl Query {
    /// Whether it asks for every article.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.is_none() && self.filters.is_empty()
    }

    /// The query for what meets one or more of its conditions instead of all. What restricts stays: negations and filters.
    ///
    /// ```
    /// # use healthnews::query::Query;
    /// let query: Query = "remote \"big tech\" -hype topic:AI".parse()?;
    /// assert_eq!(query.widened().to_string(), "(remote OR \"big tech\") -hype topic:AI");
    /// # Ok::<(), healthnews::Error>(())
    /// ```
    #[must_use]
    pub fn widened(self) -> Self {
        let conditions = match self.root {
            None => Vec::new(),
            Some(Node::And(children)) => children,
            Some(node) => vec![node],
        };
        let (restrictions, wanted): (Vec<_>, Vec<_>) = conditions.into_iter().partition(Node::is_restriction);
        Self { root: Node::all(Node::any(wanted).into_iter().chain(restrictions)), filters: self.filters }
    }

    /// The conditions that must all be met, filters apart.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<&Node> {
        match &self.root {
            None => Vec::new(),
            Some(Node::And(children)) => children.iter().collect(),
            Some(node) => vec![node],
        }
    }
}

impl FromStr for Query {
    type Err = Error;

    /// [`parse`] without its warnings.
    fn from_str(text: &str) -> Result<Self> {
        Ok(parse(text)?.query)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            // In a headline `OR` is a word, but not in parentheses.
            Some(root @ Node::Or(_)) if self.filters.is_empty() && !is_headline(&root.to_string()) => {
                return root.fmt(f);
            }
            _ => {}
        }
        let conjuncts = self.conjuncts();
        for (at, node) in conjuncts.iter().enumerate() {
            f.write_str(if at > 0 { " " } else { "" })?;
            match node {
                // Without parentheses these would be read as filters of the whole query.
                Node::Filter(filter) => write!(f, "({filter})")?,
                Node::Not(inner) => match &**inner {
                    Node::Filter(filter @ (FieldFilter::Topic(_) | FieldFilter::Provider(_))) => {
                        write!(f, "-({filter})")?;
                    }
                    _ => node.fmt(f)?,
                },
                _ => node.write_operand(f)?,
            }
        }
        if !conjuncts.is_empty() && !self.filters.is_empty() {
            f.write_str(" ")?;
        }
        self.filters.fmt(f)
    }
}
