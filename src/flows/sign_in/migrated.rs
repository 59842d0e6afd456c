//! A user whom nobody has in the pool, and whom the pool's function may know.

use super::driver;
use super::refused::SignInRefused;
use super::subject::Subject;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::flows::migrate_user::{MigrateRefused, migrate, migrates};
use crate::kit::secret::Secret;
use crate::store::attempts;
use crate::userpools::lockout::Factor;
use crate::userpools::user::User;

/// Makes the user whom the function knows by this name and password; they are then signed in like any other.
///
/// SECURITY: the function judges a password: a try at it is charged to the name, as one at the pool's own users is.
///
/// # Errors
/// [`SignInRefused`].
pub async fn user(app: &App, app_client: &AppClient, name: &str, password: &Secret) -> Result<Option<User>, SignInRefused> {
    if !migrates(app_client) {
        return Ok(None);
    }
    let target = Subject::named(app, &app_client.pool, name, None).target;
    driver::charge(app, app_client, &target).await?;
    let found = migrate(app, app_client, name, Some(password)).await;
    if matches!(found, Ok(Some(_)) | Err(MigrateRefused::Busy)) {
        app.write(async |tx| attempts::give_back(tx, &app_client.pool.id, &target, Factor::Password).await).await?;
    }
    found.map_err(|refused| unmigrated(app_client, refused))
}

/// Where the pool does not take whom the function knows, there is no such user; why is for the log.
fn unmigrated(app_client: &AppClient, refused: MigrateRefused) -> SignInRefused {
    match refused {
        MigrateRefused::Trigger(refused) => refused.into(),
        MigrateRefused::NoSuchClient(gone) => gone.into(),
        MigrateRefused::Busy => SignInRefused::Busy,
        MigrateRefused::Failed(failed) => failed.into(),
        MigrateRefused::Unfit(_) | MigrateRefused::Password(_) | MigrateRefused::Alias(_) => {
            tracing::warn!(pool = %app_client.pool.id, "a user was not migrated: {refused}");
            if app_client.client.configuration.hides_users() { SignInRefused::Incorrect } else { SignInRefused::NoSuchUser }
        }
    }
}
