//! Signing in with a user name and a password: then with a code, where the user has an MFA device, and with another password where
//! this one is to be replaced.
//!
//! Between these pages nothing is kept: what was proven travels sealed, in a field of the form.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::fields::Fields;
use super::gate;
use super::session::Proof;
use super::sign_in::{self, SignInPage, Typed};
use crate::authz::{self, CodeRefused, Login, LoginRefused};
use crate::context::{Act, App};
use crate::crypto::sealed::{Sealed, sealed_as_json};
use crate::iam::caller::{Caller, SignIn};
use crate::iam::login::Standing;
use crate::iam::origin::Origin;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UniqueId};
use crate::kit::secret::Secret;
use crate::pages;
use crate::store::{self, StoreError};
use crate::wire::dispatch;
use crate::wire::model::Service;

/// How long somebody may take between the password and the last page.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Sign-ins that come within this time are one use of the password (IAM API reference, User, PasswordLastUsed).
const APART: Duration = Duration::from_secs(5 * 60);

const WRONG: &str = "The account, the user name or the password is wrong.";
const LOCKED: &str = "There were too many tries for this user. Wait some minutes and try again.";
const BUSY: &str = "The server is busy. Try again in a moment.";
const EXPIRED: &str = "Your password has expired. An administrator must set another one for you.";
const OVER: &str = "That took too long, or your password was changed meanwhile. Sign in again.";

/// What was proven so far.
#[derive(Serialize, Deserialize)]
struct Pending {
    account_id: AccountId,
    user_id: UniqueId,
    password_id: String,
    /// Milliseconds.
    mfa_at: Option<i64>,
    /// Milliseconds.
    expires_at: i64,
}

sealed_as_json!(Pending);

const PLACE: [&str; 1] = ["console sign-in"];

#[derive(Template)]
#[template(path = "console/sign_in_code.html")]
struct CodePage {
    theme: String,
    to: String,
    pending: String,
    error: &'static str,
}

#[derive(Template)]
#[template(path = "console/sign_in_password.html")]
struct PasswordPage {
    theme: String,
    to: String,
    pending: String,
    user_name: String,
    error: String,
}

impl CodePage {
    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }
}

impl PasswordPage {
    /// The address of a file.
    #[expect(clippy::unused_self, reason = "templates know the page only")]
    fn asset(&self, name: &str) -> String {
        pages::assets::url(name)
    }
}

/// A request of somebody who is on their way in.
struct Entrance<'a> {
    app: &'a Arc<App>,
    request: &'a HttpRequest,
    origin: &'a Origin,
    to: String,
}

