//! Text ↔ [`Query`]: what a person types into the search box, as a value.
//!
//! Every text has a meaning here. Nothing that a person pastes is an error: what cannot be an operator is a word, and
//! what is not even a word is left out. Only the limits ([`MAX_BYTES`], [`MAX_DEPTH`], [`MAX_CLAUSES`]) are errors.
//! A query is written back as text by its `Display`, and reading that text gives the same query again.
//!
//! This room opens no index. Words stay as typed; they are analysed, as those of articles are, when the query is lowered to the
//! engine's own, and where a text is asked whether it is a headline or a name.
//!
//! # Grammar
//!
//! ```text
//! query    = any ;
//! any      = all { "OR" all } ;
//! all      = not { [ "AND" ] not } ;            (binds tighter than OR)
//! not      = { "NOT" | "-" } operand ;          ("-" stands at a word's start, without a space after it)
//! operand  = "(" any ")" | phrase | within | filter | prefix | word ;
//! phrase   = quote text quote ;                 (" “ ” „ « »)
//! within   = part ":" ( word | phrase | "(" any ")" ) ;
//! part     = "title" | "excerpt" | "body" ;
//! prefix   = word "*" ;                         (two letters or digits at least)
//! filter   = field ":" ( word | phrase ) ;      (nothing between the field, the colon and the value)
//! field    = "topic" | "provider" | "scheme" | "kind" | "after" | "before" | "date" | "quality" ;
//! ```
//!
//! | typed | meaning |
//! |---|---|
//! | `remote monitoring` | both words, anywhere in the article |
//! | `"remote monitoring"` | the phrase |
//! | `-hype`, `-"big data"`, `-(a OR b)`, `NOT hype` | without it |
//! | `title:stroke`, `body:"big data"` | in the headline; the phrase, in the text |
//! | `title:(stroke OR "big data")` | one of them, in the headline |
//! | `AI OR ML` | one of them; in capitals, or it is the word `or` |
//! | `immuno*` | words that begin so |
//! | `topic:"AI in Healthcare"` `provider:forbes` `scheme:Gartner` `kind:video` | the article's own; the same one again widens |
//! | `after:2021-06` `before:30d` | from the start of the period on; up to it |
//! | `date:2021-11` `date:unknown` | within the period; without a date |
//! | `quality:>=50` `quality:50` `quality:<=20` | the curator's grade; a bare number is the least |
//!
//! Filters that stand free at the top level are [`Filters`], which facets know as the user's choice: `topic:a topic:b`
//! is one *or* the other. A filter inside a group, an alternative or a negation is a [`Node::Filter`] like any other
//! condition; so `(topic:a) (topic:b)` is both, and so is `topic:a AND topic:b`.
//!
//! # What is left as text
//!
//! A field name with a space after its colon or one that is none of ours (`FDA: new rules`, `Study:results`; with a [`Misread`] where
//! it looks like a slip: `topic: AI`, `titel:stroke`); a filter
//! whose value cannot be one (`after:yesterday`, with a [`Misread`]); a dash between spaces or inside a word (`AI -
//! hype`, `covid-19`); an operator without operands (`OR`, read as the word `or`), and each in a headline that is in
//! capitals throughout. Quotes and parentheses without a partner count for nothing. A web address is one word, exactly
//! as pasted. Punctuation around words goes, except for what makes the word (`C++`, `C#`, `.NET`, `A.I.`); so do a comma, a semicolon, a
//! long dash and an ellipsis between them (`hospital,nurse`, `covid—what`), but not a comma in a number (`10,000`). A word that is there
//! twice counts twice; with an ampersand between it is a name, and a phrase (`Johnson & Johnson`).
//!
//! ```
//! use healthnews::query::parse;
//!
//! for (typed, understood) in [
//!     ("Alzheimer’s: AI - hype, or hope?", "Alzheimer’s AI hype or hope"),
//!     ("telehealth OR “remote monitoring”", "telehealth OR \"remote monitoring\""),
//!     ("surgery -(robot* OR \"da vinci\")", "surgery -(robot* OR \"da vinci\")"),
//!     ("date:2021-11 amazon topic:\"AI in Healthcare\"", "amazon topic:\"AI in Healthcare\" after:2021-11 before:2021-12"),
//! ] {
//!     let query = parse(typed)?.query;
//!     assert_eq!(query.to_string(), understood);
//!     assert_eq!(parse(understood)?.query, query);
//! }
//! assert_eq!(parse("after:yesterday")?.warnings[0].part, "after:yesterday");
//! # Ok::<(), healthnews::Error>(())
//! ```

mod ast;
mod filter;
mod filters;
mod group;
pub(crate) mod lower;
mod names;
mod node;
mod parser;
mod period;
#[cfg(test)]
mod properties;
mod quote;
mod slip;
mod token;
mod tree;
mod vocabulary;
mod word;

pub(crate) use names::{DefinedName, Definitions, Names};
pub(crate) use parser::visible;
pub(crate) use quote::{is_quote, left_open};
pub(crate) use token::is_operator;
pub(crate) use word::{LONGEST_ACRONYM, is_address};

pub use ast::Query;
pub use filter::{FieldFilter, field_names};
pub use filters::Filters;
pub use node::Node;
pub use parser::{MAX_BYTES, MAX_CLAUSES, MAX_DEPTH, MAX_PHRASE, Misread, Parsed, parse};
pub use period::Period;
pub use vocabulary::{Vocabulary, VocabularyError, Widened};
