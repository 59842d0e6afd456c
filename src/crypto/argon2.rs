//! Password hashing (argon2id) on its own bounded pool of threads, which sheds load rather than queueing without end.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::oneshot;

use super::password::Password;
use crate::kit::secret::constant_time_equals;

/// The pool's queue is full: the caller answers TooManyRequestsException.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the hashing queue is full")]
pub struct Busy;

/// A password hash in PHC form, its parameters inside.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash read from the store.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// What a comparison of a password with a hash found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The password is right, and its hash has the present parameters.
    Match,
    /// The password is right, and its hash should be made anew with the present parameters.
    MatchOutdated,
    /// The password is wrong.
    Mismatch,
}

/// How much work a hash is. The defaults are OWASP's: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

type Job = Box<dyn FnOnce(&mut Workspace) + Send>;

/// A thread's memory block, kept from hash to hash: allocating it anew costs a quarter more time.
#[derive(Default)]
struct Workspace {
    blocks: Vec<Block>,
    /// The work that was done here: KiB of memory, each time they were passed over.
    work: u64,
}

/// The bounded pool. Other CPU-heavy work (SRP's powers, key generation) runs on it too, by [`Hasher::run`].
pub struct Hasher {
    queue: SyncSender<Job>,
    cost: Argon2Cost,
}

impl Hasher {
    /// A pool of `threads`, with room for `queue_length` waiting jobs.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(cost: Argon2Cost, threads: usize, queue_length: usize) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(queue_length);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads.max(1) {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Self { queue, cost })
    }

    /// The cost of a hash that is made now.
    #[must_use]
    pub const fn cost(&self) -> Argon2Cost {
        self.cost
    }

    /// Runs CPU-heavy work on the pool.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        self.submit(move |_| work()).await
    }

    /// Hashes a new password with a salt of 16 random bytes.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, Busy> {
        let cost = self.cost;
        self.submit(move |workspace| hash(workspace, cost, &password, &salt)).await?.ok_or(Busy)
    }

    /// Compares a password with a hash.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: Password, hash: PasswordHash) -> Result<Verification, Busy> {
        let cost = self.cost;
        self.submit(move |workspace| verify(workspace, cost, &password, &hash)).await
    }

    /// Spends the time of a comparison, for users who do not exist, and finds a mismatch.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify_nobody(&self, password: Password) -> Result<Verification, Busy> {
        let cost = self.cost;
        self.submit(move |workspace| {
            hash(workspace, cost, &password, &[0; 16]);
            Verification::Mismatch
        })
        .await
    }

    async fn submit<T: Send + 'static>(&self, job: impl FnOnce(&mut Workspace) -> T + Send + 'static) -> Result<T, Busy> {
        let (answer, result) = oneshot::channel();
        let job = Box::new(move |workspace: &mut Workspace| {
            // A caller who has gone away is not worth the work.
            if !answer.is_closed() {
                let _ = answer.send(job(workspace));
            }
        });
        self.queue.try_send(job).map_err(|_| Busy)?;
        result.await.map_err(|_| Busy)
    }
}

/// Takes jobs until the pool is dropped.
fn work(jobs: &Mutex<Receiver<Job>>) {
    let mut workspace = Workspace::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(&mut workspace),
            Err(_) => return,
        }
    }
}

fn hash(workspace: &mut Workspace, cost: Argon2Cost, password: &Password, salt: &[u8]) -> Option<PasswordHash> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let phc = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(&compute(workspace, params, password, salt)?).ok()?),
    };
    Some(PasswordHash(phc.to_string()))
}

fn verify(workspace: &mut Workspace, cost: Argon2Cost, password: &Password, hash: &PasswordHash) -> Verification {
    let compared = (|| {
        let phc = Phc::new(hash.as_str()).ok()?;
        let params = Params::try_from(&phc).ok()?;
        let present = (params.m_cost(), params.t_cost(), params.p_cost()) == (cost.memory_kib, cost.passes, cost.lanes);
        let computed = compute(workspace, params.clone(), password, phc.salt?.as_ref())?;
        // SECURITY: a hash of a lower cost would tell its user from nobody, whose comparison has the present cost.
        if let Some(rest) = rest(&params, cost) {
            compute(workspace, rest, password, &[0; 16])?;
        }
        Some((constant_time_equals(&computed, phc.hash?.as_bytes()), present))
    })();
    match compared {
        Some((true, true)) => Verification::Match,
        Some((true, false)) => Verification::MatchOutdated,
        Some((false, _)) | None => Verification::Mismatch,
    }
}

