//! Files both ways: pieces, breaks, turns, giving up.

use crate::script::{BOB, Script, bundle, logged_in, text, to_bob};
use serde_bytes::{ByteArray, ByteBuf};
use uchat_client::core::{
    Answer, Command, Effect, FilesEffect, FilesEvent, KeptUpload, Keys, Notice, Settings, Timer, VaultEffect,
    VaultEvent,
};
use uchat_protocol::content::{Content, FileInfo, Kind};
use uchat_protocol::push::Push;
use uchat_protocol::reply::{Done, Reply};
use uchat_protocol::{Code, FileName, MessageId, Refusal, Request, limits};

const PIECE: u64 = limits::FILE_PIECE as u64;

pub(crate) fn content(stored: u64) -> Content {
    let file = FileInfo {
        name: FileName([5; 16]),
        size: stored,
        media_type: "text/plain".to_owned(),
        stored,
        sha256: ByteArray::new([0; 32]),
        key: None,
    };
    Content { kind: Kind::File, file: Some(file), ..text("notes.txt") }
}

fn send_file(script: &mut Script, id: u64, stored: u64) -> MessageId {
    let message = script.command(id, Command::SendFile { to: to_bob(), path: "notes.txt".to_owned() });
    assert!(!script.is_answered(id), "it is not on disk yet that it is to be sent");
    script.kept();
    assert_eq!(script.answer(id), Ok(Answer::MessageId { message_id: message }));
    script.files(FilesEvent::Prepared { id: message, content: content(stored), digest: [1; 32] });
    message
}

fn has(script: &mut Script, tag: u64, offset: u64) {
    script.reply(tag, Reply::Done(Done { offset: Some(offset), ..Done::default() }));
}

/// Hands out the piece that is asked for, if one is.
fn read(script: &mut Script) -> Option<u64> {
    let (id, offset) = script.pick(|effect| match effect {
        Effect::Files(FilesEffect::Read { id, offset }) => Some((*id, *offset)),
        _ => None,
    })?;
    script.files(FilesEvent::Piece { id, offset, data: vec![1; limits::FILE_PIECE] });
    Some(offset)
}

fn begun(script: &mut Script) -> u64 {
    script.sent_as(|request| matches!(request, Request::FileBegin(_))).0
}

#[test]
fn a_file_goes_up_two_pieces_at_a_time_and_then_its_message_is_queued() {
    let mut script = Script::online();
    let id = send_file(&mut script, 1, 3 * PIECE);
    assert_eq!(script.model.pending_sends(), 1);
    let tag = begun(&mut script);
    has(&mut script, tag, 0);
    assert_eq!(read(&mut script), Some(0));
    assert_eq!(read(&mut script), Some(PIECE));
    assert_eq!(read(&mut script), None, "two are on their way");
    let sent = script.all_sent();
    assert_eq!(sent.len(), 2);
    has(&mut script, sent[0].0, PIECE);
    assert_eq!(read(&mut script), Some(2 * PIECE));
    has(&mut script, sent[1].0, 2 * PIECE);
    let (tag, _) = script.sent();
    has(&mut script, tag, 3 * PIECE);
    let done = Notice::FileProgress { id, done: 3 * PIECE, total: 3 * PIECE };
    assert_eq!(script.notices(), [done]);
    script.vault_asked(|effect| matches!(effect, VaultEffect::Queue { conversation: BOB, .. }).then_some(()));
    script.queued(id, BOB);
    assert_eq!(script.seal_asked(), Some(id));
    script.files_asked(|effect| matches!(effect, FilesEffect::Sent(sent) if *sent == id).then_some(()));
}

