//! An answer as the client reads it: the head, with limits, and how the body behind it ends.

use super::body::{BodyError, Framing};

/// The most bytes of an answer's head.
const MAX_RESPONSE_HEAD: usize = 64 << 10;
const MAX_FIELDS: usize = 200;

/// An answer whose head is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The words beside it.
    pub reason: String,
    /// Where to look instead, if the server says so.
    pub location: Option<String>,
    /// How the body's end is marked.
    pub framing: Framing,
}

/// Reads the head that `bytes` begin with, and says how long it is; `None` while it is incomplete. Heads of
/// interim answers (1xx) are returned like others, and another one follows them.
pub fn read_response(bytes: &[u8]) -> Result<Option<(Response, usize)>, BodyError> {
    let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    let length = match parsed.parse(&bytes[..bytes.len().min(MAX_RESPONSE_HEAD)]) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.len() >= MAX_RESPONSE_HEAD => {
            return Err(BodyError(format!(
                "the head of the answer is longer than {MAX_RESPONSE_HEAD} bytes"
            )));
        }
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(BodyError(format!("the answer has more than {MAX_FIELDS} fields")));
        }
        Err(error) => return Err(BodyError(format!("the answer is no HTTP/1.1: {error}"))),
    };
    let status = parsed.code.unwrap_or_default();
    let location = parsed.headers.iter().find(|field| field.name.eq_ignore_ascii_case("location"));
    let framing = match status {
        100..200 | 204 | 304 => Framing::Length(0), // never a body (RFC 9112, section 6.3)
        _ => Framing::from_fields(parsed.headers.iter().map(|field| (field.name, field.value)))?
            .unwrap_or(Framing::UntilClose),
    };
    let response = Response {
        status,
        reason: parsed.reason.unwrap_or_default().to_owned(),
        location: location.map(|field| String::from_utf8_lossy(field.value).into_owned()),
        framing,
    };
    Ok(Some((response, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_how_the_body_ends() {
        for (head, framing) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Framing::Length(5)),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Framing::Chunked),
            ("HTTP/1.0 200\r\n\r\n", Framing::UntilClose),
            ("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", Framing::Length(0)),
            ("HTTP/1.1 100 Continue\r\n\r\n", Framing::Length(0)),
        ] {
            let (response, length) = read_response(head.as_bytes()).unwrap().unwrap();
            assert_eq!((response.framing, length), (framing, head.len()));
            for cut in 0..head.len() {
                assert_eq!(read_response(&head.as_bytes()[..cut]), Ok(None));
            }
        }
    }

    #[test]
    fn endless_and_senseless_heads_are_errors() {
        let long = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(MAX_RESPONSE_HEAD));
        let many = format!("HTTP/1.1 200 OK\r\n{}", "X: y\r\n".repeat(MAX_FIELDS + 1));
        for head in [long.as_str(), &many, "SSH-2.0-x\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n"]
        {
            assert!(read_response(head.as_bytes()).is_err(), "{}", &head[..20.min(head.len())]);
        }
    }
}
