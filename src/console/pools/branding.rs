//! How a pool's sign-in pages look: the classic ones, and the style that an app client has in managed login.

use askama::Template;
use serde_json::{Value, json};

use super::clients::sign_in_page;
use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, clients_of, confirmed, form, may, page, refused, segment};
use crate::hosted::preview::{self, Draft};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page and the forms of branding.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/branding", show),
        form("/pools/{pool}/branding/classic", set_classic),
        form("/pools/{pool}/branding/style", set_style),
        page("/pools/{pool}/branding/preview", preview),
        form("/pools/{pool}/branding/preview", preview_draft),
        form("/pools/{pool}/branding/delete", delete).grave(),
    ]
}

/// An image of a style, as a page shows it.
struct Image {
    label: String,
    source: String,
}

/// The style of the client that is looked at.
#[derive(Default)]
struct Style {
    id: String,
    is_default: bool,
    settings: String,
    images: Vec<Image>,
}

impl Style {
    /// The picture that stands in place of the name.
    fn logo(&self) -> Option<String> {
        self.images.iter().rev().find(|image| image.label.starts_with("FORM_LOGO ")).map(|image| image.source.clone())
    }
}

#[derive(Template)]
#[template(path = "console/pools/branding.html")]
struct BrandingPage {
    frame: Frame,
    head: Head,
    clients: Vec<(String, String)>,
    /// The client that is looked at; `ALL` for what all have that have nothing of their own.
    client: String,
    css: String,
    /// Whose the classic look is: `ALL`, the client's, or nobody's.
    css_of: String,
    logo: String,
    /// Where what is set is seen: the sign-in page of the client, or of any.
    sign_in_page: Option<String>,
    /// Nothing for `ALL`, or for a client without one.
    style: Option<Style>,
    may_set: May,
    may_style: May,
    may_delete: May,
    error: Option<WireError>,
}

/// How a client's pages look, as it is saved.
struct Looks {
    /// What the pages call what people sign in to.
    name: String,
    css: String,
    css_of: String,
    logo: String,
    style: Option<Style>,
}

async fn looks_of(visit: &Visit, client: &str) -> Result<Looks, WireError> {
    let pool = visit.segment("pool");
    let classic = call(visit, "GetUICustomization", json!({"UserPoolId": pool, "ClientId": client})).await?.at("UICustomization").clone();
    // The image is asked for at the origin of the page itself, whatever address clients reach the deployment by.
    let logo = classic.text("ImageUrl").rsplit('/').next().filter(|hash| !hash.is_empty()).map(|hash| format!("/{pool}/assets/{hash}"));
    let style = if client == ALL { None } else { style_of(visit, &pool, client).await? };
    let name = clients_of(visit, &pool).await.into_iter().find(|(id, _)| id == client).map(|(_, name)| name);
    let (css, css_of) = (classic.text("CSS"), classic.text("ClientId"));
    Ok(Looks { name: name.unwrap_or_else(|| "Your application".to_owned()), css, css_of, logo: logo.unwrap_or_default(), style })
}

async fn shown(visit: &Visit, client: String, error: Option<WireError>) -> Result<BrandingPage, WireError> {
    let head = Head::load(visit, "branding").await?;
    let clients = clients_of(visit, &head.id).await;
    let Looks { css, css_of, logo, style, .. } = looks_of(visit, &client).await?;
    let named = json!({"UserPoolId": head.id, "ClientId": client});
    let of_style = json!({"UserPoolId": head.id, "ManagedLoginBrandingId": "00000000-0000-4000-8000-000000000000"});
    let may_style = match &style {
        Some(_) => may(visit, "UpdateManagedLoginBranding", of_style.clone()).await,
        None => may(visit, "CreateManagedLoginBranding", named.clone()).await,
    };
    // Of all clients, the first.
    let seen = if client == ALL { clients.first().map(|(id, _)| id.clone()) } else { Some(client.clone()) };
    let sign_in_page = match seen {
        Some(id) => {
            let described = call(visit, "DescribeUserPoolClient", json!({"UserPoolId": head.id, "ClientId": id})).await.unwrap_or_default();
            sign_in_page(&head.id, described.at("UserPoolClient"))
        }
        None => None,
    };
    Ok(BrandingPage {
        frame: visit.frame(&head.name),
        sign_in_page,
        clients,
        css,
        css_of,
        logo,
        style,
        may_set: may(visit, "SetUICustomization", named).await,
        may_style,
        may_delete: may(visit, "DeleteManagedLoginBranding", of_style).await,
        client,
        head,
        error,
    })
}

