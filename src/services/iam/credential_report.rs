//! The credential report: a row of CSV for the root and for each user.
//!
//! Source: IAM user guide, "Generate credential reports for your AWS account".

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::errors::Error;
use crate::context::Context;
use crate::iam::entity::User;
use crate::iam::login::PasswordPolicy;
use crate::kit::clock::Timestamp;
use crate::kit::id::UniqueId;
use crate::store::iam::KeyUse;
use crate::store::{self, Conn, StoreError};

/// How long a report serves, and none is made anew.
pub const SERVES: Duration = Duration::from_secs(4 * 3600);

/// So many users are read at once.
const BATCH: i64 = 1000;

const COLUMNS: [&str; 22] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
];

/// There is nothing that could be told.
const NOTHING: &str = "N/A";

/// It could be told, and is not known.
const UNKNOWN: &str = "no_information";

/// It does not apply to the root.
const NOT_OF_ROOT: &str = "not_supported";

/// What the credentials of an account are, beside its users.
struct Credentials {
    policy: Option<PasswordPolicy>,
    keys: HashMap<UniqueId, Vec<KeyUse>>,
    passwords: HashMap<UniqueId, Timestamp>,
    with_mfa: HashSet<UniqueId>,
}

/// The report of the caller's account, as it is now.
pub async fn made(tx: &mut Conn, cx: &Context) -> Result<String, Error> {
    let credentials = Credentials::of(tx, cx).await?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Error::Internal(Box::new(error));
    csv.write_record(COLUMNS).map_err(failed)?;
    csv.write_record(credentials.of_root(cx)).map_err(failed)?;
    let mut after = String::new();
    loop {
        let users = store::iam::list_users(tx, &cx.account_id, "/", &after, BATCH).await?;
        let Some(last) = users.last() else { break };
        after = last.id.to_string();
        for user in &users {
            csv.write_record(credentials.of_user(user)).map_err(failed)?;
        }
    }
    let bytes = csv.into_inner().map_err(|error| Error::Internal(Box::new(error.into_error())))?;
    String::from_utf8(bytes).map_err(|error| Error::Internal(Box::new(error)))
}

impl Credentials {
    async fn of(tx: &mut Conn, cx: &Context) -> Result<Self, StoreError> {
        let mut keys: HashMap<UniqueId, Vec<KeyUse>> = HashMap::new();
        for key in store::iam::keys_of_account(tx, &cx.account_id).await? {
            keys.entry(key.owner_id.clone()).or_default().push(key);
        }
        Ok(Self {
            policy: store::iam::password_policy(tx, &cx.account_id).await?,
            keys,
            passwords: store::iam::passwords_of_account(tx, &cx.account_id).await?.into_iter().collect(),
            with_mfa: store::iam::mfa_holders(tx, &cx.account_id).await?.into_iter().collect(),
        })
    }

    fn of_root(&self, cx: &Context) -> Vec<String> {
        let id = UniqueId::of_root(&cx.account_id);
        let arn = format!("arn:aws:iam::{}:root", cx.account_id);
        // Nothing is kept of when an account began, and its root has no password.
        let mut row = ["<root_account>", &arn, UNKNOWN, NOT_OF_ROOT, NOTHING, NOT_OF_ROOT, NOT_OF_ROOT].map(str::to_owned).to_vec();
        self.add_rest(&mut row, &id);
        row
    }

    fn of_user(&self, user: &User) -> Vec<String> {
        let mut row = vec![user.name.clone(), user.arn().into(), written(user.created_at)];
        match self.passwords.get(&user.id) {
            Some(set_at) => row.extend([
                "true".to_owned(),
                user.password_last_used_at.map_or_else(|| UNKNOWN.to_owned(), written),
                written(*set_at),
                PasswordPolicy::end_of(self.policy.as_ref(), *set_at).map_or_else(|| NOTHING.to_owned(), written),
            ]),
            None => row.extend(["false", NOTHING, NOTHING, NOTHING].map(str::to_owned)),
        }
        self.add_rest(&mut row, &user.id);
        row
    }

