//! [`Disk`]: the engine's directory on disk, whose files may be read by whoever may read the others.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr};

/// A directory of the engine, in a folder.
///
/// The engine's own replaces a file by one that only its owner may read, so that an index could be searched by nobody else.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    files: MmapDirectory,
    folder: PathBuf,
}

impl Disk {
    pub(super) fn open(folder: &Path) -> tantivy::Result<Self> {
        Ok(Self { files: MmapDirectory::open(folder)?, folder: folder.to_owned() })
    }
}

/// What files are created with, of which the system takes away what the user wants it to.
#[cfg(unix)]
fn as_others() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}

impl Directory for Disk {
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let mut new = tempfile::Builder::new();
        #[cfg(unix)]
        new.permissions(as_others());
        let mut file = new.tempfile_in(&self.folder)?;
        file.write_all(data)?;
        file.as_file().sync_all()?;
        file.into_temp_path().persist(self.folder.join(path))?;
        // A commit must be on disk before the engine removes what only the one before it names.
        if path == Path::new("meta.json") { self.files.sync_directory() } else { Ok(()) }
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.files.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(callback)
    }
}
