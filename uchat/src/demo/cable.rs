//! A cable: whoever connects to its end is connected to the server. Pulled out, all connections through it are closed,
//! and so is every new one. Its end stays where it is: a port that is given back may be somebody else's a moment later.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// The cable.
pub(super) struct Cable {
    end: SocketAddr,
    hands: mpsc::Sender<Hand>,
}

/// Somebody plugs it in (`true`) or pulls it out, and waits until that is done.
type Hand = (bool, oneshot::Sender<()>);

impl Cable {
    /// A cable to this server, plugged in.
    pub(super) async fn to(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let end = listener.local_addr()?;
        let (hands, inbox) = mpsc::channel(1);
        tokio::spawn(carry(listener, server, inbox));
        Ok(Self { end, hands })
    }

    /// Where its end is.
    pub(super) fn end(&self) -> SocketAddr {
        self.end
    }

    /// Plugs it in, or pulls it out. When this returns, it is done: pulled out, nothing goes through any more.
    pub(super) async fn plug(&self, plugged: bool) {
        let (done, wait) = oneshot::channel();
        let _ = self.hands.send((plugged, done)).await; // it is there as long as this is
        let _ = wait.await; // the same
    }
}

/// Carries bytes both ways, for all who connect while it is plugged in, until nobody holds it.
async fn carry(listener: TcpListener, server: SocketAddr, mut hands: mpsc::Receiver<Hand>) {
    let mut plugged = true;
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if plugged => drop(connections.spawn(through(stream, server))),
                Ok(_) => {} // closed at once
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            hand = hands.recv() => {
                let Some((wanted, done)) = hand else { return };
                plugged = wanted;
                if !plugged {
                    connections.shutdown().await;
                }
                let _ = done.send(()); // fails only if nobody waits any more
            }
        }
    }
}

/// One connection, until either side ends it.
async fn through(mut near: TcpStream, server: SocketAddr) {
    if let Ok(mut far) = TcpStream::connect(server).await {
        let _ = near.set_nodelay(true); // without it all works, only slower
        let _ = far.set_nodelay(true);
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await; // both see the end themselves
    }
}

/// After an error of the listener: it may be out of sockets for a while.
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
    async fn pulled_out_it_closes_what_is_open_and_all_that_is_new_and_plugged_in_it_carries_again() {
        let cable = Cable::to(echo().await).await.unwrap();
        let mut buffer = [0; 2];
        for _ in 0..3 {
            let mut open = TcpStream::connect(cable.end()).await.unwrap();
            open.write_all(b"hi").await.unwrap();
            open.read_exact(&mut buffer).await.unwrap();
            assert_eq!(&buffer, b"hi");
            cable.plug(false).await;
            assert!(matches!(open.read(&mut buffer).await, Ok(0) | Err(_)), "it is closed");
            let mut new = TcpStream::connect(cable.end()).await.unwrap();
            assert!(matches!(new.read(&mut buffer).await, Ok(0) | Err(_)), "nobody is there");
            cable.plug(true).await;
        }
    }
}
