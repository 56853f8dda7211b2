//! Leftovers: what a killed build or update has left in the folder of an index, and how it goes.
//!
//! Nothing here is ever read by a search. All of it is removed by the next writer, or by the next run that has nothing to write.

use std::fs;
use std::path::PathBuf;

use tantivy::Directory;
use tantivy::directory::META_LOCK;

use super::build::disk;
use super::edit::Edit;
use super::folder::{IndexFolder, Live, WriteLock, generation_name, number};
use super::seal;
use crate::{Error, Result};

/// How many generations are kept: the live one and the one before it.
const KEPT: usize = 2;
/// What folders are called that are no generations yet, or no longer.
const PASSING: [&str; 2] = ["building-", "removing-"];

impl IndexFolder {
    /// Removes leftovers, if there are any and nobody is writing. What cannot be removed stays for the next time.
    pub fn tidy(&self, live: &Live) -> Result<()> {
        if !self.has_leftovers(live)? {
            return Ok(());
        }
        match self.lock() {
            // Beginning to write is what removes them.
            Ok(lock) => Edit::begin(&lock, 1).map(drop),
            Err(Error::IndexLocked { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn has_leftovers(&self, live: &Live) -> Result<bool> {
        let mut passing = false;
        for prefix in PASSING {
            passing |= !self.numbers(prefix)?.is_empty();
        }
        let generations = self.numbers("gen-")?;
        let unpublished = generations.last().copied() > number(&live.generation, "gen-");
        let half_switched = self.path().join("CURRENT.new").exists();
        Ok(passing || unpublished || half_switched || generations.len() > KEPT || !orphans(live)?.is_empty())
    }
}

/// The files of the live generation that its last commit does not name.
fn orphans(live: &Live) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let mut committed = String::from_utf8_lossy(&seal::read(&live.path.join("meta.json"))?).into_owned();
        committed.retain(|c| c != '-');
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

/// Removes what the last commit of the live generation does not name: files of segments that the engine has lost track of, ledgers, and
/// what was written under temporary names. What cannot be removed now is removed the next time.
pub(super) fn remove_orphans(live: &Live) {
    // Whoever is just opening the files of the commit before holds it.
    let _opening = disk(&live.path).ok().and_then(|disk| disk.acquire_lock(&META_LOCK).ok());
    for orphan in orphans(live).unwrap_or_default() {
        let _ = fs::remove_file(orphan);
    }
}

impl WriteLock {
    /// Removes unfinished builds and all generations but the live one and the newest before it. What cannot be removed now (a reader on
    /// another machine may hold it open) is removed the next time.
    pub(super) fn remove_leftovers(&self) {
        let root = self.folder().path();
        let numbers = |prefix| self.folder().numbers(prefix).unwrap_or_default();
        for prefix in PASSING {
            for number in numbers(prefix) {
                let _ = fs::remove_dir_all(root.join(format!("{prefix}{number:06}")));
            }
        }
        let _ = fs::remove_file(root.join("CURRENT.new"));
        let current = self.folder().current().ok();
        let Some(current) = current.and_then(|name| number(&name, "gen-")) else {
            // Without a live generation nothing tells which of them is good: leave all to a person.
            return;
        };
        let generations = numbers("gen-");
        let older = generations.iter().filter(|number| **number < current).count();
        let superfluous = generations.iter().take((older + 1).saturating_sub(KEPT));
        // Those after the live one were renamed by builds that were killed before they were published.
        let unpublished = generations.iter().filter(|number| **number > current);
        for number in superfluous.chain(unpublished) {
            // Renamed first: what is called a generation is whole.
            let (generation, removing) =
                (root.join(generation_name(*number)), root.join(format!("removing-{number:06}")));
            if fs::rename(&generation, &removing).is_ok() {
                let _ = fs::remove_dir_all(&removing);
            }
        }
    }
}
