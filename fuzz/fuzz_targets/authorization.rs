//! See `symbolon_fuzz_entry::authorization`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| symbolon_fuzz_entry::authorization(data));