const ALL: &str = "ALL";

/// The style of a client; nothing where it has none.
async fn style_of(visit: &Visit, pool: &str, client: &str) -> Result<Option<Style>, WireError> {
    let described = call(visit, "DescribeManagedLoginBrandingByClient", json!({"UserPoolId": pool, "ClientId": client})).await;
    let style = match described {
        Ok(described) => described.at("ManagedLoginBranding").clone(),
        Err(error) if error.code == "ResourceNotFoundException" => return Ok(None),
        Err(error) => return Err(error),
    };
    let image = |asset: &Value| {
        let kind = match asset.text("Extension").as_str() {
            "ICO" => "x-icon",
            "JPEG" => "jpeg",
            "SVG" => "svg+xml",
            "WEBP" => "webp",
            _ => "png",
        };
        Image {
            label: format!("{} {} {}", asset.text("Category"), asset.text("ColorMode"), asset.text("ResourceId")),
            source: format!("data:image/{kind};base64,{}", asset.text("Bytes")),
        }
    };
    let settings = style.get("Settings").cloned().unwrap_or_else(|| json!({}));
    Ok(Some(Style {
        id: style.text("ManagedLoginBrandingId"),
        is_default: style.at("UseCognitoProvidedValues") == true,
        settings: serde_json::to_string_pretty(&settings).unwrap_or_default(),
        images: style.list("Assets").iter().map(image).collect(),
    }))
}

/// `GET /console/pools/{pool}/branding`
async fn show(visit: &Visit) -> Outcome {
    let client = visit.query().given("client").unwrap_or_else(|| ALL.to_owned());
    Ok(Reply::page(&shown(visit, client, None).await?))
}

async fn done(visit: &Visit, client: String, called: Result<Value, WireError>, notice: &str) -> Outcome {
    match called {
        Ok(_) => {
            let path = format!("/pools/{}/branding?client={}", segment(&visit.segment("pool")), segment(&client));
            Ok(Reply::done(path, notice))
        }
        Err(error) => Ok(Reply::again(&shown(visit, client, Some(error.clone())).await?, &error)),
    }
}

/// `POST /console/pools/{pool}/branding/classic`
async fn set_classic(visit: &Visit, fields: &Fields) -> Outcome {
    let client = fields.text("client");
    let mut input = json!({"UserPoolId": visit.segment("pool"), "ClientId": client});
    for (field, member) in [("css", "CSS"), ("logo", "ImageFile")] {
        if let Some(text) = fields.given(field) {
            input.put(member, text);
        }
    }
    let called = call(visit, "SetUICustomization", input).await;
    done(visit, client, called, "The classic pages are saved.").await
}

/// `POST /console/pools/{pool}/branding/style`
async fn set_style(visit: &Visit, fields: &Fields) -> Outcome {
    let (client, id) = (fields.text("client"), fields.text("id"));
    let mut input = json!({"UserPoolId": visit.segment("pool"), "ClientId": client, "ManagedLoginBrandingId": id});
    match fields.given("settings") {
        None => input.put("UseCognitoProvidedValues", true),
        Some(settings) => match serde_json::from_str::<Value>(&settings) {
            Ok(settings) => input.put("Settings", settings),
            Err(_) => return done(visit, client, Err(refused("The settings are no JSON.")), "").await,
        },
    }
    let operation = if id.is_empty() { "CreateManagedLoginBranding" } else { "UpdateManagedLoginBranding" };
    let called = call(visit, operation, input).await;
    done(visit, client, called, "The style is saved.").await
}

/// `GET /console/pools/{pool}/branding/preview`: what is saved.
async fn preview(visit: &Visit) -> Outcome {
    let client = visit.query().given("client").unwrap_or_else(|| ALL.to_owned());
    let looks = looks_of(visit, &client).await?;
    let draft = match &looks.style {
        Some(style) if style.is_default => Draft::Classic(String::new()),
        Some(style) => Draft::Managed { saved: parsed(&style.settings), typed: json!({}) },
        None => Draft::Classic(looks.css.clone()),
    };
    framed(&looks, &draft)
}

