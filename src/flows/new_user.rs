//! New users, whoever makes them: held to the pool's rules, and inserted with the names that are theirs.

use std::collections::BTreeMap;

use super::clients::NoSuchPool;
use super::failed::{Failed, fails_with_the_store};
use crate::context::App;
use crate::crypto::ids;
use crate::kit::id::UserId;
use crate::store::{self, Conn};
use crate::userpools::alias::{AliasUnfit, alias};
use crate::userpools::attributes::{AttributeRefused, Writer, check_new, check_values, full_schema, is_email, is_phone_number};
use crate::userpools::name::{NameKind, NameRefused, NewName};
use crate::userpools::pool::Pool;
use crate::userpools::user::{Generation, MfaPreference, User, UserStatus};

/// Why a pool's rules do not take a new user.
#[derive(Debug, thiserror::Error)]
pub enum UnfitUser {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] NameRefused),
    /// An e-mail address in place of a username, where addresses are names of their own.
    #[error("a username of the form of an e-mail address")]
    NamedLikeAnEmail,
    /// The same of a phone number.
    #[error("a username of the form of a phone number")]
    NamedLikeAPhoneNumber,
    /// Users sign up by an e-mail address, and this is none.
    #[error("not an e-mail address")]
    NotAnEmail,
    /// Users sign up by a phone number, and this is none.
    #[error("not a phone number")]
    NotAPhoneNumber,
    /// Users sign up by an address, and the attribute is another one.
    #[error("another {} than the username", .0.as_str())]
    AnotherAddress(NameKind),
    /// An attribute that the schema does not take.
    #[error(transparent)]
    Attribute(#[from] AttributeRefused),
    /// A preferred username that is no name of theirs.
    #[error(transparent)]
    Alias(#[from] AliasUnfit),
}

/// Why a user is not inserted.
#[derive(Debug, thiserror::Error)]
pub enum InsertRefused {
    /// The pool is gone meanwhile.
    #[error(transparent)]
    NoSuchPool(NoSuchPool),
    /// Somebody has the name.
    #[error("the name is taken")]
    UsernameExists,
    /// A verified address, or a preferred username, is no name of theirs.
    #[error(transparent)]
    Alias(#[from] AliasRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(InsertRefused);

/// Why an attribute does not become a user's name.
#[derive(Debug, thiserror::Error)]
pub enum AliasRefused {
    /// Another user has it.
    #[error("another user has the {}", .0.as_str())]
    Exists(NameKind),
    /// It is no name of theirs.
    #[error(transparent)]
    Unfit(#[from] AliasUnfit),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

fails_with_the_store!(AliasRefused);

/// A user who is to be made.
pub struct NewUser {
    /// The name that the caller gave.
    pub username: String,
    /// The attributes that the caller gave.
    pub attributes: BTreeMap<String, String>,
    /// Who writes them.
    pub writer: Writer,
    /// Where the user will stand.
    pub status: UserStatus,
}

/// A user whom the pool's rules take, and the name that they sign up by.
#[derive(Clone)]
pub struct Prepared {
    /// The user.
    pub user: User,
    name: NewName,
    kind: NameKind,
}

impl Prepared {
    /// What the name that they sign up by is.
    #[must_use]
    pub const fn kind(&self) -> NameKind {
        self.kind
    }

    /// The same user by another name.
    ///
    /// # Errors
    /// [`UnfitUser::Name`].
    pub fn renamed(&self, pool: &Pool, username: String) -> Result<Self, UnfitUser> {
        let name = pool.canonical(&username)?.takeable()?;
        Ok(Self { user: User { username, ..self.user.clone() }, name, kind: NameKind::Username })
    }
}

/// Checks a new user against the pool's rules, and gives them their `sub`.
///
/// # Errors
/// [`UnfitUser`].
pub fn prepare(app: &App, pool: &Pool, new: NewUser) -> Result<Prepared, UnfitUser> {
    let NewUser { username: given, mut attributes, writer, status } = new;
    let id: UserId = ids::uuid(&mut app.rng()).into();
    let configuration = &pool.configuration;
    let signs_up_by = |attribute: &str| configuration.username_attributes.iter().any(|allowed| allowed == attribute);
    // SECURITY: what is checked is the name's one form, by which it will be looked up.
    let name = pool.canonical(&given)?;
    let (username, kind) = if configuration.username_attributes.is_empty() {
        match pool.address_form(&name) {
            None => (given, NameKind::Username),
            Some(NameKind::PhoneNumber) => return Err(UnfitUser::NamedLikeAPhoneNumber),
            Some(_) => return Err(UnfitUser::NamedLikeAnEmail),
        }
    } else {
        let kind = match given.as_str() {
            text if signs_up_by("email") && is_email(text) => NameKind::Email,
            text if signs_up_by("phone_number") && is_phone_number(text) => NameKind::PhoneNumber,
            _ if signs_up_by("email") => return Err(UnfitUser::NotAnEmail),
            _ => return Err(UnfitUser::NotAPhoneNumber),
        };
        let differs = |value: &String| !value.is_empty() && pool.canonical(value).as_ref() != Ok(&name);
        if attributes.get(kind.as_str()).is_some_and(differs) {
            return Err(UnfitUser::AnotherAddress(kind));
        }
        attributes.insert(kind.as_str().to_owned(), given);
        (id.to_string(), kind)
    };
    let name = name.takeable()?;
    let schema = full_schema(&configuration.schema);
    match writer {
        Writer::User => check_new(&schema, &attributes, writer)?,
        // What an administrator leaves out of the required attributes, NEW_PASSWORD_REQUIRED asks the user for.
        Writer::Administrator => check_values(&schema, &attributes, writer)?,
    }
    let user = user(app, pool, id, username, status, attributes);
    alias(pool, &user, NameKind::PreferredUsername)?;
    Ok(Prepared { user, name, kind })
}

/// Checks a new user whom a provider vouches for against the pool's rules. Whatever others sign up by, they have a name that is made
/// of the provider's; it may look like an address and is none.
///
/// # Errors
/// [`UnfitUser`].
pub fn prepare_external(app: &App, pool: &Pool, username: String, attributes: BTreeMap<String, String>) -> Result<Prepared, UnfitUser> {
    let id: UserId = ids::uuid(&mut app.rng()).into();
    let name = pool.canonical(&username)?.takeable()?;
    check_new(&full_schema(&pool.configuration.schema), &attributes, Writer::Administrator)?;
    let user = user(app, pool, id, username, UserStatus::ExternalProvider, attributes);
    Ok(Prepared { user, name, kind: NameKind::Username })
}

/// A user who has nothing yet but a name and attributes.
fn user(app: &App, pool: &Pool, id: UserId, username: String, status: UserStatus, attributes: BTreeMap<String, String>) -> User {
    let now = app.now();
    User {
        pool_id: pool.id.clone(),
        id,
        username,
        status,
        enabled: true,
        attributes,
        password: None,
        password_generation: Generation::default(),
        factor_generation: Generation::default(),
        sealed_totp_seed: None,
        sealed_pending_totp_seed: None,
        totp_last_step: None,
        totp_device_name: None,
        has_passkey: false,
        mfa: MfaPreference::default(),
        created_at: now,
        modified_at: now,
    }
}

/// Inserts a user, with the names that are theirs from the start; `force` takes verified addresses from whoever has them.
///
/// # Errors
/// [`InsertRefused`].
pub async fn insert(tx: &mut Conn, pool: &Pool, new: &Prepared, force: bool) -> Result<(), InsertRefused> {
    let Prepared { user, name, kind } = new;
    if !store::user_pools::exists(tx, &pool.id).await? {
        return Err(InsertRefused::NoSuchPool(NoSuchPool(pool.id.clone())));
    }
    if !store::names::take(tx, &pool.id, name, *kind, &user.id).await? {
        return Err(InsertRefused::UsernameExists);
    }
    store::users::insert(tx, user).await?;
    // SECURITY: what a provider says of somebody is no name of theirs here: they sign in there, and nobody is kept from a name by it.
    if user.status == UserStatus::ExternalProvider {
        return Ok(());
    }
    for kind in NameKind::OF_ATTRIBUTES {
        if !kind.is_address() || (user.has_verified(kind) && user.status != UserStatus::Unconfirmed) {
            claim_alias(tx, pool, user, kind, force).await?;
        }
    }
    Ok(())
}

/// Whether somebody has a name that would be the new user's, and which.
///
/// # Errors
/// [`Failed`].
pub async fn taken(tx: &mut Conn, pool: &Pool, new: &Prepared) -> Result<Option<NameKind>, AliasRefused> {
    let Prepared { user, name, kind } = new;
    if store::names::owner(tx, &pool.id, name).await?.is_some() {
        return Ok(Some(*kind));
    }
    for kind in NameKind::OF_ATTRIBUTES.into_iter().filter(|kind| !kind.is_address() || user.has_verified(*kind)) {
        let Some(alias) = alias(pool, user, kind)? else { continue };
        if alias != *name && store::names::owner(tx, &pool.id, &alias).await?.is_some() {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// Gives a user the name that an attribute of theirs is, in place of the last one, unless another has it and it may not be taken.
/// Only an address may: where it is taken from another, it is verified for them no more.
/// Source: AWS knowledge center, "How do I troubleshoot issues with an Amazon Cognito user's email_verified attribute?".
///
/// # Errors
/// [`AliasRefused`].
pub async fn claim_alias(tx: &mut Conn, pool: &Pool, user: &User, kind: NameKind, force: bool) -> Result<(), AliasRefused> {
    let Some(name) = alias(pool, user, kind)? else { return Ok(()) };
    if !store::names::take(tx, &pool.id, &name, kind, &user.id).await? {
        let former = if force && kind.is_address() { store::names::owner(tx, &pool.id, &name).await? } else { None };
        let Some(former) = former else { return Err(AliasRefused::Exists(kind)) };
        if !store::names::take_over(tx, &pool.id, &name, kind, &user.id).await? {
            return Err(AliasRefused::Exists(kind));
        }
        unverify(tx, pool, &former, kind).await?;
    }
    Ok(store::names::drop_others(tx, &pool.id, &name, kind, &user.id).await?)
}

/// SECURITY: a former owner whose address stayed verified would have their password reset by whoever reads there now.
async fn unverify(tx: &mut Conn, pool: &Pool, user_id: &UserId, kind: NameKind) -> Result<(), AliasRefused> {
    let Some(mut user) = store::users::find_by_id(tx, &pool.id, user_id).await? else { return Ok(()) };
    user.attributes.insert(format!("{}_verified", kind.as_str()), "false".to_owned());
    store::codes::kill(tx, &pool.id, user.id.as_str(), kind.as_str()).await?;
    Ok(store::users::set_attributes(tx, &user, user.modified_at).await?)
}