impl Entrance<'_> {
    fn refused(&self, typed: Typed, error: &'static str) -> HttpResponse {
        tracing::info!(target: "audit", action = "passwright:ConsoleSignIn", outcome = "refused");
        let page = SignInPage::again(self.app, self.request, self.to.clone(), typed, error);
        pages::html_with(StatusCode::FORBIDDEN, &page)
    }

    fn theme(&self) -> String {
        super::theme::chosen(self.request)
    }

    fn seal(&self, pending: &Pending) -> Result<String, StoreError> {
        let sealed = self.app.keys.travelling.seal(&PLACE, pending, &mut self.app.rng());
        Ok(sealed.map_err(StoreError::from)?.to_text())
    }

    /// What a form's field says was proven, if it still stands: the user has that very password.
    async fn open(&self, fields: &Fields) -> Result<Option<(Pending, Login)>, StoreError> {
        let sealed = Sealed::<Pending>::from_text(&fields.text("pending"));
        let Some(pending) = sealed.and_then(|sealed| self.app.keys.travelling.open(&PLACE, &sealed).ok()) else { return Ok(None) };
        if pending.expires_at <= self.app.now().millis() {
            return Ok(None);
        }
        let login = login_of(self.app, &pending.account_id, &pending.user_id).await?;
        Ok(login.filter(|login| login.profile.password_id == pending.password_id).map(|login| (pending, login)))
    }

    /// Takes a step that somebody may be guessing by; what to answer where nothing is left to the address.
    async fn guess<T, E>(
        &self,
        step: impl Future<Output = Result<T, E>>,
        is_guess: impl FnOnce(&E) -> bool,
    ) -> Result<Result<T, E>, HttpResponse> {
        sign_in::guess(self.app, self.origin, step, is_guess).await
    }

    /// The next page: the code, another password, or the console.
    async fn go_on(&self, pending: Pending, login: Login) -> Result<HttpResponse, StoreError> {
        let (theme, to) = (self.theme(), self.to.clone());
        // SECURITY: the code comes first: whoever knows the password alone must not set another.
        if pending.mfa_at.is_none() && authz::has_device(self.app, &pending.account_id, &pending.user_id).await? {
            return Ok(pages::html(&CodePage { theme, to, pending: self.seal(&pending)?, error: "" }));
        }
        match login.profile.standing(login.policy.as_ref(), self.app.now()) {
            Standing::Good => self.enter(&pending, login).await,
            Standing::ToBeReplaced => {
                let pending = self.seal(&pending)?;
                Ok(pages::html(&PasswordPage { theme, to, pending, user_name: login.user.name, error: String::new() }))
            }
            Standing::Expired => Ok(self.refused(Typed::default(), EXPIRED)),
        }
    }

    /// Somebody is in.
    async fn enter(&self, pending: &Pending, login: Login) -> Result<HttpResponse, StoreError> {
        let (app, now) = (self.app, self.app.now());
        authz::forget_tries(app, &login.user).await?;
        let apart = i64::try_from(APART.as_millis()).unwrap_or(i64::MAX);
        app.write(async |tx| store::iam::note_password_use(tx, &login.user, now, apart).await).await?;
        let proof = Proof::Password {
            password_id: login.profile.password_id,
            mfa_at: pending.mfa_at.map(Timestamp::from_millis),
            whole_seconds: login.profile.max_session_seconds,
        };
        sign_in::enter(app, self.request, self.origin, Caller::User(login.user, None), proof, &self.to).await
    }
}

/// A user and their password.
async fn login_of(app: &App, account_id: &AccountId, user_id: &UniqueId) -> Result<Option<Login>, StoreError> {
    app.read(async |tx| {
        let Some(user) = store::iam::find_user_by_id(tx, account_id, user_id).await? else { return Ok(None) };
        Login::of(tx, user).await
    })
    .await
}

/// `POST /console/sign-in` with a user name.
pub async fn by_password(app: &Arc<App>, request: &HttpRequest, origin: &Origin, fields: &Fields, to: String) -> HttpResponse {
    let entrance = Entrance { app, request, origin, to };
    let (account, name) = (fields.text("account").trim().to_owned(), fields.text("user_name").trim().to_owned());
    let account_id = match authz::account_called(app, &account).await {
        Ok(account_id) => account_id,
        Err(error) => return gate::failed(&error),
    };
    let typed = Typed { account, user_name: name.clone(), ..Typed::default() };
    let password = Secret::from(fields.text("password"));
    let proven = match entrance.guess(authz::user_who_knows(app, &account_id, &name, &password), |_| true).await {
        Ok(proven) => proven,
        Err(refused) => return refused,
    };
    let outcome = match proven {
        Ok(login) => {
            let pending = Pending {
                account_id,
                user_id: login.user.id.clone(),
                password_id: login.profile.password_id.clone(),
                mfa_at: None,
                expires_at: app.now().plus(PATIENCE).millis(),
            };
            entrance.go_on(pending, login).await
        }
        Err(LoginRefused::Wrong) => Ok(entrance.refused(typed, WRONG)),
        Err(LoginRefused::Locked) => Ok(entrance.refused(typed, LOCKED)),
        Err(LoginRefused::Busy) => Ok(entrance.refused(typed, BUSY)),
        Err(LoginRefused::Store(error)) => Err(error),
    };
    outcome.unwrap_or_else(|error| gate::failed(&error))
}

