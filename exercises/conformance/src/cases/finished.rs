//! Stage 7: how the client ends the handshake, wrongly: access and finished.

use crate::case::{Case, Outcome, Wrong};
use crate::session::handshake::{client_hello, greet};
use crate::target::Target;

const MESSAGES: &str = "book/src/protocol.md#handshake-messages";
const CODE: &str = "book/src/stage-7.md#the-code";
const WIRE: &str = "stages/stage-7/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
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
];

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
