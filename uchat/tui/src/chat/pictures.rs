//! The images among the messages: which of them are shown or near, what is to be asked for them, and how they get onto
//! the screen.

use super::layout::with_open;
use super::{menu, scroll};
use crate::app::{App, Effect, Line, Why};
use crate::draw::Pen;
use crate::image::{Album, Look, Source};
use crate::lang::images::Image;
use crate::screens::Stage;
use crate::theme::Role;
use ratatui::layout::{Rect, Size};
use uchat_client::core::{Command, ShownFile};
use uchat_protocol::MessageId;

/// The file of a message, if its sender calls it an image and its place on this disk is known.
pub(super) fn source(file: &ShownFile) -> Option<Source> {
    let path = file.path.clone().filter(|_| is_image(file))?;
    Some(Source { path, digest: file.digest })
}

fn is_image(file: &ShownFile) -> bool {
    file.media_type.starts_with("image/")
}

/// What there is to see of the image of a message, in so many columns.
pub(super) fn look(line: &Line, album: &Album, columns: u16) -> Look {
    let file = line.shown.file.as_ref().and_then(source);
    file.map_or(Look::Nothing, |file| album.look(&file, columns))
}

/// Asks for what the images that are shown need: the small ones of others are saved, those that are here are measured,
/// and those that are measured are drawn. Near ones are measured before they are shown, so that nothing moves then.
pub(crate) fn want(app: &mut App) {
    app.album.adjust(&app.settings, app.size);
    if !app.album.is_on() || !matches!(app.stage, Stage::Main) {
        return;
    }
    // How wide messages are is known when they were drawn.
    if app.album.is_reshaped(app.size, app.view.inspecting, app.view.open.as_ref()) {
        app.effect(Effect::WakeAt(app.now + DRAWN));
    }
    let Some((near, small)) = images(app) else { return };
    let columns = super::layout::columns(app.view.pane.width);
    app.album.begin();
    for Seen { file, shown } in near {
        if let Some(request) = app.album.want(&file, shown.then_some(columns)) {
            app.effect(Effect::Image(request));
        }
    }
    for id in small {
        save(app, id);
    }
}

/// An image, by its file.
struct Seen {
    file: Source,
    shown: bool,
}

/// The images that are shown or near, and the messages that are shown whose image is not here but small.
fn images(app: &mut App) -> Option<(Vec<Seen>, Vec<MessageId>)> {
    let Size { height, .. } = app.view.pane;
    let height = usize::from(height);
    if height == 0 {
        return None;
    }
    with_open(app, |talk, sheet| {
        let top = scroll::top(talk, sheet, height)?;
        let (mut last, mut rows) = (top.at, 0);
        for at in top.at..talk.lines().len() {
            rows += sheet.rows(talk.lines_mut(), at);
            last = at;
            if rows >= height + top.row {
                break;
            }
        }
        let (mut near, mut small) = (Vec::new(), Vec::new());
        let from = top.at.saturating_sub(NEAR);
        // What is shown comes first.
        let order = (top.at..=last).chain((from..top.at).rev()).chain(last + 1..=last + NEAR);
        for at in order {
            let Some(line) = talk.lines().get(at) else { continue };
            let Some(file) = line.shown.file.as_ref().filter(|file| is_image(file)) else { continue };
            let shown = (top.at..=last).contains(&at);
            match source(file) {
                Some(file) => near.push(Seen { file, shown }),
                None if shown && may_be_saved(line, file) => small.extend(line.shown.id),
                None => {}
            }
        }
        Some((near, small))
    })?
}

/// Whether an image of somebody else is so small, and named so harmlessly, that nobody needs to be asked. What its
/// sender calls an image may be anything: under the name of a program it does not get onto this disk by itself.
fn may_be_saved(line: &Line, file: &ShownFile) -> bool {
    let new = line.shown.state.is_none() && line.progress.is_none() && line.reason.is_none();
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let harmless = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    new && harmless && (1..=SMALL).contains(&file.size)
}

/// Saves the image of a message of a friend or a room, once.
fn save(app: &mut App, id: MessageId) {
    let Some(with) = app.view.open.clone() else { return };
    if app.people.entry(&with).is_none() || !app.who.is_online() || !app.album.save(id) {
        return;
    }
    let path = menu::folder_of(app, &with);
    app.ask(Command::SaveFile { message_id: id, path }, Why::Picture);
}

/// Draws the rows of an image from `skip` on, as many as the area has. `covered`: something lies on top of the screen,
/// and pixels would shine through.
pub(super) fn draw(
    line: &Line,
    album: &Album,
    cells: (u16, u16),
    skip: u16,
    pen: &mut Pen<'_>,
    area: Rect,
    covered: bool,
) {
    let Some(file) = line.shown.file.as_ref().and_then(source) else { return };
    let all = skip == 0 && area.height >= cells.1;
    let instead = match album.picture(&file, cells) {
        None => Image::Loading,
        Some(_) if covered && album.draws_pixels() => Image::Behind,
        Some(picture) if all || picture.can_be_parted() => return picture.draw(pen.buffer, area, skip),
        Some(_) => Image::Parted,
    };
    let text = pen.settings.cells.shorten(pen.say(instead), usize::from(area.width));
    pen.put(Rect { height: 1, ..area }, &text, Role::Dim);
}

/// So many messages before and after those that are shown are near.
const NEAR: usize = 40;
/// Images of up to so many bytes are saved without asking: 2 MiB.
const SMALL: u64 = 2 << 20;
/// How the names of images end.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "gif", "webp", "bmp"];
/// Within so many milliseconds it was drawn.
const DRAWN: u64 = 50;
