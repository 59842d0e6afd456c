//! One user: where they stand, what they are, and what can be done about it.

use askama::Template;
use serde_json::{Value, json};

use super::super::groups::Group;
use super::super::{Frame, Head, May, Moment, Outcome, PAGE, Reply, Visit, call, may};
use super::{attribute, identities, title};
use crate::kit::json::Members as _;
use crate::userpools::linked_identity::ATTRIBUTE;
use crate::wire::fault::WireError;

/// An attribute, as the form shows it.
pub struct Shown {
    /// Its name.
    pub name: String,
    value: String,
    is_boolean: bool,
    /// Whether it holds what it has.
    is_fixed: bool,
}

/// A second factor that can be asked of them.
struct Choice {
    field: &'static str,
    label: &'static str,
    enabled: bool,
    preferred: bool,
}

impl Choice {
    fn all(enabled: &[String], preferred: &str) -> Vec<Self> {
        let choice = |(field, name, label, _): (&'static str, &str, &'static str, &str)| Self {
            field,
            label,
            enabled: enabled.iter().any(|factor| factor == name),
            preferred: preferred == name,
        };
        FACTORS.into_iter().map(choice).collect()
    }
}

/// The second factors: the form's field, the name in answers, the label, the member of requests.
pub const FACTORS: [(&str, &str, &str, &str); 3] = [
    ("totp", "SOFTWARE_TOKEN_MFA", "a code of their authenticator app", "SoftwareTokenMfaSettings"),
    ("sms", "SMS_MFA", "a code by text message", "SMSMfaSettings"),
    ("email", "EMAIL_OTP", "a code by mail", "EmailMfaSettings"),
];

/// What policies let the caller do about the user.
struct Mays {
    attributes: May,
    confirm: May,
    disable: May,
    enable: May,
    invite: May,
    password: May,
    reset: May,
    sign_out: May,
    delete: May,
    mfa: May,
    forget_token: May,
    add: May,
    remove: May,
}

impl Mays {
    async fn of(visit: &Visit, pool: &str, sub: &str) -> Self {
        let user = json!({"UserPoolId": pool, "Username": sub});
        let with = |more: Value| user.clone().with(more);
        Self {
            attributes: may(visit, "AdminUpdateUserAttributes", with(json!({"UserAttributes": []}))).await,
            confirm: may(visit, "AdminConfirmSignUp", with(json!({}))).await,
            disable: may(visit, "AdminDisableUser", with(json!({}))).await,
            enable: may(visit, "AdminEnableUser", with(json!({}))).await,
            invite: may(visit, "AdminCreateUser", with(json!({"MessageAction": "RESEND"}))).await,
            reset: may(visit, "AdminResetUserPassword", with(json!({}))).await,
            password: may(visit, "AdminSetUserPassword", with(json!({"Password": "Aa1!aaaa"}))).await,
            sign_out: may(visit, "AdminUserGlobalSignOut", with(json!({}))).await,
            delete: may(visit, "AdminDeleteUser", with(json!({}))).await,
            mfa: may(visit, "AdminSetUserMFAPreference", with(json!({}))).await,
            forget_token: may(visit, "AdminDeleteSoftwareToken", with(json!({}))).await,
            add: may(visit, "AdminAddUserToGroup", with(json!({"GroupName": "x"}))).await,
            remove: may(visit, "AdminRemoveUserFromGroup", with(json!({"GroupName": "x"}))).await,
        }
    }
}

