//! Tests of what a failing disk does to an index: at every single write in turn, for builds and for updates.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
};

use super::disk::Disk;
use super::sealed::SealedDirectory;
use super::{Build, BuildOptions, Edit, IndexFolder, Ledger, Origin};
use crate::article::{Article, ArticleId};
use crate::{Error, Fault, Result};

/// What happens to a write.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// It fails, and so does every later one.
    Fails(ErrorKind),
    /// A bit of it is not what it should be, and nobody says so.
    Flips,
}

/// A disk that does as it should until the write of this number.
#[derive(Debug, Clone)]
struct FaultyDisk {
    disk: Disk,
    writes: Arc<AtomicUsize>,
    last_good: usize,
    fate: Fate,
}

impl FaultyDisk {
    /// What becomes of these bytes.
    fn pass(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        let mut bytes = bytes.to_vec();
        match self.fate {
            Fate::Fails(kind) if number >= self.last_good => return Err(kind.into()),
            Fate::Flips if number == self.last_good => {
                let middle = bytes.len() / 2;
                bytes.get_mut(middle).into_iter().for_each(|byte| *byte ^= 4);
            }
            _ => {}
        }
        Ok(bytes)
    }
}

struct FaultyFile {
    file: WritePtr,
    disk: FaultyDisk,
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(&self.disk.pass(bytes)?)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for FaultyFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.disk.pass(&[])?;
        self.file.flush()?;
        self.file.get_mut().terminate_ref(token)
    }
}

impl Directory for FaultyDisk {
    fn get_file_handle(&self, path: &Path) -> std::result::Result<Arc<dyn FileHandle>, OpenReadError> {
        self.disk.get_file_handle(path)
    }

    fn open_write(&self, path: &Path) -> std::result::Result<WritePtr, OpenWriteError> {
        self.pass(&[]).map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()))?;
        let file = self.disk.open_write(path)?;
        Ok(BufWriter::new(Box::new(FaultyFile { file, disk: self.clone() })))
    }

    fn atomic_read(&self, path: &Path) -> std::result::Result<Vec<u8>, OpenReadError> {
        self.disk.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.disk.atomic_write(path, &self.pass(data)?)
    }

    fn acquire_lock(&self, lock: &Lock) -> std::result::Result<DirectoryLock, LockError> {
        self.disk.acquire_lock(lock)
    }

    fn delete(&self, path: &Path) -> std::result::Result<(), DeleteError> {
        self.disk.delete(path)
    }

    fn exists(&self, path: &Path) -> std::result::Result<bool, OpenReadError> {
        self.disk.exists(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.pass(&[])?;
        self.disk.sync_directory()
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.disk.watch(callback)
    }
}

/// A disk on which the write of this number meets its fate, and the count of writes.
fn faulty(last_good: usize, fate: Fate) -> (impl FnOnce(&Path) -> Result<SealedDirectory>, Arc<AtomicUsize>) {
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = writes.clone();
    let disk = move |path: &Path| {
        let disk = Disk::open(path).map_err(Error::Engine)?;
        Ok(SealedDirectory::new(FaultyDisk { disk, writes: counted, last_good, fate }))
    };
    (disk, writes)
}

