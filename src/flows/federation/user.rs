//! Whom a provider vouches for, as the pool knows them: found, or made when they first come.
//!
//! Source: Amazon Cognito developer guide, "Adding user pool sign-in through a third party", "Linking federated users to an existing
//! user profile".

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::FederationRefused;
use super::raw;
use crate::audit::Counted;
use crate::audit::auth_events::{AuthEventType, EventResponse};
use crate::context::App;
use crate::crypto::digest::PlainToken;
use crate::federation::Said;
use crate::flows::auth_events::{self, Of};
use crate::flows::browser;
use crate::flows::clients::AppClient;
use crate::flows::linking;
use crate::flows::new_user::{self, InsertRefused, Prepared};
use crate::flows::triggers;
use crate::flows::triggers::sign_up::{Confirmed, MadeBy};
use crate::flows::whence::Whence;
use crate::kit::clock::Timestamp;
use crate::store::browser_sessions::{self, BrowserSession};
use crate::store::{Conn, StoreError, groups, user_identities, users};
use crate::userpools::attributes::{ADDRESSES, Writer, change, full_schema};
use crate::userpools::group::Group;
use crate::userpools::identity_provider::IdentityProvider;
use crate::userpools::linked_identity::{ATTRIBUTE, IdentityKey, LinkedIdentity, attribute_of};
use crate::userpools::user::User;

/// What a user signs in by or is written to at, and what says so: no provider changes these of a user who was not made of what it knows
/// them by, or whoever holds the account there would get at the account here by a way that its owner did not open.
const OWN_ADDRESSES: [&str; 5] = ["email", "email_verified", "phone_number", "phone_number_verified", "preferred_username"];

/// Whom a provider's words name, and what they say of them, as the pool sees it.
pub(super) struct Whom {
    pub(super) subject: IdentityKey,
    pub(super) attributes: BTreeMap<String, String>,
}

/// Reads whom a provider's words name: as the pool's function maps them, if it has one.
pub(super) async fn whom(app: &App, app_client: &AppClient, provider: &IdentityProvider, said: &Said) -> Result<Whom, FederationRefused> {
    let mapping = &provider.configuration.attribute_mapping;
    let claim = |attribute: &'static str| mapping.get(attribute).map_or(attribute, String::as_str);
    let pairs = ADDRESSES.map(|(address, verified)| (claim(address), claim(verified)));
    let claims = triggers::federation::map(app, app_client, provider, raw(said), said.claims(&pairs)).await?;
    let subject = provider.subject(&claims).ok_or(FederationRefused::NoSubject)?;
    let mut attributes = provider.attributes(&claims);
    attributes.retain(|_, value| !value.is_empty());
    for (address, verified) in ADDRESSES {
        // Verified is an address that is told with it.
        if !attributes.contains_key(address) {
            attributes.remove(verified);
        }
    }
    Ok(Whom { subject, attributes })
}

/// What a provider says of a user who signs in.
struct Told<'a> {
    provider: &'a IdentityProvider,
    /// When they proved who they are; not after now, whatever the provider's clock says.
    authenticated_at: Timestamp,
    whom: Whom,
}

