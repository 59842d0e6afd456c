//! What users, their names, factors and groups were before each change: kept by the few functions of the store that change them,
//! in the transaction that does. The same step refuses while the pool is being recovered, so that nothing that changes a user can
//! forget either.

mod images;
mod restore;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use restore::restore;

use super::{Conn, StoreError, deployment, doc, recoveries};
use crate::kit::clock::Timestamp;
use crate::kit::id::{UserId, UserPoolId};
use crate::userpools::point_in_time::{Place, Recovery};
use crate::userpools::user_data::{Image, Kind, Thing};

const TABLE: &str = "user_data_history";

/// How long images are kept: as far as a recovery goes back, as long as its preview waits, and a day for it to be applied.
const KEPT: Duration = Duration::from_secs(16 * 24 * 3600);

/// The setting that tells since when images are kept.
const KEPT_SINCE: &str = "user_data_kept_since";

/// Refuses while the pool is being recovered; else tells the moment at which this transaction changes what it changes.
///
/// # Errors
/// [`StoreError::WritesPaused`].
pub async fn check_open(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Timestamp, StoreError> {
    if let Some(moment) = tx.opened(pool_id) {
        return Ok(moment);
    }
    let now = tx.began();
    if recoveries::pauses(tx, pool_id, now).await? {
        return Err(StoreError::WritesPaused);
    }
    tx.open(pool_id, now);
    Ok(now)
}

/// Lets the transaction of a recovery itself change what is paused: at a moment after all that it reverts.
pub fn open_for(tx: &mut Conn, recovery: &Recovery) {
    let moment = tx.began().max(recovery.triggered_at.plus(Duration::from_millis(1)));
    tx.open(&recovery.pool_id, moment);
}

/// Keeps what a thing is that is about to change.
///
/// # Errors
/// [`StoreError::WritesPaused`].
pub(super) async fn keep(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing) -> Result<(), StoreError> {
    check_open(tx, pool_id).await?;
    let image = images::current(tx, pool_id, thing).await?;
    put(tx, pool_id, thing, image.as_ref()).await
}

/// Keeps that a thing was not there, which has just been made or is about to be.
///
/// # Errors
/// [`StoreError::WritesPaused`].
pub(super) async fn keep_new(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing) -> Result<(), StoreError> {
    put(tx, pool_id, thing, None).await
}

/// Keeps a user who is about to be deleted, with the hashes of passwords before the present one.
///
/// # Errors
/// [`StoreError::WritesPaused`].
pub(super) async fn keep_whole(tx: &mut Conn, pool_id: &UserPoolId, user_id: &UserId) -> Result<(), StoreError> {
    const FORMER: &str = "SELECT password_generation, password_hash FROM password_history WHERE pool_id = $1 AND user_id = $2 \
                          ORDER BY password_generation DESC LIMIT 100";
    check_open(tx, pool_id).await?;
    let thing = Thing::User(user_id.clone());
    let mut image = images::current(tx, pool_id, &thing).await?;
    if let Some(Image::User(user)) = &mut image {
        user.former_passwords = fetch!(tx, fetch_all, (i64, String), FORMER, [pool_id, user_id])?;
    }
    put(tx, pool_id, &thing, image.as_ref()).await
}

/// Whose groups are about to be left, or which group by all who are in it.
pub(super) enum Leaving<'a> {
    /// A user leaves all of theirs.
    User(&'a UserId),
    /// All leave a group.
    Group(&'a str),
}

/// Keeps who is in a group, of many at once.
///
/// # Errors
/// [`StoreError::WritesPaused`].
pub(super) async fn keep_members(tx: &mut Conn, pool_id: &UserPoolId, leaving: Leaving<'_>) -> Result<(), StoreError> {
    macro_rules! keep_members_by {
        ($column:literal) => {
            concat!(
                "INSERT INTO user_data_history (pool_id, kind, thing, replaced_at, image) \
                 SELECT m.pool_id, 'member', m.user_id || ' ' || m.group_name, CAST($3 AS BIGINT), $4 FROM user_group_members m \
                 WHERE m.pool_id = $1 AND m.",
                $column,
                " = $2 AND NOT EXISTS (SELECT 1 FROM user_data_history h WHERE h.pool_id = m.pool_id AND h.kind = 'member' \
                 AND h.thing = m.user_id || ' ' || m.group_name AND h.replaced_at >= $3)"
            )
        };
    }
    const OF_USER: &str = keep_members_by!("user_id");
    const OF_GROUP: &str = keep_members_by!("group_name");
    let moment = check_open(tx, pool_id).await?.millis();
    let (sql, whose) = match leaving {
        Leaving::User(user_id) => (OF_USER, user_id.as_str()),
        Leaving::Group(name) => (OF_GROUP, name),
    };
    let image = doc::to_text(TABLE, "image", whose, &Image::Member)?;
    execute!(tx, sql, [pool_id, whose, moment, image]).map(drop)
}

/// Of the changes of one moment the first counts. So does, of what nodes whose clocks differ have changed, what came first: what
/// follows counts to the moment that is kept.
async fn put(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing, image: Option<&Image>) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO user_data_history (pool_id, kind, thing, replaced_at, image) \
                       SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS TEXT) \
                       WHERE NOT EXISTS (SELECT 1 FROM user_data_history h \
                       WHERE h.pool_id = $1 AND h.kind = $2 AND h.thing = $3 AND h.replaced_at >= $4)";
    let moment = check_open(tx, pool_id).await?.millis();
    let text = thing.text();
    let image = image.map(|image| doc::to_text(TABLE, "image", &text, image)).transpose()?;
    execute!(tx, SQL, [pool_id, thing.kind().as_str(), &text, moment, image]).map(drop)
}

