//! OPML: the list of feeds that readers of feeds exchange.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::{Error, Result};

/// The largest list that is read, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// The addresses of feeds in an OPML file, in the order of the file, each as it is written there.
///
/// Outlines may be nested as deeply as one likes. A file that cannot be read is an [`Error::Source`], one that is no OPML or
/// names no feed an [`Error::Usage`].
pub fn read_opml(path: &Path) -> Result<Vec<String>> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|cause| Error::Source { path: path.display().to_string(), cause })?;
    let wrong = |line: Option<u64>, what: &str| Error::Usage {
        message: line
            .map_or_else(|| format!("{}: {what}", path.display()), |line| format!("{}:{line}: {what}", path.display())),
        hint: Some(
            "a list of feeds is OPML, as readers of feeds export it: `<outline xmlUrl=\"https://…\"/>`".to_owned(),
        ),
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(wrong(None, "larger than 16 MiB"));
    }
    let feeds = feeds(&String::from_utf8_lossy(&bytes)).map_err(|(line, what)| wrong(Some(line), &what))?;
    if feeds.is_empty() { Err(wrong(None, "no feed is in it")) } else { Ok(feeds) }
}

/// The addresses, or the line where it is broken, and how.
fn feeds(text: &str) -> std::result::Result<Vec<String>, (u64, String)> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let line = |at: u64| text.bytes().take(at as usize).filter(|byte| *byte == b'\n').count() as u64 + 1;
    let mut feeds = Vec::new();
    let (mut depth, mut is_opml) = (0_u64, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                is_opml |= depth == 0 && tag.local_name().as_ref().eq_ignore_ascii_case("opml");
                depth += 1;
                feeds.extend(feed(&tag));
            }
            Ok(Event::Empty(tag)) => feeds.extend(feed(&tag)),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) if !is_opml => return Err((1, "it is no OPML".to_owned())),
            Ok(Event::Eof) if depth > 0 => return Err((line(text.len() as u64), "it ends in the middle".to_owned())),
            Ok(Event::Eof) => return Ok(feeds),
            Ok(_) => {}
            Err(error) => return Err((line(reader.error_position()), format!("broken OPML ({error})"))),
        }
    }
}

fn feed(tag: &BytesStart<'_>) -> Option<String> {
    if !tag.local_name().as_ref().eq_ignore_ascii_case("outline") {
        return None;
    }
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|one| one.key.as_ref().eq_ignore_ascii_case("xmlUrl"))?;
    let address = found.normalized_value(XmlVersion::Implicit1_0).unwrap_or(found.value);
    Some(address.trim().to_owned()).filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::feeds;

    #[test]
    fn finds_feeds_at_any_depth() {
        let nested = "<outline text='a'>".repeat(1_000);
        let text = format!(
            "\u{feff}<?xml version='1.0'?>\n<opml version='2.0'><body><outline text='x' xmlUrl='https://a.example/?x=1&amp;y=2'/>{nested}\
             <outline type='rss' xmlurl=' b.example/rss?a&b '></outline><outline xmlUrl=''/>{}</body></opml>",
            "</outline>".repeat(1_000)
        );
        assert_eq!(feeds(&text).unwrap(), ["https://a.example/?x=1&y=2", "b.example/rss?a&b"]);
    }

    #[test]
    fn says_where_it_is_broken() {
        assert_eq!(feeds("<html></html>").unwrap_err(), (1, "it is no OPML".to_owned()));
        assert_eq!(feeds("").unwrap_err().0, 1);
        let (line, what) = feeds("<opml>\n<body>\n</opml>").unwrap_err();
        assert!(line == 3 && what.starts_with("broken OPML ("), "{line}: {what}");
        assert_eq!(feeds("<opml>\n<body>\n").unwrap_err(), (3, "it ends in the middle".to_owned()));
    }
}
