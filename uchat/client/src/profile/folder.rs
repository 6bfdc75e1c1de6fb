//! Folders and files that only their owner may read.

use std::io::{self, Write};
use std::path::Path;

/// Makes this folder, and those above it that are missing, with mode 0700. One that is there stays as it is.
///
/// # Errors
/// The file system refuses.
pub fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Writes a file with mode 0600. One that is there is replaced at once and as a whole, and not before all of the
/// new one is on disk.
///
/// # Errors
/// The file system refuses; then the old file is still there.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?; // mode 0600
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
