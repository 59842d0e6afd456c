//! Things by what somebody types: pools, app clients, users, groups, roles, IAM users, groups and policies. Each kind is one call of the wire's own
//! operations, or a few, as the person who is signed in; what they may not list is silently absent.

use askama::Template;
use serde_json::{Value, json};

use super::{Frame, Outcome, Reply, Visit, iam, segment};
use crate::kit::id::ClientId;
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// So many things of a kind are shown: whoever wants another types more.
const SHOWN: usize = 5;

/// So many pools, roles, IAM users and groups are looked through, by names that the operations cannot be asked for.
const LOOKED_THROUGH: i64 = 60;

/// So many pools are searched for users and groups, where the page is not a pool's own.
const POOLS: usize = 3;

/// Texts are no longer than what things are called; longer ones find nothing.
const LONGEST: usize = 256;

/// The attributes by whose beginning users are found, as ListUsers takes them.
const BEGINNINGS: [&str; 6] = ["username", "email", "name", "given_name", "family_name", "preferred_username"];

/// A thing that was found.
struct Found {
    title: String,
    /// What tells it from others of that title: an id, an address, the pool it is in.
    detail: String,
    href: String,
}

/// What was found of a kind.
struct Kind {
    title: &'static str,
    found: Vec<Found>,
}

#[derive(Template)]
#[template(path = "console/find.html")]
struct FindPage {
    frame: Frame,
    wanted: String,
    /// The pool whose users and groups are searched; empty for the first pools of the region.
    pool: String,
    kinds: Vec<Kind>,
}

/// `GET /console/find`
pub async fn show(visit: &Visit) -> Outcome {
    let wanted = visit.query().given("q").filter(|wanted| wanted.len() <= LONGEST).unwrap_or_default();
    let pool = visit.query().given("pool").unwrap_or_default();
    let kinds = if wanted.is_empty() { Vec::new() } else { find(visit, &wanted, &pool).await };
    Ok(Reply::page(&FindPage { frame: visit.frame("Find"), wanted, pool, kinds }))
}

async fn find(visit: &Visit, wanted: &str, pool: &str) -> Vec<Kind> {
    let pools = pools(visit, wanted).await;
    let searched: Vec<(String, String)> = if pool.is_empty() {
        pools.iter().take(POOLS).map(|(id, name, _)| (id.clone(), name.clone())).collect()
    } else {
        let named = pools.iter().find(|(id, ..)| id == pool).map(|(_, name, _)| name.clone());
        vec![(pool.to_owned(), named.unwrap_or_else(|| pool.to_owned()))]
    };
    let (mut people, mut groups, mut clients) = (Vec::new(), Vec::new(), client_by_id(visit, wanted).await);
    for (id, name) in &searched {
        people.extend(users(visit, wanted, id, name).await);
        groups.extend(groups_of(visit, wanted, id, name).await);
        clients.extend(clients_of(visit, wanted, id, name).await);
    }
    let matching = pools.into_iter().filter(|(.., matches)| *matches);
    let kinds = [
        ("Users", people),
        ("App clients", clients),
        ("Groups", groups),
        ("User pools", matching.map(|(id, title, _)| Found { href: pool_at(&id), title, detail: id }).collect()),
        ("Roles", principals(visit, wanted, "Role", iam::role_at).await),
        ("IAM users", principals(visit, wanted, "User", iam::user_at).await),
        ("IAM groups", principals(visit, wanted, "Group", iam::group_at).await),
        ("Policies", policies(visit, wanted).await),
    ];
    let found = kinds.into_iter().map(|(title, mut found)| {
        found.truncate(SHOWN);
        Kind { title, found }
    });
    found.filter(|kind| !kind.found.is_empty()).collect()
}

fn pool_at(pool: &str) -> String {
    format!("/console/pools/{}", segment(pool))
}

/// Whether one of these has the text in it, whatever its capitals.
fn has(texts: &[&str], wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&wanted))
}

/// What a call answers in a list; nothing of what this person may not see.
async fn listed(visit: &Visit, service: Service, operation: &str, input: Value, list: &str) -> Vec<Value> {
    visit.call(service, operation, input).await.unwrap_or_default().list(list).to_vec()
}

