//! From what a handler says to what is sent.

use crate::handler::{Failure, Handled};
use rusqlite::ErrorCode;
use uchat_protocol::reply::FriendResult;
use uchat_protocol::{Code, Operation, Refusal, Reply};

/// The one answer to a request of this operation.
pub(crate) fn reply(operation: Operation, handled: Handled) -> Reply {
    handled.unwrap_or_else(|failure| refused(operation, refusal(operation, &failure)))
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

/// What people are told of a failure, and the log.
pub(crate) fn refusal(operation: Operation, failure: &Failure) -> Refusal {
    let told = told(failure);
    match failure {
        Failure::Refused(_) => tracing::debug!(%operation, code = told.code.name(), "refused"),
        // The writer has said so once for all that was lost with it: a full disk is no place for a longer log.
        failure if is_full(failure) => tracing::debug!(%operation, error = %failure, "the disk is full"),
        failure => tracing::error!(%operation, error = %failure, "a request failed"),
    }
    told
}

/// What people are told of a failure.
pub(crate) fn told(failure: &Failure) -> Refusal {
    match failure {
        Failure::Refused(refusal) => refusal.clone(),
        // Unlike a quota this passes by itself, so clients keep what they wanted to store.
        failure if is_full(failure) => {
            Refusal::because(Code::NoSpace, "the server's disk is full; try again later").retry_after(FULL)
        }
        _ => Code::ServerError.into(),
    }
}

fn is_full(failure: &Failure) -> bool {
    matches!(failure, Failure::Store(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull))
}

fn failed(refusal: Refusal) -> FriendResult {
    FriendResult { ok: false, text: refusal.text, code: Some(refusal.code) }
}

/// How long clients wait while the disk is full, in milliseconds.
pub(crate) const FULL: u64 = 5_000;
