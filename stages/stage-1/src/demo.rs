//! The narrated run: two programs talk through a tap, then a stranger walks in.

use echo::lab::{self, Failure, Options, Plain, Rung, Story, Tap};
use std::time::Duration;

const RUNG: &Rung = lab::rung(1);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["hello, server", "straße 小明"])?;
    let mut story = Story::begin(RUNG, options.has("step"));

    story.section("What is new");
    story.say(
        "Two programs, one socket. The server listens on a port of this machine. The client connects, sends a \
         line, and the server answers in upper case. TCP carries the bytes, in order and complete; it does \
         nothing else for us.",
    );
    let (_server, server) = lab::own(["server", "--listen", "127.0.0.1:0"])?.server()?;
    let tap = Tap::start(server).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    story.say(&format!(
        "The server runs as a program of its own and listens on {server}. Between it and the client sits a tap \
         that notes every byte; all bytes below were read from the wire there."
    ));

    story.section("On the wire");
    let mut client = lab::own(["client", "--connect", &tap.address().to_string()])?;
    for text in &texts {
        story.command(&format!("echo {} | stage-1 client", anatomy::quoted(text)));
        let answer = client.ask(text)?;
        story.wire(&mut Plain, &tap.take());
        story.printed("the client", &answer);
    }
    client.wait(PATIENCE)?;
    story.wire(&mut Plain, &tap.take_closed(PATIENCE, 0));

    story.section("The attack: a stranger");
    story.say(
        "Somebody from outside the class has found the port. The attacker's program knows the address, nothing \
         else. Does the server serve it?",
    );
    let attacked = lab::attack(&story, "stage-1", "stranger", &["--connect", &tap.address().to_string()])?;
    story.wire(&mut Plain, &tap.take_closed(PATIENCE, 1));
    attacked.must_succeed()?;
    story.say(
        "It does. The server cannot tell a classmate from a stranger, because nobody has to show anything. \
         Stage 2 asks for proof of a shared key before the first message.",
    );
    story.end(RUNG);
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(10);
