//! Signing, verifying and hashing beside the bare primitives that bound them.
//!
//! `cargo bench --bench tokens`
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark ends where it fails")]

use std::hint::black_box;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use criterion::{Criterion, criterion_group, criterion_main};
use passwright::tokens::keys::SigningKey;
use serde_json::json;

fn signing(criterion: &mut Criterion) {
    let claims = json!({
        "sub": "6d8f0b6e-0000-4000-8000-000000000000", "token_use": "access", "scope": "aws.cognito.signin.user.admin",
        "iss": "http://127.0.0.1:7277/us-east-1_AAAAAAAAA", "exp": 1_700_003_600, "iat": 1_700_000_000, "username": "alice",
        "client_id": "00000000000000000000000000", "jti": "6d8f0b6e-0000-4000-8000-000000000001",
        "origin_jti": "6d8f0b6e-0000-4000-8000-000000000002", "event_id": "6d8f0b6e-0000-4000-8000-000000000003",
    });
    let key = SigningKey::generate("kid".to_owned()).expect("a key");
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let message = claims.to_string();
    let mut signature = vec![0; pair.public_modulus_len()];
    let mut group = criterion.benchmark_group("sign");
    group.bench_function("a token", |bencher| bencher.iter(|| key.sign(black_box(&claims)).unwrap()));
    group.bench_function("bare RS256", |bencher| {
        bencher.iter(|| pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), black_box(message.as_bytes()), &mut signature).unwrap());
    });
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
