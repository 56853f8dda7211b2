//! [`find`]: the document of an article by its id.

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use super::schema::Fields;
use crate::article::ArticleId;

/// Where the article with this id is, if it is there. Costs a look into the dictionary of each segment up to its own.
pub(crate) fn find(searcher: &Searcher, fields: &Fields, id: ArticleId) -> tantivy::Result<Option<DocAddress>> {
    let term = Term::from_field_u64(fields.id, id.bits());
    for (ord, segment) in searcher.segment_readers().iter().enumerate() {
        let Some(mut docs) = segment.inverted_index(fields.id)?.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        // Those that the article had before its changes are deleted.
        while docs.doc() != TERMINATED && segment.is_deleted(docs.doc()) {
            docs.advance();
        }
        if docs.doc() != TERMINATED {
            return Ok(Some(DocAddress::new(ord as u32, docs.doc())));
        }
    }
    Ok(None)
}
