//! [`parse`]: from query text to a [`Query`].

use std::collections::HashSet;

use super::group::paired;
use super::token::{Token, tokens};
use super::{Node, Query, tree};
use crate::article::{Part, is_hidden};
use crate::{Error, Result};

/// The longest query text, in bytes: half a page, more than any headline.
pub const MAX_BYTES: usize = 4096;
/// The deepest nesting of groups. Queries by people nest two or three deep; the limit keeps every walk over the tree on the stack.
pub const MAX_DEPTH: usize = 32;
/// The most words, phrases, prefixes and filters of a query, each counted once: a pasted paragraph has about a hundred. Each costs
/// the engine a scorer. A phrase of more than [`MAX_PHRASE`] words counts as all of them.
pub const MAX_CLAUSES: usize = 256;
/// The most words of a phrase (or of a compound: `a-b-c`) that is counted as one: a long sentence has thirty. For each word is read
/// where it stands in every article that has them all.
pub const MAX_PHRASE: usize = 32;

/// A query and what its author should know about the reading of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The query.
    pub query: Query,
    /// Parts that look like something else than what is searched for.
    pub warnings: Vec<Misread>,
}

/// A part of a query that looks like something else than what is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The part as typed.
    pub part: String,
    /// What is searched for in its place; `None` for its words.
    pub read_as: Option<String>,
    /// Why it is not what it looks like, as half a sentence.
    pub reason: String,
    /// A phrase: what looks like a slip is text as it was meant to be if any article has it.
    pub unless: Option<String>,
}

impl Misread {
    pub(super) fn as_text(part: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { part: part.into(), read_as: None, reason: reason.into(), unless: None }
    }

    /// A prefix that should stand in one part of the article: where words stand that begin so is not known.
    pub(super) fn prefix_within(part: Part, beginning: &str) -> Self {
        let part = part.name();
        let reason = format!("the beginning of a word is looked for in all of the article, not in its {part} alone");
        let read_as = Some(format!("{beginning}*"));
        Self { read_as, ..Self::as_text(format!("{part}:{beginning}*"), reason) }
    }
}

/// Reads query text in the grammar of [this room](super). Every text is a query; the empty one asks for every article.
///
/// # Errors
///
/// [`Error::Query`] over a limit: [`MAX_BYTES`], [`MAX_DEPTH`], [`MAX_CLAUSES`] (and [`MAX_PHRASE`]). A query within the limits is also within
/// them when it is written and read again.
pub fn parse(text: &str) -> Result<Parsed> {
    let text = text.trim();
    within(text.len(), MAX_BYTES, "bytes")?;
    let text = visible(text);
    let (tokens, mut warnings) = tokens(&text);
    let tokens = paired(tokens, &mut warnings);
    within_depth(&tokens)?;
    let query = tree::grow(tokens);
    let distinct: HashSet<&Node> = query.root.iter().flat_map(Node::leaves).map(|(leaf, _)| leaf).collect();
    let clauses = distinct.into_iter().map(clauses).sum::<usize>() + query.filters.len();
    within(clauses, MAX_CLAUSES, "words, phrases and filters")?;
    within(query.to_string().len(), MAX_BYTES, "bytes when written in full")?;
    if query.is_empty() && !text.trim().is_empty() {
        warnings.push(Misread::as_text(text.trim(), "it has no letter or digit to search for"));
    }
    Ok(Parsed { query, warnings })
}

/// What a leaf counts for.
fn clauses(leaf: &Node) -> usize {
    match leaf {
        Node::Word(text) | Node::Phrase(text) | Node::In(_, text) => {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).count();
            if words > MAX_PHRASE { words } else { 1 }
        }
        _ => 1,
    }
}

fn within(found: usize, limit: usize, unit: &str) -> Result<()> {
    if found <= limit {
        return Ok(());
    }
    Err(Error::query(format!("the query is too long: it has {found} {unit}, the limit is {limit}")))
}

/// The text with plain spaces and without control characters and what cannot be seen. Between a quote and its word they would change the meaning for no visible reason. Joiners stay: they shape letters.
pub(crate) fn visible(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some(' '),
            c => (!c.is_control() && !is_hidden(c)).then_some(c),
        })
        .collect()
}

