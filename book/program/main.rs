//! `cargo run -p book`: builds, serves and checks the book.

use book::expand::Unknown;
use book::generated::Problem;
use book::place::Place;
use book::problem::{Problems, known_names};
use book::{build, bytes, check, commands, kit, live, preprocessor};
use clap::{Parser, Subcommand};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Build, serve and check the book of the course.
///
/// Without a verb it does what serve does: build the book, serve it on this machine, and build again after each
/// change.
#[derive(Parser)]
#[command(
    name = "book",
    version,
    after_help = "Examples:\n  cargo run -p book                        read the book, or write it\n  \
                  cargo run -p book -- check               check everything but the commands\n  \
                  cargo run -p book -- check stage-4       check one page, its commands included\n\n\
                  Exit status: 0 done, 1 something is wrong and was said, 2 wrong usage."
)]
struct Line {
    /// The checkout to work on; by default the one that this program was compiled from
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Build, serve on this machine, build again and reload the page after each change (the default)
    ///
    /// A change with a mistake in it is reported here, and the pages stay as they were.
    #[command(after_help = "Example: cargo run -p book -- serve --port 3000")]
    Serve {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, value_name = "PORT", default_value_t = 0)]
        port: u16,
        /// Show on the page what is not there yet (a figure, a term), instead of refusing to build
        #[arg(long)]
        draft: bool,
    },
    /// Build the pages into book/html; they can be read from there without a server
    #[command(after_help = "Example: cargo run -p book -- build")]
    Build {
        /// Build into this folder instead, which must be new, empty, or built before
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Show on the page what is not there yet (a figure, a term), instead of refusing to build
        #[arg(long)]
        draft: bool,
    },
    /// Check the text and the pages: links, spelling, terms, headings, shape, size; with --commands also every command
    ///
    /// With pages it checks only these, and runs the commands in them.
    #[command(after_help = "Example: cargo run -q -p book -- check stage-4 messenger/channel")]
    Check {
        /// The pages to check, as they are called in book/src, without .md
        #[arg(value_name = "PAGE")]
        pages: Vec<String>,
        /// Run the commands of all pages, too
        #[arg(long)]
        commands: bool,
    },
    /// Link the first use of each term on each page to the glossary, where that is missing: look at the change before
    /// you keep it
    #[command(after_help = "Example: cargo run -p book -- link-terms && git diff")]
    LinkTerms,
    /// Talk to an installed mdbook: the book comes as JSON on standard input and leaves, expanded, on standard output
    ///
    /// `book.toml` names this command, so that `mdbook build` works, too.
    Preprocess {
        #[command(subcommand)]
        question: Option<Question>,
    },
    /// Put the whole course into a new folder, for a class room without internet
    ///
    /// The checkout, the sources of all crates, and the built book: in that folder `cargo run --offline -p stage-1`
    /// works. Only Rust itself is not in it. This needs the internet once.
    #[command(after_help = "Example: cargo run -p book -- offline-kit ../course")]
    OfflineKit {
        /// The folder; it must be new or empty
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
    /// Record again what pages show from a recording (book/recorded), and name the files that were written
    #[command(after_help = "Example: cargo run -p book -- record")]
    Record,
    /// Stand in for cargo while the commands of a page run
    #[command(hide = true, disable_help_flag = true)]
    CargoShim {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

#[derive(Subcommand)]
enum Question {
    /// Say by the exit status whether a renderer can be served: all can
    Supports {
        /// The renderer's name
        renderer: String,
    },
}

fn main() -> ExitCode {
    let line = Line::parse();
    let place = line.root.map_or_else(Place::compiled, Place::new);
    match run(&place, line.verb.unwrap_or(Verb::Serve { port: 0, draft: false })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(place: &Place, verb: Verb) -> Result<(), Problem> {
    match verb {
        Verb::Serve { port, draft } => live::live(place, port, unknown(draft))?,
        Verb::Build { out, draft } => {
            if let Some(out) = &out {
                refuse_foreign(out)?;
            }
            let html = out.unwrap_or_else(|| place.html());
            let html = std::path::absolute(html)?;
            build::build_into(place, &html, unknown(draft))?;
            println!("built: {}", html.join("index.html").display());
        }
        Verb::Check { pages, commands } => check_pages(place, &pages, commands)?,
        Verb::LinkTerms => println!("{} first uses of terms are linked", check::link_terms(place)?),
        Verb::CargoShim { args } => return Err(commands::shim::become_program(args).into()),
        Verb::Preprocess { question: Some(Question::Supports { .. }) } => {}
        Verb::Preprocess { question: None } => {
            preprocessor::speak(place, std::io::stdin().lock(), std::io::stdout().lock())?;
        }
        Verb::OfflineKit { dir } => kit::offline_kit(place, &dir)?,
        Verb::Record => {
            for file in bytes::record(place)? {
                println!("{}", file.display());
            }
        }
    }
    Ok(())
}

/// mdBook removes what is in the folder that it builds into: a home folder given by mistake must not be lost.
fn refuse_foreign(folder: &Path) -> Result<(), Problem> {
    let empty = std::fs::read_dir(folder).map_or(true, |mut files| files.next().is_none());
    if empty || folder.join("toc.html").is_file() {
        return Ok(());
    }
    Err(format!("{} holds other files, and building removes them: name a new folder", folder.display())
        .into())
}

fn unknown(draft: bool) -> Unknown {
    if draft { Unknown::Shown } else { Unknown::Refused }
}

/// Checks all pages, or some with their commands.
fn check_pages(place: &Place, only: &[String], with_commands: bool) -> Result<(), Problem> {
    let names = check::page_names(place)?;
    if let Some(page) = only.iter().find(|page| !names.contains(page)) {
        let known = known_names(page, names.iter().map(String::as_str));
        return Err(format!("there is no page {page}; {known}").into());
    }
    let html = tempfile::tempdir()?;
    let mut problems = check::check(place, html.path())?;
    let mut runs = commands::pages(place)?;
    if only.is_empty() {
        if !with_commands {
            runs.clear();
        }
    } else {
        let wanted = |path: &Path| only.iter().any(|page| path == Path::new(page).with_extension(""));
        // What is wrong with a page is told of its text or of the built page.
        problems.retain(|problem| {
            let inner =
                ["book/src", "book/html"].iter().find_map(|folder| problem.file.strip_prefix(folder).ok());
            inner.is_some_and(|path| wanted(&path.with_extension("")))
        });
        runs.retain(|(path, _)| wanted(&path.with_extension("")));
    }
    if !runs.is_empty() {
        let programs = if only.is_empty() {
            commands::Programs::all(place)?
        } else {
            let packages: BTreeSet<&String> = runs.iter().flat_map(|(_, packages)| packages).collect();
            commands::Programs::of(place, packages)?
        };
        let book = std::env::current_exe()?;
        for (page, _) in &runs {
            problems.extend(commands::run(place, page, &programs, &book)?);
        }
    }
    let (commands, pages) =
        (runs.len(), if only.is_empty() { "all pages".to_owned() } else { only.join(", ") });
    Problems::none_or(problems)?;
    let run = match commands {
        0 => "no command was run (--commands runs all)".to_owned(),
        _ => format!("the commands of {commands} pages were run"),
    };
    println!("{pages}: nothing is wrong; {run}");
    Ok(())
}
