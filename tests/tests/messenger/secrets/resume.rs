//! Sessions go on without the password, by tokens that are good once.

use acceptance::messenger::{House, PASSWORD, files_with};
use acceptance::wire::{Wire, login};
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use serde_json::json;
use uchat_protocol::{Code, request};

fn resume(token: &[u8]) -> request::Resume {
    request::Resume { token: ByteBuf::from(token) }
}

/// A token that is not good any more, or never was.
fn is_bad(house: &House, token: &[u8]) {
    assert_eq!(Wire::connect(house).refused(resume(token)).code, Code::BadToken);
}

#[test]
fn a_token_is_good_until_its_successor_is_used_also_over_a_restart() {
    let mut house = House::new(&[]);
    drop(Wire::newcomer(&house, "anna"));
    let token = |request| Wire::enter(&house, request).1.token.unwrap();
    let first = Wire::enter(&house, login("anna")).1.token.unwrap();
    let lost = token(resume(&first));
    // The answer with the new one got lost, so the old one is still good; the lost one is not.
    let second = token(resume(&first));
    is_bad(&house, &lost);
    house.kill();
    house.begin();
    let (wire, logged_in) = Wire::enter(&house, resume(&second));
    assert_eq!(logged_in.name, "anna");
    is_bad(&house, &first);
    let third = logged_in.token.unwrap();
    for wrong in [&[][..], &[0; 32], &third[..31], &[&third[..], &[0]].concat()] {
        is_bad(&house, wrong);
    }
    drop(wire);
    for token in [&first, &lost, &second, &third] {
        assert_eq!(token.len(), 32);
        assert_eq!(files_with(&house.data(), token), [""; 0].map(std::path::PathBuf::from));
    }
    Wire::enter(&house, resume(&third));
}

#[test]
fn log_out_another_log_in_and_another_password_end_all_tokens() {
    let house = House::new(&[]);
    drop(Wire::newcomer(&house, "anna"));
    let (mut wire, logged_in) = Wire::enter(&house, login("anna"));
    wire.ask(request::Logout {}).granted().unwrap();
    is_bad(&house, &logged_in.token.unwrap());

    let (_first, logged_in) = Wire::enter(&house, login("anna"));
    let (mut second, newer) = Wire::enter(&house, login("anna"));
    is_bad(&house, &logged_in.token.unwrap());
    let change = request::ChangePassword { old: PASSWORD.to_owned(), new: "another password".to_owned() };
    second.ask(change).granted().unwrap();
    is_bad(&house, &newer.token.unwrap());
}

#[test]
fn a_client_that_comes_back_by_itself_does_so_without_the_password() {
    let mut house = House::new(&[]);
    let mut anna = house.person("anna");
    anna.event("connection", |event| event["state"] == "online");
    house.kill();
    anna.event("connection", |event| event["state"] == "offline");
    // From now on the password is wrong; a token is all that opens the account.
    let db = Connection::open(house.data().join("uchat.db")).unwrap();
    assert_eq!(db.execute("UPDATE users SET password = '' WHERE username = 'anna'", []).unwrap(), 1);
    drop(db);
    house.begin();
    anna.event("connection", |event| event["state"] == "online");
    anna.ask(json!({"do": "search", "text": "an"}));
    Wire::connect(&house).refused(login("anna"));
}
