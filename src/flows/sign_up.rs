//! New users: signed up by themselves, or made by an administrator.

use std::collections::BTreeMap;

use super::clients::ClientOfPool;
use super::codes::{self, CodeDelivery, Purpose, Redeemed};
use super::passwords;
use super::refused::Refused;
use crate::context::App;
use crate::crypto::ids;
use crate::kit::secret::Secret;
use crate::store::{self, Conn};
use crate::userpools::attributes::{Writer, check_new, full_schema, is_email, is_phone_number};
use crate::userpools::pool::Pool;
use crate::userpools::user::{Generation, MfaPreference, PasswordRecord, User, UserStatus};

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

/// Signs a user up.
///
/// # Errors
/// [`Refused`].
pub async fn sign_up(
    app: &App,
    of: &ClientOfPool,
    username: &str,
    password: &Secret,
    attributes: BTreeMap<String, String>,
) -> Result<(User, Option<CodeDelivery>), Refused> {
    if of.pool.configuration.admin_create_user_only() {
        return Err(Refused::not_authorized("SignUp is not permitted for this user pool"));
    }
    if attributes.keys().any(|name| !of.client.configuration.may_write(name)) {
        return Err(Refused::not_authorized("A client attempted to write unauthorized attribute"));
    }
    let new = NewUser { username: username.to_owned(), attributes, writer: Writer::User, status: UserStatus::Unconfirmed };
    let mut user = prepare(app, &of.pool, new)?;
    // SECURITY: a name that is taken costs the same hash as one that is free.
    user.password = Some(passwords::make_record(app, &of.pool, (&user.id, &user.username), password, None).await?);
    let delivery = app
        .write(async |tx| {
            insert(tx, &of.pool, &user).await?;
            match codes::verified_by_code(&of.pool, &user) {
                Some(address) => {
                    let purpose = (Purpose::SignUp, "CustomMessage_SignUp");
                    codes::send(app, tx, (&of.pool, &user), purpose, address).await.map(Some)
                }
                None => Ok(None),
            }
        })
        .await?;
    Ok((user, delivery))
}

/// Checks a new user against the pool's rules, and gives them their `sub`.
///
/// # Errors
/// [`Refused`].
pub fn prepare(app: &App, pool: &Pool, new: NewUser) -> Result<User, Refused> {
    let NewUser { username: given, mut attributes, writer, status } = new;
    let id = ids::uuid(&mut app.rng());
    let configuration = &pool.configuration;
    let signs_up_by = |attribute: &str| configuration.username_attributes.iter().any(|allowed| allowed == attribute);
    let username = if configuration.username_attributes.is_empty() {
        let alias = |kind: &str| configuration.alias_attributes.iter().any(|alias| alias == kind);
        // SECURITY: a name must not be another user's alias or `sub`, or look-ups would find the wrong one.
        if alias("email") && is_email(&given) {
            return Err(Refused::parameter("Username cannot be of email format, since user pool is configured for email alias."));
        }
        if alias("phone_number") && is_phone_number(&given) {
            return Err(Refused::parameter(
                "Username cannot be of phone number format, since user pool is configured for phone number alias.",
            ));
        }
        if ids::is_uuid(&given) {
            return Err(Refused::parameter("Username cannot be of the form of a sub."));
        }
        given
    } else {
        let kind = match given.as_str() {
            text if signs_up_by("email") && is_email(text) => "email",
            text if signs_up_by("phone_number") && is_phone_number(text) => "phone_number",
            _ if signs_up_by("email") => return Err(Refused::parameter("Username should be an email.")),
            _ => return Err(Refused::parameter("Username should be a phone number.")),
        };
        attributes.insert(kind.to_owned(), given);
        id.clone()
    };
    check_new(&full_schema(&configuration.schema), &attributes, writer)?;
    let now = app.now();
    Ok(User {
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
        mfa: MfaPreference::default(),
        created_at: now,
        modified_at: now,
    })
}

