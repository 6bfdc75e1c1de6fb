//! Invites: written and read again, and a sentence for every wrong part.
#![allow(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use proptest::prelude::*;
use uchat_protocol::channel::Transport;
use uchat_protocol::{Invite, InviteError};

const CA: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

fn invite(host: &str, transport: Transport, access_key: Option<&[u8]>) -> Invite {
    let ca = std::array::from_fn(|n| n as u8);
    Invite { host: host.to_owned(), port: 9000, ca, access_key: access_key.map(<[u8]>::to_vec), transport }
}

#[test]
fn an_invite_is_written_as_it_is_read() {
    let cases = [
        (
            invite("chat.example.org", Transport::Signed, None),
            format!("uchat://chat.example.org:9000/?ca={CA}"),
        ),
        (
            invite("192.0.2.1", Transport::Tls, Some(&[0xfb, 0xff])),
            format!("uchat://192.0.2.1:9000/?ca={CA}&key=-_8&t=tls"),
        ),
        (
            invite("2001:db8::1", Transport::Signed, Some(&[7; 32])),
            format!("uchat://[2001:db8::1]:9000/?ca={CA}&key=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"),
        ),
    ];
    for (invite, text) in cases {
        assert_eq!(invite.to_string(), text);
        assert_eq!(text.parse(), Ok(invite.clone()));
        assert_eq!(format!("  {text}\r\n").parse(), Ok(invite.clone()), "as it is pasted");
        assert!(!format!("{invite:?}").contains("-_8"), "the key stays out of logs");
    }
    let shouted = format!("UCHAT://LocalHost:9000/?t=tls&ca={}", CA.to_uppercase());
    assert_eq!(
        shouted.parse(),
        Ok(invite("localhost", Transport::Tls, None)),
        "order and case do not matter"
    );
}

#[test]
fn every_wrong_part_has_its_own_sentence() {
    use InviteError as E;
    let with = |rest: &str| format!("uchat://localhost:9000/?ca={CA}{rest}");
    let at = |address: &str| format!("uchat://{address}/?ca={CA}");
    for (text, error) in [
        (String::new(), E::Scheme),
        ("https://localhost:9000/".to_owned(), E::Scheme),
        ("uchat:/é/".to_owned(), E::Scheme),
        ("uchat://localhost:9000".to_owned(), E::CutOff),
        (format!("uchat://localhost:9000/{CA}"), E::CutOff),
        (at("localhost"), E::Port),
        (at("localhost:"), E::Port),
        (at("localhost:0"), E::Port),
        (at("localhost:65536"), E::Port),
        (at("localhost:+80"), E::Port),
        (at(":80"), E::Host),
        (at("a b:80"), E::Host),
        (at("user@host:80"), E::Host),
        (at("::1:80"), E::Host),
        (at("[::1:80"), E::Host),
        (at("[localhost]:80"), E::Host),
        ("uchat://localhost:80/?key=AA".to_owned(), E::NoCa),
        ("uchat://localhost:80/?ca=".to_owned(), E::Ca),
        (format!("uchat://localhost:80/?ca={}", &CA[1..]), E::Ca),
        (format!("uchat://localhost:80/?ca={CA}00"), E::Ca),
        (with("&key="), E::Key),
        (with("&key=AA=="), E::Key),
        (with("&key=a+/b"), E::Key),
        (with("&key=AB"), E::Key),
        (with("&t=quic"), E::Transport),
        (with("&t=tls&t=tls"), E::Twice),
        (with("&x=1"), E::Unknown),
        (with("&"), E::Unknown),
        (with(&"&key=A".repeat(1000)), E::TooLong),
    ] {
        let got = text.parse::<Invite>().unwrap_err();
        assert_eq!(got, error, "{text}");
        let sentence = got.to_string();
        assert!(sentence.len() > 30 && !sentence.contains(CA), "{sentence}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(uchat://)?[a-z0-9.:\\[\\]/?=&%é\\PC]{0,200}") {
        if let Ok(invite) = text.parse::<Invite>() {
            prop_assert_eq!(invite.to_string().parse(), Ok(invite));
        }
    }

    #[test]
    fn every_key_comes_back(key in prop::collection::vec(any::<u8>(), 1..100), port in 1_u16.., tls: bool) {
        let transport = if tls { Transport::Tls } else { Transport::Signed };
        let invite = Invite { port, ..invite("::1", transport, Some(&key)) };
        prop_assert_eq!(invite.to_string().parse(), Ok(invite));
    }
}
