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
use std::io::{self, ErrorKind};
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
    /// Reads the seal at the end of a file.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] when it is not there or not whole.
    pub(super) fn of(file: &[u8]) -> io::Result<Self> {
        Self::parse(file).ok_or_else(|| damaged("its end is missing or damaged"))
    }

    fn parse(file: &[u8]) -> Option<Self> {
        let rest = file.strip_suffix(&MARK)?;
        let (rest, hash) = rest.split_last_chunk()?;
        let (before, length) = rest.split_last_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let blocks = before.get(length..)?;
        let is_whole =
            blocks.len() == length.div_ceil(BLOCK) * NUMBER && xxh3_64(&rest[length..]) == u64::from_le_bytes(*hash);
        is_whole.then(|| {
            let blocks =
                blocks.chunks_exact(NUMBER).map(|hash| hash.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)));
            Self { length, blocks: blocks.collect() }
        })
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

/// What is said of a file that does not agree with its seal.
pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, Seal, sealed, unsealed};

    #[test]
    fn a_sealed_file_comes_back_as_it_was() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let file = sealed(&content);
            assert_eq!(Seal::of(&file).unwrap().blocks(), length.div_ceil(BLOCK));
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
            prop_assert!(unsealed(flipped).is_err());
            let mut longer = file.clone();
            longer.push(0);
            prop_assert!(unsealed(longer).is_err());
            prop_assert!(unsealed(file[..cut.index(file.len())].to_vec()).is_err());
        }
    }
}
