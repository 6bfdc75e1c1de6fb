//! Bare sockets: peers that say exactly what a test wants, and nothing more.

use crate::PATIENCE;
use socket2::{Domain, Socket, Type};
use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Once;

/// A connection that waits for at most [`PATIENCE`].
pub fn connect(address: SocketAddr) -> TcpStream {
    static RAISED: Once = Once::new();
    // Some systems give a process 256 descriptors, which is less than a crowd.
    RAISED.call_once(|| drop(rlimit::increase_nofile_limit(4096)));
    let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A listener on a free port.
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An address where nobody listens, and nobody can begin to as long as the socket is kept.
pub fn deserted() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, address)
}

/// All that comes until the other side closes; a reset counts as closing, a silence fails the test.
pub fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("the other side should have closed: {error}; so far it sent {bytes:?}"),
    }
    bytes
}
