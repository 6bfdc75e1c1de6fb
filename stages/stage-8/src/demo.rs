//! The narrated run: a page over TLS, the handshake decrypted message by message, certificates refused.

mod folder;

use anatomy::Style;
use echo::lab::{self, Event, Failure, Options, Process, Rung, Story, Tap, What};
use folder::Folder;
use https::tls::KeyLog;
use https::{Tls, compare, http, make_unfit, our_handshake};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

const RUNG: &Rung = lab::rung(8);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["nobody on the path reads this"])?;
    let folder = Folder::new()?;

    let mut story = Story::begin(RUNG, options.has("step"));
    story.section("What is new");
    story.say(
        "Nothing is home-made any more. rustls speaks TLS 1.3, the protocol that protects nearly every page of the \
         web; inside it runs HTTP. Only the certificates are our own: made by the CA of stage 7, and good enough for \
         every browser that is told to trust it. DIR is a new folder.",
    );
    let server = Server::start(&story, &folder, &[])?;

    story.section("On the wire, as the path sees it");
    let tap = Tap::start(server.address).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let page = format!("/echo?text={}", http::encode(&texts.concat()));
    let url = format!("https://localhost:{}{page}", tap.address().port());
    story.command(&format!("stage-8 get \"{url}\" --ca DIR/ca.pem --key-log DIR/keys"));
    let got = fetch(&folder, tap.address(), &page, &["--key-log", "DIR/keys"])?;
    story.printed("the client", &got);
    let events = tap.take_closed(PATIENCE, 0);
    summarize(&story, &events);

    story.section("The same bytes, with the secrets that the client wrote to its key log");
    story.say(
        "A record that is shown decrypted has the length that it has on the wire, and its header and tag; only the \
         bytes between were something else on the way. The numbers in brackets are sections of RFC 8446.",
    );
    story.wire(&mut Tls::new(KeyLog::parse(&folder.read("keys")?)), &events);

    story.section("The handshake of stage 7 and this one, side by side");
    let closed = Server::start(&story, &folder, &["--client-ca", "DIR/ca.pem"])?;
    side_by_side(&story, &folder, closed.address)?;

    story.section("The attacks of the stages before, again");
    for name in ["eavesdrop", "flip", "mallory"] {
        let on_path = |path| try_fetch(&folder, path, &page, &["--timeout", "5"]).map(drop);
        lab::attack_on_path(&story, "stage-8", name, server.address, on_path)?.0.must_fail()?;
    }

    story.section("Certificates that are refused");
    story.say(
        "A man in the middle has to show a certificate. These are the ones that he can have, and what the client says \
         about each:",
    );
    refused(&story, &folder)?;

    story.section("Strangers: served by design, or kept out");
    lab::attack(&story, "stage-8", "visitor", &["--connect", &server.address.to_string()])?.must_succeed()?;
    story.say(
        "A web server is there for everybody. The other one from above, with --client-ca, asks each client for a \
         certificate: stage 2 again, with a signature in place of a shared key.",
    );
    lab::attack(&story, "stage-8", "visitor", &["--connect", &closed.address.to_string()])?.must_fail()?;
    let bob = ["--cert", "DIR/bob.pem", "--key", "DIR/bob.key"];
    story.command(&format!(
        "stage-8 get https://localhost:{}/ --ca DIR/ca.pem {}",
        closed.address.port(),
        bob.join(" ")
    ));
    let got = fetch(&folder, closed.address, "/", &bob)?;
    for line in got.lines().filter(|line| line.contains("You have")) {
        story.printed("the client", line);
    }
    story.end(RUNG);
    Ok(())
}

/// A server that the reader could start, too.
struct Server {
    _process: Process,
    address: SocketAddr,
}

impl Server {
    fn start(story: &Story, folder: &Folder, more: &[&str]) -> Result<Self, Failure> {
        let args = [&["server", "--listen", "127.0.0.1:0", "--dir", "DIR"], more].concat();
        story.command(&format!("stage-8 {}", args.join(" ")));
        let (process, address) = lab::own(folder.placed(&args))?.server()?;
        Ok(Self { _process: process, address })
    }
}

