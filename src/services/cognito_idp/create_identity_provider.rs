//! CreateIdentityProvider: who else vouches for a pool's users.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::errors::Error;
use super::provider_answer::{Response, reached};
use crate::context::Context;
use crate::crypto::sealed::Sealed;
use crate::flows::clients::NoSuchPool;
use crate::kit::id::UserPoolId;
use crate::store::{self, Conn, StoreError};
use crate::userpools::attributes::full_schema;
use crate::userpools::identity_provider::{
    Configuration, Details, IdentityProvider, MOST_IN_A_POOL, ProviderSecrets, ProviderType, check_acr, check_mapping, check_name,
    sealed_at,
};
use crate::userpools::pool::Pool;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    provider_name: String,
    provider_type: String,
    provider_details: BTreeMap<String, String>,
    #[serde(default)]
    attribute_mapping: BTreeMap<String, String>,
    #[serde(default)]
    idp_identifiers: Vec<String>,
    #[serde(default)]
    acr_mapping: BTreeMap<String, String>,
}

asks_about_pool!(Request);

pub async fn handle(cx: &Context, pool: Arc<Pool>, request: Request) -> Result<Response, Error> {
    // The model lists the types.
    let kind = ProviderType::parse(&request.provider_type).ok_or_else(|| Error::parameter("Invalid ProviderType"))?;
    check_name(&request.provider_name, kind)?;
    check_acr(kind, &request.acr_mapping)?;
    let details = Details::check(kind, request.provider_details, reached(cx))?;
    let attribute_mapping = check_mapping(kind, &full_schema(&pool.configuration.schema), request.attribute_mapping)?;
    let now = cx.now();
    let provider = IdentityProvider {
        sealed_secrets: seal(cx, &pool, &request.provider_name, &details)?,
        pool_id: pool.id.clone(),
        name: request.provider_name,
        kind,
        configuration: Configuration { details: details.open, attribute_mapping, acr_mapping: request.acr_mapping },
        identifiers: request.idp_identifiers,
        created_at: now,
        modified_at: now,
    };
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        if !store::identity_providers::insert(tx, &provider).await? {
            return Err(Error::DuplicateProvider(provider.name.clone()));
        }
        identify(tx, &provider).await?;
        let count = store::identity_providers::count(tx, &pool.id, MOST_IN_A_POOL + 1).await?;
        if count > MOST_IN_A_POOL {
            Err(Error::LimitReached("The user pool has as many identity providers as it can have."))
        } else {
            Ok(())
        }
    })
    .await?;
    Response::of(cx, provider)
}

/// The secrets among a provider's details, to be stored.
pub fn seal(cx: &Context, pool: &Pool, name: &str, details: &Details) -> Result<Option<Sealed<ProviderSecrets>>, Error> {
    if details.secrets.0.is_empty() {
        return Ok(None);
    }
    let sealed = cx.keys.at_rest.seal(&sealed_at(&pool.id, name), &details.secrets, &mut cx.rng());
    Ok(Some(sealed.map_err(StoreError::from)?))
}

