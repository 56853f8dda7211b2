//! [`survey`]: which files there are, without reading them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::Problem;
use super::listing::{Listing, Look, Root};
use super::source::{Place, Source};
use super::walk::walk;
use crate::{Error, Result};

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    path: PathBuf,
    shown: String,
    look: Look,
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
        self.look.size
    }

    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.look.is_stream && self.shown == "-"
    }

    /// Whether its size says nothing about how much there is to read.
    pub(crate) fn is_stream(&self) -> bool {
        self.look.is_stream
    }
}

/// The files of all sources, each once: source by source, those of a folder by their paths.
///
/// Takes 32 bytes of memory a file, and its path from the source.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    listings: Vec<Listing>,
    /// How many files there are in the listings up to each, itself included.
    ends: Vec<usize>,
    problems: Vec<Problem>,
    /// What is there and could not be looked at: roots, and paths from there.
    hidden: Vec<(Root, String)>,
}

impl Survey {
    fn of(listings: Vec<Listing>, problems: Vec<Problem>, hidden: Vec<(Root, String)>) -> Self {
        let mut end = 0;
        let add = |listing: &Listing| {
            end += listing.len();
            end
        };
        Self { ends: listings.iter().map(add).collect(), listings, problems, hidden }
    }

    /// How many files there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The files, in order.
    pub fn files(&self) -> impl Iterator<Item = SourceFile> {
        (0..self.len()).map(|at| self.file(at))
    }

    /// The file in this place of the order.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    pub fn file(&self, at: usize) -> SourceFile {
        let number = self.ends.partition_point(|end| *end <= at);
        let listing = &self.listings[number];
        let at = at + listing.len() - self.ends[number];
        let shown = listing.root().shown_of(listing.name(at));
        SourceFile { path: listing.path(at), shown, look: listing.look(at) }
    }

    /// The files, in order: root, path from there, and what was seen. Costs no memory.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Root, &str, Look)> {
        self.listings
            .iter()
            .flat_map(|listing| (0..listing.len()).map(|at| (listing.root(), listing.name(at), listing.look(at))))
    }

    /// The place in the order of the file of this shown path.
    #[must_use]
    pub fn find(&self, shown: &str) -> Option<usize> {
        let find = |(listing, end): (&Listing, &usize)| {
            let at = listing.find(listing.root().name_of(shown)?)?;
            Some(end - listing.len() + at)
        };
        self.listings.iter().zip(&self.ends).find_map(find)
    }

    /// What could not be looked at.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether a file that is not among those found, of a root with these [names](Root::names), may well be there: it, or a folder above
    /// it, could not be looked at.
    pub(crate) fn hides(&self, root: (&str, &str), name: &str) -> bool {
        let is_within = |path: &str| match name.strip_prefix(path) {
            Some(rest) => path.is_empty() || rest.is_empty() || rest.starts_with('/'),
            None => false,
        };
        self.hidden.iter().any(|(hidden, path)| hidden.names() == root && is_within(path))
    }

    /// A hash of all paths, sizes and times of change: equal as long as nothing was added, removed or written.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Xxh3::new();
        let mut add = |bytes: &[u8]| hash.update(bytes);
        for listing in &self.listings {
            let (shown, place) = listing.root().names();
            for text in [shown, place] {
                add(text.as_bytes());
                // Stands in no path.
                add(&[0]);
            }
            for at in 0..listing.len() {
                let Look { size, modified_ns, .. } = listing.look(at);
                add(listing.name(at).as_bytes());
                add(&[0]);
                add(&size.to_le_bytes());
                add(&modified_ns.to_le_bytes());
            }
        }
        hash.digest()
    }

    /// The same survey with more problems.
    pub(crate) fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.problems.extend(problems);
        self.problems.sort();
        self
    }

    /// The survey of a part of the files, for reading only what changed. They are named by their places in the order.
    #[must_use]
    pub fn only(&self, mut wants: impl FnMut(usize) -> bool) -> Self {
        let mut first = 0;
        let mut listings = Vec::new();
        for listing in &self.listings {
            let mut part = Listing::new(listing.root().clone());
            (0..listing.len()).filter(|at| wants(first + at)).for_each(|at| part.push_from(listing, at));
            first += listing.len();
            listings.push(part);
        }
        Self::of(listings, self.problems.clone(), self.hidden.clone())
    }
}

/// Finds the files of `sources`. Folders are walked to their ends, symbolic links followed; hidden files and folders, loops of
/// links, sockets and devices are skipped. A file that is reached in several ways is taken once, under the first of its names.
/// Looks at many files at a time, in the rayon pool it is called in.
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
    let mut listings = Vec::new();
    let (mut problems, mut hidden) = (Vec::new(), Vec::new());
    let mut met_link = false;
    let mut is_left_out = within(without);
    for source in sources {
        for place in source.places()? {
            match place {
                Place::Stdin => listings.push(alone(Path::new("-"), "-", Look::of_stream())),
                Place::Folder(path, shown) => {
                    let root = Root::new(&shown, path);
                    let mut walked = walk(&root, without);
                    hidden.extend(walked.hidden.into_iter().map(|path| (root.clone(), path)));
                    listings.push(walked.files);
                    problems.append(&mut walked.problems);
                    met_link |= walked.met_link;
                }
                Place::File(path, _) if is_left_out(&path) => {}
                Place::File(path, shown) => {
                    let look = || Ok(Look::of(&fs::metadata(&path)?, fs::symlink_metadata(&path)?.is_symlink()));
                    let look = look().map_err(|cause| Error::Source { path: shown.clone(), cause })?;
                    listings.push(alone(&path, &shown, look));
                }
            }
        }
    }
    let may_meet_twice = met_link || listings.len() > 1;
    let mut listings = joined(listings);
    if may_meet_twice {
        keep_first_names(&mut listings);
    }
    problems.sort();
    problems.dedup();
    Ok(Survey::of(listings, problems, hidden))
}

