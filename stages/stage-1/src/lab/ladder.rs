//! The ladder as a table: what each stage adds, stops and falls to. The demos' endings and the table in
//! `stages/README.md` come from here.

/// One stage.
#[derive(Debug)]
pub struct Rung {
    /// Its number; the package is `stage-N`.
    pub stage: u8,
    /// The name of its library.
    pub library: &'static str,
    /// The port of its server.
    pub port: u16,
    /// The layer it adds.
    pub layer: &'static str,
    /// The attack of the stage before, which it stops.
    pub stops: &'static str,
    /// The attack it falls to itself.
    pub falls_to: &'static str,
    /// The part of HTTPS that does this work, in a few words.
    pub counterpart: &'static str,
    /// The same as a paragraph.
    pub https: &'static str,
    /// What to run next: commands that end by themselves, each with a few words.
    pub next: &'static [(&'static str, &'static str)],
}

/// All stages that exist, in order.
pub const LADDER: &[Rung] = &[STAGE_1, STAGE_2, STAGE_3, STAGE_4, STAGE_5, STAGE_6, STAGE_7, STAGE_8];

/// The rung of `stage`. Stages ask for their own in a constant, so a wrong number does not compile.
#[must_use]
pub const fn rung(stage: u8) -> &'static Rung {
    &LADDER[stage as usize - 1]
}

const STAGE_1: Rung = Rung {
    stage: 1,
    library: "echo",
    port: 9001,
    layer: "echo over a plain socket",
    stops: "(nothing: this is the ground)",
    falls_to: "a stranger connects and is served",
    counterpart: "HTTP in clear over TCP",
    https: "A web server without the S starts exactly like this: it listens on a TCP port (80), accepts whoever \
            connects, reads bytes and answers. Nothing tells it who is there, and nothing hides what is said. \
            HTTPS keeps this socket and puts layers on top of it, one by one, as the next stages do.",
    next: &[
        ("cargo run -p stage-1 -- --help", "server and client for two terminals of your own"),
        ("cargo run -p stage-2", "the next rung: who does not know the key stays outside"),
    ],
};

const STAGE_2: Rung = Rung {
    stage: 2,
    library: "conn_auth",
    port: 9999,
    layer: "connection authentication by HMAC challenge and response",
    stops: "a stranger connects and is served",
    falls_to: "one silent connection keeps all others waiting",
    counterpart: "client authentication, PSK and Finished MACs",
    https: "A browser usually stays anonymous, and the server proves itself; stage 7 does that. But the idea of this \
            stage is everywhere in TLS: each side ends the handshake with Finished, an HMAC over all that was said \
            (RFC 8446, section 4.4.4), and where both share a key beforehand (PSK, section 4.2.11) a binder proves \
            it in the same way. Client certificates do it with a signature in place of the shared key.",
    next: &[
        ("cargo run -p stage-2 -- --help", "server and client with a key of your own"),
        ("cargo run -p stage-3", "the next rung: many clients at once"),
    ],
};

const STAGE_3: Rung = Rung {
    stage: 3,
    library: "socketserver",
    port: 8001,
    layer: "many clients at once: threads, a select loop, tasks",
    stops: "one silent connection keeps all others waiting",
    falls_to: "one message arrives in pieces, two arrive as one",
    counterpart: "worker models of web servers",
    https: "Every web server chose one of these models. Apache began with a process, then a thread, for each \
            connection; nginx runs one event loop for each core; servers in Rust and Go run tasks. TLS sits above \
            that choice and does not see it: a TLS library, too, is written as bytes in, bytes out (rustls, \
            OpenSSL with memory BIOs), so that any model can drive it.",
    next: &[
        ("cargo run -p stage-3 -- --help", "the three models to try, and the chat with --interactive"),
        ("cargo run -p stage-4", "the next rung: a message ends where it should"),
    ],
};

const STAGE_4: Rung = Rung {
    stage: 4,
    library: "framing",
    port: 9004,
    layer: "length-prefixed frames, typed values, files that resume",
    stops: "one message arrives in pieces, two arrive as one",
    falls_to: "somebody on the path reads everything",
    counterpart: "record header, Content-Length",
    https: "TLS does it twice and HTTP a third time. Each TLS record begins with a type, a version and a length of \
            two bytes (RFC 8446, section 5.1); inside, each handshake message has a length of three bytes (section \
            4); and inside that again HTTP says Content-Length, or the length of each chunk. The limit of \
            a record is 16 KiB, checked before memory is taken, as ours is.",
    next: &[
        ("cargo run -p stage-4 -- --help", "server, client, files, and values as JSON and hex"),
        ("cargo run -p stage-5", "the next rung: a secret agreed on in front of everybody"),
    ],
};

