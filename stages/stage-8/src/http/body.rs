//! Where a body ends (RFC 9112, sections 6 and 7): by its length, by its chunks, or with the connection.

use std::fmt;

/// How the end of a body is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length`: this many bytes; 0 also where there is no body.
    Length(u64),
    /// `Transfer-Encoding: chunked`: pieces, each with its length in front.
    Chunked,
    /// Neither: until the connection ends.
    UntilClose,
}

/// Why a body cannot be read on: the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyError(pub String);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BodyError {}

/// A body on its way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    framing: Framing,
    state: State,
    /// Bytes of the body so far.
    got: u64,
    /// An unfinished line between chunks.
    line: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// So many bytes are to come; `u64::MAX` until the connection ends.
    Bytes(u64),
    /// The line before a chunk: its size in hexadecimal.
    Size,
    /// The line's end after a chunk.
    ChunkEnd,
    /// Lines after the last chunk, until an empty one; so many bytes of them so far.
    Trailer(usize),
    Done,
}

impl Framing {
    /// Finds out from the two fields; `None` if neither is there. That both are there, or that they say two
    /// different things, is how requests are smuggled past a proxy (RFC 9112, section 11.2): an error.
    pub fn from_fields<'a>(
        fields: impl Iterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Option<Self>, BodyError> {
        let (mut length, mut chunked) = (None, false);
        for (name, value) in fields {
            if name.eq_ignore_ascii_case("content-length") {
                let text = str::from_utf8(value).unwrap_or_default().trim_matches([' ', '\t']);
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse::<u64>().ok().filter(|_| digits);
                let number = number.ok_or_else(|| {
                    BodyError(format!("Content-Length is {}, which is no length", quoted(value)))
                })?;
                if length.is_some_and(|length| length != number) {
                    return Err(BodyError("Content-Length is there twice, with different lengths".into()));
                }
                length = Some(number);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                if chunked || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(BodyError(format!(
                        "Transfer-Encoding is {}; only chunked is understood, and only once",
                        quoted(value)
                    )));
                }
                chunked = true;
            }
        }
        match (length, chunked) {
            (Some(_), true) => {
                Err(BodyError("Content-Length and Transfer-Encoding contradict each other".into()))
            }
            (_, true) => Ok(Some(Self::Chunked)),
            (length, false) => Ok(length.map(Self::Length)),
        }
    }
}

impl Body {
    /// A body that has not begun.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        let state = match framing {
            Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Bytes(length),
            Framing::Chunked => State::Size,
            Framing::UntilClose => State::Bytes(u64::MAX),
        };
        Self { framing, state, got: 0, line: Vec::new() }
    }

    /// Whether its end has come.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes it has so far.
    #[must_use]
    pub fn got(&self) -> u64 {
        self.got
    }

    /// How many it will have, if that is known beforehand.
    #[must_use]
    pub fn expected(&self) -> Option<u64> {
        if let Framing::Length(length) = self.framing { Some(length) } else { None }
    }

    /// Takes bytes from the connection, passes those of the body to `out`, and returns how many were used;
    /// what is left over belongs to whatever comes after the body.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<usize, BodyError> {
        let mut used = 0;
        while used < bytes.len() {
            match self.state {
                State::Done => break,
                State::Bytes(left) => {
                    let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - used);
                    out.extend_from_slice(&bytes[used..used + take]);
                    used += take;
                    self.got += take as u64;
                    self.state = match (left.saturating_sub(take as u64), self.framing) {
                        (_, Framing::UntilClose) => State::Bytes(u64::MAX),
                        (0, Framing::Chunked) => State::ChunkEnd,
                        (0, Framing::Length(_)) => State::Done,
                        (left, _) => State::Bytes(left),
                    };
                }
                State::Size | State::ChunkEnd | State::Trailer(_) => {
                    let byte = bytes[used];
                    used += 1;
                    self.line.push(byte);
                    if self.line.len() > MAX_LINE {
                        return Err(BodyError(format!(
                            "a line between chunks is longer than {MAX_LINE} bytes"
                        )));
                    }
                    if byte == b'\n' {
                        let line = std::mem::take(&mut self.line);
                        self.state = self.next(&line)?;
                    }
                }
            }
        }
        Ok(used)
    }

    /// What comes after this line.
    fn next(&self, line: &[u8]) -> Result<State, BodyError> {
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Err(BodyError("a line between chunks does not end in CR LF".into()));
        };
        match self.state {
            State::Size => {
                let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
                let hex =
                    !digits.is_empty() && digits.len() <= 15 && digits.iter().all(u8::is_ascii_hexdigit);
                let size = str::from_utf8(digits).ok().filter(|_| hex);
                match size.and_then(|digits| u64::from_str_radix(digits, 16).ok()) {
                    Some(0) => Ok(State::Trailer(0)),
                    Some(size) => Ok(State::Bytes(size)),
                    None => {
                        Err(BodyError(format!("a chunk begins with {} in place of its size", quoted(line))))
                    }
                }
            }
            State::ChunkEnd if line.is_empty() => Ok(State::Size),
            State::ChunkEnd => Err(BodyError("a chunk is longer than its size says".into())),
            State::Trailer(_) if line.is_empty() => Ok(State::Done),
            State::Trailer(sum) if sum + line.len() > MAX_TRAILER => {
                Err(BodyError(format!("the fields after the last chunk are longer than {MAX_TRAILER} bytes")))
            }
            State::Trailer(sum) => Ok(State::Trailer(sum + line.len())),
            other => Ok(other),
        }
    }

    // ANCHOR: closed
    /// The connection has ended; `cleanly` if the other side said so inside TLS. An error if the body has
    /// not.
    pub fn closed(&self, cleanly: bool) -> Result<(), BodyError> {
        match (self.state, self.framing) {
            (State::Done, _) => Ok(()),
            (_, Framing::UntilClose) if cleanly => Ok(()),
            (_, Framing::UntilClose) => Err(BodyError(format!(
                "the connection was cut after {} bytes without a goodbye (close_notify): the body may be incomplete",
                self.got
            ))),
            (_, Framing::Length(length)) => Err(BodyError(format!(
                "the server closed in the middle: {} of {length} bytes came",
                self.got
            ))),
            (_, Framing::Chunked) => Err(BodyError(format!(
                "the server closed in the middle: {} bytes came, and the last chunk did not",
                self.got
            ))),
        }
    }
    // ANCHOR_END: closed
}

