//! The pages as browsers use them.

mod answers;
mod attacks;
mod federation;
mod levels;
mod pages;
