//! CreateManagedLoginBranding: a style for an app client, which has one.

use serde::Deserialize;

use super::branding_answer::{Given, Response, empty};
use super::errors::Error;
use crate::context::Context;
use crate::crypto::ids;
use crate::flows::clients::AppClient;
use crate::kit::id::{ClientId, UserPoolId};
use crate::store;
use crate::userpools::branding::Branding;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: ClientId,
    #[serde(flatten)]
    given: Given,
}

asks_about_client!(Request);

pub async fn handle(cx: &Context, app_client: AppClient, request: Request) -> Result<Response, Error> {
    let set = request.given.check()?;
    let now = cx.now();
    let branding = Branding {
        pool_id: app_client.pool.id.clone(),
        id: ids::uuid(&mut cx.rng()),
        client_id: app_client.client.id.clone(),
        use_provided_values: false,
        settings: empty(),
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        store::user_pools::find_client(tx, &branding.client_id).await?.ok_or_else(|| app_client.gone())?;
        let mut style = branding.clone();
        if !store::branding::insert(tx, &style).await? {
            return Err(Error::ManagedLoginBrandingExists);
        }
        set.apply(tx, &mut style).await?;
        store::branding::update(tx, &style).await?;
        Ok(Response::read(tx, style, false).await?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::{Value, json};

    use crate::testing::TestApp;

    fn png(more: &str) -> String {
        STANDARD.encode([b"\x89PNG\r\n\x1a\n", more.as_bytes()].concat())
    }

    fn asset(category: &str, extension: &str, bytes: &str) -> Value {
        json!({"Category": category, "ColorMode": "LIGHT", "Extension": extension, "Bytes": bytes})
    }

    #[actix_web::test]
    async fn a_style_is_kept_and_told_with_or_without_what_it_leaves_out() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let settings = json!({"categories": {"global": {"colorSchemeMode": "DARK"}}});
        let given = json!({"ClientId": pool.client_id, "Settings": settings, "Assets": [asset("FORM_LOGO", "PNG", &png("1"))]});
        let created = pool.admin("CreateManagedLoginBranding", given.clone()).await.ok()["ManagedLoginBranding"].clone();
        assert_eq!((&created["Settings"], &created["UseCognitoProvidedValues"]), (&settings, &json!(false)));
        assert_eq!(created["Assets"], given["Assets"]);
        let id = json!({"ManagedLoginBrandingId": created["ManagedLoginBrandingId"]});
        let described = pool.admin("DescribeManagedLoginBranding", id.clone()).await.ok();
        assert_eq!(described["ManagedLoginBranding"], created);
        let by_client = pool.admin("DescribeManagedLoginBrandingByClient", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(by_client, described);
        let mut merged = id.clone();
        merged["ReturnMergedResources"] = json!(true);
        let merged = pool.admin("DescribeManagedLoginBranding", merged).await.ok()["ManagedLoginBranding"].clone();
        assert_eq!(merged["Settings"]["categories"]["global"]["colorSchemeMode"], "DARK");
        assert_eq!(merged["Settings"]["components"]["favicon"], json!({"enabledTypes": ["ICO", "SVG"]}));
        let again = pool.admin("CreateManagedLoginBranding", given).await;
        assert_eq!(again.code(), "ManagedLoginBrandingExistsException");
        pool.admin("DeleteManagedLoginBranding", id.clone()).await.ok();
        for (operation, input) in [
            ("DescribeManagedLoginBranding", id.clone()),
            ("UpdateManagedLoginBranding", id.clone()),
            ("DeleteManagedLoginBranding", id),
            ("DescribeManagedLoginBrandingByClient", json!({"ClientId": pool.client_id})),
        ] {
            assert_eq!(pool.admin(operation, input).await.code(), "ResourceNotFoundException", "{operation}");
        }
        let default = json!({"ClientId": pool.client_id, "UseCognitoProvidedValues": true});
        let default = pool.admin("CreateManagedLoginBranding", default).await.ok()["ManagedLoginBranding"].clone();
        assert_eq!((default.get("Settings"), default.get("Assets")), (None, None));
        assert_eq!(default["UseCognitoProvidedValues"], true);
    }

    #[actix_web::test]
    async fn what_is_no_style_is_refused_and_makes_none() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let html = STANDARD.encode("<html/>");
        let script = STANDARD.encode("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
        for more in [
            json!({"UseCognitoProvidedValues": true, "Settings": {}}),
            json!({"UseCognitoProvidedValues": true, "Assets": [asset("FORM_LOGO", "PNG", &png(""))]}),
            json!({"Settings": {"css": "body { background: url(x) }"}}),
            json!({"Settings": {"categories": {"global": {"colorSchemeMode": 1}}}}),
            json!({"Assets": [asset("FORM_LOGO", "PNG", &html)]}),
            json!({"Assets": [asset("FORM_LOGO", "SVG", &script)]}),
            json!({"Assets": [asset("FORM_LOGO", "JPEG", &png(""))]}),
            json!({"Assets": [asset("FAVICON_ICO", "PNG", &png(""))]}),
            json!({"Assets": [asset("FORM_LOGO", "PNG", "")]}),
            json!({"Assets": [asset("FORM_LOGO", "PNG", "!")]}),
            json!({"Assets": [asset("FORM_LOGO", "GIF", &png(""))]}),
            json!({"Assets": [asset("LOGO", "PNG", &png(""))]}),
            json!({"Assets": [asset("FORM_LOGO", "PNG", &png("1")), asset("FORM_LOGO", "PNG", &png("2"))]}),
        ] {
            let mut input = json!({"ClientId": pool.client_id});
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let answer = pool.admin("CreateManagedLoginBranding", input).await;
            assert_eq!(answer.code(), "InvalidParameterException", "{more}");
        }
        let none = pool.admin("DescribeManagedLoginBrandingByClient", json!({"ClientId": pool.client_id})).await;
        assert_eq!(none.code(), "ResourceNotFoundException");
        let another = app.pool().await;
        let elsewhere = pool.admin("CreateManagedLoginBranding", json!({"ClientId": another.client_id})).await;
        assert_eq!(elsewhere.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn a_style_goes_with_its_client() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given = json!({"ClientId": pool.client_id, "Assets": [asset("FORM_LOGO", "PNG", &png("1"))]});
        let created = pool.admin("CreateManagedLoginBranding", given).await.ok()["ManagedLoginBranding"].clone();
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
        let gone = pool.admin("DescribeManagedLoginBranding", json!({"ManagedLoginBrandingId": created["ManagedLoginBrandingId"]})).await;
        assert_eq!(gone.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn only_who_may_works_on_styles() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}])).await;
        let id = "00000000-0000-4000-8000-000000000000";
        for operation in [
            "CreateManagedLoginBranding",
            "DescribeManagedLoginBranding",
            "DescribeManagedLoginBrandingByClient",
            "UpdateManagedLoginBranding",
            "DeleteManagedLoginBranding",
        ] {
            let input = json!({"UserPoolId": pool.id, "ClientId": pool.client_id, "ManagedLoginBrandingId": id});
            assert_eq!(ann.call(operation, input).await.code(), "AccessDeniedException", "{operation}");
        }
    }
}
