//! Who is signed in: what the browser holds, what the database knows of it, and whose credential goes on standing behind it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::authz::{self, CredentialRefused, LoginRefused};
use crate::config::Mode;
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::iam::caller::{Caller, SignIn};
use crate::iam::entity::User;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::kit::secret::{Secret, constant_time_equals};
use crate::store::console_sessions::{self, ConsoleSession};
use crate::store::{self, StoreError};

/// Without use, a session ends after this time.
const IDLE: Duration = Duration::from_secs(3600);

/// A session ends after this time, however much it is used.
const WHOLE: Duration = Duration::from_secs(12 * 3600);

/// A use is noted when the last is this long ago: not every page is a write.
const NOTED_AFTER: Duration = Duration::from_secs(60);

/// What is dangerous wants a secret that was proven no longer ago.
const RECENT: Duration = Duration::from_secs(15 * 60);

/// What a sign-in proved.
#[derive(Clone)]
pub enum Proof {
    /// An access key, by its secret.
    Key(AccessKeyId),
    /// A user's password, and maybe a code of their MFA device.
    Password {
        /// The very password: another ends the session.
        password_id: String,
        /// When the code was shown.
        mfa_at: Option<Timestamp>,
        /// How long the session lasts at most, where the password says so: seconds.
        whole_seconds: Option<i64>,
    },
    /// Nothing: `dev` signs its root in.
    Dev,
}

/// Somebody who is signed in.
pub struct Session {
    row: ConsoleSession,
    /// What the browser holds: forms are proven by it.
    token: PlainToken,
    /// Who they are, by the credential behind the session as it is now.
    pub caller: Caller,
}

impl Session {
    /// The session that a browser's cookie names, if it still stands: it has not ended, and the access key that it began with is
    /// still active and the same person's, or the password still theirs.
    pub async fn of(app: &Arc<App>, request: &HttpRequest, secure: bool) -> Result<Option<Self>, StoreError> {
        let Some(cookie) = request.cookie(cookie_name(secure)) else { return Ok(None) };
        let Some((account_id, text)) = cookie.value().split_once('.') else { return Ok(None) };
        if !crate::policy::is_account(account_id) {
            return Ok(None);
        }
        let (account_id, token, now) = (AccountId::from(account_id), PlainToken::presented(text), app.now());
        let hashed = token.hashed();
        let Some(row) = app.read(async |tx| console_sessions::find(tx, &account_id, &hashed, now).await).await? else { return Ok(None) };
        let Some(caller) = holder(app, &row).await? else { return Ok(None) };
        let ends = end(&row, now);
        if ends.since(row.expires_at) >= NOTED_AFTER {
            app.write(async |tx| console_sessions::prolong(tx, &row, ends).await).await?;
        }
        Ok(Some(Self { row, token, caller }))
    }

    /// Begins a session of somebody.
    pub async fn begin(app: &Arc<App>, caller: Caller, proof: Proof) -> Result<Option<Self>, StoreError> {
        let Some((account_id, principal_id)) = identity(&caller) else { return Ok(None) };
        let (now, token) = (app.now(), PlainToken::generate(&mut app.rng()));
        let (access_key_id, password_id, mfa_at, whole_seconds) = match proof {
            Proof::Key(id) => (Some(id), None, None, None),
            Proof::Password { password_id, mfa_at, whole_seconds } => (None, Some(password_id), mfa_at, whole_seconds),
            Proof::Dev => (None, None, None, None),
        };
        let mut row = ConsoleSession {
            account_id,
            token: token.hashed(),
            principal_id,
            access_key_id,
            password_id,
            mfa_at,
            whole_seconds,
            created_at: now,
            authenticated_at: now,
            expires_at: now,
        };
        row.expires_at = end(&row, now);
        app.write(async |tx| console_sessions::insert(tx, &row).await).await?;
        Ok(Some(Self { row, token, caller }))
    }

    /// The cookie that holds it.
    pub fn cookie(&self, secure: bool) -> Cookie<'static> {
        cookie(secure, format!("{}.{}", self.row.account_id, self.token.expose_secret()))
    }

    /// The key that it began with.
    pub const fn access_key_id(&self) -> Option<&AccessKeyId> {
        self.row.access_key_id.as_ref()
    }

    /// What proves the same as it did, by another password in the place of its own.
    pub fn proof_with(&self, password_id: String) -> Proof {
        Proof::Password { password_id, mfa_at: self.row.mfa_at, whole_seconds: self.row.whole_seconds }
    }

    /// Whether it began with a password.
    pub const fn is_by_password(&self) -> bool {
        self.row.password_id.is_some()
    }

    /// Whether a secret was proven lately, or there is none to prove.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        let proves_nothing = self.row.access_key_id.is_none() && self.row.password_id.is_none();
        proves_nothing || now.since(self.row.authenticated_at) < RECENT
    }

    /// What its forms carry: nobody who cannot read its cookie can make one.
    pub fn form_token(&self, app: &App) -> String {
        URL_SAFE_NO_PAD.encode(app.keys.travelling.keyed_hash(&["console form", self.token.expose_secret()]))
    }

    /// Whether a form carries it.
    pub fn is_own_form(&self, app: &App, presented: &str) -> bool {
        constant_time_equals(self.form_token(app).as_bytes(), presented.as_bytes())
    }

    /// Ends it.
    pub async fn end(&self, app: &App) -> Result<(), StoreError> {
        app.write(async |tx| console_sessions::delete(tx, &self.row.account_id, &self.row.token).await).await
    }

    /// Ends every session of the same person.
    pub async fn end_all(&self, app: &App) -> Result<(), StoreError> {
        app.write(async |tx| console_sessions::delete_all(tx, &self.row.account_id, &self.row.principal_id).await).await
    }
}