const STAGE_5: Rung = Rung {
    stage: 5,
    library: "key_exchange",
    port: 9005,
    layer: "Diffie-Hellman over big primes; RC4 under the agreed key",
    stops: "somebody on the path reads everything",
    falls_to: "flipped bits change what is said, unnoticed",
    counterpart: "key_share (ServerKeyExchange before TLS 1.3); why RC4 was banned",
    https: "The two public values are TLS 1.3's key_share (RFC 8446, section 4.2.8); in TLS 1.2 the server's travelled in \
            ServerKeyExchange. The group is one of TLS's own, ffdhe2048 (RFC 7919); most connections of today use a \
            curve instead, which is faster and works the same way. RC4 encrypted much of the web for twenty years, \
            until its biased bytes were enough to read cookies: RFC 7465 forbids it. And every TLS since 1.3 protects \
            a record against change in the same step that encrypts it.",
    next: &[
        ("cargo run -p stage-5 -- prime --bits 512", "a big prime of your own"),
        ("cargo run -p stage-6", "the next rung: packets with a digest, so that a change is found"),
    ],
};

const STAGE_6: Rung = Rung {
    stage: 6,
    library: "cbc_packet",
    port: 9006,
    layer: "AES-CBC packets with an MD5 digest",
    stops: "flipped bits change what is said, unnoticed",
    falls_to: "packets are forged, turned, repeated and sent back; a man in the middle reads everything",
    counterpart: "CBC suites, BEAST, POODLE and Lucky 13; AEAD since TLS 1.3",
    https: "For fifteen years most of the web was encrypted like this: AES in CBC mode, a digest beside it. TLS's digest \
            always had a key and counted the records (RFC 5246, section 6.2.3.1), so nothing here could be forged or \
            repeated there. But IVs could be foreseen (BEAST, 2011), and the digest was checked only after the padding \
            had been looked at, so servers answered questions about it (Lucky 13, 2013; POODLE, 2014): enough to read \
            cookies. TLS 1.3 has no CBC. Its ciphers encrypt and authenticate in one step (AEAD: RFC 8446, section 5.2), under a key for each \
            direction, with a number for each record; and a certificate says who is at the other end.",
    next: &[
        ("cargo run -p stage-6 -- --help", "server and client, with /add NAME and /delete NAME"),
        ("cargo run -p stage-7", "the next rung: who is there, and a digest with a key"),
    ],
};

const STAGE_7: Rung = Rung {
    stage: 7,
    library: "certificates",
    port: 9007,
    layer: "certificates, a CA, the signed handshake, keyed packets",
    stops: "packets are forged, turned, repeated and sent back; a man in the middle reads everything",
    falls_to: "nothing on its own channel; the older way (`--key-transport`) falls to a key stolen later",
    counterpart: "Certificate, CertificateVerify, Finished; the checks of a chain",
    https: "This is TLS 1.3's handshake, message by message (RFC 8446, section 4): the key shares in the hellos, then \
            under the first keys EncryptedExtensions, Certificate, CertificateVerify and Finished. Browsers check what we \
            check, against more than a hundred CAs instead of one. Each of them can sign for every name, so since 2018 \
            certificates must stand in public logs (RFC 6962). Key transport, our exhibit, was TLS's usual way until about \
            2013; TLS 1.3 has removed it. And its records have an AEAD in the place of our AES-CBC and HMAC.",
    next: &[
        ("cargo run -p stage-7 -- scenario", "a university, a board and three students, each a process"),
        ("cargo run -p stage-7 -- --help", "server, client, a CA of your own, and the roles by hand"),
        ("cargo run -p stage-8", "the next rung: real HTTPS with these certificates"),
    ],
};

const STAGE_8: Rung = Rung {
    stage: 8,
    library: "https",
    port: 9443,
    layer: "the real thing: TLS 1.3 and HTTP with stage 7's certificates",
    stops: "(all of the above, in the protocol that the web uses)",
    falls_to: "a visitor, by design; --client-ca keeps strangers out",
    counterpart: "itself",
    https: "This is it. Every layer of the course has its place here: the socket (stage 1), the proof of who is there \
            (2), the server's threads (3), lengths in front of records and bodies (4), the key exchange (5), \
            encryption with a check of every record (6), certificates and the signed handshake (7). What stays \
            visible in HTTPS, too: the host's name in ClientHello (unless it is encrypted with ECH), the addresses, \
            the times, and how long everything is.",
    next: &[
        ("cargo run -p stage-8 -- --help", "the server for your browser, and get for any https page"),
        (
            "cargo run -p stage-8 -- attack --list",
            "every attack of the course, and none but the visitor succeeds",
        ),
    ],
};
