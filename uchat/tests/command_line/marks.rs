//! What stands beside a name in the contact list, and what the server knows about oneself: both are there again after a
//! restart.

use crate::home::PASSWORD;
use crate::two_screens::{Place, befriend};
use crate::watcher::Watcher;

const ENTER: &str = "\r";
const ESC: &str = "\x1b";
const QUIT: &str = "\x11";
const SELECT: &str = "\x10";
const PROFILE: &str = "\x1b[19~"; // F8
const SETTINGS: &str = "\x1b[20~"; // F9

fn comes_back(place: &Place, profile: &str) -> Watcher {
    let mut watcher = place.watcher(profile, &[]);
    watcher.sees("Log in");
    watcher.types(PASSWORD);
    watcher.types(ENTER);
    watcher.sees("● online");
    watcher
}

fn leaves(mut watcher: Watcher) {
    watcher.types(QUIT);
    assert_eq!(watcher.status(), Some(0), "{}", watcher.text());
}

#[test]
fn whom_somebody_has_called_sees_it_after_a_restart_and_what_is_deleted_is_not_unread() {
    let place = Place::new(None);
    let (mut ann, mut bob) = (place.registers("ann"), place.registers("bob"));
    befriend(&mut ann, &mut bob);
    leaves(bob);
    for text in ["@bob, come here", "never mind"] {
        ann.types(text);
        ann.types(ENTER);
        ann.sees(&format!("┃ {text}"));
    }
    ann.sees("✓ stored");
    for _ in 0..2 {
        let mut bob = comes_back(&place, "bob");
        bob.sees("@•2");
        leaves(bob);
    }

    let mut bob = comes_back(&place, "bob");
    bob.sees("@•2");
    ann.types(SELECT);
    ann.sees("▶ never mind");
    ann.types(SELECT);
    ann.sees("▶ @bob, come here");
    ann.types("dd");
    bob.sees("•1");
    bob.misses("@•");
    ann.types(SELECT);
    ann.sees("▶ never mind");
    ann.types("dd");
    bob.misses("•");
    leaves(bob);
    let mut bob = comes_back(&place, "bob");
    bob.misses("•");
    leaves(bob);
    leaves(ann);
}

#[test]
fn one_sees_what_the_server_knows_about_oneself_and_changes_it() {
    let place = Place::new(None);
    let mut ann = place.registers("ann");
    ann.types(PROFILE);
    ann.sees("Change the e-mail address  ann@example.org");
    ann.sees("Change the age  not told");
    ann.sees("Blocked users  0");
    ann.types("a");
    ann.sees("in years");
    ann.types("33");
    ann.types(ENTER);
    ann.sees("Saved.");
    ann.types(PROFILE);
    ann.types("e");
    ann.sees("It is never verified");
    ann.types(".com"); // behind what stands there
    ann.types(ENTER);
    ann.misses("It is never verified");
    ann.types(SETTINGS);
    ann.sees("tell that I have read");
    ann.misses("as it was");
    leaves(ann);

    let mut ann = comes_back(&place, "ann");
    ann.types(PROFILE);
    ann.sees("Change the e-mail address  ann@example.org.com");
    ann.sees("Change the age  33");
    ann.types("b");
    ann.sees("Nobody is blocked.");
    ann.types(ESC);
    ann.misses("Nobody is blocked.");
    leaves(ann);
}
