//! A file to the server, and then its message into the outbox.
//!
//! ```text
//! keep ──▶ prepare ──▶ file_begin ──▶ read a piece ──▶ file_put … ──▶ all is there ──▶ the message is queued as any other
//!             ▲           ▲  the server says how much it has      │
//!             │           └───────── after a break ───────────────┘
//!             └─ after a restart
//! ```
//! The command is answered when the vault has it on disk that the file is to be sent. From then on it arrives, or a
//! notice says that it does not.

use super::Step;
use crate::core::command::{Answer, With};
use crate::core::event::KeptUpload;
use crate::core::model::transfers::{MOST, Stage, Way};
use crate::core::model::{Question, Ticket};
use crate::core::{FilesEffect, VaultEffect};
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
        let upload = KeptUpload { id, conversation, path: path.clone() };
        let effect = |tag| VaultEffect::KeepUpload { tag, upload };
        self.question(Question::Upload(ticket, id, path), effect);
    }

    /// It is on disk that this file is to be sent.
    pub(super) fn upload_kept(&mut self, ticket: Ticket, id: MessageId, path: String) {
        if !self.model.transfers.all.contains_key(&id) {
            return self.refuse(ticket, Code::Cancelled); // with the account
        }
        self.prepare(id, path);
        self.answer(ticket, Answer::MessageId { message_id: id });
    }

    /// What an earlier run was about to send.
    pub(super) fn go_on_with(&mut self, upload: KeptUpload) {
        let KeptUpload { id, conversation, path } = upload;
        let serial = self.tag();
        self.model.transfers.insert(id, serial, Way::Up(conversation, None), Stage::Preparing);
        self.prepare(id, path);
    }

    fn prepare(&mut self, id: MessageId, path: String) {
        self.files(FilesEffect::Prepare { id, path, encrypted: self.model.settings.encrypted });
    }

    /// The file was looked through.
    pub(super) fn prepared(&mut self, id: MessageId, content: Content, digest: [u8; 32]) {
        let limit = self.model.session.file_limit;
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let Way::Up(_, prepared) = &mut transfer.way else { return };
        let stored = content.file.as_ref().map(|file| file.stored);
        *prepared = Some(content);
        transfer.stage = Stage::Waiting;
        self.vault(VaultEffect::UploadDigest { id, digest });
        match (stored, limit) {
            (None, _) => self.file_misfits(id),
            (Some(stored), Some(limit)) if stored > limit => {
                let text =
                    format!("the file has {stored} bytes, this server takes {limit}; send a smaller one");
                self.give_file_up(id, Refusal::because(Code::FileTooLarge, text));
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
