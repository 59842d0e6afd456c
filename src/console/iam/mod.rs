//! IAM's rooms: users, roles, and what they hold.

pub mod access_keys;
pub mod editor;
pub mod role;
pub mod roles;
pub mod tags;
pub mod user;
pub mod users;

use serde_json::{Value, json};

use super::row::{Row, form, page};
use super::{Visit, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// The pages and forms of IAM.
pub fn rows() -> Vec<Row> {
    vec![
        page("/iam/new-role", roles::new),
        form("/iam/new-role", roles::create),
        page("/iam/new-user", users::new),
        form("/iam/new-user", users::create),
        page("/iam/roles", roles::show),
        page("/iam/roles/{name}", role::show),
        form("/iam/roles/{name}", role::update),
        form("/iam/roles/{name}/delete", role::delete),
        page("/iam/roles/{name}/policies", editor::of_role),
        form("/iam/roles/{name}/policies", editor::edit_of_role),
        page("/iam/roles/{name}/policies/{policy}", editor::of_role),
        form("/iam/roles/{name}/policies/{policy}", editor::edit_of_role),
        form("/iam/roles/{name}/policies/{policy}/delete", editor::delete_of_role),
        form("/iam/roles/{name}/tags", tags::change_roles),
        page("/iam/roles/{name}/trust", editor::trust),
        form("/iam/roles/{name}/trust", editor::edit_trust),
        page("/iam/users", users::show),
        page("/iam/users/{name}", user::show),
        form("/iam/users/{name}", user::update),
        form("/iam/users/{name}/delete", user::delete),
        form("/iam/users/{name}/keys", access_keys::create),
        form("/iam/users/{name}/keys/{key}", access_keys::change),
        page("/iam/users/{name}/policies", editor::of_user),
        form("/iam/users/{name}/policies", editor::edit_of_user),
        page("/iam/users/{name}/policies/{policy}", editor::of_user),
        form("/iam/users/{name}/policies/{policy}", editor::edit_of_user),
        form("/iam/users/{name}/policies/{policy}/delete", editor::delete_of_user),
        form("/iam/users/{name}/tags", tags::change_users),
    ]
}

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

/// A text of an answer; empty where there is none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The tags of an answer.
pub fn tags(value: &Value) -> Vec<Tag> {
    let tags = value.as_array().map(Vec::as_slice).unwrap_or_default();
    tags.iter().map(|tag| Tag { key: text(tag.at("Key")), value: text(tag.at("Value")) }).collect()
}

/// Calls an operation of IAM.
///
/// # Errors
/// [`WireError`].
pub async fn call(visit: &Visit, operation: &str, input: Value) -> Result<Value, WireError> {
    visit.call(Service::Iam, operation, input).await
}

/// The names of somebody's inline policies: `kind` is `User` or `Role`.
pub async fn policy_names(visit: &Visit, kind: &str, name: &str) -> Part<String> {
    let input = json!({format!("{kind}Name"): name, "MaxItems": WHOLE});
    let listed = call(visit, &format!("List{kind}Policies"), input).await.map_err(|error| error.message)?;
    Ok(listed.at("PolicyNames").as_array().into_iter().flatten().map(text).collect())
}

/// The address of the page of a user.
pub fn user_at(name: &str) -> String {
    format!("/iam/users/{}", segment(name))
}

/// The address of the page of a role.
pub fn role_at(name: &str) -> String {
    format!("/iam/roles/{}", segment(name))
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