/// What a comparison with a hash of a lower cost has saved, as parameters of one more hash.
fn rest(params: &Params, cost: Argon2Cost) -> Option<Params> {
    let present = u64::from(cost.memory_kib) * u64::from(cost.passes);
    let saved = present.checked_sub(work_of(params))?;
    let memory_kib = u32::try_from(saved / u64::from(cost.passes)).ok()?;
    // Too little to be a hash, and to be seen.
    Params::new(memory_kib, cost.passes, cost.lanes, Some(32)).ok()
}

fn work_of(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

fn compute(workspace: &mut Workspace, params: Params, password: &Password, salt: &[u8]) -> Option<[u8; 32]> {
    let mut tag = [0; 32];
    workspace.blocks.resize(params.block_count(), Block::default());
    workspace.work += work_of(&params);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.expose_secret().as_bytes(), salt, &mut tag, workspace.blocks.as_mut_slice())
        .ok()?;
    Some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 64, passes: 1, lanes: 1 };

    #[actix_web::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::start(CHEAP, 1, 8).unwrap();
        let hash = hasher.hash("Pa55word!".into(), [7; 16]).await.unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.as_str());
        assert_eq!(hasher.verify("Pa55word!".into(), hash.clone()).await, Ok(Verification::Match));
        assert_eq!(hasher.verify("Pa55word?".into(), hash.clone()).await, Ok(Verification::Mismatch));
        assert_eq!(hasher.verify("Pa55word!".into(), PasswordHash::stored("broken".into())).await, Ok(Verification::Mismatch));
    }

    #[actix_web::test]
    async fn a_hash_with_other_parameters_matches_and_is_outdated() {
        let old = Hasher::start(Argon2Cost { memory_kib: 128, ..CHEAP }, 1, 8).unwrap();
        let hash = old.hash("p".into(), [1; 16]).await.unwrap();
        let new = Hasher::start(CHEAP, 1, 8).unwrap();
        assert_eq!(new.verify("p".into(), hash).await, Ok(Verification::MatchOutdated));
    }

    #[test]
    fn a_hash_of_a_lower_cost_is_as_much_work_as_nobodys() {
        let present = Argon2Cost { memory_kib: 256, passes: 2, lanes: 1 };
        let nobodys = {
            let mut workspace = Workspace::default();
            hash(&mut workspace, present, &"p".into(), &[0; 16]);
            workspace.work
        };
        for old in
            [present, CHEAP, Argon2Cost { memory_kib: 100, passes: 3, lanes: 1 }, Argon2Cost { memory_kib: 256, passes: 1, lanes: 1 }]
        {
            let stored = hash(&mut Workspace::default(), old, &"p".into(), &[1; 16]).unwrap();
            for password in ["p", "wrong"] {
                let mut workspace = Workspace::default();
                verify(&mut workspace, present, &password.into(), &stored);
                assert!(workspace.work.abs_diff(nobodys) <= 8, "{old:?}: {} for {nobodys}", workspace.work);
            }
        }
    }

    #[actix_web::test]
    async fn a_full_queue_sheds_load() {
        let hasher = Hasher::start(CHEAP, 1, 1).unwrap();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let (started, running) = oneshot::channel();
        let first = hasher.run(move || {
            let _ = started.send(());
            let _ = gate.recv();
        });
        let rest = async {
            running.await.unwrap();
            let waiting = hasher.run(|| 2);
            let outcome = async {
                let refused = hasher.run(|| 3).await;
                release.send(()).unwrap();
                refused
            };
            futures_util::future::join(waiting, outcome).await
        };
        let (first, (second, third)) = futures_util::future::join(first, rest).await;
        assert_eq!((first, second, third), (Ok(()), Ok(2), Err(Busy)));
    }
}
