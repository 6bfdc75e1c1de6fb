//! Images as nobody should send them.

use super::*;
use image::{Rgba, RgbaImage};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::PathBuf;

const GROUND: [u8; 3] = [1, 2, 3];

fn measured(bytes: &[u8]) -> Result<(u32, u32), Trouble> {
    super::measured(Cursor::new(bytes))
}

fn decoded(bytes: &[u8], size: (u32, u32), ground: [u8; 3]) -> Result<RgbImage, Trouble> {
    super::decoded(Cursor::new(bytes), size, ground)
}

/// A file with this content, in a folder that lives as long as the first value.
fn file(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.png");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// An image of this kind: the left half red, the right half blue.
fn image(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 { image::Rgb([255, 0, 0]) } else { image::Rgb([0, 0, 255]) }
    });
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A part of a PNG: length, name, content, CRC-32.
fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in name.iter().chain(content) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[..], name, content, &(!crc).to_be_bytes()].concat()
}

/// A PNG that announces this size, in bytes of grey, and brings this compressed content.
fn png(width: u32, height: u32, content: &[u8]) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let signature = b"\x89PNG\r\n\x1a\n";
    [&signature[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", content), &chunk(b"IEND", b"")].concat()
}

/// A zlib stream of so many blocks of 258 · 1,000 zeros: each takes 1.6 kB.
fn zeros(blocks: usize) -> Vec<u8> {
    let mut bits = Vec::new();
    for _ in 0..blocks {
        bits.extend([false, true, false]); // not the last; fixed codes
        bits.extend([false, false, true, true, false, false, false, false]); // the byte 0
        for _ in 0..1_000 {
            bits.extend([true, true, false, false, false, true, false, true]); // 258 bytes as before …
            bits.extend([false; 5]); // … from one byte back
        }
        bits.extend([false; 7]); // the end of the block
    }
    let bytes = bits
        .chunks(8)
        .map(|bits| bits.iter().enumerate().fold(0, |byte, (at, bit)| byte | u8::from(*bit) << at));
    [0x78, 0x01].into_iter().chain(bytes).collect()
}

#[test]
fn every_kind_is_known_by_its_content_whatever_its_name_says() {
    for format in KNOWN {
        let (_folder, path) = file(&image(format, 40, 20));
        assert_eq!(measure(&path), Ok((40, 20)), "{format:?}");
        let pixels = pixels(&path, (4, 2), GROUND).unwrap();
        assert_eq!(pixels.dimensions(), (4, 2));
        let [red, _, blue] = pixels.get_pixel(0, 0).0;
        assert!(red > 200 && blue < 55, "{format:?}: {pixels:?}");
        let [red, _, blue] = pixels.get_pixel(3, 1).0;
        assert!(red < 55 && blue > 200, "{format:?}: {pixels:?}");
    }
}

#[test]
fn what_is_no_image_is_none_although_its_name_says_so() {
    for content in [&b""[..], b"hello", b"%PDF-1.7", b"II*\0\x08\0\0\0", &[0; 1000]] {
        let (_folder, path) = file(content);
        assert_eq!(measure(&path), Err(Trouble::NotAnImage), "{content:?}");
    }
}

#[test]
fn an_image_that_announces_too_many_pixels_is_refused_before_one_is_decoded() {
    for (width, height) in [(100_000, 100_000), (16_385, 1), (1, 16_385), (16_384, 16_384), (5_000, 5_000)] {
        let bytes = png(width, height, b"");
        assert_eq!(measured(&bytes), Err(Trouble::TooManyPixels), "{width} × {height}");
        assert_eq!(decoded(&bytes, (1, 1), GROUND).err(), Some(Trouble::TooManyPixels));
    }
    let mut bitmap = image(ImageFormat::Bmp, 2, 2);
    bitmap[18..26].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f]);
    assert!(measured(&bitmap).is_err());
    let mut gif = image(ImageFormat::Gif, 2, 2);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert_eq!(measured(&gif), Err(Trouble::TooManyPixels));
}

/// What a decoder makes of these bytes, and the most memory that it had at a time.
fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut made = None;
    let counted = allocation_counter::measure(|| made = Some(work()));
    (made.unwrap(), counted.bytes_max)
}

