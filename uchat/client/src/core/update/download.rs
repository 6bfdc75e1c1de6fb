//! A file from the server into a folder. What has come is kept over a break; it gets its name when it is whole
//! and checked.
//!
//! ```text
//! look the message up ──▶ open: how much is here ──▶ file_get ──▶ write … ──▶ saved
//! ```

use super::Step;
use crate::core::FilesEffect;
use crate::core::VaultEffect;
use crate::core::command::Answer;
use crate::core::model::transfers::{MOST, Stage, Way};
use crate::core::model::{Question, Ticket};
use serde_bytes::ByteBuf;
use uchat_protocol::reply::Done;
use uchat_protocol::request::FileGet;
use uchat_protocol::{Code, Content, MessageId, limits};

/// How many pieces may wait to be written.
const UNWRITTEN: usize = 2;

impl Step<'_> {
    pub(super) fn save_file(&mut self, ticket: Ticket, id: MessageId, path: String) {
        let checked = self.me().map(|_| ());
        if let Some((ticket, ())) = self.granted(ticket, checked) {
            self.question(Question::File(ticket, id, path), |tag| VaultEffect::File { tag, id });
        }
    }

    /// The message is known: what it says about the file.
    pub(super) fn begin_saving(&mut self, ticket: Ticket, id: MessageId, path: String, content: Content) {
        let transfers = &self.model.transfers;
        let checked = match content.file {
            None => Err(Code::NoSuchFile.into()),
            Some(_) if transfers.all.contains_key(&id) => Err(Code::Busy.into()),
            Some(_) if transfers.all.len() >= MOST => Err(Code::TooManyWaiting.into()),
            Some(info) => Ok(info),
        };
        let Some((ticket, info)) = self.granted(ticket, checked) else { return };
        let serial = self.tag();
        let way = Way::Down(Box::new(info), content.data, path.clone());
        self.model.transfers.insert(id, serial, way, Stage::Waiting);
        self.answer(ticket, Answer::Path { path });
    }

    pub(super) fn begin_download(&mut self, id: MessageId) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let Way::Down(info, name, path) = &transfer.way else { return };
        let (info, name, path) = ((**info).clone(), name.clone(), path.clone());
        transfer.stage = Stage::Beginning;
        self.files(FilesEffect::Open { id, info, name, path });
    }

    /// This much is here: at the beginning, and after each piece.
    pub(super) fn piece_written(&mut self, id: MessageId, offset: u64) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let Way::Down(..) = transfer.way else { return };
        let total = transfer.total();
        if offset > total {
            return self.file_misfits(id);
        }
        match transfer.stage {
            Stage::Beginning => {
                transfer.stage = Stage::Moving;
                transfer.at = offset;
                if offset == total {
                    transfer.busy = 1; // nothing is missing: an empty piece makes it checked and saved
                    self.files(FilesEffect::Write { id, data: Vec::new() });
                }
            }
            Stage::Moving => transfer.busy = transfer.busy.saturating_sub(1),
            Stage::Preparing | Stage::Waiting => return,
        }
        self.progress(id, offset);
    }

    /// Asks for the next piece, unless the disk is behind.
    pub(super) fn get_piece(&mut self, id: MessageId) {
        let room = self.file_room();
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let (offset, free) = (transfer.at, transfer.in_flight == 0 && transfer.busy < UNWRITTEN);
        if room > 0 && free && offset < transfer.total() {
            let Some(name) = transfer.info().map(|info| info.name) else { return };
            self.send_for(id, FileGet { name, offset, length: limits::FILE_PUT as u32 });
        }
    }

    pub(super) fn piece_came(&mut self, id: MessageId, done: Done) {
        let Some(transfer) = self.model.transfers.all.get_mut(&id) else { return };
        let data = done.data.map(ByteBuf::into_vec).unwrap_or_default();
        let end = transfer.at.saturating_add(data.len() as u64);
        if data.is_empty() || end > transfer.total() {
            return self.file_misfits(id);
        }
        transfer.at = end;
        transfer.busy += 1;
        self.files(FilesEffect::Write { id, data });
    }
}
