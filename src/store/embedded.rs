//! The file of the embedded database: one process owns it, and nobody but its owner reads it.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::kit::private_file;
use crate::kit::sole::{Sole, Taken, Whole};

/// What SQLite keeps beside the file; made with the file's own mode, where it is not there yet.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The lock's file. SQLite's own locks come and go with its connections, and are waited for.
const LOCK: &str = "-lock";

/// The locks by which this process owns the file, until they fall.
#[derive(Debug)]
pub struct Owned {
    _sole: Sole,
    _whole: Whole,
}

/// Takes the file for this process alone and makes it, if need be: its one true path, however it was written, and the lock.
///
/// # Errors
/// [`StoreError::InUse`], [`StoreError::File`].
pub fn own(file: &Path) -> Result<(PathBuf, Owned), StoreError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| StoreError::File(path, error)
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().ok_or_else(|| failed(file)(io::ErrorKind::InvalidFilename.into()))?;
    // Folders on the way may be links. The file itself is none, and has one name: so this path is its only one, and its lock
    // is the same for all.
    let path = fs::canonicalize(folder).map_err(failed(folder))?.join(name);
    let lock = beside(&path, LOCK);
    let in_use = |taken, of: &Path| match taken {
        Taken::By(holder) => {
            StoreError::InUse { file: path.clone(), holder: holder.map_or_else(elsewhere, |pid| format!("process {pid}")) }
        }
        Taken::Io(error) => failed(of)(error),
    };
    let sole = Sole::take(&lock).map_err(|taken| in_use(taken, &lock))?;
    private_file::check_names(&path).map_err(failed(&path))?;
    if !private_file::keep(&path).map_err(failed(&path))? {
        private_file::open(OpenOptions::new().write(true).create_new(true), &path).map_err(failed(&path))?;
    }
    // The lock beside it names who has it, and can be deleted, or left behind where the file goes; the file's own can not.
    let whole = Whole::take(&path).map_err(|taken| in_use(taken, &path))?;
    for suffix in BESIDE {
        let path = beside(&path, suffix);
        private_file::keep(&path).map_err(failed(&path))?;
    }
    let owned = Owned { _sole: sole, _whole: whole };
    Ok((path, owned))
}

fn elsewhere() -> String {
    "a process that it does not know by this name, of another container or host, or by another path".to_owned()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(suffix);
    beside.into()
}
