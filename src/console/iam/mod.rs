//! IAM's rooms: users, groups, roles, what they hold, and the policies that they share.

pub mod access_keys;
pub mod attached;
pub mod editor;
pub mod group;
pub mod groups;
pub mod mfa;
pub mod password;
pub mod password_policy;
pub mod policies;
pub mod policy;
pub mod providers;
pub mod role;
pub mod roles;
pub mod tags;
pub mod user;
pub mod users;

use serde_json::{Value, json};

use super::row::{Row, form, page};
use super::{May, Moment, Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// The pages and forms of IAM.
pub fn rows() -> Vec<Row> {
    vec![
        page("/iam/groups", groups::show),
        page("/iam/groups/{name}", group::show),
        form("/iam/groups/{name}", group::update),
        form("/iam/groups/{name}/attached", attached::change_group),
        form("/iam/groups/{name}/delete", group::delete).grave(),
        page("/iam/groups/{name}/policies", editor::of_group),
        form("/iam/groups/{name}/policies", editor::edit_of_group),
        page("/iam/groups/{name}/policies/{policy}", editor::of_group),
        form("/iam/groups/{name}/policies/{policy}", editor::edit_of_group),
        form("/iam/groups/{name}/policies/{policy}/delete", editor::delete_of_group).grave(),
        form("/iam/groups/{name}/users", group::change_users),
        page("/iam/new-group", groups::new),
        form("/iam/new-group", groups::create),
        page("/iam/new-policy", editor::new_managed),
        form("/iam/new-policy", editor::edit_new_managed),
        page("/iam/new-role", roles::new),
        form("/iam/new-role", roles::create),
        page("/iam/new-user", users::new),
        form("/iam/new-user", users::create),
        page("/iam/password-policy", password_policy::show),
        form("/iam/password-policy/save", password_policy::change).grave(),
        form("/iam/password-policy/delete", password_policy::delete).grave(),
        page("/iam/policies", policies::show),
        page("/iam/policies/{arn}", policy::show),
        form("/iam/policies/{arn}/delete", policy::delete).grave(),
        page("/iam/policies/{arn}/edit", editor::of_managed),
        form("/iam/policies/{arn}/edit", editor::edit_of_managed),
        form("/iam/policies/{arn}/tags", policy::change_tags),
        page("/iam/policies/{arn}/versions/{version}", policy::version),
        form("/iam/policies/{arn}/versions/{version}", policy::change_version),
        page("/iam/providers", providers::show),
        form("/iam/providers", providers::create).grave(),
        form("/iam/providers/clients", providers::change_clients).grave(),
        form("/iam/providers/delete", providers::delete).grave(),
        page("/iam/roles", roles::show),
        page("/iam/roles/{name}", role::show),
        form("/iam/roles/{name}", role::update),
        form("/iam/roles/{name}/attached", attached::change_role),
        form("/iam/roles/{name}/boundary", attached::change_boundary_of_role),
        form("/iam/roles/{name}/delete", role::delete).grave(),
        page("/iam/roles/{name}/policies", editor::of_role),
        form("/iam/roles/{name}/policies", editor::edit_of_role),
        page("/iam/roles/{name}/policies/{policy}", editor::of_role),
        form("/iam/roles/{name}/policies/{policy}", editor::edit_of_role),
        form("/iam/roles/{name}/policies/{policy}/delete", editor::delete_of_role).grave(),
        form("/iam/roles/{name}/tags", tags::change_roles),
        page("/iam/roles/{name}/trust", editor::trust),
        form("/iam/roles/{name}/trust", editor::edit_trust),
        page("/iam/users", users::show),
        page("/iam/users/{name}", user::show),
        form("/iam/users/{name}", user::update),
        form("/iam/users/{name}/attached", attached::change_user),
        form("/iam/users/{name}/boundary", attached::change_boundary_of_user),
        form("/iam/users/{name}/delete", user::delete).grave(),
        form("/iam/users/{name}/keys", access_keys::create).grave(),
        form("/iam/users/{name}/keys/{key}", access_keys::change),
        form("/iam/users/{name}/mfa", mfa::create).grave(),
        form("/iam/users/{name}/mfa/enable", mfa::enable),
        form("/iam/users/{name}/remove-mfa", mfa::remove).grave(),
        form("/iam/users/{name}/mfa/synchronize", mfa::synchronize),
        form("/iam/users/{name}/password", password::change).grave(),
        form("/iam/users/{name}/password/reset", password::require_reset),
        page("/iam/users/{name}/policies", editor::of_user),
        form("/iam/users/{name}/policies", editor::edit_of_user),
        page("/iam/users/{name}/policies/{policy}", editor::of_user),
        form("/iam/users/{name}/policies/{policy}", editor::edit_of_user),
        form("/iam/users/{name}/policies/{policy}/delete", editor::delete_of_user).grave(),
        form("/iam/users/{name}/tags", tags::change_users),
    ]
}

/// So many users, groups or roles are on a page.
const PAGE: i64 = 50;

/// The most that one call of a list is asked for: more than quotas let anybody have of what is listed whole.
const WHOLE: i64 = 1000;

/// A part of a page: what is shown there, or why this person does not see it.
pub type Part<T> = Result<Vec<T>, String>;

/// A tag.
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// The tags of an answer.
pub fn tags(value: &Value) -> Vec<Tag> {
    let tags = value.as_array().map(Vec::as_slice).unwrap_or_default();
    tags.iter().map(|tag| Tag { key: tag.text("Key"), value: tag.text("Value") }).collect()
}

/// Calls an operation of IAM.
///
/// # Errors
/// [`WireError`].
pub async fn call(visit: &Visit, operation: &str, input: Value) -> Result<Value, WireError> {
    visit.call(Service::Iam, operation, input).await
}

/// The names of somebody's inline policies: `kind` is `User`, `Group` or `Role`.
pub async fn policy_names(visit: &Visit, kind: &str, name: &str) -> Part<String> {
    let input = json!({format!("{kind}Name"): name, "MaxItems": WHOLE});
    let listed = call(visit, &format!("List{kind}Policies"), input).await.map_err(|error| error.message)?;
    Ok(listed.texts("PolicyNames"))
}

/// The address of the page of a user.
pub fn user_at(name: &str) -> String {
    format!("/iam/users/{}", segment(name))
}

/// The address of the page of a group.
pub fn group_at(name: &str) -> String {
    format!("/iam/groups/{}", segment(name))
}

/// The address of the page of a role.
pub fn role_at(name: &str) -> String {
    format!("/iam/roles/{}", segment(name))
}

/// The address of the page of a managed policy, by its ARN.
pub fn managed_at(arn: &str) -> String {
    format!("/iam/policies/{}", segment(arn))
}

/// The address of the editor of a policy of somebody whose page is at `owner_at`.
pub fn policy_at(owner_at: &str, policy: &str) -> String {
    format!("{owner_at}/policies/{}", segment(policy))
}

/// A page of users, of groups or of roles, by what their paths begin with.
pub struct Listing {
    /// As the operation answers them.
    pub items: Vec<Value>,
    /// What paths begin with; empty for all.
    pub prefix: String,
    /// The first page's address, where this is another.
    pub first: Option<String>,
    /// The next page's address, if there is one.
    pub next: Option<String>,
    /// Why there is none to see.
    pub refused: Option<WireError>,
}

impl Listing {
    /// What the address asks for: `operation` answers `list`, and `room` is where it is shown.
    pub async fn of(visit: &Visit, operation: &str, list: &str, room: &str) -> Self {
        let (prefix, after) = (visit.query().given("path"), visit.query().given("after"));
        let here = |rest: &str| format!("/console{room}?path={}{rest}", segment(prefix.as_deref().unwrap_or_default()));
        let path = prefix.as_ref().map(|prefix| if prefix.starts_with('/') { prefix.clone() } else { format!("/{prefix}") });
        let (listed, refused) = match call(visit, operation, json!({"MaxItems": PAGE, "PathPrefix": path, "Marker": after})).await {
            Ok(listed) => (listed, None),
            Err(error) => (Value::Null, Some(error)),
        };
        Self {
            items: listed.list(list).to_vec(),
            first: after.is_some().then(|| here("")),
            next: listed.at("Marker").as_str().map(|marker| here(&format!("&after={}", segment(marker)))),
            prefix: prefix.clone().unwrap_or_default(),
            refused,
        }
    }
}

/// A user or a group, as a list shows it.
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// When it was made.
    pub created: Option<Moment>,
    /// Where its page is, below the console's root.
    pub href: String,
}

