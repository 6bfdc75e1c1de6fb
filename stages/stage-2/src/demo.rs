//! The narrated run: the challenge on the wire, the stranger outside, and a classmate who starves.

use conn_auth::{Challenged, random};
use echo::lab::{self, Failure, Options, Plain, Rung, Story, Tap};
use std::time::Duration;

const RUNG: &Rung = lab::rung(2);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["hello, class", "hello again"])?;
    let key = lab::demo_key(options, random()?)?;
    let mut story = Story::begin(RUNG, options.has("step"));

    story.section("What is new");
    story.say(
        "Before the first message the server sends 32 random bytes: the challenge. The client answers with \
         HMAC-MD5(key, challenge), 16 bytes that only somebody with the key can compute. The key itself never \
         travels, and the answer fits this one challenge only.",
    );
    let (_server, server) = lab::own(["server", "--listen", "127.0.0.1:0", "--key", &key])?.server()?;
    let tap = Tap::start(server).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let tapped = tap.address().to_string();
    story.say(&format!(
        "The class has agreed on the key {} (compute the answer below yourself).",
        anatomy::quoted(&key)
    ));

    story.section("On the wire");
    let mut client = lab::own(["client", "--connect", &tapped, "--key", &key])?;
    let mut dissect = Challenged::new(Plain);
    for text in &texts {
        story.command(&format!("echo {} | stage-2 client --key …", anatomy::quoted(text)));
        let answer = client.ask(text)?;
        story.wire(&mut dissect, &tap.take());
        story.printed("the client", &answer);
    }
    client.wait(PATIENCE)?;
    story.wire(&mut dissect, &tap.take_closed(PATIENCE, 0));

    story.section("The attack of stage 1, again: a stranger");
    story.say("The same program as in stage 1: it knows the address, nothing else.");
    let held = lab::attack(&story, "stage-2", "stranger", &["--connect", &tapped])?;
    story.wire(&mut Challenged::new(Plain), &tap.take_closed(PATIENCE, 1));
    held.must_fail()?;
    story.say(
        "It got 32 random bytes and a closed door: its first 16 bytes were taken for an answer, and they were \
         wrong. The server does not even say so; a stranger learns nothing.",
    );

    story.section("The attack: hold the only connection");
    story.say(
        "But the server talks to one client at a time, and it waits up to 5 s for an answer. The attacker \
         connects and says nothing. A second client, a classmate perhaps, now waits for its challenge.",
    );
    lab::attack(&story, "stage-2", "hold", &["--connect", &server.to_string()])?.must_succeed()?;
    story.say(
        "No key was needed. Each silent connection costs everybody behind it 5 s; a hundred of them, eight \
         minutes. A classmate who logs in and then thinks for an hour does worse, without meaning to. Stage 3 serves many clients at once.",
    );
    story.end(RUNG);
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(10);
