//! Puts things back to what they were.

use super::{Changed, TABLE, keep, keep_new, known};
use crate::crypto::imported::ImportedHash;
use crate::crypto::sealed::Sealed;
use crate::crypto::srp::Verifier;
use crate::crypto::totp::{TotpSeed, last_step_of};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::store::{Conn, StoreError, codes, doc, groups, pending_addresses, tokens, user_imports, users, web_authn};
use crate::userpools::name::NameKind;
use crate::userpools::user_data::{GroupImage, IdentityImage, Image, NameImage, PasskeyImage, Thing, UserImage, restored};

/// Puts a thing back to what it was: once more is no other than once. It is a change like others, and kept as one.
///
/// # Errors
/// [`StoreError`].
pub async fn restore(tx: &mut Conn, pool_id: &UserPoolId, changed: Changed, now: Timestamp) -> Result<(), StoreError> {
    let Changed { thing, then, .. } = changed;
    let (is, newest) = known(tx, pool_id, &thing).await?;
    let becomes = restored(then, newest.as_ref());
    if becomes == is {
        return Ok(());
    }
    match (&thing, becomes) {
        // Whatever deletes users and groups keeps them itself.
        (Thing::User(user_id), None) => delete_user(tx, pool_id, user_id).await,
        (Thing::Group(name), None) => groups::delete(tx, pool_id, name).await.map(drop),
        (_, becomes) => {
            if is.is_some() {
                keep(tx, pool_id, &thing).await?;
            } else {
                keep_new(tx, pool_id, &thing).await?;
            }
            match (&thing, becomes) {
                (Thing::Name(name), name_image) => put_name(tx, pool_id, name, name_image).await,
                (Thing::Identity(_), identity) => put_identity(tx, pool_id, &thing, identity).await,
                (Thing::Member { user_id, group }, member) => put_member(tx, pool_id, user_id, group, member.is_some()).await,
                (Thing::Passkey(id), passkey) => put_passkey(tx, pool_id, id, is.as_ref(), passkey).await,
                (Thing::Group(name), Some(Image::Group(group))) => put_group(tx, pool_id, name, &group, now).await,
                (Thing::User(user_id), Some(Image::User(user))) => match is {
                    Some(Image::User(is)) => update_user(tx, pool_id, user_id, &is, &user, now).await,
                    _ => insert_user(tx, pool_id, user_id, &user, now).await,
                },
                (Thing::Group(_) | Thing::User(_), _) => Err(corrupt(&thing)),
            }
        }
    }
}

fn corrupt(thing: &Thing) -> StoreError {
    StoreError::corrupt(TABLE, "image", &thing.text())
}

async fn delete_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    match users::find_by_id(tx, pool_id, user_id).await? {
        Some(user) => users::delete(tx, &user).await,
        None => Ok(()),
    }
}

async fn put_name(tx: &mut Conn, pool_id: &UserPoolId, name: &str, image: Option<Image>) -> Result<(), StoreError> {
    const REMOVE: &str = "DELETE FROM user_names WHERE pool_id = $1 AND name_key = $2";
    const PUT: &str = "INSERT INTO user_names (pool_id, name_key, user_id, kind) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (pool_id, name_key) DO UPDATE SET user_id = $3, kind = $4";
    match image {
        Some(Image::Name(NameImage { user_id, kind })) => execute!(tx, PUT, [pool_id, name, &user_id, kind]).map(drop),
        _ => execute!(tx, REMOVE, [pool_id, name]).map(drop),
    }
}

