//! The command line: verbs, options, help.

use crate::bench::Bench;
use crate::export::Format;
use certificates::x509::ServerName;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;
use uchat_protocol::PORT;
use uchat_tui::lang::Lang;

/// A messenger built from the layers of the eight stages. Without a command it opens its screen
#[derive(Parser)]
#[command(version, after_help = STATUS, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// Options of all verbs.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Options of all verbs")]
pub(crate) struct Global {
    /// The folder of one account: keys, history, settings
    #[arg(long, global = true, value_name = "DIR", env = "UCHAT_PROFILE")]
    pub(crate) profile: Option<PathBuf>,
    /// The server, if the profile knows none yet, or another address of it
    #[arg(long, global = true, value_name = "HOST:PORT", env = "UCHAT_SERVER")]
    pub(crate) server: Option<String>,
    /// The certificate (PEM) of the CA that vouches for the server
    #[arg(long, global = true, value_name = "FILE", env = "UCHAT_CA")]
    pub(crate) ca: Option<PathBuf>,
    /// Trust the CA that the server shows the first time, without asking
    #[arg(long, global = true)]
    pub(crate) trust_first: bool,
    /// The access key of the server, if there is no invite to take it from
    #[arg(long, global = true, value_name = "FILE", env = "UCHAT_ACCESS_KEY_FILE")]
    pub(crate) access_key_file: Option<PathBuf>,
    /// The account's name
    #[arg(long, global = true, value_name = "NAME", env = "UCHAT_USERNAME")]
    pub(crate) username: Option<String>,
    /// A file with the account's password; without it the terminal is asked
    #[arg(long, global = true, value_name = "FILE", env = "UCHAT_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Speak the channel of stage N (1 to 7) instead; below 7 on this machine only
    #[arg(long, global = true, value_name = "N", env = "UCHAT_LESSON", value_parser = clap::value_parser!(u8).range(1..=7))]
    pub(crate) lesson: Option<u8>,
    /// Speak TLS 1.3 instead of our own channel
    #[arg(long, global = true, env = "UCHAT_TLS", value_parser = clap::builder::BoolishValueParser::new(), num_args = 0)]
    pub(crate) tls: bool,
    /// The language of the screen; without it that of the settings, else that of the locale
    #[arg(long, global = true, value_name = "en|zh", env = "UCHAT_LANG", value_parser = language)]
    pub(crate) lang: Option<Lang>,
    /// Say more on standard error; -vv says even more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Write the log as JSON lines
    #[arg(long, global = true)]
    pub(crate) log_json: bool,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Show everything in five minutes: two people side by side, a server of their own, a check-list
    #[command(
        after_help = "Example: uchat demo\n\nWith --lesson N or --tls the same over that channel. It runs on this machine only, touches no profile, and\nremoves all it has made when it ends."
    )]
    Demo,
    /// Run a server
    #[command(
        after_help = "Example: uchat server --data my-server\n\nFirst line on standard output: `listening on ADDR`. Ctrl-C ends it."
    )]
    Server(Server),
    /// Print the invite of a server: one string that lets a newcomer in
    #[command(after_help = "Example: uchat invite --data my-server --host chat.example.org")]
    Invite(Invite),
    /// Remember the server of an invite in the profile
    #[command(after_help = "Example: uchat invite --data my-server | uchat join -")]
    Join {
        /// The invite (uchat://…); `-` reads it from standard input, where no other user of this machine sees it
        invite: String,
    },
    /// Make an account on the server
    #[command(after_help = "Example: uchat register --username bob --email bob@example.org")]
    Register(Register),
    /// Ask somebody to be a friend; or accept, if they have asked
    #[command(after_help = "Example: uchat add bob")]
    Add {
        /// The user's name
        #[arg(value_name = "NAME")]
        user: String,
    },
    /// Send a text
    #[command(
        after_help = "Examples:\n  uchat send bob 'See you at eight'\n  date | uchat send '#3' -\n\nExit status: 0 once the server has stored it, 1 otherwise, with the reason."
    )]
    Send {
        /// A user's name, or # and a room's number
        to: String,
        /// The text; `-` reads it from standard input
        text: String,
    },
    /// Write back and forth, line by line, without a screen
    #[command(
        after_help = "Example: uchat chat bob\n\nEach line is sent; what comes is printed, and the cursor never moves back: good for screen\nreaders and slow lines. Ctrl-D ends it, or Ctrl-C."
    )]
    Chat {
        /// A user's name, or # and a room's number
        with: String,
    },
    /// Print the messages of a conversation
    #[command(after_help = "Example: uchat history bob --search eight")]
    History {
        /// A user's name, or # and a room's number
        with: String,
        /// At most so many, the newest ones
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
        /// Only those that contain this
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
    },
    /// Print friends and rooms
    #[command(after_help = "Example: uchat contacts")]
    Contacts,
    /// Write a whole conversation to standard output
    #[command(after_help = "Example: uchat export bob --format html > bob.html")]
    Export {
        /// A user's name, or # and a room's number
        with: String,
        /// As lines of text, as an array of what `uchat run` tells, or as a page of its own
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Take the account's private keys to another machine
    #[command(after_help = "Example: uchat key export bob.keys, then elsewhere: uchat key import bob.keys")]
    Key {
        #[command(subcommand)]
        what: Key,
    },
    /// Print the safety number that you and a user can compare
    #[command(after_help = "Example: uchat safety bob")]
    Safety {
        /// The user's name
        with: String,
    },
    /// Print where everything lies, and how to remove it
    #[command(after_help = "Example: uchat paths")]
    Paths,
    /// Read commands and write events as JSON lines: for programs
    #[command(after_help = RUN)]
    Run,
    /// Put load on a server, and measure it
    #[command(after_help = BENCH)]
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
}