fn article(number: u64, title: &str) -> Article {
    let lists = r#""topics":[],"authors":[],"related":[]"#;
    let json = format!(r#"{{"id":"{number:016x}","title":"{title}","sources":["{number}.md"],{lists}}}"#);
    serde_json::from_str(&json).unwrap()
}

fn build(folder: &IndexFolder, articles: u64, fault: Option<(usize, Fate)>) -> (Result<()>, usize) {
    let lock = folder.lock().unwrap();
    let (disk, writes) = faulty(fault.map_or(usize::MAX, |(at, _)| at), fault.map_or(Fate::Flips, |(_, fate)| fate));
    let run = || {
        let mut build = Build::begin_on(&lock, &BuildOptions { threads: 1 }, disk)?;
        for number in 1..=articles {
            build.add(&article(number, "built"))?;
        }
        build.publish(Origin::default(), &Ledger::default()).map(drop)
    };
    (run(), writes.load(Ordering::SeqCst))
}

/// Changes article 1, removes article 2 and adds article 100.
fn edit(folder: &IndexFolder, title: &str, fault: Option<(usize, Fate)>) -> (Result<()>, usize) {
    let lock = folder.lock().unwrap();
    let (disk, writes) = faulty(fault.map_or(usize::MAX, |(at, _)| at), fault.map_or(Fate::Flips, |(_, fate)| fate));
    let run = || {
        let mut edit = Edit::begin_on(&lock, 1, disk)?;
        edit.put(&article(1, title))?;
        edit.remove(ArticleId::from_bits(2))?;
        edit.put(&article(100, title))?;
        edit.commit(Origin::default(), &Ledger::default()).map(drop)
    };
    (run(), writes.load(Ordering::SeqCst))
}

/// The number of articles in an index whose files are all sound.
fn articles(folder: &IndexFolder) -> u64 {
    let verification = folder.verify().unwrap();
    // These articles come from no files.
    let damage: Vec<_> =
        verification.damage.iter().filter(|damage| !damage.what.contains("come from no source file")).collect();
    assert!(damage.is_empty(), "{damage:?}");
    verification.articles
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_build_that_cannot_write_says_so_and_leaves_the_old_index() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, 3, None).0.unwrap();
    let (mut live, mut failed) = (3, 0);
    for at in 0.. {
        let kind = [ErrorKind::StorageFull, ErrorKind::PermissionDenied][at % 2];
        let (outcome, writes) = build(&folder, live + 1, Some((at, Fate::Fails(kind))));
        if let Err(error) = outcome {
            failed += 1;
            assert!(
                matches!(&error, Error::Io { action: "write", cause, .. } if cause.kind() == kind),
                "{at}: {error}"
            );
            assert!(error.hint().is_some(), "{error}");
            assert!(names(temp.path()).iter().all(|name| !name.starts_with("building-")), "write {at}");
        } else {
            // What comes after the commit is housekeeping and may fail without a word.
            live += 1;
        }
        assert_eq!(articles(&folder), live, "write {at}");
        if writes <= at {
            break;
        }
    }
    assert!(failed > 20 && live > 3, "{failed} writes failed");
}

#[test]
fn an_update_that_cannot_write_leaves_the_old_state_or_the_new_one() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, 5, None).0.unwrap();
    let mut failed = 0;
    for at in 0.. {
        let title = format!("changed by {at}");
        let (outcome, writes) = edit(&folder, &title, Some((at, Fate::Fails(ErrorKind::StorageFull))));
        if let Err(error) = &outcome {
            failed += 1;
            assert_eq!(error.fault(), Fault::Internal, "{error}");
            assert!(error.hint().is_some_and(|hint| hint.contains("room")), "{error}");
        }
        // Five articles in both states: one is added and one removed.
        assert_eq!(articles(&folder), 5, "write {at}");
        if writes <= at {
            outcome.unwrap();
            break;
        }
    }
    assert!(failed > 20, "{failed} writes failed");
}

#[test]
fn a_build_with_a_wrong_bit_is_not_published() {
    let temp = tempfile::tempdir().unwrap();
    let folder = IndexFolder::new(temp.path());
    build(&folder, 3, None).0.unwrap();
    let mut unsound = 0;
    for at in 0.. {
        let (outcome, writes) = build(&folder, 5, Some((at, Fate::Flips)));
        if writes <= at {
            outcome.unwrap();
            break;
        }
        if let Err(error) = outcome {
            unsound += u32::from(matches!(error, Error::BuildUnsound { .. }));
            assert_eq!(articles(&folder), 3, "write {at}");
        } else {
            // The bit was in a file that was written again later, or no byte was written.
            assert_eq!(articles(&folder), 5, "write {at}");
            build(&folder, 3, None).0.unwrap();
        }
    }
    assert!(unsound > 5, "{unsound} builds were unsound");
}
