//! From what a handler says to what is sent.

use crate::handler::{Failure, Handled};
use rusqlite::ErrorCode;
use uchat_protocol::reply::FriendResult;
use uchat_protocol::{Code, Operation, Refusal, Reply};

/// The one answer to a request of this operation.
pub(crate) fn reply(operation: Operation, handled: Handled) -> Reply {
    handled.unwrap_or_else(|failure| refused(operation, refusal(operation, failure)))
}

/// A refusal, in the form that this operation has for it.
pub(crate) fn refused(operation: Operation, refusal: Refusal) -> Reply {
    let refusal = refusal.of(operation);
    match operation {
        Operation::Login | Operation::Resume => Reply::LoginFailed(refusal),
        Operation::Register => Reply::UsernameTaken(refusal),
        Operation::AddFriend => Reply::AddFriendResult(failed(refusal)),
        Operation::DelFriend => Reply::DelFriendResult(failed(refusal)),
        _ => Reply::Refused(refusal),
    }
}

/// What people are told of a failure. The log is told the rest.
pub(crate) fn refusal(operation: Operation, failure: Failure) -> Refusal {
    match failure {
        Failure::Refused(refusal) => {
            tracing::debug!(%operation, code = refusal.code.name(), "refused");
            refusal
        }
        Failure::Store(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            tracing::error!(%operation, %error, "the disk is full");
            // Unlike a quota this passes by itself, so clients keep what they wanted to store.
            Refusal::because(Code::NoSpace, "the server's disk is full; try again later").retry_after(FULL)
        }
        failure => {
            tracing::error!(%operation, error = %failure, "a request failed");
            Code::ServerError.into()
        }
    }
}

fn failed(refusal: Refusal) -> FriendResult {
    FriendResult { ok: false, text: refusal.text, code: Some(refusal.code) }
}

/// How long clients wait while the disk is full, in milliseconds.
const FULL: u64 = 5_000;
