//! [`Listing`]: the files of one place, in little memory.
//!
//! A collection may have millions of files, and what is known of them is held while they are compared and read. So the folder
//! that was named is written once and the paths within it stand one after the other in one text: a file takes 32 bytes and its path.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::source::shown;

/// Files within one folder, at any depth.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    root: Root,
    /// The paths from the root, as shown, one after the other.
    names: String,
    entries: Vec<Entry>,
    /// The paths on disk of those that are not UTF-8, by what is shown for them.
    odd_names: BTreeMap<String, OsString>,
}

/// The folder of a [`Listing`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Root {
    /// What stands before the names of its files when they are shown; empty where a source was named `.`.
    shown: String,
    /// Where it is on disk, as text. Folders that were named in different places may be shown alike.
    place: String,
    path: PathBuf,
}

/// What can be seen of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// In bytes; 0 for standard input and pipes.
    pub(crate) size: u64,
    /// In nanoseconds since 1970; for standard input and pipes, now.
    pub(crate) modified_ns: u64,
    pub(crate) is_stream: bool,
    /// Whether its name is that of a symbolic link.
    pub(crate) is_link: bool,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    size: u64,
    modified_ns: u64,
    /// Where its name begins among the names.
    start: usize,
    /// How long its name is.
    length: u32,
    is_stream: bool,
    is_link: bool,
}

impl Root {
    pub(crate) fn new(shown_as: &str, path: PathBuf) -> Self {
        let shown_as = if shown_as == "." { "" } else { shown_as };
        Self { shown: shown_as.to_owned(), place: shown(&path), path }
    }

    /// What is remembered of it: what is shown, and where it is.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.shown, &self.place)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path as shown of what has this path from here.
    pub(crate) fn shown_of(&self, name: &str) -> String {
        match self.shown.trim_end_matches('/') {
            "" if self.shown.is_empty() => name.to_owned(),
            _ if name.is_empty() => self.shown.clone(),
            folder => format!("{folder}/{name}"),
        }
    }

    /// The path from here of what is shown so, if it is within.
    pub(crate) fn name_of<'n>(&self, shown: &'n str) -> Option<&'n str> {
        match self.shown.trim_end_matches('/') {
            "" if self.shown.is_empty() => Some(shown),
            folder => shown.strip_prefix(folder)?.strip_prefix('/'),
        }
    }
}

impl Look {
    pub(crate) fn of(data: &Metadata, is_link: bool) -> Self {
        if !data.is_file() {
            return Self::of_stream();
        }
        let modified_ns = data.modified().map_or(0, nanoseconds);
        Self { size: data.len(), modified_ns, is_stream: false, is_link }
    }

    pub(crate) fn of_stream() -> Self {
        Self { size: 0, modified_ns: nanoseconds(SystemTime::now()), is_stream: true, is_link: false }
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

impl Listing {
    pub(crate) fn new(root: Root) -> Self {
        Self { root, names: String::new(), entries: Vec::new(), odd_names: BTreeMap::new() }
    }

    /// Adds a file by its path from the root.
    pub(crate) fn push(&mut self, name: &OsStr, look: Look) {
        match name.to_str() {
            Some(name) if !cfg!(windows) && !name.contains('\\') => self.push_shown(name, look),
            _ => {
                let shown = shown(Path::new(name));
                self.push_shown(&shown, look);
                self.odd_names.insert(shown, name.to_owned());
            }
        }
    }

    fn push_shown(&mut self, name: &str, look: Look) {
        let Look { size, modified_ns, is_stream, is_link } = look;
        let (start, length) = (self.names.len(), name.len() as u32);
        self.entries.push(Entry { size, modified_ns, start, length, is_stream, is_link });
        self.names.push_str(name);
    }

    /// Adds a file of another listing of the same root.
    pub(crate) fn push_from(&mut self, other: &Self, at: usize) {
        let name = other.name(at);
        self.push_shown(name, other.look(at));
        if let Some((shown, odd)) = other.odd_names.get_key_value(name) {
            self.odd_names.insert(shown.clone(), odd.clone());
        }
    }

    /// Adds the files of another listing of the same root.
    pub(crate) fn append(&mut self, mut other: Self) {
        let start = self.names.len();
        self.names.push_str(&other.names);
        let moved = |entry: Entry| Entry { start: entry.start + start, ..entry };
        self.entries.extend(other.entries.into_iter().map(moved));
        self.odd_names.append(&mut other.odd_names);
    }

    /// Makes room for the files of these listings, so that adding them takes no more memory than they do.
    pub(crate) fn reserve<'a>(&mut self, others: impl Iterator<Item = &'a Self> + Clone) {
        self.names.reserve_exact(others.clone().map(|other| other.names.len()).sum());
        self.entries.reserve_exact(others.map(Self::len).sum());
    }

    /// Puts the files in the order of their names, each once.
    pub(crate) fn sort(&mut self) {
        let Self { names, entries, .. } = self;
        let name = |entry: &Entry| &names[entry.start..][..entry.length as usize];
        entries.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        entries.dedup_by(|a, b| name(a) == name(b));
        entries.shrink_to_fit();
        names.shrink_to_fit();
    }

    /// Drops the files that `keeps` refuses.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&Self, usize) -> bool) {
        let kept: Vec<bool> = (0..self.len()).map(|at| keeps(self, at)).collect();
        let mut kept = kept.into_iter();
        self.entries.retain(|_| kept.next().unwrap_or_default());
    }

    /// The place of the file of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| self.name_of(*entry).cmp(name)).ok()
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The path from the root, as shown.
    pub(crate) fn name(&self, at: usize) -> &str {
        self.name_of(self.entries[at])
    }

    fn name_of(&self, Entry { start, length, .. }: Entry) -> &str {
        &self.names[start..start + length as usize]
    }

    pub(crate) fn look(&self, at: usize) -> Look {
        let Entry { size, modified_ns, is_stream, is_link, .. } = self.entries[at];
        Look { size, modified_ns, is_stream, is_link }
    }

    /// The path on disk.
    pub(crate) fn path(&self, at: usize) -> PathBuf {
        let name = self.name(at);
        self.root.path.join(self.odd_names.get(name).map_or(OsStr::new(name), OsString::as_os_str))
    }
}
