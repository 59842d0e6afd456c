//! The levels that a sign-in is to reach: no order of steps, no device and no credit completes one below its level.

use super::*;
use crate::userpools::authentication_level::{Credit, Level};

fn to(levels: &[Level]) -> Option<Target> {
    Some(Target { levels: levels.to_vec(), credit: None, is_wish: false })
}

fn credited(methods: &[Method], is_first: bool, level: Level) -> Option<Target> {
    let credit = Credit { origin_jti: "o".into(), methods: methods.to_vec(), authenticated_at: 0, is_first };
    Some(Target { levels: vec![level], credit: Some(credit), is_wish: false })
}

fn whole() -> User {
    User { sealed_totp_seed: Some(Sealed::stored(vec![1])), has_passkey: true, ..with_addresses(user()) }
}

fn step(mfa: MfaMode, user: &User, progress: &Progress) -> Result<Step, NextRefused> {
    next(&with_every_factor(mfa), &client(&["ALLOW_USER_AUTH"]), user, progress, NOW)
}

#[test]
fn no_order_of_steps_completes_a_sign_in_below_its_level() {
    let all = [
        Done::Password,
        Done::EmailOtp,
        Done::SmsOtp,
        Done::WebAuthn,
        Done::NewPassword,
        Done::SoftwareToken,
        Done::EmailMfa,
        Done::SmsMfa,
        Done::Enrolment,
        Done::MfaSetup,
        Done::Device,
    ];
    let mut complete = 0;
    for mfa in [MfaMode::Off, MfaMode::Optional, MfaMode::On] {
        for user in [user(), whole(), wanting(whole(), &[(SecondFactor::Sms, true)])] {
            for level in Level::ALL {
                for one in all {
                    for two in all {
                        let progress = Progress { target: to(&[level]), ..by_choice(None, &[one, two]) };
                        if step(mfa, &user, &progress) == Ok(Step::Complete) {
                            complete += 1;
                            assert!(Level::reached(&progress.methods()) >= Some(level), "{mfa:?} {level:?} {one:?} {two:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(complete > 0);
}

#[test]
fn a_level_opens_no_easier_way_than_the_user_chose() {
    let user = wanting(whole(), &[(SecondFactor::SoftwareToken, false)]);
    for level in [Level::Two, Level::Three, Level::Four] {
        for is_wish in [false, true] {
            let target = to(&[level]).map(|target| Target { is_wish, ..target });
            let progress = Progress { target, ..by_choice(None, &[Done::Password]) };
            assert_eq!(step(MfaMode::On, &user, &progress), Ok(Step::Ask(Challenge::SoftwareToken)), "{level:?}");
        }
    }
}

#[test]
fn a_level_asks_for_one_of_the_factors_that_reach_it() {
    use Challenge::{SelectMfa, SmsMfa, SoftwareToken};
    let mut unverified = with_addresses(user());
    unverified.attributes.retain(|name, _| !name.ends_with("_verified"));
    let sms = wanting(whole(), &[(SecondFactor::Sms, true)]);
    let unreachable = || Err(NextRefused::Barred(Barred::LevelUnreachable));
    for (mfa, user, levels, done, expected) in [
        (MfaMode::Off, whole(), &[Level::Four][..], &[Done::Password][..], Ok(Step::Ask(SoftwareToken))),
        (MfaMode::Off, whole(), &[Level::Three], &[Done::Password], Ok(Step::Ask(SelectMfa))),
        (MfaMode::Off, whole(), &[Level::One], &[Done::Password], Ok(Step::Complete)),
        (MfaMode::Off, whole(), &[Level::Three], &[Done::WebAuthn], Ok(Step::Complete)),
        (MfaMode::Off, whole(), &[Level::Four], &[Done::WebAuthn], unreachable()),
        (MfaMode::Off, whole(), &[Level::Four, Level::Two], &[Done::EmailOtp], Ok(Step::Complete)),
        (MfaMode::Off, user(), &[Level::Four], &[Done::Password], unreachable()),
        (MfaMode::Off, user(), &[Level::Four, Level::One], &[Done::Password], Ok(Step::Complete)),
        // An address that nobody has verified may be a stranger's.
        (MfaMode::Off, unverified, &[Level::Three], &[Done::Password], unreachable()),
        // What is preferred serves where it is enough, and where it is not another does.
        (MfaMode::Optional, sms.clone(), &[Level::Three], &[Done::Password], Ok(Step::Ask(SmsMfa))),
        (MfaMode::Optional, sms.clone(), &[Level::Four], &[Done::Password], Ok(Step::Ask(SoftwareToken))),
        (MfaMode::Optional, sms, &[Level::One], &[Done::Password], Ok(Step::Ask(SmsMfa))),
        // What was set up in this very sign-in counts for no level.
        (MfaMode::On, whole(), &[Level::Four], &[Done::Password, Done::Enrolment, Done::MfaSetup], Ok(Step::Ask(SoftwareToken))),
    ] {
        let progress = Progress { target: to(levels), ..by_choice(None, done) };
        assert_eq!(step(mfa, &user, &progress), expected, "{mfa:?} {levels:?} {done:?} {:?}", user.mfa);
    }
}

#[test]
fn what_is_credited_stands_for_the_first_factor_only_where_a_password_was_shown() {
    use Challenge::{SelectFirst, SoftwareToken};
    for (methods, is_first, done, expected) in [
        (&[Method::Password][..], true, &[][..], Step::Ask(SoftwareToken)),
        (&[Method::Password], true, &[Done::SoftwareToken], Step::Complete),
        (&[Method::Password], false, &[], Step::Ask(SelectFirst)),
        (&[Method::Email], true, &[], Step::Ask(SelectFirst)),
        (&[], true, &[], Step::Ask(SelectFirst)),
        (&[Method::Email], false, &[Done::Password], Step::Ask(SoftwareToken)),
        (&[Method::Password, Method::Sms], true, &[], Step::Ask(SoftwareToken)),
    ] {
        let progress = Progress { target: credited(methods, is_first, Level::Four), ..by_choice(None, done) };
        assert_eq!(step(MfaMode::Optional, &whole(), &progress), Ok(expected), "{methods:?} {is_first} {done:?}");
    }
}
