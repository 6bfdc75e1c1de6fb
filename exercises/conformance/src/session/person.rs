//! Somebody who uses the messenger: a connection, an account, and what was told on it unasked.

use super::Said;
use super::words::{Line, PASSWORD, login, new_name, random, sealed, sign_up};
use crate::case::{Outcome, Wrong, holds, seconds};
use crate::target::Target;
use framing::{Message, Value};
use std::collections::VecDeque;
use std::fmt::Debug;
use std::time::{Duration, Instant};
use uchat_protocol::push::{LoginBundle, NewMessage};
use uchat_protocol::reply::{Done, LoggedIn};
use uchat_protocol::{
    Code, Content, Conversation, Envelope, MessageId, Operation, Push, Refusal, Reply, Request, request,
};

/// Messages that are read while something is awaited: a server that talks without end must not keep the kit for ever.
const MOST: usize = 300;

/// Somebody.
pub(crate) struct Person {
    said: Box<dyn Said>,
    /// What came unasked and was not looked for yet.
    pushes: VecDeque<Push>,
    patience: Duration,
    /// Whether what people say must be encrypted.
    encrypted: bool,
    pub(crate) name: String,
    /// The account's number; 0 before the log-in.
    pub(crate) id: u64,
    /// The token of the last log-in, where there are tokens.
    pub(crate) token: Option<Vec<u8>>,
}

impl Person {
    /// Somebody who is connected and not logged in.
    pub(crate) fn stranger(target: &Target) -> Outcome<Self> {
        let (said, patience) = (target.talk()?, target.patience);
        let encrypted = target.layer.stage() >= 7;
        let (pushes, name) = (VecDeque::new(), String::new());
        Ok(Self { said, pushes, patience, encrypted, name, id: 0, token: None })
    }

    /// Somebody with a new account, logged in.
    pub(crate) fn new(target: &Target) -> Outcome<Self> {
        let mut this = Self::stranger(target)?;
        let name = new_name()?;
        let number = match this.ask(sign_up(&name))? {
            Reply::RegisterSuccessful(number) => number,
            Reply::UsernameTaken(Refusal {
                code: Code::TooManySignUps | Code::RegistrationClosed,
                text,
                ..
            }) => {
                let why = format!("the server makes no account: {text}; start it without limits");
                return Err(Wrong::Skipped(why));
            }
            other => return Err(came("register_successful", &other)),
        };
        this.log_in(&name)?;
        let id = this.id;
        holds(id == number, || format!("register said the number {number}, login says {id}"))?;
        Ok(this)
    }

    /// The same user on a connection of its own.
    pub(crate) fn again(&self, target: &Target) -> Outcome<Self> {
        let mut other = Self::stranger(target)?;
        other.log_in(&self.name)?;
        Ok(other)
    }

    /// Logs in on this connection.
    pub(crate) fn log_in(&mut self, name: &str) -> Outcome {
        let answer = self.ask(login(name, PASSWORD))?;
        self.is_in(answer)
    }

    /// The answer is `login_successful`.
    pub(crate) fn is_in(&mut self, answer: Reply) -> Outcome {
        match answer {
            Reply::LoginSuccessful(LoggedIn { id, name, token, .. }) => {
                (self.id, self.name, self.token) = (id, name, token.map(|token| token.into_vec()));
                Ok(())
            }
            other => Err(came("login_successful", &other)),
        }
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, request: impl Into<Request>) -> Outcome<Reply> {
        self.say(request)?;
        self.reply()
    }

    /// The same with a value that need not fit.
    pub(crate) fn ask_raw(&mut self, operation: u8, value: Value) -> Outcome<Reply> {
        self.say_raw(operation, value)?;
        self.reply()
    }

    /// Sends a request only.
    pub(crate) fn say(&mut self, request: impl Into<Request>) -> Outcome {
        let message = request.into().to_message();
        let message =
            message.map_err(|error| Wrong::failed(format!("the kit cannot write this request: {error}")))?;
        self.say_raw(message.operation, message.value)
    }

