//! REFRESH_TOKEN_AUTH: new ID and access tokens of a sign-in that goes on.

use super::clients::{AppClient, NoSuchClient, SecretRefused};
use super::failed::{Failed, fails_with_the_store};
use super::issue::{self, IssueRefused, Tokens};
use super::whence::Whence;
use super::{devices, sessions};
use crate::context::App;
use crate::store::tokens::{self, FamilyOfMember};
use crate::userpools::group::GroupClaims;

/// Why a sign-in is not refreshed.
#[derive(Debug, thiserror::Error)]
pub enum RefreshRefused {
    /// The client does not take refresh tokens.
    #[error("refreshing is not enabled for the client")]
    Disabled,
    /// Not a refresh token of this client.
    #[error("not a refresh token of this client")]
    Invalid,
    /// The sign-in was ended.
    #[error("the sign-in was revoked")]
    Revoked,
    /// Past its time.
    #[error("the refresh token has expired")]
    Expired,
    /// The user may not sign in.
    #[error("the user is disabled")]
    UserDisabled,
    /// The caller does not know the client's secret.
    #[error(transparent)]
    Secret(#[from] SecretRefused),
    /// The client is gone meanwhile.
    #[error(transparent)]
    NoSuchClient(NoSuchClient),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(RefreshRefused);

impl From<IssueRefused> for RefreshRefused {
    fn from(refused: IssueRefused) -> Self {
        match refused {
            IssueRefused::NoSuchClient(gone) => Self::NoSuchClient(gone),
            IssueRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

/// Refreshes.
///
/// # Errors
/// [`RefreshRefused`].
pub async fn refresh(
    app: &App,
    app_client: &AppClient,
    token: &str,
    secret_hash: Option<&str>,
    whence: Whence<'_>,
) -> Result<Tokens, RefreshRefused> {
    if !app_client.client.configuration.allows("ALLOW_REFRESH_TOKEN_AUTH") {
        return Err(RefreshRefused::Disabled);
    }
    let (origin_jti, secret) = issue::read_refresh_token(token).ok_or(RefreshRefused::Invalid)?;
    let found = app.read(async |tx| tokens::find_family_of_member(tx, &app_client.pool.id, origin_jti).await).await?;
    let FamilyOfMember { family, user, memberships } = found.ok_or(RefreshRefused::Invalid)?;
    // SECURITY: bound to the client that it was given to (RFC 6749 §10.4).
    if !family.refresh_token.matches(&secret.hashed()) || family.client_id != app_client.client.id {
        return Err(RefreshRefused::Invalid);
    }
    app_client.check_secret_hash(app, &[&user.username, user.id.as_str()], secret_hash)?;
    // Disabling revokes too: what the user is told is the cause.
    if !user.enabled {
        return Err(RefreshRefused::UserDisabled);
    }
    if family.revoked_at.is_some() {
        return Err(RefreshRefused::Revoked);
    }
    if app.now() >= family.expires_at {
        return Err(RefreshRefused::Expired);
    }
    if !devices::may_refresh(app, &app_client.pool, &family, whence.device_key).await? {
        return Err(RefreshRefused::Invalid);
    }
    sessions::used(app, &app_client.pool, &family, whence).await?;
    Ok(issue::tokens(app, app_client, &user, GroupClaims::of(memberships), &family, None).await?)
}
