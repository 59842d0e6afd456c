//! No input of any operation, and nothing that is sent to any door, is a failure of ours: no 5xx, on either database.
//!
//! Every input is held to the model's check. What passes it is sent, for the operation judges it. What the check refuses comes no
//! further, so it is sent once for each shape and oddity, and on PostgreSQL not at all: no database has seen it.

use std::collections::HashSet;
use std::fmt::Display;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::dispatch::{admit, operations_of};
use super::json11;
use super::model::{Kind, Member, Model, OperationModel, Protocol, Service, ShapeId};
use crate::audit::only_reads;
use crate::testing::{Answer, TestApp};

/// What no caller should send, as JSON.
const ODD: [&str; 18] = [
    "null",
    "true",
    "-1",
    "9223372036854775807",
    "1.5",
    r#""""#,
    r#"" ""#,
    r#""a\u0000b""#,
    r#""\uffff\u202e\ud835\udd18""#,
    r#""ｆｕｌｌ@wｉdth.example""#,
    r#""../%00' OR 1=1 --""#,
    r#""arn:aws:iam::000000000000:role/\\..*${x}""#,
    r#""us-east-1_:;|\n\t""#,
    "[]",
    "[null]",
    r#"[["a"], {"b": 1}]"#,
    "{}",
    r#"{"": {"a": [{"b": ["\u0001"]}]}}"#,
];

/// Bodies that are no JSON, or of another kind.
const BROKEN: [&[u8]; 8] =
    [b"", b"{", b"[]", b"null", b"\xff\xfe", br#"{"Username":"\ud800"}"#, br#"{"Username":"\udc00\ud800","a":1e999}"#, b"{\"a\":\x00}"];

/// Something of everything that operations name.
struct World {
    app: TestApp,
    known: Map<String, Value>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let tokens = pool.user_with("alice", json!({"email": "alice@example.com", "email_verified": "true"})).await.signed_in().await;
        let provider = format!("cognito-idp.us-east-1.amazonaws.com/{}", pool.id);
        let providers = json!([{"ProviderName": provider, "ClientId": pool.client_id}]);
        let new = json!({"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "CognitoIdentityProviders": providers});
        let identity_pool = app.admin().call("CreateIdentityPool", new).await.ok()["IdentityPoolId"].clone();
        let identity = app.anonymous().call("GetId", json!({"IdentityPoolId": identity_pool})).await.ok()["IdentityId"].clone();
        app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
        let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        let statement = json!({"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"});
        let trust = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        app.admin().call("CreateRole", json!({"RoleName": "r", "AssumeRolePolicyDocument": trust})).await.ok();
        let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:*", "Resource": "*"}]}).to_string();
        let role = "arn:aws:iam::000000000000:role/r";
        let users = json!({
            "UserPoolId": pool.id, "ClientId": pool.client_id, "Username": "alice", "Password": "Pa55word!", "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "alice", "PASSWORD": "Pa55word!", "SRP_A": "0a", "REFRESH_TOKEN": tokens["RefreshToken"]},
            "AccessToken": tokens["AccessToken"], "Token": tokens["RefreshToken"], "ConfirmationCode": "123456", "UserCode": "123456",
            "Session": "s".repeat(40), "ChallengeName": "SOFTWARE_TOKEN_MFA", "Filter": "email = \"alice@example.com\"",
            "ChallengeResponses": {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": "123456"},
            "UserAttributes": [{"Name": "email", "Value": "bob@example.com"}], "AttributesToGet": ["email"],
        });
        let others = json!({
            "IdentityPoolId": identity_pool, "IdentityId": identity, "Logins": {provider: tokens["IdToken"]},
            "IdentityPoolName": "q", "Roles": {"authenticated": role}, "PoolName": "q", "ClientName": "q", "UserName": "ann", "AccessKeyId": key,
            "RoleName": "r", "RoleArn": role, "RoleSessionName": "session", "PolicyName": "p", "PolicyDocument": allow,
            "AssumeRolePolicyDocument": trust, "policyDocument": allow, "PolicyInputList": [allow], "ActionNames": ["a:B"],
            "ResourceArns": ["arn:aws:a:::b"], "PolicySourceArn": "arn:aws:iam::000000000000:user/ann", "policyType": "IDENTITY_POLICY",
            "ContextEntries": [{"ContextKeyName": "app:key", "ContextKeyType": "string", "ContextKeyValues": ["v"]}],
        });
        let known = [users, others].into_iter().flat_map(|known| known.as_object().unwrap().clone()).collect();
        Self { app, known }
    }

    /// A value that a member may well have: what it must have, and what is known.
    fn plausible(&self, model: &Model, id: ShapeId, name: &str, levels: usize) -> Value {
        let shape = model.shape(id).unwrap();
        if let (Some(known), Some(_)) = (self.known.get(name), levels.checked_sub(1)) {
            return known.clone();
        }
        match &shape.kind {
            Kind::Structure(members) if levels > 0 => {
                let wanted = members.iter().filter(|member| member.required || self.known.contains_key(&member.name));
                wanted.map(|member| (member.name.clone(), self.plausible(model, member.shape, &member.name, levels - 1))).collect()
            }
            Kind::Structure(_) => json!({}),
            Kind::List(_) | Kind::Map(..) if levels == 0 => json!([]),
            Kind::List(member) => json!([self.plausible(model, *member, "", levels - 1)]),
            Kind::Map(_, value) => json!({"key": self.plausible(model, *value, "", levels - 1)}),
            Kind::String(allowed) => allowed.first().map_or_else(|| json!("test-1"), |first| json!(first)),
            Kind::Integer | Kind::Double => json!(shape.min.unwrap_or(1.0).max(1.0).round() as i64),
            Kind::Boolean => json!(false),
            Kind::Timestamp => json!(1_700_000_000),
            Kind::Blob => json!("AAAA"),
            Kind::Document => json!({}),
        }
    }
}

/// Where values stand in a value: each a way of names and numbers from its root.
fn places(value: &Value) -> Vec<Vec<String>> {
    let below = |name: String, value: &Value| places(value).into_iter().map(move |place| [vec![name.clone()], place].concat());
    let mut found = vec![Vec::new()];
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| found.extend(below(name.clone(), field))),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| found.extend(below(index.to_string(), item))),
        _ => {}
    }
    found
}