async fn put_identity(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing, image: Option<Image>) -> Result<(), StoreError> {
    const REMOVE: &str = "DELETE FROM user_identities WHERE pool_id = $1 AND provider_name = $2 AND attribute_name = $3 \
                          AND attribute_value = $4";
    const PUT: &str = "INSERT INTO user_identities (pool_id, provider_name, attribute_name, attribute_value, user_id, provider_type, \
                       issuer, is_primary, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                       ON CONFLICT (pool_id, provider_name, attribute_name, attribute_value) \
                       DO UPDATE SET user_id = $5, provider_type = $6, issuer = $7, is_primary = $8, created_at = $9";
    let Thing::Identity(key) = thing else { return Err(corrupt(thing)) };
    match image {
        Some(Image::Identity(IdentityImage { user_id, provider_type, issuer, is_primary, created_at })) => {
            let is_primary = i16::from(is_primary);
            let key = (&key.provider, &key.attribute, &key.value);
            execute!(tx, PUT, [pool_id, key.0, key.1, key.2, &user_id, provider_type, issuer, is_primary, created_at]).map(drop)
        }
        _ => execute!(tx, REMOVE, [pool_id, &key.provider, &key.attribute, &key.value]).map(drop),
    }
}

async fn put_member(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, group: &str, is_in: bool) -> Result<(), StoreError> {
    const REMOVE: &str = "DELETE FROM user_group_members WHERE pool_id = $1 AND group_name = $2 AND user_id = $3";
    const PUT: &str = "INSERT INTO user_group_members (pool_id, group_name, user_id) VALUES ($1, $2, $3) \
                       ON CONFLICT (pool_id, group_name, user_id) DO NOTHING";
    execute!(tx, if is_in { PUT } else { REMOVE }, [pool_id, group, user_id]).map(drop)
}

