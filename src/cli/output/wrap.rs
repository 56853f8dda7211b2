//! Running text broken into lines of a given number of columns, with its marks.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::neutral::shown;

/// A stretch of text that is marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) marked: bool,
}

/// What is kept on one line: a word, or one wide character of a script without spaces.
#[derive(Debug, Default)]
struct Piece {
    runs: Vec<Run>,
    width: usize,
    /// Whether a space comes before it, and whether that space is marked.
    space: Option<bool>,
}

/// Breaks `text` into lines of at most `width` columns. `marks` are byte ranges into it.
///
/// The text is made neutral on the way. Only a word that is wider than a line is cut, with `…`.
/// Empty text gives no lines.
pub(crate) fn wrap(text: &str, marks: &[Range<usize>], width: usize) -> Vec<Vec<Run>> {
    let width = width.max(1);
    let mut lines: Vec<Vec<Run>> = Vec::new();
    let mut used = 0;
    for mut piece in pieces(text, marks) {
        if piece.width > width {
            cut(&mut piece, width);
        }
        let space = usize::from(piece.space.is_some());
        match lines.last_mut() {
            Some(line) if used + space + piece.width <= width => {
                if let Some(marked) = piece.space {
                    push(line, ' ', marked);
                }
                for run in piece.runs {
                    extend(line, run);
                }
                used += space + piece.width;
            }
            _ => {
                used = piece.width;
                lines.push(piece.runs);
            }
        }
    }
    lines
}

/// The text on one line of at most `width` columns, cut with `…` where it is longer.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let clean: String = text.chars().filter_map(shown).collect();
    if clean.width() <= width {
        return clean;
    }
    let mut out = String::new();
    let mut used = 1;
    for c in clean.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

fn pieces(text: &str, marks: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut marks = marks.iter().peekable();
    let mut before: Option<char> = None;
    let mut space = None;
    for (at, c) in text.char_indices() {
        while marks.next_if(|mark| mark.end <= at).is_some() {}
        let marked = marks.peek().is_some_and(|mark| mark.contains(&at));
        let Some(c) = shown(c) else { continue };
        if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}') {
            // The space between two pieces is marked only if all of it is.
            space = Some(marked && space != Some(false));
            before = None;
            continue;
        }
        match (pieces.last_mut(), before) {
            (Some(piece), Some(previous)) if !may_break(previous, c) => push(&mut piece.runs, c, marked),
            (last, _) => {
                let space = if last.is_some() { space } else { None };
                pieces.push(Piece { runs: vec![Run { text: c.to_string(), marked }], width: 0, space });
            }
        }
        space = None;
        before = Some(c);
    }
    for piece in &mut pieces {
        piece.width = piece.runs.iter().map(|run| run.text.width()).sum();
    }
    pieces
}

/// Whether a line may end between two characters with no space between them: beside wide characters (Chinese, Japanese,
/// Korean, emoji), but not inside of a composed emoji nor before closing punctuation.
fn may_break(previous: char, next: char) -> bool {
    let wide = |c: char| c.width() == Some(2);
    let joins = |c: char| {
        c == '\u{200d}' || c.width() == Some(0) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe00}'..='\u{fe0f}')
    };
    let closes = |c: char| "、。，．！？：；）」』】》〉…,.!?:;)]}’”'\"%".contains(c);
    let opens = |c: char| "（「『【《〈([{‘“".contains(c);
    (wide(previous) || wide(next)) && !joins(next) && previous != '\u{200d}' && !closes(next) && !opens(previous)
}

fn push(runs: &mut Vec<Run>, c: char, marked: bool) {
    match runs.last_mut() {
        Some(run) if run.marked == marked => run.text.push(c),
        _ => runs.push(Run { text: c.to_string(), marked }),
    }
}

fn extend(runs: &mut Vec<Run>, next: Run) {
    match runs.last_mut() {
        Some(run) if run.marked == next.marked => run.text.push_str(&next.text),
        _ => runs.push(next),
    }
}

fn cut(piece: &mut Piece, width: usize) {
    let mut left = width - 1;
    let mut kept: Vec<Run> = Vec::new();
    'all: for run in &piece.runs {
        for c in run.text.chars() {
            let columns = c.width().unwrap_or(0);
            if columns > left {
                break 'all;
            }
            left -= columns;
            push(&mut kept, c, run.marked);
        }
    }
    let marked = kept.last().is_some_and(|run| run.marked);
    push(&mut kept, '…', marked);
    piece.width = width - left;
    piece.runs = kept;
}

#[cfg(test)]
mod tests {
    use super::{fit, wrap};
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    fn lines(text: &str, marks: &[std::ops::Range<usize>], width: usize) -> Vec<String> {
        let show = |run: super::Run| if run.marked { format!("[{}]", run.text) } else { run.text };
        wrap(text, marks, width).into_iter().map(|line| line.into_iter().map(show).collect()).collect()
    }

    #[test]
    fn breaks_at_spaces_and_keeps_the_marks() {
        let text = "Remote patient monitoring at home";
        assert_eq!(lines(text, &[], 80), [text]);
        assert_eq!(
            lines(text, &[7..14, 15..25], 16),
            ["Remote [patient]", "[monitoring] at", "home"],
            "the space between two marks is not marked"
        );
        assert_eq!(lines(text, &[7..25, 29..33], 40), ["Remote [patient monitoring] at [home]"]);
    }

    #[test]
    fn cuts_only_a_word_that_is_wider_than_a_line() {
        assert_eq!(lines("see https://example.com/a/long/path now", &[], 12), ["see", "https://exa…", "now"]);
    }

    #[test]
    fn breaks_scripts_without_spaces_between_characters() {
        assert_eq!(lines("健康新聞與遠距監測。", std::slice::from_ref(&(0..6)), 8), ["[健康]新聞", "與遠距監", "測。"]);
    }

    #[test]
    fn keeps_composed_emoji_whole() {
        assert_eq!(lines("ab 👩‍⚕️👩‍⚕️", &[], 5), ["ab 👩‍⚕️", "👩‍⚕️"]);
    }

    #[test]
    fn shows_no_control_characters() {
        assert_eq!(lines("a\u{1b}[1mb\u{202e} c\u{9b}", std::slice::from_ref(&(0..1)), 80), ["[a][1mb c"]);
    }

    #[test]
    fn fits_a_label() {
        assert_eq!(fit("Artificial Intelligence", 11), "Artificial…");
        assert_eq!(fit("健康新聞", 5), "健康…");
        assert_eq!(fit("AI", 5), "AI");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_no_word_is_lost(text in "[ a-z健👩\u{200d}é.]{0,60}", width in 4usize..30) {
            let lines = lines(&text, &[], width);
            for line in &lines {
                prop_assert!(line.width() <= width, "{line}");
            }
            if !text.split_whitespace().any(|word| word.width() > width) {
                let squeeze = |text: &str| text.split_whitespace().collect::<String>();
                prop_assert_eq!(squeeze(&lines.join(" ")), squeeze(&text));
            }
        }
    }
}
