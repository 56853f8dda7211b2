//! [`IndexFolder::verify`]: whether the live generation is sound; and the same for one that is to become live.

use std::path::Path;

use serde::Serialize;

use super::folder::{IndexFolder, Live};
use super::inspection::{Damage, Extent, Inspection, look_over};
use super::ledger::Ledger;
use super::manifest::Manifest;
use crate::article::ArticleId;
use crate::{Error, Result};

/// How many articles of a new generation are looked at before it is published.
const SAMPLE: u32 = 100;

/// What [`IndexFolder::verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The generation looked at; `None` if not even that can be told.
    pub generation: Option<String>,
    /// How many articles it holds.
    pub articles: u64,
    /// How many source files it says it was made of.
    pub sources: u64,
    /// How many files of the engine were read.
    pub files: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// What is wrong; empty if the index is sound.
    pub damage: Vec<Damage>,
    /// The generation that [`IndexFolder::rollback`] would go back to, if one is kept.
    pub previous: Option<String>,
}

impl IndexFolder {
    /// Checks the live generation: every byte of its files against the engine's checksums and the seals; that there are as many
    /// articles as the manifest says, each with an id of its own by which it is found, and stored as it was; and that the ledger
    /// tells of exactly these articles. Reads everything and takes 24 bytes of memory an article, 40 and the path a source file.
    /// Searches and updates go on meanwhile.
    ///
    /// # Errors
    /// [`Error::IndexMissing`], [`Error::IndexIncompatible`], and [`Error::Io`] where the system does not let us read. Damage is no error here: it is what was asked for.
    pub fn verify(&self) -> Result<Verification> {
        let verification = match self.open_live(|live| self.open_for_verification(live)) {
            Ok((live, (inspection, ledger))) => inspect(&live, &inspection, &ledger),
            Err(Error::IndexDamaged { detail, .. }) => {
                Verification { damage: vec![Damage::of(detail)], ..Verification::default() }
            }
            Err(error) => return Err(error),
        };
        let generation = verification.generation.map_or_else(|| self.known(), |name| Ok(Some(name)))?;
        let previous = self.before(generation.as_deref())?;
        Ok(Verification { generation, previous, ..verification })
    }

    /// Finds the live generation, as [`Self::live`] does, and looks whether all its files are there, each with its end. What is in them
    /// is read by [`Self::verify`] only: this takes a few milliseconds.
    ///
    /// # Errors
    /// As of [`Self::live`].
    pub fn whole_live(&self) -> Result<Live> {
        self.open_live(|live| look_over(live, self.path())).map(|(live, ())| live)
    }

    /// Checks a generation that nobody writes to.
    pub(super) fn verify_generation(&self, name: &str) -> Result<Verification> {
        let live = self.generation(name.to_owned())?;
        let (inspection, ledger) = self.open_for_verification(&live)?;
        Ok(inspect(&live, &inspection, &ledger))
    }

    fn open_for_verification(&self, live: &Live) -> Result<(Inspection, Ledger)> {
        let opened = (Inspection::open(&live.path, self.path())?, self.ledger(live)?);
        if self.generation(live.generation.clone())?.commit != live.commit {
            // What was opened may be of either state: the caller opens the newer.
            return Err(self.damaged("it changed while it was opened".to_owned()));
        }
        Ok(opened)
    }
}

/// Checks a generation that has just been written to `path` and that is to say this of itself: all its bytes, and a sample of the
/// articles.
pub(super) fn check_new(path: &Path, manifest: &Manifest) -> Result<()> {
    let mut damage = Vec::new();
    let unsound = |what: String| Error::BuildUnsound { what };
    let unreadable = |error: Error| match error {
        // The system does not let us look: that says nothing about what was written.
        Error::Io { .. } => error,
        error => unsound(error.to_string()),
    };
    if Manifest::read(path, path).map_err(unreadable)?.0 != *manifest {
        damage.push(Damage::of("its manifest is not as it was written"));
    }
    Ledger::read(path, &path.join(&manifest.ledger)).map_err(unreadable)?;
    let inspection = Inspection::open(path, path).map_err(unreadable)?;
    if inspection.articles() != manifest.articles {
        damage.push(Damage::of(format!("{} of {} articles are in it", inspection.articles(), manifest.articles)));
    }
    inspection.check_files(&mut damage);
    inspection.check_articles(Extent::Sample(SAMPLE), &mut damage);
    damage.first().map_or(Ok(()), |first| Err(unsound(first.to_string())))
}

