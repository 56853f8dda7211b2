//! The one integration test binary. Each module is a behaviour; each test is a sentence.

mod batch;
mod cli;
mod harness;
mod output;
mod readme;
mod settings;
mod updating;
