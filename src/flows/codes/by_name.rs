//! Codes that are asked for and tried by a name. Where users are hidden, one rule answers for all names: those of users whom the
//! code is for, of other users, and of nobody.

use super::{Address, Asker, CodeDelivery, Occasion, Redeemed, SendAgainRefused, SentAgain, send_again, simulated_delivery};
use crate::context::App;
use crate::store::Conn;
use crate::userpools::pool::Pool;

/// Why a code that was tried lets nobody on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// Too many codes were tried.
    #[error("too many codes were tried")]
    TooManyTries,
    /// A code that is old or used, or was never sent.
    #[error("no such code, or no more")]
    Expired,
    /// A wrong code.
    #[error("a wrong code")]
    Mismatch,
}

impl Redeemed {
    /// Whom a try lets on, and the attribute that it verified.
    ///
    /// `whose` is the user if the code is for them; `hides`, whether the client hides who there is.
    ///
    /// # Errors
    /// [`CodeRefused`].
    pub fn by<U>(self, whose: Option<U>, hides: bool) -> Result<(U, Option<String>), CodeRefused> {
        match (self, whose) {
            (Self::Accepted(attribute), Some(user)) => Ok((user, attribute)),
            (Self::TooMany, _) => Err(CodeRefused::TooManyTries),
            (Self::Expired, Some(_)) => Err(CodeRefused::Expired),
            (Self::NoCode, _) if !hides => Err(CodeRefused::Expired),
            _ => Err(CodeRefused::Mismatch),
        }
    }
}

/// Makes a code as [`send_again`] does and tells where it went; where users are hidden, where it would go by the name alone.
///
/// # Errors
/// [`SendAgainRefused`].
pub async fn send_by_name(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    asker: Asker<'_>,
    occasion: Occasion,
    address: Option<Address<'_>>,
    hides: bool,
) -> Result<CodeDelivery, SendAgainRefused> {
    let sent = send_again(app, tx, pool, asker, occasion, address.as_ref()).await?;
    // SECURITY: where users are hidden, a full address is no refusal. Whoever knows it could have it filled, and learn by which
    // name it signed up.
    if sent == SentAgain::AddressIsFull && !hides {
        return Err(SendAgainRefused::TooMany);
    }
    Ok(match address {
        Some(address) if !hides => address.delivery(),
        _ => simulated_delivery(app, pool, asker.name, occasion.purpose()),
    })
}
