//! From tokens to the tree: what the operators join, and which filters belong to the whole query.

use super::token::{Operator, Token};
use super::{FieldFilter, Filters, Node, Query};

enum Item {
    Operand(Operand),
    Operator(Operator),
}

struct Operand {
    node: Node,
    negated: bool,
    grouped: bool,
    /// Which run of operands with `AND` between them it belongs to.
    chain: usize,
}

fn operand(node: Node, negated: bool, grouped: bool) -> Operand {
    Operand { node, negated, grouped, chain: 0 }
}

impl Operand {
    fn into_node(self) -> Node {
        if self.negated { self.node.negate() } else { self.node }
    }
}

/// Builds the query from tokens whose parentheses are paired. The stack is ours, not the program's.
pub(super) fn grow(tokens: Vec<Token>) -> Query {
    let mut outer: Vec<(Vec<Item>, bool)> = Vec::new();
    let mut items = Vec::new();
    for token in tokens {
        match token {
            Token::Open { negated, .. } => outer.push((std::mem::take(&mut items), negated)),
            Token::Close => {
                let group = any(alternatives(std::mem::take(&mut items)));
                if let Some((around, negated)) = outer.pop() {
                    items = around;
                    items.extend(group.map(|node| Item::Operand(operand(node, negated, true))));
                }
            }
            Token::Leaf { node, negated } => items.push(Item::Operand(operand(node, negated, false))),
            Token::Operator(operator) => items.push(Item::Operator(operator)),
        }
    }
    let mut alternatives = alternatives(items);
    match alternatives.pop() {
        Some(operands) if alternatives.is_empty() => with_filters(operands),
        last => Query { root: any(alternatives.into_iter().chain(last)), filters: Filters::default() },
    }
}

fn any(alternatives: impl IntoIterator<Item = Vec<Operand>>) -> Option<Node> {
    Node::any(alternatives.into_iter().filter_map(|all| Node::all(all.into_iter().map(Operand::into_node))))
}

/// Applies the operators that have operands, and reads the others as words. Returns the operands of each alternative.
fn alternatives(items: Vec<Item>) -> Vec<Vec<Operand>> {
    let mut reversed: Vec<Item> = Vec::with_capacity(items.len());
    for item in items.into_iter().rev() {
        match (item, reversed.last_mut()) {
            (Item::Operator(Operator::Not), Some(Item::Operand(operand))) => operand.negated = !operand.negated,
            (Item::Operator(Operator::Not), _) => reversed.push(Item::Operand(word(Operator::Not))),
            (item, _) => reversed.push(item),
        }
    }
    let mut alternatives = vec![Vec::new()];
    let mut chain = 0;
    let mut chained = false;
    let mut items = reversed.into_iter().rev().peekable();
    while let Some(item) = items.next() {
        let between =
            !alternatives[alternatives.len() - 1].is_empty() && matches!(items.peek(), Some(Item::Operand(_)));
        let operand = match item {
            Item::Operand(operand) => Some(operand),
            Item::Operator(Operator::And) if between => {
                chained = true;
                continue;
            }
            Item::Operator(Operator::Or) if between => {
                alternatives.push(Vec::new());
                continue;
            }
            Item::Operator(operator) => Some(word(operator)),
        };
        if let Some(operand) = operand {
            chain += usize::from(!std::mem::take(&mut chained));
            let last = alternatives.len() - 1;
            alternatives[last].push(Operand { chain, ..operand });
        }
    }
    alternatives
}

fn word(operator: Operator) -> Operand {
    operand(operator.as_word(), false, false)
}

/// The query that all of `operands` make at the top level: the filters that stand free among them are its [`Filters`].
fn with_filters(operands: Vec<Operand>) -> Query {
    // `topic:a topic:b` widens, but who writes `AND` between the two wants both.
    let fields: Vec<Option<(&'static str, usize)>> = operands.iter().map(listed_field).collect();
    let mut filters = Filters::default();
    let mut dates = Vec::new();
    let mut nodes = Vec::new();
    for (at, operand) in operands.into_iter().enumerate() {
        let with_its_like = fields[at].is_some_and(|field| fields.iter().filter(|f| **f == Some(field)).count() > 1);
        match operand.node {
            Node::Filter(filter) if !operand.grouped && operand.negated => {
                nodes.extend(filters.exclude(filter).map(|filter| Node::Filter(filter).negate()));
            }
            Node::Filter(filter) if !operand.grouped && !with_its_like => {
                if filter.field() == "date" {
                    dates.push(Node::Filter(filter));
                } else {
                    nodes.extend(filters.narrow(filter).map(Node::Filter));
                }
            }
            _ => nodes.push(operand.into_node()),
        }
    }
    // Like a list, `date:2020 date:2021` widens; bounds can only say one stretch of time.
    match Node::any(dates) {
        Some(Node::Filter(date)) => nodes.extend(filters.narrow(date).map(Node::Filter)),
        several => nodes.extend(several),
    }
    Query { root: Node::all(nodes), filters }
}

/// The field, where the same field again would widen, and the chain that the filter stands in.
fn listed_field(operand: &Operand) -> Option<(&'static str, usize)> {
    match &operand.node {
        Node::Filter(
            filter @ (FieldFilter::Topic(_)
            | FieldFilter::Provider(_)
            | FieldFilter::Scheme(_)
            | FieldFilter::Kind(_)
            | FieldFilter::Within(_)
            | FieldFilter::Undated),
        ) if !operand.grouped && !operand.negated => Some((filter.field(), operand.chain)),
        _ => None,
    }
}
