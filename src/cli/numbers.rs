//! Numbers as people read them.

use std::time::Duration;

/// `6241` as `6,241`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 article`, `2 articles`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A time in the unit that gives it one to three digits before the point: `0.8 ms`, `2.1 s`, `3 min 5 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

/// `12.3 MB`, in powers of a thousand.
pub(crate) fn bytes(number: u64) -> String {
    let mut value = number as f64;
    let mut unit = "bytes";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "bytes" { counted(number, "byte") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::{bytes, counted, elapsed, grouped};
    use std::time::Duration;

    #[test]
    fn are_readable() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([1, 2].map(|n| counted(n, "article")), ["1 article", "2 articles"]);
        assert_eq!(
            [812, 420_000, 2_100_000, 185_000_000].map(|us| elapsed(Duration::from_micros(us))),
            ["0.8 ms", "420 ms", "2.1 s", "3 min 5 s"]
        );
        assert_eq!([1, 12_345_678].map(bytes), ["1 byte", "12.3 MB"]);
    }
}
