//! Properties of reading and writing queries, over arbitrary text and over arbitrary trees.

use proptest::prelude::*;

use super::{FieldFilter, Filters, MAX_CLAUSES, Node, Parsed, Period, Query, parse};
use crate::article::Part;

/// Text made of what queries are made of, which random characters seldom hit.
fn query_like_text() -> impl Strategy<Value = String> {
    const PIECES: &str = "a b1 Word C++ .NET A.I. e\u{301} OR AND NOT or | ( ) - \" “ ” « » * ** topic: provider: DATE: after: \
        before: quality: kind: title: body: title:( -body:( 2021 2021-06 30d 0d unknown >= < 50 https://a.b/ www. . , ' ’ : # + % — 🚀 健康 צה\"ל ² ä \
        \u{200f} \0";
    let pieces: Vec<&str> = PIECES.split(' ').chain([" ", " ", " ", " ", " ", "\n", "\u{a0}"]).collect();
    prop::collection::vec(prop::sample::select(pieces), 0..40).prop_map(|pieces| pieces.concat())
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,3}",
        "[A-Z][a-z]{0,3}’s",
        "[0-9]{1,4}",
        "[a-z]-[a-z0-9]",
        Just("C++".to_owned()),
        Just(".NET".to_owned())
    ]
}

fn several_words() -> impl Strategy<Value = String> {
    prop::collection::vec(word(), 1..4).prop_map(|words| words.join(" "))
}

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        (1_i16..=9999).prop_map(Period::Year),
        (1_i16..=9999, 1_i8..=12).prop_map(|(year, month)| Period::Month(year, month)),
        (1_i16..=9999, 1_i8..=12, 1_i8..=28)
            .prop_map(|(year, month, day)| Period::Day(jiff::civil::Date::new(year, month, day).unwrap())),
        (0_u32..4000).prop_map(Period::DaysAgo),
    ]
}

fn filter() -> impl Strategy<Value = FieldFilter> {
    prop_oneof![
        several_words().prop_map(FieldFilter::Topic),
        several_words().prop_map(FieldFilter::Provider),
        several_words().prop_map(FieldFilter::Scheme),
        several_words().prop_map(FieldFilter::Kind),
        period().prop_map(FieldFilter::After),
        period().prop_map(FieldFilter::Before),
        period().prop_map(FieldFilter::Within),
        Just(FieldFilter::Undated),
        (0_u8..=100).prop_map(FieldFilter::MinQuality),
        (0_u8..=100).prop_map(FieldFilter::MaxQuality),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        3 => word().prop_map(Node::Word),
        1 => several_words().prop_map(Node::Phrase),
        1 => (prop::sample::select(&Part::ALL[..]), several_words()).prop_map(|(part, text)| Node::In(part, text)),
        1 => "[a-z]{2,5}".prop_map(Node::Prefix),
        1 => filter().prop_map(Node::Filter),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..5).prop_map(|nodes| Node::all(nodes).unwrap()),
            prop::collection::vec(inner.clone(), 1..5).prop_map(|nodes| Node::any(nodes).unwrap()),
            inner.prop_map(Node::negate),
        ]
    })
}

fn filters() -> impl Strategy<Value = Filters> {
    prop::collection::vec((filter(), any::<bool>()), 0..6).prop_map(|list| {
        let mut filters = Filters::default();
        for (filter, negated) in list {
            let _ = if negated { filters.exclude(filter) } else { filters.narrow(filter) };
        }
        filters
    })
}

/// An expression over a few words, as written without any use of precedence, and what it is for an article with some of them.
#[derive(Debug, Clone)]
enum Expression {
    Word(u8),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

impl Expression {
    fn text(&self) -> String {
        let join = |parts: &[Self], by| parts.iter().map(Self::text).collect::<Vec<_>>().join(by);
        match self {
            Self::Word(n) => format!("w{n}"),
            Self::All(parts) => format!("({})", join(parts, " ")),
            Self::Any(parts) => format!("({})", join(parts, " OR ")),
            Self::Not(inner) => format!("-({})", inner.text()),
        }
    }

