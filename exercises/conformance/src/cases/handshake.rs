//! Stage 7: the signed handshake, right and wrong.

use crate::case::{Case, Outcome, Wrong, holds, same};
use crate::session::framed::frame;
use crate::session::handshake::{SERVER_HELLO, client_hello, greet, greeted};
use crate::target::Target;
use certificates::connection::{ALERT, PATIENCE};
use key_exchange::Group;
use std::time::Duration;

const MESSAGES: &str = "book/src/protocol.md#handshake-messages";
const CODE: &str = "book/src/stage-7.md#the-code";
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
    Case {
        name: "access-wrong-key",
        spec: MESSAGES,
        sends: "access and finished, with 16 zero bytes for an answer",
        expects: "an alert, then the end",
        slow: false,
        run: access_wrong,
    },
    Case {
        name: "access-replayed",
        spec: MESSAGES,
        sends: "the right access of another connection",
        expects: "an alert, then the end: the answer is bound to its channel",
        slow: false,
        run: access_replayed,
    },
    Case {
        name: "access-left-out",
        spec: WIRE,
        sends: "finished without the access that was wanted",
        expects: "an alert, then the end",
        slow: false,
        run: access_left_out,
    },
    Case {
        name: "finished-wrong",
        spec: CODE,
        sends: "finished with its last bit changed",
        expects: "an alert, then the end",
        slow: false,
        run: |target| {
            finish_with(target, |mut finished| {
                if let Some(last) = finished.last_mut() {
                    *last ^= 1;
                }
                finished
            })
        },
    },
    Case {
        name: "finished-too-long",
        spec: MESSAGES,
        sends: "finished with a byte behind it",
        expects: "an alert, then the end: nothing may be left over",
        slow: false,
        run: |target| finish_with(target, |finished| [finished, vec![0]].concat()),
    },
    Case {
        name: "finished-left-out",
        spec: WIRE,
        sends: "client_echo in place of finished, under the handshake's key",
        expects: "an alert, then the end: nobody is served before both know each other",
        slow: false,
        run: |target| finish_with(target, |_| b"\x03\x03\0\0\0\x0512345".to_vec()),
    },
    Case {
        name: "finished-sent-back",
        spec: CODE,
        sends: "the server's own finished in place of the client's",
        expects: "an alert, then the end: each side has its own key",
        slow: false,
        run: sent_back,
    },
    Case {
        name: "hello-twice",
        spec: WIRE,
        sends: "a second client_hello in place of finished",
        expects: "an alert, then the end",
        slow: false,
        run: |target| {
            let hello = client_hello(target)?.1;
            finish_with(target, move |_| hello.clone())
        },
    },
    Case {
        name: "hello-version-2",
        spec: WIRE,
        sends: "a client_hello of version 2",
        expects: "a server_hello with the version 1 alone, an alert in a frame, then the end",
        slow: false,
        run: version_2,
    },
    Case {
        name: "hello-other-group",
        spec: MESSAGES,
        sends: "a client_hello with group 0x0101",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[39] = 1),
    },
    Case {
        name: "hello-share-1",
        spec: MESSAGES,
        sends: "a client_hello with the key_share 1",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| {
            bad_hello(target, |hello| {
                hello[40..296].fill(0);
                hello[295] = 1;
            })
        },
    },
    Case {
        name: "hello-share-p-minus-1",
        spec: MESSAGES,
        sends: "a client_hello with the key_share p - 1",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| {
            let value = (Group::ffdhe2048().p - 1u32).to_bytes_be();
            bad_hello(target, |hello| hello[40..296].copy_from_slice(&value))
        },
    },
    Case {
        name: "hello-left-over",
        spec: MESSAGES,
        sends: "a client_hello in a frame that is one byte longer",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello.push(0)),
    },
    Case {
        name: "hello-cut-off",
        spec: MESSAGES,
        sends: "a client_hello whose server_name should be longer than its frame",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[296] = 255),
    },
    Case {
        name: "hello-other-type",
        spec: MESSAGES,
        sends: "a finished in place of the client_hello",
        expects: "an alert in a frame, then the end",
        slow: false,
        run: |target| bad_hello(target, |hello| hello[0] = 20),
    },
    Case {
        name: "hello-too-long",
        spec: WIRE,
        sends: "the length 16,385 in front of a client_hello",
        expects: "the end, with an alert in a frame or without: before keys there are 16,384 bytes at most",
        slow: false,
        run: too_long,
    },
    Case {
        name: "handshake-silence",
        spec: WIRE,
        sends: "nothing",
        expects: "the end after 10 s, with an alert in a frame or without",
        slow: true,
        run: silence,
    },
];

