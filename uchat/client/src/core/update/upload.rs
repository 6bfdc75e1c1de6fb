//! A file to the server, and then its message into the outbox.
//!
//! ```text
//! prepare ──▶ file_begin ──▶ read a piece ──▶ file_put … ──▶ all is there ──▶ the message is queued as any other
//!                ▲  the server says how much it has      │
//!                └───────── after a break ───────────────┘
//! ```

use super::Step;
use crate::core::FilesEffect;
use crate::core::command::{Answer, With};
use crate::core::model::Ticket;
use crate::core::model::transfers::{MOST, Stage, Way};
use serde_bytes::ByteBuf;
use uchat_protocol::reply::Done;
use uchat_protocol::request::{FileBegin, FilePut};
use uchat_protocol::{Code, Content, MessageId, Refusal, limits};

impl Step<'_> {
    pub(super) fn send_file(&mut self, ticket: Ticket, to: &With, path: String, id: MessageId) {
        let full = self.model.transfers.all.len() >= MOST;
        let checked = if full { Err(Code::TooManyWaiting.into()) } else { self.may_send(to) };
        let Some((ticket, conversation)) = self.granted(ticket, checked) else { return };
        let serial = self.tag();
        self.model.transfers.insert(id, serial, Way::Up(conversation, None), Stage::Preparing);
        self.files(FilesEffect::Prepare { id, path, encrypted: self.model.settings.encrypted });
        self.answer(ticket, Answer::MessageId { message_id: id });
    }

    /// The file was looked through.
    pub(super) fn prepared(&mut self, id: MessageId, content: Content) {
        let limit = self.model.session.file_limit;
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let Way::Up(_, prepared) = &mut transfer.way else { return };
        let stored = content.file.as_ref().map(|file| file.stored);
        *prepared = Some(content);
        transfer.stage = Stage::Waiting;
        match (stored, limit) {
            (None, _) => self.file_misfits(id),
            (Some(stored), Some(limit)) if stored > limit => {
                let text =
                    format!("the file has {stored} bytes, this server takes {limit}; send a smaller one");
                self.files(FilesEffect::Cancel(id));
                self.file_failed(id, Refusal::because(Code::FileTooLarge, text));
            }
            _ => {}
        }
    }

    /// Asks the server how much it has already.
    pub(super) fn begin_upload(&mut self, id: MessageId) {
        if self.file_room() == 0 {
            return;
        }
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let (Way::Up(conversation, _), Some(info)) = (&transfer.way, transfer.info()) else { return };
        let (target_type, target_id) = conversation.target();
        let request =
            FileBegin { name: info.name, size: info.stored, sha256: info.sha256, target_type, target_id };
        transfer.stage = Stage::Beginning;
        self.send_for(id, request);
    }

    /// Reads the next piece, so that two are on their way.
    pub(super) fn read_piece(&mut self, id: MessageId) {
        let room = self.file_room();
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        if room > 0 && transfer.busy == 0 && transfer.at < transfer.total() {
            transfer.busy = 1;
            let offset = transfer.at;
            self.files(FilesEffect::Read { id, offset });
        }
    }

    pub(super) fn piece_read(&mut self, id: MessageId, offset: u64, data: Vec<u8>) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let is_asked = transfer.stage == Stage::Moving && transfer.busy > 0 && transfer.at == offset;
        let (Way::Up(..), true) = (&transfer.way, is_asked) else { return };
        transfer.busy = 0;
        let end = offset.saturating_add(data.len() as u64);
        if data.is_empty() || data.len() > limits::FILE_PUT || end > transfer.total() {
            return self.file_misfits(id);
        }
        transfer.at = end;
        let Some(name) = transfer.info().map(|info| info.name) else { return };
        self.send_for(id, FilePut { name, offset, data: ByteBuf::from(data) });
    }

    /// The server has this much.
    pub(super) fn piece_put(&mut self, id: MessageId, done: &Done) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let (total, offset) = (transfer.total(), done.offset.unwrap_or(0));
        if offset > total {
            return self.file_misfits(id);
        }
        if transfer.stage == Stage::Beginning {
            transfer.stage = Stage::Moving;
            transfer.at = offset;
        }
        let ended = transfer.at == total && transfer.in_flight == 0;
        self.progress(id, offset);
        if ended && offset == total {
            self.uploaded(id);
        } else if ended {
            self.file_misfits(id);
        }
    }

    /// All of it is there: now its message.
    fn uploaded(&mut self, id: MessageId) {
        if let Some(Way::Up(conversation, Some(content))) =
            self.model.transfers.remove(id).map(|over| over.way)
        {
            self.queue(None, id, conversation, content);
        }
    }
}
