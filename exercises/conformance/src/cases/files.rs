//! Stage 4's transfer of files, to a server that receives them. What lies in its folder the kit cannot see; what it
//! says of it, it can.

use crate::case::{Case, Outcome};
use crate::session::files::{File, Sending, offer, sent};
use crate::session::words::random;
use crate::target::Target;
use framing::Value;
use framing::transfer::{CHUNK, DIGEST_LENGTH};

const WIRE: &str = "stages/stage-4/README.md#on-the-wire";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "file",
        spec: WIRE,
        sends: "the offer of a file of 5 bytes with a new name, then the bytes in one frame",
        expects: "the int 0, then the bool true",
        slow: false,
        run: |target| sent(&mut Sending::begin(target)?, &File::new(5)?, 0),
    },
    Case {
        name: "file-empty",
        spec: WIRE,
        sends: "the offer of an empty file",
        expects: "the int 0, then the bool true at once: nothing is missing",
        slow: false,
        run: |target| sent(&mut Sending::begin(target)?, &File::new(0)?, 0),
    },
    Case {
        name: "file-large",
        spec: WIRE,
        sends: "a file of 200,001 bytes in frames of 65,536 bytes, the most that a frame may have here",
        expects: "the int 0, then the bool true",
        slow: false,
        run: |target| sent(&mut Sending::begin(target)?, &File::new(200_001)?, 0),
    },
    Case {
        name: "file-in-bytes",
        spec: WIRE,
        sends: "a file of 100 bytes, a frame for each byte",
        expects: "the int 0, then the bool true",
        slow: false,
        run: in_bytes,
    },
    Case {
        name: "file-after-file",
        spec: WIRE,
        sends: "three files on one connection, each offered after the true of the one before",
        expects: "the int 0 and the bool true for each",
        slow: false,
        run: |target| {
            let mut sending = Sending::begin(target)?;
            [3, 2, 1].into_iter().try_for_each(|size| sent(&mut sending, &File::new(size)?, 0))
        },
    },
    Case {
        name: "file-goes-on",
        spec: WIRE,
        sends: "70,000 of 100,000 bytes, then the end; on another connection the same offer, and what is missing",
        expects: "the second time the int 70,000, then the bool true",
        slow: false,
        run: goes_on,
    },
    Case {
        name: "file-again",
        spec: WIRE,
        sends: "a file, and the offer of the same file once more",
        expects: "the second time its size and the bool true: it does not travel again",
        slow: false,
        run: |target| {
            let file = File::new(1000)?;
            sent(&mut Sending::begin(target)?, &file, 0)?;
            sent(&mut Sending::begin(target)?, &file, 1000)
        },
    },
    Case {
        name: "file-name-taken",
        spec: WIRE,
        sends: "two files of one name and another content; then the offer of the first once more",
        expects: "both are taken from byte 0; the first is still there: no file is overwritten",
        slow: false,
        run: name_taken,
    },
    Case {
        name: "file-name-with-path",
        spec: WIRE,
        sends: "a file; then the same bytes with ../../ and then C:\\ in front of its name",
        expects: "both times its size and the bool true: only what stands behind the last / or \\ counts",
        slow: false,
        run: with_path,
    },
    Case {
        name: "file-no-name",
        spec: WIRE,
        sends: "offers with the names nothing, .., a/ and 181 times x",
        expects: "a str and the end for each",
        slow: false,
        run: no_name,
    },
    Case {
        name: "file-wrong-digest",
        spec: WIRE,
        sends: "a file whose bytes are others than those of its digest; then the same offer again",
        expects: "a str and the end; then the int 0: what has arrived is thrown away",
        slow: false,
        run: wrong_digest,
    },
    Case {
        name: "file-too-much",
        spec: WIRE,
        sends: "the offer of 5 bytes, then a frame with 6",
        expects: "a str and the end",
        slow: false,
        run: |target| {
            let mut sending = Sending::begin(target)?;
            sending.offer(&File::new(5)?, 0)?;
            sending.hears(&Value::Int(0))?;
            sending.says(b"123456")?;
            sending.refused()
        },
    },
    Case {
        name: "file-frame-too-long",
        spec: WIRE,
        sends: "a file of 100,000 bytes in one frame",
        expects: "a str and the end: a frame has 1 to 65,536 bytes here",
        slow: false,
        run: |target| {
            let (mut sending, file) = (Sending::begin(target)?, File::new(100_000)?);
            sending.offer(&file, 0)?;
            sending.hears(&Value::Int(0))?;
            sending.says(&file.bytes)?;
            sending.refused()
        },
    },
    Case {
        name: "file-from-beyond",
        spec: WIRE,
        sends: "the offer of a new file from byte 3 on",
        expects: "a str and the end: bytes 0 to 2 are nowhere",
        slow: false,
        run: |target| {
            let mut sending = Sending::begin(target)?;
            sending.offer(&File::new(5)?, 3)?;
            sending.refused()
        },
    },
    Case {
        name: "file-of-exabytes",
        spec: WIRE,
        sends: "the offer of 18,446,744,073,709,551,615 bytes",
        expects: "a str and the end, before a byte is sent",
        slow: false,
        run: |target| {
            let mut sending = Sending::begin(target)?;
            let file = File::new(1)?;
            sending.offer_value(&offer(&file.name, u64::MAX, 0, &file.digest()))?;
            sending.refused()
        },
    },
    Case {
        name: "file-no-offer",
        spec: WIRE,
        sends: "in place of an offer an int, a dict without a digest, bytes that are no value",
        expects: "the end for each, with a str or without",
        slow: false,
        run: no_offer,
    },
];