async fn put_group(tx: &mut Conn, pool_id: &UserPoolId, name: &str, image: &GroupImage, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_groups (pool_id, group_name, description, role_arn, precedence, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (pool_id, group_name) \
                       DO UPDATE SET description = $3, role_arn = $4, precedence = $5, created_at = $6, modified_at = $7";
    let GroupImage { description, role_arn, precedence, created_at } = image;
    execute!(tx, SQL, [pool_id, name, description, role_arn, *precedence, *created_at, now.millis()]).map(drop)
}

async fn put_passkey(tx: &mut Conn, pool_id: &UserPoolId, id: &str, is: Option<&Image>, image: Option<Image>) -> Result<(), StoreError> {
    const REMOVE: &str = "DELETE FROM web_authn_credentials WHERE pool_id = $1 AND credential_id = $2";
    const PUT: &str = "INSERT INTO web_authn_credentials (pool_id, credential_id, user_id, relying_party_id, public_key, sign_count, \
                       is_backup_eligible, is_backed_up, friendly_name, attachment, transports, created_at, last_used_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    execute!(tx, REMOVE, [pool_id, id])?;
    if let Some(Image::Passkey(image)) = &image {
        let PasskeyImage { user_id, relying_party_id, public_key, friendly_name, attachment, created_at, uses, .. } = image;
        let transports = doc::to_text("web_authn_credentials", "transports", id, &image.transports)?;
        let flags = (i16::from(image.is_backup_eligible), i16::from(uses.is_backed_up));
        let sign_count = i64::from(uses.sign_count);
        let key = (pool_id, id, user_id, relying_party_id, public_key.as_slice());
        let said = (friendly_name, attachment, transports, *created_at, uses.last_used_at);
        execute!(tx, PUT, [key.0, key.1, key.2, key.3, key.4, sign_count, flags.0, flags.1, said.0, said.1, said.2, said.3, said.4])?;
    }
    for holder in [is, image.as_ref()].into_iter().flatten() {
        if let Image::Passkey(passkey) = holder {
            web_authn::note_whether_there_are_any(tx, pool_id, &passkey.user_id).await?;
        }
    }
    Ok(())
}

/// Brings a user back who was deleted, under their `sub`, without anything that ended with them. Whoever had begun to sign in then
/// cannot go on.
async fn insert_user(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId, image: &UserImage, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO users (pool_id, user_id, username, status, enabled, attributes, password_hash, sealed_srp_verifier, \
                       temporary_password_expires_at, password_set_at, srp_name, password_generation, factor_generation, \
                       mfa_preference, created_at, modified_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    const FORMER: &str = "INSERT INTO password_history (pool_id, user_id, password_generation, password_hash) VALUES ($1, $2, $3, $4)";
    let password = image.password.as_ref();
    let sealed_verifier = password.map(|password| sealed::<Verifier>(user_id, &password.sealed_srp_verifier)).transpose()?;
    let attributes = doc::to_text("users", "attributes", user_id.as_str(), &image.attributes)?;
    let mfa = doc::to_text("users", "mfa_preference", user_id.as_str(), &image.mfa)?;
    execute!(
        tx,
        SQL,
        [
            pool_id,
            user_id,
            &image.username,
            &image.status,
            i16::from(image.enabled),
            attributes,
            password.map(|password| &password.hash),
            sealed_verifier,
            password.and_then(|password| password.temporary_until),
            password.map(|password| password.set_at),
            password.map(|password| &password.srp_name),
            image.password_generation.saturating_add(1),
            image.factor_generation.saturating_add(1),
            mfa,
            image.created_at,
            now.millis()
        ]
    )?;
    put_authenticator(tx, pool_id, user_id, image, now).await?;
    if let Some(hash) = &image.sealed_imported_hash {
        user_imports::put_password(tx, pool_id, user_id, &sealed::<ImportedHash>(user_id, hash)?).await?;
    }
    for (generation, hash) in &image.former_passwords {
        execute!(tx, FORMER, [pool_id, user_id, *generation, hash])?;
    }
    reindex(tx, pool_id, user_id).await
}

/// Puts a user's profile and factors back. What was sent to addresses that they may not have any more is worth nothing from now
/// on, and who may not sign in any more is signed out.
async fn update_user(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    is: &UserImage,
    image: &UserImage,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET username = $3, status = $4, enabled = $5, attributes = $6, mfa_preference = $7, \
                       factor_generation = $8, modified_at = $9 WHERE pool_id = $1 AND user_id = $2";
    let attributes = doc::to_text("users", "attributes", user_id.as_str(), &image.attributes)?;
    let mfa = doc::to_text("users", "mfa_preference", user_id.as_str(), &image.mfa)?;
    let enabled = i16::from(image.enabled);
    let binds = (&image.username, &image.status, image.factor_generation, now.millis());
    execute!(tx, SQL, [pool_id, user_id, binds.0, binds.1, enabled, attributes, mfa, binds.2, binds.3])?;
    if is.sealed_totp_seed != image.sealed_totp_seed || is.totp_device_name != image.totp_device_name {
        put_authenticator(tx, pool_id, user_id, image, now).await?;
    }
    // SECURITY: a code that went to an address which somebody else put there would open the account that was put right.
    codes::kill_all(tx, pool_id, user_id).await?;
    for kind in [NameKind::Email, NameKind::PhoneNumber] {
        pending_addresses::forget(tx, pool_id, user_id, kind).await?;
    }
    if is.enabled && !image.enabled {
        tokens::revoke_all(tx, pool_id, user_id, now).await?;
    }
    reindex(tx, pool_id, user_id).await
}

/// Gives a user the authenticator of an image, or none.
///
/// SECURITY: which of its codes were used is not known any more, so none counts that could have been seen by now.
async fn put_authenticator(
    tx: &mut Conn,
    pool_id: &UserPoolId,
    user_id: &UserId,
    image: &UserImage,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE users SET sealed_totp_seed = $3, totp_device_name = $4, totp_last_step = $5, \
                       sealed_pending_totp_seed = NULL WHERE pool_id = $1 AND user_id = $2";
    let seed = image.sealed_totp_seed.as_deref().map(|text| sealed::<TotpSeed>(user_id, text)).transpose()?;
    let seen = last_step_of(now);
    let last_step = seed.as_ref().map(|_| image.totp_last_step.unwrap_or(seen).max(seen));
    execute!(tx, SQL, [pool_id, user_id, seed, &image.totp_device_name, last_step]).map(drop)
}

async fn reindex(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    match users::find_by_id(tx, pool_id, user_id).await? {
        Some(user) => users::reindex(tx, &user).await,
        None => Ok(()),
    }
}

fn sealed<T>(user_id: &UserId, text: &str) -> Result<Sealed<T>, StoreError> {
    Sealed::from_text(text).ok_or_else(|| StoreError::corrupt(TABLE, "image", user_id.as_str()))
}
