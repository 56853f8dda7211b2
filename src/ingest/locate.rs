//! [`line_of`]: where in a file of one article a field stands.

use std::fs::{self, File};
use std::io::Read;

use super::front_matter::{Block, cut, split};
use super::mapping::{Dialect, Field, Mapping};
use super::survey::SourceFile;
use super::text;

/// How much of a file is looked at, in bytes; front matter beyond it is not found.
const HEAD: u64 = 1 << 20;

/// The line of a file's front matter on which the key of a field stands: of the keys it may be under, the first that has a
/// value, as in reading.
///
/// Articles do not carry the lines of their fields; for the few that are to be told, the file is looked at again. `None` where the
/// field is not there, in files of many articles (whose sources name their lines) and in what cannot be read any more.
#[must_use]
pub fn line_of(file: &SourceFile, field: Field, mapping: &Mapping) -> Option<u64> {
    // Opening a pipe could wait for ever.
    if file.is_stream() || !fs::metadata(file.path()).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(file.path()).ok()?.take(HEAD).read_to_end(&mut bytes).ok()?;
    let decoded = text::decode(&bytes);
    let parts = split(&decoded.text)?;
    let blocks = cut(parts.yaml, parts.line).blocks;
    let of_key = |key: &str| blocks.iter().rev().find(|block| block.key == key && has_value(block));
    let mut keys = mapping.keys(field, Dialect::FrontMatter);
    keys.find_map(|path| of_key(path).or_else(|| of_key(path.split_once('.')?.0))).map(|block| block.line)
}

/// Whether there is more to a block than its key.
fn has_value(block: &Block<'_>) -> bool {
    !matches!(
        block.text.trim_end().strip_prefix(block.key).map(str::trim),
        Some(":" | ": null" | ": ~" | ": \"\"" | ": ''")
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Field, Mapping, Source, survey};
    use super::line_of;

    #[test]
    fn finds_the_key_that_a_field_was_read_from() {
        let home = tempfile::tempdir().unwrap();
        let text =
            "---\nid: x\ntitle: >\n  A\n  B\nprovider:\n  name: P\nexcerpt:\ndescription: \"D\"\n---\ndate: no\n";
        fs::write(home.path().join("a.md"), text).unwrap();
        let found = survey(&[Source::parse("a.md", home.path())]).unwrap();
        let line = |field| line_of(&found.file(0), field, &Mapping::default());
        let lines = [Field::Title, Field::Provider, Field::Excerpt, Field::Published].map(line);
        assert_eq!(lines, [Some(3), Some(6), Some(9), None]);
        fs::remove_file(home.path().join("a.md")).unwrap();
        assert_eq!(line(Field::Title), None);
    }
}
