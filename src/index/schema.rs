//! [`Fields`]: the fields of the index, and what each is for.

use tantivy::Index;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TextAnalyzer;

use super::analysis::{Parts, Stems, Surfaces};

const STEMS: &str = "healthnews_stems";
const PARTS: &str = "healthnews_parts";
const SURFACES: &str = "healthnews_surfaces";

/// Separates the folded key from the written form in the values of [`Fields::topic_key`] and its like: sorted by key,
/// the spellings of one value stand together.
pub(crate) const KEY_SEPARATOR: char = '\u{1f}';

/// The names of the fast fields, by which the engine gives their columns.
pub(crate) mod column {
    pub(crate) const ID: &str = "id";
    pub(crate) const DIGEST: &str = "digest";
    pub(crate) const QUALITY: &str = "quality";
    pub(crate) const PUBLISHED: &str = "published";
    pub(crate) const MONTH: &str = "month";
    pub(crate) const PROVIDER_KEY: &str = "provider_key";
    pub(crate) const TOPIC_KEY: &str = "topic_key";
    pub(crate) const SCHEME_KEY: &str = "scheme_key";
    pub(crate) const KIND_KEY: &str = "kind_key";
}

/// The handles of all fields.
///
/// The stored field holds what is shown, as the source wrote it. Fast fields hold what is filtered, counted and sorted by.
/// `text`, `parts` and `words` hold what is searched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// Searched by stems: title, excerpt, body, provider and topics in one field, weighted (see [`super::analysis::Weighted`]).
    pub(crate) text: Field,
    /// Where each text begins in `text`: positions, nothing else (see `analysis/parts.rs`).
    pub(crate) parts: Field,
    /// Searched by prefix, together with `text`: the surfaces of the same words, but for those that are stems and so in `text`
    /// already. No frequencies, no positions.
    pub(crate) words: Field,
    /// Looked up by name: what the article says that acronyms stand for, see [`super::definitions`].
    pub(crate) definitions: Field,
    /// The article's id, 64 bits. Indexed for look-ups, fast as the last key of every order.
    pub(crate) id: Field,
    /// A hash over everything in the article, to see what has changed.
    pub(crate) digest: Field,
    /// Stored: all of the article, as it is shown (see [`super::stored`]).
    pub(crate) article: Field,
    /// 0 to 100, absent when unknown.
    pub(crate) quality: Field,
    /// Seconds since 1970, absent when unknown.
    pub(crate) published: Field,
    /// `yyyymm` in UTC, because Tantivy's date histogram knows no calendar months.
    pub(crate) month: Field,
    /// Counted: `key␟name` of the provider.
    pub(crate) provider_key: Field,
    /// Counted: `key␟Scheme: Label` of each topic.
    pub(crate) topic_key: Field,
    /// Counted: `key␟Scheme`, each once.
    pub(crate) scheme_key: Field,
    /// Counted: `key␟kind`.
    pub(crate) kind_key: Field,
}

impl Fields {
    /// The schema of this version of the format.
    pub(crate) fn schema() -> Schema {
        let mut schema = Schema::builder();
        let stems = TextFieldIndexing::default()
            .set_tokenizer(STEMS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let parts = TextFieldIndexing::default()
            .set_tokenizer(PARTS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(false);
        let surfaces = TextFieldIndexing::default()
            .set_tokenizer(SURFACES)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let names = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        schema.add_text_field("text", TextOptions::default().set_indexing_options(stems));
        schema.add_text_field("parts", TextOptions::default().set_indexing_options(parts));
        schema.add_text_field("words", TextOptions::default().set_indexing_options(surfaces));
        schema.add_text_field("definitions", TextOptions::default().set_indexing_options(names));
        schema.add_u64_field(column::ID, INDEXED | FAST);
        schema.add_u64_field(column::DIGEST, FAST);
        schema.add_bytes_field("article", STORED);
        schema.add_u64_field(column::QUALITY, FAST);
        schema.add_i64_field(column::PUBLISHED, FAST);
        schema.add_u64_field(column::MONTH, FAST);
        for counted in [column::PROVIDER_KEY, column::TOPIC_KEY, column::SCHEME_KEY, column::KIND_KEY] {
            schema.add_text_field(counted, TextOptions::default().set_fast("raw"));
        }
        schema.build()
    }

    /// The handles in a schema made by [`Self::schema`].
    pub(crate) fn of(schema: &Schema) -> tantivy::Result<Self> {
        let field = |name| schema.get_field(name);
        Ok(Self {
            text: field("text")?,
            parts: field("parts")?,
            words: field("words")?,
            definitions: field("definitions")?,
            id: field(column::ID)?,
            digest: field(column::DIGEST)?,
            article: field("article")?,
            quality: field(column::QUALITY)?,
            published: field(column::PUBLISHED)?,
            month: field(column::MONTH)?,
            provider_key: field(column::PROVIDER_KEY)?,
            topic_key: field(column::TOPIC_KEY)?,
            scheme_key: field(column::SCHEME_KEY)?,
            kind_key: field(column::KIND_KEY)?,
        })
    }
}

/// Makes the analysers known to an index; without this it can neither be written nor searched.
pub(crate) fn register_analysers(index: &Index) {
    index.tokenizers().register(STEMS, TextAnalyzer::from(Stems));
    index.tokenizers().register(PARTS, TextAnalyzer::from(Parts));
    index.tokenizers().register(SURFACES, TextAnalyzer::from(Surfaces));
}
