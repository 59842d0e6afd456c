//! The overview: how much goes on, what wants looking after, and what to do next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use askama::Template;
use serde_json::{Value, json};

use super::chart::Chart;
use super::moment::time_of;
use super::{Frame, Moment, Outcome, Reply, Visit, segment};
use crate::audit::{Counts, hour_of};
use crate::config::Mode;
use crate::decisions::door::Failure;
use crate::iam::caller::Caller;
use crate::insight::activity::Wanted;
use crate::insight::deployment::Deployment;
use crate::insight::events;
use crate::kit::clock::Timestamp;
use crate::kit::json::Members as _;
use crate::wire::model::Service;

/// The pools that the overview sums up: more are on their own pages.
const POOLS: i64 = 20;

/// The roles that are looked at for whether anybody uses them: the page stays quick with thousands.
const ROLES: i64 = 50;

/// A role that was used by nobody for so long is worth a word.
const UNUSED_FOR: Duration = Duration::from_secs(90 * 86_400);

/// What the root did within so long is worth a word.
const ROOT_AT_WORK: Duration = Duration::from_secs(7 * 86_400);

/// Something that wants looking after.
struct Warning {
    text: String,
    href: String,
    action: &'static str,
}

/// How the deployment is, in a few words.
struct Health {
    is_well: bool,
    database: &'static str,
    nodes: usize,
}

impl Health {
    fn of(deployment: &Deployment) -> Self {
        let is_well = warnings_of_health(deployment).is_empty();
        Self { is_well, database: deployment.database, nodes: deployment.nodes.len() }
    }
}

#[derive(Template)]
#[template(path = "console/overview.html")]
struct OverviewPage {
    frame: Frame,
    public_url: String,
    region: String,
    is_dev: bool,
    days: u32,
    charts: Vec<Chart>,
    pools: usize,
    more_pools: bool,
    warnings: Vec<Warning>,
    /// How the deployment is; nothing for whoever may not know.
    health: Option<Health>,
    /// What policies keep from whoever looks.
    denied: Vec<String>,
}

/// `GET /console`
pub async fn show(visit: &Visit) -> Outcome {
    let days = match visit.query().text("days").as_str() {
        "7" => 7,
        "30" => 30,
        _ => 1,
    };
    let mut denied = Vec::new();
    let (pools, more_pools) = match visit.call(Service::CognitoIdp, "ListUserPools", json!({"MaxResults": POOLS})).await {
        Ok(listed) => (listed.at("UserPools").as_array().cloned().unwrap_or_default(), listed.at("NextToken").is_string()),
        Err(error) => {
            denied.push(error.message);
            (Vec::new(), false)
        }
    };
    let ids: Vec<&str> = pools.iter().filter_map(|pool| pool.at("Id").as_str()).collect();
    let mut by_hour: BTreeMap<Timestamp, Counts> = BTreeMap::new();
    for id in &ids {
        match visit.activity(&Wanted { user_pool_id: (*id).to_owned(), hours: Some(days * 24) }).await {
            Ok(hours) => hours.into_iter().for_each(|(hour, counts)| by_hour.entry(hour).or_default().add(counts)),
            Err(Failure::Forbidden(message)) if denied.len() < 3 => denied.push(message),
            Err(_) => {}
        }
    }
    let mut warnings = warnings_of(visit);
    let deployment = visit.deployment().await.ok();
    warnings.extend(deployment.iter().flat_map(warnings_of_health));
    for id in &ids {
        warnings.extend(warning_of_pool(visit, id).await);
    }
    warnings.extend(warning_of_root(visit).await);
    warnings.extend(warning_of_roles(visit).await);
    let page = OverviewPage {
        frame: visit.frame("Overview"),
        public_url: visit.public_url().to_owned(),
        region: visit.app().default_region.clone(),
        is_dev: visit.app().mode == Mode::Dev,
        days,
        charts: charts(&by_hour, days, visit.now()),
        pools: ids.len(),
        more_pools,
        warnings,
        health: deployment.as_ref().map(Health::of),
        denied,
    };
    Ok(Reply::page(&page))
}

/// A chart each of what is counted: by hours for a day, by days for longer.
fn charts(by_hour: &BTreeMap<Timestamp, Counts>, days: u32, now: Timestamp) -> Vec<Chart> {
    let (slots, hours, unit) = if days == 1 { (24, 1, "hour") } else { (i64::from(days), 24, "day") };
    let end = hour_of(now).millis() + 3_600_000;
    let width = hours * 3_600_000;
    let begin = end - slots * width;
    let mut sums = vec![Counts::default(); usize::try_from(slots).unwrap_or_default()];
    for (hour, counts) in by_hour {
        let slot = usize::try_from((hour.millis() - begin).div_euclid(width)).ok();
        if let Some(sum) = slot.and_then(|slot| sums.get_mut(slot)) {
            sum.add(*counts);
        }
    }
    let of = |read: fn(&Counts) -> i64| sums.iter().map(read).collect::<Vec<i64>>();
    vec![
        Chart::of("Sign-ins", &of(|counts| counts.sign_ins), unit, false),
        Chart::of("Sign-ups", &of(|counts| counts.sign_ups), unit, false),
        Chart::share("With a second factor", &sums.iter().map(|counts| (counts.mfa_sign_ins, counts.sign_ins)).collect::<Vec<_>>(), unit),
        Chart::of("Refused sign-ins", &of(|counts| counts.refused_sign_ins), unit, true),
    ]
}

