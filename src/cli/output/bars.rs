//! Bars and columns out of block characters, scaled to the largest count.

const EIGHTHS_ACROSS: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const EIGHTHS_UP: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar of at most `width` columns, to the precision of an eighth. Nothing for 0, something for every other count.
pub(crate) fn bar(count: u64, max: u64, width: usize) -> String {
    let eighths = eighths(count, max, width);
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(EIGHTHS_ACROSS[eighths % 8]);
    }
    bar
}

/// What the column of a count shows in `row`, counted from the bottom, of a chart `height` rows high.
pub(crate) fn cell(count: u64, max: u64, height: usize, row: usize) -> char {
    EIGHTHS_UP[eighths(count, max, height).saturating_sub(row * 8).min(8)]
}

/// One character for each count.
pub(crate) fn sparkline(counts: &[u64]) -> String {
    let max = counts.iter().copied().max().unwrap_or(0);
    // A gap must be seen as a gap, so that the lowest block is for counts above zero only.
    counts.iter().map(|&count| cell(count, max, 1, 0)).collect()
}

fn eighths(count: u64, max: u64, length: usize) -> usize {
    if count == 0 || max == 0 {
        return 0;
    }
    let full = length as u64 * 8;
    // Rounded to the nearest, in wide numbers: counts may be anything.
    let share = (u128::from(count.min(max)) * u128::from(full) + u128::from(max) / 2) / u128::from(max);
    (share as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::{bar, cell, sparkline};

    #[test]
    fn scales_to_the_largest() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(3, 10, 4), "█▎");
        assert_eq!(bar(1, 1_000_000, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
        assert_eq!(bar(0, 0, 4), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 2), "██");
    }

    #[test]
    fn draws_columns_from_the_bottom() {
        let column: String = (0..3).rev().map(|row| cell(5, 10, 3, row)).collect();
        assert_eq!(column, " ▄█");
        assert_eq!(sparkline(&[0, 1, 4, 8]), " ▁▄█");
        assert_eq!(sparkline(&[]), "");
    }
}
