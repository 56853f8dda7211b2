//! healthnews: search over curated health-tech news.
pub mod article;
mod error;
pub mod index;
pub mod query;
pub mod search;
pub use error::{Error, Fault, Result};
