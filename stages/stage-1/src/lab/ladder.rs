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
pub const LADDER: &[Rung] = &[Rung {
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
        ("cargo run -p stage-1 -- attack --list", "the attacks of this stage"),
    ],
}];

/// The rung of `stage`. Stages ask for their own in a constant, so a wrong number does not compile.
#[must_use]
pub const fn rung(stage: u8) -> &'static Rung {
    &LADDER[stage as usize - 1]
}
