//! [`Error`]: what stops a run, and whose fault it is.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// A `Result` whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a value is none of its kind, in words for whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(pub(crate) String);

/// What stops a run. Bad *articles* do not: they become a [`crate::ingest::Problem`] and the run goes on.
///
/// [`Error::fault`] says whose fault it is; the exit code derives from that. [`Error::hint`] says how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The query is over a limit on its size, which is all that can be wrong with one.
    #[error("{message}")]
    Query {
        /// Which limit, and by how much.
        message: String,
    },
    /// A request names something that does not exist or does not fit together.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do instead.
        hint: Option<String>,
    },
    /// A source named by the user cannot be read.
    #[error("cannot read the source `{path}`: {cause}")]
    Source {
        /// The source as the user named it.
        path: String,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// There is no index in this folder.
    #[error("no index in `{}`", path.display())]
    IndexMissing {
        /// The folder looked into.
        path: PathBuf,
    },
    /// The index was built by another version of the program.
    #[error("the index in `{}` has {what} {found}, this program reads {expected}", path.display())]
    IndexIncompatible {
        /// The folder of the index.
        path: PathBuf,
        /// `format` or `analyser`.
        what: &'static str,
        /// The version found.
        found: u32,
        /// The version this program writes and reads.
        expected: u32,
    },
    /// The files of the index are not what they were when written.
    #[error("the index in `{}` is damaged: {detail}", path.display())]
    IndexDamaged {
        /// The folder of the index.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A new generation is not what it should be; the old one, if there is one, is still live.
    #[error("the new index is not sound and is not used: {what}")]
    BuildUnsound {
        /// What was found.
        what: String,
    },
    /// The index would lose more articles than may be.
    #[error(
        "the index would shrink from {before} to {after} articles, by more than {allowed} %, and stays as it was{}",
        gone(vanished)
    )]
    WouldShrink {
        /// How many articles there are.
        before: u64,
        /// How many there would be.
        after: u64,
        /// By how much it may shrink at once, in per cent.
        allowed: u8,
        /// Sources that were read before and are not there any more.
        vanished: Vec<String>,
    },
    /// Another process is writing to the index.
    #[error("the index in `{}` is being written by {holder}", path.display())]
    IndexLocked {
        /// The folder of the index.
        path: PathBuf,
        /// Who holds the lock, as far as it is known.
        holder: String,
    },
    /// Another process is fetching feeds into the same folder.
    #[error("feeds are being fetched into `{}` by another process", path.display())]
    FolderLocked {
        /// The folder.
        path: PathBuf,
    },
    /// The work was stopped, as [`crate::ingest::Progress::stop`] said.
    #[error("stopped before the end")]
    Stopped,
    /// A file cannot be read or written.
    #[error("cannot {action} `{}`: {cause}", path.display())]
    Io {
        /// What was tried, as a verb: `write`, `create`, `read`.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        cause: io::Error,
    },
    /// The search engine failed in a way that input cannot explain.
    #[error("the search engine failed: {0}")]
    Engine(#[source] tantivy::TantivyError),
}

fn gone(vanished: &[String]) -> String {
    match vanished {
        [] => String::new(),
        [one] => format!("; `{one}` is not there any more"),
        [one, rest @ ..] => format!("; `{one}` and {} more sources are not there any more", rest.len()),
    }
}

/// Whose fault an [`Error`] is, and with it what the caller can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The query or the command line: change it.
    User,
    /// The index: build it (again).
    Index,
    /// What was read: there is something wrong with it.
    Input,
    /// Another process: wait for it.
    Locked,
    /// Nobody's: the work was stopped as the caller wished.
    Stopped,
    /// The machine or this program.
    Internal,
}

/// What to do where a file may not be read.
const READABLE: &str = "change its permissions, or the user who runs this";

impl Error {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Query { .. } | Self::Usage { .. } | Self::Source { .. } => Fault::User,
            Self::IndexMissing { .. } | Self::IndexIncompatible { .. } | Self::IndexDamaged { .. } => Fault::Index,
            Self::WouldShrink { .. } => Fault::Input,
            Self::IndexLocked { .. } | Self::FolderLocked { .. } => Fault::Locked,
            Self::Stopped => Fault::Stopped,
            Self::BuildUnsound { .. } | Self::Io { .. } | Self::Engine(_) => Fault::Internal,
        }
    }

    /// A short name for scripts, stable across releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Query { .. } => "bad_query",
            Self::Usage { .. } => "usage",
            Self::Source { .. } => "source_unreadable",
            Self::IndexMissing { .. } => "index_missing",
            Self::IndexIncompatible { .. } => "index_incompatible",
            Self::IndexDamaged { .. } => "index_damaged",
            Self::BuildUnsound { .. } => "build_unsound",
            Self::WouldShrink { .. } => "would_shrink",
            Self::IndexLocked { .. } => "index_locked",
            Self::FolderLocked { .. } => "folder_locked",
            Self::Stopped => "interrupted",
            Self::Io { .. } => "io",
            Self::Engine(_) => "internal",
        }
    }

    /// What to do about it, as one sentence for the user.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Query { .. } => Some("shorten it: fewer words, filters or groups in each other".to_owned()),
            Self::Usage { hint, .. } => hint.clone(),
            Self::Source { cause, .. } if cause.kind() == ErrorKind::PermissionDenied => Some(READABLE.to_owned()),
            Self::Source { cause, .. } if cause.kind() == ErrorKind::NotFound => {
                Some("see whether it is there: is its name spelled so, is its folder mounted?".to_owned())
            }
            Self::Source { .. } => Some("name a file, a folder, a glob or `-`".to_owned()),
            Self::IndexMissing { .. } => {
                Some("build one with `healthnews index FOLDER`, or name another with `--index DIR`".to_owned())
            }
            Self::IndexIncompatible { .. } => Some("build it anew from its sources with `healthnews index --rebuild`".to_owned()),
            Self::IndexDamaged { .. } => Some(
                "build it anew from its sources with `healthnews index --rebuild`, or go back with `healthnews rollback`; \
                 `healthnews verify` tells more"
                    .to_owned(),
            ),
            Self::IndexLocked { .. } => Some("wait for it to finish; searches go on meanwhile".to_owned()),
            Self::FolderLocked { .. } => {
                Some("wait for it to finish, or name another folder with `--into DIR`".to_owned())
            }
            Self::BuildUnsound { .. } => {
                Some("the disk or the memory of the machine may be failing: check them, then run it again".to_owned())
            }
            Self::WouldShrink { .. } => Some(
                "bring back what is missing (is a folder not mounted?), or, if it is meant to go, run it again with `--force`"
                    .to_owned(),
            ),
            Self::Io { action, cause, .. } => match cause.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                    Some("make room and run it again; what was there before still is".to_owned())
                }
                ErrorKind::AlreadyExists | ErrorKind::NotADirectory if action.starts_with("create") => {
                    Some("something else is there that is no folder: name another".to_owned())
                }
                ErrorKind::PermissionDenied if action.starts_with("read") => Some(READABLE.to_owned()),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                    Some("who may not write there can still search; to write, change the permissions or the user".to_owned())
                }
                _ => None,
            },
            Self::Stopped | Self::Engine(_) => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Io { action, path, cause }
    }

    pub(crate) fn query(message: impl Into<String>) -> Self {
        Self::Query { message: message.into() }
    }
}
