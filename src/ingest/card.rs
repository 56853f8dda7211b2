//! One file of one article: front matter, then its text.

use super::front_matter::{self, Block, Split};
use super::mapping::{Dialect, Field, Mapping};
use super::problem::{ProblemKind, Problems};
use super::record::{Entries, Entry, Keys, Made, Origin, Record, make};
use super::value::Value;
use super::{plain_yaml, salvage, text, yaml};

/// What a file of one article turned out to be.
#[derive(Debug)]
pub(crate) enum Card {
    Record(Box<Record>),
    /// A draft, a removed article, a section page, or no front matter at all.
    LeftOut,
    /// Broken; the problems say how.
    Rejected,
}

/// Parts of a related card that nobody sees: links are shown by title, outlet, date and grade.
const UNSEEN_OF_CARDS: [&str; 3] = ["images", "excerpt", "secured"];
/// The opaque blob of news cards, never decoded.
const UNSEEN: [&str; 1] = ["secured"];

/// Reads a whole file.
pub(crate) fn read(bytes: &[u8], path: &str, mapping: &Mapping, problems: &mut Problems<'_>) -> Card {
    let decoded = text::decode(bytes);
    let Some(parts) = front_matter::split(&decoded.text) else { return Card::LeftOut };
    for (line, what) in decoded.mended {
        problems.add_kind(ProblemKind::Characters, Some(line), what);
    }
    if !parts.closed {
        problems.add_kind(ProblemKind::Yaml, Some(parts.line - 1), "the front matter is not closed by a line `---`");
    }
    let entries = entries(&parts, mapping, problems);
    let keys = Keys { entries: Entries::Article(&entries), mapping, dialect: Dialect::FrontMatter };
    let origin = Origin { path, position: None, identity: None };
    match make(keys, parts.body, origin, problems) {
        Made::Record(record) => Card::Record(record),
        Made::LeftOut => Card::LeftOut,
        Made::NoTitle => {
            problems.add(None, "the front matter has no title");
            Card::Rejected
        }
    }
}

/// The wanted top-level keys with their values. Where the YAML is broken, its lines are taken at face value.
fn entries(parts: &Split<'_>, mapping: &Mapping, problems: &mut Problems<'_>) -> Vec<Entry> {
    let Split { yaml, line: first_line, .. } = *parts;
    let cut = front_matter::cut(yaml, first_line);
    let mut entries = Vec::with_capacity(16);
    if cut.safe {
        for block in &cut.blocks {
            if is_wanted(block.key, mapping) {
                entries.push(entry(block, mapping, Some(problems)));
            } else if block.suspicious
                && let Err((line, what)) = value(block, mapping)
            {
                problems.add_kind(ProblemKind::Yaml, Some(line), broken(&what));
            }
        }
        return entries;
    }
    match yaml::decode(yaml, &UNSEEN) {
        Ok(Value::Map(all)) => {
            let line = |key: &str| {
                cut.blocks.iter().rev().find(|block| block.key == key).map_or(first_line, |block| block.line)
            };
            let wanted = all.into_iter().filter(|(key, _)| is_wanted(key, mapping));
            entries.extend(wanted.map(|(key, value)| Entry { line: line(&key), key, value }));
        }
        Ok(Value::Null) => {}
        Ok(_) => {
            let what = "the front matter does not consist of keys and values";
            problems.add_kind(ProblemKind::Yaml, Some(first_line), what);
        }
        Err(error) => {
            problems.add_kind(ProblemKind::Yaml, Some(first_line + error.line - 1), broken(&error.what));
            // One problem is enough for them all.
            let wanted = cut.blocks.iter().filter(|block| is_wanted(block.key, mapping));
            entries.extend(wanted.map(|block| entry(block, mapping, None)));
        }
    }
    entries
}

fn broken(what: &str) -> String {
    format!("broken YAML ({what}); its lines are taken as they stand")
}

fn is_wanted(key: &str, mapping: &Mapping) -> bool {
    mapping.wants(key, Dialect::FrontMatter) || matches!(key, "removed" | "draft")
}

