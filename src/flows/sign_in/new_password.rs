//! NEW_PASSWORD_REQUIRED: a password of their own in place of a temporary one, and the attributes that they lack.

use std::collections::BTreeMap;

use super::driver::Applied;
use super::refused::SignInRefused;
use crate::context::App;
use crate::flows::clients::ClientOfPool;
use crate::store::{Conn, names, user_secrets, users};
use crate::userpools::attributes::{AttributeRefused, Writer, change, full_schema};
use crate::userpools::challenge::Done;
use crate::userpools::name::NameKind;
use crate::userpools::user::{PasswordRecord, User, UserStatus};

/// Sets the password, and the attributes as far as a user may write them.
///
/// # Errors
/// [`SignInRefused::Attribute`].
pub async fn apply(
    app: &App,
    of: &ClientOfPool,
    tx: &mut Conn,
    user: &User,
    password: &PasswordRecord,
    given: &BTreeMap<String, String>,
) -> Result<Applied, SignInRefused> {
    if given.keys().any(|name| !of.client.configuration.may_write(name)) {
        return Err(AttributeRefused::Unauthorized.into());
    }
    // SECURITY: the user is the writer here, whoever made the account: no more rights than at sign-up.
    let changed = change(&full_schema(&of.pool.configuration.schema), &user.attributes, given, Writer::User)?;
    if changed.attributes != user.attributes {
        for kind in changed.moved.into_iter().filter_map(NameKind::of_attribute) {
            names::forget(tx, &user.pool_id, kind, &user.id).await?;
        }
        users::set_attributes(tx, &User { attributes: changed.attributes, ..user.clone() }, app.now()).await?;
    }
    user_secrets::set_password(tx, user, password, UserStatus::Confirmed, app.now()).await?;
    Ok(Applied::Accepted(Done::NewPassword))
}
