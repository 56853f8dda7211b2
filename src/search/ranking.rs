//! [`Ranking`]: what the text score is multiplied by.

use super::catalog::{UNDATED, UNGRADED};
use crate::InvalidValue;
use crate::article::Quality;

/// How much the best grade raises a score and the worst lowers it.
///
/// Small on purpose: among articles that answer a query about equally well the better one comes first, but a grade does not
/// lift an article over one that answers better.
pub const QUALITY_STRENGTH: f64 = 0.10;
/// How much being new raises a score and being old lowers it, on the same scale.
pub const FRESHNESS_STRENGTH: f64 = 0.10;
/// How much words that stand side by side raise a score. See `docs/RELEVANCE.md` for the figures.
pub const NEARNESS_STRENGTH: f64 = 0.15;
/// After how many days the freshness of an article has halved.
pub const HALF_LIFE_DAYS: f64 = 365.0;

const SECONDS_PER_DAY: i64 = 86_400;

/// The strengths of the factors. A score is *text × quality × freshness × nearness*, where
///
/// - quality is `1 + s·(q − 50)/50` for a grade `q`, that is 1−s … 1+s;
/// - freshness is `1 + s·(2·2^(−age/half_life) − 1)`, that is 1+s for today and down to 1−s for long ago; the age is in whole days;
/// - nearness is `1 + s·n`, where n is from 0 to 1: how close the words of the query stand to each other in the article; 1 for a
///   single word;
/// - the first two are 1 when the grade or the date is unknown. An article from the future counts as of today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// [`QUALITY_STRENGTH`], 0 (off) to below 1.
    pub quality_strength: f64,
    /// [`FRESHNESS_STRENGTH`], 0 (off) to below 1.
    pub freshness_strength: f64,
    /// [`HALF_LIFE_DAYS`], above 0.
    pub half_life_days: f64,
    /// [`NEARNESS_STRENGTH`], 0 (off) to below 1.
    pub nearness_strength: f64,
}

impl Default for Ranking {
    fn default() -> Self {
        Self {
            quality_strength: QUALITY_STRENGTH,
            freshness_strength: FRESHNESS_STRENGTH,
            half_life_days: HALF_LIFE_DAYS,
            nearness_strength: NEARNESS_STRENGTH,
        }
    }
}

impl Ranking {
    /// Says what is wrong with the strengths, if anything.
    pub fn check(&self) -> Result<(), InvalidValue> {
        for (name, strength) in [
            ("quality", self.quality_strength),
            ("freshness", self.freshness_strength),
            ("nearness", self.nearness_strength),
        ] {
            if !(0.0..1.0).contains(&strength) {
                return Err(InvalidValue(format!("the {name} strength must be from 0 to below 1, not {strength}")));
            }
        }
        if !(self.half_life_days > 0.0 && self.half_life_days.is_finite()) {
            let days = self.half_life_days;
            return Err(InvalidValue(format!("the half-life must be above 0 days, not {days}")));
        }
        Ok(())
    }

    fn quality(&self, grade: u8) -> f64 {
        const MIDDLE: f64 = Quality::MAX as f64 / 2.0;
        if grade == UNGRADED { 1.0 } else { 1.0 + self.quality_strength * (f64::from(grade) - MIDDLE) / MIDDLE }
    }

    fn freshness(&self, days: i64) -> f64 {
        1.0 + self.freshness_strength * (2.0 * (-(days as f64) / self.half_life_days).exp2() - 1.0)
    }
}

/// How many days of age are looked up: eleven years. Older articles are few, and their factor is calculated.
const DAYS: i64 = 4096;

/// The factors of a [`Ranking`] as seen from one day.
pub(super) struct Factors {
    ranking: Ranking,
    as_of: i64,
    by_grade: [f64; 256],
    by_days: Vec<f64>,
}

impl Factors {
    /// `as_of` in seconds since 1970.
    pub(super) fn new(ranking: Ranking, as_of: i64) -> Self {
        Self {
            ranking,
            as_of,
            by_grade: std::array::from_fn(|grade| ranking.quality(grade as u8)),
            by_days: (0..DAYS).map(|days| ranking.freshness(days)).collect(),
        }
    }

    /// The strength of nearness.
    pub(super) fn nearness(&self) -> f64 {
        self.ranking.nearness_strength
    }

    /// The factor for a grade.
    pub(super) fn quality(&self, grade: u8) -> f64 {
        self.by_grade[usize::from(grade)]
    }

    /// The factor for a date, in seconds since 1970.
    pub(super) fn freshness(&self, published: i64) -> f64 {
        if published == UNDATED {
            return 1.0;
        }
        let days = self.as_of.saturating_sub(published).max(0) / SECONDS_PER_DAY;
        self.by_days.get(days as usize).copied().unwrap_or_else(|| self.ranking.freshness(days))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the factors are exact where they are neutral or at their bounds")]
mod tests {
    use super::*;

    #[test]
    fn is_neutral_where_nothing_is_known() {
        let factors = Factors::new(Ranking::default(), 0);
        assert_eq!((factors.quality(UNGRADED), factors.freshness(UNDATED)), (1.0, 1.0));
        assert_eq!(factors.quality(50), 1.0);
    }

    #[test]
    fn halves_with_the_half_life() {
        let ranking = Ranking { freshness_strength: 0.5, half_life_days: 10.0, ..Ranking::default() };
        let (day, seen_from) = (SECONDS_PER_DAY, |as_of| Factors::new(ranking, as_of));
        assert_eq!(seen_from(0).freshness(0), 1.5);
        assert_eq!(seen_from(10 * day).freshness(0), 1.0);
        assert_eq!(seen_from(10 * day).freshness(-1), 1.0, "days are whole");
        assert_eq!(seen_from(0).freshness(5 * day), 1.5, "the future counts as today");
        let long_ago = -(DAYS + 10) * day;
        assert!(seen_from(0).freshness(long_ago) >= 0.5 && seen_from(0).freshness(long_ago) < 0.6);
    }
}
