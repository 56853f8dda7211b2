//! One article with all its fields, for people.

use std::fmt::Write as _;

use anstyle::Style;
use healthnews::article::{Article, Precision, Published, Related};
use unicode_width::UnicodeWidthStr;

use super::look::{DIM, HEADING, Look, TITLE};
use super::wrap::wrap_whole;

/// The columns that the names of the fields take.
const NAMES: usize = 11;

/// Title, fields, excerpt, body, related links.
pub(crate) fn page(article: &Article, look: Look) -> String {
    let mut out = String::new();
    let paragraph = |out: &mut String, text: &str, style: Style| {
        for line in wrap_whole(text, look.text_width()) {
            let _ = writeln!(out, "{}", look.line(&line, style));
        }
    };
    for line in wrap_whole(&article.title, look.text_width()) {
        let _ = writeln!(out, "{}", look.link(article.url.as_deref(), &look.line(&line, TITLE)));
    }
    out.push('\n');
    for (name, value) in fields(article) {
        let mut head = format!("{name:NAMES$}");
        if matches!(name, "url" | "sources") {
            // For copying: whole, however long.
            let _ = writeln!(out, "{}{}", look.paint(DIM, &head), look.paint_neutral(Style::new(), &value));
            continue;
        }
        for line in wrap_whole(&value, look.text_width().saturating_sub(NAMES)) {
            let _ = writeln!(out, "{}{}", look.paint(DIM, &head), look.line(&line, Style::new()));
            head = " ".repeat(head.width());
        }
    }
    for text in [&article.excerpt, &article.body].into_iter().flatten() {
        for part in text.lines().filter(|part| !part.trim().is_empty()) {
            out.push('\n');
            paragraph(&mut out, part, Style::new());
        }
    }
    if !article.related.is_empty() {
        let _ = writeln!(out, "\n{}", look.paint(HEADING, "Related"));
        for card in &article.related {
            out.push_str(&related(card, look));
        }
    }
    out
}

fn fields(article: &Article) -> Vec<(&'static str, String)> {
    let provider = article.provider.as_ref().map(|provider| match &provider.domain {
        Some(domain) if domain.as_str() != provider.name => format!("{} ({domain})", provider.name),
        _ => provider.name.clone(),
    });
    let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join(", "));
    let fields = [
        ("url", article.url.clone()),
        ("provider", provider),
        ("published", article.published.map(day_or_instant)),
        ("modified", article.modified.map(day_or_instant)),
        ("authors", joined(article.authors.clone())),
        ("topics", joined(article.topics.iter().map(ToString::to_string).collect())),
        ("quality", article.quality.map(|quality| quality.get().to_string())),
        ("heat", article.heat.map(|heat| heat.get().to_string())),
        ("kind", article.kind.clone()),
        ("id", Some(article.id.to_string())),
        ("external", article.external_id.clone()),
        ("sources", joined(article.sources.clone())),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn day_or_instant(at: Published) -> String {
    match at.precision() {
        Precision::Day => at.date().to_string(),
        Precision::Second => at.to_string(),
    }
}

/// A link to another article.
pub(super) fn related(card: &Related, look: Look) -> String {
    let mut out = String::new();
    let room = look.text_width().saturating_sub(2);
    for (at, line) in wrap_whole(&card.title, room).iter().enumerate() {
        let lead = if at == 0 { "- " } else { "  " };
        let _ = writeln!(out, "{lead}{}", look.link(card.url.as_deref(), &look.line(line, Style::new())));
    }
    let about: Vec<String> = [
        card.provider.as_ref().map(|provider| provider.name.clone()),
        card.published.map(|published| published.date().to_string()),
        card.url.clone().filter(|_| look.writes_addresses()),
    ]
    .into_iter()
    .flatten()
    .collect();
    for line in wrap_whole(&about.join(" · "), room) {
        let _ = writeln!(out, "  {}", look.line(&line, DIM));
    }
    out
}
