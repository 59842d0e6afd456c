//! When access keys and roles were last used: noted in memory, and recorded now and then, so that no request waits for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::kit::clock::Timestamp;
use crate::kit::id::{AccessKeyId, AccountId, UniqueId};

/// A use is noted once in so long; what comes in between is the same use.
const NOTED_EVERY: Duration = Duration::from_secs(300);

/// How many keys, and how many roles, a node remembers the use of: beyond that, uses go unnoted until older ones are recorded and forgotten.
const REMEMBERED: usize = 10_000;

/// A use of an access key, or of a role by one of its sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// When.
    pub at: Timestamp,
    /// The service that the request was signed for.
    pub service: String,
    /// The region that it was signed for.
    pub region: String,
}

/// A use that is not recorded yet.
#[derive(Clone, Debug)]
pub struct Unrecorded<I> {
    /// The account.
    pub account_id: AccountId,
    /// What was used.
    pub id: I,
    /// Its use.
    pub used: Use,
}

/// The uses of access keys.
pub type KeyUses = Uses<AccessKeyId>;

/// The uses of roles, by their unique ids.
pub type RoleUses = Uses<UniqueId>;

/// The uses that a node has seen of late.
#[derive(Debug)]
pub struct Uses<I> {
    noted: Mutex<HashMap<I, Noted>>,
}

impl<I> Default for Uses<I> {
    fn default() -> Self {
        Self { noted: Mutex::default() }
    }
}

#[derive(Debug)]
struct Noted {
    account_id: AccountId,
    used: Use,
    is_recorded: bool,
}

impl<I: Clone + Eq + Hash> Uses<I> {
    /// Notes a use, unless one is noted that is nearly as new. Takes no longer than a look into a map.
    pub fn note(&self, account_id: &AccountId, id: &I, service: &str, region: &str, now: Timestamp) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |noted: &Noted| now.since(noted.used.at) < NOTED_EVERY;
        match noted.get(id) {
            Some(known) if is_recent(known) => return,
            Some(_) => {}
            None if noted.len() >= REMEMBERED => {
                noted.retain(|_, noted| !noted.is_recorded || is_recent(noted));
                if noted.len() >= REMEMBERED {
                    return;
                }
            }
            None => {}
        }
        let used = Use { at: now, service: service.to_owned(), region: region.to_owned() };
        noted.insert(id.clone(), Noted { account_id: account_id.clone(), used, is_recorded: false });
    }

    /// What this node knows of the last use.
    #[must_use]
    pub fn last_of(&self, id: &I) -> Option<Use> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.get(id).map(|noted| noted.used.clone())
    }

    /// What is to be recorded.
    #[must_use]
    pub fn unrecorded(&self) -> Vec<Unrecorded<I>> {
        let noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let unrecorded = noted.iter().filter(|(_, noted)| !noted.is_recorded).map(|(id, noted)| Unrecorded {
            account_id: noted.account_id.clone(),
            id: id.clone(),
            used: noted.used.clone(),
        });
        unrecorded.collect()
    }

    /// These are recorded now.
    pub fn recorded(&self, uses: &[Unrecorded<I>]) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for recorded in uses {
            if let Some(noted) = noted.get_mut(&recorded.id)
                && noted.used == recorded.used
            {
                noted.is_recorded = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "000000000000";

    fn note(uses: &KeyUses, key: &str, seconds: i64) {
        uses.note(&ACCOUNT.into(), &key.into(), "iam", "us-east-1", Timestamp::from_seconds(seconds));
    }

    fn at(uses: &KeyUses, key: &str) -> Option<i64> {
        uses.last_of(&key.into()).map(|used| used.at.seconds())
    }

    #[test]
    fn a_use_is_noted_once_in_five_minutes_and_recorded_once() {
        let uses = KeyUses::default();
        note(&uses, "a", 1000);
        note(&uses, "a", 1299);
        assert_eq!((at(&uses, "a"), at(&uses, "b")), (Some(1000), None));
        let due = uses.unrecorded();
        assert_eq!(due.len(), 1);
        uses.recorded(&due);
        assert!(uses.unrecorded().is_empty());
        note(&uses, "a", 1300);
        assert_eq!((at(&uses, "a"), uses.unrecorded().len()), (Some(1300), 1));
        uses.recorded(&due);
        assert_eq!(uses.unrecorded().len(), 1, "the newer use is not the one that was recorded");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_what_is_recorded_and_old_makes_room() {
        let uses = KeyUses::default();
        for number in 0..=REMEMBERED {
            note(&uses, &number.to_string(), 1000);
        }
        let due = uses.unrecorded();
        assert_eq!(due.len(), REMEMBERED);
        note(&uses, "late", 2000);
        assert_eq!(at(&uses, "late"), None, "nothing is forgotten before it is recorded");
        uses.recorded(&due);
        note(&uses, "late", 2000);
        assert_eq!((at(&uses, "late"), at(&uses, "1")), (Some(2000), None));
    }
}
