//! An OpenID provider of a test, on this machine: it lets in whom the test says, and tells of them what it says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::served::{Request, answer};
use super::{TestApp, TestPool};
use crate::crypto::digest::sha256;
use crate::kit::clock::{Clock as _, ManualClock};
use crate::tokens::keys::{Jwks, SigningKey};

/// The client that pools are at the provider.
pub const PROVIDER_CLIENT: &str = "the-pool";
/// Its secret.
pub const PROVIDER_SECRET: &str = "canary-secret-of-the-pool";

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("provider-key".into()).unwrap());
static OTHER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("provider-key".into()).unwrap());

/// Somebody at the provider.
#[derive(Clone, Default)]
struct Account {
    id_token: Map<String, Value>,
    user_info: Map<String, Value>,
}

/// What stands behind a code.
struct Code {
    challenge: String,
    redirect_uri: String,
    nonce: String,
}

#[derive(Default)]
struct State {
    account: Account,
    codes: BTreeMap<String, Code>,
    is_forged: bool,
    metadata: Map<String, Value>,
    asked: Vec<String>,
}

/// The provider.
#[derive(Clone)]
pub struct TestProvider {
    state: Rc<RefCell<State>>,
    clock: Arc<ManualClock>,
    /// Its issuer, which is its address.
    pub issuer: String,
}