#[test]
fn a_file_that_was_promised_goes_on_after_a_restart() {
    let mut script = Script::new(Settings { encrypted: true, ..Settings::default() });
    let upload =
        |n, path: &str| KeptUpload { id: MessageId([n; 16]), conversation: BOB, path: path.to_owned() };
    script.vault(VaultEvent::Loaded {
        account: None,
        conversations: Vec::new(),
        outbox: Vec::new(),
        uploads: vec![upload(50, "notes.txt"), upload(51, "gone.txt")],
        share_typing: true,
    });
    assert_eq!(script.model.pending_sends(), 2);
    let mut prepared = || {
        script.files_asked(|effect| match effect {
            FilesEffect::Prepare { id, path, encrypted: true } => Some((*id, path.clone())),
            _ => None,
        })
    };
    let (id, path) = prepared();
    assert_eq!((id, path.as_str()), (MessageId([50; 16]), "notes.txt"));
    let (lost, _) = prepared();
    script.files(FilesEvent::Prepared { id, content: content(PIECE), digest: [1; 32] });
    script.files(FilesEvent::Failed { id: lost, refusal: Code::FileUnreadable.into() });
    let told = |notice: &Notice| matches!(notice, Notice::FileFailed { id, .. } if *id == lost);
    assert!(script.notices().iter().any(told));
    script.vault_asked(|effect| matches!(effect, VaultEffect::DropUpload(id) if *id == lost).then_some(()));
    script.files_asked(|effect| matches!(effect, FilesEffect::Cancel(id) if *id == lost).then_some(()));
    script.command(0, crate::script::login());
    script.let_in();
    let tag = begun(&mut script);
    has(&mut script, tag, PIECE);
    script.vault_asked(|effect| matches!(effect, VaultEffect::Queue { conversation: BOB, .. }).then_some(()));
}

#[test]
fn a_file_that_cannot_be_kept_in_mind_is_refused() {
    let mut script = Script::online();
    script.command(1, Command::SendFile { to: to_bob(), path: "notes.txt".to_owned() });
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::KeepUpload { tag, .. } => Some(*tag),
        _ => None,
    });
    script.vault(VaultEvent::Failed { tag, refusal: Code::NoSpace.into() });
    assert_eq!(script.refused(1), Code::NoSpace);
    assert_eq!(script.model.pending_sends(), 0);
}

#[test]
fn after_a_break_the_server_says_where_to_go_on() {
    let mut script = Script::online();
    send_file(&mut script, 1, 3 * PIECE);
    let tag = begun(&mut script);
    has(&mut script, tag, 0);
    read(&mut script);
    script.down(Code::Offline);
    script.timer(Timer::Reconnect);
    script.out.clear();
    script.up();
    let (tag, _) = script.sent();
    script.reply(tag, Reply::LoginSuccessful(logged_in()));
    let tag = script.unlock_tag();
    script.vault(VaultEvent::Unlocked { tag, keys: Keys::Ready });
    script.push(Push::LoginBundle(bundle(0, 0)));
    let tag = begun(&mut script);
    has(&mut script, tag, 2 * PIECE);
    assert_eq!(read(&mut script), Some(2 * PIECE));
}

#[test]
fn two_files_run_the_third_waits_and_no_more_than_two_requests_are_on_their_way() {
    let mut script = Script::online();
    let ids: Vec<MessageId> = (0..3).map(|n| send_file(&mut script, n, 9 * PIECE)).collect();
    let begins: Vec<u64> = script.all_sent().into_iter().map(|(tag, _)| tag).collect();
    assert_eq!(begins.len(), 2);
    begins.iter().for_each(|tag| has(&mut script, *tag, 0));
    while read(&mut script).is_some() {}
    assert_eq!(script.all_sent().len(), 2);
    script.command(9, Command::CancelFile { message_id: ids[0] });
    assert_eq!(script.answer(9), Ok(Answer::Done {}));
    script.sent_as(|request| matches!(request, Request::FileCancel(_)));
    let cancelled = |notice: &Notice| matches!(notice, Notice::FileFailed { code: "cancelled", .. });
    assert!(script.notices().iter().any(cancelled));
    assert!(script.all_sent().is_empty(), "the third waits until there is room on the wire");
    script.command(10, Command::CancelFile { message_id: ids[0] });
    assert_eq!(script.refused(10), Code::NoSuchFile);
}

#[test]
fn a_file_that_is_too_large_never_starts_and_an_empty_one_needs_no_piece() {
    let mut script = Script::online();
    send_file(&mut script, 1, (1 << 30) + 1);
    let told = |notice: &Notice| matches!(notice, Notice::FileFailed { code: "file_too_large", .. });
    assert!(script.notices().iter().any(told));
    assert!(script.all_sent().is_empty());
    send_file(&mut script, 2, 0);
    let tag = begun(&mut script);
    has(&mut script, tag, 0);
    script.vault_asked(|effect| matches!(effect, VaultEffect::Queue { .. }).then_some(()));
}

