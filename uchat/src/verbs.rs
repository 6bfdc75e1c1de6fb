//! The verbs that do one thing and end: register, add, send, history, contacts, safety.

use crate::cli::{Global, Register};
use crate::known::Server;
use crate::password::Secret;
use crate::session::{Session, refused, setup};
use crate::{output, show};
use echo::lab::{Failure, io_failure, log};
use std::collections::HashSet;
use std::io::Read;
use std::time::{Duration, Instant};
use uchat_client::core::{Answer, Command, DeliveryState, FriendAnswer, Notice, Settings, Shown, With};
use uchat_client::runtime::Told;
use uchat_protocol::{Code, MessageId, Refusal, fields, limits};

/// Makes an account.
pub(crate) fn register(global: &Global, options: Register) -> Result<(), Failure> {
    let profile = global.open_profile()?;
    let server = Server::find(global, &profile)?;
    let Some(username) = global.username.clone() else {
        return Err(Failure::Usage("give the account a name with --username NAME".to_owned()));
    };
    if let Some(other) = &server.known.username {
        return Err(Failure::new(format!(
            "this profile belongs to the account {}; give the new one a folder of its own with --profile",
            fields::one_line(other)
        )));
    }
    check(&username, &options)?; // told before a password is asked for
    let prompt = format!("A new password for {}: ", fields::one_line(&username));
    let password = Secret::Password.ask_new(global.password_file.as_deref(), &prompt)?;
    let mut session = Session::start(setup(profile.clone(), &server, Settings::default())?)?;
    let Register { email, sex, age } = options;
    let register =
        Command::Register { username: username.clone(), password: password.as_str().into(), email, sex, age };
    let result = session.ask(register, &mut warn);
    session.end();
    match result.map_err(refused)? {
        Answer::UserId { user_id } => {
            server.remember_user(&profile, Some(&username))?;
            let (dir, program) = (profile.dir().display(), global.program());
            output::say(format_args!(
                "{username} is user {user_id}; keys and history lie in {dir}\n\
                 next: {program} contacts, {program} add NAME, {program} chat NAME"
            ))
        }
        other => Err(unexpected(&other)),
    }
}

/// What can be told to be wrong without a server.
fn check(username: &str, options: &Register) -> Result<(), Failure> {
    fields::user_name(username).map_err(unfit)?;
    fields::email(&options.email).map_err(unfit)?;
    options.sex.as_deref().map_or(Ok(()), fields::sex).map_err(unfit)?;
    options.age.map_or(Ok(()), fields::age).map_err(unfit)
}

/// Asks somebody to be a friend; who has asked already is accepted.
pub(crate) fn add(global: &Global, username: String) -> Result<(), Failure> {
    let mut session = Session::log_in(global)?;
    let answer = FriendAnswer::Accept;
    let accept = Command::AnswerFriend { username: username.clone(), answer };
    let result = match session.ask(accept, &mut warn) {
        Err(refusal) if refusal.code == Code::NoSuchRequest => session
            .ask(Command::AddFriend { username: username.clone() }, &mut warn)
            .map(|_| format!("{username} is asked; you are friends as soon as the answer is yes")),
        result => result.map(|_| format!("{username} is your friend now")),
    };
    session.end();
    output::say(fields::one_line(&result.map_err(refused)?))
}

/// Sends a text, and waits until the server has stored it.
pub(crate) fn send(global: &Global, to: &str, text: String) -> Result<(), Failure> {
    let to = with(to)?;
    let text = match text.as_str() {
        "-" => text_from_input()?,
        _ => text,
    };
    let command = Command::Send { to, text, fontsize: 0, fontcolor: String::new(), reply_to: None };
    let (mut session, logged_in) = Session::try_log_in(global)?;
    let result = match logged_in {
        Ok(()) => send_and_wait(&mut session, command),
        Err(refusal) if refusal.code == Code::Offline => Err(keep(&mut session, command, &refusal)),
        Err(refusal) => Err(refused(refusal)),
    };
    session.end();
    result
}

/// The server cannot be reached: the message goes into the outbox, if this profile has logged in before.
fn keep(session: &mut Session, command: Command, offline: &Refusal) -> Failure {
    let what = match session.ask(command, &mut |_| {}) {
        Ok(_) => WAITS.to_owned(),
        Err(refusal) if refusal.code == Code::NotLoggedIn => "the message was not kept".to_owned(),
        Err(refusal) => format!("the message was not kept: {}", fields::one_line(&refusal.text)),
    };
    Failure::new(format!("{}; {what}", fields::one_line(&offline.text)))
}

fn send_and_wait(session: &mut Session, command: Command) -> Result<(), Failure> {
    let mut settled = HashSet::new();
    let answer = session.ask(command, &mut |notice| {
        if let Notice::Delivery { id, state, .. } = &notice
            && *state == DeliveryState::Stored
        {
            settled.insert(*id);
        }
        warn(notice);
    });
    let Answer::MessageId { message_id } = answer.map_err(refused)? else {
        return Err(Failure::new("the message was not taken"));
    };
    if settled.contains(&message_id) { Ok(()) } else { wait_until_stored(session, message_id) }
}

