//! [`IndexFolder`]: the generations of an index on disk, which one is live, and who may write.
//!
//! ```text
//! index/
//!   .gitignore           keeps all of it out of version control
//!   CURRENT              the live generation's name, and a hash of it
//!   LOCK                 held (flock) by the one writer, names it
//!   gen-000007/          a whole generation: a Tantivy directory of sealed files (`seal.rs`) with manifest.json
//!   building-000008/     one that is being built, or the leftovers of a build that was killed
//!   removing-000005/     one that is being removed, or what a killed removal has left
//! ```
//!
//! Invariant: a folder `gen-*` is whole. A build happens in `building-*`, which is renamed when everything in it is on disk; only
//! then `CURRENT` is replaced, by a rename. An update of the live generation is one commit of the engine, which replaces
//! `meta.json` by a rename. So at any instant a reader finds the old state or the new one. Leftovers are removed by the next
//! writer, which knows by the lock that nobody is at work on them.
//!
//! Where there is no `CURRENT` (a first build was killed before it could write it; somebody has removed it), the newest generation is
//! the live one.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::ledger::Ledger;
use super::manifest::{Manifest, RememberedSource};
use crate::{Error, Result};

/// The folder of an index. Cheap to make; nothing is read or created until asked for.
#[derive(Debug, Clone)]
pub struct IndexFolder {
    root: PathBuf,
}

/// The live generation, as found by [`IndexFolder::live`].
#[derive(Debug, Clone)]
pub struct Live {
    /// Its name, `gen-000007`.
    pub generation: String,
    /// Its folder.
    pub path: PathBuf,
    /// What it says about itself.
    pub manifest: Manifest,
    /// A hash of the engine's commit: different after every change, also one that says nothing new (segments merged).
    pub(crate) commit: u64,
}

/// The right to write to an index; given up when dropped, also when the process is killed.
#[derive(Debug)]
pub struct WriteLock {
    folder: IndexFolder,
    file: File,
}

impl IndexFolder {
    /// The index in this folder, which need not exist.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Finds the live generation and reads its manifest.
    ///
    /// # Errors
    /// [`Error::IndexMissing`], [`Error::IndexIncompatible`], [`Error::IndexDamaged`].
    pub fn live(&self) -> Result<Live> {
        loop {
            let name = self.current()?;
            match self.generation(name.clone()) {
                // Replaced, and removed, in between: there is a newer one.
                Err(Error::IndexDamaged { .. }) if self.current()? != name => {}
                found => return found,
            }
        }
    }

    /// The sources of a live generation that cannot be read, because another version of the program built it or because it is
    /// damaged: as far as they can be made out. Where it does not tell of any, or where it is not known which one is live, those of
    /// the newest that does.
    #[must_use]
    pub(crate) fn sources_to_rebuild(&self) -> Vec<RememberedSource> {
        let kept = self.numbers("gen-").unwrap_or_default().into_iter().rev().map(generation_name);
        let mut sources =
            self.current().into_iter().chain(kept).map(|name| Manifest::sources_in(&self.root.join(name)));
        sources.find(|sources| !sources.is_empty()).unwrap_or_default()
    }

    /// Opens something of the live generation. Between reading what it says about itself and opening its files it may be changed,
    /// or replaced and removed: then there is a newer state to open.
    pub(crate) fn open_live<T>(&self, open: impl Fn(&Live) -> Result<T>) -> Result<(Live, T)> {
        loop {
            let live = self.live()?;
            let error = match open(&live) {
                Ok(opened) => return Ok((live, opened)),
                Err(error) => error,
            };
            let now = self.live()?;
            if (&now.generation, now.commit) == (&live.generation, live.commit) {
                return Err(error);
            }
        }
    }

