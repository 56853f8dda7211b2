//! Lines of columns: what files of judgements and runs are made of.

use std::fs;
use std::path::Path;

use crate::{Error, Result};

/// A text file, whole. Bytes that are no UTF-8 are replaced.
pub(super) fn text_of(path: &Path) -> Result<String> {
    let bytes = fs::read(path).map_err(|cause| Error::Source { path: path.display().to_string(), cause })?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

/// The lines that are not empty, with their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim().is_empty())
}

/// The columns of a line: between tabs if it has any, so that they may hold spaces, else between white space.
pub(super) fn columns(line: &str) -> Vec<&str> {
    if line.contains('\t') { line.split('\t').map(str::trim).collect() } else { line.split_whitespace().collect() }
}

/// The error of a line that is not what it should be.
pub(super) fn wrong(path: &Path, line: usize, what: impl std::fmt::Display, hint: &str) -> Error {
    Error::Usage { message: format!("{}:{line}: {what}", path.display()), hint: Some(hint.to_owned()) }
}
