//! HTML → text, on top of a tokenizer: no tree, so no nesting is too deep.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::clean::{Paragraphs, unescape};

/// Elements that begin and end a line.
const BLOCKS: [&str; 52] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "template",
    "tfoot",
    "thead",
    "tr",
    "ul",
    "video",
];

/// Elements whose content is not text for a reader.
const SILENT: [&str; 8] = ["head", "iframe", "noscript", "object", "script", "style", "svg", "template"];

/// The other elements of HTML, obsolete ones that are still met included.
const INLINE: [&str; 77] = [
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big", "blink", "button",
    "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "frame",
    "frameset", "head", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "map", "mark", "marquee", "meta",
    "meter", "nobr", "noframes", "noscript", "o:p", "object", "output", "param", "picture", "progress", "q", "rp",
    "rt", "ruby", "s", "samp", "script", "small", "source", "span", "strike", "strong", "style", "sub", "sup", "svg",
    "td", "textarea", "th", "time", "title", "track", "tt", "u", "var", "wbr",
];

/// Adds the text of `html`. Block elements separate paragraphs, links and pictures leave their text, tags of elements
/// that HTML does not know stay as they are written.
pub(crate) fn push(html: &str, out: &mut Paragraphs) {
    let (html, tail) = split_open_tag(html);
    let mut reader = Reader { html, out, tag: Tag::default(), silent: None, last_ends: Vec::new() };
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
        reader.read(&event, span);
        None
    });
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    out.text(&unescape(tail));
}

/// Whether what an element holds is no text for a reader.
pub(crate) fn is_silent(name: &str) -> bool {
    SILENT.binary_search(&name).is_ok()
}

/// Whether `name`, in lower case, is an element of HTML.
pub(crate) fn is_element(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok() || INLINE.binary_search(&name).is_ok() || name.starts_with("amp-")
}

/// Whether an element stands within a paragraph, so that Markdown may begin with it.
pub(crate) fn is_inline(name: &str) -> bool {
    INLINE.binary_search(&name).is_ok() && !is_silent(name)
}

/// The name at the beginning of a tag's text, after `<` or `</`.
pub(crate) fn tag_name(tag: &str) -> String {
    let name = tag.trim_start_matches('<').trim_start_matches('/');
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':'))).unwrap_or(name.len());
    name[..end.min(16)].to_ascii_lowercase()
}

/// A tokenizer drops a tag that never ends, and all that follows. Such a tail is a cut-off tag (dropped) or text (kept).
fn split_open_tag(html: &str) -> (&str, &str) {
    let from = html.rfind('>').map_or(0, |at| at + 1);
    match html[from..].find('<').map(|at| html.split_at(from + at)) {
        None => (html, ""),
        Some((head, tail))
            if is_element(&tag_name(tail)) && (tail.contains('=') || tail.len() < 8 && !tail.contains(' ')) =>
        {
            (head, "")
        }
        Some(parts) => parts,
    }
}

#[derive(Debug, Default)]
struct Tag {
    start: usize,
    name: String,
    is_alt: bool,
    alt: String,
}

struct Reader<'a> {
    html: &'a str,
    out: &'a mut Paragraphs,
    /// The start tag being read.
    tag: Tag,
    /// The silent element that the reader is in.
    silent: Option<&'static str>,
    /// Where the last end tag of a silent element is, by name, once it was looked for.
    last_ends: Vec<(&'static str, usize)>,
}

