//! From query text to tokens: words, phrases, filters, operators, parentheses. What is none of these is passed over.

use super::filter::{field_at, meant};
use super::slip::slip;
use super::{FieldFilter, Misread, Node, quote, word};
use crate::article::Part;

/// A piece of query text.
#[derive(Debug)]
pub(super) enum Token {
    Open { negated: bool, part: Option<Part> },
    Close,
    Leaf { node: Node, negated: bool },
    Operator(Operator),
}

/// A word or sign that may join operands, if there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Not,
}

impl Operator {
    fn of(text: &str) -> Option<Self> {
        match text {
            "AND" => Some(Self::And),
            "OR" => Some(Self::Or),
            "NOT" => Some(Self::Not),
            _ => None,
        }
    }

    /// The word it is where it joins nothing. In small letters, or it would be an operator again when written.
    pub(super) fn as_word(self) -> Node {
        let text = match self {
            Self::And => "and",
            Self::Or => "or",
            Self::Not => "not",
        };
        Node::Word(text.to_owned())
    }
}

/// Whether a word joins others where it stands by itself.
pub(crate) fn is_operator(word: &str) -> bool {
    Operator::of(word).is_some()
}

/// Whether a text is a headline in capitals and nothing else, in which `OR`, `AND` and `NOT` are words: `HOSPITALS DO NOT CLOSE`. Where
/// every third run or more is one of them, they are meant: `HOSPITALS OR CLINICS OR WARDS`.
pub(super) fn is_headline(text: &str) -> bool {
    let runs = || text.split_whitespace();
    let is_field = |run: &str| run.trim_end_matches(':').contains(':');
    let operators = runs().filter(|run| Operator::of(run).is_some()).count();
    word::is_shouted(text) && operators * 3 < runs().count() && !text.contains(['"', '(', ')']) && !runs().any(is_field)
}

/// The fewest letters and digits of a `prefix*`. One letter would stand for a good part of the dictionary.
const MIN_PREFIX_CHARS: usize = 2;
/// So many slips of a text are told. Whether an article has what looks like one takes a search.
const MAX_SLIPS: usize = 8;

/// Cuts `text`, which has no control characters, into tokens. Linear, but for the search for a closing quote.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Misread>) {
    let is_headline = is_headline(text);
    let mut cutter =
        Cutter { text, at: 0, is_headline, emphasis: false, tokens: Vec::new(), misreads: Vec::new(), slips: 0 };
    while let Some(c) = cutter.rest().chars().next() {
        cutter.cut(c);
    }
    (cutter.tokens, cutter.misreads)
}

struct Cutter<'t> {
    text: &'t str,
    at: usize,
    /// All of it is in capitals, operators too.
    is_headline: bool,
    /// Inside of `*emphasis*` as in Markdown, where the second star makes no prefix.
    emphasis: bool,
    tokens: Vec<Token>,
    misreads: Vec<Misread>,
    slips: usize,
}

