//! The access room: who may do what, where, and why. Every answer is the engine's, asked through the decision endpoint as whoever
//! is signed in, so they need `passwright:Evaluate`, and `passwright:EvaluateAs` on the others they ask about.

mod named;
pub mod what;
pub mod who;

use askama::Template;
use serde_json::{Map, Value, json};

use super::{Fields, Frame, Outcome, Reply, Shown, Visit};
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// So many users and roles are offered to choose from.
const OFFERED: i64 = 100;

/// What is asked, as it stands in the address.
#[derive(Default)]
pub struct Asked {
    /// An ARN, or an access key id.
    pub who: String,
    /// The action.
    pub what: String,
    /// The resource's ARN.
    pub on: String,
    /// Condition keys, one a line: `key = value`; several values of one key are lines of their own.
    pub context: String,
}

impl Asked {
    /// As it stands in an address.
    pub fn read(query: &Fields) -> Self {
        let text = |name: &str| query.given(name).unwrap_or_default();
        Self { who: text("who"), what: text("what"), on: text("on"), context: query.text("context") }
    }

    /// As AuthZEN writes it, about somebody.
    pub fn question(&self, who: &str) -> Value {
        let kind = if who.starts_with("arn:") { "principal" } else { "credentials" };
        json!({
            "subject": {"type": kind, "id": who}, "action": {"name": self.what}, "resource": {"type": "arn", "id": self.on},
            "context": self.keys(), "explain": true,
        })
    }

    fn keys(&self) -> Map<String, Value> {
        let mut keys = Map::new();
        for (key, value) in self.context.lines().filter_map(|line| line.split_once('=')) {
            let (key, value) = (key.trim().to_owned(), Value::from(value.trim()));
            match keys.get_mut(&key) {
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = json!([first.clone(), value]),
                None => drop(keys.insert(key, value)),
            }
        }
        keys
    }
}

/// A decision, as pages show it.
pub struct Decided {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in a sentence.
    pub why: String,
    /// Who was judged.
    pub principal: String,
    /// The statements that decided.
    pub statements: Vec<Statement>,
    /// What failed of those that nearly did.
    pub failed: Vec<Failed>,
}

/// A statement that decided.
pub struct Statement {
    /// `Allow` or `Deny`.
    pub effect: String,
    /// Its policy, its number in it, and its Sid if it has one.
    pub place: String,
    /// Which kind of policy.
    pub source: String,
    /// Where it begins in the policy's text.
    pub line: String,
}

/// What failed of a statement about the action.
pub struct Failed {
    /// `Allow` or `Deny`.
    pub effect: String,
    /// Its place.
    pub place: String,
    /// What did not match: an element, or a condition's operator and key.
    pub what: String,
    /// What it wants.
    pub expected: String,
    /// What the request has.
    pub actual: String,
}

impl Decided {
    /// Reads an answer of the decision endpoint.
    pub fn read(answer: &Value) -> Self {
        let context = answer.at("context");
        let list = |name: &str| context.at(name).as_array().cloned().unwrap_or_default();
        let why = match (context.at("reason").as_str(), context.at("error").as_str()) {
            (Some("allowed"), _) if list("statements").is_empty() => "The root may do everything in its account.".to_owned(),
            (Some("allowed"), _) => "A statement allows it, and none denies it.".to_owned(),
            (Some("explicitDeny"), _) => {
                "A statement denies it. A Deny always wins: only taking it away, or its conditions, would change that.".to_owned()
            }
            (_, Some(error)) => format!("Nobody was identified: {error}"),
            _ if list("failed").is_empty() => {
                "No statement allows it, or what bounds those that do (a permissions boundary, a session policy) does not let it pass."
                    .to_owned()
            }
            _ => "No statement allows it: something that an Allow wants did not match.".to_owned(),
        };
        Self {
            allowed: *answer.at("decision") == Value::Bool(true),
            why,
            principal: words(context.at("principal")),
            statements: list("statements").iter().map(Statement::read).collect(),
            failed: list("failed").iter().map(Failed::read).collect(),
        }
    }
}

impl Statement {
    fn read(statement: &Value) -> Self {
        let line = statement.at("start").at("line").as_u64().map(|line| format!("line {line}")).unwrap_or_default();
        Self {
            effect: words(statement.at("effect")),
            place: place(statement),
            source: words(statement.at("source")).replace('_', " "),
            line,
        }
    }
}

impl Failed {
    fn read(failed: &Value) -> Self {
        let what = match (failed.at("operator").as_str(), failed.at("key").as_str()) {
            (Some(operator), Some(key)) => format!("{operator} {key}"),
            _ => words(failed.at("element")),
        };
        let actual = words(failed.at("actual"));
        Self {
            effect: words(failed.at("effect")),
            place: place(failed),
            what,
            expected: words(failed.at("expected")),
            actual: if actual.is_empty() { "nothing".to_owned() } else { actual },
        }
    }
}

