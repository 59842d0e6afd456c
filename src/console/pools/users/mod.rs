//! A pool's users: found as one types, page by page.

mod activity;
mod acts;
mod identities;
mod new;
mod one;

use askama::Template;
use serde_json::{Value, json};

use super::{Fields, Frame, Head, May, Moment, Outcome, PAGE, Reply, Row, Visit, call, form, may, next_page, page, segment};
use crate::kit::json::Members as _;
use crate::wire::fault::WireError;

/// The pages and forms of users. A user is named by their `sub`: their name may be one that a path gives a meaning to, as `..`.
pub fn rows() -> Vec<Row> {
    vec![
        page("/pools/{pool}/users", show),
        page("/pools/{pool}/users/new", new::ask),
        form("/pools/{pool}/users/new", new::create),
        page("/pools/{pool}/users/{user}", one::show),
        page("/pools/{pool}/users/{user}/activity", activity::show),
        form("/pools/{pool}/users/{user}/activity/forget", activity::forget),
        form("/pools/{pool}/users/{user}/activity/judge", activity::judge),
        form("/pools/{pool}/users/{user}/activity/mark", activity::mark),
        form("/pools/{pool}/users/{user}/activity/revoke", activity::revoke),
        form("/pools/{pool}/users/{user}/attributes", acts::attributes),
        page("/pools/{pool}/users/{user}/identities", identities::show),
        form("/pools/{pool}/users/{user}/identities/link", identities::link),
        form("/pools/{pool}/users/{user}/identities/password", identities::take_password).grave(),
        form("/pools/{pool}/users/{user}/identities/unlink", identities::unlink).grave(),
        form("/pools/{pool}/users/{user}/confirm", acts::confirm),
        form("/pools/{pool}/users/{user}/delete", acts::delete).grave(),
        form("/pools/{pool}/users/{user}/disable", acts::disable),
        form("/pools/{pool}/users/{user}/enable", acts::enable),
        form("/pools/{pool}/users/{user}/group", acts::add_to_group),
        form("/pools/{pool}/users/{user}/invite", acts::invite),
        form("/pools/{pool}/users/{user}/mfa", acts::mfa),
        form("/pools/{pool}/users/{user}/forget-authenticator", acts::forget_authenticator).grave(),
        form("/pools/{pool}/users/{user}/password", acts::password),
        form("/pools/{pool}/users/{user}/reset", acts::reset),
        form("/pools/{pool}/users/{user}/sign-out", acts::sign_out),
        form("/pools/{pool}/users/{user}/ungroup", acts::remove_from_group),
        form("/pools/{pool}/users/{user}/verify", acts::verify),
    ]
}

/// What users are found by, as ListUsers takes it, and what people call it.
const SEARCHED: [(&str, &str); 10] = [
    ("username", "Username"),
    ("email", "Email"),
    ("phone_number", "Phone number"),
    ("name", "Name"),
    ("given_name", "Given name"),
    ("family_name", "Family name"),
    ("preferred_username", "Preferred username"),
    ("sub", "sub"),
    ("cognito:user_status", "User status"),
    ("status", "Enabled or Disabled"),
];

/// A user, as lists show them.
pub struct Person {
    /// What people call them: their username, or where that is their `sub`, an address or a name.
    pub title: String,
    /// Their `sub`.
    pub sub: String,
    /// Their page.
    pub href: String,
    /// An address or a name beside that.
    pub detail: String,
    /// Where they stand, in AWS's word.
    pub status: String,
    /// Whether they may sign in.
    pub enabled: bool,
    /// When they were made.
    pub created: Option<Moment>,
}

impl Person {
    /// As operations answer them.
    pub fn read(visit: &Visit, pool: &str, user: &Value) -> Self {
        let sub = attribute(user, "sub");
        let title = title(user);
        let detail = known_by(user).find(|value| *value != title);
        Self {
            href: format!("/console/pools/{}/users/{}", segment(pool), segment(&sub)),
            sub,
            title,
            detail: detail.unwrap_or_default(),
            status: user.text("UserStatus"),
            enabled: user.at("Enabled") == true,
            created: Moment::read(user.at("UserCreateDate"), visit.now()),
        }
    }
}

/// What people call a user: their username, or where that is their `sub`, the first thing that says more.
fn title(user: &Value) -> String {
    let username = user.text("Username");
    if username == attribute(user, "sub") { known_by(user).next().unwrap_or(username) } else { username }
}

/// The addresses and the name of a user, as far as they have them.
fn known_by(user: &Value) -> impl Iterator<Item = String> {
    ["email", "phone_number", "name"].map(|name| attribute(user, name)).into_iter().filter(|value| !value.is_empty())
}

/// An attribute, of lists or of AdminGetUser; empty where there is none.
fn attribute(user: &Value, name: &str) -> String {
    let attributes = user.list("Attributes").iter().chain(user.list("UserAttributes"));
    attributes.into_iter().find(|attribute| attribute.at("Name") == name).map(|attribute| attribute.text("Value")).unwrap_or_default()
}

/// What is looked for, as it stands in the address.
struct Search {
    attribute: String,
    wanted: String,
}

impl Search {
    /// Where nothing is said, by what users of the pool sign in with.
    fn read(query: &Fields, head: &Head) -> Self {
        let named = query.given("by").or_else(|| head.described.texts("UsernameAttributes").into_iter().next());
        let attribute = named.filter(|by| SEARCHED.iter().any(|(name, _)| name == by));
        Self { attribute: attribute.unwrap_or_else(|| "username".to_owned()), wanted: query.given("q").unwrap_or_default() }
    }

    /// The filter of ListUsers. A `sub` is found whole, everything else by how it begins.
    fn filter(&self) -> Option<String> {
        let operator = if self.attribute == "sub" { "=" } else { "^=" };
        let value = self.wanted.replace('"', "\\\"");
        (!self.wanted.is_empty()).then(|| format!("{} {operator} \"{value}\"", self.attribute))
    }
}

#[derive(Template)]
#[template(path = "console/pools/users.html")]
struct UsersPage {
    frame: Frame,
    head: Head,
    search: Search,
    searched: &'static [(&'static str, &'static str)],
    people: Vec<Person>,
    may_create: May,
    first: Option<String>,
    next: Option<String>,
    /// What is wrong with the search.
    error: Option<WireError>,
}

/// `GET /console/pools/{pool}/users`
async fn show(visit: &Visit) -> Outcome {
    let head = Head::load(visit, "users").await?;
    let (search, token) = (Search::read(visit.query(), &head), visit.query().given("next"));
    let mut input = json!({"UserPoolId": head.id, "Limit": PAGE, "PaginationToken": token});
    if let Some(filter) = search.filter() {
        input.put("Filter", json!(filter));
    }
    let (listed, error) = match call(visit, "ListUsers", input).await {
        Ok(listed) => (listed, None),
        Err(error) if error.code == "InvalidParameterException" => (json!({}), Some(error)),
        Err(error) => return Err(error.into()),
    };
    let path = head.path("/users");
    let first = next_page(&path, &[("by", &search.attribute), ("q", &search.wanted)], &json!(""));
    Ok(Reply::page(&UsersPage {
        frame: visit.frame(&head.name),
        people: listed.list("Users").iter().map(|user| Person::read(visit, &head.id, user)).collect(),
        may_create: may(visit, "AdminCreateUser", json!({"UserPoolId": head.id, "Username": "new"})).await,
        first: token.and(first),
        next: next_page(&path, &[("by", &search.attribute), ("q", &search.wanted)], listed.at("PaginationToken")),
        searched: &SEARCHED,
        search,
        head,
        error,
    }))
}
