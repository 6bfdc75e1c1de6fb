//! The ports of a page, each for a free one: so that pages can be tested side by side, and beside a reader's servers.
//!
//! A server asks for port 0; what it then says tells which port stands for the one on the page. A server that is started
//! again gets its old port: clients have noted it. A port on which no server listens yet is held without listening: who
//! connects is refused, as the page says.

use socket2::{Domain, Socket, Type};
use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

/// The ports of a page.
#[derive(Default)]
pub(crate) struct Ports {
    real: BTreeMap<u16, u16>,
    /// The other way round, with those of servers whose port on the page now stands for another one.
    shown: BTreeMap<u16, u16>,
    held: BTreeMap<u16, Socket>,
}

impl Ports {
    /// The port that stands for this one of the page.
    pub(crate) fn real(&mut self, shown: u16) -> io::Result<u16> {
        if let Some(real) = self.real.get(&shown) {
            return Ok(*real);
        }
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        let port = socket.local_addr()?.as_socket().map_or(0, |address| address.port());
        self.held.insert(shown, socket);
        self.note(shown, port);
        Ok(port)
    }

    fn note(&mut self, shown: u16, real: u16) {
        self.real.insert(shown, real);
        self.shown.insert(real, shown);
    }

    /// The port to ask for: 0, or the one on which a server has listened that is gone.
    fn to_listen_on(&self, shown: u16) -> u16 {
        match self.real.get(&shown) {
            Some(real) if !self.held.contains_key(&shown) && is_free(*real) => *real,
            _ => 0,
        }
    }

    /// A server says where it listens.
    pub(crate) fn listens(&mut self, shown: u16, real: u16) {
        self.held.remove(&shown);
        self.note(shown, real);
    }

    /// A list for the program that stands in for cargo: the page's port, the one to connect to, the one to listen on.
    pub(crate) fn list(&self) -> String {
        self.real
            .iter()
            .map(|(shown, real)| format!("{shown}\t{real}\t{}\n", self.to_listen_on(*shown)))
            .collect()
    }

    /// A command with the ports that stand for its own; a port to listen on becomes 0, any free one.
    pub(crate) fn in_command(&mut self, command: &str) -> io::Result<String> {
        let mut out = String::new();
        let mut rest = command;
        while let Some((before, port, after)) = next_port(rest) {
            out += before;
            let listens = out
                .trim_end_matches(|c: char| !c.is_whitespace() && c != '=')
                .trim_end_matches([' ', '='])
                .ends_with("--listen");
            let real = if listens { self.to_listen_on(port) } else { self.real(port)? };
            out += &real.to_string();
            rest = after;
        }
        Ok(out + rest)
    }

    /// What a program printed, with the ports of the page.
    pub(crate) fn in_output(&self, output: &str) -> String {
        let mut out = String::new();
        let mut rest = output;
        while let Some((before, port, after)) = next_port(rest) {
            out += before;
            out += &self.shown.get(&port).unwrap_or(&port).to_string();
            rest = after;
        }
        out + rest
    }
}

/// Whether nobody listens there; a connection that has just ended does not count.
fn is_free(port: u16) -> bool {
    let bind = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())
    };
    bind().is_ok()
}

/// The next port of this machine in a text: what is before it (with the host), the port, what follows. A host and its
/// port have a colon or a blank between them, as in `nc 127.0.0.1 9001`.
pub(crate) fn next_port(text: &str) -> Option<(&str, u16, &str)> {
    let mut from = 0;
    loop {
        let hosts = ["127.0.0.1", "localhost", "[::1]"];
        let (at, host) =
            hosts.iter().filter_map(|host| Some((from + text[from..].find(host)?, host))).min()?;
        let end = at + host.len();
        from = end;
        if let Some(rest) = text[end..].strip_prefix([':', ' ']) {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if let Ok(port) = rest[..digits].parse() {
                return Some((&text[..=end], port, &rest[digits..]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;

    #[test]
    fn ports_go_there_and_back() {
        let mut ports = Ports::default();
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let real = server.local_addr().unwrap().port();
        ports.listens(9001, real);
        assert_eq!(
            ports.in_command("stage-1 client --connect 127.0.0.1:9001; nc localhost 9001").unwrap(),
            format!("stage-1 client --connect 127.0.0.1:{real}; nc localhost {real}")
        );
        for listen in ["stage-1 server --listen 127.0.0.1:9001", "stage-1 server --listen=localhost:9001 -v"]
        {
            assert_eq!(ports.in_command(listen).unwrap(), listen.replace("9001", "0"));
        }
        assert_eq!(
            ports.in_output(&format!("listening on 127.0.0.1:{real}, 127.0.0.1:5")),
            "listening on 127.0.0.1:9001, 127.0.0.1:5"
        );
        assert_eq!(
            ports.in_command("echo 127.0.0.1 and localhost:x").unwrap(),
            "echo 127.0.0.1 and localhost:x"
        );
    }

    #[test]
    fn a_server_that_is_started_again_gets_its_old_port() {
        let mut ports = Ports::default();
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let real = server.local_addr().unwrap().port();
        ports.listens(9001, real);
        assert_eq!(ports.list(), format!("9001\t{real}\t0\n"), "while it runs, another gets another one");
        drop(server);
        assert_eq!(ports.list(), format!("9001\t{real}\t{real}\n"));
        assert_eq!(
            ports.in_command("x --listen 127.0.0.1:9001").unwrap(),
            format!("x --listen 127.0.0.1:{real}")
        );
    }

    #[test]
    fn nobody_listens_where_no_server_is() {
        let mut ports = Ports::default();
        let real = ports.real(9002).unwrap();
        assert_eq!(ports.real(9002).unwrap(), real);
        let error = TcpStream::connect((Ipv4Addr::LOCALHOST, real)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
