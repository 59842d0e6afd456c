//! The fuzz target of `bodies::parse_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| passwright_fuzz::bodies::parse_bytes(bytes));
