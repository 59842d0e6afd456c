//! How long the console's pages take over a pool of a million users: each page's median and its slowest of so many.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::client::{milliseconds, once, request};
use crate::filler::Filler;
use crate::server::Server;

/// What a page may take at the median.
const AIM: Duration = Duration::from_millis(100);

/// How often each page is opened.
const OPENED: usize = 21;

/// The pages of the account.
const ROOMS: [&str; 18] = [
    "",
    "?days=30",
    "/pools",
    "/pools/new",
    "/iam/users",
    "/iam/groups",
    "/iam/roles",
    "/iam/policies",
    "/iam/providers",
    "/identity-pools",
    "/access",
    "/access/who",
    "/access/what",
    "/events",
    "/events?contains=filler77",
    "/limits",
    "/settings",
    "/find?q=filler77",
];

/// The pages of the pool.
const OF_POOL: [&str; 34] = [
    "",
    "/users",
    "/users?by=username&q=filler77",
    "/users?by=email&q=filler999",
    "/users?by=sub&q=0",
    "/users/new",
    "/users/filler4711",
    "/groups",
    "/attributes",
    "/imports",
    "/sign-in",
    "/passkeys",
    "/recovery",
    "/devices",
    "/sessions",
    "/levels",
    "/protection",
    "/clients",
    "/resource-servers",
    "/client-metadata",
    "/registration",
    "/providers",
    "/domains",
    "/branding",
    "/terms",
    "/texts",
    "/sending",
    "/settings",
    "/logs",
    "/keys",
    "/triggers",
    "/point-in-time",
    "/replicas",
    "/tags",
];

/// Fills a pool, opens the pages, and prints a table.
pub fn measure(folder: &Path, users: u64) {
    let (server, _) = Server::start(folder);
    let pool_id = server.create_pool("pages");
    let filler = Filler::create(&server, &pool_id);
    drop(server);
    actix_web::rt::System::new().block_on(filler.fill(folder, users));

    let (server, _) = Server::start(folder);
    let cookie = sign_in(&server);
    let pool = format!("/console/pools/{pool_id}");
    println!("| page, {users} users | median ms | slowest ms | aim |\n|---|---|---|---|");
    let paths = ROOMS.iter().map(|room| format!("/console{room}")).chain(OF_POOL.iter().map(|room| format!("{pool}{room}")));
    for path in paths {
        let (median, slowest) = time(&server, &path, &cookie);
        let shown = path.replace(&pool_id, "…");
        println!("| {shown} | {:.1} | {:.1} | {} |", milliseconds(median), milliseconds(slowest), AIM.as_millis());
    }
}

/// The cookie of the root, whom `dev` signs in.
fn sign_in(server: &Server) -> String {
    let answer = once(server.address, &request("GET", "/console", &[], ""));
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie: passwright-console="));
    line.unwrap().split_once(": ").unwrap().1.split(';').next().unwrap().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn time(server: &Server, path: &str, cookie: &str) -> (Duration, Duration) {
    let wanted = request("GET", path, &[("cookie", cookie)], "");
    let mut times: Vec<Duration> = (0..OPENED)
        .map(|_| {
            let began = Instant::now();
            let answer = once(server.address, &wanted);
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
            began.elapsed()
        })
        .collect();
    times.sort();
    (times[OPENED / 2], times[OPENED - 1])
}
