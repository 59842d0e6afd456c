//! Work that would keep a thread busy for longer than others should wait for it.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use tokio::sync::{AcquireError, Semaphore, TryAcquireError};
use tokio::task::{JoinError, spawn_blocking};

/// How much work may wait for its turn: each keeps what it is about in memory.
const MAX_WAITING: usize = 64;

static LINE: LazyLock<Line> = LazyLock::new(|| Line::new(half_of_the_cores(), MAX_WAITING));

/// Why work is not done.
#[derive(Debug, thiserror::Error)]
pub enum Undone {
    /// The line is full: the caller answers that there are too many requests.
    #[error("too much long work is waiting")]
    Busy,
    /// It panicked.
    #[error(transparent)]
    Failed(#[from] JoinError),
}

/// Does the work on a thread of its own, in its turn.
///
/// # Errors
/// [`Undone`].
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Undone> {
    LINE.run(work).await
}

/// The other half of the cores answers everybody else meanwhile.
fn half_of_the_cores() -> usize {
    (available_parallelism().map_or(1, std::num::NonZero::get) / 2).max(1)
}

/// So much work at once, and so much in line for it.
struct Line {
    places: Arc<Semaphore>,
    /// Of those who work and those who wait.
    tickets: Arc<Semaphore>,
}

impl Line {
    fn new(places: usize, waiting: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), tickets: Arc::new(Semaphore::new(places.saturating_add(waiting))) }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Undone> {
        let ticket = Arc::clone(&self.tickets).try_acquire_owned().map_err(|_: TryAcquireError| Undone::Busy)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_: AcquireError| Undone::Busy)?;
        // Whoever no longer waits for the work leaves it its place until it is done.
        let done = spawn_blocking(move || {
            let _had = (ticket, place);
            work()
        });
        Ok(done.await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::{join, join_all};

    use super::*;

    #[actix_web::test]
    async fn long_work_leaves_the_event_loop_and_half_of_the_cores_to_others() {
        static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let work = || {
            MOST.fetch_max(AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(30));
            AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        };
        let ticks = async {
            let mut ticks = 0;
            while AT_ONCE.load(Ordering::SeqCst) > 0 || ticks < 10 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks += 1;
            }
            ticks
        };
        let all = join_all((0..4).map(|_| run(work)));
        let (done, ticks) = join(all, ticks).await;
        assert!(done.iter().all(Result::is_ok) && ticks >= 10);
        assert!(MOST.load(Ordering::SeqCst) <= half_of_the_cores());
    }

    #[actix_web::test]
    async fn work_for_which_the_line_has_no_room_is_refused_and_not_kept() {
        let line = Line::new(1, 2);
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let first = line.run(move || wait.recv().is_ok());
        // In the order in which they came: one works, two wait, two are refused; then the first goes on.
        let others = join_all((0..4).map(|_| line.run(|| true)));
        let released = async {
            tokio::task::yield_now().await;
            go.send(()).unwrap();
        };
        let (first, (others, ())) = join(first, join(others, released)).await;
        assert!(first.unwrap());
        let refused = others.iter().map(|done| matches!(done, Err(Undone::Busy))).collect::<Vec<_>>();
        assert_eq!(refused, [false, false, true, true]);
        assert!(line.run(|| true).await.unwrap(), "its room is given back");
    }
}
