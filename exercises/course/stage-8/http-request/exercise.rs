//! The head of an HTTP/1.1 request, read with limits (RFC 9112). What two programs could read in two ways is
//! refused.

/// The head of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Head {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// As it was sent: `/echo?text=hello`.
    pub target: String,
    /// Names in lower case, values without the spaces and tabs around them, in the order in which they came.
    pub fields: Vec<(String, String)>,
    /// What comes behind the head.
    pub body: Body,
}

/// How long the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// So many bytes; 0 if nothing is said.
    Length(u64),
    /// In chunks, each with its length.
    Chunked,
}

/// The status with which a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub u16);

/// The most bytes of a head, its empty line included.
pub const MAX_HEAD: usize = 8192;
/// The most fields.
pub const MAX_FIELDS: usize = 100;

const BAD: Refused = Refused(400);

/// Reads the head that `bytes` begin with, and says how long it is. `None` while its end is not there. If
/// several refusals apply, any of them will do.
///
/// - A head ends with an empty line, `\r\n\r\n`. If that does not come within [`MAX_HEAD`] bytes: 431.
/// - More than [`MAX_FIELDS`] fields: 431.
/// - Lines end with `\r\n`. In them are only spaces, tabs and visible ASCII (`' '..='~'`): else 400.
/// - The first line is method, target and version with one space between: else 400. The method is a token,
///   and the target is neither empty nor has a tab. Another version than `HTTP/1.1`: 505 (`http/1.1` is
///   another version).
/// - Each other line is a name, a colon and a value, and the name is a token: else 400.
/// - There is exactly one `host`: else 400.
/// - [`body`] says how the body comes.
pub fn read_head(bytes: &[u8]) -> Result<Option<(Head, usize)>, Refused> {
    todo!("find the end, then check the first line, each field, and host")
}

/// One line: name and value.
fn field(line: &str) -> Result<(String, String), Refused> {
    todo!("a token, a colon, and a value without the spaces and tabs around it")
}

/// How the body comes. Two programs on the way must never think differently about this, so there is only one
/// way to say each:
///
/// - neither `content-length` nor `transfer-encoding`: no body, `Length(0)`;
/// - `content-length` once, digits only, and a number below 2^64;
/// - `transfer-encoding` once, `chunked` and nothing else (in capital letters, too), and no `content-length`.
///
/// Else 400.
fn body(fields: &[(String, String)]) -> Result<Body, Refused> {
    todo!("list what is allowed, and refuse everything else")
}

/// The values of all fields with this name.
fn values<'a>(fields: &'a [(String, String)], name: &str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
}

/// Whether this is a token (RFC 9110, section 5.6.2): not empty, letters, digits and some other signs.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}
