//! SetUICustomization: style sheet and logo of the classic sign-in pages, both at once. Without either, nothing is set any more.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::errors::Error;
use super::ui_customization_answer::{ALL, Response};
use crate::context::Context;
use crate::crypto::digest::{hex, sha256};
use crate::flows::clients::NoSuchClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store::ui_customizations::{Logo, UiCustomization};
use crate::store::{self, Conn};
use crate::userpools::hosted_css;
use crate::userpools::image::ImageType;
use crate::userpools::pool::Pool;

/// How large a logo is at most, in bytes.
///
/// Source: Amazon Cognito developer guide, "Customizing hosted UI (classic) branding".
const LARGEST_LOGO: usize = 100 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: Option<String>,
    #[serde(rename = "CSS")]
    css: Option<String>,
    image_file: Option<String>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let css = request.css.filter(|css| !css.trim().is_empty());
    if let Some(css) = &css {
        hosted_css::check(css).map_err(|refused| Error::parameter(refused.to_string()))?;
    }
    let logo = request.image_file.filter(|file| !file.is_empty()).map(|file| read_logo(&file)).transpose()?;
    let now = cx.now();
    let customization = UiCustomization {
        pool_id: pool.id.clone(),
        applies_to: request.client_id.unwrap_or_else(|| ALL.to_owned()),
        css_version: css.is_some().then(|| now.millis().to_string()),
        css,
        image_hash: logo.as_ref().map(|logo| hex(&sha256(&[&logo.bytes]))),
        created_at: now,
        modified_at: now,
    };
    let set = cx.write(async |tx| set(tx, &pool, &customization, logo.as_ref()).await).await?;
    Ok(Response::of(cx, set))
}

async fn set(tx: &mut Conn, pool: &Pool, customization: &UiCustomization, logo: Option<&Logo>) -> Result<Option<UiCustomization>, Error> {
    let UiCustomization { applies_to, css, .. } = customization;
    if applies_to != ALL {
        let client_id = ClientId::from(applies_to.as_str());
        let client = store::user_pools::find_client(tx, &client_id).await?.filter(|client| client.pool_id == pool.id);
        client.ok_or(NoSuchClient(client_id))?;
    }
    if store::domains::of_pool(tx, &pool.id).await?.is_empty() {
        return Err(Error::parameter("There has to be an existing domain associated with this user pool"));
    }
    if css.is_none() && logo.is_none() {
        store::ui_customizations::delete(tx, &pool.id, applies_to).await?;
        return Ok(None);
    }
    store::ui_customizations::set(tx, customization, logo).await?;
    Ok(store::ui_customizations::find(tx, &pool.id, applies_to).await?)
}

/// A logo is a picture by its bytes, not by its name.
fn read_logo(file: &str) -> Result<Logo, Error> {
    let bytes = STANDARD.decode(file).map_err(|_| Error::parameter("ImageFile is not base64-encoded"))?;
    if bytes.len() > LARGEST_LOGO {
        return Err(Error::parameter("The image is larger than 100 KB."));
    }
    match ImageType::of(&bytes) {
        Some(kind @ (ImageType::Png | ImageType::Jpeg)) => Ok(Logo { bytes, kind }),
        _ => Err(Error::parameter("The image is not a PNG or JPEG file.")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::Method;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    const CSS: &str = ".label-customizable { font-weight: 400; }";

    fn png(more: &[u8]) -> String {
        STANDARD.encode([b"\x89PNG\r\n\x1a\n", more].concat())
    }

    #[actix_web::test]
    async fn a_client_looks_as_it_is_set_else_as_all_do() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let set = async |input: Value| pool.admin("SetUICustomization", input).await;
        let got = async |input: Value| pool.admin("GetUICustomization", input).await.ok()["UICustomization"].clone();
        let without = set(json!({"CSS": CSS})).await;
        assert_eq!(without.message(), "There has to be an existing domain associated with this user pool");
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        assert_eq!(got(json!({})).await, json!({}));
        let all = set(json!({"CSS": CSS, "ImageFile": png(b"1")})).await.ok()["UICustomization"].clone();
        assert_eq!((&all["ClientId"], &all["CSS"], &all["UserPoolId"]), (&json!("ALL"), &json!(CSS), &json!(pool.id)));
        for input in [json!({}), json!({"ClientId": "ALL"}), json!({"ClientId": pool.client_id})] {
            assert_eq!(got(input).await, all);
        }
        app.advance(Duration::from_secs(1));
        let own =
            set(json!({"ClientId": pool.client_id, "CSS": ".label-customizable { color: red }"})).await.ok()["UICustomization"].clone();
        assert_eq!(own.get("ImageUrl"), None, "they are set together");
        assert_ne!(own["CSSVersion"], all["CSSVersion"]);
        assert_eq!((got(json!({"ClientId": pool.client_id})).await, got(json!({})).await), (own, all.clone()));
        assert_eq!(set(json!({"ClientId": pool.client_id})).await.ok(), json!({"UICustomization": {}}));
        assert_eq!(got(json!({"ClientId": pool.client_id})).await, all, "it looks as all do again");
        set(json!({"ClientId": pool.client_id, "CSS": CSS})).await.ok();
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        for operation in ["SetUICustomization", "GetUICustomization"] {
            assert_eq!(pool.admin(operation, json!({"ClientId": pool.client_id})).await.code(), "ResourceNotFoundException");
        }
    }

    #[actix_web::test]
    async fn what_is_no_style_or_picture_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        for (member, value) in [
            ("CSS", json!("@import url(https://evil.example/x.css);")),
            ("CSS", json!(".label-customizable { background: url(x) }")),
            ("CSS", json!("body { color: red }")),
            ("CSS", json!("a".repeat(4000))),
            ("ImageFile", json!(STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'/>"))),
            ("ImageFile", json!(STANDARD.encode("GIF89a"))),
            ("ImageFile", json!(png(&[0; 100 * 1024]))),
            ("ImageFile", json!("!!!!")),
        ] {
            let answer = pool.admin("SetUICustomization", json!({member: value})).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{member} {value:.40}");
        }
        let another = app.pool().await;
        let elsewhere = pool.admin("SetUICustomization", json!({"ClientId": another.client_id, "CSS": CSS})).await;
        assert_eq!(elsewhere.code(), "ResourceNotFoundException");
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}])).await;
        for operation in ["SetUICustomization", "GetUICustomization"] {
            assert_eq!(ann.call(operation, json!({"UserPoolId": pool.id, "CSS": CSS})).await.code(), "AccessDeniedException");
        }
    }

    #[actix_web::test]
    async fn a_logo_is_served_as_a_picture_and_nothing_else() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("CreateUserPoolDomain", json!({"Domain": "app"})).await.ok();
        let set = pool.admin("SetUICustomization", json!({"ImageFile": png(b"<script>")})).await.ok();
        let address = set["UICustomization"]["ImageUrl"].as_str().unwrap().to_owned();
        let path = address.strip_prefix(&app.app.public_url).unwrap();
        let get = async |path: &str| app.anonymous().send("", Method::GET, path, Vec::new(), Vec::new()).await;
        let served = get(path).await;
        assert_eq!((served.status, served.header("content-type"), served.header("x-content-type-options")), (200, "image/png", "nosniff"));
        assert_eq!(served.header("content-security-policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        assert_eq!(served.header("cache-control"), "public, max-age=31536000, immutable");
        let other = app.pool().await;
        for missing in [path.replace(pool.id.as_str(), other.id.as_str()), format!("{path}0"), format!("/{}/assets/%00", pool.id)] {
            assert_eq!(get(&missing).await.status, 404, "{missing}");
        }
    }
}
