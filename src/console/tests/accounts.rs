//! Every page and every form of the console, by somebody of another account, at the things of this one.

use super::*;
use crate::testing::TestCaller;

/// In whatever another account is never told.
const HIDDEN: &str = "zq7";

const OTHER: &str = "222222222222";

/// Things of one account, each with something [`HIDDEN`] beside the names that stand in addresses.
struct Things {
    pool: String,
    client: String,
    identity_pool: String,
    policy: String,
    key: String,
}

impl Things {
    async fn make(app: &TestApp) -> Self {
        let admin = app.admin();
        let pool = admin.call("CreateUserPool", json!({"PoolName": format!("{HIDDEN} pool")})).await.ok()["UserPool"]["Id"].clone();
        let client = json!({"UserPoolId": pool, "ClientName": format!("{HIDDEN} client")});
        let client = admin.call("CreateUserPoolClient", client).await.ok()["UserPoolClient"]["ClientId"].clone();
        let email = json!([{"Name": "email", "Value": format!("{HIDDEN}@x.example")}]);
        let user = json!({"UserPoolId": pool, "Username": "alice", "UserAttributes": email, "MessageAction": "SUPPRESS"});
        admin.call("AdminCreateUser", user).await.ok();
        let group = json!({"UserPoolId": pool, "GroupName": "g", "Description": format!("{HIDDEN} group")});
        admin.call("CreateGroup", group).await.ok();
        let identity_pool = json!({"IdentityPoolName": format!("{HIDDEN} identities"), "AllowUnauthenticatedIdentities": false});
        let identity_pool = admin.call("CreateIdentityPool", identity_pool).await.ok()["IdentityPoolId"].clone();
        let document =
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": format!("{HIDDEN}:Go"), "Resource": "*"}]});
        let policy = json!({"PolicyName": "p", "PolicyDocument": document.to_string(), "Description": HIDDEN});
        let policy = admin.call("iam:CreatePolicy", policy).await.ok()["Policy"]["Arn"].clone();
        admin.call("iam:CreateUser", json!({"UserName": "ann", "Tags": [{"Key": "team", "Value": HIDDEN}]})).await.ok();
        admin.call("iam:PutUserPolicy", json!({"UserName": "ann", "PolicyName": "p", "PolicyDocument": document.to_string()})).await.ok();
        let key = admin.call("iam:CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"]["AccessKeyId"].clone();
        let trust = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": HIDDEN}}});
        app.role("r", trust).await;
        admin.call("iam:CreateGroup", json!({"GroupName": "g"})).await.ok();
        admin.call("iam:PutGroupPolicy", json!({"GroupName": "g", "PolicyName": "p", "PolicyDocument": document.to_string()})).await.ok();
        let text = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        Self { pool: text(pool), client: text(client), identity_pool: text(identity_pool), policy: text(policy), key: text(key) }
    }

    /// A row's address for these things.
    fn address(&self, path: &str) -> String {
        let name = match path {
            _ if path.contains("/iam/users/") => "ann",
            _ if path.contains("/iam/roles/") => "r",
            _ => "g",
        };
        let path = path.replace("{pool}", &self.pool).replace("{client}", &self.client).replace("{user}", "alice");
        let path = path.replace("{id}", &segment(&self.identity_pool)).replace("{arn}", &segment(&self.policy));
        path.replace("{key}", &self.key).replace("{name}", name).replace("{version}", "v1").replace(['{', '}'], "")
    }

    /// All that there is to see of them, by their own account.
    async fn seen(&self, admin: &TestCaller<'_>) -> Vec<serde_json::Value> {
        let pool = json!({"UserPoolId": self.pool});
        let of_pool = |more: serde_json::Value| {
            let mut input = pool.clone();
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let asked = [
            ("DescribeUserPool", pool.clone()),
            ("GetUserPoolMfaConfig", pool.clone()),
            ("ListUsers", pool.clone()),
            ("ListGroups", pool.clone()),
            ("ListUserPoolClients", pool.clone()),
            ("ListResourceServers", of_pool(json!({"MaxResults": 50}))),
            ("ListIdentityProviders", of_pool(json!({"MaxResults": 60}))),
            ("DescribeUserPoolClient", of_pool(json!({"ClientId": self.client}))),
            ("AdminListGroupsForUser", of_pool(json!({"Username": "alice"}))),
            ("DescribeIdentityPool", json!({"IdentityPoolId": self.identity_pool})),
            ("GetIdentityPoolRoles", json!({"IdentityPoolId": self.identity_pool})),
            ("iam:GetAccountAuthorizationDetails", json!({})),
            ("iam:ListAccessKeys", json!({"UserName": "ann"})),
            ("iam:GetAccountSummary", json!({})),
        ];
        let mut all = Vec::new();
        for (operation, input) in asked {
            all.push(admin.call(operation, input).await.ok());
        }
        all
    }
}

/// A browser of another account's operator, who may do everything there.
async fn stranger(app: &TestApp) -> crate::testing::TestBrowser<'_> {
    let other = app.root_of(OTHER).await;
    other.call("iam:CreateUser", json!({"UserName": "eve"})).await.ok();
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}).to_string();
    other.call("iam:PutUserPolicy", json!({"UserName": "eve", "PolicyName": "all", "PolicyDocument": all})).await.ok();
    let key = other.call("iam:CreateAccessKey", json!({"UserName": "eve"})).await.ok()["AccessKey"].clone();
    app.console_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap()).await
}

#[actix_web::test]
async fn nothing_of_one_account_is_told_to_another_or_changed_by_it() {
    let app = TestApp::new().await;
    let things = Things::make(&app).await;
    let before = things.seen(&app.admin()).await;
    let own = app.console().await.open(&format!("/pools/{}", things.pool)).await;
    assert!(own.text.contains(HIDDEN), "what is looked for is there to be found");
    let browser = stranger(&app).await;
    let fields = [
        ("name", "g"),
        ("user", "alice"),
        ("username", "alice"),
        ("group", "g"),
        ("act", "disable"),
        ("confirm", "g"),
        ("confirmation", things.pool.as_str()),
        ("client_id", things.client.as_str()),
        ("policy_arn", things.policy.as_str()),
        ("document", "{\"Version\": \"2012-10-17\", \"Statement\": []}"),
        ("status", "Inactive"),
        ("region", "us-east-1"),
    ];
    for row in rows().into_iter().filter(|row| row.path.contains('{')) {
        let address = things.address(row.path);
        // A fresh token, in whatever state the last form left the session.
        browser.open("").await;
        let answer = if row.method == Method::GET { browser.open(&address).await } else { browser.submit(&address, &fields).await };
        assert!(answer.status < 500, "{} {}: {}", row.method, row.path, answer.text);
        assert!(!answer.text.contains(HIDDEN), "{} {}: {}", row.method, row.path, answer.text);
    }
    assert_eq!(things.seen(&app.admin()).await, before);
    // Its own lists have nothing of the other's either.
    for path in ["", "/pools", "/identity-pools", "/iam/users", "/iam/roles", "/iam/groups", "/iam/policies", "/events", "/find?q=zq"] {
        let page = browser.open(path).await;
        assert!(page.status == 200 && !page.text.contains(&format!("{HIDDEN} ")), "{path}: {}", page.text);
    }
}
