//! Responses as files: `example.com/2021-11-29-9f3a51c07b2e4d68.xml`, one for each that holds something new; the day
//! is that in UTC.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::state::write_whole;
use crate::{Error, Result};

/// Puts a response into the folder of its host and returns its name, relative to `folder`. The same response, come twice on one
/// day, is one file.
pub(super) fn put(folder: &Path, feed: &Url, bytes: &[u8]) -> Result<String> {
    let host = host_name(feed);
    let inner = folder.join(&host);
    fs::create_dir_all(&inner).map_err(Error::io("create", &inner))?;
    let name =
        format!("{}-{:016x}.{}", Timestamp::now().to_zoned(TimeZone::UTC).date(), xxh3_64(bytes), extension(bytes));
    // Of the feeds that go into one folder only one is fetched at a time, so one hidden name is enough.
    write_whole(&inner.join(&name), &inner.join(".part"), bytes)?;
    Ok(format!("{host}/{name}"))
}

/// A host as the name of a folder on any system. Several hosts may share one.
pub(super) fn host_name(feed: &Url) -> String {
    let host = feed.host_str().unwrap_or_default();
    let name: String =
        host.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' }).collect();
    name.trim_matches(['.', '-']).to_owned()
}

fn extension(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match text.first() {
        Some(0x1f) => "gz",
        Some(b'{') => "json",
        _ => "xml",
    }
}
