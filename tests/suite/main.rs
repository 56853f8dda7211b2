//! The one integration test binary. Each module is a behaviour; each test is a sentence.

mod merging;
mod reading;
