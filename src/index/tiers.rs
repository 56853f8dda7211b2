//! [`Tiers`]: which segments of an index are merged into one.

use std::collections::BTreeMap;

use tantivy::SegmentMeta;
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// Each tier holds segments up to so many times as large as the tier below.
const TIER_FACTOR: u32 = 8;
/// So many segments of one tier are merged.
const MERGED_TOGETHER: usize = 4;
/// A segment of so many articles is merged no more. Those of a build are larger already, so that a build does not merge; and as
/// merging maps all files of the segments into memory, this bounds its memory.
const LARGE: u32 = 16_384;
/// A segment of which more than one document in so many is deleted is written anew without these.
const DELETED_SHARE: u32 = 5;

/// Merges small segments with others of their size.
///
/// However many commits there were, no more than three segments of each of five tiers are left beside the large ones, and an article
/// has been written a dozen times at most: a merge takes it closer to the next tier, and most into it.
#[derive(Debug)]
pub(super) struct Tiers;

impl MergePolicy for Tiers {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let is_worn = |segment: &&SegmentMeta| segment.num_deleted_docs() > segment.max_doc() / DELETED_SHARE;
        let (worn, rest): (Vec<&SegmentMeta>, Vec<&SegmentMeta>) = segments.iter().partition(is_worn);
        let mut tiers: BTreeMap<u32, Vec<&SegmentMeta>> = BTreeMap::new();
        for segment in rest.into_iter().filter(|segment| segment.num_docs() < LARGE) {
            tiers.entry(segment.num_docs().max(1).ilog(TIER_FACTOR)).or_default().push(segment);
        }
        let alone = worn.into_iter().map(|segment| vec![segment]);
        let together = tiers.into_values().filter(|tier| tier.len() >= MERGED_TOGETHER);
        let candidate = |merged: Vec<&SegmentMeta>| MergeCandidate(merged.into_iter().map(SegmentMeta::id).collect());
        alone.chain(together).map(candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{STRING, Schema};
    use tantivy::{Index, IndexWriter, Term, doc};

    use super::*;

    #[test]
    fn many_commits_leave_few_segments_and_few_deleted_documents() {
        let mut schema = Schema::builder();
        let key = schema.add_text_field("key", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
        writer.set_merge_policy(Box::new(Tiers));
        for number in 0..300 {
            // Of 40 articles each is replaced again and again.
            let name = format!("{}", number % 40);
            writer.delete_term(Term::from_field_text(key, &name));
            writer.add_document(doc!(key => name)).unwrap();
            writer.commit().unwrap();
        }
        writer.wait_merging_threads().unwrap();
        let searcher = index.reader().unwrap().searcher();
        assert_eq!(searcher.num_docs(), 40);
        let segments = searcher.segment_readers();
        assert!(segments.len() <= 8, "{} segments", segments.len());
        let deleted: u32 = segments.iter().map(tantivy::SegmentReader::num_deleted_docs).sum();
        assert!(deleted <= 10, "{deleted} deleted documents");
    }
}
