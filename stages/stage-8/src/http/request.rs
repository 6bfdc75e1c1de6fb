//! What a client asks for: the head of a request, read with limits.

use super::body::Framing;

/// The most bytes of a request's head.
pub const MAX_HEAD: usize = 16 << 10;
/// The most fields in it.
pub const MAX_HEADERS: usize = 100;
/// The most bytes of its body.
pub const MAX_BODY: usize = 1 << 20;

/// A request whose head is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    /// What stood after the question mark, as it was sent.
    pub query: String,
    /// How the body's end is marked.
    pub framing: Framing,
    /// Whether the client may ask again on this connection.
    pub keep_alive: bool,
    /// Whether the client waits for a word before it sends the body (RFC 9110, section 10.1.1).
    pub expects_continue: bool,
    /// The body, once it is there.
    pub body: Vec<u8>,
}

/// A request that gets no page, but a status and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// Why, for the client and for the log.
    pub why: String,
}

impl Refusal {
    /// With this status, because of this.
    pub fn new(status: u16, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

/// Reads the head that `bytes` begin with, and says how long it is; `None` while it is incomplete.
pub fn read_request(bytes: &[u8]) -> Result<Option<(Request, usize)>, Refusal> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut fields);
    let parsed_length = parsed.parse(&bytes[..bytes.len().min(MAX_HEAD)]);
    let length = match parsed_length {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() >= MAX_HEAD => {
            return Err(Refusal::new(431, format!("the head of a request has at most {MAX_HEAD} bytes")));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(Refusal::new(431, format!("a request has at most {MAX_HEADERS} fields")));
        }
        Err(httparse::Error::Version) => {
            return Err(Refusal::new(505, "this server speaks HTTP/1.1 and HTTP/1.0"));
        }
        Err(error) => return Err(Refusal::new(400, format!("this is no HTTP request: {error}"))),
    };
    let method = parsed.method.unwrap_or_default().to_owned();
    let recent = parsed.version == Some(1);
    let target = parsed.path.unwrap_or_default();
    // `https://host/path`, as clients of a proxy write it, must be understood, too (RFC 9112, section 3.2.2).
    let target = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => rest.find(['/', '?']).map_or("/", |at| &rest[at..]),
        _ => target,
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = if path.is_empty() { "/" } else { path };
    let says = |name: &str, word: &str| {
        let says = |value: &[u8]| {
            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
            value.split(',').any(|part| part.trim() == word)
        };
        parsed.headers.iter().any(|field| field.name.eq_ignore_ascii_case(name) && says(field.value))
    };
    // A server that guesses the host can be made to guess wrong (RFC 9112, section 3.2).
    match parsed.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("host")).count() {
        0 if recent => return Err(Refusal::new(400, "a request of HTTP/1.1 needs the field Host")),
        0 | 1 => {}
        _ => return Err(Refusal::new(400, "a request has one field Host, not several")),
    }
    let framing = Framing::from_fields(parsed.headers.iter().map(|field| (field.name, field.value)))
        .map_err(|error| Refusal::new(400, error.0))?
        .unwrap_or(Framing::Length(0));
    if matches!(framing, Framing::Length(length) if length > MAX_BODY as u64) {
        return Err(too_large());
    }
    let request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        framing,
        keep_alive: recent && !says("connection", "close"),
        expects_continue: recent && says("expect", "100-continue"),
        body: Vec::new(),
    };
    Ok(Some((request, length)))
}

/// The refusal of a body that is too long.
pub(super) fn too_large() -> Refusal {
    Refusal::new(413, format!("the body of a request has at most {MAX_BODY} bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(bytes: &[u8]) -> u16 {
        read_request(bytes).unwrap_err().status
    }

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        let bytes = b"POST /echo?text=a%20b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc";
        for cut in 0..bytes.len() - 3 {
            assert_eq!(read_request(&bytes[..cut]), Ok(None), "{cut}");
        }
        let (request, length) = read_request(bytes).unwrap().unwrap();
        assert_eq!(length, bytes.len() - 3);
        assert_eq!((request.path.as_str(), request.query.as_str()), ("/echo", "text=a%20b"));
        assert_eq!(request.framing, Framing::Length(3));
        assert!(request.keep_alive && request.expects_continue);
    }

    #[test]
    fn connections_are_kept_as_the_client_wishes() {
        let keeps = |head: &str| read_request(head.as_bytes()).unwrap().unwrap().0.keep_alive;
        assert!(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n"));
        assert!(!keeps("GET / HTTP/1.0\r\n\r\n"));
    }

    #[test]
    fn the_absolute_form_is_understood() {
        for (target, path) in
            [("https://x:1/a?b", "/a"), ("https://x", "/"), ("https://x?a=/b", "/"), ("/a://b", "/a://b")]
        {
            let head = format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");
            assert_eq!(read_request(head.as_bytes()).unwrap().unwrap().0.path, path);
        }
    }

    #[test]
    fn bad_requests_get_the_status_that_says_why() {
        let fields = "X: y\r\n".repeat(MAX_HEADERS + 1);
        for (status_code, head) in [
            (400, "hello\r\n\r\n".to_owned()),
            (400, "GET / HTTP/1.1\r\n\r\n".into()),
            (400, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n".into()),
            (400, "GET / HTTP/1.1\r\nHost: x\r\nBad Name: y\r\n\r\n".into()),
            (
                400,
                "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n".into(),
            ),
            (400, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n".into()),
            (413, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n".into()),
            (431, format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(MAX_HEAD))),
            (431, format!("GET / HTTP/1.1\r\nHost: x\r\n{fields}\r\n")),
            (505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n".into()),
        ] {
            assert_eq!(status(head.as_bytes()), status_code, "{}", &head[..head.len().min(80)]);
        }
    }
}