/// The first pools of the region, and the one whose id was typed, wherever it is: id, name, and whether it was looked for.
async fn pools(visit: &Visit, wanted: &str) -> Vec<(String, String, bool)> {
    let input = json!({"MaxResults": LOOKED_THROUGH});
    let pools = listed(visit, Service::CognitoIdp, "ListUserPools", input, "UserPools").await;
    let mut pools: Vec<_> = pools
        .iter()
        .map(|pool| {
            let (id, name) = (pool.text("Id"), pool.text("Name"));
            let matches = has(&[&id, &name], wanted);
            (id, name, matches)
        })
        .collect();
    if wanted.contains('_') && !pools.iter().any(|(id, ..)| id == wanted) {
        let described = visit.call(Service::CognitoIdp, "DescribeUserPool", json!({"UserPoolId": wanted})).await.unwrap_or_default();
        if described.at("UserPool").is_object() {
            pools.push((wanted.to_owned(), described.at("UserPool").text("Name"), true));
        }
    }
    pools
}

/// An app client of any pool by its id, which names its pool only in the directory; whether this person may know of it is for
/// DescribeUserPoolClient to say.
async fn client_by_id(visit: &Visit, wanted: &str) -> Vec<Found> {
    let Ok(Some(client)) = visit.app().client(&ClientId::from(wanted)).await else { return Vec::new() };
    let named = json!({"UserPoolId": client.pool_id, "ClientId": client.id});
    let described = visit.call(Service::CognitoIdp, "DescribeUserPoolClient", named).await.unwrap_or_default();
    let client = described.at("UserPoolClient");
    if client.is_object() { vec![client_found(client, &client.text("UserPoolId"))] } else { Vec::new() }
}

async fn clients_of(visit: &Visit, wanted: &str, pool: &str, name: &str) -> Vec<Found> {
    let input = json!({"UserPoolId": pool, "MaxResults": LOOKED_THROUGH});
    let clients = listed(visit, Service::CognitoIdp, "ListUserPoolClients", input, "UserPoolClients").await;
    let matching = clients.iter().filter(|client| client.text("ClientId") != wanted && has(&[&client.text("ClientName")], wanted));
    matching.map(|client| client_found(client, name)).collect()
}

fn client_found(client: &Value, pool: &str) -> Found {
    let (id, pool_id) = (client.text("ClientId"), client.text("UserPoolId"));
    Found {
        href: format!("{}/clients/{}", pool_at(&pool_id), segment(&id)),
        title: client.text("ClientName"),
        detail: format!("{id} of {pool}"),
    }
}

/// Users by how one of their attributes begins, each once. Every question is one look into an index.
async fn users(visit: &Visit, wanted: &str, pool: &str, name: &str) -> Vec<Found> {
    let value = wanted.replace('"', "\\\"");
    let mut filters: Vec<String> = BEGINNINGS.iter().map(|attribute| format!("{attribute} ^= \"{value}\"")).collect();
    if wanted.starts_with('+') {
        filters.insert(0, format!("phone_number ^= \"{value}\""));
    } else if wanted.len() == 36 {
        filters.insert(0, format!("sub = \"{value}\""));
    }
    let mut found: Vec<Found> = Vec::new();
    for filter in filters {
        if found.len() >= SHOWN {
            break;
        }
        let input = json!({"UserPoolId": pool, "Filter": filter, "Limit": SHOWN});
        for user in listed(visit, Service::CognitoIdp, "ListUsers", input, "Users").await {
            let person = super::pools::Person::read(visit, pool, &user);
            if !found.iter().any(|other| other.href == person.href) {
                let detail = [person.detail.as_str(), name].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" of ");
                found.push(Found { href: person.href, title: person.title, detail });
            }
        }
    }
    found
}

async fn groups_of(visit: &Visit, wanted: &str, pool: &str, name: &str) -> Vec<Found> {
    let groups = listed(visit, Service::CognitoIdp, "ListGroups", json!({"UserPoolId": pool, "Limit": LOOKED_THROUGH}), "Groups").await;
    let matching = groups.iter().map(|group| group.text("GroupName")).filter(|title| has(&[title], wanted));
    let group = |title: String| Found {
        href: format!("{}/groups/one?name={}", pool_at(pool), segment(&title)),
        title,
        detail: format!("of {name}"),
    };
    matching.map(group).collect()
}

