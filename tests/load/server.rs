//! The server under load, and what it holds: a pool of users who are signed in, and a role session to ask about.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use passwright::kit::clock::{Clock as _, SystemClock};
use passwright::sigv4::{self, Body, HttpRequest, Scope};
use serde_json::{Value, json};

use crate::client::{Requests, once, request};

/// The variable that names the database of a server.
pub const DATABASE_URL: &str = "PASSWRIGHT_DATABASE_URL";
const REGION: &str = "us-east-1";
pub const PASSWORD: &str = "Correct-horse-1";
const USERS: usize = 64;

/// A spawned `passwright dev`.
pub struct Server {
    process: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it on a folder, and tells the time to its first answer.
    #[expect(clippy::disallowed_methods, reason = "what is measured is time")]
    pub fn start(folder: &Path) -> (Self, Duration) {
        let began = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_passwright"))
            .args(["dev", "--port", "0", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
        assert!(once(address, &request("GET", "/healthz", &[], "")).contains("ok"));
        (Self { process, address }, began.elapsed())
    }

    /// Memory that the process holds, in MB.
    pub fn resident_megabytes(&self) -> f64 {
        self.megabytes("VmRSS:")
    }

    /// The most memory that the process has held so far, in MB.
    pub fn peak_megabytes(&self) -> f64 {
        self.megabytes("VmHWM:")
    }

    fn megabytes(&self, what: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// Makes a user pool, and answers its id.
    pub fn create_pool(&self, name: &str) -> String {
        let pool = self.user_pools("CreateUserPool", &json!({"PoolName": name}));
        pool["UserPool"]["Id"].as_str().unwrap().to_owned()
    }

    /// Makes a user with attributes.
    pub fn create_user(&self, pool_id: &str, name: &str, attributes: Value) {
        let user = json!({"UserPoolId": pool_id, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes});
        self.user_pools("AdminCreateUser", &user);
    }

    /// A call of user pools, as the account's root.
    pub fn user_pools(&self, operation: &str, body: &Value) -> Value {
        self.json(&format!("AWSCognitoIdentityProviderService.{operation}"), body)
    }

    /// A call of a JSON service, as the account's root.
    fn json(&self, target: &str, body: &Value) -> Value {
        let service = if target.starts_with("AWSCognitoIdentityP") { "cognito-idp" } else { "cognito-identity" };
        let headers = [
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.1"),
            ("authorization", &unverified(service, "content-type;host;x-amz-date;x-amz-target")),
        ];
        let answer = once(self.address, &request("POST", "/", &headers, &body.to_string()));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{target}: {answer}");
        serde_json::from_str(body).unwrap()
    }

    /// A call of a Query service, as the account's root; answers the texts of the named elements.
    pub fn query<const N: usize>(&self, service: &str, parameters: &[(&str, &str)], elements: [&str; N]) -> [String; N] {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(parameters);
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("authorization", &unverified(service, "content-type;host;x-amz-date")),
        ];
        let answer = once(self.address, &request("POST", "/", &headers, &form.finish()));
        assert!(answer.starts_with("HTTP/1.1 200"), "{parameters:?}: {answer}");
        elements.map(|element| {
            let (_, rest) = answer.split_once(&format!("<{element}>")).unwrap();
            rest.split_once('<').unwrap().0.to_owned()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// `dev` takes a key that it did not issue for the root's, whatever the signature.
pub fn unverified(service: &str, signed_headers: &str) -> String {
    let date = sigv4_date();
    let day = date.get(..8).unwrap();
    format!(
        "AWS4-HMAC-SHA256 Credential=test/{day}/{REGION}/{service}/aws4_request, SignedHeaders={signed_headers}, Signature=0\r\nx-amz-date: {date}"
    )
}

fn sigv4_date() -> String {
    let text = SystemClock.now().to_rfc3339();
    let digits: String = text.split('.').next().unwrap().chars().filter(|letter| !"-:Z".contains(*letter)).collect();
    format!("{digits}Z")
}

/// What the requests need.
pub struct World {
    pool_id: String,
    client_id: String,
    tokens: Vec<Value>,
    asker: (String, String),
    session: (String, String),
}

impl World {
    pub fn create(server: &Server) -> Self {
        let pool_id = server.create_pool("load");
        let client = json!({
            "UserPoolId": pool_id, "ClientName": "load",
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let client = server.user_pools("CreateUserPoolClient", &client);
        let client_id = client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
        let tokens = (0..USERS).map(|number| {
            let name = format!("user{number}");
            server.create_user(&pool_id, &name, json!([]));
            let password = json!({"UserPoolId": pool_id, "Username": name, "Password": PASSWORD, "Permanent": true});
            server.user_pools("AdminSetUserPassword", &password);
            server.user_pools("InitiateAuth", &sign_in(&client_id, &name))["AuthenticationResult"].clone()
        });
        let tokens = tokens.collect();
        Self { tokens, asker: create_asker(server), session: create_session(server), pool_id, client_id }
    }

    pub fn sign_ins(&self) -> Requests {
        let bodies = (0..USERS).map(|number| sign_in(&self.client_id, &format!("user{number}")));
        Requests(bodies.map(|body| user_pools("InitiateAuth", &body)).collect())
    }

    pub fn refreshes(&self) -> Requests {
        let body = |tokens: &Value| {
            json!({
                "ClientId": self.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH",
                "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
            })
        };
        Requests(self.tokens.iter().map(|tokens| user_pools("InitiateAuth", &body(tokens))).collect())
    }

    pub fn get_users(&self) -> Requests {
        Requests(self.tokens.iter().map(|tokens| user_pools("GetUser", &json!({"AccessToken": tokens["AccessToken"]}))).collect())
    }

    pub fn jwks(&self) -> Requests {
        Requests(vec![request("GET", &format!("/{}/.well-known/jwks.json", self.pool_id), &[], "")])
    }

    pub fn decisions(&self) -> Requests {
        let (access_key_id, session_token) = &self.session;
        let body = json!({
            "subject": {"type": "credentials", "id": access_key_id, "properties": {"session_token": session_token}},
            "action": {"name": "notes:Read"},
            "resource": {"type": "arn", "id": "arn:aws:notes:us-east-1:000000000000:note/load/1"},
        });
        Requests(vec![self.signed("/access/v1/evaluation", &body.to_string())])
    }

    /// Signed by a key that the server issued, so that it verifies.
    fn signed(&self, path: &str, body: &str) -> Vec<u8> {
        let now = SystemClock.now();
        let date = sigv4_date();
        let headers: [(&str, &[u8]); 2] = [("host", b"127.0.0.1"), ("x-amz-date", date.as_bytes())];
        let unsigned = HttpRequest { method: "POST", path, query: "", headers: &headers, body: Body::Bytes(body.as_bytes()) };
        let scope = Scope { date: date.get(..8).unwrap().to_owned(), region: REGION.to_owned(), service: "passwright".to_owned() };
        let (id, secret) = &self.asker;
        let authorization = sigv4::sign(&unsigned, id, &secret.clone().into(), &scope, now);
        request("POST", path, &[("x-amz-date", &date), ("authorization", &authorization)], body)
    }
}

/// A call of user pools that nobody signs.
pub fn user_pools(operation: &str, body: &Value) -> Vec<u8> {
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    request("POST", "/", &[("x-amz-target", &target), ("content-type", "application/x-amz-json-1.1")], &body.to_string())
}

/// A sign-in by password.
pub fn sign_in(client_id: &str, name: &str) -> Value {
    json!({
        "ClientId": client_id, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": name, "PASSWORD": PASSWORD},
    })
}

/// An IAM user who may ask about anybody.
fn create_asker(server: &Server) -> (String, String) {
    let version = ("Version", "2010-05-08");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "passwright:*", "Resource": "*"}]});
    server.query("iam", &[("Action", "CreateUser"), version, ("UserName", "asker")], []);
    let put = [("Action", "PutUserPolicy"), version, ("UserName", "asker"), ("PolicyName", "ask"), ("PolicyDocument", &policy.to_string())];
    server.query("iam", &put, []);
    let key = [("Action", "CreateAccessKey"), version, ("UserName", "asker")];
    let [id, secret] = server.query("iam", &key, ["AccessKeyId", "SecretAccessKey"]);
    (id, secret)
}

/// A session of a role that may read its notes.
fn create_session(server: &Server) -> (String, String) {
    let version = ("Version", "2010-05-08");
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}]});
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["notes:Read", "notes:Write"],
         "Resource": "arn:aws:notes:us-east-1:000000000000:note/${aws:PrincipalTag/none, 'load'}/*"},
        {"Effect": "Deny", "Action": "notes:*", "Resource": "*", "Condition": {"StringLike": {"notes:Title": "draft*"}}}]});
    let create = [("Action", "CreateRole"), version, ("RoleName", "load"), ("AssumeRolePolicyDocument", &trust.to_string())];
    let [arn] = server.query("iam", &create, ["Arn"]);
    let put =
        [("Action", "PutRolePolicy"), version, ("RoleName", "load"), ("PolicyName", "notes"), ("PolicyDocument", &policy.to_string())];
    server.query("iam", &put, []);
    let assume = [("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", &arn), ("RoleSessionName", "load")];
    let [id, token] = server.query("sts", &assume, ["AccessKeyId", "SessionToken"]);
    (id, token)
}
