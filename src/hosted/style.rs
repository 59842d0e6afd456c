//! How a pool's pages look: the classic style sheet and logo, or the style of managed login, of the client or of all.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::view::Scheme;
use crate::context::App;
use crate::flows::clients::AppClient;
use crate::kit::causes::Causes;
use crate::oauth::Place;
use crate::store::ui_customizations::{self, UiCustomization};
use crate::store::{Conn, StoreError};
use crate::userpools::authorization::Parameters;

/// What applies where a client has nothing of its own.
const ALL: &str = "ALL";

/// What a page loads of a style.
#[derive(Default)]
pub struct Look {
    /// A style sheet.
    pub style_url: Option<String>,
    /// A picture in place of the name.
    pub logo_url: Option<String>,
    /// An icon of the browser's tab.
    pub favicon_url: Option<String>,
    /// Whether the pages are dark where the system is.
    pub scheme: Scheme,
}

/// What a client's pages load. One that cannot be read leaves them as they are by themselves: people sign in all the same.
pub async fn look(app: &App, place: &Place, app_client: &AppClient) -> Look {
    let found = app.read(async |tx| customization(tx, app_client).await).await.unwrap_or_else(|error| {
        tracing::error!(error = %Causes(&error), "a style could not be read");
        None
    });
    let Some(found) = found else { return Look::default() };
    let version = found.css_version.as_deref().unwrap_or_default();
    let style_url = found.css.is_some().then(|| {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", app_client.client.id.as_str())
            .append_pair("v", version)
            .finish();
        format!("{}?{query}", place.path("style.css"))
    });
    let logo_url = found.image_hash.as_ref().map(|hash| place.path(&format!("assets/{hash}")));
    let scheme = if style_url.is_some() { Scheme::Light } else { Scheme::System };
    Look { style_url, logo_url, favicon_url: None, scheme }
}

async fn customization(tx: &mut Conn, app_client: &AppClient) -> Result<Option<UiCustomization>, StoreError> {
    let pool_id = &app_client.pool.id;
    match ui_customizations::find(tx, pool_id, app_client.client.id.as_str()).await? {
        Some(own) => Ok(Some(own)),
        None => ui_customizations::find(tx, pool_id, ALL).await,
    }
}

/// `GET /{pool}/style.css`: what was checked when it was set (`userpools::hosted_css`).
pub async fn serve(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let parameters = Parameters::parse(request.query_string().as_bytes());
    match css(&app, &request, &parameters).await {
        Ok(Some(css)) => HttpResponse::Ok()
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .insert_header(("Cross-Origin-Resource-Policy", "same-origin"))
            // The address has the version.
            .insert_header(("Cache-Control", "public, max-age=86400"))
            .content_type("text/css; charset=utf-8")
            .body(css),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::error!(error = %Causes(&error), "a style could not be read");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn css(app: &App, request: &HttpRequest, parameters: &Parameters) -> Result<Option<String>, StoreError> {
    let Some(place) = Place::of(app, request).await? else { return Ok(None) };
    let Some(client_id) = parameters.get("client_id").filter(|_| !parameters.has_nul()) else { return Ok(None) };
    let Some(app_client) = crate::flows::clients::find_in(app, &place.pool, &client_id.into()).await? else { return Ok(None) };
    Ok(app.read(async |tx| customization(tx, &app_client).await).await?.and_then(|found| found.css))
}
