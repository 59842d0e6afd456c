//! SetRiskConfiguration: replaces what a pool or a client does about risk. One that sets nothing goes back to the default: the
//! pool's to none, a client's to the pool's.

use serde::Deserialize;

use super::errors::Error;
use super::risk_answer::{self, Found, Response};
use crate::context::Context;
use crate::flows::clients::{NoSuchClient, NoSuchPool};
use crate::kit::id::{ClientId, UserPoolId};
use crate::operation::{Asks, Fault, Resolved};
use crate::store;
use crate::store::risk::Dated;
use crate::userpools::risk::{AccountTakeover, CompromisedCredentials, RiskConfiguration, RiskException};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: UserPoolId,
    client_id: Option<ClientId>,
    compromised_credentials_risk_configuration: Option<CompromisedCredentials>,
    account_takeover_risk_configuration: Option<AccountTakeover>,
    risk_exception_configuration: Option<RiskException>,
}

impl Asks for Request {
    type Found = Found;

    async fn resolve(&self, cx: &Context) -> Result<Resolved<Found>, Fault> {
        risk_answer::resolve(cx, &self.user_pool_id, self.client_id.as_ref()).await
    }
}

pub async fn handle(cx: &Context, Found { pool, client_id }: Found, request: Request) -> Result<Response, Error> {
    let configuration = RiskConfiguration {
        compromised_credentials_risk_configuration: request.compromised_credentials_risk_configuration,
        account_takeover_risk_configuration: request.account_takeover_risk_configuration,
        risk_exception_configuration: request.risk_exception_configuration,
    };
    configuration.check()?;
    let now = cx.now();
    let set = Some(&configuration).filter(|configuration| !configuration.is_empty());
    cx.write(async |tx| {
        if !store::user_pools::exists(tx, &pool.id).await? {
            return Err(NoSuchPool(pool.id.clone()).into());
        }
        if let Some(id) = &client_id
            && store::user_pools::find_client(tx, id).await?.is_none_or(|client| client.pool_id != pool.id)
        {
            return Err(NoSuchClient(id.clone()).into());
        }
        Ok::<_, Error>(store::risk::set(tx, &pool.id, client_id.as_ref(), set, now).await?)
    })
    .await?;
    let set = set.map(|configuration| Dated { configuration: configuration.clone(), modified_at: now });
    Ok(Response::of(pool.id.clone(), client_id, set))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::time::Duration;

    use actix_web::http::Method;
    use serde_json::{Value, json};

    use crate::crypto::digest::secret_hash;
    use crate::flows::whence::Whence;
    use crate::flows::{clients, risk};
    use crate::iam::origin::Origin;
    use crate::kit::secret::Secret;
    use crate::testing::{Answer, PASSWORD, TestApp, TestPool};
    use crate::userpools::risk::CredentialsEvent;

    /// A sign-in from an address, which only a trusted proxy can say.
    async fn from(pool: &TestPool<'_>, address: &str) -> Result<(), (String, String)> {
        let app_client = clients::find(&pool.app.app, &pool.client_id).await.unwrap().unwrap();
        let origin = Origin { source_ip: address.parse::<IpAddr>().ok(), ..Origin::default() };
        let admitted = Whence::admitted(&pool.app.app, &app_client, &origin, origin.source_ip, None).await;
        admitted.map(|_| ()).map_err(|refused| {
            let fault = crate::operation::Fault::from(super::Error::from(refused));
            match fault {
                crate::operation::Fault::Modelled(code, message) => (code.to_owned(), message),
                other => panic!("{other:?}"),
            }
        })
    }

    fn blocking(ranges: &[&str]) -> Value {
        json!({"RiskExceptionConfiguration": {"BlockedIPRangeList": ranges}})
    }

    fn refused() -> Result<(), (String, String)> {
        Err(("NotAuthorizedException".to_owned(), "Unable to login because of security reasons.".to_owned()))
    }

    #[actix_web::test]
    async fn what_is_set_is_answered_and_what_sets_nothing_goes_back_to_the_default() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let mail = json!({"Subject": "s", "HtmlBody": "<p>body</p>", "TextBody": "a body"});
        let given = json!({
            "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}},
            "AccountTakeoverRiskConfiguration": {
                "NotifyConfiguration": {"From": "us@x.example", "ReplyTo": "help@x.example", "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/x.example",
                    "BlockEmail": mail, "NoActionEmail": mail, "MfaEmail": mail},
                "Actions": {"LowAction": {"Notify": false, "EventAction": "NO_ACTION"}, "MediumAction": {"Notify": true, "EventAction": "MFA_IF_CONFIGURED"},
                    "HighAction": {"Notify": true, "EventAction": "BLOCK"}},
            },
            "RiskExceptionConfiguration": {"BlockedIPRangeList": ["203.0.113.0/24"], "SkippedIPRangeList": ["198.51.100.0/24"]},
        });
        let set = pool.admin("SetRiskConfiguration", given.clone()).await.ok();
        let described = pool.admin("DescribeRiskConfiguration", json!({})).await.ok();
        assert_eq!(set, described);
        for (member, value) in given.as_object().unwrap() {
            assert_eq!(&described["RiskConfiguration"][member], value, "{member}");
        }
        assert_eq!(described["RiskConfiguration"]["LastModifiedDate"], 1_800_000_000.0);
        let own = pool.admin("DescribeRiskConfiguration", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(own["RiskConfiguration"], json!({"UserPoolId": pool.id, "ClientId": pool.client_id}));
        pool.admin("SetRiskConfiguration", json!({})).await.ok();
        let described = pool.admin("DescribeRiskConfiguration", json!({})).await.ok();
        assert_eq!(described["RiskConfiguration"], json!({"UserPoolId": pool.id}));
    }

    #[actix_web::test]
    async fn nobody_signs_in_from_a_blocked_address_and_a_clients_own_list_takes_the_pools_place() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        assert_eq!(from(&pool, "203.0.113.5").await, Ok(()));
        pool.admin("SetRiskConfiguration", blocking(&["203.0.113.0/24", "2001:db8::/32"])).await.ok();
        for address in ["203.0.113.5", "::ffff:203.0.113.5", "2001:db8::1"] {
            assert_eq!(from(&pool, address).await, refused(), "{address}");
        }
        assert_eq!(from(&pool, "198.51.100.5").await, Ok(()));
        let mut own = blocking(&["198.51.100.0/24"]);
        own["ClientId"] = json!(pool.client_id);
        pool.admin("SetRiskConfiguration", own).await.ok();
        assert_eq!((from(&pool, "203.0.113.5").await, from(&pool, "198.51.100.5").await), (Ok(()), refused()));
        pool.admin("SetRiskConfiguration", json!({"ClientId": pool.client_id})).await.ok();
        assert_eq!(from(&pool, "203.0.113.5").await, refused());
        for (mode, expected) in [("AUDIT", refused()), ("OFF", Ok(())), ("ENFORCED", refused())] {
            pool.admin("UpdateUserPool", json!({"UserPoolAddOns": {"AdvancedSecurityMode": mode}})).await.ok();
            assert_eq!(from(&pool, "203.0.113.5").await, expected, "{mode}");
        }
        pool.admin("SetRiskConfiguration", json!({})).await.ok();
        assert_eq!(from(&pool, "203.0.113.5").await, Ok(()));
    }

    #[actix_web::test]
    async fn a_backend_tells_where_its_user_is_if_its_client_is_set_to() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("alice").await;
        pool.admin("SetRiskConfiguration", blocking(&["203.0.113.0/24"])).await.ok();
        let new = json!({"ClientName": "backend", "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]});
        let client = pool.admin("CreateUserPoolClient", new).await.ok()["UserPoolClient"].clone();
        let secret = Secret::from(client["ClientSecret"].as_str().unwrap().to_owned());
        let hash = secret_hash(&secret, "alice", client["ClientId"].as_str().unwrap());
        let from = async |address: &str, hash: &str| {
            let parameters = json!({"USERNAME": "alice", "PASSWORD": PASSWORD, "SECRET_HASH": hash});
            let input = json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client["ClientId"], "AuthParameters": parameters,
                               "UserContextData": {"IpAddress": address, "EncodedData": "kept by nobody"}});
            app.anonymous().call("InitiateAuth", input).await
        };
        from("203.0.113.5", &hash).await.ok();
        let set = json!({"ClientId": client["ClientId"], "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
                         "EnablePropagateAdditionalUserContextData": true});
        pool.admin("UpdateUserPoolClient", set).await.ok();
        assert_eq!(from("203.0.113.5", &hash).await.error(), refused().unwrap_err());
        from("203.0.114.5", &hash).await.ok();
        from("no address", &hash).await.ok();
        assert_eq!(from("203.0.114.5", "x").await.code(), "NotAuthorizedException");
        app.write_journal().await;
        let listed = pool.admin("AdminListUserAuthEvents", json!({"Username": "alice"})).await.ok();
        let seen: Vec<_> = listed["AuthEvents"].as_array().unwrap().iter().map(|event| &event["EventContextData"]["IpAddress"]).collect();
        assert!(seen.contains(&&json!("203.0.114.5")), "{listed}");
    }

    #[actix_web::test]
    async fn every_step_of_a_sign_in_is_refused_from_there_over_the_wire() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user("alice").await.signed_in().await;
        let password = json!({"USERNAME": "alice", "PASSWORD": PASSWORD});
        let of = |flow: &str, parameters: Value| {
            json!({"AuthFlow": flow, "AuthParameters": parameters, "ClientId": pool.client_id, "UserPoolId": pool.id,
                                                       "ContextData": {"IpAddress": "203.0.113.5", "ServerName": "s", "ServerPath": "/", "HttpHeaders": []}})
        };
        pool.admin("SetRiskConfiguration", blocking(&["203.0.113.0/24"])).await.ok();
        let admin = async |operation: &str, input: Value| -> Answer { app.admin().call(operation, input).await };
        assert_eq!(admin("AdminInitiateAuth", of("ADMIN_USER_PASSWORD_AUTH", password.clone())).await.error(), refused().unwrap_err());
        let refresh = json!({"REFRESH_TOKEN": tokens["RefreshToken"]});
        assert_eq!(admin("AdminInitiateAuth", of("REFRESH_TOKEN_AUTH", refresh)).await.error(), refused().unwrap_err());
        let mut answer = of("x", json!({}));
        answer["ChallengeName"] = json!("SOFTWARE_TOKEN_MFA");
        answer["Session"] = json!("x".repeat(40));
        answer.as_object_mut().unwrap().remove("AuthFlow");
        answer.as_object_mut().unwrap().remove("AuthParameters");
        assert_eq!(admin("AdminRespondToAuthChallenge", answer).await.error(), refused().unwrap_err());
        // Where the request itself comes from: in tests nobody says so, and such an address is on no list.
        let unsigned = json!({"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": pool.client_id, "AuthParameters": password}).to_string();
        let headers = [("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth"), ("content-type", "application/x-amz-json-1.1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(app.send(Method::POST, "/", &headers, unsigned.into_bytes()).await.status, 200);
    }

    #[actix_web::test]
    async fn what_is_no_configuration_is_refused_and_changes_nothing() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.admin("SetRiskConfiguration", blocking(&["203.0.113.0/24"])).await.ok();
        let takeover = json!({"Actions": {"HighAction": {"Notify": true, "EventAction": "BLOCK"}}});
        for (given, code) in [
            (blocking(&["203.0.113.5"]), "InvalidParameterException"),
            (json!({"AccountTakeoverRiskConfiguration": takeover}), "InvalidParameterException"),
            (json!({"ClientId": "a".repeat(26)}), "ResourceNotFoundException"),
            (json!({"UserPoolId": "us-east-1_000000000"}), "ResourceNotFoundException"),
        ] {
            assert_eq!(pool.admin("SetRiskConfiguration", given.clone()).await.code(), code, "{given}");
        }
        assert_eq!(from(&pool, "203.0.113.5").await, refused());
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
        let set = ann.call("SetRiskConfiguration", json!({"UserPoolId": pool.id})).await;
        assert_eq!(set.code(), "AccessDeniedException");
        let other = app.pool().await;
        let foreign = other.admin("SetRiskConfiguration", json!({"ClientId": pool.client_id})).await;
        assert_eq!(foreign.code(), "ResourceNotFoundException", "a client is of its own pool only");
    }

    #[actix_web::test]
    async fn what_another_node_blocks_is_blocked_here_and_a_deleted_client_leaves_nothing() {
        let here = TestApp::new().await;
        let there = here.another_node().await;
        let pool = here.pool().await;
        there.app.db.catch_up().await.unwrap();
        let mut own = blocking(&["203.0.113.0/24"]);
        own["ClientId"] = json!(pool.client_id);
        let there_pool = TestPool { app: &there, id: pool.id.clone(), client_id: pool.client_id.clone() };
        assert_eq!(from(&there_pool, "203.0.113.5").await, Ok(()));
        pool.admin("SetRiskConfiguration", own).await.ok();
        there.app.db.catch_up().await.unwrap();
        there.advance(Duration::from_millis(1));
        assert_eq!(from(&there_pool, "203.0.113.5").await, refused());
        pool.admin("DeleteUserPoolClient", json!({"ClientId": pool.client_id})).await.ok();
    }

    #[actix_web::test]
    async fn known_passwords_are_refused_where_it_is_set_and_not_at_skipped_addresses() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let refuses = async |event, address: &str, password: &str| {
            let app_client = clients::find(&app.app, &pool.client_id).await.unwrap().unwrap();
            let whose = (&*app_client.pool, &app_client.client.id);
            risk::check_known_password(&app.app, whose, event, address.parse().ok(), &password.into()).await.is_err()
        };
        let sign_up = async |name: &str| pool.client("SignUp", json!({"Username": name, "Password": "P@ssw0rd"})).await.code();
        assert!(!refuses(CredentialsEvent::SignUp, "203.0.113.5", "P@ssw0rd").await);
        assert_eq!(sign_up("alice").await, "");
        let given = json!({
            "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}},
            "RiskExceptionConfiguration": {"SkippedIPRangeList": ["198.51.100.0/24"]},
        });
        pool.admin("SetRiskConfiguration", given).await.ok();
        assert!(refuses(CredentialsEvent::SignUp, "203.0.113.5", "P@ssw0rd").await);
        assert!(!refuses(CredentialsEvent::SignUp, "203.0.113.5", "Unheard0f!").await);
        assert_eq!(sign_up("bob").await, "InvalidPasswordException");
        assert!(!refuses(CredentialsEvent::SignUp, "198.51.100.5", "P@ssw0rd").await);
        assert!(!refuses(CredentialsEvent::SignIn, "203.0.113.5", "P@ssw0rd").await);
    }

    #[actix_web::test]
    async fn a_known_password_takes_no_temporary_ones_place() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let given =
            json!({"CompromisedCredentialsRiskConfiguration": {"EventFilter": ["PASSWORD_CHANGE"], "Actions": {"EventAction": "BLOCK"}}});
        pool.admin("SetRiskConfiguration", given).await.ok();
        let made = json!({"Username": "alice", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS"});
        pool.admin("AdminCreateUser", made).await.ok();
        let asked = pool.sign_in("alice", PASSWORD).await.ok();
        let responses = |password: &str| json!({"USERNAME": "alice", "NEW_PASSWORD": password});
        let refused = pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], responses("P@ssw0rd")).await;
        assert_eq!(refused.code(), "InvalidPasswordException");
        pool.respond("NEW_PASSWORD_REQUIRED", &asked["Session"], responses("Unheard0f!")).await.ok();
    }
}