    /// The same with a value that need not fit.
    pub(crate) fn say_raw(&mut self, operation: u8, value: Value) -> Outcome {
        self.said.push(&super::packets::bytes(&Message { operation, value })?)
    }

    /// The next answer. What comes unasked before it is kept.
    pub(crate) fn reply(&mut self) -> Outcome<Reply> {
        let started = Instant::now();
        for _ in 0..MOST {
            let mut message = self.said.next()?;
            let number = message.operation;
            let malformed = |error| Wrong::failed(format!("operation {number} came, malformed: {error}"));
            match Reply::from_message(&mut message).map_err(malformed)? {
                Some(reply) => return Ok(reply),
                None => self.pushes.extend(Push::from_message(message).map_err(malformed)?),
            }
            self.in_time(started, "an answer")?;
        }
        Err(Wrong::failed(format!("no answer came among {MOST} messages")))
    }

    /// Asks for something that must be granted.
    pub(crate) fn granted(&mut self, request: impl Into<Request>) -> Outcome<Reply> {
        let request = request.into();
        let what = request.operation();
        let answer = self.ask(request).map_err(|wrong| wrong.when(&what.to_string()))?;
        answer.granted().map_err(|refusal| {
            Wrong::failed(format!("{what} was refused: {}, {}", refusal.code.name(), short(&refusal.text)))
        })
    }

    /// Asks for something that is answered by `done`.
    pub(crate) fn done(&mut self, request: impl Into<Request>) -> Outcome<Done> {
        match self.granted(request)? {
            Reply::Done(done) => Ok(done),
            other => Err(came("done", &other)),
        }
    }

    /// Asks for something that must be refused with this code, in the form that the operation has for it.
    pub(crate) fn refused(&mut self, request: impl Into<Request>, code: Code) -> Outcome<Refusal> {
        let request = request.into();
        let what = request.operation();
        let answer = self.ask(request).map_err(|wrong| wrong.when(&what.to_string()))?;
        let form = match what {
            Operation::Login | Operation::Resume => Operation::LoginFailed,
            Operation::Register => Operation::UsernameTaken,
            Operation::AddFriend => Operation::AddFriendResult,
            Operation::DelFriend => Operation::DelFriendResult,
            _ => Operation::Refused,
        };
        let found = answer.operation();
        let refusal = refusal(answer, &what.to_string())?;
        has_code(&refusal, &[code], &what.to_string())?;
        holds(found == form, || format!("{what} was refused by {found}; {form} is its form"))?;
        Ok(refusal)
    }

    /// The first thing told unasked that `wanted` takes; what came before it stays for others to look for.
    pub(crate) fn hears<T>(&mut self, what: &str, mut wanted: impl FnMut(&Push) -> Option<T>) -> Outcome<T> {
        let mut looked_at = 0;
        let started = Instant::now();
        for _ in 0..MOST {
            while let Some(push) = self.pushes.get(looked_at) {
                if let Some(found) = wanted(push) {
                    self.pushes.remove(looked_at);
                    return Ok(found);
                }
                looked_at += 1;
            }
            let name = self.name.clone();
            let missing = |wrong: Wrong| wrong.when(&format!("{name} should hear {what}"));
            let message = self.said.next().map_err(missing)?;
            let number = message.operation;
            let push = Push::from_message(message)
                .map_err(|error| Wrong::failed(format!("operation {number} came, malformed: {error}")))?;
            self.pushes.extend(push);
            self.in_time(started, what)?;
        }
        Err(Wrong::failed(format!("{} did not hear {what} among {MOST} messages", self.name)))
    }

    /// Nothing of the kind has been told until now: whatever was is there before the answer to an echo.
    pub(crate) fn hears_no(&mut self, what: &str, wanted: impl Fn(&Push) -> bool) -> Outcome {
        self.goes_on()?;
        match self.pushes.iter().find(|push| wanted(push)) {
            None => Ok(()),
            Some(push) => Err(Wrong::failed(format!("{} heard {what}: {}", self.name, short(push)))),
        }
    }

