//! From a command that changes a message to a change that the server has stored.

use crate::script::{BOB, Script, shown, stored, summary};
use uchat_client::core::{
    Answer, Command, DeliveryState, Effect, FilesEffect, Notice, Queued, Shown, VaultEffect, VaultEvent,
};
use uchat_protocol::content::Kind;
use uchat_protocol::{Code, Content, MessageId, limits};

const MESSAGE: MessageId = MessageId([200; 16]);

fn react(on: bool) -> Command {
    Command::React { message_id: MESSAGE, emoji: "👍".to_owned(), on }
}

/// What the vault was asked to change.
fn change_asked(script: &mut Script) -> (u64, Content) {
    script.vault_asked(|effect| match effect {
        VaultEffect::Change { tag, content, .. } => Some((*tag, content.clone())),
        _ => None,
    })
}

/// A change in the outbox.
fn waits(script: &mut Script, id: MessageId) {
    let queued = Queued { id, conversation: BOB, failed: false, changes: Some(MESSAGE) };
    script.vault(VaultEvent::Queued { queued, shown: shown(MESSAGE) });
}

/// The states that were told of changes.
fn states(notices: &[Notice]) -> Vec<DeliveryState> {
    let state = |notice: &Notice| match notice {
        Notice::Delivery { state, changes: Some(MESSAGE), .. } => Some(*state),
        _ => None,
    };
    notices.iter().filter_map(state).collect()
}

#[test]
fn a_change_goes_through_the_outbox_like_a_message() {
    let mut script = Script::online();
    let id = script.command(1, Command::Edit { message_id: MESSAGE, text: "better".to_owned() });
    let (_, content) = change_asked(&mut script);
    assert_eq!(
        (content.kind, content.reply_to, content.data.as_str()),
        (Kind::Edit, Some(MESSAGE), "better")
    );
    assert_eq!(script.model.pending_sends(), 1);
    waits(&mut script, id);
    // Who ends after the answer must know by then that something waits.
    let first = script.pick(|effect| match effect {
        Effect::Notify(Notice::Delivery { state: DeliveryState::Queued, .. }) => Some("told"),
        Effect::Answer(1, Ok(Answer::Done {})) => Some("answered"),
        _ => None,
    });
    assert_eq!(first, Some("told"));
    assert_eq!(script.answer(1), Ok(Answer::Done {}));
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed(id);
    let (tag, _) = script.message_sent();
    script.reply(tag, stored(7));
    script.vault_asked(|effect| matches!(effect, VaultEffect::Stored { seq: 7, .. }).then_some(()));
    script.vault(VaultEvent::Stored { id, state: DeliveryState::Stored, seq: 7, time: 9 });
    let notices = script.notices();
    assert_eq!(states(&notices), [DeliveryState::Sent, DeliveryState::Stored]);
    let place = notices.iter().find_map(|notice| match notice {
        Notice::Delivery { state: DeliveryState::Stored, seq, time, .. } => Some((*seq, *time)),
        _ => None,
    });
    assert_eq!(place, Some((Some(7), Some(9))));
    assert_eq!(script.model.pending_sends(), 0);
}

#[test]
fn a_change_that_is_refused_is_told_with_the_reason_and_not_kept() {
    let mut script = Script::online();
    let id = script.command(1, react(true));
    waits(&mut script, id);
    script.sealed(id);
    let (tag, _) = script.message_sent();
    script.refuse(tag, Code::NotFriends);
    script.vault_asked(|effect| matches!(effect, VaultEffect::GiveUp { .. }).then_some(()));
    let notices = script.notices();
    assert_eq!(states(&notices).last(), Some(&DeliveryState::Failed));
    let says = |notice: &Notice| matches!(notice, Notice::Notice { text } if text.contains("not friends"));
    assert!(notices.iter().any(says), "{notices:?}");
    assert_eq!(script.model.pending_sends(), 0);
}

#[test]
fn what_is_wrong_with_a_change_is_said_before_the_vault_is_asked() {
    let mut script = Script::online();
    let edit = |text: &str| Command::Edit { message_id: MESSAGE, text: text.to_owned() };
    let emoji = |emoji: &str| Command::React { message_id: MESSAGE, emoji: emoji.to_owned(), on: true };
    for (command, code) in [
        (edit(""), Code::BadField),
        (edit(&"x".repeat(limits::TEXT + 1)), Code::TooLong),
        (emoji(""), Code::BadField),
        (emoji("\u{1b}[2J"), Code::BadField),
        (emoji(&"x".repeat(limits::REACTION + 1)), Code::TooLong),
    ] {
        script.command(1, command);
        assert_eq!(script.refused(1), code);
    }
    assert!(script.out.is_empty());
    let mut nobody = Script::loaded();
    nobody.command(1, Command::Delete { message_id: MESSAGE });
    assert_eq!(nobody.refused(1), Code::NotLoggedIn);
}

#[test]
fn what_the_vault_refuses_or_has_already_done_is_answered_so() {
    let mut script = Script::online();
    script.command(1, Command::Delete { message_id: MESSAGE });
    let (tag, content) = change_asked(&mut script);
    assert_eq!((content.kind, content.data.as_str()), (Kind::Delete, ""));
    script.vault(VaultEvent::Failed { tag, refusal: Code::NoSuchMessage.into() });
    assert_eq!(script.refused(1), Code::NoSuchMessage);
    script.command(2, react(false));
    let (tag, content) = change_asked(&mut script);
    assert_eq!(content.kind, Kind::Unreact);
    script.vault(VaultEvent::Done { tag });
    assert_eq!(script.answer(2), Ok(Answer::Done {}));
    assert_eq!(script.model.pending_sends(), 0);
}

#[test]
fn what_waited_at_the_last_end_is_still_known_as_a_change() {
    let mut script = Script::new(uchat_client::core::Settings {
        encrypted: true,
        auto_login: Some(crate::script::settings_login()),
        ..Default::default()
    });
    let id = MessageId([3; 16]);
    let queued = Queued { id, conversation: BOB, failed: false, changes: Some(MESSAGE) };
    script.load(vec![summary(BOB, 0, 0)], vec![queued]);
    script.let_in();
    assert_eq!(script.seal_asked(), Some(id));
    script.sealed(id);
    assert_eq!(states(&script.notices()), [DeliveryState::Sent]);
}

#[test]
fn a_message_that_has_changed_is_told_and_a_file_that_is_gone_is_not_saved_any_further() {
    let mut script = Script::online();
    script.command(1, Command::SaveFile { message_id: MESSAGE, path: "x".to_owned() });
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::File { tag, .. } => Some(*tag),
        _ => None,
    });
    let content = crate::files::content(150);
    script.vault(VaultEvent::File { tag, content, conversation: BOB });
    script.out.clear();
    let gone = Shown { deleted: true, text: None, ..shown(MESSAGE) };
    script.vault(VaultEvent::Changed(gone.clone()));
    script.files_asked(|effect| matches!(effect, FilesEffect::Cancel(MESSAGE)).then_some(()));
    let notices = script.notices();
    assert!(
        matches!(&notices[0], Notice::FileFailed { id: MESSAGE, code: "no_such_file", .. }),
        "{notices:?}"
    );
    assert_eq!(notices[1], Notice::Changed(gone));
}
