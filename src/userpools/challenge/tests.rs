//! The states of a sign-in as a table, and every answer in every state.

use std::collections::BTreeMap;

use super::*;
use crate::crypto::argon2::PasswordHash;
use crate::crypto::sealed::Sealed;
use crate::userpools::client::ClientConfiguration;
use crate::userpools::pool::PoolConfiguration;
use crate::userpools::user::{MfaPreference, PasswordRecord};

const NOW: Timestamp = Timestamp::from_seconds(1000);

fn pool(mfa: MfaMode) -> Pool {
    Pool {
        id: "us-east-1_p".into(),
        account_id: "".into(),
        region: "".into(),
        name: "".into(),
        configuration: PoolConfiguration { mfa, ..PoolConfiguration::default() },
        created_at: NOW,
        modified_at: NOW,
    }
}

fn client(flows: &[&str]) -> Client {
    Client {
        pool_id: "us-east-1_p".into(),
        id: "".into(),
        name: "".into(),
        configuration: ClientConfiguration {
            explicit_auth_flows: Some(flows.iter().map(|flow| (*flow).to_owned()).collect()),
            ..ClientConfiguration::default()
        },
        sealed_secret: None,
        created_at: NOW,
        modified_at: NOW,
    }
}

fn user() -> User {
    User {
        pool_id: "us-east-1_p".into(),
        id: "sub".into(),
        username: "alice".into(),
        status: UserStatus::Confirmed,
        enabled: true,
        attributes: BTreeMap::new(),
        password: Some(PasswordRecord {
            hash: PasswordHash::stored("".into()),
            sealed_srp_verifier: Sealed::stored(Vec::new()),
            srp_name: "alice".into(),
            temporary_until: Some(NOW.plus(std::time::Duration::from_secs(1))),
        }),
        password_generation: Generation::stored(1),
        factor_generation: Generation::stored(1),
        sealed_totp_seed: None,
        sealed_pending_totp_seed: None,
        totp_last_step: None,
        totp_device_name: None,
        has_passkey: false,
        mfa: MfaPreference::default(),
        created_at: NOW,
        modified_at: NOW,
    }
}

fn with_token(preference: bool) -> User {
    let mfa = MfaPreference { software_token_enabled: preference, software_token_preferred: preference };
    User { sealed_totp_seed: Some(Sealed::stored(vec![1])), mfa, ..user() }
}

fn progress(done: &[Done]) -> Progress {
    let begun = Progress::begin(Flow::Password, Generation::stored(1), Generation::stored(1));
    Progress { done: done.to_vec(), ..begun }
}

fn asks(mfa: MfaMode, user: &User, done: &[Done]) -> Result<Step, NextRefused> {
    next(&pool(mfa), &client(&["ALLOW_USER_PASSWORD_AUTH"]), user, &progress(done), NOW)
}

#[test]
fn a_confirmed_user_is_asked_for_what_the_pool_and_they_themselves_want() {
    use Challenge::{MfaSetup, Password, SoftwareToken};
    let password = [Done::Password];
    let coded = [Done::Password, Done::SoftwareToken];
    let enrolled = [Done::Password, Done::Enrolment];
    let set_up = [Done::Password, Done::Enrolment, Done::MfaSetup];
    for (mfa, user, done, expected) in [
        (MfaMode::Off, user(), &[][..], Step::Ask(Password)),
        (MfaMode::Off, with_token(true), &password[..], Step::Complete),
        (MfaMode::Optional, user(), &password[..], Step::Complete),
        (MfaMode::Optional, with_token(false), &password[..], Step::Complete),
        (MfaMode::Optional, with_token(true), &password[..], Step::Ask(SoftwareToken)),
        (MfaMode::Optional, with_token(true), &coded[..], Step::Complete),
        (MfaMode::On, user(), &password[..], Step::Ask(MfaSetup)),
        (MfaMode::On, with_token(false), &password[..], Step::Ask(SoftwareToken)),
        (MfaMode::On, with_token(false), &coded[..], Step::Complete),
        // A session of MFA_SETUP in which nothing was enrolled asks for the code of an authenticator that came meanwhile.
        (MfaMode::On, with_token(true), &password[..], Step::Ask(SoftwareToken)),
        (MfaMode::On, with_token(true), &enrolled[..], Step::Ask(MfaSetup)),
        (MfaMode::On, with_token(true), &set_up[..], Step::Complete),
        // No code makes up for a password.
        (MfaMode::On, with_token(true), &[Done::SoftwareToken][..], Step::Ask(Password)),
    ] {
        assert_eq!(asks(mfa, &user, done), Ok(expected), "{mfa:?} {done:?}");
    }
}

#[test]
fn each_status_has_its_own_end() {
    let with = |status| User { status, ..user() };
    let done = [Done::Password];
    for mfa in [MfaMode::Off, MfaMode::Optional, MfaMode::On] {
        assert_eq!(asks(mfa, &with(UserStatus::Unconfirmed), &done), Err(Barred::NotConfirmed.into()));
        assert_eq!(asks(mfa, &with(UserStatus::ResetRequired), &done), Err(Barred::ResetRequired.into()));
        // Whatever else was done: a temporary password that came meanwhile must be replaced.
        for done in [&done[..], &[Done::Password, Done::SoftwareToken][..], &[Done::Password, Done::NewPassword][..]] {
            assert_eq!(asks(mfa, &with(UserStatus::ForceChangePassword), done), Ok(Step::Ask(Challenge::NewPassword)));
        }
        assert_eq!(asks(mfa, &User { enabled: false, ..user() }, &done), Err(Barred::Disabled.into()));
    }
}

#[test]
fn a_temporary_password_ends_by_the_clock() {
    let user = User { status: UserStatus::ForceChangePassword, ..user() };
    let late = NOW.plus(std::time::Duration::from_secs(1));
    let answer = next(&pool(MfaMode::Off), &client(&["ALLOW_USER_PASSWORD_AUTH"]), &user, &progress(&[Done::Password]), late);
    assert_eq!(answer, Err(Barred::TemporaryPasswordExpired.into()));
}

#[test]
fn nothing_is_told_of_a_user_before_the_password_is_proven() {
    for user in [
        User { enabled: false, ..user() },
        User { status: UserStatus::Unconfirmed, ..user() },
        User { status: UserStatus::ResetRequired, ..user() },
    ] {
        assert_eq!(asks(MfaMode::On, &user, &[]), Ok(Step::Ask(Challenge::Password)));
    }
}

#[test]
fn a_session_ends_with_the_password_and_the_factors_that_it_rests_on() {
    for done in [&[][..], &[Done::Password][..], &[Done::Password, Done::Enrolment, Done::MfaSetup][..]] {
        let changed = [
            User { password_generation: Generation::stored(2), ..with_token(true) },
            User { factor_generation: Generation::stored(2), ..with_token(true) },
        ];
        for user in changed {
            assert_eq!(asks(MfaMode::On, &user, done), Err(NextRefused::Stale), "{done:?}");
        }
    }
}

#[test]
fn a_flow_that_the_client_no_longer_takes_goes_no_further() {
    let answer = next(&pool(MfaMode::Off), &client(&["ALLOW_USER_SRP_AUTH"]), &user(), &progress(&[Done::Password]), NOW);
    assert_eq!(answer, Err(Barred::FlowDisabled(Flow::Password).into()));
}
