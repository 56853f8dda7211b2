//! [`survey`]: which files there are, without reading them.

use std::collections::{HashMap, HashSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use walkdir::{DirEntry, WalkDir};
use xxhash_rust::xxh3::Xxh3;

use super::source::{Place, Source, shown};
use super::{Problem, ProblemKind};
use crate::{Error, Result};

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    path: PathBuf,
    shown: String,
    size: u64,
    modified_ns: u64,
    is_stream: bool,
}

impl SourceFile {
    /// Where it is on disk; `-` for standard input.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path as it is shown and stored: beginning with the source as typed, with forward slashes.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Its length in bytes; 0 for standard input and pipes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// When it was last changed, in nanoseconds since 1970; for standard input and pipes, now.
    #[must_use]
    pub fn modified_ns(&self) -> u64 {
        self.modified_ns
    }

    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.is_stream && self.shown == "-"
    }

    /// Whether its size says nothing about how much there is to read.
    pub(crate) fn is_stream(&self) -> bool {
        self.is_stream
    }
}

/// The files of all sources, sorted by the path as shown, each file once.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    files: Vec<SourceFile>,
    problems: Vec<Problem>,
}

impl Survey {
    /// The files, in the order of their shown paths.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// The file of this shown path.
    #[must_use]
    pub fn find(&self, shown: &str) -> Option<&SourceFile> {
        self.files.binary_search_by(|file| file.shown.as_str().cmp(shown)).ok().map(|at| &self.files[at])
    }

    /// What could not be looked at.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// A hash of all paths, sizes and times of change: equal as long as nothing was added, removed or written.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Xxh3::new();
        for file in &self.files {
            hash.update(file.shown.as_bytes());
            hash.update(&[0]);
            hash.update(&file.size.to_le_bytes());
            hash.update(&file.modified_ns.to_le_bytes());
        }
        hash.digest()
    }

    /// The same survey with more problems.
    pub(crate) fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.problems.extend(problems);
        self.problems.sort();
        self
    }

    /// The survey of a part of the files, for reading only what changed.
    #[must_use]
    pub fn only(&self, mut wanted: impl FnMut(&SourceFile) -> bool) -> Self {
        Self {
            files: self.files.iter().filter(|file| wanted(file)).cloned().collect(),
            problems: self.problems.clone(),
        }
    }
}

/// Finds the files of `sources`. Folders are walked to their ends, symbolic links followed; hidden files and folders, loops of
/// links, sockets and devices are skipped. A file that is reached in several ways is taken once, under the first of its names.
///
/// A source that does not exist is an [`Error::Source`]; what cannot be looked at within a folder is a problem.
pub fn survey(sources: &[Source]) -> Result<Survey> {
    look(sources, None)
}

/// [`survey`] that leaves out a folder: that of the index, where it lies among its own sources.
pub fn survey_beside(folder: &Path, sources: &[Source]) -> Result<Survey> {
    look(sources, folder.canonicalize().ok().as_deref())
}

fn look(sources: &[Source], without: Option<&Path>) -> Result<Survey> {
    let mut found = Survey::default();
    let mut met_link = false;
    let mut places = 0;
    for source in sources {
        for place in source.places()? {
            places += 1;
            match place {
                Place::Stdin => found.files.push(stream("-".into(), "-".into())),
                Place::Folder(path, shown) => met_link |= walk(&path, &shown, without, &mut found),
                Place::File(path, _) if without.is_some_and(|folder| path.starts_with(folder)) => {}
                Place::File(path, shown) => {
                    let data =
                        std::fs::metadata(&path).map_err(|cause| Error::Source { path: shown.clone(), cause })?;
                    found.files.push(file(path, shown, &data));
                }
            }
        }
    }
    found.files.sort_unstable_by(|a, b| a.shown.cmp(&b.shown));
    if places > 1 || met_link {
        keep_first_names(&mut found.files);
    }
    found.problems.sort();
    found.problems.dedup();
    Ok(found)
}