impl<'t> Cutter<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// Passes `c`, with all that belongs to it.
    fn cut(&mut self, c: char) {
        if c == '-' && self.before().is_none_or(|b| b.is_whitespace() || b == '(') {
            self.at += 1;
            // If it negates nothing, it is a dash, and passed.
            self.operand(true);
        } else if c == ')' {
            self.at += 1;
            self.tokens.push(Token::Close);
        } else if !self.operand(false) {
            self.at += c.len_utf8();
            self.emphasis |= c == '*' && word::starts(Some(c), self.rest());
        }
    }

    /// Reads what an operand starts with, if one starts right here.
    fn operand(&mut self, negated: bool) -> bool {
        if self.rest().starts_with('(') {
            self.at += 1;
            self.tokens.push(Token::Open { negated, part: None });
        } else if let Some((text, len)) = quote::quoted(self.before(), self.rest()) {
            self.at += len;
            if !text.is_empty() {
                self.leaf(Node::Phrase(text), negated);
            }
        } else if word::starts(self.before(), self.rest()) {
            if !self.filter(negated) {
                self.word(negated);
            }
        } else {
            return false;
        }
        true
    }

    fn leaf(&mut self, node: Node, negated: bool) {
        self.tokens.push(Token::Leaf { node, negated });
    }

    /// Whether white space, parentheses or the ends of the text are around the next `len` bytes.
    fn stands_alone(&self, len: usize) -> bool {
        let apart = |c: char| c.is_whitespace() || matches!(c, '(' | ')');
        self.before().is_none_or(apart) && self.rest()[len..].chars().next().is_none_or(apart)
    }

    fn filter(&mut self, negated: bool) -> bool {
        let rest = self.rest();
        if let Some(slip) = slip(rest).filter(|_| self.slips < MAX_SLIPS) {
            self.slips += 1;
            self.misreads.push(slip);
        }
        let Some(field) = field_at(rest) else { return false };
        let value_at = field.len() + 1;
        let quoted = quote::quoted(Some(':'), &rest[value_at..]);
        let run = || FieldFilter::free_value(field, &rest[value_at..][..word::run_len(&rest[value_at..])]);
        let len = value_at + quoted.as_ref().map_or_else(|| run().len(), |(_, len)| *len);
        let value = quoted.as_ref().map_or(&rest[value_at..len], |(text, _)| text);
        let part = Part::ALL.into_iter().find(|part| part.name() == field);
        if rest[value_at..].starts_with('(') {
            if part.is_none() {
                let reason = format!("`{field}:` takes a word, or a phrase in quotes");
                self.misreads.push(Misread::as_text(&rest[..value_at], reason));
                return false;
            }
            self.at += value_at + 1;
            self.tokens.push(Token::Open { negated, part });
            return true;
        }
        if let Some(part) = part
            && quoted.is_none()
        {
            let word_len = value_at + word::len(&rest[value_at..len]);
            let beginning = word::trim(&rest[value_at..word_len]);
            let is_word = word::stands_free(beginning) && word::url_len(beginning).is_none();
            if rest[word_len..].starts_with('*') && is_word && is_telling(beginning) {
                self.misreads.push(Misread::prefix_within(part, beginning));
                self.at += word_len + 1;
                self.leaf(Node::Prefix(beginning.to_owned()), negated);
                return true;
            }
        }
        let read = match part {
            Some(part) => meant(value, quoted.is_some()).map(|text| Ok(Node::In(part, text.to_owned()))),
            None => FieldFilter::read(field, value, quoted.is_some()).map(|filter| filter.map(Node::Filter)),
        };
        let node = match read {
            None => return false,
            Some(Ok(node)) => node,
            Some(Err(reason)) => {
                let run = &rest[..len];
                let part = if quoted.is_some() { run } else { &run[..word::len(run)] };
                self.misreads.push(Misread::as_text(part, reason));
                if quoted.is_none() {
                    return false;
                }
                // One leaf, so that a minus before it goes for all of it.
                Node::Phrase(format!("{} {value}", &rest[..field.len()]))
            }
        };
        self.at += len;
        self.leaf(node, negated);
        true
    }

    /// Reads a word, or all items of a list that is to be absent: `-hype,buzz`.
    fn word(&mut self, negated: bool) {
        self.item(negated);
        while negated
            && let Some(next) = self.rest().strip_prefix(word::is_separator)
            && word::starts(Some(','), next)
        {
            self.at = self.text.len() - next.len();
            if !self.filter(true) {
                self.item(true);
            }
        }
    }

    /// The name that a word is the end of if the word before is the same: `Johnson & Johnson`. As a word that is said twice it would be
    /// found in every article about a Johnson.
    fn twin_name(&self, text: &str) -> Option<Node> {
        let before = self.text[..self.at].trim_end().strip_suffix('&')?.trim_end();
        let Some(Token::Leaf { node: Node::Word(first), .. }) = self.tokens.last() else { return None };
        let bare = ["'s", "’s"].into_iter().find_map(|possessive| text.strip_suffix(possessive)).unwrap_or(text);
        let is_same = before.ends_with(first.as_str()) && first.to_lowercase() == bare.to_lowercase();
        is_same.then(|| Node::Phrase(format!("{first} & {text}")))
    }

    fn item(&mut self, negated: bool) {
        let rest = self.rest();
        if let Some(len) = word::url_len(rest) {
            self.at += len;
            return self.leaf(Node::Word(rest[..len].to_owned()), negated);
        }
        let run = word::first_item(&rest[..word::run_len(rest)]);
        let (text, tail) = run.split_at(word::len(run));
        if let Some(name) = self.twin_name(text)
            && let Some(Token::Leaf { node, .. }) = self.tokens.last_mut()
        {
            *node = name;
            self.at += text.len();
            return;
        }
        let operator = Operator::of(text);
        if let Some(operator) = operator
            && !negated
            && !self.is_headline
            && self.stands_alone(text.len())
        {
            self.at += text.len();
            return self.tokens.push(Token::Operator(operator));
        }
        self.at += text.len();
        if tail.starts_with('*') {
            let closes_emphasis = std::mem::take(&mut self.emphasis) || tail.starts_with("**");
            if !closes_emphasis && is_telling(text) {
                self.at += 1;
                return self.leaf(Node::Prefix(text.to_owned()), negated);
            }
        }
        let node = operator.map_or_else(|| Node::Word(text.to_owned()), Operator::as_word);
        self.leaf(node, negated);
    }
}

/// Whether it is long enough to be a prefix.
fn is_telling(beginning: &str) -> bool {
    beginning.chars().filter(|c| c.is_alphanumeric()).count() >= MIN_PREFIX_CHARS
}
