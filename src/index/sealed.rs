//! [`SealedDirectory`]: the engine's files on disk, each with a [seal](super::seal).

use std::fmt;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, OwnedBytes, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::{Directory, HasLen};

use super::seal::{BLOCK, Seal, Sealing, damaged, sealed, unsealed};

/// How many bytes of a file are collected before they are hashed and written. The engine writes few at a time.
const WRITTEN_AT_ONCE: usize = 64 << 10;

/// A directory of the engine that seals what is written and compares what is read with its seal.
#[derive(Debug, Clone)]
pub(super) struct SealedDirectory {
    disk: Box<dyn Directory>,
    trouble: Trouble,
}

/// The first failure to write. The engine's threads lose it on the way, and say only that they have ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<(PathBuf, io::Error)>>>);

impl SealedDirectory {
    /// Upon a directory that takes bytes as they are.
    pub(super) fn new(disk: impl Directory + Clone) -> Self {
        Self { disk: disk.into(), trouble: Trouble::default() }
    }

    /// What went wrong with it.
    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }
}

impl Trouble {
    /// Takes note of a failure, and gives it back.
    fn note(&self, path: &Path, error: io::Error) -> io::Error {
        // An interrupted write is tried again.
        if error.kind() != ErrorKind::Interrupted {
            let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            first.get_or_insert_with(|| (path.to_owned(), same(&error)));
        }
        error
    }

    /// The first failure and the file that it happened to, relative to the directory.
    pub(super) fn take(&self) -> Option<(PathBuf, io::Error)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn same(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| io::Error::new(error.kind(), error.to_string()), io::Error::from_raw_os_error)
}

impl Directory for SealedDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let wrong = |error| OpenReadError::wrap_io_error(error, path.to_owned());
        let disk = match self.disk.get_file_handle(path) {
            // The engine takes missing positions for none at all. Here there always are some.
            Err(OpenReadError::FileDoesNotExist(_)) if path.extension().is_some_and(|end| end == "pos") => {
                return Err(wrong(named(path, &ErrorKind::NotFound.into())));
            }
            disk => disk?,
        };
        let bytes = disk.read_bytes(0..disk.len()).map_err(wrong)?;
        Ok(Arc::new(SealedFile::new(path, &bytes).map_err(wrong)?))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.disk.open_write(path).inspect_err(|error| {
            if let OpenWriteError::IoError { io_error, .. } = error {
                self.trouble.note(path, same(io_error));
            }
        })?;
        let file = file.into_inner().map_err(|error| OpenWriteError::wrap_io_error(error.into(), path.to_owned()))?;
        let writer =
            SealingWriter { file, sealing: Some(Sealing::new()), path: path.to_owned(), trouble: self.trouble.clone() };
        Ok(BufWriter::with_capacity(WRITTEN_AT_ONCE, Box::new(writer)))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let file = self.disk.atomic_read(path)?;
        unsealed(file).map_err(|error| OpenReadError::wrap_io_error(named(path, &error), path.to_owned()))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.disk.atomic_write(path, &sealed(data)).map_err(|error| self.trouble.note(path, error))
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        loop {
            match self.disk.acquire_lock(lock) {
                Err(LockError::IoError(error)) if error.kind() == ErrorKind::Interrupted => {}
                // The lock that is waited for keeps a writer from removing files that are just being opened. Where there is no way to
                // take it (a folder that only can be read, a full disk, a file system without locks), an index can be searched all
                // the same: should a file be gone, a newer state is there to be opened.
                Err(LockError::IoError(_)) if lock.is_blocking => return Ok(DirectoryLock::from(Box::new(()))),
                lock => return lock,
            }
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.disk.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.disk.exists(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.disk.sync_directory().map_err(|error| self.trouble.note(Path::new(""), error))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.disk.watch(callback)
    }
}

/// The same error, saying which file.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", path.display()))
}

/// A file of the engine, mapped into memory. A block is compared with the seal when it is first looked at; the engine looks at
/// all of a column or a dictionary at once, and at postings and stored articles piece by piece.
struct SealedFile {
    path: PathBuf,
    content: OwnedBytes,
    seal: Seal,
    checked: Vec<AtomicBool>,
}

impl SealedFile {
    fn new(path: &Path, file: &OwnedBytes) -> io::Result<Self> {
        let seal = Seal::of(file).map_err(|error| named(path, &error))?;
        let checked = (0..seal.blocks()).map(|_| AtomicBool::new(false)).collect();
        Ok(Self { path: path.to_owned(), content: file.slice(0..seal.length()), seal, checked })
    }

    fn check(&self, range: &Range<usize>) -> io::Result<()> {
        if range.start > range.end || range.end > self.content.len() {
            return Err(named(&self.path, &damaged("it is shorter than it should be")));
        }
        for number in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            // Two threads may both check a block; the bytes do not change, so that nothing else hangs on the order.
            if self.checked[number].load(Ordering::Relaxed) {
                continue;
            }
            let block = &self.content[number * BLOCK..self.content.len().min((number + 1) * BLOCK)];
            if !self.seal.holds(number, block) {
                return Err(named(&self.path, &damaged("it is not as it was written")));
            }
            self.checked[number].store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl FileHandle for SealedFile {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        self.check(&range)?;
        Ok(self.content.slice(range))
    }
}

impl HasLen for SealedFile {
    fn len(&self) -> usize {
        self.content.len()
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedFile").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Writes a file, and its seal when it ends.
struct SealingWriter {
    file: Box<dyn TerminatingWrite + Send + Sync>,
    /// `None` once the file has ended.
    sealing: Option<Sealing>,
    path: PathBuf,
    trouble: Trouble,
}

impl Write for SealingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes).map_err(|error| self.trouble.note(&self.path, error))?;
        if let Some(sealing) = &mut self.sealing {
            sealing.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| self.trouble.note(&self.path, error))
    }
}

impl TerminatingWrite for SealingWriter {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        let seal = self.sealing.take().map(Sealing::finish).unwrap_or_default();
        let end = self.file.write_all(&seal).and_then(|()| self.file.terminate_ref(token));
        end.map_err(|error| self.trouble.note(&self.path, error))
    }
}
