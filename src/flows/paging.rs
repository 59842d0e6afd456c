//! Page tokens: sealed, and bound to the list and the account that they were made for.

use crate::context::App;
use crate::crypto::seal::SealError;
use crate::crypto::sealed::Sealed;
use crate::store::StoreError;

/// The place where the next page begins; the empty text for the first page.
///
/// # Errors
/// [`SealError`] for a token that we did not make, or made for another list or account.
pub fn open(app: &App, place: &[&str], token: Option<&str>) -> Result<String, SealError> {
    let Some(token) = token else { return Ok(String::new()) };
    app.keys.travelling.open(place, &Sealed::from_text(token).ok_or(SealError::Unopenable)?)
}

/// The first `limit` items of a list that was read one further, and the token of the next page if there is one.
///
/// # Errors
/// [`StoreError::Sealing`].
pub fn cut<T>(
    app: &App,
    place: &[&str],
    mut items: Vec<T>,
    limit: i64,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), StoreError> {
    let limit = usize::try_from(limit).unwrap_or(0);
    if items.len() <= limit {
        return Ok((items, None));
    }
    items.truncate(limit);
    let seal = |last: &T| app.keys.travelling.seal(place, &key(last), &mut app.rng());
    let token = items.last().map(seal).transpose()?.map(|token| token.to_text());
    Ok((items, token))
}
