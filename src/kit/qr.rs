//! QR codes as pictures.

use std::io::Write as _;

use fast_qr::{ECL, QRBuilder};
use flate2::Compression;
use flate2::Crc;
use flate2::write::ZlibEncoder;

/// The light margin that readers want around a code (ISO/IEC 18004 §6.3.8): modules.
const QUIET: usize = 4;

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

/// A text as a PNG of one bit a point, so many points to a module; empty where the text is too long for a code.
#[must_use]
pub fn png(text: &str, points: usize) -> Vec<u8> {
    let Ok(code) = QRBuilder::new(text).ecl(ECL::M).build() else { return Vec::new() };
    let side = (code.size + 2 * QUIET) * points;
    let is_dark = |x: usize, y: usize| {
        let at = |point: usize| (point / points).checked_sub(QUIET).filter(|module| *module < code.size);
        let module = at(x).zip(at(y)).and_then(|(x, y)| code.data.get(y * code.size + x));
        module.is_some_and(|module| module.value())
    };
    let mut rows = Vec::with_capacity(side * (side / 8 + 2));
    for y in 0..side {
        rows.push(0); // no filter
        for begin in (0..side).step_by(8) {
            // A set bit is white.
            rows.push((0..8).fold(0, |byte, bit| byte << 1 | u8::from(begin + bit >= side || !is_dark(begin + bit, y))));
        }
    }
    picture(side, &rows).unwrap_or_default()
}

/// The chunks of a greyscale picture (ISO/IEC 15948).
fn picture(side: usize, rows: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(rows)?;
    let side = u32::try_from(side).unwrap_or_default().to_be_bytes();
    let header = [&side[..], &side, &[1, 0, 0, 0, 0]].concat();
    let mut png = SIGNATURE.to_vec();
    for (kind, data) in [(b"IHDR", &header), (b"IDAT", &packed.finish()?), (b"IEND", &Vec::new())] {
        let mut sum = Crc::new();
        sum.update(kind);
        sum.update(data);
        png.extend_from_slice(&u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
        png.extend_from_slice(kind);
        png.extend_from_slice(data);
        png.extend_from_slice(&sum.sum().to_be_bytes());
    }
    Ok(png)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_picture_with_a_light_margin() {
        let png = png("otpauth://totp/ann@000000000000?secret=ABC", 2);
        assert!(png.starts_with(&SIGNATURE) && png.ends_with(b"IEND\xAE\x42\x60\x82"));
        let side = u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert_eq!((side % 2, png[24], png[25]), (0, 1, 0));
        let length = u32::from_be_bytes(png[33..37].try_into().unwrap()) as usize;
        let mut rows = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&png[41..41 + length]), &mut rows).unwrap();
        let width = (side as usize).div_ceil(8) + 1;
        assert_eq!(rows.len(), width * side as usize);
        assert!(rows[1..width].iter().all(|byte| *byte == 0xFF), "the margin is light");
        // The first row of the finder pattern: seven dark modules of two points after four light ones.
        assert_eq!(rows[width * 8 + 1..width * 8 + 4], [0xFF, 0x00, 0x03]);
        assert!(super::png(&"x".repeat(5000), 2).is_empty());
    }
}
