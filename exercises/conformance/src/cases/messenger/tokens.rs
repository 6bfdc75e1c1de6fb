//! Resume tokens: a session goes on without the password, where nobody on the way can read the token.

use crate::case::{Case, Outcome, Wrong, holds};
use crate::session::person::Person;
use crate::session::words::random;
use crate::target::Target;
use uchat_protocol::{Code, request};

const SESSIONS: &str = "uchat/protocol/README.md#sessions";

/// On lesson 7.
pub(in crate::cases) const WITH: &[Case] = &[
    Case {
        name: "resume",
        spec: SESSIONS,
        sends: "resume with the token of the log-in, on a new connection",
        expects: "login_successful with the same number and another token; then login_bundle",
        slow: false,
        run: resume,
    },
    Case {
        name: "resume-old-token",
        spec: SESSIONS,
        sends: "resume with a token, with the token that came back, then with the first one again",
        expects: "twice login_successful; then login_failed, code bad_token: the new one has ended the old one",
        slow: false,
        run: old_token,
    },
    Case {
        name: "resume-wrong-token",
        spec: SESSIONS,
        sends: "resume with 32 random bytes, and with a token whose last bit is changed",
        expects: "login_failed, code bad_token, for both",
        slow: false,
        run: wrong_token,
    },
    Case {
        name: "resume-after-log-out",
        spec: SESSIONS,
        sends: "logout, then resume with the token that was good until then",
        expects: "login_failed, code bad_token",
        slow: false,
        run: after_log_out,
    },
];

/// On lesson 6.
pub(in crate::cases) const WITHOUT: &[Case] = &[Case {
    name: "no-tokens",
    spec: SESSIONS,
    sends: "a log-in; then resume with 32 bytes on a new connection",
    expects: "login_successful without a token; login_failed, code bad_token: on lessons 1 to 6 all could read it",
    slow: false,
    run: no_tokens,
}];

/// The person's token.
fn token(person: &Person) -> Outcome<Vec<u8>> {
    person.token.clone().ok_or_else(|| Wrong::failed("login_successful carries no token"))
}

fn with(token: &[u8]) -> request::Resume {
    request::Resume { token: token.to_vec().into() }
}

/// Goes on with a session on a new connection.
fn resumed(target: &Target, token: &[u8]) -> Outcome<Person> {
    let mut person = Person::stranger(target)?;
    let answer = person.ask(with(token))?;
    person.is_in(answer)?;
    Ok(person)
}

fn resume(target: &Target) -> Outcome {
    let anna = Person::new(target)?;
    let mut again = resumed(target, &token(&anna)?)?;
    let (old, new) = (anna.id, again.id);
    holds(old == new, || format!("the token of user {old} brought user {new} in"))?;
    holds(token(&anna)? != token(&again)?, || "resume gave the same token back".to_owned())?;
    again.bundle().map(drop)
}

fn old_token(target: &Target) -> Outcome {
    let first = token(&Person::new(target)?)?;
    let second = token(&resumed(target, &first)?)?;
    resumed(target, &second)?;
    Person::stranger(target)?.refused(with(&first), Code::BadToken).map(drop)
}

fn wrong_token(target: &Target) -> Outcome {
    let anna = Person::new(target)?;
    let mut changed = token(&anna)?;
    if let Some(last) = changed.last_mut() {
        *last ^= 1;
    }
    let mut stranger = Person::stranger(target)?;
    stranger.refused(with(&random::<32>()?), Code::BadToken)?;
    stranger.refused(with(&changed), Code::BadToken).map(drop)
}

fn after_log_out(target: &Target) -> Outcome {
    let mut anna = Person::new(target)?;
    let token = token(&anna)?;
    anna.done(request::Logout {})?;
    Person::stranger(target)?.refused(with(&token), Code::BadToken).map(drop)
}

fn no_tokens(target: &Target) -> Outcome {
    let anna = Person::new(target)?;
    holds(anna.token.is_none(), || "login_successful carries a token".to_owned())?;
    Person::stranger(target)?.refused(with(&random::<32>()?), Code::BadToken).map(drop)
}
