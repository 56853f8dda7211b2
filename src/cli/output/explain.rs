//! The factors of a score in plain words.

use std::fmt::Write as _;

use healthnews::search::{Explanation, Hit};
use jiff::civil::Date;

use super::neutral::neutral;
use crate::cli::numbers::counted;

/// The fewest and the most digits after the point.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=12;
/// Digits of the score itself.
const SCORE_DIGITS: usize = 2;

/// One line for the product and one for each clause. Empty when the hit was not explained.
///
/// Read by a person with a calculator, the lines are true as printed: the factors are shown with as many digits as it takes
/// for their product to round to the score shown, and the clauses to add up to the text score shown.
pub(crate) fn lines(hit: &Hit, clock: Date) -> Vec<String> {
    let (Some(explanation), Some(score)) = (&hit.explain, hit.score) else { return Vec::new() };
    let Explanation { quality, freshness, nearness, clauses, .. } = explanation;
    let digits = digits_needed(explanation, score);
    let text = printed_text(explanation, digits);
    let graded = hit.article.quality.map_or("no grade".to_owned(), |quality| format!("{} of 100", quality.get()));
    let mut product = format!(
        "score {score:.SCORE_DIGITS$} = text {text:.digits$} × quality {quality:.digits$} ({graded}) × freshness \
         {freshness:.digits$} ({})",
        age(hit, clock)
    );
    // It says nothing about a single word, and nothing about words that are far apart.
    if *nearness > 1.0 {
        let _ = write!(product, " × nearness {nearness:.digits$} (how close the words stand)");
    }
    let mut lines = vec![product];
    lines.extend(clauses.iter().map(|clause| format!("  {:.digits$} for {}", clause.score, neutral(&clause.clause))));
    lines
}

fn age(hit: &Hit, clock: Date) -> String {
    let Some(published) = hit.article.published else { return "no date".to_owned() };
    let days = clock.since(published.date()).map_or(0, |span| span.get_days());
    match days {
        0 => format!("published on {clock}"),
        1.. => format!("published {} before {clock}", counted(days.unsigned_abs().into(), "day")),
        _ => format!("published {} after {clock}", counted(days.unsigned_abs().into(), "day")),
    }
}

/// The fewest digits with which the product of the printed factors rounds to the printed score.
fn digits_needed(explanation: &Explanation, score: f64) -> usize {
    let rounded = |value: f64| format!("{value:.SCORE_DIGITS$}");
    let holds = |digits: &usize| {
        let Explanation { quality, freshness, nearness, .. } = *explanation;
        let factors = [printed_text(explanation, *digits), quality, freshness, nearness];
        rounded(factors.map(|factor| printed(factor, *digits)).iter().product()) == rounded(score)
    };
    DIGITS.into_iter().find(holds).unwrap_or(*DIGITS.start())
}

/// The text score as it is printed: the sum of its clauses as they are printed, which a sum rounded by itself need not be.
fn printed_text(Explanation { text, clauses, .. }: &Explanation, digits: usize) -> f64 {
    if clauses.is_empty() { *text } else { clauses.iter().map(|clause| printed(clause.score, digits)).sum() }
}

fn printed(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{digits_needed, printed, printed_text};
    use healthnews::search::{ClauseScore, Explanation};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_printed_product_is_the_printed_score(
            clauses in prop::collection::vec(0.0f64..20.0, 1..5),
            quality in 0.9f64..1.1,
            freshness in 0.9f64..1.1,
            nearness in 1.0f64..1.25,
        ) {
            let text: f64 = clauses.iter().sum();
            let score = text * quality * freshness * nearness;
            let clause = |score: &f64| ClauseScore { clause: String::new(), score: *score };
            let clauses = clauses.iter().map(clause).collect();
            let explanation = Explanation { text, quality, freshness, nearness, clauses };
            let digits = digits_needed(&explanation, score);
            let text = printed_text(&explanation, digits);
            let product = [text, quality, freshness, nearness].map(|factor| printed(factor, digits)).iter().product();
            // A score on the very edge between two roundings may need more digits than anybody wants to read.
            let on_the_edge = ((score * 100.0).fract() - 0.5).abs() < 1e-6;
            let rounded = |value: f64| format!("{value:.2}");
            prop_assert!(on_the_edge || rounded(product) == rounded(score));
        }
    }
}
