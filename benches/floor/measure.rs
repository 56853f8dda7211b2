//! Clocks: two things measured in turns, so that whatever else the machine does meets both alike.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What was measured of the floor and of healthnews, in seconds, question by question or round by round.
#[derive(Default)]
pub(crate) struct Pairs {
    pub(crate) floor: Vec<f64>,
    pub(crate) ours: Vec<f64>,
}

impl Pairs {
    pub(crate) fn push(&mut self, floor: f64, ours: f64) {
        self.floor.push(floor);
        self.ours.push(ours);
    }

    /// Ours over the floor's, each at this part (0.5, 0.99) of its own distribution.
    pub(crate) fn ratio(&self, part: f64) -> f64 {
        at(&self.ours, part) / at(&self.floor, part)
    }
}

/// The value at this part of the sorted samples: the nearest rank.
pub(crate) fn at(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (part * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

/// For each item the median time of both sides over all rounds. The sides take turns in who is first.
pub(crate) fn in_turns<T>(
    items: &[T],
    rounds: usize,
    floor: impl Fn(&T) -> Result<()>,
    ours: impl Fn(&T) -> Result<()>,
) -> Result<Pairs> {
    let mut samples: Vec<Pairs> = items.iter().map(|_| Pairs::default()).collect();
    // The first round warms up and does not count.
    for round in 0..=rounds {
        for (item, samples) in items.iter().zip(&mut samples) {
            let (floor, ours) = if round % 2 == 0 {
                let first = seconds(|| floor(item))?;
                (first, seconds(|| ours(item))?)
            } else {
                let first = seconds(|| ours(item))?;
                (seconds(|| floor(item))?, first)
            };
            if round > 0 {
                samples.push(floor, ours);
            }
        }
    }
    let mut medians = Pairs::default();
    for samples in samples {
        medians.push(at(&samples.floor, 0.5), at(&samples.ours, 0.5));
    }
    Ok(medians)
}

/// How long `work` takes.
pub(crate) fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed().as_secs_f64())
}

/// How long `work` takes, and how long processors were busy with it, in all threads. The latter says more on a machine that others
/// use too.
pub(crate) fn seconds_and_busy(work: impl FnOnce() -> Result<()>) -> Result<(f64, f64)> {
    let before = busy_seconds()?;
    let took = seconds(work)?;
    Ok((took, busy_seconds()? - before))
}

/// The processor time of this process so far, in its own code and in the system's.
fn busy_seconds() -> Result<f64> {
    // Linux counts it for us in hundredths of a second, whatever its own clock.
    const TICKS_PER_SECOND: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").context("this system does not tell the time of a process")?;
    // The name of the process, in parentheses, may hold spaces. Behind it, user time and system time are 12th and 13th.
    let (_, fields) = text.rsplit_once(')').context("/proc/self/stat has another form")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(|field| Ok(field.parse::<f64>()?));
    Ok(ticks.sum::<Result<f64>>()? / TICKS_PER_SECOND)
}

/// From the start of a process to the last byte of its output, in seconds.
pub(crate) fn process_seconds(command: &mut Command) -> Result<f64> {
    let begun = Instant::now();
    let output = command.stderr(Stdio::null()).output()?;
    let took = begun.elapsed().as_secs_f64();
    // 1 says that nothing was found.
    ensure!(matches!(output.status.code(), Some(0 | 1)), "{command:?} failed: {}", output.status);
    Ok(took)
}

/// Runs a process and gives the greatest amount of memory it held at a time, in bytes, as the kernel counts it (`VmHWM`, with the
/// parts of mapped files that were in memory).
pub(crate) fn peak_memory(command: &mut Command) -> Result<u64> {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // The mark only rises, so that the last look before the end tells it, short of what the last instant added.
    let ended = loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kilobytes) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()) {
            peak = peak.max(kilobytes * 1024);
        }
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        thread::sleep(Duration::from_millis(2));
    };
    ensure!(ended.success(), "{command:?} failed: {ended}");
    ensure!(peak > 0, "this system does not tell the memory of a process");
    Ok(peak)
}

/// The processor and how many of it there are, in a few words.
pub(crate) fn machine() -> Result<String> {
    let cores = thread::available_parallelism().context("counting cores")?;
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    Ok(format!("{cores} cores, {}", model.unwrap_or("unknown processor")))
}
