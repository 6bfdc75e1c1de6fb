//! What changes who is on a connection: sign-up, log-in, resume, log-out, a new password, the end of an account.
//!
//! Each is a flow of several steps: limits, a password hash on a thread of its own, then one job for the writer.
//! The answer is given in the commit, so that it stands before everything that follows from it.
//!
//! | file | idea |
//! |---|---|
//! | `accounts/sign_up.rs` | register |
//! | `accounts/log_in.rs` | login and resume, and what a session begins with |
//! | `accounts/change.rs` | logout, change_password, delete_account |
//! | `accounts/presence.rs` | what others hear of somebody who comes, goes, or is no more |

mod change;
mod log_in;
pub(crate) mod presence;
mod sign_up;

use crate::bus::Session;
use crate::handler::Failure;
use crate::mailbox::{Mailbox, Ticket};
use crate::replies::{refusal, refused};
use crate::shared::Shared;
use std::net::SocketAddr;
use std::sync::Arc;
use uchat_protocol::{Code, Reply, Request};

/// Who asks, and on which connection.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    /// The server.
    pub(crate) shared: Arc<Shared>,
    /// The connection's mailbox.
    pub(crate) mailbox: Arc<Mailbox>,
    /// From where.
    pub(crate) address: SocketAddr,
    /// Who is logged in here.
    pub(crate) session: Option<Arc<Session>>,
}

/// Works on one of these requests, and answers it.
pub(crate) async fn handle(asker: Asker, ticket: Ticket, request: Request) {
    let operation = ticket.operation();
    let outcome = match (request, asker.session.clone()) {
        (Request::Register(request), None) => sign_up::register(&asker, request).await,
        (Request::Login(request), None) => log_in::login(&asker, request).await,
        (Request::Resume(request), None) => log_in::resume(&asker, request),
        (Request::Logout(_), Some(session)) => change::logout(&asker, session).await,
        (Request::ChangePassword(request), Some(session)) => {
            change::password(&asker, &session, request).await
        }
        (Request::DeleteAccount(request), Some(session)) => change::delete(&asker, &session, request).await,
        (_, Some(_)) => Err(Code::AlreadyLoggedIn.into()),
        (_, None) => Err(Code::NotLoggedIn.into()),
    };
    match outcome {
        Ok(Outcome::Answer(reply)) => ticket.answer(&reply),
        Ok(Outcome::Last(reply, reason)) => {
            ticket.answer(&reply);
            asker.mailbox.end(&reason.into());
        }
        Ok(Outcome::Begin(beginning)) => log_in::begin(asker, ticket, *beginning).await,
        Err(failure) => {
            let refusal = refusal(operation, &failure);
            tracing::info!(from = %asker.address, %operation, code = refusal.code.name(), "refused");
            ticket.answer(&refused(operation, refusal));
        }
    }
}

/// What came of the steps before the last one.
enum Outcome {
    /// It is done.
    Answer(Reply),
    /// It is done, and the connection ends for this reason.
    Last(Reply, Code),
    /// A session begins.
    Begin(Box<log_in::Beginning>),
}

type Flow = Result<Outcome, Failure>;
