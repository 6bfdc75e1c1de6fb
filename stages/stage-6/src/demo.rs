//! The narrated run: packets on the wire, flipped bits that are found, and six attacks that are not.

use anatomy::{Labelled, Reader, Terminal, quoted};
use cbc_packet::operations::{ADD_FRIEND, read_message, text_message};
use cbc_packet::{LIMIT, PacketDecoder, Packets, Sealed, label_packet};
use conn_auth::{Challenged, random};
use echo::lab::{self, Attacked, Failure, Options, Process, Rung, Story, Tap};
use key_exchange::{Group, fresh_pair};
use std::net::SocketAddr;
use std::time::Duration;

const RUNG: &Rung = lab::rung(6);

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let texts = lab::demo_texts(options, &["pay 100 to bob", "and tell nobody"])?;
    let key = lab::demo_key(options, random()?)?;
    let mut story = Story::begin(RUNG, options.has("step"));

    story.section("What is new");
    story.say(
        "Both sides agree on a key as in stage 5. Then each message travels in a packet: it is filled up with zeros \
         to whole blocks of 16 bytes and encrypted with AES-256. In CBC mode each block is XORed with the encrypted \
         block before it, the first one with the IV, 16 random bytes in the header. And the header has a digest of \
         the encrypted body, so that a change is found.",
    );
    let mut server = Server::start(&key, &[])?;

    story.section("On the wire");
    wire(&story, &server, &texts)?;
    story.say(
        "The body is noise, but its length is not hidden, and neither are header and order. Here is a packet under \
         a key of this demo's own, and what is inside:",
    );
    inside()?;

    story.section("The attack of stage 5, again: flipped bits");
    let (flipped, _) = server.attacked(&story, "flip", &texts[..1])?;
    flipped.must_fail()?;
    story.say("A changed body has another digest. The server closes, and its log says:");
    server.show_log(&story, "digest");

    story.section("Forged: the digest has no key");
    story.say(
        "Everybody can compute MD5. And the text of a block is D(C) xor the block before it, or the IV, which travels \
         in clear. Who knows the text of one block knows D(C), and can give it any other text by choosing the IV. \
         The attacker flips a bit of an IV; the server answers with a sentence that everybody knows.",
    );
    server.attacked(&story, "forge", &texts[..1])?.0.must_succeed()?;
    server.direct(&story, "/add mallory")?;

    story.section("Turned: the digest does not cover the IV");
    story.say("Operation 4 adds a friend, 11 deletes one. 4 xor 11 is 15: four bits in the IV's first byte.");
    server.direct(&story, "/add bob")?;
    let (turned, answers) = server.attacked(&story, "iv-flip", &["/add bob".to_owned()])?;
    turned.must_succeed()?;
    story.say(&format!("The client said \"/add bob\" and was answered {}.", quoted(&answers.concat())));

    story.section("Repeated, and sent back: nothing counts, nothing tells the directions apart");
    server.attacked(&story, "replay", &["/add carol".to_owned()])?.0.must_succeed()?;
    story.say("The second answer is longer: carol was on the list already. Had it been a payment …");
    server.attacked(&story, "reflect", &texts[..1])?.0.must_succeed()?;

    story.section("The man in the middle");
    story.say(
        "The challenge proves that both know the class's key. It does not say who is at the other end of the public \
         values. So challenge and answer pass unchanged, and the public values do not:",
    );
    let (read, answers) = server.attacked(&story, "mallory", &texts)?;
    read.must_succeed()?;
    story.say(&format!(
        "In each text bob and eve change places, and in the answer they change back. The client saw {}. The only \
         trace: the two sides print different eight words.",
        quoted(answers.first().map_or("", String::as_str))
    ));

    story.section("An oracle: a server that talks about its padding");
    story.say(
        "With --check-padding the server looks at the zeros at a packet's end and says so if they are none. It means \
         well. For the attacker each answer is one bit about a block that it cannot read:",
    );
    let strict = Server::start(&key, &["--check-padding"])?;
    strict.attacked(&story, "padding-oracle", &texts[..1])?.0.must_succeed()?;
    story.say("Without the option the same program gets nowhere:");
    server.attacked(&story, "padding-oracle", &texts[..1])?.0.must_fail()?;
    story.say(
        "Stage 7 puts a key and a number into the digest, gives each direction keys of its own, and signs the public \
         values.",
    );
    story.end(RUNG);
    Ok(())
}