fn put(value: &mut Value, place: &[String], odd: &Value) {
    match (place.split_first(), value) {
        (None, value) => *value = odd.clone(),
        (Some((name, rest)), Value::Object(fields)) => put(&mut fields[name], rest, odd),
        (Some((index, rest)), Value::Array(items)) => put(&mut items[index.parse::<usize>().unwrap()], rest, odd),
        (Some(_), _) => {}
    }
}

/// An input that no caller should send: where it is odd, and how.
struct Case {
    place: Vec<String>,
    /// The place of the oddity in [`ODD`], or [`HUGE`].
    oddity: usize,
    input: Value,
}

/// The oddity of what is huge.
const HUGE: usize = ODD.len();

/// Each place of the value with each odd thing in it; deeper places with some of them.
fn oddities(base: &Value) -> impl Iterator<Item = Case> {
    let places = places(base).into_iter().filter(|place| !place.is_empty());
    let step = |place: &Vec<String>| if place.len() == 1 { 1 } else { 7 };
    let at = move |place: Vec<String>| (0..ODD.len()).step_by(step(&place)).map(move |oddity| (place.clone(), oddity));
    places.flat_map(at).map(|(place, oddity)| {
        let mut input = base.clone();
        put(&mut input, &place, &serde_json::from_str(ODD[oddity]).unwrap());
        Case { place, oddity, input }
    })
}

/// How much there is of what is huge.
const CHARACTERS: usize = 200_000;
const ITEMS: usize = 10_000;
const FIELDS: usize = 5_000;
const DEPTH: usize = 10_000;
const DIGITS: usize = 400;

/// What is huge stays below what a body may have: what is beyond is refused unread.
const BODY: usize = 900_000;

/// Stands for a number of so many digits, which no [`Value`] holds.
const LONG_NUMBER: &str = "a number of many digits";