    /// The name of the live generation.
    pub(super) fn current(&self) -> Result<String> {
        match fs::read(self.root.join("CURRENT")) {
            Ok(text) => {
                let text = String::from_utf8_lossy(&text);
                let name = named(&text).map(str::to_owned);
                name.ok_or_else(|| self.damaged(format!("`CURRENT` says `{}`, which names no generation", text.trim())))
            }
            Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                let newest = self.numbers("gen-").unwrap_or_default().pop().map(generation_name);
                newest.ok_or_else(|| Error::IndexMissing { path: self.root.clone() })
            }
            Err(cause) => Err(Error::io("read", self.root.join("CURRENT"))(cause)),
        }
    }

    /// The generation of this name, with its manifest.
    pub(super) fn generation(&self, generation: String) -> Result<Live> {
        let path = self.root.join(&generation);
        let (manifest, commit) = Manifest::read(&self.root, &path)?;
        Ok(Live { generation, path, manifest, commit })
    }

    pub(super) fn damaged(&self, detail: String) -> Error {
        Error::IndexDamaged { path: self.root.clone(), detail }
    }

    /// How many bytes the files of a generation take.
    pub fn size_bytes(&self, live: &Live) -> Result<u64> {
        // A file that an update removes meanwhile takes none.
        let size = |entry: io::Result<fs::DirEntry>| match entry?.metadata() {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(0),
            data => Ok(data?.len()),
        };
        let sizes = fs::read_dir(&live.path).and_then(|entries| entries.map(size).sum());
        sizes.map_err(Error::io("read", &live.path))
    }

    /// What the live generation has been built from, file by file.
    pub(crate) fn ledger(&self, live: &Live) -> Result<Ledger> {
        Ledger::read(&self.root, &live.path.join(&live.manifest.ledger))
    }

    /// Takes the right to write, and creates the folder if need be. What killed builds have left goes when something is written.
    ///
    /// # Errors
    /// [`Error::IndexLocked`] at once when another process holds it; [`Error::Io`].
    pub fn lock(&self) -> Result<WriteLock> {
        if !self.root.is_dir() {
            fs::create_dir_all(&self.root).map_err(Error::io("create", &self.root))?;
            // An index is made from files that may be under version control; it is nothing to be kept there itself.
            let ignored = self.root.join(".gitignore");
            fs::write(&ignored, "*\n").map_err(Error::io("write", &ignored))?;
        }
        let path = self.root.join("LOCK");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let known = file.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
                let holder = if known { holder.trim().to_owned() } else { "another process".to_owned() };
                return Err(Error::IndexLocked { path: self.root.clone(), holder });
            }
            Err(TryLockError::Error(cause)) => return Err(Error::io("lock", &path)(cause)),
        }
        let holder =
            format!("process {} since {}\n", std::process::id(), Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ"));
        let mut write = || -> io::Result<()> {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(holder.as_bytes())
        };
        write().map_err(Error::io("write", &path))?;
        Ok(WriteLock { folder: self.clone(), file })
    }

    /// The numbers of the folders with this prefix, ascending.
    pub(super) fn numbers(&self, prefix: &str) -> Result<Vec<u64>> {
        let entries = fs::read_dir(&self.root).map_err(Error::io("read", &self.root))?;
        let mut numbers: Vec<u64> =
            entries.filter_map(|entry| number(&entry.ok()?.file_name().to_string_lossy(), prefix)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread has just forked holds a copy of its handle for a moment.
        let _ = self.file.unlock();
    }
}

impl WriteLock {
    /// The index that may be written.
    #[must_use]
    pub fn folder(&self) -> &IndexFolder {
        &self.folder
    }

    /// Removes leftovers, makes an empty folder for the next generation and says its number.
    pub(super) fn begin(&self) -> Result<(u64, PathBuf)> {
        // The name of a generation that a rollback has left is not used again.
        let last = self.folder.numbers("gen-")?.pop();
        self.remove_leftovers();
        // A build that was killed may have left a folder that cannot be removed now.
        let next = last.max(self.folder.numbers("building-")?.pop()).map_or(1, |last| last + 1);
        let path = self.folder.root.join(format!("building-{next:06}"));
        fs::create_dir(&path).map_err(Error::io("create", &path))?;
        Ok((next, path))
    }

    /// Makes the generation in `building` the live one.
    pub(super) fn publish(&self, number: u64, building: &Path) -> Result<Live> {
        let root = &self.folder.root;
        let generation = generation_name(number);
        let path = root.join(&generation);
        sync_folder(building)?;
        fs::rename(building, &path).map_err(Error::io("rename", building))?;
        // The generation's name must be on disk before anything names it.
        sync_folder(root)?;
        self.switch(&generation)?;
        self.remove_leftovers();
        self.folder.live()
    }

    /// Makes this generation the live one.
    pub(super) fn switch(&self, generation: &str) -> Result<()> {
        let root = &self.folder.root;
        let current = root.join("CURRENT.new");
        write_synced(&current, naming(generation).as_bytes())?;
        fs::rename(&current, root.join("CURRENT")).map_err(Error::io("rename", &current))?;
        sync_folder(root)
    }
}

/// What `CURRENT` says of a generation: its name and a hash of it, because another generation may be there whose name differs in
/// one bit.
fn naming(generation: &str) -> String {
    format!("{generation} {:016x}\n", xxh3_64(generation.as_bytes()))
}

/// The generation that `CURRENT` names. A person who writes it by hand may leave out the hash.
fn named(current: &str) -> Option<&str> {
    let name = current.split([' ', '\n']).next().unwrap_or_default();
    let is_right = current == naming(name) || current.trim_end_matches('\n') == name;
    (number(name, "gen-").is_some() && is_right).then_some(name)
}

/// What the folder of the generation of this number is called.
pub(super) fn generation_name(number: u64) -> String {
    format!("gen-{number:06}")
}

/// The number in a folder's name; `None` when it is not `prefix` and six or more digits.
pub(super) fn number(name: &str, prefix: &str) -> Option<u64> {
    let digits = name.strip_prefix(prefix)?;
    (digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// Writes a file and waits until it is on disk.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::io("write", path))
}

pub(super) fn sync_folder(path: &Path) -> Result<()> {
    // Only Unix can open and sync a folder; elsewhere a rename is as durable as the system makes it.
    if cfg!(unix) {
        File::open(path).and_then(|folder| folder.sync_all()).map_err(Error::io("sync", path))?;
    }
    Ok(())
}
