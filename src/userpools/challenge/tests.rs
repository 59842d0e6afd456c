//! The states of a sign-in as a table, and every answer in every state.

mod levels;
mod told;

use std::collections::BTreeMap;

use super::*;
use crate::crypto::argon2::PasswordHash;
use crate::crypto::sealed::Sealed;
use crate::userpools::client::ClientConfiguration;
use crate::userpools::device::DeviceConfiguration;
use crate::userpools::pool::{EmailMfaConfiguration, MfaMode, PoolConfiguration, SoftwareToken};
use crate::userpools::second_factor::Wish;
use crate::userpools::user::{MfaPreference, PasswordRecord};
use crate::userpools::web_authn::{FactorConfiguration, WebAuthnConfiguration};

const NOW: Timestamp = Timestamp::from_seconds(1000);

fn pool(mfa: MfaMode) -> Pool {
    Pool {
        id: "us-east-1_p".into(),
        account_id: "".into(),
        region: "".into(),
        name: "".into(),
        configuration: PoolConfiguration {
            mfa,
            software_token_mfa_configuration: SoftwareToken { enabled: true },
            ..PoolConfiguration::default()
        },
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
        secrets: Vec::new(),
        registered: None,
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
            set_at: NOW,
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
    let mfa = MfaPreference { software_token_enabled: preference, software_token_preferred: preference, ..MfaPreference::default() };
    User { sealed_totp_seed: Some(Sealed::stored(vec![1])), mfa, ..user() }
}

fn remembered() -> Device {
    Device {
        pool_id: "us-east-1_p".into(),
        user_id: "sub".into(),
        key: String::new(),
        group_key: String::new(),
        salt: String::new(),
        sealed_verifier: Sealed::stored(Vec::new()),
        name: None,
        status: DeviceStatus::Remembered,
        last_ip_used: None,
        created_at: NOW,
        modified_at: NOW,
        authenticated_at: NOW,
    }
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
fn who_is_refused_for_a_factor_that_they_lack_sets_no_password_before() {
    let risk = Assessment { demand: Demand::Mfa, ..Assessment::NONE };
    let progress = Progress { risk, ..progress(&[Done::Password]) };
    let step = |user: User| {
        let user = User { status: UserStatus::ForceChangePassword, ..user };
        next(&pool(MfaMode::Optional), &client(&["ALLOW_USER_PASSWORD_AUTH"]), &user, &progress, NOW)
    };
    assert_eq!(step(user()), Err(Barred::TooRisky.into()));
    assert_eq!(step(with_token(true)), Ok(Step::Ask(Challenge::NewPassword)));
}

#[test]
fn an_old_password_is_replaced_by_who_has_shown_every_factor() {
    let aging = |mfa| {
        let mut pool = pool(mfa);
        pool.configuration.user_pool_tags.insert("passwright:password-max-age-days".to_owned(), "30".to_owned());
        pool
    };
    let late = NOW.plus(std::time::Duration::from_secs(30 * 24 * 3600));
    let client = client(&["ALLOW_USER_PASSWORD_AUTH"]);
    let asked = |mfa, user: &User, done: &[Done]| next(&aging(mfa), &client, user, &progress(done), late);
    let (password, coded) = ([Done::Password], [Done::Password, Done::SoftwareToken]);
    assert_eq!(asked(MfaMode::Off, &user(), &password), Ok(Step::Ask(Challenge::NewPassword)));
    assert_eq!(asked(MfaMode::Optional, &with_token(true), &password), Ok(Step::Ask(Challenge::SoftwareToken)));
    assert_eq!(asked(MfaMode::Optional, &with_token(true), &coded), Ok(Step::Ask(Challenge::NewPassword)));
    assert_eq!(asked(MfaMode::On, &user(), &password), Ok(Step::Ask(Challenge::MfaSetup)));
    // A remembered device stands for the second factor, not for a password that is young enough.
    let mut pool = aging(MfaMode::Optional);
    pool.configuration.device_configuration =
        Some(DeviceConfiguration { challenge_required_on_new_device: true, ..DeviceConfiguration::default() });
    let device = remembered();
    for (done, expected) in [
        (&password[..], Challenge::Device),
        (&[Done::Password, Done::Device][..], Challenge::NewPassword),
        (&[Done::Password, Done::SoftwareToken][..], Challenge::NewPassword),
    ] {
        assert_eq!(next_on(Some(&device), &pool, &client, &with_token(true), &progress(done), late), Ok(Step::Ask(expected)), "{done:?}");
    }
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

#[test]
fn what_functions_ask_comes_before_all_else_and_stands_for_nothing_else() {
    let custom = |flow, done: &[Done], user: &User| {
        let progress = Progress { flow, ..progress(done) };
        next(&pool(MfaMode::Optional), &client(&["ALLOW_CUSTOM_AUTH"]), user, &progress, NOW)
    };
    let (ask, complete) = (|challenge| Ok(Step::Ask(challenge)), Ok(Step::Complete));
    for (flow, done, expected) in [
        (Flow::Custom, &[][..], ask(Challenge::Custom)),
        (Flow::Custom, &[Done::Custom][..], complete),
        (Flow::CustomSrp, &[][..], ask(Challenge::Password)),
        (Flow::CustomSrp, &[Done::Password][..], ask(Challenge::Custom)),
        (Flow::CustomSrp, &[Done::Password, Done::Custom][..], complete),
    ] {
        assert_eq!(custom(flow, done, &user()), expected, "{flow:?} {done:?}");
    }
    let done = [Done::Custom];
    assert_eq!(custom(Flow::Custom, &done, &with_token(true)), ask(Challenge::SoftwareToken));
    assert_eq!(custom(Flow::Custom, &done, &User { enabled: false, ..user() }), Err(Barred::Disabled.into()));
    let unconfirmed = User { status: UserStatus::Unconfirmed, ..user() };
    assert_eq!(custom(Flow::Custom, &done, &unconfirmed), Err(Barred::NotConfirmed.into()));
    assert_eq!(custom(Flow::Custom, &[], &unconfirmed), ask(Challenge::Custom), "nothing is told before it");
    let other =
        next(&pool(MfaMode::Off), &client(&["ALLOW_USER_SRP_AUTH"]), &user(), &Progress { flow: Flow::Custom, ..progress(&[]) }, NOW);
    assert_eq!(other, Err(Barred::FlowDisabled(Flow::Custom).into()));
}

fn with_addresses(user: User) -> User {
    let attributes =
        [("email", "a@x.example"), ("email_verified", "true"), ("phone_number", "+15555550100"), ("phone_number_verified", "true")];
    User { attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(), ..user }
}

fn with_every_factor(mfa: MfaMode) -> Pool {
    let all = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"].map(str::to_owned).to_vec();
    let mut pool = pool(mfa);
    pool.configuration.policies.sign_in_policy.allowed_first_auth_factors = all;
    pool.configuration.sms_mfa.enabled = true;
    pool.configuration.email_mfa_configuration = Some(EmailMfaConfiguration::default());
    let party = WebAuthnConfiguration { relying_party_id: Some("example.com".to_owned()), ..WebAuthnConfiguration::default() };
    pool.configuration.web_authn_configuration = Some(party);
    pool
}

fn wanting(user: User, wanted: &[(SecondFactor, bool)]) -> User {
    let wish = |preference: MfaPreference, (factor, preferred): &(SecondFactor, bool)| {
        preference.with(Wish { factor: *factor, enabled: true, preferred: *preferred })
    };
    User { mfa: wanted.iter().fold(MfaPreference::default(), wish), ..user }
}

fn by_choice(first: Option<FirstFactor>, done: &[Done]) -> Progress {
    let begun = Progress::begin(Flow::Choice, Generation::stored(1), Generation::stored(1));
    Progress { first, done: done.to_vec(), ..begun }
}

#[test]
fn a_choice_is_asked_for_and_then_what_was_chosen() {
    let user = User { has_passkey: true, ..with_addresses(user()) };
    for (first, expected) in [
        (None, Challenge::SelectFirst),
        (Some(FirstFactor::Password), Challenge::Password),
        (Some(FirstFactor::PasswordSrp), Challenge::Password),
        (Some(FirstFactor::EmailOtp), Challenge::EmailOtp),
        (Some(FirstFactor::SmsOtp), Challenge::SmsOtp),
        (Some(FirstFactor::WebAuthn), Challenge::WebAuthn),
    ] {
        let step = next(&with_every_factor(MfaMode::Optional), &client(&["ALLOW_USER_AUTH"]), &user, &by_choice(first, &[]), NOW);
        assert_eq!(step, Ok(Step::Ask(expected)), "{first:?}");
    }
}

#[test]
fn nobody_begins_with_a_code_who_has_no_verified_address_or_a_second_factor() {
    let whole = with_addresses(user());
    let without = |name: &str| {
        let mut user = whole.clone();
        user.attributes.remove(name);
        user
    };
    let (optional, on) = (with_every_factor(MfaMode::Optional), with_every_factor(MfaMode::On));
    for (pool, user) in [
        (&optional, without("email")),
        (&optional, without("email_verified")),
        (&optional, User { status: UserStatus::Unconfirmed, ..whole.clone() }),
        (&optional, User { status: UserStatus::ForceChangePassword, ..whole.clone() }),
        (&optional, wanting(whole.clone(), &[(SecondFactor::Sms, false)])),
        (&on, whole.clone()),
        (&pool(MfaMode::Off), whole.clone()),
    ] {
        let begun = by_choice(Some(FirstFactor::EmailOtp), &[]);
        let step = next(pool, &client(&["ALLOW_USER_AUTH"]), &user, &begun, NOW);
        assert_eq!(step, Err(NextRefused::Stale), "{:?} {:?}", user.status, user.attributes);
    }
    let nobodys = next(&optional, &client(&["ALLOW_USER_SRP_AUTH"]), &whole, &by_choice(None, &[]), NOW);
    assert_eq!(nobodys, Err(Barred::FlowDisabled(Flow::Choice).into()));
}

#[test]
fn the_second_factor_is_the_preferred_one_the_only_one_or_the_chosen_one() {
    use Challenge::{EmailMfa, MfaSetup, SelectMfa, SmsMfa, SoftwareToken};
    use SecondFactor::{Email, Sms, SoftwareToken as Token};
    let bare = user();
    let whole = User { sealed_totp_seed: Some(Sealed::stored(vec![1])), ..with_addresses(user()) };
    for (mfa, user, chosen, expected) in [
        (MfaMode::Off, wanting(whole.clone(), &[(Sms, true)]), None, None),
        (MfaMode::Optional, whole.clone(), None, None),
        (MfaMode::Optional, wanting(whole.clone(), &[(Sms, false)]), None, Some(SmsMfa)),
        (MfaMode::Optional, wanting(whole.clone(), &[(Email, false)]), None, Some(EmailMfa)),
        (MfaMode::Optional, wanting(whole.clone(), &[(Email, false), (Token, true)]), None, Some(SoftwareToken)),
        (MfaMode::Optional, wanting(whole.clone(), &[(Email, false), (Sms, false)]), None, Some(SelectMfa)),
        (MfaMode::Optional, wanting(whole.clone(), &[(Email, false), (Sms, false)]), Some(Email), Some(EmailMfa)),
        // What is not among them is not to be chosen.
        (MfaMode::Optional, wanting(whole.clone(), &[(Email, false), (Sms, false)]), Some(Token), Some(SelectMfa)),
        // An address that is gone takes its factor with it.
        (MfaMode::Optional, wanting(bare.clone(), &[(Email, true)]), None, None),
        (MfaMode::On, wanting(bare.clone(), &[(Email, true)]), None, Some(MfaSetup)),
        (MfaMode::On, bare.clone(), None, Some(MfaSetup)),
        (MfaMode::On, with_addresses(bare.clone()), None, Some(SelectMfa)),
        (MfaMode::On, with_addresses(bare), Some(Sms), Some(SmsMfa)),
        (MfaMode::On, wanting(whole.clone(), &[(Sms, false)]), None, Some(SmsMfa)),
        (MfaMode::On, whole, None, Some(SelectMfa)),
    ] {
        let progress = Progress { second: chosen, ..by_choice(Some(FirstFactor::Password), &[Done::Password]) };
        let step = next(&with_every_factor(mfa), &client(&["ALLOW_USER_AUTH"]), &user, &progress, NOW);
        assert_eq!(step, Ok(expected.map_or(Step::Complete, Step::Ask)), "{mfa:?} {:?} {chosen:?}", user.mfa);
    }
}

/// Every step in every state: what was done counts only where it is what makes the state, and tokens follow only a first factor
/// and, where one is asked for, a second.
#[test]
fn no_order_of_steps_passes_a_factor_by() {
    let all = [
        Done::Password,
        Done::EmailOtp,
        Done::SmsOtp,
        Done::WebAuthn,
        Done::NewPassword,
        Done::SoftwareToken,
        Done::EmailMfa,
        Done::SmsMfa,
        Done::MfaSetup,
    ];
    let first = |done: &Done| matches!(done, Done::Password | Done::EmailOtp | Done::SmsOtp | Done::WebAuthn);
    let second = |done: &Done| matches!(done, Done::SoftwareToken | Done::EmailMfa | Done::SmsMfa);
    let whole = User { sealed_totp_seed: Some(Sealed::stored(vec![1])), ..with_addresses(user()) };
    for mfa in [MfaMode::Off, MfaMode::Optional, MfaMode::On] {
        for user in [user(), whole.clone(), wanting(whole.clone(), &[(SecondFactor::Email, false)])] {
            let asks_second = mfa != MfaMode::Off && (mfa == MfaMode::On || user.mfa.list().next().is_some());
            for one in all {
                for two in all {
                    let done = [one, two];
                    let step = next(&with_every_factor(mfa), &client(&["ALLOW_USER_AUTH"]), &user, &by_choice(None, &done), NOW);
                    let may = done.iter().any(first) && (!asks_second || done.iter().any(second));
                    assert_eq!(step == Ok(Step::Complete), may, "{mfa:?} {done:?} {:?}", user.mfa);
                }
            }
        }
    }
}

/// Who has no passkey, or a second factor that it is not, does not begin with one; where it is both factors, it is enough.
#[test]
fn a_passkey_is_one_factor_or_both_by_the_pool_and_the_user() {
    let has = User { has_passkey: true, ..with_addresses(user()) };
    let asked = wanting(has.clone(), &[(SecondFactor::Sms, true)]);
    let chose = User { mfa: MfaPreference { web_authn_enabled: true, ..asked.mfa }, ..asked.clone() };
    let none = User { has_passkey: false, ..chose.clone() };
    for (mfa, is_both, user, begins) in [
        (MfaMode::Optional, false, has.clone(), true),
        (MfaMode::Optional, false, asked.clone(), false),
        (MfaMode::Optional, false, chose.clone(), false),
        (MfaMode::Optional, true, asked.clone(), false),
        (MfaMode::Optional, true, chose.clone(), true),
        (MfaMode::Optional, true, none.clone(), false),
        (MfaMode::On, false, has.clone(), false),
        (MfaMode::On, false, chose.clone(), false),
        (MfaMode::On, true, has, false),
        (MfaMode::On, true, asked, false),
        (MfaMode::On, true, chose.clone(), true),
        (MfaMode::On, true, User { status: UserStatus::ResetRequired, ..chose.clone() }, false),
    ] {
        let mut pool = with_every_factor(mfa);
        if is_both {
            let both = Some(FactorConfiguration::MultiFactorWithUserVerification);
            let party = pool.configuration.web_authn_configuration.unwrap_or_default();
            pool.configuration.web_authn_configuration = Some(WebAuthnConfiguration { factor_configuration: both, ..party });
        }
        let step = |done: &[Done]| next(&pool, &client(&["ALLOW_USER_AUTH"]), &user, &by_choice(Some(FirstFactor::WebAuthn), done), NOW);
        let expected = if begins { Ok(Step::Ask(Challenge::WebAuthn)) } else { Err(NextRefused::Stale) };
        assert_eq!(step(&[]), expected, "{mfa:?} {is_both} {:?}", user.mfa);
        assert!(!begins || step(&[Done::WebAuthn]) == Ok(Step::Complete), "{mfa:?} {is_both} {:?}", user.mfa);
    }
}