#[test]
fn a_small_file_of_many_zeros_is_unpacked_only_as_far_as_the_image_needs_them() {
    // 26 MB in 160 kB, for an image of 100 pixels.
    let bomb = png(10, 10, &zeros(100));
    let (pixels, most) = counted(|| decoded(&bomb, (1, 1), GROUND));
    assert_eq!(pixels.unwrap().get_pixel(0, 0).0, [0, 0, 0]);
    assert!(most < 1 << 20, "{most} bytes");
    // Four million pixels from 26 kB.
    let large = png(2_000, 2_000, &zeros(16));
    assert_eq!(measured(&large), Ok((2_000, 2_000)));
    let (pixels, most) = counted(|| decoded(&large, (2, 2), GROUND));
    assert_eq!(pixels.unwrap().get_pixel(0, 0).0, [0, 0, 0]);
    assert!(most < MOST_MEMORY, "{most} bytes");
}

#[test]
fn what_stands_beside_the_pixels_cannot_fill_the_memory() {
    let mut bytes = png(1, 1, b"");
    let profile = [&b"name\0\0"[..], &zeros(100)].concat(); // 26 MB
    let after_header = 8 + 25;
    bytes.splice(after_header..after_header, chunk(b"iCCP", &profile));
    let (_, most) = counted(|| measured(&bytes));
    // While it grows, there are two copies of it.
    assert!(most < 3 * MOST_BESIDE, "{most} bytes");
}

#[test]
fn an_image_that_is_too_large_costs_no_memory() {
    for (width, height) in [(100_000, 100_000), (16_384, 16_384)] {
        let bytes = png(width, height, &zeros(1));
        let (_, most) = counted(|| decoded(&bytes, (1, 1), GROUND));
        assert!(most < 1 << 20, "{width} × {height}: {most} bytes");
    }
}

/// A WebP of these chunks.
fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunks: Vec<u8> = chunks.iter().flat_map(|(name, content)| riff(name, content)).collect();
    riff(b"RIFF", &[b"WEBP", &chunks[..]].concat())
}

fn riff(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    [&name[..], &size, content, &[0][..content.len() % 2]].concat()
}

#[test]
fn a_webp_whose_parts_say_other_sizes_than_the_whole_is_refused_before_room_is_made() {
    // Canvas of one pixel; a frame of 16,383 × 16,383, lossy and lossless, in the image and in a moving one.
    let canvas = |flags: u8| [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let lossy = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0];
    let lossless = [0x2f, 0xff, 0xff, 0xff, 0x0f, 0];
    let frame = |name, content| [&[0; 16][..], &riff(name, content)].concat();
    let huge: [&[(&[u8; 4], &[u8])]; 4] = [
        &[(b"VP8X", &canvas(0)), (b"VP8 ", &lossy)],
        &[(b"VP8X", &canvas(0)), (b"VP8L", &lossless)],
        &[(b"VP8X", &canvas(2)), (b"ANIM", &[0; 6]), (b"ANMF", &frame(b"VP8 ", &lossy))],
        &[(b"VP8X", &canvas(2)), (b"ANIM", &[0; 6]), (b"ANMF", &frame(b"VP8L", &lossless))],
    ];
    for chunks in huge {
        let (found, most) = counted(|| decoded(&webp(chunks), (1, 1), GROUND));
        assert_eq!(found.err(), Some(Trouble::TooManyPixels), "{chunks:?}");
        assert!(most < 1 << 20, "{most} bytes");
    }
    // A chunk that says that it has four gigabytes.
    let mut bytes = webp(&[(b"VP8X", &canvas(8)), (b"VP8 ", &[0; 10]), (b"EXIF", b"")]);
    let size = bytes.len() - 4;
    bytes[size..].copy_from_slice(&[0xff; 4]);
    let (found, most) = counted(|| measured(&bytes));
    assert_eq!(found, Err(Trouble::Broken));
    assert!(most < 1 << 20, "{most} bytes");
}

#[test]
fn a_frame_that_is_larger_than_its_gif_is_not_made() {
    let mut bytes = image(ImageFormat::Gif, 2, 2);
    let frame = bytes.iter().position(|byte| *byte == b',').unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let (_, most) = counted(|| decoded(&bytes, (1, 1), GROUND));
    assert!(most < 2 * MOST_MEMORY, "{most} bytes");
}

