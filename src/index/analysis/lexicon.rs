//! [`forms_of`]: the forms of words, remembered by each thread.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::word::{Forms, MAX_SURFACE, make_forms};

/// How many different words a thread remembers the forms of: at about 170 bytes with its forms 11 MB. News repeats itself, so that
/// nearly every word is found here and stemming all but disappears from the cost of marking hits, and of building for the words that
/// are not [plain](super::plain).
const CACHE_WORDS: usize = 65_536;
/// How many frequent words a thread keeps at hand, at 24 bytes: they are nine of ten in news.
const SLOTS: usize = 16_384;
/// The longest of them, in bytes.
pub(super) const SLOT_TEXT: usize = 16;

/// Looks the forms up, or makes and remembers them. `None` for a run of which folding leaves nothing.
pub(super) fn forms_of(raw: &str) -> Option<Rc<Forms>> {
    thread_local! {
        static CACHE: RefCell<Cache> = RefCell::default();
    }
    CACHE.with_borrow_mut(|cache| cache.forms_of(raw))
}

/// The forms of words met before. Analysis is mostly waiting for memory here, so there are two levels: the frequent words, with
/// their text in place, in what the processor keeps near; all others in a map.
#[derive(Default)]
struct Cache {
    frequent: Vec<Slot>,
    all: FxHashMap<Box<str>, Option<Rc<Forms>>>,
}

/// The last word met of those with one hash.
#[derive(Clone, Default)]
struct Slot {
    /// The word and zeros, which stand in no word.
    text: [u8; SLOT_TEXT],
    forms: Option<Rc<Forms>>,
}

impl Cache {
    fn forms_of(&mut self, raw: &str) -> Option<Rc<Forms>> {
        let Some(text) = slot_text(raw) else { return self.look_up(raw) };
        if self.frequent.is_empty() {
            self.frequent = vec![Slot::default(); SLOTS];
        }
        let at = slot_of(text, SLOTS);
        if let Slot { text: there, forms: Some(forms) } = &self.frequent[at]
            && *there == text
        {
            return Some(forms.clone());
        }
        let forms = self.look_up(raw);
        self.frequent[at] = Slot { text, forms: forms.clone() };
        forms
    }

    fn look_up(&mut self, raw: &str) -> Option<Rc<Forms>> {
        if let Some(forms) = self.all.get(raw) {
            return forms.clone();
        }
        let forms = make_forms(raw).map(Rc::new);
        if raw.len() <= MAX_SURFACE {
            if self.all.len() >= CACHE_WORDS {
                self.all.clear();
            }
            self.all.insert(raw.into(), forms.clone());
        }
        forms
    }
}

/// A short word with zeros behind it; `None` for a long one.
pub(super) fn slot_text(raw: &str) -> Option<[u8; SLOT_TEXT]> {
    let mut text = [0; SLOT_TEXT];
    text.get_mut(..raw.len())?.copy_from_slice(raw.as_bytes());
    Some(text)
}

/// Multiplicative hashing (Knuth, TAOCP 3, §6.4) of both halves. The number of slots is a power of two.
pub(super) fn slot_of(text: [u8; SLOT_TEXT], slots: usize) -> usize {
    let bits = u128::from_le_bytes(text);
    let mixed =
        (bits as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((bits >> 64) as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    (mixed >> (u64::BITS - slots.ilog2())) as usize
}
