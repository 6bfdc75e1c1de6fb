//! A cable: whoever connects to its end is connected to the server. Pulled out, all connections through it are closed
//! and its end takes no more; plugged in, it does again, at the same address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

/// The cable.
pub(super) struct Cable {
    server: SocketAddr,
    /// Its end; port 0 before it was plugged in for the first time.
    end: SocketAddr,
    /// While it is plugged in: whom to tell that it is pulled out, and who closes everything then.
    plugged: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Cable {
    /// A cable to this server, not plugged in.
    pub(super) fn to(server: SocketAddr) -> Self {
        Self { server, end: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), plugged: None }
    }

    /// Plugs it in; says where its end is.
    pub(super) async fn plug_in(&mut self) -> io::Result<SocketAddr> {
        if self.plugged.is_none() {
            let listener = listen(self.end).await?;
            self.end = listener.local_addr()?;
            let (pull, pulled) = oneshot::channel();
            self.plugged = Some((pull, tokio::spawn(carry(listener, self.server, pulled))));
        }
        Ok(self.end)
    }

    /// Pulls it out. When this returns, nothing goes through any more.
    pub(super) async fn pull_out(&mut self) {
        if let Some((pull, carrying)) = self.plugged.take() {
            let _ = pull.send(()); // fails only if it carries nothing any more
            let _ = carrying.await; // the same
        }
    }
}

/// Its own port may be somebody else's for a moment: any program that connects gets some free port.
async fn listen(end: SocketAddr) -> io::Result<TcpListener> {
    for _ in 0..TRIES {
        match TcpListener::bind(end).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => tokio::time::sleep(PAUSE).await,
            other => return other,
        }
    }
    TcpListener::bind(end).await
}

/// Carries bytes both ways, for all who connect, until it is pulled out.
async fn carry(listener: TcpListener, server: SocketAddr, mut pulled: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(through(stream, server))),
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            _ = &mut pulled => break,
        }
    }
    drop(listener);
    connections.shutdown().await;
}

/// One connection, until either side ends it.
async fn through(mut near: TcpStream, server: SocketAddr) {
    if let Ok(mut far) = TcpStream::connect(server).await {
        let _ = near.set_nodelay(true); // without it all works, only slower
        let _ = far.set_nodelay(true);
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await; // both see the end themselves
    }
}

const TRIES: usize = 50;
const PAUSE: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A server that sends everything back.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.split();
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        address
    }

    #[tokio::test]
    async fn pulled_out_it_closes_what_is_open_and_takes_no_more_and_plugged_in_it_does_again() {
        let mut cable = Cable::to(echo().await);
        let end = cable.plug_in().await.unwrap();
        let mut buffer = [0; 2];
        for _ in 0..3 {
            let mut stream = TcpStream::connect(end).await.unwrap();
            stream.write_all(b"hi").await.unwrap();
            stream.read_exact(&mut buffer).await.unwrap();
            assert_eq!(&buffer, b"hi");
            cable.pull_out().await;
            assert!(matches!(stream.read(&mut buffer).await, Ok(0) | Err(_)), "it is closed");
            assert!(TcpStream::connect(end).await.is_err(), "nobody is there");
            assert_eq!(cable.plug_in().await.unwrap(), end);
        }
    }
}
