//! The three server models behind one interface.

use crate::{RequestHandler, SelectTcpServer, Shutdown, ThreadingTcpServer};
use echo::lab::{self, Failure, Options, io_failure};
use std::io;
use std::net::{SocketAddr, TcpListener};

/// A server that is ready to serve.
pub trait Server {
    /// Ends this server, from a handler of Ctrl-C or from another thread.
    fn shutdown_handle(&self) -> Shutdown;

    /// Serves until somebody asks it to end. What goes wrong with one client never ends it.
    fn serve_forever(self: Box<Self>) -> io::Result<()>;
}

/// How a server waits for many clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// A thread for each client.
    Threads,
    /// One loop for all clients.
    Select,
    /// A task for each client.
    #[cfg(feature = "tasks")]
    Tasks,
}

impl Model {
    /// All of them, in the order in which the book explains them.
    pub const ALL: &[Self] = &[
        Self::Threads,
        Self::Select,
        #[cfg(feature = "tasks")]
        Self::Tasks,
    ];

    /// What to type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            Self::Select => "select",
            #[cfg(feature = "tasks")]
            Self::Tasks => "tasks",
        }
    }

    /// The model that `--model` asks for; threads without it.
    pub fn from_options(options: &Options) -> Result<Self, Failure> {
        let Some(name) = options.text("model")? else { return Ok(Self::Threads) };
        Self::ALL.iter().copied().find(|model| model.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|model| model.name()).collect();
            Failure::Usage(format!(
                "--model takes one of {}; not {}",
                names.join(", "),
                anatomy::quoted(name)
            ))
        })
    }

    /// A server of this model for the clients of `listener`.
    pub fn server<F, H>(self, listener: TcpListener, make: F) -> Result<Box<dyn Server>, Failure>
    where
        F: Fn(SocketAddr) -> Result<H, Failure> + Send + Sync + 'static,
        H: RequestHandler,
    {
        let server: io::Result<Box<dyn Server>> = match self {
            Self::Threads => ThreadingTcpServer::new(listener, make).map(|server| Box::new(server) as _),
            Self::Select => SelectTcpServer::new(listener, make).map(|server| Box::new(server) as _),
            #[cfg(feature = "tasks")]
            Self::Tasks => crate::TasksTcpServer::new(listener, make).map(|server| Box::new(server) as _),
        };
        server.map_err(|e| io_failure("the server cannot start", &e))
    }
}

/// Runs a server until Ctrl-C: the address is told only when clients are served and Ctrl-C is heard.
pub fn run_server(
    listener: TcpListener,
    server: impl FnOnce(TcpListener) -> Result<Box<dyn Server>, Failure>,
) -> Result<(), Failure> {
    // Each client takes a descriptor, and the usual limit of 1,024 (or 256) is soon reached; the system lets
    // a program raise it to a higher bound. Where it does not, accepting says so when the time comes.
    let _ = rlimit::increase_nofile_limit(crate::MOST_CLIENTS as u64 + 100);
    let failed = |e| io_failure("the server broke down", &e);
    let announced = listener.try_clone().map_err(failed)?;
    let server = server(listener)?;
    let shutdown = server.shutdown_handle();
    lab::on_interrupt(move || shutdown.shutdown())?;
    lab::announce(&announced)?;
    drop(announced);
    server.serve_forever().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Close, RequestHandler};
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::time::Instant;

    /// Answers each byte with that many pieces of 100,000 bytes, made one by one.
    #[derive(Default)]
    struct Pieces {
        left: u8,
        asked: Vec<u8>,
    }

    impl RequestHandler for Pieces {
        fn handle(&mut self, now: Instant, received: &[u8], out: &mut Vec<u8>) -> Result<(), Close> {
            self.asked.extend_from_slice(received);
            self.refill(now, out)
        }

        fn refill(&mut self, _now: Instant, out: &mut Vec<u8>) -> Result<(), Close> {
            if self.left == 0 && !self.asked.is_empty() {
                self.left = self.asked.remove(0);
            }
            match self.left {
                0 => return Ok(()),
                255 => return Err(Close::because("enough")),
                _ => {}
            }
            self.left -= 1;
            out.extend(vec![b'x'; 100_000]);
            Ok(())
        }
    }

    #[test]
    fn a_long_answer_is_sent_piece_by_piece_in_every_model() {
        for model in Model::ALL {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let server = model.server(listener, |_| Ok(Pieces::default())).unwrap();
            let shutdown = server.shutdown_handle();
            std::thread::scope(|scope| {
                let client = scope.spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.write_all(&[50, 2, 255]).unwrap();
                    let mut answer = Vec::new();
                    let _ = stream.read_to_end(&mut answer);
                    shutdown.shutdown();
                    answer.len()
                });
                server.serve_forever().unwrap();
                assert_eq!(client.join().unwrap(), 5_200_000, "{}", model.name());
            });
        }
    }
}