/// Gives a provider its identifiers, unless another has one of them.
pub async fn identify(tx: &mut Conn, provider: &IdentityProvider) -> Result<(), Error> {
    match store::identity_providers::set_identifiers(tx, provider).await? {
        Some(taken) => Err(Error::parameter(format!("The identifier {taken} is already in use for this user pool."))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::{TestApp, TestPool};

    pub const METADATA: &str = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/saml">
        <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor>
        <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>QUJD</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
        <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
        </IDPSSODescriptor></EntityDescriptor>"#;

    async fn create(pool: &TestPool<'_>, name: &str, kind: &str, details: Value) -> crate::testing::Answer {
        pool.admin("CreateIdentityProvider", json!({"ProviderName": name, "ProviderType": kind, "ProviderDetails": details})).await
    }

    fn oidc() -> Value {
        json!({"client_id": "c", "client_secret": "canary", "attributes_request_method": "GET", "oidc_issuer": "https://op.example",
               "authorize_scopes": "openid"})
    }

    #[actix_web::test]
    async fn every_type_is_answered_as_aws_answers_it() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let client = json!({"client_id": "c", "client_secret": "s", "authorize_scopes": "email"});
        let apple = json!({"client_id": "c", "team_id": "t", "key_id": "k", "private_key": "canary", "authorize_scopes": "email"});
        for (name, kind, details, told) in [
            ("Google", "Google", client.clone(), ("oidc_issuer", "https://accounts.google.com")),
            ("Facebook", "Facebook", client.clone(), ("token_request_method", "GET")),
            ("LoginWithAmazon", "LoginWithAmazon", client, ("token_url", "https://api.amazon.com/auth/o2/token")),
            ("SignInWithApple", "SignInWithApple", apple, ("authorize_url", "https://appleid.apple.com/auth/authorize")),
            ("Corp", "OIDC", oidc(), ("client_secret", "canary")),
            ("Saml", "SAML", json!({"MetadataFile": METADATA}), ("SSORedirectBindingURI", "https://idp.example/sso")),
            ("Fetched", "SAML", json!({"MetadataURL": "https://idp.example/m"}), ("MetadataURL", "https://idp.example/m")),
        ] {
            let created = create(&pool, name, kind, details).await.ok();
            assert_eq!(created["IdentityProvider"]["ProviderDetails"][told.0], told.1, "{name}");
            assert!(created["IdentityProvider"]["ProviderDetails"].get("private_key").is_none());
            let described = pool.admin("DescribeIdentityProvider", json!({"ProviderName": name})).await.ok();
            assert_eq!(described, created, "{name}");
        }
        let mapped = pool.admin("DescribeIdentityProvider", json!({"ProviderName": "Google"})).await.ok();
        assert_eq!(mapped["IdentityProvider"]["AttributeMapping"], json!({"username": "sub"}));
    }

    #[actix_web::test]
    async fn names_are_each_of_one_provider() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        create(&pool, "Corp", "OIDC", oidc()).await.ok();
        assert_eq!(create(&pool, "Corp", "OIDC", oidc()).await.code(), "DuplicateProviderException");
        let with = |name: &str| json!({"ProviderName": name, "ProviderType": "OIDC", "ProviderDetails": oidc(), "IdpIdentifiers": ["corp.example", "x"]});
        pool.admin("CreateIdentityProvider", with("One")).await.ok();
        assert_eq!(pool.admin("CreateIdentityProvider", with("Two")).await.code(), "InvalidParameterException");
        assert_eq!(pool.admin("DescribeIdentityProvider", json!({"ProviderName": "Two"})).await.code(), "ResourceNotFoundException");
        let mut twice = with("Three");
        twice["IdpIdentifiers"] = json!(["same", "same"]);
        assert_eq!(pool.admin("CreateIdentityProvider", twice).await.code(), "InvalidParameterException");
        // Names of another pool are its own.
        app.pool().await.admin("CreateIdentityProvider", with("One")).await.ok();
    }

    #[actix_web::test]
    async fn what_no_provider_is_made_of_is_refused() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let google = create(&pool, "Mine", "Google", json!({"client_id": "c"})).await;
        assert_eq!(google.error(), ("InvalidParameterException".to_owned(), "Provider Mine cannot be of type Google.".to_owned()));
        let details = create(&pool, "Google", "Google", json!({"client_id": "c"})).await;
        assert_eq!(details.message(), "client_id, client_secret and authorize_scopes are all required idp details");
        let base = json!({"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": oidc()});
        for (member, value) in [
            ("AttributeMapping", json!({"custom:none": "x"})),
            ("AttributeMapping", json!({"sub": "sub"})),
            ("ProviderName", json!("COGNITO")),
            ("ProviderType", json!("LDAP")),
            ("ProviderDetails", json!({"client_id": "c"})),
            ("IdpIdentifiers", json!(["<script>"])),
            ("AcrMapping", json!({"Level5": "x"})),
        ] {
            let mut input = base.clone();
            input[member] = value;
            assert_eq!(pool.admin("CreateIdentityProvider", input).await.code(), "InvalidParameterException", "{member}");
        }
        let doctype = METADATA.replace("<EntityDescriptor", "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]><EntityDescriptor");
        let saml = create(&pool, "Saml", "SAML", json!({"MetadataFile": doctype})).await;
        assert_eq!(saml.message(), "Invalid SAML metadata: it has a document type");
        let acr = json!({"ProviderName": "Saml", "ProviderType": "SAML", "ProviderDetails": {"MetadataFile": METADATA}, "AcrMapping": {"Level1": "x"}});
        assert_eq!(pool.admin("CreateIdentityProvider", acr).await.code(), "InvalidParameterException");
    }

    #[actix_web::test]
    async fn secrets_rest_sealed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        create(&pool, "Corp", "OIDC", oidc()).await.ok();
        let apple = json!({"client_id": "c", "team_id": "t", "key_id": "k", "private_key": "canary", "authorize_scopes": "email"});
        create(&pool, "SignInWithApple", "SignInWithApple", apple).await.ok();
        let stored = app.app.read(async |tx| crate::store::identity_providers::list(tx, &pool.id, "", 10).await).await.unwrap();
        assert_eq!(stored.len(), 2);
        for provider in stored {
            assert!(!format!("{:?}", provider.configuration).contains("canary"), "{}", provider.name);
            let sealed = provider.sealed_secrets.unwrap();
            assert!(!sealed.as_bytes().windows(6).any(|window| window == b"canary"));
            let elsewhere = super::sealed_at(&pool.id, "Other");
            assert!(app.app.keys.at_rest.open(&elsewhere, &sealed).is_err(), "a row that was moved does not open");
        }
    }

    #[actix_web::test]
    async fn only_who_may_makes_one_and_a_pool_has_so_many() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:ListIdentityProviders", "Resource": "*"}])).await;
        let input = json!({"UserPoolId": pool.id, "ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": oidc()});
        assert_eq!(ann.call("CreateIdentityProvider", input).await.code(), "AccessDeniedException");
        let saml = crate::userpools::identity_provider::IdentityProvider {
            pool_id: pool.id.clone(),
            name: String::new(),
            kind: crate::userpools::identity_provider::ProviderType::Saml,
            configuration: Default::default(),
            sealed_secrets: None,
            identifiers: Vec::new(),
            created_at: app.app.now(),
            modified_at: app.app.now(),
        };
        let fill = async |tx: &mut crate::store::Conn| {
            for number in 0..300 {
                let provider = crate::userpools::identity_provider::IdentityProvider { name: format!("p{number}"), ..saml.clone() };
                crate::store::identity_providers::insert(tx, &provider).await?;
            }
            Ok::<_, crate::store::StoreError>(())
        };
        app.app.write(fill).await.unwrap();
        assert_eq!(create(&pool, "Corp", "OIDC", oidc()).await.code(), "LimitExceededException");
    }
}
