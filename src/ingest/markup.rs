//! Bodies, HTML or Markdown or plain, → paragraphs of plain text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::clean::{Paragraphs, unescape};
use super::html;

/// The longest body read as Markdown, in bytes; beyond it, text is taken as it is.
const MAX_MARKDOWN: usize = 2 << 20;

/// The text of a body, its paragraphs separated by line breaks; `None` when there is none.
pub(crate) fn body(source: &str) -> Option<String> {
    let mut out = Paragraphs::new();
    if is_html(source) {
        html::push(source, &mut out);
    } else if source.len() > MAX_MARKDOWN {
        for line in source.lines() {
            out.paragraph();
            out.text(line);
        }
    } else {
        markdown(source, &mut out);
    }
    out.finish()
}

/// HTML begins with the tag of a block, or holds tags and nothing that is Markdown's.
fn is_html(source: &str) -> bool {
    let source = source.trim_start();
    let first = source.starts_with('<').then(|| html::tag_name(source)).filter(|name| html::is_element(name));
    if first.as_ref().is_some_and(|name| !html::is_inline(name)) {
        return true;
    }
    let has_tags = source.match_indices('<').take(64).any(|(at, _)| {
        let rest = &source[at..];
        rest.starts_with("<br") || (rest.starts_with("</") && html::is_element(&html::tag_name(rest)))
    });
    (has_tags || first.is_some())
        && !["](", "\n#", "\n- ", "\n* ", "```", "**"].iter().any(|mark| source.contains(mark))
}

fn markdown(source: &str, out: &mut Paragraphs) {
    let mut block = String::new();
    // The element within a paragraph whose content is no text for a reader.
    let mut silent: Option<String> = None;
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        // What is not closed in its paragraph is broken, and does not silence the rest of the article.
        if let Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell) = event {
            silent = None;
        }
        match event {
            Event::InlineHtml(tag) => {
                let name = html::tag_name(&tag);
                let ends = tag.starts_with("</");
                if silent.as_ref().is_some_and(|silent| ends && *silent == name) {
                    silent = None;
                } else if silent.is_none() {
                    html::push(&tag, out);
                    silent = (html::is_silent(&name) && !ends && !tag.ends_with("/>")).then_some(name);
                }
            }
            Event::Text(_) | Event::Code(_) if silent.is_some() => {}
            Event::Text(text) => out.text(&unescape(&text)),
            Event::Code(text) => out.text(&text),
            // A block of HTML comes line by line and is read as a whole.
            Event::Html(html) => block.push_str(&html),
            Event::SoftBreak | Event::End(TagEnd::TableCell) => out.space(),
            Event::HardBreak | Event::Rule => out.paragraph(),
            Event::End(TagEnd::HtmlBlock) => {
                html::push(&block, out);
                block.clear();
                out.paragraph();
            }
            Event::Start(tag) if !is_inline(&tag) => out.paragraph(),
            _ => {}
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } | Tag::TableCell
    )
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::body;

    #[test]
    fn reads_markdown() {
        let source = "# Head\n\nOne *two*\n[three](http://e.com/x) ![a chart](c.png)\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n";
        assert_eq!(body(source).unwrap(), "Head\nOne two three a chart\na\nb\nx y\n1 2");
    }

    #[test]
    fn reads_html() {
        assert_eq!(body("<p>One</p>\n<p>two</p>").unwrap(), "One\ntwo");
        let link = "Read it.<br><br><a target=\"_blank\" href=https://e.com/a?b=c>Read on e.com</a>";
        assert_eq!(body(link).unwrap(), "Read it.\nRead on e.com");
    }

    #[test]
    fn reads_html_within_markdown() {
        assert_eq!(
            body("A <b>bold</b> **claim**<br>and\n\n<div>\n<p>more</p>\n</div>\n").unwrap(),
            "A bold claim\nand\nmore"
        );
        let picture = "<img src=\"a.png\" alt=\"A chart\">\n\n# Head\n\nA **bold** [claim](http://e.com/x)\n";
        assert_eq!(body(picture).unwrap(), "A chart\nHead\nA bold claim");
        assert_eq!(body("**x** List<string> <MSFT.O>").unwrap(), "x List<string> <MSFT.O>");
        let script =
            "A claim <script>var x=`1`;</script>and **bold** <style>p {}\n\nmore\n\n- <svg/>item <iframe>x\n- last";
        assert_eq!(body(script).unwrap(), "A claim and bold\nmore\nitem\nlast");
    }

    #[test]
    fn keeps_plain_paragraphs() {
        assert_eq!(body("One\ntwo\n\nthree &amp; four").unwrap(), "One two\nthree & four");
        assert_eq!(body(" \n"), None);
    }

    #[test]
    fn survives_hostile_markup() {
        for hostile in [
            ">".repeat(50_000),
            "[".repeat(50_000),
            "*a ".repeat(50_000),
            "- ".repeat(5_000),
            "![[".repeat(20_000),
            "<".repeat(100_000),
            "<a b='".repeat(20_000),
        ] {
            let begun = Instant::now();
            let _ = body(&hostile);
            assert!(begun.elapsed() < Duration::from_secs(10), "{}: {:?}", &hostile[..3], begun.elapsed());
        }
    }
}
