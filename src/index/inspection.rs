//! [`Inspection`]: whether a generation is what it should be, from the bytes up.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use serde::Serialize;
use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;
use tantivy::index::SegmentComponent;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, HasLen, Searcher, SegmentMeta, SegmentReader, TERMINATED, Term};

use super::build::{disk, open_on, searcher};
use super::change::digest;
use super::failure::{describe, file_failed, is_refusal, is_refused, reading_failed};
use super::folder::Live;
use super::schema::{Fields, column};
use super::seal::{BLOCK, Seal, damaged};
use super::stored::StoredArticles;
use crate::Result;
use crate::article::ArticleId;

/// What a segment consists of, deletions aside.
const COMPONENTS: [SegmentComponent; 6] = [
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Store,
];

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file, relative to the folder of the index, if it is one file's.
    pub file: Option<String>,
    /// What is wrong.
    pub what: String,
}

impl Damage {
    pub(super) fn of(what: impl Into<String>) -> Self {
        Self { file: None, what: what.into() }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.file {
            Some(file) => write!(f, "`{file}`: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// A look at the committed state of a generation, whatever is committed meanwhile.
pub(super) struct Inspection {
    path: PathBuf,
    segments: Vec<SegmentMeta>,
    /// The files that make up the committed state, open: they can be read even if they are removed.
    files: Vec<(PathBuf, io::Result<File>)>,
    /// The engine's way to the articles, if it finds one.
    searcher: tantivy::Result<Searcher>,
    fields: Fields,
}

/// How articles are looked at.
#[derive(Clone, Copy)]
pub(super) enum Extent {
    /// Each.
    All,
    /// About so many, evenly spread.
    Sample(u32),
}

impl Inspection {
    /// Opens the generation in `path`, a folder of the index in `root`. Damage that hides what belongs to it is an error, and so is a
    /// file that the system does not let us read, whatever is in it.
    pub(super) fn open(path: &Path, root: &Path) -> Result<Self> {
        let index = open_on(&disk(path)?, root)?;
        let wrong = |cause| reading_failed(root, cause);
        let segments = index.searchable_segment_metas().map_err(wrong)?;
        let open = |name: PathBuf| match File::open(path.join(&name)) {
            Err(cause) if is_refused(&cause) => Err(file_failed(root, &path.join(name), &cause)),
            file => Ok((name, file)),
        };
        let files = files_of(&segments).into_iter().map(open).collect::<Result<_>>()?;
        let fields = Fields::of(&index.schema()).map_err(wrong)?;
        let searcher = match searcher(&index) {
            Err(cause) if is_refusal(&cause) => return Err(wrong(cause)),
            searcher => searcher,
        };
        Ok(Self { path: path.to_owned(), segments, files, searcher, fields })
    }

    /// How many articles there are.
    pub(super) fn articles(&self) -> u64 {
        self.segments.iter().map(|segment| u64::from(segment.num_docs())).sum()
    }

    /// How many files make up the committed state, and how many bytes they have.
    pub(super) fn size(&self) -> (u64, u64) {
        let size = |(_, file): &(_, io::Result<File>)| file.as_ref().ok()?.metadata().ok().map(|data| data.len());
        (self.files.len() as u64, self.files.iter().filter_map(size).sum())
    }

    /// Reads every byte of every file, and compares it with the seals and with the engine's checksums.
    pub(super) fn check_files(&self, damage: &mut Vec<Damage>) {
        for (name, file) in &self.files {
            let what = match file {
                Ok(file) => check_file(file).err().map(|cause| cause.to_string()),
                Err(cause) if cause.kind() == ErrorKind::NotFound => Some("it is missing".to_owned()),
                Err(cause) => Some(cause.to_string()),
            };
            damage.extend(what.map(|what| Damage { file: Some(self.shown(name)), what }));
        }
    }

    /// Looks at articles: each is found by its id, comes out of the store, and is the one that went in. Returns the ids of those
    /// looked at, sorted; `None` if there is no way to them.
    pub(super) fn check_articles(&self, extent: Extent, damage: &mut Vec<Damage>) -> Option<Vec<u64>> {
        let searcher = match &self.searcher {
            Ok(searcher) => searcher,
            Err(cause) => {
                // Mostly a file has told it already, and better.
                if damage.is_empty() {
                    damage.push(Damage::of(describe(cause).unwrap_or_else(|| cause.to_string())));
                }
                return None;
            }
        };
        let step = match extent {
            Extent::All => 1,
            Extent::Sample(wanted) => (searcher.num_docs() as u32 / wanted.max(1)).max(1),
        };
        let mut ids = Vec::new();
        let mut bad = Bad::default();
        for segment in searcher.segment_readers() {
            let looked = self.check_segment(segment, step as usize, &mut ids, &mut bad);
            if let Err(cause) = looked {
                let segment = segment.segment_id().uuid_string();
                damage.push(Damage {
                    file: Some(self.shown(Path::new(&segment))),
                    what: describe(&cause).unwrap_or_else(|| cause.to_string()),
                });
            }
        }
        bad.tell(damage);
        ids.sort_unstable();
        let twice: HashSet<u64> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        if let Some(first) = twice.iter().min() {
            damage.push(Damage::of(format!(
                "{} ids stand for several articles, `{}` first",
                twice.len(),
                ArticleId::from_bits(*first)
            )));
        }
        Some(ids)
    }

    fn check_segment(
        &self,
        segment: &SegmentReader,
        step: usize,
        ids: &mut Vec<u64>,
        bad: &mut Bad,
    ) -> tantivy::Result<()> {
        let columns = segment.fast_fields();
        let (id_of, digest_of) = (columns.u64(column::ID)?, columns.u64(column::DIGEST)?);
        let by_id = segment.inverted_index(self.fields.id)?;
        let articles = StoredArticles::open(std::slice::from_ref(segment))?;
        for doc in segment.doc_ids_alive().step_by(step) {
            let Some(id) = id_of.first(doc) else {
                bad.unnamed += 1;
                continue;
            };
            ids.push(id);
            let term = Term::from_field_u64(self.fields.id, id);
            let mut found = false;
            if let Some(mut postings) = by_id.read_postings(&term, IndexRecordOption::Basic)? {
                let mut at = postings.doc();
                while at != TERMINATED && !found {
                    found = at == doc;
                    at = postings.advance();
                }
            }
            if !found {
                bad.lost.push(id);
            }
            let stored = articles.get(DocAddress::new(0, doc)).and_then(|stored| stored.article());
            let is_right = stored.is_ok_and(|article| {
                article.id == ArticleId::from_bits(id) && Some(digest(&article)) == digest_of.first(doc)
            });
            if !is_right {
                bad.changed.push(id);
            }
        }
        Ok(())
    }

    fn shown(&self, file: &Path) -> String {
        let generation = self.path.file_name().map_or(Path::new(""), Path::new);
        generation.join(file).to_string_lossy().replace('\\', "/")
    }
}

/// Whether all files of a generation of the index in `root` are there, and end in their seals.
pub(super) fn look_over(live: &Live, root: &Path) -> Result<()> {
    let index = open_on(&disk(&live.path)?, root)?;
    let segments = index.searchable_segment_metas().map_err(|cause| reading_failed(root, cause))?;
    for name in files_of(&segments).into_iter().chain([PathBuf::from(&live.manifest.ledger)]) {
        let path = live.path.join(name);
        File::open(&path).and_then(|file| Seal::read(&mut &file)).map_err(|cause| file_failed(root, &path, &cause))?;
    }
    Ok(())
}

fn files_of(segments: &[SegmentMeta]) -> Vec<PathBuf> {
    let of_segment = |segment: &SegmentMeta| {
        let deleted = segment.has_deletes().then_some(SegmentComponent::Delete);
        COMPONENTS.into_iter().chain(deleted).map(|part| segment.relative_path(part)).collect::<Vec<_>>()
    };
    segments.iter().flat_map(of_segment).collect()
}

/// Reads a file piece by piece: mapped into memory, all of an index would count as memory of the process.
fn check_file(mut file: &File) -> io::Result<()> {
    let seal = Seal::read(&mut file)?;
    let mut end = vec![0; seal.length().min(BLOCK)];
    file.seek(SeekFrom::Start((seal.length() - end.len()) as u64))?;
    file.read_exact(&mut end)?;
    let of_end = end.len();
    // The engine's own checksum stands at the end of the content, over what comes before.
    let (footer, rest) = Footer::extract_footer(FileSlice::from(end))?;
    let covered = seal.length() - (of_end - rest.len());
    let mut checksum = Crc::new();
    let mut block = vec![0; BLOCK];
    file.seek(SeekFrom::Start(0))?;
    for number in 0..seal.blocks() {
        let begin = number * BLOCK;
        let block = &mut block[..BLOCK.min(seal.length() - begin)];
        file.read_exact(block)?;
        if !seal.holds(number, block) {
            return Err(damaged("it is not as it was written"));
        }
        checksum.update(&block[..block.len().min(covered.saturating_sub(begin))]);
    }
    if checksum.sum() == footer.crc { Ok(()) } else { Err(damaged("the engine's checksum does not hold")) }
}

/// Articles with which something is wrong.
#[derive(Default)]
struct Bad {
    unnamed: u64,
    lost: Vec<u64>,
    changed: Vec<u64>,
}

impl Bad {
    fn tell(&self, damage: &mut Vec<Damage>) {
        if self.unnamed > 0 {
            damage.push(Damage::of(format!("{} articles have no id", self.unnamed)));
        }
        for (ids, what) in [
            (&self.lost, "cannot be found by their ids"),
            (&self.changed, "are not what they were when they were stored"),
        ] {
            if let Some(first) = ids.first() {
                let first = ArticleId::from_bits(*first);
                damage.push(Damage::of(format!("{} articles {what}, `{first}` first", ids.len())));
            }
        }
    }
}
