//! What `dev --demo` tells: who and what there is, and what to paste.

use super::{ALICE, BOB, Demo, provider};
use crate::startup::banner::{BOLD, DIM, Style};

/// The demo's part of the banner; a shell takes its last lines as they stand, after those of the exports.
pub fn guide(demo: &Demo, style: Style) -> String {
    let Demo { user_pool_id, browser_client_id, server_client_id, machine_client_id, identity_pool_id, .. } = demo;
    let machine_secret = demo.machine_client_secret.expose_secret();
    let (secret, totp) = (demo.server_client_secret.expose_secret(), demo.totp_secret.expose_secret());
    let ((alice, alices), (bob, bobs)) = (ALICE, BOB);
    let authenticator = format!("otpauth://totp/Passwright:{bob}?secret={totp}&issuer=Passwright");
    let rows = [
        ("user pool", user_pool_id.clone()),
        ("browser app", format!("client id {browser_client_id}")),
        ("server app", format!("client id {server_client_id}, secret {secret}")),
        ("machine", format!("client id {machine_client_id}, secret {machine_secret}")),
        ("identity pool", identity_pool_id.clone()),
        (alice, format!("password {alices}")),
        (bob, format!("password {bobs}, authenticator {authenticator}")),
    ];
    let mut text = String::from("\n");
    let page = demo.sign_in_page.clone().map(|address| ("sign-in page", address));
    for (name, value) in rows.into_iter().chain(page) {
        text += &format!("  {}{value}\n", style.paint(DIM, &format!("{name:<15}")));
    }
    text += &format!("\n  {}\n\n", style.paint(BOLD, "With the exports above, this gets the machine a token of its own:"));
    text += &format!("  aws cognito-idp get-client-token --client-id {machine_client_id} --secret {machine_secret}\n");
    let login = provider(&demo.region, user_pool_id);
    text += &format!("\n  {}\n\n", style.paint(BOLD, "And this signs alice in and gets her credentials:"));
    text += &format!(
        "  ID_TOKEN=$(aws cognito-idp initiate-auth --client-id {browser_client_id} --auth-flow USER_PASSWORD_AUTH \\
    --auth-parameters 'USERNAME={alice},PASSWORD={alices}' --query AuthenticationResult.IdToken --output text)
  IDENTITY=$(aws cognito-identity get-id --identity-pool-id {identity_pool_id} \\
    --logins \"{login}=$ID_TOKEN\" --query IdentityId --output text)
  aws cognito-identity get-credentials-for-identity --identity-id \"$IDENTITY\" \\
    --logins \"{login}=$ID_TOKEN\"
"
    );
    text
}
