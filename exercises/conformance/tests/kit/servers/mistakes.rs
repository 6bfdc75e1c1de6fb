//! The mistakes that somebody in the middle of the messenger makes for the server: each changes a few messages.

use super::middle::Input;
use framing::{Message, Value};
use std::collections::{HashMap, HashSet};
use std::sync::mpsc::Sender;
use uchat_protocol::content::Happened;
use uchat_protocol::{Code, MessageId, Operation, Push, Reply, Request, request};

/// The mistakes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mistake {
    None,
    /// In place of this code it says another one.
    Confuses(Code),
    /// This push it never sends.
    Hides(Operation),
    /// This line of a room it never tells.
    HidesLine(Happened),
    // Operations and fields.
    LateAnswer,
    EchoesNoDict,
    DoesBad,
    GrantsBeforeLogIn,
    NamesNoField,
    RefusesMoreKeys,
    RepeatsValue,
    // Sessions.
    AcceptsTakenName,
    TellsWhichWasWrong,
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
    TellsSender,
    TellsNoTime,
    CountsTwice,
    LeavesNumbersOut,
    // History and cursors.
    LeavesMessageOut,
    NeverMore,
    AnyLimit,
    ForgetsCursors,
    ForgetsLast,
    // Rooms.
    TellsStrangers,
    AnybodyReads,
    MixesMembers,
    OwnerGoes,
}

/// What the one in the middle knows.
pub(crate) struct World {
    pub(super) mistake: Mistake,
    /// Who has logged in last, and how to reach them.
    pub(crate) sessions: HashMap<u64, Sender<Input>>,
    /// Who is in which room.
    pub(super) members: HashSet<(u64, u64)>,
    /// Ids of messages.
    ids: HashSet<MessageId>,
    /// Names that are there.
    pub(super) names: HashSet<String>,
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

    pub(super) fn is_known(&self, id: Option<MessageId>) -> bool {
        id.is_some_and(|id| self.ids.contains(&id))
    }

    /// Tells somebody something besides.
    pub(super) fn tell(&self, user: u64, push: &Push) {
        if let Some(inbox) = self.sessions.get(&user) {
            let _ = inbox.send(Input::Besides(push.to_message().unwrap())); // they may be gone
        }
    }
}
