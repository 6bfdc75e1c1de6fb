//! The narrated run: a crowd served at once, what it costs in three models, and messages cut in two.

use conn_auth::{Challenged, Key, random};
use echo::lab::{self, Direction, Event, Failure, Options, Plain, Rung, Story, Tap, What};
use socketserver::Model;
use socketserver::measure::{Crowd, Usage};
use std::net::SocketAddr;
use std::time::Duration;

const RUNG: &Rung = lab::rung(3);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["straße", "second"])?;
    let key = lab::demo_key(options, random()?)?;
    let mut story = Story::begin(RUNG, options.has("step"));

    story.section("What is new");
    story.say(
        "The server serves many clients at once. What it does with a connection is written once, as a handler: \
         bytes in, bytes out, a deadline in place of a wait. Three servers run that same handler: a thread for \
         each client, one loop that asks the system who is ready, and a task for each client.",
    );
    let (_server, server) = lab::own(["server", "--listen", "127.0.0.1:0", "--key", &key])?.server()?;
    let tap = Tap::start(server).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let tapped = tap.address().to_string();

    story.section("On the wire");
    story.say("Ann connects first. She answers the challenge, and then she says nothing:");
    let mut ann = lab::own(["client", "--connect", &tapped, "--key", &key])?;
    let mut of_ann = Challenged::new(Plain);
    story.wire(&mut of_ann, &tap.take_when(PATIENCE, answered));
    story.say("Bob connects after her, and talks:");
    let mut bob = lab::own(["client", "--connect", &tapped, "--key", &key])?;
    let mut dissect = Challenged::new(Plain);
    for text in &texts {
        let answer = bob.ask(text)?;
        story.wire(&mut dissect, &tap.take());
        story.printed("Bob's client", &answer);
    }
    story.say("Ann has waited for nobody, and nobody for her. Now she speaks:");
    let answer = ann.ask("I am still here")?;
    story.wire(&mut of_ann, &tap.take());
    story.printed("Ann's client", &answer);
    drop((ann, bob));

    story.section("The attack of stage 2, again: hold a connection");
    lab::attack(&story, "stage-3", "hold", &["--connect", &server.to_string()])?.must_fail()?;

    story.section("What the three models cost");
    story.say(
        "Each server below is a process of its own. All clients connect, are challenged, send one message each, \
         and wait for their answers: one round.",
    );
    measure(&story, &key)?;
    story.say(
        "Memory is the process's own (stacks, heap), not what the kernel keeps for its sockets. A thread costs a \
         stack for each client; a loop and tasks cost one or two KiB. With few clients nobody can tell.",
    );

    story.section("The attack: the same bytes in other pieces");
    story.say(
        "The client still takes one read for one answer, and the server one read for one message. TCP never \
         promised that. No attacker is needed: a long line does it. The client sends 2,500 bytes, then `hi`.",
    );
    let mut client = lab::own(["client", "--connect", &server.to_string(), "--key", &key])?;
    let answer = client.ask(&"a".repeat(2500))?;
    story.verdict(false, &format!("the answer to 2,500 bytes has {}", answer.len()));
    let answer = client.ask("hi")?;
    let shown: String = answer.chars().take(12).collect();
    story.verdict(
        false,
        &format!("the answer to hi has {} and begins {}", answer.len(), anatomy::quoted(&shown)),
    );
    drop(client);
    story.say(
        "And somebody on the path can do it on purpose, without the key and without changing a byte: cut a \
         message in the middle of a character, hold an answer back, deliver two as one.",
    );
    resegment(&story, &key, server, &texts)?;
    story.say(
        "The bytes were all there, in order, complete: TCP kept its promise. What is missing is where a message \
         ends. Stage 4 writes its length in front.",
    );
    story.end(RUNG);
    Ok(())
}

fn measure(story: &Story, key: &str) -> Result<(), Failure> {
    let secret = Key::new(key.as_bytes())?;
    let heading = ["model", "clients", "threads", "memory", "one round"].map(String::from);
    let mut rows = vec![heading];
    for model in Model::ALL {
        for clients in CROWDS {
            let server =
                lab::own(["server", "--listen", "127.0.0.1:0", "--key", key, "--model", model.name()])?;
            let (server, address) = server.server()?;
            let mut crowd = Crowd::connect(address, clients, Some(&secret))?;
            crowd.round()?; // the first one also pays for everything that happens only once
            let time = crowd.round()?;
            let usage = Usage::of(server.id());
            rows.push([
                model.name().to_owned(),
                clients.to_string(),
                usage.map_or("not known here".into(), |usage| usage.threads.to_string()),
                usage.map_or("not known here".into(), |usage| format!("{} KiB", usage.memory)),
                format!("{:.2} ms", time.as_secs_f64() * 1000.0),
            ]);
        }
    }
    story.table(&rows);
    Ok(())
}

fn resegment(story: &Story, key: &str, server: SocketAddr, texts: &[String]) -> Result<(), Failure> {
    let (attacked, answers) = lab::attack_on_path(story, "stage-3", "resegment", server, |path| {
        let mut client = lab::own(["client", "--connect", &path.to_string(), "--key", key])?;
        let mut answers = Vec::new();
        for text in texts.iter().map(String::as_str).chain(["and a third"]) {
            answers.push((text, client.ask(text)?));
        }
        client.wait(PATIENCE)?;
        Ok(answers)
    })?;
    for (text, answer) in answers {
        let (text, answer) = (anatomy::quoted(text), anatomy::quoted(&answer));
        story.verdict(false, &format!("the client said {text} and prints {answer}"));
    }
    attacked.must_succeed()
}

/// Whether the challenge has been answered.
fn answered(events: &[Event]) -> bool {
    events.iter().any(|event| event.direction == Direction::ToServer && matches!(event.what, What::Bytes(_)))
}

const CROWDS: [usize; 3] = [1, 50, 500];
const PATIENCE: Duration = Duration::from_secs(10);
