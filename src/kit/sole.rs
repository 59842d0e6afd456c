//! A lock that one process has at a time: the system gives it back when the process ends, however it ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

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
