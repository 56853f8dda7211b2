//! BibTeX (biblatex's `@online`): one entry per article.

use std::fmt::Write as _;

use healthnews::article::Article;
use healthnews::search::SearchResponse;

use super::neutral::{link_target, neutral};

/// One entry per hit.
pub(crate) fn hits(response: &SearchResponse) -> String {
    response.hits.iter().map(|hit| entry(&hit.article)).collect()
}

/// The citation of one article.
pub(crate) fn entry(article: &Article) -> String {
    let mut out = format!("@online{{healthnews-{},\n", article.id);
    let mut field = |name: &str, value: &str| _ = writeln!(out, "  {name} = {{{value}}},");
    // A second pair of braces keeps the capitals of titles and the parts of names.
    field("title", &format!("{{{}}}", escaped(&article.title)));
    if !article.authors.is_empty() {
        let authors: Vec<String> = article.authors.iter().map(|author| format!("{{{}}}", escaped(author))).collect();
        field("author", &authors.join(" and "));
    }
    if let Some(provider) = &article.provider {
        field("organization", &escaped(&provider.name));
    }
    if let Some(published) = article.published {
        field("date", &published.date().to_string());
    }
    if let Some(url) = article.url.as_deref().and_then(link_target) {
        field("url", &url.replace('{', "%7B").replace('}', "%7D"));
    }
    if !article.topics.is_empty() {
        let topics: Vec<String> = article.topics.iter().map(|topic| escaped(&topic.to_string())).collect();
        field("keywords", &topics.join(", "));
    }
    out.push_str("}\n\n");
    out
}

/// Text that TeX sets as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in neutral(text).chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '{' | '}' | '#' | '$' | '%' | '&' | '_' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_what_tex_would_read() {
        assert_eq!(super::escaped("R&D {50%} a_b \\x"), "R\\&D \\{50\\%\\} a\\_b \\textbackslash{}x");
    }
}