fn inspect(live: &Live, inspection: &Inspection, ledger: &Ledger) -> Verification {
    let mut damage = Vec::new();
    inspection.check_files(&mut damage);
    let (holds, says) = (inspection.articles(), live.manifest.articles);
    if holds != says {
        damage.push(Damage::of(format!("it holds {holds} articles, its manifest says {says}")));
    }
    if let Some(ids) = inspection.check_articles(Extent::All, &mut damage) {
        compare(&ids, ledger, &mut damage);
    }
    check_account(&live.manifest, ledger, &mut damage);
    let (files, bytes) = inspection.size();
    Verification {
        generation: Some(live.generation.clone()),
        articles: holds,
        sources: ledger.account().files,
        files,
        bytes,
        damage,
        previous: None,
    }
}

/// The ledger tells of the articles that are there, all of them and no others.
fn compare(ids: &[u64], ledger: &Ledger, damage: &mut Vec<Damage>) {
    let there = sorted(ids.iter().copied());
    let told = sorted(ledger.files().flat_map(|file| file.state.articles.iter()).map(ArticleId::bits));
    for (these, those, what) in [
        (&there, &told, "articles come from no source file"),
        (&told, &there, "articles of the source files are not there"),
    ] {
        let mut only = these.iter().filter(|id| those.binary_search(id).is_err());
        if let Some(first) = only.next() {
            let first = ArticleId::from_bits(*first);
            damage.push(Damage::of(format!("{} {what}, `{first}` first", 1 + only.count())));
        }
    }
}

/// Ids in order, each once.
fn sorted(ids: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut ids: Vec<u64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The account of reading follows from the ledger.
fn check_account(manifest: &Manifest, ledger: &Ledger, damage: &mut Vec<Damage>) {
    if !ledger.files().is_sorted_by(|a, b| a.place < b.place) {
        damage.push(Damage::of("the source files are not in order"));
    }
    let mut account = ledger.account();
    account.merged = account.records.saturating_sub(manifest.articles);
    if account != manifest.origin.account {
        damage.push(Damage::of("the account of the source files is not that of the manifest"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Build, BuildOptions, IndexFolder, Origin};
    use super::*;
    use crate::article::Article;

    #[test]
    fn a_new_generation_is_read_back_with_all_that_it_says_of_itself() {
        let temp = tempfile::tempdir().unwrap();
        let folder = IndexFolder::new(temp.path());
        let lock = folder.lock().unwrap();
        let mut build = Build::begin(&lock, &BuildOptions { threads: 1 }).unwrap();
        build.add(&Article::new(ArticleId::from_bits(1), "One".to_owned())).unwrap();
        let Live { path, manifest, .. } = build.publish(Origin::default(), &Ledger::default()).unwrap();
        check_new(&path, &manifest).unwrap();
        check_new(&path, &Manifest { articles: 2, ..manifest.clone() }).unwrap_err();
        for name in ["manifest.json", "meta.json", manifest.ledger.as_str()] {
            let file = path.join(name);
            let whole = std::fs::read(&file).unwrap();
            let mut flipped = whole.clone();
            flipped[whole.len() / 2] ^= 4;
            std::fs::write(&file, flipped).unwrap();
            let error = check_new(&path, &manifest).unwrap_err();
            assert!(matches!(error, Error::BuildUnsound { .. }), "{name}: {error}");
            std::fs::write(&file, whole).unwrap();
        }
        check_new(&path, &manifest).unwrap();
    }
}
