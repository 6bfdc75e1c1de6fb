//! What a file system says, as codes and sentences.

use anatomy::quoted;
use echo::lab::reason;
use std::io;
use std::path::Path;
use uchat_protocol::{Code, Refusal};

/// A file that is to be sent cannot be read.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    sentence(Code::FileUnreadable, "read", path, error)
}

/// A file or folder cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Refusal {
    let code = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::NoSpace,
        _ => Code::FileUnwritable,
    };
    sentence(code, "written", path, error)
}

/// Something is not what was announced.
pub(super) fn mismatch(text: impl Into<String>) -> Refusal {
    Refusal::because(Code::FileMismatch, text)
}

fn sentence(code: Code, what: &str, path: &Path, error: &io::Error) -> Refusal {
    let path = quoted(&path.to_string_lossy());
    Refusal::because(code, format!("{path} cannot be {what}: {}", reason(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_apart() {
        let refusal = |kind: io::ErrorKind| unwritable(Path::new("a\nb"), &kind.into());
        let full = refusal(io::ErrorKind::StorageFull);
        assert_eq!(
            (full.code, full.text.as_str()),
            (Code::NoSpace, r#""a\nb" cannot be written: the disk is full"#)
        );
        assert_eq!(refusal(io::ErrorKind::QuotaExceeded).code, Code::NoSpace);
        assert_eq!(refusal(io::ErrorKind::PermissionDenied).code, Code::FileUnwritable);
    }
}
