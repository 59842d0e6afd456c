//! Sign-in from the wire to the store, fault by fault.

mod addresses;
mod choice;
mod custom;
mod devices;
mod gone;
mod guesses;
mod matrix;
mod nobody;
mod passkeys;
mod races;
mod risk;
mod second_codes;
mod sessions;
mod step_up;
mod told;
mod work;

use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder};

use crate::testing::{Answer, TestApp, TestPool};

/// The password that administrators set in these tests.
const OTHER: &str = "0ther-Pa55word!";

/// The code that an authenticator with this seed shows.
fn code(app: &TestApp, seed: &Value) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(seed.as_str().unwrap().as_bytes()).unwrap();
    let totp = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(30).with_secret(secret).build().unwrap();
    totp.generate(app.app.now().seconds().unsigned_abs()).to_string()
}

/// Another code than that.
fn wrong_code(app: &TestApp, seed: &Value) -> String {
    let right: u32 = code(app, seed).parse().unwrap();
    // The neighbouring steps' codes are accepted too: far from all three, but for bad luck that the seeded chance excludes.
    format!("{:06}", (right + 123_457) % 1_000_000)
}

/// A pool that asks for a second factor: of all, or of those who want it.
async fn pool_with_mfa<'a>(app: &'a TestApp, mode: &str) -> TestPool<'a> {
    let pool = app.pool().await;
    set_mfa(&pool, mode).await;
    pool
}

async fn set_mfa(pool: &TestPool<'_>, mode: &str) {
    let config = json!({"MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": {"Enabled": true}});
    pool.admin("SetUserPoolMfaConfig", config).await.ok();
}

/// Enrols an authenticator for a signed-in user, who wants to be asked for it; its seed. The code of now is spent.
async fn enrol(app: &TestApp, tokens: &Value, device_name: Option<&str>) -> Value {
    let token = &tokens["AccessToken"];
    let seed = app.anonymous().call("AssociateSoftwareToken", json!({"AccessToken": token})).await.ok()["SecretCode"].clone();
    let mut verify = json!({"AccessToken": token, "UserCode": code(app, &seed)});
    if let Some(name) = device_name {
        verify["FriendlyDeviceName"] = name.into();
    }
    app.anonymous().call("VerifySoftwareToken", verify).await.ok();
    let wanted = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": true, "PreferredMfa": true}});
    app.anonymous().call("SetUserMFAPreference", wanted).await.ok();
    seed
}

async fn set_password(pool: &TestPool<'_>, username: &str, password: &str, permanent: bool) {
    pool.admin("AdminSetUserPassword", json!({"Username": username, "Password": password, "Permanent": permanent})).await.ok();
}

async fn answer_code(pool: &TestPool<'_>, username: &str, session: &Value, code: &str) -> Answer {
    pool.respond("SOFTWARE_TOKEN_MFA", session, json!({"USERNAME": username, "SOFTWARE_TOKEN_MFA_CODE": code})).await
}

async fn is_live(app: &TestApp, tokens: &Value) -> bool {
    app.anonymous().call("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await.status == 200
}
