//! The commands of the front end, chosen at random.

use super::World;
use crate::script::{send, to_bob};
use rand::RngExt;
use uchat_client::core::{Command, FriendAnswer, With};

/// How many verbs there are.
pub(crate) const VERBS: usize = 36;

/// The number of a verb in [`World::verb`]. The compiler finds a verb that is missing here; a test, one that was never
/// tried.
fn number_of(command: &Command) -> usize {
    match command {
        Command::Register { .. } => 0,
        Command::Login { .. } => 1,
        Command::Logout {} => 2,
        Command::Search { .. } => 3,
        Command::AddFriend { .. } => 4,
        Command::DeleteFriend { .. } => 5,
        Command::Block { .. } => 6,
        Command::Unblock { .. } => 7,
        Command::AnswerFriend { .. } => 8,
        Command::Contacts {} => 9,
        Command::CreateRoom { .. } => 10,
        Command::JoinRoom { .. } => 11,
        Command::LeaveRoom { .. } => 12,
        Command::RemoveMember { .. } => 13,
        Command::HandOver { .. } => 14,
        Command::Members { .. } => 15,
        Command::Send { .. } => 16,
        Command::Retry { .. } => 17,
        Command::SendFile { .. } => 18,
        Command::SaveFile { .. } => 19,
        Command::CancelFile { .. } => 20,
        Command::History { .. } => 21,
        Command::Sync {} => 22,
        Command::MarkRead { .. } => 23,
        Command::Typing { .. } => 24,
        Command::SafetyNumber { .. } => 25,
        Command::AcceptKey { .. } => 26,
        Command::NewKeys { .. } => 27,
        Command::SetProfile { .. } => 28,
        Command::ChangePassword { .. } => 29,
        Command::DeleteAccount { .. } => 30,
        Command::Edit { .. } => 31,
        Command::Delete { .. } => 32,
        Command::React { .. } => 33,
        Command::Reconnect {} => 34,
        Command::Profile {} => 35,
    }
}

impl World {
    pub(super) fn random_command(&mut self) {
        let number = self.random.random_range(0..4 * VERBS);
        // Messages and log-ins more often, so that there is something for the others to meet.
        let command = match number {
            0..VERBS => self.verb(number),
            n if n < 2 * VERBS => {
                Command::Login { username: "ann".to_owned(), password: "ann's password".into() }
            }
            _ => send("hi"),
        };
        self.tried.insert(number_of(&command));
        self.command(command);
    }

    /// The verb of this number, about somebody or something.
    fn verb(&mut self, number: usize) -> Command {
        let username = ["ann", "bob", "eve"][self.random.random_range(0..3)].to_owned();
        let with = if self.chance(2) { to_bob() } else { With::Room(5) };
        let (password, path, room) =
            ("ann's password".into(), "x".to_owned(), self.random.random_range(4..6));
        let message_id = self.message();
        match number {
            0 => Command::Register {
                username,
                password,
                email: "ann@example.org".to_owned(),
                sex: None,
                age: None,
            },
            1 => Command::Login { username, password },
            2 => Command::Logout {},
            3 => Command::Search { text: username },
            4 => Command::AddFriend { username },
            5 => Command::DeleteFriend { username },
            6 => Command::Block { username },
            7 => Command::Unblock { username },
            8 => {
                let answer = [FriendAnswer::Accept, FriendAnswer::Decline, FriendAnswer::Later];
                Command::AnswerFriend { username, answer: answer[self.random.random_range(0..3)] }
            }
            9 => Command::Contacts {},
            10 => Command::CreateRoom { name: username },
            11 => Command::JoinRoom { room },
            12 => Command::LeaveRoom { room },
            13 => Command::RemoveMember { room, username },
            14 => Command::HandOver { room, username },
            15 => Command::Members { room },
            16 => send("hi"),
            17 => Command::Retry { message_id },
            18 => Command::SendFile { to: with, path },
            19 => Command::SaveFile { message_id, path },
            20 => Command::CancelFile { message_id },
            21 => Command::History { with, before: None, limit: None, search: None },
            22 => Command::Sync {},
            23 => Command::MarkRead { with },
            24 => Command::Typing { with },
            25 => Command::SafetyNumber { username },
            26 => Command::AcceptKey { username },
            27 => Command::NewKeys { password },
            28 => Command::SetProfile {
                email: self.chance(2).then(|| "ann@example.org".to_owned()),
                sex: None,
                age: None,
                share_address: None,
                share_read: None,
                share_typing: Some(self.chance(2)),
            },
            29 => Command::ChangePassword { old: password.clone(), new: password },
            30 if self.chance(5) => Command::DeleteAccount { password },
            31 => Command::Edit { message_id, text: "hi!".to_owned() },
            32 => Command::Delete { message_id },
            33 => Command::React { message_id, emoji: "👍".to_owned(), on: self.chance(2) },
            34 => Command::Reconnect {},
            35 => Command::Profile {},
            _ => Command::Contacts {},
        }
    }
}
