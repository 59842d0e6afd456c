//! Files that only their owner reads.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes a file, and has it on disk before going on.
///
/// # Errors
/// Those of the file system.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Creates a file with its content, unless there is one: of several processes that create it at once one wins, and nobody
/// ever sees it half written. `false` if it was there already.
///
/// # Errors
/// Those of the file system.
pub fn create(path: &Path, content: &[u8]) -> io::Result<bool> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}", std::process::id()));
    let draft = Path::new(&draft);
    write(draft, content)?;
    let linked = fs::hard_link(draft, path);
    fs::remove_file(draft)?;
    match linked {
        Ok(()) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                File::open(folder)?.sync_all()?;
            }
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Creates a folder and those it lies in, unless it is there already.
///
/// # Errors
/// Those of the file system.
pub fn create_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_once_and_keeps_its_first_content() {
        let folder = std::env::temp_dir().join(format!("passwright-private-file-{}", std::process::id()));
        create_folder(&folder).unwrap();
        let path = folder.join("key");
        assert!(create(&path, b"first").unwrap());
        assert!(!create(&path, b"second").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a draft was left");
        fs::remove_dir_all(folder).unwrap();
    }
}
