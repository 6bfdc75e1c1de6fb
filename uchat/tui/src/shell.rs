//! The terminal and the loop around it all: what happens goes in one queue, `app::update` decides, `draw` shows.
//!
//! ```text
//! keyboard, mouse ─▶ ┐                              ┌─▶ World: commands for the client, jobs
//! client, jobs ────▶ ├─ one queue ─▶ app::update ───┼─▶ terminal: bell, notification, clipboard
//! signals ─────────▶ ┘                    └─ draw ──┴─▶ cells
//! ```
//! Everything that waits is taken in before one draw. What a key does is drawn at once; all else at most about
//! sixty times a second, the last change always. While nothing happens the loop waits in its queue and costs nothing.
//!
//! | file | idea |
//! |---|---|
//! | `terminal.rs` | the terminal made ours, and given back whatever happens |
//! | `input.rs` | from the terminal's events to the screen's |
//! | `turn.rs` | the loop, which knows no terminal |
//! | `play.rs` | what the loop moves: one screen, or the two of the demo |
//! | `pace.rs` | when to draw, when to wake up |
//! | `escape.rs` | the clipboard as bytes |

mod escape;
mod input;
mod pace;
mod play;
mod terminal;
mod turn;

use crate::app::{App, Effect, Event, Job, Start};
use crate::demo::{self, Demo, Happened, Side};
use crate::image::{self, Workers};
use crate::lang::{Lang, Say, codes, shell::Shell as Sentence, start::Start as Text};
use play::Play;
use ratatui::layout::Size;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use terminal::Screen;
use turn::{Face, Turns};
use uchat_client::core::{Command, CommandId};

/// What the program around the screen supplies.
pub trait World {
    /// Called first: where everything goes that happens outside.
    fn begin(&mut self, teller: Teller);

    /// A command for the client. Each is answered with `Told::Answer` exactly once, also where there is no client.
    /// Must not wait.
    fn command(&mut self, id: CommandId, command: Command);

    /// Something that takes time; what comes of it is told as `Event::Done`. Must not wait.
    fn job(&mut self, job: Job);

    /// Ends everything in order; returns when all that was done is on disk. Nobody listens any more.
    fn end(self);
}

/// What the program around the demo supplies: a world for each of the two, one server, and a cable to it.
pub trait DemoWorld {
    /// Called first: where everything goes that happens outside. `Happened::Ready` comes when the server runs.
    fn begin(&mut self, prompter: &Prompter);

    /// A command for the client of this side; as in [`World`].
    fn command(&mut self, side: Side, id: CommandId, command: Command);

    /// A job for this side; as in [`World`].
    fn job(&mut self, side: Side, job: Job);

    /// Plugs the right one's cable in, or pulls it out; `Happened::Cable` comes when that is done.
    fn cable(&mut self, plugged: bool);

    /// Reads what the server knows; `Happened::Server` comes then.
    fn read_server(&mut self);

    /// Ends everything in order, and removes it.
    fn end(self);
}

/// Tells the demo what happened.
#[derive(Debug, Clone)]
pub struct Prompter(SyncSender<Input>);

impl Prompter {
    /// Whoever tells what happens to this side.
    #[must_use]
    pub fn teller(&self, side: Side) -> Teller {
        Teller(self.0.clone(), Some(side))
    }

    /// Tells what happens around the two. Says whether anybody listens still.
    pub fn tell(&self, happened: Happened) -> bool {
        self.0.send(Input::Demo(happened)).is_ok()
    }
}

/// Tells the screen what happened; in the demo, the screen of one side.
#[derive(Debug, Clone)]
pub struct Teller(SyncSender<Input>, Option<Side>);

impl Teller {
    /// Tells it. Waits only while some thousand events are not dealt with. Says whether anybody listens still.
    pub fn tell(&self, event: Event) -> bool {
        self.0.send(Input::Event(self.1, event)).is_ok()
    }
}

/// What the loop waits for.
#[derive(Debug)]
enum Input {
    /// In the demo with the side it is for; none from the terminal.
    Event(Option<Side>, Event),
    /// Around the two of the demo.
    Demo(Happened),
    /// Somebody asks the program to stop, as a shell does, until it is to go on.
    Pause,
    /// The terminal is gone, or somebody asks the program to end.
    End,
}

/// Why there is no screen.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// Input or output is a file or a pipe.
    #[error("{}", self.say(Lang::En))]
    NoTerminal(Sentence),
    /// The terminal cannot move its cursor.
    #[error("{}", self.say(Lang::En))]
    Dumb(String),
    /// The locale is not UTF-8.
    #[error("{}", self.say(Lang::En))]
    NotUtf8(String),
    /// The terminal refuses.
    #[error("{}", self.say(Lang::En))]
    Io(#[from] io::Error),
}

