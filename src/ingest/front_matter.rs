//! Where front matter begins and ends, and where it can be cut into top-level blocks.
//!
//! Decoding all of the YAML of a news card costs more than everything else together, and most of it goes to blocks that
//! nobody asked for. So the text is cut at its top-level keys and only the wanted blocks are decoded. A cut is *safe* when
//! every valid document gives the same values block by block as at once; where that is not plain to see, it is not safe.

use memchr::memchr;
use memchr::memmem::find;

/// A file in its two parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split<'a> {
    /// The YAML, without its fences.
    pub(crate) yaml: &'a str,
    /// The line in the file on which it begins.
    pub(crate) line: u64,
    /// What follows.
    pub(crate) body: &'a str,
    /// Whether there is a closing fence.
    pub(crate) closed: bool,
}

/// More top-level keys than any article has; what comes after them is not cut.
const MAX_BLOCKS: usize = 10_000;

/// Splits a text that begins with a line `---`; the next line `---` or `...` ends the front matter. Fences stand at the
/// beginning of a line and may be followed by spaces; blank lines may come before. `None` without an opening fence.
pub(crate) fn split(text: &str) -> Option<Split<'_>> {
    let (mut fence, mut line) = (text, 2);
    while let Some((_, below)) = fence.split_once('\n').filter(|(blank, _)| blank.trim_ascii().is_empty()) {
        (fence, line) = (below, line + 1);
    }
    let rest = fence.strip_prefix("---")?;
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix('\n')?;
    let mut at = 0;
    for text in rest.split_inclusive('\n') {
        if text.starts_with(['-', '.']) && matches!(text.trim_end(), "---" | "...") {
            return Some(Split { yaml: &rest[..at], line, body: &rest[at + text.len()..], closed: true });
        }
        at += text.len();
    }
    Some(Split { yaml: rest, line, body: "", closed: false })
}

/// One top-level entry of the YAML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    pub(crate) key: &'a str,
    /// The line in the file on which it begins.
    pub(crate) line: u64,
    /// All its lines, the one with the key first.
    pub(crate) text: &'a str,
    /// Whether a line in it looks as if the YAML might be broken.
    pub(crate) suspicious: bool,
}

/// The blocks in the order of the file.
#[derive(Debug)]
pub(crate) struct Cut<'a> {
    pub(crate) blocks: Vec<Block<'a>>,
    /// Whether each block can be decoded on its own.
    pub(crate) safe: bool,
}

/// Cuts at the lines that begin with `key:`. The first one is line `first_line` of the file.
pub(crate) fn cut(yaml: &str, first_line: u64) -> Cut<'_> {
    // To YAML these end a line too.
    let has_other_breaks =
        ["\r", "\u{85}", "\u{2028}", "\u{2029}"].iter().any(|end| find(yaml.as_bytes(), end.as_bytes()).is_some());
    let mut cut = Cut { blocks: Vec::new(), safe: !has_other_breaks };
    let mut begun: Option<(usize, Block<'_>)> = None;
    let mut literal = false;
    let mut at = 0;
    for (line, number) in yaml.split_inclusive('\n').zip(first_line..) {
        if cut.blocks.len() >= MAX_BLOCKS {
            cut.safe = false;
            break;
        }
        let content = line.trim_end_matches(['\n', ' ']);
        match content.as_bytes().first() {
            None | Some(b'#') => {}
            Some(b' ') if literal => {}
            Some(b' ' | b'-') if begun.is_some() && (content.starts_with(' ') || is_item(content)) => {
                if let Some((_, block)) = &mut begun {
                    let seen = look(content);
                    block.suspicious |= seen == Look::Suspicious;
                    cut.safe &= seen != Look::Unsafe;
                }
            }
            _ => match key(content) {
                Some((key, value)) => {
                    if let Some((start, block)) = begun.take() {
                        cut.blocks.push(Block { text: &yaml[start..at], ..block });
                    }
                    let seen = look_at_value(value);
                    cut.safe &= seen != Look::Unsafe;
                    literal = value.starts_with(['|', '>']);
                    begun = Some((at, Block { key, line: number, text: "", suspicious: seen == Look::Suspicious }));
                }
                None => cut.safe = false,
            },
        }
        at += line.len();
    }
    if let Some((start, block)) = begun {
        cut.blocks.push(Block { text: &yaml[start..at], ..block });
    }
    cut
}

