//! Seals: the checksums at the end of every file of a generation.
//!
//! Disks lose bits and copies end half way, without a word. So each file ends in a *seal*: a hash over each block of
//! its content, the content's length, and a hash over the seal itself. What is read is compared with it first: the small files as a
//! whole, those of the engine block by block when a block is first looked at ([`super::sealed`]). Reading damaged bytes is an error
//! and never a wrong answer.
//!
//! ```text
//! content │ hash of each block of 16 KB │ length of the content │ hash of the seal up to here │ "hn-seal1"
//! ```
//!
//! Numbers are 64 bits, little-endian; hashes are XXH3. They guard against accidents, not against people.

use std::fs;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// How many bytes one hash stands for. A page of hits is read in pieces of a few KB each, for which a whole block is hashed (in
/// about 2 µs); the seal takes 8 bytes for each block, 0.05 %.
pub(super) const BLOCK: usize = 16 * 1024;
/// The last bytes of every sealed file.
const MARK: [u8; 8] = *b"hn-seal1";
const NUMBER: usize = size_of::<u64>();
/// What follows the hashes of the blocks.
const TAIL: usize = 2 * NUMBER + MARK.len();

/// The seal of a file.
#[derive(Debug)]
pub(super) struct Seal {
    length: usize,
    blocks: Vec<u64>,
}

impl Seal {
    /// Reads the seal at the end of a file in memory.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] when it is not there or not whole.
    pub(super) fn of(file: &[u8]) -> io::Result<Self> {
        let seal = || {
            let length = Self::content_length(file.last_chunk()?, file.len() as u64)?;
            Self::parse(length, &file[length..])
        };
        seal().ok_or_else(no_seal)
    }

    /// Reads the seal at the end of a file on disk.
    pub(super) fn read(file: &mut (impl Read + Seek)) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        let mut tail = [0; TAIL];
        file.seek(SeekFrom::Start(size.checked_sub(TAIL as u64).ok_or_else(no_seal)?))?;
        file.read_exact(&mut tail)?;
        let length = Self::content_length(&tail, size).ok_or_else(no_seal)?;
        let mut seal = Vec::new();
        file.seek(SeekFrom::Start(length as u64))?;
        file.take(size).read_to_end(&mut seal)?;
        Self::parse(length, &seal).ok_or_else(no_seal)
    }

    /// The length of the content of a file of this size that ends so, if the two fit together.
    fn content_length(tail: &[u8; TAIL], size: u64) -> Option<usize> {
        let length = u64::from_le_bytes(*tail.first_chunk()?);
        let seal = length.div_ceil(BLOCK as u64).checked_mul(NUMBER as u64)?.checked_add(TAIL as u64)?;
        (length.checked_add(seal)? == size).then(|| usize::try_from(length).ok()).flatten()
    }

    fn parse(length: usize, seal: &[u8]) -> Option<Self> {
        let (hashed, hash) = seal.strip_suffix(&MARK)?.split_last_chunk()?;
        let is_whole = xxh3_64(hashed) == u64::from_le_bytes(*hash);
        let (blocks, _) = hashed.as_chunks().0.split_at_checked(length.div_ceil(BLOCK))?;
        is_whole.then(|| Self { length, blocks: blocks.iter().map(|hash| u64::from_le_bytes(*hash)).collect() })
    }

    /// How many bytes of the file are its content.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// How many blocks the content has.
    pub(super) fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Whether this is the block of this number, as it was written.
    pub(super) fn holds(&self, block: usize, bytes: &[u8]) -> bool {
        self.blocks.get(block) == Some(&xxh3_64(bytes))
    }
}

/// Makes a seal, while the content is written.
pub(super) struct Sealing {
    length: u64,
    block: Xxh3,
    in_block: usize,
    blocks: Vec<u8>,
}

impl Sealing {
    pub(super) fn new() -> Self {
        Self { length: 0, block: Xxh3::new(), in_block: 0, blocks: Vec::new() }
    }

    /// Takes note of more content.
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.in_block));
            self.block.update(now);
            self.in_block += now.len();
            if self.in_block == BLOCK {
                self.end_block();
            }
            bytes = later;
        }
    }

    /// The seal, to be written behind the content.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.in_block > 0 {
            self.end_block();
        }
        let mut seal = self.blocks;
        seal.reserve(TAIL);
        seal.extend(self.length.to_le_bytes());
        seal.extend(xxh3_64(&seal).to_le_bytes());
        seal.extend(MARK);
        seal
    }

    fn end_block(&mut self) {
        self.blocks.extend(self.block.digest().to_le_bytes());
        self.block.reset();
        self.in_block = 0;
    }
}

/// Content with its seal.
pub(super) fn sealed(content: &[u8]) -> Vec<u8> {
    let mut sealing = Sealing::new();
    sealing.update(content);
    [content, &sealing.finish()].concat()
}

/// The content of a whole file, if it is as it was written.
pub(super) fn unsealed(mut file: Vec<u8>) -> io::Result<Vec<u8>> {
    let seal = Seal::of(&file)?;
    file.truncate(seal.length());
    let is_whole = file.chunks(BLOCK).enumerate().all(|(number, block)| seal.holds(number, block));
    if is_whole { Ok(file) } else { Err(damaged("it is not as it was written")) }
}

/// Reads a sealed file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    unsealed(fs::read(path)?)
}

fn no_seal() -> io::Error {
    damaged("its end is missing or damaged")
}

/// What is said of a file that does not agree with its seal.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::{BLOCK, Seal, sealed, unsealed};

    #[test]
    fn a_sealed_file_comes_back_as_it_was() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let file = sealed(&content);
            let on_disk = Seal::read(&mut Cursor::new(&file)).unwrap();
            assert_eq!((on_disk.length(), on_disk.blocks()), (length, length.div_ceil(BLOCK)));
            assert_eq!(unsealed(file).unwrap(), content, "{length}");
        }
    }

    proptest! {
        #[test]
        fn no_change_of_a_sealed_file_goes_unseen(
            length in 0usize..40_000, at in any::<prop::sample::Index>(), bit in 0u32..8, cut in any::<prop::sample::Index>(),
        ) {
            let file = sealed(&(0..length).map(|at| (at / 7) as u8).collect::<Vec<u8>>());
            let mut flipped = file.clone();
            flipped[at.index(file.len())] ^= 1 << bit;
            let seal = Seal::read(&mut Cursor::new(&flipped));
            prop_assert_eq!(seal.is_err(), Seal::of(&flipped).is_err());
            prop_assert!(unsealed(flipped).is_err());
            let mut longer = file.clone();
            longer.push(0);
            prop_assert!(unsealed(longer).is_err());
            prop_assert!(unsealed(file[..cut.index(file.len())].to_vec()).is_err());
        }
    }
}
