//! healthnews: search over curated health-tech news.
pub mod article;
mod error;
pub mod ingest;
pub mod search;
pub use error::{Error, Fault, Result};
