//! [`Published`]: when an article came out, and how precisely that is known.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::InvalidValue;

/// How precisely an instant is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    /// The source gave a date without a time of day; the instant is midnight UTC.
    Day,
    /// The source gave a time; parts of a second are dropped.
    Second,
}

/// An instant in UTC, in whole seconds, in the years 1 to 9999, with its [`Precision`].
///
/// Written as RFC 3339 (`2021-11-29T20:06:00Z`). Ordered by instant.
///
/// ```
/// # use healthnews::article::{Precision, Published};
/// let day: Published = "2022-09-14".parse().unwrap();
/// assert_eq!((day.to_string().as_str(), day.precision()), ("2022-09-14T00:00:00Z", Precision::Day));
/// let second: Published = "2019-05-07 12:06:41 +0200".parse().unwrap();
/// assert_eq!(second.to_string(), "2019-05-07T10:06:41Z");
/// assert!("yesterday".parse::<Published>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Published {
    seconds: i64,
    precision: Precision,
}

/// The seconds of the years 1 to 9999, but for the last 26 hours, which jiff leaves out to have room for all time zones.
const YEARS: RangeInclusive<i64> = -62_135_596_800..=253_402_207_200;

impl Published {
    /// The instant `seconds` after 1970-01-01T00:00:00Z; `None` outside of the years 1 to 9999, and for the last day of these.
    #[must_use]
    pub fn from_unix(seconds: i64, precision: Precision) -> Option<Self> {
        YEARS.contains(&seconds).then_some(Self { seconds, precision })
    }

    /// Midnight UTC of a day.
    #[must_use]
    pub fn from_date(date: Date) -> Option<Self> {
        let at = date.to_zoned(TimeZone::UTC).ok()?;
        Self::from_unix(at.timestamp().as_second(), Precision::Day)
    }

    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.seconds
    }

    /// Whether a time of day is known.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The calendar day in UTC, `2021-11-29`.
    #[must_use]
    pub fn date(self) -> Date {
        // The constructor keeps the instant within jiff's range; the epoch stands in for what cannot be.
        Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC).date()
    }

    /// The calendar month in UTC as one number, `202111`.
    #[must_use]
    pub fn yyyymm(self) -> u64 {
        let date = self.date();
        date.year() as u64 * 100 + date.month() as u64
    }

    fn from_zoned(at: &Zoned) -> Option<Self> {
        Self::from_unix(at.timestamp().as_second(), Precision::Second)
    }
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Timestamp::from_second(self.seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        write!(f, "{}", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// Text in formats for people and scripts, the bare pair in binary ones.
impl Serialize for Published {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.seconds, self.precision).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Published {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            let (seconds, precision) = Deserialize::deserialize(deserializer)?;
            Self::from_unix(seconds, precision)
                .ok_or_else(|| de::Error::custom("an instant outside of the years 1 to 9999"))
        }
    }
}

/// Layouts that sources use beside RFC 3339 and RFC 2822, with an offset.
const WITH_OFFSET: [&str; 2] = ["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z"];
/// Layouts without a time of day.
const DAYS: [&str; 6] = ["%Y-%m-%d", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y"];

impl FromStr for Published {
    type Err = InvalidValue;

    /// Reads RFC 3339, RFC 2822, ISO 8601 with a space or without an offset (taken as UTC), and a few common layouts of a day.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let text = text.trim();
        read(text).ok_or_else(|| InvalidValue(format!("`{text}` is not a date")))
    }
}

fn read(text: &str) -> Option<Published> {
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Published::from_unix(at.as_second(), Precision::Second);
    }
    // Which century `05/06/20` is of, and which of its numbers is the year, nobody can tell.
    if text.as_bytes().windows(4).any(|part| part.iter().all(u8::is_ascii_digit)) {
        for layout in DAYS {
            if let Ok(date) = Date::strptime(layout, text) {
                return Published::from_date(date);
            }
        }
    }
    for layout in WITH_OFFSET {
        if let Ok(at) = Zoned::strptime(layout, text) {
            return Published::from_zoned(&at);
        }
    }
    if let Some(at) = yaml_timestamp(text) {
        return Published::from_unix(at.as_second(), Precision::Second);
    }
    if let Some(at) = mail_date(text) {
        return Published::from_zoned(&at);
    }
    // ISO 8601 without an offset. Only with a time in it: jiff would read other bare dates here too.
    if text.contains(':')
        && let Ok(at) = text.parse::<DateTime>()
    {
        return Published::from_zoned(&at.to_zoned(TimeZone::UTC).ok()?);
    }
    None
}

