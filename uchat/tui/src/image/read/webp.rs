//! A WebP file says more than once how large things are, and the decoder makes room for what it reads before it
//! compares: a chunk of four gigabytes in a file of a hundred bytes, a frame of 16,383 × 16,383 pixels in an image of
//! one. So the chunks are walked through first, and nothing else is done where one of them lies.
//!
//! ```text
//! RIFF size WEBP (name size content [0 if the size is odd])*      content of ANMF: 16 bytes, then chunks again
//! ```

use super::{Trouble, fits};
use std::io::{Read, Seek, SeekFrom};

/// Walks through a file; where it stands after that does not matter.
pub(super) fn check(mut file: impl Read + Seek) -> Result<(), Trouble> {
    let end = file.seek(SeekFrom::End(0)).map_err(|_| Trouble::Unreadable)?;
    chunks(&mut file, 12, end, true)
}

/// Chunks from here to there. Those in a frame hold no frames.
fn chunks(file: &mut (impl Read + Seek), start: u64, end: u64, frames: bool) -> Result<(), Trouble> {
    let mut at = start;
    while at + HEADER <= end {
        let header: [u8; 8] = read(file, at)?;
        let [name @ .., a, b, c, d] = header;
        let size = u64::from(u32::from_le_bytes([a, b, c, d]));
        let content = at + HEADER;
        at = content + size + size % 2;
        if content + size > end {
            return Err(Trouble::Broken);
        }
        match &name {
            b"VP8 " if size >= 10 => {
                let [.., a, b, c, d]: [u8; 10] = read(file, content)?;
                let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                fits(side(a, b), side(c, d))?;
            }
            b"VP8L" if size >= 5 => {
                let [_, bits @ ..]: [u8; 5] = read(file, content)?;
                let bits = u32::from_le_bytes(bits);
                fits((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)?;
            }
            b"ANMF" if frames => chunks(file, content + FRAME, content + size, false)?,
            _ => {}
        }
    }
    Ok(())
}

fn read<const N: usize>(file: &mut (impl Read + Seek), at: u64) -> Result<[u8; N], Trouble> {
    let mut bytes = [0; N];
    let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes));
    read.map(|()| bytes).map_err(|_| Trouble::Broken)
}

/// Name and size of a chunk.
const HEADER: u64 = 8;
/// What stands in a frame before its chunks.
const FRAME: u64 = 16;
