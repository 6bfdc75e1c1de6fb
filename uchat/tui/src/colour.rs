//! Colours for terminals that have 256 of them: six steps of red, green and blue, and a row of greys.

use ratatui::style::Color;

/// The nearest of them; what is no mixture of red, green and blue stays as it is.
pub(crate) fn nearest(colour: Color) -> Color {
    let Color::Rgb(red, green, blue) = colour else { return colour };
    let here = [red, green, blue];
    let steps = here.map(step);
    let grey = (here.iter().map(|part| u32::from(*part)).sum::<u32>() / 3).clamp(8, 238) as u8;
    let grey = (grey - 3) / 10; // 8, 18, … 238
    if distance(here, steps.map(level)) <= distance(here, [8 + 10 * grey; 3]) {
        Color::Indexed(16 + 36 * steps[0] + 6 * steps[1] + steps[2])
    } else {
        Color::Indexed(232 + grey)
    }
}

/// The nearest of the levels 0, 95, 135, 175, 215, 255.
fn step(part: u8) -> u8 {
    match part {
        0..48 => 0,
        48..115 => 1,
        _ => (part - 35) / 40,
    }
}

fn level(step: u8) -> u8 {
    if step == 0 { 0 } else { 55 + 40 * step }
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    one.iter().zip(other).map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn colours_of_the_palette_stay_themselves() {
        for (rgb, index) in [
            ((0, 0, 0), 16),
            ((255, 255, 255), 231),
            ((255, 0, 0), 196),
            ((95, 135, 175), 67),
            ((128, 128, 128), 244),
            ((8, 8, 8), 232),
            ((238, 238, 238), 255),
        ] {
            assert_eq!(nearest(Color::Rgb(rgb.0, rgb.1, rgb.2)), Color::Indexed(index), "{rgb:?}");
        }
        assert_eq!(nearest(Color::Reset), Color::Reset);
    }

    proptest! {
        #[test]
        fn every_colour_has_one_among_the_240(red: u8, green: u8, blue: u8) {
            prop_assert!(matches!(nearest(Color::Rgb(red, green, blue)), Color::Indexed(16..=255)));
        }
    }
}
