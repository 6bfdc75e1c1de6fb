//! Messages and contacts as lines of text. Whatever others have written is made harmless for the terminal.

use certificates::x509::time_text;
use std::time::{Duration, SystemTime};
use uchat_client::core::{Contact, DeliveryState, Shown};
use uchat_protocol::fields::one_line;

/// `2026-11-24T18:00:00Z bob: hello (edited) [👍 ann, cat]`; further lines of a text are indented.
pub(crate) fn line(message: &Shown) -> String {
    let time = time(message.time);
    let marks = one_line(&marks(message));
    let state = match message.state {
        Some(DeliveryState::Queued | DeliveryState::Sent) => " (not stored yet)",
        Some(DeliveryState::Failed) => " (failed)",
        _ => "",
    };
    let what = what(message).lines().map(one_line).collect::<Vec<_>>().join("\n    ");
    match &message.from {
        Some(from) => format!("{time} {}: {what}{marks}{state}", one_line(from)),
        None => format!("{time} * {what}{marks}{state}"),
    }
}

/// What has become of a message: that it was edited, and the reactions. Empty, or with a space before it.
pub(crate) fn marks(message: &Shown) -> String {
    let edited = if message.edited { " (edited)" } else { "" };
    let reactions: Vec<String> =
        message.reactions.iter().map(|one| format!("{} {}", one.emoji, one.from.join(", "))).collect();
    match reactions.is_empty() {
        true => edited.to_owned(),
        false => format!("{edited} [{}]", reactions.join("; ")),
    }
}

/// What a message says: its text, or its file by name and size, or that it is deleted.
pub(crate) fn what(message: &Shown) -> String {
    if message.deleted {
        return "(deleted)".to_owned();
    }
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
    use uchat_client::core::{Reaction, With};

    fn message(from: &str, text: &str) -> Shown {
        Shown {
            id: None,
            from: Some(from.to_owned()),
            with: With::Room(1),
            seq: Some(1),
            time: 1_000,
            text: Some(text.to_owned()),
            file: None,
            fontsize: 0,
            fontcolor: String::new(),
            reply_to: None,
            encrypted: true,
            mentioned: false,
            state: None,
            edited: false,
            deleted: false,
            reactions: Vec::new(),
        }
    }

    #[test]
    fn what_others_write_cannot_move_the_cursor() {
        let mut message = message("b\u{1b}[1mob", "one\u{1b}[2J\ntwo");
        let plain = line(&message);
        message.reactions =
            vec![Reaction { emoji: "\u{1b}[2J".to_owned(), from: vec!["c\u{1b}at".to_owned()] }];
        assert!(!line(&message).contains('\u{1b}'));
        let line = plain;
        assert!(!line.contains('\u{1b}'), "{line:?}");
        assert!(line.starts_with("1970-01-01T00:00:01Z b"), "{line:?}");
        assert!(line.ends_with("\n    two"), "{line:?}");
    }

    #[test]
    fn a_line_says_what_has_become_of_the_message() {
        let mut changed = Shown { edited: true, ..message("bob", "hello") };
        let names = vec!["ann".to_owned(), "cat".to_owned()];
        changed.reactions = vec![Reaction { emoji: "👍".to_owned(), from: names }];
        assert!(line(&changed).ends_with(" bob: hello (edited) [👍 ann, cat]"), "{}", line(&changed));
        let deleted = Shown { deleted: true, text: None, ..message("bob", "") };
        assert!(line(&deleted).ends_with(" bob: (deleted)"));
    }
}
