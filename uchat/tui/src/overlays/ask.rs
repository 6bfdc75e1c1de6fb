//! Forms for one thing each: a new room, a room's number, an e-mail address, a new password, the end of the account.

use super::{Then, Window, parts};
use crate::action::Key;
use crate::app::{App, Tone, Why};
use crate::area;
use crate::draw::{self, Pen};
use crate::form::{Field, Form, Label, label};
use crate::hit::Target;
use crate::lang::overlays::Over;
use crate::lang::{Lang, Say, codes};
use crate::theme::Role;
use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};
use uchat_client::core::{Answer, Command, CommandId, With};
use uchat_protocol::{Refusal, fields, limits};

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A new room.
    CreateRoom,
    /// A room that is there.
    JoinRoom,
    /// Another e-mail address.
    Email,
    /// The sex.
    Sex,
    /// The age.
    Age,
    /// Another password.
    Password,
    /// New keys, because the old ones are lost.
    NewKeys,
    /// The end of the account.
    DeleteAccount,
}

/// A form that is open.
#[derive(Debug, Clone)]
pub struct Ask {
    what: What,
    form: Form,
    waits: Option<CommandId>,
}

/// What is wrong with a field of the form.
type Check = fn(&Form, usize, Lang) -> Option<String>;

impl Ask {
    pub(super) fn new(what: What) -> Self {
        let password = |label| Field::new(label, limits::PASSWORD_MAX).secret();
        let fields = match what {
            What::CreateRoom => {
                vec![Field::new(label!(Over::RoomName), 256).hint(label!(Over::RoomNameHint))]
            }
            What::JoinRoom => {
                vec![Field::new(label!(Over::RoomNumber), 20).hint(label!(Over::RoomNumberHint))]
            }
            What::Email => vec![Field::new(label!(Over::Email), limits::EMAIL).hint(label!(Over::EmailHint))],
            What::Sex => vec![Field::new(label!(Over::Sex), 256).hint(label!(Over::SexHint))],
            What::Age => vec![Field::new(label!(Over::Age), 3).hint(label!(Over::AgeHint))],
            What::Password => vec![
                password(label!(Over::OldPassword)),
                password(label!(Over::NewPassword)).hint(label!(Over::PasswordHint)),
                password(label!(Over::PasswordAgain)),
            ],
            What::NewKeys | What::DeleteAccount => vec![password(label!(Over::YourPassword))],
        };
        let (title, check): (Label, Check) = match what {
            What::CreateRoom => {
                (label!(Over::CreateRoom), |form, _, lang| rule(lang, fields::room_name(form.text(0))))
            }
            What::JoinRoom => (label!(Over::JoinRoom), |form, _, lang| {
                number(form.text(0)).is_none().then(|| Over::NoNumber.say(lang).to_owned())
            }),
            What::Email => {
                (label!(Over::ChangeEmail), |form, _, lang| rule(lang, fields::email(form.text(0))))
            }
            What::Sex => (label!(Over::ChangeSex), |form, _, lang| rule(lang, fields::sex(form.text(0)))),
            What::Age => (label!(Over::ChangeAge), |form, _, lang| {
                let age = form.text(0).trim().parse::<u8>().ok().filter(|age| fields::age(*age).is_ok());
                age.is_none().then(|| Over::NoAge.say(lang).to_owned())
            }),
            What::Password => (label!(Over::ChangePassword), new_password),
            What::NewKeys => (label!(Over::NewKeys), not_empty),
            What::DeleteAccount => (label!(Over::DeleteAccount), not_empty),
        };
        Self { what, form: Form::new(title, fields, check), waits: None }
    }

    /// With what stands there already, to be changed.
    pub(super) fn filled(mut self, text: &str) -> Self {
        if let Some(field) = self.form.fields.first_mut() {
            field.editor.set(text);
        }
        self
    }

    /// What it means, above the fields.
    fn about(&self) -> (Over, Role) {
        match self.what {
            What::CreateRoom => (Over::CreateRoomText, Role::Dim),
            What::JoinRoom => (Over::JoinRoomText, Role::Dim),
            What::Email => (Over::EmailText, Role::Dim),
            What::Sex | What::Age => (Over::OptionalText, Role::Dim),
            What::Password => (Over::ChangePasswordText, Role::Dim),
            What::NewKeys => (Over::NewKeysText, Role::Warning),
            What::DeleteAccount => (Over::DeleteAccountText, Role::Error),
        }
    }

    fn submit(&mut self, app: &mut App) {
        if self.waits.is_some() || !self.form.ready() {
            return;
        }
        let text = |at| self.form.text(at).trim().to_owned();
        let secret = |at| self.form.text(at).into();
        let profile = |email, sex, age| Command::SetProfile {
            email,
            sex,
            age,
            share_address: None,
            share_read: None,
            share_typing: None,
        };
        let command = match self.what {
            What::CreateRoom => Command::CreateRoom { name: text(0) },
            What::JoinRoom => match number(self.form.text(0)) {
                Some(room) => Command::JoinRoom { room },
                None => return,
            },
            What::Email => profile(Some(text(0)), None, None),
            What::Sex => profile(None, Some(text(0)), None),
            What::Age => profile(None, None, text(0).parse().ok()),
            What::Password => Command::ChangePassword { old: secret(0), new: secret(1) },
            What::NewKeys => Command::NewKeys { password: secret(0) },
            What::DeleteAccount => Command::DeleteAccount { password: secret(0) },
        };
        let why = if self.what == What::DeleteAccount { Why::DeleteAccount } else { Why::Overlay };
        self.waits = Some(app.ask(command, why));
        (self.form.busy, self.form.refused) = (true, None);
    }

