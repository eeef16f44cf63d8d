//! See `symbolon_fuzz_entry::jwe`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| symbolon_fuzz_entry::jwe(data));
