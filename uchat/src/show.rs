//! Messages and contacts as lines of text. Whatever others have written is made harmless for the terminal.

use certificates::x509::time_text;
use std::time::{Duration, SystemTime};
use uchat_client::core::{Contact, DeliveryState, Shown};
use uchat_protocol::fields::one_line;

/// `2026-11-24T18:00:00Z bob: hello`; further lines of a text are indented.
pub(crate) fn line(message: &Shown) -> String {
    let time = time(message.time);
    let state = match message.state {
        Some(DeliveryState::Queued | DeliveryState::Sent) => " (not stored yet)",
        Some(DeliveryState::Failed) => " (failed)",
        _ => "",
    };
    let what = what(message).lines().map(one_line).collect::<Vec<_>>().join("\n    ");
    match &message.from {
        Some(from) => format!("{time} {}: {what}{state}", one_line(from)),
        None => format!("{time} * {what}{state}"),
    }
}

/// What a message says: its text, or its file by name and size.
pub(crate) fn what(message: &Shown) -> String {
    match (&message.file, &message.text) {
        (Some(file), _) => format!("[{}, {}, {} bytes]", file.name, file.media_type, file.size),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    }
}

/// `bob  online from 127.0.0.1:4711  2 unread  2026-11-24T18:00:00Z hello`
pub(crate) fn contact(contact: &Contact) -> String {
    let mut line = match (&contact.user, &contact.room) {
        (Some(user), _) => one_line(user),
        (None, room) => format!("#{} {}", contact.id, one_line(room.as_deref().unwrap_or_default())),
    };
    if contact.user.is_some() {
        line.push_str(if contact.online { "  online" } else { "  offline" });
    }
    if let (Some(ip), Some(port)) = (&contact.ip, contact.port) {
        line.push_str(&format!(" from {} port {port}", one_line(ip)));
    }
    if contact.unread > 0 {
        line.push_str(&format!("  {} unread", contact.unread));
    }
    if let Some(last) = &contact.last {
        line.push_str(&format!("  {} {}", time(contact.time), one_line(last)));
    }
    line
}

/// Milliseconds since 1970 as `2026-11-24T18:00:00Z`.
pub(crate) fn time(milliseconds: u64) -> String {
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds));
    time.map_or_else(|| "a time out of range".to_owned(), time_text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uchat_client::core::With;

    #[test]
    fn what_others_write_cannot_move_the_cursor() {
        let message = Shown {
            id: None,
            from: Some("b\u{1b}[1mob".to_owned()),
            with: With::Room(1),
            seq: Some(1),
            time: 1_000,
            text: Some("one\u{1b}[2J\ntwo".to_owned()),
            file: None,
            fontsize: 0,
            fontcolor: String::new(),
            reply_to: None,
            encrypted: true,
            mentioned: false,
            state: None,
        };
        let line = line(&message);
        assert!(!line.contains('\u{1b}'), "{line:?}");
        assert!(line.starts_with("1970-01-01T00:00:01Z b"), "{line:?}");
        assert!(line.ends_with("\n    two"), "{line:?}");
    }
}