#[derive(Template)]
#[template(path = "console/pools/user.html")]
struct UserPage {
    frame: Frame,
    head: Head,
    /// The path of this page's acts.
    acts: String,
    /// The one that deletes.
    deletes: String,
    title: String,
    sub: String,
    status: String,
    enabled: bool,
    created: Option<Moment>,
    modified: Option<Moment>,
    /// The second factors that they are asked for.
    factors: Vec<String>,
    /// The one that goes first; none if empty.
    preferred: String,
    /// What they can sign in by.
    configured: Vec<String>,
    choices: Vec<Choice>,
    /// Whether they have an authenticator.
    has_token: bool,
    attributes: Vec<Shown>,
    /// The providers that know them.
    providers: Vec<String>,
    /// Their addresses, and whether each is verified.
    addresses: Vec<(&'static str, String, bool)>,
    /// The schema's attributes that they do not have.
    absent: Vec<String>,
    groups: Vec<Group>,
    /// Why their groups are not shown.
    unseen: Option<WireError>,
    /// The pool's groups, to choose from.
    offered: Vec<String>,
    mays: Mays,
    error: Option<WireError>,
}

/// The attributes of a user, with what was typed in their place, and those of the schema that they lack.
fn attributes(head: &Head, user: &Value, typed: &[(String, String)]) -> (Vec<Shown>, Vec<String>) {
    let schema = head.described.list("SchemaAttributes");
    let in_schema = |name: &str| schema.iter().find(|attribute| attribute.at("Name") == name);
    let held = user.list("UserAttributes");
    // Nobody writes who they are, here and at providers.
    let is_fact = |attribute: &Value| ["sub", ATTRIBUTE].iter().any(|name| attribute.at("Name") == *name);
    let shown = held.iter().filter(|attribute| !is_fact(attribute)).map(|attribute| {
        let name = attribute.text("Name");
        let written = typed.iter().find(|(typed, _)| *typed == name).map(|(_, value)| value.clone());
        let of_schema = in_schema(&name);
        Shown {
            value: written.unwrap_or_else(|| attribute.text("Value")),
            is_boolean: of_schema.is_some_and(|attribute| attribute.at("AttributeDataType") == "Boolean"),
            is_fixed: of_schema.is_some_and(|attribute| attribute.at("Mutable") == false),
            name,
        }
    });
    let shown: Vec<Shown> = shown.collect();
    let lacks = |name: &String| name != "sub" && !shown.iter().any(|attribute| attribute.name == *name);
    let absent = schema.iter().filter(|attribute| attribute.at("Mutable") == true).map(|attribute| attribute.text("Name"));
    let absent = absent.filter(lacks).collect();
    (shown, absent)
}

/// The providers that know a user, each once.
fn providers(visit: &Visit, user: &Value) -> Vec<String> {
    let mut names: Vec<String> = identities::read(visit, user).into_iter().map(|identity| identity.provider).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The addresses of a user, and whether each is verified.
fn addresses(user: &Value) -> Vec<(&'static str, String, bool)> {
    let address = |kind: &'static str| (kind, attribute(user, kind), attribute(user, &format!("{kind}_verified")) == "true");
    ["email", "phone_number"].map(address).into_iter().filter(|(_, value, _)| !value.is_empty()).collect()
}

/// The user's page, with what was refused above it.
async fn page(visit: &Visit, typed: &[(String, String)], error: Option<WireError>) -> Result<UserPage, WireError> {
    let head = Head::load(visit, "users").await?;
    let sub = visit.segment("user");
    let user = call(visit, "AdminGetUser", json!({"UserPoolId": head.id, "Username": sub})).await?;
    let (sub, title) = (attribute(&user, "sub"), title(&user));
    let groups = call(visit, "AdminListGroupsForUser", json!({"UserPoolId": head.id, "Username": sub, "Limit": PAGE})).await;
    let (groups, unseen) = groups.map_or_else(|error| (json!({}), Some(error)), |groups| (groups, None));
    let all = call(visit, "ListGroups", json!({"UserPoolId": head.id, "Limit": PAGE})).await.unwrap_or_default();
    let (shown, absent) = attributes(&head, &user, typed);
    let factors = user.texts("UserMFASettingList");
    let known = call(visit, "AdminGetUserAuthFactors", json!({"UserPoolId": head.id, "Username": sub})).await.unwrap_or_default();
    let configured = known.texts("ConfiguredUserAuthFactors");
    let acts = head.href(&format!("/users/{}", super::segment(&sub)));
    Ok(UserPage {
        frame: visit.frame(&title),
        deletes: format!("{acts}/delete"),
        acts,
        status: user.text("UserStatus"),
        enabled: user.at("Enabled") == true,
        created: Moment::read(user.at("UserCreateDate"), visit.now()),
        modified: Moment::read(user.at("UserLastModifiedDate"), visit.now()),
        choices: Choice::all(&factors, &user.text("PreferredMfaSetting")),
        has_token: configured.iter().any(|factor| factor == "SOFTWARE_TOKEN"),
        preferred: user.text("PreferredMfaSetting"),
        configured,
        factors,
        attributes: shown,
        providers: providers(visit, &user),
        addresses: addresses(&user),
        absent,
        groups: groups.list("Groups").iter().map(|group| Group::read(visit, group)).collect(),
        unseen,
        offered: all.list("Groups").iter().map(|group| group.text("GroupName")).collect(),
        mays: Mays::of(visit, &head.id, &sub).await,
        title,
        sub,
        head,
        error,
    })
}

/// `GET /console/pools/{pool}/users/{user}`
pub async fn show(visit: &Visit) -> Outcome {
    Ok(Reply::page(&page(visit, &[], None).await?))
}

/// The page again, with what was typed and what was refused.
pub async fn again(visit: &Visit, typed: &[(String, String)], error: WireError) -> Outcome {
    Ok(Reply::again(&page(visit, typed, Some(error.clone())).await?, &error))
}
