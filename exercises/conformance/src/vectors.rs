//! Bytes to test against without a network: one file for each layer, made by our own code in a test.

use std::io;
use std::path::Path;

/// The files: name and content.
pub const FILES: [(&str, &str); 10] = [
    ("hmac.json", include_str!("../vectors/hmac.json")),
    ("frame.json", include_str!("../vectors/frame.json")),
    ("value.json", include_str!("../vectors/value.json")),
    ("exchange.json", include_str!("../vectors/exchange.json")),
    ("rc4.json", include_str!("../vectors/rc4.json")),
    ("cbc.json", include_str!("../vectors/cbc.json")),
    ("packet.json", include_str!("../vectors/packet.json")),
    ("keyed-packet.json", include_str!("../vectors/keyed-packet.json")),
    ("handshake.json", include_str!("../vectors/handshake.json")),
    // Two whole handshakes with every byte, made by a program in Python that knows only the specification.
    ("whole-handshakes.json", include_str!("../../../tests/vectors/handshake.json")),
];

/// Writes all of them into a folder, which is made if it is not there; how many there are. A file of the same name
/// is replaced.
///
/// # Errors
/// What the disk says.
pub fn copy_to(dir: &Path) -> io::Result<usize> {
    std::fs::create_dir_all(dir)?;
    for (name, content) in FILES {
        std::fs::write(dir.join(name), content)?;
    }
    Ok(FILES.len())
}
