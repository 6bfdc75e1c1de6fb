//! One request after the other on one connection: the server's side, without sockets and without TLS.

use super::answer::{Answer, Content};
use super::body::Body;
use super::request::{MAX_BODY, Refusal, Request, read_request, too_large};
use crate::sentences::shortened;
use socketserver::{Close, Deadline};
use std::time::{Duration, Instant, SystemTime};

/// How long the head of a request may take from its first byte.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may stay without a request.
const IDLE_PATIENCE: Duration = Duration::from_secs(60);
/// How long a body may take.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// What answers requests.
pub trait Site {
    /// The answer to one.
    fn answer(&mut self, request: &Request) -> Answer;

    /// Something for the log: a request, and its answer's status and length.
    fn log(&mut self, line: &str);
}

/// A connection on which a client speaks HTTP. Requests are answered one by one, in their order; while an
/// answer is being sent nothing more is read, so a client that asks without listening fills its own side only.
#[derive(Debug)]
pub struct Conversation {
    /// What has arrived and was not looked at yet: at most a head, and what one read brings.
    received: Vec<u8>,
    state: State,
    deadline: Deadline,
}

#[derive(Debug)]
enum State {
    /// The next request's head is awaited; whether its first byte is there.
    Head { begun: bool },
    /// Its body.
    Body { request: Box<Request>, body: Body },
    /// The answer is on its way.
    Answer { content: Content, keep_alive: bool },
}

impl Conversation {
    /// A conversation that begins now.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { received: Vec::new(), state: State::Head { begun: false }, deadline: idle(now) }
    }

    /// Takes what has arrived.
    pub fn received(
        &mut self,
        now: Instant,
        bytes: &[u8],
        site: &mut impl Site,
        out: &mut Vec<u8>,
    ) -> Result<(), Close> {
        self.received.extend_from_slice(bytes);
        self.proceed(now, site, out)
    }

    /// What was in `out` is sent: the next piece of the answer, or the next request.
    pub fn refill(&mut self, now: Instant, site: &mut impl Site, out: &mut Vec<u8>) -> Result<(), Close> {
        if let State::Answer { content, keep_alive } = &mut self.state {
            let piece = content.piece();
            if !piece.is_empty() {
                out.extend(piece);
                return Ok(());
            }
            if !*keep_alive {
                return Err(Close::because("served, and closed"));
            }
            self.state = State::Head { begun: false };
            self.deadline = idle(now);
        }
        self.proceed(now, site, out)
    }

    /// When patience ends. An answer may take as long as it is long: a client that does not take it is the
    /// server's business.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        if matches!(self.state, State::Answer { .. }) { None } else { Some(self.deadline) }
    }

    /// Goes on until an answer begins, or more has to arrive.
    fn proceed(&mut self, now: Instant, site: &mut impl Site, out: &mut Vec<u8>) -> Result<(), Close> {
        loop {
            match &mut self.state {
                State::Answer { .. } => return Ok(()),
                State::Head { begun } => {
                    if self.received.is_empty() {
                        return Ok(());
                    }
                    if !std::mem::replace(begun, true) {
                        let reason = "gone: the head of its request was not complete within 10 s";
                        self.deadline = Deadline { at: now + HEAD_PATIENCE, reason };
                    }
                    match read_request(&self.received) {
                        Ok(None) => return Ok(()),
                        Ok(Some((request, length))) => {
                            self.received.drain(..length);
                            let body = Body::new(request.framing);
                            if request.expects_continue && !body.is_done() {
                                out.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
                            }
                            let reason = "gone: the body of its request was not complete within 30 s";
                            self.deadline = Deadline { at: now + BODY_PATIENCE, reason };
                            self.state = State::Body { request: Box::new(request), body };
                        }
                        Err(refusal) => return self.refuse(site, &refusal, out),
                    }
                }
                State::Body { request, body } => {
                    let used = match body.push(&self.received, &mut request.body) {
                        Ok(used) => used,
                        Err(error) => return self.refuse(site, &Refusal::new(400, error.0), out),
                    };
                    self.received.drain(..used);
                    if request.body.len() > MAX_BODY {
                        return self.refuse(site, &too_large(), out);
                    }
                    if !body.is_done() {
                        return Ok(());
                    }
                    let mut answer = site.answer(request);
                    let keep_alive = request.keep_alive;
                    site.log(&format!("{}: {}", asked(request), said(&answer)));
                    out.extend_from_slice(answer.head(SystemTime::now(), keep_alive).as_bytes());
                    if request.method == "HEAD" {
                        // The head of the answer to GET, and nothing behind it (RFC 9110, section 9.3.2).
                        answer.content = Content::Bytes(Vec::new());
                    }
                    self.state = State::Answer { content: answer.content, keep_alive };
                }
            }
        }
    }

    /// Answers what cannot be read, and ends: where the next request begins is not known any more.
    fn refuse(&mut self, site: &mut impl Site, refusal: &Refusal, out: &mut Vec<u8>) -> Result<(), Close> {
        self.received = Vec::new();
        let mut answer = Answer::text(refusal.status, format!("{}\n", refusal.why));
        site.log(&format!("a request that cannot be served: {}", said(&answer)));
        out.extend_from_slice(answer.head(SystemTime::now(), false).as_bytes());
        out.extend(answer.content.piece());
        Err(Close::because(format!("refused: {}", refusal.why)))
    }
}

