//! [`Manifest`]: what a generation says about itself.
//!
//! Written twice. `manifest.json` is written last when a generation is built: with it the folder is whole, and its versions tell
//! whether the rest can be read. The same goes into each commit of the engine (the *payload* of `meta.json`), which is what counts
//! from then on: so what an update says about itself can never part from the documents it wrote.

use std::fs;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::analysis::ANALYSER_VERSION;
use super::failure::file_failed;
use super::folder::number;
use super::seal;
use crate::{Error, Result};

/// The version of the schema and of the files around it. Raise it with every change to either.
pub const FORMAT_VERSION: u32 = 9;

const FILE: &str = "manifest.json";

/// What a generation says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`] of the program that built it.
    pub format: u32,
    /// [`ANALYSER_VERSION`] of the program that built it.
    pub analyser: u32,
    /// How many articles it holds.
    pub articles: u64,
    /// When it was built.
    pub built_at: Timestamp,
    /// When it was last written to.
    pub updated_at: Timestamp,
    /// The file with the [`super::Ledger`].
    pub ledger: String,
    /// What it was built from.
    pub origin: Origin,
}

/// What a generation was built from: enough to build it again, and to see that nothing has changed since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The sources to read when none is named.
    pub sources: Vec<RememberedSource>,
    /// A hash over path, size and time of every file read and over the settings of the reader. `None` when the build read
    /// something that cannot be looked at again (standard input).
    pub fingerprint: Option<u64>,
    /// A hash over what decides about articles beside the files: a change of it calls for a build.
    pub reader: u64,
    /// The account of reading.
    pub account: Account,
}

/// Where every file and every record went. `records` are the articles and `merged`; a file gave records, or is `left_out` or
/// `rejected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Files found.
    pub files: u64,
    /// Articles as single sources tell them.
    pub records: u64,
    /// Records that were merged into another record's article.
    pub merged: u64,
    /// Files that hold no article and need not.
    pub left_out: u64,
    /// Files that are broken.
    pub rejected: u64,
    /// Articles in files of many that could not be read.
    pub unread: u64,
}

/// A source as the user named it, and the folder it was named from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedSource {
    /// As typed: a file, a folder or a glob.
    pub given: String,
    /// The absolute folder that `given` is relative to, with what is not UTF-8 written as `\xff`.
    pub base: String,
}

/// What matters here of the engine's own file.
#[derive(Deserialize)]
struct Committed {
    payload: String,
}

impl Manifest {
    /// Of a generation with its first documents.
    pub(super) fn new(articles: u64, origin: Origin) -> Self {
        let now = now();
        Self {
            format: FORMAT_VERSION,
            analyser: ANALYSER_VERSION,
            articles,
            built_at: now,
            updated_at: now,
            ledger: ledger_name(1),
            origin,
        }
    }

    /// Of the same generation after an update.
    pub(super) fn updated(&self, articles: u64, origin: Origin) -> Self {
        let number = self.ledger.strip_suffix(".bin").and_then(|name| number(name, "ledger-")).unwrap_or_default();
        Self { articles, updated_at: now(), ledger: ledger_name(number.wrapping_add(1)), origin, ..self.clone() }
    }

    /// The form that is committed with the documents.
    pub(super) fn to_payload(&self) -> String {
        // A manifest is plain data: it always has a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads the manifest of the generation in `generation`, a folder of the index in `root`, and a hash of the commit it comes
    /// from.
    pub(super) fn read(root: &Path, generation: &Path) -> Result<(Self, u64)> {
        #[derive(Deserialize)]
        struct Versions {
            format: u32,
            analyser: u32,
        }
        let damaged = |detail: String| Error::IndexDamaged { path: root.to_owned(), detail };
        let incompatible =
            |what, found, expected| Error::IndexIncompatible { path: root.to_owned(), what, found, expected };

        let path = generation.join(FILE);
        let cannot_read = |path: &Path, cause: io::Error| file_failed(root, path, &cause);
        let text = fs::read(&path).map_err(|cause| cannot_read(&path, cause))?;
        let unreadable = |cause: serde_json::Error| damaged(format!("cannot understand `{}`: {cause}", path.display()));
        // The versions first: the rest of the file, its seal included, may look different in another version.
        let mut values = serde_json::Deserializer::from_slice(&text).into_iter();
        let versions: Option<Versions> = values.next().transpose().map_err(unreadable)?;
        let versions = versions.ok_or_else(|| damaged(format!("`{}` is empty", path.display())))?;
        if versions.format != FORMAT_VERSION {
            return Err(incompatible("format", versions.format, FORMAT_VERSION));
        }
        if versions.analyser != ANALYSER_VERSION {
            return Err(incompatible("analyser", versions.analyser, ANALYSER_VERSION));
        }
        seal::unsealed(text).map_err(|cause| cannot_read(&path, cause))?;
        let path = generation.join("meta.json");
        let text = seal::read(&path).map_err(|cause| cannot_read(&path, cause))?;
        let unreadable = |cause: serde_json::Error| damaged(format!("cannot understand `{}`: {cause}", path.display()));
        let committed: Committed = serde_json::from_slice(&text).map_err(unreadable)?;
        let manifest = serde_json::from_str(&committed.payload).map_err(unreadable)?;
        Ok((manifest, xxh3_64(&text)))
    }

    /// The sources that a generation was built from, whatever version of the program built it and however damaged it is; none if they
    /// cannot be made out. What is damaged may tell of sources that there never were; where the last commit cannot be made out, those
    /// that were added since the build are missing.
    pub(super) fn sources_in(generation: &Path) -> Vec<RememberedSource> {
        #[derive(Deserialize)]
        struct Told {
            origin: Sources,
        }
        #[derive(Deserialize)]
        struct Sources {
            sources: Vec<RememberedSource>,
        }
        fn first<T: DeserializeOwned>(path: &Path) -> Option<T> {
            let text = fs::read(path).ok()?;
            // Behind the first value is the seal.
            serde_json::Deserializer::from_slice(&text).into_iter().next()?.ok()
        }
        let committed = || {
            let committed: Committed = first(&generation.join("meta.json"))?;
            serde_json::from_str::<Told>(&committed.payload).ok()
        };
        let told = committed().or_else(|| first(&generation.join(FILE)));
        told.map(|told| told.origin.sources).unwrap_or_default()
    }

    pub(super) fn write(&self, generation: &Path) -> Result<()> {
        let path = generation.join(FILE);
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        super::folder::write_synced(&path, &seal::sealed(text.as_bytes()))
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The ledgers of a generation are numbered, because a new one is written while the old one still counts.
fn ledger_name(number: u64) -> String {
    format!("ledger-{number:06}.bin")
}