/// What is to be said of the deployment and of whoever looks.
fn warnings_of(visit: &Visit) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let app = visit.app();
    if app.mode == Mode::Serve {
        if matches!(visit.caller(), Caller::Root { .. }) {
            warnings.push(Warning {
                text: "You are signed in with the root's access key. No policy limits it: make a user for daily work.".to_owned(),
                href: "/console/iam/users".to_owned(),
                action: "Make a user",
            });
        }
        if app.public_url.starts_with("http://") {
            warnings.push(Warning {
                text: format!("The public URL {} is not https: tokens name it as their issuer.", app.public_url),
                href: "/console/settings".to_owned(),
                action: "Settings",
            });
        }
    }
    warnings
}

/// What is wrong with the deployment.
fn warnings_of_health(deployment: &Deployment) -> Vec<Warning> {
    let mut texts = Vec::new();
    match deployment.late_messages {
        ..=0 => {}
        1 => texts.push("A message has waited for over a minute to leave: the log says why.".to_owned()),
        late => texts.push(format!("{late} messages have waited for over a minute to leave: the log says why.")),
    }
    if deployment.dropped_events > 0 {
        let dropped = deployment.dropped_events;
        texts.push(format!("{dropped} events found no room on this node since it started. The log has those of signed calls."));
    }
    let releases: BTreeSet<&str> = deployment.nodes.iter().map(|node| node.version.as_str()).collect();
    if releases.len() > 1 {
        texts.push(format!("The nodes run {} releases.", releases.len()));
    }
    texts.into_iter().map(|text| Warning { text, href: "/console/settings".to_owned(), action: "Settings" }).collect()
}

async fn warning_of_pool(visit: &Visit, id: &str) -> Option<Warning> {
    let described = visit.call(Service::CognitoIdp, "DescribeUserPool", json!({"UserPoolId": id})).await.ok()?;
    let pool: &Value = described.at("UserPool");
    let mfa = pool.at("MfaConfiguration").as_str().unwrap_or("OFF");
    (mfa == "OFF").then(|| Warning {
        text: format!("The user pool {} has no second factor.", pool.at("Name").as_str().unwrap_or(id)),
        href: format!("/console/pools/{}", segment(id)),
        action: "Look at it",
    })
}

/// What the root has done lately, for those who are not the root; nothing, where this person may not see it.
async fn warning_of_root(visit: &Visit) -> Option<Warning> {
    if matches!(visit.caller(), Caller::Root { .. }) {
        return None;
    }
    let root = format!("arn:aws:iam::{}:root", visit.caller().account_id()?);
    let wanted = events::Wanted { principal: Some(root.clone()), ..events::Wanted::default() };
    let answer = visit.events(&wanted).await.ok()?;
    let at = answer.list("Events").first()?.at("Time");
    let last = Moment::read(at, visit.now())?;
    let is_recent = time_of(at).is_some_and(|time| time > visit.now().minus(ROOT_AT_WORK));
    is_recent.then(|| Warning {
        text: format!("The account's root was at work {}. No policy limits it: for daily work there are users and roles.", last.ago),
        href: format!("/console/events?principal={}", segment(&root)),
        action: "What it did",
    })
}

