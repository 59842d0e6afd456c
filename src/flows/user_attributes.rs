//! Changes of a user's attributes, and of the names that follow their addresses.

use std::collections::BTreeMap;

use super::failed::{Failed, fails_with_the_store};
use super::new_user::{AliasRefused, claim_alias};
use crate::context::App;
use crate::store::{Conn, codes, names, users};
use crate::userpools::attributes::{AttributeRefused, administer, full_schema};
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Why an administrator's change is not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefused {
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// The schema does not take it.
    #[error(transparent)]
    Attribute(#[from] AttributeRefused),
    /// An address is another user's name.
    #[error(transparent)]
    Alias(#[from] AliasRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(ChangeRefused);

/// Changes what is given, for an administrator; a blank value deletes.
///
/// # Errors
/// [`ChangeRefused`].
pub async fn change_by_administrator(
    app: &App,
    pool: &Pool,
    username: &str,
    given: &BTreeMap<String, String>,
) -> Result<(), ChangeRefused> {
    app.write(async |tx| {
        let before = users::find(tx, pool, username).await?.ok_or(ChangeRefused::NoSuchUser)?;
        let attributes = administer(&full_schema(&pool.configuration.schema), &before.attributes, given)?;
        if attributes == before.attributes {
            return Ok(());
        }
        let after = User { attributes, ..before.clone() };
        for kind in [NameKind::Email, NameKind::PhoneNumber] {
            follow_address(tx, pool, &before, &after, kind).await?;
        }
        Ok(users::set_attributes(tx, &after, app.now()).await?)
    })
    .await
}

/// Brings the names of a user in line with what became of an address of theirs.
async fn follow_address(tx: &mut Conn, pool: &Pool, before: &User, after: &User, kind: NameKind) -> Result<(), AliasRefused> {
    let moved = before.attributes.get(kind.as_str()) != after.attributes.get(kind.as_str());
    if moved {
        move_name(tx, pool, after, kind).await?;
        // SECURITY: the code that is under way went to the old address, and must not verify the new one.
        codes::kill(tx, &pool.id, after.id.as_str(), kind.as_str()).await?;
    }
    match (before.has_verified(kind), after.has_verified(kind)) {
        (was_verified, true) if moved || !was_verified => claim_alias(tx, pool, after, kind, false).await,
        (true, false) if !moved && !signs_up_by(pool, kind) => Ok(names::forget(tx, &pool.id, kind, &after.id).await.map(drop)?),
        _ => Ok(()),
    }
}

/// The old address is the user's name no more. Where users sign up by addresses, the new one is their name from now on, as it
/// would have been from the start; where addresses are aliases, it is one once it is verified.
///
/// Source: what Cognito is seen to do (aws-amplify/amplify-js issues 987 and 3749; amazon-cognito-identity-js issue 369).
///
/// # Errors
/// [`AliasRefused`].
pub(super) async fn move_name(tx: &mut Conn, pool: &Pool, user: &User, kind: NameKind) -> Result<(), AliasRefused> {
    let had_name = names::forget(tx, &pool.id, kind, &user.id).await?;
    if had_name && signs_up_by(pool, kind) { claim_alias(tx, pool, user, kind, false).await } else { Ok(()) }
}

fn signs_up_by(pool: &Pool, kind: NameKind) -> bool {
    pool.configuration.username_attributes.iter().any(|attribute| attribute == kind.as_str())
}
