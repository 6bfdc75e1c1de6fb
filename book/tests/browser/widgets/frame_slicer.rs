//! Messages in reads of any size.

use super::{filled, from_hex, hex, refuses, with};
use framing::{ByteOrder, FrameDecoder, LIMIT, encode_frame};
use serde_json::json;

/// The stream in reads of these sizes, in turn.
fn slices(mut stream: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let mut reads = Vec::new();
    for size in sizes.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        let (read, rest) = stream.split_at((*size).min(stream.len()));
        reads.push(read.to_vec());
        stream = rest;
    }
    reads
}

fn quoted(bytes: &[u8]) -> String {
    json!(String::from_utf8_lossy(bytes)).to_string()
}

#[test]
fn the_naive_reader_and_the_decoder_of_stage_4_see_the_same_bytes_otherwise() {
    with("frame-slicer", |page| {
        for (messages, sizes) in [
            (&["hello", "how are you?", "bye"][..], &[5, 9, 16][..]),
            (&["straße", "ok"], &[5]), // inside the ß
            (&["one", "two"], &[1024]),
            (&["a", "", "b"], &[1]),
        ] {
            let order = FrameDecoder::default();
            let text = sizes.iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
            filled(page, "frame-slicer", &[("messages", &messages.join("\n")), ("sizes", &text)]);

            let plain = slices(messages.concat().as_bytes(), sizes);
            let naive = page.table("frame-slicer", 0);
            assert_eq!(naive.len(), plain.len());
            for (row, read) in naive.iter().zip(&plain) {
                assert_eq!((&row[1], &row[2]), (&hex(read), &quoted(read)));
                let sent = messages.iter().any(|message| message.as_bytes() == read.as_slice());
                assert_eq!(row[3] == "yes", sent, "{row:?}");
            }

            let (mut stream, mut decoder) = (Vec::new(), order);
            for message in messages {
                encode_frame(ByteOrder::Network, LIMIT, message.as_bytes(), &mut stream).unwrap();
            }
            let reads = slices(&stream, sizes);
            let rows = page.table("frame-slicer", 1);
            assert_eq!(rows.len(), reads.len());
            for (row, read) in rows.iter().zip(&reads) {
                decoder.push(read);
                let mut frames = Vec::new();
                while let Some(frame) = decoder.frame().unwrap() {
                    frames.push(quoted(frame));
                }
                let out = if frames.is_empty() { "none yet".to_owned() } else { frames.join(", ") };
                assert_eq!((from_hex(&row[1]), &row[2]), (read.clone(), &out));
                let waiting = row[3].split(' ').next().unwrap().parse().unwrap_or(0_usize);
                assert_eq!(waiting, decoder.unfinished(), "{row:?}");
            }
            assert!(page.result("frame-slicer").ends_with("all of them right."));
        }
    });
}

#[test]
fn the_other_byte_order_is_refused_in_the_words_of_stage_4() {
    with("frame-slicer", |page| {
        page.tab_to("frame-slicer", "[name=order]");
        page.press("ArrowDown");
        for message in ["hello".to_owned(), "x".repeat(200)] {
            page.fill("frame-slicer", "messages", &message);
            let mut stream = Vec::new();
            encode_frame(ByteOrder::Network, LIMIT, message.as_bytes(), &mut stream).unwrap();
            let mut decoder = FrameDecoder::new(ByteOrder::LittleEndian, LIMIT);
            decoder.push(&stream);
            let error = decoder.frame().unwrap_err().to_string();
            let result = page.result("frame-slicer");
            assert!(result.ends_with(&format!("The frame decoder says: {error}")), "{result}");
        }
    });
}

#[test]
fn what_cannot_be_sliced_is_refused_with_a_sentence() {
    with("frame-slicer", |page| {
        for (field, text, part) in [
            ("messages", "", "There is no message: write one on each line."),
            ("messages", "1\n2\n3\n4\n5\n6\n7\n8\n9", "There are 9 messages: write at most 8"),
            ("messages", &"x".repeat(201), "Message 1 has 201 bytes: write at most 200."),
        ] {
            refuses(page, "frame-slicer", field, text, part);
        }
        page.fill("frame-slicer", "messages", "hello");
        for text in ["", "0", "5 x", "-1", "1025", "99999999999"] {
            refuses(page, "frame-slicer", "sizes", text, "The sizes of the reads are 1 to 20 whole numbers");
        }
        page.tab_to("frame-slicer", "button");
        page.press("Enter");
        page.settled();
        assert!(page.result("frame-slicer").starts_with("3 messages were sent."), "back to the example");
    });
}
