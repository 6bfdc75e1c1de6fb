//! A picture: pixels as the terminal takes them, in a size that is a whole number of cells. Nothing of it is
//! transparent, so what was there before never shines through.

use super::{Draw, Trouble, Way, read};
use crate::colour::nearest;
use image::{DynamicImage, RgbImage};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::widgets::Widget;
use ratatui_image::protocol::Protocol;
use ratatui_image::protocol::halfblocks::Halfblocks;
use ratatui_image::protocol::iterm2::Iterm2;
use ratatui_image::protocol::kitty::Kitty;
use ratatui_image::protocol::sixel::Sixel;
use ratatui_image::sliced::{SignedPosition, SlicedImage, SlicedProtocol};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// A picture. Copies of it are the same one.
#[derive(Clone)]
pub struct Picture(Arc<Inner>);

struct Inner {
    pixels: Pixels,
    cells: (u16, u16),
    bytes: usize,
    /// Whether its colours are to be those that the terminal has. Only those of half blocks are: kitty reads the number
    /// of an image from a colour.
    few_colours: bool,
}

enum Pixels {
    /// Any rows of it can be drawn.
    Sliced(SlicedProtocol),
    /// Each row for itself.
    Rows(Vec<Protocol>),
    /// All of it, or nothing.
    Whole(Protocol),
}

impl Picture {
    /// Reads and decodes it. Takes time.
    ///
    /// # Errors
    /// Why it cannot be shown.
    pub(super) fn make(draw: &Draw) -> Result<Self, Trouble> {
        let (cells, paint) = (draw.cells, draw.paint);
        let cell = match paint.way {
            Way::HalfBlocks => (1, 2),
            _ => paint.font,
        };
        let side = |cells: u16, cell: u16| u32::from(cells) * u32::from(cell);
        let size = (side(cells.0, cell.0), side(cells.1, cell.1));
        let image = read::pixels(draw.file.as_ref(), size, paint.ground)?;
        let pixels = encode(image, paint.way, cells, paint.font.1).map_err(|error| {
            tracing::debug!("an image could not be made ready for the terminal: {error}");
            Trouble::Broken
        })?;
        let bytes = match paint.way {
            Way::HalfBlocks => usize::from(cells.0) * usize::from(cells.1) * 16,
            _ => usize::try_from(u64::from(size.0) * u64::from(size.1) * 6).unwrap_or(usize::MAX),
        };
        let few_colours = paint.way == Way::HalfBlocks && !paint.true_color;
        Ok(Self(Arc::new(Inner { pixels, cells, bytes, few_colours })))
    }

    /// Its width and height in cells.
    #[must_use]
    pub fn cells(&self) -> (u16, u16) {
        self.0.cells
    }

    /// About so many bytes it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes
    }

    /// Whether a part of it can be drawn.
    pub(crate) fn can_be_parted(&self) -> bool {
        !matches!(self.0.pixels, Pixels::Whole(_))
    }

    /// Draws its rows from `skip` on, as many as the area has.
    pub(crate) fn draw(&self, buffer: &mut Buffer, area: Rect, skip: u16) {
        let (width, height) = self.0.cells;
        let area = area.intersection(buffer.area);
        let rows = height.saturating_sub(skip).min(area.height);
        let area = Rect { width: width.min(area.width), height: rows, ..area };
        if area.is_empty() {
            return;
        }
        match &self.0.pixels {
            Pixels::Sliced(sliced) => {
                let above = -i16::try_from(skip).unwrap_or(i16::MAX);
                SlicedImage::new(sliced, SignedPosition { x: 0, y: above }).render(area, buffer);
            }
            Pixels::Rows(all) => {
                let shown = all.iter().skip(usize::from(skip)).take(usize::from(rows));
                for (y, row) in (area.y..).zip(shown) {
                    ratatui_image::Image::new(row).render(Rect { y, height: 1, ..area }, buffer);
                }
            }
            Pixels::Whole(whole) => {
                if skip == 0 && (area.width, rows) == (width, height) {
                    ratatui_image::Image::new(whole).render(area, buffer);
                }
            }
        }
        if self.0.few_colours {
            for position in area.positions() {
                let cell = &mut buffer[position];
                (cell.fg, cell.bg) = (nearest(cell.fg), nearest(cell.bg));
            }
        }
    }
}

fn encode(
    image: RgbImage,
    way: Way,
    (width, height): (u16, u16),
    row: u16,
) -> Result<Pixels, ratatui_image::errors::Errors> {
    let (image, size) = (DynamicImage::from(image), Size::new(width, height));
    Ok(match way {
        Way::HalfBlocks => Pixels::Sliced(SlicedProtocol::Halfblocks(Halfblocks::new(image, size)?)),
        Way::Kitty => Pixels::Sliced(SlicedProtocol::Kitty(Kitty::new(image, size, number(), false, false)?)),
        Way::Sixel => Pixels::Whole(Protocol::Sixel(Sixel::new(image, size, false)?)),
        Way::Iterm2 => {
            let part = |number: u16| {
                let top = u32::from(number) * u32::from(row);
                let part = image.crop_imm(0, top, image.width(), u32::from(row));
                Ok(Protocol::ITerm2(Iterm2::new(part, Size::new(width, 1), false)?))
            };
            Pixels::Rows((0..height).map(part).collect::<Result<_, ratatui_image::errors::Errors>>()?)
        }
    })
}

/// A number for an image in a terminal, other than those of other images there.
fn number() -> u32 {
    let bytes = RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).max(1)
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture of {:?} cells", self.0.cells)
    }
}
