//! Flipped bits under AES-CBC.

use super::{characters, hex, refuses, with};
use crate::page::Page;
use cbc_packet::Cipher;

const TEXT: &str = "pay 100 to bob. pay 200 to ann. pay 300 to eve.";

/// The widget's key is 00 01 … 1f, its IV a0 a1 … af, as in the README of stage 6.
fn key() -> [u8; 32] {
    std::array::from_fn(|n| n as u8)
}

fn iv() -> [u8; 16] {
    std::array::from_fn(|n| 0xa0 + n as u8)
}

/// IV and ciphertext of a text, as stage 6 makes them.
fn sent(text: &str) -> Vec<u8> {
    let mut blocks = text.as_bytes().to_vec();
    blocks.resize(blocks.len().next_multiple_of(16), 0);
    Cipher::new(&key()).encrypt(&iv(), &mut blocks);
    [&iv()[..], &blocks].concat()
}

/// The text that stage 6 reads out of IV and ciphertext.
fn opened(wire: &[u8]) -> Vec<u8> {
    let (iv, body) = wire.split_at(16);
    let mut text = body.to_vec();
    Cipher::new(&key()).decrypt(iv.try_into().unwrap(), &mut text);
    text
}

/// Bytes on the wire and text, as stage 6 has them, against the tables of the widget.
fn agrees(page: &mut Page<'_>, text: &str, received: &[u8]) {
    let (sent, opened) = (sent(text), opened(received));
    for (n, row) in page.table("cbc-flip", 0).iter().enumerate() {
        let block = n * 16..n * 16 + 16;
        assert_eq!((row[1].as_str(), row[2].trim()), (&*hex(&sent[block.clone()]), &*hex(&received[block])));
    }
    let rows = page.table("cbc-flip", 1);
    assert_eq!(rows.len(), opened.len() / 16);
    for (row, block) in rows.iter().zip(opened.chunks(16)) {
        assert_eq!(row[2], characters(block));
    }
}

/// From the start of the page to the bytes: the one that is chosen at the start is C1's fifth.
fn to_bytes(page: &mut Page<'_>) {
    page.tab_to("cbc-flip", ".widget-bytes button");
}

#[test]
fn a_bit_of_the_ciphertext_destroys_its_block_and_flips_the_next_one() {
    with("cbc-flip", |page| {
        to_bytes(page);
        let mut received = sent(TEXT);
        received[16 + 4] ^= 1; // the example
        agrees(page, TEXT, &received);
        page.press("0"); // mended
        assert_eq!(page.result("cbc-flip"), "No bit is flipped: the receiver reads what was sent.");
        agrees(page, TEXT, &sent(TEXT));

        page.press("ArrowDown"); // C2, byte 4
        page.press("ArrowRight"); // byte 5
        page.press("5");
        let mut received = sent(TEXT);
        received[32 + 5] ^= 1 << 5;
        agrees(page, TEXT, &received);
        let rows = page.table("cbc-flip", 1);
        assert_eq!(rows[0][3], "none");
        assert!(rows[1][3].ends_with("of 128: destroyed"), "{rows:?}");
        assert_eq!(rows[2][3], "bit 5 of byte 5", "the same bit of the next block, and no other");
        assert_eq!(
            page.text("document.activeElement.getAttribute('aria-label')"),
            format!("C2, byte 5: {:02x}, changed", received[37])
        );
    });
}

#[test]
fn bits_of_the_iv_change_the_first_block_alone_also_by_the_bit_buttons() {
    with("cbc-flip", |page| {
        to_bytes(page);
        page.press("0");
        page.press("Home"); // IV, byte 0
        page.press("ArrowLeft"); // there is nothing before it
        let mut received = sent(TEXT);
        // Tab goes from the bytes to bit 7 of the chosen one, then to bit 6.
        page.press("Tab");
        page.press("Tab");
        page.press(" ");
        received[0] ^= 1 << 6;
        agrees(page, TEXT, &received);
        let rows = page.table("cbc-flip", 1);
        assert_eq!([&*rows[0][3], &*rows[1][3], &*rows[2][3]], ["bit 6 of byte 0", "none", "none"]);
        page.press("Enter");
        agrees(page, TEXT, &sent(TEXT));

        page.press_back();
        page.press_back();
        page.press("End"); // the last byte of all
        page.press("7");
        let mut received = sent(TEXT);
        *received.last_mut().unwrap() ^= 0x80;
        agrees(page, TEXT, &received);
        page.tab_to("cbc-flip", ".widget-undo");
        page.press("Enter");
        agrees(page, TEXT, &sent(TEXT));
    });
}

#[test]
fn a_text_of_ones_own_takes_one_to_three_blocks() {
    with("cbc-flip", |page| {
        for text in ["a", "exactly 16 bytes", "/delete bob and somebody"] {
            page.fill("cbc-flip", "text", text);
            agrees(page, text, &sent(text));
            let rows = page.value("document.querySelectorAll('.widget-bytes button').length");
            assert_eq!(rows, sent(text).len());
        }
        refuses(page, "cbc-flip", "text", "", "The text is empty: write something.");
        refuses(page, "cbc-flip", "text", &"ß".repeat(25), "The text has 50 bytes: write at most 48.");
    });
}