#[test]
fn a_put_off_piece_is_tried_again_and_a_refused_one_ends_the_file() {
    let mut script = Script::online();
    send_file(&mut script, 1, PIECE);
    let tag = begun(&mut script);
    script.refuse(tag, Code::TooManyRequests);
    assert!(script.all_sent().is_empty());
    script.now += 60_000;
    script.timer(Timer::Later);
    let tag = begun(&mut script);
    let full = Refusal::because(Code::NoSpace, "the server's disk is full").retry_after(5_000);
    script.reply(tag, Reply::Refused(full));
    assert!(script.all_sent().is_empty());
    script.now += 5_000;
    script.timer(Timer::Later);
    let tag = begun(&mut script);
    script.refuse(tag, Code::NoSpace);
    let told = |notice: &Notice| matches!(notice, Notice::FileFailed { code: "no_space", .. });
    assert!(script.notices().iter().any(told));
    assert_eq!(script.model.pending_sends(), 0);
}

/// A file of so many bytes that is being saved; so many are here already.
fn saving(script: &mut Script, stored: u64, here: u64) -> MessageId {
    let id = MessageId([77; 16]);
    script.command(1, Command::SaveFile { message_id: id, path: "here.txt".to_owned() });
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::File { tag, .. } => Some(*tag),
        _ => None,
    });
    script.vault(VaultEvent::File { tag, content: content(stored), conversation: BOB });
    assert_eq!(script.answer(1), Ok(Answer::Path { path: "here.txt".to_owned() }));
    script.files_asked(|effect| matches!(effect, FilesEffect::Open { .. }).then_some(()));
    script.files(FilesEvent::Written { id, offset: here });
    id
}

fn write(script: &mut Script) -> usize {
    script.files_asked(|effect| match effect {
        FilesEffect::Write { data, .. } => Some(data.len()),
        _ => None,
    })
}

#[test]
fn a_file_comes_down_from_where_it_had_stopped() {
    let mut script = Script::online();
    let id = saving(&mut script, 100, 60);
    let (tag, request) = script.sent();
    assert!(matches!(request, Request::FileGet(get) if get.offset == 60));
    script.reply(tag, Reply::Done(Done { data: Some(ByteBuf::from(vec![0; 40])), ..Done::default() }));
    assert_eq!(write(&mut script), 40);
    assert!(script.all_sent().is_empty());
    script.files(FilesEvent::Saved { id, path: "here.txt".to_owned() });
    script.vault_asked(|effect| matches!(effect, VaultEffect::FileSaved { .. }).then_some(()));
    assert!(script.notices().contains(&Notice::FileSaved { id, path: "here.txt".to_owned() }));
}

#[test]
fn a_file_that_is_here_already_is_only_checked() {
    let mut script = Script::online();
    saving(&mut script, 100, 100);
    assert_eq!(write(&mut script), 0);
    assert!(script.all_sent().is_empty());
}

#[test]
fn pieces_that_do_not_fit_end_the_file() {
    for data in [Vec::new(), vec![0; 101]] {
        let mut script = Script::online();
        saving(&mut script, 100, 0);
        let (tag, _) = script.sent();
        script.reply(tag, Reply::Done(Done { data: Some(ByteBuf::from(data)), ..Done::default() }));
        script.files_asked(|effect| matches!(effect, FilesEffect::Cancel(_)).then_some(()));
        let told = |notice: &Notice| matches!(notice, Notice::FileFailed { code: "file_mismatch", .. });
        assert!(script.notices().iter().any(told));
    }
}

#[test]
fn a_message_without_a_file_has_none_to_save() {
    let mut script = Script::online();
    script.command(1, Command::SaveFile { message_id: MessageId([9; 16]), path: "x".to_owned() });
    let tag = script.vault_asked(|effect| match effect {
        VaultEffect::File { tag, .. } => Some(*tag),
        _ => None,
    });
    script.vault(VaultEvent::File { tag, content: text("hi"), conversation: BOB });
    assert_eq!(script.refused(1), Code::NoSuchFile);
}
