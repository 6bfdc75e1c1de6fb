//! The world around the screen: commands go to the client at once, jobs to one thread that does one after the other.

use super::opening::Opener;
use super::private::Private;
use super::settings::File;
use super::writing;
use crate::cli::Global;
use crate::known::Server;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use uchat_client::core::{Answer, Command, CommandId};
use uchat_client::profile::Profile;
use uchat_client::runtime::{Client, Told};
use uchat_protocol::{Code, Refusal};
use uchat_tui::app::{Done, Event, Job};
use uchat_tui::shell::{Teller, World};

/// The client that is open, if one is.
pub(super) type Open = Arc<Mutex<Option<Client>>>;

/// The side of the screen.
pub(super) struct Desk {
    client: Open,
    tasks: Sender<Task>,
    /// What the other side begins with.
    begins: Option<(Global, Profile, File, Receiver<Task>)>,
    thread: Option<JoinHandle<()>>,
}

/// What the other side does.
enum Task {
    Job(Job),
    /// There is no client for this command.
    Unanswered(CommandId),
    End,
}

impl Desk {
    pub(super) fn new(global: Global, profile: Profile, file: File) -> Self {
        let (tasks, inbox) = channel();
        Self { client: Open::default(), tasks, begins: Some((global, profile, file, inbox)), thread: None }
    }

    fn give(&self, task: Task) {
        let _ = self.tasks.send(task); // the other side ends only if it has failed
    }
}

impl World for Desk {
    fn begin(&mut self, teller: Teller) {
        let Some((global, profile, file, tasks)) = self.begins.take() else { return };
        let client = Arc::clone(&self.client);
        let worker = Worker { opener: Opener::new(global, profile, client, teller.clone()), file, teller };
        match std::thread::Builder::new().name("jobs".to_owned()).spawn(move || worker.run(&tasks)) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => tracing::error!("there is no thread for jobs: {error}"),
        }
    }

    fn command(&mut self, id: CommandId, command: Command) {
        match &*self.client.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(client) => client.command(id, command),
            None => self.give(Task::Unanswered(id)),
        }
    }

    fn job(&mut self, job: Job) {
        self.give(Task::Job(job));
    }

    fn end(mut self) {
        self.give(Task::End);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread for jobs has failed");
        }
    }
}

/// The side of everything else.
struct Worker {
    opener: Opener,
    file: File,
    teller: Teller,
}

impl Worker {
    fn run(mut self, tasks: &Receiver<Task>) {
        while let Ok(task) = tasks.recv() {
            let listening = match task {
                Task::Job(job) => self.job(job),
                Task::Unanswered(id) => {
                    let told = Told::Answer(id, Err(Refusal::new(Code::Offline)));
                    self.teller.tell(Event::Told(Box::new(told)))
                }
                Task::End => break,
            };
            if !listening {
                break;
            }
        }
        self.opener.end();
    }

    /// Tells whether anybody listens still.
    fn job(&mut self, job: Job) -> bool {
        let done = match job {
            Job::StartPrivate => self.opener.start_private(),
            Job::Join(invite) => self.opener.join(&invite),
            Job::Open => self.opener.open(),
            Job::Trust(fingerprint) => self.opener.trust(&fingerprint),
            Job::ImportKeys { file, passphrase, password } => {
                let result = self.opener.import(&file, passphrase.text(), password.text());
                Ok(Done::Imported(result.map_err(|failure| failure.to_string())))
            }
            Job::SaveSettings(settings) => match self.file.save(&settings) {
                Ok(()) => return true,
                Err(sentence) => Ok(Done::NotSaved(sentence)),
            },
            Job::RememberUser(name) => match self.opener.remember_user(name) {
                Ok(()) => return true,
                Err(failure) => Ok(Done::NotSaved(failure.to_string())),
            },
            Job::Inspect(id, text) => Ok(self.opener.inspect(id, &text)),
            Job::List(folder) => {
                let folder = writing::whole(&folder);
                let listed = writing::list(&folder);
                Ok(Done::Listed(folder, listed))
            }
            Job::Export { with, format } => {
                Ok(Done::Exported(writing::export(&mut self.opener, &with, format)))
            }
        };
        self.teller.tell(Event::Done(done.unwrap_or_else(|failure| Done::NotOpened(failure.to_string()))))
    }
}

/// Commands of our own: their answers are not for the screen.
pub(super) const OWN: CommandId = CommandId::MAX / 2;
/// An answer to one of them.
pub(super) type OwnAnswer = (CommandId, Result<Answer, Refusal>);

/// What is open besides the client.
pub(super) struct Around {
    pub(super) server: Server,
    /// Whether that server is ours.
    pub(super) private: bool,
    /// Answers to commands of our own.
    pub(super) answers: Receiver<OwnAnswer>,
}

/// Stops a private server, if there is one.
pub(super) fn stop(private: &mut Option<Private>) {
    if let Some(private) = private.take() {
        private.stop();
    }
}
