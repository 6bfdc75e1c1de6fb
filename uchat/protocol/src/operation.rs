//! Every operation: its number on the wire, its name and its direction.
//!
//! Numbers up to 11 and from 100 to 115 and 201 to 204 are those of the program that this one grew out of; all
//! others are new. 240 and 241 are no operations: the channel ends with them.

use std::fmt;

/// Who sends an operation, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Client → server. Every request gets exactly one answer, in the order of the requests.
    Request,
    /// Server → client: the answer to a request that was granted.
    Answer,
    /// Server → client: the answer to a request that was not.
    Failure,
    /// Server → client, at any time.
    Push,
}

macro_rules! operations {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal $name:literal $direction:ident,)*) => {
        /// An operation.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Operation {
            $($(#[doc = $doc])+ $variant = $number,)*
        }

        impl Operation {
            /// All of them, by number.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name, as the documentation and the dumps write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Who sends it.
            #[must_use]
            pub fn direction(self) -> Direction {
                match self { $(Self::$variant => Direction::$direction),* }
            }

            /// What it is for, in one sentence.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii()),* }
            }
        }
    };
}

operations! {
    /// Logs in with a password; ends the user's older session.
    Login = 1 "login" Request,
    /// Makes an account.
    Register = 2 "register" Request,
    /// Keeps a connection alive; comes back as it was sent.
    ClientEcho = 3 "client_echo" Request,
    /// Asks somebody to be a friend.
    AddFriend = 4 "add_friend" Request,
    /// Accepts or declines somebody who has asked.
    ResolveFriendRequest = 5 "resolve_friend_request" Request,
    /// Says something to a friend or into a room.
    SendMessage = 6 "send_message" Request,
    /// Enters a room by its number.
    JoinRoom = 7 "join_room" Request,
    /// Makes a room and enters it as its owner.
    CreateRoom = 8 "create_room" Request,
    /// Asks who is in a room.
    QueryRoomUsers = 9 "query_room_users" Request,
    /// Fails, on purpose: to see the error path.
    Bad = 10 "bad" Request,
    /// Ends a friendship, on both sides at once.
    DelFriend = 11 "del_friend" Request,
    /// Has the user's public keys certified by the server's CA.
    SignCertificate = 12 "sign_certificate" Request,
    /// Asks for the certificates of users.
    CertificatesOf = 13 "certificates_of" Request,
    /// Goes on with a session, without the password.
    Resume = 14 "resume" Request,
    /// Ends the session and all resume tokens.
    Logout = 15 "logout" Request,
    /// Looks for users by a part of their name.
    SearchUsers = 16 "search_users" Request,
    /// Wants to hear nothing from a user any more.
    Block = 17 "block" Request,
    /// Takes a block back.
    Unblock = 18 "unblock" Request,
    /// Leaves a room.
    LeaveRoom = 19 "leave_room" Request,
    /// Removes a member; for the room's owner.
    RemoveMember = 20 "remove_member" Request,
    /// Makes another member the owner.
    HandOver = 21 "hand_over" Request,
    /// Asks for messages of a conversation, by sequence number.
    FetchHistory = 22 "fetch_history" Request,
    /// Says up to where a conversation has been received and read.
    SetCursor = 23 "set_cursor" Request,
    /// Gives the members of a conversation the key of a new chain.
    KeyPackage = 24 "key_package" Request,
    /// Asks for key packages that were missed.
    FetchKeyPackages = 25 "fetch_key_packages" Request,
    /// Begins, or goes on with, putting a file on the server.
    FileBegin = 26 "file_begin" Request,
    /// One piece of that file.
    FilePut = 27 "file_put" Request,
    /// Asks for one piece of a file.
    FileGet = 28 "file_get" Request,
    /// Gives up a file that is not complete.
    FileCancel = 29 "file_cancel" Request,
    /// Changes what is known about the user.
    SetProfile = 30 "set_profile" Request,
    /// Changes the password; ends all resume tokens.
    ChangePassword = 31 "change_password" Request,
    /// Deletes the account. Its name is not given out again.
    DeleteAccount = 32 "delete_account" Request,
    /// Is typing; may get lost.
    Typing = 33 "typing" Request,

    /// Logged in, or resumed.
    LoginSuccessful = 100 "login_successful" Answer,
    /// The account exists now: the user's number.
    RegisterSuccessful = 101 "register_successful" Answer,
    /// Somebody wants to be a friend.
    IncomingFriendRequest = 102 "incoming_friend_request" Push,
    /// A friend or a room that is new in the contacts, or has changed.
    ContactInfo = 103 "contact_info" Push,
    /// Messages of one conversation.
    ChatHistory = 104 "chat_history" Answer,
    /// As it was sent.
    ServerEcho = 105 "server_echo" Answer,
    /// Whether the friend could be asked.
    AddFriendResult = 106 "add_friend_result" Answer,
    /// A friend has come or gone.
    FriendOnOffLine = 107 "friend_on_off_line" Push,
    /// Somebody has said something.
    OnNewMessage = 109 "on_new_message" Push,
    /// The server ends the session, and says why.
    ServerKick = 110 "server_kick" Push,
    /// Who is in a room.
    QueryRoomUsersResult = 111 "query_room_users_result" Answer,
    /// A member of a room has come or gone.
    RoomUserOnOffLine = 112 "room_user_on_off_line" Push,
    /// Everything a client needs to know after a log-in.
    LoginBundle = 113 "login_bundle" Push,
    /// Whether the friendship could be ended.
    DelFriendResult = 114 "del_friend_result" Answer,
    /// A friend or a room is gone from the contacts.
    DelInfo = 115 "del_info" Push,
    /// Done.
    Done = 116 "done" Answer,
    /// A friend has received or read up to here.
    CursorMoved = 117 "cursor_moved" Push,
    /// The key of a new chain of somebody in one of our conversations.
    KeyPackageFor = 118 "key_package_for" Push,
    /// Somebody is typing.
    TypingIn = 120 "typing_in" Push,

    /// The log-in failed; it is not said whether name or password was wrong.
    LoginFailed = 201 "login_failed" Failure,
    /// The name or the e-mail address is taken.
    UsernameTaken = 202 "username_taken" Failure,
    /// A request failed for a reason of the server's own.
    GeneralFailure = 203 "general_failure" Failure,
    /// A sentence of the server for everybody.
    GeneralMsg = 204 "general_msg" Push,
    /// A request is refused: the code, a sentence, and the field that is wrong.
    Refused = 205 "refused" Failure,
}

impl Operation {
    /// The operation with this number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|operation| operation.number() == number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_ascending_and_in_the_range_of_their_direction() {
        for pair in Operation::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{} {}", pair[0], pair[1]);
        }
        for operation in Operation::ALL {
            let range = match operation.direction() {
                Direction::Request => 1..=99,
                Direction::Answer => 100..=199,
                Direction::Failure => 200..=239,
                Direction::Push => 100..=239,
            };
            assert!(range.contains(&operation.number()), "{operation}");
            assert_eq!(Operation::from_number(operation.number()), Some(*operation));
        }
    }
}
