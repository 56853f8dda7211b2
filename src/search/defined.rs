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
    /// Costs a look into the dictionary of each segment, and a walk over the postings of what is defined there, which are few.
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

    fn or_none<T: Default>(&self, read: tantivy::Result<T>) -> T {
        read.unwrap_or_else(|cause| {
            self.failure.replace(Some(cause));
            T::default()
        })
    }
}

impl Definitions for Defined<'_> {
    fn begin(&self, key: &str) -> bool {
        let Dictionary { fields, .. } = self.dictionary;
        let first = OtherName::first_word(key);
        let known = self.dictionary.bound(&Term::from_field_text(fields.definitions, first)).map(|bound| bound > 0);
        let more = |known| {
            if known && first.len() < key.len() {
                self.dictionary.has_beginning(key, fields.definitions)
            } else {
                Ok(known)
            }
        };
        self.or_none(known.and_then(more))
    }

    fn others(&self, key: &str) -> Vec<DefinedName> {
        if self.begin(OtherName::first_word(key)) { self.or_none(self.read(key)) } else { Vec::new() }
    }
}
