//! Small text files: certificates, requests, lists, passwords.

use conn_auth::drop_newline;
use echo::lab::{Failure, io_failure};
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Reads a text of at most 1 MiB.
///
/// # Errors
/// A sentence that names the file.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = read(path, MAX_TEXT)?;
    let no_text = |_| Failure::new(format!("{} is no text", path.display()));
    String::from_utf8(bytes).map_err(no_text)
}

/// The same, and `None` if there is no such file.
pub fn read_text_if_there(path: &Path) -> Result<Option<String>, Failure> {
    match path.try_exists() {
        Ok(false) => Ok(None),
        _ => read_text(path).map(Some),
    }
}

/// Reads a password: the file's content without the newline that editors put at its end.
pub fn read_password(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut password = Zeroizing::new(read(path, MAX_PASSWORD)?);
    drop_newline(&mut password);
    if password.is_empty() {
        return Err(Failure::new(format!("the password file {} is empty", path.display())));
    }
    Ok(password)
}

/// Writes a file that everybody may read. One that is there is never overwritten, and a half-written one
/// never stands under this name.
pub fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |e| io_failure(&format!("cannot write {}", path.display()), &e);
    written(path, text).map_err(failed)?.persist_noclobber(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// The same for a file of our own that has a new content from time to time: whoever reads it sees either the
/// old one or the new one.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |e| io_failure(&format!("cannot write {}", path.display()), &e);
    written(path, text).map_err(failed)?.persist(path).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Says early that `path` is taken, before the user has waited for a key; [`write_new`] then makes sure.
pub fn expect_none(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_failure(&format!("cannot write {}", path.display()), &error)),
        Ok(_) => Err(Failure::new(format!("{} is there already; it is not overwritten", path.display()))),
    }
}

fn read(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let failed = |e| io_failure(&format!("cannot read {}", path.display()), &e);
    let file = File::open(path).map_err(failed)?;
    // Room for all of it from the start, as it may be a password or a key: a buffer that grows leaves copies behind.
    let length = file.metadata().map_err(failed)?.len().min(most as u64);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(most) + 1);
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most {
        return Err(Failure::new(format!("{} is larger than {most} bytes", path.display())));
    }
    Ok(bytes)
}

/// A file with this text, still under another name in the same folder.
fn written(path: &Path, text: &str) -> std::io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

const MAX_TEXT: usize = 1 << 20;
const MAX_PASSWORD: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_into_one_buffer() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for length in [1, 31, 33, 1000, MAX_PASSWORD] {
            std::fs::write(file.path(), vec![b'x'; length]).unwrap();
            let password = read(file.path(), MAX_PASSWORD).unwrap();
            assert_eq!((password.len(), password.capacity()), (length, length + 1));
        }
        std::fs::write(file.path(), vec![b'x'; MAX_PASSWORD + 1]).unwrap();
        assert!(read(file.path(), MAX_PASSWORD).is_err());
    }
}
