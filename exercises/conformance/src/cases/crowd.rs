//! From stage 3 on: many clients at once, and none can spoil it for the others.

use crate::case::{Case, Outcome, same};
use crate::session::read_challenge;
use crate::target::Target;

const IDEA: &str = "book/src/stage-3.md#the-idea";
const WIRE: &str = "stages/stage-3/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "a-second-client",
        spec: IDEA,
        sends: "a text of a second client while the first one is connected",
        expects: "both are answered, whoever speaks first",
        slow: false,
        run: second,
    },
    Case {
        name: "fifty-clients",
        spec: IDEA,
        sends: "three texts of each of fifty clients that stay connected, with a number of its own each",
        expects: "each gets its own text back",
        slow: false,
        run: fifty,
    },
    Case {
        name: "silent-clients",
        spec: WIRE,
        sends: "nothing on five new connections, half a challenge's answer on another; then a text of a good client",
        expects: "the good client is served at once",
        slow: false,
        run: silent,
    },
    Case {
        name: "stranger-beside",
        spec: WIRE,
        sends: "a wrong answer on one connection, texts on another before and after it",
        expects: "the stranger is closed; the other notices nothing",
        slow: false,
        run: stranger,
    },
    Case {
        name: "unread-answers",
        spec: WIRE,
        sends: "up to 32 MiB of texts by a client that never reads an answer, then a text of another",
        expects: "the other is served at once",
        slow: false,
        run: unread,
    },
    Case {
        name: "busy-and-quiet",
        spec: WIRE,
        sends: "500 texts of a busy client one after the other; twenty texts of a quiet one between them",
        expects: "the quiet one gets its answers, and so does the busy one",
        slow: false,
        run: busy,
    },
];

fn second(target: &Target) -> Outcome {
    let mut first = target.open()?;
    let mut other =
        target.open().map_err(|wrong| wrong.when("the second client, while the first is connected"))?;
    other.ask(b"2", b"2").map_err(|wrong| wrong.when("the second client, while the first is connected"))?;
    first.ask(b"1", b"1")?;
    other.ask(b"22", b"22")
}

fn fifty(target: &Target) -> Outcome {
    let mut clients = Vec::new();
    for number in 0..50 {
        let client = target.open().map_err(|wrong| wrong.when(&format!("client {} of 50", number + 1)))?;
        clients.push(client);
    }
    for round in 0..3 {
        for (number, client) in clients.iter_mut().enumerate() {
            let text = format!("{round}{number:04}");
            let bytes = client.encode(text.as_bytes())?;
            client.wire().send(&bytes)?;
        }
        // All have spoken before the first one listens.
        for (number, client) in clients.iter_mut().enumerate() {
            let text = format!("{round}{number:04}");
            client.hear(text.as_bytes()).map_err(|wrong| wrong.when(&format!("client {}", number + 1)))?;
        }
    }
    Ok(())
}

fn silent(target: &Target) -> Outcome {
    let mut silent = (0..5).map(|_| target.wire()).collect::<Outcome<Vec<_>>>()?;
    if let (2..=6, Some(key)) = (target.layer.stage(), &target.key) {
        let mut half = target.wire()?;
        let challenge = read_challenge(&mut half).map_err(|wrong| wrong.when("beside silent clients"))?;
        half.send(&challenge.answer(key)[..8])?;
        silent.push(half);
    }
    let asked = target.open().and_then(|mut session| session.ask(b"3", b"3"));
    asked.map_err(|wrong| wrong.when("beside silent clients"))
}

fn stranger(target: &Target) -> Outcome {
    target.needs_key()?;
    let mut good = target.open()?;
    good.ask(b"1", b"1")?;
    let mut stranger = target.wire()?;
    if target.layer.stage() <= 6 {
        read_challenge(&mut stranger).map_err(|wrong| wrong.when("beside another client"))?;
        stranger.push(&[0; 16]);
    } else {
        stranger.push(&[0xff; 64]);
    }
    stranger.finish();
    let found = stranger.rest(target.patience)?;
    if target.layer.stage() <= 6 {
        same("the stranger should be closed without a byte", b"", &found)?;
    }
    good.ask(b"2", b"2").map_err(|wrong| wrong.when("after a stranger came and went"))
}

fn unread(target: &Target) -> Outcome {
    let mut rude = target.open()?;
    let text = super::echo::digits(16 << 10);
    let mut sent = 0;
    while sent < 32 << 20 {
        let bytes = rude.encode(&text)?;
        let before = bytes.len();
        if !rude.wire().flood(&bytes) {
            break;
        }
        sent += before;
    }
    target.serves().map_err(|wrong| wrong.when("beside a client that reads nothing"))
}

fn busy(target: &Target) -> Outcome {
    let mut quiet = target.open()?;
    let mut busy =
        target.open().map_err(|wrong| wrong.when("the second client, while the first is connected"))?;
    let text = super::echo::digits(1000);
    for round in 0..20 {
        let mut bytes = Vec::new();
        for _ in 0..25 {
            bytes.extend(busy.encode(&text)?);
        }
        busy.wire().send(&bytes)?;
        let asked = quiet.ask(b"5", b"5");
        asked.map_err(|wrong| wrong.when(&format!("the quiet client in round {}", round + 1)))?;
        for _ in 0..25 {
            busy.hear(&text).map_err(|wrong| wrong.when("the busy client"))?;
        }
    }
    Ok(())
}
