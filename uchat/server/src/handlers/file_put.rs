//! The next piece of a file.

use crate::envelope::length;
use crate::files::{FileStore, Have, Put};
use crate::handler::{Caller, Handled, Outbox};
use crate::store::files;
use rusqlite::Connection;
use uchat_protocol::reply::Done;
use uchat_protocol::request::FilePut;
use uchat_protocol::{Code, Refusal, Reply, limits};

/// Appends the piece; answers how many bytes are there now. Writes to the folder, not to the store.
pub(crate) fn handle(
    tx: &Connection,
    caller: &Caller,
    request: FilePut,
    files: &FileStore,
    _out: &mut Outbox,
) -> Handled {
    let FilePut { name, offset, data } = request;
    length("data", data.len(), limits::FILE_PUT)?;
    let file = files::of_uploader(tx, name, caller.user)?;
    match files.have(name).map_err(files::failed)? {
        Have::Part(_) => {}
        Have::Complete => return Err(elsewhere(file.size).into()),
        Have::Nothing => {
            let text = "nothing is left of this file; begin it again";
            return Err(Refusal::because(Code::FileMismatch, text).into());
        }
    }
    let refusal = match files.put(name, offset, &data, file.size, &file.sha256).map_err(files::failed)? {
        Put::Written(there) => return Ok(Reply::Done(Done { offset: Some(there), ..Done::default() })),
        Put::Elsewhere(there) => elsewhere(there),
        Put::TooMuch => {
            let text = format!("{} bytes were announced; this piece ends behind them", file.size);
            Refusal::because(Code::FileMismatch, text)
        }
        Put::WrongDigest => Refusal::because(
            Code::FileMismatch,
            "what came has not the SHA-256 that was announced and is thrown away; begin the file again",
        ),
    };
    Err(refusal.into())
}

fn elsewhere(there: u64) -> Refusal {
    let rule = format!("{there} bytes are there; go on from {there}");
    Refusal::field(Code::FileMismatch, "offset", rule)
}

#[cfg(test)]
mod tests;
