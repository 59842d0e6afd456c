//! What a process has in hand: requests that are being served, and bodies that are still coming. It outlives its last request
//! by none, and its bodies are bounded together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// How often it is looked whether the last request has been served.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How a body must come.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// It is there after this time, whole.
    pub deadline: Duration,
    /// After this time it must have come at [`Limits::bytes_per_second`] ever since.
    pub grace: Duration,
    /// The least rate after the grace.
    pub bytes_per_second: usize,
    /// What all unfinished bodies may hold together, in bytes.
    pub shared_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(30), grace: Duration::from_secs(10), bytes_per_second: 1_000, shared_bytes: 64 * 1024 * 1024 }
    }
}

/// What a process has in hand: one a process.
#[derive(Debug)]
pub struct Load {
    /// How bodies must come.
    pub limits: Limits,
    serving: AtomicUsize,
    unfinished_bytes: AtomicUsize,
    stopping: watch::Sender<bool>,
}

/// A request that is being served, until this is dropped.
pub struct Serving(Arc<Load>);

impl Load {
    /// Nothing in hand yet.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, serving: AtomicUsize::new(0), unfinished_bytes: AtomicUsize::new(0), stopping: watch::Sender::new(false) }
    }

    /// Begins to serve a request.
    #[must_use]
    pub fn begin(self: Arc<Self>) -> Serving {
        self.serving.fetch_add(1, Ordering::Relaxed);
        Serving(self)
    }

    /// Takes bytes of an unfinished body in; `false` where there is no room for them.
    #[must_use]
    pub fn take(&self, bytes: usize) -> bool {
        let limit = self.limits.shared_bytes;
        let taken = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= limit);
        self.unfinished_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    /// Gives the bytes back: the body is whole, or nobody waits for it any more.
    pub fn give_back(&self, bytes: usize) {
        self.unfinished_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Has bodies that are still coming given up, and connections without a request closed.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Resolves when the process is to stop.
    pub async fn stopped(&self) {
        // The sender is ours, and so outlives the wait.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Resolves when no request is being served.
    pub async fn idle(&self) {
        while self.serving.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.serving.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_bodies_share_their_room() {
        let load = Load::new(Limits { shared_bytes: 10, ..Limits::default() });
        assert!(load.take(6) && load.take(4));
        assert!(!load.take(1) && !load.take(usize::MAX));
        load.give_back(6);
        assert!(load.take(5));
    }
}
