//! What is done about a risk, and what users are told of it.

use super::*;
use crate::userpools::challenge::told::response;
use crate::userpools::risk::notify::Response;

fn risky(demand: Demand, flow: Flow, done: &[Done]) -> Progress {
    let risk = Assessment { demand, ..Assessment::NONE };
    Progress { flow, risk, ..progress(done) }
}

#[test]
fn a_user_is_told_what_was_done_for_the_risk_alone() {
    use Response::{Block, Mfa, NoAction};
    let temporary = |user: User| User { status: UserStatus::ForceChangePassword, ..user };
    let client = client(&["ALLOW_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH"]);
    for (name, mfa, user, demand, flow, done, expected) in [
        ("a wrong password", MfaMode::Optional, user(), Demand::Refusal, Flow::Password, &[][..], None),
        ("let pass", MfaMode::Optional, user(), Demand::Nothing, Flow::Password, &[Done::Password], Some(NoAction)),
        ("as always", MfaMode::Optional, with_token(true), Demand::Nothing, Flow::Password, &[Done::Password], Some(NoAction)),
        ("asked", MfaMode::Optional, with_token(false), Demand::MfaIfAble, Flow::Password, &[Done::Password], Some(Mfa)),
        ("none to ask for", MfaMode::Optional, user(), Demand::MfaIfAble, Flow::Password, &[Done::Password], Some(NoAction)),
        ("none to show", MfaMode::Optional, user(), Demand::Mfa, Flow::Password, &[Done::Password], Some(Block)),
        ("refused", MfaMode::Optional, user(), Demand::Refusal, Flow::Password, &[Done::Password], Some(Block)),
        (
            "asked after another password",
            MfaMode::Optional,
            temporary(with_token(true)),
            Demand::Mfa,
            Flow::Password,
            &[Done::Password],
            Some(Mfa),
        ),
        ("another password", MfaMode::Optional, temporary(user()), Demand::Nothing, Flow::Password, &[Done::Password], Some(NoAction)),
        ("asked after functions", MfaMode::Optional, with_token(true), Demand::Mfa, Flow::CustomSrp, &[Done::Password], Some(Mfa)),
        ("refused after functions", MfaMode::Optional, user(), Demand::Mfa, Flow::CustomSrp, &[Done::Password], Some(Block)),
        ("set up", MfaMode::On, user(), Demand::MfaIfAble, Flow::Password, &[Done::Password], Some(NoAction)),
        ("disabled", MfaMode::Optional, User { enabled: false, ..user() }, Demand::Nothing, Flow::Password, &[Done::Password], Some(Block)),
    ] {
        let (pool, progress) = (pool(mfa), risky(demand, flow, done));
        let step = next(&pool, &client, &user, &progress, NOW);
        assert_eq!(response(&pool, &user, &progress, step), expected, "{name}: {step:?}");
    }
    let (pool, progress) = (pool(MfaMode::Optional), risky(Demand::Nothing, Flow::Password, &[Done::Password]));
    assert_eq!(response(&pool, &user(), &progress, Err(NextRefused::Stale)), None);
}
