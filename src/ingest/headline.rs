//! A title for what has none: the first words of its text.

use super::mapping::Field;
use super::markup;
use super::record::Keys;

/// The longest title made of first words, in characters.
const MAX_HEADLINE: usize = 80;

/// The title of an article, and whether it is its own: else it is made of its first words.
pub(crate) fn title(keys: Keys<'_>) -> Option<(String, bool)> {
    if let Some(title) = keys.texts(Field::Title).next() {
        return Some((title, true));
    }
    let body = || keys.first(Field::Body, |value| markup::body(value.text()?));
    let text = keys.texts(Field::Excerpt).next().or_else(body)?;
    Some((first_words(&text), false))
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let Some((end, _)) = line.char_indices().nth(MAX_HEADLINE) else { return line.to_owned() };
    let words = &line[..line[..end].rfind(' ').unwrap_or(end)];
    format!("{}…", words.trim_end_matches([' ', ',', ';', ':', '-', '–']))
}
