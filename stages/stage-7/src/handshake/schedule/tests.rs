//! The schedule against published numbers: RFC 5869, TLS 1.3's own trace, and Python; `published` has those of HMAC and
//! Wycheproof.

use super::*;
use crate::handshake::transcript::Transcript;
use echo::lab::{hex, unhex};
use proptest::prelude::*;

mod published;

fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    unhex(digits).unwrap().try_into().unwrap()
}

/// Appendix A.1 and A.3; HMAC fills a salt with zeros, so 13 bytes, or none, are 32 here.
#[test]
fn hkdf_gives_the_bytes_of_rfc_5869() {
    let input = [0x0b; 22];
    let salt = bytes("000102030405060708090a0b0c00000000000000000000000000000000000000");
    let info: [u8; 10] = bytes("f0f1f2f3f4f5f6f7f8f9");
    for (salt, info, prk, okm) in [
        (
            salt,
            &info[..],
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            [0; 32],
            &[],
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ] {
        let secret = Secret::extract(&salt, &input);
        assert_eq!(hex(secret.bytes()), prk);
        assert_eq!(hex(&*secret.expand::<42>(info)), okm);
    }
}

proptest! {
    #[test]
    fn hkdf_is_that_of_the_crate_hkdf(
        salt: [u8; 32],
        input in proptest::collection::vec(any::<u8>(), 0..300),
        info in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let (prk, hkdf) = hkdf::Hkdf::<Sha256>::extract(Some(&salt), &input);
        let mut expected = [0; 200];
        hkdf.expand(&info, &mut expected).unwrap();
        let secret = Secret::extract(&salt, &input);
        prop_assert_eq!(secret.bytes(), prk.as_slice());
        prop_assert_eq!(*secret.expand::<200>(&info), expected);
    }
}

/// RFC 8448, section 3: TLS 1.3's own trace of a handshake, through the same code with the other label.
#[test]
fn with_its_labels_the_schedule_is_that_of_tls_1_3() {
    let mut transcript = Transcript::default();
    for message in RFC_8448_HELLOS {
        transcript.add(&unhex(message).unwrap());
    }
    let shared: [u8; 32] = bytes("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    let secrets = Schedule::TLS_13.handshake(&shared, &transcript.hash());
    let shown = |secret: &TrafficSecret| hex(secret.secret().bytes());
    assert_eq!(
        [shown(&secrets.client), shown(&secrets.server), hex(secrets.main.secret.bytes())],
        [
            "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
            "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
            "18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919",
        ]
    );
    let key = Schedule::TLS_13.expand_label::<16>(secrets.server.secret(), "key", b"");
    assert_eq!(hex(&*key), "3fce516009c21727d0f2e4e86ee403bc");

    for message in RFC_8448_SERVER {
        transcript.add(&unhex(message).unwrap());
    }
    let finished = unhex(RFC_8448_SERVER_FINISHED).unwrap();
    assert_eq!(secrets.server.finished(&transcript.hash()), finished[4..]);
    assert!(secrets.server.accepts_finished(&transcript.hash(), &bytes(&RFC_8448_SERVER_FINISHED[8..])));
    transcript.add(&finished);
    let (client, server) = secrets.main.application(&transcript.hash());
    assert_eq!(
        [shown(&client), shown(&server)],
        [
            "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
            "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
        ]
    );
    assert_eq!(
        hex(&secrets.client.finished(&transcript.hash())),
        "a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61"
    );
}

/// Ours, against Python's hmac:
///
/// ```python
/// import hashlib, hmac, struct
/// H = lambda b: hashlib.sha256(b).digest()
/// mac = lambda k, m: hmac.new(k, m, 'sha256').digest()
/// def label(secret, name, context):  # one block of HKDF-Expand
///     name = b'uchat ' + name
///     info = struct.pack('>HB', 32, len(name)) + name + bytes([len(context)]) + context
///     return mac(secret, info + b'\x01')
/// early = mac(bytes(32), bytes(32))
/// handshake = mac(label(early, b'derived', H(b'')), b'\x00' + b'\x07' * 255)
/// main = mac(label(handshake, b'derived', H(b'')), bytes(32))
/// hellos, all_ = H(b'hellos'), H(b'until the server has finished')
/// c_hs = label(handshake, b'c hs traffic', hellos)
/// print(c_hs.hex(), label(handshake, b's hs traffic', hellos).hex())
/// print(label(main, b'c ap traffic', all_).hex(), label(main, b's ap traffic', all_).hex())
/// print(mac(label(c_hs, b'finished', b''), all_).hex())
/// print(label(c_hs, b'key', b'').hex(), label(c_hs, b'mac', b'').hex())
/// ```
#[test]
fn the_schedule_gives_what_python_computes() {
    let hash = |text: &str| <[u8; 32]>::from(Sha256::digest(text));
    let shared = [&[0][..], &[7; 255]].concat();
    let secrets = Schedule::UCHAT.handshake(&shared, &hash("hellos"));
    let all = hash("until the server has finished");
    let (client, server) = secrets.main.application(&all);
    let key = |label| hex(&*Schedule::UCHAT.expand_label::<32>(secrets.client.secret(), label, b""));
    let shown = |secret: &TrafficSecret| hex(secret.secret().bytes());
    assert_eq!(
        [
            shown(&secrets.client),
            shown(&secrets.server),
            shown(&client),
            shown(&server),
            hex(&secrets.client.finished(&all)),
            key("key"),
            key("mac"),
        ],
        PYTHON
    );
}

#[test]
fn secrets_never_show() {
    let secrets = Schedule::UCHAT.handshake(&[7; 256], &[1; 32]);
    let shown = format!("{secrets:?} {:?}", secrets.client.packet_keys());
    assert!(!shown.contains(&format!("{:?}", secrets.client.secret().bytes())[1..20]), "{shown}");
    assert!(shown.contains("Secret(secret)") && shown.contains("PacketKeys(secret)"), "{shown}");
}

const PYTHON: [&str; 7] = [
    "1b9086aef5902dc0aeabeab99a6438b74440afc6aaedab80fa6477005857f971",
    "1cdebf822f7e9c14b14069a93f60d749e933bf12345b4ca69c9d77b240cefba8",
    "01249fc249ee7e66d3cc9b17a167b3bae2626f3e843f51b23b7d3ecdc8302706",
    "1c89dfcc3c6dac06667a94e40b5dd580be8796abda7fdb2fdc4781fb9ef8a1fb",
    "85d89c06498fabd190aff03931ebb2b9b004b0c6e27e26e02134df29a1308cdc",
    "23b0bc954e2181ae0c25c9a7872daee66cf9a01193a55b2effa89b31a715260d",
    "8b69b106b5934a0521ef07c0cc2552f1a06f2a81549fded9df3ea31368e40510",
];

const RFC_8448_HELLOS: [&str; 2] = [
    "\
        010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece70000\
        06130113031302010000910000000b0009000006736572766572ff01000100000a00140012001d00\
        17001800190100010101020103010400230000003300260024001d002099381de560e4bd43d23d8e\
        435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003020304000d0020001e040305030603\
        020308040805080604010501060102010402050206020202002d00020101001c00024001",
    "\
        020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e269280013\
        0100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b0\
        4e751f0f002b00020304",
];

/// EncryptedExtensions, Certificate, CertificateVerify.
const RFC_8448_SERVER: [&str; 3] = [
    "\
        080000240022000a00140012001d00170018001901000101010201030104001c0002400100000000",
    "\
        0b0001b9000001b50001b0308201ac30820115a003020102020102300d06092a864886f70d01010b\
        0500300e310c300a06035504031303727361301e170d3136303733303031323335395a170d323630\
        3733303031323335395a300e310c300a0603550403130372736130819f300d06092a864886f70d01\
        0101050003818d0030818902818100b4bb498f8279303d980836399b36c6988c0c68de55e1bdb826\
        d3901a2461eafd2de49a91d015abbc9a95137ace6c1af19eaa6af98c7ced43120998e187a80ee0cc\
        b0524b1b018c3e0b63264d449a6d38e22a5fda430846748030530ef0461c8ca9d9efbfae8ea6d1d0\
        3e2bd193eff0ab9a8002c47428a6d35a8d88d79f7f1e3f0203010001a31a301830090603551d1304\
        023000300b0603551d0f0404030205a0300d06092a864886f70d01010b05000381810085aad2a0e5\
        b9276b908c65f73a7267170618a54c5f8a7b337d2df7a594365417f2eae8f8a58c8f8172f9319cf3\
        6b7fd6c55b80f21a03015156726096fd335e5e67f2dbf102702e608ccae6bec1fc63a42a99be5c3e\
        b7107c3c54e9b9eb2bd5203b1c3b84e0a8b2f759409ba3eac9d91d402dcc0cc8f8961229ac9187b4\
        2b4de10000",
    "\
        0f000084080400805a747c5d88fa9bd2e55ab085a61015b7211f824cd484145ab3ff52f1fda8477b\
        0b7abc90db78e2d33a5c141a078653fa6bef780c5ea248eeaaa785c4f394cab6d30bbe8d4859ee51\
        1f602957b15411ac027671459e46445c9ea58c181e818e95b8c3fb0bf3278409d3be152a3da5043e\
        063dda65cdf5aea20d53dfacd42f74f3",
];

const RFC_8448_SERVER_FINISHED: &str =
    "140000209b9b141d906337fbd2cbdce71df4deda4ab42c309572cb7fffee5454b78f0718";
