//! Groups: which parentheses are some, and what a part of the article before one means (`title:(stroke OR "big data")`).

use super::token::Token;
use super::{Misread, Node};
use crate::article::Part;

/// The tokens, those of parentheses in pairs: one without a partner is none. Where it stands behind the name of a part, the name is a
/// word, and reported. What is looked for in a group behind such a name is looked for in that part.
pub(super) fn paired(tokens: Vec<Token>, misreads: &mut Vec<Misread>) -> Vec<Token> {
    let is_paired = pairs(&tokens);
    // The part of each group that is open; `None` for all of the article.
    let mut parts: Vec<Option<Part>> = Vec::new();
    let mut kept = Vec::with_capacity(tokens.len());
    for (token, is_paired) in tokens.into_iter().zip(is_paired) {
        let part = parts.last().copied().flatten();
        kept.push(match token {
            Token::Open { part: named, .. } if is_paired => {
                parts.push(named.or(part));
                token
            }
            Token::Close if is_paired => {
                parts.pop();
                token
            }
            Token::Open { part: Some(named), negated } => {
                let name = named.name();
                misreads.push(Misread::as_text(format!("{name}:("), "no parenthesis closes the group"));
                Token::Leaf { node: Node::Word(name.to_owned()), negated }
            }
            Token::Open { .. } | Token::Close => continue,
            Token::Leaf { node, negated } => Token::Leaf { node: within(part, node, misreads), negated },
            Token::Operator(_) => token,
        });
    }
    kept
}

/// Whether each token has a partner, or needs none. Pasted text is full of parentheses that have none.
fn pairs(tokens: &[Token]) -> Vec<bool> {
    let mut open = Vec::new();
    let mut is_paired = vec![true; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open { .. } => {
                is_paired[at] = false;
                open.push(at);
            }
            Token::Close => match open.pop() {
                Some(partner) => is_paired[partner] = true,
                None => is_paired[at] = false,
            },
            Token::Leaf { .. } | Token::Operator(_) => {}
        }
    }
    is_paired
}

/// What stands for a leaf in a group behind the name of a part.
fn within(part: Option<Part>, leaf: Node, misreads: &mut Vec<Misread>) -> Node {
    let Some(part) = part else { return leaf };
    match leaf {
        Node::Word(text) | Node::Phrase(text) => Node::In(part, text),
        Node::Prefix(beginning) => {
            misreads.push(Misread::prefix_within(part, &beginning));
            Node::Prefix(beginning)
        }
        other => other,
    }
}
