//! Messages straight on a stream, one after the other: their values end by themselves, so nothing stands between
//! them.

use super::ChannelError;
use crate::limits;
use framing::Message;

/// Finds messages in a stream that arrives in pieces of any size. It stores what has arrived and nothing else, and
/// looks at each byte once: a message's length stands in its first six.
#[derive(Debug, Default)]
pub(super) struct Straight {
    stored: Vec<u8>,
    /// Where the next message starts in `stored`; before it lies what has been taken out.
    start: usize,
}

impl Straight {
    /// Takes the next bytes of the stream.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        // Moving less than what is dropped costs no more than to have taken it in.
        if self.start >= self.stored.len() / 2 {
            self.stored.drain(..self.start);
            self.start = 0;
        }
        self.stored.extend_from_slice(bytes);
    }

    /// What has arrived and was not taken out.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.stored[self.start..]
    }

    /// Takes so many bytes out, or all there are.
    pub(super) fn skip(&mut self, count: usize) {
        self.start = self.stored.len().min(self.start + count);
        if self.start == self.stored.len() {
            (self.start, self.stored) = (0, Vec::new()); // an idle connection keeps nothing
        }
    }

    /// The next whole message, `None` if more bytes are needed.
    ///
    /// # Errors
    /// If the next bytes are no message, or announce one that is too long, as soon as that can be seen; every later
    /// call says so again.
    pub(super) fn message(&mut self) -> Result<Option<Message>, ChannelError> {
        let ahead = self.ahead();
        let Some(length) = message_length(ahead)? else { return Ok(None) };
        let Some(bytes) = ahead.get(..length) else { return Ok(None) };
        let message = Message::from_bytes(bytes)?;
        self.skip(length);
        Ok(Some(message))
    }
}

/// Whether these bytes end where a message ends.
pub(super) fn ends_whole(mut bytes: &[u8]) -> bool {
    while let Ok(Some(length)) = message_length(bytes) {
        match bytes.get(length..) {
            Some(rest) => bytes = rest,
            None => return false,
        }
    }
    bytes.is_empty()
}

/// The length of the message that begins here, if enough of it is there to say.
fn message_length(ahead: &[u8]) -> Result<Option<usize>, ChannelError> {
    match *ahead {
        [operation @ (0 | 240..=255), ..] => Err(ChannelError::Operation(operation)),
        [_, 0, ..] => Ok(Some(2)), // nothing has no length
        // A type that does not exist: the reader has the sentence.
        [_, 8..=255, ..] => Ok(Message::from_bytes(&ahead[..2]).map(|_| None)?),
        [_, _, a, b, c, d, ..] => match usize::try_from(u32::from_be_bytes([a, b, c, d])) {
            Ok(value) if value <= limits::MESSAGE - HEADER => Ok(Some(HEADER + value)),
            value => {
                let length = value.unwrap_or(usize::MAX).saturating_add(HEADER);
                Err(ChannelError::TooLong { length, limit: limits::MESSAGE })
            }
        },
        _ => Ok(None),
    }
}

/// Bytes before the value's own: operation, type, length.
const HEADER: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;
    use framing::Value;

    #[test]
    fn messages_do_not_depend_on_where_the_stream_is_cut() {
        let said = [
            Message { operation: 3, value: Value::None },
            Message { operation: 4, value: Value::from("bob") },
            Message { operation: 239, value: Value::List(vec![Value::Int(1), Value::None]) },
        ];
        let stream: Vec<u8> = said.iter().flat_map(|message| message.to_bytes().unwrap()).collect();
        for size in 1..=stream.len() {
            let (mut straight, mut heard) = (Straight::default(), Vec::new());
            for piece in stream.chunks(size) {
                straight.push(piece);
                while let Some(message) = straight.message().unwrap() {
                    heard.push(message);
                }
            }
            assert_eq!(heard, said, "in pieces of {size}");
            assert_eq!((straight.ahead().len(), straight.start), (0, 0));
        }
    }

    #[test]
    fn what_cannot_be_a_message_is_refused_as_soon_as_it_shows() {
        let cases: [(&[u8], &str); 6] = [
            (b"\0", "0 is no operation; is the other side on another --lesson?"),
            (b"\xf0", "240 is no operation; is the other side on another --lesson?"),
            (b"\x16\x08", "a message is malformed: `type` at byte 1 is 8; there are 0 to 7"),
            (b"\x03\x03\0\x10\0\0", "a message of 1048582 bytes; 1048576 is the most"),
            (b"\x03\x03\xff\xff\xff\xff", "a message of 4294967301 bytes; 1048576 is the most"),
            (b"\x03\x06\0\0\0\x01\x02", "a message is malformed: `bool` at byte 6 is 2; it takes 0 or 1"),
        ];
        for (bytes, sentence) in cases {
            let mut straight = Straight::default();
            straight.push(bytes);
            for _ in 0..2 {
                assert_eq!(straight.message().unwrap_err().to_string(), sentence);
            }
            for length in 0..bytes.len() {
                let mut straight = Straight::default();
                straight.push(&bytes[..length]);
                assert_eq!(straight.message(), Ok(None), "{bytes:02x?} up to {length}");
            }
        }
    }
}
