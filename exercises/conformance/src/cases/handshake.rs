//! Stage 7: what the server says of itself in the handshake.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::framed::frame;
use crate::session::handshake::{client_hello, greet, greeted};
use crate::target::Target;

const MESSAGES: &str = "book/src/protocol.md#handshake-messages";
const IDEA: &str = "book/src/stage-7.md#the-idea";
const WIRE: &str = "stages/stage-7/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "hello",
        spec: MESSAGES,
        sends: "a client_hello",
        expects: "a server_hello in a frame: version 1, group 0x0100, a value from 2 to p - 2; then four messages in packets",
        slow: false,
        run: |target| greet(target).map(drop),
    },
    Case {
        name: "hello-is-new",
        spec: IDEA,
        sends: "a client_hello on three connections",
        expects: "another random and another key_share each time",
        slow: false,
        run: hello_is_new,
    },
    Case {
        name: "hello-in-pieces",
        spec: WIRE,
        sends: "a client_hello, every byte in a write of its own",
        expects: "the handshake goes on",
        slow: false,
        run: hello_in_pieces,
    },
    Case {
        name: "certificate",
        spec: IDEA,
        sends: "a client_hello",
        expects: "a chain that ends in the CA of --ca and holds for the server's name today",
        slow: false,
        run: |target| greet(target)?.chain(target, &target.name).map(drop),
    },
    Case {
        name: "certificate-other-name",
        spec: IDEA,
        sends: "a client_hello",
        expects: "a certificate that does not hold for another name: who calls somebody else must notice",
        slow: false,
        run: other_name,
    },
    Case {
        name: "signature",
        spec: MESSAGES,
        sends: "a client_hello",
        expects: "certificate_verify signs the hash of this handshake with the key of the certificate",
        slow: false,
        run: |target| greet(target)?.signature(),
    },
    Case {
        name: "finished",
        spec: MESSAGES,
        sends: "a client_hello",
        expects: "the server's finished is the HMAC over all messages before it",
        slow: false,
        run: |target| greet(target)?.finished(),
    },
];

fn hello_is_new(target: &Target) -> Outcome {
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for _ in 0..3 {
        let hello = greet(target)?.messages.swap_remove(0);
        for old in &seen {
            holds(old[6..38] != hello[6..38], || "the server used a random twice".to_owned())?;
            holds(old[40..] != hello[40..], || "the server used a key_share twice".to_owned())?;
        }
        seen.push(hello);
    }
    Ok(())
}

fn hello_in_pieces(target: &Target) -> Outcome {
    let (pair, hello) = client_hello(target)?;
    let mut wire = target.wire()?;
    wire.drip(&frame(&hello)?)?;
    greeted(wire, &pair, &hello).map(drop)
}

fn other_name(target: &Target) -> Outcome {
    let greeted = greet(target)?;
    greeted.chain(target, &target.name)?;
    match greeted.chain(target, "another.example") {
        Ok(_) => Err(Wrong::failed("the certificate holds for another.example, too")),
        Err(_) => Ok(()),
    }
}