/// `uchat server`.
#[derive(Args)]
pub(crate) struct Server {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDR", env = "UCHAT_LISTEN", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// The folder of its database, keys and files
    #[arg(long, value_name = "DIR", env = "UCHAT_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// A name or address under which it is reached, for its certificate; repeatable
    #[arg(long, value_name = "NAME", env = "UCHAT_HOST", value_delimiter = ',', value_parser = host)]
    pub(crate) host: Vec<String>,
    /// A file of settings (TOML); options here count more
    #[arg(long, value_name = "FILE", env = "UCHAT_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// `off`: no limits on sign-ups, log-ins and messages, for load tests; on this machine only
    #[arg(long, value_enum, value_name = "on|off")]
    pub(crate) limits: Option<Switch>,
    /// Leave out the user `echo`, who is everybody's friend and answers each text with itself
    #[arg(long, env = "UCHAT_NO_ECHO", value_parser = clap::builder::BoolishValueParser::new(), num_args = 0)]
    pub(crate) no_echo: bool,
}

/// On or off. The values have no docs of their own: with them clap would spread all help over four times the lines.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// `uchat invite`.
#[derive(Args)]
pub(crate) struct Invite {
    /// The folder of the server
    #[arg(long, value_name = "DIR", env = "UCHAT_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// The name under which the newcomer reaches the server, if it is another than it listens on
    #[arg(long, value_name = "NAME", value_parser = host)]
    pub(crate) host: Option<String>,
}

/// `uchat register`.
#[derive(Args)]
pub(crate) struct Register {
    /// Your e-mail address; nobody verifies it
    #[arg(long, value_name = "MAIL")]
    pub(crate) email: String,
    /// If you want to tell: in your own words
    #[arg(long)]
    pub(crate) sex: Option<String>,
    /// If you want to tell: in years
    #[arg(long, value_name = "YEARS")]
    pub(crate) age: Option<u8>,
}

/// `uchat key`.
#[derive(Subcommand)]
pub(crate) enum Key {
    /// Write the keys, encrypted under a passphrase of their own
    #[command(after_help = "Example: uchat key export bob.keys")]
    Export {
        /// A new file
        file: PathBuf,
        /// A file with the passphrase; without it the terminal is asked
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Take keys that were exported elsewhere into this profile
    #[command(
        after_help = "Example: uchat key import bob.keys\n\nKeys that were there stay in the profile as keys-1.pem, keys-2.pem and so on."
    )]
    Import {
        /// The file
        file: PathBuf,
        /// A file with the passphrase; without it the terminal is asked
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |_| format!("it must be an address and a port, as in 127.0.0.1:{PORT}");
    text.parse().map_err(wrong)
}

/// A server's name or address as certificates and invites have it: in lower case, without brackets.
fn host(text: &str) -> Result<String, String> {
    text.trim().parse().map(|name: ServerName| name.to_string()).map_err(|error| error.to_string())
}

fn language(name: &str) -> Result<Lang, String> {
    let known = Lang::ALL.iter().copied().find(|lang| lang.name() == name);
    known.ok_or_else(|| "the languages are en and zh".to_owned())
}

/// What to begin with, for whoever starts `uchat` alone where there is no terminal.
pub(crate) const START: &str = "\
In a terminal, uchat alone opens its screen and helps you begin. Without one:

uchat server                                             # runs a server here; leave it running
uchat invite | uchat join -                              # in another terminal: remember it
uchat register --username NAME --email MAIL              # make your account; then: uchat chat echo

`uchat --help` lists everything else.";

const BENCH: &str = "\
Example:
  uchat bench prepare --data load --users 100
  uchat server --data load --limits off --no-echo &
  uchat bench direct --server 127.0.0.1:2333 --ca load/ca.pem --access-key-file load/access.key --users 100";

const STATUS: &str = "On the screen F1 helps and Ctrl-Q leaves. `uchat chat` and `uchat run` do without it.\n\nExit status: 0 done, 1 the server, the network or a file failed, 2 wrong usage.\n\
Each option with a variable in [env: …] can be set there instead.";

const RUN: &str = r#"Example: printf '%s\n' '{"id":1,"do":"login","username":"bob","password":"…"}' '{"id":2,"do":"contacts"}' | uchat run

One command per line: {"id": 7, "do": "VERB", …}; exactly one answer {"id": 7, "ok": true, …} or
{"id": 7, "ok": false, "code": "…", "error": "…"}. Events {"event": "…", …} come in between.

Verbs: register login logout search add_friend answer_friend delete_friend block unblock contacts
create_room join_room leave_room members remove_member hand_over send edit delete react retry
send_file save_file cancel_file history sync mark_read typing safety_number accept_key new_keys set_profile
profile change_password delete_account reconnect

The README has their fields. With --password-file it logs in by itself, as --username or as who has logged in last."#;
