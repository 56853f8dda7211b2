//! [`Following`]: which words stand right behind what has been typed so far.

use std::cmp::Reverse;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::postings::Postings as _;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet as _, TERMINATED, Term};

use super::words::{Among, Counting, Family};
use crate::index::analysis::words;
use crate::query::lower::Spans;
use crate::search::dictionary::{Dictionary, each_doc};

/// The places that a word may take which goes on with others: of each segment the positions behind these, by document.
pub(super) struct Following<'a> {
    dictionary: Dictionary<'a>,
    places: Vec<FxHashMap<DocId, Vec<u32>>>,
}

impl<'a> Following<'a> {
    /// Those behind the words of a text, which stand one behind the other; `None` if it has none. Costs a walk over the postings of
    /// its words.
    pub(super) fn new(dictionary: Dictionary<'a>, text: &str, among: Option<&Among>) -> tantivy::Result<Option<Self>> {
        let terms: Vec<Term> = words(text).map(|word| dictionary.stem(&word.forms.stem)).collect();
        let Some(first) = terms.first().cloned() else { return Ok(None) };
        let ways = [terms];
        let (mut places, mut found) = (Vec::new(), Vec::new());
        for (ord, segment) in dictionary.segments.iter().enumerate() {
            let mut spans = Spans::new(&ways, segment)?;
            let mut behind = FxHashMap::default();
            each_doc(segment, &first, |doc| {
                if among.is_none_or(|among| among[ord][doc as usize]) {
                    spans.of(doc, &mut found);
                    if !found.is_empty() {
                        behind.insert(doc, found.iter().map(|span| span.end).collect());
                    }
                }
            })?;
            places.push(behind);
        }
        Ok(Some(Self { dictionary, places }))
    }

    /// The articles of each segment that have a term there.
    fn articles(&self, term: &Term) -> tantivy::Result<Vec<FxHashSet<DocId>>> {
        let mut found = Vec::with_capacity(self.places.len());
        for (segment, places) in self.dictionary.segments.iter().zip(&self.places) {
            let mut docs = FxHashSet::default();
            let index = segment.inverted_index(term.field())?;
            let postings = index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?;
            if let Some(mut postings) = postings.filter(|_| !places.is_empty()) {
                let mut positions = Vec::new();
                while postings.doc() != TERMINATED {
                    if let Some(places) = places.get(&postings.doc()) {
                        postings.positions(&mut positions);
                        if places.iter().any(|place| positions.binary_search(place).is_ok()) {
                            docs.insert(postings.doc());
                        }
                    }
                    postings.advance();
                }
            }
            found.push(docs);
        }
        Ok(found)
    }
}

impl Counting for Following<'_> {
    fn count(&self, family: &Family) -> tantivy::Result<u64> {
        Ok(self.articles(&family.term)?.iter().map(|docs| docs.len() as u64).sum())
    }

    /// That which most of the articles have: `tracing` behind `contact`.
    fn form(&self, family: &Family) -> tantivy::Result<Option<String>> {
        let Dictionary { segments, fields, .. } = self.dictionary;
        let articles = self.articles(&family.term)?;
        let mut others = articles.clone();
        let mut forms = Vec::new();
        for surface in &family.surfaces {
            let term = Term::from_field_text(fields.words, surface);
            let mut count = 0;
            for ((segment, docs), others) in segments.iter().zip(&articles).zip(&mut others) {
                each_doc(segment, &term, |doc| {
                    count += u64::from(docs.contains(&doc));
                    others.remove(&doc);
                })?;
            }
            forms.push((Reverse(count), surface));
        }
        // A form that is the stem is no surface of its own: it stands where no other does.
        let others: u64 = others.iter().map(|docs| docs.len() as u64).sum();
        for (Reverse(count), surface) in &mut forms {
            let is_stem = self.dictionary.term(surface).as_ref() == Some(&self.dictionary.stem(surface));
            if *count == 0 && is_stem && self.dictionary.is_written(surface)? {
                *count = others;
            }
        }
        forms.sort_unstable();
        Ok(forms.first().filter(|(Reverse(count), _)| *count > 0).map(|(_, surface)| (*surface).clone()))
    }
}