/// `POST /console/pools/{pool}/branding/preview`: what is typed, in the frame of the page where it is.
async fn preview_draft(visit: &Visit, fields: &Fields) -> Outcome {
    let looks = looks_of(visit, &fields.text("client")).await?;
    let draft = match fields.given("settings") {
        Some(settings) => match serde_json::from_str(&settings) {
            Ok(typed) => Draft::Managed { saved: looks.style.as_ref().map_or_else(|| json!({}), |style| parsed(&style.settings)), typed },
            Err(_) => return Err(refused("The settings are no JSON.").into()),
        },
        None => Draft::Classic(fields.text("css")),
    };
    framed(&looks, &draft)
}

fn framed(looks: &Looks, draft: &Draft) -> Outcome {
    let logo = match draft {
        Draft::Managed { .. } => looks.style.as_ref().and_then(Style::logo),
        Draft::Classic(_) => Some(looks.logo.clone()).filter(|logo| !logo.is_empty()),
    };
    let page = preview::sign_in(&looks.name, draft, logo).map_err(|why| refused(&why))?;
    Ok(Reply::Page(page))
}

fn parsed(settings: &str) -> Value {
    serde_json::from_str(settings).unwrap_or_else(|_| json!({}))
}

/// `POST /console/pools/{pool}/branding/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let client = fields.text("client");
    confirmed(fields, &client)?;
    let input = json!({"UserPoolId": visit.segment("pool"), "ManagedLoginBrandingId": fields.text("id")});
    let called = call(visit, "DeleteManagedLoginBranding", input).await;
    done(visit, client, called, "The style is deleted.").await
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn looks_are_set_and_shown_as_text_and_pictures() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        let client = pool.client_id.to_string();
        let path = |rest: &str| format!("/pools/{}/branding{rest}", pool.id);
        browser.open(&path("")).await;
        let css = ".label-customizable { color: red }";
        let png = STANDARD.encode(b"\x89PNG\r\n\x1a\n.");
        let page = browser.submit_and_follow(&path("/classic"), &[("client", "ALL"), ("css", css), ("logo", &png)]).await;
        assert!(page.text.contains(css) && page.text.contains(&format!("src=\"/{}/assets/", pool.id)), "{}", page.text);
        let hostile = browser.submit(&path("/classic"), &[("client", "ALL"), ("css", "</style><script>alert(1)</script>")]).await;
        assert!(hostile.status == 400 && !hostile.text.contains("<script>alert"), "{}", hostile.text);
        let of_client = path(&format!("?client={client}"));
        browser.open(&of_client).await;
        let settings = r#"{"categories": {"global": {"colorSchemeMode": "DARK"}}}"#;
        browser.submit_and_follow(&path("/style"), &[("client", &client), ("id", ""), ("settings", settings)]).await;
        let described = pool.admin("DescribeManagedLoginBrandingByClient", json!({"ClientId": client})).await.ok();
        let style = described["ManagedLoginBranding"].clone();
        assert_eq!(style["Settings"]["categories"]["global"]["colorSchemeMode"], "DARK");
        let id = style["ManagedLoginBrandingId"].as_str().unwrap();
        let asset = json!({"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": png});
        pool.admin("UpdateManagedLoginBranding", json!({"ManagedLoginBrandingId": id, "Assets": [asset]})).await.ok();
        let page = browser.open(&of_client).await;
        assert!(page.text.contains("src=\"data:image/png;base64,") && page.text.contains("FORM_LOGO LIGHT"), "{}", page.text);
        let refused = browser.submit(&path("/style"), &[("client", &client), ("id", id), ("settings", "{")]).await;
        assert!(refused.status == 400 && refused.text.contains("The settings are no JSON."), "{}", refused.text);
        browser.open(&of_client).await;
        browser.submit_and_follow(&path("/delete"), &[("client", &client), ("id", id), ("confirm", &client)]).await;
        let gone = pool.admin("DescribeManagedLoginBrandingByClient", json!({"ClientId": client})).await;
        assert_eq!(gone.code(), "ResourceNotFoundException");
    }
}
