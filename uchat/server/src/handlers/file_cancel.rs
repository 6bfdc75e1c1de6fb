//! Somebody gives up a file that is not complete.

use crate::files::{FileStore, Have};
use crate::handler::{Caller, Handled, Outbox};
use crate::store::files;
use rusqlite::Connection;
use uchat_protocol::reply::Done;
use uchat_protocol::request::FileCancel;
use uchat_protocol::{Code, Refusal, Reply};

/// Removes what there is of it. A complete file stays: others may have been told of it.
pub(crate) fn handle(
    tx: &Connection,
    caller: &Caller,
    request: FileCancel,
    files: &FileStore,
    _out: &mut Outbox,
) -> Handled {
    let FileCancel { name } = request;
    files::of_uploader(tx, name, caller.user)?;
    files.cancel(name).map_err(files::failed)?;
    // Only now: until then it could still become complete.
    if files.have(name)? == Have::Complete {
        let text = "the file is complete already; it stays";
        return Err(Refusal::because(Code::FileMismatch, text).into());
    }
    files::remove(tx, name)?;
    Ok(Reply::Done(Done::default()))
}