/// Inserts a user, with the aliases that are theirs from the start.
///
/// # Errors
/// [`Refused::UsernameExists`].
pub async fn insert(tx: &mut Conn, pool: &Pool, user: &User) -> Result<(), Refused> {
    if store::users::find(tx, pool, &user.username).await?.is_some() {
        return Err(Refused::UsernameExists);
    }
    for kind in &pool.configuration.username_attributes {
        if let Some(value) = user.attributes.get(kind) {
            if store::users::alias_owner(tx, pool, kind, value).await?.is_some() {
                return Err(Refused::UsernameExists);
            }
            store::users::set_alias(tx, pool, kind, value, &user.id).await?;
        }
    }
    for kind in ["email", "phone_number"] {
        let verified = user.attributes.get(&format!("{kind}_verified")).is_some_and(|value| value == "true");
        if verified && user.status != UserStatus::Unconfirmed {
            claim_alias(tx, pool, user, kind, false).await?;
        }
    }
    match store::users::insert(tx, pool, user).await {
        Err(error) if error.is_unique_violation() => Err(Refused::UsernameExists),
        outcome => Ok(outcome?),
    }?;
    Ok(())
}

/// Gives a user the alias of a verified address, unless another has it and it may not be taken.
///
/// # Errors
/// [`Refused::AliasExists`].
pub async fn claim_alias(tx: &mut Conn, pool: &Pool, user: &User, kind: &str, force: bool) -> Result<(), Refused> {
    let Some(value) = user.attributes.get(kind) else { return Ok(()) };
    if !pool.configuration.alias_attributes.iter().any(|alias| alias == kind) {
        return Ok(());
    }
    let owner = store::users::alias_owner(tx, pool, kind, value).await?;
    if owner.is_some_and(|owner| owner != user.id) && !force {
        return Err(Refused::AliasExists(kind.to_owned()));
    }
    Ok(store::users::set_alias(tx, pool, kind, value, &user.id).await?)
}

/// Confirms a sign-up by its code.
///
/// # Errors
/// [`Refused`].
pub async fn confirm(app: &App, of: &ClientOfPool, username: &str, code: &str, force_alias: bool) -> Result<(), Refused> {
    let hides = of.client.configuration.hides_users();
    app.write(async |tx| {
        let Some(user) = store::users::find(tx, &of.pool, username).await? else {
            return Err(if hides { Refused::CodeMismatch } else { Refused::NoSuchUser });
        };
        if user.status != UserStatus::Unconfirmed {
            let message = format!("User cannot be confirmed. Current status is {}", user.status.as_str());
            return Err(if hides { Refused::CodeExpired } else { Refused::NotAuthorized(message) });
        }
        match codes::redeem(app, tx, &user, Purpose::SignUp, code).await? {
            Redeemed::Refused(refused) => Ok(Err(refused)),
            Redeemed::Accepted(attribute) => {
                let user = confirmed(user, attribute.as_deref());
                if let Some(attribute) = &attribute {
                    claim_alias(tx, &of.pool, &user, attribute, force_alias).await?;
                }
                store::users::update(tx, &user, app.now()).await?;
                Ok(Ok(()))
            }
        }
    })
    .await?
}

/// The user as they are once confirmed; the address that the code went to is theirs.
fn confirmed(mut user: User, attribute: Option<&str>) -> User {
    user.status = UserStatus::Confirmed;
    if let Some(attribute) = attribute {
        user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
    }
    user
}

/// A password that an administrator set, as a record: temporary ones end by the pool's policy.
///
/// # Errors
/// [`Refused`].
pub async fn administrators_password(
    app: &App,
    pool: &Pool,
    user: &User,
    password: &Secret,
    permanent: bool,
) -> Result<PasswordRecord, Refused> {
    let days = pool.configuration.password_policy().temporary_password_validity_days.unsigned_abs();
    let until = (!permanent).then(|| app.now().plus(std::time::Duration::from_secs(days * 24 * 3600)));
    passwords::make_record(app, pool, (&user.id, &user.username), password, until).await
}