fn wait_until_stored(session: &Session, message: MessageId) -> Result<(), Failure> {
    let end = Instant::now() + STORED;
    let mut offline = None;
    while let Some(told) = session.next(end) {
        match told {
            Told::Notice(Notice::Delivery { id, state, reason, .. }) if id == message => match state {
                DeliveryState::Failed => {
                    let reason = reason.unwrap_or_else(|| "the server does not say why".to_owned());
                    return Err(Failure::new(fields::one_line(&reason)));
                }
                DeliveryState::Queued | DeliveryState::Sent => {}
                DeliveryState::Stored | DeliveryState::Delivered | DeliveryState::Read => return Ok(()),
            },
            Told::Notice(Notice::Connection { reason, .. }) => offline = reason,
            Told::Notice(notice) => warn(notice),
            Told::Answer(..) => {}
        }
    }
    let reason = offline.map_or_else(String::new, |reason| format!(" ({})", fields::one_line(&reason)));
    Err(Failure::new(format!("the server has not stored it yet{reason}; {WAITS}")))
}

/// Prints the newest messages of a conversation.
pub(crate) fn history(
    global: &Global,
    with: &str,
    limit: u32,
    search: Option<String>,
) -> Result<(), Failure> {
    let with = self::with(with)?;
    let mut session = Session::log_in(global)?;
    let read = search.is_none().then(|| Command::MarkRead { with: with.clone() });
    let command = Command::History { with, before: None, limit: Some(limit), search };
    let messages = session
        .catch_up()
        .and_then(|()| session.ask(command, &mut |_| {}).map_err(refused).and_then(messages));
    if let (Some(read), Ok(_)) = (read, &messages)
        && let Err(refusal) = session.ask(read, &mut |_| {})
    {
        log(format_args!("they are not marked as read: {}", fields::one_line(&refusal.text)));
    }
    session.end();
    output::print(messages?.iter().map(show::line))
}

/// Prints friends and rooms.
pub(crate) fn contacts(global: &Global) -> Result<(), Failure> {
    let mut session = Session::log_in(global)?;
    let result =
        session.catch_up().and_then(|()| session.ask(Command::Contacts {}, &mut |_| {}).map_err(refused));
    session.end();
    match result? {
        Answer::Contacts { contacts } => output::print(contacts.iter().map(show::contact)),
        other => Err(unexpected(&other)),
    }
}

/// Prints the safety number with a user.
pub(crate) fn safety(global: &Global, username: String) -> Result<(), Failure> {
    let mut session = Session::log_in(global)?;
    let result = session.ask(Command::SafetyNumber { username }, &mut warn);
    session.end();
    match result.map_err(refused)? {
        Answer::Words { words } => output::print(words.chunks(4).map(|words| words.join(" "))),
        other => Err(unexpected(&other)),
    }
}

/// With whom: a user's name, or `#` and a room's number.
pub(crate) fn with(text: &str) -> Result<With, Failure> {
    match text.strip_prefix('#') {
        Some(number) => number
            .parse()
            .ok()
            .filter(|_| !number.starts_with('+'))
            .map(With::Room)
            .ok_or_else(|| Failure::Usage(format!("a room is # and its number, as in #3, not {text}"))),
        None => match fields::user_name(text) {
            Ok(name) => Ok(With::User(name.shown)),
            Err(refusal) => Err(unfit(refusal)),
        },
    }
}

/// What was given on the command line breaks the rule of its field.
fn unfit(refusal: Refusal) -> Failure {
    Failure::Usage(fields::one_line(&refusal.text))
}

/// The messages of an answer.
pub(crate) fn messages(answer: Answer) -> Result<Vec<Shown>, Failure> {
    match answer {
        Answer::Messages { messages } => Ok(messages),
        other => Err(unexpected(&other)),
    }
}

/// Says what people should know, on standard error.
fn warn(notice: Notice) {
    match notice {
        Notice::Notice { text } => log(format_args!("{}", fields::one_line(&text))),
        Notice::KeyChanged { username } => log(format_args!(
            "the keys of {0} are others than before; compare `uchat safety {0}` before you accept them",
            fields::one_line(&username)
        )),
        _ => {}
    }
}

/// The text on standard input, without the newline at its end.
fn text_from_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let most = limits::TEXT + "\r\n".len();
    let failed = |e| io_failure("cannot read the text from standard input", &e);
    std::io::stdin().lock().take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > most {
        let text = format!(
            "the text on standard input has more than {} bytes, the most of one message",
            limits::TEXT
        );
        return Err(Failure::new(text));
    }
    conn_auth::drop_newline(&mut bytes);
    String::from_utf8(bytes)
        .map_err(|_| Failure::new("what comes from standard input is no text: it is not UTF-8"))
}

fn unexpected(answer: &Answer) -> Failure {
    Failure::new(format!("this is not the answer that belongs to the question: {answer:?}"))
}

/// How long the server may take to store a message.
const STORED: Duration = Duration::from_secs(30);
/// What becomes of a message that the server has not stored.
const WAITS: &str = "the message waits in the outbox and goes out with the next log-in; do not send it again";
