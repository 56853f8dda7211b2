//! BibTeX (biblatex's `@online`): one entry per article.

use std::fmt::Write as _;

use healthnews::article::Card;
use healthnews::search::SearchResponse;

use super::neutral::{link_target, neutral};

/// Words that stand in no person's name.
const ORGANISATION: &str = "& agency and association center centre clinic college committee company council department editorial editors for foundation \
     group health healthcare hospital inc institute llc ltd magazine media medical ministry network news newsroom of organisation \
     organization press society staff team the university";

/// One entry per hit.
pub(crate) fn hits(response: &SearchResponse) -> String {
    response.hits.iter().map(|hit| entry(&hit.article)).collect()
}

/// The citation of one article.
pub(crate) fn entry(article: &Card) -> String {
    let mut out = format!("@online{{healthnews-{},\n", article.id);
    let mut field = |name: &str, value: &str| _ = writeln!(out, "  {name} = {{{value}}},");
    // A second pair of braces keeps the capitals of titles.
    field("title", &format!("{{{}}}", escaped(&article.title)));
    if !article.authors.is_empty() {
        let outlet = article.provider.as_ref().map(|provider| provider.name.as_str());
        let authors: Vec<String> = article.authors.iter().map(|author| name(author, outlet)).collect();
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

/// An author. A person's name stands as it is, so that its parts are found and it is sorted by the last; braces keep together what has
/// no such parts, or would be taken apart in the wrong places.
fn name(author: &str, outlet: Option<&str>) -> String {
    let is_organisation = outlet.is_some_and(|outlet| outlet.eq_ignore_ascii_case(author))
        || author
            .split(|c: char| !c.is_alphanumeric() && c != '&')
            .any(|word| ORGANISATION.split(' ').any(|sign| sign.eq_ignore_ascii_case(word)));
    // `Writer, Ada` is a name, `Ada Writer, MD` is not what it looks like to TeX.
    let is_turned = author.split_once(',').is_some_and(|(last, first)| last.contains(' ') || first.contains(','));
    let text = escaped(author);
    if is_organisation || is_turned { format!("{{{text}}}") } else { text }
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
    fn names_of_persons_have_parts_and_others_are_kept_together() {
        for (author, written) in [
            ("Ada Writer", "Ada Writer"),
            ("Writer, Ada", "Writer, Ada"),
            ("Ada Writer, MD", "{Ada Writer, MD}"),
            ("Andy Anderson", "Andy Anderson"),
            ("Becker's Hospital Review", "{Becker's Hospital Review}"),
            ("Bell and Sons", "{Bell and Sons}"),
            ("AT&T", "AT\\&T"),
            ("Health Staff", "{Health Staff}"),
            ("Fierce Biotech", "{Fierce Biotech}"),
        ] {
            assert_eq!(super::name(author, Some("fierce biotech")), written);
        }
    }

    #[test]
    fn escapes_what_tex_would_read() {
        assert_eq!(super::escaped("R&D {50%} a_b \\x"), "R\\&D \\{50\\%\\} a\\_b \\textbackslash{}x");
    }
}
