//! Point-in-time recovery of a pool: where one stands, what it may go back to, and how often.
//!
//! Source of every rule and limit: Amazon Cognito API reference, InitiatePointInTimeRecovery. What it tells of feature plans and of
//! organizations is not asked here: every pool has every feature, and a deployment has accounts only.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::user_data::Kind;
use crate::kit::clock::Timestamp;
use crate::kit::id::{AccountId, UserPoolId};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// "The recovery point must be at least 15 minutes in the past".
pub const LEAST_AGE: Duration = Duration::from_secs(15 * 60);

/// "With the Plus feature plan, you can recover up to 14 days in the past."
pub const WINDOW: Duration = Duration::from_secs(14 * 24 * 3600);

/// "If you don't start or cancel the recovery within 24 hours after you initiate it, the recovery preview expires."
pub const PREVIEW_LASTS: Duration = DAY;

/// The period of most limits.
pub const LIMIT_PERIOD: Duration = DAY;

/// The period of the longer limit of previews.
pub const LONG_LIMIT_PERIOD: Duration = Duration::from_secs(30 * 24 * 3600);

/// Active recoveries of an account.
pub const MOST_ACTIVE_OF_ACCOUNT: i64 = 5;
/// Recoveries of a pool that are completed in a day.
pub const MOST_COMPLETED_IN_A_DAY: i64 = 1;
/// Previews of a pool in a day.
pub const MOST_PREVIEWS_IN_A_DAY: i64 = 3;
/// Previews of a pool in thirty days.
pub const MOST_PREVIEWS_IN_A_MONTH: i64 = 10;
/// Previews of an account in a day.
pub const MOST_PREVIEWS_OF_ACCOUNT: i64 = 10;

/// A recovery.
#[derive(Clone, Debug)]
pub struct Recovery {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Its id: a UUID.
    pub id: String,
    /// The pool's account.
    pub account_id: AccountId,
    /// Where it stands, as it was written: [`Recovery::status_at`].
    pub status: RecoveryStatus,
    /// The moment that the pool is put back to.
    pub restored_to: Timestamp,
    /// The end of what is reverted: nothing that the pool's users are was changed after it but by the recovery.
    pub triggered_at: Timestamp,
    /// When it was asked for.
    pub initiated_at: Timestamp,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When a node has to look at it; `None` of one that is over.
    pub due_at: Option<Timestamp>,
    /// What it changes, once that is counted.
    pub preview: Option<Preview>,
    /// How far it came.
    pub place: Place,
}

impl Recovery {
    /// When its preview expires.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.initiated_at.plus(PREVIEW_LASTS)
    }

    /// Where it stands at a moment, whether or not a node has written so.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> RecoveryStatus {
        if self.status.is_preview() && now >= self.expires_at() { RecoveryStatus::PreviewExpired } else { self.status }
    }

    /// The same, over: a preview that is discarded is told of no more.
    #[must_use]
    pub fn over(self, status: RecoveryStatus) -> Self {
        Self { status, due_at: None, preview: None, ..self }
    }
}

/// Where a recovery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryStatus {
    /// It is counted what it would change.
    PreviewGenerating,
    /// That is counted, and waits to be applied.
    PreviewGenerated,
    /// Cancelled.
    PreviewCancelled,
    /// What was kept of the past could not be read.
    PreviewGenerationFailed,
    /// Neither applied nor cancelled in time.
    PreviewExpired,
    /// It is applied.
    Restoring,
    /// It is applied, and meets what cannot be read: it is tried again now and then.
    Stuck,
    /// Done.
    RestoreCompleted,
}

impl RecoveryStatus {
    const ALL: [Self; 8] = [
        Self::PreviewGenerating,
        Self::PreviewGenerated,
        Self::PreviewCancelled,
        Self::PreviewGenerationFailed,
        Self::PreviewExpired,
        Self::Restoring,
        Self::Stuck,
        Self::RestoreCompleted,
    ];

    /// The wire's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreviewGenerating => "PREVIEW_GENERATING",
            Self::PreviewGenerated => "PREVIEW_GENERATED",
            Self::PreviewCancelled => "PREVIEW_CANCELLED",
            Self::PreviewGenerationFailed => "PREVIEW_GENERATION_FAILED",
            Self::PreviewExpired => "PREVIEW_EXPIRED",
            Self::Restoring => "RESTORING",
            Self::Stuck => "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE",
            Self::RestoreCompleted => "RESTORE_COMPLETED",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether nothing was applied yet, and may still be.
    #[must_use]
    pub const fn is_preview(self) -> bool {
        matches!(self, Self::PreviewGenerating | Self::PreviewGenerated)
    }

    /// Whether what is written into the pool is paused.
    #[must_use]
    pub const fn pauses(self) -> bool {
        matches!(self, Self::PreviewGenerating | Self::PreviewGenerated | Self::Restoring | Self::Stuck)
    }
}

/// How far the restoring came: the last thing that was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The kind that is being restored.
    pub kind: Kind,
    /// When the thing was changed: milliseconds; none before the first.
    pub replaced_at: i64,
    /// Which it was.
    pub thing: String,
}

impl Place {
    /// Before the first thing of a kind.
    #[must_use]
    pub const fn before(kind: Kind) -> Self {
        Self { kind, replaced_at: i64::MIN, thing: String::new() }
    }
}

