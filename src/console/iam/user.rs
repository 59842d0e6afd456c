//! An IAM user: who they are, what they may do, and their keys.

use askama::Template;
use serde_json::{Value, json};

use super::access_keys::{self, Key};
use super::attached::{self, Managed};
use super::mfa::{self, Device};
use super::password::Password;
use super::{Part, Tag, call, delete_whole, path, policy_names, tags, user_at};
use crate::console::{Fields, Frame, May, Moment, Outcome, Reply, Visit, mistyped};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;
use crate::wire::model::Service;

/// What this person may do with the user.
struct Powers {
    put_policy: May,
    create_password: May,
    update_password: May,
    delete_password: May,
    enable_device: May,
    resync_device: May,
    deactivate_device: May,
    create_key: May,
    update_key: May,
    delete_key: May,
    tag: May,
    update: May,
    delete: May,
}

impl Powers {
    async fn over(visit: &Visit, name: &str) -> Self {
        let may = async |operation: &str, more: Value| visit.may(Service::Iam, operation, json!({"UserName": name}).with(more)).await;
        let device = "arn:aws:iam::000000000000:mfa/name";
        let codes = json!({"SerialNumber": device, "AuthenticationCode1": "000000", "AuthenticationCode2": "000000"});
        let key = "AKIAAAAAAAAAAAAAAAAA";
        Self {
            put_policy: may("PutUserPolicy", json!({"PolicyName": "name", "PolicyDocument": "{}"})).await,
            create_password: may("CreateLoginProfile", json!({"Password": "password"})).await,
            update_password: may("UpdateLoginProfile", json!({})).await,
            delete_password: may("DeleteLoginProfile", json!({})).await,
            enable_device: may("EnableMFADevice", codes.clone()).await,
            resync_device: may("ResyncMFADevice", codes).await,
            deactivate_device: may("DeactivateMFADevice", json!({"SerialNumber": device})).await,
            create_key: may("CreateAccessKey", json!({})).await,
            update_key: may("UpdateAccessKey", json!({"AccessKeyId": key, "Status": "Active"})).await,
            delete_key: may("DeleteAccessKey", json!({"AccessKeyId": key})).await,
            tag: may("TagUser", json!({"Tags": []})).await,
            update: may("UpdateUser", json!({})).await,
            delete: may("DeleteUser", json!({})).await,
        }
    }
}

#[derive(Template)]
#[template(path = "console/iam/user.html")]
struct UserPage {
    frame: Frame,
    name: String,
    arn: String,
    id: String,
    path: String,
    created: Option<Moment>,
    tags: Vec<Tag>,
    policies: Part<String>,
    managed: Managed,
    /// The groups' names.
    groups: Part<String>,
    password: Password,
    /// When the password was last used.
    used: Option<Moment>,
    /// What a new device would be called.
    new_device: String,
    devices: Part<Device>,
    keys: Part<Key>,
    powers: Powers,
    /// Where the page is, below the console's root.
    here: String,
    refused: Option<WireError>,
}

impl UserPage {
    async fn of(visit: &Visit, name: &str) -> Result<Self, WireError> {
        let answer = call(visit, "GetUser", json!({"UserName": name})).await?;
        let user = answer.at("User");
        let name = user.text("UserName");
        let devices = mfa::of(visit, &name).await;
        Ok(Self {
            frame: visit.frame(&name),
            here: user_at(&name),
            arn: user.text("Arn"),
            id: user.text("UserId"),
            path: user.text("Path"),
            created: Moment::read(user.at("CreateDate"), visit.now()),
            tags: tags(user.at("Tags")),
            policies: policy_names(visit, "User", &name).await,
            managed: Managed::of(visit, "User", &name, user.at("PermissionsBoundary")).await,
            groups: group_names(visit, &name).await,
            password: Password::of(visit, &name).await,
            used: Moment::read(user.at("PasswordLastUsed"), visit.now()),
            new_device: mfa::new_name(&name, &devices),
            devices,
            keys: access_keys::of(visit, &name).await,
            powers: Powers::over(visit, &name).await,
            refused: None,
            name,
        })
    }
}

/// The names of the groups that a user is in.
async fn group_names(visit: &Visit, name: &str) -> Part<String> {
    let listed = call(visit, "ListGroupsForUser", json!({"UserName": name})).await.map_err(|error| error.message)?;
    Ok(listed.list("Groups").iter().map(|group| group.text("GroupName")).collect())
}

/// `GET /console/iam/users/{name}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&UserPage::of(visit, &visit.segment("name")).await?))
}

/// The page again, with the policy that was typed.
pub(super) async fn with_policy(visit: &Visit, name: &str, typed: String, refused: WireError) -> Outcome {
    let mut page = UserPage { refused: Some(refused.clone()), ..UserPage::of(visit, name).await? };
    page.managed.typed = typed;
    Ok(Reply::again(&page, &refused))
}

/// The user's page again, with what was refused.
pub(super) async fn again(visit: &Visit, name: &str, refused: WireError) -> Outcome {
    let page = UserPage { refused: Some(refused.clone()), ..UserPage::of(visit, name).await? };
    Ok(Reply::again(&page, &refused))
}

/// `POST /console/iam/users/{name}`: another name or path.
pub async fn update(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    let new_name = fields.given("new_name").unwrap_or_else(|| name.clone());
    let input = json!({"UserName": name, "NewUserName": new_name, "NewPath": path(fields.given("new_path"))});
    match call(visit, "UpdateUser", input).await {
        Ok(_) => Ok(Reply::done(user_at(&new_name), "Saved. Policies and keys are as they were.")),
        Err(error) => again(visit, &name, error).await,
    }
}

