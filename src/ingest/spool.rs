//! Records between the two phases: sorted into partitions by id, in memory while they are few, else in a temporary file.
//!
//! Partitions follow the order of ids, so that reading them one after the other, each sorted, gives all records in order, while
//! only one of them is held in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::Record;
use crate::article::ArticleId;
use crate::{Error, Result};

/// How many partitions there are: a million articles of 5 KB make partitions of 20 MB.
const PARTITIONS: usize = 256;
/// How many bytes of a partition are held in memory before they go to the file; 32 MB for all of them.
const BUFFER_BYTES: usize = 128 << 10;
/// Room for most records, so that few have to be moved while they are packed.
const PACKED_BYTES: usize = 8 << 10;

#[derive(Debug, Default)]
struct Partition {
    buffer: Vec<u8>,
    /// Offset and length of what is in the file.
    chunks: Vec<(u64, usize)>,
}

/// Collects records, then gives them back partition by partition. The temporary file has no name and ends with this value.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    file: Option<File>,
    end: u64,
    partitions: Vec<Partition>,
}

/// A record as it is stored.
pub(crate) struct Packed {
    partition: usize,
    bytes: Vec<u8>,
}

/// Packs a record, outside of any lock.
pub(crate) fn pack(record: &Record) -> Result<Packed> {
    let bytes = postcard::to_extend(record, Vec::with_capacity(PACKED_BYTES))
        .map_err(|error| Error::io("store", &record.path)(damaged(error)))?;
    Ok(Packed { partition: partition_of(record.article.id), bytes })
}

fn damaged(error: postcard::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

fn partition_of(id: ArticleId) -> usize {
    (id.bits() >> (u64::BITS - PARTITIONS.ilog2())) as usize
}

impl Spool {
    /// An empty spool that puts its file into `folder` when it needs one.
    pub(crate) fn new(folder: &Path) -> Self {
        let partitions = (0..PARTITIONS).map(|_| Partition::default()).collect();
        Self { folder: folder.to_owned(), file: None, end: 0, partitions }
    }

    pub(crate) fn push(&mut self, packed: &Packed) -> Result<()> {
        let partition = &mut self.partitions[packed.partition];
        partition.buffer.extend_from_slice(&(packed.bytes.len() as u64).to_le_bytes());
        partition.buffer.extend_from_slice(&packed.bytes);
        if partition.buffer.len() < BUFFER_BYTES {
            return Ok(());
        }
        let broken = |cause| Error::io("write temporary data in", &self.folder)(cause);
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(tempfile::tempfile_in(&self.folder).map_err(broken)?),
        };
        file.write_all(&partition.buffer).map_err(broken)?;
        partition.chunks.push((self.end, partition.buffer.len()));
        self.end += partition.buffer.len() as u64;
        partition.buffer.clear();
        Ok(())
    }

    pub(crate) fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// Gives the records of a partition, in no particular order, and forgets those in memory.
    pub(crate) fn take(&mut self, partition: usize) -> Result<Vec<Record>> {
        self.load(partition).map_err(Error::io("read temporary data in", &self.folder))
    }

    fn load(&mut self, partition: usize) -> io::Result<Vec<Record>> {
        let Partition { buffer, chunks } = std::mem::take(&mut self.partitions[partition]);
        let mut records = Vec::new();
        let mut chunk = Vec::new();
        for (offset, length) in chunks {
            let Some(file) = &mut self.file else { break };
            chunk.resize(length, 0);
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(&mut chunk)?;
            unpack(&chunk, &mut records)?;
        }
        unpack(&buffer, &mut records)?;
        Ok(records)
    }
}

fn unpack(mut bytes: &[u8], records: &mut Vec<Record>) -> io::Result<()> {
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u64::from_le_bytes(*length) as usize;
        let (record, rest) = rest.split_at_checked(length).ok_or(io::ErrorKind::UnexpectedEof)?;
        records.push(postcard::from_bytes(record).map_err(damaged)?);
        bytes = rest;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::mapping::{Dialect, Mapping};
    use super::super::problem::Problems;
    use super::super::record::{Entries, Entry, Keys, Made, Origin, Position, Record, make};
    use super::super::value::Value;
    use super::{Spool, pack};

    fn record(number: u64, text: &str) -> Record {
        let entries =
            ["title", "excerpt"].map(|key| Entry { key: key.into(), line: 1, value: Value::Text(text.into()) });
        let mapping = Mapping::default();
        let keys = Keys { entries: Entries::Article(&entries), mapping: &mapping, dialect: Dialect::Json };
        let origin = Origin { path: "a", position: Some(Position { number, line: 1 }), identity: None };
        let Made::Record(record) = make(keys, "", origin, &mut Problems::of("a")) else { panic!("no record") };
        *record
    }

    #[test]
    fn gives_back_in_the_order_of_ids_what_it_was_given() {
        let home = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(home.path());
        let records: Vec<Record> = (0..3000).map(|number| record(number, &"long text ".repeat(1000))).collect();
        for record in &records {
            spool.push(&pack(record).unwrap()).unwrap();
        }
        assert!(spool.file.is_some(), "it went to disk");
        let mut back: Vec<Record> = Vec::new();
        for partition in 0..spool.partitions() {
            let taken = spool.take(partition).unwrap();
            let last = back.iter().map(|record| record.article.id).max();
            assert!(taken.iter().all(|record| Some(record.article.id) > last));
            back.extend(taken);
        }
        back.sort_by_key(|record| record.position);
        assert_eq!(back, records);
    }
}
