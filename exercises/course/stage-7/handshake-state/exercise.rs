//! Which message a server of stage 7 waits for, and what follows it.

use certificates::handshake::codec::MessageType;

/// What a server wants from its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The proof that they know the access key.
    pub access: bool,
    /// Their certificate.
    pub certificate: bool,
}

/// Where the server stands: the message that it waits for, or how it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for `client_hello`.
    ClientHello,
    /// Waits for `access`.
    Access,
    /// Waits for `certificate`.
    Certificate,
    /// Waits for `certificate_verify`.
    CertificateVerify,
    /// Waits for `finished`.
    Finished,
    /// The handshake is done. No message of it may come any more.
    Done,
    /// Something came that does not belong there. Nothing mends that.
    Failed,
}

impl State {
    /// The state after this message. A client sends, in this order:
    ///
    /// ```text
    /// client_hello
    /// access                              if it is wanted, and only then
    /// certificate, certificate_verify     if they are wanted, and only then
    /// finished
    /// ```
    ///
    /// Each exactly once. Whatever else comes, at whatever place, makes the handshake fail.
    pub fn next(self, message: MessageType, wanted: Wanted) -> Self {
        todo!("the state that follows if this message is the awaited one, else Failed")
    }

    /// What is awaited when the access key has been proved, or is not wanted.
    fn after_access(wanted: Wanted) -> Self {
        todo!("the client's certificate if it is wanted, else finished")
    }
}
