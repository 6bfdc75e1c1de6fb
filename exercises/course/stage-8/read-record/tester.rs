//! The tester of `read-record`: hellos of rustls, hellos made by hand, and bytes that nobody should send.

mod exercise;

use exercise::{MAX_FRAGMENT, Malformed, read_record, server_name};
use kit::{fail, holds, same, same_bytes};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::sync::Arc;

/// What rustls sends first to a server of this name: one record.
fn first_bytes(name: &str) -> Vec<u8> {
    let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut tls = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut bytes = Vec::new();
    tls.write_tls(&mut bytes).expect("memory takes everything");
    bytes
}

/// A length in `width` bytes, and the bytes.
fn vector(width: usize, parts: &[&[u8]]) -> Vec<u8> {
    let bytes = parts.concat();
    [&(bytes.len() as u32).to_be_bytes()[4 - width..], &bytes].concat()
}

/// A ClientHello with these extensions.
fn hello(extensions: &[Vec<u8>]) -> Vec<u8> {
    hello_ending(&vector(2, &[&extensions.concat()]))
}

/// A ClientHello with these bytes behind the compression methods: at this place stand the extensions.
fn hello_ending(end: &[u8]) -> Vec<u8> {
    let (session, suites, compression) = (vector(1, &[&[7; 32]]), vector(2, &[&[0x13, 1, 0x13, 2]]), [1, 0]);
    [&[1][..], &vector(3, &[&[3, 3], &[9; 32], &session, &suites, &compression, end])].concat()
}

fn extension(number: u16, data: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], &vector(2, &[data])].concat()
}

/// The data of extension 0.
fn names(entries: &[(u8, &[u8])]) -> Vec<u8> {
    let entries: Vec<u8> =
        entries.iter().flat_map(|(kind, name)| [vec![*kind], vector(2, &[name])].concat()).collect();
    vector(2, &[&entries])
}

/// What a handshake record carries.
fn fragment(bytes: &[u8]) -> Vec<u8> {
    match read_record(bytes) {
        Ok(Some((record, _))) => record.fragment.to_vec(),
        other => fail(format!("rustls's record is not read: {other:?}")),
    }
}

fn refused(hello: &[u8], why: &str) {
    if let Ok(name) = server_name(hello) {
        fail(format!("accepted, although {why}; the name is {name:?}"));
    }
}

fn name_of(hello: &[u8]) -> Option<String> {
    server_name(hello).unwrap_or_else(|Malformed(why)| fail(format!("a good ClientHello is refused: {why}")))
}

