//! A piece of a file.

use crate::files::{FileStore, Have};
use crate::handler::{Caller, Handled, Outbox};
use crate::store::files;
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use uchat_protocol::reply::Done;
use uchat_protocol::request::FileGet;
use uchat_protocol::{Code, Refusal, Reply, limits};

/// Reads the piece; at the file's end it is shorter, or empty. Writes nothing.
///
/// Who may not have the file is told what somebody is told who asks for one that is not there.
pub(crate) fn handle(
    tx: &Connection,
    caller: &Caller,
    request: FileGet,
    files: &FileStore,
    _out: &mut Outbox,
) -> Handled {
    let FileGet { name, offset, length } = request;
    let Some(file) = files::by_name(tx, name)? else { return Err(Code::NoSuchFile.into()) };
    if !files::may_get(tx, &file, caller.user)? {
        return Err(Code::NoSuchFile.into());
    }
    if files.have(name)? != Have::Complete {
        return Err(Refusal::because(Code::NoSuchFile, "this file is not complete yet; try later").into());
    }
    if offset > file.size {
        let rule = format!("must not lie behind the end, which is {}", file.size);
        return Err(Refusal::field(Code::BadField, "offset", rule).into());
    }
    let length = usize::try_from(length).unwrap_or(limits::FILE_PUT).min(limits::FILE_PUT);
    let data = files.get(name, offset, length)?;
    Ok(Reply::Done(Done { data: Some(ByteBuf::from(data)), ..Done::default() }))
}
