//! The topics and outlets of which a word begins as typed.

use super::{Completed, Fit, Ranked, Suggestion};
use crate::Result;
use crate::article::fold_words;
use crate::query::{FieldFilter, parse};
use crate::search::catalog::{Group, ValueId};
use crate::search::filter::Filter;
use crate::search::request::Sort;
use crate::search::searcher::Searcher;

impl Searcher {
    /// The topics or outlets of which a word begins with what is typed, and goes on as that does, as filters behind `lead`. All of them
    /// before the first letter is typed.
    pub(super) fn names(&self, groups: &[Group], typed: &str, lead: &str) -> Result<Vec<Ranked>> {
        self.names_that_begin(groups, &fold_words(typed), lead).map_err(|cause| self.failed(cause))
    }

    fn names_that_begin(&self, groups: &[Group], typed: &str, lead: &str) -> tantivy::Result<Vec<Ranked>> {
        let Some(values) = self.values_if(true)? else { return Ok(Vec::new()) };
        let begins = |name: &str| {
            let name = fold_words(name);
            let behind_spaces = name.match_indices(' ').map(|(at, _)| at + 1);
            [0].into_iter().chain(behind_spaces).any(|at| name[at..].starts_with(typed))
        };
        let goes_by = |id: &ValueId| {
            let is_key = values.group_of(*id) == Group::Provider && begins(values.key(*id));
            is_key || values.spellings(*id).iter().any(|spelling| begins(spelling))
        };
        let found: Vec<ValueId> = groups.iter().flat_map(|group| values.group(*group)).filter(goes_by).collect();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let Some(tally) = self.pass(None, &Filter::default(), Sort::Newest, 0, true, true)?.tally else {
            return Ok(Vec::new());
        };
        let suggestion = |id| {
            let label = values.label(id).to_owned();
            let (kind, filter) = match values.group_of(id) {
                Group::Topic => (Completed::Topic, FieldFilter::Topic(label.clone())),
                _ => (Completed::Provider, FieldFilter::Provider(values.key(id).to_owned())),
            };
            // Longer than a query may be, it is none.
            let query = parse(&format!("{lead}{filter}")).ok()?.query.to_string();
            let suggestion = Suggestion { kind, query, label, count: tally.by_value[id as usize].into() };
            Some(Ranked { fit: Fit::Next, suggestion })
        };
        Ok(found.into_iter().filter_map(suggestion).collect())
    }
}