impl ShellError {
    /// It, in this language. Where the locale is not UTF-8, nothing but ASCII can be read: that is said in English.
    #[must_use]
    pub fn say(&self, lang: Lang) -> String {
        match self {
            Self::NoTerminal(what) => Sentence::NoTerminal.fill(lang, &[("what", what.say(lang))]),
            Self::Dumb(term) => Sentence::Dumb.fill(lang, &[("term", term)]),
            Self::NotUtf8(locale) => format!(
                "the locale {locale} is not UTF-8, so names and texts could not be shown; start it as \
                 `LC_ALL=C.UTF-8 uchat`, or use `uchat chat NAME`"
            ),
            Self::Io(error) => {
                Sentence::Refuses.fill(lang, &[("why", &codes::known(lang, &error.to_string()))])
            }
        }
    }
}

/// Whether there can be a screen here.
///
/// # Errors
/// A sentence that says why not, and what to use instead.
pub fn check() -> Result<(), ShellError> {
    use io::IsTerminal;
    if !io::stdin().is_terminal() {
        return Err(ShellError::NoTerminal(Sentence::Input));
    }
    if !io::stdout().is_terminal() {
        return Err(ShellError::NoTerminal(Sentence::Output));
    }
    if let Some(term) = variable("TERM").filter(|term| term == "dumb") {
        return Err(ShellError::Dumb(term));
    }
    match locale(variable).filter(|locale| !is_utf8(locale)) {
        Some(locale) if cfg!(unix) => Err(ShellError::NotUtf8(locale)),
        _ => Ok(()),
    }
}

/// A variable of the environment, if it says anything.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The locale for characters, as the C library finds it; `None` if nothing is set.
fn locale(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable)
}

/// A locale without a character set may be anything; `C` and `POSIX` are ASCII by definition.
fn is_utf8(locale: &str) -> bool {
    match locale.split_once('.') {
        Some((_, set)) => set.to_ascii_lowercase().replace('-', "").starts_with("utf8"),
        None => !matches!(locale, "C" | "POSIX"),
    }
}

/// Shows the screen until the user leaves. The terminal is as before when this returns, also after an error or a
/// panic; everything behind the screen has ended in order then.
///
/// # Errors
/// There can be no screen here, or the terminal fails.
pub fn run(mut world: impl World, start: Start) -> Result<(), ShellError> {
    check()?;
    let mut lang = start.settings.lang;
    let result = show(&mut lang, |sender, size| {
        let teller = Teller(sender, None);
        world.begin(teller.clone());
        let (app, effects) = App::new(Start { size, now: now(), ..start });
        let images = Workers::start(move |done| {
            let _ = teller.tell(Event::Done(done)); // nobody needs pictures any more at the end
        });
        (play::Single { app, world: &mut world, images }, effects)
    });
    end(|| world.end(), lang);
    Ok(result?)
}

/// Shows the demo, in the same way.
///
/// # Errors
/// There can be no screen here, or the terminal fails.
pub fn run_demo(mut world: impl DemoWorld, start: demo::Start) -> Result<(), ShellError> {
    check()?;
    let mut lang = start.settings.lang;
    let result = show(&mut lang, |sender, size| {
        world.begin(&Prompter(sender));
        let demo = Demo::new(demo::Start { size, now: now(), ..start });
        (play::Double { demo, world: &mut world }, Vec::new())
    });
    end(|| world.end(), lang);
    Ok(result?)
}

/// From the first draw until the terminal is given back; nobody listens to the world after that.
fn show<P: Play>(
    lang: &mut Lang,
    begin: impl FnOnce(SyncSender<Input>, Size) -> (P, Vec<Effect>),
) -> io::Result<()>
where
    Screen: Face<P::Shown>,
{
    let (sender, queue) = sync_channel(QUEUE);
    let mut screen = Screen::open()?;
    terminal::on_signals(&sender);
    let (mut play, effects) = begin(sender.clone(), screen.size());
    let images = play.images();
    let mut turns = Turns::new(&mut play, &mut screen, &queue);
    turns.first(effects)?;
    if let Some(images) = images {
        let graphics = Event::Graphics(image::probe(images, variable));
        let _ = sender.send(Input::Event(None, graphics)); // the queue is ours
    }
    turns.screen().ask_for_keys();
    input::listen(sender)?;
    let result = turns.run();
    *lang = play.lang();
    result
}

/// Ends the world, with a sentence if that takes long.
fn end(world: impl FnOnce(), lang: Lang) {
    let (done, ended) = channel::<()>();
    let watcher = std::thread::Builder::new().name("end".to_owned()).spawn(move || {
        if ended.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{}", Text::Ending.say(lang));
        }
    });
    world();
    drop(done);
    drop(watcher.map(std::thread::JoinHandle::join));
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The most events that wait.
const QUEUE: usize = 4_096;
/// After this time whoever has left wants to know what is still going on.
const LONG: Duration = Duration::from_millis(600);

#[cfg(test)]
mod tests;