impl Reader<'_> {
    fn read(&mut self, event: &CallbackEvent<'_>, span: Span<usize>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag =
                    Tag { start: span.start, name: String::from_utf8_lossy(name).into_owned(), ..Tag::default() };
            }
            CallbackEvent::AttributeName { name } => self.tag.is_alt = self.tag.name == "img" && *name == b"alt",
            CallbackEvent::AttributeValue { value } if self.tag.is_alt => {
                self.tag.alt = String::from_utf8_lossy(value).into_owned();
            }
            CallbackEvent::CloseStartTag { .. } => self.start_tag(span.end),
            CallbackEvent::EndTag { name } => self.end_tag(&String::from_utf8_lossy(name), span),
            CallbackEvent::String { value } if self.silent.is_none() => {
                let text = String::from_utf8_lossy(value);
                for (number, part) in unescape(&text).split("\n\n").enumerate() {
                    if number > 0 {
                        self.out.paragraph();
                    }
                    self.out.text(part);
                }
            }
            _ => {}
        }
    }

    fn start_tag(&mut self, end: usize) {
        let tag = std::mem::take(&mut self.tag);
        if tag.name == "body" {
            self.silent = None;
        }
        if self.silent.is_some() {
            return;
        }
        if let Some(name) = SILENT.iter().find(|name| **name == tag.name)
            && self.last_end(name) > end
        {
            self.silent = Some(name);
            self.out.space();
        } else if is_element(&tag.name) {
            self.separate(&tag.name);
            if !tag.alt.is_empty() {
                self.out.space();
                self.out.text(&tag.alt);
                self.out.space();
            }
        } else {
            self.as_written(tag.start, end);
        }
    }

    fn end_tag(&mut self, name: &str, span: Span<usize>) {
        match self.silent {
            Some(silent) if silent == name => self.silent = None,
            Some(_) => {}
            None if is_element(name) => self.separate(name),
            None => self.as_written(span.start, span.end),
        }
    }

    fn separate(&mut self, name: &str) {
        if BLOCKS.binary_search(&name).is_ok() {
            self.out.paragraph();
        } else if matches!(name, "td" | "th") {
            self.out.space();
        }
    }

    fn as_written(&mut self, start: usize, end: usize) {
        self.out.text(self.html.get(start..end).unwrap_or_default());
    }

    fn last_end(&mut self, name: &'static str) -> usize {
        if let Some((_, at)) = self.last_ends.iter().find(|(known, _)| *known == name) {
            return *at;
        }
        let end = format!("</{name}");
        let html = self.html.as_bytes();
        // `</header` is another end.
        let is_whole = |at: usize| !html.get(at + end.len()).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'-');
        let mut ends = html.windows(end.len()).enumerate().rev();
        let found =
            ends.find(|(at, part)| part.eq_ignore_ascii_case(end.as_bytes()) && is_whole(*at)).map(|(at, _)| at);
        self.last_ends.push((name, found.unwrap_or(0)));
        found.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCKS, INLINE, Paragraphs, push};

    fn text(html: &str) -> String {
        let mut out = Paragraphs::new();
        push(html, &mut out);
        out.finish().unwrap_or_default()
    }

    #[test]
    fn keeps_its_tables_sorted() {
        assert!(BLOCKS.is_sorted() && INLINE.is_sorted());
    }

    #[test]
    fn breaks_paragraphs_where_blocks_do() {
        assert_eq!(text("<p>One <b>b</b>old.</p><ul><li>a<li>b</ul>x<br><br/>y"), "One bold.\na\nb\nx\ny");
        assert_eq!(text("<table><tr><td>a<td>b<tr><td>c</table>"), "a b\nc");
        assert_eq!(text("See <a href='http://e.com'>this</a> <img src=x alt='a chart'>."), "See this a chart .");
    }

    #[test]
    fn drops_what_is_not_for_readers() {
        assert_eq!(text("<head><title>t</title></head><style>p{}</style>a<script>if (a<b) '</p>'</script>b"), "a b");
        assert_eq!(text("a <script> unclosed"), "a unclosed");
        assert_eq!(text("<head><title>t</title><header>H</header><p>All the words"), "t\nH\nAll the words");
    }

    #[test]
    fn leaves_look_alikes_as_written() {
        assert_eq!(
            text("é <MSFT.O> rises, List<String></String> &amp;#39;x&amp;#39; 1 < 2"),
            "é <MSFT.O> rises, List<String></String> 'x' 1 < 2"
        );
    }

    #[test]
    fn does_not_mind_depth() {
        assert_eq!(text(&format!("{}deep", "<div>".repeat(100_000))), "deep");
        assert_eq!(text(&format!("{}x", "<head>".repeat(100_000))), "x");
    }
}
