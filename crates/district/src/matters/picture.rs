//! A photograph as it comes in and as it is kept: decoded within limits and written anew, upright and smaller, so that
//! neither the place where it was taken nor anything else that a camera or a telephone writes into a file is left.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use crate::kit::Refusal;

/// The largest file: what telephones write in their best quality at twelve megapixels is half of it.
pub const LARGEST_PHOTO: usize = 12 * 1024 * 1024;
/// The most pixels: three times what telephones take by themselves. Decoded it is 120 MB, and several times that while
/// some kinds are decoded.
const MOST_PIXELS: u64 = 40_000_000;
/// The longest side of a file: a panorama.
const LONGEST_SIDE: u32 = 20_000;
/// The longest side of what is kept: it fills a screen, a crack and a sign can be read, and no face far away.
pub const PICTURE_SIDE: u32 = 1_600;
/// The longest side of a preview: twice what a page shows it at, for screens that are fine.
const PREVIEW_SIDE: u32 = 320;
/// How well both are written, of a hundred: what is lost is not seen at this size.
const QUALITY: [u8; 2] = [75, 70];
/// What a name of a file is cut to in a message, in characters.
const LONGEST_NAME: usize = 60;

/// One at a time: however many are sent at once, the program's memory grows by one decoded picture.
static TURN: Mutex<()> = Mutex::new(());

/// A photograph as it is kept: two JPEG files without anything but the picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// The whole picture.
    pub picture: Vec<u8>,
    /// The same, small.
    pub preview: Vec<u8>,
    /// Width and height of the whole picture.
    pub size: (u32, u32),
}

/// Says how large it is: what it shows may be somebody.
impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Photo").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Photo {
    /// Reads a file. It takes up to a second of a core, and waits for whoever is before it: call it where blocking is allowed.
    ///
    /// # Errors
    /// `matters-refused-photo-…`: what is wrong with the file of this name.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let refused = |message| {
            let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
            Refusal::new(message).with("name", name).at("photos")
        };
        if bytes.len() > LARGEST_PHOTO {
            return Err(refused("matters-refused-photo-large").with("most", LARGEST_PHOTO / 1024 / 1024));
        }
        let unreadable = || refused("matters-refused-photo-kind");
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let format = format(bytes).ok_or_else(unreadable)?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(LONGEST_SIDE);
        limits.max_image_height = Some(LONGEST_SIDE);
        // Three bytes a pixel and one more for what can be seen through.
        limits.max_alloc = Some(MOST_PIXELS * 4);
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits.clone());
        let too_many = || refused("matters-refused-photo-pixels").with("most", MOST_PIXELS / 1_000_000);
        let fault = |error| match error {
            image::ImageError::Limits(_) => too_many(),
            _ => unreadable(),
        };
        let mut decoder = reader.into_decoder().map_err(fault)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width) * u64::from(height) > MOST_PIXELS
            || limits.reserve(decoder.total_bytes()).is_err()
        {
            return Err(too_many());
        }
        // A photograph whose own note on how it was held cannot be read lies as it lies.
        let held = decoder.orientation().ok();
        let whole = DynamicImage::from_decoder(decoder).map_err(fault)?;
        let mut picture = fitted(&whole, PICTURE_SIDE);
        drop(whole);
        if let Some(held) = held {
            picture.apply_orientation(held);
        }
        let preview = opaque(&fitted(&picture, PREVIEW_SIDE));
        let picture = opaque(&picture);
        let written = |image: &RgbImage, quality| written(image, quality).map_err(|_| unreadable());
        Ok(Self {
            size: picture.dimensions(),
            picture: written(&picture, QUALITY[0])?,
            preview: written(&preview, QUALITY[1])?,
        })
    }
}

/// What kind a file is, by its first bytes; `None`: none that is taken.
fn format(bytes: &[u8]) -> Option<ImageFormat> {
    match image::guess_format(bytes).ok()? {
        kind @ (ImageFormat::Jpeg | ImageFormat::Png) => Some(kind),
        ImageFormat::WebP if webp_fits(bytes) => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Do the parts of a WebP file lie within it, and is its picture no larger than may be? The decoder believes what each part
/// says of itself and makes room for it, whatever the head of the file says. What moves is no photograph.
fn webp_fits(bytes: &[u8]) -> bool {
    let number = |bytes: &[u8], at: usize| {
        let pair = bytes.get(at..at + 2)?;
        Some(u64::from(u16::from_le_bytes([pair[0], pair[1]]) & 0x3FFF))
    };
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((head, after)) = rest.split_first_chunk::<8>() {
        let [k0, k1, k2, k3, s0, s1, s2, s3] = *head;
        let Ok(size) = usize::try_from(u32::from_le_bytes([s0, s1, s2, s3])) else { return false };
        let Some(part) = after.get(..size) else { return false };
        let fits = match &[k0, k1, k2, k3] {
            b"ANIM" | b"ANMF" => false,
            b"VP8 " => number(part, 6).zip(number(part, 8)).is_some_and(|(w, h)| w * h <= MOST_PIXELS),
            _ => true,
        };
        if !fits {
            return false;
        }
        // A part of odd length has a byte after it, which a careless program leaves out at the end.
        rest = after.get(size + size % 2..).unwrap_or_default();
    }
    true
}

/// A picture that is no longer than this at any side; one that is smaller stays.
fn fitted(image: &DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side { image.clone() } else { image.thumbnail(side, side) }
}

/// The same on white paper, where something can be seen through.
fn opaque(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let seen = image.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [r, g, b, a] = seen.get_pixel(x, y).0;
        let on_white = |part: u8| {
            let mixed = (u32::from(part) * u32::from(a) + 255 * (255 - u32::from(a))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([on_white(r), on_white(g), on_white(b)])
    })
}

fn written(image: &RgbImage, quality: u8) -> image::ImageResult<Vec<u8>> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality).encode_image(image)?;
    Ok(file)
}

#[cfg(test)]
pub(crate) mod tests;
