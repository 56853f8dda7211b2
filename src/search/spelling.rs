//! [`Spelling`]: words that no article has, and the nearest that some article has.
//!
//! An unknown word is replaced by the known surface at the least distance (insertions, deletions, substitutions and swaps of
//! neighbours count one: Damerau 1964, in the restricted form, where nothing is edited twice); of several, by the one that finds
//! most articles, then the first of the alphabet. How far it may be is [`reach`]. It does not matter how a corrected word
//! was typed: it is searched, counted, relaxed and marked like the word it stands for. Words in phrases are corrected too; prefixes,
//! addresses, codes, numbers, short words in capitals and compounds that are [listed](crate::index::analysis::compound) are not.
//!
//! A rare word beside a far commoner one at distance 1 is searched as it is, with a [`Warning::DidYouMean`].
//!
//! Costs one look into the dictionary for a known word, and a walk over its near part for another one, of which a query has
//! [`MAX_LOOKED_FOR`] at most. Filters play no part, so that choosing one never changes what a query means.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::dictionary::Dictionary;
use super::warning::Warning;
use crate::index::analysis::{Kind, words};
use crate::query::{LONGEST_ACRONYM, Node, Query, is_address, is_operator};

/// For so many different words of a query, in the order of its text, are near words looked for. A walk for a long word costs
/// milliseconds; a pasted paragraph in another language must not cost hundreds of them.
pub(super) const MAX_LOOKED_FOR: usize = 8;
/// Words of fewer letters are left alone: they are as likely acronyms, and have too many neighbours.
const MIN_LETTERS: usize = 4;
/// From so many letters on, two edits are allowed.
const TWO_EDITS: usize = 6;
/// A word in at most so many articles is rare.
const RARE: u64 = 3;
/// From so many letters on, a rare word may be a slip of a commoner one.
const RARE_LETTERS: usize = 5;
/// So many times as many articles has a word that is far commoner.
const FAR_COMMONER: u64 = 100;

/// How many edits may lie between two words of which one is taken for the other: 0 for fewer than 4 letters and for whatever holds
/// anything but letters, 1 up to 5 letters, 2 from 6 letters on. Four in five slips are one edit (Damerau 1964); two in a short
/// word make another word of it.
pub(super) fn reach(word: &str) -> u8 {
    match word.chars().count() {
        _ if !word.chars().all(char::is_alphabetic) => 0,
        0..MIN_LETTERS => 0,
        MIN_LETTERS..TWO_EDITS => 1,
        TWO_EDITS.. => 2,
    }
}

/// Whether a folded word may stand for another: within its reach, and at two edits with the same first letter.
pub(super) fn may_mean(word: &str, other: &str) -> bool {
    let edits = strsim::osa_distance(word, other);
    edits <= usize::from(reach(word)) && (edits < 2 || begin_alike(word, other))
}

fn begin_alike(word: &str, other: &str) -> bool {
    word.chars().next() == other.chars().next()
}

/// Corrects one query.
pub(super) struct Spelling<'a> {
    dictionary: Dictionary<'a>,
    /// Whether all of the query is typed in capitals, which then say nothing.
    is_shouted: bool,
    looked_for: FxHashMap<Box<str>, Option<String>>,
    warnings: Vec<Warning>,
}

impl<'a> Spelling<'a> {
    /// The query with its unknown words corrected, and what to say about it.
    pub(super) fn correct(
        dictionary: Dictionary<'a>,
        query: Query,
        is_shouted: bool,
    ) -> tantivy::Result<(Query, Vec<Warning>)> {
        let Some(root) = query.root else { return Ok((query, Vec::new())) };
        let mut spelling = Self { dictionary, is_shouted, looked_for: FxHashMap::default(), warnings: Vec::new() };
        let root = spelling.node(root)?;
        Ok((Query { root, filters: query.filters }, spelling.warnings))
    }

    /// Keeps the normal form: what has become the same is there once.
    fn node(&mut self, node: Node) -> tantivy::Result<Option<Node>> {
        Ok(match node {
            // Addresses, and what might be read as a filter once it is corrected.
            Node::Word(text) if text.contains(':') || is_address(&text) => Some(Node::Word(text)),
            Node::Word(text) => Some(Node::Word(self.text(text)?)),
            Node::Phrase(text) => Some(Node::Phrase(self.text(text)?)),
            Node::In(part, text) => Some(Node::In(part, self.text(text)?)),
            Node::Prefix(_) | Node::Filter(_) => Some(node),
            Node::And(children) => Node::all(self.nodes(children)?),
            Node::Or(children) => Node::any(self.nodes(children)?),
            Node::Not(child) => self.node(*child)?.map(Node::negate),
        })
    }

    fn nodes(&mut self, nodes: Vec<Node>) -> tantivy::Result<Vec<Node>> {
        nodes.into_iter().filter_map(|node| self.node(node).transpose()).collect()
    }

