//! Asking the index: what `search` and `facets` have in common.

use healthnews::index::IndexFolder;
use healthnews::search::{SearchRequest, SearchResponse, Searcher, Settings as SearchSettings, Warning};
use jiff::Zoned;
use jiff::civil::Date;

use super::output::{Format, View};
use super::{Context, Exit, failure};

/// Rows of a facet when the user does not say.
const FACET_ROWS: usize = 10;

impl Context {
    /// The folder of the index.
    pub(crate) fn folder(&self) -> IndexFolder {
        IndexFolder::new(&self.settings.index)
    }

    /// Opens the index.
    pub(crate) fn searcher(&self) -> healthnews::Result<Searcher> {
        let settings = SearchSettings {
            ranking: self.settings.ranking,
            as_of: self.global.as_of,
            vocabulary: self.settings.vocabulary.clone(),
        };
        Searcher::open(&self.folder(), &settings)
    }

    /// How answers are shown to people.
    pub(crate) fn view(&self, request: &SearchRequest, brief: bool, facet_rows: Option<usize>) -> View {
        View {
            look: self.look,
            brief,
            facet_rows: facet_rows.unwrap_or(FACET_ROWS),
            facet_limit: request.facet_limit,
            verbose: self.global.verbose,
            clock: self.clock(),
        }
    }

    /// The day that freshness counts from.
    fn clock(&self) -> Date {
        self.global.as_of.unwrap_or_else(|| Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).date())
    }

    /// Tells people what to know about an answer; programs find it inside.
    pub(crate) fn remark(&self, response: &SearchResponse, request: &SearchRequest, found: bool) -> Exit {
        if !self.format().is_json() && !self.global.quiet {
            if !found {
                failure::say(&nothing_found(response, request));
            }
            for warning in &response.warnings {
                failure::warn(&warning.to_string());
            }
            if response.warnings.iter().any(|warning| matches!(warning, Warning::Corrected { .. })) {
                failure::hint("`--exact` searches for the words as typed");
            }
        }
        if found { Exit::Done } else { Exit::NothingFound }
    }

    /// Whether a person reads the answer on a terminal.
    pub(crate) fn reads_on_terminal(&self) -> bool {
        self.look.terminal && self.format() == Format::Text
    }
}

fn nothing_found(response: &SearchResponse, request: &SearchRequest) -> String {
    let beyond = response.total.filter(|total| *total > 0 && request.limit > 0);
    // Filters of options are part of what is searched: it may be one of them that no article meets.
    match (beyond, response.query.as_searched.as_str()) {
        (Some(total), _) => format!("no article after the first {}; there are {total}", response.offset),
        (None, "") => "there is no article in the index".to_owned(),
        (None, searched) => format!("no article matches `{searched}`"),
    }
}
