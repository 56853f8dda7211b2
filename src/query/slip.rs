//! Slips in filters: what looks like a field and is searched as text.
//!
//! A name that no field has may well stand in a headline (`Study:results`), so that only what other programs call our fields, and
//! what differs from their names by an edit, is taken for a slip; and only with a value that the field can have.

use super::filter::field_at;
use super::{FieldFilter, Misread, field_names, quote, word};
use crate::article::Part;

/// What our fields are called elsewhere.
const OTHER_NAMES: [(&str, &str); 24] = [
    ("abstract", "excerpt"),
    ("categories", "topic"),
    ("category", "topic"),
    ("domain", "provider"),
    ("from", "after"),
    ("grade", "quality"),
    ("headline", "title"),
    ("month", "date"),
    ("outlet", "provider"),
    ("publisher", "provider"),
    ("since", "after"),
    ("site", "provider"),
    ("source", "provider"),
    ("subject", "topic"),
    ("summary", "excerpt"),
    ("tag", "topic"),
    ("tags", "topic"),
    ("text", "body"),
    ("to", "before"),
    ("type", "kind"),
    ("until", "before"),
    ("website", "provider"),
    ("when", "date"),
    ("year", "date"),
];
/// From so many letters on, a name that differs by one from that of a field is a slip of it: shorter ones are as likely words.
const MISSPELT_LETTERS: usize = 5;

/// The slip at the start of `rest`, where a word starts.
pub(super) fn slip(rest: &str) -> Option<Misread> {
    match field_at(rest) {
        Some(field) => gap(field, rest),
        None => other_name(rest),
    }
}

/// A field in small letters with a space before its value. `Topic: AI in care` is a headline.
fn gap(field: &str, rest: &str) -> Option<Misread> {
    let (name, behind) = rest.split_at(field.len() + 1);
    let value = behind.trim_start_matches(' ');
    let is_slip = rest.starts_with(field) && value.len() < behind.len() && takes(field, &value_at(field, value)?);
    let reason = "the value of a field stands right behind the colon, without a space";
    is_slip.then(|| Misread::as_text(name, reason))
}

/// A name that no field has, with a value right behind its colon.
fn other_name(rest: &str) -> Option<Misread> {
    let (name, behind) = rest.split_at(rest.find(|c: char| !c.is_alphabetic())?);
    let behind = behind.strip_prefix(':')?;
    let field = field_for(&name.to_lowercase())?;
    let value = value_at(field, behind).filter(|value| takes(field, value))?;
    let reason = format!("`{name}:` is no field; did you mean `{field}:`?");
    let part = format!("{name}:{}", if value.quoted { format!("\"{}\"", value.text) } else { value.text.clone() });
    Some(Misread { unless: Some(format!("{name} {}", value.text)), ..Misread::as_text(part, reason) })
}

/// The field that is meant by a name in small letters.
fn field_for(name: &str) -> Option<&'static str> {
    let is_misspelt = |field: &&str| strsim::osa_distance(name, field) == 1;
    let elsewhere = OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, field)| *field);
    elsewhere.or_else(|| field_names().find(is_misspelt).filter(|_| name.chars().count() >= MISSPELT_LETTERS))
}

struct Value {
    text: String,
    quoted: bool,
}

/// The value at the start of a text.
fn value_at(field: &str, text: &str) -> Option<Value> {
    let in_quotes = quote::quoted(Some(':'), text).map(|(text, _)| text);
    let quoted = in_quotes.is_some();
    let text = in_quotes.unwrap_or_else(|| {
        let run = FieldFilter::free_value(field, &text[..word::run_len(text)]);
        run[..word::len(run)].to_owned()
    });
    text.contains(char::is_alphanumeric).then_some(Value { text, quoted })
}

/// Whether a field or part can have a value.
fn takes(field: &str, Value { text, quoted }: &Value) -> bool {
    let is_part = Part::ALL.iter().any(|part| part.name() == field);
    is_part || matches!(FieldFilter::read(field, text, *quoted), Some(Ok(_)))
}
