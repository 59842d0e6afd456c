//! Whom providers know a user as: identities are linked with them and taken away, and so is the password.

use askama::Template;
use serde_json::{Value, json};

use super::super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Visit, call, confirmed, may, segment};
use super::{attribute, title};
use crate::kit::clock::Timestamp;
use crate::kit::json::Members as _;
use crate::userpools::identity_provider::OWN_USERS;
use crate::userpools::linked_identity::{ATTRIBUTE, MOST_OF_A_USER, SUBJECT};
use crate::wire::fault::WireError;

/// An identity of the user.
pub struct Identity {
    /// The provider that vouches for it.
    pub provider: String,
    kind: String,
    /// What the provider knows it by.
    value: String,
    /// Whether the user was made of it.
    is_primary: bool,
    since: Option<Moment>,
    /// By what it may have been linked: answers do not tell.
    keys: Vec<String>,
}

/// The identities of a user, as AdminGetUser tells them.
pub fn read(visit: &Visit, user: &Value) -> Vec<Identity> {
    let told: Value = serde_json::from_str(&attribute(user, ATTRIBUTE)).unwrap_or_default();
    let identity = |identity: &Value| Identity {
        provider: identity.text("providerName"),
        kind: identity.text("providerType"),
        value: identity.text("userId"),
        is_primary: identity.at("primary") == true,
        since: identity.at("dateCreated").as_i64().map(|millis| Moment::of(Timestamp::from_millis(millis), visit.now())),
        keys: vec![SUBJECT.to_owned()],
    };
    told.as_array().into_iter().flatten().map(identity).collect()
}

/// The identity that the form links, as it was typed.
struct Given {
    provider: String,
    key: String,
    value: String,
}

impl Given {
    fn new() -> Self {
        Self { provider: String::new(), key: SUBJECT.to_owned(), value: String::new() }
    }

    fn read(fields: &Fields) -> Self {
        Self { provider: fields.text("provider"), key: fields.given("key").unwrap_or_default(), value: fields.text("value") }
    }

    /// As operations name an identity.
    fn named(&self) -> Value {
        json!({"ProviderName": self.provider, "ProviderAttributeName": self.key, "ProviderAttributeValue": self.value})
    }
}

#[derive(Template)]
#[template(path = "console/pools/user_identities.html")]
struct IdentitiesPage {
    frame: Frame,
    head: Head,
    title: String,
    /// The user's page, below which this one's acts are.
    user: String,
    /// What takes the password away.
    takes_password: String,
    identities: Vec<Identity>,
    most: usize,
    /// The pool's providers, to choose from.
    offered: Vec<String>,
    /// Why they are not offered.
    unseen: Option<WireError>,
    given: Given,
    /// Whether the user has a password that could be taken away.
    has_password: bool,
    may_link: May,
    may_disable: May,
    error: Option<WireError>,
}

/// The attributes of the pool that a provider's claims are mapped to, by which its users may have been linked; none where the
/// provider is not there or not shown.
async fn mapped(visit: &Visit, pool: &str, provider: &str) -> Vec<String> {
    let described = call(visit, "DescribeIdentityProvider", json!({"UserPoolId": pool, "ProviderName": provider})).await;
    let described = described.unwrap_or_default();
    let mapping = described.at("IdentityProvider").at("AttributeMapping").as_object().into_iter().flatten();
    mapping.map(|(attribute, _)| attribute.clone()).filter(|attribute| attribute != "username").collect()
}

async fn page(visit: &Visit, given: Given, error: Option<WireError>) -> Result<IdentitiesPage, WireError> {
    let head = Head::load(visit, "users").await?;
    let found = found(visit).await?;
    let (sub, title) = (attribute(&found, "sub"), title(&found));
    let mut identities = read(visit, &found);
    for identity in &mut identities {
        if !identity.is_primary && matches!(identity.kind.as_str(), "OIDC" | "SAML") {
            identity.keys.extend(mapped(visit, &head.id, &identity.provider).await);
        }
    }
    let listed = call(visit, "ListIdentityProviders", json!({"UserPoolId": head.id, "MaxResults": PAGE})).await;
    let (listed, unseen) = listed.map_or_else(|error| (json!({}), Some(error)), |listed| (listed, None));
    let user = head.href(&format!("/users/{}", segment(&sub)));
    let somebody = Given { provider: "x".to_owned(), key: SUBJECT.to_owned(), value: "x".to_owned() };
    Ok(IdentitiesPage {
        frame: visit.frame(&title),
        may_link: may(visit, "AdminLinkProviderForUser", link_of(&head.id, &sub, &somebody)).await,
        may_disable: may(visit, "AdminDisableProviderForUser", json!({"UserPoolId": head.id, "User": somebody.named()})).await,
        identities,
        most: MOST_OF_A_USER,
        offered: listed.list("Providers").iter().map(|provider| provider.text("ProviderName")).collect(),
        unseen,
        given,
        has_password: found.text("UserStatus") != "EXTERNAL_PROVIDER",
        takes_password: format!("{user}/identities/password"),
        user,
        title,
        head,
        error,
    })
}

