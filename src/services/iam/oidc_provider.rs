//! OpenID Connect providers, as operations find and change them.

use super::errors::Error;
use crate::context::Context;
use crate::iam::arn::Arn;
use crate::iam::oidc_provider::{OidcProvider, ProviderRefused};
use crate::operation::{Ask, Fault, Resolved};
use crate::store::{self, Conn};

/// The name that an ARN of the caller's account has; `None` for what is no ARN of a provider of theirs.
pub fn name_in<'a>(cx: &Context, arn: &'a str) -> Option<&'a str> {
    let start = Arn::oidc_provider(&cx.account_id, "");
    arn.strip_prefix(start.as_str()).filter(|name| !name.is_empty())
}

/// A provider of the caller's account, by its ARN; what is asked is asked of the provider.
pub async fn found(cx: &Context, arn: &str) -> Result<Resolved<OidcProvider>, Fault> {
    let Some(name) = name_in(cx, arn) else {
        // Another account's is judged as one of the caller's own that is not there.
        let name = arn.splitn(6, ':').nth(5).and_then(|resource| resource.strip_prefix("oidc-provider/")).unwrap_or("none");
        return Ok(Resolved::one(Err(none(arn).into()), Ask::on(Arn::oidc_provider(&cx.account_id, name))));
    };
    Ok(match cx.read(async |tx| store::iam::find_oidc_provider(tx, &cx.account_id, name).await).await? {
        Some(provider) => {
            let ask = Ask::on(provider.arn()).resource_tags(&provider.tags);
            Resolved::one(Ok(provider), ask)
        }
        None => Resolved::one(Err(none(arn).into()), Ask::on(Arn::oidc_provider(&cx.account_id, name))),
    })
}

/// The request asks about the provider of its `open_id_connect_provider_arn`.
macro_rules! asks_about_oidc_provider {
    ($request:ty) => {
        asks!($request => $crate::iam::oidc_provider::OidcProvider, |asked, cx| $crate::services::iam::oidc_provider::found(cx, &asked.arn).await);
    };
}