#[test]
fn an_image_that_is_cut_off_is_broken_or_shown_as_far_as_it_goes() {
    for format in KNOWN {
        let whole = image(format, 64, 64);
        for length in (0..whole.len()).step_by(whole.len() / 64 + 1) {
            let cut = &whole[..length];
            if let Ok(pixels) = decoded(cut, (4, 4), GROUND) {
                assert_eq!(pixels.dimensions(), (4, 4), "{format:?}, {length}");
            }
        }
    }
    let whole = image(ImageFormat::Png, 64, 64);
    assert_eq!(decoded(&whole[..40], (4, 4), GROUND).err(), Some(Trouble::Broken));
}

#[test]
fn the_first_frame_of_a_moving_image_is_shown() {
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame};
    let mut bytes = Vec::new();
    let frame = |colour| {
        Frame::from_parts(RgbaImage::from_pixel(8, 8, Rgba(colour)), 0, 0, Delay::from_numer_denom_ms(10, 1))
    };
    let mut encoder = GifEncoder::new(&mut bytes);
    encoder.encode_frames([frame([0, 255, 0, 255]), frame([255, 0, 0, 255])]).unwrap();
    drop(encoder);
    let pixels = decoded(&bytes, (1, 1), GROUND).unwrap();
    assert_eq!(pixels.get_pixel(0, 0).0, [0, 255, 0]);
}

#[test]
fn what_is_transparent_lets_the_ground_through_and_nothing_else() {
    let mut bytes = Vec::new();
    let clear = RgbaImage::from_pixel(4, 4, Rgba([255, 255, 255, 0]));
    clear.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    assert_eq!(decoded(&bytes, (1, 1), GROUND).unwrap().get_pixel(0, 0).0, GROUND);
}

#[test]
fn a_photo_that_was_taken_with_the_camera_turned_stands_upright() {
    let mut photo = image(ImageFormat::Jpeg, 40, 20);
    // Exif, big-endian, one entry: orientation 6, to be turned by 90° to the right.
    let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    photo.splice(2..2, [&[0xff, 0xe1][..], &length, exif].concat());
    assert_eq!(measured(&photo), Ok((20, 40)));
    let pixels = decoded(&photo, (2, 4), GROUND).unwrap();
    let [red, _, blue] = pixels.get_pixel(0, 0).0;
    assert!(red > 200 && blue < 55, "the left half is above: {pixels:?}");
    let [red, _, blue] = pixels.get_pixel(1, 3).0;
    assert!(red < 55 && blue > 200, "{pixels:?}");
}

#[test]
fn a_file_that_is_gone_a_folder_and_a_file_without_end_are_told_apart_from_images() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(measure(&folder.path().join("gone.png")), Err(Trouble::Gone));
    assert_eq!(measure(folder.path()), Err(Trouble::Unreadable));
    let large = folder.path().join("large.png");
    File::create(&large).unwrap().set_len(MOST_BYTES + 1).unwrap();
    assert_eq!(measure(&large), Err(Trouble::TooBig));
    #[cfg(unix)]
    assert_eq!(measure(Path::new("/dev/zero")), Err(Trouble::Unreadable));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_a_name() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe.png"));
    std::fs::write(&path, image(ImageFormat::Png, 3, 2)).unwrap();
    assert_eq!(measure(&path), Ok((3, 2)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(start in 0..5_usize, bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let starts: [&[u8]; 5] =
            [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\0\0\0WEBPVP8 ", b"BM"];
        let bytes = [starts[start], &bytes].concat();
        let _ = measured(&bytes);
        drop(decoded(&bytes, (2, 2), GROUND));
    }

    #[test]
    fn no_changed_bytes_of_a_true_image_make_it_panic(
        kind in 0..5_usize, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)
    ) {
        let mut bytes = image(KNOWN[kind], 24, 24);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = measured(&bytes);
        if let Ok(pixels) = decoded(&bytes, (2, 2), GROUND) {
            prop_assert_eq!(pixels.dimensions(), (2, 2));
        }
    }
}

#[test]
fn what_was_sent_is_told_from_what_lies_there_now() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    let bytes = vec![7; 2 * PIECE + 1];
    std::fs::write(&path, &bytes).unwrap();
    let digest = Some(Sha256::digest(&bytes).into());
    let sent = Source { path: path.to_str().unwrap().to_owned(), digest };
    assert_eq!(check(&sent), Ok(()));
    std::fs::write(&path, vec![8; bytes.len()]).unwrap();
    assert_eq!(check(&sent), Err(Trouble::Changed));
    assert_eq!(check(&Source { digest: None, ..sent.clone() }), Ok(()), "nobody knows what was there");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(check(&sent), Err(Trouble::Gone));
}
