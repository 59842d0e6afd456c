//! A managed policy: what it says, its versions, and who has it.

use askama::Template;
use serde_json::{Value, json};

use super::editor::Changes;
use super::policies::is_aws;
use super::roles::pretty;
use super::{Part, Tag, WHOLE, call, delete_whole, group_at, managed_at, role_at, tags, user_at};
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Shown, Visit, mistyped, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// So many users, groups and roles that have it are shown at once.
const PAGE: i64 = 50;

/// What this person may do with the policy.
struct Powers {
    version: May,
    set_default: May,
    delete_version: May,
    tag: May,
    delete: May,
}

impl Powers {
    async fn over(visit: &Visit, arn: &str) -> Self {
        let may = async |operation: &str, more: Value| visit.may(Service::Iam, operation, json!({"PolicyArn": arn}).with(more)).await;
        Self {
            version: may("CreatePolicyVersion", json!({"PolicyDocument": "{}"})).await,
            set_default: may("SetDefaultPolicyVersion", json!({"VersionId": "v1"})).await,
            delete_version: may("DeletePolicyVersion", json!({"VersionId": "v1"})).await,
            tag: may("TagPolicy", json!({"Tags": []})).await,
            delete: may("DeletePolicy", json!({})).await,
        }
    }
}

/// A user, group or role that has it.
struct Owner {
    kind: &'static str,
    name: String,
    href: String,
}

struct Version {
    id: String,
    is_default: bool,
    created: Option<Moment>,
}

#[derive(Template)]
#[template(path = "console/iam/managed_policy.html")]
struct PolicyPage {
    frame: Frame,
    name: String,
    arn: String,
    id: String,
    path: String,
    description: String,
    is_aws: bool,
    created: Option<Moment>,
    updated: Option<Moment>,
    /// The version that holds.
    default: String,
    /// Its text.
    document: Result<String, String>,
    versions: Part<Version>,
    owners: Part<Owner>,
    bounded: Part<Owner>,
    /// Whether there are more of either than are shown.
    more: bool,
    tags: Vec<Tag>,
    powers: Powers,
    /// Where the page is, below the console's root.
    here: String,
    refused: Option<WireError>,
}

impl PolicyPage {
    async fn of(visit: &Visit, arn: &str) -> Result<Self, WireError> {
        let answer = call(visit, "GetPolicy", json!({"PolicyArn": arn})).await?;
        let policy = answer.at("Policy");
        let (name, default) = (policy.text("PolicyName"), policy.text("DefaultVersionId"));
        let (owners, more_owners) = who_has(visit, arn, "PermissionsPolicy").await;
        let (bounded, more_bounded) = who_has(visit, arn, "PermissionsBoundary").await;
        Ok(Self {
            frame: visit.frame(&name),
            arn: arn.to_owned(),
            id: policy.text("PolicyId"),
            path: policy.text("Path"),
            description: policy.text("Description"),
            is_aws: is_aws(arn),
            created: Moment::read(policy.at("CreateDate"), visit.now()),
            updated: Moment::read(policy.at("UpdateDate"), visit.now()),
            document: document(visit, arn, &default).await.map(|text| pretty(&text)).map_err(|error| error.message),
            versions: versions(visit, arn).await.map_err(|error| error.message),
            owners,
            bounded,
            more: more_owners || more_bounded,
            tags: tags(policy.at("Tags")),
            powers: Powers::over(visit, arn).await,
            here: managed_at(arn),
            refused: None,
            default,
            name,
        })
    }
}

/// Who has it in one way, and whether there are more.
async fn who_has(visit: &Visit, arn: &str, usage: &str) -> (Part<Owner>, bool) {
    let input = json!({"PolicyArn": arn, "PolicyUsageFilter": usage, "MaxItems": PAGE});
    let answer = match call(visit, "ListEntitiesForPolicy", input).await {
        Ok(answer) => answer,
        Err(error) => return (Err(error.message), false),
    };
    let mut owners = Vec::new();
    let mut add = |list: &str, member: &str, kind: &'static str, at: fn(&str) -> String| {
        owners.extend(answer.list(list).iter().map(|owner| owner.text(member)).map(|name| Owner { kind, href: at(&name), name }));
    };
    add("PolicyUsers", "UserName", "user", user_at);
    add("PolicyGroups", "GroupName", "group", group_at);
    add("PolicyRoles", "RoleName", "role", role_at);
    (Ok(owners), !answer.at("Marker").is_null())
}

async fn versions(visit: &Visit, arn: &str) -> Result<Vec<Version>, WireError> {
    let answer = call(visit, "ListPolicyVersions", json!({"PolicyArn": arn, "MaxItems": WHOLE})).await?;
    let version = |version: &Value| Version {
        id: version.text("VersionId"),
        is_default: version.at("IsDefaultVersion").as_bool().unwrap_or_default(),
        created: Moment::read(version.at("CreateDate"), visit.now()),
    };
    Ok(answer.list("Versions").iter().map(version).collect())
}

/// The text of a version.
///
/// # Errors
/// [`WireError`].
pub(super) async fn document(visit: &Visit, arn: &str, version: &str) -> Result<String, WireError> {
    let answer = call(visit, "GetPolicyVersion", json!({"PolicyArn": arn, "VersionId": version})).await?;
    Ok(answer.at("PolicyVersion").text("Document"))
}

