//! What each mistake changes in an answer or a push.

use super::mistakes::{Mistake, World};
use framing::{Message, Value};
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::push::{DelInfo, LoginBundle, NewMessage};
use uchat_protocol::reply::{Done, FriendResult, History};
use uchat_protocol::{Code, Envelope, Operation, Push, Refusal, Reply, Request, request};

impl World {
    /// What the kit gets for the server's answer to `request`, whose message was `asked`.
    pub(super) fn changed(
        &self,
        user: u64,
        asked: &Message,
        request: Option<&Request>,
        reply: Reply,
    ) -> Reply {
        match (self.mistake, request, reply) {
            (Mistake::Confuses(code), _, reply) => confused(reply, code),
            (Mistake::EchoesNoDict, _, Reply::ServerEcho(Value::Dict(_))) => Reply::ServerEcho(Value::None),
            (Mistake::DoesBad, Some(Request::Bad(_)), _) => done(),
            (Mistake::GrantsBeforeLogIn, _, Reply::Refused(Refusal { code: Code::NotLoggedIn, .. })) => {
                done()
            }
            (Mistake::GrantsBeforeLogIn, _, Reply::AddFriendResult(result))
                if result.code == Some(Code::NotLoggedIn) =>
            {
                Reply::AddFriendResult(FriendResult { ok: true, text: result.text, code: None })
            }
            (Mistake::NamesNoField, _, Reply::Refused(refusal)) => {
                Reply::Refused(Refusal { field: None, ..refusal })
            }
            (Mistake::RefusesMoreKeys, Some(Request::FetchHistory(_)), _) if has_key(asked, "colour") => {
                Reply::Refused(Code::BadField.into())
            }
            (Mistake::RepeatsValue, _, Reply::Refused(refusal)) => {
                Reply::Refused(Refusal { text: format!("not {:?}", asked.value), ..refusal })
            }
            (
                Mistake::AcceptsTakenName,
                _,
                Reply::UsernameTaken(Refusal { code: Code::UserNameTaken, .. }),
            ) => Reply::RegisterSuccessful(1),
            (
                Mistake::TellsWhichWasWrong,
                Some(Request::Login(login)),
                Reply::LoginFailed(Refusal { code: Code::WrongLogin, .. }),
            ) if self.names.contains(&login.user_name) => Reply::LoginFailed(Code::WrongPassword.into()),
            (Mistake::SameToken, Some(Request::Resume(old)), Reply::LoginSuccessful(mut user)) => {
                user.token = Some(old.token.clone());
                Reply::LoginSuccessful(user)
            }
            (Mistake::TellsOfNo, Some(Request::ResolveFriendRequest(no)), reply) if !no.accept => {
                let gone = DelInfo { target_type: 0, target_id: user };
                self.tell(no.user_id, &Push::DelInfo(gone));
                reply
            }
            (
                Mistake::AnybodyWrites,
                Some(Request::SendMessage(_)),
                Reply::Refused(Refusal { code: Code::NotFriends, .. }),
            ) => Reply::Done(Done { seq: Some(1), time: Some(1), ..Done::default() }),
            (Mistake::TellsTwice, Some(Request::SendMessage(said)), Reply::Done(done))
                if self.is_known(said.id) =>
            {
                self.tell(said.target_id, &heard(user, said, &done));
                Reply::Done(done)
            }
            (Mistake::TellsSender, Some(Request::SendMessage(said)), Reply::Done(done)) => {
                self.tell(user, &heard(user, said, &done));
                Reply::Done(done)
            }
            (Mistake::TellsNoTime, Some(Request::SendMessage(_)), Reply::Done(done)) => {
                Reply::Done(Done { time: Some(0), ..done })
            }
            (Mistake::LeavesNumbersOut, Some(Request::SendMessage(_)), Reply::Done(done)) => {
                Reply::Done(Done { seq: done.seq.map(|seq| 2 * seq - 1), ..done })
            }
            (Mistake::LeavesMessageOut, _, Reply::ChatHistory(mut history)) => {
                if history.messages.len() > 2 {
                    history.messages.remove(1);
                }
                Reply::ChatHistory(history)
            }
            (Mistake::NeverMore, _, Reply::ChatHistory(history)) => {
                Reply::ChatHistory(History { more: false, ..history })
            }
            (Mistake::TellsStrangers, Some(Request::SendMessage(said)), Reply::Done(done))
                if said.target_type == 1 =>
            {
                let strangers =
                    self.sessions.keys().filter(|other| !self.members.contains(&(said.target_id, **other)));
                strangers.for_each(|other| self.tell(*other, &heard(user, said, &done)));
                Reply::Done(done)
            }
            (
                Mistake::AnybodyReads,
                Some(Request::FetchHistory(fetch)),
                Reply::Refused(Refusal { code: Code::NotInRoom, .. }),
            ) => {
                let (target_type, target_id) = (fetch.target_type, fetch.target_id);
                Reply::ChatHistory(History { target_type, target_id, messages: Vec::new(), more: false })
            }
            (Mistake::MixesMembers, _, Reply::QueryRoomUsersResult(mut room)) => {
                room.users.reverse();
                Reply::QueryRoomUsersResult(room)
            }
            (Mistake::OwnerGoes, _, Reply::Refused(Refusal { code: Code::OwnerStays, .. })) => done(),
            (_, _, reply) => reply,
        }
    }