/// What an alert is before there are keys.
const ALERT_FRAME: [u8; 5] = [0, 0, 0, 1, ALERT];

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

/// The access message is 4 bytes of header and 16 of answer.
fn access_wrong(target: &Target) -> Outcome {
    let mut greeted = greet(target)?;
    wanted(greeted.wants_access())?;
    greeted.say(&[&[64, 0, 0, 16][..], &[0; 16]].concat())?;
    greeted.alerted()
}

fn access_replayed(target: &Target) -> Outcome {
    let mut first = greet(target)?;
    wanted(first.wants_access())?;
    let old = first.access(target)?.unwrap_or_default();
    let mut second = greet(target)?;
    second.say(&old)?;
    second.alerted()
}

fn access_left_out(target: &Target) -> Outcome {
    let mut greeted = greet(target)?;
    wanted(greeted.wants_access())?;
    let finished = greeted.our_finished();
    greeted.say(&finished)?;
    greeted.alerted()
}

fn wanted(access: bool) -> Outcome {
    if access { Ok(()) } else { Err(Wrong::Skipped("the server wants no access key".into())) }
}

/// Everything right until our finished, which `change` replaces.
fn finish_with(target: &Target, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Outcome {
    let mut greeted = greet(target)?;
    if let Some(access) = greeted.access(target)? {
        greeted.say(&access)?;
    }
    let message = change(greeted.our_finished());
    greeted.say(&message)?;
    greeted.alerted()?;
    target.serves()
}

fn sent_back(target: &Target) -> Outcome {
    let mut greeted = greet(target)?;
    if let Some(access) = greeted.access(target)? {
        greeted.say(&access)?;
    }
    let theirs = greeted.messages[4].clone();
    greeted.say(&theirs)?;
    greeted.alerted()
}

fn version_2(target: &Target) -> Outcome {
    let mut hello = client_hello(target)?.1;
    hello[5] = 2;
    let mut wire = target.wire()?;
    wire.send(&frame(&hello)?)?;
    wire.expect(b"\0\0\0\x06\x02\0\0\x02\0\x01")
        .map_err(|wrong| wrong.when("a server_hello of the version alone"))?;
    wire.expect(&ALERT_FRAME).map_err(|wrong| wrong.when("the alert behind it"))?;
    wire.closes()
}

/// A client_hello that `change` makes wrong: an alert in a frame, and the server goes on with others.
fn bad_hello(target: &Target, change: impl FnOnce(&mut Vec<u8>)) -> Outcome {
    let mut hello = client_hello(target)?.1;
    change(&mut hello);
    debug_assert!(hello.len() > SERVER_HELLO);
    let mut wire = target.wire()?;
    wire.send(&frame(&hello)?)?;
    wire.expect(&ALERT_FRAME).map_err(|wrong| wrong.when("an alert in a frame"))?;
    wire.closes()?;
    target.serves()
}

/// The server ends the connection, and says an alert before it or nothing.
fn ends(wire: &mut crate::wire::Wire, wait: Duration) -> Outcome {
    match wire.rest(wait)? {
        found if found.is_empty() => Ok(()),
        found => same("something else than an alert in a frame came", &ALERT_FRAME, &found),
    }
}

fn too_long(target: &Target) -> Outcome {
    let mut wire = target.wire()?;
    wire.push(&16_385u32.to_be_bytes());
    ends(&mut wire, target.patience)?;
    target.serves()
}

fn silence(target: &Target) -> Outcome {
    let mut wire = target.wire()?;
    ends(&mut wire, PATIENCE + target.patience)
}
