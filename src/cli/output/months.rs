//! [`Months`]: counts by month or year without gaps, and how they are drawn.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use healthnews::search::FacetValue;
use unicode_width::UnicodeWidthStr;

use super::bars::{bar, cell, sparkline};
use super::look::{BAR, DIM, Look};
use crate::cli::numbers::grouped;

/// A sparkline has so many columns at least.
const LEAST_SPARKLINE: usize = 8;
/// Up to so many months are rows; more are columns.
const MAX_MONTH_ROWS: usize = 14;
/// The greatest height of the column chart, in rows; small counts get a row for each article.
const CHART_HEIGHT: usize = 6;
/// The widest bar in columns: longer ones are not easier to compare.
const MAX_BAR: usize = 40;
/// So many empty years in a row are told as one line.
const LONG_GAP: usize = 4;

/// Counts of calendar periods in order, gaps filled with zero, and the articles without a date.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Months {
    /// The first month, counted from year 0.
    first: u32,
    counts: Vec<u64>,
    undated: u64,
}

impl Months {
    /// From the values of the month facet. Values that are no months are left out.
    pub(crate) fn of(values: &[FacetValue<'_>]) -> Self {
        let mut counts = BTreeMap::new();
        let mut undated = 0;
        for value in values {
            match value.value {
                None => undated += value.count,
                Some(month) => {
                    if let Some(index) = month_index(month) {
                        *counts.entry(index).or_insert(0) += value.count;
                    }
                }
            }
        }
        let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
            return Self { undated, ..Self::default() };
        };
        let counts = (first..=last).map(|month| counts.get(&month).copied().unwrap_or(0)).collect();
        Self { first, counts, undated }
    }

    /// One line: first and last month with a sparkline, of at most `width` columns in all; without it where there is no room for
    /// both. Empty without dated articles.
    pub(crate) fn line(&self, look: Look, width: usize) -> String {
        let Some(last) = self.counts.len().checked_sub(1) else { return String::new() };
        let (from, to) = (month_name(self.first), month_name(self.first + last as u32));
        if last == 0 {
            return format!("{from} {}", grouped(self.counts[0]));
        }
        let room = width.saturating_sub(from.len() + to.len() + 2);
        if room < LEAST_SPARKLINE {
            return format!("{from} – {to}");
        }
        let step = self.counts.len().div_ceil(room);
        let sums: Vec<u64> = self.counts.chunks(step).map(|chunk| chunk.iter().sum()).collect();
        format!("{from} {} {to}", look.paint(BAR, &sparkline(&sums)))
    }

    /// A chart as lines: rows for few months, columns where they fit, else a row for each year, or one line where the
    /// years stand elsewhere.
    pub(crate) fn chart(&self, look: Look, has_years: bool) -> Vec<String> {
        let months = self.counts.len();
        let max = self.counts.iter().copied().max().unwrap_or(0);
        let axis = grouped(max).len() + 4;
        let mut lines = if months == 0 {
            Vec::new()
        } else if months <= MAX_MONTH_ROWS {
            rows(&self.months(), usize::MAX, look)
        } else if axis + months < look.width {
            self.columns(look, axis, max)
        } else if has_years {
            vec![format!("  {}", self.line(look, look.width.saturating_sub(2)))]
        } else {
            rows(&self.years(), LONG_GAP, look)
        };
        if self.undated > 0 {
            lines.push(look.paint(DIM, &format!("  {} without a date", grouped(self.undated))));
        }
        lines
    }

    fn months(&self) -> Vec<(String, u64)> {
        (self.first..).map(month_name).zip(self.counts.iter().copied()).collect()
    }

    fn years(&self) -> Vec<(String, u64)> {
        let mut years: Vec<(String, u64)> = Vec::new();
        for (month, count) in (self.first..).zip(&self.counts) {
            let year = format!("{:04}", month / 12);
            match years.last_mut() {
                Some((last, sum)) if *last == year => *sum += count,
                _ => years.push((year, *count)),
            }
        }
        years
    }

    fn columns(&self, look: Look, axis: usize, max: u64) -> Vec<String> {
        let room = look.width - axis;
        let each = (room / self.counts.len()).clamp(1, 4);
        let height = CHART_HEIGHT.min(usize::try_from(max).unwrap_or(CHART_HEIGHT));
        let mut lines = Vec::new();
        for row in (0..height).rev() {
            let mut bars = String::new();
            for &count in &self.counts {
                let c = cell(count, max, height, row);
                // From two columns on, one of them is the gap between the bars.
                let thick = (each - 1).max(1);
                bars.extend(std::iter::repeat_n(c, thick));
                bars.extend(std::iter::repeat_n(' ', each - thick));
            }
            let label = if row == height - 1 { grouped(max) } else { String::new() };
            let bars = look.paint(BAR, bars.trim_end());
            lines.push(format!("{label:>width$} │{bars}", width = axis - 2).trim_end().to_owned());
        }
        lines.push(format!("{:>width$} └{}", 0, "─".repeat(each * self.counts.len()), width = axis - 2));
        lines.push(format!("{}{}", " ".repeat(axis), self.year_labels(each, room)));
        lines
    }

    /// The years under their January (the first also under the first month), where there is room for them.
    fn year_labels(&self, each: usize, room: usize) -> String {
        let mut labels = String::new();
        for (column, month) in (self.first..).take(self.counts.len()).enumerate() {
            let at = column * each;
            let free = labels.is_empty() || labels.len() < at;
            if (month % 12 == 0 || column == 0) && free && at + 4 <= room {
                labels.push_str(&" ".repeat(at - labels.len()));
                let _ = write!(labels, "{:04}", month / 12);
            }
        }
        labels
    }
}

