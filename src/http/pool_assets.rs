//! The images of a pool's sign-in pages.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use crate::context::App;
use crate::kit::causes::Causes;
use crate::store::branding;

/// What is said of every image.
///
/// SECURITY: a picture in SVG that is opened by itself is a document of this origin: it runs nothing, loads nothing, and is none
/// of the origin's. Nothing is guessed from its bytes.
const HEADERS: [(&str, &str); 4] = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    // The name is a hash of what is there.
    ("Cache-Control", "public, max-age=31536000, immutable"),
];

/// `GET /{pool}/assets/{hash}`
pub async fn serve(app: Data<App>, path: Path<(String, String)>) -> HttpResponse {
    let (pool_id, hash) = path.into_inner();
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    // No id has a NUL, which PostgreSQL cannot be asked for.
    if !is_hash || pool_id.contains('\0') {
        return HttpResponse::NotFound().finish();
    }
    match app.read(async |tx| branding::image(tx, &pool_id.as_str().into(), &hash).await).await {
        Ok(Some((kind, bytes))) => {
            let mut response = HttpResponse::Ok();
            for header in HEADERS {
                response.insert_header(header);
            }
            response.content_type(kind.media_type()).body(bytes)
        }
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "an image could not be read");
            HttpResponse::InternalServerError().finish()
        }
    }
}
