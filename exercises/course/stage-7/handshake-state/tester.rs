//! The tester of `handshake-state`: the good orders, some famous bad ones, then every order of up to six
//! messages.

mod exercise;

use certificates::handshake::codec::MessageType;
use exercise::{State, Wanted};
use kit::fail;

const WANTED: [Wanted; 4] = [
    Wanted { access: false, certificate: false },
    Wanted { access: true, certificate: false },
    Wanted { access: false, certificate: true },
    Wanted { access: true, certificate: true },
];

/// What a client sends to a server that wants this.
fn good(wanted: Wanted) -> Vec<MessageType> {
    let mut messages = vec![MessageType::ClientHello];
    messages.extend(wanted.access.then_some(MessageType::Access));
    if wanted.certificate {
        messages.extend([MessageType::Certificate, MessageType::CertificateVerify]);
    }
    messages.push(MessageType::Finished);
    messages
}

/// The state in which the server must be after these messages.
fn expected(messages: &[MessageType], wanted: Wanted) -> State {
    let good = good(wanted);
    if !good.starts_with(messages) {
        return State::Failed;
    }
    match good.get(messages.len()) {
        None => State::Done,
        Some(MessageType::ClientHello) => State::ClientHello,
        Some(MessageType::Access) => State::Access,
        Some(MessageType::Certificate) => State::Certificate,
        Some(MessageType::CertificateVerify) => State::CertificateVerify,
        Some(_) => State::Finished,
    }
}

fn told(messages: &[MessageType], wanted: Wanted) -> String {
    let names: Vec<String> = messages.iter().map(ToString::to_string).collect();
    let wants = match (wanted.access, wanted.certificate) {
        (false, false) => "nothing",
        (true, false) => "the access key",
        (false, true) => "a certificate",
        (true, true) => "the access key and a certificate",
    };
    format!("a server that wants {wants}, after {}", names.join(", "))
}

fn check(messages: &[MessageType], wanted: Wanted) {
    let found = messages.iter().fold(State::ClientHello, |state, message| state.next(*message, wanted));
    let expected = expected(messages, wanted);
    if found != expected {
        fail(format!("{}\nexpected  {expected:?}\nfound     {found:?}", told(messages, wanted)));
    }
}

/// Each message after these, and after each of those, until there are `most`.
fn all_orders(messages: &mut Vec<MessageType>, most: usize, wanted: Wanted) {
    if messages.len() == most {
        return;
    }
    for message in MessageType::ALL {
        messages.push(message);
        check(messages, wanted);
        all_orders(messages, most, wanted);
        messages.pop();
    }
}

pub fn main() {
    kit::run(|tester| {
        use MessageType::{Access, Certificate, CertificateVerify, ClientHello, Finished, ServerHello};
        let [nothing, access, certificate, both] = WANTED;
        tester.step("client_hello and finished, where nothing more is wanted", || {
            check(&[ClientHello], nothing);
            check(&[ClientHello, Finished], nothing);
        });
        tester.step("access in between, where the access key is wanted", || {
            (1..=3).for_each(|length| check(&good(access)[..length], access));
        });
        tester.step("certificate and certificate_verify, where they are wanted, and both", || {
            (1..=4).for_each(|length| check(&good(certificate)[..length], certificate));
            (1..=5).for_each(|length| check(&good(both)[..length], both));
        });
        tester.step("no proof can be left out", || {
            check(&[ClientHello, Finished], access);
            check(&[ClientHello, Finished], certificate);
            check(&[ClientHello, Certificate, Finished], certificate);
            check(&[ClientHello, Certificate, CertificateVerify, Finished], both);
            check(&[ClientHello, Access, Finished], both);
        });
        tester.step("nothing comes that is not wanted, none comes twice, none in the wrong order", || {
            check(&[ClientHello, Access], nothing);
            check(&[ClientHello, Certificate], access);
            check(&[ClientHello, ClientHello], nothing);
            check(&[ClientHello, Certificate, Certificate], certificate);
            check(&[ClientHello, CertificateVerify, Certificate], certificate);
            check(&[ClientHello, Certificate, CertificateVerify, Access, Finished], both);
            check(&[ClientHello, ServerHello], nothing);
        });
        tester.step("what has failed stays so, and what is done is over", || {
            check(&[Access, ClientHello, Finished], nothing);
            check(&[ClientHello, Access, Finished], nothing);
            check(&[ClientHello, Finished, Finished], nothing);
            check(&[ClientHello, Finished, ClientHello], nothing);
        });
        tester.step("every order of up to six of the nine messages", || {
            for wanted in WANTED {
                all_orders(&mut Vec::new(), 6, wanted);
            }
        });
    });
}
