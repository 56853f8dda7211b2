//! [`MaxShrink`]: how much of an index one run may take away.

use crate::ingest::Problem;
use crate::{Error, Result};

/// By how many per cent of its articles an index may shrink in one run, 0 to 100.
///
/// A folder that is not mounted, a glob that matches no more, an export that ended half way look just like articles that were
/// deleted. A run that would take away more than this is refused, be it a build or a change in place. What counts is the number of
/// articles: as many new ones as have gone are no loss, nor is what came from standard input, which no later run can read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxShrink(u8);

impl MaxShrink {
    /// Whatever is gone is meant to go.
    pub const ANY: Self = Self(100);

    /// `None` above 100.
    #[must_use]
    pub fn percent(percent: u8) -> Option<Self> {
        (percent <= 100).then_some(Self(percent))
    }

    /// Whether so many articles may become so many. `vanished` are sources that are not there any more, for the message.
    ///
    /// # Errors
    /// [`Error::WouldShrink`].
    pub fn check(self, before: u64, after: u64, vanished: &[Problem]) -> Result<()> {
        let lost = before.saturating_sub(after);
        if lost.saturating_mul(100) <= before.saturating_mul(u64::from(self.0)) {
            return Ok(());
        }
        let vanished = vanished.iter().map(|source| source.path.clone()).collect();
        Err(Error::WouldShrink { before, after, allowed: self.0, vanished })
    }
}

impl Default for MaxShrink {
    /// A fifth: more than a curator deletes in one go, less than most folders among several hold.
    fn default() -> Self {
        Self(20)
    }
}

#[cfg(test)]
mod tests {
    use super::MaxShrink;

    #[test]
    fn up_to_a_share_may_go() {
        let may = |percent, before, after| MaxShrink(percent).check(before, after, &[]).is_ok();
        assert!(may(20, 0, 0) && may(20, 0, 5) && may(20, 5, 4) && may(20, 10, 8) && may(20, 10, 100));
        assert!(!may(20, 5, 3) && !may(20, 10, 7) && !may(20, 1, 0) && !may(0, 1_000_000, 999_999));
        assert!(may(0, 5, 5) && may(100, 5, 0));
        assert_eq!(MaxShrink::percent(101), None);
    }
}
