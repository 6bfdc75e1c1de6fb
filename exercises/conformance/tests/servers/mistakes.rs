//! The mistakes that somebody in the middle of the messenger makes for the server: each changes a few messages.

use super::middle::Input;
use framing::{Message, Value};
use std::collections::{HashMap, HashSet};
use std::sync::mpsc::Sender;
use uchat_protocol::content::{Happened, RoomEvent};
use uchat_protocol::push::{DelInfo, LoginBundle, NewMessage};
use uchat_protocol::reply::{Done, FriendResult, History};
use uchat_protocol::{Code, Envelope, MessageId, Operation, Push, Refusal, Reply, Request, request};

/// The mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    None,
    // Operations and fields.
    LateAnswer,
    GrantsBeforeLogIn,
    NamesNoField,
    RefusesMoreKeys,
    RepeatsValue,
    // Sessions.
    AcceptsTakenName,
    TellsWhichWasWrong,
    EndsWithoutReason,
    HidesWhoComes,
    OldTokens,
    SameToken,
    // Friends.
    TellsOfNo,
    TellsOneSide,
    ForgetsRequests,
    AnybodyWrites,
    // Messages.
    LosesMessages,
    TellsTwice,
    CountsTwice,
    LeavesNumbersOut,
    // History and cursors.
    LeavesMessageOut,
    NeverMore,
    AnyLimit,
    HidesCursors,
    // Rooms.
    TellsStrangers,
    AnybodyReads,
    HidesWhoLeaves,
    OwnerGoes,
}

/// What the one in the middle knows.
pub(crate) struct World {
    mistake: Mistake,
    /// Who has logged in last, and how to reach them.
    pub(crate) sessions: HashMap<u64, Sender<Input>>,
    /// Who is in which room.
    members: HashSet<(u64, u64)>,
    /// Ids of messages.
    ids: HashSet<MessageId>,
    /// Names that are there.
    names: HashSet<String>,
    /// The token that was given out last.
    token: Vec<u8>,
    /// All before it.
    old_tokens: HashSet<Vec<u8>>,
}

impl World {
    pub(crate) fn new(mistake: Mistake) -> Self {
        let (sessions, members, ids, names) = Default::default();
        Self { mistake, sessions, members, ids, names, token: Vec::new(), old_tokens: HashSet::new() }
    }

    pub(crate) fn is_push(message: &Message) -> bool {
        matches!(Push::from_message(message.clone()), Ok(Some(_)))
    }

    /// Who is logged in with this answer.
    pub(crate) fn logged_in(answer: &Message) -> Option<u64> {
        match Reply::from_message(&mut answer.clone()) {
            Ok(Some(Reply::LoginSuccessful(user))) => Some(user.id),
            _ => None,
        }
    }

    /// Whether it goes behind the next answer.
    pub(crate) fn is_late(&self, answer: &Message) -> bool {
        let three = Reply::ServerEcho(Value::Int(3)).to_message().unwrap();
        self.mistake == Mistake::LateAnswer && *answer == three
    }

    /// A request on its way to the server.
    pub(crate) fn request(&mut self, message: Message) -> Message {
        let Ok(request) = Request::from_message(message.clone()) else { return message };
        let passed: Request = match (self.mistake, request) {
            (Mistake::CountsTwice, Request::SendMessage(said)) if self.is_known(said.id) => {
                let id = Some(MessageId(conn_auth::random().unwrap()));
                request::SendMessage { id, ..said }.into()
            }
            (Mistake::AnyLimit, Request::FetchHistory(fetch)) if fetch.limit > 500 => {
                request::FetchHistory { limit: 500, ..fetch }.into()
            }
            (Mistake::OldTokens, Request::Resume(resume)) if self.old_tokens.contains(&*resume.token) => {
                request::Resume { token: self.token.clone().into() }.into()
            }
            _ => return message,
        };
        passed.to_message().unwrap()
    }