fn in_bytes(target: &Target) -> Outcome {
    let (mut sending, file) = (Sending::begin(target)?, File::new(100)?);
    sending.offer(&file, 0)?;
    sending.hears(&Value::Int(0))?;
    sending.says_all(&file.bytes, 1)?;
    sending.hears(&Value::Bool(true))
}

fn goes_on(target: &Target) -> Outcome {
    let (mut sending, file) = (Sending::begin(target)?, File::new(100_000)?);
    sending.offer(&file, 0)?;
    sending.hears(&Value::Int(0))?;
    sending.says_all(&file.bytes[..70_000], CHUNK)?;
    sending.0.finish();
    sending.0.ends()?; // it has read all of it then
    sent(&mut Sending::begin(target)?, &file, 70_000)
}

fn name_taken(target: &Target) -> Outcome {
    let (file, mut sending) = (File::new(10)?, Sending::begin(target)?);
    sent(&mut sending, &file, 0)?;
    let other = File { name: file.name.clone(), bytes: b"another".to_vec() };
    sent(&mut sending, &other, 0)?;
    sent(&mut sending, &file, 10).map_err(|wrong| wrong.when("the first file"))
}

fn with_path(target: &Target) -> Outcome {
    let (file, mut sending) = (File::new(10)?, Sending::begin(target)?);
    sent(&mut sending, &file, 0)?;
    for before in ["../../", "C:\\"] {
        let far = File { name: format!("{before}{}", file.name), bytes: file.bytes.clone() };
        sent(&mut sending, &far, 10).map_err(|wrong| wrong.when(&far.name))?;
    }
    Ok(())
}

fn no_name(target: &Target) -> Outcome {
    for name in ["", "..", "a/", &"x".repeat(181)] {
        let (mut sending, file) = (Sending::begin(target)?, File::new(1)?);
        sending.offer_value(&offer(name, 1, 0, &file.digest()))?;
        sending.refused().map_err(|wrong| wrong.when(&format!("the name {name:?}")))?;
    }
    Ok(())
}

fn wrong_digest(target: &Target) -> Outcome {
    let (mut sending, file) = (Sending::begin(target)?, File::new(5)?);
    let wrong = offer(&file.name, 5, 0, &random::<DIGEST_LENGTH>()?);
    sending.offer_value(&wrong)?;
    sending.hears(&Value::Int(0))?;
    sending.says(&file.bytes)?;
    sending.refused()?;
    let mut again = Sending::begin(target)?;
    again.offer_value(&wrong)?;
    again.hears(&Value::Int(0))
}

fn no_offer(target: &Target) -> Outcome {
    let half = Value::Dict(vec![
        ("name".to_owned(), Value::from("kit")),
        ("size".to_owned(), Value::Int(1)),
        ("offset".to_owned(), Value::Int(0)),
    ]);
    for value in [Value::Int(7), half] {
        let mut sending = Sending::begin(target)?;
        sending.offer_value(&value)?;
        sending.0.ends().map_err(|wrong| wrong.when(&format!("{value:?}")))?;
    }
    let mut sending = Sending::begin(target)?;
    sending.says(b"no value")?;
    sending.0.ends()?;
    sent(&mut Sending::begin(target)?, &File::new(1)?, 0)
}
