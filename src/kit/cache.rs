//! A cache bounded in size and age, which never keeps what was loaded before a local change.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache as Map;

use super::clock::Timestamp;

/// Shared values by key, each kept for at most `max_age` after its loading began.
///
/// `max_age` bounds what another node may still see after a change; a change on this node holds at once, because the
/// writer calls [`Cache::invalidate`] after its commit.
pub struct Cache<K, V> {
    entries: Map<K, Entry<V>>,
    max_age: Duration,
    generation: AtomicU64,
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
    /// A cache of at most `capacity` entries.
    #[must_use]
    pub fn new(capacity: usize, max_age: Duration) -> Self {
        Self { entries: Map::new(capacity), max_age, generation: AtomicU64::new(0) }
    }

    /// The cached value, or what `load` yields. An absent value (`None`) is not cached, so that what another node
    /// creates is found at once.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn find<E>(&self, key: &K, now: Timestamp, load: impl AsyncFnOnce() -> Result<Option<V>, E>) -> Result<Option<Arc<V>>, E> {
        if let Some(entry) = self.entries.get(key)
            && now.since(entry.loaded_at) < self.max_age
        {
            return Ok(Some(entry.value));
        }
        let generation = self.generation.load(Ordering::SeqCst);
        let Some(value) = load().await?.map(Arc::new) else {
            return Ok(None);
        };
        // INVARIANT: what was read before a change on this node never outlives the change: a change in between has
        // moved the generation, and then the value is used once and not kept.
        if self.generation.load(Ordering::SeqCst) == generation {
            self.entries.insert(key.clone(), Entry { value: Arc::clone(&value), loaded_at: now });
            if self.generation.load(Ordering::SeqCst) != generation {
                self.entries.remove(key);
            }
        }
        Ok(Some(value))
    }

    /// Forgets one key. Call it after the commit that changed the value.
    pub fn invalidate(&self, key: &K) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.entries.remove(key);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn find(cache: &Cache<u8, u8>, seconds: i64, value: u8) -> u8 {
        let found = cache.find(&1, Timestamp::from_seconds(seconds), async || Ok::<_, ()>(Some(value))).await;
        *found.unwrap().unwrap()
    }

    #[actix_web::test]
    async fn an_entry_lives_until_its_age_or_a_change() {
        let cache = Cache::new(10, SECOND);
        assert_eq!(find(&cache, 0, 1).await, 1);
        assert_eq!(find(&cache, 0, 2).await, 1, "kept");
        assert_eq!(find(&cache, 1, 3).await, 3, "aged");
        cache.invalidate(&1);
        assert_eq!(find(&cache, 1, 4).await, 4, "changed");
    }

    #[actix_web::test]
    async fn what_was_read_before_a_change_is_not_kept() {
        let cache = Cache::new(10, SECOND);
        let stale = cache
            .find(&1, Timestamp::default(), async || {
                cache.invalidate(&1);
                Ok::<_, ()>(Some(1))
            })
            .await;
        assert_eq!(*stale.unwrap().unwrap(), 1);
        assert_eq!(find(&cache, 0, 2).await, 2);
    }
}