    /// With as few parentheses as precedence allows.
    fn terse_text(&self, inside_all: bool) -> String {
        match self {
            Self::Word(n) => format!("w{n}"),
            Self::All(parts) => parts.iter().map(|p| p.terse_text(true)).collect::<Vec<_>>().join(" AND "),
            Self::Any(parts) => {
                let text = parts.iter().map(|p| p.terse_text(false)).collect::<Vec<_>>().join(" OR ");
                if inside_all { format!("({text})") } else { text }
            }
            Self::Not(inner) => match &**inner {
                Self::Word(n) => format!("NOT w{n}"),
                other => format!("NOT ({})", other.terse_text(false)),
            },
        }
    }

    fn holds(&self, words: u8) -> bool {
        match self {
            Self::Word(n) => words & (1 << n) != 0,
            Self::All(parts) => parts.iter().all(|part| part.holds(words)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(words)),
            Self::Not(inner) => !inner.holds(words),
        }
    }
}

fn expression() -> impl Strategy<Value = Expression> {
    (0_u8..4).prop_map(Expression::Word).prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expression::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Expression::Any),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

fn holds(node: &Node, words: u8) -> bool {
    match node {
        Node::Word(text) => words & (1 << text[1..].parse::<u8>().unwrap()) != 0,
        Node::And(children) => children.iter().all(|child| holds(child, words)),
        Node::Or(children) => children.iter().any(|child| holds(child, words)),
        Node::Not(inner) => !holds(inner, words),
        Node::Phrase(_) | Node::In(..) | Node::Prefix(_) | Node::Filter(_) => {
            unreachable!("the expressions have words only")
        }
    }
}

fn is_normal(node: &Node) -> bool {
    match node {
        Node::And(children) => {
            children.len() > 1 && children.iter().all(|child| !matches!(child, Node::And(_)) && is_normal(child))
        }
        Node::Or(children) => {
            children.len() > 1 && children.iter().all(|child| !matches!(child, Node::Or(_)) && is_normal(child))
        }
        Node::Not(inner) => !matches!(**inner, Node::Not(_)) && is_normal(inner),
        Node::Word(text) | Node::Phrase(text) | Node::In(_, text) | Node::Prefix(text) => {
            text.contains(char::is_alphanumeric)
        }
        Node::Filter(_) => true,
    }
}

fn reads_and_writes(text: &str) -> Result<(), TestCaseError> {
    // A random text may have more clauses than the limit; everything else must be read.
    let Parsed { query, .. } = match parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            prop_assert!(error.to_string().contains("words, phrases and filters"), "{error}");
            return Ok(());
        }
    };
    let written = query.to_string();
    let again = parse(&written).map_err(|error| TestCaseError::fail(format!("`{written}`: {error}")))?;
    prop_assert_eq!(&again.query, &query, "written as `{}`", written);
    prop_assert_eq!(again.query.to_string(), written);
    prop_assert!(query.root.as_ref().is_none_or(is_normal));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_a_query_that_can_be_written(text in any::<String>()) {
        reads_and_writes(&text)?;
    }

    #[test]
    fn any_printable_text_is_a_query_that_can_be_written(text in "[ -~]{0,60}") {
        reads_and_writes(&text)?;
    }

    #[test]
    fn text_full_of_syntax_is_a_query_that_can_be_written(text in query_like_text()) {
        reads_and_writes(&text)?;
    }

    #[test]
    fn a_written_query_reads_as_the_same(root in prop::option::of(node()), filters in filters()) {
        let query = Query { root, filters };
        let clauses = query.root.iter().flat_map(Node::leaves).count() + query.filters.len();
        prop_assume!(clauses <= MAX_CLAUSES);
        let text = query.to_string();
        let parsed = parse(&text).unwrap();
        prop_assert_eq!(parsed.query, query, "written as `{}`", text);
        prop_assert!(parsed.warnings.is_empty());
    }

    #[test]
    fn the_reading_means_what_the_operators_say(expression in expression()) {
        for text in [expression.text(), expression.terse_text(false)] {
            let root = parse(&text).unwrap().query.root.unwrap();
            for words in 0..16 {
                prop_assert_eq!(holds(&root, words), expression.holds(words), "`{}` read as `{}`", text, root);
            }
        }
    }
}
