//! The pages of IAM's lists.

use serde::Deserialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::paging;

/// Where nothing is asked for (IAM API reference, MaxItems).
const DEFAULT_PAGE: i64 = 100;

/// What a request asks for of a list.
pub struct Asked<'a> {
    /// Where the last page ended.
    pub marker: Option<&'a str>,
    /// How many are wanted at most.
    pub max_items: Option<i64>,
}

/// A list of what has a path, of which a page is asked for.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ByPath {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i64>,
}

asks_about_everything!(ByPath);

impl ByPath {
    /// What paths begin with.
    pub fn prefix(&self) -> &str {
        self.path_prefix.as_deref().unwrap_or("/")
    }

    /// The page.
    pub fn asked(&self) -> Asked<'_> {
        Asked { marker: self.marker.as_deref(), max_items: self.max_items }
    }
}

/// A page, and the marker of the next if there is one.
pub type Page<T> = (Vec<T>, Option<String>);

impl Asked<'_> {
    /// How many are wanted at most.
    pub fn limit(&self) -> i64 {
        self.max_items.unwrap_or(DEFAULT_PAGE)
    }

    /// The key after which the page begins, in the list of this place.
    ///
    /// # Errors
    /// ValidationError for a marker of another list or account, or of nobody.
    pub fn after(&self, cx: &Context, place: &[&str]) -> Result<String, Error> {
        paging::open(cx, place, self.marker).map_err(|_| Error::Missing("Invalid Marker.".to_owned()))
    }

    /// The page of a list that was read from [`Self::after`] on, one further than [`Self::limit`].
    pub fn cut<T>(&self, cx: &Context, place: &[&str], items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>, Error> {
        Ok(paging::cut(cx, place, items, self.limit(), key)?)
    }

    /// The page of a list that a quota bounds, which is at hand whole and in the order of its keys.
    pub fn of_whole<T>(&self, cx: &Context, place: &[&str], all: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>, Error> {
        let after = self.after(cx, place)?;
        let rest = all.into_iter().filter(|item| key(item) > after).collect();
        self.cut(cx, place, rest, key)
    }
}