/// Rows of `period count bar`; `long_gap` empty periods in a row, or more, become one row.
fn rows(periods: &[(String, u64)], long_gap: usize, look: Look) -> Vec<String> {
    let max = periods.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let digits = grouped(max).len();
    let name = periods.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    let room = look.width.saturating_sub(name + digits + 5).clamp(5, MAX_BAR);
    let mut lines = Vec::new();
    let mut rest = periods;
    while let Some(((period, count), after)) = rest.split_first() {
        let gap = rest.iter().take_while(|(_, count)| *count == 0).count();
        if gap >= long_gap {
            lines.push(look.paint(DIM, &format!("  {:name$} {:>digits$}", "…", 0)));
            rest = &rest[gap..];
            continue;
        }
        let bar = look.paint(BAR, &bar(*count, max, room));
        let style = if *count == 0 { DIM } else { Style::new() };
        let line = format!("  {} {bar}", look.paint(style, &format!("{period:name$} {:>digits$}", grouped(*count))));
        lines.push(line.trim_end().to_owned());
        rest = after;
    }
    lines
}

/// The year facet as rows in order, gaps filled.
pub(crate) fn year_rows(values: &[FacetValue<'_>], look: Look) -> Vec<String> {
    let counts: BTreeMap<u32, u64> =
        values.iter().filter_map(|value| Some((value.value?.parse().ok()?, value.count))).collect();
    let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
        return Vec::new();
    };
    let year = |year| (format!("{year:04}"), counts.get(&year).copied().unwrap_or(0));
    rows(&(first..=last.min(9999)).map(year).collect::<Vec<_>>(), LONG_GAP, look)
}

fn month_index(month: &str) -> Option<u32> {
    let (year, month) = month.split_once('-')?;
    let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
    ((1..=12).contains(&month) && year <= 9999).then(|| year * 12 + month - 1)
}

fn month_name(index: u32) -> String {
    format!("{:04}-{:02}", index / 12, index % 12 + 1)
}

#[cfg(test)]
mod tests {
    use super::{Months, year_rows};
    use crate::cli::output::look::Look;
    use healthnews::search::FacetValue;
    use unicode_width::UnicodeWidthStr;

    fn values<'a>(counts: &[(&'a str, u64)]) -> Vec<FacetValue<'a>> {
        let value = |&(value, count): &(&'a str, u64)| FacetValue {
            value: (!value.is_empty()).then_some(value),
            label: None,
            count,
            selected: false,
        };
        counts.iter().map(value).collect()
    }

    fn chart(counts: &[(&str, u64)], width: usize) -> String {
        Months::of(&values(counts)).chart(Look::plain(width), false).join("\n")
    }

    #[test]
    fn shows_few_months_as_rows_with_the_gaps() {
        assert_eq!(
            chart(&[("2021-11", 2), ("2022-01", 4), ("", 1)], 20),
            "  2021-11 2 ███▌\n  2021-12 0\n  2022-01 4 ███████\n  1 without a date"
        );
    }

    #[test]
    fn shows_many_months_as_columns() {
        let drawn = chart(&[("2020-10", 3), ("2021-06", 6), ("2022-02", 12)], 60);
        let columns = [
            "  12 │                                                ██",
            "     │                                                ██",
            "     │                                                ██",
            "     │                        ██                      ██",
            "     │▄▄                      ██                      ██",
            "     │██                      ██                      ██",
            "   0 └───────────────────────────────────────────────────",
            "      2020     2021                                2022",
        ];
        assert_eq!(drawn, columns.join("\n"));
    }

    #[test]
    fn falls_back_to_years_when_months_do_not_fit() {
        let drawn = chart(&[("1999-05", 1), ("2010-10", 3), ("2012-06", 6)], 40);
        assert_eq!(
            drawn,
            "  1999 1 █████\n  …    0\n  2010 3 ███████████████\n  2011 0\n  2012 6 ██████████████████████████████"
        );
    }

    #[test]
    fn never_exceeds_the_width() {
        let many: Vec<(String, u64)> = (0..90).map(|i| (format!("{}-{:02}", 2010 + i / 12, i % 12 + 1), i)).collect();
        let many: Vec<(&str, u64)> = many.iter().map(|(month, count)| (month.as_str(), *count)).collect();
        for width in [20, 40, 60, 80, 120, 200] {
            for months in [1, 5, 14, 15, 40, 90] {
                let drawn = chart(&many[..months], width);
                assert!(drawn.lines().all(|line| line.width() <= width), "{width} {months}\n{drawn}");
                let line = Months::of(&values(&many[..months])).line(Look::plain(width), width);
                assert!(line.width() <= width, "{width} {months}: {line}");
            }
        }
    }

    #[test]
    fn survives_odd_values() {
        assert_eq!(chart(&[], 80), "");
        assert_eq!(chart(&[("2021-13", 1), ("soon", 2)], 80), "");
        assert_eq!(Months::of(&values(&[("2021-03", 7)])).line(Look::plain(80), 80), "2021-03 7");
        assert_eq!(year_rows(&values(&[("2019", 1), ("2021", 2), ("", 3)]), Look::plain(80)).len(), 3);
    }
}
