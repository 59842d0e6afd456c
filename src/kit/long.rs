//! Work that would keep a thread busy for longer than others should wait for it.

use std::sync::{Arc, LazyLock};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// Half of the cores: the other half answers everybody else meanwhile.
static PLACES: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new((available_parallelism().map_or(1, std::num::NonZero::get) / 2).max(1))));

/// Does the work on a thread of its own, in its turn.
///
/// # Errors
/// [`JoinError`] for work that panicked.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    // The places are never closed. Whoever no longer waits for the work leaves it its place until it is done.
    let place = Arc::clone(&PLACES).acquire_owned().await.ok();
    spawn_blocking(move || {
        let _place = place;
        work()
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

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
        let all = futures_util::future::join_all((0..4).map(|_| run(work)));
        let (done, ticks) = futures_util::future::join(all, ticks).await;
        assert!(done.iter().all(Result::is_ok) && ticks >= 10);
        let half = (available_parallelism().unwrap().get() / 2).max(1);
        assert!(MOST.load(Ordering::SeqCst) <= half);
    }
}
