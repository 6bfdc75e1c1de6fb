//! Windows about messages: files, emoji, what was written before, and what leaves the program.

use super::*;

#[test]
fn what_was_found_in_the_history_is_gone_to() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::Search);
    screen.write("eight");
    let searches = |command: &Command| matches!(command, Command::History { search: Some(_), .. });
    let (id, _) = asked(&screen, searches);
    screen.answer(id, Ok(Answer::Messages { messages: Vec::new() }));
    let (id, command) = asked(&screen, searches);
    assert!(matches!(command, Command::History { search: Some(text), .. } if text == "eight"));
    let messages = vec![text_of("bob", bob(), 7, "before eight"), text_of("bob", bob(), 9, "after eight")];
    screen.answer(id, Ok(Answer::Messages { messages }));
    screen.shows("2 found");
    let row = |text: &str| screen.find(text).unwrap().1;
    assert!(row("after eight") < row("before eight"), "the newest first:\n{}", screen.text());
    screen.key("down");
    screen.key("enter");
    assert!(screen.app.overlay.is_none());
    let around =
        |command: &Command| matches!(command, Command::History { before: Some(_), search: None, .. });
    let (id, _) = asked(&screen, around);
    let messages = vec![text_of("bob", bob(), 7, "before eight"), text_of("bob", bob(), 8, "and then")];
    screen.answer(id, Ok(Answer::Messages { messages }));
    screen.shows("▶ before eight");
}

#[test]
fn a_file_is_found_by_folder_by_name_and_by_a_pasted_path() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    let listed = |screen: &mut Screen, folder: &str, entries: &[(&str, Option<u64>)]| {
        let entries =
            entries.iter().map(|(name, size)| Listed { name: (*name).into(), size: *size }).collect();
        screen.happens(Event::Done(Done::Listed(PathBuf::from(folder), Ok(entries))));
    };
    let lists = |screen: &Screen| {
        screen.effects.iter().rev().find_map(|effect| match effect {
            Effect::Job(Job::List(folder)) => Some(folder.clone()),
            _ => None,
        })
    };
    let sent = |screen: &Screen| match asked(screen, |command| matches!(command, Command::SendFile { .. })) {
        (_, Command::SendFile { path, .. }) => path,
        _ => unreachable!("it is one"),
    };
    screen.does(Action::SendFile);
    listed(&mut screen, "/home/ann", &[("b.txt", Some(5)), ("docs", None), (".hidden", Some(1))]);
    assert!(screen.find(".hidden").is_none());
    let row = |text: &str| screen.find(text).unwrap().1;
    assert!(row("docs/") < row("b.txt"), "folders first");
    screen.click_on("docs/");
    assert_eq!(lists(&screen), Some(PathBuf::from("/home/ann/docs")));
    listed(&mut screen, "/home/ann/docs", &[("thesis.pdf", Some(3 << 20)), ("todo.md", Some(9))]);
    screen.shows("3.1 MB");
    screen.write("the");
    screen.key("enter");
    assert_eq!(sent(&screen), "/home/ann/docs/thesis.pdf");
    assert!(screen.app.overlay.is_none());
    screen.does(Action::SendFile);
    listed(&mut screen, "/home/ann", &[]);
    screen.happens(Event::Paste("'/tmp/a picture.png'\n".into()));
    screen.key("enter");
    assert_eq!(sent(&screen), "/tmp/a picture.png");
    screen.does(Action::SendFile);
    screen.write("/etc/");
    assert_eq!(lists(&screen), Some(PathBuf::from("/etc/")));
    let refused = Done::Listed(PathBuf::from("/etc/"), Err("no right to read it".into()));
    screen.happens(Event::Done(refused));
    screen.shows("✗ no right to read it");
}

#[test]
fn what_is_typed_while_a_folder_is_looked_into_is_not_lost() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    let listed = |screen: &mut Screen, folder: &str, names: &[&str]| {
        let entries = names.iter().map(|name| Listed { name: (*name).into(), size: Some(1) }).collect();
        screen.happens(Event::Done(Done::Listed(PathBuf::from(folder), Ok(entries))));
    };
    let send = |screen: &mut Screen| {
        screen.key("enter");
        match asked(screen, |command| matches!(command, Command::SendFile { .. })) {
            (_, Command::SendFile { path, .. }) => path,
            _ => unreachable!("it is one"),
        }
    };
    screen.does(Action::SendFile);
    screen.write("/home/ann/ph");
    listed(&mut screen, "/", &[]);
    listed(&mut screen, "/home", &["phone"]);
    listed(&mut screen, "/home/ann", &["other", "photo"]);
    assert_eq!(send(&mut screen), "/home/ann/photo");
    screen.does(Action::SendFile);
    screen.happens(Event::Paste("~/photo".into()));
    let asked = screen.effects.iter().rev().find_map(|effect| match effect {
        Effect::Job(Job::List(folder)) => Some(folder.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(PathBuf::from("~/")), "only the other side knows where that is");
    listed(&mut screen, "/home/bob", &["other", "photo"]);
    assert_eq!(send(&mut screen), "/home/bob/photo");
}

#[test]
fn an_emoji_is_found_in_both_languages_and_written_or_put_to_a_message() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    for words in ["birthday", "生日"] {
        screen.does(Action::Emoji);
        screen.write(words);
        screen.click_on("🎂");
        assert!(screen.app.overlay.is_none());
    }
    screen.shows("🎂🎂");
    let message = text_of("bob", bob(), 1, "").id;
    screen.app.view.selected = message;
    screen.does(Action::React);
    screen.key("enter");
    let (_, command) = asked(&screen, |command| matches!(command, Command::React { .. }));
    assert!(
        matches!(command, Command::React { message_id, emoji, on: true } if emoji == "😀" && Some(message_id) == message)
    );
}

#[test]
fn a_chat_is_written_into_a_file_and_where_that_is_is_told() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.does(Action::Export);
    screen.click_on("HTML");
    let wanted = |effect: &&Effect| matches!(effect, Effect::Job(Job::Export { format: "html", with }) if *with == bob());
    assert!(screen.effects.iter().any(|effect| wanted(&effect)));
    screen.shows("writing…");
    screen.happens(Event::Done(Done::Exported(Ok(PathBuf::from("/home/ann/bob.html")))));
    screen.shows("written to /home/ann/bob.html");
    screen.key("c");
    assert!(
        screen
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Copy(path) if path == "/home/ann/bob.html"))
    );
}

#[test]
fn where_a_chat_was_written_is_told_also_when_the_window_is_closed() {
    for lang in Lang::ALL {
        let mut screen = lively(settings(*lang, Theme::Dark), (80, 24));
        open(&mut screen, &bob());
        screen.does(Action::Export);
        screen.key("enter");
        screen.key("esc");
        screen.happens(Event::Done(Done::Exported(Ok(PathBuf::from("/home/ann/bob.txt")))));
        screen.shows("/home/ann/bob.txt");
        screen.happens(Event::Done(Done::Exported(Err("the disk is on fire".into()))));
        screen.shows(if *lang == Lang::Zh { "未能完成：the disk" } else { "✗ the disk is on fire" });
    }
}

#[test]
fn the_menu_offers_for_a_message_only_what_can_be_done_with_it() {
    let mut screen = lively(Settings::default(), (80, 24));
    open(&mut screen, &bob());
    screen.key("ctrl-p");
    screen.does(Action::Menu);
    screen.shows("reply");
    for text in ["delete for everybody", "save the file", "try again", "copy the links"] {
        assert!(screen.find(text).is_none(), "`{text}` in\n{}", screen.text());
    }
}
