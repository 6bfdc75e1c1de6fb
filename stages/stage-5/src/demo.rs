//! The narrated run: public values cross, an eavesdropper is left with nothing, and three attacks.

use anatomy::quoted;
use conn_auth::{Challenged, random};
use echo::lab::{self, Failure, Options, Process, Rung, Story, Tap};
use key_exchange::Secret;
use std::net::SocketAddr;
use std::time::Duration;

const RUNG: &Rung = lab::rung(5);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["pay 100 to bob", "and tell nobody"])?;
    let key = lab::demo_key(options, random()?)?;

    let mut story = Story::begin(RUNG, options.has("step"));
    story.section("What is new");
    story.say(
        "Everybody knows a prime p of 2048 bits and a number g. Each side chooses a secret exponent and sends g to \
         that power, modulo p. Each side raises what it gets to its own exponent, and both have the same number. \
         Who only listens has two powers and would need one of the exponents; nobody knows how to find it.",
    );
    let server = server(&key, &[])?;
    let tap = Tap::start(server.1).map_err(|e| lab::io_failure("cannot start the tap", &e))?;

    story.section("On the wire");
    let mut client = client(tap.address(), &key, &[])?;
    let mut dissect = Challenged::hidden(Secret::default());
    for text in &texts {
        story.command(&format!("echo {} | stage-5 client --key …", quoted(text)));
        let answer = client.ask(text)?;
        story.wire(&mut dissect, &tap.take());
        story.printed("the client", &answer);
    }
    if let Some(fingerprint) = client.log_line(PATIENCE) {
        story.say(&format!(
            "The client's {fingerprint}. The server prints the same eight words: compare them by phone."
        ));
    }
    client.wait(PATIENCE)?;

    story.section("The attack of stage 4, again: an eavesdropper");
    let (heard, _) = on_path(&story, "eavesdrop", server.1, &key, &[], &texts)?;
    heard.must_fail()?;

    story.section("The attack: flipped bits");
    story.say(
        "RC4 is XOR with a keystream. A bit that is flipped in the ciphertext is flipped in the text, and nothing \
         notices. The attacker knows where the digits of a message stand, nothing else, and flips the answer back.",
    );
    let said = &texts[..1];
    let (flipped, answers) = on_path(&story, "flip", server.1, &key, &[], said)?;
    flipped.must_succeed()?;
    story.say(&format!(
        "The client said {} and saw {}. In ASCII bit 3 makes 9 of 1: what did the server read?",
        quoted(&said.concat()),
        quoted(&answers.concat())
    ));

    story.section("Two mistakes of old: one keystream, and twelve bits");
    story.say("With --one-keystream both directions use the same keystream, as a course project did. XOR removes it:");
    let weak = ["--one-keystream"];
    let one = self::server(&key, &weak)?;
    on_path(&story, "keystream-reuse", one.1, &key, &weak, &texts)?.0.must_succeed()?;
    story.say(
        "With --historic the prime is large, but the private keys are the original program's: primes of 12 bits. \
         There are 255 of them.",
    );
    let historic = ["--historic"];
    let old = self::server(&key, &historic)?;
    on_path(&story, "brute-force", old.1, &key, &historic, &texts)?.0.must_succeed()?;
    story.say("With the default group the same program gets nowhere:");
    on_path(&story, "brute-force", server.1, &key, &[], &texts)?.0.must_fail()?;
    story.say(
        "Nobody reads along any more, but anybody on the path can change what is said. Stage 6 adds packets with \
         a digest.",
    );
    story.end(RUNG);
    Ok(())
}

fn server(key: &str, more: &[&str]) -> Result<(Process, SocketAddr), Failure> {
    lab::own(["server", "--listen", "127.0.0.1:0", "--key", key].iter().chain(more))?.server()
}

fn client(server: SocketAddr, key: &str, more: &[&str]) -> Result<Process, Failure> {
    let server = server.to_string();
    lab::own(["client", "--connect", &server, "--key", key].iter().chain(more))
}

/// Runs an attack on the path while a client says `texts`; returns what the client was answered, too.
fn on_path(
    story: &Story,
    name: &str,
    server: SocketAddr,
    key: &str,
    more: &[&str],
    texts: &[String],
) -> Result<(lab::Attacked, Vec<String>), Failure> {
    lab::attack_on_path(story, "stage-5", name, server, |path| {
        let mut client = client(path, key, more)?;
        let answers = texts.iter().map(|text| client.ask(text)).collect::<Result<_, _>>()?;
        client.wait(PATIENCE)?;
        Ok(answers)
    })
}

const PATIENCE: Duration = Duration::from_secs(10);
