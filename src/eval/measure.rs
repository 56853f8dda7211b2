//! [`Measure`]: a number from 0 to 1 that says how good one answer is.

use std::fmt;
use std::str::FromStr;

use crate::InvalidValue;

/// How good an answer is, as a number from 0 to 1. With a depth `@k`, only the first k documents count.
///
/// As in `trec_eval`: a document is relevant when its grade is above 0; gains are the grades themselves, discounted by
/// log₂(rank + 1) (Järvelin and Kekäläinen 2002). Written `nDCG@10`, `AP`, `RR@10`, `P@10`, `R@100`, `Judged@10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Discounted cumulative gain, as a share of that of the ideal order of all judged documents.
    Ndcg(usize),
    /// Average precision: the mean, over all relevant documents, of the precision at their ranks; 0 for those not found.
    Ap,
    /// 1 / rank of the first relevant document; 0 when there is none.
    Rr(usize),
    /// The share of relevant documents among the first k, where ranks left empty count as not relevant.
    P(usize),
    /// The share of the relevant documents that are found.
    R(usize),
    /// The share of judged documents, relevant or not, among those found; 0 when none is found. Low values mean that the
    /// other measures guess.
    Judged(usize),
}

/// The measures of a report.
pub const MEASURES: [Measure; 6] =
    [Measure::Ndcg(10), Measure::Ap, Measure::Rr(10), Measure::P(10), Measure::R(100), Measure::Judged(10)];

impl Measure {
    /// The measure for one query: `ranked` are the grades of the documents found, best rank first, `None` where there is no
    /// judgement; `judged` are the grades of all judged documents, in any order.
    ///
    /// 0 where it is not defined: without a relevant document, or without an answer.
    #[must_use]
    pub fn of(self, ranked: &[Option<i32>], judged: &[i32]) -> f64 {
        let first = |depth: usize| &ranked[..depth.min(ranked.len())];
        let relevant = judged.iter().filter(|grade| **grade > 0).count();
        match self {
            Self::Ndcg(depth) => {
                let mut ideal = judged.to_vec();
                ideal.sort_unstable_by(|a, b| b.cmp(a));
                let found = first(depth).iter().map(|grade| grade.unwrap_or(0));
                share(discounted_gain(found), discounted_gain(ideal.into_iter().take(depth)))
            }
            Self::Ap => {
                let ranks = relevant_ranks(ranked).enumerate();
                share(ranks.map(|(before, rank)| (before + 1) as f64 / rank as f64).sum(), relevant as f64)
            }
            Self::Rr(depth) => relevant_ranks(first(depth)).next().map_or(0.0, |rank| 1.0 / rank as f64),
            Self::P(depth) => share(relevant_ranks(first(depth)).count() as f64, depth as f64),
            Self::R(depth) => share(relevant_ranks(first(depth)).count() as f64, relevant as f64),
            Self::Judged(depth) => {
                let found = first(depth);
                share(found.iter().filter(|grade| grade.is_some()).count() as f64, found.len() as f64)
            }
        }
    }
}

/// The ranks, from 1, of the relevant documents.
fn relevant_ranks(ranked: &[Option<i32>]) -> impl Iterator<Item = usize> {
    (1..).zip(ranked).filter(|(_, grade)| grade.is_some_and(|grade| grade > 0)).map(|(rank, _)| rank)
}

fn discounted_gain(grades: impl Iterator<Item = i32>) -> f64 {
    (2..).zip(grades).map(|(rank, grade)| f64::from(grade.max(0)) / f64::from(rank).log2()).sum()
}

fn share(part: f64, whole: f64) -> f64 {
    // The sum of nothing is −0.
    if part > 0.0 && whole > 0.0 { part / whole } else { 0.0 }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ndcg(depth) => write!(f, "nDCG@{depth}"),
            Self::Ap => f.write_str("AP"),
            Self::Rr(depth) => write!(f, "RR@{depth}"),
            Self::P(depth) => write!(f, "P@{depth}"),
            Self::R(depth) => write!(f, "R@{depth}"),
            Self::Judged(depth) => write!(f, "Judged@{depth}"),
        }
    }
}

impl FromStr for Measure {
    type Err = InvalidValue;

