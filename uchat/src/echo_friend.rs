//! The user `echo`: everybody's friend, who answers each text with the same text. It is a client like any other,
//! over loopback, with a profile of its own in the server's data folder.
//!
//! It answers friends only, never in rooms, and never what is itself a reply; its own answers are replies. So two
//! programs of this kind cannot keep each other busy for ever.
//!
//! What was stored when it was killed, and never told as an event, has no reply of ours: at the start it looks through
//! the newest messages of those who have written last, and answers it. What is unread would not do: to mark a
//! conversation as read means all of it, also what nobody has looked at yet.

use crate::session::refused;
use crate::show;
use echo::lab::{Failure, hex, io_failure};
use rand::RngExt;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use uchat_client::core::{Answer, Command, CommandId, Contact, FriendAnswer, Notice, Settings, Shown, With};
use uchat_client::net::Route;
use uchat_client::profile::{Profile, write_private};
use uchat_client::runtime::{Client, Setup, Told};
use uchat_client::vault::{VaultSettings, system_time};
use uchat_protocol::{Code, MessageId, limits};
use zeroize::Zeroizing;

/// Its name.
pub(crate) const NAME: &str = "echo";

/// Echo at work.
pub(crate) struct EchoFriend {
    /// Takes what the client tells, and nothing as the sign to stop.
    stop: Sender<Option<Told>>,
    thread: JoinHandle<()>,
}

impl EchoFriend {
    /// Starts it; it logs in by itself, and makes its account the first time. The server of this route must listen
    /// already. `ca` is the server's CA in DER, where there is one.
    pub(crate) fn start(data: &Path, route: Route, ca: Option<Vec<u8>>) -> Result<Self, Failure> {
        let profile = Profile::open(&data.join(NAME)).map_err(|e| Failure::new(e.to_string()))?;
        let (password, new) = password(&profile)?;
        let encrypted = route.setup.transport().encrypted();
        let setup = Setup {
            profile,
            route,
            settings: Settings { encrypted, ..Settings::default() },
            vault: VaultSettings { encrypted, ca, clock: system_time(), recorder: None },
        };
        let (sender, inbox) = channel();
        let told = sender.clone();
        let client = Client::start(setup, move |it| told.send(Some(it)).is_ok()).map_err(refused)?;
        let thread = std::thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || Echo::new(client, password).run(&inbox, new))
            .map_err(|e| io_failure("cannot start the user echo", &e))?;
        Ok(Self { stop: sender, thread })
    }

    /// Logs it out of the server, in order.
    pub(crate) fn stop(self) {
        let _ = self.stop.send(None);
        if self.thread.join().is_err() {
            tracing::error!("the user echo has failed");
        }
    }
}

/// Its password, and whether it is new: random, made when it is first needed.
fn password(profile: &Profile) -> Result<(Zeroizing<String>, bool), Failure> {
    let path = profile.dir().join("password");
    if path.try_exists().unwrap_or(true) {
        return Ok((crate::password::from_file(&path)?, false));
    }
    let mut random = certificates::folder::system_random()?;
    let password = Zeroizing::new(hex(&random.random::<[u8; 16]>()));
    write_private(&path, password.as_bytes())
        .map_err(|e| io_failure(&format!("cannot write {}", path.display()), &e))?;
    Ok((password, true))
}

struct Echo {
    client: Client,
    password: Zeroizing<String>,
    /// The number of the last command.
    last: CommandId,
    /// The pages of history that were asked for.
    pages: HashMap<CommandId, LookBack>,
    /// What has come as an event, while histories are still looked through: it is answered already.
    told: HashSet<MessageId>,
    /// Whether they were.
    caught_up: bool,
}

/// How far the messages of a friend were looked through, the newest first.
struct LookBack {
    with: With,
    pages: usize,
    /// What has an answer of ours.
    answered: HashSet<MessageId>,
}

impl Echo {
    fn new(client: Client, password: Zeroizing<String>) -> Self {
        let (pages, told) = (HashMap::new(), HashSet::new());
        Self { client, password, last: CONTACTS, pages, told, caught_up: false }
    }

    /// `new`: the server cannot know it yet.
    fn run(mut self, inbox: &Receiver<Option<Told>>, new: bool) {
        match new {
            true => self.register(),
            false => self.log_in(),
        }
        while let Ok(Some(told)) = inbox.recv() {
            match told {
                Told::Answer(id, Ok(answer)) => self.answer(id, answer),
                Told::Answer(LOGIN, Err(refusal)) if refusal.code == Code::WrongLogin => self.register(),
                Told::Answer(LOGIN | REGISTER, Err(refusal)) => {
                    tracing::warn!("there is no user `{NAME}` here: {refusal}");
                }
                Told::Answer(_, Err(refusal)) => tracing::debug!("{NAME}: {refusal}"),
                Told::Notice(notice) => self.notice(notice),
            }
        }
        self.client.stop();
    }

