//! Each function of a pool, from the wire to a service on this machine.

mod account;
mod calls;
mod messages;
mod migration;
mod senders;
mod sign_in;
mod sign_up;
mod tokens;

use serde_json::{Map, Value, json};

use crate::testing::{Answer, PASSWORD, TestApp, TestFunctions, TestPool};

/// An application with functions.
async fn with_functions() -> (TestApp, TestFunctions) {
    let mut app = TestApp::new().await;
    let functions = TestFunctions::start(&mut app).await;
    (app, functions)
}

/// LambdaConfig: each setting names the function that is called like it.
fn lambda_config(names: &[&str]) -> Value {
    let functions = names.iter().map(|name| ((*name).to_owned(), Value::from(TestFunctions::arn(name))));
    json!({"LambdaConfig": functions.collect::<Map<_, _>>()})
}

/// A pool that calls these functions, and has these members too.
async fn pool_calling<'a>(app: &'a TestApp, names: &[&str], members: Value) -> TestPool<'a> {
    let mut settings = lambda_config(names);
    settings.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    app.pool_with(settings, json!({})).await
}

async fn sign_up(pool: &TestPool<'_>, name: &str, email: &str, more: Value) -> Answer {
    let mut input = json!({"Username": name, "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": email}]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pool.client("SignUp", input).await
}

/// The claims of a token.
fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(payload.as_bytes()).unwrap()).unwrap()
}
