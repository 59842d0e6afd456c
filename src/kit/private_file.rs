//! Files that only their owner reads. No symbolic link is followed to one: whoever could plant it would choose what is
//! overwritten, or which secret is believed.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::umask;

const PRIVATE: u32 = 0o600;

/// From here on, whatever this process creates is its owner's and nobody else's, whatever umask it was started with: files
/// that a library makes too.
pub fn by_default() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// The text of a file, which is made private where it is not.
///
/// # Errors
/// Those of the file system; a link, or what is no file.
pub fn read(path: &Path) -> io::Result<String> {
    keep(path)?;
    let mut text = String::new();
    open(OpenOptions::new().read(true), path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Creates a file with its content, and has it on disk before going on.
///
/// # Errors
/// Those of the file system, also where there is one already, or a link.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// Creates a file with its content, unless there is one: of several processes that create it at once one wins, and nobody
/// ever sees it half written. `false` if it was there already. The tag makes the name of its draft, and so is used once.
///
/// # Errors
/// Those of the file system.
pub fn create(path: &Path, tag: &str, content: &[u8]) -> io::Result<bool> {
    let draft = draft(path, tag);
    write_new(&draft, content)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Where a file's content waits until it is known that it is to be there: beside it.
#[must_use]
pub fn draft(path: &Path, tag: &str) -> PathBuf {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{tag}.draft"));
    draft.into()
}

/// Puts a draft in its file's place, whatever was there. `false` where there is no such draft: it is in its place, or was
/// made elsewhere.
///
/// # Errors
/// Those of the file system.
pub fn settle(path: &Path, tag: &str) -> io::Result<bool> {
    match fs::rename(draft(path, tag), path) {
        Ok(()) => sync_folder(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a file private that is there, and tells whether it is. What is private already is not opened: closing it would give
/// up the locks that this process has on it (POSIX, fcntl).
///
/// # Errors
/// Those of the file system; a link, or what is no file.
pub fn keep(path: &Path) -> io::Result<bool> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if found.is_symlink() {
        return Err(io::Error::other("this is a symbolic link, and none is followed here: name the file itself"));
    }
    if !found.is_file() {
        return Err(io::Error::other("this is not a file"));
    }
    if found.mode() & 0o777 != PRIVATE {
        close_to_others(&open(OpenOptions::new().read(true), path)?)?;
    }
    Ok(true)
}

/// Refuses a file that has another name beside its path: what is done to it here would be done to that one.
///
/// # Errors
/// Those of the file system; a hard link.
pub fn check_names(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.nlink() > 1 => {
            Err(io::Error::other("the file has another name (a hard link), by which another process could open it: remove one of them"))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Makes an open file private.
///
/// # Errors
/// Those of the file system.
pub fn close_to_others(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(PRIVATE))
}

/// Opens a file for its owner, and no link: not one either that has come into its place since somebody looked.
///
/// # Errors
/// Those of the file system; a link.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    // Without O_NONBLOCK a pipe in its place would be waited for.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.mode(PRIVATE).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Creates a folder and those it lies in, unless it is there already.
///
/// # Errors
/// Those of the file system.
pub fn create_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates a folder of our own in one that is there, unless it is there already.
///
/// # Errors
/// Those of the file system; a link, or what is no folder.
pub fn create_subfolder(path: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && fs::symlink_metadata(path)?.is_dir() => Ok(()),
        made => made,
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("passwright-{name}-{}", std::process::id()));
        create_folder(&folder).unwrap();
        folder
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_file_is_created_once_and_keeps_its_first_content() {
        let folder = folder("private-file");
        let path = folder.join("key");
        assert!(create(&path, "a", b"first").unwrap());
        assert!(!create(&path, "b", b"second").unwrap());
        assert_eq!((read(&path).unwrap().as_str(), mode(&path)), ("first", 0o600));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a draft was left");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_draft_takes_its_files_place_and_not_that_of_what_a_link_names() {
        let folder = folder("private-draft");
        let (path, victim) = (folder.join("credentials"), folder.join("victim"));
        fs::write(&victim, "untouched").unwrap();
        symlink(&victim, &path).unwrap();
        assert!(!settle(&path, "one").unwrap());
        write_new(&draft(&path, "one"), b"new").unwrap();
        assert!(write_new(&draft(&path, "one"), b"again").is_err(), "a draft is written once");
        assert!(settle(&path, "one").unwrap());
        assert_eq!((read(&path).unwrap().as_str(), fs::read_to_string(&victim).unwrap().as_str()), ("new", "untouched"));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_others_may_read_is_made_private_and_a_link_is_refused() {
        let folder = folder("private-keep");
        let (path, link) = (folder.join("key"), folder.join("link"));
        fs::write(&path, "text").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        symlink(&path, &link).unwrap();
        for refused in [read(&link).map(drop), keep(&link).map(drop), open(OpenOptions::new().read(true), &link).map(drop)] {
            assert!(refused.is_err());
        }
        assert!(!create(&link, "tag", b"other").unwrap());
        assert_eq!(mode(&path), 0o644);
        assert!(!keep(&folder.join("none")).unwrap());
        assert!(keep(&folder).is_err(), "a folder is no file");
        assert_eq!((read(&path).unwrap().as_str(), mode(&path)), ("text", 0o600));
        fs::remove_dir_all(folder).unwrap();
    }
}