    /// It was granted.
    fn granted(&self, app: &mut App, answer: &Answer) -> Then {
        let text = match (self.what, answer) {
            (What::CreateRoom, Answer::Room { room }) => {
                let name = self.form.text(0).trim().to_owned();
                let values = [("name", name.as_str()), ("number", &room.to_string())];
                let text = Over::RoomCreated.fill(app.lang(), &values);
                app.people.add(With::Room(*room), name, true);
                app.note(Tone::Good, text);
                return Then::Chat(With::Room(*room));
            }
            (What::JoinRoom, _) => match number(self.form.text(0)) {
                Some(room) => {
                    let with = With::Room(room);
                    // Its name may have been told before this answer.
                    if app.people.entry(&with).is_none() {
                        app.people.add(with.clone(), format!("#{room}"), true);
                    }
                    return Then::Chat(with);
                }
                None => return Then::Close,
            },
            (What::Password, _) => Over::PasswordChanged,
            (What::NewKeys, _) => Over::NewKeysMade,
            _ => Over::ProfileChanged,
        };
        app.note(Tone::Good, app.say(text));
        Then::Close
    }
}

/// What is wrong with a field, in the language of the screen.
fn rule<T>(lang: Lang, checked: Result<T, Refusal>) -> Option<String> {
    checked.err().map(|refusal| codes::say(lang, &refusal))
}

fn not_empty(form: &Form, field: usize, lang: Lang) -> Option<String> {
    form.text(field).is_empty().then(|| Over::PasswordMissing.say(lang).to_owned())
}

fn new_password(form: &Form, field: usize, lang: Lang) -> Option<String> {
    match field {
        0 => not_empty(form, 0, lang),
        1 => rule(lang, fields::password(form.text(1))),
        _ => (form.text(1) != form.text(2)).then(|| Over::PasswordsDiffer.say(lang).to_owned()),
    }
}

/// A room's number, with or without the `#` before it.
fn number(text: &str) -> Option<u64> {
    text.trim().trim_start_matches('#').parse().ok().filter(|number| (1..=limits::NUMBER).contains(number))
}

impl Window for Ask {
    fn key(&mut self, app: &mut App, key: Key) -> Option<Then> {
        match key.code {
            KeyCode::Enter => self.submit(app),
            KeyCode::Tab | KeyCode::Down => self.form.move_focus(false),
            KeyCode::BackTab | KeyCode::Up => self.form.move_focus(true),
            _ => return self.form.key(key).then_some(Then::Stay),
        }
        Some(Then::Stay)
    }

    fn paste(&mut self, _app: &mut App, text: &str) -> Then {
        self.form.insert(text);
        Then::Stay
    }

    fn click(&mut self, app: &mut App, target: &Target, at: Position) -> Then {
        if let Target::Field(number) = target {
            self.form.click(*number, at.x, app.settings.cells);
        }
        Then::Stay
    }

    fn answered(&mut self, app: &mut App, id: CommandId, result: Result<Answer, Refusal>) -> Then {
        let ours = self.waits.take_if(|waits| *waits == id).is_some();
        match result {
            Ok(answer) if ours => return self.granted(app, &answer),
            Ok(_) => {}
            Err(refusal) if ours => {
                (self.form.busy, self.form.refused) = (false, Some(codes::say(app.lang(), &refusal)));
            }
            Err(refusal) => app.refuse(&refusal),
        }
        Then::Stay
    }

    fn draw(&self, _app: &App, pen: &mut Pen<'_>, area: Rect) {
        let (about, role) = self.about();
        let fields = u16::try_from(self.form.fields.len()).unwrap_or(1) * 2;
        let inside = parts::window(pen, area, (60, fields + 13), (self.form.title)(pen.settings.lang));
        let yes = match self.what {
            What::CreateRoom => Over::CreateYes,
            What::JoinRoom => Over::JoinYes,
            What::NewKeys => Over::NewKeysYes,
            What::DeleteAccount => Over::DeleteAccountYes,
            _ => Over::Save,
        };
        let mut rest = parts::foot(pen, inside, &[("enter", pen.say(yes)), ("esc", pen.say(Over::No))]);
        // In a small terminal the fields count more than what is said about them.
        let text = area::above(rest, fields + 1);
        rest = area::below(rest, pen.paragraph(text, pen.say(about), role) + u16::from(text.height > 0));
        rest = area::below(rest, draw::form(&self.form, pen, rest));
        if let Some(refused) = &self.form.refused {
            pen.paragraph(rest, &format!("{} {refused}", pen.sign("✗")), Role::Error);
        } else if self.form.busy {
            pen.put(rest, pen.say(Over::Waiting), Role::Dim);
        }
    }
}
