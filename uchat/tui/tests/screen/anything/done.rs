//! Answers in any order, and what hands can do.

use super::*;

impl Chaos {
    /// The client answers one of its commands, in any order; sometimes a refusal.
    pub(super) fn answer(&mut self) {
        if self.commands.is_empty() {
            return;
        }
        let at = self.dice.below(self.commands.len());
        let (id, command) = self.commands.swap_remove(at);
        let result = if self.dice.one_in(5) { Err(self.refusal()) } else { Ok(self.granted(&command)) };
        self.happens(Event::Told(Box::new(uchat_client::runtime::Told::Answer(id, result))));
    }

    pub(super) fn job_done(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let at = self.dice.below(self.jobs.len());
        let fails = self.dice.one_in(3);
        let sentence = self.text();
        let done = match self.jobs.swap_remove(at) {
            Job::StartPrivate | Job::Open | Job::Join(_) | Job::Trust(_) if fails => match self.dice.below(3)
            {
                0 => Done::Untrusted { server: self.text(), fingerprint: self.text() },
                _ => Done::NotOpened(sentence),
            },
            Job::StartPrivate | Job::Open | Job::Join(_) | Job::Trust(_) => {
                let lesson = self.dice.one_in(3).then(|| *self.dice.of(&[1, 5, 7]));
                let (server, private) = (self.text(), self.dice.one_in(2));
                let channel = Channel { server, private, lesson, tls: false, encrypted: lesson.is_none() };
                Done::Opened(channel, self.dice.one_in(2).then(|| self.name()))
            }
            Job::ImportKeys { .. } => Done::Imported(if fails { Err(sentence) } else { Ok(()) }),
            Job::SaveSettings(_) | Job::RememberUser(_) if fails => Done::NotSaved(sentence),
            Job::SaveSettings(_) | Job::RememberUser(_) => return,
            Job::List(folder) => {
                let entry = |n: usize, name: &str| Listed {
                    name: format!("{name}{n}"),
                    size: (!n.is_multiple_of(3)).then_some(u64::MAX >> n),
                };
                let entries = (0..self.dice.below(40)).map(|n| entry(n, TEXTS[n % TEXTS.len()])).collect();
                Done::Listed(folder, if fails { Err(sentence) } else { Ok(entries) })
            }
            Job::Inspect(id, _) => Done::Inspected(id, None),
            Job::Export { .. } => {
                Done::Exported(if fails { Err(sentence) } else { Ok(PathBuf::from("/tmp/x")) })
            }
        };
        self.happens(Event::Done(done));
    }

    pub(super) fn image_done(&mut self) {
        let Some(request) = self.images.pop() else { return };
        let found = match (&request, self.dice.below(4)) {
            (_, 0) => Err(Trouble::Broken),
            (Request::Measure(_), _) => Ok(Found::Size(*self.dice.of(&[1, 640, u32::MAX]), 480)),
            (Request::Draw(_), _) => Err(Trouble::Gone),
        };
        self.happens(Event::Done(Done::Image(request, found)));
    }

    pub(super) fn any_key(&mut self) -> Key {
        const CODES: [KeyCode; 14] = [
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::Enter,
            KeyCode::Enter,
        ];
        const HELD: [KeyModifiers; 6] = [
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::NONE,
            KeyModifiers::CONTROL,
            KeyModifiers::ALT,
            KeyModifiers::SHIFT,
        ];
        match self.dice.below(4) {
            0 => Key { code: *self.dice.of(&CODES), held: *self.dice.of(&HELD) },
            1 => {
                let letters: Vec<char> =
                    "abcdefghijklmnopqrstuvwxyz0123456789 +-/@#你é\u{301}".chars().collect();
                Key { code: KeyCode::Char(*self.dice.of(&letters)), held: *self.dice.of(&HELD) }
            }
            2 => Key::plain(*self.dice.of(&CODES)),
            _ => {
                let action = *self.dice.of(Action::ALL);
                let keys = self.screen.app.settings.keymap.keys(action);
                keys.first().copied().unwrap_or(Key::plain(KeyCode::Enter))
            }
        }
    }

    pub(super) fn mouse(&mut self) -> Event {
        let targets: Vec<_> = self.screen.app.hits.targets().map(|(area, _)| area).collect();
        let (column, row) = match (self.dice.one_in(5), targets.is_empty()) {
            (false, false) => {
                let area = *self.dice.of(&targets);
                let [x, y] = [area.width, area.height].map(|size| self.dice.below(usize::from(size)));
                (area.x + u16::try_from(x).unwrap(), area.y + u16::try_from(y).unwrap())
            }
            _ => {
                let [x, y] = [310, 110].map(|size| self.dice.below(size));
                (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
            }
        };
        let kinds = [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Right),
            MouseEventKind::ScrollUp,
            MouseEventKind::ScrollDown,
        ];
        Event::Mouse(MouseEvent { kind: *self.dice.of(&kinds), column, row, modifiers: KeyModifiers::NONE })
    }
}
