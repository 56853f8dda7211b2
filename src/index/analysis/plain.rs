//! [`Plain`]: all that indexing needs to know of nearly every word of news, in one place.
//!
//! Indexing is mostly waiting for memory. [`Forms`](super::word::Forms) are several texts behind pointers; here a word, its stem and
//! what else counts share one line of the processor's cache.

use std::cell::RefCell;
use std::mem;

use super::lexicon::{forms_of, slot_of};
use super::word::Forms;

/// The longest word and the longest stem that are kept here, in bytes. One word in 2,000 is longer.
const LONGEST: usize = 16;
/// How many words a thread keeps at the most, in 64 bytes each. It meets some 60,000 in 50,000 articles.
const MOST_SLOTS: usize = 131_072;
/// For how many there is room at first.
const FIRST_SLOTS: usize = 1024;

/// A word with one term, its stem. Its surface is that stem, or else its own letters in lower case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain {
    stem: [u8; LONGEST],
    length: u8,
    /// Whether the surface is another word than the stem, and perhaps not met in this text before.
    pub(super) has_new_surface: bool,
}

impl Plain {
    pub(super) fn stem(&self) -> &str {
        // It was a text when it was put there.
        str::from_utf8(&self.stem[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// Tells the texts of a thread apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextNumber(u64);

/// The number of the next text.
pub(super) fn next_text() -> TextNumber {
    TABLE.with_borrow_mut(|table| {
        table.texts += 1;
        TextNumber(table.texts)
    })
}

/// The run `raw` in a text, if it is plain wherever it stands and no sign joins it to another word.
pub(super) fn plain(raw: &str, text: TextNumber) -> Option<Plain> {
    TABLE.with_borrow_mut(|table| table.plain(raw, text))
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

#[derive(Default)]
struct Table {
    /// A power of two of them. They are doubled when half of them are taken.
    slots: Vec<Slot>,
    taken: usize,
    texts: u64,
}

/// The last word met of those with one hash.
#[derive(Clone)]
#[repr(align(64))]
struct Slot {
    /// The word and zeros, which stand in no word.
    word: [u8; LONGEST],
    stem: [u8; LONGEST],
    length: u8,
    is_plain: bool,
    has_own_surface: bool,
    /// The last text in which its surface was told to be new. A text that was told so by another slot is told once more.
    told: u64,
}

impl Table {
    fn plain(&mut self, raw: &str, text: TextNumber) -> Option<Plain> {
        let mut word = [0; LONGEST];
        word.get_mut(..raw.len())?.copy_from_slice(raw.as_bytes());
        if self.taken * 2 >= self.slots.len() && self.slots.len() < MOST_SLOTS {
            self.grow();
        }
        let at = slot_of(word, self.slots.len());
        let slot = &mut self.slots[at];
        if slot.word != word {
            self.taken += usize::from(slot.is_empty());
            *slot = Slot::of(raw, word);
        }
        if !slot.is_plain {
            return None;
        }
        let has_new_surface = slot.has_own_surface && slot.told != text.0;
        if has_new_surface {
            slot.told = text.0;
        }
        Some(Plain { stem: slot.stem, length: slot.length, has_new_surface })
    }

    fn grow(&mut self) {
        let room = (self.slots.len() * 2).max(FIRST_SLOTS);
        let old = mem::replace(&mut self.slots, vec![Slot::empty(); room]);
        self.taken = 0;
        for slot in old.into_iter().filter(|slot| !slot.is_empty()) {
            let place = &mut self.slots[slot_of(slot.word, room)];
            self.taken += usize::from(place.is_empty());
            *place = slot;
        }
    }
}

impl Slot {
    fn empty() -> Self {
        Self { word: [0; LONGEST], stem: [0; LONGEST], length: 0, is_plain: false, has_own_surface: false, told: 0 }
    }

    fn is_empty(&self) -> bool {
        self.word[0] == 0
    }

    fn of(raw: &str, word: [u8; LONGEST]) -> Self {
        let mut slot = Self { word, ..Self::empty() };
        let Some(forms) = forms_of(raw) else { return slot };
        slot.has_own_surface = forms.has_own_surface();
        let is_plain = forms.has_one_term() && (!slot.has_own_surface || is_lower_case_of(&forms, raw));
        if let Some(stem) = slot.stem.get_mut(..forms.stem.len())
            && is_plain
        {
            stem.copy_from_slice(forms.stem.as_bytes());
            slot.length = forms.stem.len() as u8;
            slot.is_plain = true;
        }
        slot
    }
}

fn is_lower_case_of(forms: &Forms, raw: &str) -> bool {
    raw.is_ascii() && raw.to_ascii_lowercase() == *forms.surface
}
