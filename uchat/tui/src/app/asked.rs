//! Commands without an answer, and what each answer is for.

use std::collections::BTreeMap;
use uchat_client::core::{CommandId, With};
use uchat_protocol::MessageId;

/// What an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing: only a refusal is told.
    Nothing,
    /// To get in, with a new account or an old one.
    LogIn(String),
    /// New keys for the account.
    NewKeys,
    /// The contact list.
    Contacts,
    /// Messages of a conversation.
    History(With, Page),
    /// What the server knows about us, and what we tell others.
    Profile,
    /// Members of a room.
    Members(u64),
    /// What the overlay on top waits for.
    Overlay,
    /// This sentence, once it is done.
    Tell(String),
    /// The answer to this friend request; the sentence tells that it was given. The request comes back if it was not.
    Answered(String, String),
    /// A message that was written here; it comes back if it cannot be queued.
    Send(Box<Written>),
    /// Another text for a message of ours; it comes back if it is refused.
    Edit(With, MessageId, String),
    /// A file that is to be sent.
    SendFile(With, String),
    /// To tell that a conversation was read.
    Read(With),
    /// To tell that we are typing: nobody needs to know if that cannot be told.
    Typing,
    /// A small image that is saved because it is on the screen: where it is not, there is still its button.
    Picture,
    /// To leave.
    LogOut,
    /// To leave for ever: the overlay on top is told only if that is refused.
    DeleteAccount,
}

/// Which messages of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The newest.
    Newest,
    /// Those before the message of this number.
    Older(u64),
    /// Those after it.
    Newer(u64),
    /// Those around it, instead of what is in memory.
    Around(u64),
    /// The first there are. They are looked for by halves: no message has a number below `none`, and one has a
    /// number below `some`.
    First {
        /// The number that the first may have.
        none: u64,
        /// The number that it cannot have.
        some: u64,
    },
    /// Those before the number `before`, until the message `id` is among them; so many more pages at most.
    Seek {
        /// The message.
        id: MessageId,
        /// The number.
        before: u64,
        /// Pages.
        more: u8,
    },
}

/// A message as it was written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// To whom.
    pub to: With,
    /// The text.
    pub text: String,
    /// The size in points; 0 = as usual.
    pub size: u8,
    /// The colour, `#rrggbb`; empty = as usual.
    pub colour: String,
    /// What it answers.
    pub reply_to: Option<MessageId>,
}

/// The commands without an answer.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    last: CommandId,
    open: BTreeMap<CommandId, Why>,
}

impl Asked {
    /// A new command's number.
    pub(crate) fn open(&mut self, why: Why) -> CommandId {
        self.last += 1;
        self.open.insert(self.last, why);
        self.last
    }

    /// The answer is there: what was it for?
    pub(crate) fn close(&mut self, id: CommandId) -> Option<Why> {
        self.open.remove(&id)
    }

    /// What is still answered is for somebody who is not here any more. Numbers are never used twice.
    pub(crate) fn forget(&mut self) {
        self.open.clear();
    }

    /// Whether an answer for this is on its way.
    #[must_use]
    pub fn waits_for(&self, why: &Why) -> bool {
        self.open.values().any(|open| open == why)
    }
}
