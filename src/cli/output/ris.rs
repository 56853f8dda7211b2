//! RIS: citations for reference managers, one record per article.

use std::fmt::Write as _;

use healthnews::article::Card;
use healthnews::search::SearchResponse;

use super::neutral::neutral;

/// One record per hit.
pub(crate) fn hits(response: &SearchResponse) -> String {
    response.hits.iter().map(|hit| record(&hit.article)).collect()
}

/// The citation of one article.
pub(crate) fn record(article: &Card) -> String {
    let mut out = String::new();
    // The format wants the line ending of its first machine, and two spaces before the hyphen.
    let mut tag = |tag: &str, text: &str| _ = write!(out, "{tag}  - {}\r\n", neutral(text));
    tag("TY", "NEWS");
    tag("ID", &article.id.to_string());
    tag("TI", &article.title);
    for author in &article.authors {
        tag("AU", author);
    }
    if let Some(provider) = &article.provider {
        tag("T2", &provider.name);
    }
    if let Some(published) = article.published {
        let date = published.date();
        tag("PY", &format!("{:04}", date.year()));
        tag("DA", &format!("{:04}/{:02}/{:02}/", date.year(), date.month(), date.day()));
    }
    if let Some(url) = &article.url {
        tag("UR", url);
    }
    if let Some(excerpt) = &article.excerpt {
        tag("AB", excerpt);
    }
    for topic in &article.topics {
        tag("KW", &topic.to_string());
    }
    tag("ER", "");
    out
}
