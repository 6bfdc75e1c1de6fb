//! What the album asks for, keeps and forgets.

use super::*;
use crate::image::Workers;
use std::sync::mpsc::channel;

fn album() -> Album {
    let mut album = Album::default();
    album.adjust(&Settings::default(), Size::new(80, 24));
    album
}

/// What the workers tell of a file of one dark pixel, drawn in as many cells as are wanted.
fn picture(draw: &Draw) -> Picture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    image::RgbImage::new(1, 1).save(&path).unwrap();
    let (told, all) = channel();
    let workers = Workers::start(move |done| drop(told.send(done)));
    let draw = Draw { file: path.to_str().unwrap().into(), ..draw.clone() };
    workers.take(Request::Draw(draw));
    match all.recv().unwrap() {
        crate::app::Done::Image(_, Ok(Found::Picture(picture))) => picture,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_image_is_measured_then_drawn_and_each_is_asked_for_once() {
    let mut album = album();
    let measure = album.want(&"a".into(), Some(70)).unwrap();
    assert_eq!(measure, Request::Measure("a".into()));
    assert_eq!(album.want(&"a".into(), Some(70)), None);
    album.learn(measure, Ok(Found::Size(100, 100)));
    assert_eq!(album.look(&"a".into(), 70), Look::Cells(10, 5));
    assert_eq!(album.want(&"a".into(), None), None, "it is near, but not shown");
    let Some(Request::Draw(draw)) = album.want(&"a".into(), Some(70)) else { panic!("it is to be drawn") };
    assert_eq!((draw.cells, album.want(&"a".into(), Some(70))), ((10, 5), None));
    album.learn(Request::Draw(draw.clone()), Ok(Found::Picture(picture(&draw))));
    assert_eq!(album.want(&"a".into(), Some(70)), None);
    assert_eq!(album.picture(&"a".into(), (10, 5)).unwrap().cells(), (10, 5));
}

#[test]
fn what_cannot_be_drawn_is_not_asked_for_again_until_the_file_is_another_one() {
    let mut album = album();
    let measure = album.want(&"a".into(), Some(70)).unwrap();
    album.learn(measure, Err(Trouble::Broken));
    assert_eq!(album.look(&"a".into(), 70), Look::Trouble(Trouble::Broken));
    assert_eq!(album.want(&"a".into(), Some(70)), None);
    album.forget("a");
    assert!(album.want(&"a".into(), Some(70)).is_some());
}

#[test]
fn an_answer_that_comes_after_all_was_forgotten_is_not_kept() {
    let mut album = album();
    let measure = album.want(&"a".into(), Some(70)).unwrap();
    album.learn(measure.clone(), Ok(Found::Size(100, 100)));
    let draw = album.want(&"a".into(), Some(70)).unwrap();
    let Request::Draw(wanted) = &draw else { panic!("{draw:?}") };
    let picture = picture(wanted);
    album.clear();
    album.adjust(&Settings::default(), Size::new(80, 24));
    album.learn(draw, Ok(Found::Picture(picture)));
    album.learn(measure, Err(Trouble::Broken));
    assert_eq!(album.look(&"a".into(), 70), Look::Nothing);
    assert!(album.pictures.is_empty() && album.bytes == 0);
}

#[test]
fn pictures_that_are_not_shown_any_more_go_when_there_are_too_many_bytes() {
    let mut album = Album::default();
    album.draws_with(Graphics { way: Way::Kitty, font: (20, 40), true_color: true });
    album.adjust(&Settings::default(), Size::new(200, 60));
    let mut made = None;
    for number in 0..8 {
        album.begin();
        let path = number.to_string().as_str().into();
        let measure = album.want(&path, Some(100)).unwrap();
        album.learn(measure, Ok(Found::Size(2_000, 800)));
        let Some(Request::Draw(draw)) = album.want(&path, Some(100)) else { panic!("to be drawn") };
        let picture = made.get_or_insert_with(|| picture(&draw)).clone();
        album.learn(Request::Draw(draw), Ok(Found::Picture(picture)));
        assert!(album.bytes <= MOST_BYTES, "{}", album.bytes);
    }
    let sum: usize = album.pictures.values().map(|(picture, _)| picture.bytes()).sum();
    assert_eq!(album.bytes, sum);
    assert!(album.pictures.len() < 8 && album.pictures.keys().any(|draw| draw.file.path == "7"));
}

#[test]
fn no_more_is_asked_at_a_time_than_a_few() {
    let mut album = album();
    let asked =
        (0..100).filter(|number| album.want(&number.to_string().as_str().into(), Some(70)).is_some()).count();
    assert_eq!(asked, MOST_ASKED);
}

#[test]
fn without_colours_there_are_no_half_blocks_and_with_the_setting_no_images() {
    let mut album = album();
    let plain = Settings { theme: Theme::Plain, ..Settings::default() };
    let off = Settings { images: Images::Off, ..Settings::default() };
    for settings in [plain, off] {
        album.adjust(&settings, Size::new(80, 24));
        assert!(!album.is_on() && album.want(&"a".into(), Some(70)).is_none());
    }
}