/// Signs in whom the provider's words name: what the browser is to hold.
pub(super) async fn sign_in(
    app: &App,
    app_client: &AppClient,
    provider: &IdentityProvider,
    said: &Said,
    whence: Whence<'_>,
) -> Result<PlainToken, FederationRefused> {
    let pool = &app_client.pool;
    let whom = whom(app, app_client, provider, said).await?;
    let authenticated_at = said.authenticated_at.map_or(app.now(), |at| at.min(app.now()));
    let told = Told { provider, authenticated_at, whom };
    let is_known = app.read(async |tx| find(tx, provider, &told.whom, Words::Whole).await).await?.is_some();
    let new = if is_known { None } else { Some(prepare(app, app_client, &told).await?) };
    let signed_in = app.write(async |tx| record(app, tx, app_client, &told, new.as_ref()).await).await?;
    let SignedIn { user, session, held, is_new } = signed_in;
    let after = if is_new {
        app.journal.count(&pool.id, Counted::SignUp, app.now());
        triggers::sign_up::after(app, app_client, &user, Confirmed::SignUp).await
    } else {
        triggers::sign_in::after(app, app_client, &user).await
    };
    let of = Of { pool_id: &pool.id, user_id: &user.id, client_id: &app_client.client.id };
    if is_new {
        auth_events::note(app, whence.origin, of, AuthEventType::SignUp, EventResponse::Pass);
    }
    let response = if after.is_ok() { EventResponse::Pass } else { EventResponse::Fail };
    auth_events::note(app, whence.origin, of, AuthEventType::SignIn, response);
    if after.is_err() {
        // A sign-in that nobody holds anything of is none.
        app.write(async |tx| browser_sessions::delete(tx, &session.pool_id, &session.token).await).await?;
    }
    after?;
    app.journal.count(&pool.id, Counted::SignIn { mfa: false }, app.now());
    Ok(held)
}

/// How much a provider has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// All that it says at a sign-in.
    Whole,
    /// What one token says. SECURITY: where that leaves out whether an address is verified, another may say that it is not.
    OneToken,
}

/// Whom the provider knows so: by its subject, or by a claim that an administrator has linked.
///
/// SECURITY: by nothing else. That an address is the same as somebody's in the pool, verified or not, makes nobody of them; and one that
/// the provider itself says is not verified is no claim of theirs.
pub(super) async fn find(tx: &mut Conn, provider: &IdentityProvider, whom: &Whom, words: Words) -> Result<Option<Known>, StoreError> {
    let pool_id = &provider.pool_id;
    let mut known = user_identities::find(tx, pool_id, &whom.subject).await?;
    if known.is_none() {
        let is_mapped = |attribute: &str| provider.configuration.attribute_mapping.contains_key(attribute);
        // As many as the pool's schema has attributes, and at first sign-ins alone.
        let is_denied = |key: &IdentityKey| {
            let verified = ADDRESSES.iter().find(|(address, _)| *address == key.attribute).map(|(_, verified)| *verified);
            verified.is_some_and(|verified| match whom.attributes.get(verified) {
                Some(flag) => flag != "true",
                None => words == Words::OneToken && is_mapped(verified),
            })
        };
        for key in provider.other_keys(&whom.attributes).filter(|key| !is_denied(key)) {
            known = user_identities::find(tx, pool_id, &key).await?;
            if known.is_some() {
                break;
            }
        }
    }
    match known {
        Some(known) => {
            let user = users::find_by_id(tx, pool_id, &known.user_id).await?;
            Ok(user.map(|user| Known { user, is_primary: known.is_primary }))
        }
        None => Ok(None),
    }
}

/// Whom a provider knows, and whether they were made of what it knows them by.
pub(super) struct Known {
    pub(super) user: User,
    is_primary: bool,
}

/// A new user, as the pool's rules and its function take them.
async fn prepare(app: &App, app_client: &AppClient, told: &Told<'_>) -> Result<Prepared, FederationRefused> {
    let username = told.provider.username_of(&told.whom.subject);
    let mut attributes = told.whom.attributes.clone();
    for (address, verified) in ADDRESSES {
        if attributes.contains_key(address) {
            attributes.entry(verified.to_owned()).or_insert_with(|| "false".to_owned());
        }
    }
    let mut new = new_user::prepare_external(app, &app_client.pool, username, attributes)?;
    triggers::sign_up::before(app, app_client, &mut new.user, MadeBy::Provider).await?;
    let identity = identity(app, told, &new.user);
    new.user.attributes.extend(attribute_of(&[identity]).map(|text| (ATTRIBUTE.to_owned(), text)));
    Ok(new)
}

