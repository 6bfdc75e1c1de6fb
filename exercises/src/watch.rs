//! Watch mode: saves are tested at once, one exercise after the other.
//!
//! The system tells of changes where it can; where it cannot (network folders, some containers) a look every half
//! second does.

use crate::course::{Course, Exercise, STAGES};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::say::say;
use crate::{commands, show};
use notify::{Event, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};
use std::io::BufRead;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

/// What wakes the loop.
enum Wake {
    /// A file may have changed.
    Changed,
    /// Somebody has typed a line.
    Line(String),
    /// Nobody will type any more.
    InputEnded,
}

/// Watches until somebody says `q`, or until everything is passed.
pub(crate) fn watch(course: &Course, progress: &mut Progress, poll: bool) -> Result<(), Problem> {
    let (sender, wakes) = channel();
    let _watcher = watcher(&course.folder, poll, sender.clone())?;
    std::thread::spawn(move || listen(&sender));
    let Some(mut at) = next(course, progress, 0) else {
        say!("{}\nEverything is passed. `list` shows what you did.\n", show::bar(course, progress));
        return Ok(());
    };
    loop {
        let exercise = &course.exercises[at];
        let tested = changed(exercise);
        say!("\n{}\n\n{}\n", show::bar(course, progress), show::task(exercise));
        say!("testing …\n");
        let passed = commands::test(course, exercise, progress)?;
        say!("h hint, n next, l list, r reset, q quit, then Enter; or save the file to test again\n");
        match wait(course, exercise, progress, tested, &wakes)? {
            After::Test => {}
            After::Next => at = next(course, progress, at + 1).unwrap_or(at),
            After::Quit => return Ok(()),
        }
        if passed && progress.passed(course) == course.exercises.len() {
            say!("{}\nThat was the last one. Well done!\n", show::bar(course, progress));
            return Ok(());
        }
    }
}

/// What to do after a test.
enum After {
    Test,
    Next,
    Quit,
}

fn wait(
    course: &Course,
    exercise: &Exercise,
    progress: &mut Progress,
    tested: Option<SystemTime>,
    wakes: &Receiver<Wake>,
) -> Result<After, Problem> {
    let mut typed_once = true;
    loop {
        match wakes.recv() {
            Ok(Wake::Changed) if changed(exercise) != tested => return Ok(After::Test),
            Ok(Wake::Changed) => {}
            Ok(Wake::Line(line)) => match line.trim() {
                "h" => commands::hint(exercise, progress)?,
                "l" => say!("{}", show::list(course, progress)),
                "n" => return Ok(After::Next),
                "r" => {
                    commands::reset(exercise)?;
                    return Ok(After::Test);
                }
                "q" => return Ok(After::Quit),
                "" => return Ok(After::Test),
                other => say!("{other:?} is none of h, n, l, r, q\n"),
            },
            // Watched from a script, without anybody to type: changes go on.
            Ok(Wake::InputEnded) if std::mem::take(&mut typed_once) => {}
            Ok(Wake::InputEnded) | Err(_) => return Ok(After::Quit),
        }
    }
}

/// The first exercise from here on that is not passed, else the first at all.
fn next(course: &Course, progress: &Progress, from: usize) -> Option<usize> {
    let open = |at: &usize| !progress.of(&course.exercises[*at]).passed;
    (from..course.exercises.len()).find(open).or_else(|| (0..from.min(course.exercises.len())).find(open))
}

fn changed(exercise: &Exercise) -> Option<SystemTime> {
    std::fs::metadata(exercise.file()).and_then(|file| file.modified()).ok()
}

fn watcher(folder: &Path, poll: bool, wakes: Sender<Wake>) -> Result<Box<dyn Watcher>, Problem> {
    let tell = {
        let wakes = wakes.clone();
        move |_: notify::Result<Event>| {
            let _ = wakes.send(Wake::Changed); // the loop is over
        }
    };
    if !poll
        && let Ok(mut watcher) = RecommendedWatcher::new(tell.clone(), notify::Config::default())
        && watch_stages(&mut watcher, folder).is_ok()
    {
        return Ok(Box::new(watcher));
    }
    let config = notify::Config::default().with_poll_interval(POLL).with_compare_contents(true);
    let failed = |error: notify::Error| Problem::new(format!("cannot watch {}: {error}", folder.display()));
    let mut watcher = PollWatcher::new(tell, config).map_err(failed)?;
    watch_stages(&mut watcher, folder).map_err(failed)?;
    Ok(Box::new(watcher))
}

/// The stages alone: in the folder beside them cargo writes what it builds.
fn watch_stages(watcher: &mut dyn Watcher, folder: &Path) -> notify::Result<()> {
    let mut stages = STAGES.iter().map(|stage| folder.join(stage)).filter(|stage| stage.is_dir());
    stages.try_for_each(|stage| watcher.watch(&stage, RecursiveMode::Recursive))
}

fn listen(wakes: &Sender<Wake>) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if wakes.send(Wake::Line(line)).is_err() {
            return;
        }
    }
    let _ = wakes.send(Wake::InputEnded);
}

/// How often to look where the system tells nothing.
const POLL: Duration = Duration::from_millis(500);