fn link_of(pool: &str, username: &str, source: &Given) -> Value {
    let destination = json!({"ProviderName": OWN_USERS, "ProviderAttributeValue": username});
    json!({"UserPoolId": pool, "DestinationUser": destination, "SourceUser": source.named()})
}

/// `GET /console/pools/{pool}/users/{user}/identities`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, Given::new(), None).await?))
}

/// The user, as AdminGetUser tells them.
async fn found(visit: &Visit) -> Result<Value, WireError> {
    call(visit, "AdminGetUser", json!({"UserPoolId": visit.segment("pool"), "Username": visit.segment("user")})).await
}

/// The page tells what became of an act; what was typed for another comes back.
async fn done(visit: &Visit, outcome: Result<Value, WireError>, given: Given, notice: &str) -> Outcome {
    match outcome {
        Ok(_) => {
            let user = format!("/pools/{}/users/{}", segment(&visit.segment("pool")), segment(&visit.segment("user")));
            Ok(Reply::done(format!("{user}/identities"), notice))
        }
        Err(error) => Ok(Reply::again(&page(visit, given, Some(error.clone())).await?, &error)),
    }
}

/// `POST …/identities/link`
pub async fn link(visit: &Visit, fields: &Fields) -> Outcome {
    let given = Given::read(fields);
    let user = found(visit).await?.text("Username");
    let outcome = call(visit, "AdminLinkProviderForUser", link_of(&visit.segment("pool"), &user, &given)).await;
    done(visit, outcome, given, "The identity is linked: whoever comes by it is this user.").await
}

/// `POST …/identities/unlink`
pub async fn unlink(visit: &Visit, fields: &Fields) -> Outcome {
    let identity = Given::read(fields);
    let outcome = match confirmed(fields, &identity.value) {
        Ok(()) => disable(visit, &identity).await,
        Err(error) => Err(error),
    };
    done(visit, outcome, Given::new(), "The identity is taken away, and the user is signed out.").await
}

/// `POST …/identities/password`
pub async fn take_password(visit: &Visit, fields: &Fields) -> Outcome {
    let user = found(visit).await?;
    let outcome = match confirmed(fields, &title(&user)) {
        Ok(()) => {
            let own = Given { provider: OWN_USERS.to_owned(), key: SUBJECT.to_owned(), value: user.text("Username") };
            disable(visit, &own).await
        }
        Err(error) => Err(error),
    };
    done(visit, outcome, Given::new(), "They have no password any more, and are signed out.").await
}

