//! Text analysis: the one chain from text to terms, for indexing, for queries and for highlighting.
//!
//! A text is cut into [`words`]. Each [`Word`] has a place in it and [`Forms`]: a *surface* (folded: case, width, ligatures,
//! accents, possessives) and a *stem*. Beside its stem a word may have two more terms: the acronym that it is (`WHO`, module
//! `acronym`), and the *whole* of a compound that begins with it (`ehealth` for `e-health`, module [`compound`]). Prefixes are
//! looked up among terms and surfaces.
//!
//! | text | surface | terms |
//! |---|---|---|
//! | `Becker’s`, `BECKER'S` | `becker` | `becker` |
//! | `diagnostics` | `diagnostics` | `diagnos` |
//! | `24\u{200b}3`, `ﬁle` | `243`, `file` | `243`, `file` |
//! | `U.S.` in a sentence | `us` | `us`, `US` |
//! | `EHRs` | `ehr` | `ehr` |
//! | `C++` | `c++` | `c++` |
//!
//! Nothing of this is stored in the index but [`ANALYSER_VERSION`]: change a rule or a table, raise the version.

mod acronym;
pub mod compound;
mod definition;
mod grammar;
mod letters;
mod lexicon;
mod name;
mod parts;
mod plain;
mod sought;
mod stem;
mod tokenizer;
mod word;

pub(crate) use acronym::{is_shouted, singular};
pub use compound::Kind;
pub(crate) use compound::opens as begins_compounds;
pub use definition::{Definition, definitions};
pub(crate) use grammar::{is_grammar, is_short_grammar};
pub(crate) use name::{acronym_key, is_acronym, name_key};
pub(crate) use parts::OTHER as BEHIND_PARTS;
pub(crate) use sought::{Likely, Wanted};
pub(crate) use tokenizer::{Parts, Stems, Surfaces, TITLE_WEIGHT, Weighted};
pub use word::{Compound, Forms, Word, Words, words};

/// The version of the rules in this module. An index of another version is refused, because its terms would not be found.
pub const ANALYSER_VERSION: u32 = 3;