/// A value of its own kind, and huge.
fn huge(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let more = (0..FIELDS).map(|number| (format!("k{number}"), fields.values().next().cloned().unwrap_or_else(|| json!("v"))));
            let fitting = BODY / (value.to_string().len() + 10);
            Value::Object(fields.clone().into_iter().chain(more.take(fitting)).collect())
        }
        Value::Array(items) => {
            let item = items.first().cloned().unwrap_or_else(|| json!("a"));
            let fitting = BODY / (item.to_string().len() + 1);
            Value::Array(vec![item; ITEMS.min(fitting)])
        }
        Value::String(_) => json!("a".repeat(CHARACTERS)),
        Value::Number(_) | Value::Bool(_) | Value::Null => json!(LONG_NUMBER),
    }
}

/// Each place of the value with what stands there made huge.
fn hugenesses(base: &Value) -> impl Iterator<Item = Case> {
    places(base).into_iter().filter(|place| !place.is_empty()).map(move |place| {
        let mut input = base.clone();
        let there = place.iter().fold(base, |value, name| value.get(name).unwrap_or_else(|| &value[name.parse::<usize>().unwrap()]));
        put(&mut input, &place, &huge(there));
        Case { place, oddity: HUGE, input }
    })
}

/// The shape that stands at a place of an operation's input.
fn shape_at(model: &Model, input: ShapeId, place: &[String]) -> Option<ShapeId> {
    place.iter().try_fold(input, |shape, name| match &model.shape(shape)?.kind {
        Kind::Structure(members) => members.iter().find(|member| member.name == *name).map(|member| member.shape),
        Kind::List(member) => Some(*member),
        Kind::Map(_, value) => Some(*value),
        _ => None,
    })
}

/// What of a service has been refused on the way to its operations, and need not be sent again.
#[derive(Default)]
struct Refused {
    inputs: HashSet<(Option<ShapeId>, usize)>,
    bodies: HashSet<Vec<u8>>,
}

impl Refused {
    /// Whether an input is to be sent.
    fn is_news(&mut self, service: Service, operation: &OperationModel, case: &Case) -> bool {
        // A form is made into an input before the model checks it, and that may fail in ways of its own.
        let is_form = matches!(service.protocol(), Protocol::Query { .. });
        if is_form || admit(service, operation, &mut case.input.clone()).is_ok() {
            return true;
        }
        let shape = operation.input.and_then(|input| shape_at(service.model(), input, &case.place));
        !on_postgres() && self.inputs.insert((shape, case.oddity))
    }

    /// Whether a body is to be sent: one that is no JSON is refused alike, whatever the operation.
    fn is_new_body(&mut self, service: Service, body: &[u8]) -> bool {
        let is_form = matches!(service.protocol(), Protocol::Query { .. });
        is_form || json11::parse(body).is_some() || self.bodies.insert(body.to_vec())
    }
}

/// Whether these tests run on PostgreSQL, as [`TestApp`] decides it.
fn on_postgres() -> bool {
    std::env::var("PASSWRIGHT_TEST_DATABASE").is_ok_and(|database| database == "postgres")
}

/// Sends one input to an operation, as its service's protocol writes it.
async fn sent(world: &World, service: Service, operation: &OperationModel, input: &Value) -> Answer {
    let admin = world.app.admin();
    let text = input.to_string();
    if let Protocol::Query { .. } = service.protocol() {
        let written = text.replace(LONG_NUMBER, &"7".repeat(DIGITS));
        return admin.call(&format!("{}:{}", service.name(), operation.name), serde_json::from_str(&written).unwrap()).await;
    }
    let written = text.replace(&json!(LONG_NUMBER).to_string(), &"7".repeat(DIGITS));
    sent_raw(world, service, operation, written.into_bytes()).await
}

/// Sends any body to an operation.
async fn sent_raw(world: &World, service: Service, operation: &OperationModel, body: Vec<u8>) -> Answer {
    let (path, content_type) = match service.protocol() {
        Protocol::Json11 { .. } => ("/", "application/x-amz-json-1.1"),
        Protocol::Query { .. } => ("/", "application/x-www-form-urlencoded"),
        Protocol::RestJson => (operation.path.as_str(), "application/json"),
    };
    let mut headers = vec![("content-type".to_owned(), content_type.to_owned())];
    if let Protocol::Json11 { target_prefix } = service.protocol() {
        headers.push(("x-amz-target".to_owned(), format!("{target_prefix}.{}", operation.name)));
    }
    world.app.admin().send(service.name(), Method::POST, path, headers, body).await
}

