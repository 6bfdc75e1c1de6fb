//! Options over the environment over the file, and how a server ends.

use crate::home::{Home, PATIENCE};
use echo::lab::{Ended, Process};

#[test]
fn options_count_more_than_the_environment_and_that_more_than_the_file() {
    let home = Home::new();
    let settings = "listen = \"127.0.0.1:0\"\ndata = \"of-the-file\"\nhost = [\"file.example\"]\n";
    std::fs::write(home.path("settings.toml"), settings).unwrap();
    let base = ["server", "--config", "settings.toml", "--no-echo"];
    let variable = ("UCHAT_DATA", "of-the-environment");
    for (options, variables, folder) in [
        (&[][..], &[][..], "of-the-file"),
        (&[], &[variable], "of-the-environment"),
        (&["--data", "of-the-options"], &[variable], "of-the-options"),
    ] {
        let mut command = home.command(base.iter().chain(options));
        command.envs(variables.iter().copied());
        drop(Process::spawn(command).unwrap().server().unwrap());
        assert!(home.path(folder).join("uchat.db").is_file(), "{folder}");
        assert!(
            home.read(&format!("{folder}/invite")).contains("file.example"),
            "what only the file says counts"
        );
        std::fs::remove_dir_all(home.path(folder)).unwrap();
        let all = std::fs::read_dir(home.path("")).unwrap();
        assert!(!all.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("of-the")));
    }
}

#[test]
fn wrong_settings_are_told_with_the_place_where_they_stand() {
    let home = Home::new();
    std::fs::write(home.path("settings.toml"), "listen = \"127.0.0.1:0\"\nlessen = 4\n").unwrap();
    let ended = home.run(&["server", "--config", "settings.toml"]);
    assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("settings.toml") && ended.errors.contains("lessen"), "{}", ended.errors);
    let ended = home.run(&["server", "--config", "nowhere.toml"]);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.errors);
    assert!(ended.errors.contains("nowhere.toml"), "{}", ended.errors);
    for (variable, value) in [
        ("UCHAT_LISTEN", "somewhere"),
        ("UCHAT_LOG", "uchat=loud"),
        ("UCHAT_HOST", "a b"),
        ("UCHAT_TLS", "x"),
    ] {
        let mut command = home.command(["server"]);
        command.env(variable, value);
        let ended = Process::spawn(command).unwrap().wait(PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{variable}: {}", ended.errors);
        let option = variable.replace("UCHAT_", "--").to_lowercase();
        let named = ended.errors.contains(variable) || ended.errors.contains(&option);
        assert!(named, "{variable}: {}", ended.errors);
    }
}

/// The program with these variables, to its end: exit status, output, errors.
fn ended(home: &Home, variables: &[(&str, &str)], args: &[&str]) -> Ended {
    let mut command = home.command(args);
    command.envs(variables.iter().copied());
    Process::spawn(command).unwrap().wait(PATIENCE).unwrap()
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let home = Home::new();
    let help = home.done(&["server", "--help"]);
    let names = help.split("UCHAT_").skip(1).filter_map(|rest| rest.split('=').next());
    let names: Vec<String> = names.chain(["LOG", "WELCOME"]).map(|name| format!("UCHAT_{name}")).collect();
    for name in ["UCHAT_PROFILE", "UCHAT_LISTEN", "UCHAT_TLS"] {
        assert!(names.iter().any(|known| known == name), "{name}: {help}");
    }
    let variables: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    assert_eq!(ended(&home, &variables, &["paths"]).output, ended(&home, &[], &["paths"]).output);
    let mut command = home.command(["server", "--listen", "127.0.0.1:0"]);
    command.envs(variables);
    drop(Process::spawn(command).unwrap().server().unwrap());
}

#[test]
fn an_option_counts_more_than_a_variable_that_it_excludes() {
    let home = Home::new();
    for (variables, args, lesson) in [
        (&[("UCHAT_LESSON", "4")][..], &["paths"][..], true),
        (&[("UCHAT_LESSON", "4")], &["--tls", "paths"], false),
        (&[("UCHAT_LESSON", "4")], &["paths", "--tls"], false),
        (&[("UCHAT_LESSON", "4"), ("UCHAT_TLS", "no")], &["paths"], true),
        (&[("UCHAT_TLS", "1")], &["--lesson", "4", "paths"], true),
        (&[("UCHAT_TLS", "1"), ("UCHAT_LESSON", "4")], &["--lesson", "7", "paths"], false),
    ] {
        let ended = ended(&home, variables, args);
        assert_eq!(ended.status.code(), Some(0), "{variables:?} {args:?}: {}", ended.errors);
        assert_eq!(ended.output.contains("lessons/4"), lesson, "{variables:?} {args:?}: {}", ended.output);
    }
    let both = [("UCHAT_TLS", "1"), ("UCHAT_LESSON", "4")];
    for (variables, args) in [
        (&both[..], &["paths"][..]),
        (&both, &["--tls", "--lesson", "4", "paths"]),
        (&[], &["--tls", "--lesson", "7", "paths"]),
        (&[], &["--ca", "ca.pem", "--trust-first", "paths"]),
    ] {
        let ended = ended(&home, variables, args);
        assert_eq!(ended.status.code(), Some(2), "{variables:?} {args:?}: {}", ended.output);
        assert!(ended.errors.contains("exclude each other: give one"), "{}", ended.errors);
    }
    let args = ["--trust-first", "--server", "127.0.0.1:1", "--username", "bob", "contacts"];
    let ended = ended(&home, &[("UCHAT_CA", "nowhere.pem")], &args);
    assert!(ended.errors.contains("nobody listens there"), "{}", ended.errors);
}

#[test]
fn what_a_server_speaks_is_one_setting() {
    let home = Home::new();
    std::fs::write(home.path("lesson.toml"), "lesson = 4\n").unwrap();
    std::fs::write(home.path("tls.toml"), "tls = true\nhost = [\"file.example\"]\n").unwrap();
    let hosts = ("UCHAT_HOST", "A.example, [::1]");
    for (variables, args, tls) in [
        (&[][..], &["--config", "lesson.toml", "--tls"][..], true),
        (&[("UCHAT_TLS", "1"), hosts], &["--config", "lesson.toml"], true),
        (&[("UCHAT_TLS", "no"), hosts], &["--config", "tls.toml"], false),
        (&[], &["--config", "tls.toml"], true),
        (&[], &["--config", "tls.toml", "--lesson", "7"], false),
    ] {
        let always = ["server", "--listen", "127.0.0.1:0", "--no-echo", "--data", "data"];
        let mut command = home.command(always.iter().chain(args));
        command.envs(variables.iter().copied());
        drop(Process::spawn(command).unwrap().server().unwrap());
        let invite = home.read("data/invite");
        assert_eq!(invite.contains("t=tls"), tls, "{variables:?} {args:?}: {invite}");
        if variables.contains(&hosts) {
            assert!(invite.starts_with("uchat://a.example:"), "{invite}");
        }
        std::fs::remove_dir_all(home.path("data")).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn a_server_ends_in_order_when_it_is_asked_to() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let home = Home::new();
        let (server, _) = home.server(&[]);
        let pid = Pid::from_raw(server.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let ended = server.wait(PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(0), "{signal:?}: {}", ended.errors);
        assert!(ended.errors.contains("stopped"), "{signal:?}: {}", ended.errors);
    }
}
