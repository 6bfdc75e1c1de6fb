//! `uchat demo`: two screens side by side, a server of their own in this process, and a cable that can be pulled out.
//! Everything lies in one temporary folder, which is removed in the end.
//!
//! | file | idea |
//! |---|---|
//! | `demo.rs` | folder, profiles, passwords; the world around the two screens |
//! | `demo/house.rs` | the thread that runs the server, and reads what it knows |
//! | `demo/cable.rs` | the right one's way to the server |

mod cable;
mod house;

use crate::cli::Global;
use crate::screen::{desk, failed};
use certificates::folder::system_random;
use echo::lab::{Failure, hex, io_failure};
use house::{House, Task};
use rand::RngExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use uchat_client::core::{Command, CommandId};
use uchat_protocol::channel::{Lesson, Transport};
use uchat_tui::app::Job;
use uchat_tui::demo::{Side, Start};
use uchat_tui::screens::Secret;
use uchat_tui::shell::{self, DemoWorld, Prompter, World};

/// Shows the demo until the user leaves.
pub(crate) fn demo(global: &Global) -> Result<(), Failure> {
    shell::check().map_err(|error| failed(global, &error))?;
    let transport = global.transport()?;
    let folder = tempfile::Builder::new().prefix("uchat-demo-").tempdir();
    let folder = folder.map_err(|e| io_failure("cannot make a folder for the demo", &e))?;
    let shown = show(global, transport, folder.path());
    let path = folder.path().to_owned();
    let removed = folder.close().map_err(|e| io_failure(&format!("cannot remove {}", path.display()), &e));
    shown.and(removed)
}

fn show(global: &Global, transport: Transport, folder: &Path) -> Result<(), Failure> {
    let options = Side::BOTH.map(|side| Global {
        profile: Some(folder.join(side.name())),
        lesson: global.lesson,
        tls: global.tls,
        lang: global.lang,
        ..Global::default()
    });
    let profiles = [options[0].open_profile()?, options[1].open_profile()?];
    let (left, settings, _) = desk(&options[0], profiles[0].clone());
    let (right, ..) = desk(&options[1], profiles[1].clone());
    let failure = Arc::default();
    let (tasks, inbox) = channel();
    let house = House { transport, data: folder.join("server"), profiles, failure: Arc::clone(&failure) };
    let world = Around { desks: [left, right], tasks, begins: Some((house, inbox)), thread: None };
    let start = Start {
        settings,
        lesson: transport.lesson().map(Lesson::number),
        tls: transport == Transport::Tls,
        passwords: [password()?, password()?],
        ..Start::default()
    };
    shell::run_demo(world, start).map_err(|error| failed(global, &error))?;
    let failure: Option<Failure> = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    failure.map_or(Ok(()), Err)
}

/// A password that nobody has to know.
fn password() -> Result<Secret, Failure> {
    let bytes = zeroize::Zeroizing::new(system_random()?.random::<[u8; 16]>());
    Ok(Secret::from(zeroize::Zeroizing::new(hex(&*bytes)).as_str()))
}

/// The world around the two: a desk for each, and the house in which their server is.
struct Around<W> {
    desks: [W; 2],
    tasks: Sender<Task>,
    begins: Option<(House, Receiver<Task>)>,
    thread: Option<JoinHandle<()>>,
}

impl<W> Around<W> {
    fn give(&self, task: Task) {
        let _ = self.tasks.send(task); // the house has said why, if it has ended
    }
}

impl<W: World> DemoWorld for Around<W> {
    fn begin(&mut self, prompter: &Prompter) {
        for (desk, side) in self.desks.iter_mut().zip(Side::BOTH) {
            desk.begin(prompter.teller(side));
        }
        let Some((house, tasks)) = self.begins.take() else { return };
        let prompter = prompter.clone();
        let run = move || house.run(&tasks, &prompter);
        match std::thread::Builder::new().name("house".to_owned()).spawn(run) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => tracing::error!("there is no thread for the server: {error}"),
        }
    }

    fn command(&mut self, side: Side, id: CommandId, command: Command) {
        self.desks[side as usize].command(id, command);
    }

    fn job(&mut self, side: Side, job: Job) {
        self.desks[side as usize].job(job);
    }

    fn cable(&mut self, plugged: bool) {
        self.give(Task::Cable(plugged));
    }

    fn read_server(&mut self) {
        self.give(Task::Read);
    }

    fn end(self) {
        self.give(Task::End);
        let Self { desks, thread, .. } = self;
        desks.into_iter().for_each(World::end);
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread of the server has failed");
        }
    }
}

/// Why the demo could not go on, for whoever has started it.
type Shared = Arc<Mutex<Option<Failure>>>;
