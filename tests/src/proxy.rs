//! A proxy between people and their server: it listens in, cuts, delays, splits and damages.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens to the bytes of one direction of a connection.
#[derive(Debug, Clone, Copy)]
pub enum Trouble {
    /// Nothing.
    None,
    /// The connection ends before this byte.
    CutAt(usize),
    /// From this byte on nothing gets through any more, and the connection stays.
    StallAt(usize),
    /// This byte is changed: exclusive or with the mask.
    Flip(usize, u8),
    /// They arrive late and in pieces of random length; the seed.
    Pieces(u64),
}

/// No connection carries a large file to its end, so a cut or a kill comes in the middle of it, however late. It carries
/// more than the MiB after which progress is told.
pub const MID_FILE: Trouble = Trouble::StallAt(3_000_000);

/// What happens to a new connection: to what the client sends, and to what the server sends.
pub type Plan = Box<dyn FnMut() -> [Trouble; 2] + Send>;

/// A proxy that runs until it is dropped.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    target: SocketAddr,
    plan: Mutex<Plan>,
    streams: Mutex<Vec<TcpStream>>,
    heard: Mutex<Vec<u8>>,
    made: AtomicUsize,
    ended: AtomicBool,
}

impl Proxy {
    /// Passes everything on to `target`, and makes no trouble yet.
    pub fn new(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target,
            plan: Mutex::new(Box::new(|| [Trouble::None; 2])),
            streams: Mutex::default(),
            heard: Mutex::default(),
            made: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        });
        let own = Arc::clone(&shared);
        thread::spawn(move || own.accept(&listener));
        Self { address, shared }
    }

    /// What happens to connections that come from now on.
    pub fn plan(&self, plan: impl FnMut() -> [Trouble; 2] + Send + 'static) {
        *self.shared.plan.lock().unwrap() = Box::new(plan);
    }

    /// Cuts all connections that are there.
    pub fn cut(&self) {
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both); // it may have ended already
        }
    }

    /// How often it has cut or damaged a connection as planned.
    pub fn made(&self) -> usize {
        self.shared.made.load(Ordering::SeqCst)
    }

    /// Everything that went through, in both directions.
    pub fn heard(&self) -> Vec<u8> {
        self.shared.heard.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes the listener
        self.cut();
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            let Ok(client) = client else { continue };
            let Ok(server) = TcpStream::connect(self.target) else { continue };
            let [up, down] = (self.plan.lock().unwrap())();
            self.streams.lock().unwrap().extend([&client, &server].map(|stream| stream.try_clone().unwrap()));
            for (from, to, trouble) in [(&client, &server, up), (&server, &client, down)] {
                let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                let _ = to.set_nodelay(true);
                let own = Arc::clone(self);
                thread::spawn(move || own.pass(from, to, trouble));
            }
        }
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream, trouble: Trouble) {
        let mut random = StdRng::seed_from_u64(if let Trouble::Pieces(seed) = trouble { seed } else { 0 });
        let (mut passed, mut piece) = (0, [0; 16 << 10]);
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let bytes = &mut piece[..length];
            self.heard.lock().unwrap().extend_from_slice(bytes);
            match trouble {
                Trouble::CutAt(at) if passed + length > at => {
                    self.made.fetch_add(1, Ordering::SeqCst);
                    let _ = to.write_all(&bytes[..at - passed]);
                    let _ = from.shutdown(Shutdown::Both);
                    let _ = to.shutdown(Shutdown::Both);
                    return;
                }
                Trouble::StallAt(at) if passed + length > at => {
                    let _ = to.write_all(&bytes[..at - passed]);
                    while let Ok(1..) = from.read(&mut piece) {}
                    break;
                }
                Trouble::Flip(at, mask) if (passed..passed + length).contains(&at) => {
                    self.made.fetch_add(1, Ordering::SeqCst);
                    bytes[at - passed] ^= mask;
                }
                _ => {}
            }
            passed += length;
            let mut rest = &*bytes;
            while !rest.is_empty() {
                let most = match trouble {
                    // Nobody waits for this pause: it is the slow network itself.
                    Trouble::Pieces(_) => {
                        thread::sleep(Duration::from_micros(random.random_range(0..1500)));
                        let most = if random.random() { 7 } else { 2000 };
                        random.random_range(1..=most)
                    }
                    _ => rest.len(),
                };
                let (now, later) = rest.split_at(most.min(rest.len()));
                if to.write_all(now).is_err() {
                    let _ = from.shutdown(Shutdown::Both);
                    return;
                }
                rest = later;
            }
        }
        let _ = to.shutdown(Shutdown::Write); // the other direction may go on
    }
}