    /// An answer on its way to the kit.
    pub(crate) fn answer(&mut self, user: u64, asked: &Message, mut answer: Message) -> Message {
        let request = Request::from_message(asked.clone());
        let Ok(Some(reply)) = Reply::from_message(&mut answer) else { return answer };
        let passed = self.changed(user, asked, request.as_ref().ok(), reply);
        match (request, &passed) {
            (Ok(Request::SendMessage(said)), Reply::Done(_)) => self.ids.extend(said.id),
            (Ok(Request::Register(new)), Reply::RegisterSuccessful(_)) => self.names.extend([new.user_name]),
            (Ok(Request::CreateRoom(_)), Reply::Done(done)) => {
                self.members.extend(done.room_id.map(|room| (room, user)))
            }
            (Ok(Request::JoinRoom(join)), Reply::Done(_)) => self.members.extend([(join.room_id, user)]),
            (Ok(Request::LeaveRoom(leave)), Reply::Done(_)) => {
                self.members.remove(&(leave.room_id, user));
            }
            (_, Reply::LoginSuccessful(user)) => {
                let new = user.token.as_ref().map(|token| token.to_vec()).unwrap_or_default();
                self.old_tokens.insert(std::mem::replace(&mut self.token, new));
            }
            _ => {}
        }
        passed.to_message().unwrap()
    }

    fn changed(&self, user: u64, asked: &Message, request: Option<&Request>, reply: Reply) -> Reply {
        match (self.mistake, request, reply) {
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
            (Mistake::OwnerGoes, _, Reply::Refused(Refusal { code: Code::OwnerStays, .. })) => done(),
            (_, _, reply) => reply,
        }
    }

    /// A push on its way to somebody, and what they have asked for last.
    pub(crate) fn push(&self, asked: Option<&Message>, message: Message) -> Vec<Message> {
        let Ok(Some(push)) = Push::from_message(message.clone()) else { return vec![message] };
        let passed = match (self.mistake, push) {
            (Mistake::EndsWithoutReason, Push::ServerKick(_))
            | (Mistake::HidesWhoComes, Push::FriendOnOffLine(_))
            | (Mistake::HidesCursors, Push::CursorMoved(_))
            | (Mistake::LosesMessages, Push::OnNewMessage(NewMessage { target_type: 0, .. })) => {
                return Vec::new();
            }
            (Mistake::TellsOneSide, Push::DelInfo(DelInfo { target_type: 0, .. }))
                if asked.is_none_or(|asked| asked.operation != Operation::DelFriend.number()) =>
            {
                return Vec::new();
            }
            (Mistake::HidesWhoLeaves, Push::OnNewMessage(new)) if is_left(&new.message) => return Vec::new(),
            (Mistake::ForgetsRequests, Push::LoginBundle(bundle)) => {
                Push::LoginBundle(LoginBundle { requests: Vec::new(), ..bundle })
            }
            (Mistake::LeavesNumbersOut, Push::OnNewMessage(new)) => {
                Push::OnNewMessage(NewMessage { seq: 2 * new.seq - 1, ..new })
            }
            _ => return vec![message],
        };
        vec![passed.to_message().unwrap()]
    }

    fn is_known(&self, id: Option<MessageId>) -> bool {
        id.is_some_and(|id| self.ids.contains(&id))
    }

    /// Tells somebody something besides.
    fn tell(&self, user: u64, push: &Push) {
        if let Some(inbox) = self.sessions.get(&user) {
            let _ = inbox.send(Input::Besides(push.to_message().unwrap())); // they may be gone
        }
    }
}

fn done() -> Reply {
    Reply::Done(Done::default())
}

/// Whether this is a dict with such a key.
fn has_key(message: &Message, wanted: &str) -> bool {
    matches!(&message.value, Value::Dict(entries) if entries.iter().any(|(key, _)| key == wanted))
}

fn is_left(message: &Envelope) -> bool {
    matches!(message, Envelope::Event(RoomEvent { what: Happened::Left, .. }))
}

/// What is told of something that was said.
fn heard(sender_id: u64, said: &request::SendMessage, done: &Done) -> Push {
    let request::SendMessage { target_type, target_id, message, id } = said.clone();
    let (seq, time) = (done.seq.unwrap_or_default(), done.time.unwrap_or_default());
    let sender_name = "somebody".to_owned();
    Push::OnNewMessage(NewMessage { message, sender_id, sender_name, target_type, target_id, time, seq, id })
}
