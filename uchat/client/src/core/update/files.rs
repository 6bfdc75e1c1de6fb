//! What both ways of a file have in common: turns, progress, the end. Pieces go beside the chat: never more than
//! two requests for files are on their way, so a message waits for two pieces at most.

use super::{Step, is_over, is_put_off, pause};
use crate::core::command::Answer;
use crate::core::model::Ticket;
use crate::core::model::link::Purpose;
use crate::core::model::transfers::{IN_FLIGHT, RUNNING, Stage, Way};
use crate::core::{FilesEffect, FilesEvent, Notice, VaultEffect};
use uchat_protocol::reply::Done;
use uchat_protocol::request::FileCancel;
use uchat_protocol::{Code, MessageId, Refusal, Request};

/// Progress is told after so many bytes at least, and some twenty times for a file at most.
const PROGRESS: u64 = 1 << 20;

impl Step<'_> {
    pub(super) fn files_event(&mut self, event: FilesEvent) {
        match event {
            FilesEvent::Prepared { id, content, digest } => self.prepared(id, content, digest),
            FilesEvent::Piece { id, offset, data } => self.piece_read(id, offset, data),
            FilesEvent::Written { id, offset } => self.piece_written(id, offset),
            FilesEvent::Saved { id, path } => {
                if let Some(Way::Down(info, ..)) = self.model.transfers.remove(id).map(|over| over.way) {
                    self.notify(Notice::FileProgress { id, done: info.stored, total: info.stored });
                    self.vault(VaultEffect::FileSaved { id, path: path.clone() });
                    self.notify(Notice::FileSaved { id, path });
                }
            }
            FilesEvent::Failed { id, refusal } => self.file_failed(id, refusal),
        }
    }

    /// Gives turns to those that wait, and the next piece to those that run.
    pub(super) fn pump_files(&mut self) {
        for id in self.model.transfers.order.clone() {
            let Some(transfer) = self.model.transfers.all.get(&id) else { continue };
            let may_begin = transfer.in_flight == 0 && is_over(transfer.not_before, self.now);
            match (transfer.stage, &transfer.way) {
                (Stage::Waiting, way) if may_begin && self.model.transfers.running() < RUNNING => match way {
                    Way::Up(..) => self.begin_upload(id),
                    Way::Down(..) => self.begin_download(id),
                },
                (Stage::Moving, Way::Up(..)) => self.read_piece(id),
                (Stage::Moving, Way::Down(..)) => self.get_piece(id),
                _ => {}
            }
        }
    }

    /// How many more requests for files may go out: pieces that are being read count, since they will.
    pub(super) fn file_room(&self) -> usize {
        let pending = self.model.link.pending.values();
        let sent = pending.filter(|purpose| matches!(purpose, Purpose::File(..))).count();
        let transfers = self.model.transfers.all.values();
        let reading =
            transfers.filter(|one| matches!(one.way, Way::Up(..))).map(|one| one.busy).sum::<usize>();
        IN_FLIGHT.saturating_sub(sent + reading)
    }

    /// Sends a request for this transfer.
    pub(super) fn send_for(&mut self, id: MessageId, request: impl Into<Request>) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        transfer.in_flight += 1;
        let serial = transfer.serial;
        self.send(Purpose::File(id, serial), request);
    }

    pub(super) fn file_reply(&mut self, id: MessageId, serial: u64, reply: Result<Done, Refusal>) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        if transfer.serial != serial {
            return; // of a transfer that was cancelled
        }
        transfer.in_flight = transfer.in_flight.saturating_sub(1);
        match (reply, &transfer.way) {
            (Err(refusal), _) if is_put_off(&refusal) => {
                transfer.stage = Stage::Waiting;
                transfer.busy = 0;
                transfer.not_before = self.now.saturating_add(pause(&refusal, 1));
            }
            (Err(refusal), _) => self.give_file_up(id, refusal),
            (Ok(_), _) if transfer.stage == Stage::Waiting => {} // begins again anyway
            (Ok(done), Way::Up(..)) => self.piece_put(id, &done),
            (Ok(done), Way::Down(..)) => self.piece_came(id, done),
        }
    }

    /// Tells the progress, now and then.
    pub(super) fn progress(&mut self, id: MessageId, done: u64) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let total = transfer.total();
        transfer.done = transfer.done.max(done);
        let done = transfer.done;
        if done.saturating_sub(transfer.noted) >= PROGRESS.max(total / 20)
            || (done == total && done > transfer.noted)
        {
            transfer.noted = done;
            self.notify(Notice::FileProgress { id, done, total });
        }
    }

    /// The disk or the file itself does not allow it. What has come of a file that is saved stays, for another attempt.
    fn file_failed(&mut self, id: MessageId, refusal: Refusal) {
        if let Some(over) = self.model.transfers.remove(id) {
            if matches!(over.way, Way::Up(..)) {
                self.files(FilesEffect::Cancel(id));
                self.vault(VaultEffect::DropUpload(id));
            }
            let code = refusal.code.name();
            self.notify(Notice::FileFailed { id, reason: refusal.text, code });
        }
    }

    /// Nothing of it is wanted any more, here either.
    pub(super) fn give_file_up(&mut self, id: MessageId, refusal: Refusal) {
        if matches!(self.model.transfers.all.get(&id).map(|one| &one.way), Some(Way::Down(..))) {
            self.files(FilesEffect::Cancel(id));
        }
        self.file_failed(id, refusal);
    }

    /// Something does not fit.
    pub(super) fn file_misfits(&mut self, id: MessageId) {
        self.give_file_up(id, Code::FileMismatch.into());
    }

    pub(super) fn cancel_file(&mut self, ticket: Ticket, id: MessageId) {
        let Some(transfer) = self.model.transfers.all.get(&id) else {
            let text = "no such file is on its way; perhaps it is there already";
            return self.refuse(ticket, Refusal::because(Code::NoSuchFile, text));
        };
        let on_server = matches!(transfer.way, Way::Up(..)).then(|| transfer.info()).flatten();
        if let Some(name) = on_server.map(|info| info.name)
            && self.model.is_online()
        {
            self.send(Purpose::Ignore, FileCancel { name });
        }
        self.give_file_up(id, Code::Cancelled.into());
        self.answer(ticket, Answer::Done {});
    }
}
