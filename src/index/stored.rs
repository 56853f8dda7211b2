//! [`StoredArticle`]: an article as the engine's store keeps it, in one binary value.
//!
//! A value for each field would be read one by one and put together again for each hit; of one value all is at hand.

use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize, ValueDeserializer, ValueVisitor,
};
use xxhash_rust::xxh3::xxh3_64;

use crate::article::Article;

/// Room for most articles.
const USUAL_BYTES: usize = 8 << 10;

/// All of an article, as it is stored. The same article gives the same bytes.
pub(super) fn to_bytes(article: &Article) -> Vec<u8> {
    // An article is plain data: it always has a binary form.
    postcard::to_extend(article, Vec::with_capacity(USUAL_BYTES)).unwrap_or_default()
}

/// A hash over everything in an article, by its bytes.
pub(super) fn digest(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// An article, read from the store. Fails on what [`to_bytes`] has not written.
pub(crate) struct StoredArticle(pub(crate) Article);

impl DocumentDeserialize for StoredArticle {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(mut document: D) -> Result<Self, DeserializeError> {
        let mut found = None;
        while let Some((_, article)) = document.next_field()? {
            found = Some(article);
        }
        found.ok_or_else(|| DeserializeError::custom("nothing is stored"))
    }
}

impl ValueDeserialize for StoredArticle {
    fn deserialize<'de, D: ValueDeserializer<'de>>(value: D) -> Result<Self, DeserializeError> {
        value.deserialize_any(Visitor)
    }
}

struct Visitor;

/// What is not said here is an error.
impl ValueVisitor for Visitor {
    type Value = StoredArticle;

    fn visit_bytes(&self, bytes: Vec<u8>) -> Result<StoredArticle, DeserializeError> {
        postcard::from_bytes(&bytes).map(StoredArticle).map_err(DeserializeError::custom)
    }
}