    /// Reads a name in any case.
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        let unknown =
            || InvalidValue(format!("`{text}` is no measure; there are nDCG@k, AP, RR@k, P@k, R@k and Judged@k"));
        let lower = text.to_ascii_lowercase();
        if lower == "ap" {
            return Ok(Self::Ap);
        }
        let (name, depth) = lower.split_once('@').ok_or_else(unknown)?;
        let depth = depth.parse().ok().filter(|depth| *depth > 0).ok_or_else(unknown)?;
        Ok(match name {
            "ndcg" => Self::Ndcg(depth),
            "rr" => Self::Rr(depth),
            "p" => Self::P(depth),
            "r" => Self::R(depth),
            "judged" => Self::Judged(depth),
            _ => return Err(unknown()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-12
    }

    #[test]
    fn agree_with_an_example_worked_by_hand() {
        // Found: relevant (1), unjudged, very relevant (2), not relevant. One more relevant document (2) is missed.
        let (ranked, judged) = ([Some(1), None, Some(2), Some(0)], [0, 1, 2, 2]);
        let ideal = 2.0 + 2.0 / 3f64.log2() + 0.5;
        for (measure, expected) in [
            (Measure::Ndcg(10), (1.0 + 1.0) / ideal),
            (Measure::Ndcg(1), 1.0 / 2.0),
            (Measure::Ap, (1.0 + 2.0 / 3.0) / 3.0),
            (Measure::Rr(10), 1.0),
            (Measure::P(10), 0.2),
            (Measure::P(2), 0.5),
            (Measure::R(100), 2.0 / 3.0),
            (Measure::R(2), 1.0 / 3.0),
            (Measure::Judged(10), 0.75),
            (Measure::Judged(2), 0.5),
        ] {
            let value = measure.of(&ranked, &judged);
            assert!(near(value, expected), "{measure}: {value}, not {expected}");
        }
        assert!(near(Measure::Rr(10).of(&[None, Some(0), Some(3)], &[3]), 1.0 / 3.0));
        assert!(near(Measure::Rr(2).of(&[None, Some(0), Some(3)], &[3]), 0.0));
    }

    #[test]
    fn are_0_without_an_answer_or_without_anything_to_find() {
        for measure in MEASURES {
            assert!(measure.of(&[], &[1, 2]).total_cmp(&0.0).is_eq(), "{measure}: 0, and not −0");
            let nothing_to_find = measure.of(&[Some(0), Some(-1)], &[0, -1]);
            assert!(near(nothing_to_find, if measure == Measure::Judged(10) { 1.0 } else { 0.0 }), "{measure}");
        }
    }

    #[test]
    fn are_read_as_they_are_written() {
        for measure in MEASURES {
            assert_eq!(measure.to_string().parse(), Ok(measure));
        }
        assert_eq!("ndcg@5".parse(), Ok(Measure::Ndcg(5)));
        for wrong in ["", "nDCG", "nDCG@0", "nDCG@-1", "F@10", "@10", "AP@x"] {
            assert!(wrong.parse::<Measure>().unwrap_err().to_string().contains(wrong), "{wrong}");
        }
    }

    /// The measures again, written down as in the textbook: rank by rank over a list that is as long as asked for.
    fn naive(measure: Measure, ranked: &[Option<i32>], judged: &[i32]) -> f64 {
        let at = |rank: usize| ranked.get(rank - 1).copied().flatten().unwrap_or(0).max(0);
        let hits = |depth: usize| (1..=depth).filter(|rank| at(*rank) > 0).count() as f64;
        let all = judged.iter().filter(|grade| **grade > 0).count() as f64;
        let or_0 = |value: f64| if value.is_finite() { value } else { 0.0 };
        match measure {
            Measure::Ndcg(depth) => {
                let mut best = judged.to_vec();
                best.sort_unstable();
                best.reverse();
                let (mut found, mut ideal) = (0.0, 0.0);
                for rank in 1..=depth {
                    let discount = 1.0 / ((rank + 1) as f64).log2();
                    found += f64::from(at(rank)) * discount;
                    ideal += f64::from(best.get(rank - 1).copied().unwrap_or(0).max(0)) * discount;
                }
                or_0(found / ideal)
            }
            Measure::Ap => {
                let ranks = (1..=ranked.len()).filter(|rank| at(*rank) > 0);
                or_0(ranks.map(|rank| hits(rank) / rank as f64).sum::<f64>() / all)
            }
            Measure::Rr(depth) => (1..=depth).find(|rank| at(*rank) > 0).map_or(0.0, |rank| 1.0 / rank as f64),
            Measure::P(depth) => hits(depth) / depth as f64,
            Measure::R(depth) => or_0(hits(depth) / all),
            Measure::Judged(depth) => {
                let found: Vec<_> = ranked.iter().take(depth).collect();
                or_0(found.iter().filter(|grade| grade.is_some()).count() as f64 / found.len() as f64)
            }
        }
    }

    proptest! {
        #[test]
        fn agree_with_the_textbook(
            grades in prop::collection::vec(prop::option::weighted(0.7, -1i32..4), 0..30),
            missed in prop::collection::vec(-1i32..4, 0..5),
            depth in 1usize..40,
        ) {
            let judged: Vec<i32> = grades.iter().copied().flatten().chain(missed).collect();
            for measure in [Measure::Ndcg(depth), Measure::Ap, Measure::Rr(depth), Measure::P(depth), Measure::R(depth), Measure::Judged(depth)] {
                let (value, expected) = (measure.of(&grades, &judged), naive(measure, &grades, &judged));
                prop_assert!(near(value, expected), "{}: {}, not {}", measure, value, expected);
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value));
            }
        }
    }
}
