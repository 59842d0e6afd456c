//! UpdateManagedLoginBranding: what is given is laid over the style; what is not given stays.

use std::sync::Arc;

use serde::Deserialize;

use super::branding_answer::{Given, Response, no_such_style};
use super::errors::Error;
use crate::context::Context;
use crate::kit::id::UserPoolId;
use crate::store;
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    /// The model asks for neither id; without them there is no style.
    #[serde(default = "none")]
    user_pool_id: UserPoolId,
    #[serde(default)]
    managed_login_branding_id: String,
    #[serde(flatten)]
    given: Given,
}

fn none() -> UserPoolId {
    UserPoolId::from("")
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    let set = request.given.check()?;
    cx.write(async |tx| {
        let mut style = store::branding::find(tx, &pool.id, &request.managed_login_branding_id).await?.ok_or_else(no_such_style)?;
        set.apply(tx, &mut style).await?;
        style.modified_at = cx.now();
        store::branding::update(tx, &style).await?;
        Ok(Response::read(tx, style, false).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};

    use crate::crypto::digest::{hex, sha256};
    use crate::testing::TestApp;

    const SVG: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>";

    fn asset(mode: &str, extension: &str, bytes: &[u8]) -> Value {
        json!({"Category": "FORM_LOGO", "ColorMode": mode, "Extension": extension, "Bytes": STANDARD.encode(bytes)})
    }

    #[actix_web::test]
    async fn what_is_given_is_laid_over_the_style() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let (light, dark) = (asset("LIGHT", "PNG", b"\x89PNG\r\n\x1a\n1"), asset("DARK", "PNG", b"\x89PNG\r\n\x1a\n2"));
        let given = json!({"ClientId": pool.client_id, "Assets": [light, dark],
                           "Settings": {"componentClasses": {"buttons": {"borderRadius": 4}, "idpButtons": {"icons": {"enabled": false}}}}});
        let created = pool.admin("CreateManagedLoginBranding", given).await.ok()["ManagedLoginBranding"].clone();
        let update = async |more: Value| {
            let mut input = json!({"ManagedLoginBrandingId": created["ManagedLoginBrandingId"]});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            pool.admin("UpdateManagedLoginBranding", input).await
        };
        let settings = json!({"componentClasses": {"buttons": {"borderRadius": 12}}});
        let light = asset("LIGHT", "SVG", SVG);
        let updated = update(json!({"Settings": settings, "Assets": [light]})).await.ok()["ManagedLoginBranding"].clone();
        let expected = json!({"componentClasses": {"buttons": {"borderRadius": 12}, "idpButtons": {"icons": {"enabled": false}}}});
        assert_eq!(updated["Settings"], expected);
        assert_eq!(updated["Assets"], json!([asset("DARK", "PNG", b"\x89PNG\r\n\x1a\n2"), light]));
        assert_eq!(update(json!({"Settings": {"x": 1}})).await.code(), "InvalidParameterException");
        assert_eq!(update(json!({})).await.ok()["ManagedLoginBranding"]["Settings"], expected, "nothing given, nothing changed");
        let reset = update(json!({"UseCognitoProvidedValues": true})).await.ok()["ManagedLoginBranding"].clone();
        assert_eq!((reset.get("Settings"), reset.get("Assets"), &reset["UseCognitoProvidedValues"]), (None, None, &json!(true)));
        let own = update(json!({"Settings": settings})).await.ok()["ManagedLoginBranding"].clone();
        assert_eq!((&own["UseCognitoProvidedValues"], &own["Settings"]), (&json!(false), &settings));
    }

    #[actix_web::test]
    async fn a_picture_of_a_style_is_served_where_nothing_in_it_runs() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = json!({"ClientId": pool.client_id, "Assets": [asset("LIGHT", "SVG", SVG)]});
        pool.admin("CreateManagedLoginBranding", given).await.ok();
        let path = format!("/{}/assets/{}", pool.id, hex(&sha256(&[SVG])));
        let served = app.anonymous().send("", Method::GET, &path, Vec::new(), Vec::new()).await;
        assert_eq!((served.status, served.header("content-type")), (200, "image/svg+xml"));
        assert!(served.header("content-security-policy").ends_with("sandbox"));
        assert_eq!(served.header("x-content-type-options"), "nosniff");
    }

    #[actix_web::test]
    async fn without_ids_there_is_no_style() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        assert_eq!(app.admin().call("UpdateManagedLoginBranding", json!({})).await.code(), "ResourceNotFoundException");
        assert_eq!(pool.admin("UpdateManagedLoginBranding", json!({})).await.code(), "ResourceNotFoundException");
    }
}
