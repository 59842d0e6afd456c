//! The pages as browsers use them.

mod attacks;
mod pages;
