//! Excerpts that break off, and articles without text.

use super::findings::Findings;
use super::{Check, Examiner};
use crate::article::Article;
use crate::ingest::Field;

/// Shorter excerpts are often no sentences: a place, a kicker, a list of names. In characters.
const SENTENCE: usize = 80;
/// How much of the end of an excerpt is told, in characters.
const TOLD: usize = 60;

/// Looks at excerpt and body.
pub(super) struct Texts;

impl Examiner for Texts {
    fn see(&mut self, article: &Article, findings: &mut Findings<'_>) {
        match (&article.excerpt, &article.body) {
            (None, None) => findings.article(Check::NoText, article, None, || article.title.clone()),
            (Some(_), None) => findings.article(Check::EmptyBody, article, None, || article.title.clone()),
            (_, Some(_)) => {}
        }
        if let Some(excerpt) = &article.excerpt
            && is_cut(excerpt, article.body.as_deref())
        {
            findings.article(Check::CutExcerpt, article, Some(Field::Excerpt), || end_of(excerpt));
        }
    }
}

/// Whether a text breaks off: it ends in an ellipsis; or inside a word, as the body shows; or it is long enough for a sentence
/// and ends in a letter, a digit or a sign after which a sentence goes on.
fn is_cut(text: &str, body: Option<&str>) -> bool {
    let end = text.trim_end_matches([']', ')', '}', ' ', '"', '”', '’', '\'']);
    if end.ends_with('…') || end.ends_with("...") {
        return true;
    }
    let Some(last) = text.chars().next_back() else { return false };
    if !last.is_alphanumeric() && !matches!(last, ',' | ';' | ':' | '-' | '–' | '—' | '(' | '[' | '&' | '/') {
        return false;
    }
    let goes_on = || body?.strip_prefix(text)?.chars().next();
    goes_on().is_some_and(|next| last.is_alphanumeric() && next.is_alphanumeric())
        || text.chars().nth(SENTENCE).is_some()
}

/// The end of a text, cut where it begins.
fn end_of(text: &str) -> String {
    match text.char_indices().rev().nth(TOLD - 1) {
        Some((start, _)) if start > 0 => format!("…{}", &text[start..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{end_of, is_cut};

    #[test]
    fn knows_texts_that_break_off() {
        let long = "Hospitals in the county reported that the number of visits from afar has doubled since the";
        for (text, body, expected) in [
            ("Visits have ...", None, true),
            ("Visits have…", None, true),
            ("Visits have doubled [...]", None, true),
            ("“Visits have…”", None, true),
            (long, None, true),
            (&format!("{long} spring,"), None, true),
            (&format!("{long} spring."), None, false),
            (&format!("{long} spring.”"), None, false),
            (&format!("{long} spring!"), None, false),
            ("Visits have dou", Some("Visits have doubled."), true),
            ("Visits have", Some("Visits have doubled."), false),
            ("Washington, D.C.", None, false),
            ("Remote visits", None, false),
            ("遠距監測幫助慢性病患者。", None, false),
        ] {
            assert_eq!(is_cut(text, body), expected, "{text}");
        }
    }

    #[test]
    fn tells_the_end() {
        assert_eq!(end_of("short"), "short");
        let told = end_of(&"é".repeat(100));
        assert_eq!((told.chars().count(), told.starts_with('…')), (61, true));
    }
}
