//! Aligned columns for people.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::neutral;

/// The rows as lines of columns two spaces apart: those numbered in `left` begin in one place, the others, numbers mostly, end in
/// one. Cells must be neutral already. Nothing trails.
pub(crate) fn columns(rows: &[Vec<String>], left: &[usize]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let padding = " ".repeat(widths[at] - cell.width());
            let parts = if left.contains(&at) { [cell.as_str(), padding.as_str()] } else { [&padding, cell.as_str()] };
            line.push_str(if at > 0 { "  " } else { "" });
            line.extend(parts);
        }
        line.truncate(line.trim_end().len());
        line
    };
    rows.iter().map(line).collect()
}

/// What is said of one thing: a line for each name and its value.
pub(crate) fn rows(rows: &[(&str, String)]) -> String {
    let mut out = String::new();
    for (name, value) in rows {
        let _ = writeln!(out, "{name:10} {}", neutral(value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn are_aligned_whatever_is_in_them() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            vec![row(&["query", "AP", "note"]), row(&["健康", "0.1000", ""]), row(&["q", "1", "x"])];
        assert_eq!(columns(&rows, &[0, 2]), ["query      AP  note", "健康   0.1000", "q           1  x"]);
        assert!(columns(&[], &[0]).is_empty());
    }
}
