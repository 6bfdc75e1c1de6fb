//! What a channel's error means for the core: whether to come back by itself.

use certificates::handshake::ChannelError as SignedError;
use uchat_protocol::channel::ChannelError;
use uchat_protocol::{Code, Refusal};

/// The channel's error as a refusal; `open` says whether the handshake was done. What may pass by itself, also a
/// packet that somebody on the way has changed, counts as offline; what only people can put right has a code of its
/// own.
pub(super) fn refusal(error: &ChannelError, open: bool) -> Refusal {
    if !open && is_foreign(error) {
        let text = format!(
            "the server speaks something else; both must be started with the same --lesson or --tls ({error})"
        );
        return Refusal::because(Code::WrongTransport, text);
    }
    let code = match error {
        ChannelError::UnknownCa { .. } => Code::UnknownCa,
        ChannelError::Certificate(_) => Code::UntrustedServer,
        ChannelError::AccessKeyWanted | ChannelError::AccessRefused | ChannelError::EndAfterProof => {
            Code::AccessRefused
        }
        ChannelError::OtherTransport { .. } | ChannelError::Alpn => Code::WrongTransport,
        ChannelError::Signed(SignedError::Version { .. }) => Code::WrongTransport,
        ChannelError::TooLong { .. } => Code::ClientError,
        _ => Code::Offline,
    };
    Refusal::because(code, error.to_string())
}

/// Whether what comes first from a server is no frame, message or handshake of ours at all.
fn is_foreign(error: &ChannelError) -> bool {
    matches!(error, ChannelError::Frame(_) | ChannelError::Operation(_) | ChannelError::Tls(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use framing::FrameError;

    #[test]
    fn what_is_no_frame_is_another_program_at_first_and_a_broken_connection_later() {
        let error = ChannelError::Frame(FrameError::TooLong { length: 0x4854_5450, limit: 16_384 });
        assert_eq!(refusal(&error, false).code, Code::WrongTransport);
        assert_eq!(refusal(&error, true).code, Code::Offline);
        assert_eq!(
            refusal(&ChannelError::Truncated, false).code,
            Code::Offline,
            "the server may have stopped"
        );
    }
}
