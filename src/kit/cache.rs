//! A cache bounded in size and age, which loads a key once at a time and never keeps what was loaded before a change.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache as Map;

use super::clock::Timestamp;

/// Until when all that others changed has been heard of, shared by the caches that depend on it.
///
/// Whoever hears of changes forgets what they made old, and then confirms the moment at which they began to listen. What a
/// cache holds is believed for `bound` after its loading and after the newest confirmation, whichever is later: so a node
/// that hears nothing any more is back at reading everything anew.
#[derive(Debug)]
pub struct Confirmation {
    bound: Duration,
    at: AtomicI64,
}

impl Confirmation {
    /// Nothing is confirmed yet.
    #[must_use]
    pub const fn new(bound: Duration) -> Self {
        Self { bound, at: AtomicI64::new(i64::MIN) }
    }

    /// All that was changed before `at` has been heard of, and what it made old is forgotten.
    pub fn confirm(&self, at: Timestamp) {
        self.at.store(at.millis(), Ordering::SeqCst);
    }

    /// The newest confirmed moment.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.at.load(Ordering::SeqCst))
    }

    fn covers(&self, loaded_at: Timestamp, now: Timestamp) -> bool {
        // A moment that lies ahead by more than the bound was noted before the clock was set back: it says nothing.
        let is_near = |moment: Timestamp| now.since(moment) < self.bound && moment.since(now) < self.bound;
        is_near(loaded_at) || is_near(self.at())
    }
}

/// Shared values by key.
pub struct Cache<K, V> {
    entries: Map<K, Entry<V>>,
    max_age: Duration,
    /// `None` where a value follows from its key, so that nothing makes it old.
    confirmation: Option<Arc<Confirmation>>,
}

struct Entry<V> {
    value: Arc<V>,
    loaded_at: Timestamp,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value), loaded_at: self.loaded_at }
    }
}

impl<K: Eq + Hash + Clone, V> Cache<K, V> {
    /// A cache of at most `capacity` entries, each kept for at most `max_age` and believed as `confirmation` tells.
    #[must_use]
    pub fn new(capacity: usize, max_age: Duration, confirmation: Arc<Confirmation>) -> Self {
        Self { entries: Map::new(capacity), max_age, confirmation: Some(confirmation) }
    }

    /// A cache of what follows from its key alone, as the parsed form of a text does.
    #[must_use]
    pub fn of_what_follows_from_keys(capacity: usize, max_age: Duration) -> Self {
        Self { entries: Map::new(capacity), max_age, confirmation: None }
    }

    /// The cached value, or what `load` yields. Of those who ask for a key at once, one loads and the rest wait for it. An
    /// absent value (`None`) is neither kept nor shared, so that what is created is found at once, on every node.
    ///
    /// # Errors
    /// Those of `load`; whoever waited then loads for themselves.
    pub async fn find<E>(&self, key: &K, now: Timestamp, load: impl AsyncFnOnce() -> Result<Option<V>, E>) -> Result<Option<Arc<V>>, E> {
        loop {
            let loading = match self.entries.get_value_or_guard_async(key).await {
                Ok(entry) if self.is_believed(&entry, now) => return Ok(Some(entry.value)),
                Ok(_) => {
                    self.entries.remove_if(key, |entry| !self.is_believed(entry, now));
                    continue;
                }
                Err(loading) => loading,
            };
            let Some(value) = load().await?.map(Arc::new) else { return Ok(None) };
            // INVARIANT: what was read before a change never outlives the change: forgetting a key takes away the place
            // that was held for it too, and then the value serves those who asked before the change, and is not kept.
            let _ = loading.insert(Entry { value: Arc::clone(&value), loaded_at: now });
            return Ok(Some(value));
        }
    }

    /// Forgets one key, and what is being loaded for it.
    pub fn forget(&self, key: &K) {
        self.entries.remove(key);
    }

    /// Forgets everything, and what is being loaded.
    pub fn clear(&self) {
        self.entries.clear();
    }

