//! ValidatePolicy: what is wrong, dangerous or clumsy in a policy, a page at a time. Nothing is stored.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::errors::Error;
use crate::context::Context;
use crate::crypto::digest;
use crate::flows::paging;
use crate::policy::validate::{Finding, Location, Options, PathElement, Position, ResourceType, ValidatedType, validate};

/// The one language of findings.
const ENGLISH: &str = "EN";

const DEFAULT_PAGE: i64 = 100;

/// A larger page is asked for in vain; a page may be smaller than what was asked for.
const LARGEST_PAGE: i64 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    policy_document: String,
    policy_type: String,
    locale: Option<String>,
    validate_policy_resource_type: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

asks_about_everything!(Request);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    findings: Vec<FindingAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingAnswer {
    finding_details: String,
    finding_type: &'static str,
    issue_code: &'static str,
    learn_more_link: String,
    locations: Vec<Value>,
}

pub async fn handle(cx: &Context, (): (), request: Request) -> Result<Response, Error> {
    let limit = request.max_results.unwrap_or(DEFAULT_PAGE);
    if limit < 1 {
        return Err(Error::Field { name: "maxResults", message: "maxResults must be at least 1." });
    }
    if request.locale.as_deref().is_some_and(|locale| locale != ENGLISH) {
        return Err(Error::Field { name: "locale", message: "locale must be EN: findings are in English." });
    }
    let limit = limit.min(LARGEST_PAGE);
    let options = options(&request)?;
    // A token goes on in the findings of the same question, and in no other's.
    let resource_type = request.validate_policy_resource_type.as_deref().unwrap_or_default();
    let question =
        digest::sha256(&[request.policy_type.as_bytes(), b"\0", resource_type.as_bytes(), b"\0", request.policy_document.as_bytes()]);
    let place = ["access-analyzer:ValidatePolicy", cx.account_id.as_str(), &digest::hex(&question)];
    let invalid = || Error::Field { name: "nextToken", message: "nextToken is not one of this request's." };
    let after = paging::open(cx, &place, request.next_token.as_deref()).map_err(|_| invalid())?;
    let begin = if after.is_empty() { 0 } else { after.parse::<usize>().map_err(|_| invalid())? + 1 };

    let rest = validate(&request.policy_document, &options).into_iter().enumerate().skip(begin).collect();
    let (page, next_token) = paging::cut(cx, &place, rest, limit, |(index, _)| index.to_string())?;
    Ok(Response { findings: page.into_iter().map(|(_, finding)| finding.into()).collect(), next_token })
}

fn options(request: &Request) -> Result<Options, Error> {
    let policy_type = match request.policy_type.as_str() {
        "IDENTITY_POLICY" => ValidatedType::Identity,
        "RESOURCE_POLICY" => ValidatedType::Resource,
        "SERVICE_CONTROL_POLICY" => ValidatedType::ServiceControl,
        "RESOURCE_CONTROL_POLICY" => ValidatedType::ResourceControl,
        _ => return Err(Error::Field { name: "policyType", message: "policyType is not known." }),
    };
    let unknown = Error::Field { name: "validatePolicyResourceType", message: "validatePolicyResourceType is not known." };
    let resource_type = match &request.validate_policy_resource_type {
        None => None,
        Some(name) => Some(ResourceType::parse(name).ok_or(unknown)?),
    };
    if resource_type.is_some() && policy_type != ValidatedType::Resource {
        let message = "validatePolicyResourceType goes with policyType RESOURCE_POLICY only.";
        return Err(Error::Field { name: "validatePolicyResourceType", message });
    }
    Ok(Options { policy_type, resource_type })
}

impl From<Finding> for FindingAnswer {
    fn from(finding: Finding) -> Self {
        Self {
            finding_details: finding.details,
            finding_type: finding.kind.as_str(),
            issue_code: finding.issue_code,
            learn_more_link: finding.learn_more,
            locations: finding.locations.into_iter().map(location).collect(),
        }
    }
}

fn location(Location { path, span }: Location) -> Value {
    let path: Vec<Value> = path.into_iter().map(element).collect();
    json!({"path": path, "span": {"start": position(span.start), "end": position(span.end)}})
}

fn element(element: PathElement) -> Value {
    match element {
        PathElement::Index(index) => json!({"index": index}),
        PathElement::Key(key) => json!({"key": key}),
        PathElement::Substring { start, length } => json!({"substring": {"start": start, "length": length}}),
        PathElement::Value(name) => json!({"value": name}),
    }
}

fn position(Position { line, column, offset }: Position) -> Value {
    json!({"line": line, "column": column, "offset": offset})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::TestApp;

    #[actix_web::test]
    async fn a_language_that_findings_do_not_have_is_refused() {
        let app = TestApp::new().await;
        let validate = async |locale: &str| {
            let input = json!({"policyDocument": "{}", "policyType": "IDENTITY_POLICY", "locale": locale});
            app.admin().call("ValidatePolicy", input).await.status
        };
        assert_eq!((validate("EN").await, validate("DE").await), (200, 400));
    }
}
