//! A screen that the shell stops and has go on again, and the keys that a shell has for its programs.

use crate::home::Home;
use crate::screen::begin;
use rustix::process::Signal;

#[test]
fn who_stops_the_program_gets_the_terminal_back_and_finds_everything_again() {
    let home = Home::new();
    let mut watcher = begin(&home, "bob");
    watcher.types("half a sentence");
    watcher.sees("half a sentence");
    for rows in [30, 40] {
        watcher.signal(Signal::TSTP);
        watcher.sees_it_stop();
        watcher.finds_a_clean_terminal();
        assert!(!watcher.text().contains("half a sentence"), "{}", watcher.text());
        watcher.resizes(rows, 120); // while nobody looks
        watcher.signal(Signal::CONT);
        watcher.sees("half a sentence");
        watcher.sees("● online");
    }
    watcher.types(", and the other half");
    watcher.sees("half a sentence, and the other half");
    watcher.signal(Signal::TSTP);
    watcher.sees_it_stop();
    watcher.signal(Signal::CONT);
    watcher.sees("and the other half");
    // Nothing is lost by the key that ends a program elsewhere: first it leads to what is being written.
    watcher.types("\t");
    watcher.types("\x03");
    watcher.types("\x03");
    watcher.misses("half a sentence");
    watcher.types("\t");
    watcher.types("\x03");
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
    watcher.finds_a_clean_terminal();
}
