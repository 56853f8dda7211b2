//! [`Digest`]: a hash of what is read, made while it is read.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

/// A hash (XXH3) that grows with the bytes read, and whether reading failed; shared with the reader that it listens to.
#[derive(Clone, Default)]
pub(crate) struct Digest {
    hash: Arc<Mutex<Xxh3>>,
    failed: Arc<AtomicBool>,
}

impl Digest {
    fn update(&self, bytes: &[u8]) {
        self.hash.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    pub(crate) fn value(&self) -> u64 {
        self.hash.lock().unwrap_or_else(PoisonError::into_inner).digest()
    }

    /// Whether there are bytes that could not be read.
    pub(crate) fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// A reader of the same bytes.
    pub(crate) fn of<R: Read>(&self, reader: R) -> impl Read + use<R> {
        Listening { reader, digest: self.clone() }
    }
}

struct Listening<R> {
    reader: R,
    digest: Digest,
}

impl<R: Read> Read for Listening<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer).inspect_err(|error| {
            if error.kind() != ErrorKind::Interrupted {
                self.digest.failed.store(true, Ordering::Relaxed);
            }
        })?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}
