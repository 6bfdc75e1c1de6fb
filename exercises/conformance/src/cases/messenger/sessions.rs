//! Accounts and sessions: who may come in, and what ends a session.

use super::friends;
use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::person::{Person, came, equal, has_code};
use crate::session::words::{PASSWORD, login, new_name, sign_up};
use crate::target::Target;
use uchat_protocol::{Code, Push, Refusal, Reply, request};

const OPERATIONS: &str = "book/src/protocol.md#operations";
const ERRORS: &str = "book/src/protocol.md#error-codes";
const LIMITS: &str = "book/src/protocol.md#limits";
const SESSIONS: &str = "uchat/protocol/README.md#sessions";

pub(in crate::cases) const CASES: &[Case] = &[
    Case {
        name: "register-and-log-in",
        spec: OPERATIONS,
        sends: "register with a new name, login with it; on another connection register with the same name",
        expects: "register_successful (101), login_successful (100) with the same number; username_taken (202)",
        slow: false,
        run: register,
    },
    Case {
        name: "register-rules",
        spec: LIMITS,
        sends: "register with no name, a name of 9 characters, a password of 7, an e-mail address without @",
        expects: "username_taken (202) for each; code bad_user_name twice, bad_password, bad_email",
        slow: false,
        run: rules,
    },
    Case {
        name: "wrong-login",
        spec: ERRORS,
        sends: "login with a name that nobody has",
        expects: "login_failed (201), code wrong_login",
        slow: false,
        run: wrong_login,
    },
    Case {
        name: "wrong-password",
        spec: SESSIONS,
        sends: "login with a name that nobody has; login with a name that is there and a wrong password",
        expects: "the same answer, word for word: it does not say which of the two was wrong",
        slow: false,
        run: wrong_password,
    },
    Case {
        name: "logged-in-already",
        spec: SESSIONS,
        sends: "login and register on a connection that is logged in",
        expects: "refused, code already_logged_in; the connection goes on",
        slow: false,
        run: already,
    },
    Case {
        name: "log-out",
        spec: SESSIONS,
        sends: "logout, create_room, then login on the same connection",
        expects: "done, not_logged_in, login_successful",
        slow: false,
        run: log_out,
    },
    Case {
        name: "session-replaced",
        spec: SESSIONS,
        sends: "login with the same name on a second connection",
        expects: "server_kick with the code session_replaced on the first, and its end; the second is served",
        slow: false,
        run: replaced,
    },
    Case {
        name: "friend-comes-and-goes",
        spec: SESSIONS,
        sends: "logout of somebody's friend, then login again",
        expects: "friend_on_off_line with the friend's number: gone, then there",
        slow: false,
        run: comes_and_goes,
    },
];

fn register(target: &Target) -> Outcome {
    let anna = Person::new(target)?;
    let mut other = Person::stranger(target)?;
    match other.ask(sign_up(&anna.name))? {
        Reply::UsernameTaken(_) => Ok(()),
        found => Err(came("username_taken", &found)),
    }
}

fn rules(target: &Target) -> Outcome {
    let mut anybody = Person::stranger(target)?;
    let good = sign_up(&new_name()?);
    let name = |user_name: &str| request::Register { user_name: user_name.to_owned(), ..good.clone() };
    anybody.refused(name(""), Code::BadUserName)?;
    anybody.refused(name(&format!("{}x", good.user_name)), Code::BadUserName)?;
    let short = request::Register { password: "correct".to_owned(), ..good.clone() };
    anybody.refused(short, Code::BadPassword)?;
    let nowhere = request::Register { email: "nowhere".to_owned(), ..good };
    anybody.refused(nowhere, Code::BadEmail).map(drop)
}

fn failed(person: &mut Person, name: &str, password: &str) -> Outcome<Refusal> {
    match person.ask(login(name, password))? {
        Reply::LoginFailed(refusal) => Ok(refusal),
        other => Err(came("login_failed", &other)),
    }
}

fn wrong_login(target: &Target) -> Outcome {
    let refusal = failed(&mut Person::stranger(target)?, &new_name()?, PASSWORD)?;
    has_code(&refusal, &[Code::WrongLogin], "login")
}

fn wrong_password(target: &Target) -> Outcome {
    let anna = Person::new(target)?;
    let mut stranger = Person::stranger(target)?;
    let nobody = failed(&mut stranger, &new_name()?, "wrong horse")?;
    let somebody = failed(&mut stranger, &anna.name, "wrong horse")?;
    equal("a wrong password is answered differently than an unknown name", &nobody, &somebody)
}

fn already(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    anna.refused(login(&anna.name.clone(), PASSWORD), Code::AlreadyLoggedIn)?;
    anna.refused(sign_up(&new_name()?), Code::AlreadyLoggedIn)?;
    anna.goes_on()
}

fn log_out(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    anna.done(request::Logout {})?;
    anna.refused(request::CreateRoom { room_name: "room".to_owned() }, Code::NotLoggedIn)?;
    anna.log_in(&anna.name.clone())
}

fn replaced(target: &Target) -> Outcome {
    let mut first = Person::new(target)?;
    let mut second = first.again(target)?;
    let kick = first.hears("server_kick", |push| match push {
        Push::ServerKick(refusal) => Some(refusal.code),
        _ => None,
    })?;
    holds(kick == Code::SessionReplaced, || {
        format!("the first session was ended with the code {}, not session_replaced", kick.name())
    })?;
    first.over().map_err(|wrong| wrong.when("the first connection"))?;
    second.bundle().map(drop)
}

fn comes_and_goes(target: &Target) -> Outcome {
    let (mut anna, mut bob) = friends(target)?;
    let (who, name) = (bob.id, bob.name.clone());
    let hears = |anna: &mut Person| {
        anna.hears("friend_on_off_line", |push| match push {
            Push::FriendOnOffLine(told) if told.user_id == who => Some(told.online),
            _ => None,
        })
    };
    bob.done(request::Logout {})?;
    let gone = hears(&mut anna)?;
    bob.log_in(&name)?;
    let there = hears(&mut anna)?;
    match (gone, there) {
        (false, true) => Ok(()),
        found => Err(Wrong::failed(format!("online should be false, then true; it was {found:?}"))),
    }
}
