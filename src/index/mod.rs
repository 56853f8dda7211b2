//! [`Article`](crate::article::Article)s ↔ Tantivy: analysis, schema, generations on disk.
//!
//! This room knows how articles are laid out in an index and how an index lies on disk. It does not know where articles come
//! from ([`crate::ingest`]) nor how they are found ([`crate::search`]); what brings an index up to date is [`crate::update`].

pub mod analysis;
mod build;
mod change;
mod definitions;
mod disk;
mod document;
mod edit;
mod failure;
#[cfg(test)]
mod faults;
mod folder;
mod inspection;
mod ledger;
mod leftovers;
mod lookup;
mod manifest;
mod rollback;
mod schema;
mod seal;
mod sealed;
mod stored;
mod tiers;
mod verify;

pub use build::{Build, BuildOptions};
pub use change::Changes;
pub use folder::{IndexFolder, Live, WriteLock};
pub use inspection::Damage;
pub use ledger::Ledger;
pub use manifest::{Account, FORMAT_VERSION, Manifest, Origin, RememberedSource};
pub use rollback::Rollback;
pub use verify::Verification;

pub(crate) use analysis::TITLE_WEIGHT;
pub(crate) use build::{open, searcher};
pub(crate) use change::Comparison;
pub(crate) use definitions::OtherName;
pub(crate) use edit::Edit;
pub(crate) use failure::reading_failed;
pub(crate) use ledger::{FilePlace, FileState, Gave, Ids, LedgerFile, packed};
pub(crate) use lookup::find;
pub(crate) use schema::{Fields, KEY_SEPARATOR, column};
pub(crate) use stored::StoredArticles;
