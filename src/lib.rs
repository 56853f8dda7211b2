//! healthnews: search over curated health-tech news.
pub mod article;
mod error;
pub mod index;
pub mod ingest;
pub mod query;
pub mod search;
pub mod update;
pub use error::{Error, Fault, Result};