    fn is_believed(&self, entry: &Entry<V>, now: Timestamp) -> bool {
        let is_covered = |confirmation: &Arc<Confirmation>| confirmation.covers(entry.loaded_at, now);
        now.since(entry.loaded_at) < self.max_age && self.confirmation.as_ref().is_none_or(is_covered)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const MINUTE: Duration = Duration::from_secs(60);

    fn cache() -> (Cache<u8, u8>, Arc<Confirmation>) {
        let confirmation = Arc::new(Confirmation::new(SECOND));
        (Cache::new(10, MINUTE, Arc::clone(&confirmation)), confirmation)
    }

    async fn find(cache: &Cache<u8, u8>, millis: i64, value: u8) -> u8 {
        let found = cache.find(&1, Timestamp::from_millis(millis), async || Ok::<_, ()>(Some(value))).await;
        *found.unwrap().unwrap()
    }

    #[actix_web::test]
    async fn what_nobody_confirms_is_believed_for_the_bound() {
        let (cache, _) = cache();
        assert_eq!(find(&cache, 0, 1).await, 1);
        assert_eq!(find(&cache, 999, 2).await, 1, "kept");
        assert_eq!(find(&cache, 1_000, 3).await, 3, "distrusted");
        cache.forget(&1);
        assert_eq!(find(&cache, 1_000, 4).await, 4, "changed");
    }

    #[actix_web::test]
    async fn what_is_confirmed_is_kept_until_its_age() {
        let (cache, confirmation) = cache();
        assert_eq!(find(&cache, 0, 1).await, 1);
        confirmation.confirm(Timestamp::from_seconds(58));
        assert_eq!(find(&cache, 58_999, 2).await, 1, "confirmed");
        assert_eq!(find(&cache, 59_000, 3).await, 3, "the confirmation is old");
        confirmation.confirm(Timestamp::from_seconds(119));
        assert_eq!(find(&cache, 119_000, 4).await, 4, "a minute old");
        assert_eq!(find(&cache, 100_000, 5).await, 5, "a clock that was set back confirms nothing");
    }

    #[actix_web::test]
    async fn what_follows_from_its_key_needs_no_confirmation() {
        let cache = Cache::of_what_follows_from_keys(10, MINUTE);
        assert_eq!(find(&cache, 0, 1).await, 1);
        assert_eq!(find(&cache, 59_999, 2).await, 1);
    }

    #[actix_web::test]
    async fn what_was_read_before_a_change_is_not_kept() {
        for clears in [false, true] {
            let (cache, _) = cache();
            let forget = || if clears { cache.clear() } else { cache.forget(&1) };
            let load = async || {
                forget();
                Ok::<_, ()>(Some(1))
            };
            assert_eq!(*cache.find(&1, Timestamp::default(), load).await.unwrap().unwrap(), 1);
            assert_eq!(find(&cache, 0, 2).await, 2, "clears: {clears}");
        }
    }

    #[actix_web::test]
    async fn who_asks_after_a_change_does_not_share_what_was_read_before_it() {
        let (cache, _) = cache();
        let load = async || {
            cache.forget(&1);
            assert_eq!(find(&cache, 0, 2).await, 2);
            Ok::<_, ()>(Some(1))
        };
        assert_eq!(*cache.find(&1, Timestamp::default(), load).await.unwrap().unwrap(), 1);
        assert_eq!(find(&cache, 0, 3).await, 2, "what was read after the change is kept");
    }

    #[actix_web::test]
    async fn of_many_who_ask_at_once_one_loads() {
        let (cache, _) = cache();
        let loads = Cell::new(0);
        let ask = |_| {
            cache.find(&1, Timestamp::default(), async || {
                loads.set(loads.get() + 1);
                tokio::task::yield_now().await;
                Ok::<_, ()>(Some(7))
            })
        };
        let found = join_all((0..50).map(ask)).await;
        assert!(found.into_iter().all(|found| *found.unwrap().unwrap() == 7));
        assert_eq!(loads.get(), 1);
    }

    #[actix_web::test]
    async fn what_is_absent_is_neither_kept_nor_shared() {
        let (cache, _) = cache();
        let loads = Cell::new(0);
        let ask = |_| {
            cache.find(&1, Timestamp::default(), async || {
                loads.set(loads.get() + 1);
                tokio::task::yield_now().await;
                Ok::<_, ()>((loads.get() > 1).then_some(7))
            })
        };
        let found = join_all((0..3).map(ask)).await;
        assert_eq!(found.into_iter().filter(|found| found.as_ref().unwrap().is_none()).count(), 1, "only who looked too early");
    }
}