/// The newest moment at which anything was changed of what the users of a pool are.
///
/// # Errors
/// [`StoreError`].
pub async fn newest_change(tx: &mut Conn, pool_id: &UserPoolId) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT MAX(replaced_at) FROM user_data_history WHERE pool_id = $1 AND kind = $2";
    let mut newest = None;
    for kind in Kind::ALL {
        newest = newest.max(scalar!(tx, fetch_one, Option<i64>, SQL, [pool_id, kind.as_str()])?);
    }
    Ok(newest.map(Timestamp::from_millis))
}

/// A thing that was changed after the moment of a recovery, and what it was then.
pub struct Changed {
    /// Which.
    pub thing: Thing,
    /// What it was; `None` where it was not there.
    pub then: Option<Image>,
    /// Where the next thing is found.
    pub place: Place,
}

/// The things of a kind that were changed between the moment of a recovery and its end, each once, after a place.
///
/// # Errors
/// [`StoreError`].
pub async fn changed(tx: &mut Conn, recovery: &Recovery, after: &Place, limit: i64) -> Result<Vec<Changed>, StoreError> {
    let (from, to) = (recovery.restored_to.millis(), recovery.triggered_at.millis());
    let kind = after.kind;
    let binds = (after.replaced_at.max(from), after.thing.as_str());
    let rows = fetch!(
        tx,
        fetch_all,
        (String, i64, Option<String>),
        CHANGED,
        [&recovery.pool_id, kind.as_str(), from, to, binds.0, binds.1, limit]
    )?;
    let read = |(text, replaced_at, image): (String, i64, Option<String>)| {
        let thing = Thing::parse(kind, &text).ok_or_else(|| StoreError::corrupt(TABLE, "thing", &text))?;
        let then = image.map(|image| image_of(kind, &text, &image)).transpose()?;
        Ok(Changed { thing, then, place: Place { kind, replaced_at, thing: text } })
    };
    rows.into_iter().map(read).collect()
}

