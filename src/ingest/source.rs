//! [`Source`]: where the user says that articles are.

use std::io;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// A file, a folder, a glob or `-` (standard input), as a user named it, with the folder that the name is relative to.
///
/// What it stands for is found out by [`super::survey`], so that a remembered source finds the files of today.
///
/// ```
/// # use healthnews::ingest::Source;
/// let source = Source::parse("./news/", "/srv".as_ref());
/// assert_eq!(source.given(), "news");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    given: String,
    base: PathBuf,
}

/// What a source turned out to be.
#[derive(Debug)]
pub(crate) enum Place {
    Stdin,
    /// Path on disk and path as shown.
    File(PathBuf, String),
    Folder(PathBuf, String),
}

impl Source {
    /// A source as typed in the folder `base`. `./`, doubled and trailing slashes are dropped; `..` stays.
    #[must_use]
    pub fn parse(given: &str, base: &Path) -> Self {
        let (is_unnamed, is_absolute) = (given.is_empty(), given.starts_with('/'));
        let given = if cfg!(windows) { given.replace('\\', "/") } else { given.to_owned() };
        let parts: Vec<&str> = given.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let given = format!("{}{}", if is_absolute { "/" } else { "" }, parts.join("/"));
        // Without a name it is none: a variable that was not set, and not the folder one happens to be in.
        let given = if given.is_empty() && !is_unnamed { ".".to_owned() } else { given };
        let base = std::path::absolute(base).unwrap_or_else(|_| base.to_owned());
        Self { given, base }
    }

    /// The source as typed, normalised. Paths of its files are shown with this in front.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }

    /// The folder that the source is relative to.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Whether this is standard input, which can be read only once.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.given == "-"
    }

    /// What is there now: one file or folder, or what a glob matches, in order.
    ///
    /// A name that stands for nothing is an [`Error::Source`].
    pub(crate) fn places(&self) -> Result<Vec<Place>> {
        if self.is_stdin() {
            return Ok(vec![Place::Stdin]);
        }
        if self.given.is_empty() {
            let cause = io::Error::new(io::ErrorKind::InvalidInput, "it has no name");
            return Err(Error::Source { path: String::new(), cause });
        }
        let path = self.base.join(&self.given);
        let cause = match place(path, self.given.clone()) {
            Ok(place) => return Ok(vec![place]),
            Err(cause) => cause,
        };
        let found = if self.given.contains(['*', '?', '[']) { self.matches()? } else { Vec::new() };
        if found.is_empty() { Err(Error::Source { path: self.given.clone(), cause }) } else { Ok(found) }
    }

    /// The folder that has to be followed to see changes of this source, and whether folders within it count: a folder itself, the
    /// folder of a file, of a glob the part before its first sign; where that is not there, the next one above that is.
    pub(crate) fn ground(&self) -> (PathBuf, bool) {
        let path = self.base.join(&self.given);
        let is_literal = |part: &&str| !part.contains(['*', '?', '[']);
        let fixed = if path.exists() {
            path
        } else {
            let parts: Vec<&str> = self.given.split('/').take_while(is_literal).collect();
            let is_glob = parts.len() < self.given.split('/').count();
            let fixed = self.base.join(if parts == [""] { "/".to_owned() } else { parts.join("/") });
            // What a glob may match lies in this folder; anything else is not there.
            if is_glob { fixed } else { path }
        };
        if fixed.is_dir() {
            return (fixed, true);
        }
        let above = fixed.ancestors().skip(1).find(|folder| folder.is_dir());
        (above.unwrap_or(Path::new("/")).to_owned(), false)
    }

    fn matches(&self) -> Result<Vec<Place>> {
        let bad = |cause: io::Error| Error::Source { path: self.given.clone(), cause };
        let pattern = if self.given.starts_with('/') {
            self.given.clone()
        } else {
            format!("{}/{}", glob::Pattern::escape(&self.base.to_string_lossy()), self.given)
        };
        let paths = glob::glob(&pattern).map_err(|error| bad(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        let mut found = Vec::new();
        for path in paths {
            let path = path.map_err(|error| bad(error.into()))?;
            let shown = shown(path.strip_prefix(&self.base).unwrap_or(&path));
            // A pipe would have to be named itself; what vanished meanwhile did not match.
            if !self.hides(&shown) && (path.is_file() || path.is_dir()) {
                found.extend(place(path, shown));
            }
        }
        Ok(found)
    }

    /// Whether a part of a path begins with a dot that the glob does not ask for. (The option of the crate panics on names
    /// that are not UTF-8.)
    fn hides(&self, shown: &str) -> bool {
        let asked_for = |name: &str| {
            let parts = self.given.split('/').filter(|part| part.starts_with('.'));
            parts.filter_map(|part| glob::Pattern::new(part).ok()).any(|pattern| pattern.matches(name))
        };
        shown.split('/').any(|name| name.starts_with('.') && name != ".." && !asked_for(name))
    }
}

fn place(path: PathBuf, shown: String) -> io::Result<Place> {
    Ok(if std::fs::metadata(&path)?.is_dir() { Place::Folder(path, shown) } else { Place::File(path, shown) })
}

/// A relative path with forward slashes. Bytes that are no UTF-8 are written as `\xff` and backslashes in names as two, so that no
/// two paths look the same.
pub(crate) fn shown(path: &Path) -> String {
    let backslash = if cfg!(windows) { "/" } else { "\\\\" };
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', backslash));
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

/// The path that is shown so.
pub(crate) fn path_of(shown: &str) -> PathBuf {
    #[cfg(not(unix))]
    return PathBuf::from(shown);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let (mut bytes, mut rest) = (Vec::new(), shown);
        while let Some((plain, escaped)) = rest.split_once('\\') {
            let byte = escaped.strip_prefix('x').and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
            let length = if byte.is_some() { "x00".len() } else { 1 };
            bytes.extend_from_slice(plain.as_bytes());
            bytes.push(byte.unwrap_or(b'\\'));
            rest = escaped.get(length..).unwrap_or_default();
        }
        bytes.extend_from_slice(rest.as_bytes());
        std::ffi::OsString::from_vec(bytes).into()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Source;

    #[test]
    fn normalises_what_was_typed() {
        for (typed, given) in [
            ("./news/", "news"),
            ("news//2021/.", "news/2021"),
            ("/a/", "/a"),
            (".", "."),
            ("", ""),
            ("./", "."),
            ("../x", "../x"),
            ("-", "-"),
        ] {
            assert_eq!(Source::parse(typed, Path::new("/")).given(), given, "{typed:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_two_paths_are_shown_alike() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        use super::{path_of, shown};
        for bytes in [&b"/srv/news"[..], b"/a\\b", b"/\\x41", b"/\xff\xc3\xa9\\", b"/caf\xc3\xa9\xc3"] {
            let path = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(path_of(&shown(path)), path);
        }
    }
}
