//! [`State`]: what is remembered of the feeds of a folder, in one hidden file of it; and the [`Lock`] on the folder.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

const FILE: &str = ".healthnews-fetch.json";
const LOCK: &str = ".healthnews-fetch.lock";

/// What is remembered. Without it, all feeds are asked for anew, and nothing is lost.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// By address.
    pub(super) feeds: BTreeMap<String, Known>,
}

/// What is known of a feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
    /// The last file that was kept, relative to the folder.
    pub(super) file: Option<String>,
    /// Hashes of the items of the last response.
    pub(super) items: Vec<u64>,
}

impl State {
    /// What is remembered in a folder. A file that is not there, or damaged, remembers nothing.
    pub(super) fn load(folder: &Path) -> Self {
        let bytes = fs::read(folder.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    pub(super) fn save(&self, folder: &Path) -> Result<()> {
        // Names and numbers: it always has a JSON form.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        write_whole(&folder.join(FILE), &folder.join(".healthnews-fetch.part"), &bytes)
    }
}

/// Writes a file under another name and gives it its own when it is whole and on disk.
pub(super) fn write_whole(path: &Path, part: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create(part).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(part, path)).map_err(Error::io("write", path))
}

/// One process at a time fetches into a folder. The system gives the lock up when the process ends.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread has just forked holds a copy of its handle for a moment.
        let _ = self.0.unlock();
    }
}

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
        let path = folder.join(LOCK);
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(Error::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::FolderLocked { path: folder.to_owned() }),
            Err(TryLockError::Error(cause)) => Err(Error::io("lock", &path)(cause)),
        }
    }
}
