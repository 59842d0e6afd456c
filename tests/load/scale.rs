//! What calls take in a pool of a million users beside a pool of a thousand, on the database that `PASSWRIGHT_DATABASE_URL` names: an
//! empty one on PostgreSQL; without it, SQLite in a folder of its own.

use std::path::Path;

use serde_json::json;

use crate::client::{interleaved, milliseconds, request};
use crate::filler::Filler;
use crate::server::{PASSWORD, Server, sign_in, unverified, user_pools};

/// What the larger pool may take of the smaller one's median.
const AIM: f64 = 1.3;

/// How often each call is made in each pool.
const ROUNDS: usize = 201;

/// Users of the smaller pool.
const FEW: u64 = 1_000;

/// A call in a pool, as it is sent.
type Call = fn(&Pool) -> Vec<u8>;

/// A pool with a client, and a user who signs in.
struct Pool {
    id: String,
    client_id: String,
    filler: Filler,
    refresh_token: String,
}

/// Fills two pools, makes calls in turn, and prints a table.
pub fn measure(folder: &Path, users: u64) {
    let (server, _) = Server::start(folder);
    let pools = [create(&server, "few"), create(&server, "many")];
    drop(server);
    actix_web::rt::System::new().block_on(async {
        for (pool, users) in pools.iter().zip([FEW, users]) {
            pool.filler.fill(folder, users).await;
        }
    });
    let (server, _) = Server::start(folder);
    println!("| call | median ms, {FEW} users | median ms, {users} users | ratio | aim |\n|---|---|---|---|---|");
    let calls: [(&str, Call); 6] = [
        ("ListUsers, a page", |pool| list(pool, None)),
        ("ListUsers, by username", |pool| list(pool, Some("username = \"filler777\""))),
        ("ListUsers, by email", |pool| list(pool, Some("email = \"filler777@example.com\""))),
        ("ListUsers, by the beginning of an email", |pool| list(pool, Some("email ^= \"filler777@\""))),
        ("sign-in by password", |pool| user_pools("InitiateAuth", &sign_in(&pool.client_id, "user0"))),
        ("refresh", |pool| {
            let parameters = json!({"REFRESH_TOKEN": pool.refresh_token});
            let body = json!({"ClientId": pool.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters});
            user_pools("InitiateAuth", &body)
        }),
    ];
    for (what, call) in calls {
        let [few, many] = interleaved(server.address, &pools.each_ref().map(call), ROUNDS).map(|times| milliseconds(times[ROUNDS / 2]));
        println!("| {what} | {few:.2} | {many:.2} | {:.2} | {AIM} |", many / few);
    }
}

fn create(server: &Server, name: &str) -> Pool {
    let id = server.create_pool(name);
    let flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let client = server.user_pools("CreateUserPoolClient", &json!({"UserPoolId": id, "ClientName": name, "ExplicitAuthFlows": flows}));
    let client_id = client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned();
    server.create_user(&id, "user0", json!([{"Name": "email", "Value": "user0@example.com"}]));
    let password = json!({"UserPoolId": id, "Username": "user0", "Password": PASSWORD, "Permanent": true});
    server.user_pools("AdminSetUserPassword", &password);
    let tokens = server.user_pools("InitiateAuth", &sign_in(&client_id, "user0"));
    let refresh_token = tokens["AuthenticationResult"]["RefreshToken"].as_str().unwrap().to_owned();
    Pool { filler: Filler::create(server, &id), id, client_id, refresh_token }
}

fn list(pool: &Pool, filter: Option<&str>) -> Vec<u8> {
    let headers = [
        ("x-amz-target", "AWSCognitoIdentityProviderService.ListUsers"),
        ("content-type", "application/x-amz-json-1.1"),
        ("authorization", &unverified("cognito-idp", "content-type;host;x-amz-date;x-amz-target")),
    ];
    let body = filter.map_or_else(|| json!({"UserPoolId": pool.id}), |filter| json!({"UserPoolId": pool.id, "Filter": filter}));
    request("POST", "/", &headers, &body.to_string())
}
