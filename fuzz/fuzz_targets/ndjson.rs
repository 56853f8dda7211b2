//! Any bytes as a file of articles in JSON: lines, lists, or objects one after the other.

#![no_main]

use healthnews_fuzz::read_as_file;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let brace: &[u8] = if bytes.starts_with(b"{") || bytes.starts_with(b"[") { b"" } else { b"{" };
    read_as_file(&[brace, bytes]);
});
