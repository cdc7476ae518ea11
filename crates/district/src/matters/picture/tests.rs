//! What is taken, what is refused, and what is left of a file.

use image::{ExtendedColorType, ImageEncoder as _, Rgba, RgbaImage};

use super::*;

/// A picture whose left half is red, whose right half is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(
        width,
        height,
        |x, _| if x < width / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) },
    )
}

/// The picture as a file of a kind.
pub(crate) fn file(kind: ImageFormat, width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    halves(width, height).write_to(&mut file, kind).unwrap();
    file.into_inner()
}

/// What a telephone writes: how it was held, which it was, and where.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
    };
    exif.extend(entry(0x0110, 2, 4, *b"P40\0"));
    exif.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    exif.extend(entry(0x8825, 4, 1, [50, 0, 0, 0]));
    exif.extend([0; 4]);
    // The part with the place: one entry, the letter of the latitude, and then the degrees.
    exif.extend(1_u16.to_le_bytes());
    exif.extend(entry(0x0001, 2, 2, *b"N\0\0\0"));
    exif.extend([0; 4]);
    exif.extend(b"GPS 31.1126 121.3817");
    exif
}

/// A JPEG file with all that in it.
fn from_a_telephone(orientation: u8) -> Vec<u8> {
    let image = halves(64, 32);
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 90);
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    encoder.write_image(&image, 64, 32, ExtendedColorType::Rgb8).unwrap();
    assert!(holds(&file, b"Exif") && holds(&file, b"GPS"));
    file
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn refusal(bytes: &[u8]) -> Refusal {
    Photo::read("IMG_0001.jpg", bytes).unwrap_err()
}

#[test]
fn nothing_of_the_camera_or_the_place_is_left() {
    let photo = Photo::read("a.jpg", &from_a_telephone(1)).unwrap();
    for kept in [&photo.picture, &photo.preview] {
        for word in [&b"Exif"[..], b"GPS", b"P40", b"31.1126", b"http", b"ICC_PROFILE", b"Photoshop"] {
            assert!(!holds(kept, word), "{}", String::from_utf8_lossy(word));
        }
        // No part for a program (APP1 to APP15) and no remark is in it: only JFIF's own head.
        assert!((0xE1..=0xEF).chain([0xFE]).all(|marker| !holds(&kept[..200], &[0xFF, marker])));
        assert_eq!(image::guess_format(kept).unwrap(), ImageFormat::Jpeg);
    }
}

#[test]
fn a_picture_stands_upright_however_the_telephone_was_held() {
    // Which corners are red: the upper left, the upper right, the lower left.
    let red = |orientation| {
        let photo = Photo::read("a.jpg", &from_a_telephone(orientation)).unwrap();
        let image = image::load_from_memory(&photo.picture).unwrap().to_rgb8();
        assert_eq!(photo.size, image.dimensions());
        let [right, low] = [image.width() - 3, image.height() - 3];
        (photo.size, [(2, 2), (right, 2), (2, low)].map(|(x, y)| image.get_pixel(x, y)[0] > 128))
    };
    assert_eq!(red(1), ((64, 32), [true, false, true]));
    assert_eq!(red(3), ((64, 32), [false, true, false]));
    assert_eq!(red(6), ((32, 64), [true, true, false]));
    assert_eq!(red(8), ((32, 64), [false, false, true]));
    assert_eq!(red(77), ((64, 32), [true, false, true]), "a note that makes no sense is none");
}

#[test]
fn every_kind_is_taken_and_none_is_larger_than_it_has_to_be() {
    for kind in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let photo = Photo::read("a", &file(kind, 2_000, 500)).unwrap();
        assert_eq!(photo.size, (1_600, 400), "{kind:?}");
        let preview = image::load_from_memory(&photo.preview).unwrap();
        assert_eq!((preview.width(), preview.height()), (320, 80));
    }
    let small = Photo::read("a", &file(ImageFormat::Png, 3, 1)).unwrap();
    assert_eq!(small.size, (3, 1), "a small one is not blown up");
    assert_eq!(Photo::read("a", &file(ImageFormat::Png, 5_000, 1)).unwrap().size, (1_600, 1));
}