/// Who proves an access key by its secret; `None` for a wrong one, or one that is not there.
///
/// # Errors
/// [`StoreError`].
pub async fn prove(app: &App, access_key_id: &AccessKeyId, secret: &Secret) -> Result<Option<Caller>, StoreError> {
    match authz::holder_who_knows(app, access_key_id, secret).await {
        Ok(caller) => Ok(Some(caller)),
        Err(CredentialRefused::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Whoever stands behind a session now. SECURITY: judged anew at every page, so that a key which was deactivated, or a user who
/// was deleted, is signed out with it.
async fn holder(app: &App, row: &ConsoleSession) -> Result<Option<Caller>, StoreError> {
    let caller = match (&row.access_key_id, &row.password_id) {
        (Some(id), _) => match authz::holder_of(app, id, None).await {
            Ok(caller) => caller,
            Err(CredentialRefused::Store(error)) => return Err(error),
            Err(_) => return Ok(None),
        },
        (None, Some(password_id)) => match user_of(app, row, password_id).await? {
            Some(user) => Caller::User(user, Some(sign_in(row))),
            None => return Ok(None),
        },
        (None, None) if app.mode == Mode::Dev => Caller::Root { account_id: row.account_id.clone(), sign_in: None },
        (None, None) => return Ok(None),
    };
    let is_same = identity(&caller).is_some_and(|(account_id, id)| account_id == row.account_id && id == row.principal_id);
    Ok(is_same.then_some(caller))
}

/// The user who signed in with this password, if it still is theirs.
async fn user_of(app: &App, row: &ConsoleSession, password_id: &str) -> Result<Option<User>, StoreError> {
    app.read(async |tx| {
        let profile = store::iam::login_profile(tx, &row.account_id, &row.principal_id).await?;
        match profile.filter(|profile| profile.password_id == password_id) {
            Some(_) => store::iam::find_user_by_id(tx, &row.account_id, &row.principal_id).await,
            None => Ok(None),
        }
    })
    .await
}

/// What policies may ask of a session.
fn sign_in(row: &ConsoleSession) -> SignIn {
    let mfa_at = row.mfa_at.map(Timestamp::millis);
    SignIn { issued_at: row.created_at.millis(), expires_at: row.expires_at.millis(), mfa_at }
}

/// Who a session may be of: users and roots, whose keys last.
fn identity(caller: &Caller) -> Option<(AccountId, UniqueId)> {
    match caller {
        Caller::Root { account_id, .. } => Some((account_id.clone(), UniqueId::of_root(account_id))),
        Caller::User(user, _) => Some((user.account_id.clone(), user.id.clone())),
        Caller::Anonymous | Caller::Session(_) | Caller::Federated { .. } => None,
    }
}

fn end(row: &ConsoleSession, used_at: Timestamp) -> Timestamp {
    let whole = row.whole_seconds.and_then(|seconds| u64::try_from(seconds).ok()).map_or(WHOLE, Duration::from_secs);
    row.created_at.plus(whole).min(used_at.plus(IDLE))
}

/// The cookie's name. Over TLS its prefix has browsers hold it to this very host, path `/` and TLS (RFC 6265bis §4.1.3.2); on
/// loopback there is no TLS to hold it to.
pub const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-passwright-console" } else { "passwright-console" }
}

/// A cookie of the console: no script reads it, and no request that another site makes carries it.
fn cookie(secure: bool, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(secure), value).path("/").http_only(true).same_site(SameSite::Strict).secure(secure).finish()
}

/// The cookie that takes a session's away.
pub fn no_cookie(secure: bool) -> Cookie<'static> {
    let mut cookie = cookie(secure, String::new());
    cookie.make_removal();
    cookie
}

/// Proves again who is signed in, by the secret of the key that the session began with, or by the password: a new session takes its
/// place, so that what was held before serves nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(app: &Arc<App>, session: &Session, secret: &Secret) -> Result<Option<Session>, StoreError> {
    let Some((caller, proof)) = proven_again(app, session, secret).await? else { return Ok(None) };
    let renewed = Session::begin(app, caller, proof).await?;
    session.end(app).await?;
    Ok(renewed)
}

async fn proven_again(app: &Arc<App>, session: &Session, secret: &Secret) -> Result<Option<(Caller, Proof)>, StoreError> {
    if let Some(id) = session.access_key_id() {
        return Ok(prove(app, id, secret).await?.map(|caller| (caller, Proof::Key(id.clone()))));
    }
    let Caller::User(user, _) = &session.caller else { return Ok(None) };
    match authz::user_who_knows(app, &user.account_id, &user.name, secret).await {
        Ok(login) if login.user.id == user.id => {
            authz::forget_tries(app, &login.user).await?;
            Ok(Some((Caller::User(login.user, None), session.proof_with(login.profile.password_id))))
        }
        Ok(_) | Err(LoginRefused::Wrong | LoginRefused::Locked | LoginRefused::Busy) => Ok(None),
        Err(LoginRefused::Store(error)) => Err(error),
    }
}
