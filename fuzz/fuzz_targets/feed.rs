//! Any bytes as a file, taken for what they look like. With the seeds of feeds this is the target of the feed readers.

#![no_main]

use healthnews_fuzz::read_as_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| read_as_file(&[bytes]));
