//! How a pool's pages look: the classic style sheet and logo, or the style of managed login, of the client or of all.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::view::Scheme;
use crate::context::App;
use crate::flows::clients::{self, AppClient};
use crate::kit::causes::Causes;
use crate::oauth::Place;
use crate::store::ui_customizations::{self, UiCustomization};
use crate::store::{Conn, StoreError, branding as brandings};
use crate::userpools::authorization::Parameters;
use crate::userpools::branding::{self, Branding};

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

/// What is set of how a client's pages look.
enum Style {
    /// By a style of managed login, and the hashes of its images by their categories.
    Managed(Box<Branding>, Vec<(String, String)>),
    /// By the classic style sheet and logo.
    Classic(UiCustomization),
}

/// What a client's pages load. One that cannot be read leaves them as they are by themselves: people sign in all the same.
pub async fn look(app: &App, place: &Place, app_client: &AppClient) -> Look {
    let found = app.read(async |tx| style(tx, app_client).await).await.unwrap_or_else(|error| {
        tracing::error!(error = %Causes(&error), "a style could not be read");
        None
    });
    let sheet = |version: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", app_client.client.id.as_str()).append_pair("v", version);
        format!("{}?{}", place.path("style.css"), query.finish())
    };
    let image = |hash: &str| place.path(&format!("assets/{hash}"));
    match found {
        None => Look::default(),
        Some(Style::Managed(branding, images)) => {
            let of = |category: &str| images.iter().rev().find(|(one, _)| one == category).map(|(_, hash)| image(hash));
            let scheme = if branding::Mode::of(&branding.settings) == branding::Mode::Dynamic { Scheme::System } else { Scheme::Light };
            Look {
                style_url: Some(sheet(&branding.modified_at.millis().to_string())),
                logo_url: of("FORM_LOGO"),
                favicon_url: of("FAVICON_SVG").or_else(|| of("FAVICON_ICO")),
                scheme,
            }
        }
        Some(Style::Classic(classic)) => {
            let style_url = classic.css.is_some().then(|| sheet(classic.css_version.as_deref().unwrap_or_default()));
            let scheme = if style_url.is_some() { Scheme::Light } else { Scheme::System };
            Look { style_url, logo_url: classic.image_hash.as_deref().map(image), favicon_url: None, scheme }
        }
    }
}

/// A style of managed login comes before the classic one, and what is the client's own before what is everybody's. Source: Amazon
/// Cognito developer guide, "Apply branding to managed login pages".
async fn style(tx: &mut Conn, app_client: &AppClient) -> Result<Option<Style>, StoreError> {
    let (pool_id, client_id) = (&app_client.pool.id, &app_client.client.id);
    if let Some(branding) = brandings::of_client(tx, pool_id, client_id).await? {
        if branding.use_provided_values {
            return Ok(None);
        }
        let images = brandings::shown_images(tx, pool_id, &branding.id).await?;
        let settings = branding::merged_with_defaults(branding.settings);
        return Ok(Some(Style::Managed(Box::new(Branding { settings, ..branding }), images)));
    }
    let own = ui_customizations::find(tx, pool_id, client_id.as_str()).await?;
    let found = match own {
        Some(own) => Some(own),
        None => ui_customizations::find(tx, pool_id, ALL).await?,
    };
    Ok(found.map(Style::Classic))
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
    let Some(app_client) = clients::find_in(app, &place.pool, &client_id.into()).await? else { return Ok(None) };
    Ok(match app.read(async |tx| style(tx, &app_client).await).await? {
        Some(Style::Managed(branding, _)) => Some(branding::style_sheet(&branding.settings)),
        Some(Style::Classic(classic)) => classic.css,
        None => None,
    })
}
