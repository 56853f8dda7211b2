//! [`Period`]: a stretch of the calendar as people name it.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};

use crate::InvalidValue;

const DAY_SECONDS: i64 = 86_400;
const EPOCH: Date = date(1970, 1, 1);

/// A year, a month or a day in UTC, of the years 1 to 9999; or a day counted back from the clock.
///
/// ```
/// # use healthnews::query::Period;
/// let june: Period = "2021-06".parse().unwrap();
/// assert_eq!((june.start(0), june.end(0)), (1_622_505_600, 1_625_097_600));
/// let recent: Period = "30d".parse().unwrap();
/// assert_eq!(recent.start(1_625_097_600 + 3_600), 1_625_097_600 - 30 * 86_400);
/// assert_eq!(recent.to_string(), "30d");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// `2021`
    Year(i16),
    /// `2021-06`
    Month(i16, i8),
    /// `2021-06-14`
    Day(Date),
    /// `30d`: the day that many days before the clock's.
    DaysAgo(u32),
}

impl Period {
    /// The first second of it, in seconds since 1970-01-01T00:00:00Z. `as_of` is the clock, in the same unit; only
    /// [`Period::DaysAgo`] asks it.
    #[must_use]
    pub fn start(&self, as_of: i64) -> i64 {
        match *self {
            Self::Year(year) => midnight(first_of_month(year, 1)),
            Self::Month(year, month) => midnight(first_of_month(year, month)),
            Self::Day(day) => midnight(day),
            Self::DaysAgo(days) => {
                as_of.saturating_sub(i64::from(days) * DAY_SECONDS).div_euclid(DAY_SECONDS).saturating_mul(DAY_SECONDS)
            }
        }
    }

    /// The first second after it.
    #[must_use]
    pub fn end(&self, as_of: i64) -> i64 {
        // Counted from the last day, because the calendar ends with the year 9999.
        let last_day = match *self {
            Self::Year(year) => midnight(first_of_month(year, 12).last_of_month()),
            Self::Month(year, month) => midnight(first_of_month(year, month).last_of_month()),
            Self::Day(_) | Self::DaysAgo(_) => self.start(as_of),
        };
        last_day.saturating_add(DAY_SECONDS)
    }

    /// The period of the same length that follows; `None` at the end of the calendar and for tomorrow.
    pub(super) fn next(self) -> Option<Self> {
        let next = match self {
            Self::Year(year) => Self::Year(year.checked_add(1)?),
            Self::Month(year, 12) => Self::Month(year.checked_add(1)?, 1),
            Self::Month(year, month) => Self::Month(year, month + 1),
            Self::Day(day) => Self::Day(day.tomorrow().ok()?),
            Self::DaysAgo(days) => return Some(Self::DaysAgo(days.checked_sub(1)?)),
        };
        next.year().is_some_and(|year| year <= 9999).then_some(next)
    }

    /// Which of two starts first; `None` when it depends on the clock.
    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::DaysAgo(a), Self::DaysAgo(b)) => Some(b.cmp(&a)),
            (Self::DaysAgo(_), _) | (_, Self::DaysAgo(_)) => None,
            _ => Some(self.start(0).cmp(&other.start(0))),
        }
    }

    fn year(self) -> Option<i16> {
        match self {
            Self::Year(year) | Self::Month(year, _) => Some(year),
            Self::Day(day) => Some(day.year()),
            Self::DaysAgo(_) => None,
        }
    }
}

/// Values out of the calendar, which only a hand-made [`Period`] can hold, are moved to its edge.
fn first_of_month(year: i16, month: i8) -> Date {
    Date::new(year.clamp(1, 9999), month.clamp(1, 12), 1).unwrap_or(EPOCH)
}

fn midnight(day: Date) -> i64 {
    day.duration_since(EPOCH).as_secs()
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::DaysAgo(days) => write!(f, "{days}d"),
        }
    }
}

impl FromStr for Period {
    type Err = InvalidValue;

    /// Reads `2021`, `2021-06`, `2021-06-14` (the zeros may be left out) and `30d`.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        read(text).ok_or_else(|| {
            InvalidValue(format!("`{text}` is not a date such as `2021`, `2021-06`, `2021-06-14` or `30d`"))
        })
    }
}

fn read(text: &str) -> Option<Period> {
    if let Some(days) = text.strip_suffix(['d', 'D']) {
        return number(days, 1..=9).map(Period::DaysAgo);
    }
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4..=4).filter(|year| *year > 0)?;
    let month = parts.next().map(|part| number(part, 1..=2));
    let day = parts.next().map(|part| number(part, 1..=2));
    match (month, day, parts.next()) {
        (None, None, None) => Some(Period::Year(year)),
        (Some(month), None, None) => Date::new(year, month?, 1).ok().map(|date| Period::Month(year, date.month())),
        (Some(month), Some(day), None) => Date::new(year, month?, day?).ok().map(Period::Day),
        _ => None,
    }
}

fn number<N: FromStr>(digits: &str, lengths: std::ops::RangeInclusive<usize>) -> Option<N> {
    let plain = lengths.contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_writes_it_in_full() {
        for (text, written) in [
            ("2021", "2021"),
            ("2021-06", "2021-06"),
            ("2021-6", "2021-06"),
            ("2021-06-14", "2021-06-14"),
            ("2021-6-4", "2021-06-04"),
            ("0007", "0007"),
            ("30d", "30d"),
            ("0D", "0d"),
            (" 2021 ", "2021"),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.to_string(), written);
            assert_eq!(written.parse(), Ok(period));
        }
    }

    #[test]
    fn refuses_what_is_no_period() {
        for text in [
            "",
            "d",
            "-30d",
            "yesterday",
            "21",
            "20210",
            "0000",
            "2021-",
            "2021-13",
            "2021-00",
            "2021-02-30",
            "-2021",
            "2021-06-14-01",
            "+021",
            "２０２１",
            "2021/06",
            "9999999999d",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn ends_where_the_next_one_starts() {
        for text in ["2020", "2020-02", "2021-12", "2020-02-28", "2020-12-31", "0001", "5d"] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.end(1_000_000), period.next().unwrap().start(1_000_000), "{text}");
        }
        for text in ["9999", "9999-12", "9999-12-31", "0d"] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.next(), None, "{text}");
            assert!(period.end(1_000_000) > period.start(1_000_000), "{text}");
        }
    }

    #[test]
    fn counts_whole_days_back_from_the_clock() {
        let noon = 10 * DAY_SECONDS + 43_200;
        assert_eq!(Period::DaysAgo(0).start(noon), 10 * DAY_SECONDS);
        assert_eq!(Period::DaysAgo(10).start(noon), 0);
        assert_eq!(Period::DaysAgo(11).start(noon), -DAY_SECONDS);
        assert_eq!(Period::DaysAgo(10).end(noon), DAY_SECONDS);
        assert!(Period::DaysAgo(u32::MAX).start(i64::MIN) <= Period::DaysAgo(u32::MAX).end(i64::MIN));
    }

    #[test]
    fn compares_only_what_does_not_depend_on_the_clock() {
        let of = |text: &str| text.parse::<Period>().unwrap();
        assert_eq!(of("2021").compare(of("2021-06")), Some(Ordering::Less));
        assert_eq!(of("2021").compare(of("2021-01-01")), Some(Ordering::Equal));
        assert_eq!(of("30d").compare(of("7d")), Some(Ordering::Less));
        assert_eq!(of("30d").compare(of("2021")), None);
    }
}
