//! The one integration test binary. Each module is a behaviour; each test is a sentence.

mod batch;
mod cli;
mod collection;
mod corpora;
mod damage;
mod doctor;
mod evaluation;
mod failures;
mod feeds;
mod fetching;
mod generations;
mod harness;
mod kills;
mod law;
mod layout;
mod merging;
mod output;
mod reading;
mod readme;
mod reference;
mod searching;
mod server;
mod settings;
mod updating;
mod verifying;
mod watching;
