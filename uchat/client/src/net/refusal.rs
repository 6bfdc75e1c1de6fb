//! What a channel's error means for the core: whether to come back by itself.

use uchat_protocol::channel::ChannelError;
use uchat_protocol::{Code, Refusal};

/// The channel's error as a refusal. What may pass by itself, also a packet that somebody on the way has changed,
/// counts as offline; what only people can put right has a code of its own.
pub(super) fn refusal(error: &ChannelError) -> Refusal {
    let code = match error {
        ChannelError::UnknownCa { .. } => Code::UnknownCa,
        ChannelError::Certificate(_) => Code::UntrustedServer,
        ChannelError::AccessKeyWanted | ChannelError::AccessRefused => Code::AccessRefused,
        ChannelError::OtherTransport { .. } | ChannelError::Alpn => Code::WrongTransport,
        ChannelError::TooLong { .. } => Code::ClientError,
        _ => Code::Offline,
    };
    Refusal::because(code, error.to_string())
}