/// A timestamp as YAML 1.1 has it: `2001-12-14 21:59:43.10 -5`, and the same with minutes of the offset or `Z`.
fn yaml_timestamp(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [date, time, zone] = words.try_into().ok()?;
    let (sign, offset) = if zone == "Z" { ("+", "0") } else { zone.split_at_checked(1)? };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "0"));
    format!("{date}T{time}{sign}{hours:0>2}:{minutes:0>2}").parse().ok()
}

/// RFC 2822 as feeds write it: weekdays and months in full, on the wrong weekday, in `UTC`.
fn mail_date(text: &str) -> Option<Zoned> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words: Vec<&str> = text.split_ascii_whitespace().collect();
    if let Some(month) = words.get_mut(1) {
        *month = month.get(..3).unwrap_or(month);
    }
    if let Some(zone) = words.last_mut().filter(|zone| matches!(**zone, "UTC" | "Z")) {
        *zone = "GMT";
    }
    rfc2822::parse(&words.join(" ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_layouts_of_real_sources() {
        for (text, expected) in [
            ("2020-05-06T05:19:00Z", "2020-05-06T05:19:00Z"),
            ("2022-09-14T11:27:21.954377Z", "2022-09-14T11:27:21Z"),
            ("2019-05-07T10:06:41+02:00", "2019-05-07T08:06:41Z"),
            ("2019-05-07 10:06:41", "2019-05-07T10:06:41Z"),
            ("2019-05-07T10:06:41", "2019-05-07T10:06:41Z"),
            ("2001-12-14 21:59:43.10 -5", "2001-12-15T02:59:43Z"),
            ("2021-11-29 20:06:00 +05:30", "2021-11-29T14:36:00Z"),
            ("2021-11-29 20:06:00 +0530", "2021-11-29T14:36:00Z"),
            ("2021-11-29  20:06:00 Z", "2021-11-29T20:06:00Z"),
            ("Tue, 07 May 2019 10:06:41 GMT", "2019-05-07T10:06:41Z"),
            ("Tuesday, 7 May 2019 10:06 UTC", "2019-05-07T10:06:00Z"),
            ("Mon, 07 May 2019 10:06:41 +0200", "2019-05-07T08:06:41Z"),
            ("May 7, 2019", "2019-05-07T00:00:00Z"),
            ("2019/05/07", "2019-05-07T00:00:00Z"),
            ("2019-5-7", "2019-05-07T00:00:00Z"),
        ] {
            assert_eq!(text.parse::<Published>().map(|p| p.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn knows_the_instants_that_it_can_write_and_no_others() {
        let written = |seconds| Published::from_unix(seconds, Precision::Second).map(|at| at.to_string());
        assert_eq!(written(*YEARS.start()).as_deref(), Some("0001-01-01T00:00:00Z"));
        assert_eq!(written(*YEARS.end()).as_deref(), Some("9999-12-30T22:00:00Z"));
        assert_eq!((written(YEARS.start() - 1), written(YEARS.end() + 1)), (None, None));
        assert!(Timestamp::from_second(YEARS.end() + 1).is_err());
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "soon", "2019-13-01", "2019-02-30", "99999-01-01", "١٢", "2019", ",", "1 é 2", "next week, perhaps"]
                .into_iter()
                .chain(["05/06/20", "21-11-29", "29 Nov 21", "Nov 29, 21"])
        {
            assert!(text.parse::<Published>().is_err(), "{text}");
        }
    }

    #[test]
    fn names_its_month() {
        assert_eq!("2021-11-29T20:06:00Z".parse::<Published>().unwrap().yyyymm(), 202_111);
    }
}