/// Bodies for an operation that are no JSON, of another kind, or so deep that who reads them by recursion falls.
fn wrong_bodies(service: Service, operation: &OperationModel, member: &str) -> Vec<Vec<u8>> {
    if let Protocol::Query { version } = service.protocol() {
        let names =
            [".member.1".repeat(DEPTH), ".a".repeat(DEPTH), ".entry.1.value".repeat(DEPTH), format!(".member.{}", "7".repeat(DIGITS))];
        return names.map(|name| format!("Action={}&Version={version}&{member}{name}=x", operation.name).into_bytes()).to_vec();
    }
    let deep = [format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)), format!("{}1{}", r#"{"a":"#.repeat(DEPTH), "}".repeat(DEPTH))];
    let deep = deep.into_iter().map(|deep| format!("{{{}:{deep}}}", json!(member)).into_bytes());
    BROKEN.iter().map(|body| body.to_vec()).chain(deep).collect()
}

/// Every input of an operation, the plausible one last: it may delete what the others name.
fn cases(world: &World, service: Service, operation: &OperationModel) -> Vec<Case> {
    let model = service.model();
    let base = operation.input.map_or_else(|| json!({}), |input| world.plausible(model, input, "", 4));
    let mut cases: Vec<Case> = oddities(&base).chain(hugenesses(&base)).collect();
    for member in members(service, operation).iter().filter(|member| base.get(&member.name).is_none()) {
        let mut with = base.clone();
        with[&member.name] = world.plausible(model, member.shape, &member.name, 3);
        let odd = ODD.iter().map(|odd| serde_json::from_str(odd).unwrap()).chain([huge(&with[&member.name])]);
        cases.extend(odd.enumerate().map(|(oddity, odd)| {
            let place = vec![member.name.clone()];
            let mut input = with.clone();
            put(&mut input, &place, &odd);
            Case { place, oddity, input }
        }));
        cases.push(Case::plausible(with));
    }
    cases.push(Case::plausible(base));
    cases
}

impl Case {
    /// Nothing is odd about it.
    fn plausible(input: Value) -> Self {
        Self { place: Vec::new(), oddity: HUGE + 1, input }
    }
}

fn members(service: Service, operation: &OperationModel) -> &'static [Member] {
    match operation.input.and_then(|input| service.model().shape(input)).map(|shape| &shape.kind) {
        Some(Kind::Structure(members)) => members,
        _ => &[],
    }
}

