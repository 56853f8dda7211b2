//! [`FieldFilter`]: one condition on a field, `topic:AI`.

use std::fmt;

use super::{Period, quote, word};
use crate::InvalidValue;
use crate::article::{Part, Quality};

/// One condition on a field of the article. Values are kept as typed; what equals what is decided when searching.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldFilter {
    /// `topic:AI`, `topic:"Gartner: Healthcare"`
    Topic(String),
    /// `provider:forbes`
    Provider(String),
    /// `scheme:Gartner`
    Scheme(String),
    /// `kind:video`
    Kind(String),
    /// `after:2021-06`: from its start on.
    After(Period),
    /// `before:2022`: up to its start, not including it.
    Before(Period),
    /// `date:2021-11`: from its start to its end.
    Within(Period),
    /// `date:unknown`
    Undated,
    /// `quality:>=50`: graded at least so.
    MinQuality(u8),
    /// `quality:<=20`: graded at most so.
    MaxQuality(u8),
}

const FIELDS: [&str; 8] = ["topic", "provider", "scheme", "kind", "after", "before", "date", "quality"];
const UNDATED: &str = "unknown";

/// The names that may stand before a colon: of fields, and of the parts of an article.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().chain(Part::ALL.map(Part::name))
}

/// The field or part whose name stands at the start of `rest` with a colon after it, in any case.
pub(super) fn field_at(rest: &str) -> Option<&'static str> {
    field_names().find(|name| {
        rest.as_bytes().get(name.len()) == Some(&b':')
            && rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    })
}

/// A value as it is meant: what is quoted to the letter, a free value without the punctuation of its sentence. `None`: there is none.
pub(super) fn meant(value: &str, quoted: bool) -> Option<&str> {
    let trimmed = word::trim(value);
    (!trimmed.is_empty()).then_some(if quoted { value } else { trimmed })
}

impl FieldFilter {
    /// The value at the start of a run without quotes. A date or a grade ends at a comma, `date:2021,stroke`; names may have one.
    pub(super) fn free_value<'r>(field: &str, run: &'r str) -> &'r str {
        match field {
            "after" | "before" | "date" | "quality" => word::first_item(run),
            _ => run,
        }
    }

    /// Reads the value of one of [`FIELDS`]. `None`: there is no value. `Some(Err(_))`: why it cannot be one.
    pub(super) fn read(field: &str, value: &str, quoted: bool) -> Option<Result<Self, String>> {
        let meant = meant(value, quoted)?;
        let name = || meant.to_owned();
        Some(match field {
            "topic" => Ok(Self::Topic(name())),
            "provider" => Ok(Self::Provider(name())),
            "scheme" => Ok(Self::Scheme(name())),
            "kind" => Ok(Self::Kind(name())),
            "after" => period(value).map(Self::After),
            "before" => period(value).map(Self::Before),
            "date" if word::trim(value).eq_ignore_ascii_case(UNDATED) => Ok(Self::Undated),
            "date" => period(value).map(Self::Within),
            _ => quality(value).ok_or_else(|| {
                format!("`{value}` is not a grade from 0 to {} such as `50`, `>=50` or `<=20`", Quality::MAX)
            }),
        })
    }

    /// The name before the colon.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Topic(_) => "topic",
            Self::Provider(_) => "provider",
            Self::Scheme(_) => "scheme",
            Self::Kind(_) => "kind",
            Self::After(_) => "after",
            Self::Before(_) => "before",
            Self::Within(_) | Self::Undated => "date",
            Self::MinQuality(_) | Self::MaxQuality(_) => "quality",
        }
    }
}

fn period(value: &str) -> Result<Period, String> {
    // Only the end is trimmed: in `after:-30d` and `after:>2021` the sign means something, though nothing we know.
    value[..word::len(value)].parse().map_err(|InvalidValue(reason)| reason)
}

fn quality(value: &str) -> Option<FieldFilter> {
    let (sign, number) = [">=", "≥", "<=", "≤", ">", "<", ""]
        .into_iter()
        .find_map(|sign| Some((sign, value.strip_prefix(sign)?.trim_start())))?;
    let number = &number[..word::len(number)];
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    let grade: u8 = digits.then(|| number.parse().ok())?.filter(|grade| *grade <= Quality::MAX)?;
    match sign {
        "<=" | "≤" => Some(FieldFilter::MaxQuality(grade)),
        "<" => grade.checked_sub(1).map(FieldFilter::MaxQuality),
        ">" => (grade < Quality::MAX).then(|| FieldFilter::MinQuality(grade + 1)),
        _ => Some(FieldFilter::MinQuality(grade)),
    }
}

impl fmt::Display for FieldFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.field())?;
        match self {
            Self::Topic(value) | Self::Provider(value) | Self::Scheme(value) | Self::Kind(value) => {
                // Quotation marks in a name are folded away where it is looked up.
                if word::stands_free(value) { f.write_str(value) } else { write!(f, "\"{}\"", quote::enclosed(value)) }
            }
            Self::After(period) | Self::Before(period) | Self::Within(period) => period.fmt(f),
            Self::Undated => f.write_str(UNDATED),
            Self::MinQuality(grade) => write!(f, ">={grade}"),
            Self::MaxQuality(grade) => write!(f, "<={grade}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Result<String, String>> {
        let field = field_at(text)?;
        Some(FieldFilter::read(field, &text[field.len() + 1..], false)?.map(|filter| filter.to_string()))
    }

    #[test]
    fn reads_and_writes_values() {
        for (text, written) in [
            ("topic:AI", "topic:AI"),
            ("TOPIC:AI/ML,", "topic:AI/ML"),
            ("topic:R&D", "topic:R&D"),
            ("topic:Gartner:Health", "topic:\"Gartner:Health\""),
            ("provider:https://www.forbes.com/", "provider:\"https://www.forbes.com\""),
            ("after:2021-6.", "after:2021-06"),
            ("before:30d", "before:30d"),
            ("date:2021-11-29", "date:2021-11-29"),
            ("date:Unknown", "date:unknown"),
            ("quality:50", "quality:>=50"),
            ("quality:>=50%", "quality:>=50"),
            ("quality:≥50", "quality:>=50"),
            ("quality:>50", "quality:>=51"),
            ("quality:<=20", "quality:<=20"),
            ("quality:<20", "quality:<=19"),
        ] {
            assert_eq!(read(text), Some(Ok(written.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_name_with_quotation_marks_is_written_without_them() {
        let filter = FieldFilter::Topic("The \"Big\" One".to_owned());
        assert_eq!(filter.to_string(), "topic:\"The Big One\"");
    }

    #[test]
    fn says_why_a_value_is_none() {
        for text in [
            "after:yesterday",
            "before:-30d",
            "date:>2021",
            "quality:high",
            "quality:-1",
            "quality:101",
            "quality:>100",
            "quality:<0",
            "quality:50-80",
        ] {
            assert!(matches!(read(text), Some(Err(_))), "{text}");
        }
    }

    #[test]
    fn needs_a_known_field_and_a_value() {
        for text in ["topic:", "topic:…", "quality:>=", "study:results", "topics:AI", "topic", "topic :AI", "thé:x", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
