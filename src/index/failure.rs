//! What a failure of the engine means to the user.

use std::io::{self, ErrorKind};
use std::path::Path;

use tantivy::TantivyError;
use tantivy::directory::error::OpenReadError;

use super::sealed::Trouble;
use crate::Error;

/// A failure while reading the index in `root`. A request cannot make the engine fail, so mostly its files have.
pub(crate) fn reading_failed(root: &Path, cause: TantivyError) -> Error {
    if let Some((file, cause)) = refusal(&cause) {
        return refused(root, file, cause);
    }
    match describe(&cause) {
        Some(detail) => Error::IndexDamaged { path: root.to_owned(), detail },
        None => Error::Engine(cause),
    }
}

/// A failure to read one of our own files of the index in `root`.
pub(super) fn file_failed(root: &Path, file: &Path, cause: &io::Error) -> Error {
    if is_refused(cause) {
        return refused(root, file, cause);
    }
    Error::IndexDamaged { path: root.to_owned(), detail: format!("cannot read `{}`: {cause}", file.display()) }
}

/// Whether the engine failed because the system does not let it read a file.
pub(super) fn is_refusal(cause: &TantivyError) -> bool {
    refusal(cause).is_some()
}

fn refusal(cause: &TantivyError) -> Option<(&Path, &io::Error)> {
    match cause {
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) if is_refused(io_error) => {
            Some((filepath, io_error))
        }
        _ => None,
    }
}

/// Whether the system does not let this user or process read a file, which says nothing about what is in it.
pub(super) fn is_refused(cause: &io::Error) -> bool {
    /// No more files can be opened: by this process, by any.
    const TOO_MANY_OPEN: [i32; 2] = [24, 23];
    let too_many = || cfg!(unix) && cause.raw_os_error().is_some_and(|code| TOO_MANY_OPEN.contains(&code));
    matches!(cause.kind(), ErrorKind::PermissionDenied | ErrorKind::OutOfMemory) || too_many()
}

fn refused(root: &Path, file: &Path, cause: &io::Error) -> Error {
    let cause = io::Error::new(cause.kind(), format!("`{}`: {cause}", file.display()));
    Error::io("read the index in", root)(cause)
}

/// What is wrong with the files of an index, if the failure tells of that.
pub(super) fn describe(cause: &TantivyError) -> Option<String> {
    Some(match cause {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
            format!("`{}` is missing", path.display())
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) | TantivyError::IoError(io_error) => {
            io_error.to_string()
        }
        TantivyError::DataCorruption(_)
        | TantivyError::InternalError(_)
        | TantivyError::OpenReadError(_)
        | TantivyError::IncompatibleIndex(_) => cause.to_string(),
        _ => return None,
    })
}

/// A failure while writing to `generation`, a folder of the index in `root`.
pub(super) fn writing_failed(root: &Path, generation: &Path, trouble: &Trouble, cause: TantivyError) -> Error {
    if let Some((file, cause)) = trouble.take() {
        return Error::Io { action: "write", path: generation.join(file), cause };
    }
    match cause {
        TantivyError::IoError(cause) if !matches!(cause.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            Error::Engine(TantivyError::IoError(cause))
        }
        cause => reading_failed(root, cause),
    }
}
