//! Diffie-Hellman with small numbers.

use super::{filled, refuses, with};
use key_exchange::{Exponents, Group, KeyPair};
use num_bigint::BigUint;
use zeroize::Zeroizing;

/// Both public values and the shared one, as stage 5 computes them; or the sentence with which it refuses one.
fn exchange(p: u32, g: u32, a: u32, b: u32) -> Result<(BigUint, BigUint, BigUint), String> {
    let group = Group { p: p.into(), g: g.into(), exponents: Exponents::Random256 };
    let pair =
        |private: u32| KeyPair::from_private(&group, Zeroizing::new(private.to_be_bytes().to_vec())).unwrap();
    let (client, server) = (pair(a), pair(b));
    let shared = client.shared_value(server.public()).map_err(|error| error.to_string())?;
    assert_eq!(*shared, *server.shared_value(client.public()).map_err(|error| error.to_string())?);
    let number = BigUint::from_bytes_be;
    Ok((number(client.public()), number(server.public()), number(&shared)))
}

#[test]
fn both_sides_and_the_eavesdropper_get_what_stage_5_computes() {
    with("dh", |page| {
        for (p, g, a, b) in [
            (23, 5, 6, 15),
            (23, 5, 3, 4),
            (101, 2, 77, 33),
            (65_537, 3, 4_321, 60_000),
            (999_983, 5, 123_456, 654_321),
        ] {
            let (client, server, shared) = exchange(p, g, a, b).unwrap();
            let numbers = [("p", p), ("g", g), ("a", a), ("b", b)].map(|(name, n)| (name, n.to_string()));
            let result = filled(page, "dh", &numbers.each_ref().map(|(name, n)| (*name, n.as_str())));
            let tries =
                (1_u64..).find(|x| BigUint::from(g).modpow(&(*x).into(), &p.into()) == client).unwrap();
            let tries_text = if tries == 1 { "1 try".to_owned() } else { format!("{tries} tries") };
            assert_eq!(
                result,
                format!("Both sides have {shared}. The eavesdropper needed {tries_text} to have it, too.")
            );
            let sides = page.table("dh", 0);
            assert!(sides[1][1].ends_with(&format!("= {client}")), "{sides:?}");
            assert_eq!(sides[1][2], format!("client: {client}, server: {server}"));
            assert!(
                sides[2][1].ends_with(&format!("= {shared}"))
                    && sides[2][3].ends_with(&format!("= {shared}"))
            );
            let steps = page.table("dh", 1);
            assert_eq!(
                steps.iter().map(|row| row[0].as_str()).collect::<String>(),
                format!("{a:b}"),
                "its bits"
            );
            let last = steps.last().unwrap();
            let made = if last[0] == "1" { &last[2] } else { &last[1] };
            assert!(
                made.ends_with(&format!("= {client}")),
                "square-and-multiply ends at the public value: {last:?}"
            );
            let heard = page.table("dh", 2);
            assert!(heard[heard.len() - 2][1].ends_with(&format!("= {shared}")), "{heard:?}");
        }
    });
}

#[test]
fn values_that_stage_5_refuses_are_named() {
    with("dh", |page| {
        // 2 has only 11 powers modulo 23: with a = 11 the public value is 1.
        let refusal = exchange(23, 2, 11, 5).unwrap_err();
        let result = filled(page, "dh", &[("g", "2"), ("a", "11"), ("b", "5")]);
        assert!(result.ends_with(&format!("would refuse the public value 1: {refusal}.")), "{result}");
    });
}

#[test]
fn what_is_no_exchange_is_refused_with_a_sentence() {
    with("dh", |page| {
        for (field, text, part) in [
            ("p", "", "p is missing: write a whole number from 5 to 1000000."),
            ("p", "abc", "p is not a number"),
            ("p", "-23", "p is not a number"),
            ("p", "2.5", "p is not a number"),
            ("p", "4", "p is 4, which is out of range"),
            ("p", "1000003", "out of range"),
            ("p", &"9".repeat(120), "p is 999999999999… (120 digits), which is out of range"),
            ("p", "15", "p = 15 is not a prime: it is 3 × 5. Take 13 or 17."),
            ("p", "1000000", "not a prime: it is 2 × 500000. Take 999983."),
        ] {
            refuses(page, "dh", field, text, part);
        }
        page.fill("dh", "p", "23");
        for (field, text) in [("g", "1"), ("g", "22"), ("a", "0"), ("a", "22"), ("b", "23")] {
            refuses(page, "dh", field, text, &format!("{field} is {text}, which is out of range"));
            page.fill("dh", field, "5");
        }
        assert!(page.result("dh").starts_with("Both sides have "), "it goes on after a refusal");
    });
}