pub fn main() {
    kit::run(|tester| {
        let mut random = StdRng::seed_from_u64(8);
        tester.step("whole records, also when more comes behind", || {
            let bytes = [&[23, 3, 3, 0, 5][..], b"hello", &[22, 3, 1]].concat();
            match read_record(&bytes) {
                Ok(Some((record, length))) => {
                    same(&(23, 10), &(record.kind, length));
                    same_bytes(b"hello", record.fragment);
                }
                other => fail(format!("a good record is not read: {other:?}")),
            }
            for (kind, length) in [(20, 1), (21, 2), (22, 0), (23, MAX_FRAGMENT)] {
                let bytes = [&[kind, 3, 3][..], &vector(2, &[&vec![0; length]])].concat();
                let found =
                    read_record(&bytes).map(|found| found.map(|(record, all)| (record.fragment.len(), all)));
                same(&Ok(Some((length, 5 + length))), &found);
            }
        });
        tester.step("records of any version, which is not looked at", || {
            for version in [[0, 0], [3, 0], [3, 4], [0xff, 0xff]] {
                let bytes = [&[22][..], &version, &[0, 1, 7]].concat();
                let found = read_record(&bytes);
                let good = matches!(&found, Ok(Some((record, 6))) if record.fragment == [7]);
                holds(good, format!("a record of version {version:02x?} is not read: {found:?}"));
            }
        });
        tester.step("a record that is not there as a whole", || {
            for length in 0..10 {
                same(&Ok(None), &read_record(&[&[23, 3, 3, 0, 5][..], b"hello"].concat()[..length]));
            }
            same(&Ok(None), &read_record(&[22, 3, 3, 0x41, 0x00, 0]));
        });
        tester.step("records that must not be waited for", || {
            for bytes in [&b"GET / HTTP/1.1"[..], b"G", &[0], &[19, 3, 3, 0, 0], &[24, 3, 3]] {
                let found = read_record(bytes);
                holds(found.is_err(), format!("kind {}: expected an error, found {found:?}", bytes[0]));
            }
            for header in [[22, 3, 3, 0x41, 0x01], [22, 3, 3, 0xff, 0xff]] {
                let found = read_record(&header);
                holds(
                    found.is_err(),
                    format!("length {:02x?}: expected an error, found {found:?}", &header[3..]),
                );
            }
        });
        tester.step("the name in what rustls sends", || {
            let secret = format!("host-{}.example", random.random::<u32>());
            for name in ["localhost", "chat.example", &secret] {
                same(&Some(name.to_owned()), &name_of(&fragment(&first_bytes(name))));
            }
        });
        tester.step("no name, where an address was called", || {
            same(&None, &name_of(&fragment(&first_bytes("192.0.2.1"))));
            same(&None, &name_of(&hello(&[])));
        });
        let good = hello(&[
            extension(43, &[2, 3, 4]),
            extension(0, &names(&[(0, b"Chat.Example")])),
            extension(10, &[]),
            extension(0xff00, &[]),
        ]);
        tester.step("a name in capital letters between other extensions", || {
            same(&Some("chat.example".to_owned()), &name_of(&good));
        });
        tester.step("a hello that is cut anywhere, or goes on", || {
            for length in 0..good.len() {
                refused(&good[..length], &format!("only {length} of its {} bytes are there", good.len()));
            }
            refused(&[&good[..], &[0]].concat(), "there is a byte too many behind it");
            for behind in [&[0][..], &[0; 4]] {
                let extensions = vector(2, &[&extension(0, &names(&[(0, b"chat.example")]))]);
                let long = hello_ending(&[&extensions[..], behind].concat());
                refused(&long, "inside of it, something stands behind the extensions");
            }
            refused(&hello_ending(&[]), "the extensions field is missing");
            let mut other = good.clone();
            other[0] = 2;
            refused(&other, "it is a ServerHello");
        });
        tester.step("lengths that lie", || {
            let lying = |data: &[u8], why: &str| refused(&hello(&[extension(0, data)]), why);
            lying(&[0, 9, 0, 0, 3, b'a', b'b', b'c'], "the list claims 9 bytes and has 6");
            lying(&[0, 6, 0, 0, 200, b'a', b'b', b'c'], "the name claims 200 bytes and has 3");
            lying(&[0, 6, 0, 0, 2, b'a', b'b', b'c'], "a byte is left behind the name");
            lying(&[0, 6, 0, 0, 3, b'a', b'b', b'c', 0], "a byte is left behind the list");
            lying(&[], "the data of extension 0 is empty");
            refused(&hello(&[vec![0, 43, 0xff, 0xff, 1]]), "an extension claims 65535 bytes and has 1");
            refused(&hello(&[vec![0, 43, 0]]), "an extension ends inside its length");
        });
        tester.step("names that are none, and two where there must be one", || {
            let with = |entries: &[(u8, &[u8])]| hello(&[extension(0, &names(entries))]);
            refused(&with(&[]), "the list is empty");
            refused(&with(&[(0, b"")]), "the name is empty");
            refused(&with(&[(1, b"chat.example")]), "the name is of type 1");
            refused(&with(&[(0, b"a.example"), (0, b"b.example")]), "there are two names");
            for bad in [
                &b"chat.example\0.evil"[..],
                b"a b",
                "caf\u{e9}".as_bytes(),
                b"a/../b",
                b"\xff",
                b"_chat.example",
                b"chat.example:443",
                b"*.example",
                b"me@chat.example",
            ] {
                refused(&with(&[(0, bad)]), &format!("{:?} is no name", String::from_utf8_lossy(bad)));
            }
            let twice = extension(0, &names(&[(0, b"a.example")]));
            refused(&hello(&[twice.clone(), twice]), "extension 0 comes twice");
        });
        tester.step("50,000 hellos with wrong bytes: whatever comes, no panic", || {
            for _ in 0..50_000 {
                let mut bytes = good.clone();
                for _ in 0..random.random_range(1..4) {
                    let at = random.random_range(0..bytes.len());
                    bytes[at] = random.random();
                }
                bytes.truncate(random.random_range(0..=bytes.len()));
                let _ = (server_name(&bytes), read_record(&bytes)); // that they return is what counts
            }
        });
    });
}
