//! The functions that a pool calls, and whether the settings know a way to each.

use askama::Template;
use serde_json::{Map, Value, json};

use super::settings::unchanged;
use super::{Fields, Frame, Head, May, Outcome, Reply, Row, Visit, call, form, may, page};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// Each setting of LambdaConfig that names a function, and what it is for.
const FUNCTIONS: [(&str, &str); 13] = [
    ("PreSignUp", "Judges who signs up or is made by an administrator; may confirm them and verify their addresses."),
    ("PostConfirmation", "Is told of users once they are confirmed."),
    ("PreAuthentication", "Judges each sign-in before its password is."),
    ("PostAuthentication", "Is told of each sign-in. One that it fails at is none."),
    ("PreTokenGeneration", "Changes claims, groups and scopes of tokens before they are signed."),
    ("CustomMessage", "Words messages around their code."),
    ("UserMigration", "Knows users of another directory by their password."),
    ("DefineAuthChallenge", "Says what a custom sign-in asks next."),
    ("CreateAuthChallenge", "Makes a custom challenge."),
    ("VerifyAuthChallengeResponse", "Judges the answer to one."),
    ("CustomEmailSender", "Delivers mail, its code encrypted."),
    ("CustomSMSSender", "Delivers text messages, their code encrypted."),
    ("InboundFederation", "Maps what an identity provider tells of a user."),
];

/// Those whose setting has a version beside the function.
const VERSIONED: [&str; 3] = ["CustomEmailSender", "CustomSMSSender", "InboundFederation"];

/// The forms of the events before tokens are signed.
const VERSIONS: [&str; 3] = ["V1_0", "V2_0", "V3_0"];

/// The pages and forms.
pub fn rows() -> Vec<Row> {
    vec![page("/pools/{pool}/triggers", show), form("/pools/{pool}/triggers", change)]
}

/// A function, as the form has it.
struct Function {
    name: &'static str,
    purpose: &'static str,
    arn: String,
    /// Whether the settings know a way to it.
    reached: bool,
}

#[derive(Template)]
#[template(path = "console/pools/triggers.html")]
struct TriggersPage {
    frame: Frame,
    head: Head,
    functions: Vec<Function>,
    version: String,
    versions: [&'static str; 3],
    key: String,
    key_known: bool,
    may_change: May,
    error: Option<WireError>,
}

async fn triggers(visit: &Visit, head: Head, config: &Value, error: Option<WireError>) -> TriggersPage {
    let ways = &visit.app().functions;
    let arn_of = |name: &str| match name {
        "PreTokenGeneration" => config.at("PreTokenGenerationConfig").text("LambdaArn"),
        name if VERSIONED.contains(&name) => config.at(name).text("LambdaArn"),
        name => config.text(name),
    };
    let function = |(name, purpose): (&'static str, &'static str)| {
        let arn = arn_of(name);
        Function { name, purpose, reached: ways.reaches(&arn), arn }
    };
    let version = config.at("PreTokenGenerationConfig").text("LambdaVersion");
    let key = config.text("KMSKeyID");
    TriggersPage {
        frame: visit.frame(&head.name),
        may_change: may(visit, "UpdateUserPool", json!({"UserPoolId": head.id})).await,
        functions: FUNCTIONS.into_iter().map(function).collect(),
        version: if version.is_empty() { "V1_0".to_owned() } else { version },
        versions: VERSIONS,
        key_known: ways.key(&key).is_some(),
        key,
        head,
        error,
    }
}

/// `GET /console/pools/{pool}/triggers`
pub async fn show(visit: &Visit) -> Outcome {
    let head = Head::load_whole(visit, "triggers").await?;
    let config = head.described.at("LambdaConfig").clone();
    Ok(Reply::page(&triggers(visit, head, &config, None).await))
}

/// `POST /console/pools/{pool}/triggers`
pub async fn change(visit: &Visit, fields: &Fields) -> Outcome {
    let head = Head::load_whole(visit, "triggers").await?;
    let config = read(fields);
    let path = head.path("/triggers");
    let mut input = unchanged(&head);
    input.insert("UserPoolId".to_owned(), json!(head.id));
    input.insert("MfaConfiguration".to_owned(), head.described.at("MfaConfiguration").clone());
    input.insert("LambdaConfig".to_owned(), config.clone());
    if let Err(error) = call(visit, "UpdateUserPool", Value::Object(input)).await {
        return Ok(Reply::again(&triggers(visit, head, &config, Some(error.clone())).await, &error));
    }
    Ok(Reply::done(path, "The triggers are saved."))
}

/// LambdaConfig, as it was typed.
fn read(fields: &Fields) -> Value {
    let mut config = Map::new();
    for (name, arn) in FUNCTIONS.iter().filter_map(|(name, _)| Some((*name, fields.given(name)?))) {
        let (name, version) = match name {
            "PreTokenGeneration" => ("PreTokenGenerationConfig", fields.text("version")),
            name if VERSIONED.contains(&name) => (name, "V1_0".to_owned()),
            name => {
                config.insert(name.to_owned(), json!(arn));
                continue;
            }
        };
        config.insert(name.to_owned(), json!({"LambdaVersion": version, "LambdaArn": arn}));
    }
    if let Some(key) = fields.given("KMSKeyID") {
        config.insert("KMSKeyID".to_owned(), json!(key));
    }
    Value::Object(config)
}
