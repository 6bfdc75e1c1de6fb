//! The server of stage 2, and the key that its friends have.

use conn_auth::{Key, demand};
use echo::server;
use std::net::SocketAddr;

pub const KEY: &[u8] = b"a key for tonight";

pub fn key() -> Key {
    Key::new(KEY).expect("a key")
}

/// Where the server listens. It runs as long as the tester.
pub fn real_server() -> SocketAddr {
    let (listener, address) = kit::listen();
    std::thread::spawn(move || {
        server::serve(&listener, |mut stream| {
            demand(&mut stream, &key())?;
            server::converse(stream)
        })
    });
    address
}
