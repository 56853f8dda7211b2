//! The one integration test binary. Each module is a behaviour; each test is a sentence.

mod collection;
mod generations;
mod layout;
mod reference;
mod searching;
