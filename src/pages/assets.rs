//! The files that pages load: embedded, named by their content, compressed, and cached for ever.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::answer::not_found;

/// Another origin's pages may not load them.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

struct Asset {
    /// `app.3f2a….css`
    file: String,
    content_type: &'static str,
    bytes: &'static [u8],
    compressed: Vec<u8>,
}

macro_rules! embedded {
    ($($name:literal: $content_type:literal),+ $(,)?) => {
        [$(($name, $content_type, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/assets/", $name)) as &[u8])),+]
    };
}

/// Every file, by the name that templates know it by.
static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> = LazyLock::new(|| {
    let files = embedded! {
        "app.css": "text/css; charset=utf-8",
        "app.js": "text/javascript; charset=utf-8",
        "docs.css": "text/css; charset=utf-8",
        "docs.js": "text/javascript; charset=utf-8",
        "hosted.css": "text/css; charset=utf-8",
        "hosted.js": "text/javascript; charset=utf-8",
        "htmx.js": "text/javascript; charset=utf-8",
        "icon.svg": "image/svg+xml",
    };
    files.into_iter().map(|(name, content_type, bytes)| (name, Asset::new(name, content_type, bytes))).collect()
});

impl Asset {
    fn new(name: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest: String = crate::crypto::digest::hex(&crate::crypto::digest::sha256(&[bytes])).chars().take(16).collect();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Into memory, where nothing fails; what failed all the same would be empty, and is sent as it is.
        let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { file: format!("{stem}.{digest}.{extension}"), content_type, bytes, compressed }
    }
}

/// The address of a file, by the name that templates know it by; empty for one that there is not, which a test looks for.
#[must_use]
pub fn url(name: &str) -> String {
    ASSETS.get(name).map(|asset| format!("/assets/{}", asset.file)).unwrap_or_default()
}

/// `GET /assets/{file}`
pub async fn serve(request: HttpRequest, file: Path<String>) -> HttpResponse {
    let Some(asset) = ASSETS.values().find(|asset| asset.file == *file) else { return not_found() };
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let gzip = !asset.compressed.is_empty() && takes_gzip(accepted);
    let mut response = HttpResponse::Ok().content_type(asset.content_type).body(if gzip { &asset.compressed } else { asset.bytes });
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    if gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether a client's Accept-Encoding has gzip, and not at weight 0 (RFC 9110 §12.5.3).
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && weight > 0.0
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::http::Method;

    use super::*;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_file_is_served_under_the_name_of_its_content_only() {
        let app = TestApp::new().await;
        let wanted = url("app.css");
        let plain = app.send(Method::GET, &wanted, &[], Vec::new()).await;
        assert_eq!((plain.status, plain.text.as_bytes()), (200, ASSETS["app.css"].bytes));
        for other in ["/assets/app.css", "/assets/app.0000000000000000.css", "/assets/..%2fapp.css"] {
            assert_eq!(app.send(Method::GET, other, &[], Vec::new()).await.status, 404, "{other}");
        }
    }

    #[test]
    fn compressed_files_open_to_what_they_were() {
        for asset in ASSETS.values() {
            let mut opened = Vec::new();
            flate2::read::GzDecoder::new(asset.compressed.as_slice()).read_to_end(&mut opened).unwrap();
            assert!(opened == asset.bytes && asset.compressed.len() < asset.bytes.len(), "{}", asset.file);
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (accepted, takes) in [("gzip, br", true), ("br;q=1, GZIP;q=0.5", true), ("gzip;q=0", false), ("", false), ("x-gzip2", false)] {
            assert_eq!(takes_gzip(accepted), takes, "{accepted}");
        }
    }
}
