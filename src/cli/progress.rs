//! [`Bars`]: progress on a terminal while feeds are fetched or an index is built.

use std::fmt;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use healthnews::fetch::{self, Fetched};
use healthnews::ingest::Progress;
use healthnews::update::Observer;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::interrupt;
use super::numbers::grouped;

/// Work that is done sooner shows no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often a second the bar is drawn.
const FRAMES: u8 = 10;

const FETCHING: &str = "fetching {bar:24.cyan} {human_pos}/{human_len} feeds  {elapsed}";
const READING: &str = "reading  {bar:24.cyan} {human_pos}/{human_len} files  {msg}  {eta} left";
const INDEXING: &str = "indexing {bar:24.cyan} {human_pos}/{human_len} articles  {rate}  {eta} left";
const WRITING: &str = "writing  {spinner} {elapsed}";

/// A bar for fetching; one for reading, then one for indexing. Shows nothing unless standard error is a terminal.
pub(crate) struct Bars {
    start: Instant,
    enabled: bool,
    records: AtomicU64,
    bar: ProgressBar,
    /// The bar is drawn once the work has taken a while.
    shown: Mutex<bool>,
}

impl Bars {
    /// Begins, hidden.
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            start: Instant::now(),
            enabled: !quiet && stderr().is_terminal(),
            records: AtomicU64::new(0),
            bar: ProgressBar::hidden(),
            shown: Mutex::new(false),
        }
    }

    /// Removes the bar from the terminal.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn phase(&self, template: &str, length: u64) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            let style = style.progress_chars("█▉▊▋▌▍▎▏ ").with_key(
                "rate",
                |state: &ProgressState, out: &mut dyn fmt::Write| {
                    let _ = write!(out, "{}/s", grouped(state.per_sec() as u64));
                },
            );
            self.bar.set_style(style);
        }
        self.bar.set_length(length);
        self.bar.set_position(0);
        self.bar.reset_eta();
    }

    fn show_if_slow(&self) {
        if !self.enabled || self.start.elapsed() < PATIENCE {
            return;
        }
        // Whoever finds it locked may pass: another thread is just doing it.
        if let Ok(mut shown) = self.shown.try_lock()
            && !*shown
        {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(FRAMES));
            *shown = true;
        }
    }
}

impl fetch::Observer for Bars {
    fn begin(&self, feeds: usize) {
        self.phase(FETCHING, feeds as u64);
        if self.enabled {
            // Servers are slow: the bar is there, and its time goes on, while none answers.
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(FRAMES));
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
    }

    fn done(&self, _fetched: &Fetched) {
        self.bar.inc(1);
    }

    fn stop(&self) -> bool {
        interrupt::stopped()
    }
}

impl Progress for Bars {
    fn files_found(&self, files: u64) {
        self.phase(READING, files);
    }

    fn file_read(&self, _bytes: u64) {
        self.bar.inc(1);
        self.show_if_slow();
    }

    fn records_read(&self, records: u64) {
        let all = self.records.fetch_add(records, Ordering::Relaxed) + records;
        if self.enabled && all.is_multiple_of(64) {
            let rate = all as f64 / self.start.elapsed().as_secs_f64().max(0.001);
            self.bar.set_message(format!("{} articles  {}/s", grouped(all), grouped(rate as u64)));
        }
    }

    fn stop(&self) -> bool {
        interrupt::stopped()
    }
}

impl Observer for Bars {
    fn indexing(&self, records: u64) {
        self.phase(INDEXING, records);
    }

    fn article_indexed(&self) {
        self.bar.inc(1);
        self.show_if_slow();
    }

    fn publishing(&self) {
        self.phase(WRITING, 0);
        if self.enabled {
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
    }
}
