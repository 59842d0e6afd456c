//! Budgets: how often one key may do something, by the generic cell rate algorithm, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::clock::Timestamp;

/// Keys that are remembered at a time. Beyond, keys that are new share what is left to the last of them.
const KEYS: usize = 65_536;

/// So many a window for each key, all at once or spread; what is spent comes back evenly.
///
/// Source: ITU-T I.371, the generic cell rate algorithm in its virtual scheduling form.
pub struct Budget<K> {
    limit: u32,
    window: Duration,
    /// By key, when all that was spent will have come back, in microseconds: thousands a second are told apart.
    spent: Mutex<HashMap<Option<K>, i64>>,
    refused: AtomicU64,
}

impl<K: Eq + Hash + Clone> Budget<K> {
    /// `limit` a `window`; 0 is no limit.
    #[must_use]
    pub fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window, spent: Mutex::default(), refused: AtomicU64::new(0) }
    }

    /// Spends one of a key's; `false` where none is left, and then nothing is spent.
    pub fn spend(&self, key: &K, now: Timestamp) -> bool {
        self.spend_within(key, self.limit, now)
    }

    /// The same, for a key with a limit of its own.
    pub fn spend_within(&self, key: &K, limit: u32, now: Timestamp) -> bool {
        let Some(interval) = self.interval(limit) else { return true };
        let now = now.millis().saturating_mul(1000);
        let mut spent = self.lock();
        let key = Self::place(&mut spent, key, now);
        let end = spent.get(&key).copied().unwrap_or(now).max(now).saturating_add(interval);
        if end.saturating_sub(now) > micros(self.window) {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        spent.insert(key, end);
        true
    }

    /// Gives one back that was spent.
    pub fn give_back(&self, key: &K) {
        let Some(interval) = self.interval(self.limit) else { return };
        let mut spent = self.lock();
        let key = Some(key.clone()).filter(|key| spent.contains_key(&Some(key.clone())));
        if let Some(end) = spent.get_mut(&key) {
            *end = end.saturating_sub(interval);
        }
    }

    /// Spends so many more of a key's, or all that is left: what was allowed turned out to be worth less than it cost.
    pub fn charge(&self, key: &K, times: u32, now: Timestamp) {
        let Some(interval) = self.interval(self.limit) else { return };
        let now = now.millis().saturating_mul(1000);
        let mut spent = self.lock();
        let key = Self::place(&mut spent, key, now);
        let end = spent.get(&key).copied().unwrap_or(now).max(now).saturating_add(interval.saturating_mul(times.into()));
        spent.insert(key, end.min(now.saturating_add(micros(self.window))));
    }

    /// How many a window there are for each key; 0 is no limit.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// How often it refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How long one takes to come back.
    fn interval(&self, limit: u32) -> Option<i64> {
        self.window.checked_div(limit).map(micros)
    }

    /// Where a key's spending is noted: under itself, or with all that there is no room for.
    fn place(spent: &mut HashMap<Option<K>, i64>, key: &K, now: i64) -> Option<K> {
        let own = Some(key.clone());
        if spent.len() >= KEYS && !spent.contains_key(&own) {
            spent.retain(|_, end| *end > now);
        }
        own.filter(|key| spent.len() < KEYS || spent.contains_key(&Some(key.clone())))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Option<K>, i64>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn each_key_has_its_own_and_what_is_spent_comes_back_evenly() {
        let budget = Budget::new(3, MINUTE);
        let at = Timestamp::from_seconds;
        let spends = |key: u8, seconds: i64| budget.spend(&key, at(seconds));
        assert_eq!([0; 4].map(|_| spends(1, 0)), [true, true, true, false]);
        assert!(spends(2, 0), "another key is not touched");
        assert_eq!([19, 20, 20].map(|seconds| spends(1, seconds)), [false, true, false]);
        budget.give_back(&1);
        assert!(spends(1, 20) && !spends(1, 20));
        assert_eq!([80; 4].map(|seconds| spends(1, seconds)), [true, true, true, false]);
        assert_eq!(budget.refused(), 5);
    }

    #[test]
    fn a_key_may_have_a_limit_of_its_own_and_thousands_a_second_are_told_apart() {
        let budget = Budget::new(0, Duration::from_secs(1));
        let spent = |key: u8, limit: u32, millis: i64| {
            let now = Timestamp::from_millis(millis);
            (0..20_000).filter(|_| budget.spend_within(&key, limit, now)).count()
        };
        assert_eq!((spent(1, 10_000, 0), spent(1, 10_000, 1), spent(2, 3, 1)), (10_000, 10, 3));
    }

    #[test]
    fn a_charge_takes_what_is_there_and_no_more() {
        let budget = Budget::new(6, MINUTE);
        let at = Timestamp::from_seconds;
        budget.charge(&1, 4, at(0));
        assert_eq!([0; 3].map(|_| budget.spend(&1, at(0))), [true, true, false]);
        budget.charge(&1, 1_000, at(0));
        assert_eq!([9, 10, 10].map(|seconds| budget.spend(&1, at(seconds))), [false, true, false]);
        assert!(budget.spend(&2, at(0)));
    }

    #[test]
    fn zero_is_no_limit() {
        let budget = Budget::new(0, MINUTE);
        budget.charge(&1, 10, Timestamp::default());
        assert!((0..1_000).all(|_| budget.spend(&1, Timestamp::default())));
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory_and_shares_one_budget() {
        let budget = Budget::new(1, MINUTE);
        let now = Timestamp::from_seconds(1);
        assert!((0..KEYS).all(|key| budget.spend(&key, now)));
        assert!(budget.spend(&KEYS, now) && !budget.spend(&(KEYS + 1), now));
        assert!(budget.lock().len() <= KEYS + 1);
        assert!(budget.spend(&(KEYS + 2), now.plus(MINUTE)), "those who have recovered make room");
    }
}
