//! Serves the pages on this machine, and tells a browser that looks at one when there is a newer one.

use crate::site::Site;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The pages now, and how often they have changed.
#[derive(Default)]
pub struct Pages {
    state: Mutex<(u64, Arc<Site>)>,
    changed: Condvar,
}

impl Pages {
    /// Puts newer pages in the place of the old ones, and tells the browsers.
    pub fn replace(&self, site: Site) {
        let mut state = self.lock();
        *state = (state.0 + 1, Arc::new(site));
        drop(state);
        self.changed.notify_all();
    }

    fn now(&self) -> (u64, Arc<Site>) {
        let state = self.lock();
        (state.0, Arc::clone(&state.1))
    }

    /// Waits for a change after `seen`; `false` when none comes in time.
    fn wait(&self, seen: u64, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |state| state.0 == seen);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.0 != seen
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Arc<Site>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens on this machine only; port 0 takes a free one.
pub fn listen(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Answers for ever, a thread for each connection.
pub fn serve(listener: &TcpListener, pages: &Arc<Pages>) -> io::Result<()> {
    let own = listener.local_addr()?;
    for stream in listener.incoming() {
        let Ok(stream) = stream else { continue }; // one that is gone already
        let pages = Arc::clone(pages);
        std::thread::spawn(move || {
            // A browser that goes away in the middle is no error of ours.
            let _ = answer(stream, &pages, own);
        });
    }
    Ok(())
}

fn answer(stream: TcpStream, pages: &Pages, own: SocketAddr) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut out = stream.try_clone()?;
    let Some(request) = Request::read(stream)? else {
        return reply(&mut out, "400 Bad Request", "text/plain", b"this is no request for a page\n", true);
    };
    // A page of somebody else whose name leads here must not read ours (DNS rebinding).
    if !request.is_for(own) {
        return reply(
            &mut out,
            "403 Forbidden",
            "text/plain",
            b"ask for the address that the program printed\n",
            true,
        );
    }
    let (body, head) = match request.method.as_str() {
        "GET" => (true, false),
        "HEAD" => (false, true),
        _ => return reply(&mut out, "405 Method Not Allowed", "text/plain", b"GET only\n", true),
    };
    if let (Some(seen), true) = (request.target.strip_prefix(CHANGES), body) {
        return match seen.parse() {
            Ok(seen) => tell_of_changes(&mut out, pages, seen),
            Err(_) => {
                reply(&mut out, "400 Bad Request", "text/plain", b"changes after which number?\n", true)
            }
        };
    }
    let (number, site) = pages.now();
    match site.get(&request.target) {
        Some((kind, bytes)) if kind.starts_with("text/html") => {
            let mut page = bytes.to_owned();
            // With the number of these pages: a change between the page and this question must not be missed.
            writeln!(
                page,
                "<script>new EventSource(\"{CHANGES}{number}\").onmessage = () => location.reload();</script>"
            )?;
            reply(&mut out, "200 OK", kind, &page, !head)
        }
        Some((kind, bytes)) => reply(&mut out, "200 OK", kind, bytes, !head),
        None => match site.get("/404.html") {
            Some((kind, bytes)) => reply(&mut out, "404 Not Found", kind, bytes, !head),
            None => reply(&mut out, "404 Not Found", "text/plain", b"there is no such page\n", !head),
        },
    }
}

/// What the server needs of a request.
struct Request {
    method: String,
    target: String,
    host: Option<String>,
}

impl Request {
    fn read(stream: TcpStream) -> io::Result<Option<Self>> {
        let mut lines = BufReader::new(stream.take(MOST)).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let mut words = first.split(' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Ok(None);
        };
        if !version.starts_with("HTTP/1.") {
            return Ok(None);
        }
        let mut host = None;
        for line in lines {
            let line = line?;
            if line.is_empty() {
                return Ok(Some(Self { method: method.to_owned(), target: target.to_owned(), host }));
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("host")
            {
                host = Some(value.trim().to_owned());
            }
        }
        Ok(None) // too long, or cut off
    }

    fn is_for(&self, own: SocketAddr) -> bool {
        let host = self.host.as_deref();
        host == Some(&own.to_string()) || host == Some(&format!("localhost:{}", own.port()))
    }
}

fn reply(out: &mut impl Write, status: &str, kind: &str, body: &[u8], with_body: bool) -> io::Result<()> {
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if with_body {
        out.write_all(body)?;
    }
    out.flush()
}

/// Server-sent events: a line as soon as the pages are others than those of number `seen`, until then a comment now
/// and then, to notice that nobody listens any more.
fn tell_of_changes(out: &mut impl Write, pages: &Pages, seen: u64) -> io::Result<()> {
    write!(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n: hello\n\n"
    )?;
    out.flush()?;
    while !pages.wait(seen, Duration::from_secs(5)) {
        out.write_all(b": still here\n\n")?;
        out.flush()?;
    }
    out.write_all(b"data: changed\n\n")?;
    out.flush()
}

/// Where a page asks for changes: the number of the pages that it belongs to follows.
const CHANGES: &str = "/.changes?";
const MOST: u64 = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> (SocketAddr, Arc<Pages>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<p>first</p>").unwrap();
        std::fs::write(folder.path().join("book.css"), "p {}").unwrap();
        let pages = Arc::new(Pages::default());
        pages.replace(Site::read(folder.path()).unwrap());
        let (listener, address) = listen(0).unwrap();
        let served = Arc::clone(&pages);
        std::thread::spawn(move || serve(&listener, &served));
        (address, pages)
    }

    fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.replace("HOST", &address.to_string()).as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn pages_are_served_and_pages_alone_get_the_reload() {
        let (address, _pages) = server();
        let page = ask(address, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"), "{page}");
        assert!(page.contains("<p>first</p><script>new EventSource(\"/.changes?1\")"), "{page}");
        let style = ask(address, "GET /book.css HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(style.ends_with("\r\n\r\np {}"), "{style}");
        let head = ask(address, "HEAD / HTTP/1.1\r\nHost: HOST\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    }

    #[test]
    fn what_is_no_request_for_a_page_is_refused() {
        let (address, _pages) = server();
        let long = format!("GET /{} HTTP/1.1\r\nHost: HOST\r\n\r\n", "a".repeat(100_000));
        for (request, status) in [
            ("GET /../Cargo.toml HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"),
            ("GET /%2e%2e/Cargo.toml HTTP/1.1\r\nHost: HOST\r\n\r\n", "404"),
            ("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "403"),
            ("GET / HTTP/1.1\r\n\r\n", "403"),
            ("POST / HTTP/1.1\r\nHost: HOST\r\n\r\n", "405"),
            ("GET /.changes?x HTTP/1.1\r\nHost: HOST\r\n\r\n", "400"),
            ("GET /\r\n\r\n", "400"),
            ("GET / HTTP/1.1\r\nHost: HOST\r\n", "400"),
            ("\r\n\r\n", "400"),
        ] {
            let answer = ask(address, request);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answer}");
        }
        // It may be answered or cut off, but the server lives on.
        let mut stream = TcpStream::connect(address).unwrap();
        let _ = stream.write_all(long.as_bytes());
        drop(stream);
        assert!(ask(address, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n").starts_with("HTTP/1.1 200"));
    }

    #[test]
    fn a_browser_hears_of_newer_pages() {
        let (address, pages) = server();
        let listen = || {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET /.changes?1 HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
            BufReader::new(stream).lines().map(Result::unwrap)
        };
        let mut lines = listen();
        assert!(lines.any(|line| line == ": hello"));
        pages.replace(Site::default());
        assert!(lines.any(|line| line == "data: changed"));
        assert!(listen().any(|line| line == "data: changed"), "one that asks later hears of it as well");
    }
}
