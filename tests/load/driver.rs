//! A load driver: each figure of a running server beside the physical limit of the same cores, measured in turn in one run.
//!
//! `cargo bench --bench load [-- --seconds 5 --rounds 3 --only refresh]`; `-- --pages` times the console's pages over a million
//! users instead (`--users` makes them fewer); `-- --scale` times calls in a pool of a million users beside a pool of a thousand,
//! `-- --import` an import of them.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a load driver ends where it fails")]

mod client;
mod filler;
mod import;
mod limits;
mod pages;
mod scale;
mod server;

use std::path::Path;
use std::time::Duration;

use client::{Requests, drive};
use server::{Server, World};

/// Connections that ask at once. Below the hashing queue's length: what is measured is work, not refusals.
const CONNECTIONS: usize = 32;

struct Settings {
    seconds: f64,
    rounds: usize,
}

/// What is measured, against what, and what we aim for.
struct Row {
    what: &'static str,
    limit: &'static str,
    aim: f64,
    requests: fn(&World) -> Requests,
    bound: fn(Duration) -> f64,
}

const ROWS: [Row; 5] = [
    Row { what: "sign-in by password", limit: "bare argon2id hashes", aim: 0.90, requests: World::sign_ins, bound: limits::argon2 },
    Row { what: "refresh", limit: "bare RS256 signatures", aim: 0.40, requests: World::refreshes, bound: limits::rs256 },
    Row { what: "GetUser", limit: "an empty actix handler", aim: 0.35, requests: World::get_users, bound: limits::empty_handler },
    Row { what: "JWKS", limit: "an empty actix handler", aim: 0.85, requests: World::jwks, bound: limits::empty_handler },
    Row { what: "decision", limit: "an empty actix handler", aim: 0.60, requests: World::decisions, bound: limits::empty_handler },
];

/// What fills a folder's database with so many users, and measures.
type OverUsers = fn(&Path, u64);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == limits::EMPTY_HANDLER) {
        return limits::serve_empty_handler();
    }
    let number = |name: &str| arguments.iter().skip_while(|argument| *argument != name).nth(1).and_then(|text| text.parse().ok());
    let settings = Settings { seconds: number("--seconds").unwrap_or(3.0), rounds: number("--rounds").map_or(3, |rounds| rounds as usize) };

    let folder = std::env::temp_dir().join(format!("passwright-load-{}", std::process::id()));
    let users = number("--users").map_or(1_000_000, |users| users as u64);
    let over_users: [(&str, OverUsers); 3] = [("--pages", pages::measure), ("--scale", scale::measure), ("--import", import::measure)];
    for (flag, measure) in over_users {
        if arguments.iter().any(|argument| argument == flag) {
            measure(&folder, users);
            std::fs::remove_dir_all(folder).unwrap();
            return;
        }
    }
    let (server, first_start) = Server::start(&folder);
    drop(server);
    let (server, next_start) = Server::start(&folder);
    let idle = server.resident_megabytes();
    let world = World::create(&server);

    println!("| figure | per second | limit on the same cores | ratio | aim |\n|---|---|---|---|---|");
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    for row in ROWS.into_iter().filter(|row| only.is_none_or(|only| row.what == only)) {
        measure(&row, &server, &world, &settings);
    }
    println!("| start to first answer, first time | {} ms | | | 300 ms |", first_start.as_millis());
    println!("| start to first answer, after | {} ms | | | 40 ms |", next_start.as_millis());
    println!("| resident memory, idle | {idle:.0} MB | | | 20 MB |");
    println!("| resident memory, after the load | {:.0} MB | | | |", server.resident_megabytes());
    drop(server);
    std::fs::remove_dir_all(folder).unwrap();
}

/// Measures the server and the limit in turn, and prints the medians.
fn measure(row: &Row, server: &Server, world: &World, settings: &Settings) {
    let length = Duration::from_secs_f64(settings.seconds);
    let requests = (row.requests)(world);
    let (mut ours, mut bounds, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..settings.rounds {
        let own = drive(server.address, &requests, CONNECTIONS, length);
        let bound = (row.bound)(length);
        ours.push(own);
        bounds.push(bound);
        ratios.push(own / bound);
    }
    println!("| {} | {:.0} | {}: {:.0} | {:.2} | {:.2} |", row.what, median(ours), row.limit, median(bounds), median(ratios), row.aim);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    *values.get(values.len() / 2).expect("at least one round")
}
