//! [`IndexFolder::rollback`]: back to the generation before.

use super::folder::{IndexFolder, Live, generation_name, number};
use crate::{Error, Result};

/// What [`IndexFolder::rollback`] did.
#[derive(Debug, Clone)]
pub struct Rollback {
    /// The generation that was live; `None` if the index did not say which.
    pub from: Option<String>,
    /// The one that is live now.
    pub live: Live,
}

impl IndexFolder {
    /// Makes the newest generation before the live one live again, once it has been checked as by [`IndexFolder::verify`]. The
    /// switch is one rename. Its ledger says what it was made of, so that the next update brings it up to date from there. The
    /// generation that was live stays until the next writer comes. If the index does not say which generation is live, the newest
    /// is made live.
    ///
    /// # Errors
    /// [`Error::Usage`] when no generation before the live one is kept; [`Error::IndexDamaged`] when it is not sound;
    /// [`Error::IndexIncompatible`] when another version of the program built it; [`Error::IndexMissing`], [`Error::IndexLocked`],
    /// [`Error::Io`]. What was live stays live then.
    pub fn rollback(&self) -> Result<Rollback> {
        // Taking the lock would make a folder where there is none.
        self.known()?;
        let lock = self.lock()?;
        let from = self.known()?;
        let Some(before) = self.before(from.as_deref())? else {
            return Err(Error::Usage {
                message: format!("no generation before `{}` is kept", from.unwrap_or_default()),
                hint: Some("build anew with `healthnews index --rebuild`".to_owned()),
            });
        };
        let unsound =
            |detail: String| self.damaged(format!("`{before}`, the generation before, is not sound: {detail}"));
        let verification = self.verify_generation(&before).map_err(|error| match error {
            Error::IndexDamaged { detail, .. } => unsound(detail),
            error => error,
        })?;
        if let Some(damage) = verification.damage.first() {
            return Err(unsound(damage.to_string()));
        }
        lock.switch(&before)?;
        Ok(Rollback { from, live: self.generation(before)? })
    }

    /// The newest generation before this one, or of all.
    pub(super) fn before(&self, generation: Option<&str>) -> Result<Option<String>> {
        let end = generation.and_then(|name| number(name, "gen-")).unwrap_or(u64::MAX);
        let before = self.numbers("gen-")?.into_iter().rfind(|number| *number < end);
        Ok(before.map(generation_name))
    }

    /// The name of the live generation, if the index says it.
    pub(super) fn known(&self) -> Result<Option<String>> {
        match self.current() {
            Ok(name) => Ok(Some(name)),
            Err(Error::IndexDamaged { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
