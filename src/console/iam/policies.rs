//! Managed policies: the list of the account's own and of AWS's.

use askama::Template;
use serde_json::{Value, json};

use super::{PAGE, WHOLE, call, managed_at};
use crate::console::{Frame, Moment, Outcome, Reply, Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// What there is to choose from: the operation's word, and how the page calls it.
const SCOPES: [(&str, &str); 3] = [("All", "All"), ("Local", "This account's"), ("AWS", "AWS's")];

struct Listed {
    name: String,
    path: String,
    is_aws: bool,
    version: String,
    attached: i64,
    bounds: i64,
    updated: Option<Moment>,
    href: String,
}

impl Listed {
    fn of(visit: &Visit, policy: &Value) -> Self {
        let arn = policy.text("Arn");
        let count = |member: &str| policy.at(member).as_i64().unwrap_or_default();
        Self {
            href: managed_at(&arn),
            name: policy.text("PolicyName"),
            path: policy.text("Path"),
            is_aws: is_aws(&arn),
            version: policy.text("DefaultVersionId"),
            attached: count("AttachmentCount"),
            bounds: count("PermissionsBoundaryUsageCount"),
            updated: Moment::read(policy.at("UpdateDate"), visit.now()),
        }
    }
}

/// Whether a policy of this ARN is one of AWS's.
pub(super) fn is_aws(arn: &str) -> bool {
    arn.starts_with("arn:aws:iam::aws:")
}

#[derive(Template)]
#[template(path = "console/iam/managed.html")]
struct PoliciesPage {
    frame: Frame,
    policies: Vec<Listed>,
    /// What names have in them; empty for all.
    wanted: String,
    /// What is listed.
    scope: String,
    scopes: [(&'static str, &'static str); 3],
    refused: Option<WireError>,
    first: Option<String>,
    next: Option<String>,
}

/// `GET /console/iam/policies`: a page of a scope, or what has a text in its name.
pub async fn show(visit: &Visit) -> Outcome {
    let query = visit.query();
    let (wanted, after) = (query.given("q").unwrap_or_default(), query.given("after"));
    let known = |scope: &String| SCOPES.iter().any(|(word, _)| word == scope);
    let scope = query.given("scope").filter(known).unwrap_or_else(|| "All".to_owned());
    let here = |rest: &str| format!("/console/iam/policies?scope={scope}{rest}");
    let listed = if wanted.is_empty() {
        call(visit, "ListPolicies", json!({"Scope": scope, "MaxItems": PAGE, "Marker": after})).await
    } else {
        named(visit, &scope, &wanted).await.map(|policies| json!({"Policies": policies}))
    };
    let (listed, refused) = match listed {
        Ok(listed) => (listed, None),
        Err(error) => (Value::Null, Some(error)),
    };
    let page = PoliciesPage {
        frame: visit.frame("Policies"),
        policies: listed.list("Policies").iter().map(|policy| Listed::of(visit, policy)).collect(),
        first: after.is_some().then(|| here("")),
        next: listed.at("Marker").as_str().map(|marker| here(&format!("&after={}", segment(marker)))),
        scopes: SCOPES,
        wanted,
        scope,
        refused,
    };
    Ok(Reply::page(&page))
}

/// The first policies of a scope that have a text in their names, whatever its capitals.
pub(in crate::console) async fn named(visit: &Visit, scope: &str, wanted: &str) -> Result<Vec<Value>, WireError> {
    let (mut found, mut marker) = (Vec::new(), Value::Null);
    let wanted = wanted.to_lowercase();
    let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
    // A quota bounds how many an account has: a few calls read them all.
    loop {
        let page = call(visit, "ListPolicies", json!({"Scope": scope, "MaxItems": WHOLE, "Marker": marker})).await?;
        found.extend(page.list("Policies").iter().filter(|policy| policy.text("PolicyName").to_lowercase().contains(&wanted)).cloned());
        marker = page.at("Marker").clone();
        if marker.is_null() || found.len() >= most {
            found.truncate(most);
            return Ok(found);
        }
    }
}
