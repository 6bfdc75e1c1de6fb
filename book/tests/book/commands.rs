//! Every command that a page shows is run, and what comes is compared with what the page says.

use book::commands::{self, Programs};
use book::place::Place;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Built once for all tests here.
fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| Programs::all(&Place::compiled()).unwrap())
}

const BOOK: &str = env!("CARGO_BIN_EXE_book");

#[test]
fn the_commands_of_all_pages_do_what_the_pages_say() {
    let place = Place::compiled();
    let programs = programs();
    let pages = commands::pages(&place).unwrap();
    assert!(!pages.is_empty());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut problems = Vec::new();
        while let Some((page, _)) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
            problems.extend(commands::run(&place, page, programs, Path::new(BOOK)).unwrap());
        }
        problems
    };
    let problems = thread::scope(|scope| {
        let workers = [(); 2].map(|()| scope.spawn(work));
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What the runner says about a page of our own, in a checkout that has nothing else; the programs are the real ones.
fn run(page: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("book/src")).unwrap();
    fs::write(folder.path().join("README.md"), "readme\n").unwrap();
    fs::write(folder.path().join("book/src/x.md"), page).unwrap();
    let place = Place::new(folder.path());
    let problems = commands::run(&place, Path::new("x.md"), programs(), Path::new(BOOK)).unwrap();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn servers_live_until_the_end_of_the_page_and_ports_are_those_of_the_page() {
    let page = "\
```console
$ echo hello | cargo run -q -p stage-1 -- client
stage-1: cannot connect to 127.0.0.1:9001: nobody listens there (is the server running?)
```
```console,server
$ cargo run -q -p stage-1 -- server
listening on 127.0.0.1:9001
```
```console
$ echo hello | cargo run -q -p stage-1 -- client
HELLO
$ echo again | cargo run -q -p stage-1 -- client --connect 127.0.0.1:9001
AGAIN
$ cat README.md; pwd | wc -l
readme
1
```
```console,not-run
# needs a person
$ false
anything
```
";
    assert_eq!(run(page), Vec::<String>::new());
}

#[test]
fn what_differs_is_shown_with_its_line() {
    let problems = run("# X\n\n```console\n$ echo one; echo two\none\n2\n$ exit 3\n```\n");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0]
            .starts_with("book/src/x.md:4: `echo one; echo two`: the output is not what the page says")
    );
    assert!(problems[0].contains("- 2") && problems[0].contains("+ two"), "{}", problems[0]);
}

#[test]
fn a_server_that_does_not_start_is_named() {
    let problems = run(
        "```console,server\n$ cargo run -q -p stage-2 -- server --key ''\nlistening on 127.0.0.1:9999\n```\n",
    );
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("did not start as the page says"), "{}", problems[0]);
    assert!(problems[0].contains("an empty key is no key"), "{}", problems[0]);
}

#[test]
fn the_last_lines_of_a_server_may_come_at_the_end_of_the_page() {
    let page = |last: &str| {
        format!(
            "```console,server\n$ cargo run -q -p stage-4 -- server --open\nlistening on 127.0.0.1:9004\n```\n\
             ```console,server\n$ cargo run -q -p stage-4 -- attack resegment --listen 127.0.0.1:9104\n\
             listening on 127.0.0.1:9104\nattack {last}: [..]\n```\n\
             ```console\n$ echo straße | cargo run -q -p stage-4 -- client --open --connect 127.0.0.1:9104\nSTRASSE\n```\n"
        )
    };
    assert_eq!(run(&page("failed")), Vec::<String>::new());
    let problems = run(&page("succeeded"));
    assert!(problems.len() == 1 && problems[0].contains("at the end of the page"), "{problems:?}");
}

/// The messenger's clients note where their server is, so one that is started again must be there.
#[test]
fn a_server_that_is_killed_and_started_again_keeps_its_port_and_no_other_is_hit() {
    let page = "\
```console,server
$ cargo run -q -p stage-4 -- server --open
listening on 127.0.0.1:9004
```
```console
$ pkill -KILL -f '[s]tage-4 server --open'
$ until ! echo hello | cargo run -q -p stage-4 -- client --open >out 2>&1; do :; done; cat out
stage-4: cannot connect to 127.0.0.1:9004: nobody listens there (is the server running?)
```
```console,server
$ cargo run -q -p stage-4 -- server --open
listening on 127.0.0.1:9004
```
```console
$ echo hello | cargo run -q -p stage-4 -- client --open
HELLO
```
";
    // Two at the same time: each has its own server, called the same.
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(|| run(page));
        (run(page), other.join().unwrap())
    });
    assert_eq!((one, two), (Vec::new(), Vec::new()));
}

#[test]
fn only_programs_of_the_course_are_started_through_cargo() {
    let problems = run(
        "```console\n$ cargo test\n[..]only `cargo run [-q] [--release] -p NAME [-- …]` can be run by the book's test\n$ cargo run -p nothing\n[..]no program nothing was built\n```\n",
    );
    assert_eq!(problems, Vec::<String>::new());
}
