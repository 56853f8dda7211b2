//! [`Watch`]: waits until something about the sources may have changed.
//!
//! It only ever says *look again*: what has changed, if anything, is for [`super::update`] to find out, so that an event too
//! many costs a look and an event too few only time. Folders are followed with the system's own notifications; besides,
//! everything is looked at from time to time, for what the system does not tell (network folders, too many folders to follow).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::index::IndexFolder;
use crate::ingest::Source;

/// So long nothing must happen before it is time to look: editors and copies write several times.
const QUIET: Duration = Duration::from_millis(300);
/// Where it never gets quiet, it is time to look all the same.
const BURST: Duration = Duration::from_secs(10);
/// How often folders that are followed are looked at all the same.
const LOOK: Duration = Duration::from_secs(30);
/// The same when some cannot be followed.
const BLIND_LOOK: Duration = Duration::from_secs(5);
/// How often the folders themselves are checked for having been replaced, and whether to stop.
const TICK: Duration = Duration::from_millis(100);

/// Follows the sources of an index.
#[derive(Debug)]
pub struct Watch {
    /// `None` where the system has no notifications left to give.
    watcher: Option<RecommendedWatcher>,
    rings: Receiver<()>,
    /// Events were lost, or folders within could not be followed.
    lost: Arc<AtomicBool>,
    followed: BTreeMap<PathBuf, Followed>,
}

/// A folder as it was when it was followed.
#[derive(Debug)]
struct Followed {
    recursive: bool,
    identity: Option<Identity>,
    /// Whether the system will tell.
    succeeded: bool,
}

/// What tells a folder from another of the same name: device, number and time of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64, Option<SystemTime>);

impl Watch {
    /// Nothing is followed yet. What happens within the folder of the index itself will count for nothing.
    #[must_use]
    pub fn beside(index: &IndexFolder) -> Self {
        let (ring, rings) = sync_channel(1);
        let lost = Arc::new(AtomicBool::new(false));
        let bell = Bell { ring, lost: Arc::clone(&lost), index: names(index.path()) };
        let watcher = notify::recommended_watcher(move |event| bell.hear(event)).ok();
        Self { watcher, rings, lost, followed: BTreeMap::new() }
    }

    /// Waits until it is time to look again: something happened in the sources (or began to be followed just now) and it has
    /// been quiet for 0.3 seconds since, or nothing happened for long, or `at_most` has passed. `false` when `stop` says so,
    /// which is asked ten times a second.
    ///
    /// The sources need not exist: folders that come, go or are replaced are changes like others.
    pub fn wait(&mut self, sources: &[Source], at_most: Option<Duration>, stop: &dyn Fn() -> bool) -> bool {
        let begun = Instant::now();
        self.retry();
        let mut rang: Option<(Instant, Instant)> = None;
        loop {
            if stop() {
                return false;
            }
            let moved = self.follow(sources);
            let heard = match self.rings.recv_timeout(TICK) {
                Ok(()) => true,
                Err(RecvTimeoutError::Timeout) => false,
                // Without a watcher nobody rings.
                Err(RecvTimeoutError::Disconnected) => {
                    std::thread::sleep(TICK);
                    false
                }
            };
            let now = Instant::now();
            if heard || moved {
                rang = Some((rang.map_or(now, |(first, _)| first), now));
            }
            if rang.is_some_and(|(first, last)| now - last >= QUIET || now - first >= BURST) {
                return true;
            }
            let period = if self.followed.values().all(|folder| folder.succeeded) { LOOK } else { BLIND_LOOK };
            if rang.is_none() && now - begun >= at_most.unwrap_or(period).min(period) {
                return true;
            }
        }
    }

    /// Follows the folders that the sources stand on now. Returns whether that is any different from before.
    fn follow(&mut self, sources: &[Source]) -> bool {
        if self.lost.swap(false, Ordering::Relaxed) {
            for path in std::mem::take(&mut self.followed).keys() {
                self.unwatch(path);
            }
        }
        let grounds = grounds(sources);
        let stale: Vec<PathBuf> = self
            .followed
            .iter()
            .filter(|(path, folder)| grounds.get(*path) != Some(&folder.recursive) || identity(path) != folder.identity)
            .map(|(path, _)| path.clone())
            .collect();
        for path in &stale {
            self.unwatch(path);
            self.followed.remove(path);
        }
        let mut changed = !stale.is_empty();
        for (path, recursive) in grounds {
            if !self.followed.contains_key(&path) {
                changed = true;
                // Its identity first: if it is replaced in between, that will show.
                let identity = identity(&path);
                let succeeded = self.watch(&path, recursive);
                self.followed.insert(path, Followed { recursive, identity, succeeded });
            }
        }
        changed
    }

    /// Tries again what could not be followed, without making a change of it.
    fn retry(&mut self) {
        let mut followed = std::mem::take(&mut self.followed);
        for (path, folder) in followed.iter_mut().filter(|(_, folder)| !folder.succeeded) {
            folder.succeeded = self.watch(path, folder.recursive);
        }
        self.followed = followed;
    }

