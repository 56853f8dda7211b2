//! [`Dictionary`]: the words that stand in the articles of an open index, as people write them.
//!
//! The index holds each word by its stem (`text`) and, where the two differ, by its surface (`words`). Only surfaces may be shown:
//! `telemedicin` is a stem and no word. A term of `text` is a surface if some article has it without any longer form of it.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, FuzzyTermQuery, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::statistics::Statistics;
use crate::index::Fields;
use crate::index::analysis::{Word, words};

/// In how many times as many articles a form must be to be shown in the place of the basic one, which is also in those that have both.
const FAR_MORE: u64 = 2;

/// The words of an open index.
#[derive(Clone, Copy)]
pub(super) struct Dictionary<'a> {
    pub(super) segments: &'a [SegmentReader],
    pub(super) statistics: &'a Statistics,
    pub(super) fields: &'a Fields,
}

impl Dictionary<'_> {
    /// The term that articles with this stem have.
    pub(super) fn stem(&self, stem: &str) -> Term {
        Term::from_field_text(self.fields.text, stem)
    }

    /// The term that a search for this surface looks up; `None` if it is no single term, or another surface's.
    pub(super) fn term(&self, surface: &str) -> Option<Term> {
        let mut words = words(surface);
        let first = words.next()?;
        let length = 1 + words.count();
        match &first.compound {
            None if length == 1 && *first.forms.surface == *surface => Some(self.stem(&first.forms.stem)),
            Some(whole) if whole.words == length && *whole.forms.surface == *surface => {
                whole.term().map(|whole| self.stem(whole))
            }
            _ => None,
        }
    }

    /// In how many articles a term occurs.
    pub(super) fn count(&self, term: &Term) -> tantivy::Result<u64> {
        self.statistics.doc_freq(term)
    }

    /// The same, at least `limit` being as good as `limit`.
    pub(super) fn count_to(&self, term: &Term, limit: u64) -> tantivy::Result<u64> {
        self.statistics.doc_freq_to(term, limit)
    }

    /// Whether these words stand in an article one behind the other, or joined.
    pub(super) fn stands(&self, text: &str) -> tantivy::Result<bool> {
        let words: Vec<Word> = words(text).collect();
        let whole = words.first().and_then(|first| first.compound.as_ref()).filter(|whole| whole.words == words.len());
        if let Some(whole) = whole.and_then(|whole| whole.term())
            && self.count_to(&self.stem(whole), 1)? > 0
        {
            return Ok(true);
        }
        let terms: Vec<Term> = words.iter().map(|word| self.stem(&word.forms.stem)).collect();
        if let [term] = terms.as_slice() {
            return Ok(self.count_to(term, 1)? > 0);
        }
        if terms.is_empty() {
            return Ok(false);
        }
        let phrase = PhraseQuery::new(terms);
        for segment in self.segments {
            let weight = phrase.weight(EnableScoring::disabled_from_schema(segment.schema()))?;
            if weight.count(segment)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// In how many articles a term occurs at most: deleted ones count.
    pub(super) fn bound(&self, term: &Term) -> tantivy::Result<u64> {
        let mut bound = 0;
        for segment in self.segments {
            bound += u64::from(segment.inverted_index(term.field())?.doc_freq(term)?);
        }
        Ok(bound)
    }

    /// What may be surfaces within so many edits of a word (0 to 2): insertions, deletions, substitutions and swaps of
    /// neighbours. Two edits leave the first letter as it is. In no order; words of deleted articles may be among them. Costs a
    /// walk over the part of the dictionaries that is as near.
    pub(super) fn near(&self, word: &str, edits: u8) -> tantivy::Result<Vec<String>> {
        let mut met = FxHashMap::default();
        let initial = if edits < 2 { "" } else { word.chars().next().map_or("", |first| &word[..first.len_utf8()]) };
        for field in [self.fields.words, self.fields.text] {
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, word), edits, true).automaton()?;
            for segment in self.segments {
                let inverted = segment.inverted_index(field)?;
                let mut terms = inverted.terms().search(&automaton).ge(initial).into_stream()?;
                while terms.advance() && terms.key().starts_with(initial.as_bytes()) {
                    note(terms.key(), terms.value().doc_freq, &mut met);
                }
            }
        }
        Ok(met.into_keys().collect())
    }

    /// What may be surfaces that begin so, in no order, with the number of articles that have it at most.
    pub(super) fn beginning(&self, prefix: &str) -> tantivy::Result<FxHashMap<String, u64>> {
        let mut met = FxHashMap::default();
        for field in [self.fields.words, self.fields.text] {
            self.each_beginning(prefix, field, |key, _, bound| {
                note(key, bound, &mut met);
                Ok(())
            })?;
        }
        Ok(met)
    }

    /// Whether an article has this surface as it is: not only other forms of its stem.
    pub(super) fn is_written(&self, surface: &str) -> tantivy::Result<bool> {
        Ok(self.written(surface)? > 0)
    }

    /// How many articles have this surface as it is; if it is a stem itself, those that have no longer form of it. Costs a byte
    /// for each document and a walk over the postings of these forms, unless the surface is indexed as one.
    pub(super) fn written(&self, surface: &str) -> tantivy::Result<u64> {
        let as_it_is = self.count(&Term::from_field_text(self.fields.words, surface))?;
        let stem = self.stem(surface);
        if as_it_is > 0 || self.term(surface).as_ref() != Some(&stem) {
            return Ok(as_it_is);
        }
        // The forms of a stem begin as it does, but for their ends: `therapies` and `therapi`.
        let letters = surface.chars().count();
        let kept = if letters < 3 { letters } else { letters.div_ceil(2).max(3.min(letters - 1)) };
        let beginning: String = surface.chars().take(kept).collect();
        let mut written = 0;
        for segment in self.segments {
            let mut alone = vec![false; segment.max_doc() as usize];
            let mut left: u64 = 0;
            each_doc(segment, &stem, |doc| {
                alone[doc as usize] = true;
                left += 1;
            })?;
            if left == 0 {
                continue;
            }
            let only = Dictionary { segments: std::slice::from_ref(segment), ..*self };
            only.each_beginning(&beginning, self.fields.words, |key, segment, _| {
                let Ok(form) = std::str::from_utf8(key) else { return Ok(()) };
                if self.term(form).as_ref() == Some(&stem) {
                    let form = Term::from_field_text(self.fields.words, form);
                    each_doc(segment, &form, |doc| {
                        left -= u64::from(std::mem::take(&mut alone[doc as usize]));
                    })?;
                }
                Ok(())
            })?;
            written += left;
        }
        Ok(written)
    }

    /// The form to show of a word: its basic form (the first of equally frequent ones if none is a stem), unless another is in
    /// [`FAR_MORE`] times as many articles, `learning` beside `learn`. `None` if no article has one of them as it is.
    pub(super) fn form<'s>(&self, surfaces: &'s [String]) -> tantivy::Result<Option<&'s str>> {
        let mut forms = Vec::with_capacity(surfaces.len());
        for surface in surfaces {
            let is_basic = self.term(surface).as_ref() == Some(&self.stem(surface));
            let weight = if is_basic { FAR_MORE } else { 1 };
            forms.push((Reverse(weight * self.written(surface)?), surface.as_str()));
        }
        forms.sort_unstable();
        Ok(forms.first().filter(|(Reverse(weighted), _)| *weighted > 0).map(|(_, surface)| *surface))
    }

    /// Takes each term of each segment that begins so, with the number of articles that have it at most.
    pub(super) fn each_beginning(
        &self,
        prefix: &str,
        field: Field,
        mut each: impl FnMut(&[u8], &SegmentReader, u32) -> tantivy::Result<()>,
    ) -> tantivy::Result<()> {
        for segment in self.segments {
            let inverted = segment.inverted_index(field)?;
            let mut terms = inverted.terms().range().ge(prefix.as_bytes()).into_stream()?;
            while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
                each(terms.key(), segment, terms.value().doc_freq)?;
            }
        }
        Ok(())
    }
}

/// Adds a term of so many articles, unless it is an acronym's or a single letter.
fn note(key: &[u8], bound: u32, met: &mut FxHashMap<String, u64>) {
    let Ok(term) = std::str::from_utf8(key) else { return };
    if term.chars().nth(1).is_some() && !term.contains(char::is_uppercase) {
        let bound = u64::from(bound);
        match met.get_mut(term) {
            Some(sum) => *sum += bound,
            None => {
                met.insert(term.to_owned(), bound);
            }
        }
    }
}

/// The articles of a segment that have a term, deleted ones left out.
pub(super) fn each_doc(segment: &SegmentReader, term: &Term, mut each: impl FnMut(DocId)) -> tantivy::Result<()> {
    let postings = segment.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic)?;
    let Some(mut docs) = postings else { return Ok(()) };
    let alive = segment.alive_bitset();
    while docs.doc() != TERMINATED {
        if alive.is_none_or(|alive| alive.is_alive(docs.doc())) {
            each(docs.doc());
        }
        docs.advance();
    }
    Ok(())
}
