//! What goes into the screen and what comes out of it: events, and what is to be done.

use super::{Channel, Settings};
use crate::action::Key;
use crate::image::{self, Graphics};
use crate::screens::Secret;
use crossterm::event::MouseEvent;
use ratatui::layout::Size;
use std::path::PathBuf;
use uchat_client::core::{Command, CommandId, With};
use uchat_client::runtime::Told;
use uchat_protocol::MessageId;
use uchat_protocol::inspect::Layer;

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// The mouse was used.
    Mouse(MouseEvent),
    /// Something was pasted. It is text, whatever stands in it.
    Paste(String),
    /// The terminal has another size.
    Resize(Size),
    /// The terminal's window has the user's attention, or not any more.
    Attention(bool),
    /// The terminal has told what it can draw; until then half blocks do.
    Graphics(Graphics),
    /// From the client.
    Told(Box<Told>),
    /// A job is done, or could not be.
    Done(Done),
    /// Time has passed: the time for which `Effect::WakeAt` asked has come.
    Tick,
}

/// Something to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// For the client.
    Command(CommandId, Command),
    /// For the program around the screen; it takes time.
    Job(Job),
    /// Measures or decodes an image; what was found is told as [`Done::Image`].
    Image(image::Request),
    /// Draws attention: a bell, and a notification where the terminal can show one.
    Notify {
        /// From whom.
        title: String,
        /// What.
        body: String,
    },
    /// Puts a text into the clipboard of the terminal.
    Copy(String),
    /// Sends [`Event::Tick`] at this time, in milliseconds since 1970.
    WakeAt(u64),
    /// Ends the program.
    Quit,
}

/// Something that takes time and is done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// Starts a private server on this machine, or finds the one that was started before, and opens a client for it.
    StartPrivate,
    /// Remembers the server of this invite and opens a client for it.
    Join(String),
    /// Opens a client for the server that the profile knows.
    Open,
    /// Trusts the CA of this fingerprint, which the server has shown, and opens a client for it.
    Trust(String),
    /// Takes keys that were exported elsewhere into the profile, and opens a client anew.
    ImportKeys {
        /// The file.
        file: PathBuf,
        /// What opens it.
        passphrase: Secret,
        /// The account's password, under which the keys are kept.
        password: Secret,
    },
    /// Keeps the settings.
    SaveSettings(Box<Settings>),
    /// Remembers who logs in, for the next start; `None` forgets.
    RememberUser(Option<String>),
    /// Lists a folder, for the file picker; `~` and `.` at its start count as in a shell.
    List(PathBuf),
    /// Looks up how a message has travelled; the text is what stands in it.
    Inspect(MessageId, String),
    /// Writes a conversation into a file: the text of it, and the suggested name.
    Export {
        /// With whom.
        with: With,
        /// `text`, `json` or `html`.
        format: &'static str,
    },
}

/// What came of a job.
#[derive(Debug, Clone)]
pub enum Done {
    /// A client is open and takes commands; where it connects, over what, and who has logged in there last.
    Opened(Channel, Option<String>),
    /// It could not be opened; the sentence says why and what to do.
    NotOpened(String),
    /// The server shows a CA that nobody has vouched for: somebody must say whether it is the right one.
    Untrusted {
        /// Its address.
        server: String,
        /// SHA-256 of the CA's certificate, in hexadecimal.
        fingerprint: String,
    },
    /// The keys are in the profile; or not, and a client is open as before. `Opened` comes before.
    Imported(Result<(), String>),
    /// A folder's content; the folder by its whole path.
    Listed(PathBuf, Result<Vec<Listed>, String>),
    /// What was found out about an image.
    Image(image::Request, Result<image::Found, image::Trouble>),
    /// The layers of a message, the innermost first, if they are still known.
    Inspected(MessageId, Option<Vec<Layer>>),
    /// A conversation was written to this file, or not.
    Exported(Result<PathBuf, String>),
    /// The settings could not be kept.
    NotSaved(String),
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size in bytes; `None` for folders.
    pub size: Option<u64>,
}
