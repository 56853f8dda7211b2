//! [`StoredDocument`]: a document as the engine's store gives it, its texts ready to be moved out.
//!
//! The engine's own document copies every text twice on the way to an article.

use tantivy::schema::Field;
use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize, ValueDeserializer, ValueVisitor,
};

/// The stored values of a document, those of one field in the order in which they were added.
pub(crate) struct StoredDocument(pub(super) Vec<(Field, StoredValue)>);

/// A value of the kinds that the schema stores.
pub(super) enum StoredValue {
    Text(String),
    Unsigned(u64),
    Signed(i64),
}

impl DocumentDeserialize for StoredDocument {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(mut document: D) -> Result<Self, DeserializeError> {
        let mut values = Vec::with_capacity(document.size_hint());
        while let Some(value) = document.next_field()? {
            values.push(value);
        }
        Ok(Self(values))
    }
}

impl ValueDeserialize for StoredValue {
    fn deserialize<'de, D: ValueDeserializer<'de>>(value: D) -> Result<Self, DeserializeError> {
        value.deserialize_any(Visitor)
    }
}

struct Visitor;

/// What is not said here is an error.
impl ValueVisitor for Visitor {
    type Value = StoredValue;

    fn visit_string(&self, text: String) -> Result<StoredValue, DeserializeError> {
        Ok(StoredValue::Text(text))
    }

    fn visit_u64(&self, number: u64) -> Result<StoredValue, DeserializeError> {
        Ok(StoredValue::Unsigned(number))
    }

    fn visit_i64(&self, number: i64) -> Result<StoredValue, DeserializeError> {
        Ok(StoredValue::Signed(number))
    }
}
