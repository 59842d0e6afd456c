//! A pool's identity providers: the list with a form for a new one, and one of them.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit};
use super::{call, confirmed, form, lines, may, next_page, page, pairs, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of identity providers. A provider is named in the query, as groups are.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/providers", show),
        form("/pools/{pool}/providers", create),
        page("/pools/{pool}/providers/one", show_one),
        form("/pools/{pool}/providers/one", change),
        form("/pools/{pool}/providers/delete", delete).grave(),
    ]
}

/// What each type must be given: the form begins with it.
const TYPES: [(&str, &str); 6] = [
    ("OIDC", "client_id, client_secret, attributes_request_method, oidc_issuer, authorize_scopes"),
    ("SAML", "MetadataURL, or the metadata itself below"),
    ("Google", "client_id, client_secret, authorize_scopes"),
    ("Facebook", "client_id, client_secret, authorize_scopes, api_version"),
    ("LoginWithAmazon", "client_id, client_secret, authorize_scopes"),
    ("SignInWithApple", "client_id, team_id, key_id, private_key, authorize_scopes"),
];

struct Provider {
    name: String,
    kind: String,
    href: String,
    modified: Option<Moment>,
}

/// What the forms ask.
#[derive(Default)]
struct Given {
    name: String,
    kind: String,
    details: String,
    metadata: String,
    mapping: String,
    identifiers: String,
}

impl Given {
    fn read(fields: &Fields) -> Self {
        let text = |name: &str| fields.given(name).unwrap_or_default();
        Self {
            name: text("name"),
            kind: text("kind"),
            details: text("details"),
            metadata: text("metadata"),
            mapping: text("mapping"),
            identifiers: text("identifiers"),
        }
    }

    /// The details are replaced whole, or not at all.
    fn input(&self, pool: &str) -> Value {
        let identifiers: Vec<&str> = self.identifiers.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let mut input = json!({
            "UserPoolId": pool, "ProviderName": self.name, "AttributeMapping": pairs(&self.mapping), "IdpIdentifiers": identifiers,
        });
        let mut details = Value::Object(pairs(&self.details));
        if !self.metadata.is_empty() {
            details.put("MetadataFile", self.metadata.as_str());
        }
        if details != json!({}) {
            input.put("ProviderDetails", details);
        }
        input
    }
}

#[derive(Template)]
#[template(path = "console/pools/providers.html")]
struct ProvidersPage {
    frame: Frame,
    head: Head,
    providers: Vec<Provider>,
    types: [(&'static str, &'static str); 6],
    given: Given,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
    error: Option<WireError>,
}

fn path_of(pool: &str, name: &str) -> String {
    format!("/pools/{}/providers/one?name={}", segment(pool), segment(name))
}