/// Roles or IAM users: of the first, those that have the text in their name; and the one of that very name.
async fn principals(visit: &Visit, wanted: &str, kind: &str, at: fn(&str) -> String) -> Vec<Found> {
    let member = format!("{kind}Name");
    let input = json!({"MaxItems": LOOKED_THROUGH});
    let mut all = listed(visit, Service::Iam, &format!("List{kind}s"), input, &format!("{kind}s")).await;
    all.retain(|principal| has(&[&principal.text(&member), &principal.text("Arn")], wanted));
    if !all.iter().any(|principal| principal.text(&member).eq_ignore_ascii_case(wanted)) {
        let named = visit.call(Service::Iam, &format!("Get{kind}"), json!({member.as_str(): wanted})).await.unwrap_or_default();
        all.extend(named.get(kind).filter(|principal| principal.is_object()).cloned());
    }
    let found = |principal: &Value| {
        let title = principal.text(&member);
        Found { href: format!("/console{}", at(&title)), title, detail: principal.text("Arn") }
    };
    all.iter().map(found).collect()
}

/// Managed policies by their names.
async fn policies(visit: &Visit, wanted: &str) -> Vec<Found> {
    let policies = iam::policies::named(visit, "All", wanted).await.unwrap_or_default();
    let found = |policy: &Value| {
        let arn = policy.text("Arn");
        Found { href: format!("/console{}", iam::managed_at(&arn)), title: policy.text("PolicyName"), detail: arn }
    };
    policies.iter().map(found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[actix_web::test]
    async fn whatever_is_called_so_is_found_and_leads_to_its_page() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        let ann = json!({"UserPoolId": pool.id, "Username": "Ann", "UserAttributes": [
            {"Name": "email", "Value": "ann@example.com"}, {"Name": "family_name", "Value": "Quince"}]});
        pool.admin("AdminCreateUser", ann).await.ok();
        pool.admin("CreateGroup", json!({"UserPoolId": pool.id, "GroupName": "annual"})).await.ok();
        app.admin().call("CreateUser", json!({"UserName": "annex"})).await.ok();
        app.admin().call("iam:CreateGroup", json!({"GroupName": "annals"})).await.ok();
        let browser = app.console().await;
        let at = format!("/console/pools/{}", pool.id);
        let found = browser.open("/find?q=ann").await.text;
        let (user, group) = ("/console/iam/users/annex".to_owned(), "/console/iam/groups/annals".to_owned());
        for href in [format!("{at}/users/"), format!("{at}/groups/one?name=annual"), user, group] {
            assert!(found.contains(&format!("href=\"{href}")), "{href}: {found}");
        }
        for wanted in ["Quince", "ann@ex", "Ann"] {
            let found = browser.open(&format!("/find?pool={}&q={}", pool.id, segment(wanted))).await.text;
            assert_eq!(found.matches(&format!("href=\"{at}/users/")).count(), 1, "{wanted}: {found}");
        }
        for wanted in [pool.client_id.to_string(), pool.id.to_string()] {
            assert!(browser.open(&format!("/find?q={wanted}")).await.text.contains(&format!("href=\"{at}")), "{wanted}");
        }
        for nothing in ["%22", "nobody-at-all", "%5C"] {
            assert!(browser.open(&format!("/find?q={nothing}")).await.text.contains("Nothing is called so"), "{nothing}");
        }
    }

    #[actix_web::test]
    async fn what_somebody_may_not_see_is_not_found() {
        let app = TestApp::new().await;
        let pool = app.pool().await;
        pool.user("ann").await;
        app.admin().call("CreateUser", json!({"UserName": "annex"})).await.ok();
        let browser = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}])).await;
        let found = browser.open("/find?q=ann").await.text;
        assert!(found.contains("/console/iam/users/annex") && !found.contains("/users/ann\""), "{found}");
        for wanted in [pool.client_id.to_string(), pool.id.to_string()] {
            assert!(browser.open(&format!("/find?q={wanted}")).await.text.contains("Nothing is called so"), "{wanted}");
        }
    }
}
