//! The fuzz target of `bodies::passkey`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| passwright_fuzz::bodies::passkey(bytes));
