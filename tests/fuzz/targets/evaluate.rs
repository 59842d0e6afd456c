//! The fuzz target of `bodies::evaluate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| passwright_fuzz::bodies::evaluate(bytes));
