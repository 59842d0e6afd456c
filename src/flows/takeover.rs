//! The risk of a sign-in, judged once, when its first factor is proven.

pub(super) mod notice;

use super::entrance::Entrance;
use super::failed::Failed;
use super::risk;
use super::whence::Whence;
use crate::audit::auth_events::{EventRisk, RiskDecision, RiskLevel};
use crate::crypto::password::Password;
use crate::kit::id::UserId;
use crate::kit::secret::Secret;
use crate::store::auth_events::{self, Listed};
use crate::store::devices;
use crate::userpools::challenge::{Flow, Progress};
use crate::userpools::common_passwords::is_common;
use crate::userpools::risk::{Address, CredentialsEvent, Protection, RiskConfiguration, protection};
use crate::userpools::takeover::{Assessment, Demand, LOOKED_AT, Level, Past, Present, Said, Telling, rate};

/// What is known of a password that a sign-in shows, before it is known whether it is right: the look is the same for all names.
/// Only what follows a right one goes by it.
///
/// Source: Amazon Cognito developer guide, "Working with compromised-credentials detection": passwords are looked at where they
/// are sent, which SRP does not.
///
/// # Errors
/// Our own failures only.
pub(super) async fn of_password(entrance: &Entrance<'_>, flow: Flow, password: &Secret) -> Result<Assessment, Failed> {
    let judged = |configuration: &RiskConfiguration, acts: bool| {
        let looks = configuration.looks_for_compromised(CredentialsEvent::SignIn);
        // A password that is too long is none that anybody knows.
        let known_password = looks && Password::of(password).is_ok_and(|password| is_common(&password));
        let must_reset = known_password && acts && configuration.blocks_compromised(CredentialsEvent::SignIn);
        Assessment { known_password, must_reset, ..Assessment::NONE }
    };
    with_configuration(entrance, flow, judged).await.map(Option::unwrap_or_default)
}

/// The same, with how likely it is that somebody else acts in the user's name. Nothing of the user is read where nothing is set
/// about that.
///
/// # Errors
/// Our own failures only.
pub(super) async fn assess(entrance: &Entrance<'_>, user_id: &UserId, progress: &Progress) -> Result<Assessment, Failed> {
    let before = progress.risk.clone();
    let set = with_configuration(entrance, progress.flow, |configuration, acts| {
        configuration.account_takeover_risk_configuration.is_some().then(|| (configuration.clone(), acts))
    });
    let Some((configuration, acts)) = set.await?.flatten() else { return Ok(before) };
    let (app, pool_id, whence) = (entrance.app, &entrance.app_client.pool.id, entrance.whence);
    let (known, recent, device) = app
        .read(async |tx| {
            let known = auth_events::known(tx, pool_id, user_id, LOOKED_AT).await?;
            let recent = auth_events::list(tx, pool_id, user_id, None, LOOKED_AT).await?;
            let device = match progress.device.as_deref() {
                Some(key) => devices::find(tx, pool_id, user_id, key).await?,
                None => None,
            };
            Ok::<_, Failed>((known, recent, device))
        })
        .await?;
    let name = device_name(whence);
    let present = Present { at: app.now(), address: whence.address, device: name.as_deref(), is_tracked: device.is_some() };
    let past = |events: Vec<Listed>| events.into_iter().map(past).collect::<Vec<Past>>();
    let (level, reasons) = rate(present, &past(known), &past(recent));
    let action = level.and_then(|level| configuration.at_level(level)).filter(|_| acts);
    let demand = action.map_or(Demand::Nothing, |action| action.event_action.into());
    let telling = match before.telling {
        Telling::Done => Telling::Done,
        Telling::Nothing | Telling::Owed if action.is_some_and(|action| action.notify) => Telling::Owed,
        Telling::Nothing | Telling::Owed => Telling::Nothing,
    };
    Ok(Assessment { level, reasons, demand, telling, ..before })
}

/// The user's device, in people's words. What a backend calls itself says nothing of it.
fn device_name(whence: Whence<'_>) -> Option<String> {
    let is_users_own = whence.address == whence.origin.source_ip && whence.origin.user_agent.is_some();
    is_users_own.then(|| whence.device_type())
}

/// What a sign-in's client has set about risk, and whether it is to be done; `None` where the pool does not look for any, or not
/// at this address.
async fn with_configuration<T>(
    entrance: &Entrance<'_>,
    flow: Flow,
    judge: impl FnOnce(&RiskConfiguration, bool) -> T,
) -> Result<Option<T>, Failed> {
    let app_client = &entrance.app_client;
    let protection = protection(&app_client.pool.configuration, matches!(flow, Flow::Custom | Flow::CustomSrp));
    if protection == Protection::Off {
        return Ok(None);
    }
    let set = risk::of_pool(entrance.app, &app_client.pool.id).await?;
    let Some(configuration) = set.of_client(&app_client.client.id) else { return Ok(None) };
    let is_skipped = |address| configuration.of_address(address) == Address::Skipped;
    if entrance.whence.address.is_some_and(is_skipped) {
        return Ok(None);
    }
    Ok(Some(judge(configuration, protection == Protection::Acts)))
}

fn past(event: Listed) -> Past {
    Past {
        at: event.created_at,
        passed: match event.response.as_str() {
            "Pass" => Some(true),
            "Fail" => Some(false),
            _ => None,
        },
        address: event.details.ip_address.and_then(|address| address.parse().ok()),
        device: event.details.device_name,
        said: event.feedback.and_then(|feedback| match feedback.value.as_str() {
            "Valid" => Some(Said::Valid),
            "Invalid" => Some(Said::Invalid),
            _ => None,
        }),
    }
}

/// What is noted of an assessment; nothing where nothing was found. Whether it was refused for it, is known when it is.
///
/// Source: Amazon Cognito API reference, EventRiskType: the decision is "the action taken".
pub(super) fn noted(risk: &Assessment, is_blocked: bool) -> Option<EventRisk> {
    if *risk == Assessment::NONE {
        return None;
    }
    let decision = match risk.demand {
        _ if is_blocked => RiskDecision::Block,
        Demand::MfaIfAble | Demand::Mfa => RiskDecision::AccountTakeover,
        Demand::Nothing | Demand::Refusal => RiskDecision::NoRisk,
    };
    let level = risk.level.map(|level| match level {
        Level::Low => RiskLevel::Low,
        Level::Medium => RiskLevel::Medium,
        Level::High => RiskLevel::High,
    });
    let reasons = risk.reasons.iter().map(ToString::to_string).collect();
    Some(EventRisk { decision, level, compromised_credentials: risk.known_password, reasons })
}
