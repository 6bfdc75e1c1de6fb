//! A screen without a terminal: keys, clicks and news go in; what is seen, and what is to be done, comes out.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use uchat_client::core::{Answer, Command, CommandId, Contact, Notice, Shown, With};
use uchat_client::runtime::Told;
use uchat_protocol::{MessageId, Refusal};
use uchat_tui::action::{Action, Key};
use uchat_tui::app::{App, Channel, Done, Effect, Event, Settings, Start, update};
use uchat_tui::draw::draw;
use uchat_tui::text::Cells;

/// A screen, and what it has asked for.
#[derive(Clone)]
pub struct Screen {
    pub app: App,
    pub effects: Vec<Effect>,
    pub caret: Option<Position>,
    buffer: Buffer,
    now: u64,
}

/// Noon of a day, in milliseconds since 1970.
pub const NOON: u64 = 1_790_000_000_000 / 86_400_000 * 86_400_000 + 12 * 3_600_000;

impl Screen {
    /// As it starts.
    pub fn new(settings: Settings, (width, height): (u16, u16), username: Option<&str>) -> Self {
        let start = Start {
            settings,
            knows_server: username.is_some(),
            username: username.map(str::to_owned),
            size: Size::new(width, height),
            now: NOON,
            ..Start::default()
        };
        let (app, effects) = App::new(start);
        let buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let mut screen = Self { app, effects, caret: None, buffer, now: NOON };
        screen.draw();
        screen
    }

    /// The main screen of `ann`, logged in and online, with these contacts.
    pub fn logged_in(settings: Settings, size: (u16, u16), contacts: Vec<Contact>) -> Self {
        let mut screen = Self::new(settings, size, Some("ann"));
        let channel = Channel { server: "localhost:2333".into(), encrypted: true, ..Channel::default() };
        screen.happens(Event::Done(Done::Opened(channel, None)));
        screen.write("password");
        screen.key("enter");
        let (id, _) = screen.last_command();
        screen.answer(id, Ok(Answer::UserId { user_id: 1 }));
        let online = Notice::Connection {
            state: uchat_client::core::Connection::Online,
            reason: None,
            code: None,
            retry_in: None,
        };
        screen.notice(online);
        let (id, command) = screen.last_command();
        assert!(matches!(command, Command::Contacts {}), "{command:?}");
        screen.answer(id, Ok(Answer::Contacts { contacts }));
        screen
    }

    /// Something happens, and the screen is drawn anew.
    pub fn happens(&mut self, event: Event) {
        self.effects.extend(update(&mut self.app, self.now, event));
        self.draw();
    }

    /// Time passes.
    pub fn later(&mut self, milliseconds: u64) {
        self.now += milliseconds;
        self.happens(Event::Tick);
    }

    /// A key, as in `ctrl-q`.
    pub fn key(&mut self, key: &str) {
        let key: Key = key.parse().expect("a key");
        self.happens(Event::Key(key));
    }

    /// The first key of an action.
    pub fn does(&mut self, action: Action) {
        let key = *self.app.settings.keymap.keys(action).first().expect("the action has a key");
        self.happens(Event::Key(key));
    }

    /// Text, character by character.
    pub fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.happens(Event::Key(Key {
                code: crossterm::event::KeyCode::Char(c),
                held: KeyModifiers::NONE,
            }));
        }
    }

    /// A click on this cell.
    pub fn click(&mut self, x: u16, y: u16) {
        let kind = MouseEventKind::Down(MouseButton::Left);
        self.happens(Event::Mouse(MouseEvent { kind, column: x, row: y, modifiers: KeyModifiers::NONE }));
    }

    /// The wheel over this cell: down, or up if negative.
    pub fn wheel(&mut self, x: u16, y: u16, by: i32) {
        let kind = if by > 0 { MouseEventKind::ScrollDown } else { MouseEventKind::ScrollUp };
        self.happens(Event::Mouse(MouseEvent { kind, column: x, row: y, modifiers: KeyModifiers::NONE }));
    }

    /// A click on the first place where this text stands.
    pub fn click_on(&mut self, text: &str) {
        let (x, y) =
            self.find(text).unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{}", self.text()));
        self.click(x, y);
    }

    /// The client tells something.
    pub fn notice(&mut self, notice: Notice) {
        self.happens(Event::Told(Box::new(Told::Notice(notice))));
    }

    /// The client answers.
    pub fn answer(&mut self, id: CommandId, result: Result<Answer, Refusal>) {
        self.happens(Event::Told(Box::new(Told::Answer(id, result))));
    }

    /// The last command that was given to the client.
    pub fn last_command(&self) -> (CommandId, Command) {
        let last = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Command(id, command) => Some((*id, command.clone())),
            _ => None,
        });
        last.expect("a command was given")
    }

    /// The screen is of another size.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.buffer = Buffer::empty(Rect::new(0, 0, width, height));
        self.happens(Event::Resize(Size::new(width, height)));
    }

    fn draw(&mut self) {
        self.buffer.reset();
        self.caret = draw(&mut self.app, &mut self.buffer);
    }

    /// What is seen, row by row; a wide character stands for its two cells.
    pub fn text(&self) -> String {
        text_in(&self.buffer, self.app.settings.cells)
    }

    /// Where a text stands: the cell of its first character.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        find_in(&self.buffer, self.app.settings.cells, text)
    }

    /// Fails unless the text is on the screen.
    pub fn shows(&self, text: &str) {
        assert!(self.find(text).is_some(), "`{text}` is not on the screen:\n{}", self.text());
    }

    /// The cells as they were drawn, for colours.
    pub fn cells(&self) -> &Buffer {
        &self.buffer
    }
}

/// What is seen in these cells, row by row.
pub fn text_in(buffer: &Buffer, cells: Cells) -> String {
    let rows = (0..buffer.area.height).map(|y| row(buffer, cells, y));
    rows.fold(String::new(), |text, row| text + row.trim_end() + "\n")
}

/// Where a text stands in these cells.
pub fn find_in(buffer: &Buffer, cells: Cells, text: &str) -> Option<(u16, u16)> {
    (0..buffer.area.height).find_map(|y| {
        let row = row(buffer, cells, y);
        let x = cells.width(&row[..row.find(text)?]);
        Some((u16::try_from(x).ok()?, y))
    })
}

fn row(buffer: &Buffer, cells: Cells, y: u16) -> String {
    let (mut row, mut skip) = (String::new(), 0);
    for x in 0..buffer.area.width {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let symbol = buffer[(x, y)].symbol();
        skip = cells.of(symbol).saturating_sub(1);
        row.push_str(symbol);
    }
    row
}

/// A friend in the contact list.
pub fn friend(name: &str, online: bool) -> Contact {
    Contact {
        user: Some(name.to_owned()),
        room: None,
        id: name.bytes().map(u64::from).sum(),
        online,
        ip: None,
        port: None,
        last: None,
        time: 0,
        unread: 0,
        mentioned: false,
        key_changed: false,
    }
}

/// A text of somebody, or of ourselves.
pub fn text_of(from: &str, with: With, seq: u64, text: &str) -> Shown {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&seq.to_be_bytes());
    Shown {
        id: Some(MessageId(id)),
        from: Some(from.to_owned()),
        with,
        seq: Some(seq),
        time: NOON - 3_600_000 + seq * 1_000,
        text: Some(text.to_owned()),
        file: None,
        fontsize: 0,
        fontcolor: String::new(),
        reply_to: None,
        encrypted: true,
        mentioned: false,
        state: None,
        edited: false,
        deleted: false,
        reactions: Vec::new(),
    }
}
