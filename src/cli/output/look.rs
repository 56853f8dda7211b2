//! [`Look`]: what the place that is written to can show.

use std::io::{IsTerminal, stdout};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::neutral::{link_target, neutral};
use super::wrap::Run;

/// The width of text that goes to a file or a pipe, in columns.
const PIPE_WIDTH: usize = 100;
/// Narrower than this, nothing reads well: lines are then allowed to be too long.
const MIN_WIDTH: usize = 20;
/// Lines of running text longer than this are hard to read, however wide the terminal is.
const MAX_TEXT_WIDTH: usize = 110;

pub(crate) const TITLE: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const MARK: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const HEADING: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAR: Style = AnsiColor::Cyan.on_default();

/// What the place that is written to can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// Whether styles are written.
    pub(crate) color: bool,
    /// Whether titles become links (OSC 8).
    pub(crate) links: Links,
    /// Whether a person sits in front of it.
    pub(crate) terminal: bool,
}

/// How addresses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// Written out.
    No,
    /// As links and written out: nobody knows whether this terminal shows links.
    Maybe,
    /// As links.
    Yes,
}

impl Look {
    /// What standard output can show. `--color` has been noted before.
    pub(crate) fn of_stdout() -> Self {
        let terminal = stdout().is_terminal();
        let color = AutoStream::choice(&stdout()) != anstream::ColorChoice::Never;
        let size = if terminal { terminal_size::terminal_size() } else { None };
        let columns = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok();
        let width = size.map(|(width, _)| usize::from(width.0)).or_else(columns).unwrap_or(PIPE_WIDTH);
        let links = match terminal && color {
            false => Links::No,
            true if supports_hyperlinks::supports_hyperlinks() => Links::Yes,
            true => Links::Maybe,
        };
        Self { width: width.max(MIN_WIDTH), color, links, terminal }
    }

    /// Neither colour nor links, so many columns.
    #[cfg(test)]
    pub(crate) fn plain(width: usize) -> Self {
        Self { width, color: false, links: Links::No, terminal: false }
    }

    /// The columns for running text.
    pub(crate) fn text_width(self) -> usize {
        self.width.min(MAX_TEXT_WIDTH)
    }

    /// The text in a style, if styles can be shown. The text must be neutral already.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Article text in a style.
    pub(crate) fn paint_neutral(self, style: Style, text: &str) -> String {
        self.paint(style, &neutral(text))
    }

    /// A line with its marked parts standing out from `base`.
    pub(crate) fn line(self, line: &[Run], base: Style) -> String {
        line.iter().map(|run| self.paint(if run.marked { MARK } else { base }, &run.text)).collect()
    }

    /// Whether addresses are written out.
    pub(crate) fn writes_addresses(self) -> bool {
        self.links != Links::Yes
    }

    /// The (already styled) text as a link, where links can be shown and `url` is an address of the web.
    pub(crate) fn link(self, url: Option<&str>, text: &str) -> String {
        match url.filter(|_| self.links != Links::No).and_then(link_target) {
            Some(target) => format!("\u{1b}]8;;{target}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text.to_owned(),
        }
    }
}