/// There is no such provider in the account.
pub fn none(arn: &str) -> Error {
    Error::NoSuchEntity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

/// Changes a provider, as it is in the transaction that writes it.
pub async fn change(cx: &Context, found: &OidcProvider, to: impl Fn(OidcProvider) -> Result<OidcProvider, Error>) -> Result<(), Error> {
    cx.write(async |tx| {
        let now = still(tx, cx, found).await?;
        Ok::<_, Error>(store::iam::update_oidc_provider(tx, &to(now)?).await?)
    })
    .await
}

async fn still(tx: &mut Conn, cx: &Context, found: &OidcProvider) -> Result<OidcProvider, Error> {
    let now = store::iam::find_oidc_provider(tx, &cx.account_id, found.name()).await?;
    // One that was made anew meanwhile is another.
    now.filter(|now| now.id == found.id).ok_or_else(|| none(found.arn().as_str()))
}

impl From<ProviderRefused> for Error {
    fn from(refused: ProviderRefused) -> Self {
        match refused {
            ProviderRefused::TooManyClients => Self::LimitExceeded(refused.to_string()),
            ProviderRefused::Url | ProviderRefused::TooManyThumbprints | ProviderRefused::Thumbprint => {
                Self::InvalidInput(refused.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{ACCOUNT, TestApp};

    const URL: &str = "https://id.example/tenant";

    #[actix_web::test]
    async fn a_provider_is_made_told_changed_and_deleted() {
        let app = TestApp::new().await;
        let admin = app.admin();
        let thumbprint = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280";
        let new =
            json!({"Url": URL, "ClientIDList": ["a", "a"], "ThumbprintList": [thumbprint], "Tags": [{"Key": "team", "Value": "red"}]});
        let made = admin.call("CreateOpenIDConnectProvider", new.clone()).await.ok();
        let arn = made["OpenIDConnectProviderArn"].as_str().unwrap().to_owned();
        assert_eq!(arn, format!("arn:aws:iam::{ACCOUNT}:oidc-provider/id.example/tenant"));
        assert_eq!(admin.call("CreateOpenIDConnectProvider", new).await.code(), "EntityAlreadyExists");
        let call = async |operation: &str, more: Value| {
            let mut request = json!({"OpenIDConnectProviderArn": arn});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            admin.call(operation, request).await
        };
        let told = call("GetOpenIDConnectProvider", json!({})).await.ok();
        assert_eq!(
            (&told["Url"], &told["ClientIDList"], &told["ThumbprintList"]),
            (&json!("id.example/tenant"), &json!(["a"]), &json!([thumbprint]))
        );
        call("AddClientIDToOpenIDConnectProvider", json!({"ClientID": "b"})).await.ok();
        call("AddClientIDToOpenIDConnectProvider", json!({"ClientID": "b"})).await.ok();
        call("RemoveClientIDFromOpenIDConnectProvider", json!({"ClientID": "a"})).await.ok();
        call("RemoveClientIDFromOpenIDConnectProvider", json!({"ClientID": "none"})).await.ok();
        let other = "a".repeat(40);
        call("UpdateOpenIDConnectProviderThumbprint", json!({"ThumbprintList": [other]})).await.ok();
        let bad = call("UpdateOpenIDConnectProviderThumbprint", json!({"ThumbprintList": ["x".repeat(40)]})).await;
        assert_eq!(bad.code(), "InvalidInput");
        call("TagOpenIDConnectProvider", json!({"Tags": [{"Key": "Team", "Value": "blue"}, {"Key": "a", "Value": "b"}]})).await.ok();
        call("UntagOpenIDConnectProvider", json!({"TagKeys": ["A"]})).await.ok();
        let told = call("GetOpenIDConnectProvider", json!({})).await.ok();
        assert_eq!((&told["ClientIDList"], &told["Tags"]), (&json!(["b"]), &json!([{"Key": "Team", "Value": "blue"}])));
        assert_eq!(told["ThumbprintList"], json!([other]));
        let tags = call("ListOpenIDConnectProviderTags", json!({})).await.ok();
        assert_eq!(tags["Tags"], told["Tags"]);
        let listed = admin.call("ListOpenIDConnectProviders", json!({})).await.ok();
        assert_eq!(listed["OpenIDConnectProviderList"], json!([{"Arn": arn}]));
        let summary = admin.call("GetAccountSummary", json!({})).await.text;
        assert!(summary.contains("<key>Providers</key><value>1</value>"), "{summary}");
        call("DeleteOpenIDConnectProvider", json!({})).await.ok();
        call("DeleteOpenIDConnectProvider", json!({})).await.ok();
        assert_eq!(call("GetOpenIDConnectProvider", json!({})).await.code(), "NoSuchEntity");
    }

    #[actix_web::test]
    async fn what_is_no_issuer_is_refused_and_so_is_one_too_many() {
        let app = TestApp::new().await;
        let admin = app.admin();
        for url in ["http://id.example", "https://id.example?a=b", "https://user@id.example", "ftp://id.example", "https://", "id.example"]
        {
            assert_eq!(admin.call("CreateOpenIDConnectProvider", json!({"Url": url})).await.code(), "InvalidInput", "{url}");
        }
        let clients: Vec<String> = (0..101).map(|number| number.to_string()).collect();
        let many = admin.call("CreateOpenIDConnectProvider", json!({"Url": URL, "ClientIDList": clients})).await;
        assert_eq!(many.code(), "LimitExceeded");
        for number in 0..100 {
            admin.call("CreateOpenIDConnectProvider", json!({"Url": format!("https://id{number}.example")})).await.ok();
        }
        assert_eq!(admin.call("CreateOpenIDConnectProvider", json!({"Url": URL})).await.code(), "LimitExceeded");
    }

    #[actix_web::test]
    async fn one_account_does_not_touch_anothers() {
        let app = TestApp::new().await;
        let made = app.admin().call("CreateOpenIDConnectProvider", json!({"Url": URL})).await.ok();
        let arn = made["OpenIDConnectProviderArn"].clone();
        let other = app.root_of("111111111111").await;
        other.call("DeleteOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await.ok();
        app.admin().call("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await.ok();
        assert_eq!(other.call("ListOpenIDConnectProviders", json!({})).await.ok()["OpenIDConnectProviderList"], "");
        // Both may trust one issuer.
        other.call("CreateOpenIDConnectProvider", json!({"Url": URL})).await.ok();
        // A policy names providers by their ARNs.
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "iam:*OpenIDConnect*", "Resource": arn}])).await;
        ann.call("GetOpenIDConnectProvider", json!({"OpenIDConnectProviderArn": arn})).await.ok();
        assert_eq!(ann.call("CreateOpenIDConnectProvider", json!({"Url": "https://evil.example"})).await.code(), "AccessDenied");
    }
}
