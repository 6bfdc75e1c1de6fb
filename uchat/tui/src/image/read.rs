//! From a file to pixels. Whoever sent it may wish us harm, so all limits hold before anything is unpacked: the file's
//! size before it is read, width and height before a pixel is decoded, and memory while that is done. Work is bounded
//! by what is read and what is made of it.

mod webp;

use super::Source;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::Path;

/// Why an image is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The file is not there any more.
    Gone,
    /// Another file lies there than the one that was sent.
    Changed,
    /// The file cannot be read.
    Unreadable,
    /// The file has too many bytes.
    TooBig,
    /// The image has too many pixels.
    TooManyPixels,
    /// It is no image, or one of a kind that is not known.
    NotAnImage,
    /// It is damaged, or a part of it is missing.
    Broken,
}

/// Width and height as it is to be shown, from the beginning of the file.
///
/// # Errors
/// Why it cannot be shown.
pub fn measure(path: &Path) -> Result<(u32, u32), Trouble> {
    measured(open(path)?)
}

/// Whether it is still the file that was sent.
pub(super) fn check(file: &Source) -> Result<(), Trouble> {
    let Some(digest) = file.digest else { return Ok(()) };
    let mut reader = open(file.as_ref())?;
    let mut sha256 = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => sha256.update(&piece[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Trouble::Unreadable),
        }
    }
    if sha256.finalize()[..] == digest { Ok(()) } else { Err(Trouble::Changed) }
}

/// The pixels in exactly this size; what is transparent lets `ground` through.
pub(super) fn pixels(path: &Path, size: (u32, u32), ground: [u8; 3]) -> Result<RgbImage, Trouble> {
    decoded(open(path)?, size, ground)
}

/// The file, if it is one, and small enough. Anything else, a pipe for example, might never end.
fn open(path: &Path) -> Result<BufReader<File>, Trouble> {
    let trouble = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Trouble::Gone,
        _ => Trouble::Unreadable,
    };
    let about = std::fs::metadata(path).map_err(trouble)?;
    if !about.is_file() {
        return Err(Trouble::Unreadable);
    }
    if about.len() > MOST_BYTES {
        return Err(Trouble::TooBig);
    }
    File::open(path).map(BufReader::new).map_err(trouble)
}

fn measured(reader: impl BufRead + Seek) -> Result<(u32, u32), Trouble> {
    let mut decoder = decoder(reader)?;
    let (width, height) = decoder.dimensions();
    let turned = matches!(
        decoder.orientation().unwrap_or(Orientation::NoTransforms),
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    Ok(if turned { (height, width) } else { (width, height) })
}

fn decoded(reader: impl BufRead + Seek, size: (u32, u32), ground: [u8; 3]) -> Result<RgbImage, Trouble> {
    let mut decoder = decoder(reader)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| trouble(&error))?;
    image.apply_orientation(orientation);
    let image = image.thumbnail_exact(size.0.max(1), size.1.max(1)).into_rgba8();
    Ok(RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [parts @ .., alpha] = image.get_pixel(x, y).0;
        let over = |part: u8, ground: u8| {
            let (part, ground, alpha) = (u16::from(part), u16::from(ground), u16::from(alpha));
            ((part * alpha + ground * (255 - alpha) + 127) / 255) as u8
        };
        image::Rgb([0, 1, 2].map(|at| over(parts[at], ground[at])))
    }))
}

/// A decoder of an image that is within the limits. What it is, its content tells: a name can say anything.
fn decoder<'a>(reader: impl BufRead + Seek + 'a) -> Result<impl ImageDecoder + 'a, Trouble> {
    let mut reader = ImageReader::new(reader).with_guessed_format().map_err(|_| Trouble::Unreadable)?;
    if reader.format() == Some(ImageFormat::WebP) {
        reader = webp_checked(reader)?;
    }
    if !reader.format().is_some_and(|format| KNOWN.contains(&format)) {
        return Err(Trouble::NotAnImage);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS_OF_SIDE);
    limits.max_image_height = Some(MOST_PIXELS_OF_SIDE);
    limits.max_alloc = Some(MOST_BESIDE);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| trouble(&error))?;
    limits.max_alloc = Some(MOST_MEMORY);
    decoder.set_limits(limits).map_err(|error| trouble(&error))?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Trouble::Broken);
    }
    fits(width, height)?;
    if decoder.total_bytes() > MOST_MEMORY {
        return Err(Trouble::TooManyPixels);
    }
    Ok(decoder)
}

fn webp_checked<R: BufRead + Seek>(reader: ImageReader<R>) -> Result<ImageReader<R>, Trouble> {
    let mut file = reader.into_inner();
    webp::check(&mut file)?;
    file.rewind().map_err(|_| Trouble::Unreadable)?;
    Ok(ImageReader::with_format(file, ImageFormat::WebP))
}

/// Whether so many pixels are not too many. Each takes four bytes at least: not every decoder counts what it makes.
fn fits(width: u32, height: u32) -> Result<(), Trouble> {
    let bytes = u64::from(width) * u64::from(height) * 4;
    if bytes > MOST_MEMORY { Err(Trouble::TooManyPixels) } else { Ok(()) }
}

fn trouble(error: &ImageError) -> Trouble {
    match error {
        ImageError::Limits(_) => Trouble::TooManyPixels,
        ImageError::Unsupported(_) => Trouble::NotAnImage,
        _ => Trouble::Broken,
    }
}

/// The kinds that can be shown.
const KNOWN: [ImageFormat; 5] =
    [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp];
/// The largest file that is looked at: 32 MiB.
const MOST_BYTES: u64 = 32 << 20;
/// So much of a file is in memory while its digest is made.
const PIECE: usize = 64 << 10;
/// The most pixels in a row or a column.
const MOST_PIXELS_OF_SIDE: u32 = 16_384;
/// The most memory for the pixels of one image: 64 MiB, which is 16 million of them.
const MOST_MEMORY: u64 = 64 << 20;
/// The most memory for what stands beside them: profiles of colours, comments.
const MOST_BESIDE: u64 = 4 << 20;

#[cfg(test)]
mod tests;
