//! Page tokens: sealed, and bound to the list and the account that they were made for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::context::App;
use crate::crypto::seal::SealError;

/// The place where the next page begins; the empty text for the first page.
///
/// # Errors
/// [`SealError`] for a token that we did not make, or made for another list or account.
pub fn open(app: &App, place: &[&str], token: Option<&str>) -> Result<String, SealError> {
    let Some(token) = token else { return Ok(String::new()) };
    let sealed = STANDARD.decode(token).map_err(|_| SealError)?;
    let opened = app.keys.travelling.open(place, &sealed)?;
    String::from_utf8(opened.to_vec()).map_err(|_| SealError)
}

/// The first `limit` items of a list that was read one further, and the token of the next page if there is one.
pub fn cut<T>(app: &App, place: &[&str], mut items: Vec<T>, limit: i64, key: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(0);
    if items.len() <= limit {
        return (items, None);
    }
    items.truncate(limit);
    let token = items.last().map(|last| STANDARD.encode(app.keys.travelling.seal(place, key(last).as_bytes(), &mut app.rng())));
    (items, token)
}
