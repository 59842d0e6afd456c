//! A lock that one process has at a time: the system gives it back when the process ends, however it ends.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustix::fs::{FlockOperation, fcntl_lock};
use rustix::io::Errno;
use rustix::process::{Flock, FlockType, fcntl_getlk};

use super::private_file;

/// The lock, had until the process ends or this is dropped. It keeps out other processes, not others in this one.
#[derive(Debug)]
pub struct Sole(#[expect(dead_code, reason = "the lock is had while the file is open")] File);

/// Why the lock is not had.
#[derive(Debug)]
pub enum Taken {
    /// Another process has it: its id, where this system knows it by one (not from another container or host).
    By(Option<i32>),
    /// The file system has no such file or lock.
    Io(io::Error),
}

impl Sole {
    /// Takes the lock of a file, which is made for it and holds nothing. The system itself says who has it, so that no id of
    /// a process that ended is ever named.
    ///
    /// # Errors
    /// [`Taken`].
    pub fn take(path: &Path) -> Result<Self, Taken> {
        private_file::check_names(path).and_then(|()| private_file::keep(path)).map_err(Taken::Io)?;
        let file = private_file::open(OpenOptions::new().write(true).create(true).truncate(false), path).map_err(Taken::Io)?;
        // Whoever may open the file could take the lock. It is opened once: closing it anywhere would give the lock back.
        private_file::close_to_others(&file).map_err(Taken::Io)?;
        loop {
            match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Self(file)),
                // POSIX leaves it to the system which of the two it says.
                Err(Errno::ACCESS | Errno::AGAIN) => {}
                Err(error) => return Err(Taken::Io(error.into())),
            }
            // Nobody: it has been given back since.
            if let Some(holder) = fcntl_getlk(&file, &Flock::from(FlockType::WriteLock)).map_err(|error| Taken::Io(error.into()))? {
                return Err(Taken::By(holder.pid.map(|pid| pid.as_raw_nonzero().get())));
            }
        }
    }
}

/// A file that no other process has while this is there, by whatever name: the lock is the file's own, and goes where it goes.
/// In one process it is had as often as it is asked for. Who has it is not told.
///
/// It is of another kind (flock) than those that SQLite takes of its file, so that neither gives up the other's.
#[derive(Clone, Debug)]
pub struct Whole(#[expect(dead_code, reason = "the lock is had while the file is open")] Arc<File>);

/// The files that this process has whole, by device and number. One is opened once: closing it again would give up the locks
/// that SQLite has on it (POSIX, fcntl).
static WHOLE: Mutex<BTreeMap<(u64, u64), Weak<File>>> = Mutex::new(BTreeMap::new());

impl Whole {
    /// Takes a file that is there.
    ///
    /// # Errors
    /// [`Taken`].
    pub fn take(path: &Path) -> Result<Self, Taken> {
        let mut whole = WHOLE.lock().unwrap_or_else(PoisonError::into_inner);
        whole.retain(|_, file| file.strong_count() > 0);
        let found = fs::metadata(path).map_err(Taken::Io)?;
        if let Some(file) = whole.get(&(found.dev(), found.ino())).and_then(Weak::upgrade) {
            return Ok(Self(file));
        }
        let file = private_file::open(OpenOptions::new().read(true), path).map_err(Taken::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Taken::By(None)),
            Err(TryLockError::Error(error)) => return Err(Taken::Io(error)),
        }
        let opened = file.metadata().map_err(Taken::Io)?;
        let file = Arc::new(file);
        whole.insert((opened.dev(), opened.ino()), Arc::downgrade(&file));
        Ok(Self(file))
    }
}