fn identity(app: &App, told: &Told<'_>, user: &User) -> LinkedIdentity {
    LinkedIdentity {
        key: told.whom.subject.clone(),
        user_id: user.id.clone(),
        provider_type: told.provider.kind.as_str().to_owned(),
        issuer: linking::issuer(told.provider),
        is_primary: true,
        created_at: app.now(),
    }
}

/// Who is signed in, and what the browser is to hold of it.
struct SignedIn {
    user: User,
    session: BrowserSession,
    held: PlainToken,
    is_new: bool,
}

/// The transaction: whom the provider knows now is signed in.
async fn record(
    app: &App,
    tx: &mut Conn,
    app_client: &AppClient,
    told: &Told<'_>,
    new: Option<&Prepared>,
) -> Result<SignedIn, FederationRefused> {
    let (user, is_new) = match (find(tx, told.provider, &told.whom, Words::Whole).await?, new) {
        (Some(known), _) => (renewed(app, tx, app_client, told, known).await?, false),
        (None, Some(new)) => (insert(app, tx, app_client, told, new).await?, true),
        // They were deleted in this moment.
        (None, None) => return Err(FederationRefused::Stale),
    };
    if !user.enabled {
        return Err(FederationRefused::Disabled);
    }
    let (session, held) = browser::new_session(app, app_client, &user.id);
    let (provider, authenticated_at) = (Some(told.provider.name.clone()), told.authenticated_at);
    let session = BrowserSession { provider, authenticated_at, ..session };
    if !browser_sessions::insert(tx, &session).await? {
        return Err(FederationRefused::NoSuchClient(app_client.gone()));
    }
    Ok(SignedIn { user, session, held, is_new })
}

/// A user with what the provider says of them now.
async fn renewed(app: &App, tx: &mut Conn, app_client: &AppClient, told: &Told<'_>, known: Known) -> Result<User, FederationRefused> {
    let (mut given, user) = (told.whom.attributes.clone(), known.user);
    if !known.is_primary {
        given.retain(|name, _| !OWN_ADDRESSES.contains(&name.as_str()));
    }
    let schema = full_schema(&app_client.pool.configuration.schema);
    let changed = change(&schema, &user.attributes, &given, Writer::Administrator)?;
    if changed.attributes == user.attributes {
        return Ok(user);
    }
    let user = User { attributes: changed.attributes, ..user };
    users::set_attributes(tx, &user, app.now()).await?;
    Ok(user)
}

/// Makes the user, known by the provider's subject from now on, and one of the provider's group.
async fn insert(app: &App, tx: &mut Conn, app_client: &AppClient, told: &Told<'_>, new: &Prepared) -> Result<User, FederationRefused> {
    let (pool, mut new) = (&app_client.pool, Cow::Borrowed(new));
    let mut inserted = new_user::insert(tx, pool, &new, false).await;
    if let Err(InsertRefused::UsernameExists) = inserted {
        // Somebody else has the name, and may have taken it for that: this user is let in by one that nobody could take before.
        new = Cow::Owned(new.renamed(pool, format!("{}_{}", told.provider.name, new.user.id))?);
        inserted = new_user::insert(tx, pool, &new, false).await;
    }
    inserted.map_err(|refused| FederationRefused::uninserted(refused, app_client.gone()))?;
    let user = &new.user;
    if !user_identities::insert(tx, &pool.id, &identity(app, told, user)).await? {
        return Err(FederationRefused::Stale);
    }
    let group = Group {
        pool_id: pool.id.clone(),
        name: format!("{}_{}", pool.id, told.provider.name),
        description: Some(format!("Autogenerated group for users who sign in using {}", told.provider.name)),
        role_arn: None,
        precedence: None,
        created_at: app.now(),
        modified_at: app.now(),
    };
    groups::insert(tx, &group).await?;
    groups::add_member(tx, &group, &user.id).await?;
    Ok(user.clone())
}
