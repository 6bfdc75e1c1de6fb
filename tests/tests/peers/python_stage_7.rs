//! The signed handshake: our programs and the Python peer in both directions, with certificates of ours.

use acceptance::{aes_python, conforms, peer_server, run, run_peer, server};
use echo::lab::Ended;

const LINES: &[u8] = "hello\nstraße 小明\n\nthe end\n".as_bytes();
const ANSWERS: &str = "HELLO\nSTRASSE 小明\n\nTHE END\n";

/// A folder with a CA, a server and a user, all made by our own program.
struct Class(tempfile::TempDir);

impl Class {
    fn new() -> Self {
        let class = Self(tempfile::tempdir().unwrap());
        std::fs::write(class.path("access"), "what all members know\n").unwrap();
        std::fs::write(class.path("other"), "what nobody knows\n").unwrap();
        class.make("ca init --dir @ca");
        class.make("csr --cn alice --email alice@example.org --key @user.key --out @user.csr");
        class.make("ca sign --dir @ca --csr @user.csr --out @user.pem");
        class.make("csr --cn localhost --email root@localhost --key @server.key --out @server.csr");
        class.make("ca sign --dir @ca --csr @server.csr --out @server.pem --server --name localhost");
        class
    }

    /// Runs our program; words that begin with `@` name files of this folder.
    fn make(&self, line: &str) {
        let words: Vec<String> = line
            .split(' ')
            .map(|word| word.strip_prefix('@').map_or_else(|| word.to_owned(), |file| self.path(file)))
            .collect();
        let ended = run("stage-7", &strs(&words), b"");
        assert!(ended.status.success(), "{line}: {}", ended.errors);
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// What a server asks of its clients; ours and theirs take the same options.
    fn demands(&self, access: bool, certificate: bool) -> Vec<String> {
        let access = access.then(|| ["--access-key-file".to_owned(), self.path("access")]);
        let certificate = certificate.then(|| ["--client-ca".to_owned(), self.path("ca/ca.pem")]);
        access.into_iter().chain(certificate).flatten().collect()
    }

    /// What a client has to show.
    fn proofs(&self, access: Option<&str>, certificate: bool) -> Vec<String> {
        let access = access.map(|file| vec!["--access-key-file".to_owned(), self.path(file)]);
        let pair =
            || vec!["--cert".to_owned(), self.path("user.pem"), "--key".to_owned(), self.path("user.key")];
        access.into_iter().chain(certificate.then(pair)).flatten().collect()
    }

    /// Tries every kind of client on a server that demands this.
    fn check(&self, access: bool, certificate: bool, client: impl Fn(&[&str]) -> Ended) {
        for (key, shown) in
            [(Some("access"), true), (Some("access"), false), (Some("other"), true), (None, false)]
        {
            let welcome = (!access || key == Some("access")) && (!certificate || shown);
            let ended = client(&strs(&self.proofs(key, shown)));
            let case = format!("wanted: {access} {certificate}, shown: {key:?} {shown}");
            if welcome {
                assert_eq!(ended.output, ANSWERS, "{case}: {}", ended.errors);
            } else {
                assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""), "{case}");
                assert!(!ended.errors.is_empty(), "{case}");
            }
        }
    }
}

fn strs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// An access key wanted, a client certificate wanted.
const DEMANDS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

#[test]
fn the_python_server_passes_the_conformance_kit() {
    let Some(python) = aes_python() else { return };
    let class = Class::new();
    let [cert, key, ca, access] =
        ["server.pem", "server.key", "ca/ca.pem", "access"].map(|file| class.path(file));
    let server = ["stage-7", "server", "--cert", &cert, "--key", &key, "--chain-ca", &ca];
    let (_server, address) = peer_server(&python, &[&server[..], &["--access-key-file", &access]].concat());
    conforms(&["7", "--ca", &ca, "--key-file", &access], address);
}

#[test]
fn a_python_client_shakes_hands_with_our_server() {
    let Some(python) = aes_python() else { return };
    let class = Class::new();
    let (dir, ca) = (class.path("ca"), class.path("ca/ca.pem"));
    for (access, certificate) in DEMANDS {
        let demands = class.demands(access, certificate);
        let (_server, address) = server("stage-7", &[&["--dir", &dir][..], &strs(&demands)[..]].concat());
        let address = address.to_string();
        let client = ["stage-7", "client", "--connect", &address, "--ca", &ca];
        class.check(access, certificate, |proofs| {
            run_peer(&python, &[&client[..], &["--name", "localhost"], proofs].concat(), LINES)
        });
        let proofs = class.proofs(Some("access"), true);
        // The server's certificate is for 127.0.0.1, too.
        for (name, output) in [(&[][..], ANSWERS), (&["--name", "example.org"], "")] {
            let ended = run_peer(&python, &[&client, name, &strs(&proofs)].concat(), LINES);
            assert_eq!(ended.output, output, "{name:?}: {}", ended.errors);
        }
    }
}

#[test]
fn our_client_shakes_hands_with_a_python_server() {
    let Some(python) = aes_python() else { return };
    let class = Class::new();
    let [cert, key, ca] = ["server.pem", "server.key", "ca/ca.pem"].map(|file| class.path(file));
    for (access, certificate) in DEMANDS {
        let demands = class.demands(access, certificate);
        let server = ["stage-7", "server", "--cert", &cert, "--key", &key, "--chain-ca", &ca];
        let (_server, address) = peer_server(&python, &[&server, &strs(&demands)[..]].concat());
        let address = address.to_string();
        let client = ["client", "--connect", &address, "--ca", &ca];
        class.check(access, certificate, |proofs| {
            run("stage-7", &[&client[..], &["--name", "localhost"], proofs].concat(), LINES)
        });
        let ended = run("stage-7", &[&client[..], &["--name", "example.org"]].concat(), LINES);
        assert_eq!((ended.status.code(), ended.output.as_str()), (Some(1), ""));
    }
}
