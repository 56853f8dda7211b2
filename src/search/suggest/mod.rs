//! [`Searcher::suggest`]: how a text that is being typed may go on.
//!
//! The last word of the text is completed among the words of the articles that match what stands before it, and the whole text among
//! topics and outlets. What can be searched is suggested, and beside it stands the number of articles that match it.

mod chain;
mod ending;
mod following;
mod names;
mod words;

use std::cmp::{Ordering, Reverse};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use self::ending::Ending;
use super::catalog::Group;
use super::request::SearchRequest;
use super::searcher::Searcher;
use crate::article::fold_words;
use crate::query::parse;
use crate::{Error, Result};

/// The name and version of the JSON form.
pub const SUGGEST_SCHEMA: &str = "healthnews.suggest/1";
/// How many suggestions a request gets when it does not say.
pub const DEFAULT_SUGGESTIONS: usize = 10;

/// The most suggestions that can be asked for: each costs a search that counts.
pub const MAX_SUGGESTIONS: usize = 100;

/// Of so many times as many words or names as are wanted is counted what they find where they stand.
const CANDIDATES: usize = 4;

/// A text that is being typed. In JSON `limit` may be left out; unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestRequest {
    /// The text so far, in the syntax of [`crate::query`].
    pub text: String,
    /// How many suggestions to give at most, up to [`MAX_SUGGESTIONS`].
    #[serde(default = "default_limit")]
    pub limit: usize,
}

fn default_limit() -> usize {
    DEFAULT_SUGGESTIONS
}

/// The answer to a [`SuggestRequest`].
#[derive(Debug, Clone, Serialize)]
pub struct SuggestResponse {
    /// [`SUGGEST_SCHEMA`].
    pub schema: &'static str,
    /// The text so far.
    pub text: String,
    /// From the request to this response, in microseconds.
    pub took_us: u64,
    /// The generation of the index that answered.
    pub generation: String,
    /// Typed in capitals, acronyms first; then words that directly follow the word before them in some article, and names; then other
    /// words, those of grammar last. Among these by the number of articles that have them so, within a group or behind a field that they
    /// find there; of equally many words before topics before outlets, then by the alphabet.
    pub suggestions: Vec<Suggestion>,
}

/// A way to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What is completed.
    pub kind: Completed,
    /// The text of the query: what was typed with its last word or name completed, or the filter for a topic or an outlet.
    pub query: String,
    /// The completed word, the topic, or the name of the outlet.
    pub label: String,
    /// How many articles the query finds.
    pub count: u64,
}

/// What a suggestion completes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Completed {
    /// The last word.
    Word,
    /// The name of a topic.
    Topic,
    /// The name or domain of an outlet.
    Provider,
}

/// How well a suggestion goes on with what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It follows directly, or nothing stands before it.
    Next,
    /// It stands elsewhere in the articles.
    Beside,
    /// It is a word of grammar, which follows anything.
    Grammar,
}

/// A suggestion with its rank. Its count may be that of the articles in which it fits so, until it is known what it finds.
struct Ranked {
    fit: Fit,
    suggestion: Suggestion,
}

impl Searcher {
    /// Suggests how a text may go on. Empty when nothing begins so, or when the text does not end in a word.
    ///
    /// Words that a search takes for one are suggested once, in the basic form unless another is far more frequent (or, where they follow
    /// the word before them, in the form that most articles have there), and counted among the articles that match what stands before
    /// (with its words corrected as a search would); within a group or in one part of the
    /// article (`title:`) they are those of all articles, in a phrase whose quotes are open still those of articles with what it begins
    /// with. Topics and outlets are found by the beginning of any of their words, behind
    /// `topic:` and `provider:` also beside other words. Costs a walk over the dictionary behind the last word and over the postings of
    /// the words that are in question, and a search that counts for each suggestion.
    ///
    /// # Errors
    /// Those of [`Self::search`]; [`Error::Usage`] for more than [`MAX_SUGGESTIONS`].
    pub fn suggest(&self, request: &SuggestRequest) -> Result<SuggestResponse> {
        let begun = Instant::now();
        if request.limit > MAX_SUGGESTIONS {
            let message = format!("only {MAX_SUGGESTIONS} suggestions can be asked for");
            return Err(Error::Usage { message, hint: Some("type more of the word".to_owned()) });
        }
        let query = parse(&request.text)?.query;
        let ending = Ending::of(&request.text, &query);
        let candidates = if ending.is_within() { request.limit * CANDIDATES } else { request.limit };
        let mut suggestions = match ending {
            _ if request.limit == 0 => Vec::new(),
            Ending::Beside(typed) => self.words_beside(query, typed, request)?,
            Ending::Word { lead, typed } => self.words_within(lead, typed, candidates)?,
            Ending::Phrase { lead, begun, typed } => self.words_in_phrase(lead, begun, typed, candidates)?,
            Ending::Name { lead, group, typed } => self.names(&[group], typed, lead)?,
            Ending::Other => Vec::new(),
        };
        // All of the text may be the beginning of a name.
        let says_something = request.limit > 0 && !fold_words(&request.text).is_empty();
        if says_something && !matches!(ending, Ending::Name { .. }) {
            suggestions.extend(self.names(&[Group::Topic, Group::Provider], &request.text, "")?);
        }
        suggestions.sort_by(by_rank);
        suggestions.truncate(candidates);
        // A search finds articles with other names of the words too, and minds what stands before.
        for Ranked { suggestion, .. } in &mut suggestions {
            let found = SearchRequest { q: suggestion.query.clone(), ..SearchRequest::default() };
            if let Some(count) = self.finds(&found)? {
                suggestion.count = count;
            }
        }
        suggestions.retain(|Ranked { suggestion, .. }| suggestion.count > 0);
        // What leaves few articles over is what most have.
        if ending.is_within() && !ending.is_excluded() {
            suggestions.sort_by(by_rank);
        }
        suggestions.truncate(request.limit);
        Ok(SuggestResponse {
            schema: SUGGEST_SCHEMA,
            text: request.text.clone(),
            took_us: begun.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
            generation: self.live().generation.clone(),
            suggestions: suggestions.into_iter().map(|Ranked { suggestion, .. }| suggestion).collect(),
        })
    }
}

/// The best fit first, of equal ones the most frequent; but acronyms before all, which are given for capitals only.
fn by_rank(one: &Ranked, other: &Ranked) -> Ordering {
    let is_acronym = |of: &Suggestion| of.kind == Completed::Word && of.label.contains(char::is_uppercase);
    let key = |Ranked { fit, suggestion }: &Ranked| {
        (!is_acronym(suggestion), *fit, Reverse(suggestion.count), suggestion.kind)
    };
    key(one).cmp(&key(other)).then_with(|| one.suggestion.query.cmp(&other.suggestion.query))
}
