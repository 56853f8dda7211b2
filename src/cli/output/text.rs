//! For people: hits as short paragraphs, then the counts.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::Style;
use healthnews::search::{Hit, Keyword, More, QueryEcho, SearchResponse};
use jiff::civil::Date;
use unicode_width::UnicodeWidthStr;

use super::look::{DIM, Look, TITLE};
use super::neutral::neutral;
use super::wrap::wrap;
use super::{explain, facets};
use crate::cli::numbers::{counted, elapsed, grouped};

/// Of the words that the nearest articles were found by, so many are told.
const WORDS_TOLD: usize = 5;

/// How a response is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// What the place that is written to can show.
    pub(crate) look: Look,
    /// Facets in one line each.
    pub(crate) brief: bool,
    /// Rows of a facet.
    pub(crate) facet_rows: usize,
    /// How many values of a facet were asked for.
    pub(crate) facet_limit: usize,
    /// Addresses, ids and sources too.
    pub(crate) verbose: bool,
    /// The day that ages are counted from.
    pub(crate) clock: Date,
}

/// The whole answer. Empty when nothing was found and nothing counted.
pub(crate) fn response(response: &SearchResponse, view: &View) -> String {
    let look = view.look;
    let mut out = String::new();
    // Who asks for no hit where there are some wants to know how many.
    if !response.hits.is_empty() || response.total.is_some_and(|total| total > response.offset as u64) {
        for line in wrap(&header(response), &[], look.width) {
            let _ = writeln!(out, "{}", look.line(&line, DIM));
        }
        for line in also_searched(&response.query).iter().flat_map(|line| wrap(line, &[], look.width)) {
            let _ = writeln!(out, "{}", look.line(&line, DIM));
        }
        out.push('\n');
    }
    for (number, hit) in (response.offset + 1..).zip(&response.hits) {
        out.push_str(&entry(number, hit, view));
        out.push('\n');
    }
    if let Some(more) = &response.more {
        for line in wrap(&nearest(more, response), &[], look.width) {
            let _ = writeln!(out, "{}", look.line(&line, DIM));
        }
        out.push('\n');
        for (number, hit) in (response.offset + response.hits.len() + 1..).zip(&more.hits) {
            out.push_str(&entry(number, hit, view));
            out.push('\n');
        }
    }
    out.push_str(&counts(response, view));
    out
}

/// What stands above the articles that do not match.
fn nearest(more: &More, response: &SearchResponse) -> String {
    let words = beside(&response.query, &more.expanded);
    let others = if response.hits.is_empty() { "the nearest" } else { "the nearest others" };
    let words = words.get(..WORDS_TOLD).unwrap_or(&words).join(", ");
    if words.is_empty() { format!("{others}:") } else { format!("{others}, also by {words}:") }
}

/// Those of the words that nobody typed.
fn beside<'a>(query: &QueryEcho, words: &'a [Keyword]) -> Vec<&'a str> {
    let typed = query.as_searched.to_lowercase();
    let is_typed = |word: &str| typed.split(|c: char| !c.is_alphanumeric()).any(|typed| typed == word.to_lowercase());
    words.iter().map(|word| word.word.as_str()).filter(|word| !is_typed(word)).collect()
}

/// The facets alone.
pub(crate) fn counts(response: &SearchResponse, view: &View) -> String {
    if response.total == Some(0) {
        return String::new();
    }
    let facets = facets::of(response);
    if view.brief {
        facets::brief(&facets, view.look)
    } else {
        let drawn = facets::full(&facets, view.facet_rows, view.facet_limit, view.look);
        drawn.strip_suffix('\n').unwrap_or(&drawn).to_owned()
    }
}

/// `articles 11–20 of 57 (0.8 ms)`.
pub(crate) fn header(response: &SearchResponse) -> String {
    let (offset, shown) = (response.offset, response.hits.len());
    let what = match response.total {
        Some(total) if shown as u64 == total || shown == 0 => counted(total, "article"),
        Some(total) if shown == 1 => format!("article {} of {}", grouped(offset as u64 + 1), grouped(total)),
        Some(total) => format!(
            "articles {}–{} of {}",
            grouped(offset as u64 + 1),
            grouped((offset + shown) as u64),
            grouped(total)
        ),
        None => format!("articles {}–{}", offset + 1, offset + shown),
    };
    let relaxed = if response.relaxed { "no article matches all words; the nearest: " } else { "" };
    format!("{relaxed}{what} ({})", elapsed(Duration::from_micros(response.took_us)))
}

/// What was searched beside the words typed.
fn also_searched(query: &QueryEcho) -> Vec<String> {
    let widened =
        query.widened.iter().map(|names| format!("{}: also {}", names.words, neutral(&names.also.join(", "))));
    let words = beside(query, &query.expanded);
    let expanded = (!words.is_empty()).then(|| format!("from the best articles: {}", words.join(", ")));
    widened.chain(expanded).collect()
}

/// A numbered hit.
pub(super) fn entry(number: usize, hit: &Hit, view: &View) -> String {
    let look = view.look;
    let label = format!("{number:>2}. ");
    let indent = " ".repeat(label.width());
    let room = look.text_width().saturating_sub(indent.len()).max(10);
    let mut out = String::new();
    let mut line = |text: String| {
        let lead = if out.is_empty() { &label } else { &indent };
        let _ = writeln!(out, "{lead}{text}");
    };

    for title in wrap(&hit.article.title, &hit.title_marks, room) {
        line(look.link(hit.article.url.as_deref(), &look.line(&title, TITLE)));
    }
    for about in wrap(&about(hit), &[], room) {
        line(look.line(&about, DIM));
    }
    if let Some(fragment) = &hit.fragment {
        for text in wrap(&fragment.text, &fragment.marks, room) {
            line(look.line(&text, Style::new()));
        }
    }
    if let Some(url) = hit.article.url.as_deref().filter(|_| view.verbose || look.writes_addresses()) {
        line(look.paint_neutral(DIM, url));
    }
    if view.verbose {
        line(look.paint_neutral(DIM, &format!("{} from {}", hit.article.id, hit.article.sources.join(", "))));
    }
    for factor in explain::lines(hit, view.clock) {
        let deeper = factor.len() - factor.trim_start().len();
        for text in wrap(&factor, &[], room - deeper) {
            line(format!("{}{}", " ".repeat(deeper), look.line(&text, DIM)));
        }
    }
    out
}

/// `Becker's Hospital Review · 2021-11-29 · quality 39 · AI in Healthcare, AI`.
fn about(hit: &Hit) -> String {
    let topics: Vec<String> = hit.article.topics.iter().map(ToString::to_string).collect();
    let parts = [
        hit.article.provider.as_ref().map(|provider| provider.name.clone()),
        Some(hit.article.published.map_or("no date".to_owned(), |published| published.date().to_string())),
        hit.article.quality.map(|quality| format!("quality {}", quality.get())),
        (!topics.is_empty()).then(|| topics.join(", ")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
