//! The fuzz target of `bodies::matcher`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| passwright_fuzz::bodies::matcher(bytes));
