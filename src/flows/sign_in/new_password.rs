//! NEW_PASSWORD_REQUIRED: a password of their own in place of a temporary one, and the attributes that they lack.

use std::collections::BTreeMap;

use super::driver::Applied;
use super::refused::SignInRefused;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::new_user::{AliasRefused, claim_alias};
use crate::store::{Conn, names, user_secrets, users};
use crate::userpools::attributes::{AttributeRefused, Writer, change, full_schema};
use crate::userpools::challenge::Done;
use crate::userpools::name::NameKind;
use crate::userpools::pool::Pool;
use crate::userpools::user::{PasswordRecord, User, UserStatus};

/// Sets the password, and the attributes as far as a user may write them.
///
/// # Errors
/// [`SignInRefused::Attribute`], [`SignInRefused::Alias`].
pub async fn apply(
    app: &App,
    app_client: &AppClient,
    tx: &mut Conn,
    user: &User,
    password: &PasswordRecord,
    given: &BTreeMap<String, String>,
) -> Result<Applied, SignInRefused> {
    if given.keys().any(|name| !app_client.client.configuration.may_write(name)) {
        return Err(AttributeRefused::Unauthorized.into());
    }
    // SECURITY: the user is the writer here, whoever made the account: no more rights than at sign-up.
    let changed = change(&full_schema(&app_client.pool.configuration.schema), &user.attributes, given, Writer::User)?;
    if changed.attributes != user.attributes {
        let user = User { attributes: changed.attributes, ..user.clone() };
        for kind in changed.moved.into_iter().filter_map(NameKind::of_attribute) {
            move_name(tx, &app_client.pool, &user, kind).await?;
        }
        users::set_attributes(tx, &user, app.now()).await?;
    }
    user_secrets::set_password(tx, user, password, UserStatus::Confirmed, app.now()).await?;
    Ok(Applied::Accepted(Done::NewPassword))
}

/// The old address is the user's name no more. Where users sign up by addresses, the new one is their name from now on, as it
/// would have been from the start; where addresses are aliases, it is one once it is verified.
///
/// Source: what Cognito is seen to do (aws-amplify/amplify-js issues 987 and 3749; amazon-cognito-identity-js issue 369).
async fn move_name(tx: &mut Conn, pool: &Pool, user: &User, kind: NameKind) -> Result<(), AliasRefused> {
    let had_name = names::forget(tx, &pool.id, kind, &user.id).await?;
    let signs_up_by = pool.configuration.username_attributes.iter().any(|attribute| attribute == kind.as_str());
    if had_name && signs_up_by { claim_alias(tx, pool, user, kind, false).await } else { Ok(()) }
}