/// Fetches a page and returns it.
fn fetch(folder: &Folder, server: SocketAddr, page: &str, more: &[&str]) -> Result<String, Failure> {
    let ended = try_fetch(folder, server, page, more)?;
    match ended.status.success() {
        true => Ok(ended.output.trim_end().to_owned()),
        false => Err(Failure::new(format!("the page did not come: {}", ended.errors.trim_end()))),
    }
}

fn try_fetch(folder: &Folder, server: SocketAddr, page: &str, more: &[&str]) -> Result<lab::Ended, Failure> {
    let url = format!("https://localhost:{}{page}", server.port());
    lab::own(folder.placed(&[&["get", &url, "--ca", "DIR/ca.pem"], more].concat()))?.wait(PATIENCE)
}

/// What is left for somebody without the secrets.
fn summarize(story: &Story, events: &[Event]) {
    let mut tls = Tls::default();
    let (mut records, mut sealed) = (0, 0);
    for event in events {
        if let What::Bytes(bytes) = &event.what {
            for record in lab::Dissect::bytes(&mut tls, event.direction, bytes) {
                records += 1;
                sealed += usize::from(record.leaves().any(|span| span.label == "encrypted"));
            }
        }
    }
    story.say(&format!(
        "{} went by, and {sealed} of them are closed. What can be read is who is called (the host's name), what the \
         two sides can do, their public values, and how long everything is.",
        lab::count(records, "record")
    ));
}

/// Both handshakes with everything that they can have, and the table of their messages.
fn side_by_side(story: &Story, folder: &Folder, server: SocketAddr) -> Result<(), Failure> {
    folder.make_user("bob")?;
    let tap = Tap::start(server).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let more = ["--key-log", "DIR/bob-keys", "--cert", "DIR/bob.pem", "--key", "DIR/bob.key"];
    fetch(folder, tap.address(), "/", &more)?;
    let mut tls = Tls::new(KeyLog::parse(&folder.read("bob-keys")?));
    for event in tap.take_closed(PATIENCE, 0) {
        if let What::Bytes(bytes) = event.what {
            lab::Dissect::bytes(&mut tls, event.direction, &bytes);
        }
    }
    let (server, client) = (folder.identity("server")?, folder.identity("bob")?);
    let ca = folder.certificate("ca")?;
    let ours = our_handshake(&ca, server, client, &mut Folder::random()?)?;
    story.say(
        "Each message of both, with its length in bytes; the client shows a certificate, too, and in stage 7 it also \
         proves that it knows the access key. The first two messages travel in clear, all others encrypted.",
    );
    story.table(&compare::table(&ours, tls.seen()));
    story.say(
        "Stage 7 is longer where its public value is 256 bytes of Diffie-Hellman in place of 32 on a curve, and where \
         it sends the CA's certificate after the leaf. TLS is longer where it offers a choice: versions, ciphers, \
         groups, signatures.",
    );
    Ok(())
}

/// Servers with certificates that are no good, and what the client says about each.
fn refused(story: &Story, folder: &Folder) -> Result<(), Failure> {
    let unfit = make_unfit(folder.path(), &folder.ca()?, &mut Folder::random()?, SystemTime::now())?;
    for unfit in unfit.iter().filter(|unfit| SHOWN.contains(&unfit.fault)) {
        let file = |path: &Path| format!("DIR/{}", path.file_name().unwrap_or_default().display());
        let server =
            Server::start(story, folder, &["--cert", &file(&unfit.cert), "--key", &file(&unfit.key)])?;
        let url = format!("https://localhost:{}/", server.address.port());
        story.line(Style::Bold, &format!("$ stage-8 get {url} --ca DIR/ca.pem"));
        let ended = try_fetch(folder, server.address, "/", &[])?;
        let said = ended.errors.trim_end().trim_start_matches("stage-8: ");
        if ended.status.code() != Some(1) || !said.starts_with(unfit.fault) {
            return Err(Failure::new(format!(
                "the certificate should be refused: {}; but: {said}",
                unfit.fault
            )));
        }
        story.verdict(true, said);
    }
    Ok(())
}

/// The tests look at the others, too.
const SHOWN: [&str; 4] = ["wrong host", "expired", "unknown CA", "self-signed"];
const PATIENCE: Duration = Duration::from_secs(20);
