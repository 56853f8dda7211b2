//! The filters and choices that `search` and `facets` share, and the request they make.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use healthnews::Error;
use healthnews::search::{FacetField, Matching, SearchRequest};

/// What articles must have. One option given twice widens it, different ones narrow each other.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters (repeat one to widen, combine to narrow)")]
pub(crate) struct Filters {
    /// Topic, as `Label` or `Scheme: Label`
    #[arg(long, value_name = "TOPIC")]
    topic: Vec<String>,
    /// Outlet, by domain or name
    #[arg(long, value_name = "NAME")]
    provider: Vec<String>,
    /// Scheme of a topic
    #[arg(long, value_name = "SCHEME")]
    scheme: Vec<String>,
    /// article, video, post, …
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// From 2021, 2021-06, 2021-06-14 or 30d ago on
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    after: Option<String>,
    /// Until then, not including it
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    before: Option<String>,
    /// Only articles without a date
    #[arg(long)]
    undated: bool,
    /// Graded at least N of 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_quality: Option<u8>,
    /// Topic to leave out
    #[arg(long, value_name = "TOPIC")]
    not_topic: Vec<String>,
    /// Outlet to leave out
    #[arg(long, value_name = "NAME")]
    not_provider: Vec<String>,
    /// Articles with all of the words, or with any [default: all]
    #[arg(long = "match", value_name = "all|any", default_value = "all", hide_default_value = true)]
    #[arg(value_parser = matching(), hide_possible_values = true, help_heading = "Answer")]
    matching: Matching,
    /// Take the words as typed: no corrections, no other names
    #[arg(long, help_heading = "Answer")]
    exact: bool,
    /// More like this: search for words of the best articles as well
    ///
    /// Articles with any of the words match; those with more of them, and with rarer ones, come first.
    #[arg(long, help_heading = "Answer")]
    expand: bool,
}

impl Filters {
    /// A request for the articles that match the words and the filters, with all else as by default.
    pub(crate) fn request(&self, words: &[String]) -> SearchRequest {
        SearchRequest {
            // A space in front makes a value of a word to leave out.
            q: words.iter().map(|word| word.trim()).collect::<Vec<_>>().join(" "),
            topic: self.topic.clone(),
            provider: self.provider.clone(),
            scheme: self.scheme.clone(),
            kind: self.kind.clone(),
            not_topic: self.not_topic.clone(),
            not_provider: self.not_provider.clone(),
            after: self.after.clone(),
            before: self.before.clone(),
            undated: self.undated,
            min_quality: self.min_quality,
            matching: self.matching,
            exact: self.exact,
            expand: self.expand,
            ..SearchRequest::default()
        }
    }
}

/// The parser of `--match`.
pub(crate) fn matching() -> impl TypedValueParser<Value = Matching> {
    PossibleValuesParser::new(["all", "any"]).map(|name| if name == "any" { Matching::Any } else { Matching::All })
}

/// A choice of facets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    All,
    None,
    One(FacetField),
}

impl Choice {
    /// The parser of `--facets`.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        let names = FacetField::ALL.map(FacetField::name).into_iter().chain(["all", "none"]);
        PossibleValuesParser::new(names).map(|name| {
            FacetField::ALL
                .into_iter()
                .find(|field| field.name() == name)
                .map_or(if name == "all" { Self::All } else { Self::None }, Self::One)
        })
    }

    /// The fields that are meant, in the order they are shown.
    ///
    /// # Errors
    /// [`Error::Usage`] for `none` beside others.
    pub(crate) fn fields(choices: &[Self]) -> Result<Vec<FacetField>, Error> {
        if choices.contains(&Self::None) && choices.iter().any(|choice| *choice != Self::None) {
            return Err(Error::Usage {
                message: "`--facets none` is for no facets at all, and others were named beside it".to_owned(),
                hint: Some("leave out `none`, or the others".to_owned()),
            });
        }
        let chosen = |field: &FacetField| choices.contains(&Self::All) || choices.contains(&Self::One(*field));
        Ok(FacetField::ALL.into_iter().filter(chosen).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Choice;
    use healthnews::search::FacetField;

    #[test]
    fn choices_are_fields_in_one_order() {
        let choices = [Choice::One(FacetField::Month), Choice::One(FacetField::Topic)];
        assert_eq!(Choice::fields(&choices).unwrap(), [FacetField::Topic, FacetField::Month]);
        assert_eq!(Choice::fields(&[Choice::All]).unwrap(), FacetField::ALL);
        assert_eq!(Choice::fields(&[Choice::None]).unwrap(), []);
        assert!(Choice::fields(&[Choice::One(FacetField::Month), Choice::None]).is_err());
    }
}
