//! Leftovers: what a killed build or update has left in the folder of an index, and how it goes.
//!
//! Nothing here is ever read by a search. All of it is removed by the next writer, or by the next run that has nothing to write.

use std::fs;
use std::path::{Path, PathBuf};

use super::edit::Edit;
use super::folder::{IndexFolder, Live, WriteLock, number};
use crate::{Error, Result};

/// How many generations are kept: the live one and the one before it.
const KEPT: usize = 2;

impl IndexFolder {
    /// Removes leftovers, if there are any and nobody is writing. What cannot be removed stays for the next time.
    pub fn tidy(&self, live: &Live) -> Result<()> {
        if !self.has_leftovers(live)? {
            return Ok(());
        }
        match self.lock() {
            // Beginning to write is what removes them.
            Ok(lock) => Edit::begin(&lock).map(drop),
            Err(Error::IndexLocked { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn has_leftovers(&self, live: &Live) -> Result<bool> {
        let unfinished = !self.numbers("building-")?.is_empty() || self.path().join("CURRENT.new").exists();
        let current = number(&live.generation, "gen-");
        let unpublished = self.numbers("gen-")?.last().copied() > current;
        Ok(unfinished || unpublished || !orphans(live)?.is_empty())
    }
}

/// The files of the live generation that its last commit does not name.
fn orphans(live: &Live) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let committed = fs::read_to_string(live.path.join("meta.json"))?;
        let committed: String = committed.chars().filter(|c| *c != '-').collect();
        let mut orphans = Vec::new();
        for entry in fs::read_dir(&live.path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // The engine names files after their segment, and writes its own small ones under temporary names first.
            let segment = name.split('.').next().unwrap_or_default();
            let is_segment = segment.len() == 32 && segment.bytes().all(|b| b.is_ascii_hexdigit());
            let is_orphan = (is_segment && !committed.contains(segment))
                || (name.starts_with("ledger-") && name != live.manifest.ledger)
                || name.starts_with(".tmp");
            if is_orphan {
                orphans.push(entry.path());
            }
        }
        Ok(orphans)
    };
    read().map_err(Error::io("read", &live.path))
}

/// Removes what no commit of the live generation names, but for the engine's own files, which it removes itself. What cannot be
/// removed now is removed the next time.
pub(super) fn remove_orphans(live: &Live) {
    for orphan in orphans(live).unwrap_or_default() {
        let _ = fs::remove_file(orphan);
    }
}

impl WriteLock {
    /// Removes unfinished builds and all generations but the live one and the newest before it.
    pub(super) fn remove_leftovers(&self) -> Result<()> {
        let root = self.folder().path();
        let remove = |path: PathBuf| fs::remove_dir_all(&path).map_err(Error::io("remove", path));
        for unfinished in self.folder().numbers("building-")? {
            remove(root.join(format!("building-{unfinished:06}")))?;
        }
        let _ = fs::remove_file(root.join("CURRENT.new"));
        let current = fs::read_to_string(root.join("CURRENT")).ok().and_then(|name| number(name.trim(), "gen-"));
        let Some(current) = current else {
            // Without a live generation nothing tells which of them is good: leave all to a person.
            return Ok(());
        };
        let mut older = Vec::new();
        for generation in self.folder().numbers("gen-")? {
            match generation.cmp(&current) {
                std::cmp::Ordering::Less => older.push(generation),
                std::cmp::Ordering::Equal => {}
                // Renamed by a build that was killed before it was published.
                std::cmp::Ordering::Greater => remove(root.join(format!("gen-{generation:06}")))?,
            }
        }
        let superfluous = (older.len() + 1).saturating_sub(KEPT);
        older.iter().take(superfluous).try_for_each(|generation| remove(root.join(format!("gen-{generation:06}"))))
    }
}