    fn text(&mut self, text: String) -> tantivy::Result<String> {
        let (mut corrected, mut copied, mut passed) = (String::new(), 0, 0);
        for word in words(&text) {
            if word.range.start < passed {
                continue;
            }
            if let Some(whole) = &word.compound
                && (whole.kind != Kind::Chain || self.knows(&whole.forms.stem)?)
            {
                passed = whole.end;
                continue;
            }
            let typed = &text[word.range.clone()];
            if self.is_acronym(typed) {
                continue;
            }
            if let Some(better) = self.word(&word.forms.surface, &word.forms.stem)? {
                corrected.push_str(&text[copied..word.range.start]);
                // In small letters it would make acronyms of the others when the query is read again.
                corrected.push_str(&if self.is_shouted { better.to_uppercase() } else { better });
                copied = word.range.end;
            }
        }
        if copied == 0 {
            return Ok(text);
        }
        corrected.push_str(&text[copied..]);
        Ok(corrected)
    }

    fn knows(&self, stem: &str) -> tantivy::Result<bool> {
        Ok(self.dictionary.count_to(&self.dictionary.stem(stem), 1)? > 0)
    }

    fn is_acronym(&self, typed: &str) -> bool {
        let is_short = typed.chars().count() <= LONGEST_ACRONYM;
        !self.is_shouted && is_short && typed.chars().skip(1).any(char::is_uppercase)
    }

    /// What is to stand for a word, if not itself.
    fn word(&mut self, surface: &str, stem: &str) -> tantivy::Result<Option<String>> {
        if reach(surface) == 0 {
            return Ok(None);
        }
        if let Some(known) = self.looked_for.get(surface) {
            return Ok(known.clone());
        }
        let articles = self.dictionary.count_to(&self.dictionary.stem(stem), RARE + 1)?;
        if articles > RARE || self.looked_for.len() == MAX_LOOKED_FOR {
            return Ok(None);
        }
        let found = if articles > 0 {
            self.warnings.extend(self.commoner(surface, articles)?);
            None
        } else {
            self.nearest(surface)?
        };
        if let Some(searched) = &found {
            self.warnings.push(Warning::Corrected { typed: surface.to_owned(), searched: searched.clone() });
        }
        self.looked_for.insert(surface.into(), found.clone());
        Ok(found)
    }

    /// The surface that an unknown word is taken for.
    fn nearest(&self, word: &str) -> tantivy::Result<Option<String>> {
        for edits in 1..=reach(word) {
            for (_, surface) in self.neighbours(word, edits)? {
                // In capitals, `NOT` would exclude what is behind it when the query is read again.
                let would_join = self.is_shouted && is_operator(&surface.to_uppercase());
                if !would_join && self.dictionary.is_written(&surface)? {
                    return Ok(Some(surface));
                }
            }
        }
        Ok(None)
    }

    /// The warning for a rare word, if a far commoner one is near.
    fn commoner(&self, word: &str, articles: u64) -> tantivy::Result<Option<Warning>> {
        if word.chars().count() < RARE_LETTERS {
            return Ok(None);
        }
        for (Reverse(found), suggestion) in self.neighbours(word, 1)? {
            if found < articles * FAR_COMMONER {
                break;
            }
            if self.dictionary.is_written(&suggestion)? {
                let word = word.to_owned();
                return Ok(Some(Warning::DidYouMean { word, articles, suggestion, would_find: found }));
            }
        }
        Ok(None)
    }

    /// What may be surfaces within so many edits, with the number of articles that each finds, in the order of preference.
    fn neighbours(&self, word: &str, edits: u8) -> tantivy::Result<Vec<(Reverse<u64>, String)>> {
        let mut neighbours = Vec::new();
        for surface in self.dictionary.near(word, edits)? {
            let term = if surface.chars().all(char::is_alphabetic) { self.dictionary.term(&surface) } else { None };
            if let Some(term) = term {
                let articles = self.dictionary.count(&term)?;
                if articles > 0 {
                    neighbours.push((Reverse(articles), surface));
                }
            }
        }
        neighbours.sort_unstable();
        Ok(neighbours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_far_a_correction_may_reach() {
        for (word, edits) in
            [("", 0), ("teh", 0), ("care", 1), ("helth", 1), ("cancre", 2), ("covid19", 0), ("c++", 0), ("ménière", 2)]
        {
            assert_eq!(reach(word), edits, "{word}");
        }
        for (word, other, may) in [
            ("telehelth", "telehealth", true),
            ("hosptial", "hospital", true),
            ("ohspital", "hospital", true),
            ("care", "core", true),
            ("care", "cure", true),
            ("care", "cores", false),
            ("teh", "the", false),
            ("imagine", "imaging", true),
            ("vacine", "machine", false),
            ("telehelth", "teleheat", true),
        ] {
            assert_eq!(may_mean(word, other), may, "{word} {other}");
        }
    }
}
