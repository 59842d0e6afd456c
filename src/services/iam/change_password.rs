//! ChangePassword: a user's own, by the one that they have.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use super::login_profile::{self, Terms};
use super::{owner, password_policy};
use crate::authz::{self, LoginRefused};
use crate::context::Context;
use crate::iam::caller::Caller;
use crate::iam::entity::User;
use crate::kit::secret::Secret;
use crate::operation::{Asks, Fault, Resolved};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    old_password: Secret,
    new_password: Secret,
}

impl Asks for Request {
    type Found = User;

    /// Where the account's policy says so, every user may, whatever their own policies leave out.
    async fn resolve(&self, cx: &Context) -> Result<Resolved<User>, Fault> {
        let Caller::User(user, _) = &cx.caller else {
            return Err(Error::InvalidUserType("Only IAM Users can change their own password").into());
        };
        let policy = password_policy::of_account(cx).await?;
        let is_granted = policy.is_some_and(|policy| policy.allow_users_to_change);
        Ok(Resolved::one(Ok(user.clone()), owner::about(user).granted(is_granted)))
    }
}

#[derive(Serialize)]
pub struct Response {}

/// A password that has expired for good is still changed here: who has access keys may (API reference,
/// UpdateAccountPasswordPolicy, HardExpiry).
pub async fn handle(cx: &Context, user: User, request: Request) -> Result<Response, Error> {
    let Some(present) = cx.read(async |tx| crate::store::iam::login_profile(tx, &user.account_id, &user.id).await).await? else {
        return Err(login_profile::none(&user));
    };
    // SECURITY: tries at the old password count as sign-ins do: a stolen access key is no way to guess it.
    let login = authz::user_who_knows(cx, &user.account_id, &user.name, &request.old_password).await?;
    if login.profile.password_id != present.password_id {
        return Err(LoginRefused::Wrong.into());
    }
    let terms = Terms { reset_required: false, max_session_seconds: login.profile.max_session_seconds };
    let next = login_profile::next(cx, &user, &login.profile, &request.new_password, terms).await?;
    login_profile::put_next(cx, &user, &login.profile, &next).await?;
    Ok(Response {})
}

impl From<LoginRefused> for Error {
    fn from(refused: LoginRefused) -> Self {
        match refused {
            LoginRefused::Wrong => Self::AccessDenied("The old password was incorrect.".to_owned()),
            LoginRefused::Locked => Self::AccessDenied("The old password was tried too often. Wait some minutes and try again.".to_owned()),
            LoginRefused::Busy => Self::Busy,
            LoginRefused::Store(error) => error.into(),
        }
    }
}
