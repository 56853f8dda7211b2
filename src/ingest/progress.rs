//! [`Progress`]: how far reading has come, for whoever shows it, and whether it is to go on.

use crate::{Error, Result};

/// Told about progress while sources are read, and asked whether to go on. Every method does nothing unless it is overridden; they
/// are called from many threads and must be quick.
pub trait Progress: Sync {
    /// So many files were found; called once, before the first is read.
    fn files_found(&self, files: u64) {
        let _ = files;
    }

    /// One file, with so many bytes on disk, was read to its end.
    fn file_read(&self, bytes: u64) {
        let _ = bytes;
    }

    /// So many more records were read.
    fn records_read(&self, records: u64) {
        let _ = records;
    }

    /// Whether to stop. Asked before each file and after the last, and often while a large one is read.
    fn stop(&self) -> bool {
        false
    }
}

/// Ends the work with [`Error::Stopped`] where it is to stop.
pub(crate) fn go_on(progress: &dyn Progress) -> Result<()> {
    if progress.stop() { Err(Error::Stopped) } else { Ok(()) }
}

/// Shows nothing, stops nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}
