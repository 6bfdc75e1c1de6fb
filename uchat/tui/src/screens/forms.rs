//! The forms of the first screens, and what is wrong with their fields: the rules are those of the server.

use super::{Say, Start};
use crate::form::{Field, Form, label};
use crate::lang::{Lang, codes};
use uchat_client::core::Command;
use uchat_protocol::invite::Invite;
use uchat_protocol::{Code, Refusal, fields, limits};

/// An invite.
pub(super) fn invite() -> Form {
    let fields = vec![Field::new(label!(Start::InviteField), 8192).hint(label!(Start::InviteHint))];
    Form::new(label!(Start::Invite), fields, |form, _, lang| match form.text(0).parse::<Invite>() {
        Ok(_) => None,
        Err(error) if lang == Lang::En => Some(error.to_string()),
        Err(_) => Some(Start::InviteWrong.say(lang).to_owned()),
    })
}

/// A new account.
pub(super) fn register(name: &str) -> Form {
    let fields = vec![
        Field::new(label!(Start::Name), 256).hint(label!(Start::NameHint)),
        Field::new(label!(Start::Password), limits::PASSWORD_MAX).secret().hint(label!(Start::PasswordHint)),
        Field::new(label!(Start::Again), limits::PASSWORD_MAX).secret(),
        Field::new(label!(Start::Email), 512).hint(label!(Start::EmailHint)),
        Field::new(label!(Start::Sex), 512).hint(label!(Start::SexHint)),
        Field::new(label!(Start::Age), 16).hint(label!(Start::AgeHint)),
    ];
    let mut form = Form::new(label!(Start::Register), fields, wrong);
    form.fields[NAME].editor.set(name);
    form.focus = usize::from(!name.is_empty());
    form
}

/// What is wrong with a field of it.
fn wrong(form: &Form, field: usize, lang: Lang) -> Option<String> {
    let text = form.text(field);
    let refused = |result: Result<(), Refusal>| result.err().map(|refusal| rule(lang, &refusal));
    match field {
        NAME if text.is_empty() => Some(Start::NameEmpty.say(lang).to_owned()),
        NAME => match text.chars().count() {
            count if count > limits::USER_NAME => {
                let (most, count) = (limits::USER_NAME.to_string(), count.to_string());
                Some(Start::NameLong.fill(lang, &[("most", &most), ("count", &count)]))
            }
            _ => refused(fields::user_name(text).map(drop)),
        },
        PASSWORD => refused(fields::password(text)),
        AGAIN if text != form.text(PASSWORD) => Some(Start::PasswordsDiffer.say(lang).to_owned()),
        EMAIL => refused(fields::email(text)),
        SEX => refused(fields::sex(text)),
        AGE => {
            (age(text).is_err()).then(|| Start::AgeWrong.fill(lang, &[("most", &limits::AGE.to_string())]))
        }
        _ => None,
    }
}

/// An age, or none; a number that is none is an error.
fn age(text: &str) -> Result<Option<u8>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let years = text.parse().map_err(drop)?;
            fields::age(years).map(|()| Some(years)).map_err(drop)
        }
    }
}

/// A rule that is broken, without the name that the protocol has for the field.
fn rule(lang: Lang, refusal: &Refusal) -> String {
    let text = codes::say(lang, refusal);
    let name = refusal.field.as_deref().unwrap_or_default();
    let rest = text.strip_prefix(name).and_then(|rest| rest.strip_prefix(": "));
    rest.map(str::to_owned).unwrap_or(text)
}

/// Where in the registration a refusal of the server belongs, and what it says.
pub(super) fn place(lang: Lang, refusal: &Refusal) -> Option<(usize, String)> {
    let field = match (refusal.code, refusal.field.as_deref()) {
        (Code::UserNameTaken | Code::BadUserName, _) => NAME,
        (Code::BadPassword, _) => PASSWORD,
        (Code::EmailTaken | Code::BadEmail, _) => EMAIL,
        (Code::BadField, Some("sex")) => SEX,
        (Code::BadField, Some("age")) => AGE,
        _ => return None,
    };
    Some((field, rule(lang, refusal)))
}

/// The registration that a form asks for.
pub(super) fn registration(form: &Form) -> Command {
    Command::Register {
        username: form.text(NAME).to_owned(),
        password: form.text(PASSWORD).into(),
        email: form.text(EMAIL).to_owned(),
        sex: Some(form.text(SEX).to_owned()).filter(|sex| !sex.is_empty()),
        age: age(form.text(AGE)).ok().flatten(),
    }
}

/// An old account.
pub(super) fn log_in(name: &str) -> Form {
    let fields = vec![
        Field::new(label!(Start::Name), 256),
        Field::new(label!(Start::Password), limits::PASSWORD_MAX).secret(),
    ];
    let mut form = Form::new(label!(Start::LogIn), fields, not_empty);
    form.fields[NAME].editor.set(name);
    form.focus = usize::from(!name.is_empty());
    form
}

/// Keys from another machine.
pub(super) fn keys() -> Form {
    let fields = vec![
        Field::new(label!(Start::KeysFile), 4096).hint(label!(Start::KeysFileHint)),
        Field::new(label!(Start::KeysPassphrase), limits::PASSWORD_MAX)
            .secret()
            .hint(label!(Start::KeysPassphraseHint)),
    ];
    Form::new(label!(Start::Keys), fields, not_empty)
}

fn not_empty(form: &Form, field: usize, lang: Lang) -> Option<String> {
    form.text(field).is_empty().then(|| Start::Empty.say(lang).to_owned())
}

/// The fields of the registration; the first two are those of the log-in, too.
pub(super) const NAME: usize = 0;
pub(super) const PASSWORD: usize = 1;
const AGAIN: usize = 2;
const EMAIL: usize = 3;
const SEX: usize = 4;
const AGE: usize = 5;
