//! Changes of a user's attributes, and of the names that follow them.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::codes::{self, Address, FirstCodeRefused, Occasion};
use super::failed::{Failed, fails_with_the_store};
use super::new_user::{AliasRefused, claim_alias};
use super::notices::{self, Notice};
use super::triggers::{self, Through, TriggerRefused};
use crate::context::App;
use crate::store::{self, Conn, names, pending_addresses, users};
use crate::userpools::alias::alias;
use crate::userpools::attributes::{AttributeRefused, administer, full_schema};
use crate::userpools::name::NameKind;
use crate::userpools::pool::{Pool, PoolConfiguration};
use crate::userpools::user::{User, UserStatus};

/// Why an administrator's change is not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeRefused {
    /// Nobody of that name.
    #[error("no such user")]
    NoSuchUser,
    /// The schema does not take it.
    #[error(transparent)]
    Attribute(#[from] AttributeRefused),
    /// An attribute is another user's name, or none.
    #[error(transparent)]
    Alias(#[from] AliasRefused),
    /// So much went to the address that its code may not, for a while.
    #[error("too many messages to the address")]
    TooMany,
    /// A function of the pool does not let it go on.
    #[error(transparent)]
    Trigger(#[from] TriggerRefused),
    /// Our own failure.
    #[error(transparent)]
    Failed(#[from] Failed),
}

impl From<FirstCodeRefused> for ChangeRefused {
    fn from(refused: FirstCodeRefused) -> Self {
        match refused {
            FirstCodeRefused::AddressIsFull => Self::TooMany,
            FirstCodeRefused::Failed(failed) => Self::Failed(failed),
        }
    }
}

fails_with_the_store!(ChangeRefused);

/// Changes what is given, for an administrator; a blank value deletes.
///
/// # Errors
/// [`ChangeRefused`].
pub async fn change_by_administrator(
    app: &App,
    through: Through<'_>,
    username: &str,
    given: &BTreeMap<String, String>,
) -> Result<(), ChangeRefused> {
    let pool = through.pool;
    let before = app.read(async |tx| users::find(tx, pool, username).await).await?.ok_or(ChangeRefused::NoSuchUser)?;
    let worded = triggers::message::worded_for_change(app, through, &before, given).await?;
    app.write(async |tx| {
        let before = users::find(tx, pool, username).await?.ok_or(ChangeRefused::NoSuchUser)?;
        let attributes = administer(&full_schema(&pool.configuration.schema), &before.attributes, given)?;
        let edited = Edited::of(&pool.configuration, &before, attributes);
        put(app, tx, pool, &before, &edited, given).await?;
        for (kind, value) in &edited.unverified {
            let address = Address { attribute: kind.as_str(), value: Cow::Borrowed(value) };
            codes::send_first(app, tx, &worded, &before, Occasion::UpdateUserAttribute(*kind), &address, None).await?;
        }
        Ok(())
    })
    .await
}

/// A change of a user's attributes, as far as it is made at once, and the addresses that wait for their codes.
pub(super) struct Edited {
    /// The attributes, as they are from now on.
    attributes: BTreeMap<String, String>,
    /// The addresses of these kinds wait until they are verified: they are no attributes before.
    waiting: Vec<NameKind>,
    /// The addresses that get a code now.
    pub(super) unverified: Vec<(NameKind, String)>,
}

impl Edited {
    /// What becomes of a user's attributes whose change, were it made whole, would make them these. An unconfirmed user has no
    /// way to verify an address but by the code of the sign-up.
    ///
    /// Source: Amazon Cognito developer guide, "Verifying updates to email addresses and phone numbers".
    pub(super) fn of(configuration: &PoolConfiguration, user: &User, mut attributes: BTreeMap<String, String>) -> Self {
        let (mut waiting, mut unverified) = (Vec::new(), Vec::new());
        for kind in [NameKind::Email, NameKind::PhoneNumber] {
            let verified = format!("{}_verified", kind.as_str());
            let changed = attributes.get(kind.as_str()).filter(|value| user.attributes.get(kind.as_str()) != Some(value)).cloned();
            let is_vouched_for = attributes.get(&verified).is_some_and(|value| value == "true");
            let Some(value) = changed.filter(|_| configuration.verifies(kind) && !is_vouched_for) else { continue };
            if user.status == UserStatus::Unconfirmed {
                continue;
            }
            if configuration.user_attribute_update_settings.waits(kind) {
                for name in [kind.as_str(), &verified] {
                    match user.attributes.get(name) {
                        Some(kept) => drop(attributes.insert(name.to_owned(), kept.clone())),
                        None => drop(attributes.remove(name)),
                    }
                }
                waiting.push(kind);
            } else {
                // Whoever reads the profile is told, before the code comes, that it is not verified.
                attributes.insert(verified, "false".to_owned());
            }
            unverified.push((kind, value));
        }
        Self { attributes, waiting, unverified }
    }
}

/// Stores a change, and lets the addresses wait that do.
///
/// # Errors
/// [`ChangeRefused`].
pub(super) async fn put(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    before: &User,
    edited: &Edited,
    given: &BTreeMap<String, String>,
) -> Result<(), ChangeRefused> {
    for kind in [NameKind::Email, NameKind::PhoneNumber] {
        // Of two changes the later one counts, whether or not it waits.
        if given.contains_key(kind.as_str()) {
            pending_addresses::forget(tx, &pool.id, &before.id, kind).await?;
        }
    }
    for (kind, value) in edited.unverified.iter().filter(|(kind, _)| edited.waiting.contains(kind)) {
        pending_addresses::put(tx, &pool.id, &before.id, *kind, value).await?;
    }
    follow_preferred(tx, pool, &User { attributes: edited.attributes.clone(), ..before.clone() }, given).await?;
    replace(app, tx, pool, before, edited.attributes.clone()).await
}

/// Replaces a user's attributes, and brings the names in line that follow their addresses.
///
/// # Errors
/// [`ChangeRefused`].
pub(super) async fn replace(
    app: &App,
    tx: &mut Conn,
    pool: &Pool,
    before: &User,
    attributes: BTreeMap<String, String>,
) -> Result<(), ChangeRefused> {
    if attributes == before.attributes {
        return Ok(());
    }
    let after = User { attributes, ..before.clone() };
    for kind in [NameKind::Email, NameKind::PhoneNumber] {
        follow_address(tx, pool, before, &after, kind).await?;
        if before.address(kind) != after.address(kind) {
            notices::tell(app, tx, pool, before, Notice::changed(kind)).await?;
        }
    }
    Ok(users::set_attributes(tx, &after, app.now()).await?)
}

/// Brings the names of a user in line with what became of an address of theirs.
async fn follow_address(tx: &mut Conn, pool: &Pool, before: &User, after: &User, kind: NameKind) -> Result<(), AliasRefused> {
    let moved = before.attributes.get(kind.as_str()) != after.attributes.get(kind.as_str());
    if moved {
        move_name(tx, pool, after, kind).await?;
        // SECURITY: the code that is under way went to the old address, and must not verify the new one.
        store::codes::kill(tx, &pool.id, after.id.as_str(), kind.as_str()).await?;
    }
    match (before.has_verified(kind), after.has_verified(kind)) {
        (was_verified, true) if moved || !was_verified => claim_alias(tx, pool, after, kind, false).await,
        (true, false) if !moved && !signs_up_by(pool, kind) => Ok(names::forget(tx, &pool.id, kind, &after.id).await.map(drop)?),
        _ => Ok(()),
    }
}

/// The preferred username that a change gives a user is their name from now on, and the last one is not any more.
///
/// # Errors
/// [`AliasRefused`].
pub(super) async fn follow_preferred(
    tx: &mut Conn,
    pool: &Pool,
    after: &User,
    given: &BTreeMap<String, String>,
) -> Result<(), AliasRefused> {
    const KIND: NameKind = NameKind::PreferredUsername;
    if !given.contains_key(KIND.as_str()) || !pool.configuration.names_by(KIND) {
        return Ok(());
    }
    match alias(pool, after, KIND)? {
        Some(_) => claim_alias(tx, pool, after, KIND, false).await,
        None => Ok(names::forget(tx, &pool.id, KIND, &after.id).await.map(drop)?),
    }
}

/// The old address is the user's name no more. Where users sign up by addresses, the new one is their name from now on, as it
/// would have been from the start; where addresses are aliases, it is one once it is verified.
///
/// Source: what Cognito is seen to do (aws-amplify/amplify-js issues 987 and 3749; amazon-cognito-identity-js issue 369).
///
/// # Errors
/// [`AliasRefused`].
pub(super) async fn move_name(tx: &mut Conn, pool: &Pool, user: &User, kind: NameKind) -> Result<(), AliasRefused> {
    let had_name = names::forget(tx, &pool.id, kind, &user.id).await?;
    if had_name && signs_up_by(pool, kind) { claim_alias(tx, pool, user, kind, false).await } else { Ok(()) }
}

fn signs_up_by(pool: &Pool, kind: NameKind) -> bool {
    pool.configuration.username_attributes.iter().any(|attribute| attribute == kind.as_str())
}