    /// What comes right after a log-in.
    pub(crate) fn bundle(&mut self) -> Outcome<LoginBundle> {
        self.hears("login_bundle", |push| match push {
            Push::LoginBundle(bundle) => Some(bundle.clone()),
            _ => None,
        })
    }

    /// The connection still answers.
    pub(crate) fn goes_on(&mut self) -> Outcome {
        let echoed = self.ask(Request::ClientEcho(Value::from("on")))?;
        holds(echoed == Reply::ServerEcho(Value::from("on")), || {
            format!("client_echo afterwards was answered by {}", short(&echoed))
        })
    }

    /// The server ends the connection; what it says before it does not matter.
    pub(crate) fn over(&mut self) -> Outcome {
        self.said.over()
    }

    /// A request to say this text there, with a new id.
    pub(crate) fn words(&self, to: Conversation, text: &str) -> Outcome<request::SendMessage> {
        let message = match self.encrypted {
            false => Envelope::Plain(Content { data: text.to_owned(), ..Content::default() }),
            true => Envelope::Encrypted(sealed(to, text)?),
        };
        let (target_type, target_id) = to.target();
        Ok(request::SendMessage { target_type, target_id, message, id: Some(MessageId(random()?)) })
    }

    /// Says a text there.
    pub(crate) fn says(&mut self, to: Conversation, text: &str) -> Outcome<Line> {
        let request = self.words(to, text)?;
        self.says_this(request)
    }

    /// Says just this.
    pub(crate) fn says_this(&mut self, request: request::SendMessage) -> Outcome<Line> {
        match self.done(request.clone())? {
            Done { seq: Some(seq), time: Some(time), .. } => Ok(Line { request, seq, time }),
            done => Err(came("done with seq and time", &done)),
        }
    }

    /// The next message or line in a conversation.
    pub(crate) fn hears_next(&mut self, place: Conversation) -> Outcome<NewMessage> {
        let me = self.id;
        self.hears("on_new_message", |push| match push {
            Push::OnNewMessage(new) => {
                let seen = Conversation::seen_by(me, new.sender_id, new.target_type, new.target_id);
                (seen == Some(place)).then(|| new.clone())
            }
            _ => None,
        })
    }

    /// Not within this while: then no answer counts any more.
    fn in_time(&self, started: Instant, what: &str) -> Outcome {
        holds(started.elapsed() <= self.patience, || {
            format!("{what} did not come within {}, though other messages did", seconds(self.patience))
        })
    }
}

/// The refusal, if it is one.
pub(crate) fn refusal(reply: Reply, what: &str) -> Outcome<Refusal> {
    match reply.granted() {
        Err(refusal) => Ok(refusal),
        Ok(granted) => Err(Wrong::failed(format!("{what} was granted: {}", short(&granted)))),
    }
}

/// It has one of these codes.
pub(crate) fn has_code(refusal: &Refusal, codes: &[Code], what: &str) -> Outcome {
    holds(codes.contains(&refusal.code), || {
        let codes: Vec<&str> = codes.iter().map(|code| code.name()).collect();
        format!("{what}: refused with the code {}, {} expected", refusal.code.name(), codes.join(" or "))
    })
}

/// Something else came than what was expected.
pub(crate) fn came(expected: &str, found: &impl Debug) -> Wrong {
    Wrong::failed(format!("{expected} expected, {} came", short(found)))
}

/// Both are equal.
pub(crate) fn equal<T: Debug + PartialEq>(what: &str, expected: &T, found: &T) -> Outcome {
    holds(expected == found, || format!("{what}: {} expected, {} came", short(expected), short(found)))
}

/// As it is written in a failure: the server may have sent a mebibyte.
pub(crate) fn short(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
