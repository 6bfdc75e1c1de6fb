//! The narrated run: frames, a file that is cut off and goes on, and an eavesdropper.

use conn_auth::{Challenged, random};
use echo::lab::{self, Dissect, Failure, Options, Rung, Story, Tap};
use framing::{ByteOrder, Frames, Transfer};
use std::net::SocketAddr;
use std::time::Duration;

const RUNG: &Rung = lab::rung(4);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["straße", "my password is 1234"])?;
    let key = lab::demo_key(options, random()?)?;
    let mut story = Story::begin(RUNG, options.has("step"));

    story.section("What is new");
    story.say(
        "Every message gets its length in front: four bytes, big-endian, then the message. The receiver collects \
         bytes until a message is whole, however the stream was cut. A message of no bytes can be sent, too.",
    );

    story.section("On the wire");
    let (_server, server) = lab::own(["server", "--listen", "127.0.0.1:0", "--key", &key])?.server()?;
    talk(&story, server, &key, &texts, ByteOrder::Network)?;
    story.say(
        "The same once more with --little-endian. Which of these headers would a C program write as an int?",
    );
    let (_little, little) =
        lab::own(["server", "--listen", "127.0.0.1:0", "--key", &key, "--little-endian"])?.server()?;
    talk(&story, little, &key, &texts[..1], ByteOrder::LittleEndian)?;
    story.say(
        "Most machines of today write 4 bytes of an int back to front, and to the other side it is a length of \
         over 100 million. Network order means: the same on every machine.",
    );

    story.section("The attack of stage 3, again: the same bytes in other pieces");
    let (resegmented, answer) = lab::attack_on_path(&story, "stage-4", "resegment", server, |path| {
        let mut client = lab::own(["client", "--connect", &path.to_string(), "--key", &key])?;
        let answer = client.ask("straße")?;
        client.wait(PATIENCE)?;
        Ok(answer)
    })?;
    story.printed("the client", &answer);
    resegmented.must_fail()?;

    story.section("A file that is cut off, and goes on");
    send_twice(&story, &key)?;

    story.section("The attack: an eavesdropper");
    story.say(
        "Somebody sits on the path again, passes every byte on, and only listens. No key, no change, nothing that \
         anybody could notice.",
    );
    let (overheard, ()) = lab::attack_on_path(&story, "stage-4", "eavesdrop", server, |path| {
        let mut client = lab::own(["client", "--connect", &path.to_string(), "--key", &key])?;
        for text in &texts {
            client.ask(text)?;
        }
        client.wait(PATIENCE).map(drop)
    })?;
    overheard.must_succeed()?;
    story.say(
        "The challenge keeps strangers from talking to the server. It does not keep them from listening to those \
         who may. Stage 5 lets two sides agree on a secret in front of everybody.",
    );
    story.end(RUNG);
    Ok(())
}

fn talk(
    story: &Story,
    server: SocketAddr,
    key: &str,
    texts: &[String],
    order: ByteOrder,
) -> Result<(), Failure> {
    let tap = tap(Tap::start(server))?;
    let mut args =
        vec!["client".to_owned(), "--connect".into(), tap.address().to_string(), "--key".into(), key.into()];
    args.extend((order == ByteOrder::LittleEndian).then(|| "--little-endian".to_owned()));
    let mut client = lab::own(args)?;
    // The challenge is the same as before, so it is not shown again.
    let mut dissect = Challenged::hidden(Frames::new(order));
    for text in texts {
        let answer = client.ask(text)?;
        story.wire(&mut dissect, &tap.take());
        story.printed("the client", &answer);
    }
    client.wait(PATIENCE).map(drop)
}

fn send_twice(story: &Story, key: &str) -> Result<(), Failure> {
    let failed = |e| lab::io_failure("cannot prepare the file", &e);
    let (from, to) = (tempfile::tempdir().map_err(failed)?, tempfile::tempdir().map_err(failed)?);
    let file = from.path().join("notes.txt");
    let content: Vec<u8> = (0..FILE_SIZE / 8).flat_map(|n| format!("{n:07}\n").into_bytes()).collect();
    std::fs::write(&file, &content).map_err(failed)?;
    let receiver = [
        "recv-files".as_ref(),
        "--listen".as_ref(),
        "127.0.0.1:0".as_ref(),
        "--key".as_ref(),
        key.as_ref(),
        "--dir".as_ref(),
        to.path().as_os_str(),
    ];
    let (_receiver, address) = lab::own(receiver)?.server()?;
    let send = |through: SocketAddr| {
        story.command("stage-4 send-file notes.txt");
        let connect = through.to_string();
        let args = [
            "send-file".as_ref(),
            file.as_os_str(),
            "--connect".as_ref(),
            connect.as_ref(),
            "--key".as_ref(),
            key.as_ref(),
        ];
        lab::own(args)?.wait(PATIENCE)
    };

    story.say(&format!("The receiver waits. The path is cut after {CUT} of {FILE_SIZE} bytes."));
    let cut = send(tap(Tap::cutting(address, CUT))?.address())?;
    story.verdict(
        false,
        &format!("exit status {}: {}", cut.status.code().unwrap_or(-1), cut.errors.trim_end()),
    );
    story.say("The same command again. The receiver says from which byte it wants the file:");
    let tap = tap(Tap::start(address))?;
    let resumed = send(tap.address())?;
    let mut dissect = FirstFrames { inner: Challenged::hidden(Transfer::new(ByteOrder::Network)), shown: 0 };
    story.wire(&mut dissect, &tap.take_closed(PATIENCE, 0));
    story.verdict(true, resumed.output.trim_end());
    if cut.status.code() != Some(1) || !resumed.status.success() {
        return Err(Failure::new(format!(
            "the file should have been cut off and then resumed: {}",
            resumed.errors
        )));
    }
    if std::fs::read(to.path().join("notes.txt")).map_err(failed)? != content {
        return Err(Failure::new("the file arrived with other bytes"));
    }
    story.say("Its SHA-256 fits, and only now it has taken its place in the folder.");
    Ok(())
}

fn tap(tap: std::io::Result<Tap>) -> Result<Tap, Failure> {
    tap.map_err(|e| lab::io_failure("cannot start the tap", &e))
}

/// Shows the offer, the answer, the first frame of the file and the last answer: the rest is more of the same.
struct FirstFrames<D> {
    inner: D,
    shown: usize,
}

impl<D: Dissect> Dissect for FirstFrames<D> {
    fn bytes(&mut self, direction: lab::Direction, bytes: &[u8]) -> Vec<anatomy::Labelled> {
        let mut messages = self.inner.bytes(direction, bytes);
        if direction == lab::Direction::ToServer {
            messages.truncate(2_usize.saturating_sub(self.shown));
            self.shown += messages.len();
        }
        messages
    }
}

const FILE_SIZE: usize = 400_000;
const CUT: usize = 150_000;
const PATIENCE: Duration = Duration::from_secs(10);
