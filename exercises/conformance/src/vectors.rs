//! Golden bytes.
use std::path::Path;

/// Copies.
pub fn copy_to(dir: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(dir)?;
    Ok(0)
}
