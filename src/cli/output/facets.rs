//! Facet counts for people: rows with bars, months as a chart, or everything in brief.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use healthnews::search::{FacetField, FacetValue, SearchResponse};
use unicode_width::UnicodeWidthStr;

use super::bars::bar;
use super::look::{BAR, DIM, HEADING, Look, TITLE};
use super::months::{Months, year_rows};
use super::wrap::fit;
use crate::cli::numbers::grouped;

/// How many values the overview of one facet names.
const BRIEF: usize = 5;
/// The width of bars, in columns.
const BAR_WIDTH: std::ops::RangeInclusive<usize> = 4..=24;

/// The counts that [`FacetField`] stands for.
pub(crate) type Facets<'a> = BTreeMap<FacetField, Vec<FacetValue<'a>>>;

/// Those of a response.
pub(crate) fn of(response: &SearchResponse) -> Facets<'_> {
    response.facets.iter().map(|(field, facet)| (*field, facet.iter().collect())).collect()
}

/// All groups, each with at most `rows` rows; chosen values are always among them. `limit` is how many values were asked for.
pub(crate) fn full(facets: &Facets<'_>, rows: usize, limit: usize, look: Look) -> String {
    let mut out = String::new();
    for (&field, values) in facets {
        if values.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}", look.paint(HEADING, heading(field)));
        let lines = match field {
            FacetField::Month => Months::of(values).chart(look, facets.contains_key(&FacetField::Year)),
            FacetField::Year => year_rows(values, look),
            _ => value_rows(values, rows, limit, look),
        };
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
        out.push('\n');
    }
    out
}

/// One line for each of topics, providers and months.
pub(crate) fn brief(facets: &Facets<'_>, look: Look) -> String {
    let mut out = String::new();
    for (&field, values) in facets {
        let head = format!("{:10}", heading(field).to_lowercase());
        let room = look.text_width().saturating_sub(head.len());
        let line = match field {
            FacetField::Month => Months::of(values).line(look, room),
            _ => brief_line(values, room, look),
        };
        if !line.is_empty() {
            let _ = writeln!(out, "{}{line}", look.paint(DIM, &head));
        }
    }
    out
}

fn heading(field: FacetField) -> &'static str {
    match field {
        FacetField::Topic => "Topics",
        FacetField::Provider => "Providers",
        FacetField::Scheme => "Schemes",
        FacetField::Kind => "Kinds",
        FacetField::Year => "Years",
        FacetField::Month => "Months",
    }
}

fn name<'a>(value: &FacetValue<'a>) -> &'a str {
    value.label.or(value.value).unwrap_or("(unknown)")
}

fn value_rows(values: &[FacetValue<'_>], rows: usize, limit: usize, look: Look) -> Vec<String> {
    let max = values.iter().map(|value| value.count).max().unwrap_or(0);
    let digits = grouped(max).len();
    let bar_width = (look.width / 4).clamp(*BAR_WIDTH.start(), *BAR_WIDTH.end());
    let room = look.width.saturating_sub(digits + bar_width + 6);
    let shown: Vec<&FacetValue<'_>> =
        values.iter().enumerate().filter_map(|(at, value)| (at < rows || value.selected).then_some(value)).collect();
    let mut lines: Vec<String> = shown
        .iter()
        .map(|value| {
            let mark = if value.selected { "✓" } else { " " };
            let style = if value.selected { TITLE } else { Style::new() };
            let bar = bar(value.count, max, bar_width);
            let pad = " ".repeat(bar_width - bar.width());
            let name = fit(name(value), room);
            // An outlet is counted and chosen by its domain; several may share a name.
            let key = value.value.filter(|key| value.label.is_some_and(|label| label != *key));
            let key = key.filter(|key| name.width() + 2 + key.width() <= room);
            let key = key.map_or_else(String::new, |key| format!("  {}", look.paint(DIM, key)));
            let label = look.paint(style, &name);
            format!("{mark} {:>digits$} {}{pad} {label}{key}", grouped(value.count), look.paint(BAR, &bar))
        })
        .collect();
    if shown.len() < values.len() {
        let more = grouped((values.len() - shown.len()) as u64);
        // Beyond the limit nobody has counted.
        let least = if values.len() >= limit { "at least " } else { "" };
        let rest = format!("  … and {least}{more} more (`--facet-limit N`)");
        lines.push(look.paint(DIM, &fit(&rest, look.width)));
    }
    lines
}

fn brief_line(values: &[FacetValue<'_>], room: usize, look: Look) -> String {
    let mut line = String::new();
    let mut used = 0;
    for value in values.iter().take(BRIEF) {
        let name = fit(name(value), 32);
        let count = grouped(value.count);
        let separator = if line.is_empty() { "" } else { " · " };
        let width = separator.width() + name.width() + 1 + count.len();
        if used > 0 && used + width > room {
            break;
        }
        used += width;
        let style = if value.selected { TITLE } else { Style::new() };
        let _ = write!(line, "{}{} {}", look.paint(DIM, separator), look.paint(style, &name), look.paint(BAR, &count));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{Facets, brief, full};
    use crate::cli::output::look::Look;
    use healthnews::search::{FacetField, FacetValue};
    use unicode_width::UnicodeWidthStr;

    fn facets() -> Facets<'static> {
        let value = |value, label, count, selected| FacetValue { value: Some(value), label, count, selected };
        Facets::from([
            (
                FacetField::Topic,
                vec![
                    value("AI", None, 1200, false),
                    value("Remote Monitoring of Chronic Patients at Home", None, 300, false),
                    value("健康", None, 1, true),
                ],
            ),
            (FacetField::Provider, vec![value("beckers.com", Some("Becker's\u{1b}[31m"), 4, false)]),
        ])
    }

    #[test]
    fn draws_rows_and_marks_what_was_chosen() {
        assert_eq!(
            full(&facets(), 1, 100, Look::plain(48)),
            "\
Topics
  1,200 ████████████ AI
✓     1 ▏            健康
  … and 1 more (`--facet-limit N`)

Providers
  4 ████████████ Becker's[31m  beckers.com

"
        );
    }

    #[test]
    fn is_brief_on_request() {
        assert_eq!(
            brief(&facets(), Look::plain(60)),
            "topics    AI 1,200 · Remote Monitoring of Chronic Pa… 300\nproviders Becker's[31m 4\n"
        );
    }

    #[test]
    fn never_exceeds_the_width() {
        for width in [20, 40, 60, 80, 200] {
            let drawn = full(&facets(), 10, 3, Look::plain(width));
            assert!(drawn.lines().all(|line| line.width() <= width), "{width}\n{drawn}");
        }
    }
}