/// Returns whether a symbolic link was met, through which a file may have two names.
fn walk(root: &Path, given: &str, without: Option<&Path>, found: &mut Survey) -> bool {
    let mut met_link = false;
    let visible = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
    // Its true name costs a look at every folder above; few have the right last name, or are links.
    let is_left_out = |entry: &DirEntry| {
        without.is_some_and(|folder| {
            let may_be = entry.path_is_symlink() || entry.depth() == 0 || Some(entry.file_name()) == folder.file_name();
            may_be && entry.file_type().is_dir() && entry.path().canonicalize().is_ok_and(|path| path == folder)
        })
    };
    let is_wanted = |entry: &DirEntry| visible(entry) && !is_left_out(entry);
    for entry in WalkDir::new(root).follow_links(true).into_iter().filter_entry(is_wanted) {
        let problem = match entry {
            Ok(entry) if entry.file_type().is_file() => {
                met_link |= entry.path_is_symlink();
                match entry.metadata() {
                    Ok(data) => {
                        let shown = name_within(given, root, entry.path());
                        found.files.push(file(entry.into_path(), shown, &data));
                        continue;
                    }
                    Err(error) => error,
                }
            }
            Ok(entry) => {
                met_link |= entry.path_is_symlink();
                continue;
            }
            Err(error) if error.loop_ancestor().is_some() => continue,
            Err(error) => error,
        };
        let path = problem.path().map_or_else(|| given.to_owned(), |path| name_within(given, root, path));
        let hidden = path.rsplit('/').next().is_some_and(|name| name.starts_with('.') && name != "." && name != "..");
        if !hidden {
            let cause = problem.io_error().map_or_else(|| problem.to_string(), ToString::to_string);
            let what = format!("cannot be read: {cause}");
            found.problems.push(Problem { path, line: None, what, kind: ProblemKind::Unread });
        }
    }
    met_link
}

fn name_within(given: &str, root: &Path, path: &Path) -> String {
    let inner = shown(path.strip_prefix(root).unwrap_or(path));
    match given {
        "." => inner,
        given if inner.is_empty() => given.to_owned(),
        given => format!("{}/{inner}", given.trim_end_matches('/')),
    }
}

fn file(path: PathBuf, shown: String, data: &Metadata) -> SourceFile {
    if !data.is_file() {
        return stream(path, shown);
    }
    let modified_ns = data.modified().map_or(0, nanoseconds);
    SourceFile { path, shown, size: data.len(), modified_ns, is_stream: false }
}

fn stream(path: PathBuf, shown: String) -> SourceFile {
    SourceFile { path, shown, size: 0, modified_ns: nanoseconds(SystemTime::now()), is_stream: true }
}

fn nanoseconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

