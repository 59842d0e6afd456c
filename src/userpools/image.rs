//! Images that people upload: their bytes are what their name says, and none that is drawn by a browser runs in it.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// What kind of image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageType {
    /// Icons of Windows.
    Ico,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// SVG.
    Svg,
    /// WebP.
    Webp,
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// What draws nothing in an image, and runs or loads where the file is opened by itself.
const ACTIVE: [&str; 6] = ["script", "foreignObject", "iframe", "object", "embed", "handler"];

impl ImageType {
    const ALL: [Self; 5] = [Self::Ico, Self::Jpeg, Self::Png, Self::Svg, Self::Webp];

    /// The wire's word for a file's type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ico => "ICO",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Webp => "WEBP",
        }
    }

    /// From the wire's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Ico => "image/x-icon",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::Webp => "image/webp",
        }
    }

    /// What kind of image these bytes are, by themselves; `None` for none of ours.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0, 0, 1, 0, ..] => Some(Self::Ico),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => std::str::from_utf8(bytes).ok().filter(|text| is_still_svg(text)).map(|_| Self::Svg),
        }
    }
}

/// Whether the text is a picture in SVG without anything that runs.
///
/// SECURITY: it is shown as an image only, where nothing runs; this keeps what would run out of the store as well.
fn is_still_svg(text: &str) -> bool {
    let mut reader = NsReader::from_str(text);
    let (mut depth, mut seen) = (0_usize, false);
    loop {
        let Ok((namespace, event)) = reader.read_resolved_event() else { return false };
        let in_svg = matches!(&namespace, ResolveResult::Bound(namespace) if namespace.0 == SVG);
        match event {
            Event::DocType(_) | Event::PI(_) => return false,
            Event::Start(start) => {
                if (depth == 0 && (seen || !is_root(in_svg, &start))) || depth > 200 || !is_still(&start) {
                    return false;
                }
                (depth, seen) = (depth + 1, true);
            }
            Event::Empty(start) => {
                if (depth == 0 && (seen || !is_root(in_svg, &start))) || !is_still(&start) {
                    return false;
                }
                seen = true;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof => return seen && depth == 0,
            _ => {}
        }
    }
}

fn is_root(in_svg: bool, start: &BytesStart<'_>) -> bool {
    in_svg && start.local_name().as_ref() == "svg"
}

fn is_still(start: &BytesStart<'_>) -> bool {
    let name = start.local_name();
    let is_active = ACTIVE.iter().any(|active| active.eq_ignore_ascii_case(name.as_ref()));
    !is_active
        && start.attributes().all(|attribute| {
            let Ok(attribute) = attribute else { return false };
            let name = attribute.key.local_name().as_ref().to_ascii_lowercase();
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { return false };
            let value: String = value.chars().filter(|character| !character.is_whitespace()).collect();
            let value = value.to_ascii_lowercase();
            // A reference within the picture, or a picture in it.
            let is_link = name == "href" && !value.starts_with('#') && !value.starts_with("data:image/");
            !name.starts_with("on") && !is_link && !value.contains("script:")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_its_bytes_say() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some(ImageType::Png)),
            (b"\xff\xd8\xff\xe0", Some(ImageType::Jpeg)),
            (b"\0\0\x01\0\x01\0", Some(ImageType::Ico)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(ImageType::Webp)),
            (b"GIF89a", None),
            (b"<html></html>", None),
            (b"", None),
            (b"\0\0\0", None),
        ] {
            assert_eq!(ImageType::of(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn a_picture_in_svg_stands_still() {
        let svg = |inner: &str| {
            format!(
                r#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inner}</svg>"#
            )
        };
        for inner in [
            r##"<defs><path id="a"/></defs><use href="#a"/><image xlink:href="data:image/png;base64,AAAA"/>"##,
            "",
            "<!-- c --><text>x</text>",
        ] {
            assert_eq!(ImageType::of(svg(inner).as_bytes()), Some(ImageType::Svg), "{inner}");
        }
        for inner in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            r#"<path onload="alert(1)"/>"#,
            r#"<a href="javascript:alert(1)"/>"#,
            r#"<a href="java&#115;cript:alert(1)"/>"#,
            r#"<a xlink:href=" java script:alert(1)"/>"#,
            r#"<image href="https://evil.example/x"/>"#,
            r#"<set attributeName="href" to="java&#115;cript:alert(1)"/>"#,
            "<foreignObject/>",
            "<g>",
        ] {
            assert_eq!(ImageType::of(svg(inner).as_bytes()), None, "{inner}");
        }
        let doctype = svg("").replace("<svg", "<!DOCTYPE svg [<!ENTITY x \"y\">]><svg");
        for text in [
            doctype.as_str(),
            "<svg/>",
            "<x xmlns=\"http://www.w3.org/2000/svg\"/>",
            &format!("{0}{0}", svg("").replace("<?xml version=\"1.0\"?>", "")),
        ] {
            assert_eq!(ImageType::of(text.as_bytes()), None, "{text}");
        }
    }
}
