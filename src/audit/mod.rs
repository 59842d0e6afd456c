//! What happened: events of signed calls and denied decisions, and how much goes on in user pools.
//!
//! Both are noted in memory and written by the node every moment, so that no call waits for them and no row is fought over. The
//! log's target `audit` has every signed call before it is answered: that is the record which survives a kill; what is noted
//! here is for looking things up.

pub mod auth_events;
mod auth_log;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use self::auth_events::AuthEvent;
use crate::kit::clock::Timestamp;
use crate::kit::cut::cut;
use crate::kit::id::{AccountId, UserPoolId};

/// So many events wait to be written at most; what comes beyond is counted; the log has what signed calls did.
const WAITING: usize = 10_000;

/// How much is kept of a reason, in characters.
const REASON: usize = 500;

const HOUR: i64 = 3_600_000;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what was asked.
    Done,
    /// Policies would allow it: an application asked, and did it or not.
    Allowed,
    /// Policies denied it.
    Denied,
    /// It was refused for another reason.
    Refused,
    /// Our own failure.
    Failed,
}

impl Outcome {
    /// As rows and filters have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// Whether an action changes nothing, by its name, as CloudTrail tells reads from writes.
#[must_use]
pub fn only_reads(action: &str) -> bool {
    const READS: [&str; 7] = ["Decode", "Describe", "Get", "List", "Search", "Simulate", "Validate"];
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let name = name.strip_prefix("Admin").unwrap_or(name);
    READS.iter().any(|read| name.starts_with(read))
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The account of whoever did it.
    pub account_id: AccountId,
    /// The call's id.
    pub request_id: String,
    /// Who did it: an ARN.
    pub principal: String,
    /// What: an action of IAM.
    pub action: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What else is known.
    pub details: Details,
}

impl Event {
    /// Writes it to the log, before whoever did it is answered: one line, without the names of
    /// those whom it is about, for logs outlive them.
    pub fn log(&self) {
        let Self { request_id, principal, action, outcome, details, .. } = self;
        let Details { source_ip, region, .. } = details;
        tracing::info!(target: "audit", request_id, action, principal, source_ip, region, outcome = outcome.as_str());
    }
}

/// What sorts before the ids of all events from a moment on, and behind those of all before it.
#[must_use]
pub fn began_before(moment: Timestamp) -> String {
    format!("{:012x}", moment.millis().max(0))
}

/// What is known of an event beside who did what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The client's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What was asked about: an ARN, or an id or name that the input has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Why it did not succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who asked for the decision, where it is one: an ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
}

/// An event that waits to be written.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The id, which sorts by time; of events in one millisecond, the one that its node noted first comes first.
    pub id: String,
    /// The event.
    pub event: Event,
}

impl Noted {
    fn of(event: Event, number: u64) -> Self {
        Self { id: format!("{:012x}{:08x}{}", event.at.millis().max(0), number & 0xffff_ffff, event.request_id), event }
    }
}

/// What happens in a user pool and is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Somebody signed up.
    SignUp,
    /// Somebody signed in.
    SignIn {
        /// With a second factor.
        mfa: bool,
    },
    /// A sign-in was refused.
    RefusedSignIn,
}

/// How much happened in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Counts {
    /// Sign-ups.
    pub sign_ups: i64,
    /// Sign-ins.
    pub sign_ins: i64,
    /// Of them, those with a second factor.
    pub mfa_sign_ins: i64,
    /// Sign-ins that were refused.
    pub refused_sign_ins: i64,
}

impl Counts {
    /// Adds one that was counted.
    pub const fn count(&mut self, counted: Counted) {
        match counted {
            Counted::SignUp => self.sign_ups += 1,
            Counted::SignIn { mfa } => {
                self.sign_ins += 1;
                self.mfa_sign_ins += mfa as i64;
            }
            Counted::RefusedSignIn => self.refused_sign_ins += 1,
        }
    }

    /// Adds what another counted.
    pub const fn add(&mut self, other: Self) {
        self.sign_ups += other.sign_ups;
        self.sign_ins += other.sign_ins;
        self.mfa_sign_ins += other.mfa_sign_ins;
        self.refused_sign_ins += other.refused_sign_ins;
    }
}

/// The beginning of the hour that a moment is in.
#[must_use]
pub fn hour_of(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.millis().div_euclid(HOUR) * HOUR)
}

/// Counts by pool and hour.
pub type ByHour = HashMap<(UserPoolId, Timestamp), Counts>;

/// What a node has noted and not written yet.
#[derive(Default)]
pub struct Journal {
    events: Mutex<VecDeque<Noted>>,
    auth_events: Mutex<VecDeque<AuthEvent>>,
    counts: Mutex<ByHour>,
    noted: AtomicU64,
    dropped: AtomicU64,
}

impl Journal {
    /// Writes an event to the log, and notes it.
    pub fn record(&self, event: Event) {
        event.log();
        self.note(event);
    }