impl Listed {
    /// What an operation answers of it, with its name in the member `name`.
    pub fn of(visit: &Visit, listed: &Value, name: &str, at: impl Fn(&str) -> String) -> Self {
        let name = listed.text(name);
        let created = Moment::read(listed.at("CreateDate"), visit.now());
        Self { href: at(&name), arn: listed.text("Arn"), path: listed.text("Path"), created, name }
    }
}

/// Deletes something with all that is its own: these calls, in their order, of which the last deletes the thing itself. What
/// policies would refuse on the way is found out first, so that nothing is left half deleted.
///
/// # Errors
/// [`WireError`].
pub async fn delete_whole(visit: &Visit, steps: Vec<(&str, Value)>) -> Result<(), WireError> {
    for (operation, input) in &steps {
        if let May::No(reason) = visit.may(Service::Iam, operation, input.clone()).await {
            return Err(WireError::access_denied(Service::Iam.protocol(), reason));
        }
    }
    let last = steps.len().saturating_sub(1);
    for (number, (operation, input)) in steps.into_iter().enumerate() {
        match call(visit, operation, input).await {
            Ok(_) => {}
            // Somebody else was faster.
            Err(error) if error.code == "NoSuchEntity" && number != last => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A path as IAM writes it: it begins and ends with `/`.
pub fn path(given: Option<String>) -> String {
    let given = given.unwrap_or_default();
    let inner = given.trim_matches('/');
    if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") }
}

/// Lines of `key = value`, as tags.
pub fn tags_of_lines(lines: &str) -> Vec<Value> {
    let tags = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    tags.map(|line| {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        json!({"Key": key.trim(), "Value": value.trim()})
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_and_end_with_a_slash() {
        for (given, written) in [("", "/"), ("/", "/"), ("team", "/team/"), ("/team/a/", "/team/a/")] {
            assert_eq!(path(Some(given.to_owned())), written);
        }
        assert_eq!(path(None), "/");
    }

    #[test]
    fn tags_are_read_by_lines() {
        let expected = [json!({"Key": "team", "Value": "a=b"}), json!({"Key": "bare", "Value": ""})];
        assert_eq!(tags_of_lines("team = a=b\n\n bare \n"), expected);
    }
}
