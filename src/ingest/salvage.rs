//! What can still be read of a block whose YAML is broken.

use super::front_matter::{has_separator, key};
use super::value::Value;

/// Reads a block (`key: value`, `key:` with a list of texts, `key:` with a map of texts) line by line, taking every line at
/// face value. Never fails; what has no plain form is left out.
pub(crate) fn value(block: &str) -> Value {
    let mut lines = block.lines().filter(|line| !line.trim().is_empty());
    let Some((_, first)) = lines.next().and_then(|line| key(line.trim_end())) else { return Value::Null };
    let first = first.trim();
    let is_indented = |line: &&str| line.starts_with([' ', '\t']);
    let behind: Vec<&str> =
        lines.clone().take_while(is_indented).map(str::trim).filter(|line| !line.starts_with('#')).collect();
    let mut inner = lines.map(str::trim).filter(|line| !line.starts_with('#')).peekable();
    if matches!(first, ">" | ">-" | ">+" | "|" | "|-" | "|+") {
        return Value::Text(inner.collect::<Vec<_>>().join("\n"));
    }
    if !first.is_empty() {
        // A text over several lines.
        return text(&std::iter::once(first).chain(behind).collect::<Vec<_>>().join(" "));
    }
    if inner.peek().is_some_and(|line| line.starts_with('-')) {
        let items = inner.filter_map(|line| line.strip_prefix("- ")).map(text);
        return Value::List(items.collect());
    }
    let entries = inner.filter_map(key).filter(|(_, rest)| !rest.is_empty());
    Value::Map(entries.map(|(key, rest)| (key.to_owned(), text(rest))).collect())
}

fn text(written: &str) -> Value {
    let written = written.trim();
    // `[Video] Scans, explained [2021]` is a headline, and so is `[Video: scans]`; a comma in quotes parts no items.
    let is_list = |inner: &&str| !has_separator(inner) && !inner.contains(['[', ']']);
    let inner = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(is_list);
    let items: Vec<&str> = inner.iter().flat_map(|inner| inner.split(',')).map(str::trim).collect();
    let is_cut = |item: &&str| {
        let quote = item.chars().next().filter(|c| matches!(c, '"' | '\''));
        quote.is_some_and(|quote| item.len() < 2 || !item.ends_with(quote))
    };
    if items.is_empty() || items.iter().any(is_cut) {
        return scalar(written);
    }
    let mut items: Vec<Value> = items.into_iter().map(scalar).filter(|item| *item != Value::Null).collect();
    if items.len() == 1 { items.remove(0) } else { Value::List(items) }
}

fn scalar(written: &str) -> Value {
    let written = written.trim();
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if written.strip_prefix('*').is_some_and(is_name) {
        // Nobody knows here what an alias stands for.
        return Value::Null;
    }
    let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\'') && !quotes_a_part(written, *quote));
    let bare = quote.map_or(written, |quote| {
        let rest = &written[quote.len_utf8()..];
        rest.strip_suffix(quote).unwrap_or(rest)
    });
    match bare {
        "null" | "~" | "" | "[]" | "{}" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::Text(text.replace("\\\"", "\"").replace("''", "'")),
    }
}

/// Whether the quote that a text begins with is closed within it, and so belongs to the text: `"Smart" pills`, but not `"A "smart" pill"`.
fn quotes_a_part(written: &str, quote: char) -> bool {
    let mut before = quote;
    let mut rest = written[quote.len_utf8()..].chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        if c == quote {
            let is_escaped = before == '\\' || before == quote || next == Some(quote);
            let is_inside = before.is_alphanumeric() && next.is_some_and(char::is_alphanumeric);
            if !is_escaped && !is_inside {
                return next.is_some() && !before.is_whitespace();
            }
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Value, value};

    #[test]
    fn takes_lines_at_face_value() {
        assert_eq!(value("title: A: b\n"), Value::Text("A: b".into()));
        assert_eq!(value("title: \"open\n"), Value::Text("open".into()));
        assert_eq!(value("title: A: b\n  c: d\n\te\n"), Value::Text("A: b c: d e".into()));
        for (written, read) in [
            ("\"Smart\" pills", "\"Smart\" pills"),
            ("'Smart' and 'wise'", "'Smart' and 'wise'"),
            ("\"Smart\" and \"wise\"", "\"Smart\" and \"wise\""),
            ("\"A \"smart\" pill\"", "A \"smart\" pill"),
            ("'It's here: now'", "It's here: now"),
            ("'It''s here", "It's here"),
            ("\"A \\\"smart\\\" pill", "A \"smart\" pill"),
        ] {
            assert_eq!(value(&format!("title: {written}\n")), Value::Text(read.into()));
        }
        assert_eq!(value("topics:\n  - AI: hype\n  - 'ML'\n").items()[1], Value::Text("ML".into()));
        assert_eq!(
            value("provider:\n  name: The: News\n  id: x.com\n").get("name").and_then(Value::text),
            Some("The: News")
        );
        assert_eq!(value("note: >-\n  one\n  two\n"), Value::Text("one\ntwo".into()));
        assert_eq!(value("title:\tA: b\n"), Value::Text("A: b".into()));
        let topics = |written: &str| value(&format!("topics: {written}\n")).items().to_vec();
        assert_eq!(topics("[*a, AI, 'ML']"), [Value::Text("AI".into()), Value::Text("ML".into())]);
        assert_eq!((topics("[*a]"), topics("*a")), (Vec::new(), Vec::new()));
        for whole in ["[Video: AI, ML]", "[Video] Scans, explained [2021]", "[AI] scans [2021]", "[AI, \"a, b\"]"] {
            assert_eq!(value(&format!("title: {whole}\n")), Value::Text(whole.into()));
        }
        assert_eq!((value(""), value("title:")), (Value::Null, Value::Map(Vec::new())));
    }
}