/// Roles that nobody has used for long, of those that are looked at; nothing, where this person may not see them.
async fn warning_of_roles(visit: &Visit) -> Option<Warning> {
    let listed = visit.call(Service::Iam, "ListRoles", json!({"MaxItems": ROLES})).await.ok()?;
    let since = visit.now().minus(UNUSED_FOR);
    let is_old = |time: &Value| time_of(time).is_none_or(|time| time < since);
    let mut unused = Vec::new();
    for role in listed.list("Roles").iter().filter(|role| is_old(role.at("CreateDate"))) {
        let name = role.text("RoleName");
        // What this person may not see is not said to be unused.
        let described = visit.call(Service::Iam, "GetRole", json!({"RoleName": name})).await.ok()?;
        if is_old(described.at("Role").at("RoleLastUsed").at("LastUsedDate")) {
            unused.push(name);
        }
    }
    let text = match unused.as_slice() {
        [] => return None,
        [one] => format!("Nobody has used the role {one} for 90 days."),
        [first, second] => format!("Nobody has used the roles {first} and {second} for 90 days."),
        [first, second, rest @ ..] => format!("Nobody has used the roles {first}, {second} and {} more for 90 days.", rest.len()),
    };
    let href = match unused.as_slice() {
        [one] => format!("/console/iam/roles/{}", segment(one)),
        _ => "/console/iam/roles".to_owned(),
    };
    Some(Warning { text, href, action: "Look at them" })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::Delivery;
    use crate::kit::secret::Secret;
    use crate::testing::{PASSWORD, TestApp};

    #[test]
    fn hours_fall_into_the_bars_of_their_days() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let at = |hours: i64| Timestamp::from_seconds(hour_of(now).seconds() - hours * 3600);
        let one = Counts { sign_ins: 1, ..Counts::default() };
        let by_hour = BTreeMap::from([(at(0), one), (at(23), one), (at(24), one), (at(200), one)]);
        assert_eq!(charts(&by_hour, 7, now)[0].total, "3");
        assert_eq!(charts(&by_hour, 1, now)[0].total, "2");
    }

    #[actix_web::test]
    async fn an_empty_deployment_says_what_to_do_and_a_busy_one_what_goes_on() {
        let app = TestApp::new().await;
        let browser = app.console().await;
        assert!(browser.open("").await.text.contains("Make the first user pool"));
        let pool = app.pool().await;
        pool.user("alice").await.signed_in().await;
        pool.sign_in("alice", "wrong").await;
        pool.sign_in("alice", PASSWORD).await.ok();
        app.write_journal().await;
        let page = browser.open("").await.text;
        assert!(page.contains("Sign-ins: 2 in 24 hours") && page.contains("Refused sign-ins: 1 in 24 hours"), "{page}");
        assert!(page.contains("has no second factor") && page.contains("root&#39;s access key"), "{page}");
        app.advance(Duration::from_secs(50 * 60));
        assert!(browser.open("?days=7").await.text.contains("Sign-ins: 2 in 7 days"));
    }

    #[actix_web::test]
    async fn what_is_wrong_with_the_deployment_is_said_to_those_who_may_know() {
        let mut app = TestApp::new().await;
        let route = Some(Secret::from("file:///nowhere".to_owned()));
        Arc::get_mut(&mut app.app).unwrap().delivery = Delivery::read(route.as_ref(), "a@x.example", None).unwrap();
        let pool = app.pool_with(json!({"AutoVerifiedAttributes": ["email"]}), json!({})).await;
        let attributes = json!([{"Name": "email", "Value": "a@x.example"}]);
        pool.client("SignUp", json!({"Username": "a", "Password": PASSWORD, "UserAttributes": attributes})).await.ok();
        assert!(app.console().await.open("").await.text.contains("All is well"));
        app.advance(Duration::from_secs(61));
        let page = app.console().await.open("").await.text;
        assert!(page.contains("Wants a look") && page.contains("A message has waited for over a minute"), "{page}");
        let blind = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await;
        assert!(!blind.open("").await.text.contains("Wants a look"));
    }

    #[actix_web::test]
    async fn a_root_at_work_is_worth_a_word_to_others() {
        let app = TestApp::new().await;
        let all = json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]);
        let operator = app.console_of_user_with(all).await;
        app.write_journal().await;
        let page = operator.open("").await.text;
        assert!(page.contains("root was at work just now") && page.contains("/console/events?principal="), "{page}");
        let deny = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "passwright:ListEvents", "Resource": "*"}});
        let blind = json!({"UserName": "operator", "PolicyName": "blind", "PolicyDocument": deny.to_string()});
        app.admin().call("iam:PutUserPolicy", blind).await.ok();
        assert!(!operator.open("").await.text.contains("root was at work"), "who may not see events is told nothing of them");
    }

    #[actix_web::test]
    async fn a_role_that_nobody_used_for_long_is_worth_a_word() {
        let app = TestApp::new().await;
        let arn = format!("arn:aws:iam::{}:root", crate::testing::ACCOUNT);
        let trust =
            json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}});
        let role = json!({"RoleName": "idle", "AssumeRolePolicyDocument": trust.to_string()});
        let role = app.admin().call("CreateRole", role).await.ok()["Role"].clone();
        let says = async || app.console().await.open("").await.text.contains("Nobody has used the role idle for 90 days.");
        app.advance(Duration::from_secs(89 * 86_400));
        assert!(!says().await, "a new role has not had its time yet");
        app.advance(Duration::from_secs(2 * 86_400));
        assert!(says().await);
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}])).await;
        let keys = ann.call("AssumeRole", json!({"RoleArn": role["Arn"], "RoleSessionName": "session"})).await.ok()["Credentials"].clone();
        let text = |name: &str| keys[name].as_str().unwrap().to_owned();
        let session = app.holder_of(&text("AccessKeyId"), &text("SecretAccessKey"), Some(&text("SessionToken")));
        session.call("GetCallerIdentity", json!({})).await.ok();
        assert!(!says().await);
        app.advance(Duration::from_secs(91 * 86_400));
        assert!(says().await);
        let blind = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:ListRoles", "Resource": "*"}])).await;
        assert!(!blind.open("").await.text.contains("Nobody has used"), "who may not see when roles are used is told nothing of it");
    }

    #[actix_web::test]
    async fn what_policies_keep_from_whoever_looks_is_said() {
        let app = TestApp::new().await;
        let page = app.console_of_user_with(json!([{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}])).await.open("").await;
        assert!(page.status == 200 && page.text.contains("cognito-idp:ListUserPools"), "{}", page.text);
    }
}
