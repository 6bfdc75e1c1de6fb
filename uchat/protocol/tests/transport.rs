//! How a transport is chosen, and what it says of itself.

use std::collections::BTreeSet;
use uchat_protocol::channel::{Lesson, Transport};

#[test]
fn options_choose_one_transport() {
    assert_eq!(Transport::from_options(None, false), Ok(Transport::Signed));
    assert_eq!(Transport::from_options(Some(7), false), Ok(Transport::Signed));
    assert_eq!(Transport::from_options(None, true), Ok(Transport::Tls));
    for lesson in Lesson::ALL {
        let chosen = Transport::from_options(Some(lesson.number()), false);
        assert_eq!(chosen, Ok(Transport::Lesson(lesson)));
    }
    for (lesson, tls, sentence) in [
        (Some(0), false, "--lesson takes 1 to 7, not 0; 7 is the default"),
        (Some(8), false, "--lesson takes 1 to 7, not 8; 7 is the default"),
        (Some(7), true, "--lesson and --tls exclude each other: give one"),
    ] {
        assert_eq!(Transport::from_options(lesson, tls), Err(sentence.to_owned()));
    }
}

#[test]
fn lessons_stay_on_this_machine_warn_and_keep_to_themselves() {
    for transport in Transport::ALL {
        let lesson = matches!(transport, Transport::Lesson(_));
        assert_eq!((transport.loopback_only(), transport.encrypted()), (lesson, !lesson));
        assert_eq!((transport.folder().is_some(), transport.banner().is_some()), (lesson, lesson));
    }
    let different =
        |says: fn(&Transport) -> String| Transport::ALL.iter().map(says).collect::<BTreeSet<_>>().len();
    assert_eq!(different(|transport| transport.to_string()), 8);
    assert_eq!(different(|transport| transport.folder().unwrap_or_default()), 7);
    assert_eq!(different(|transport| transport.banner().unwrap_or_default()), 7);
    assert_eq!(Transport::Lesson(Lesson::Rc4).folder().as_deref(), Some("lessons/5"));
    assert_eq!(
        Transport::Lesson(Lesson::Rc4).banner().as_deref(),
        Some(
            "Lesson 5: who only listens reads nothing, but flipped bits go unnoticed, and a man in the middle reads all. \
             For this machine only; use no password here that you use anywhere else."
        )
    );
}