/// A client talks through a tap.
fn wire(story: &Story, server: &Server<'_>, texts: &[String]) -> Result<(), Failure> {
    let tap = Tap::start(server.address).map_err(|e| lab::io_failure("cannot start the tap", &e))?;
    let mut client = server.client(tap.address())?;
    let mut dissect = Challenged::hidden(Sealed::default());
    for text in texts {
        story.command(&format!("echo {} | stage-6 client --key …", quoted(text)));
        let answer = client.ask(text)?;
        story.wire(&mut dissect, &tap.take());
        story.printed("the client", &answer);
    }
    client.wait(PATIENCE).map(drop)
}

/// A packet that is sealed and opened here.
fn inside() -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(error.to_string());
    let (ann, bob) = (fresh_pair(&Group::ffdhe2048())?, fresh_pair(&Group::ffdhe2048())?);
    let key = ann.shared_key(bob.public()).map_err(|e| failed(&e))?;
    let packets = Packets::new(key.bytes());
    let mut bytes = Vec::new();
    packets.seal_message(random()?, &text_message(ADD_FRIEND, "bob"), &mut bytes).map_err(|e| failed(&e))?;
    let mut decoder = PacketDecoder::new(LIMIT);
    decoder.push(&bytes);
    if let Some(packet) = decoder.packet().map_err(|e| failed(&e))? {
        show(&label_packet(&packet.header, packet.body, "MD5 of the body, in hexadecimal digits"));
        let (text, fill) = packets.open(packet).map_err(|e| failed(&e))?;
        let body = [text, fill].concat();
        let mut r = Reader::traced(&body);
        read_message(&mut r).and_then(|_| r.bytes(fill.len(), "fill")).map_err(|e| failed(&e))?;
        show(&r.into_labelled());
    }
    Ok(())
}

fn show(labelled: &Labelled) {
    lab::print("");
    lab::print(Terminal::stdout().render(labelled).trim_end_matches('\n'));
}

/// A server of this stage, and what its clients need.
struct Server<'k> {
    process: Process,
    address: SocketAddr,
    key: &'k str,
}

impl<'k> Server<'k> {
    fn start(key: &'k str, more: &[&str]) -> Result<Self, Failure> {
        let args = ["server", "--listen", "127.0.0.1:0", "--key", key];
        let (process, address) = lab::own(args.iter().chain(more))?.server()?;
        Ok(Self { process, address, key })
    }

    fn client(&self, address: SocketAddr) -> Result<Process, Failure> {
        lab::own(["client", "--connect", &address.to_string(), "--key", self.key])
    }

    /// The next line of its log with this word, without the client's address.
    fn show_log(&mut self, story: &Story, word: &str) {
        while let Some(line) = self.process.log_line(PATIENCE) {
            if line.contains(word) {
                story.verdict(true, line.split_once(' ').map_or(line.as_str(), |(_, text)| text));
                return;
            }
        }
    }

    /// One line of a client whom nobody attacks.
    fn direct(&self, story: &Story, line: &str) -> Result<(), Failure> {
        story.command(&format!("echo {} | stage-6 client --key …", quoted(line)));
        let mut client = self.client(self.address)?;
        let answer = client.ask(line)?;
        client.wait(PATIENCE)?;
        story.printed("the client", &answer);
        Ok(())
    }

    /// Runs an attack on the path while a client says `texts`; returns what the client was answered, too. A
    /// client whose connection ends is no error here.
    fn attacked(
        &self,
        story: &Story,
        name: &str,
        texts: &[String],
    ) -> Result<(Attacked, Vec<String>), Failure> {
        lab::attack_on_path(story, "stage-6", name, self.address, |path| {
            let mut client = self.client(path)?;
            let answers = texts.iter().map_while(|text| client.ask(text).ok()).collect();
            client.wait(PATIENCE)?;
            Ok(answers)
        })
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