/// `GET /console/iam/policies/{arn}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&PolicyPage::of(visit, &visit.segment("arn")).await?))
}

/// The policy's page again, with what was refused.
async fn again(visit: &Visit, arn: &str, refused: WireError) -> Outcome {
    let page = PolicyPage { refused: Some(refused.clone()), ..PolicyPage::of(visit, arn).await? };
    Ok(Reply::again(&page, &refused))
}

#[derive(Template)]
#[template(path = "console/iam/version.html")]
struct VersionPage {
    frame: Frame,
    name: String,
    version: String,
    is_default: bool,
    created: Option<Moment>,
    document: String,
    /// The version that it is compared with, and what changes from that to this.
    against: String,
    changes: Option<Changes>,
    versions: Vec<Version>,
    powers: Powers,
    /// Where the policy's page is, below the console's root.
    back: String,
    here: String,
}

/// `GET /console/iam/policies/{arn}/versions/{version}`: its text, and how it differs from another, by default from the one that
/// holds.
pub async fn version(visit: &Visit) -> Outcome {
    let (arn, version) = (visit.segment("arn"), visit.segment("version"));
    let answer = call(visit, "GetPolicy", json!({"PolicyArn": arn})).await?;
    let text = document(visit, &arn, &version).await?;
    let versions = versions(visit, &arn).await?;
    let Some(shown) = versions.iter().find(|listed| listed.id == version) else { return Err(Shown::NotFound) };
    let (is_default, created) = (shown.is_default, shown.created.clone());
    let default = answer.at("Policy").text("DefaultVersionId");
    let against = visit.query().given("against").filter(|id| versions.iter().any(|listed| listed.id == *id)).unwrap_or(default);
    let changes = if against == version {
        None
    } else {
        let other = document(visit, &arn, &against).await?;
        Some(Changes::of(&other, &pretty(&text)))
    };
    let back = managed_at(&arn);
    Ok(Reply::page(&VersionPage {
        frame: visit.frame(&version),
        name: answer.at("Policy").text("PolicyName"),
        document: pretty(&text),
        powers: Powers::over(visit, &arn).await,
        here: version_at(&arn, &version),
        is_default,
        created,
        against,
        changes,
        versions,
        back,
        version,
    }))
}

/// The address of the page of a version.
fn version_at(arn: &str, version: &str) -> String {
    format!("{}/versions/{}", managed_at(arn), segment(version))
}

/// `POST /console/iam/policies/{arn}/versions/{version}`: makes it the one that holds, or deletes it.
pub async fn change_version(visit: &Visit, fields: &Fields) -> Outcome {
    let (arn, version) = (visit.segment("arn"), visit.segment("version"));
    let input = json!({"PolicyArn": arn, "VersionId": version});
    let (operation, done) = if fields.text("do") == "delete" {
        if let Some(reply) = mistyped(fields, &version, version_at(&arn, &version)) {
            return Ok(reply);
        }
        ("DeletePolicyVersion", format!("Version {version} was deleted."))
    } else {
        ("SetDefaultPolicyVersion", format!("Version {version} holds from this moment on, for all who have the policy."))
    };
    match call(visit, operation, input).await {
        Ok(_) => Ok(Reply::done(managed_at(&arn), done)),
        Err(error) => again(visit, &arn, error).await,
    }
}

/// `POST /console/iam/policies/{arn}/tags`
pub async fn change_tags(visit: &Visit, fields: &Fields) -> Outcome {
    let arn = visit.segment("arn");
    let (operation, input, done) = super::tags::change_of("Policy", json!({"PolicyArn": arn}), fields);
    match call(visit, &operation, input).await {
        Ok(_) => Ok(Reply::done(managed_at(&arn), done)),
        Err(error) => again(visit, &arn, error).await,
    }
}

/// `POST /console/iam/policies/{arn}/delete`: with its versions. Who has it keeps it from going.
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let arn = visit.segment("arn");
    let name = arn.rsplit('/').next().unwrap_or_default();
    if let Some(reply) = mistyped(fields, name, managed_at(&arn)) {
        return Ok(reply);
    }
    match delete_all(visit, &arn).await {
        Ok(()) => Ok(Reply::done("/iam/policies", format!("Policy {name} was deleted, with its versions."))),
        Err(error) => again(visit, &arn, error).await,
    }
}

async fn delete_all(visit: &Visit, arn: &str) -> Result<(), WireError> {
    let answer = call(visit, "GetPolicy", json!({"PolicyArn": arn})).await?;
    let count = |member: &str| answer.at("Policy").at(member).as_i64().unwrap_or_default();
    if count("AttachmentCount") + count("PermissionsBoundaryUsageCount") > 0 {
        // Nothing is lost of one that cannot go.
        return Err(crate::console::reply::refused("Somebody has this policy: detach it from them first."));
    }
    let versions = versions(visit, arn).await?;
    let old = versions.iter().filter(|version| !version.is_default);
    let of_version = |version: &Version| ("DeletePolicyVersion", json!({"PolicyArn": arn, "VersionId": version.id}));
    delete_whole(visit, old.map(of_version).chain([("DeletePolicy", json!({"PolicyArn": arn}))]).collect()).await
}

#[cfg(test)]
mod tests;
