//! [`Manifest`]: what a generation says about itself.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::analysis::ANALYSER_VERSION;
use crate::{Error, Result};

/// The version of the schema and of the files around it. Raise it with every change to either.
pub const FORMAT_VERSION: u32 = 1;

const FILE: &str = "manifest.json";

/// What a generation says about itself: written last, so that a generation with a manifest is whole.
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
}

/// A source as the user named it, and the folder it was named from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedSource {
    /// As typed: a file, a folder or a glob.
    pub given: String,
    /// The absolute folder that `given` is relative to.
    pub base: String,
}

impl Manifest {
    pub(super) fn new(articles: u64, origin: Origin) -> Self {
        let built_at = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
        Self { format: FORMAT_VERSION, analyser: ANALYSER_VERSION, articles, built_at, origin }
    }

    /// Reads the manifest of the generation in `generation`, a folder of the index in `root`.
    pub(super) fn read(root: &Path, generation: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Versions {
            format: u32,
            analyser: u32,
        }
        let damaged = |detail: String| Error::IndexDamaged { path: root.to_owned(), detail };
        let incompatible =
            |what, found, expected| Error::IndexIncompatible { path: root.to_owned(), what, found, expected };

        let path = generation.join(FILE);
        let text =
            fs::read_to_string(&path).map_err(|cause| damaged(format!("cannot read `{}`: {cause}", path.display())))?;
        let unreadable = |cause: serde_json::Error| damaged(format!("cannot understand `{}`: {cause}", path.display()));
        // The versions first: the rest of the file may look different in another version.
        let versions: Versions = serde_json::from_str(&text).map_err(unreadable)?;
        if versions.format != FORMAT_VERSION {
            return Err(incompatible("format", versions.format, FORMAT_VERSION));
        }
        if versions.analyser != ANALYSER_VERSION {
            return Err(incompatible("analyser", versions.analyser, ANALYSER_VERSION));
        }
        serde_json::from_str(&text).map_err(unreadable)
    }

    pub(super) fn write(&self, generation: &Path) -> Result<()> {
        let path = generation.join(FILE);
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        super::folder::write_synced(&path, &text)
    }
}
