//! Clients that register themselves: whether a pool takes them, and for what.

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page, settings};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The page of registration, and its form.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/registration", show), form("/pools/{pool}/registration", change)]
}

/// The grants that a registered client can have, and what each is.
const FLOWS: [(&str, &str); 2] = [
    ("code", "Authorization code: users sign in at the pool's pages"),
    ("client_credentials", "Client credentials: the client signs in as itself"),
];

/// What is asked of one way to register: the field, the member, what the way is called, and the grants where nothing is said.
const WAYS: [(&str, &str, &str, &[&str]); 2] = [
    ("authenticated", "AuthenticatedGrantTypes", "Grants of clients that bring a token", &["code", "client_credentials"]),
    ("openly", "OpenDcrGrantTypes", "Grants of clients that bring none", &["code"]),
];

struct Choice {
    name: &'static str,
    about: &'static str,
    on: bool,
}

struct Way {
    field: &'static str,
    title: &'static str,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "console/pools/registration.html")]
struct RegistrationPage {
    frame: Frame,
    head: Head,
    is_on: bool,
    is_open: bool,
    ways: Vec<Way>,
    scopes: String,
    may_change: May,
    error: Option<WireError>,
}

/// The page of a pool whose DcrConfiguration is `shown`; null is none.
async fn load(visit: &Visit, head: Head, shown: &Value, error: Option<WireError>) -> RegistrationPage {
    let way = |(field, member, title, usual): (&'static str, &str, &'static str, &[&str])| {
        let listed = shown.at(member).as_array().map(|_| shown.texts(member));
        let has = |flow: &str| listed.as_ref().map_or_else(|| usual.contains(&flow), |listed| listed.iter().any(|one| one == flow));
        Way { field, title, choices: FLOWS.map(|(name, about)| Choice { name, about, on: has(name) }).into() }
    };
    RegistrationPage {
        frame: visit.frame(&head.name),
        is_on: !shown.is_null() && shown.at("EnableStatus") != "Disabled",
        is_open: shown.at("OpenDcrEnabled") == true,
        ways: WAYS.map(way).into(),
        scopes: shown.texts("AllowedScopes").join("\n"),
        may_change: may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await,
        head,
        error,
    }
}

/// `GET /console/pools/{pool}/registration`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "registration").await?;
    let shown = head.described.at("DcrConfiguration").clone();
    Ok(Reply::page(&load(visit, head, &shown, None).await))
}

/// `POST /console/pools/{pool}/registration`
async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "registration").await?;
    let wanted = read(fields);
    let mut input = settings::unchanged(&head);
    input.insert("DcrConfiguration".to_owned(), wanted.clone());
    match call(visit, "UpdateUserPool", Value::Object(input)).await {
        Ok(_) => Ok(Reply::done(head.path("/registration"), "The registration of clients is saved.")),
        Err(error) => Ok(Reply::again(&load(visit, head, &wanted, Some(error.clone())).await, &error)),
    }
}

fn read(fields: &Fields) -> Value {
    let scopes = fields.text("scopes");
    let mut wanted = json!({
        "EnableStatus": if fields.has("on") { "Enabled" } else { "Disabled" },
        "OpenDcrEnabled": fields.has("open"),
        "AllowedScopes": scopes.split_whitespace().collect::<Vec<_>>(),
    });
    for (field, member, ..) in WAYS {
        wanted.put(member, json!(fields.all(field).collect::<Vec<_>>()));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn registration_is_set_and_the_rest_stays() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"DeletionProtection": "ACTIVE"}), json!({})).await;
        let (path, browser) = (format!("/pools/{}/registration", pool.id), app.console().await);
        let described = async || pool.admin("DescribeUserPool", json!({})).await.ok()["UserPool"].clone();
        let page = browser.open(&path).await.text;
        assert!(page.contains("name=\"on\">") && page.contains("name=\"openly\" value=\"code\" checked"), "{page}");
        let fields = [("on", "on"), ("open", "on"), ("openly", "code"), ("scopes", "api/read\r\n  api/write \r\n")];
        let page = browser.submit_and_follow(&path, &fields).await.text;
        assert!(page.contains("is saved") && page.contains("name=\"on\" checked") && page.contains("api/read\napi/write"), "{page}");
        assert!(page.contains("name=\"authenticated\" value=\"code\">"), "{page}");
        let configuration = json!({"EnableStatus": "Enabled", "OpenDcrEnabled": true, "OpenDcrGrantTypes": ["code"],
                                   "AuthenticatedGrantTypes": [], "AllowedScopes": ["api/read", "api/write"]});
        let after = described().await;
        assert_eq!((&after["DcrConfiguration"], &after["DeletionProtection"]), (&configuration, &json!("ACTIVE")));
        let bad = browser.submit(&path, &[("on", "on"), ("scopes", &"x".repeat(300))]).await;
        assert!(bad.status == 400 && bad.text.contains("InvalidParameterException"), "{}", bad.text);
        browser.submit_and_follow(&path, &[]).await;
        assert_eq!(described().await["DcrConfiguration"]["EnableStatus"], "Disabled");
        let guest = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "cognito-idp:Describe*", "Resource": "*"}])).await;
        assert!(guest.open(&path).await.text.contains("not authorized to perform: cognito-idp:UpdateUserPool"));
    }

    #[actix_web::test]
    async fn the_list_of_clients_tells_those_that_registered_themselves() {
        let app = TestApp::new().await;
        let pool = app.pool_with(json!({"DcrConfiguration": {"OpenDcrEnabled": true}}), json!({})).await;
        let browser = app.console().await;
        let made = pool.register(&[], json!({"redirect_uris": ["https://app.example/cb"], "client_name": "Robot"})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let path = format!("/pools/{}/clients", pool.id);
        let own = format!("/clients/{}\"", pool.client_id);
        for (query, has_robot, has_own) in
            [("", true, true), ("?type=DCR", true, false), ("?type=REGULAR", false, true), ("?type=x", true, true)]
        {
            let page = browser.open(&format!("{path}{query}")).await.text;
            assert_eq!((page.contains(">Robot</a>"), page.contains(&own)), (has_robot, has_own), "{query} {page}");
        }
        let one = format!("{path}/{}", made.body["client_id"].as_str().unwrap());
        let page = browser.open(&one).await.text;
        assert!(page.contains("It registered itself") && !page.contains("/secrets\""), "{page}");
        // What DescribeUserPoolClient tells is given back.
        let saved = browser.submit_and_follow(&one, &[("name", "Robot 2")]).await.text;
        assert!(saved.contains("is saved") && saved.contains("It registered itself"), "{saved}");
    }
}
