//! The pages of the server.

use crate::http::{Answer, Content, Request, Site, parameter};
use crate::protection::Protection;
use echo::lab;
use std::net::SocketAddr;

/// The site as one visitor sees it.
#[derive(Debug)]
pub(crate) struct Pages {
    peer: SocketAddr,
    protection: Protection,
}

/// The most bytes that `/large` gives.
pub(crate) const MOST_BYTES: u64 = 1 << 30;

impl Pages {
    /// For a visitor whose connection is protected like this.
    #[must_use]
    pub(crate) fn new(peer: SocketAddr, protection: Protection) -> Self {
        Self { peer, protection }
    }

    fn home(&self) -> Answer {
        let client = match &self.protection.client {
            Some(subject) => format!("You have proved that you are <b>{}</b>.", escape(subject)),
            None => "You have shown no certificate: this server knows your address, and nothing else.".into(),
        };
        Answer::html(format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Stage 8</title>\n\
             <h1>This is HTTPS</h1>\n<p>What protects this connection:</p>\n<ul>\n<li>protocol: {}</li>\n\
             <li>cipher suite: {}</li>\n<li>key exchange: {}</li>\n</ul>\n<p>{client}</p>\n\
             <form action=\"/echo\">\n<p><label>Say something: <input name=\"text\"></label> <button>Send</button>\n\
             </form>\n<p><a href=\"/large?bytes=10000000\">ten million bytes</a></p>\n</html>\n",
            escape(&self.protection.version),
            escape(&self.protection.suite),
            escape(&self.protection.group),
        ))
    }
}

impl Site for Pages {
    fn answer(&mut self, request: &Request) -> Answer {
        let allowed: &[&str] = match request.path.as_str() {
            "/" | "/large" => &["GET", "HEAD"],
            "/echo" => &["GET", "HEAD", "POST"],
            _ => {
                return Answer::text(
                    404,
                    "There is no such page. There are: /, /echo?text=…, /large?bytes=N\n",
                );
            }
        };
        if !allowed.contains(&request.method.as_str()) {
            let names = if allowed.len() == 2 { "GET, HEAD" } else { "GET, HEAD, POST" };
            let answer = Answer::text(405, format!("This page knows the methods {names}.\n"));
            return Answer { fields: vec![("Allow", names)], ..answer };
        }
        match (request.path.as_str(), request.method.as_str()) {
            ("/", _) => self.home(),
            ("/echo", "POST") => Answer::text(200, echo::upper_case(&request.body)),
            ("/echo", _) => match parameter(&request.query, "text") {
                Some(text) => Answer::text(200, echo::upper_case(&text)),
                None => Answer::text(400, "Say what: /echo?text=hello, percent-encoded.\n"),
            },
            _ => {
                match parameter(&request.query, "bytes").map(|bytes| String::from_utf8_lossy(&bytes).parse())
                {
                    Some(Ok(bytes @ 0..=MOST_BYTES)) => {
                        Answer { content: Content::Pattern(bytes), ..Answer::text(200, "") }
                    }
                    _ => Answer::text(400, format!("How much? /large?bytes=N, N from 0 to {MOST_BYTES}.\n")),
                }
            }
        }
    }

    fn log(&mut self, line: &str) {
        lab::log(format_args!("{} {line}", self.peer));
    }
}

/// Text of others, harmless inside a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
