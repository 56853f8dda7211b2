//! wip
#![allow(dead_code, missing_docs)]
mod problem; mod report; mod progress; mod value; mod yaml; mod text; mod front_matter; mod plain_yaml; mod salvage; mod mapping; mod clean; mod html; mod markup;
pub use problem::Problem; pub use mapping::Mapping;
