//! Codes for cameras (ISO/IEC 18004), drawn into the page itself: no picture is asked for, and a printer draws them sharp.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use super::Fault;

/// Light modules around the code, by which a camera finds it (ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;

/// A code with the text that it says.
#[derive(Debug, Clone)]
pub struct Qr {
    /// Modules on a side, with the quiet ones around.
    pub side: i32,
    /// The dark modules as a path of SVG, a module being one unit.
    pub path: String,
}

impl Qr {
    /// Of a text, an address above all; a quarter of it may be dirty or torn. Fails for a text of more than about 1,600 bytes.
    pub fn of(text: &str) -> Result<Self, Fault> {
        let code = QrCode::encode_text(text, QrCodeEcc::Quartile)
            .map_err(|_| Fault::Internal("a text is too long for a code".into()))?;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let from = x;
                while code.get_module(x, y) {
                    x += 1;
                }
                if x > from {
                    // Writing into a text cannot fail.
                    let _ = write!(path, "M{} {}h{}v1H{}z", from + QUIET, y + QUIET, x - from, from + QUIET);
                }
                x += 1;
            }
        }
        Ok(Self { side: code.size() + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera would see: is the module dark?
    fn dark(qr: &Qr) -> Vec<Vec<bool>> {
        let side = usize::try_from(qr.side).unwrap();
        let mut seen = vec![vec![false; side]; side];
        for run in qr.path.split('z').filter(|run| !run.is_empty()) {
            let (place, run) = run[1..].split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let [x, y, length]: [usize; 3] =
                [x, y, run.split('v').next().unwrap()].map(|number| number.parse().unwrap());
            seen[y][x..x + length].fill(true);
        }
        seen
    }

    #[test]
    fn what_is_drawn_is_read_back() {
        let text = "https://minhang.example/join?code=ABCDE-FGHJK-23456-789MN";
        let qr = Qr::of(text).unwrap();
        let seen = dark(&qr);
        let (side, scale) = (seen.len(), 4);
        let grey = |x: usize, y: usize| if seen[y / scale][x / scale] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, grey);
        let (_, read) = picture.detect_grids().pop().expect("a code").decode().unwrap();
        assert_eq!(read, text);
        let quiet = usize::try_from(QUIET).unwrap();
        assert!(seen[..quiet].iter().flatten().all(|dark| !dark), "nothing is drawn around it");
    }

    #[test]
    fn a_text_that_no_code_holds_is_an_error() {
        assert!(Qr::of(&"里".repeat(1_000)).is_err());
    }
}