async fn disable(visit: &Visit, identity: &Given) -> Result<Value, WireError> {
    call(visit, "AdminDisableProviderForUser", json!({"UserPoolId": visit.segment("pool"), "User": identity.named()})).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{PASSWORD, TestApp, TestPool};

    async fn provider(pool: &TestPool<'_>, name: &str) {
        let details = json!({"client_id": "c", "attributes_request_method": "GET", "oidc_issuer": "https://op.example", "authorize_scopes": "openid"});
        let input =
            json!({"ProviderName": name, "ProviderType": "OIDC", "ProviderDetails": details, "AttributeMapping": {"email": "email"}});
        pool.admin("CreateIdentityProvider", input).await.ok();
    }

    async fn path_of(pool: &TestPool<'_>, name: &str) -> String {
        let user = pool.admin("AdminGetUser", json!({"Username": name})).await.ok();
        format!("/pools/{}/users/{}", pool.id, user["UserAttributes"][0]["Value"].as_str().unwrap())
    }

    #[actix_web::test]
    async fn an_identity_is_linked_shown_and_taken_away() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user_with("alice", json!({"email": "a@x.example"})).await;
        let browser = app.console().await;
        let user = path_of(&pool, "alice").await;
        let path = format!("{user}/identities");
        let empty = browser.open(&path).await;
        assert!(empty.text.contains("No provider knows them") && empty.text.contains("has no identity providers"), "{}", empty.text);
        provider(&pool, "Corp").await;
        let link = async |key: &str, value: &str| {
            let fields = [("provider", "Corp"), ("key", key), ("value", value)];
            browser.submit(&format!("{path}/link"), &fields).await
        };
        assert_eq!(link("Cognito_Subject", "c-<1>").await.status, 303);
        assert_eq!(link("email", "a@x.example").await.status, 303);
        let page = browser.open(&path).await;
        for text in ["c-&#60;1&#62;", "a@x.example", "Corp", "OIDC"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        let of_user = browser.open(&user).await;
        assert!(of_user.text.contains(&path) && of_user.text.contains("/identities\">Corp</a>"), "{}", of_user.text);
        assert!(!of_user.text.contains("name=\"attribute:identities\""), "it is nobody's to write: {}", of_user.text);
        let again = link("Cognito_Subject", "c-<1>").await;
        assert!(again.status == 400 && again.text.contains("SourceUser is already linked to DestinationUser"), "{}", again.text);
        let unknown = link("name", "Ann's").await;
        assert!(unknown.status == 400 && unknown.text.contains("value=\"Ann&#39;s\"") && unknown.text.contains("value=\"name\""));
        let told = async || pool.admin("AdminGetUser", json!({"Username": "alice"})).await.ok().to_string();
        let unlink = async |key: &str, value: &str, confirm: &str| {
            let fields = [("provider", "Corp"), ("key", key), ("value", value), ("confirm", confirm)];
            browser.submit(&format!("{path}/unlink"), &fields).await
        };
        let mistyped = unlink("email", "a@x.example", "a@x").await;
        assert!(mistyped.status == 400 && mistyped.text.contains("Nothing was done"), "{}", mistyped.text);
        let by_another = unlink("Cognito_Subject", "a@x.example", "a@x.example").await;
        assert!(by_another.status == 400 && by_another.text.contains("UserNotFoundException"), "{}", by_another.text);
        assert!(told().await.contains("Corp"));
        assert_eq!(unlink("email", "a@x.example", "a@x.example").await.status, 303);
        assert_eq!(unlink("Cognito_Subject", "c-<1>", "c-<1>").await.status, 303);
        assert!(!told().await.contains("Corp"));
    }

    #[actix_web::test]
    async fn a_password_is_taken_away_once_the_users_name_is_typed() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        let browser = app.console().await;
        let path = format!("{}/identities", path_of(&pool, "alice").await);
        browser.open(&path).await;
        let mistyped = browser.submit(&format!("{path}/password"), &[("confirm", "Alice")]).await;
        assert!(mistyped.status == 400 && mistyped.text.contains("Nothing was done"), "{}", mistyped.text);
        assert_eq!(pool.sign_in("alice", PASSWORD).await.status, 200);
        let taken = browser.submit_and_follow(&format!("{path}/password"), &[("confirm", "alice")]).await;
        assert!(taken.text.contains("They have no password any more") && !taken.text.contains("Take the password away"), "{}", taken.text);
        assert_eq!(pool.sign_in("alice", PASSWORD).await.code(), "NotAuthorizedException");
    }

    #[actix_web::test]
    async fn what_policies_forbid_is_greyed_and_says_why() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        provider(&pool, "Corp").await;
        let looks = json!([{"Effect": "Allow", "Action": ["cognito-idp:AdminGetUser", "cognito-idp:List*"], "Resource": "*"}]);
        let path = format!("{}/identities", path_of(&pool, "alice").await);
        let browser = app.console_of_user_with(looks).await;
        let page = browser.open(&path).await;
        for action in ["AdminLinkProviderForUser", "AdminDisableProviderForUser"] {
            assert!(page.text.contains(&format!("cognito-idp:{action}")), "{action}: {}", page.text);
        }
        let refused = browser.submit(&format!("{path}/link"), &[("provider", "Corp"), ("key", "k"), ("value", "v-1")]).await;
        assert!(refused.status == 403 && refused.text.contains("value=\"v-1\""), "{}", refused.text);
    }
}
