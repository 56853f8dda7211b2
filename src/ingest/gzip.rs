//! Gzip, unpacked while it is read: in bounded memory, and no further than honest text unfolds.

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;

/// So many bytes may come out whatever went in.
const FREE_BYTES: u64 = 64 << 20;
/// Beyond these, so many for each byte that went in. Text unfolds to 5 or 10 times its size, a bomb to 1,000.
const MAX_RATIO: u64 = 100;

/// Whether bytes begin like a gzip file.
pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b, 8])
}

/// What is packed in a gzip stream of one or more members. Broken packing and bombs are errors of reading.
pub(crate) fn unpack(packed: impl BufRead) -> impl Read {
    Unpacked { decoder: MultiGzDecoder::new(Counted { inner: packed, taken: 0 }), given: 0 }
}

struct Unpacked<R> {
    decoder: MultiGzDecoder<Counted<R>>,
    given: u64,
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            kind => io::Error::new(kind, format!("broken gzip ({error})")),
        })?;
        self.given += count as u64;
        if self.given > FREE_BYTES + MAX_RATIO * self.decoder.get_ref().taken {
            return Err(io::Error::other(format!("the gzip unfolds to more than {MAX_RATIO} times its size")));
        }
        Ok(count)
    }
}

/// Counts what is taken.
struct Counted<R> {
    inner: R,
    taken: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.taken += count as u64;
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.inner.consume(count);
        self.taken += count as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{FREE_BYTES, is_gzip, unpack};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn unpacks_all_members() {
        let both = [packed(b"one "), packed(b"two")].concat();
        let mut text = String::new();
        unpack(&both[..]).read_to_string(&mut text).unwrap();
        assert!(is_gzip(&both));
        assert_eq!(text, "one two");
    }

    #[test]
    fn tells_of_what_is_broken() {
        let whole = packed(b"a text of some length, a text of some length");
        let mut bent = whole.clone();
        let last = bent.len() - 6;
        bent[last] ^= 0x55;
        for broken in [&whole[..whole.len() - 9], &bent] {
            let error = unpack(broken).read_to_end(&mut Vec::new()).unwrap_err();
            assert!(error.to_string().starts_with("broken gzip ("), "{error}");
        }
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let bomb = packed(&vec![b' '; 3 * FREE_BYTES as usize]);
        let mut given = 0;
        let mut reader = unpack(&bomb[..]);
        let mut buffer = vec![0; 64 << 10];
        let error = loop {
            match reader.read(&mut buffer) {
                Ok(0) => panic!("it was unpacked whole"),
                Ok(count) => given += count as u64,
                Err(error) => break error,
            }
        };
        assert_eq!(error.to_string(), "the gzip unfolds to more than 100 times its size");
        assert!(given < FREE_BYTES * 3 / 2, "{given}");
    }
}
