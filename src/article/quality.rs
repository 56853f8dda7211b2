//! [`Quality`]: a curator's grade.

use serde::{Deserialize, Serialize};

/// A grade from 0 (worst) to 100 (best). Unknown is `Option::None`, written −1 by some sources.
///
/// ```
/// # use healthnews::article::Quality;
/// assert_eq!(Quality::new(39.0).unwrap().get(), 39);
/// assert!(Quality::new(-1.0).is_none());
/// assert!(Quality::new(101.0).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quality(u8);

impl Quality {
    /// The best grade.
    pub const MAX: u8 = 100;

    /// Rounds to the nearest whole grade; `None` outside of 0 to 100 and for what is not a number.
    #[must_use]
    pub fn new(grade: f64) -> Option<Self> {
        (0.0..=f64::from(Self::MAX)).contains(&grade).then(|| Self(grade.round() as u8))
    }

    /// The grade.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}
