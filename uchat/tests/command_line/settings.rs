//! Options over the environment over the file, and how a server ends.

use crate::home::{Home, PATIENCE};
use echo::lab::Process;

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
            home.read(format!("{folder}/invite")).contains("file.example"),
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
    for (variable, value) in
        [("UCHAT_LISTEN", "somewhere"), ("UCHAT_LOG", "uchat=loud"), ("UCHAT_PROFILE", "")]
    {
        let mut command = home.command(["server"]);
        command.env(variable, value);
        let ended = Process::spawn(command).unwrap().wait(PATIENCE).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{variable}: {}", ended.errors);
        let option = variable.replace("UCHAT_", "--").to_lowercase();
        let named = ended.errors.contains(variable) || ended.errors.contains(&option);
        assert!(named, "{variable}: {}", ended.errors);
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
