//! [`Digest`]: a hash of what is read, made while it is read.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use xxhash_rust::xxh3::Xxh3;

/// A hash (XXH3) that grows with the bytes read; shared with the reader that it listens to.
#[derive(Clone, Default)]
pub(crate) struct Digest(Arc<Mutex<Xxh3>>);

impl Digest {
    fn update(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    pub(crate) fn value(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).digest()
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
        let count = self.reader.read(buffer)?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}