fn entry(block: &Block<'_>, mapping: &Mapping, problems: Option<&mut Problems<'_>>) -> Entry {
    let value = value(block, mapping).unwrap_or_else(|(line, what)| {
        if let Some(problems) = problems {
            problems.add_kind(ProblemKind::Yaml, Some(line), broken(&what));
        }
        salvage::value(block.text)
    });
    Entry { key: block.key.to_owned(), line: block.line, value }
}

/// The value of a block, else the line in the file where its YAML is broken, and how.
fn value(block: &Block<'_>, mapping: &Mapping) -> Result<Value, (u64, String)> {
    let is_cards = mapping.keys(Field::Related, Dialect::FrontMatter).any(|key| key == block.key);
    let skip: &[&str] = if is_cards { &UNSEEN_OF_CARDS } else { &UNSEEN };
    let map = match plain_yaml::decode(block.text, skip) {
        Some(map) => map,
        None => yaml::decode(block.text, skip).map_err(|error| (block.line + error.line - 1, error.what))?,
    };
    match map {
        Value::Map(entries) => Ok(entries.into_iter().next_back().map_or(Value::Null, |(_, value)| value)),
        _ => Err((block.line, "no key".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::{Card, Mapping, Problems, read};

    fn card(text: &str) -> (Option<Box<Record>>, Vec<String>) {
        let mut problems = Problems::of("a.md");
        let card = read(text.as_bytes(), "a.md", &Mapping::default(), &mut problems);
        let told = problems.into_parts().0.iter().map(ToString::to_string).collect();
        (if let Card::Record(record) = card { Some(record) } else { None }, told)
    }

    #[test]
    fn tells_the_line_of_broken_yaml_in_the_file_and_keeps_the_article() {
        let (record, problems) = card("---\nid: x\n\ntitle: A: b\nquality: 7\n---\n");
        let article = record.unwrap().article;
        assert_eq!((article.title.as_str(), article.quality.unwrap().get()), ("A: b", 7));
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("a.md:4: broken YAML"), "{problems:?}");
    }

    #[test]
    fn minds_no_blank_lines_before_the_front_matter() {
        let (record, problems) = card("\r\n \t\n---\ntitle: A: b\n---\n");
        assert_eq!(record.unwrap().article.title, "A: b");
        assert!(problems[0].starts_with("a.md:4: broken YAML"), "{problems:?}");
    }

    #[test]
    fn tells_of_broken_yaml_even_where_nothing_is_read() {
        let (record, problems) = card("---\ntitle: x\nimages:\n  - url: u\n    title: How to: y\n---\n");
        assert_eq!(record.unwrap().article.title, "x");
        assert!(problems[0].starts_with("a.md:5: broken YAML"), "{problems:?}");
    }

    #[test]
    fn decodes_the_whole_where_blocks_are_tied_together() {
        let (record, problems) = card("---\ntitle: &t Telehealth\nexcerpt: *t\ntopics: [AI,\n  ML]\n---\n");
        let article = record.unwrap().article;
        assert_eq!((article.excerpt.as_deref(), article.topics.len()), (Some("Telehealth"), 2));
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn keeps_the_text_of_numbers_whatever_else_there_is() {
        for other in ["", "topics: [AI]\n", "kind: post # as it was\n"] {
            let (record, problems) = card(&format!("---\ntitle: 1.10\nexcerpt: 11.\nid: 61e5\n{other}---\n"));
            let article = record.unwrap().article;
            let told = [Some(article.title.as_str()), article.excerpt.as_deref(), article.external_id.as_deref()];
            assert_eq!((told, problems.len()), ([Some("1.10"), Some("11."), Some("61e5")], 0), "{other}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_wins() {
        assert_eq!(card("---\ntitle: one\ntitle: two\n---\n").0.unwrap().article.title, "two");
        assert_eq!(card("---\ntitle: one\n\"title\": two\n---\n").0.unwrap().article.title, "two");
    }

    #[test]
    fn wants_a_title() {
        let (record, problems) = card("---\nlayout: archive\n---\n");
        assert_eq!((record.is_none(), problems[0].as_str()), (true, "a.md: the front matter has no title"));
    }
}
