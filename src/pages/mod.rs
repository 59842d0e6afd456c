//! What every page of ours shares: the files that it loads, and the headers that keep it ours.

mod answer;
pub mod assets;

pub use answer::{bare, hosted, html, html_of_others, html_with, is_for_a_browser, own_origin_only, sample};
