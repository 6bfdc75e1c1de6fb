//! One file for each operation, and the table that finds it.
//!
//! To add an operation: its file in `handlers/`, its module here, and one line in the table, under `write` if it
//! writes rows, else under `read`. Log-ins are not here: they change the connection itself (`accounts/`).

mod add_friend;
mod bad;
mod block;
mod certificates_of;
mod create_room;
mod del_friend;
mod fetch_history;
mod fetch_key_packages;
mod file_begin;
mod file_cancel;
mod file_get;
mod file_put;
mod hand_over;
mod join_room;
mod key_package;
mod leave_room;
mod query_room_users;
mod remove_member;
mod resolve_friend_request;
mod search_users;
mod send_message;
mod set_cursor;
mod set_profile;
pub(crate) mod sign_certificate;
#[cfg(test)]
mod tests;
mod typing;
mod unblock;

use crate::files::FileStore;
use crate::handler::{Caller, Handled, Outbox};
use rusqlite::{Connection, Transaction};
use uchat_protocol::{Code, Refusal, Request};

/// Where a request is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the writer's thread, in a transaction with others.
    Write,
    /// On a reader, beside all others.
    Read,
    /// On a reader of the few that move files.
    ReadFiles,
    /// By the connection's own flows (`accounts/`), since it changes who is connected.
    Account,
    /// First on a reader, where the CA signs, then on the writer.
    Certify,
    /// Nowhere: the connection has answered it already.
    Answered,
}

macro_rules! table {
    (
        write { $($write:ident => $write_module:ident,)* }
        read { $($read:ident => $read_module:ident,)* }
        write_files { $($write_file:ident => $write_file_module:ident,)* }
        read_files { $($read_file:ident => $read_file_module:ident,)* }
    ) => {
        /// Where `request` is worked on.
        pub(crate) fn place(request: &Request) -> Place {
            match request {
                $(Request::$write(_) => Place::Write,)*
                $(Request::$write_file(_) => Place::Write,)*
                $(Request::$read_file(_) => Place::ReadFiles,)*
                $(Request::$read(_) => Place::Read,)*
                Request::Login(_) | Request::Register(_) | Request::Resume(_) | Request::Logout(_)
                | Request::ChangePassword(_) | Request::DeleteAccount(_) => Place::Account,
                Request::SignCertificate(_) => Place::Certify,
                Request::ClientEcho(_) => Place::Answered,
            }
        }

        /// Does what writes.
        pub(crate) fn write(
            tx: &Transaction<'_>,
            caller: &Caller,
            request: Request,
            files: &FileStore,
            out: &mut Outbox,
        ) -> Handled {
            match request {
                $(Request::$write(request) => $write_module::handle(tx, caller, request, out),)*
                $(Request::$write_file(request) => $write_file_module::handle(tx, caller, request, files, out),)*
                other => Err(unknown(&other).into()),
            }
        }

        /// Does what only reads.
        pub(crate) fn read(
            db: &Connection,
            caller: &Caller,
            request: Request,
            files: &FileStore,
            out: &mut Outbox,
        ) -> Handled {
            match request {
                $(Request::$read(request) => $read_module::handle(db, caller, request, out),)*
                $(Request::$read_file(request) => $read_file_module::handle(db, caller, request, files, out),)*
                other => Err(unknown(&other).into()),
            }
        }
    };
}

table! {
    write {
        AddFriend => add_friend,
        ResolveFriendRequest => resolve_friend_request,
        SendMessage => send_message,
        JoinRoom => join_room,
        CreateRoom => create_room,
        DelFriend => del_friend,
        Block => block,
        Unblock => unblock,
        LeaveRoom => leave_room,
        RemoveMember => remove_member,
        HandOver => hand_over,
        SetCursor => set_cursor,
        KeyPackage => key_package,
        SetProfile => set_profile,
    }
    read {
        QueryRoomUsers => query_room_users,
        Bad => bad,
        CertificatesOf => certificates_of,
        SearchUsers => search_users,
        FetchHistory => fetch_history,
        FetchKeyPackages => fetch_key_packages,
        Typing => typing,
    }
    write_files {
        FileBegin => file_begin,
        FileCancel => file_cancel,
    }
    read_files {
        FilePut => file_put,
        FileGet => file_get,
    }
}

/// What is said to a request that is not in the table.
pub(crate) fn unknown(request: &Request) -> Refusal {
    let operation = request.operation();
    Refusal::because(Code::UnknownOperation, format!("this server does not know the operation {operation}"))
        .of(operation)
}
