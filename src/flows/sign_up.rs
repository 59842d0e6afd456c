//! New users: signed up by themselves, or made by an administrator.

use std::collections::BTreeMap;

use super::clients::ClientOfPool;
use super::codes::{self, CodeDelivery, Holder, Purpose, Redeemed, SentAgain};
use super::passwords;
use super::refused::Refused;
use crate::context::App;
use crate::crypto::ids;
use crate::kit::id::UserId;
use crate::kit::secret::Secret;
use crate::store::{self, Conn};
use crate::userpools::attributes::{Writer, check_new, check_values, full_schema, is_email, is_phone_number};
use crate::userpools::name::{NameKind, NewName};
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

/// A user whom the pool's rules take, and the name that they sign up by.
pub struct Prepared {
    /// The user.
    pub user: User,
    name: NewName,
    kind: NameKind,
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
    let mut new = prepare(app, &of.pool, new)?;
    // SECURITY: a name that is taken costs the same hash as one that is free.
    let password = passwords::make_record(app, &of.pool, &new.user.id, &new.user.username, password, None).await?;
    new.user.password = Some(password);
    let delivery = app
        .write(async |tx| {
            insert(tx, &of.pool, &new, false).await?;
            match codes::verified_by_code(&of.pool, &new.user) {
                Some(address) => {
                    let purpose = (Purpose::SignUp, "CustomMessage_SignUp");
                    codes::send_first(app, tx, (&of.pool, &new.user), purpose, address).await.map(Some)
                }
                None => Ok(None),
            }
        })
        .await
        .map_err(|refused| through_client(of, refused))?;
    Ok((new.user, delivery))
}

/// Checks a new user against the pool's rules, and gives them their `sub`.
///
/// # Errors
/// [`Refused`].
pub fn prepare(app: &App, pool: &Pool, new: NewUser) -> Result<Prepared, Refused> {
    let NewUser { username: given, mut attributes, writer, status } = new;
    let id: UserId = ids::uuid(&mut app.rng()).into();
    let configuration = &pool.configuration;
    let signs_up_by = |attribute: &str| configuration.username_attributes.iter().any(|allowed| allowed == attribute);
    // SECURITY: what is checked is the name's one form, by which it will be looked up.
    let name = pool.canonical(&given)?;
    let (username, kind) = if configuration.username_attributes.is_empty() {
        if name.is_email() && configuration.names_by(NameKind::Email) {
            return Err(Refused::parameter("Username cannot be of email format, since user pool is configured for email alias."));
        }
        if name.is_phone_number() && configuration.names_by(NameKind::PhoneNumber) {
            return Err(Refused::parameter(
                "Username cannot be of phone number format, since user pool is configured for phone number alias.",
            ));
        }
        (given, NameKind::Username)
    } else {
        let kind = match given.as_str() {
            text if signs_up_by("email") && is_email(text) => NameKind::Email,
            text if signs_up_by("phone_number") && is_phone_number(text) => NameKind::PhoneNumber,
            _ if signs_up_by("email") => return Err(Refused::parameter("Username should be an email.")),
            _ => return Err(Refused::parameter("Username should be a phone number.")),
        };
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
    let now = app.now();
    let user = User {
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
    };
    Ok(Prepared { user, name, kind })
}

/// Inserts a user, with the names that are theirs from the start; `force` takes verified addresses from whoever has them.
///
/// # Errors
/// [`Refused::UsernameExists`], [`Refused::AliasExists`], [`Refused::NoSuchPool`] when the pool is gone meanwhile.
pub async fn insert(tx: &mut Conn, pool: &Pool, new: &Prepared, force: bool) -> Result<(), Refused> {
    let Prepared { user, name, kind } = new;
    if !store::user_pools::exists(tx, &pool.id).await? {
        return Err(Refused::NoSuchPool(pool.id.to_string()));
    }
    if !store::names::take(tx, &pool.id, name, *kind, &user.id).await? {
        return Err(Refused::UsernameExists);
    }
    match store::users::insert(tx, user, &pool.canonical(&user.username)?).await {
        Err(error) if error.is_unique_violation() => return Err(Refused::UsernameExists),
        outcome => outcome?,
    }
    for kind in [NameKind::Email, NameKind::PhoneNumber] {
        let verified = user.attributes.get(&format!("{}_verified", kind.as_str())).is_some_and(|value| value == "true");
        if verified && user.status != UserStatus::Unconfirmed {
            claim_alias(tx, pool, user, kind, force).await?;
        }
    }
    Ok(())
}

/// Gives a user the name of a verified address, unless another has it and it may not be taken.
///
/// # Errors
/// [`Refused::AliasExists`].
pub async fn claim_alias(tx: &mut Conn, pool: &Pool, user: &User, kind: NameKind, force: bool) -> Result<(), Refused> {
    let Some(value) = user.attributes.get(kind.as_str()).filter(|_| pool.configuration.names_by(kind)) else { return Ok(()) };
    let name = pool.canonical(value)?.takeable()?;
    let taken = store::names::take(tx, &pool.id, &name, kind, &user.id).await?
        || (force && store::names::take_over(tx, &pool.id, &name, kind, &user.id).await?);
    if !taken {
        return Err(Refused::AliasExists(kind.as_str().to_owned()));
    }
    Ok(store::names::drop_others(tx, &pool.id, &name, kind, &user.id).await?)
}

/// Confirms a sign-up by its code. Where users are hidden, one rule answers for all names: those of users who wait for their
/// code, of users who don't, and of nobody.
///
/// # Errors
/// [`Refused`].
pub async fn confirm(app: &App, of: &ClientOfPool, username: &str, code: &str, force_alias: bool) -> Result<(), Refused> {
    let (pool, hides) = (&of.pool, of.client.configuration.hides_users());
    let name = pool.canonical(username)?;
    let confirming = app.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(Refused::NoSuchPool(pool.id.to_string()));
        }
        let user = store::users::find_named(tx, &pool.id, &name).await?;
        match &user {
            None if !hides => return Err(Refused::NoSuchUser),
            Some(user) if !hides && user.status != UserStatus::Unconfirmed => {
                return Err(Refused::NotAuthorized(format!("User cannot be confirmed. Current status is {}", user.status.as_str())));
            }
            _ => {}
        }
        let holder = user.as_ref().map_or(Holder::Nobody(&name), Holder::User);
        let redeemed = codes::redeem(app, tx, (pool, holder), Purpose::SignUp, code).await?;
        let user = user.filter(|user| user.status == UserStatus::Unconfirmed);
        match (redeemed, user) {
            (Redeemed::Accepted(attribute), Some(user)) => {
                let user = confirmed(user, attribute.as_deref());
                if let Some(kind) = attribute.as_deref().and_then(NameKind::of_attribute) {
                    claim_alias(tx, pool, &user, kind, force_alias).await?;
                }
                store::users::update(tx, &user, app.now()).await?;
                Ok(Ok(()))
            }
            (Redeemed::TooMany, _) => Ok(Err(Refused::LimitExceeded)),
            (Redeemed::Expired, Some(_)) => Ok(Err(Refused::CodeExpired)),
            (Redeemed::NoCode, _) if !hides => Ok(Err(Refused::CodeExpired)),
            _ => Ok(Err(Refused::CodeMismatch)),
        }
    });
    confirming.await.map_err(|refused| through_client(of, refused))?
}

