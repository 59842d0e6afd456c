//! NEW_PASSWORD_REQUIRED: a password of their own in place of a temporary one, and the attributes that they lack.

use std::collections::BTreeMap;

use super::driver::Applied;
use super::refused::SignInRefused;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::notices::{self, Notice};
use crate::flows::passwords::{self, Replacing};
use crate::flows::user_attributes::{follow_preferred, move_name};
use crate::store::{Conn, users};
use crate::userpools::attributes::{AttributeRefused, Writer, change, full_schema};
use crate::userpools::challenge::Done;
use crate::userpools::name::NameKind;
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
        let after = User { attributes: changed.attributes, ..user.clone() };
        for kind in changed.moved.into_iter().filter_map(NameKind::of_attribute) {
            move_name(tx, &app_client.pool, &after, kind).await?;
            notices::tell(app, tx, &app_client.pool, user, Notice::changed(kind)).await?;
        }
        follow_preferred(tx, &app_client.pool, &after, given).await?;
        users::set_attributes(tx, &after, app.now()).await?;
    }
    passwords::set(app, tx, &app_client.pool, user, password, UserStatus::Confirmed, Replacing::AtSignIn).await?;
    Ok(Applied::Accepted(Done::NewPassword))
}
