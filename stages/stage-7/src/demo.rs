//! The narrated run: a certificate and its checks, the handshake from outside and from inside, the attacks of stage
//! 6, and the one that the older way falls to.

mod ways;

use anatomy::{Labelled, Style, Terminal, quoted};
use certificates::Channel;
use certificates::folder::load_certificate;
use certificates::x509::dissect;
use echo::lab::{self, Direction, Dissect, Event, Failure, Options, Process, Rung, Story, Tap, What};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use ways::compare;

const RUNG: &Rung = lab::rung(7);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["pay 100 to bob", "and tell nobody"])?;
    let folder = tempfile::tempdir().map_err(|e| lab::io_failure("cannot make a folder for the demo", &e))?;
    let dir = Dir(folder.path());

    let mut story = Story::begin(RUNG, options.has("step"));
    story.section("What is new");
    story.say(
        "In stage 6 both sides had a key, and neither knew with whom. Now a third one vouches: a CA (certificate \
         authority) that both trust signs that this public key belongs to this name. The server shows this certificate, \
         and signs the handshake with its key. Who sits in between cannot sign. And a packet's digest now has a key and \
         a number, and each direction has keys of its own.",
    );
    let mut server = Server::start(&dir, &[])?;

    story.section("The certificate, and how it is checked");
    certificate(&story, &dir)?;

    story.section("On the wire");
    let events = wire(&story, &server, &dir, &texts)?;

    story.section("The same, decrypted");
    story.say(
        "With --key-log the client has told its secrets to a file, as browsers do for SSLKEYLOGFILE. Whoever has this \
         file, and nobody else, sees what was in the packets:",
    );
    decrypted(&events, &dir)?;

    story.section("The attacks of stage 6, again");
    older_attacks(&story, &mut server, &dir, &texts)?;

    story.section("The older way: record it, steal the key, read it");
    story.say(
        "Until TLS 1.2 many servers agreed on keys without Diffie-Hellman: the client makes the key and encrypts it to \
         the certificate. It works, and nobody on the path can read it today:",
    );
    let old = Server::start(&dir, &["--key-transport"])?;
    record(&story, &old, &dir, "old.txt", &texts)?;
    story.say(
        "A year later the server's key file is stolen, from a backup perhaps. All that was recorded opens:",
    );
    steal(&story, &dir, "old.txt", "transport.key", false)?;
    story.say("The same theft against the signed handshake. Its recording, and its key file:");
    record(&story, &server, &dir, "signed.txt", &texts)?;
    steal(&story, &dir, "signed.txt", "server.key", true)?;
    story.say(
        "With the stolen key the thief can pretend to be the server from now on, until the certificate is revoked. What \
         was said before stays closed: this is called forward secrecy.",
    );

    story.section("Three ways to agree on a key");
    compare(&story, &server, &old, &dir)?;

    story.section("What stays open");
    story.say(
        "No attack on this channel is known to us. That is not the same as none, and some things stay open:",
    );
    for open in [
        "Lengths and times are visible: who talks, when, and how much.",
        "Our code has no review by others. For real secrets, take TLS (stage 8).",
        "One CA that lies, or whose key is stolen, can vouch for everybody.",
        "A revoked certificate is found only by those who have the list (--crl).",
        "The names of certificates are hidden here, the server's name in client_hello is not.",
    ] {
        story.verdict(true, &format!("- {open}"));
    }
    story.end(RUNG);
    Ok(())
}

/// The demo's folder, which vanishes with it.
struct Dir<'a>(&'a Path);