/// Whether a line's content is an item of a list: a dash that a space or the end of the line follows.
pub(crate) fn is_item(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

/// A plain key at the beginning of a line and what follows its colon.
pub(crate) fn key(content: &str) -> Option<(&str, &str)> {
    let bytes = content.as_bytes();
    let end = bytes.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')))?;
    if end == 0 || bytes[0] == b'-' || bytes[0] == b'.' || bytes[end] != b':' {
        return None;
    }
    match bytes.get(end + 1) {
        None => Some((&content[..end], "")),
        Some(b' ') => Some((&content[..end], content[end + 1..].trim_start_matches(' '))),
        // The tab stays, so that nobody takes the value for a plain one.
        Some(b'\t') => Some((&content[..end], &content[end + 1..])),
        Some(_) => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Plain,
    /// Perhaps broken; ends on its line all the same.
    Suspicious,
    /// May reach beyond its block.
    Unsafe,
}

fn look(content: &str) -> Look {
    let mut value = content.trim_start_matches(' ');
    while let Some(rest) = value.strip_prefix("- ") {
        value = rest.trim_start_matches(' ');
    }
    match key(value) {
        Some((_, value)) => look_at_value(value),
        None => look_at_value(value),
    }
}

fn look_at_value(value: &str) -> Look {
    let Some(first) = value.bytes().next() else { return Look::Plain };
    match first {
        b'"' | b'\'' => match quoted_end(value) {
            Some(end) if value[end..].trim_start_matches(' ').is_empty() => Look::Plain,
            // A quoted key, a comment, or text behind the closing quote.
            _ => Look::Unsafe,
        },
        b'[' | b'{' if matches!(value, "[]" | "{}") => Look::Plain,
        b'[' | b'{' | b'&' | b'*' | b'!' | b'?' | b'%' | b'\t' => Look::Unsafe,
        _ if has_separator(value) => Look::Suspicious,
        b'@' | b'`' => Look::Suspicious,
        _ => Look::Plain,
    }
}

/// Whether a plain text holds what YAML takes for the end of a key.
pub(crate) fn has_separator(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b':', bytes).any(|at| matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')))
}

/// Just behind the quote that closes the one at the beginning; `None` when it is not closed on this line.
pub(crate) fn quoted_end(value: &str) -> Option<usize> {
    let bytes = value.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    loop {
        let found =
            at + if quote == b'"' { memchr::memchr2(b'"', b'\\', &bytes[at..])? } else { memchr(quote, &bytes[at..])? };
        if bytes[found] == b'\\' || (quote == b'\'' && bytes.get(found + 1) == Some(&quote)) {
            at = found + 2;
            if at > bytes.len() {
                return None;
            }
        } else {
            return Some(found + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::value::Value;
    use super::super::yaml;
    use super::{cut, key, split};

    #[test]
    fn ends_at_a_fence_on_its_own_line_only() {
        let text = "--- \ntitle: Foo ---\nnote: |\n  ---\nmore: x --- y\n---  \nBody\n---\nmore";
        let parts = split(text).unwrap();
        assert_eq!(parts.yaml, "title: Foo ---\nnote: |\n  ---\nmore: x --- y\n");
        assert_eq!((parts.body, parts.closed), ("Body\n---\nmore", true));
        assert_eq!(split("---\ntitle: x\n...").map(|parts| parts.closed), Some(true));
        assert_eq!(split("---\ntitle: x\n").map(|parts| parts.closed), Some(false));
        for other in ["", "text", "----\na: b\n---\n", " ---\n", "---"] {
            assert_eq!(split(other), None, "{other:?}");
        }
    }

    #[test]
    fn cuts_at_top_level_keys() {
        let yaml = "title: \"A: b\" \n\n# note\ntopics:\n- x\n- y\nprovider:\n  name: z\ndropmark.editURL: u\n";
        let found = cut(yaml, 2);
        assert!(found.safe);
        let keys: Vec<_> = found.blocks.iter().map(|block| (block.key, block.line, block.suspicious)).collect();
        assert_eq!(
            keys,
            [("title", 2, false), ("topics", 5, false), ("provider", 8, false), ("dropmark.editURL", 10, false)]
        );
        assert_eq!(found.blocks[1].text, "topics:\n- x\n- y\n");
    }

    #[test]
    fn marks_what_may_be_broken() {
        let found = cut("images:\n  - title: How to: a list\nnote: fine\n", 2);
        assert!(found.safe && found.blocks[0].suspicious && !found.blocks[1].suspicious);
    }

    #[test]
    fn does_not_trust_what_may_reach_beyond_its_block() {
        for yaml in [
            "a: &x 1\nb: *x\n",
            "a: \"one\nb: two\"\n",
            "a:\n  - 'one\nb: two'\n",
            "a: [1,\nb: 2]\n",
            "{a: 1}\n",
            "\"a\": 1\n",
            "? a\n: b\n",
            "a: 1\n--- \nb: 2\n",
            "\ta: 1\n",
            "a:\t1\n",
            "- a\n",
            "a:\n-: b\n",
            "a:\n  c\rd:\n",
            "a:\n  c\u{2028}d:\n",
        ] {
            assert!(!cut(yaml, 2).safe, "{yaml:?}");
        }
    }

    #[test]
    fn tells_keys_from_text() {
        assert_eq!(key("title: A: b"), Some(("title", "A: b")));
        assert_eq!(key("title:"), Some(("title", "")));
        assert_eq!(key("title:\tA"), Some(("title", "\tA")));
        for text in ["http://example.com", "- a: b", "two words: x", ": x", "é: x", ""] {
            assert_eq!(key(text), None, "{text:?}");
        }
    }

    /// The value of a key; of two equal ones the last.
    fn last<'v>(entries: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
        entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn a_safe_cut_says_what_the_whole_says(text in "((  |    |- |  - |)(a|b-c|c.d|-|true|title|\\?|#x|\\.\\.\\.|%y)(:|: |:  |:\t)((\"|'|\\||>|>-|\\|2|&x |\\*x|\\[|\\{|!t |#|- |\\? |@|`|%|, )?[a-z0-9 :#'\"\\\\.,é\\]}-]{0,8}(\"|'|:|\\\\)?)?\n|(  )?- ?[~a-z0-9.:e -]{0,6}\n|  # x\n|# y\n| [a-z: ]{1,5}\n|\t[a-z]: \n|\n){1,7}") {
            let cut = cut(&text, 2);
            let whole = match yaml::decode(&text, &[]) {
                Ok(Value::Map(entries)) if cut.safe => entries,
                Ok(Value::Null) if cut.safe => Vec::new(),
                Ok(other) if cut.safe => return Err(TestCaseError::fail(format!("{other:?}"))),
                _ => return Ok(()),
            };
            for (key, _) in &whole {
                let block = cut.blocks.iter().rev().find(|block| block.key == key);
                let alone = block.map(|block| yaml::decode(block.text, &[]));
                let Some(Ok(Value::Map(alone))) = alone else { return Err(TestCaseError::fail(format!("lost `{key}`"))) };
                prop_assert_eq!(last(&alone, key), last(&whole, key));
            }
            for block in &cut.blocks {
                prop_assert!(last(&whole, block.key).is_some(), "invented `{}`", block.key);
            }
        }
    }
}