fn place(statement: &Value) -> String {
    let sid = statement.at("sid").as_str().map(|sid| format!(" ({sid})")).unwrap_or_default();
    let index = statement.at("index").as_u64().map(|index| format!(", statement {}", index + 1)).unwrap_or_default();
    format!("{}{index}{sid}", words(statement.at("policy")))
}

/// A value in words: texts as they are, lists with commas between.
fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The ARNs of users and roles, the first of each: as many as are offered to choose from. Who may not list them writes ARNs.
pub async fn principals(visit: &Visit) -> Vec<String> {
    let mut arns = Vec::new();
    for (operation, list) in [("ListUsers", "Users"), ("ListRoles", "Roles")] {
        if let Ok(listed) = visit.call(Service::Iam, operation, json!({"MaxItems": OFFERED})).await {
            let listed = listed.at(list).as_array().cloned().unwrap_or_default();
            arns.extend(listed.iter().filter_map(|item| item.at("Arn").as_str().map(str::to_owned)));
        }
    }
    arns
}

#[derive(Template)]
#[template(path = "console/access/decide.html")]
struct DecidePage {
    frame: Frame,
    asked: Asked,
    public_url: String,
    principals: Vec<String>,
    decided: Option<Decided>,
    refused: Option<String>,
}

/// `GET /console/access`: one question, and the decision as the engine took it.
pub async fn show(visit: &Visit) -> Outcome {
    let mut asked = Asked::read(visit.query());
    let is_asked = !asked.what.is_empty();
    if asked.who.is_empty() {
        asked.who = visit.caller().principal().to_string();
    }
    if asked.on.is_empty() {
        asked.on = "*".to_owned();
    }
    let answer = if is_asked { Some(visit.ask(asked.question(&asked.who)).await) } else { None };
    let (decided, refused) = match answer {
        None => (None, None),
        Some(Ok(answer)) => (Some(Decided::read(&answer)), None),
        Some(Err(failure)) => (None, Some(Shown::told(failure)?)),
    };
    let principals = principals(visit).await;
    Ok(Reply::page(&DecidePage {
        frame: visit.frame("Access"),
        public_url: visit.public_url().to_owned(),
        asked,
        principals,
        decided,
        refused,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    #[test]
    fn condition_keys_are_read_by_lines() {
        let asked = Asked { context: "aws:SourceIp = 10.0.0.1\nnothing\naws:TagKeys=a\naws:TagKeys=b\n".to_owned(), ..Asked::default() };
        assert_eq!(Value::Object(asked.keys()), json!({"aws:SourceIp": "10.0.0.1", "aws:TagKeys": ["a", "b"]}));
    }

    #[actix_web::test]
    async fn a_decision_is_shown_with_the_statement_that_took_it_and_a_denial_with_what_failed() {
        let app = TestApp::new().await;
        let condition = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
        app.user_with(json!([{"Effect": "Allow", "Action": "notes:Read", "Resource": "*", "Condition": condition, "Sid": "Own"}])).await;
        let browser = app.console().await;
        let ask = |ip: &str| {
            format!("/access?who=arn:aws:iam::{ACCOUNT}:user/ann&what=notes:Read&on=arn:aws:notes:::note/1&context=aws:SourceIp%3D{ip}")
        };
        let allowed = browser.open(&ask("10.1.2.3")).await.text;
        assert!(allowed.contains("Allowed") && allowed.contains("p, statement 1 (Own)"), "{allowed}");
        let denied = browser.open(&ask("192.0.2.1")).await.text;
        assert!(denied.contains("Denied") && denied.contains("IpAddress aws:SourceIp") && denied.contains("192.0.2.1"), "{denied}");
    }

    #[actix_web::test]
    async fn who_may_not_ask_about_others_is_told_so() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Allow", "Action": "notes:Read", "Resource": "*"}])).await;
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "passwright:Evaluate", "Resource": "*"}])).await;
        let page = browser.open(&format!("/access?who=arn:aws:iam::{ACCOUNT}:user/ann&what=notes:Read&on=*")).await.text;
        assert!(page.contains("passwright:EvaluateAs"), "{page}");
        let own = browser.open("/access?what=notes:Read&on=*").await.text;
        assert!(own.contains("Denied") && own.contains("No statement allows it"), "{own}");
    }

    #[actix_web::test]
    async fn what_is_written_into_the_address_is_text_on_the_page() {
        let app = TestApp::new().await;
        let page = app.console().await.open("/access?who=%3Cscript%3E&what=%22%3E%3Cscript%3Ealert(1)&on=%3Cimg%20src%3Dx%3E").await.text;
        assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{page}");
    }
}