    /// Step by step: in, everything that the server has, who has written last, what they have written.
    fn answer(&mut self, id: CommandId, answer: Answer) {
        match (id, answer) {
            (LOGIN | REGISTER, _) => self.client.command(SYNC, Command::Sync {}),
            (SYNC, _) => self.client.command(CONTACTS, Command::Contacts {}),
            (CONTACTS, Answer::Contacts { contacts }) => {
                let written = |contact: &Contact| contact.user.is_some() && contact.last.is_some();
                let mut friends: Vec<Contact> = contacts.into_iter().filter(written).collect();
                friends.sort_by_key(|friend| Reverse(friend.time));
                for name in friends.into_iter().take(LAST_FRIENDS).filter_map(|friend| friend.user) {
                    let look = LookBack { with: With::User(name), pages: 0, answered: HashSet::new() };
                    self.look_back(look, None);
                }
                self.look_whether_caught_up();
            }
            (id, Answer::Messages { messages }) => {
                if let Some(look) = self.pages.remove(&id) {
                    self.left_over(look, messages);
                    self.look_whether_caught_up();
                }
            }
            _ => {}
        }
    }

    /// Asks for the page of history before this number.
    fn look_back(&mut self, look: LookBack, before: Option<u64>) {
        let (with, limit) = (look.with.clone(), Some(PAGE));
        let asked = self.tell(Command::History { with, before, limit, search: None });
        self.pages.insert(asked, LookBack { pages: look.pages + 1, ..look });
    }

    /// Answers what has no answer of ours. As long as there is such a thing, what stands before it is looked through, too.
    fn left_over(&mut self, mut look: LookBack, messages: Vec<Shown>) {
        let ours = messages.iter().filter(|message| message.state.is_some());
        look.answered.extend(ours.filter_map(|message| message.reply_to));
        let (is_full, before) =
            (messages.len() >= PAGE as usize, messages.iter().find_map(|message| message.seq));
        let last = self.last;
        for message in messages {
            let is_new = |id: &MessageId| !look.answered.contains(id) && !self.told.contains(id);
            if message.id.as_ref().is_some_and(is_new) {
                self.message(message);
            }
        }
        if is_full && self.last > last && look.pages < MOST_PAGES {
            self.look_back(look, before);
        }
    }

    fn look_whether_caught_up(&mut self) {
        if self.pages.is_empty() {
            self.caught_up = true;
            self.told = HashSet::new();
        }
    }

    fn log_in(&self) {
        let (username, password) = (NAME.to_owned(), self.password.as_str().into());
        self.client.command(LOGIN, Command::Login { username, password });
    }

    fn register(&self) {
        let (username, password) = (NAME.to_owned(), self.password.as_str().into());
        let email = format!("{NAME}@localhost");
        self.client.command(REGISTER, Command::Register { username, password, email, sex: None, age: None });
    }

    fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::FriendRequest { username } => {
                self.tell(Command::AnswerFriend { username, answer: FriendAnswer::Accept });
            }
            Notice::Message(message) => {
                if !self.caught_up {
                    self.told.extend(message.id);
                }
                self.message(message);
            }
            Notice::Notice { text } => tracing::info!("{NAME}: {text}"),
            _ => {}
        }
    }

    fn message(&mut self, message: Shown) {
        let from_friend =
            matches!((&message.with, &message.from), (With::User(user), Some(from)) if user == from);
        if !from_friend || message.state.is_some() || message.reply_to.is_some() {
            return;
        }
        let mut text = show::what(&message);
        while text.len() > limits::TEXT {
            text.pop(); // only a file's name can make it so long
        }
        let (fontsize, fontcolor) = (message.fontsize, message.fontcolor);
        let to = message.with.clone();
        self.tell(Command::Send { to, text, fontsize, fontcolor, reply_to: message.id });
        self.tell(Command::MarkRead { with: message.with });
    }

    fn tell(&mut self, command: Command) -> CommandId {
        self.last += 1;
        self.client.command(self.last, command);
        self.last
    }
}

const LOGIN: CommandId = 1;
const REGISTER: CommandId = 2;
const SYNC: CommandId = 3;
const CONTACTS: CommandId = 4;
/// How many friends, those who have written last, are looked at.
const LAST_FRIENDS: usize = 256;
/// How many messages of each at a time, our own replies among them.
const PAGE: u32 = 500;
/// How many such pages at the most.
const MOST_PAGES: usize = 20;
