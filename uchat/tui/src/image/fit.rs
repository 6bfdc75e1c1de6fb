//! How many cells an image takes.

/// Cells for an image of so many pixels: as large as it is, or as large as fits into `most`; never larger, and never
/// nothing. Width and height keep their proportion as nearly as whole cells can.
pub(super) fn fit(pixels: (u32, u32), font: (u16, u16), most: (u16, u16)) -> (u16, u16) {
    let (width, height) = (u64::from(pixels.0.max(1)), u64::from(pixels.1.max(1)));
    let cell = (u64::from(font.0.max(1)), u64::from(font.1.max(1)));
    let room = (u64::from(most.0.max(1)) * cell.0, u64::from(most.1.max(1)) * cell.1);
    let (width, height) = if width <= room.0 && height <= room.1 {
        (width, height)
    } else if width * room.1 >= height * room.0 {
        (room.0, height * room.0 / width)
    } else {
        (width * room.1 / height, room.1)
    };
    (cells(width, cell.0, most.0), cells(height, cell.1, most.1))
}

fn cells(pixels: u64, cell: u64, most: u16) -> u16 {
    let nearest = (pixels + cell / 2) / cell;
    u16::try_from(nearest).unwrap_or(u16::MAX).clamp(1, most.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FONT: (u16, u16) = (10, 20);

    #[test]
    fn an_image_that_fits_is_as_large_as_it_is_and_another_one_keeps_its_proportion() {
        assert_eq!(fit((100, 100), FONT, (80, 20)), (10, 5));
        assert_eq!(fit((16, 16), FONT, (80, 20)), (2, 1));
        assert_eq!(fit((1_600, 400), FONT, (80, 20)), (80, 10));
        assert_eq!(fit((400, 1_600), FONT, (80, 20)), (10, 20));
        assert_eq!(fit((1, 1), FONT, (80, 20)), (1, 1));
    }

    #[test]
    fn the_longest_and_the_widest_are_still_seen() {
        assert_eq!(fit((1, 16_384), FONT, (80, 20)), (1, 20));
        assert_eq!(fit((16_384, 1), FONT, (80, 20)), (80, 1));
    }

    proptest! {
        #[test]
        fn no_image_is_larger_than_its_room_or_nothing(
            pixels: (u32, u32), font: (u16, u16), most: (u16, u16)
        ) {
            let (width, height) = fit(pixels, font, most);
            prop_assert!((1..=most.0.max(1)).contains(&width) && (1..=most.1.max(1)).contains(&height));
        }
    }
}
