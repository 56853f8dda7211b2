//! [`walk`]: the files of a folder and of all folders within.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::listing::{Listing, Look, Root};
use super::source::shown;
use super::{Problem, ProblemKind};

/// How many names of a folder are looked at before the next are.
const LOOKED_AT_ONCE: usize = 4096;
/// How many of them make a task worth another thread.
const LEAST_IN_A_TASK: usize = 128;

/// What was found.
pub(crate) struct Walked {
    pub(crate) files: Listing,
    pub(crate) problems: Vec<Problem>,
    /// Paths from the root of what is there and could not be looked at; an empty one for the root itself.
    pub(crate) hidden: Vec<String>,
    /// Whether a symbolic link was met, through which a file may have two names.
    pub(crate) met_link: bool,
    /// Paths from the root, of folders that are still to be looked into.
    folders: Vec<PathBuf>,
    /// Paths from the root of links to folders, with the true names of these.
    links: Vec<(PathBuf, PathBuf)>,
}

/// What a name in a folder stands for.
enum Entry {
    File(OsString, Look),
    Folder(PathBuf),
    /// With its true name.
    LinkToFolder(PathBuf, PathBuf),
    /// Something hidden, a loop, a socket or a device.
    Neither,
}

/// Walks a folder, level by level, all folders of a level at a time. Symbolic links are followed; hidden files and folders, loops
/// of links, sockets and devices are skipped.
///
/// Of several links to one folder only the first is followed: links to folders with links would multiply.
///
/// A folder is left out, by its true name, as are those within.
pub(crate) fn walk(root: &Root, without: Option<&Path>) -> Walked {
    let mut walked = Walked::new(root.clone());
    let is_root = |without: &Path| root.path().canonicalize().is_ok_and(|path| path == without);
    let mut followed = HashSet::new();
    let mut level = if without.is_some_and(is_root) { Vec::new() } else { vec![PathBuf::new()] };
    while !level.is_empty() {
        let found: Vec<Walked> = level.par_iter().map(|folder| look_into(folder, root, without)).collect();
        level.clear();
        let mut links = Vec::new();
        walked.files.reserve(found.iter().map(|found| &found.files));
        for mut found in found {
            level.append(&mut found.folders);
            links.append(&mut found.links);
            walked.add(found);
        }
        // The order in which a folder gives its names is nobody's.
        links.sort_unstable();
        level.extend(links.into_iter().filter_map(|(link, folder)| followed.insert(folder).then_some(link)));
    }
    walked
}

impl Walked {
    fn new(root: Root) -> Self {
        let (problems, hidden, folders, links) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { files: Listing::new(root), problems, hidden, met_link: false, folders, links }
    }

    fn add(&mut self, mut other: Self) {
        self.files.append(other.files);
        self.problems.append(&mut other.problems);
        self.hidden.append(&mut other.hidden);
        self.met_link |= other.met_link;
    }

    fn add_problem(&mut self, path: &Path, cause: &io::Error) {
        let from_root = shown(path);
        let path = self.files.root().shown_of(&from_root);
        // A link to nothing is as good as gone.
        if cause.kind() != ErrorKind::NotFound {
            self.hidden.push(from_root);
        }
        let path = if path.is_empty() { ".".to_owned() } else { path };
        let what = format!("cannot be read: {cause}");
        self.problems.push(Problem { path, line: None, what, kind: ProblemKind::Unread });
    }
}

/// Looks into a folder, given by its path from the root.
fn look_into(folder: &Path, root: &Root, without: Option<&Path>) -> Walked {
    let mut walked = Walked::new(root.clone());
    let mut entries = match fs::read_dir(root.path().join(folder)) {
        Ok(entries) => entries,
        Err(cause) => {
            walked.add_problem(folder, &cause);
            return walked;
        }
    };
    loop {
        // Looking at a file waits for the system, so that a folder of many is looked at by many threads too.
        let some: Vec<io::Result<DirEntry>> = entries.by_ref().take(LOOKED_AT_ONCE).collect();
        if some.is_empty() {
            return walked;
        }
        let looks: Vec<_> = some
            .par_iter()
            .with_min_len(LEAST_IN_A_TASK)
            .map(|entry| entry.as_ref().map(|entry| look_at(entry, folder, root, without)))
            .collect();
        for (look, entry) in looks.into_iter().zip(&some) {
            match (look, entry) {
                (Ok((look, is_link)), Ok(entry)) => {
                    walked.met_link |= is_link;
                    match look {
                        Ok(Entry::File(name, look)) => walked.files.push(&name, look),
                        Ok(Entry::Folder(path)) => walked.folders.push(path),
                        Ok(Entry::LinkToFolder(path, folder)) => walked.links.push((path, folder)),
                        Ok(Entry::Neither) => {}
                        Err(cause) => walked.add_problem(&folder.join(entry.file_name()), &cause),
                    }
                }
                (Err(cause), _) | (_, Err(cause)) => walked.add_problem(folder, cause),
            }
        }
    }
}

/// What a name in a folder stands for, and whether it is a symbolic link.
fn look_at(entry: &DirEntry, folder: &Path, root: &Root, without: Option<&Path>) -> (io::Result<Entry>, bool) {
    let name = entry.file_name();
    if name.as_encoded_bytes().starts_with(b".") {
        return (Ok(Entry::Neither), false);
    }
    let kind = match entry.file_type() {
        Ok(kind) => kind,
        Err(cause) => return (Err(cause), false),
    };
    // Its true name costs a look at every folder above; few have the right last name, or are links.
    let is_left_out = |path: &Path| {
        without.is_some_and(|folder| {
            let may_be = kind.is_symlink() || path.file_name() == folder.file_name();
            may_be && path.canonicalize().is_ok_and(|path| path == folder)
        })
    };
    let look = || {
        let name = folder.join(name);
        if kind.is_file() {
            return Ok(Entry::File(name.into_os_string(), Look::of(&entry.metadata()?, false)));
        }
        if kind.is_dir() {
            let is_wanted = !is_left_out(&root.path().join(&name));
            return Ok(if is_wanted { Entry::Folder(name) } else { Entry::Neither });
        }
        if !kind.is_symlink() {
            return Ok(Entry::Neither);
        }
        let path = root.path().join(&name);
        let data = fs::metadata(&path)?;
        if data.is_file() {
            Ok(Entry::File(name.into_os_string(), Look::of(&data, true)))
        } else if data.is_dir() && !is_left_out(&path) {
            let folder = path.canonicalize()?;
            let is_loop = is_on_the_way(&folder, &path, root.path());
            Ok(if is_loop { Entry::Neither } else { Entry::LinkToFolder(name, folder) })
        } else {
            Ok(Entry::Neither)
        }
    };
    (look(), kind.is_symlink())
}

/// Whether a folder, by its true name, is on the way from the root to a link.
fn is_on_the_way(folder: &Path, link: &Path, root: &Path) -> bool {
    let mut way = link.ancestors().skip(1).take_while(|above| above.starts_with(root));
    way.any(|above| above.canonicalize().is_ok_and(|above| above == folder))
}
