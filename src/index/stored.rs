//! [`StoredArticles`]: articles as the engine's store keeps them, each in one binary value.
//!
//! A value for each field would be read one by one and put together again for each hit; of one value all is at hand. The engine's
//! way to a stored value copies it byte by byte, which takes longer than all the rest. Here it is read where it lies: the only
//! value of its record, at the end of it, with its own length behind it.

use serde::Deserialize;
use tantivy::directory::OwnedBytes;
use tantivy::error::DataCorruption;
use tantivy::store::StoreReader;
use tantivy::{DocAddress, SegmentReader};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::{Article, Card};

/// Room for most articles.
const USUAL_BYTES: usize = 8 << 10;

/// All of an article, as it is stored. The same article gives the same bytes.
pub(super) fn to_bytes(article: &Article) -> Vec<u8> {
    // An article is plain data: it always has a binary form.
    let mut bytes = postcard::to_extend(article, Vec::with_capacity(USUAL_BYTES)).unwrap_or_default();
    let length = bytes.len() as u32;
    bytes.extend(length.to_le_bytes());
    bytes
}

/// A hash over everything in an article, by its bytes.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// An article as it lies in the store.
pub(crate) struct StoredArticle(OwnedBytes);

impl StoredArticle {
    /// The whole article.
    pub(crate) fn article(&self) -> tantivy::Result<Article> {
        self.read()
    }

    /// The article as lists show it, and its body where it lies.
    pub(crate) fn card_and_body(&self) -> tantivy::Result<(Card, Option<&str>)> {
        self.read()
    }

    /// What the article begins with.
    fn read<'a, T: Deserialize<'a>>(&'a self) -> tantivy::Result<T> {
        let read = value_of(&self.0).and_then(|bytes| postcard::from_bytes(bytes).ok());
        read.ok_or_else(|| DataCorruption::comment_only("a stored article cannot be read").into())
    }
}

/// What [`to_bytes`] has written at the end of a record.
fn value_of(record: &[u8]) -> Option<&[u8]> {
    let (rest, length) = record.split_last_chunk()?;
    let start = rest.len().checked_sub(u32::from_le_bytes(*length) as usize)?;
    Some(&rest[start..])
}

/// The articles of some segments.
pub(crate) struct StoredArticles(Vec<StoreReader>);

impl StoredArticles {
    /// Those of these segments, in their order.
    pub(crate) fn open(segments: &[SegmentReader]) -> tantivy::Result<Self> {
        // No cache: each article is a block of its own.
        let open = |segment: &SegmentReader| Ok(segment.get_store_reader(0)?);
        segments.iter().map(open).collect::<tantivy::Result<_>>().map(Self)
    }

    /// Fetches an article. Costs a look into an index of blocks and a copy of its bytes.
    pub(crate) fn get(&self, at: DocAddress) -> tantivy::Result<StoredArticle> {
        Ok(StoredArticle(self.0[at.segment_ord as usize].get_document_bytes(at.doc_id)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    #[test]
    fn an_article_is_read_from_the_end_of_its_record_or_not_at_all() {
        let article = Article { body: Some("A body.".to_owned()), ..Article::new(ArticleId::from_bits(7), "T".into()) };
        let mut record = b"what the engine writes before".to_vec();
        record.extend(to_bytes(&article));
        let stored = |record: &[u8]| StoredArticle(OwnedBytes::new(record.to_vec()));
        let read = |record: &[u8]| stored(record).article().ok();
        assert_eq!(read(&record), Some(article.clone()));
        assert_eq!(stored(&record).card_and_body().unwrap(), (Card::from(article), Some("A body.")));
        assert_eq!(read(&record[..record.len() - 1]), None);
        assert_eq!(read(&u32::MAX.to_le_bytes()), None);
        assert_eq!(read(&[]), None);
    }
}
