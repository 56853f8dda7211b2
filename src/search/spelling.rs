//! [`Spelling`]: words that no article has, and the nearest that some article has.
//!
//! An unknown word is replaced by the known surface at the least distance (insertions, deletions, substitutions and swaps of
//! neighbours count one: Damerau 1964, in the restricted form, where nothing is edited twice); of several, by the one that finds
//! most articles, then the first of the alphabet. How far it may be is [`reach`]. It does not matter how a corrected word
//! was typed: it is searched, counted, relaxed and marked like the word it stands for. Words in phrases are corrected too; prefixes,
//! addresses, codes, numbers, short words in capitals and compounds that are [listed](crate::index::analysis::compound) are not.
//! Part of a run (`input/ouput`) is corrected if the whole run stands in an article then.
//!
//! A word that is typed like a name is corrected by one edit at most: names that no article has are not rare, and at two edits
//! `Ozempic` would be `olympic`. A short word of grammar is never taken for one that no article has, but for letters that are swapped or
//! doubled: `oura` is no slip of `our`.
//!
//! A rare word beside a far commoner one at distance 1 is searched as it is, with a [`Warning::DidYouMean`], unless it is typed like
//! a name or goes on where the other ends (`directory`, `director`).
//!
//! Costs one look into the dictionary for a known word, and a walk over its near part for another one, of which a query has
//! [`MAX_LOOKED_FOR`] at most. Filters play no part, so that choosing one never changes what a query means.

use std::cmp::Reverse;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::dictionary::Dictionary;
use super::warning::Warning;
use crate::index::analysis::{Kind, is_short_grammar, words};
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

/// Whether two words have the same letters, swapped or doubled.
fn have_same_letters(word: &str, other: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    };
    letters(word) == letters(other)
}

/// Whether a query has several words and all begin with a capital, so that these say nothing. Words that stay small in headlines do
/// not count.
fn is_titled(root: &Node) -> bool {
    let texts = root.leaves().filter_map(|(leaf, _)| match leaf {
        Node::Word(text) | Node::Phrase(text) | Node::In(_, text) => Some(text.as_str()),
        _ => None,
    });
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphabetic()));
    let words: Vec<&str> = words.filter(|word| word.chars().count() >= MIN_LETTERS).collect();
    words.len() > 1 && words.iter().all(|word| word.starts_with(char::is_uppercase))
}

/// Whether somebody may have meant a `?` or `*` in a run to stand for letters: one that is inside of it.
fn has_wildcard(run: &str) -> bool {
    run.split(['?', '*']).skip(1).any(|rest| rest.starts_with(char::is_alphanumeric))
        && run.starts_with(char::is_alphanumeric)
}

/// A word in a text, and what is to stand in its place.
#[derive(Clone)]
struct Correction {
    at: Range<usize>,
    /// The word as typed, folded.
    typed: String,
    searched: String,
}

