//! What the same cores can do at most.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

use crate::CONNECTIONS;
use crate::client::{Requests, drive, request};

/// The argument by which this program serves the empty handler.
pub const EMPTY_HANDLER: &str = "--empty-handler";

/// Hashes a second, with OWASP's parameters and each thread's memory kept.
pub fn argon2(length: Duration) -> f64 {
    on_every_core(length, || {
        let params = Params::new(19_456, 2, 1, Some(32)).unwrap();
        let mut blocks = vec![Block::default(); params.block_count()];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        move || {
            let mut tag = [0; 32];
            argon2.hash_password_into_with_memory(b"correct horse", &[7; 16], &mut tag, blocks.as_mut_slice()).unwrap();
        }
    })
}

/// RSA-2048 signatures a second, the key parsed once.
pub fn rs256(length: Duration) -> f64 {
    let pair = Arc::new(KeyPair::generate(KeySize::Rsa2048).unwrap());
    on_every_core(length, move || {
        let pair = Arc::clone(&pair);
        let mut signature = vec![0; pair.public_modulus_len()];
        move || pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &[7; 800], &mut signature).unwrap()
    })
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn on_every_core<Work: FnMut()>(length: Duration, prepare: impl Fn() -> Work + Sync) -> f64 {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let began = Instant::now();
    let until = began + length;
    let count = || {
        let mut work = prepare();
        let mut done = 0_u64;
        while Instant::now() < until {
            work();
            done += 1;
        }
        done
    };
    let done: u64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(count)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    done as f64 / began.elapsed().as_secs_f64()
}

/// Requests a second of an actix handler that does nothing, in a process of its own.
pub fn empty_handler(length: Duration) -> f64 {
    let program = std::env::current_exe().unwrap();
    let mut process = Command::new(program).arg(EMPTY_HANDLER).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let rate = drive(line.trim().parse().unwrap(), &Requests(vec![request("POST", "/", &[], "")]), CONNECTIONS, length);
    process.kill().unwrap();
    process.wait().unwrap();
    rate
}

/// Serves the empty handler until it is killed.
pub fn serve_empty_handler() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("{}", listener.local_addr().unwrap());
    let server = HttpServer::new(|| App::new().route("/", web::post().to(async || "ok"))).listen(listener).unwrap();
    actix_web::rt::System::new().block_on(server.run()).unwrap();
}
