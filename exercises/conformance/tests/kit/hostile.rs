//! Servers that want to keep the kit busy: whatever they do, every case comes to an end, and soon.

use crate::servers::target;
use certificates::folder::{ServerFolder, load_certificate};
use conformance::{Layer, Target, cases, run};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// How long an answer may take here: all of them are wrong, so nothing is worth waiting for.
const PATIENCE: Duration = Duration::from_millis(40);

/// Far more than any case needs with this patience; far less than a server could want.
const LONG: Duration = Duration::from_secs(30);

/// Starts a server that does this with each client.
fn start(talk: fn(TcpStream) -> std::io::Result<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || talk(stream));
        }
    });
    address
}

/// Runs all cases of all layers but those that wait for seconds.
fn all_end(talk: fn(TcpStream) -> std::io::Result<()>) {
    let dir = tempfile::tempdir().unwrap();
    ServerFolder::open_or_make(dir.path(), &[]).unwrap();
    let ca_file = dir.path().join("ca.pem");
    let ca = load_certificate(&ca_file).unwrap();
    let stages = (1..=8).map(Layer::Stage);
    std::thread::scope(|scope| {
        for layer in stages.chain([Layer::Files, Layer::Messenger(6), Layer::Messenger(7)]) {
            let mut chosen = cases(layer);
            chosen.retain(|case| !case.slow && !["silence", "dripping"].contains(&case.name));
            let (ca, ca_file) = (Some(ca.clone()), Some(ca_file.clone()));
            let target = Target { ca, ca_file, patience: PATIENCE, ..target(layer, start(talk)) };
            scope.spawn(move || {
                let report = run(&target, &chosen, |row| {
                    assert!(row.time < LONG, "{layer:?}, {}: {:?}", row.case.name, row.time);
                });
                assert!(!report.all_passed(), "{layer:?}");
            });
        }
    });
}

#[test]
fn one_that_closes() {
    all_end(|_| Ok(()));
}

#[test]
fn one_that_says_nothing() {
    all_end(|mut stream| std::io::copy(&mut stream, &mut std::io::sink()).map(drop));
}

#[test]
fn one_that_says_the_same_back() {
    all_end(|stream| std::io::copy(&mut stream.try_clone()?, &mut &stream).map(drop));
}

#[test]
fn one_that_talks_without_end() {
    all_end(|mut stream| {
        loop {
            stream.write_all(&[0; 16 << 10])?;
        }
    });
}

#[test]
fn one_that_announces_what_never_comes() {
    all_end(|mut stream| {
        stream.write_all(&[0xff; 32 + 4])?; // after a challenge a frame of four gigabytes
        std::io::copy(&mut stream, &mut std::io::sink()).map(drop)
    });
}

#[test]
fn one_that_drips() {
    all_end(|mut stream| {
        stream.set_read_timeout(Some(Duration::from_millis(10)))?;
        loop {
            stream.write_all(&[0])?;
            let _ = stream.read(&mut [0; 1024]); // a while, or what has come
        }
    });
}
