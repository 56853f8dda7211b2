//! The one integration test binary. Each module is a behaviour; each test is a sentence.

mod collection;
mod generations;
mod layout;
mod merging;
mod reading;
mod reference;
mod searching;