/// `POST /console/iam/users/{name}/delete`: with all that is theirs, in the order that IAM wants.
pub async fn delete(visit: &Visit, fields: &Fields) -> Outcome {
    let name = visit.segment("name");
    if let Some(reply) = mistyped(fields, &name, user_at(&name)) {
        return Ok(reply);
    }
    match delete_all(visit, &name).await {
        Ok(()) => Ok(Reply::done("/iam/users", format!("User {name} was deleted, with its policies, password and access keys."))),
        Err(error) => again(visit, &name, error).await,
    }
}

async fn delete_all(visit: &Visit, name: &str) -> Result<(), WireError> {
    let attached = attached::detachments(visit, "User", name).await?;
    let policies = call(visit, "ListUserPolicies", json!({"UserName": name, "MaxItems": super::WHOLE})).await?;
    let keys = call(visit, "ListAccessKeys", json!({"UserName": name})).await?;
    let groups = call(visit, "ListGroupsForUser", json!({"UserName": name})).await?;
    let devices = call(visit, "ListMFADevices", json!({"UserName": name})).await?;
    let password = Password::of(visit, name).await;
    let of_device = |device: &Value| ("DeactivateMFADevice", json!({"UserName": name, "SerialNumber": device.at("SerialNumber")}));
    let of_group = |group: &Value| ("RemoveUserFromGroup", json!({"GroupName": group.at("GroupName"), "UserName": name}));
    let of_policy = |policy| ("DeleteUserPolicy", json!({"UserName": name, "PolicyName": policy}));
    let of_key = |key: &Value| ("DeleteAccessKey", json!({"UserName": name, "AccessKeyId": key.at("AccessKeyId")}));
    let own = policies.texts("PolicyNames").into_iter().map(of_policy).chain(keys.list("AccessKeyMetadata").iter().map(of_key));
    let own = own.chain(devices.list("MFADevices").iter().map(of_device));
    let own = own.chain(password.is_set().then(|| ("DeleteLoginProfile", json!({"UserName": name}))));
    let own = own.chain(groups.list("Groups").iter().map(of_group));
    delete_whole(visit, attached.into_iter().chain(own).chain([("DeleteUser", json!({"UserName": name}))]).collect()).await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{ACCOUNT, TestApp};

    #[actix_web::test]
    async fn a_user_is_renamed_tagged_and_deleted_with_all_that_is_theirs() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])).await;
        let browser = app.console().await;
        let page = browser.open("/iam/users/ann").await.text;
        assert!(page.contains("/console/iam/users/ann/policies/p"), "{page}");
        let page = browser.submit_and_follow("/iam/users/ann", &[("new_name", "anna"), ("new_path", "staff")]).await.text;
        assert!(page.contains(&format!("arn:aws:iam::{ACCOUNT}:user/staff/anna")), "{page}");
        let page = browser.submit_and_follow("/iam/users/anna/tags", &[("key", "team"), ("value", "red")]).await.text;
        assert!(page.contains("The tag team was set"), "{page}");
        let page = browser.submit_and_follow("/iam/users/anna/tags", &[("remove", "team")]).await.text;
        assert!(page.contains("No tags"), "{page}");
        let page = browser.submit_and_follow("/iam/users/anna/delete", &[("confirm", "Anna")]).await.text;
        assert!(page.contains("Nothing was deleted"), "{page}");
        let page = browser.submit_and_follow("/iam/users/anna/delete", &[("confirm", "anna")]).await.text;
        assert!(page.contains("was deleted"), "{page}");
        assert_eq!(ann.call("GetCallerIdentity", json!({})).await.code(), "InvalidClientTokenId");
        assert_eq!(browser.open("/iam/users/anna").await.status, 404);
    }

    #[actix_web::test]
    async fn what_policies_refuse_is_greyed_and_a_deletion_that_would_stop_half_way_does_not_begin() {
        let app = TestApp::new().await;
        app.user_with(json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}])).await;
        let may = json!(["iam:GetUser", "iam:List*", "iam:DeleteUserPolicy", "iam:DeleteUser"]);
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": may, "Resource": "*"}])).await;
        let page = browser.open("/iam/users/ann").await.text;
        for action in ["PutUserPolicy", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "TagUser", "UpdateUser"] {
            assert!(page.contains(&format!("not authorized to perform: iam:{action}")), "{action} {page}");
        }
        assert!(!page.contains("not authorized to perform: iam:DeleteUser on"), "{page}");
        let refused = browser.submit("/iam/users/ann/delete", &[("confirm", "ann")]).await;
        assert!(refused.status == 403 && refused.text.contains("iam:DeleteAccessKey"), "{}", refused.text);
        assert_eq!(app.admin().call("ListUserPolicies", json!({"UserName": "ann"})).await.ok()["PolicyNames"], json!(["p"]));
        for (form, fields) in [("", [("new_name", "x"), ("new_path", "/")]), ("/tags", [("key", "a"), ("value", "b")])] {
            assert_eq!(browser.submit(&format!("/iam/users/ann{form}"), &fields).await.status, 403, "{form}");
        }
    }

    #[actix_web::test]
    async fn what_is_not_there_is_said_so_and_markup_in_the_address_stays_text() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        let page = browser.open("/iam/users/%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
        assert!([400, 404].contains(&page.status) && !page.text.contains("<script>alert"), "{}", page.text);
        app.admin().call("iam:CreateUser", json!({"UserName": "ann", "Tags": [{"Key": "a", "Value": "b"}]})).await.ok();
        let page = browser.open("/iam/users/ann").await.text;
        assert!(page.contains("<td>a</td>") && page.contains("<td>b</td>"), "{page}");
    }
}