/// Tells whether a file lies within a folder, which is given by its true name. The disk is asked once for files that come one after
/// the other out of one folder.
fn within(folder: Option<&Path>) -> impl FnMut(&Path) -> bool {
    let mut last: Option<(PathBuf, bool)> = None;
    move |file| {
        let (Some(folder), Some(parent)) = (folder, file.parent()) else { return false };
        match &last {
            Some((known, is_within)) if known == parent => *is_within,
            _ => {
                let is_within = parent.canonicalize().is_ok_and(|parent| parent.starts_with(folder));
                last = Some((parent.to_owned(), is_within));
                is_within
            }
        }
    }
}

/// A file that was named itself.
fn alone(path: &Path, shown: &str, look: Look) -> Listing {
    let folder = shown.rfind('/').map_or("", |end| &shown[..end.max(1)]);
    let mut listing = Listing::new(Root::new(folder, path.parent().unwrap_or(Path::new("")).to_owned()));
    listing.push(path.file_name().unwrap_or(path.as_os_str()), look);
    listing
}

/// The listings in order, each root once, with their files in order.
fn joined(mut listings: Vec<Listing>) -> Vec<Listing> {
    listings.sort_by(|a, b| a.root().cmp(b.root()));
    let mut joined: Vec<Listing> = Vec::new();
    for listing in listings {
        match joined.last_mut() {
            Some(last) if last.root() == listing.root() => last.append(listing),
            _ => joined.push(listing),
        }
    }
    joined.iter_mut().for_each(Listing::sort);
    joined
}

/// Asks the disk for the true name of each folder once, and of a file only where it is a link itself.
fn keep_first_names(listings: &mut [Listing]) {
    let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
    // Of true names only hashes, so long that no two are the same by chance.
    let mut seen: HashSet<u128> = HashSet::new();
    for listing in listings {
        listing.retain(|listing, at| {
            let path = listing.path(at);
            let true_name = match (path.parent(), path.file_name()) {
                (Some(parent), Some(name)) if !listing.look(at).is_stream && !listing.look(at).is_link => {
                    if !folders.contains_key(parent) {
                        let true_folder = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
                        folders.insert(parent.to_owned(), true_folder);
                    }
                    folders.get(parent).map_or_else(|| path.clone(), |folder| folder.join(name))
                }
                _ => path.canonicalize().unwrap_or(path),
            };
            seen.insert(xxh3_128(true_name.as_os_str().as_encoded_bytes()))
        });
    }
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
            survey(&sources).unwrap().files().map(|file| file.shown().to_owned()).collect()
        };
        assert_eq!(names(&["./news/"]), ["news/2021/a.md", "news/b.md"]);
        assert_eq!(names(&["news", "news/b.md", "news/2021"]), ["news/2021/a.md", "news/b.md"]);
        assert_eq!(names(&["."]), ["news/2021/a.md", "news/b.md", "other.md"]);
        assert_eq!(names(&["n*/*.md", "*.md"]), ["other.md", "news/b.md"]);
        assert_eq!(names(&["news/**/*.md"]), ["news/b.md", "news/2021/a.md"]);
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
        #[cfg(unix)]
        std::os::unix::fs::symlink(home.path().join("news"), home.path().join("link")).unwrap();
        for (typed, expected) in [
            ("news", &["news/a.md", "news/more/index/b.md"][..]),
            ("news/**/*", &["news/a.md", "news/more/index/b.md"][..]),
            ("news/index", &[]),
            #[cfg(unix)]
            ("link/**/*", &["link/a.md", "link/more/index/b.md"][..]),
        ] {
            let found = survey_beside(&index, &[Source::parse(typed, home.path())]).unwrap();
            let names: Vec<_> = found.files().map(|file| file.shown().to_owned()).collect();
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
        for name in [&b"a\xff.md"[..], b"a\xfe.md", b"a\\xfe.md", b"b.md"] {
            fs::write(home.path().join(OsStr::from_bytes(name)), "x").unwrap();
        }
        let _socket = UnixListener::bind(home.path().join("c.md")).unwrap();
        let names = |typed: &str| -> Vec<String> {
            let found = survey(&[Source::parse(typed, home.path())]).unwrap();
            found.files().map(|file| file.shown().to_owned()).collect()
        };
        assert_eq!(names("."), ["a\\\\xfe.md", "a\\xfe.md", "a\\xff.md", "b.md"]);
        assert_eq!(names("*.md"), ["a\\\\xfe.md", "b.md"]);
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
        let names: Vec<_> = found.files().map(|file| file.shown().to_owned()).collect();
        assert_eq!(names, ["b.md"], "the first of its names");
        assert_eq!(found.problems().len(), 1);
        assert_eq!(found.problems()[0].path, "broken.md");
        // Two links in each folder to the next: as many ways as a walk that followed all would never end with.
        let folder = |number: usize| home.path().join(format!("fan/d{number:02}"));
        for number in 0..40 {
            fs::create_dir_all(folder(number)).unwrap();
            fs::write(folder(number).join("n.md"), "x").unwrap();
            for link in ["a", "b"] {
                symlink(folder(number + 1), folder(number).join(link)).unwrap();
            }
        }
        fs::create_dir_all(folder(40)).unwrap();
        assert_eq!(survey(&[Source::parse("fan", home.path())]).unwrap().len(), 40);
    }
}
