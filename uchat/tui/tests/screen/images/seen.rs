//! When an image is measured, decoded and saved, and where it is drawn.

use super::*;

#[test]
fn its_rows_are_kept_free_before_it_is_decoded_so_that_nothing_moves_then() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let file = ShownFile {
        path: Some(gallery.path("photo.png").to_str().unwrap().into()),
        ..photo("photo.png", "image/png", 1, None).unwrap()
    };
    gallery.chat.comes(Shown { text: None, file: Some(file), ..message("bob", 2, "") });
    let [Request::Measure(path)] = &gallery.requests()[..] else { panic!("it is measured first") };
    let size = uchat_tui::image::measure(path.as_ref()).unwrap();
    let found = uchat_tui::image::Found::Size(size.0, size.1);
    gallery.chat.screen.happens(Event::Done(Done::Image(Request::Measure(path.clone()), Ok(found))));
    gallery.shows("loading the image…");
    let before = gallery.chat.screen.find("▤ photo.png");
    assert_eq!(gallery.work(), 1);
    assert!(gallery.chat.screen.find("loading").is_none() && gallery.painted() > 0);
    assert_eq!(gallery.chat.screen.find("▤ photo.png"), before);
}

#[test]
fn an_image_far_above_is_measured_only_when_one_comes_near_and_drawn_only_when_it_is_seen() {
    let mut store = vec![saved(1, "photo.png")];
    store.extend((2..150).map(|seq| message("bob", seq, &format!("number {seq}."))));
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 24), store);
    gallery.looked = 0;
    assert!(gallery.requests().is_empty());
    let mut measured_at = None;
    for page in 0..20 {
        gallery.chat.key("pageup");
        for request in gallery.requests() {
            match request {
                Request::Measure(_) => measured_at = Some(page),
                Request::Draw(_) => assert!(gallery.chat.screen.find("photo.png").is_some()),
            }
            gallery.workers.take(request);
            let done = gallery.told.recv().unwrap();
            gallery.chat.screen.happens(Event::Done(done));
        }
    }
    gallery.shows("▤ photo.png");
    assert!(measured_at.is_some_and(|page| page < 8), "{measured_at:?}");
    assert!(gallery.painted() > 0);
}

#[test]
fn small_images_of_friends_are_saved_when_they_are_seen_and_large_ones_have_a_button() {
    let settings = Settings { downloads: "/home/ann/Downloads".into(), ..Settings::default() };
    let store = vec![offered(1, (2 << 20) + 1), offered(2, 2 << 20)];
    let mut gallery = Gallery::new(settings, Graphics::default(), (80, 24), store);
    let saves: Vec<_> = gallery
        .chat
        .screen
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Command(_, Command::SaveFile { message_id, path }) => Some((*message_id, path.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(saves, [(id_of(2), "/home/ann/Downloads/bob".to_owned())]);
    gallery.shows("[ s save ]");
    let path = gallery.path("photo.png").to_str().unwrap().to_owned();
    let notes = gallery.chat.screen.app.notes.len();
    gallery.chat.screen.notice(Notice::FileSaved { id: id_of(2), path });
    gallery.work();
    assert_eq!(gallery.chat.screen.app.notes.len(), notes, "nobody has asked for it");
    assert!(gallery.painted() > 0);
    let count = gallery.chat.count(|command| matches!(command, Command::SaveFile { .. }));
    assert_eq!(count, 1, "and only once");
}

#[test]
fn nothing_is_saved_by_itself_of_our_own_of_other_kinds_or_names_or_without_a_connection() {
    let ours = Shown { state: Some(DeliveryState::Stored), from: Some("ann".into()), ..offered(1, 9) };
    let other =
        Shown { text: None, file: photo("a.zip", "application/zip", 9, None), ..message("bob", 2, "") };
    let program =
        Shown { text: None, file: photo("photo.png.desktop", "image/png", 9, None), ..message("bob", 3, "") };
    let gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![ours, other, program]);
    assert_eq!(gallery.chat.count(|command| matches!(command, Command::SaveFile { .. })), 0);
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let state = uchat_client::core::Connection::Offline;
    gallery.chat.screen.notice(Notice::Connection { state, reason: None, code: None, retry_in: None });
    gallery.chat.comes(offered(2, 9));
    assert_eq!(gallery.chat.count(|command| matches!(command, Command::SaveFile { .. })), 0);
}

#[test]
fn an_image_that_could_not_be_saved_by_itself_says_so_beside_it_and_aloud_only_to_whom_asks() {
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![offered(1, 9)]);
    let failed = || Notice::FileFailed { id: id_of(1), reason: "the disk is full".into(), code: "internal" };
    let notes = gallery.chat.screen.app.notes.len();
    gallery.chat.screen.notice(failed());
    gallery.shows("✗ ");
    assert_eq!(gallery.chat.screen.app.notes.len(), notes);
    gallery.chat.screen.click_on("[ s save ]");
    gallery.chat.screen.notice(failed());
    assert_eq!(gallery.chat.screen.app.notes.len(), notes + 1);
}

#[test]
fn an_image_that_was_sent_from_here_stays_when_the_history_does_not_tell_where_it_lies() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (80, 24), vec![message("bob", 1, "x")]);
    let path = gallery.path("photo.png").to_str().unwrap().to_owned();
    let sent = |path, seq, state| Shown {
        text: None,
        file: photo("photo.png", "image/png", 9, path),
        seq,
        state: Some(state),
        ..message("ann", 2, "")
    };
    gallery.chat.comes(sent(Some(path), None, DeliveryState::Queued));
    gallery.chat.comes(sent(None, Some(2), DeliveryState::Stored));
    gallery.work();
    assert_eq!(gallery.painted(), 32 * 12);
    assert!(gallery.chat.screen.find("save").is_none(), "it is here already");
}

#[test]
fn another_size_of_the_terminal_gives_another_size_of_the_image() {
    let mut gallery =
        Gallery::new(Settings::default(), Graphics::default(), (200, 60), vec![saved(1, "wide.png")]);
    let before = gallery.painted();
    gallery.chat.screen.resize(80, 24);
    assert!(gallery.chat.screen.effects.iter().any(|effect| matches!(effect, Effect::WakeAt(_))));
    gallery.chat.screen.later(50);
    gallery.work();
    assert!(gallery.painted() > 0 && gallery.painted() < before);
}

#[test]
fn a_picture_is_the_same_for_two_messages_with_one_file_and_a_failed_one_is_told_once() {
    let store = vec![saved(1, "photo.png"), saved(2, "photo.png"), saved(3, "gone.png")];
    let mut gallery = Gallery::new(Settings::default(), Graphics::default(), (80, 60), store);
    gallery.looked = 0;
    let requests = gallery.requests();
    assert_eq!(requests.len(), 3, "{requests:?}");
    assert_eq!(gallery.painted(), 2 * 32 * 12);
    let path = gallery.path("gone.png");
    let look = gallery.chat.screen.app.album.look(&path.to_str().unwrap().into(), 60);
    assert_eq!(look, uchat_tui::image::Look::Trouble(Trouble::Gone));
}