/// Asks the disk for the true name of each folder once, and of a file only where it may be a link itself.
fn keep_first_names(files: &mut Vec<SourceFile>) {
    let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut seen = HashSet::new();
    files.retain(|file| {
        let is_link = || file.path.symlink_metadata().is_ok_and(|data| data.is_symlink());
        let true_name = match (file.path.parent(), file.path.file_name()) {
            (Some(parent), Some(name)) if !file.is_stream && !is_link() => {
                let folder = folders
                    .entry(parent.to_owned())
                    .or_insert_with(|| parent.canonicalize().unwrap_or_else(|_| parent.to_owned()));
                folder.join(name)
            }
            _ => file.path.canonicalize().unwrap_or_else(|_| file.path.clone()),
        };
        seen.insert(true_name)
    });
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Source, survey, survey_beside};

    #[test]
    fn walks_folders_and_skips_what_is_hidden() {
        let home = tempfile::tempdir().unwrap();
        for name in ["news/b.md", "news/2021/a.md", "news/.git/c.md", "news/.d.md", "other.md"] {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let names = |typed: &[&str]| -> Vec<String> {
            let sources: Vec<Source> = typed.iter().map(|typed| Source::parse(typed, home.path())).collect();
            survey(&sources).unwrap().files().iter().map(|file| file.shown().to_owned()).collect()
        };
        assert_eq!(names(&["./news/"]), ["news/2021/a.md", "news/b.md"]);
        assert_eq!(names(&["news", "news/b.md", "news/2021"]), ["news/2021/a.md", "news/b.md"]);
        assert_eq!(names(&["."]), ["news/2021/a.md", "news/b.md", "other.md"]);
        assert_eq!(names(&["n*/*.md", "*.md"]), ["news/b.md", "other.md"]);
        assert_eq!(names(&["news/**/*.md"]), ["news/2021/a.md", "news/b.md"]);
        assert_eq!(names(&["news/.g*/*.md"]), ["news/.git/c.md"]);
        for missing in ["nowhere", "*.txt", "news/[", "news/b.md/x"] {
            assert!(survey(&[Source::parse(missing, home.path())]).is_err(), "{missing}");
        }
    }

    #[test]
    fn leaves_out_the_folder_it_stands_beside() {
        let home = tempfile::tempdir().unwrap();
        for name in ["news/a.md", "news/index/CURRENT", "news/more/index/b.md"] {
            let path = home.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let index = home.path().join("news/../news/index");
        for (typed, expected) in [
            ("news", vec!["news/a.md", "news/more/index/b.md"]),
            ("news/**/*", vec!["news/a.md", "news/more/index/b.md"]),
            ("news/index", vec![]),
        ] {
            let found = survey_beside(&index, &[Source::parse(typed, &home.path().canonicalize().unwrap())]).unwrap();
            let names: Vec<_> = found.files().iter().map(super::SourceFile::shown).collect();
            assert_eq!(names, expected, "{typed}");
        }
    }

    #[test]
    fn a_fingerprint_changes_with_the_files() {
        let home = tempfile::tempdir().unwrap();
        let look = || survey(&[Source::parse(".", home.path())]).unwrap().fingerprint();
        let empty = look();
        fs::write(home.path().join("a"), "x").unwrap();
        let one = look();
        assert_eq!(one, look());
        fs::write(home.path().join("a"), "xy").unwrap();
        assert!(one != empty && look() != one);
    }

    #[cfg(unix)]
    #[test]
    fn tells_apart_names_that_are_not_utf8_and_passes_pipes_in_globs() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::net::UnixListener;
        let home = tempfile::tempdir().unwrap();
        for name in [&b"a\xff.md"[..], b"a\xfe.md", b"b.md"] {
            fs::write(home.path().join(OsStr::from_bytes(name)), "x").unwrap();
        }
        let _socket = UnixListener::bind(home.path().join("c.md")).unwrap();
        let names = |typed: &str| -> Vec<String> {
            let found = survey(&[Source::parse(typed, home.path())]).unwrap();
            found.files().iter().map(|file| file.shown().to_owned()).collect()
        };
        assert_eq!(names("."), ["a\\xfe.md", "a\\xff.md", "b.md"]);
        assert_eq!(names("*.md"), ["b.md"]);
    }

    #[cfg(unix)]
    #[test]
    fn follows_links_and_survives_their_loops() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("real")).unwrap();
        fs::write(home.path().join("real/a.md"), "x").unwrap();
        symlink(home.path(), home.path().join("real/loop")).unwrap();
        symlink(home.path().join("real/a.md"), home.path().join("b.md")).unwrap();
        symlink(home.path().join("gone"), home.path().join("broken.md")).unwrap();
        let found = survey(&[Source::parse(".", home.path())]).unwrap();
        let names: Vec<_> = found.files().iter().map(super::SourceFile::shown).collect();
        assert_eq!(names, ["b.md"], "the first of its names");
        assert_eq!(found.problems().len(), 1);
        assert_eq!(found.problems()[0].path, "broken.md");
    }
}
