//! Photographs that some of whoever reports sends along: drawn patterns of walls and floors, in which nobody stands.

use std::io::Cursor;
use std::sync::LazyLock;

use db::Tx;
use district::kit::{Call, Result};
use district::matters::{self, Clear, Give, Photo, Receive, Received, Source};
use district::people::vault::Vault;
use image::{ImageFormat, Rgb, RgbImage};

/// The most matters of a month with photographs: enough for every page that shows them, and a few megabytes in all.
const MOST: usize = 20;
/// One in so many that are not from the hotline has some.
const EVERY: usize = 12;

/// A colour: red, green, blue.
type Colour = [u8; 3];

/// Walls with something wrong: the colour of the stones, of what is between them, and where the stain is.
const WALLS: [(Colour, Colour, (i64, i64)); 6] = [
    ([176, 108, 92], [214, 204, 192], (150, 210)),
    ([198, 196, 188], [150, 148, 142], (330, 120)),
    ([142, 154, 160], [96, 104, 110], (240, 280)),
    ([210, 190, 150], [170, 150, 116], (110, 90)),
    ([120, 132, 112], [186, 190, 180], (360, 260)),
    ([186, 178, 198], [132, 124, 146], (220, 150)),
];
const SIZE: (u32, u32) = (480, 360);

/// A wall, as a telephone would send it.
fn drawn((stone, joint, stain): (Colour, Colour, (i64, i64))) -> Option<Photo> {
    let wall = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let (row, shifted) = (y / 36, x + 40 * (y / 36 % 2));
        let part = if y % 36 < 4 || shifted % 80 < 4 { joint } else { stone };
        let shade = (row * 7 + shifted / 80 * 13) % 17;
        let (far_x, far_y) = (i64::from(x) - stain.0, i64::from(y) - stain.1);
        let wet = far_x * far_x + 2 * far_y * far_y < 70 * 70;
        Rgb(part.map(|it| {
            let it = u32::from(it) - shade;
            u8::try_from(if wet { it * 5 / 9 } else { it }).unwrap_or(u8::MAX)
        }))
    });
    let mut file = Cursor::new(Vec::new());
    wall.write_to(&mut file, ImageFormat::Png).ok()?;
    Photo::read("wall.png", file.get_ref()).ok()
}

/// The walls, drawn once.
static DRAWN: LazyLock<Vec<Photo>> = LazyLock::new(|| WALLS.into_iter().filter_map(drawn).collect());

/// Some of what came in has one photograph or two, and everyone may see every second of them.
pub(super) fn give(
    tx: &mut Tx<'_>,
    call: &mut Call<'_>,
    vault: &Vault,
    (received, made): (&[Receive], &[Received]),
) -> Result<()> {
    let sent = received.iter().zip(made).filter(|(it, _)| it.source != Source::Hotline);
    let with: Vec<_> = sent.step_by(EVERY).take(MOST).collect();
    let commands: Vec<Give<'_>> = with
        .iter()
        .enumerate()
        .map(|(number, (it, _))| {
            let first = number % DRAWN.len().max(1);
            let last = (first + 1 + number % 2).min(DRAWN.len());
            Give { matter: it.id, photos: &DRAWN[first..last], at: it.at }
        })
        .collect();
    if commands.is_empty() {
        return Ok(());
    }
    let mut ids = matters::give(tx, call, vault, &commands)?.into_iter();
    for (number, (command, (_, made))) in commands.iter().zip(with).enumerate() {
        let given = ids.by_ref().take(command.photos.len());
        let clear: Vec<Clear> = given.map(|photo| Clear { photo, seen: false, cleared: true }).collect();
        if number % 2 == 1 {
            matters::clear_photos(tx, call, &made.code, &clear)?;
        }
    }
    Ok(())
}
