//! Any bytes as a file of one article.

#![no_main]

use healthnews_fuzz::read_as_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let fence: &[u8] = if bytes.starts_with(b"---") { b"" } else { b"---\n" };
    read_as_file(&[fence, bytes]);
});
