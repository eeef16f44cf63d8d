//! See `symbolon_fuzz_entry::form`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| symbolon_fuzz_entry::form(data));