async fn listed(visit: &Visit, given: Given, error: Option<WireError>) -> Result<ProvidersPage, WireError> {
    let head = Head::load(visit, "providers").await?;
    let token = visit.query().given("next");
    let listed = call(visit, "ListIdentityProviders", json!({"UserPoolId": head.id, "MaxResults": PAGE, "NextToken": token})).await?;
    let provider = |provider: &Value| Provider {
        href: format!("/console{}", path_of(&head.id, &provider.text("ProviderName"))),
        name: provider.text("ProviderName"),
        kind: provider.text("ProviderType"),
        modified: Moment::read(provider.at("LastModifiedDate"), visit.now()),
    };
    let path = head.path("/providers");
    let new = json!({"UserPoolId": head.id, "ProviderName": "new", "ProviderType": "OIDC", "ProviderDetails": {}});
    Ok(ProvidersPage {
        frame: visit.frame(&head.name),
        providers: listed.list("Providers").iter().map(provider).collect(),
        types: TYPES,
        given,
        may_create: may(visit, "CreateIdentityProvider", new).await,
        first: token.map(|_| format!("/console{path}")),
        next: next_page(&path, &[], listed.at("NextToken")),
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/providers`
async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&listed(visit, Given::default(), None).await?))
}

/// `POST /console/pools/{pool}/providers`
async fn create(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    let mut input = given.input(&pool);
    input.put("ProviderType", given.kind.as_str());
    if input.get("ProviderDetails").is_none() {
        input.put("ProviderDetails", json!({}));
    }
    match call(visit, "CreateIdentityProvider", input).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.name), "The identity provider is kept.")),
        Err(error) => {
            // What was typed comes back, but for what may be a secret.
            let given = Given { details: String::new(), ..given };
            Ok(Reply::again(&listed(visit, given, Some(error.clone())).await?, &error))
        }
    }
}

#[derive(Template)]
#[template(path = "console/pools/provider.html")]
struct ProviderPage {
    frame: Frame,
    head: Head,
    kind: String,
    details: Vec<(String, String)>,
    /// What the provider wants to know of the pool.
    asked: Vec<(&'static str, String)>,
    /// What the pool signs requests to a SAML provider with; why it is not shown; nothing of others.
    certificate: Option<Result<String, WireError>>,
    given: Given,
    may_change: May,
    may_delete: May,
    error: Option<WireError>,
}

/// SECURITY: the page of a provider shows no secret of it: that one is kept is all that is told.
async fn one(visit: &Visit, name: &str, given: Option<Given>, error: Option<WireError>) -> Result<ProviderPage, WireError> {
    let head = Head::load(visit, "providers").await?;
    let named = json!({"UserPoolId": head.id, "ProviderName": name});
    let provider = call(visit, "DescribeIdentityProvider", named.clone()).await?.at("IdentityProvider").clone();
    let is_saml = provider.at("ProviderType") == "SAML";
    let certificate = if is_saml { Some(certificate(visit, &head.id).await) } else { None };
    let details = provider.at("ProviderDetails").as_object().into_iter().flatten();
    let told = |name: &str, value: &Value| match name {
        "client_secret" => "kept, and not shown".to_owned(),
        _ => value.as_str().unwrap_or_default().to_owned(),
    };
    let stored = Given {
        name: provider.text("ProviderName"),
        mapping: lines(provider.at("AttributeMapping")),
        identifiers: provider.texts("IdpIdentifiers").join("\n"),
        ..Given::default()
    };
    Ok(ProviderPage {
        frame: visit.frame(name),
        kind: provider.text("ProviderType"),
        asked: asked(visit.public_url(), &head.id, &provider.text("ProviderType")),
        certificate,
        details: details.map(|(name, value)| (name.clone(), told(name, value))).collect(),
        given: given.unwrap_or(stored),
        may_change: may(visit, "UpdateIdentityProvider", named.clone()).await,
        may_delete: may(visit, "DeleteIdentityProvider", named).await,
        head,
        error,
    })
}

/// What the pool signs requests with.
async fn certificate(visit: &Visit, pool: &str) -> Result<String, WireError> {
    Ok(pem(&call(visit, "GetSigningCertificate", json!({"UserPoolId": pool})).await?.text("Certificate")))
}

/// A certificate as files have it (RFC 7468): GetSigningCertificate answers what stands between the lines.
fn pem(base64: &str) -> String {
    let mut lines = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, letter) in base64.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines + "\n-----END CERTIFICATE-----"
}

/// What a provider of this type wants to know of a pool; at a domain of the pool, its address stands in place of this one's.
fn asked(public_url: &str, pool: &str, kind: &str) -> Vec<(&'static str, String)> {
    let at = |page: &str| format!("{public_url}/{pool}/{page}");
    match kind {
        "SAML" => vec![
            ("Entity ID", format!("urn:amazon:cognito:sp:{pool}")),
            ("Assertion consumer service", at("saml2/idpresponse")),
            ("Metadata", at("saml2/metadata")),
        ],
        _ => vec![("Redirect URI", at("oauth2/idpresponse"))],
    }
}

/// `GET /console/pools/{pool}/providers/one`
async fn show_one(visit: &Visit) -> Outcome {
    Ok(Reply::page(&one(visit, &visit.query().text("name"), None, None).await?))
}

/// `POST /console/pools/{pool}/providers/one`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, given) = (visit.segment("pool"), Given::read(fields));
    match call(visit, "UpdateIdentityProvider", given.input(&pool)).await {
        Ok(_) => Ok(Reply::done(path_of(&pool, &given.name), "The identity provider is saved.")),
        Err(error) => {
            let name = given.name.clone();
            let given = Given { details: String::new(), ..given };
            Ok(Reply::again(&one(visit, &name, Some(given), Some(error.clone())).await?, &error))
        }
    }
}

/// `POST /console/pools/{pool}/providers/delete`
async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let (pool, name) = (visit.segment("pool"), fields.text("name"));
    confirmed(fields, &name)?;
    call(visit, "DeleteIdentityProvider", json!({"UserPoolId": pool, "ProviderName": name})).await?;
    Ok(Reply::done(format!("/pools/{}/providers", segment(&pool)), format!("The identity provider {name} is deleted.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_provider_is_made_changed_and_deleted_and_its_secret_is_not_shown() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let browser = app.console().await;
        let path = |rest: &str| format!("/pools/{}/providers{rest}", pool.id);
        assert!(browser.open(&path("")).await.text.contains("No identity providers yet"));
        let details = "client_id = c\nclient_secret = canary\nattributes_request_method = GET\noidc_issuer = https://op.example\nauthorize_scopes = openid";
        let fields =
            [("name", "Corp"), ("kind", "OIDC"), ("details", details), ("mapping", "email = email"), ("identifiers", "corp.example")];
        let page = browser.submit_and_follow(&path(""), &fields).await;
        assert!(page.text.contains("https://op.example") && page.text.contains("corp.example"), "{}", page.text);
        assert!(!page.text.contains("canary"));
        let described = async || pool.admin("DescribeIdentityProvider", json!({"ProviderName": "Corp"})).await;
        assert_eq!(described().await.ok()["IdentityProvider"]["ProviderDetails"]["client_secret"], "canary");
        browser.submit_and_follow(&path("/one"), &[("name", "Corp"), ("mapping", "name = name"), ("identifiers", "")]).await;
        let changed = described().await.ok()["IdentityProvider"].clone();
        assert_eq!(changed["AttributeMapping"], json!({"name": "name", "username": "sub"}));
        assert_eq!(changed["ProviderDetails"]["client_secret"], "canary", "details that are not given stay");
        browser.open(&path("/one?name=Corp")).await;
        let refused = browser.submit(&path("/one"), &[("name", "Corp"), ("details", "client_secret = canary2")]).await;
        assert!(refused.status == 400 && refused.text.contains("InvalidParameterException") && !refused.text.contains("canary"));
        browser.submit(&path("/delete"), &[("name", "Corp"), ("confirm", "corp")]).await;
        assert_eq!(described().await.status, 200, "what was typed is not its name");
        browser.open(&path("/one?name=Corp")).await;
        browser.submit_and_follow(&path("/delete"), &[("name", "Corp"), ("confirm", "Corp")]).await;
        assert_eq!(described().await.code(), "ResourceNotFoundException");
    }

    #[actix_web::test]
    async fn a_saml_providers_page_has_the_certificate_that_requests_are_signed_by() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let metadata = r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/saml">
            <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor>
            <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>QUJD</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
            <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
            </IDPSSODescriptor></EntityDescriptor>"#;
        let input = json!({"ProviderName": "Corp", "ProviderType": "SAML", "ProviderDetails": {"MetadataFile": metadata}});
        pool.admin("CreateIdentityProvider", input).await.ok();
        let path = format!("/pools/{}/providers/one?name=Corp", pool.id);
        let page = app.console().await.open(&path).await;
        let certificate = pool.admin("GetSigningCertificate", json!({})).await.ok()["Certificate"].as_str().unwrap().to_owned();
        let begins = format!("-----BEGIN CERTIFICATE-----\n{}\n", &certificate[..64]);
        assert!(page.text.contains(&begins) && page.text.contains("-----END CERTIFICATE-----"), "{}", page.text);
        let looks = json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}]);
        let denied = app.console_of_user_with(looks).await.open(&path).await;
        assert!(denied.status == 200 && denied.text.contains("cognito-idp:GetSigningCertificate"), "{}", denied.text);
    }

    #[actix_web::test]
    async fn what_policies_forbid_is_greyed_with_the_reason() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let looks =
            json!([{"Effect": "Allow", "Action": ["cognito-idp:Describe*", "cognito-idp:List*", "cognito-idp:Get*"], "Resource": "*"}]);
        let browser = app.console_of_user_with(looks).await;
        for (rest, action) in [
            ("providers", "cognito-idp:CreateIdentityProvider"),
            ("domains", "cognito-idp:CreateUserPoolDomain"),
            ("branding", "cognito-idp:SetUICustomization"),
            ("terms", "cognito-idp:CreateTerms"),
        ] {
            let page = browser.open(&format!("/pools/{}/{rest}", pool.id)).await;
            assert!(page.status == 200 && page.text.contains(" disabled>") && page.text.contains(action), "{rest}: {}", page.text);
        }
    }
}