/// Corrects one query.
pub(super) struct Spelling<'a> {
    dictionary: Dictionary<'a>,
    /// Whether all of the query is typed in capitals, which then say nothing.
    is_shouted: bool,
    /// Whether all words of the query begin with a capital.
    is_titled: bool,
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
        let is_titled = is_titled(&root);
        let (looked_for, warnings) = (FxHashMap::default(), Vec::new());
        let mut spelling = Self { dictionary, is_shouted, is_titled, looked_for, warnings };
        let root = spelling.node(root)?;
        Ok((Query { root, filters: query.filters }, spelling.warnings))
    }

    /// Keeps the normal form: what has become the same is there once.
    fn node(&mut self, node: Node) -> tantivy::Result<Option<Node>> {
        Ok(match node {
            // Addresses, and what might be read as a filter once it is corrected.
            Node::Word(text) if text.contains(':') || is_address(&text) => Some(Node::Word(text)),
            Node::Word(text) => {
                self.note_wildcard(&text)?;
                Some(Node::Word(self.text(&text)?))
            }
            Node::Phrase(text) => Some(Node::Phrase(self.text(&text)?)),
            Node::In(part, text) => Some(Node::In(part, self.text(&text)?)),
            Node::Prefix(_) | Node::Filter(_) => Some(node),
            Node::And(children) => Node::all(self.nodes(children)?),
            Node::Or(children) => Node::any(self.nodes(children)?),
            Node::Not(child) => self.node(*child)?.map(Node::negate),
        })
    }

    fn nodes(&mut self, nodes: Vec<Node>) -> tantivy::Result<Vec<Node>> {
        nodes.into_iter().filter_map(|node| self.node(node).transpose()).collect()
    }

    fn text(&mut self, text: &str) -> tantivy::Result<String> {
        let (mut found, mut passed) = (Vec::new(), 0);
        for word in words(text) {
            if word.range.start < passed {
                continue;
            }
            if let Some(whole) = &word.compound
                && (whole.kind != Kind::Chain || self.knows(&whole.forms.stem)?)
            {
                passed = whole.end;
                continue;
            }
            let raw = &text[word.range.clone()];
            if self.is_acronym(raw) {
                continue;
            }
            if let Some(searched) = self.word(raw, &word.forms.surface, &word.forms.stem)? {
                found.push(Correction { at: word.range, typed: word.forms.surface.to_string(), searched });
            }
        }
        let mut kept = Vec::with_capacity(found.len());
        let are_in_one_run =
            |one: &Correction, other: &Correction| !text[one.at.end..other.at.start].contains(char::is_whitespace);
        for of_run in found.chunk_by(are_in_one_run) {
            if self.may_replace(text, of_run)? {
                kept.extend_from_slice(of_run);
            }
        }
        let corrected = self.replaced(text, &kept);
        for Correction { typed, searched, .. } in kept {
            let warning = Warning::Corrected { typed, searched };
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        Ok(corrected)
    }

    /// Whether these words of one run are the whole of it, or the run stands in an article with others in their places: the rest of
    /// `h@spital` is no slip of `spinal`.
    fn may_replace(&self, text: &str, of_run: &[Correction]) -> tantivy::Result<bool> {
        let [first, ..] = of_run else { return Ok(false) };
        let from = text[..first.at.start].rfind(char::is_whitespace).map_or(0, |at| text.ceil_char_boundary(at + 1));
        let to = text[first.at.end..].find(char::is_whitespace).map_or(text.len(), |at| first.at.end + at);
        let is_one_word = words(&text[from..to]).nth(1).is_none();
        Ok(is_one_word || self.dictionary.stands(&self.replaced(&text[..to], of_run)[from..])?)
    }

    /// A text with these corrections, which stand in it in order.
    fn replaced(&self, text: &str, corrections: &[Correction]) -> String {
        let (mut replaced, mut copied) = (String::with_capacity(text.len()), 0);
        for Correction { at, searched, .. } in corrections {
            replaced.push_str(&text[copied..at.start]);
            // In small letters it would make acronyms of the others when the query is read again.
            replaced.push_str(&if self.is_shouted { searched.to_uppercase() } else { searched.clone() });
            copied = at.end;
        }
        replaced.push_str(&text[copied..]);
        replaced
    }

    fn knows(&self, stem: &str) -> tantivy::Result<bool> {
        Ok(self.dictionary.count_to(&self.dictionary.stem(stem), 1)? > 0)
    }

    fn is_acronym(&self, typed: &str) -> bool {
        let is_short = typed.chars().count() <= LONGEST_ACRONYM;
        !self.is_shouted && is_short && typed.chars().skip(1).any(char::is_uppercase)
    }

    /// Whether a word is typed as names are: with a capital inside (`ChatGPT`), or in front where that says something.
    fn is_name(&self, typed: &str) -> bool {
        let has_small_letters = typed.contains(char::is_lowercase);
        let has_capital_inside = typed.chars().skip(1).any(char::is_uppercase);
        has_small_letters && (has_capital_inside || !self.is_titled && typed.starts_with(char::is_uppercase))
    }

    /// Tells who means any letters by a `?` or `*` what is searched.
    fn note_wildcard(&mut self, run: &str) -> tantivy::Result<()> {
        if has_wildcard(run) && !self.dictionary.stands(run)? {
            let reason = "only `*` stands for letters, and only at the end of a word".to_owned();
            self.warnings.push(Warning::Misread { part: run.to_owned(), read_as: None, reason });
        }
        Ok(())
    }

    /// What is to stand for a word, if not itself. A word is taken alike wherever it stands in a query.
    fn word(&mut self, typed: &str, surface: &str, stem: &str) -> tantivy::Result<Option<String>> {
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
        let is_name = self.is_name(typed);
        let found = if articles == 0 {
            self.nearest(surface, if is_name { 1 } else { reach(surface) })?
        } else {
            if !is_name {
                self.warnings.extend(self.commoner(surface, articles)?);
            }
            None
        };
        self.looked_for.insert(surface.into(), found.clone());
        Ok(found)
    }

    /// The surface that an unknown word is taken for, within so many edits.
    fn nearest(&self, word: &str, reach: u8) -> tantivy::Result<Option<String>> {
        for edits in 1..=reach {
            for (_, surface) in self.neighbours(word, edits)? {
                // In capitals, `NOT` would exclude what is behind it when the query is read again.
                let would_join = self.is_shouted && is_operator(&surface.to_uppercase());
                let may_be = !is_short_grammar(&surface) || have_same_letters(word, &surface);
                if may_be && !would_join && self.dictionary.is_written(&surface)? {
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
            // Other forms of its stem may be far commoner, and it a rare slip itself.
            let is_far_commoner = |written| written >= articles * FAR_COMMONER;
            if !self.goes_on(word, &suggestion)? && is_far_commoner(self.dictionary.written(&suggestion)?) {
                let word = word.to_owned();
                return Ok(Some(Warning::DidYouMean { word, articles, suggestion, would_find: found }));
            }
        }
        Ok(None)
    }

    /// Whether a word is the basic form of another with a letter behind it, and so a word of its own: `directory` beside `directors`.
    /// A letter that is there twice is a slip: `directorr`.
    fn goes_on(&self, word: &str, other: &str) -> tantivy::Result<bool> {
        let Some(basic) = words(other).next().map(|other| other.forms.stem.clone()) else { return Ok(false) };
        let Some(letter) = word.strip_prefix(&*basic).filter(|rest| rest.chars().nth(1).is_none()) else {
            return Ok(false);
        };
        Ok(!basic.ends_with(letter) && self.dictionary.is_written(&basic)?)
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

    #[test]
    fn knows_when_capitals_say_nothing() {
        for (text, is) in [
            ("Ozempic", false),
            ("Ozempic prices", false),
            ("The Future of Telehealth", true),
            ("title:Ozempic Prices", true),
            ("Tempus AI", false),
            ("\"Remote Monitoring\"", true),
            ("remote monitoring", false),
        ] {
            assert_eq!(is_titled(&crate::query::parse(text).unwrap().query.root.unwrap()), is, "{text}");
        }
    }
}
