//! The messenger's command line: one-shot verbs, JSON lines good and bad, exit statuses.

use acceptance::messenger::{House, PASSWORD};
use acceptance::run;
use serde_json::{Value, json};
use std::fs;

#[test]
fn two_shells_chat_as_the_readme_says() {
    let house = House::new(&[]);
    let secret = house.folder.path().join("password");
    fs::write(&secret, PASSWORD).unwrap();
    let secret = secret.to_str().unwrap();
    for name in ["anna", "bob"] {
        house.join(name);
        let email = format!("{name}@example.org");
        let (status, _, errors) = house.uchat(
            name,
            &["register", "--username", name, "--email", &email, "--password-file", secret],
            b"",
        );
        assert_eq!(status, 0, "{errors}");
    }
    let (status, _, errors) = house.uchat("anna", &["send", "bob", "hi", "--password-file", secret], b"");
    assert_eq!(status, 1, "they are not friends yet");
    assert!(errors.contains("friend"), "{errors}");
    {
        let (mut anna, mut bob) = (house.again("anna"), house.again("bob"));
        acceptance::messenger::befriend(&mut anna, &mut bob);
    }
    let (status, _, errors) =
        house.uchat("anna", &["send", "bob", "hello from a shell", "--password-file", secret], b"");
    assert_eq!(status, 0, "{errors}");
    let (status, _, errors) =
        house.uchat("anna", &["send", "bob", "-", "--password-file", secret], "piped 文字".as_bytes());
    assert_eq!(status, 0, "{errors}");
    let (status, output, errors) = house.uchat("bob", &["history", "anna", "--password-file", secret], b"");
    assert_eq!(status, 0, "{errors}");
    assert!(output.contains("hello from a shell") && output.contains("piped 文字"), "{output}");
    let (status, output, _) = house.uchat("bob", &["contacts", "--password-file", secret], b"");
    assert_eq!(status, 0);
    assert!(output.contains("anna"), "{output}");
    let (_, anna, _) = house.uchat("anna", &["safety", "bob", "--password-file", secret], b"");
    let (_, bob, _) = house.uchat("bob", &["safety", "anna", "--password-file", secret], b"");
    let words = |text: &str| {
        text.split_whitespace().filter(|word| word.len() > 2).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(words(&anna).len() >= 16, "{anna}");
    assert_eq!(words(&anna)[words(&anna).len() - 16..], words(&bob)[words(&bob).len() - 16..]);
    for (format, begin) in [("text", ""), ("json", "["), ("html", "<!DOCTYPE html>")] {
        let (status, output, errors) =
            house.uchat("bob", &["export", "anna", "--format", format, "--password-file", secret], b"");
        assert_eq!(status, 0, "{errors}");
        assert!(output.starts_with(begin) && output.contains("hello from a shell"), "{output}");
        if format == "json" {
            let lines: Vec<Value> = serde_json::from_str(&output).unwrap();
            let texts: Vec<&Value> = lines.iter().map(|line| &line["text"]).collect();
            assert_eq!(texts, ["hello from a shell", "piped 文字"]);
        }
    }
}

#[test]
fn bad_lines_are_answered_and_end_nothing() {
    let house = House::new(&[]);
    let mut anna = house.person("anna");
    let cases: [(&[u8], Value, &str); 9] = [
        (b"hello\n", Value::Null, "bad_json"),
        (b"[1, 2]\n", Value::Null, "bad_json"),
        (b"{\"id\": 900, \"do\": \"fly\"}\n", json!(900), "unknown_verb"),
        (b"{\"id\": 901}\n", json!(901), "bad_field"),
        (b"{\"id\": 902, \"do\": \"send\"}\n", json!(902), "bad_field"),
        (b"{\"id\": 903, \"do\": \"join_room\", \"room\": \"five\"}\n", json!(903), "bad_field"),
        (b"{\"id\": 904, \"do\": \"join_room\", \"room\": -5}\n", json!(904), "bad_field"),
        (
            b"{\"id\": 905, \"do\": \"send\", \"to\": {\"user\": \"bob\", \"room\": 5}, \"text\": \"x\"}\n",
            json!(905),
            "bad_field",
        ),
        (b"\xff\xfe\n", Value::Null, "bad_json"),
    ];
    for (line, id, code) in cases {
        let answer = anna.raw(line);
        assert_eq!(
            (&answer["id"], &answer["ok"], &answer["code"]),
            (&id, &json!(false), &json!(code)),
            "{}: {answer}",
            line.escape_ascii()
        );
    }
    let long = [b"{\"id\": 1, \"do\": \"search\", \"text\": \"".as_slice(), &b"x".repeat(3 << 20), b"\"}\n"]
        .concat();
    assert_eq!(anna.raw(&long)["ok"], false);
    anna.ask(json!({"do": "contacts", "unknown": 1}));
    let text = "x".repeat(100_000);
    assert_eq!(anna.refused(json!({"do": "send", "to": {"user": "bob"}, "text": text})), "too_long");
    assert_eq!(anna.leave(), 0);
}

#[test]
fn what_is_sent_before_the_input_ends_is_stored() {
    let house = House::new(&[]);
    let (anna, mut bob) = house.friends("anna", "bob");
    assert_eq!(anna.leave(), 0);
    let lines = [
        json!({"id": 1, "do": "login", "username": "anna", "password": PASSWORD}),
        json!({"id": 2, "do": "send", "to": {"user": "bob"}, "text": "last words"}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let (status, output, errors) = house.uchat("anna", &["run"], input.as_bytes());
    assert_eq!(status, 0, "{errors}");
    assert!(output.contains("\"stored\""), "{output}");
    bob.hears("last words");
}

#[test]
fn wrong_usage_is_status_two_and_says_what_to_do() {
    for args in [
        &["fly"][..],
        &["send"],
        &["server", "--lesson", "9"],
        &["server", "--lesson", "3", "--tls"],
        &["export", "bob", "--format", "pdf"],
    ] {
        let ended = run("uchat", args, b"");
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {}", ended.errors);
        assert!(!ended.errors.is_empty());
    }
    for invite in
        ["", "http://localhost/", "uchat://", "uchat://localhost:1/?ca=12", "uchat://localhost:99999/?ca=00"]
    {
        let folder = tempfile::tempdir().unwrap();
        let ended =
            run("uchat", &["--profile", folder.path().to_str().unwrap(), "join", "-"], invite.as_bytes());
        assert_eq!(ended.status.code(), Some(1), "{invite}: {}", ended.errors);
        assert!(ended.errors.contains("this invite cannot be used: "), "{invite}: {}", ended.errors);
        assert_eq!(ended.errors.lines().count(), 1, "{invite}: {}", ended.errors);
    }
    let ended = run("uchat", &["--help"], b"");
    assert_eq!(ended.status.code(), Some(0));
    for verb in [
        "server", "invite", "join", "register", "send", "history", "contacts", "export", "key", "safety",
        "paths", "run", "bench",
    ] {
        assert!(ended.output.contains(verb), "{verb} in {}", ended.output);
    }
}
