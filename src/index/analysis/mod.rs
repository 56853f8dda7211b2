//! Text analysis: the one chain from text to terms, for indexing, for queries and for highlighting.
//!
//! A text is cut into [`words`]; each [`Word`] has a *surface* (folded: case, accents, possessives) and a *stem*.
//! Articles are searched by stems; prefixes are looked up among stems and surfaces.
//! Nothing of this is stored in the index but [`ANALYSER_VERSION`]: change a rule, raise the version.

mod stem;
mod tokenizer;
mod word;

pub(crate) use tokenizer::{Stems, Surfaces, Weighted};
pub use word::{Forms, Word, Words, words};
pub(crate) use word::{Initials, words_like};

/// The version of the rules in this module. An index of another version is refused, because its terms would not be found.
pub const ANALYSER_VERSION: u32 = 1;
