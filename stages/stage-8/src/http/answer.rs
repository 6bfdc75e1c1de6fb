//! What a server answers: a status, a few fields, and content that may be made while it is sent.

use std::time::{Duration, SystemTime};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The value of Content-Type.
    pub kind: &'static str,
    /// More fields.
    pub fields: Vec<(&'static str, &'static str)>,
    /// The content.
    pub content: Content,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Bytes(Vec<u8>),
    /// So many bytes of a line that repeats itself, made while they are sent.
    Pattern(u64),
}

impl Answer {
    /// Plain text.
    #[must_use]
    pub fn text(status: u16, text: impl Into<Vec<u8>>) -> Self {
        let content = Content::Bytes(text.into());
        Self { status, kind: "text/plain; charset=utf-8", fields: Vec::new(), content }
    }

    /// A page.
    #[must_use]
    pub fn html(page: String) -> Self {
        Self { kind: "text/html; charset=utf-8", ..Self::text(200, page) }
    }

    /// The head as it is sent.
    #[must_use]
    pub fn head(&self, now: SystemTime, keep_alive: bool) -> String {
        let fields: String = self.fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\
             X-Content-Type-Options: nosniff\r\n{fields}Connection: {}\r\n\r\n",
            self.status,
            reason_phrase(self.status),
            http_date(now),
            self.kind,
            self.content.length(),
            if keep_alive { "keep-alive" } else { "close" },
        )
    }
}

impl Content {
    /// Bytes that are still to be sent.
    #[must_use]
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Pattern(left) => *left,
        }
    }

    /// The next piece; empty at the end.
    pub fn piece(&mut self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => std::mem::take(bytes),
            Self::Pattern(left) => {
                // The pieces are a multiple of the line, so that the pattern goes on across them.
                let length = (*left).min(PIECE as u64);
                *left -= length;
                LINE.iter().copied().cycle().take(usize::try_from(length).unwrap_or(PIECE)).collect()
            }
        }
    }
}

/// The usual words for a status (RFC 9110, section 15).
#[must_use]
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        505 => "HTTP Version Not Supported",
        _ => "Unknown",
    }
}

/// A time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
#[must_use]
fn http_date(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let Ok(date) = der::DateTime::from_unix_duration(since) else { return String::new() };
    let days = since.as_secs() / 86_400;
    // The first of January 1970 was a Thursday.
    let day = DAYS[usize::try_from(days % 7).unwrap_or_default()];
    let month = MONTHS[usize::from(date.month().clamp(1, 12)) - 1];
    format!(
        "{day}, {:02} {month} {} {:02}:{:02}:{:02} GMT",
        date.day(),
        date.year(),
        date.hour(),
        date.minutes(),
        date.seconds()
    )
}

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LINE: &[u8] = b"every byte of this is encrypted\n";
const PIECE: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_rfc_writes_it() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn a_pattern_is_as_long_as_it_says_and_goes_on_across_pieces() {
        let mut content = Content::Pattern(200_001);
        let mut all = Vec::new();
        loop {
            let piece = content.piece();
            if piece.is_empty() {
                break;
            }
            all.extend(piece);
        }
        assert_eq!(all.len(), 200_001);
        assert!(all.iter().zip(LINE.iter().cycle()).all(|(a, b)| a == b));
    }
}
