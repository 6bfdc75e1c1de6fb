//! What somebody in front of the screen waits for, with 1,000,000 messages in the history: the real program in a
//! terminal, a real server, a second client that sends 200 messages a second. Run with
//! `cargo bench -p uchat --bench screen`; it needs Linux, and about 1 GB below the folder for temporary files.
//!
//! | line | from | to |
//! |---|---|---|
//! | first frame | the start of the process | the log-in form stands on the screen |
//! | log in | Enter after the password | the contact list; most of it is Argon2id at the server |
//! | open the chat | Enter on a contact | its newest message |
//! | a key | a letter is written to the terminal | it stands in the composer |
//! | memory | | resident, server not counted |
//! | idle | | processor time over five seconds in which nothing happens |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that fails should stop"
)]

#[cfg(target_os = "linux")]
#[path = "../tests/command_line/home.rs"]
mod home;
#[cfg(target_os = "linux")]
#[path = "../tests/command_line/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "../tests/command_line/watcher.rs"]
mod watcher;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this benchmark needs Linux");
}

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use crate::home::{Home, PASSWORD};
    use crate::watcher::Watcher;
    use echo::lab::Process;
    use rusqlite::Connection;
    use std::time::{Duration, Instant};

    const HISTORY: u64 = 1_000_000;
    const A_SECOND: u64 = 200;
    const KEYS: usize = 300;
    const STARTS: usize = 10;
    const ENTER: &str = "\r";
    const QUIT: &str = "\x11";

    pub(super) fn main() {
        let home = Home::new();
        let address = prepare(&home);
        let (_server, _) = home.server_at(&address, &["--no-echo"]);
        println!(
            "{:<46} {:>10} {:>10} {:>10}",
            "a history of 1,000,000 messages, 100×30 cells", "p50", "p99", "most"
        );

        let mut frames = Vec::new();
        for _ in 0..STARTS {
            let start = Instant::now();
            let mut watcher = Watcher::new(&home, &["--profile", "ann"]);
            watcher.sees("Log in");
            frames.push(start.elapsed());
            watcher.types(QUIT);
            watcher.status();
        }
        report("first frame", &mut frames);

        let mut watcher = Watcher::new(&home, &["--profile", "ann"]);
        watcher.sees("Log in");
        watcher.types(PASSWORD);
        watcher.sees("•••");
        report("log in", &mut [time(&mut watcher, ENTER, "Contacts")]);
        watcher.sees("● online");
        watcher.sees("bob");
        report("open the chat", &mut [time(&mut watcher, ENTER, &format!("│ message {HISTORY}"))]);

        report("a key, while nothing else happens", &mut keys(&mut watcher));
        let talker = talk(&home);
        watcher.sees("│ news");
        report(&format!("a key, while {A_SECOND} messages come in a second"), &mut keys(&mut watcher));
        talker.join().unwrap();
        watcher.sees("│ news the last");

        // Cursors and times of what has come are written a little later.
        std::thread::sleep(Duration::from_secs(3));
        let before = processor_time(watcher.id());
        std::thread::sleep(Duration::from_secs(5));
        let used = processor_time(watcher.id()) - before;
        println!("{:<46} {:>8.2} %", "idle", used.as_secs_f64() / 5.0 * 100.0);
        println!("{:<46} {:>7.1} MB", "memory", resident(watcher.id()) as f64 / 1e6);
        watcher.types(QUIT);
        watcher.status();
    }

    /// Two friends, and a history that one of them has. Returns the address of the server, which has ended.
    fn prepare(home: &Home) -> String {
        let (server, address) = home.server(&["--no-echo"]);
        home.register("ann");
        home.register("bob");
        home.done(&["--profile", "ann", "add", "bob"]);
        home.done(&["--profile", "bob", "add", "ann"]);
        home.done(&["--profile", "ann", "contacts"]);
        drop(server);
        let before = HISTORY - 1;
        let of_ann = |sql: &str| write(home, "ann/history.db", sql);
        of_ann(&format!(
            "INSERT INTO messages (kind, peer, place, number, seq, sender, id, time, content, text, encrypted, told)
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {before})
             SELECT 0, peer, i, 1, i, peer, randomblob(16), 1700000000000 + i * 1000, 0, 'message ' || i, 1, 1
             FROM n, (SELECT peer FROM conversations WHERE kind = 0)"
        ));
        for name in ["ann", "bob"] {
            let path = format!("{name}/history.db");
            write(home, &path, &format!("UPDATE conversations SET have = {HISTORY}, read = {HISTORY}"));
        }
        of_ann(&format!("UPDATE conversations SET last = 'message {HISTORY}', time = 1700000000000"));
        for set in [
            format!("UPDATE conversations SET last_seq = {HISTORY}, last_time = 1700000000000"),
            format!("INSERT OR REPLACE INTO cursors SELECT c.id, u.id, {HISTORY}, {HISTORY} FROM conversations c, users u
                     WHERE u.id IN (c.low_id, c.high_id)"),
        ] {
            write(home, "uchat/server/uchat.db", &set);
        }
        address.to_string()
    }

    fn write(home: &Home, path: &str, sql: &str) {
        Connection::open(home.path(path)).unwrap().execute(sql, []).unwrap();
    }

    /// `uchat run`, logged in.
    struct Running(Process);

    impl Running {
        /// Reads on to the line that has this in it.
        fn until(&mut self, part: &str) {
            while !self.0.line(crate::home::PATIENCE).unwrap().contains(part) {}
        }
    }

    fn running(home: &Home, name: &str) -> Running {
        let mut client = Running(Process::spawn(home.command(["--profile", name, "run"])).unwrap());
        let login = format!(r#"{{"id":"in","do":"login","username":"{name}","password":"{PASSWORD}"}}"#);
        command(&mut client, &login, "in");
        client
    }

    fn command(client: &mut Running, line: &str, id: &str) {
        client.0.write_line(line).unwrap();
        client.until(&format!(r#""id":"{id}""#));
    }

    /// Somebody who says something so many times a second, until all keys are likely to have been measured.
    fn talk(home: &Home) -> std::thread::JoinHandle<()> {
        let mut bob = running(home, "bob");
        std::thread::spawn(move || {
            let start = Instant::now();
            let say = |bob: &mut Running, text: &str| {
                let line = format!(r#"{{"id":0,"do":"send","to":{{"user":"ann"}},"text":"news {text}"}}"#);
                bob.0.write_line(&line).unwrap();
                // What is answered must not pile up: who waits to answer does not send.
                while bob.0.line(Duration::ZERO).is_ok() {}
            };
            for number in 0..20 * A_SECOND {
                say(&mut bob, &number.to_string());
                let next = Duration::from_millis((number + 1) * 1000 / A_SECOND);
                std::thread::sleep(next.saturating_sub(start.elapsed()));
            }
            say(&mut bob, "the last");
            bob.0.wait(Duration::from_secs(60)).unwrap();
        })
    }

    /// From some letters, each typed when the one before has been seen for a while.
    fn keys(watcher: &mut Watcher) -> Vec<Duration> {
        let mut times = Vec::new();
        for number in 0..KEYS {
            let at = number % 20;
            if at == 0 && number > 0 {
                watcher.types("\x15"); // Ctrl-U
            }
            let typed: String = ('a'..='t').take(at + 1).collect();
            let letter = &typed[at..];
            times.push(time(watcher, letter, &format!("┃{typed}   ")));
            std::thread::sleep(Duration::from_millis(37));
        }
        watcher.types("\x15");
        times
    }

    fn time(watcher: &mut Watcher, keys: &str, sees: &str) -> Duration {
        watcher.catches_up();
        let start = Instant::now();
        watcher.types(keys);
        watcher.sees(sees);
        start.elapsed()
    }

    fn report(what: &str, times: &mut [Duration]) {
        times.sort_unstable();
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
        println!("{what:<46} {:>7.1} ms {:>7.1} ms {:>7.1} ms", at(50), at(99), at(100));
    }

    /// The time that a process has used, in the system's ticks of 10 ms.
    fn processor_time(pid: u32) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks: u64 =
            after_name.split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// The bytes of a process that are in memory.
    fn resident(pid: u32) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}