/// Sends the code of a sign-up again. Where users are hidden, names of nobody, and of users who wait for no code, are
/// answered and counted as if one had been sent.
///
/// # Errors
/// [`Refused`].
pub async fn resend(app: &App, of: &ClientOfPool, username: &str) -> Result<CodeDelivery, Refused> {
    let (pool, hides) = (&of.pool, of.client.configuration.hides_users());
    let name = pool.canonical(username)?;
    let sending = app.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(Refused::NoSuchPool(pool.id.to_string()));
        }
        let user = store::users::find_named(tx, &pool.id, &name).await?;
        let address = match user.as_ref().map_or(Err(Refused::NoSuchUser), |user| waiting_address(pool, user)) {
            Err(refused) if !hides => return Err(refused),
            address => address.ok(),
        };
        let holder = user.as_ref().map_or(Holder::Nobody(&name), Holder::User);
        let sent = codes::send_again(app, tx, (pool, holder), (Purpose::SignUp, "CustomMessage_ResendCode"), address).await?;
        // SECURITY: where users are hidden, a full address is no refusal. Whoever knows it could have it filled, and learn by
        // which name it signed up.
        if sent == SentAgain::AddressIsFull && !hides {
            return Err(Refused::LimitExceeded);
        }
        Ok(match address {
            Some((attribute, address)) if !hides => codes::delivery_to(attribute, address),
            _ => codes::simulated_delivery(app, pool, &name),
        })
    });
    sending.await.map_err(|refused| through_client(of, refused))
}

/// Where a user waits for the code of their sign-up.
fn waiting_address<'a>(pool: &Pool, user: &'a User) -> Result<(&'static str, &'a str), Refused> {
    if !user.enabled {
        return Err(Refused::not_authorized("User is disabled."));
    }
    if user.status != UserStatus::Unconfirmed {
        return Err(Refused::parameter("User is already confirmed."));
    }
    codes::verified_by_code(pool, user).ok_or_else(|| Refused::parameter("Cannot resend codes. Auto verification not turned on."))
}

/// A pool that is gone, as those see it who know its client only.
fn through_client(of: &ClientOfPool, refused: Refused) -> Refused {
    match refused {
        Refused::NoSuchPool(_) => Refused::NoSuchClient(of.client.id.to_string()),
        other => other,
    }
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
    passwords::make_record(app, pool, &user.id, &user.username, password, until).await
}
