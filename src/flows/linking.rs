//! Users as identity providers know them: who links an identity to a user, and who takes it away.

use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::kit::id::UserPoolId;
use crate::store::{Conn, StoreError, identity_providers, tokens, user_identities, users};
use crate::userpools::identity_provider::{IdentityProvider, OWN_USERS, SamlMetadata};
use crate::userpools::linked_identity::{ATTRIBUTE, IdentityKey, LONGEST_VALUE, LinkedIdentity, MOST_OF_A_USER, SUBJECT, attribute_of};
use crate::userpools::pool::Pool;
use crate::userpools::user::User;

/// Why an identity is not linked, or not taken away.
#[derive(Debug, thiserror::Error)]
pub enum LinkRefused {
    /// Nobody is known by that.
    #[error("no such user")]
    NoSuchUser,
    /// No provider of that name.
    #[error("no identity provider {0}")]
    NoSuchProvider(String),
    /// Part of what names a user is missing, or longer than anything that does.
    #[error("no identity is named by this")]
    Unnamed,
    /// A user of the pool itself where one of a provider is wanted.
    #[error("the identity is not a provider's")]
    NotAProviders,
    /// The provider does not tell this attribute.
    #[error("the provider does not tell {0}")]
    NotMapped(String),
    /// A user was made of the identity: two users are not made one.
    #[error("a user was made of the identity")]
    SignedUp,
    /// Somebody is known by it.
    #[error("the identity is linked")]
    Linked,
    /// The user has as many as they can.
    #[error("too many identities")]
    TooMany,
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(LinkRefused);

/// Links an identity to a user, for whoever may sign in by it from now on as that user.
///
/// SECURITY: an identity is a provider's, and known by what the provider itself says: its subject, or a claim that an
/// administrator has mapped. No address of a user's own makes them known by it.
///
/// # Errors
/// [`LinkRefused`].
pub async fn link(app: &App, pool: &Pool, destination: &IdentityKey, source: &IdentityKey) -> Result<(), LinkRefused> {
    check_named(source)?;
    if source.provider == OWN_USERS {
        return Err(LinkRefused::NotAProviders);
    }
    app.write(async |tx| {
        let provider = provider(tx, &pool.id, &source.provider).await?;
        let is_told =
            if provider.kind.is_social() { false } else { provider.configuration.attribute_mapping.contains_key(&source.attribute) };
        if source.attribute != SUBJECT && !is_told {
            return Err(LinkRefused::NotMapped(source.attribute.clone()));
        }
        let user = find_destination(tx, pool, destination).await?;
        match user_identities::find(tx, &pool.id, source).await? {
            Some(known) if known.is_primary => return Err(LinkRefused::SignedUp),
            Some(_) => return Err(LinkRefused::Linked),
            None => {}
        }
        let linked = user_identities::of_user(tx, &pool.id, &user.id).await?;
        if linked.iter().filter(|identity| !identity.is_primary).count() >= MOST_OF_A_USER {
            return Err(LinkRefused::TooMany);
        }
        let identity = LinkedIdentity {
            key: source.clone(),
            user_id: user.id.clone(),
            provider_type: provider.kind.as_str().to_owned(),
            issuer: issuer(&provider),
            is_primary: false,
            created_at: app.now(),
        };
        if !user_identities::insert(tx, &pool.id, &identity).await? {
            return Err(LinkRefused::Linked);
        }
        Ok(tell(app, tx, user).await?)
    })
    .await
}

/// Keeps a user from signing in through a provider, or by their password where the provider is the pool itself. Whoever was
/// signed in is signed out: what their sign-ins rest on may be the very thing that is taken away.
///
/// # Errors
/// [`LinkRefused`].
pub async fn disable(app: &App, pool: &Pool, key: &IdentityKey) -> Result<(), LinkRefused> {
    check_named(key)?;
    app.write(async |tx| {
        let user = if key.provider == OWN_USERS {
            if key.attribute != SUBJECT {
                return Err(LinkRefused::NotMapped(key.attribute.clone()));
            }
            let user = users::find(tx, pool, &key.value).await?.ok_or(LinkRefused::NoSuchUser)?;
            user_identities::take_password(tx, &user, app.now()).await?;
            user
        } else {
            provider(tx, &pool.id, &key.provider).await?;
            let user = find_by_identity(tx, &pool.id, key).await?;
            user_identities::delete(tx, &pool.id, key).await?;
            tell(app, tx, user.clone()).await?;
            user
        };
        Ok(tokens::revoke_all(tx, &pool.id, &user.id, app.now()).await?)
    })
    .await
}

/// Writes a user's identities where answers and tokens tell them from.
async fn tell(app: &App, tx: &mut Conn, mut user: User) -> Result<(), StoreError> {
    let identities = user_identities::of_user(tx, &user.pool_id, &user.id).await?;
    match attribute_of(&identities) {
        Some(text) => user.attributes.insert(ATTRIBUTE.to_owned(), text),
        None => user.attributes.remove(ATTRIBUTE),
    };
    users::set_attributes(tx, &user, app.now()).await
}

fn check_named(key: &IdentityKey) -> Result<(), LinkRefused> {
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= LONGEST_VALUE;
    if fits(&key.attribute) && fits(&key.value) { Ok(()) } else { Err(LinkRefused::Unnamed) }
}

async fn provider(tx: &mut Conn, pool_id: &UserPoolId, name: &str) -> Result<IdentityProvider, LinkRefused> {
    let provider = identity_providers::find(tx, pool_id, name).await?;
    provider.ok_or_else(|| LinkRefused::NoSuchProvider(name.to_owned()))
}

/// A user of the pool by their name, or one of a provider by its subject; the attribute's name is not looked at.
async fn find_destination(tx: &mut Conn, pool: &Pool, destination: &IdentityKey) -> Result<User, LinkRefused> {
    if destination.provider == OWN_USERS {
        return users::find(tx, pool, &destination.value).await?.ok_or(LinkRefused::NoSuchUser);
    }
    let key = IdentityKey { attribute: SUBJECT.to_owned(), ..destination.clone() };
    find_by_identity(tx, &pool.id, &key).await
}

async fn find_by_identity(tx: &mut Conn, pool_id: &UserPoolId, key: &IdentityKey) -> Result<User, LinkRefused> {
    let known = user_identities::find(tx, pool_id, key).await?.ok_or(LinkRefused::NoSuchUser)?;
    users::find_by_id(tx, pool_id, &known.user_id).await?.ok_or(LinkRefused::NoSuchUser)
}

/// A SAML provider's own name for itself, where its metadata is at hand.
pub(super) fn issuer(provider: &IdentityProvider) -> Option<String> {
    let file = provider.configuration.details.get("MetadataFile")?;
    SamlMetadata::read(file).ok().map(|metadata| metadata.entity_id)
}
