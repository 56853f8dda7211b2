//! [`compare`]: is the difference between two runs more than chance?

use super::evaluation::Evaluation;
use super::measure::Measure;

/// How many random assignments are drawn. The standard error of a p of 0.05 is then 0.0007.
pub const PERMUTATIONS: u32 = 100_000;
/// The seed of the draw: the same runs give the same p.
const SEED: u64 = 2007;

/// Two runs on one measure, over the same queries.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What was measured.
    pub measure: Measure,
    /// The mean of the first run.
    pub a: f64,
    /// The mean of the second run.
    pub b: f64,
    /// For how many queries the second is better.
    pub better: usize,
    /// For how many it is worse.
    pub worse: usize,
    /// How likely a difference of the means at least as large, either way, is if the runs are equally good.
    pub p: f64,
}

/// Compares two evaluations of the same queries and measures, measure by measure, by a paired randomisation test (Smucker, Allan
/// and Carterette 2007): if the runs are equally good, it is chance which value of a query is whose. So the two values of each
/// query are swapped by the toss of a coin, [`PERMUTATIONS`] times, and *p* is the share of draws whose means differ by at
/// least as much as the observed ones. The observed order counts as one draw, so that p is never 0 (Phipson and Smyth 2010).
///
/// # Panics
/// When the queries or the measures are not the same: evaluate both with the same judgements.
#[must_use]
pub fn compare(a: &Evaluation, b: &Evaluation) -> Vec<Comparison> {
    assert_eq!(a.measures, b.measures, "the same measures");
    let ids = |evaluation: &Evaluation| evaluation.queries.iter().map(|query| query.query.clone()).collect::<Vec<_>>();
    assert_eq!(ids(a), ids(b), "the same queries");
    let means = a.means().into_iter().zip(b.means());
    let one = |(at, (mean_a, mean_b)): (usize, (f64, f64))| {
        let pairs = a.queries.iter().zip(&b.queries);
        let differences: Vec<f64> = pairs.map(|(a, b)| b.values[at] - a.values[at]).collect();
        Comparison {
            measure: a.measures[at],
            a: mean_a,
            b: mean_b,
            better: differences.iter().filter(|difference| **difference > 0.0).count(),
            worse: differences.iter().filter(|difference| **difference < 0.0).count(),
            p: randomisation(&differences),
        }
    };
    means.enumerate().map(one).collect()
}

fn randomisation(differences: &[f64]) -> f64 {
    // Queries without a difference change no sum.
    let differences: Vec<f64> = differences.iter().copied().filter(|difference| *difference != 0.0).collect();
    // Sums in another order may differ in their last digits and are still as large.
    let observed = differences.iter().sum::<f64>().abs() * (1.0 - 1e-12);
    let mut coins = Coins::new(SEED);
    let mut as_large = 1_u32;
    for _ in 0..PERMUTATIONS {
        let sum: f64 = differences.iter().map(|difference| if coins.toss() { *difference } else { -difference }).sum();
        as_large += u32::from(sum.abs() >= observed);
    }
    f64::from(as_large) / f64::from(PERMUTATIONS + 1)
}

/// Tosses that are the same in every run (`SplitMix64`; Steele, Lea and Flood 2014), 64 from each number.
struct Coins {
    state: u64,
    bits: u64,
    left: u32,
}

impl Coins {
    fn new(seed: u64) -> Self {
        Self { state: seed, bits: 0, left: 0 }
    }

    fn toss(&mut self) -> bool {
        if self.left == 0 {
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            self.bits = z ^ (z >> 31);
            self.left = u64::BITS;
        }
        self.left -= 1;
        let toss = self.bits & 1 == 1;
        self.bits >>= 1;
        toss
    }
}

#[cfg(test)]
mod tests {
    use super::super::evaluation::QueryResult;
    use super::*;

    fn evaluation(values: &[f64]) -> Evaluation {
        let queries = values.iter().enumerate().map(|(at, value)| QueryResult {
            query: format!("q{at}"),
            found: 1,
            relevant: 1,
            values: vec![*value],
            unjudged: Vec::new(),
        });
        Evaluation { measures: vec![Measure::Ap], queries: queries.collect() }
    }

    fn p(a: &[f64], b: &[f64]) -> f64 {
        compare(&evaluation(a), &evaluation(b))[0].p
    }

    /// The share among all 2ⁿ assignments.
    fn exact(differences: &[f64]) -> f64 {
        let observed = differences.iter().sum::<f64>().abs() - 1e-12;
        let all = 1_u32 << differences.len();
        let as_large = (0..all).filter(|signs| {
            let signed = differences.iter().enumerate().map(|(at, d)| if signs >> at & 1 == 1 { *d } else { -d });
            signed.sum::<f64>().abs() >= observed
        });
        as_large.count() as f64 / f64::from(all)
    }

    #[test]
    fn comes_close_to_the_count_of_all_assignments() {
        for differences in [&[0.1, 0.2, -0.05, 0.3, 0.1, 0.0, 0.25][..], &[0.5, -0.5, 0.1], &[0.1; 8]] {
            let zeros = vec![0.0; differences.len()];
            let (found, expected) = (p(&zeros, differences), exact(differences));
            assert!((found - expected).abs() < 0.005, "{differences:?}: {found}, not {expected}");
        }
    }

    #[test]
    fn equal_runs_differ_by_chance() {
        assert!((p(&[0.1, 0.7], &[0.1, 0.7]) - 1.0).abs() < 1e-12);
        let comparison = &compare(&evaluation(&[0.1, 0.5, 0.5]), &evaluation(&[0.3, 0.4, 0.5]))[0];
        assert_eq!((comparison.better, comparison.worse), (1, 1));
        let turned = &compare(&evaluation(&[0.3, 0.4, 0.5]), &evaluation(&[0.1, 0.5, 0.5]))[0];
        assert!((comparison.p - turned.p).abs() < 0.01, "two-sided");
    }
}