/// `POST /console/sign-in/code`
pub async fn code(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    step(app, request, body, async |entrance, fields| {
        let Some((pending, login)) = entrance.open(fields).await? else { return Ok(entrance.refused(Typed::default(), OVER)) };
        let shown: String = fields.text("code").chars().filter(|character| !character.is_whitespace()).collect();
        let proving = authz::prove_code(entrance.app, &pending.account_id, &pending.user_id, None, &shown);
        let proven = match entrance.guess(proving, |refused| !matches!(refused, CodeRefused::NoDevice)).await {
            Ok(proven) => proven,
            Err(refused) => return Ok(refused),
        };
        let error = match proven {
            Ok(at) => return entrance.go_on(Pending { mfa_at: Some(at.millis()), ..pending }, login).await,
            // It was taken from them meanwhile: none is asked for.
            Err(CodeRefused::NoDevice) => return entrance.go_on(pending, login).await,
            Err(CodeRefused::Wrong) => "The code is wrong, or it was used before. Wait for the next one.",
            Err(CodeRefused::Locked) => LOCKED,
            Err(CodeRefused::Store(error)) => return Err(error),
        };
        let page = CodePage { theme: entrance.theme(), to: entrance.to.clone(), pending: entrance.seal(&pending)?, error };
        Ok(pages::html_with(StatusCode::FORBIDDEN, &page))
    })
    .await
}

/// `POST /console/sign-in/password`: another password in place of one that is to be replaced, by the very operation that users have
/// for it, as them: where no policy lets them, only an administrator does.
pub async fn password(app: Data<App>, request: HttpRequest, body: Bytes) -> HttpResponse {
    step(app, request, body, async |entrance, fields| {
        let Some((pending, login)) = entrance.open(fields).await? else { return Ok(entrance.refused(Typed::default(), OVER)) };
        let has_device = authz::has_device(entrance.app, &pending.account_id, &pending.user_id).await?;
        let is_due = login.profile.standing(login.policy.as_ref(), entrance.app.now()) == Standing::ToBeReplaced;
        if !is_due || (pending.mfa_at.is_none() && has_device) {
            return entrance.go_on(pending, login).await;
        }
        let changed = match entrance.guess(change(entrance, &pending, &login, fields), |_| true).await {
            Ok(changed) => changed,
            Err(refused) => return Ok(refused),
        };
        let error = match changed {
            Ok(()) => {
                let now = login_of(entrance.app, &pending.account_id, &pending.user_id).await?;
                let Some(login) = now else { return Ok(entrance.refused(Typed::default(), OVER)) };
                return entrance.enter(&pending, login).await;
            }
            Err(error) => error,
        };
        let sealed = entrance.seal(&pending)?;
        let page = PasswordPage { theme: entrance.theme(), to: entrance.to.clone(), pending: sealed, user_name: login.user.name, error };
        Ok(pages::html_with(StatusCode::FORBIDDEN, &page))
    })
    .await
}

async fn change(entrance: &Entrance<'_>, pending: &Pending, login: &Login, fields: &Fields) -> Result<(), String> {
    let (old, new) = (fields.text("old_password"), fields.text("new_password"));
    if new != fields.text("repeated") {
        return Err("The new password was typed in two ways.".to_owned());
    }
    if new == old {
        return Err("The new password is the old one.".to_owned());
    }
    let now = entrance.app.now().millis();
    let sign_in = SignIn { issued_at: now, expires_at: pending.expires_at, mfa_at: pending.mfa_at };
    let act = Act {
        caller: Caller::User(login.user.clone(), Some(sign_in)),
        region: entrance.app.default_region.clone(),
        origin: entrance.origin.clone(),
    };
    let input = json!({"OldPassword": old, "NewPassword": new});
    dispatch::call(entrance.app, &act, Service::Iam, "ChangePassword", input).await.map(drop).map_err(|error| error.message)
}

/// A page on the way in.
async fn step(
    app: Data<App>,
    request: HttpRequest,
    body: Bytes,
    act: impl AsyncFnOnce(&Entrance<'_>, &Fields) -> Result<HttpResponse, StoreError>,
) -> HttpResponse {
    let app = app.into_inner();
    let origin = match gate::admit(&app, &request) {
        Ok(origin) => origin,
        Err(refused) => return *refused,
    };
    let fields = Fields::parse(&body);
    let to = sign_in::way_back(&fields.text("to"));
    let entrance = Entrance { app: &app, request: &request, origin: &origin, to };
    act(&entrance, &fields).await.unwrap_or_else(|error| gate::failed(&error))
}

#[cfg(test)]
mod tests;