fn within_depth(tokens: &[Token]) -> Result<()> {
    let (mut depth, mut deepest) = (0_usize, 0);
    for token in tokens {
        match token {
            Token::Open { .. } => depth += 1,
            // They are in pairs.
            Token::Close => depth -= 1,
            Token::Leaf { .. } | Token::Operator(_) => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest <= MAX_DEPTH {
        return Ok(());
    }
    let message = format!("the query nests too deeply: {deepest} groups in each other, the limit is {MAX_DEPTH}");
    Err(Error::query(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        parse(text).unwrap().query.to_string()
    }

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn pasted_text_is_searched_as_text_without_warnings() {
        for (pasted, query) in [
            ("", ""),
            ("  \n ", ""),
            ("FDA: new rules for AI", "FDA new rules for AI"),
            ("Study:results are in", "Study:results are in"),
            ("Topic: AI in health", "Topic AI in health"),
            ("12:30 update", "12:30 update"),
            ("before: and after", "before and after"),
            ("year:one, from:WHO", "year:one from:WHO"),
            ("find:out https://year:2019", "find:out https://year:2019"),
            ("mailto:a doi:10.1/2", "mailto:a doi:10.1/2"),
            ("Alzheimer's and Parkinson’s", "Alzheimer's and Parkinson’s"),
            ("the patients' data", "the patients data"),
            ("see https://a.com/x?y=(z)&q=1#t.", "see https://a.com/x?y=(z)&q=1#t"),
            ("(https://a.com/x)", "https://a.com/x"),
            ("WWW.a.com/topic:x, ok", "WWW.a.com/topic:x ok"),
            ("AI/ML, R&D and AT&T", "AI/ML R&D and AT&T"),
            ("Johnson & Johnson’s, -Ernst & Ernst", "\"Johnson & Johnson’s\" -\"Ernst & Ernst\""),
            ("Johnson & Johnsons & Co & Cod", "Johnson Johnsons Co Cod"),
            ("the Johnson & johnson trial", "the \"Johnson & johnson\" trial"),
            ("hospital,nurse,ward", "hospital nurse ward"),
            ("hospital;nurse—ward…bed", "hospital nurse ward bed"),
            ("10,000 beds,wards", "10,000 beds wards"),
            ("医院，护士、病房", "医院 护士 病房"),
            ("C++ C# .NET node.js", "C++ C# .NET node.js"),
            ("24/7 A.I. in the U.S.", "24/7 A.I. in the U.S."),
            ("AI - hype", "AI hype"),
            ("AI – hype — or –not", "AI hype or not"),
            ("covid-19 e-health", "covid-19 e-health"),
            ("cmd --flag", "cmd flag"),
            ("$100 and 50%", "100 and 50"),
            ("(hello), [world]!", "hello world"),
            ("a 12\" and a 15\" screen", "a 12 and a 15 screen"),
            ("say \"hello world", "say hello world"),
            ("hello\" world", "hello world"),
            ("5'10\" tall", "5'10 tall"),
            ("((a b", "a b"),
            ("a) b)", "a b"),
            (":-) nice :(", "nice"),
            ("-(a b", "a b"),
            ("Foo (NASDAQ: BAR)", "Foo NASDAQ BAR"),
            ("\"\" () a", "a"),
            ("OR", "or"),
            ("OR a", "or a"),
            ("a OR", "a or"),
            ("a NOT", "a not"),
            ("a AND", "a and"),
            ("Portland, OR, weather", "Portland or weather"),
            ("HOLDINGS: NOT AS BAD AS FEARED OR WORSE", "HOLDINGS not AS BAD AS FEARED or WORSE"),
            ("WHO OR CDC OR FDA", "WHO OR CDC OR FDA"),
            ("HOSPITALS OR CLINICS OR WARDS", "HOSPITALS OR CLINICS OR WARDS"),
            ("(HOSPITALS CLOSE WARDS) OR CLINICS", "(HOSPITALS CLOSE WARDS OR CLINICS)"),
            ("HOSPITALS NOT CLINICS \"CARE HOMES\"", "HOSPITALS -CLINICS \"CARE HOMES\""),
            ("a -", "a"),
            ("a |", "a"),
            ("* a", "a"),
            ("*very important*", "very important"),
            ("**very** immuno*", "very immuno*"),
            ("a* b*c", "a b*c"),
            ("health 🚀 tech", "health tech"),
            ("人工智能 医疗", "人工智能 医疗"),
            ("他说“你好”了", "他说 \"你好\" 了"),
            ("הרפואה של צה\"ל וארה\"ב", "הרפואה של צה\"ל וארה\"ב"),
            ("a\0b \u{200f}c\u{7}", "ab c"),
            ("the best of the best", "the best of the best"),
            ("Foo foo", "Foo foo"),
        ] {
            let parsed = parse(pasted).unwrap();
            assert_eq!(parsed.query.to_string(), query, "{pasted}");
            assert_eq!(parsed.warnings, [], "{pasted}");
        }
    }

    #[test]
    fn syntax_is_understood() {
        for (typed, query) in [
            ("“remote monitoring” «a b»", "\"remote monitoring\" \"a b\""),
            ("-hype -\"big data\" -(a b)", "-hype -\"big data\" -(a b)"),
            ("-.NET -https://a.com", "-.NET -https://a.com"),
            ("-hype,buzz,10,000 a,tele*", "-hype -buzz -10,000 a tele*"),
            ("-hype,title:buzz -ado,topic:x a", "-hype -title:buzz -ado a -topic:x"),
            ("NOT hype NOT NOT a", "-hype a"),
            ("NOT (a OR b)", "-(a OR b)"),
            ("a b OR c d", "a b OR c d"),
            ("a AND b OR c", "a b OR c"),
            // Headlines set the name of the outlet apart with it.
            ("Beds are full | The Clinic Post", "Beds are full The Clinic Post"),
            ("a (b OR c)", "a (b OR c)"),
            ("a OR (b OR (c))", "a OR b OR c"),
            ("a OR a", "a OR a"),
            ("-(-a)", "a"),
            ("a OR OR b", "a or OR b"),
            ("NOT OR a", "not OR a"),
            ("a OR () b", "a OR b"),
            ("(OR)", "or"),
            ("OR(a)NOT(b)", "or a -b"),
            ("immuno* -tele*", "immuno* -tele*"),
            ("https://a.com/x*", "https://a.com/x"),
            ("title:www.a1*", "title:www.a1"),
            ("title:(stroke)", "title:stroke"),
            ("title:(a \"b c\") d", "title:a title:\"b c\" d"),
            ("Title:(a OR -b) -body:(c d)", "(title:a OR -title:b) -(body:c body:d)"),
            ("title:(a (b OR body:c) topic:d)", "title:a (title:b OR body:c) (topic:d)"),
            ("title:(a body:(b title:(c)) d)", "title:a body:b title:c title:d"),
            ("title:() a", "a"),
        ] {
            assert_eq!(written(typed), query, "{typed}");
        }
    }

    #[test]
    fn free_filters_are_the_users_choice_and_others_are_conditions() {
        for (typed, query) in [
            ("topic:\"AI in Healthcare\" a provider:forbes", "a topic:\"AI in Healthcare\" provider:forbes"),
            ("[topic:AI], (see)", "see topic:AI"),
            ("TOPIC:b Topic:a topic:b", "topic:b topic:a"),
            ("-topic:x NOT provider:y", "-topic:x -provider:y"),
            ("-kind:video -after:2021", "-kind:video -after:2021"),
            ("(topic:a) (topic:b)", "(topic:a) (topic:b)"),
            ("topic:a AND topic:b", "(topic:a) (topic:b)"),
            ("topic:a AND x topic:b", "x topic:a topic:b"),
            ("topic:a AND provider:b", "topic:a provider:b"),
            ("-(topic:a)", "-(topic:a)"),
            ("topic:a OR x", "topic:a OR x"),
            ("(a OR b) topic:c", "(a OR b) topic:c"),
            ("after:2021-06 before:2022", "after:2021-06 before:2022"),
            ("after:2021 after:2021-06 after:2020", "after:2021-06"),
            ("before:30d before:60d", "before:60d"),
            ("after:2021 after:30d", "(after:30d) after:2021"),
            ("date:2021-12", "after:2021-12 before:2022-01"),
            ("date:2021-12-31 after:2020", "after:2021-12-31 before:2022-01-01"),
            ("date:3d", "after:3d before:2d"),
            ("date:2021,stroke quality:60,ward", "stroke ward after:2021 before:2022 quality:>=60"),
            ("topic:AI,ML", "topic:\"AI,ML\""),
            ("date:0d", "(date:0d)"),
            ("date:2020 date:2022", "date:2020 OR date:2022"),
            ("a date:2020 date:unknown", "a (date:2020 OR date:unknown)"),
            ("date:unknown", "date:unknown"),
            ("quality:>=50 quality:<=80 quality:60", "quality:>=60 quality:<=80"),
            ("x OR (quality:>50 -topic:a)", "x OR quality:>=51 -topic:a"),
            ("topic:\"\" topic:", "topic topic"),
        ] {
            let parsed = parse(typed).unwrap();
            assert_eq!(parsed.query.to_string(), query, "{typed}");
            assert_eq!(parse(query).unwrap().query, parsed.query, "{typed}");
            assert_eq!(parsed.warnings, [], "{typed}");
        }
        let query = parse("a topic:b -topic:c").unwrap().query;
        assert_eq!((query.filters.topics, query.filters.not_topics), (vec!["b".to_owned()], vec!["c".to_owned()]));
    }

    #[test]
    fn a_filter_with_a_bad_value_is_text_and_is_reported() {
        for (typed, query, part) in [
            ("after:yesterday, a", "after:yesterday a", "after:yesterday"),
            ("quality:high", "quality:high", "quality:high"),
            ("title:tele*, a", "tele* a", "title:tele*"),
            ("-body:tele* a", "-tele* a", "body:tele*"),
            ("topic:(a OR b)", "topic (a OR b)", "topic:"),
            ("a -title:(b c", "a -title b c", "title:("),
            ("title:(a tele*)", "title:a tele*", "title:tele*"),
            ("-date:soon", "-date:soon", "date:soon"),
            ("-after:\"last week\" a", "-\"after last week\" a", "after:\"last week\""),
            ("topic: AI", "topic AI", "topic:"),
            ("a topic: \"ai ml\"", "a topic \"ai ml\"", "topic:"),
            ("after: 2020, a", "after 2020 a", "after:"),
            ("title: stroke", "title stroke", "title:"),
            ("titel:stroke", "titel:stroke", "titel:stroke"),
            ("topics:AI, ML", "topics:AI ML", "topics:AI"),
            ("-Tag:AI", "-Tag:AI", "Tag:AI"),
            ("outlet:\"the guardian\"", "outlet \"the guardian\"", "outlet:\"the guardian\""),
            ("(site:forbes.com)", "site:forbes.com", "site:forbes.com"),
            ("year:2019", "year:2019", "year:2019"),
            ("?! -- …", "", "?! -- …"),
            ("()", "", "()"),
        ] {
            let parsed = parse(typed).unwrap();
            assert_eq!(parsed.query.to_string(), query, "{typed}");
            let parts: Vec<&str> = parsed.warnings.iter().map(|misread| misread.part.as_str()).collect();
            assert_eq!(parts, [part], "{typed}");
        }
    }

    #[test]
    fn over_a_limit_is_an_error_that_names_it() {
        let words = |count: usize| (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(parse(&words(MAX_CLAUSES)).is_ok());
        assert!(message(&words(MAX_CLAUSES + 1)).contains("257 words, phrases and filters, the limit is 256"));
        assert!(message(&format!("{} topic:x", words(MAX_CLAUSES))).contains("257"));
        assert!(parse(&"same ".repeat(MAX_BYTES / 5)).is_ok());
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert!(message(&nested(MAX_DEPTH + 1)).contains("33 groups in each other, the limit is 32"));
        assert!(parse(&"x".repeat(MAX_BYTES)).is_ok());
        assert!(message(&"x".repeat(MAX_BYTES + 1)).contains("4097 bytes, the limit is 4096"));
        let phrase = |count: usize| format!("\"{}\"", "a ".repeat(count));
        assert!(parse(&phrase(MAX_CLAUSES)).is_ok());
        assert!(parse(&format!("{} {}", words(MAX_CLAUSES - 1), phrase(MAX_PHRASE))).is_ok());
        assert!(message(&phrase(MAX_CLAUSES + 1)).contains("257 words"));
        assert!(message(&format!("title:{}", "a-".repeat(1000))).contains("1000 words"));
        let grows = format!("date:2021 {}", "x".repeat(MAX_BYTES - 10));
        assert!(message(&grows).contains("when written in full"));
    }

    #[test]
    fn masses_of_signs_neither_overflow_nor_count_as_nesting() {
        for sign in ["(", ")", "-(", "title:(", "\"", "“", "((a ", "NOT ", "-", "OR ", "|", "*", "topic:", "«"] {
            let text = sign.repeat(MAX_BYTES / sign.len());
            assert!(parse(&text).is_ok(), "{sign}");
        }
        assert!(message(&format!("{}{}", "-(".repeat(1000), ")".repeat(1000))).contains("1000 groups"));
    }
}