fn idle(now: Instant) -> Deadline {
    Deadline { at: now + IDLE_PATIENCE, reason: "gone: no request within 60 s" }
}

/// A request for the log, where a client must not be able to write lines of its own.
fn asked(request: &Request) -> String {
    let mark = if request.query.is_empty() { "" } else { "?" };
    let target = anatomy::harmless(&format!("{}{mark}{}", request.path, request.query));
    format!("{} {}", request.method, shortened(&target, SHOWN))
}

fn said(answer: &Answer) -> String {
    format!("{} {}, {} bytes", answer.status, super::reason_phrase(answer.status), answer.content.length())
}

const SHOWN: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Echo(Vec<String>);

    impl Site for Echo {
        fn answer(&mut self, request: &Request) -> Answer {
            match request.path.as_str() {
                "/long" => Answer { content: Content::Pattern(300_000), ..Answer::text(200, "") },
                _ => Answer::text(200, [request.path.as_bytes(), &request.body].concat()),
            }
        }

        fn log(&mut self, line: &str) {
            self.0.push(line.to_owned());
        }
    }

    /// All that comes out, and how it ended.
    fn talk(stream: &[u8], size: usize) -> (String, Option<Close>, Vec<String>) {
        let now = Instant::now();
        let (mut conversation, mut site, mut all) = (Conversation::new(now), Echo::default(), Vec::new());
        for piece in stream.chunks(size) {
            let mut result = Ok(());
            let mut first = true;
            loop {
                let mut out = Vec::new();
                if result.is_ok() {
                    result = match std::mem::take(&mut first) {
                        true => conversation.received(now, piece, &mut site, &mut out),
                        false => conversation.refill(now, &mut site, &mut out),
                    };
                }
                all.extend_from_slice(&out);
                if let Err(close) = result {
                    return (String::from_utf8(all).unwrap(), Some(close), site.0);
                }
                if out.is_empty() {
                    break;
                }
            }
        }
        (String::from_utf8(all).unwrap(), None, site.0)
    }

    #[test]
    fn requests_are_answered_in_order_however_they_arrive() {
        let stream = b"GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\
            hello\r\nPOST /three HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n\
            HEAD /four HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n";
        for size in [1, 2, 3, 10, 1000] {
            let (all, close, log) = talk(stream, size);
            let bodies: Vec<&str> =
                all.split("\r\n\r\n").skip(1).map(|part| part.split("HTTP").next().unwrap()).collect();
            assert_eq!(bodies, ["/one", "/twohello", "/threehi", ""], "in pieces of {size}");
            assert_eq!(close, Some(Close::because("served, and closed")));
            assert_eq!(log[3], "HEAD /four: 200 OK, 5 bytes");
        }
    }

    #[test]
    fn a_long_answer_comes_piece_by_piece_and_the_next_request_waits() {
        let stream = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n";
        let (all, close, _) = talk(stream, 1000);
        assert!(all.len() > 300_000 && all.ends_with("/next"));
        assert_eq!(close, None);
        let mut out = Vec::new();
        let mut conversation = Conversation::new(Instant::now());
        conversation.received(Instant::now(), stream, &mut Echo::default(), &mut out).unwrap();
        assert!(out.len() < 1000, "only its head");
        assert_eq!(conversation.deadline(), None, "the answer may take longer than a request");
    }

    #[test]
    fn a_client_that_waits_is_told_to_go_on() {
        let stream = b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
        assert_eq!(talk(stream, 1000).0, "HTTP/1.1 100 Continue\r\n\r\n");
    }

    #[test]
    fn what_cannot_be_read_is_answered_and_ends_the_conversation() {
        let chunk = "1\r\na\r\n".repeat(MAX_BODY + 1);
        for (status, stream) in [
            ("400", "hello there\r\n\r\n".to_owned()),
            ("400", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".into()),
            ("413", format!("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}")),
            ("431", format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(20_000))),
        ] {
            let (all, close, log) = talk(stream.as_bytes(), 16 << 10);
            assert!(all.starts_with(&format!("HTTP/1.1 {status} ")), "{all}");
            assert!(all.contains("\r\nConnection: close\r\n"));
            assert!(close.unwrap().0.starts_with("refused: "));
            assert_eq!(log.len(), 1);
        }
    }

    #[test]
    fn a_head_has_10_seconds_and_no_byte_buys_more() {
        let (start, mut site, mut out) = (Instant::now(), Echo::default(), Vec::new());
        let mut conversation = Conversation::new(start);
        assert_eq!(conversation.deadline().unwrap().at, start + IDLE_PATIENCE);
        for second in 0..9 {
            let now = start + Duration::from_secs(second);
            conversation.received(now, b"G", &mut site, &mut out).unwrap();
            assert_eq!(conversation.deadline().unwrap().at, start + HEAD_PATIENCE);
        }
    }

    #[test]
    fn a_client_cannot_write_lines_into_the_log() {
        let (_, _, log) = talk(b"GET /\x1b[2J HTTP/1.1\r\nHost: x\r\n\r\n", 1000);
        assert!(log.iter().all(|line| !line.contains('\x1b')), "{log:?}");
    }
}
