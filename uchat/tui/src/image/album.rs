//! What is known of images: their size, or why they cannot be shown; and the pictures that are in memory.
//!
//! All of it is kept by the file, not by the message: two senders may use the same id.

use super::fit::fit;
use super::workers::{Draw, Found, Paint, Request};
use super::{Graphics, Picture, Source, Trouble, Way};
use crate::app::{Images, Settings};
use crate::theme::Theme;
use ratatui::layout::Size;
use std::collections::{BTreeMap, BTreeSet};
use uchat_client::core::With;
use uchat_protocol::MessageId;

/// The images that are known.
#[derive(Debug, Clone, Default)]
pub struct Album {
    graphics: Graphics,
    /// How pictures are drawn; none if they are not.
    paint: Option<Paint>,
    /// The most rows of a picture.
    rows: u16,
    known: BTreeMap<Source, Known>,
    pictures: BTreeMap<Draw, (Picture, u64)>,
    bytes: usize,
    /// What was asked of the workers.
    asked: BTreeSet<Request>,
    /// Files that are saved, or were, without having been asked for; whether nobody has asked since.
    automatic: BTreeMap<MessageId, bool>,
    /// For what the messages were drawn last: the terminal's size, whether the inspector is open, and which
    /// conversation is.
    drawn_for: (Size, bool, Option<With>),
    /// Counts how often it was looked through; so the oldest are told from the others.
    round: u64,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    what: Result<(u32, u32), Trouble>,
    round: u64,
}

/// What there is to see of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing, or nothing yet.
    Nothing,
    /// A picture of so many cells.
    Cells(u16, u16),
    /// Why there is none.
    Trouble(Trouble),
}

impl Album {
    /// The terminal draws so.
    pub(crate) fn draws_with(&mut self, graphics: Graphics) {
        self.graphics = graphics;
    }

    /// Forgets all images; how they are drawn stays.
    pub(crate) fn clear(&mut self) {
        *self = Self { graphics: self.graphics, ..Self::default() };
    }

    /// The settings or the size of the terminal may be others than before.
    pub(crate) fn adjust(&mut self, settings: &Settings, terminal: Size) {
        let way = match settings.images {
            Images::Off => None,
            Images::HalfBlocks => Some(Way::HalfBlocks),
            Images::Auto => Some(self.graphics.way),
        };
        // Half blocks are nothing but colours; who wants none gets none. Nor are they halves where they take two cells.
        let halves = settings.theme != Theme::Plain && !settings.cells.ambiguous_wide;
        let way = way.filter(|way| halves || *way != Way::HalfBlocks);
        let ground = if settings.theme == Theme::Light { [255; 3] } else { [0; 3] };
        self.paint = way.map(|way| Paint::new(self.graphics, way, ground));
        self.rows = (u32::from(terminal.height) * 3 / 5).clamp(1, MOST_ROWS) as u16;
    }

