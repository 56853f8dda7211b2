//! From typed words to the terms that are looked up.

use super::Lowering;
use crate::index::analysis::{Kind, Word, words};

/// The ways in which the terms of a typed word or phrase may stand in a text, one after the other. Empty when there is no word in it.
pub(super) fn sequences(text: &str, lowering: &Lowering<'_>) -> Vec<Vec<Box<str>>> {
    let words: Vec<Word> = words(text).collect();
    let Some(first) = words.first() else { return Vec::new() };
    if let Some(whole) = &first.compound
        && (whole.words, whole.kind) == (words.len(), Kind::Known)
    {
        return vec![vec![whole.forms.stem.clone()]];
    }
    let parts: Vec<Box<str>> = words.iter().map(|word| lowering.term(word)).collect();
    let mut wholes = Vec::with_capacity(parts.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(whole) = word.compound.as_ref().filter(|whole| whole.kind == Kind::Chain) {
            wholes.push(whole.forms.stem.clone());
            at += whole.words;
        } else {
            wholes.push(parts[at].clone());
            at += 1;
        }
    }
    if wholes == parts { vec![parts] } else { vec![parts, wholes] }
}

/// The beginnings that words typed before a `*` may mean, each with the terms that must stand in the article as well.
///
/// Of `e-heal*` the last part is the beginning of a word, and so is the whole; a word written as one is never cut.
pub(super) fn beginnings(text: &str) -> Vec<(String, Vec<Box<str>>)> {
    let mut words: Vec<Word> = words(text).collect();
    let whole = words.first().and_then(|first| first.compound.clone()).filter(|whole| whole.words == words.len());
    let is_one = whole.as_ref().is_some_and(|whole| whole.kind != Kind::Chain);
    let mut beginnings = Vec::new();
    if let Some(last) = words.pop().filter(|_| !is_one) {
        let others = words.into_iter().map(|word| word.forms.stem.clone()).collect();
        beginnings.push((last.forms.surface.to_string(), others));
    }
    beginnings.extend(whole.map(|whole| (whole.forms.surface.to_string(), Vec::new())));
    beginnings
}
