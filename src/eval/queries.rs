//! [`Queries`]: the texts that a search engine is asked.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::table::{lines, text_of, wrong};
use crate::Result;

const HINT: &str = "queries are JSON lines with `_id` and `text` (BEIR), topics between `<top>` and `</top>` (TREC), or lines with an id, a tab and a text";

/// Query texts by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queries(BTreeMap<String, String>);

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

impl Queries {
    /// Reads a file of queries: JSON lines (BEIR), topics of TREC, of which the title is the query, or lines with an id, a tab and
    /// a text. The first character tells which.
    ///
    /// # Errors
    /// [`crate::Error::Source`] when the file cannot be read; [`crate::Error::Usage`], with the line, for what is none of these, for
    /// an id that comes twice, and for a file without any query.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&text_of(path)?, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut all = Self::default();
        let mut add = |line: usize, id: &str, query: String| match all.0.insert(id.to_owned(), query) {
            Some(_) => Err(wrong(path, line, format_args!("there is a query `{id}` already"), "a query has one text")),
            None => Ok(()),
        };
        match text.trim_start().chars().next() {
            Some('{') => {
                for (at, line) in lines(text) {
                    let query: Line = serde_json::from_str(line)
                        .map_err(|error| wrong(path, at, format_args!("this is no query: {error}"), HINT))?;
                    add(at, &query.id, query.text)?;
                }
            }
            Some('<') => {
                let mut rest = text;
                while let Some(start) = rest.find("<top>") {
                    let line = text[..text.len() - rest.len() + start].matches('\n').count() + 1;
                    let topic = &rest[start..];
                    let topic = &topic[..topic.find("</top>").unwrap_or(topic.len())];
                    let (Some(id), Some(title)) = (tagged(topic, "num", "Number:"), tagged(topic, "title", "Topic:"))
                    else {
                        return Err(wrong(path, line, "the topic has no `<num>` or no `<title>`", HINT));
                    };
                    add(line, &id, title)?;
                    rest = &rest[start + topic.len()..];
                }
            }
            _ => {
                for (at, line) in lines(text) {
                    let (id, query) = line.split_once('\t').ok_or_else(|| wrong(path, at, "this is no query", HINT))?;
                    add(at, id.trim(), query.trim().to_owned())?;
                }
            }
        }
        if all.0.is_empty() {
            return Err(wrong(path, 1, "there are no queries", HINT));
        }
        Ok(all)
    }

    /// The text of a query.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// The queries in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, text)| (id.as_str(), text.as_str()))
    }
}

/// What stands behind a tag, up to the next one, without its label and with single spaces.
fn tagged(topic: &str, tag: &str, label: &str) -> Option<String> {
    let (_, after) = topic.split_once(&format!("<{tag}>"))?;
    let text = after.split('<').next().unwrap_or_default().trim_start();
    let text = text.strip_prefix(label).unwrap_or(text);
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Queries> {
        Queries::parse(text, Path::new("q.txt"))
    }

    #[test]
    fn are_read_in_every_form() {
        for text in [
            "{\"_id\":\"1\",\"text\":\"home care\",\"metadata\":{}}\n{\"_id\":\"2\",\"text\":\"WHO\"}\n",
            "1\thome care\n2\tWHO\n",
            "<top>\n<num> Number: 1\n<title> home\ncare\n\n<desc> Description:\nAll of it.\n</top>\n\n\
             <top><num>2</num><title>Topic: WHO</title></top>\n",
        ] {
            let queries = parse(text).unwrap();
            assert_eq!(queries.iter().collect::<Vec<_>>(), [("1", "home care"), ("2", "WHO")], "{text}");
        }
    }

    #[test]
    fn say_which_line_is_wrong() {
        for (text, message) in [
            ("{\"_id\":\"1\",\"text\":\"a\"}\n{\"_id\":\"2\"}\n", "q.txt:2: this is no query: missing field `text`"),
            ("1\ta\n\n1\tb\n", "q.txt:3: there is a query `1` already"),
            ("1\ta\nb\n", "q.txt:2: this is no query"),
            (
                "<top>\n<num> 1\n<title> a\n</top>\n<top>\n<num> 2\n</top>\n",
                "q.txt:5: the topic has no `<num>` or no `<title>`",
            ),
            ("<topics><top>\n<num> 1\n</top>", "q.txt:1: the topic has no `<num>` or no `<title>`"),
            ("\n", "q.txt:1: there are no queries"),
            ("<topics></topics>", "q.txt:1: there are no queries"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
