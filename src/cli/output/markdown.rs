//! Markdown: a list to paste into a note, each article linked with its outlet, date and fragment.

use std::fmt::Write as _;

use healthnews::search::SearchResponse;

use super::neutral::{link_target, neutral};

/// One list item per hit.
pub(crate) fn hits(response: &SearchResponse) -> String {
    let mut out = String::new();
    for hit in &response.hits {
        let title = escaped(&hit.article.title);
        match hit.article.url.as_deref().and_then(link_target) {
            // Angle brackets take an address with parentheses; the address itself is percent-encoded.
            Some(url) => _ = write!(out, "- [{title}](<{url}>)"),
            None => _ = write!(out, "- {title}"),
        }
        let provider = hit.article.provider.as_ref().map(|provider| escaped(&provider.name));
        let published = hit.article.published.map(|published| published.date().to_string());
        let about: Vec<String> = [provider, published].into_iter().flatten().collect();
        if !about.is_empty() {
            let _ = write!(out, " — {}", about.join(", "));
        }
        out.push('\n');
        if let Some(fragment) = &hit.fragment {
            let _ = writeln!(out, "  > {}", escaped(&fragment.text));
        }
    }
    out
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in neutral(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~' | '!') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_what_markdown_would_read() {
        assert_eq!(super::escaped("*AI* [x](y)\n<b>"), "\\*AI\\* \\[x\\](y) \\<b\\>");
    }
}