impl Dir<'_> {
    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// A text as the reader would see it in a folder of their own.
    fn short(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

/// A running server.
struct Server {
    process: Process,
    address: SocketAddr,
    options: Vec<String>,
}

impl Server {
    fn start(dir: &Dir<'_>, options: &[&str]) -> Result<Self, Failure> {
        let folder = dir.file("");
        let args = ["server", "--listen", "127.0.0.1:0", "--dir", folder.trim_end_matches('/')];
        let (process, address) = lab::own(args.iter().chain(options))?.server()?;
        // What concerns the server alone is no option of its clients.
        let options = options.iter().filter(|option| **option == "--key-transport");
        Ok(Self { process, address, options: options.map(|option| (*option).to_owned()).collect() })
    }

    fn client(&self, dir: &Dir<'_>, server: SocketAddr, more: &[&str]) -> Result<Process, Failure> {
        let (ca, server) = (dir.file("ca.pem"), server.to_string());
        let args = ["client", "--ca", &ca, "--connect", &server];
        lab::own(args.iter().chain(more).map(|arg| (*arg).to_owned()).chain(self.options.iter().cloned()))
    }

    /// Shows the next line of the log about a digest.
    fn show_log(&mut self, story: &Story) {
        while let Some(line) = self.process.log_line(PATIENCE) {
            if let Some((_, reason)) =
                line.split_once(" gone: ").filter(|(_, reason)| reason.contains("digest"))
            {
                story.verdict(true, &format!("The server's log: {reason}"));
                return;
            }
        }
    }
}

/// Every byte of the leaf, and each check by name.
fn certificate(story: &Story, dir: &Dir<'_>) -> Result<(), Failure> {
    let leaf = load_certificate(&dir.0.join("server.pem"))?;
    story.say(
        "The server's certificate, in DER: each element says what it is, and how long. Three parts: what is claimed \
         (tbsCertificate), the algorithm, and the CA's signature over the first part.",
    );
    lab::print("");
    lab::print(Terminal::stdout().render(&dissect::certificate(leaf.der())).trim_end_matches('\n'));
    let (cert, ca) = (dir.file("server.pem"), dir.file("ca.pem"));
    run_and_show(story, dir, &["verify", &cert, "--ca", &ca, "--name", "localhost"], Style::Green, 0)?;
    story.say("For another name it is no use, though it is the same certificate:");
    run_and_show(story, dir, &["verify", &cert, "--ca", &ca, "--name", "bank.example"], Style::Green, 1)
}

/// Runs a verb of this program and shows what it says.
fn run_and_show(
    story: &Story,
    dir: &Dir<'_>,
    args: &[&str],
    style: Style,
    status: i32,
) -> Result<(), Failure> {
    story.command(&dir.short(&format!("stage-7 {}", args.join(" "))));
    let ended = lab::own(args)?.wait(PATIENCE)?;
    for line in ended.output.lines().chain(ended.errors.lines()) {
        for line in anatomy::fill(&dir.short(line), 76) {
            story.line(style, &line);
        }
    }
    if ended.status.code() == Some(status) {
        return Ok(());
    }
    Err(Failure::new(format!("stage-7 {} ended otherwise than it should", args[0])))
}

/// A client talks through a tap. Returns what went by.
fn wire(story: &Story, server: &Server, dir: &Dir<'_>, texts: &[String]) -> Result<Vec<Event>, Failure> {
    let tap = Tap::start(server.address).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let log = dir.file("keys.log");
    let mut client = server.client(dir, tap.address(), &["--key-log", &log])?;
    let mut dissect = Channel::default();
    let mut seen = Vec::new();
    for text in texts {
        story.command(&format!("echo {} | stage-7 client --ca ca.pem --key-log keys.log", quoted(text)));
        let answer = client.ask(text)?;
        let events = tap.take();
        story.wire(&mut dissect, &events);
        seen.extend(events);
        story.printed("the client", &answer);
    }
    client.wait(PATIENCE)?;
    let events = tap.take_closed(PATIENCE, 0);
    story.say(
        "At the end each side says goodbye in a packet, so that nobody can cut off the last words unseen:",
    );
    story.wire(&mut dissect, &events);
    seen.extend(events);
    Ok(seen)
}

/// The texts of the packets, with labels.
fn decrypted(events: &[Event], dir: &Dir<'_>) -> Result<(), Failure> {
    let terminal = Terminal::stdout();
    let mut channel = Channel::with_key_log(&certificates::files::read_text(&dir.0.join("keys.log"))?);
    for event in events {
        let What::Bytes(bytes) = &event.what else { continue };
        let (style, who) = match event.direction {
            Direction::ToServer => (Style::Cyan, "the client says"),
            Direction::ToClient => (Style::Yellow, "the server says"),
        };
        for text in channel.bytes(event.direction, bytes).iter().filter(|found| is_decrypted(found)) {
            lab::print(format_args!("\n  {}", terminal.paint(style, who)));
            lab::print(terminal.render(text).trim_end_matches('\n'));
        }
    }
    Ok(())
}

fn is_decrypted(found: &Labelled) -> bool {
    found.spans.first().is_some_and(|span| span.label == "decrypted")
}

fn older_attacks(story: &Story, server: &mut Server, dir: &Dir<'_>, texts: &[String]) -> Result<(), Failure> {
    story.say(
        "The man in the middle knows the new handshake, too. He puts his own key shares into both hellos and shares \
         keys with each side, as before. A client connects twice:",
    );
    attacked(story, server, dir, "mallory", &texts[..1], 2)?;
    for (name, why) in [
        ("forge", "A packet with another IV, which stage 6's digest did not cover:"),
        ("iv-flip", "Four flipped bits that made /delete of /add:"),
        ("replay", "The same packet twice. Nothing in it has changed, but its number has:"),
        ("reflect", "The server's own packet, sent back to it. The other direction has other keys:"),
    ] {
        story.say(why);
        let said = if name == "iv-flip" { &["/add bob".to_owned()] } else { &texts[..1] };
        attacked(story, server, dir, name, said, 1)?;
        server.show_log(story);
    }
    Ok(())
}

/// Runs an attack on the path, which must fail, while a client comes so many times and says `texts`.
fn attacked(
    story: &Story,
    server: &Server,
    dir: &Dir<'_>,
    name: &str,
    texts: &[String],
    times: usize,
) -> Result<(), Failure> {
    let (attacked, said) = lab::attack_on_path(story, "stage-7", name, server.address, |path| {
        let mut said = Vec::new();
        for _ in 0..times {
            let mut client = server.client(dir, path, &[])?;
            for text in texts {
                let _ = client.ask(text); // a channel that notices an attack answers no more
            }
            let ended = client.wait(PATIENCE)?;
            said.extend(ended.errors.lines().last().map(str::to_owned));
        }
        Ok(said)
    })?;
    if times > 1 {
        for line in said {
            story.verdict(true, &format!("The client: {}", line.trim_start_matches("stage-7: ")));
        }
    }
    attacked.must_fail()
}

/// A session goes by an eavesdropper, who writes it down.
fn record(
    story: &Story,
    server: &Server,
    dir: &Dir<'_>,
    file: &str,
    texts: &[String],
) -> Result<(), Failure> {
    story.command(&format!("stage-7 attack eavesdrop --listen 127.0.0.1:0 --recording {file}"));
    let (recording, connect) = (dir.file(file), server.address.to_string());
    let args =
        ["attack", "eavesdrop", "--connect", &connect, "--listen", "127.0.0.1:0", "--recording", &recording];
    let (attack, path) = lab::own(args)?.server()?;
    let mut client = server.client(dir, path, &[])?;
    for text in texts {
        client.ask(text)?;
    }
    client.wait(PATIENCE)?;
    let ended = attack.wait(PATIENCE)?;
    let said = ended.output.lines().last().unwrap_or_default();
    story.verdict(true, said);
    if ended.status.code() == Some(3) {
        Ok(())
    } else {
        Err(Failure::new(format!("the eavesdropper: {said}")))
    }
}

fn steal(story: &Story, dir: &Dir<'_>, recording: &str, key: &str, holds: bool) -> Result<(), Failure> {
    let (recording, key) = (dir.file(recording), dir.file(key));
    let args = ["attack", "stolen-key", "--recording", &recording, "--stolen", &key];
    let (style, status) = if holds { (Style::Green, 3) } else { (Style::Red, 0) };
    run_and_show(story, dir, &args, style, status)
}

const PATIENCE: Duration = Duration::from_secs(20);