    fn watch(&mut self, path: &Path, recursive: bool) -> bool {
        let mode = if recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        self.watcher.as_mut().is_some_and(|watcher| watcher.watch(path, mode).is_ok())
    }

    fn unwatch(&mut self, path: &Path) {
        if let Some(watcher) = &mut self.watcher {
            // It may be gone already.
            let _ = watcher.unwatch(path);
        }
    }
}

/// What the system's notifications come to.
struct Bell {
    ring: SyncSender<()>,
    lost: Arc<AtomicBool>,
    index: Vec<PathBuf>,
}

impl Bell {
    fn hear(&self, event: notify::Result<Event>) {
        // What is not told any more has to be looked for.
        let has_lost = event.as_ref().map_or(true, Event::need_rescan);
        if has_lost {
            self.lost.store(true, Ordering::Relaxed);
        }
        if has_lost || event.is_ok_and(|event| self.counts(&event)) {
            // Full: it is ringing already.
            let _ = self.ring.try_send(());
        }
    }

    /// Whether an event may change an article: nothing that is only read, no file whose own name is hidden, not the index itself. What is in
    /// a hidden folder counts: the sources may be in one.
    fn counts(&self, event: &Event) -> bool {
        let is_change = match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        };
        let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        let is_own = |path: &Path| self.index.iter().any(|index| path.starts_with(index));
        is_change && (event.paths.is_empty() || event.paths.iter().any(|path| !is_hidden(path) && !is_own(path)))
    }
}

/// The names under which events may tell of a folder that need not exist yet.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> = std::path::absolute(folder).into_iter().chain(folder.canonicalize()).collect();
    names.dedup();
    names
}

/// The folders that the sources stand on, and whether folders within them count; none that lies in another of those.
fn grounds(sources: &[Source]) -> BTreeMap<PathBuf, bool> {
    let mut all: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_stdin()) {
        let (path, recursive) = source.ground();
        *all.entry(path).or_default() |= recursive;
    }
    let mut kept: BTreeMap<PathBuf, bool> = BTreeMap::new();
    for (path, recursive) in all {
        // A folder sorts before what lies in it.
        if !path.ancestors().any(|above| kept.get(above) == Some(&true)) {
            kept.insert(path, recursive);
        }
    }
    kept
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let data = fs::metadata(path).ok()?;
    Some(Identity(data.dev(), data.ino(), data.created().ok()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    let data = fs::metadata(path).ok()?;
    Some(Identity(0, 0, data.created().ok()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::{IndexFolder, Source, Watch, grounds};

    #[test]
    fn finds_the_folders_to_follow_whatever_the_sources_are() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("news/2021")).unwrap();
        fs::create_dir_all(root.join("more")).unwrap();
        fs::write(root.join("more/a.md"), "x").unwrap();
        let of = |typed: &[&str]| -> Vec<(String, bool)> {
            let sources: Vec<Source> = typed.iter().map(|typed| Source::parse(typed, &root)).collect();
            let shown = |(path, recursive): (std::path::PathBuf, bool)| {
                (path.strip_prefix(&root).unwrap().display().to_string(), recursive)
            };
            grounds(&sources).into_iter().map(shown).collect::<BTreeMap<_, _>>().into_iter().collect()
        };
        let follow = |path: &str, recursive| (path.to_owned(), recursive);
        assert_eq!(of(&["news", "news/2021", "more/a.md"]), [follow("more", false), follow("news", true)]);
        assert_eq!(of(&["news/*/x*.md"]), [follow("news", true)]);
        assert_eq!(of(&["gone/deep/a.md", "gone/*.md"]), [follow("", false)]);
        assert_eq!(of(&["-"]), []);
    }

    #[test]
    fn sees_that_a_folder_was_replaced_without_being_told() {
        let home = tempfile::tempdir().unwrap();
        let news = home.path().join("news");
        fs::create_dir(&news).unwrap();
        let sources = [Source::parse("news", home.path())];
        let mut watch = Watch { watcher: None, ..Watch::beside(&IndexFolder::new(home.path().join("index"))) };
        assert_eq!([watch.follow(&sources), watch.follow(&sources)], [true, false]);
        fs::rename(&news, home.path().join("old")).unwrap();
        fs::create_dir(&news).unwrap();
        assert_eq!([watch.follow(&sources), watch.follow(&sources)], [true, false]);
        fs::remove_dir(&news).unwrap();
        assert_eq!([watch.follow(&sources), watch.follow(&sources)], [true, false]);
        fs::create_dir(&news).unwrap();
        assert_eq!([watch.follow(&sources), watch.follow(&sources)], [true, false]);
        assert!(watch.followed.values().all(|folder| !folder.succeeded), "so it is looked at more often");
        assert!(!watch.wait(&sources, None, &|| true));
    }
}