impl TestProvider {
    /// Starts one that has an account with the subject `1`.
    pub async fn start(app: &TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { state: Rc::default(), clock: Arc::clone(&app.clock), issuer };
        let served = provider.clone();
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = served.clone();
                actix_web::rt::spawn(async move { served.serve(stream).await });
            }
        });
        provider.knows(json!({"sub": "1"}), json!({"sub": "1"}));
        provider
    }

    /// Whom it lets in from now on: the claims of their ID token in place of or beside the usual ones, and of userInfo.
    pub fn knows(&self, id_token: Value, user_info: Value) {
        let object = |value: Value| value.as_object().unwrap().clone();
        self.state.borrow_mut().account = Account { id_token: object(id_token), user_info: object(user_info) };
    }

    /// An ID token of its own making, with these claims beside or in place of the usual ones.
    pub fn id_token(&self, claims: Value) -> String {
        let key = if self.state.borrow().is_forged { &OTHER_KEY } else { &KEY };
        key.sign(&self.claims(claims)).unwrap()
    }

    /// The same under any header.
    pub fn token_under(&self, header: &Header, claims: Value) -> String {
        KEY.sign_under(header, &self.claims(claims))
    }

    /// The same by a key of anybody's, which the header brings along and says where to find.
    pub fn token_that_brings_its_key(&self, claims: Value) -> String {
        let jwks = serde_json::to_value(Jwks::of([OTHER_KEY.public()])).unwrap();
        let jwk = Some(serde_json::from_value(jwks["keys"][0].clone()).unwrap());
        let header = Header { jwk, jku: Some(format!("{}/jwks", self.issuer)), ..Header::new(Algorithm::RS256) };
        OTHER_KEY.sign_under(&header, &self.claims(claims))
    }

    /// The same by HMAC, the secret being what everybody can read of the provider's key.
    pub fn token_by_public_key(&self, claims: Value) -> String {
        let jwks = serde_json::to_value(Jwks::of([KEY.public()])).unwrap();
        let secret = EncodingKey::from_secret(jwks["keys"][0]["n"].as_str().unwrap().as_bytes());
        let header = Header { kid: Some("provider-key".to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &self.claims(claims), &secret).unwrap()
    }

    fn claims(&self, claims: Value) -> Value {
        let now = self.clock.now().seconds();
        let mut said = json!({"iss": self.issuer, "aud": PROVIDER_CLIENT, "sub": "1", "exp": now + 300, "iat": now});
        said.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        said
    }

    /// Its ID tokens are signed by another key from now on than the one that it publishes.
    pub fn forges(&self) {
        self.state.borrow_mut().is_forged = true;
    }

    /// Its discovery document says this beside or in place of the usual from now on.
    pub fn publishes(&self, metadata: Value) {
        self.state.borrow_mut().metadata = metadata.as_object().unwrap().clone();
    }

    /// The paths that were asked, in their order.
    pub fn asked(&self) -> Vec<String> {
        self.state.borrow().asked.clone()
    }

    /// Makes it a provider of a pool, of this name, and of the pool's client beside the pool itself.
    pub async fn join(&self, pool: &TestPool<'_>, name: &str, mapping: Value) {
        let details = json!({"client_id": PROVIDER_CLIENT, "client_secret": PROVIDER_SECRET, "oidc_issuer": self.issuer,
                             "authorize_scopes": "openid email", "attributes_request_method": "GET"});
        let provider = json!({"ProviderName": name, "ProviderType": "OIDC", "ProviderDetails": details, "AttributeMapping": mapping});
        pool.admin("CreateIdentityProvider", provider).await.ok();
        pool.offer(&["COGNITO", name]).await;
    }

    /// What a browser brings back that was sent to an address of the provider's, and whose account is let in: path and query.
    pub fn lets_in(&self, location: &str) -> String {
        let url = Url::parse(location).unwrap();
        let parameter =
            |name: &str| url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
        assert_eq!(
            (url.path(), parameter("client_id").as_str(), parameter("response_type").as_str()),
            ("/authorize", PROVIDER_CLIENT, "code")
        );
        assert_eq!(parameter("code_challenge_method"), "S256");
        let mut state = self.state.borrow_mut();
        let code = format!("code-{}", state.codes.len());
        let kept = Code { challenge: parameter("code_challenge"), redirect_uri: parameter("redirect_uri"), nonce: parameter("nonce") };
        let back = Url::parse(&kept.redirect_uri).unwrap();
        state.codes.insert(code.clone(), kept);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs([("code", code), ("state", parameter("state"))]).finish();
        format!("{}?{query}", back.path())
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&mut stream).await else { return };
        self.state.borrow_mut().asked.push(request.target.clone());
        let (status, body) = self.answer(&request);
        answer(&mut stream, status, "content-type: application/json\r\n", &body.to_string()).await;
    }

    fn answer(&self, request: &Request) -> (u16, Value) {
        let at = |page: &str| format!("{}/{page}", self.issuer);
        match request.target.as_str() {
            "/.well-known/openid-configuration" => {
                let mut metadata = json!({"issuer": self.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
                                          "userinfo_endpoint": at("userinfo"), "jwks_uri": at("jwks")});
                metadata.as_object_mut().unwrap().extend(self.state.borrow().metadata.clone());
                (200, metadata)
            }
            "/jwks" => (200, serde_json::to_value(Jwks::of([KEY.public()])).unwrap()),
            "/token" => self.token(&request.body),
            "/userinfo" if request.header("authorization") == "Bearer the-access-token" => {
                (200, Value::Object(self.state.borrow().account.user_info.clone()))
            }
            _ => (404, json!({})),
        }
    }

    fn token(&self, body: &str) -> (u16, Value) {
        let fields: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let mut state = self.state.borrow_mut();
        let code = state.codes.remove(&fields["code"]);
        let fits = |code: &Code| {
            let challenge = URL_SAFE_NO_PAD.encode(sha256(&[fields["code_verifier"].as_bytes()]));
            code.challenge == challenge && code.redirect_uri == fields["redirect_uri"]
        };
        let is_client = fields["client_id"] == PROVIDER_CLIENT && fields["client_secret"] == PROVIDER_SECRET;
        let Some(code) = code.filter(|code| is_client && fits(code)) else { return (400, json!({"error": "invalid_grant"})) };
        let now = self.clock.now().seconds();
        let mut claims = json!({"iss": self.issuer, "aud": PROVIDER_CLIENT, "exp": now + 300, "iat": now, "nonce": code.nonce});
        claims.as_object_mut().unwrap().extend(state.account.id_token.clone());
        let key = if state.is_forged { &OTHER_KEY } else { &KEY };
        let id_token = key.sign(&claims).unwrap();
        (200, json!({"access_token": "the-access-token", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}))
    }
}

impl TestPool<'_> {
    /// Has the pool's client take these providers' users.
    pub async fn offer(&self, providers: &[&str]) {
        let described = self.admin("DescribeUserPoolClient", json!({"ClientId": self.client_id})).await.ok();
        let mut client = described["UserPoolClient"].as_object().unwrap().clone();
        client.retain(|name, _| !["CreationDate", "LastModifiedDate", "ClientSecret", "UserPoolId"].contains(&name.as_str()));
        client.insert("SupportedIdentityProviders".to_owned(), json!(providers));
        self.admin("UpdateUserPoolClient", Value::Object(client)).await.ok();
    }
}