    /// Whether images are drawn at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.paint.is_some()
    }

    /// Whether what is drawn are pixels, which do not know what lies on top of them.
    pub(crate) fn draws_pixels(&self) -> bool {
        self.paint.is_some_and(|paint| paint.way != Way::HalfBlocks)
    }

    /// What there is to see of the image in this file, in so many columns.
    #[must_use]
    pub fn look(&self, file: &Source, columns: u16) -> Look {
        let (Some(paint), Some(known)) = (self.paint, self.known.get(file)) else { return Look::Nothing };
        match known.what {
            Ok(pixels) => {
                let (width, height) = fit(pixels, paint.font, (columns, self.rows));
                Look::Cells(width, height)
            }
            Err(trouble) => Look::Trouble(trouble),
        }
    }

    /// Its width and height in pixels, if they are known.
    #[must_use]
    pub fn pixels(&self, file: &Source) -> Option<(u32, u32)> {
        self.known.get(file).and_then(|known| known.what.ok())
    }

    /// The picture of it in this size, if it is in memory.
    #[must_use]
    pub fn picture(&self, file: &Source, cells: (u16, u16)) -> Option<&Picture> {
        let draw = Draw { file: file.clone(), cells, paint: self.paint? };
        self.pictures.get(&draw).map(|(picture, _)| picture)
    }

    /// A new look at what is shown begins.
    pub(crate) fn begin(&mut self) {
        self.round += 1;
    }

    /// The image in this file is near, or even shown in so many columns: what is to be asked for it.
    pub(crate) fn want(&mut self, file: &Source, shown: Option<u16>) -> Option<Request> {
        let paint = self.paint?;
        let request = match (self.known.get_mut(file), shown) {
            (None, _) => Request::Measure(file.clone()),
            (Some(known), shown) => {
                known.round = self.round;
                let Look::Cells(width, height) = self.look(file, shown?) else { return None };
                let draw = Draw { file: file.clone(), cells: (width, height), paint };
                if let Some((_, round)) = self.pictures.get_mut(&draw) {
                    *round = self.round;
                    return None;
                }
                Request::Draw(draw)
            }
        };
        let new = self.asked.len() < MOST_ASKED && self.asked.insert(request.clone());
        new.then_some(request)
    }

    /// The workers have found something. What was asked for before all was forgotten is for nobody any more.
    pub(crate) fn learn(&mut self, request: Request, found: Result<Found, Trouble>) {
        if !self.asked.remove(&request) {
            return;
        }
        match (request, found) {
            (Request::Draw(draw), Ok(Found::Picture(picture))) => {
                self.bytes += picture.bytes();
                let before = self.pictures.insert(draw, (picture, self.round));
                self.bytes -= before.map_or(0, |(before, _)| before.bytes());
                self.forget_pictures();
            }
            (request, Ok(Found::Size(width, height))) => self.know(request.file(), Ok((width, height))),
            (request, Err(trouble)) => self.know(request.file(), Err(trouble)),
            (Request::Measure(_), Ok(Found::Picture(_))) => {}
        }
    }

    /// The file is another one than before.
    pub(crate) fn forget(&mut self, path: &str) {
        self.known.retain(|file, _| file.path != path);
        let bytes = &mut self.bytes;
        self.pictures.retain(|draw, (picture, _)| {
            let stays = draw.file.path != path;
            *bytes -= if stays { 0 } else { picture.bytes() };
            stays
        });
    }

    /// Whether the file of this message may be saved without being asked for: once, for each of a few thousand. It is
    /// noted that it is.
    pub(crate) fn save(&mut self, id: MessageId) -> bool {
        let may = self.automatic.len() < MOST_KNOWN && !self.automatic.contains_key(&id);
        may && self.automatic.insert(id, true).is_none()
    }

    /// Somebody asks for this file.
    pub(crate) fn asked_for(&mut self, id: MessageId) {
        self.automatic.entry(id).and_modify(|automatic| *automatic = false);
    }

    /// Whether nobody has asked for this file.
    pub(crate) fn is_automatic(&self, id: MessageId) -> bool {
        self.automatic.get(&id).is_some_and(|automatic| *automatic)
    }

    /// Whether the messages will be drawn in another width than the last time, as far as can be told before.
    pub(crate) fn is_reshaped(&mut self, terminal: Size, inspecting: bool, open: Option<&With>) -> bool {
        let (size, inspected, before) = &self.drawn_for;
        let same = (*size, *inspected, before.as_ref()) == (terminal, inspecting, open);
        if !same {
            self.drawn_for = (terminal, inspecting, open.cloned());
        }
        !same
    }

    fn know(&mut self, file: &Source, what: Result<(u32, u32), Trouble>) {
        if self.known.len() >= MOST_KNOWN && !self.known.contains_key(file) {
            let oldest = self.known.iter().min_by_key(|(_, known)| known.round).map(|(file, _)| file.clone());
            oldest.and_then(|oldest| self.known.remove(&oldest));
        }
        self.known.insert(file.clone(), Known { what, round: self.round });
    }

    /// Those that were not shown for longest go, until the others are few enough; never what is shown now.
    fn forget_pictures(&mut self) {
        while self.bytes > MOST_BYTES {
            let old = self.pictures.iter().filter(|(_, (_, round))| *round < self.round);
            let oldest = old.min_by_key(|(_, (_, round))| *round).map(|(draw, _)| draw.clone());
            let Some((picture, _)) = oldest.and_then(|oldest| self.pictures.remove(&oldest)) else { return };
            self.bytes -= picture.bytes();
        }
    }
}

/// The most rows of a picture; and never more than three fifths of the terminal.
const MOST_ROWS: u32 = 20;
/// The most files of which something is known.
const MOST_KNOWN: usize = 4_096;
/// About the most bytes of pictures in memory, beside those on the screen.
const MOST_BYTES: usize = 32 << 20;
/// The most requests at a time; what is wanted besides is asked for when one of them is answered.
const MOST_ASKED: usize = 8;

#[cfg(test)]
mod tests;