    /// Devices, keys, and certificates, of which there are none.
    fn add_rest(&self, row: &mut Vec<String>, owner_id: &UniqueId) {
        row.push(self.with_mfa.contains(owner_id).to_string());
        let keys = self.keys.get(owner_id).map(Vec::as_slice).unwrap_or_default();
        for place in 0..2 {
            match keys.get(place) {
                Some(key) => row.extend([key.active.to_string(), written(key.created_at)]),
                None => row.extend(["false".to_owned(), NOTHING.to_owned()]),
            }
            match keys.get(place).and_then(|key| key.used.as_ref()) {
                Some(used) => row.extend([written(used.at), used.region.clone(), used.service.clone()]),
                None => row.extend([NOTHING; 3].map(str::to_owned)),
            }
        }
        row.extend(["false", NOTHING, "false", NOTHING].map(str::to_owned));
    }
}

/// A moment as AWS's report writes it: `2026-01-31T23:59:59+00:00`.
fn written(at: Timestamp) -> String {
    at.to_rfc3339().replace('Z', "+00:00")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;
    use crate::testing::{ACCOUNT, TestApp};

    async fn rows(app: &TestApp) -> Vec<HashMap<String, String>> {
        let answer = app.admin().call("GetCredentialReport", json!({})).await.ok();
        assert_eq!(answer["ReportFormat"], "text/csv");
        let content = STANDARD.decode(answer["Content"].as_str().unwrap()).unwrap();
        let mut reader = csv::Reader::from_reader(content.as_slice());
        reader.deserialize().map(Result::unwrap).collect()
    }

    #[actix_web::test]
    async fn a_report_is_made_once_in_four_hours_and_tells_the_truth() {
        let app = TestApp::new().await;
        let ann = app.user_with(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])).await;
        app.admin().call("iam:CreateUser", json!({"UserName": "bob", "Path": "/team/"})).await.ok();
        app.admin().call("UpdateAccountPasswordPolicy", json!({"MaxPasswordAge": 90})).await.ok();
        app.advance(Duration::from_secs(10));
        app.admin().call("CreateLoginProfile", json!({"UserName": "ann", "Password": "Correct-horse-1"})).await.ok();
        app.advance(Duration::from_secs(10));
        let sign_in = [("account", ACCOUNT), ("user_name", "ann"), ("password", "Correct-horse-1")];
        assert_eq!(app.browser().submit("/sign-in", &sign_in).await.status, 303);
        ann.call("GetCallerIdentity", json!({})).await.ok();
        app.record_uses().await;
        assert_eq!(app.admin().call("GetCredentialReport", json!({})).await.code(), "ReportNotPresent");
        let generate = async || app.admin().call("GenerateCredentialReport", json!({})).await.ok()["State"].clone();
        assert_eq!((generate().await, generate().await), (json!("STARTED"), json!("COMPLETE")));
        let rows_now = rows(&app).await;
        let row = |user: &str| rows_now.iter().find(|row| row["user"] == user).unwrap();
        assert_eq!(rows_now.len(), 3);
        let of = |user: &str, columns: [&str; 6]| columns.map(|column| row(user)[column].clone());
        let password = ["password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active", "arn"];
        let at = |seconds: u64| written(Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(seconds)));
        let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user{name}");
        let owned = |values: [&str; 6]| values.map(str::to_owned);
        assert_eq!(of("ann", password), owned(["true", &at(20), &at(10), &at(10 + 90 * 24 * 3600), "false", &arn("/ann")]));
        assert_eq!(of("bob", password), owned(["false", NOTHING, NOTHING, NOTHING, "false", &arn("/team/bob")]));
        let root = format!("arn:aws:iam::{ACCOUNT}:root");
        assert_eq!(of("<root_account>", password), owned([NOT_OF_ROOT, NOTHING, NOT_OF_ROOT, NOT_OF_ROOT, "false", &root]));
        let key = [
            "access_key_1_active",
            "access_key_1_last_rotated",
            "access_key_1_last_used_date",
            "access_key_1_last_used_region",
            "access_key_1_last_used_service",
            "access_key_2_active",
        ];
        assert_eq!(of("ann", key), owned(["true", &at(0), &at(20), "us-east-1", "sts", "false"]));
        assert_eq!(of("bob", key), owned(["false", NOTHING, NOTHING, NOTHING, NOTHING, "false"]));
        app.advance(SERVES);
        assert_eq!(app.admin().call("GetCredentialReport", json!({})).await.code(), "ReportExpired");
        assert_eq!(generate().await, "STARTED");
        assert_eq!(rows(&app).await.len(), 3);
        assert_eq!(app.root_of("111111111111").await.call("GetCredentialReport", json!({})).await.code(), "ReportNotPresent");
    }
}