/// What a recovery changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Users, their attributes included.
    pub users: Counts,
    /// Groups, and who is in them.
    pub groups: Counts,
    /// Users' settings of MFA.
    pub user_mfas: Counts,
    /// Passkeys.
    pub passkeys: Counts,
}

/// How many things of a kind are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// They were deleted since, and come back.
    pub created: i64,
    /// They were changed since.
    pub updated: i64,
    /// They were made since.
    pub deleted: i64,
}

/// Why a pool is not put back to a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PointRefused {
    /// Too little time has gone by.
    #[error("RestoreTimestamp must be at least 15 minutes in the past.")]
    TooRecent,
    /// What was then is not kept any more.
    #[error("RestoreTimestamp must be at most 14 days in the past.")]
    TooOld,
    /// There was no such pool.
    #[error("RestoreTimestamp can't be earlier than the creation time of the user pool.")]
    BeforeThePool,
    /// Nothing was kept of the past then.
    #[error("RestoreTimestamp can't be earlier than the time from which changes to user data are kept.")]
    BeforeTheHistory,
}

/// Whether a pool that was made then can be put back to a moment, where its past is kept since `kept_since`.
///
/// # Errors
/// [`PointRefused`].
pub fn check_point(point: Timestamp, now: Timestamp, created_at: Timestamp, kept_since: Timestamp) -> Result<(), PointRefused> {
    if point > now.minus(LEAST_AGE) {
        Err(PointRefused::TooRecent)
    } else if point < created_at {
        Err(PointRefused::BeforeThePool)
    } else if point < now.minus(WINDOW) {
        Err(PointRefused::TooOld)
    } else if point < kept_since {
        Err(PointRefused::BeforeTheHistory)
    } else {
        Ok(())
    }
}

/// What recoveries there are of a pool and its account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Active ones of the pool.
    pub active: i64,
    /// Those of the pool that were completed in the last day.
    pub completed_in_a_day: i64,
    /// Those of the pool that were asked for in the last day.
    pub in_a_day: i64,
    /// Those of the pool that were asked for in the last thirty days.
    pub in_a_month: i64,
    /// Active ones of the account.
    pub active_of_account: i64,
    /// Those of the account that were asked for in the last day.
    pub in_a_day_of_account: i64,
}

/// Which limit keeps a recovery from being asked for; `None` where none does.
#[must_use]
pub fn limit_reached(usage: &Usage) -> Option<&'static str> {
    let limits = [
        (usage.active, 1, "The user pool has an active point-in-time recovery."),
        (usage.active_of_account, MOST_ACTIVE_OF_ACCOUNT, "The account has as many active point-in-time recoveries as it can have."),
        (usage.completed_in_a_day, MOST_COMPLETED_IN_A_DAY, "A recovery of the user pool was completed in the last 24 hours."),
        (usage.in_a_day, MOST_PREVIEWS_IN_A_DAY, "The user pool had as many recovery previews in the last 24 hours as it can have."),
        (usage.in_a_month, MOST_PREVIEWS_IN_A_MONTH, "The user pool had as many recovery previews in the last 30 days as it can have."),
        (
            usage.in_a_day_of_account,
            MOST_PREVIEWS_OF_ACCOUNT,
            "The account had as many recovery previews in the last 24 hours as it can have.",
        ),
    ];
    limits.into_iter().find(|(count, most, _)| count >= most).map(|(_, _, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_lies_in_the_window_and_in_the_life_of_its_pool() {
        let now = Timestamp::from_seconds(100 * 24 * 3600);
        let ago = |seconds: u64| now.minus(Duration::from_secs(seconds));
        let (minute, day) = (60, 24 * 3600);
        for (point, created, kept, expected) in [
            (ago(15 * minute), ago(day), ago(day), Ok(())),
            (ago(15 * minute - 1), ago(day), ago(day), Err(PointRefused::TooRecent)),
            (now.plus(DAY), ago(day), ago(day), Err(PointRefused::TooRecent)),
            (ago(14 * day), ago(20 * day), ago(20 * day), Ok(())),
            (ago(14 * day + 1), ago(20 * day), ago(20 * day), Err(PointRefused::TooOld)),
            (ago(day), ago(day), ago(day), Ok(())),
            (ago(day + 1), ago(day), ago(2 * day), Err(PointRefused::BeforeThePool)),
            (ago(day + 1), ago(2 * day), ago(day), Err(PointRefused::BeforeTheHistory)),
        ] {
            assert_eq!(check_point(point, now, created, kept), expected, "{point:?}");
        }
    }

    #[test]
    fn every_limit_is_reached_by_its_own_count() {
        assert_eq!(limit_reached(&Usage::default()), None);
        let below = Usage { active: 0, completed_in_a_day: 0, in_a_day: 2, in_a_month: 9, active_of_account: 4, in_a_day_of_account: 9 };
        assert_eq!(limit_reached(&below), None);
        let reached = [
            Usage { active: 1, ..below },
            Usage { active_of_account: 5, ..below },
            Usage { completed_in_a_day: 1, ..below },
            Usage { in_a_day: 3, ..below },
            Usage { in_a_month: 10, ..below },
            Usage { in_a_day_of_account: 10, ..below },
        ];
        let words: std::collections::BTreeSet<_> = reached.iter().filter_map(limit_reached).collect();
        assert_eq!(words.len(), reached.len());
    }

    #[test]
    fn a_status_is_read_as_it_was_written() {
        for status in RecoveryStatus::ALL {
            assert_eq!(RecoveryStatus::parse(status.as_str()), Some(status));
        }
    }
}