/// A part of a service's operations, so that tests share the cores.
async fn fuzz(service: Service, part: usize, parts: usize) {
    let mut failures = Vec::new();
    let mut refused = Refused::default();
    let mut read: Option<World> = None;
    for operation in operations_of(service).into_iter().skip(part).step_by(parts) {
        // What only reads leaves the world to the next one.
        let world = match read.take() {
            Some(world) if only_reads(operation.name) => world,
            _ => World::new().await,
        };
        let model = service.model().operation(operation.name).unwrap();
        let mut note = |input: &dyn Display, answer: &Answer| {
            if answer.status >= 500 {
                let beginning: String = input.to_string().chars().take(500).collect();
                failures.push(format!("{}:{} {beginning}: {}", service.name(), operation.name, answer.text));
            }
        };
        let bodies = wrong_bodies(service, model, members(service, model).first().map_or("a", |member| member.name.as_str()));
        for body in bodies.into_iter().filter(|body| refused.is_new_body(service, body)) {
            note(&String::from_utf8_lossy(&body), &sent_raw(&world, service, model, body.clone()).await);
        }
        for case in cases(&world, service, model) {
            if refused.is_news(service, model, &case) {
                note(&case.input, &sent(&world, service, model, &case.input).await);
            }
        }
        read = only_reads(operation.name).then_some(world);
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[actix_web::test]
async fn no_input_of_user_pools_is_our_failure() {
    fuzz(Service::CognitoIdp, 0, 4).await;
}

#[actix_web::test]
async fn no_input_of_user_pools_is_our_failure_a_second_part() {
    fuzz(Service::CognitoIdp, 1, 4).await;
}

#[actix_web::test]
async fn no_input_of_user_pools_is_our_failure_a_third_part() {
    fuzz(Service::CognitoIdp, 2, 4).await;
}

#[actix_web::test]
async fn no_input_of_user_pools_is_our_failure_a_fourth_part() {
    fuzz(Service::CognitoIdp, 3, 4).await;
}

#[actix_web::test]
async fn no_input_of_identity_pools_is_our_failure() {
    fuzz(Service::CognitoIdentity, 0, 1).await;
}

#[actix_web::test]
async fn no_input_of_iam_is_our_failure() {
    fuzz(Service::Iam, 0, 1).await;
}

#[actix_web::test]
async fn no_input_of_sts_and_the_access_analyzer_is_our_failure() {
    fuzz(Service::Sts, 0, 1).await;
    fuzz(Service::AccessAnalyzer, 0, 1).await;
}

#[actix_web::test]
async fn nothing_sent_to_a_decision_endpoint_is_our_failure() {
    let world = World::new().await;
    let (admin, known) = (world.app.admin(), &world.known);
    let request = json!({"method": "POST", "url": "https://a.example/?x=1", "headers": {"host": "a.example"}, "body_sha256": "00"});
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:*", "Resource": "*"}]});
    let subjects = [
        json!({"type": "credentials", "id": known["AccessKeyId"], "properties": {"session_token": "t"}}),
        json!({"type": "token", "id": known["AccessToken"], "properties": {"identity_pool_id": known["IdentityPoolId"]}}),
        json!({"type": "principal", "id": "arn:aws:iam::000000000000:user/ann"}),
        json!({"type": "signed_request", "id": "", "properties": request}),
    ];
    let mut questions: Vec<(&str, Value)> = Vec::new();
    for subject in subjects {
        let question = json!({"subject": subject, "action": {"name": "a:B"}, "resource": {"type": "arn", "id": "arn:aws:a:::b"},
                              "context": {"a:k": ["v"]}, "explain": true});
        questions.push(("/access/v1/evaluation", question.clone()));
        questions.push(("/access/v1/evaluations", json!({"evaluations": [question], "options": {"evaluations_semantic": "execute_all"}})));
    }
    questions.push((
        "/v1/simulate",
        json!({"principal": {"arn": "arn:aws:iam::000000000000:user/ann"}, "action": "a:B", "resource": {"arn": "arn:aws:a:::b", "account": "000000000000"},
               "context": {"a:k": "v"}, "policies": {"identity": [policy], "resource": policy, "session": [policy.to_string()]}, "explain": true}),
    ));
    let mut failures = Vec::new();
    for (path, question) in questions {
        let number = json!(LONG_NUMBER).to_string();
        let written = |body: Value| body.to_string().replace(&number, &"7".repeat(DIGITS)).into_bytes();
        let deep = [format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)), format!("{{\"context\":{}", r#"{"a":"#.repeat(DEPTH))];
        let wrong = BROKEN.map(<[u8]>::to_vec).into_iter().chain(deep.map(String::into_bytes));
        let bodies = oddities(&question).chain(hugenesses(&question)).map(|case| written(case.input)).chain(wrong);
        for body in bodies {
            let answer = admin.send("passwright", Method::POST, path, Vec::new(), body.clone()).await;
            if answer.status >= 500 {
                failures.push(format!("{path} {}: {}", String::from_utf8_lossy(&body[..body.len().min(500)]), answer.text));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[actix_web::test]
async fn no_path_and_no_address_is_our_failure() {
    let app = TestApp::new().await;
    let odd = ["%00", "%ff", "%2e%2e", "a%00b", "%F0%9D%94%98", "us-east-1_%00", "%ED%A0%80", "'%20OR%201=1", "%", "%zz"];
    for odd in odd {
        for uri in [
            format!("/{odd}/.well-known/jwks.json"),
            format!("/{odd}"),
            format!("/?Action={odd}"),
            format!("/?Action=GetUser&Version=2010-05-08&UserName={odd}"),
            format!("/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential={odd}&X-Amz-Algorithm=AWS4-HMAC-SHA256"),
            format!("/analyzer/{odd}"),
            format!("/tags/{odd}?tagKeys={odd}"),
            format!("/v1/forward-auth/{odd}"),
        ] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                let answer = app.admin().send("iam", method, &uri, Vec::new(), Vec::new()).await;
                assert!(answer.status < 500, "{uri}: {}", answer.text);
            }
        }
    }
}
