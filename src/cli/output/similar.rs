//! Articles like one, for people.

use std::fmt::Write as _;

use healthnews::search::Similar;

use super::article::related;
use super::look::{DIM, HEADING};
use super::text::{View, entry};
use super::wrap::wrap;

/// The curator's links, then the nearest.
pub(crate) fn similar(similar: &Similar, view: &View) -> String {
    let look = view.look;
    let mut out = String::new();
    if !similar.related.is_empty() {
        let _ = writeln!(out, "{}", look.paint(HEADING, "Linked by the curator"));
        for link in &similar.related {
            out.push_str(&related(&link.card, look));
            let whether = link.id.map_or("  not in the index".to_owned(), |id| format!("  {id}"));
            let _ = writeln!(out, "{}", look.paint(DIM, &whether));
        }
    }
    if !similar.hits.is_empty() {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", look.paint(HEADING, "Nearest by words"));
        let words: Vec<&str> = similar.words.iter().map(|word| word.word.as_str()).collect();
        for line in wrap(&words.join(", "), &[], look.width) {
            let _ = writeln!(out, "{}", look.line(&line, DIM));
        }
        out.push('\n');
        for (number, hit) in (1..).zip(&similar.hits) {
            out.push_str(&entry(number, hit, view));
            out.push('\n');
        }
    }
    out
}
