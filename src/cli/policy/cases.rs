//! Files of test cases: policies, and questions about them with the answers that are expected.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::read;
use crate::decisions::simulation::Question;

/// What a file of cases looks like.
pub const HELP: &str = r#"A file of cases, any `*.test.json` below the folder:
  {"policies": {"identity": ["policies/notes.json", {inline policy}], "resource": "policies/bucket.json",
                "service_control": [{"target": "r-1", "policies": ["policies/scp.json"]}]},
   "account_id": "000000000000",
   "principal": "arn:aws:iam::000000000000:user/alice",
   "cases": [{"name": "alice reads her notes", "action": "notes:Read", "resource": "arn:aws:notes:us-east-1:000000000000:note/1",
              "context": {"aws:SourceIp": "192.0.2.1"}, "expect": "allowed"}]}

The names under `policies` are those of `passwright policy evaluate --help`. A string is the path of a policy's file, from the
file of cases. `principal`, `action`, `resource` and `wildcard_only_action` stand in the file or in the case, which goes before;
keys of the case's `context` go before the file's. What the principal's ARN tells is added to them (aws:PrincipalArn,
aws:PrincipalAccount, aws:PrincipalType, aws:username, aws:ResourceAccount), unless the file says `"derive": false`. A principal
is an ARN or {"service"}, {"federated"}, {"anonymous": true}, a resource an ARN or {"arn", "account"}. `expect` is allowed,
explicitDeny, implicitDeny, or denied for either.

Exit codes: 0 all passed, 1 some failed, 2 a file is malformed, or there are no cases."#;

/// A file of cases, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow, default)]
    policies: BTreeMap<String, &'a RawValue>,
    account_id: Option<String>,
    principal: Option<Value>,
    action: Option<String>,
    resource: Option<Value>,
    #[serde(default)]
    context: BTreeMap<String, Value>,
    wildcard_only_action: Option<bool>,
    #[serde(default = "yes")]
    derive: bool,
    cases: Vec<WrittenCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCase {
    name: String,
    principal: Option<Value>,
    action: Option<String>,
    resource: Option<Value>,
    #[serde(default)]
    context: BTreeMap<String, Value>,
    wildcard_only_action: Option<bool>,
    expect: Expected,
}

const fn yes() -> bool {
    true
}

/// The answer that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// It may be done.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// Nothing allows it.
    ImplicitDeny,
    /// It may not be done, for either reason.
    Denied,
}

impl Expected {
    /// As files write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Denied => "denied",
        }
    }
}

/// A case, ready to be asked.
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The question.
    pub question: Question,
    /// The answer that is expected.
    pub expect: Expected,
}

/// Reads a file of cases and the policies that it names.
pub fn load(file: &Path) -> Result<Vec<Case>, String> {
    let name = file.display();
    let text = read(file)?;
    let written: Written<'_> = serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let policies = written.policies.iter().map(|(kind, raw)| Ok(format!("{}: {}", json!(kind), resolve(raw, folder)?)));
    let policies = policies.collect::<Result<Vec<_>, String>>().map_err(|problem| format!("{name}: {problem}"))?.join(", ");
    let mut cases = Vec::with_capacity(written.cases.len());
    for case in &written.cases {
        let question = written.question(case, &policies).map_err(|problem| format!("{name}: {}: {problem}", case.name))?;
        cases.push(Case { name: case.name.clone(), question, expect: case.expect });
    }
    Ok(cases)
}

impl Written<'_> {
    fn question(&self, case: &WrittenCase, policies: &str) -> Result<Question, String> {
        let missing = |what: &str| format!("{what} is missing");
        // A bare text is the ARN.
        let by_arn = |value: &Value| if value.is_string() { json!({"arn": value}) } else { value.clone() };
        let principal = case.principal.as_ref().or(self.principal.as_ref()).map(by_arn).ok_or_else(|| missing("principal"))?;
        let action = case.action.as_ref().or(self.action.as_ref()).ok_or_else(|| missing("action"))?;
        let resource = case.resource.as_ref().or(self.resource.as_ref()).map(by_arn).ok_or_else(|| missing("resource"))?;
        let wildcard_only = case.wildcard_only_action.or(self.wildcard_only_action).unwrap_or_default();
        // Key names ignore case.
        let replaced = |key: &String| case.context.keys().any(|own| own.eq_ignore_ascii_case(key));
        let defaults = self.context.iter().filter(|(key, _)| !replaced(key));
        let context: BTreeMap<&String, &Value> = defaults.chain(&case.context).collect();
        let text = format!(
            "{{\"principal\": {principal}, \"action\": {}, \"resource\": {resource}, \"context\": {}, \"policies\": {{{policies}}}, \
             \"wildcard_only_action\": {wildcard_only}, \"derive\": {}}}",
            json!(action),
            json!(context),
            self.derive
        );
        Question::parse(&text, self.account_id.as_deref().unwrap_or(super::OWN_ACCOUNT))
    }
}

/// The level of an organization as it is written: what is in it may be paths, too.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Level<'a> {
    #[serde(default)]
    target: Option<String>,
    #[serde(borrow)]
    policies: Vec<&'a RawValue>,
}

/// The text of policies with every path replaced by what its file says. Inline policies stay texts, so that the policy parser
/// sees them as they are written.
fn resolve(raw: &RawValue, folder: &Path) -> Result<String, String> {
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'"') => {
            let string: String = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let policy = if string.trim_start().starts_with('{') { string } else { read(&folder.join(string))? };
            Ok(Value::String(policy).to_string())
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| error.to_string())?;
            let items = items.into_iter().map(|item| resolve(item, folder)).collect::<Result<Vec<_>, String>>()?;
            Ok(format!("[{}]", items.join(", ")))
        }
        Some(b'{') => match serde_json::from_str::<Level<'_>>(text) {
            Ok(level) => {
                let policies = level.policies.into_iter().map(|item| resolve(item, folder)).collect::<Result<Vec<_>, String>>()?;
                Ok(format!(r#"{{"target": {}, "policies": [{}]}}"#, json!(level.target), policies.join(", ")))
            }
            Err(_) => Ok(text.to_owned()),
        },
        _ => Ok(text.to_owned()),
    }
}
