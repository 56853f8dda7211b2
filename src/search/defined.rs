//! [`Defined`]: what the articles of an open index say that acronyms stand for.
//!
//! Only articles that are there count, so that an updated index takes an acronym as one built anew does.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tantivy::{TantivyError, Term};

use super::dictionary::Dictionary;
use super::statistics::frequency;
use crate::index::OtherName;
use crate::query::{DefinedName, Definitions};

/// The definitions in the articles of an index.
pub(super) struct Defined<'a> {
    pub(super) dictionary: Dictionary<'a>,
    /// Told why the index could not be read: then there are no definitions.
    pub(super) failure: &'a RefCell<Option<TantivyError>>,
}

impl Defined<'_> {
    /// Costs a walk over the postings of what is defined, which are few.
    fn read(&self, key: &str) -> tantivy::Result<Vec<DefinedName>> {
        let field = self.dictionary.fields.definitions;
        let beginning = OtherName::beginning(key);
        let mut spellings: BTreeMap<(String, String), u64> = BTreeMap::new();
        self.dictionary.each_beginning(&beginning, field, |term, segment, _| {
            let Ok(term) = std::str::from_utf8(term) else { return Ok(()) };
            let articles = frequency(&Term::from_field_text(field, term), segment, u64::MAX)?;
            if articles > 0
                && let Some(name) = term.strip_prefix(&beginning).and_then(OtherName::parse)
            {
                *spellings.entry((name.key.to_owned(), name.written.to_owned())).or_default() += articles;
            }
            Ok(())
        })?;
        Ok(DefinedName::of_spellings(spellings))
    }

    /// Whether an article has a term.
    fn has(&self, term: &str) -> bool {
        let term = Term::from_field_text(self.dictionary.fields.definitions, term);
        self.or_none(self.dictionary.count_to(&term, 1)) > 0
    }

    fn or_none<T: Default>(&self, read: tantivy::Result<T>) -> T {
        read.unwrap_or_else(|cause| {
            self.failure.replace(Some(cause));
            T::default()
        })
    }
}

impl Definitions for Defined<'_> {
    fn begin(&self, key: &str) -> bool {
        self.has(key)
    }

    fn others(&self, key: &str) -> Vec<DefinedName> {
        if self.has(&OtherName::beginning(key)) { self.or_none(self.read(key)) } else { Vec::new() }
    }
}