/// A row is the first of its thing after the moment where none lies between.
const CHANGED: &str = "SELECT h.thing, h.replaced_at, h.image FROM user_data_history h \
                       WHERE h.pool_id = $1 AND h.kind = $2 AND h.replaced_at > $3 AND h.replaced_at <= $4 \
                       AND (h.replaced_at, h.thing) > ($5, $6) \
                       AND NOT EXISTS (SELECT 1 FROM user_data_history e WHERE e.pool_id = h.pool_id AND e.kind = h.kind \
                       AND e.thing = h.thing AND e.replaced_at > $3 AND e.replaced_at < h.replaced_at) \
                       ORDER BY h.replaced_at, h.thing LIMIT $7";

/// What a thing is now, and the last that is known of it: the same, where it is there.
///
/// # Errors
/// [`StoreError`].
pub async fn known(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing) -> Result<(Option<Image>, Option<Image>), StoreError> {
    let is = images::current(tx, pool_id, thing).await?;
    let newest = match &is {
        Some(_) => is.clone(),
        None => last_known(tx, pool_id, thing).await?,
    };
    Ok((is, newest))
}

async fn last_known(tx: &mut Conn, pool_id: &UserPoolId, thing: &Thing) -> Result<Option<Image>, StoreError> {
    const SQL: &str = "SELECT image FROM user_data_history WHERE pool_id = $1 AND kind = $2 AND thing = $3 AND image IS NOT NULL \
                       ORDER BY replaced_at DESC LIMIT 1";
    let (kind, text) = (thing.kind(), thing.text());
    let image = scalar!(tx, fetch_optional, String, SQL, [pool_id, kind.as_str(), &text])?;
    image.map(|image| image_of(kind, &text, &image)).transpose()
}

fn image_of(kind: Kind, thing: &str, text: &str) -> Result<Image, StoreError> {
    let image: Image = doc::from_text(TABLE, "image", thing, text)?;
    if image.kind() == kind { Ok(image) } else { Err(StoreError::corrupt(TABLE, "image", thing)) }
}

/// Records since when images are kept, unless it is recorded.
///
/// # Errors
/// [`StoreError`].
pub async fn begin(tx: &mut Conn, now: Timestamp) -> Result<(), StoreError> {
    deployment::adopt(tx, KEPT_SINCE, &now.millis().to_string()).await.map(drop)
}

/// Since when images are kept: since ever, where nothing is recorded.
///
/// # Errors
/// [`StoreError`].
pub async fn kept_since(tx: &mut Conn) -> Result<Timestamp, StoreError> {
    let Some(text) = deployment::find(tx, KEPT_SINCE).await? else { return Ok(Timestamp::default()) };
    let corrupt = |_| StoreError::corrupt("deployment_settings", "value", KEPT_SINCE);
    text.parse().map(Timestamp::from_millis).map_err(corrupt)
}

/// Deletes images that no recovery goes back to any more, but those of pools that are being recovered: at most `limit`. Answers
/// how many.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_old(tx: &mut Conn, now: Timestamp, limit: i64) -> Result<u64, StoreError> {
    execute!(tx, FORGET_OLD, [now.minus(KEPT).millis(), limit])
}

const FORGET_OLD: &str = "DELETE FROM user_data_history WHERE (pool_id, kind, thing, replaced_at) IN \
                          (SELECT h.pool_id, h.kind, h.thing, h.replaced_at FROM user_data_history h WHERE h.replaced_at < $1 \
                          AND NOT EXISTS (SELECT 1 FROM user_pool_recoveries r WHERE r.pool_id = h.pool_id AND r.due_at IS NOT NULL) \
                          ORDER BY h.replaced_at LIMIT $2)";

/// Makes the images of a pool unreadable.
///
/// # Errors
/// [`StoreError`].
#[cfg(test)]
pub async fn spoil(tx: &mut Conn, pool_id: &UserPoolId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE user_data_history SET image = 'no JSON' WHERE pool_id = $1 AND image IS NOT NULL";
    execute!(tx, SQL, [pool_id]).map(drop)
}