fn quoted(bytes: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]);
    anatomy::quoted(&shown)
}

const MAX_LINE: usize = 1024;
const MAX_TRAILER: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(framing: Framing, stream: &[u8], size: usize) -> Result<(Vec<u8>, usize, bool), BodyError> {
        let (mut body, mut out, mut used) = (Body::new(framing), Vec::new(), 0);
        for piece in stream.chunks(size) {
            used += body.push(piece, &mut out)?;
        }
        Ok((out, used, body.is_done()))
    }

    #[test]
    fn bodies_end_where_they_should_however_the_stream_is_cut() {
        let chunked = b"5;note=1\r\nhello\r\n00001 \r\n!\r\n0\r\nX: y\r\n\r\nnext";
        for size in 1..=chunked.len() {
            let (out, used, done) = read(Framing::Chunked, chunked, size).unwrap();
            assert_eq!((out.as_slice(), used, done), (&b"hello!"[..], chunked.len() - 4, true));
            let (out, used, done) = read(Framing::Length(3), b"abcdef", size).unwrap();
            assert_eq!((out.as_slice(), used, done), (&b"abc"[..], 3, true));
            assert_eq!(read(Framing::UntilClose, b"abc", size).unwrap(), (b"abc".to_vec(), 3, false));
        }
        assert!(Body::new(Framing::Length(0)).is_done());
    }

    #[test]
    fn bad_chunks_are_errors() {
        for stream in [
            &b"xyz\r\n"[..],
            b"\r\n",
            b"-1\r\n",
            b"+5\r\nhello\r\n",
            b"0x5\r\nhello\r\n",
            b"5\nhello\r\n",
            b"5\r\nhello!\r\n",
            b"ffffffffffffffffff\r\n",
            b"10000000000000000\r\n",
            &[b'1'; 2000],
            &[&b"0\r\n"[..], &b"X: y\r\n".repeat(5000)].concat(),
        ] {
            assert!(read(Framing::Chunked, stream, 7).is_err(), "{}", quoted(stream));
        }
    }

    #[test]
    fn an_early_end_is_noticed() {
        let mut out = Vec::new();
        for (framing, stream) in [(Framing::Length(4), "abc"), (Framing::Chunked, "3\r\nabc\r\n")] {
            let mut body = Body::new(framing);
            body.push(stream.as_bytes(), &mut out).unwrap();
            assert!(body.closed(true).is_err());
        }
        let mut body = Body::new(Framing::UntilClose);
        body.push(b"abc", &mut out).unwrap();
        assert!(body.closed(true).is_ok());
        assert!(body.closed(false).unwrap_err().0.contains("close_notify"));
    }

    #[test]
    fn fields_that_contradict_each_other_are_refused() {
        let find = |fields: &[(&'static str, &'static str)]| {
            Framing::from_fields(fields.iter().map(|(name, value)| (*name, value.as_bytes())))
        };
        assert_eq!(find(&[]), Ok(None));
        assert_eq!(find(&[("Content-Length", "5"), ("content-length", " 5 ")]), Ok(Some(Framing::Length(5))));
        assert_eq!(find(&[("Transfer-Encoding", "Chunked")]), Ok(Some(Framing::Chunked)));
        for bad in [
            &[("Content-Length", "5"), ("Content-Length", "6")][..],
            &[("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
            &[("Content-Length", "+5")],
            &[("Content-Length", "5, 5")],
            &[("Content-Length", "")],
            &[("Content-Length", "99999999999999999999")],
            &[("Transfer-Encoding", "gzip")],
            &[("Transfer-Encoding", "gzip, chunked")],
            &[("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        ] {
            assert!(find(bad).is_err(), "{bad:?}");
        }
    }
}