#[test]
fn what_can_be_seen_through_lies_on_white_paper() {
    let mut glass = Cursor::new(Vec::new());
    RgbaImage::from_pixel(16, 16, Rgba([0, 0, 0, 0])).write_to(&mut glass, ImageFormat::Png).unwrap();
    let photo = Photo::read("a.png", &glass.into_inner()).unwrap();
    let kept = image::load_from_memory(&photo.picture).unwrap().to_rgb8();
    assert!(kept.get_pixel(8, 8).0.iter().all(|part| *part > 250));
}

#[test]
fn what_is_no_picture_is_refused_by_its_name() {
    let cut = &file(ImageFormat::Png, 64, 64)[..60];
    for bytes in [&b""[..], b"GIF89a\x01\0\x01\0", b"%PDF-1.7", b"\0\0\0\x18ftypheic", b"\xFF\xD8\xFF", cut] {
        let refusal = refusal(bytes);
        assert_eq!((refusal.message, refusal.field), ("matters-refused-photo-kind", Some("photos")));
        assert!(refusal.args.iter().any(|(name, value)| *name == "name" && value == "IMG_0001.jpg"));
    }
}

/// A PNG file of a few bytes whose head says how large its picture is.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut file = file(ImageFormat::Png, 1, 1);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

/// The sum of a part of a PNG file.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// A JPEG file whose head says how large its picture is.
fn jpeg_head(width: u16, height: u16) -> Vec<u8> {
    let mut file = file(ImageFormat::Jpeg, 16, 16);
    let head = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    file[head + 5..head + 7].copy_from_slice(&height.to_be_bytes());
    file[head + 7..head + 9].copy_from_slice(&width.to_be_bytes());
    file
}

#[test]
fn two_hundred_megapixels_are_refused_by_the_head_of_the_file() {
    // 16,384 by 12,288: what the largest telephones write; and a head that promises more than any disk holds.
    for bytes in [png_head(16_384, 12_288), jpeg_head(16_384, 12_288), png_head(1 << 30, 1 << 30)] {
        assert_eq!(refusal(&bytes).message, "matters-refused-photo-pixels");
    }
    // Few pixels, but sixteen bytes each: more than a picture may take.
    let deep = png_head(6_000, 6_000);
    assert_eq!(refusal(&deep).message, "matters-refused-photo-kind", "its content is not there");
}

#[test]
fn a_part_of_a_webp_file_that_lies_is_refused_before_room_is_made_for_it() {
    let sound = file(ImageFormat::WebP, 64, 64);
    assert!(webp_fits(&sound));
    // A part that says it is four gigabytes long, of a file of fifty bytes.
    let mut lies = b"RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\x0f\0\0\x0f\0\0EXIF".to_vec();
    lies.extend(u32::MAX.to_le_bytes());
    lies.extend([0; 8]);
    assert_eq!(refusal(&lies).message, "matters-refused-photo-kind");
    // A small sheet with a picture of 268 megapixels on it.
    let mut large = b"RIFF\x2a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x0f\0\0VP8 \x0a\0\0\0".to_vec();
    large.extend([0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xFF, 0x3F, 0xFF, 0x3F]);
    assert_eq!(refusal(&large).message, "matters-refused-photo-kind");
    let moving = b"RIFF\x1a\0\0\0WEBPANIM\x06\0\0\0\0\0\0\0\0\0";
    assert_eq!(refusal(moving).message, "matters-refused-photo-kind");
}

#[test]
fn a_file_that_is_too_large_is_not_looked_at() {
    let refusal = refusal(&vec![0xFF; LARGEST_PHOTO + 1]);
    assert_eq!(refusal.message, "matters-refused-photo-large");
    // A name is told as it is, without what no line holds, and not without end.
    let named = Photo::read(&("照\u{7}".to_owned() + &"x".repeat(500)), b"").unwrap_err();
    let (_, name) = &named.args[0];
    assert_eq!(name.chars().count(), LONGEST_NAME);
}
