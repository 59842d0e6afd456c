//! From a signed request to its caller. The one verifier of signatures: every entry point goes through here.

use std::sync::Arc;

use super::sites::is_of_a_public_site;
use crate::config::Mode;
use crate::context::App;
use crate::crypto::ids::{self, AccessKeyKind};
use crate::iam::caller::{Caller, FederatedSession, HeldKey, UserSession};
use crate::iam::entity::User;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};
use crate::kit::region::is_region;
use crate::kit::secret::Secret;
use crate::sigv4::{self, HttpRequest, Scope, SignatureError};
use crate::store::{self, StoreError};
use crate::tokens::session::{self, Held};

/// Why a credential is refused.
#[derive(Debug, thiserror::Error)]
pub enum CredentialRefused {
    /// The key is not there, is not active, or its session token is not its own.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// Temporary credentials past their time.
    #[error("The security token included in the request is expired")]
    Expired,
    /// The signature is incomplete, old, for something else, or wrong.
    #[error("{0}")]
    Signature(#[from] SignatureError),
    /// Signed for another service.
    #[error("Credential should be scoped to correct service: '{0}'.")]
    WrongService(String),
    /// Signed for what is no region.
    #[error("Credential should be scoped to a valid region.")]
    WrongRegion,
    /// Our own failure.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The caller of a request and the scope they signed for; nobody and none for a request without signature. Without a list
/// of services, the request may be signed for any.
///
/// # Errors
/// [`CredentialRefused`].
pub async fn authenticate(app: &App, request: &HttpRequest<'_>, services: &[&str]) -> Result<(Caller, Option<Scope>), CredentialRefused> {
    let Some(signed) = sigv4::parse(request)? else { return Ok((Caller::Anonymous, None)) };
    if !services.is_empty() && !services.contains(&signed.scope.service.as_str()) {
        return Err(CredentialRefused::WrongService(services.join(" or ")));
    }
    // SECURITY: the region becomes a part of ids and ARNs, and a condition key.
    if !is_region(&signed.scope.region) {
        return Err(CredentialRefused::WrongRegion);
    }
    let scope = signed.scope.clone();
    let (caller, secret) = match identify(app, &signed.access_key_id, signed.session_token.as_deref()).await? {
        Identified::Ours(caller, secret) => (caller, secret),
        // In dev, a key that we did not issue is the account's root, with any secret.
        // SECURITY: not for the pages of public sites, which anybody's browser is led to.
        Identified::Foreign(account_id)
            if app.mode == Mode::Dev && !is_of_a_public_site(app, header(request, "origin"), header(request, "host")) =>
        {
            return Ok((Caller::Root { account_id, sign_in: None }, Some(scope)));
        }
        Identified::Foreign(_) => return Err(CredentialRefused::UnknownKey),
    };
    signed.verify(request, &secret, app.now())?;
    if let Caller::Root { account_id, sign_in: None } | Caller::User(User { account_id, .. }, None) = &caller {
        app.key_uses.note(account_id, &signed.access_key_id, &scope.service, &scope.region, app.now());
    }
    if caller.ends_at().is_some_and(|end| app.now() >= end) {
        return Err(CredentialRefused::Expired);
    }
    // Nor does IAM take whom a user vouches for (STS API reference, GetFederationToken).
    if scope.service == "iam" && matches!(caller, Caller::Federated { .. }) {
        return Err(CredentialRefused::UnknownKey);
    }
    // IAM takes no session of a user without a code (STS API reference, GetSessionToken).
    if scope.service == "iam" && caller.sign_in().is_some_and(|sign_in| sign_in.mfa_at.is_none()) {
        return Err(CredentialRefused::UnknownKey);
    }
    note_role(app, &caller, &scope.service, &scope.region);
    Ok((caller, Some(scope)))
}

fn header(request: &HttpRequest<'_>, name: &str) -> Option<String> {
    let (_, value) = request.headers.iter().find(|(header, _)| *header == name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

/// Notes that a role is used, where the caller is a session of one.
pub fn note_role(app: &App, caller: &Caller, service: &str, region: &str) {
    if let Caller::Session(session) = caller {
        app.role_uses.note(&session.account_id, &session.role_id, service, region, app.now());
    }
}

/// Who holds an access key, by its id and session token alone: for questions about them, never for acting as them.
///
/// # Errors
/// [`CredentialRefused`].
pub async fn holder_of(app: &App, access_key_id: &AccessKeyId, session_token: Option<&str>) -> Result<Caller, CredentialRefused> {
    match identify(app, access_key_id, session_token).await? {
        Identified::Ours(caller, _) => Ok(caller),
        Identified::Foreign(_) => Err(CredentialRefused::UnknownKey),
    }
}

/// Who holds a long-lived access key, by its id and its secret: who signs in to the console.
///
/// # Errors
/// [`CredentialRefused`]; a wrong secret is refused as a key is that is not there.
pub async fn holder_who_knows(app: &App, access_key_id: &AccessKeyId, presented: &Secret) -> Result<Caller, CredentialRefused> {
    match identify(app, access_key_id, None).await? {
        Identified::Ours(caller, secret) if secret.equals(presented.expose_secret()) => Ok(caller),
        Identified::Ours(..) | Identified::Foreign(_) => Err(CredentialRefused::UnknownKey),
    }
}

#[expect(clippy::large_enum_variant, reason = "one of them at a time, and nearly always the large one")]
enum Identified {
    /// A key that we issued, and its secret.
    Ours(Caller, Secret),
    /// A key that we did not issue, and the account that it stands for in dev.
    Foreign(AccountId),
}

async fn identify(app: &App, access_key_id: &AccessKeyId, session_token: Option<&str>) -> Result<Identified, CredentialRefused> {
    let names_account = crate::policy::is_account(access_key_id.as_str());
    match ids::read_access_key_id(access_key_id) {
        _ if names_account => Ok(Identified::Foreign(access_key_id.as_str().into())),
        None => Ok(Identified::Foreign(app.first_account_id.clone())),
        Some((AccessKeyKind::LongLived, account_id)) => match find_key(app, &account_id, access_key_id).await? {
            None => Ok(Identified::Foreign(app.first_account_id.clone())),
            Some(_) if session_token.is_some() => Err(CredentialRefused::UnknownKey),
            Some(held) if !held.key.active => Err(CredentialRefused::UnknownKey),
            Some(held) => {
                let HeldKey { key, owner } = held.as_ref();
                let caller = owner.clone().ok_or(CredentialRefused::UnknownKey)?;
                let secret = key.secret(&app.keys.at_rest);
                let corrupt = || StoreError::corrupt("iam_access_keys", "sealed_secret", key.id.as_str());
                Ok(Identified::Ours(caller, secret.map_err(|_| corrupt())?))
            }
        },
        // SECURITY: a temporary key of this deployment's account must bring its own token, in dev too.
        Some((AccessKeyKind::Temporary, account_id)) => {
            match session_token.and_then(|token| session::open(&app.keys.credentials, access_key_id, token)) {
                Some((Held::Role(session), secret)) => Ok(Identified::Ours(Caller::Session(session), secret)),
                Some((Held::Federated { federated }, secret)) => {
                    let caller = federated_user(app, federated).await?.ok_or(CredentialRefused::UnknownKey)?;
                    Ok(Identified::Ours(caller, secret))
                }
                Some((Held::User(session), secret)) => {
                    let caller = holder_of_session(app, session).await?.ok_or(CredentialRefused::UnknownKey)?;
                    Ok(Identified::Ours(caller, secret))
                }
                None if account_id == app.first_account_id => Err(CredentialRefused::UnknownKey),
                None => Ok(Identified::Foreign(app.first_account_id.clone())),
            }
        }
    }
}

/// Who stands behind a session.
enum Owner {
    Root,
    User(User),
}

/// Who an account's own are, as they are now; `None` where they are gone.
async fn owner(app: &App, account_id: &AccountId, owner_id: &UniqueId) -> Result<Option<Owner>, StoreError> {
    if *owner_id == UniqueId::of_root(account_id) {
        return Ok(Some(Owner::Root));
    }
    let key = (account_id.clone(), owner_id.clone());
    let load = async || app.read(async |tx| store::iam::find_user_by_id(tx, &key.0, &key.1).await).await;
    let user = app.caches.users.find(&key, app.now(), load).await?;
    Ok(user.map(|user| Owner::User(user.as_ref().clone())))
}

/// Whose session it is; `None` where they are gone.
async fn holder_of_session(app: &App, session: UserSession) -> Result<Option<Caller>, StoreError> {
    let UserSession { account_id, owner_id, sign_in } = session;
    let sign_in = Some(sign_in);
    Ok(owner(app, &account_id, &owner_id).await?.map(|owner| match owner {
        Owner::Root => Caller::Root { account_id, sign_in },
        Owner::User(user) => Caller::User(user, sign_in),
    }))
}

/// Somebody for whom a user vouches; `None` where that user is gone.
async fn federated_user(app: &App, session: FederatedSession) -> Result<Option<Caller>, StoreError> {
    Ok(owner(app, &session.account_id, &session.owner_id).await?.map(|owner| {
        let voucher = match owner {
            Owner::Root => None,
            Owner::User(user) => Some(Box::new(user)),
        };
        Caller::Federated { voucher, session }
    }))
}

async fn find_key(app: &App, account_id: &AccountId, access_key_id: &AccessKeyId) -> Result<Option<Arc<HeldKey>>, StoreError> {
    let load = async || {
        app.read(async |tx| {
            let Some(key) = store::iam::find_key(tx, account_id, access_key_id).await? else { return Ok(None) };
            let owner = if key.owner_id == UniqueId::of_root(&key.account_id) {
                Some(Caller::Root { account_id: key.account_id.clone(), sign_in: None })
            } else {
                store::iam::find_user_by_id(tx, &key.account_id, &key.owner_id).await?.map(|user| Caller::User(user, None))
            };
            Ok(Some(HeldKey { key, owner }))
        })
        .await
    };
    app.caches.access_keys.find(access_key_id, app.now(), load).await
}