    /// A push on its way to somebody, and what they have asked for last.
    pub(crate) fn push(&self, asked: Option<&Message>, message: Message) -> Vec<Message> {
        let Ok(Some(push)) = Push::from_message(message.clone()) else { return vec![message] };
        let passed = match (self.mistake, push) {
            (Mistake::Hides(operation), push) if push.operation() == operation => return Vec::new(),
            (Mistake::HidesLine(line), Push::OnNewMessage(new)) if is_line(&new.message, line) => {
                return Vec::new();
            }
            (Mistake::LosesMessages, Push::OnNewMessage(NewMessage { target_type: 0, .. })) => {
                return Vec::new();
            }
            (Mistake::TellsOneSide, Push::DelInfo(DelInfo { target_type: 0, .. }))
                if asked.is_none_or(|asked| asked.operation != Operation::DelFriend.number()) =>
            {
                return Vec::new();
            }
            (Mistake::ForgetsRequests, Push::LoginBundle(bundle)) => {
                Push::LoginBundle(LoginBundle { requests: Vec::new(), ..bundle })
            }
            (Mistake::ForgetsCursors, Push::LoginBundle(mut bundle)) => {
                bundle.friends.iter_mut().for_each(|friend| (friend.delivered, friend.read) = (0, 0));
                Push::LoginBundle(bundle)
            }
            (Mistake::ForgetsLast, Push::LoginBundle(mut bundle)) => {
                bundle.friends.iter_mut().for_each(|friend| friend.last_seq = 0);
                bundle.rooms.iter_mut().for_each(|room| room.last_seq = 0);
                Push::LoginBundle(bundle)
            }
            (Mistake::TellsNoTime, Push::OnNewMessage(new)) => {
                Push::OnNewMessage(NewMessage { time: 0, ..new })
            }
            (Mistake::LeavesNumbersOut, Push::OnNewMessage(new)) => {
                Push::OnNewMessage(NewMessage { seq: 2 * new.seq - 1, ..new })
            }
            _ => return vec![message],
        };
        vec![passed.to_message().unwrap()]
    }
}

fn done() -> Reply {
    Reply::Done(Done::default())
}

/// Whether this is a dict with such a key.
fn has_key(message: &Message, wanted: &str) -> bool {
    matches!(&message.value, Value::Dict(entries) if entries.iter().any(|(key, _)| key == wanted))
}

fn is_line(message: &Envelope, wanted: Happened) -> bool {
    matches!(message, Envelope::Event(RoomEvent { what, .. }) if *what == wanted)
}

/// The same refusal with another code, if it has this one.
fn confused(reply: Reply, code: Code) -> Reply {
    let other = |refusal: Refusal| match refusal.code == code {
        true => Refusal { code: Code::ServerError, ..refusal },
        false => refusal,
    };
    let result = |result: FriendResult| match result.code == Some(code) {
        true => FriendResult { code: Some(Code::ServerError), ..result },
        false => result,
    };
    match reply {
        Reply::LoginFailed(refusal) => Reply::LoginFailed(other(refusal)),
        Reply::UsernameTaken(refusal) => Reply::UsernameTaken(other(refusal)),
        Reply::Refused(refusal) => Reply::Refused(other(refusal)),
        Reply::AddFriendResult(found) => Reply::AddFriendResult(result(found)),
        Reply::DelFriendResult(found) => Reply::DelFriendResult(result(found)),
        reply => reply,
    }
}

/// What is told of something that was said.
fn heard(sender_id: u64, said: &request::SendMessage, done: &Done) -> Push {
    let request::SendMessage { target_type, target_id, message, id } = said.clone();
    let (seq, time) = (done.seq.unwrap_or_default(), done.time.unwrap_or_default());
    let sender_name = "somebody".to_owned();
    Push::OnNewMessage(NewMessage { message, sender_id, sender_name, target_type, target_id, time, seq, id })
}
