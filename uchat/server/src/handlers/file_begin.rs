//! Somebody begins to put a file, or asks how to go on with one.

use crate::files::{FileStore, Have};
use crate::handler::{Caller, Failure, Handled, Outbox};
use crate::store::files::{self, Announced};
use crate::store::places;
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use uchat_protocol::reply::Done;
use uchat_protocol::request::FileBegin;
use uchat_protocol::{Code, FileName, Refusal, Reply};

/// Announces the file if it is new; answers how many bytes of it are there.
pub(crate) fn handle(
    tx: &Connection,
    caller: &Caller,
    request: FileBegin,
    files: &FileStore,
    _out: &mut Outbox,
) -> Handled {
    let FileBegin { name, size, sha256, target_type, target_id } = request;
    let target = places::target(target_type, target_id)?;
    let file = Announced { user: caller.user, target: target.target(), size, sha256: sha256.into_array() };
    let known = files::by_name(tx, name)?;
    if known.as_ref().is_some_and(|known| *known != file) {
        let text = "there is another file of this name; take a new name";
        return Err(Refusal::because(Code::FileMismatch, text).into());
    }
    places::may_speak(tx, caller.user, target)?;
    if known.is_none() {
        check_new(tx, caller, &file)?;
        files::insert(tx, name, &file, caller.now)?;
    }
    let offset = match (known, files.have(name).map_err(files::failed)?) {
        (Some(_), Have::Complete) => size,
        (Some(_), Have::Part(there)) if there < size => there,
        // An empty file is complete before its row is on the disk, so it may be here from a try that was lost.
        (None, Have::Complete) if size == 0 && files.get(name, 0, 1)?.is_empty() => 0,
        (None, Have::Complete) => {
            let text = "there is a file of this name already; take a new name";
            return Err(Refusal::because(Code::FileMismatch, text).into());
        }
        // What lies there without having been announced is not this file.
        _ => {
            files.begin(name).map_err(files::failed)?;
            0
        }
    };
    if size == 0 && offset == 0 {
        complete_empty(files, &file, name)?;
    }
    Ok(Reply::Done(Done { offset: Some(offset), ..Done::default() }))
}

fn check_new(tx: &Connection, caller: &Caller, file: &Announced) -> Result<(), Failure> {
    let most = caller.rules.file_limit.min(STORE_MOST);
    if file.size > most {
        let text = format!("the file has {} bytes; this server takes {most} at most", file.size);
        return Err(Refusal::because(Code::FileTooLarge, text).into());
    }
    let quota = caller.rules.file_quota.min(STORE_MOST);
    let used = files::used(tx, caller.user)?;
    if used.saturating_add(files::cost(file.size)) > quota {
        let text = format!("your files take {used} of the {quota} bytes that you may use here");
        return Err(Refusal::because(Code::NoSpace, text).into());
    }
    Ok(())
}

/// An empty file has no pieces: it is complete as soon as it is begun.
fn complete_empty(files: &FileStore, file: &Announced, name: FileName) -> Result<(), Failure> {
    if Sha256::digest([])[..] != file.sha256[..] {
        files.cancel(name).map_err(files::failed)?;
        return Err(Code::FileMismatch.into());
    }
    if files.have(name)? != Have::Complete {
        files.put(name, 0, &[], 0, &file.sha256).map_err(files::failed)?;
    }
    Ok(())
}

/// The largest number that the store can hold and add up to.
const STORE_MOST: u64 = i64::MAX as u64;
