//! The first bytes of a TLS connection: a record, and the server's name in the ClientHello inside. No
//! library.

/// Why bytes are refused, in a few words.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

/// A record (RFC 8446, section 5.1).
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// 20 to 23: change_cipher_spec, alert, handshake, application_data.
    pub kind: u8,
    /// What it carries.
    pub fragment: &'a [u8],
}

/// The most bytes that a record carries: 2^14, and 256 for encryption (RFC 8446, section 5.2).
pub const MAX_FRAGMENT: usize = (1 << 14) + 256;

/// Reads the record that `bytes` begin with, and says how many bytes it takes in all. `None` while bytes are
/// missing.
///
/// ```text
/// kind (1 byte) ‖ version (2 bytes, not looked at) ‖ length (2 bytes) ‖ that many bytes
/// ```
///
/// A wrong kind is refused as soon as it is there, and a wrong length too: nobody waits for bytes that are
/// refused anyway.
pub fn read_record(bytes: &[u8]) -> Result<Option<(Record<'_>, usize)>, Malformed> {
    todo!("kind, version, length, fragment; None where something is not there yet")
}

/// The name of the server in a whole ClientHello, in lower case; `None` if there is none in it.
///
/// ```text
/// ClientHello (RFC 8446, section 4.1.2)     1 (1 byte) ‖ length of the rest (3 bytes) ‖
///                                           version (2 bytes) ‖ random (32 bytes) ‖
///                                           session id [1] ‖ cipher suites [2] ‖ compression methods [1] ‖
///                                           extensions [2]
/// an extension (section 4.2)                number (2 bytes) ‖ data [2]
/// data of extension 0 (RFC 6066, section 3) list [2], and in it: 0 (1 byte) ‖ name [2]
/// ```
///
/// `[n]` stands for a length in n bytes and then that many bytes. `tls13.html` of the book shows a whole hello,
/// byte by byte.
///
/// Refused is what has bytes too few or too many at any place, the extension 0 twice, a list with none or several
/// names, and a name that is empty or has a byte that is not one of `a-z A-Z 0-9 - .`. A hello without the
/// extensions field (TLS 1.2 allows it) is refused here.
pub fn server_name(hello: &[u8]) -> Result<Option<String>, Malformed> {
    todo!("go through the message; look into extension 0, and pass over the others")
}

/// The one name in the data of extension 0.
fn host_name(mut data: Input<'_>) -> Result<String, Malformed> {
    todo!("a list with one entry of type 0, and its name")
}

/// Bytes that have not been read yet.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// The next `length` bytes. They are taken away, or it is an error if there are fewer.
    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        todo!("never more than there is")
    }

    /// A number of 1 to 3 bytes, big-endian.
    fn number(&mut self, width: usize) -> Result<usize, Malformed> {
        Ok(self.take(width)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// A length in `width` bytes, and then that many bytes.
    fn vector(&mut self, width: usize) -> Result<Self, Malformed> {
        let length = self.number(width)?;
        self.take(length).map(Input)
    }

    /// Nothing is left.
    fn end(&self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed("there are bytes too many")) }
    }
}