    /// Notes an event.
    pub fn note(&self, mut event: Event) {
        event.details.reason = event.details.reason.map(|reason| cut(&reason, REASON));
        let noted = Noted::of(event, self.noted.fetch_add(1, Ordering::Relaxed));
        let mut events = lock(&self.events);
        // What was merely allowed leaves room for what was done.
        let room = if noted.event.outcome == Outcome::Allowed { WAITING / 2 } else { WAITING };
        if events.len() < room {
            events.push_back(noted);
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Notes what a user did.
    pub fn note_auth_event(&self, event: AuthEvent) {
        let mut events = lock(&self.auth_events);
        if events.len() < WAITING {
            events.push_back(event);
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The oldest of what users did that waits, at most so many: whoever takes them writes them, or puts them back.
    #[must_use]
    pub fn take_auth_events(&self, most: usize) -> Vec<AuthEvent> {
        let mut events = lock(&self.auth_events);
        let count = most.min(events.len());
        events.drain(..count).collect()
    }

    /// Puts back what users did that could not be written.
    pub fn put_back_auth_events(&self, taken: Vec<AuthEvent>) {
        let mut events = lock(&self.auth_events);
        for event in taken.into_iter().rev() {
            events.push_front(event);
        }
    }

    /// Counts what happened in a pool.
    pub fn count(&self, pool_id: &UserPoolId, counted: Counted, at: Timestamp) {
        lock(&self.counts).entry((pool_id.clone(), hour_of(at))).or_default().count(counted);
    }

    /// The oldest events that wait, at most so many: whoever takes them writes them, or puts them back.
    #[must_use]
    pub fn take_events(&self, most: usize) -> Vec<Noted> {
        let mut events = lock(&self.events);
        let count = most.min(events.len());
        events.drain(..count).collect()
    }

    /// Puts events back that could not be written.
    pub fn put_back_events(&self, taken: Vec<Noted>) {
        let mut events = lock(&self.events);
        for event in taken.into_iter().rev() {
            events.push_front(event);
        }
    }

    /// What was counted since it was last taken.
    #[must_use]
    pub fn take_counts(&self) -> ByHour {
        std::mem::take(&mut lock(&self.counts))
    }

    /// Puts counts back that could not be written.
    pub fn put_back_counts(&self, taken: ByHour) {
        let mut counts = lock(&self.counts);
        for (key, count) in taken {
            counts.entry(key).or_default().add(count);
        }
    }

    /// How many events found no room since the node started.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// What a thread that panicked left is as good as any: nothing here is half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: i64, request_id: &str) -> Event {
        Event {
            at: Timestamp::from_millis(at),
            account_id: "000000000000".into(),
            request_id: request_id.to_owned(),
            principal: String::new(),
            action: String::new(),
            outcome: Outcome::Done,
            details: Details { reason: Some("x".repeat(5_000)), ..Details::default() },
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let id = |at: i64, number: u64, request_id: &str| Noted::of(event(at, request_id), number).id;
        let mut ids = [id(1_800_000_000_000, 0, "c"), id(999, 1, "a"), id(999, 0, "z"), id(1_799_999_999_999, 2, "b")];
        ids.sort();
        assert_eq!(ids.map(|id| id.chars().last()), ['z', 'a', 'b', 'c'].map(Some));
    }

    #[test]
    fn what_waits_is_bounded_and_what_is_put_back_comes_first() {
        let journal = Journal::default();
        (0..WAITING + 3).for_each(|at| journal.note(event(i64::try_from(at).unwrap(), "r")));
        assert_eq!(journal.dropped(), 3);
        let taken = journal.take_events(2);
        assert!(taken[0].event.details.reason.as_ref().is_some_and(|reason| reason.chars().count() <= REASON + 1));
        journal.put_back_events(taken);
        assert_eq!(journal.take_events(2).iter().map(|noted| noted.event.at.millis()).collect::<Vec<_>>(), [0, 1]);
    }

    #[test]
    fn counts_are_by_pool_and_hour() {
        let journal = Journal::default();
        let pool = UserPoolId::from("us-east-1_a");
        for (at, counted) in [(1, Counted::SignUp), (2, Counted::SignIn { mfa: true }), (HOUR, Counted::RefusedSignIn)] {
            journal.count(&pool, counted, Timestamp::from_millis(at));
        }
        let taken = journal.take_counts();
        journal.put_back_counts(taken.clone());
        assert_eq!(journal.take_counts(), taken);
        let first = taken[&(pool.clone(), Timestamp::from_millis(0))];
        assert_eq!(first, Counts { sign_ups: 1, sign_ins: 1, mfa_sign_ins: 1, refused_sign_ins: 0 });
        assert_eq!(taken[&(pool, Timestamp::from_millis(HOUR))].refused_sign_ins, 1);
    }
}
