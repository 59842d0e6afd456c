//! The pages of user pools' lists.

use serde::Deserialize;

use super::errors::Error;
use crate::context::Context;
use crate::flows::paging;
use crate::kit::id::UserPoolId;

/// What a page has that is not told how long it may be, and at most.
const MOST: i64 = 60;

/// A request about a page of something that a pool has.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PageOfPool {
    user_pool_id: UserPoolId,
    max_results: Option<i64>,
    next_token: Option<String>,
}

asks_about_pool!(PageOfPool);

impl PageOfPool {
    /// What it asks for.
    pub fn asked(&self) -> Asked<'_> {
        Asked::of(self.next_token.as_deref(), self.max_results)
    }
}

/// What a request asks for of a list.
pub struct Asked<'a> {
    token: Option<&'a str>,
    limit: i64,
}

impl<'a> Asked<'a> {
    /// By what the request says; none, or none at all, is as many as a page has.
    pub fn of(token: Option<&'a str>, limit: Option<i64>) -> Self {
        Self { token, limit: limit.filter(|limit| *limit > 0).unwrap_or(MOST) }
    }

    /// The key after which the page begins, in the list of this place.
    ///
    /// # Errors
    /// InvalidParameterException for a token of another list or account, or of nobody.
    pub fn after(&self, cx: &Context, place: &[&str]) -> Result<String, Error> {
        paging::open(cx, place, self.token).map_err(|_| Error::parameter("Invalid NextToken."))
    }

    /// How many are to be read: one further than the page.
    pub const fn read(&self) -> i64 {
        self.limit + 1
    }

    /// The page of a list that was read from [`Self::after`] on, and the token of the next if there is one.
    pub fn cut<T>(
        &self,
        cx: &Context,
        place: &[&str],
        items: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Error> {
        Ok(paging::cut(cx, place, items, self.limit, key)?)
    }
}
