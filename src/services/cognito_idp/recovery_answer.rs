//! Point-in-time recoveries as the wire tells of them.

use serde::{Deserialize, Serialize};

use super::errors::Error;
use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;
use crate::store::{Conn, recoveries};
use crate::userpools::point_in_time::{Counts, Preview, Recovery};

/// RestorationType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Restoration {
    #[serde(flatten)]
    described: RestorationDescription,
    trigger_timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    restore_preview: Option<Vec<RestorePreview>>,
}

/// RestorationDescriptionType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct RestorationDescription {
    restore_id: String,
    restore_status: &'static str,
    restore_timestamp: Timestamp,
}

impl RestorationDescription {
    /// A recovery, as it stands at a moment.
    pub fn of(recovery: &Recovery, now: Timestamp) -> Self {
        Self { restore_id: recovery.id.clone(), restore_status: recovery.status_at(now).as_str(), restore_timestamp: recovery.restored_to }
    }
}

/// RestorePreviewType.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RestorePreview {
    entity: &'static str,
    create_count: i64,
    update_count: i64,
    delete_count: i64,
}

impl RestorePreview {
    fn all(preview: Preview) -> Vec<Self> {
        let Preview { users, groups, user_mfas, passkeys } = preview;
        let of = |(entity, Counts { created, updated, deleted })| Self {
            entity,
            create_count: created,
            update_count: updated,
            delete_count: deleted,
        };
        [("Users", users), ("Groups", groups), ("User MFAs", user_mfas), ("Passkeys", passkeys)].map(of).into()
    }
}

/// A request about one recovery.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRecovery {
    user_pool_id: UserPoolId,
    restore_id: String,
}

asks_about_pool!(OneRecovery);

impl OneRecovery {
    /// The recovery, in the caller's transaction.
    ///
    /// # Errors
    /// ResourceNotFoundException.
    pub async fn find(&self, tx: &mut Conn) -> Result<Recovery, Error> {
        let found = recoveries::find(tx, &self.user_pool_id, &self.restore_id).await?;
        found.ok_or_else(|| Error::ResourceNotFound(format!("Point-in-time recovery {} does not exist.", self.restore_id)))
    }
}

/// The answer about one recovery.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    restoration: Restoration,
}

impl Response {
    /// About this recovery, as it stands at a moment. A preview that has expired is discarded.
    pub fn of(recovery: &Recovery, now: Timestamp) -> Self {
        let is_expired = recovery.status_at(now) != recovery.status;
        Self {
            restoration: Restoration {
                described: RestorationDescription::of(recovery, now),
                trigger_timestamp: recovery.triggered_at,
                restore_preview: recovery.preview.filter(|_| !is_expired).map(RestorePreview::all),
            },
        }
    }
}

/// A recovery that stands where an operation cannot take it on from.
pub fn wrong_status(act: &str, recovery: &Recovery, now: Timestamp) -> Error {
    let status = recovery.status_at(now).as_str();
    Error::parameter(format!("A point-in-time recovery cannot be {act} when its status is {status}."))
}
