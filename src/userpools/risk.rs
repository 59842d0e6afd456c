//! What a pool, or one client of it, does about risk: addresses that are always let in or never, passwords that are known to
//! others, accounts that somebody may have taken over.

pub mod notify;

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::pool::{AdvancedSecurityMode, CustomAuthMode, MessagingRefused, PoolConfiguration};
use super::takeover::Level;
use notify::NotifyConfiguration;

/// RiskConfiguration, without what names whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RiskConfiguration {
    /// About passwords that are known to others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compromised_credentials_risk_configuration: Option<CompromisedCredentials>,
    /// About accounts that somebody may have taken over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_takeover_risk_configuration: Option<AccountTakeover>,
    /// About addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_exception_configuration: Option<RiskException>,
}

/// CompromisedCredentialsRiskConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CompromisedCredentials {
    /// When it is looked for; nothing said is always.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_filter: Vec<CredentialsEvent>,
    /// What is done.
    pub actions: CompromisedCredentialsActions,
}

/// When a password is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CredentialsEvent {
    /// At a sign-in.
    SignIn,
    /// At a change.
    PasswordChange,
    /// At a sign-up.
    SignUp,
}

/// CompromisedCredentialsActions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CompromisedCredentialsActions {
    /// What is done.
    pub event_action: CompromisedCredentialsAction,
}

/// What is done about a password that others know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CompromisedCredentialsAction {
    /// It is refused.
    Block,
    /// Nothing.
    #[default]
    NoAction,
}

/// AccountTakeoverRiskConfiguration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountTakeover {
    /// The messages that tell users of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_configuration: Option<NotifyConfiguration>,
    /// What is done.
    pub actions: AccountTakeoverActions,
}

/// AccountTakeoverActions: one a level of risk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountTakeoverActions {
    /// At low risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_action: Option<AccountTakeoverAction>,
    /// At medium risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium_action: Option<AccountTakeoverAction>,
    /// At high risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high_action: Option<AccountTakeoverAction>,
}

/// AccountTakeoverAction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountTakeoverAction {
    /// Whether the user is told.
    pub notify: bool,
    /// What is done.
    pub event_action: AccountTakeoverEventAction,
}

/// What is done about an account that somebody may have taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccountTakeoverEventAction {
    /// The sign-in is refused.
    Block,
    /// A second factor is asked of those who have one.
    MfaIfConfigured,
    /// A second factor is asked; who has none is refused.
    MfaRequired,
    /// Nothing.
    NoAction,
}

/// RiskExceptionConfiguration: ranges of addresses, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RiskException {
    /// Nobody signs in from here.
    #[serde(rename = "BlockedIPRangeList", skip_serializing_if = "Vec::is_empty")]
    pub blocked_ip_range_list: Vec<String>,
    /// Risk is not looked for here.
    #[serde(rename = "SkippedIPRangeList", skip_serializing_if = "Vec::is_empty")]
    pub skipped_ip_range_list: Vec<String>,
}

/// Why a risk configuration is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RiskRefused {
    /// Not a range of addresses.
    #[error("Invalid IP range: {0}. Ranges must be in CIDR notation.")]
    NotARange(String),
    /// Always and never at once.
    #[error("The IP range {0} cannot be both blocked and skipped.")]
    BothLists(String),
    /// Users are to be told, and nothing says how.
    #[error("NotifyConfiguration is required when Notify is true.")]
    NothingToSay,
    /// Messages would come from whom they cannot come from.
    #[error(transparent)]
    Sender(#[from] MessagingRefused),
    /// Answers would go to what is no address.
    #[error("Invalid email address in ReplyTo.")]
    BadReplyTo,
}

/// What a pool's risk configurations say of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// Nobody signs in from there.
    Blocked,
    /// Risk is not looked for.
    Skipped,
    /// Nothing in particular.
    Ordinary,
}

impl RiskConfiguration {
    /// Whether it sets anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be set.
    ///
    /// # Errors
    /// [`RiskRefused`].
    pub fn check(&self) -> Result<(), RiskRefused> {
        if let Some(exception) = &self.risk_exception_configuration {
            let blocked = ranges(&exception.blocked_ip_range_list)?;
            let skipped = ranges(&exception.skipped_ip_range_list)?;
            if let Some(both) = blocked.iter().find(|range| skipped.contains(range)) {
                return Err(RiskRefused::BothLists(both.to_string()));
            }
        }
        let Some(takeover) = &self.account_takeover_risk_configuration else { return Ok(()) };
        let AccountTakeoverActions { low_action, medium_action, high_action } = takeover.actions;
        let tells = [low_action, medium_action, high_action].into_iter().flatten().any(|action| action.notify);
        match &takeover.notify_configuration {
            None if tells => Err(RiskRefused::NothingToSay),
            None => Ok(()),
            Some(notify) => notify.check(),
        }
    }

    /// What it says of an address.
    ///
    /// SECURITY: an address on both lists, by ranges of which one lies in the other, is blocked: "always blocks" (API reference,
    /// RiskExceptionConfigurationType) has no exception.
    #[must_use]
    pub fn of_address(&self, address: IpAddr) -> Address {
        let Some(exception) = &self.risk_exception_configuration else { return Address::Ordinary };
        let address = address.to_canonical();
        let is_in = |list: &[String]| list.iter().filter_map(|range| range_of(range)).any(|range| range.contains(&address));
        if is_in(&exception.blocked_ip_range_list) {
            Address::Blocked
        } else if is_in(&exception.skipped_ip_range_list) {
            Address::Skipped
        } else {
            Address::Ordinary
        }
    }

    /// What is done at a level of risk, if anything is set: for it, or else for the next lower one.
    ///
    /// SECURITY: wrong answers raise the level, so whoever is barred at one does not get in by them at the next.
    #[must_use]
    pub fn at_level(&self, level: Level) -> Option<AccountTakeoverAction> {
        let actions = self.account_takeover_risk_configuration.as_ref()?.actions;
        match level {
            Level::Low => actions.low_action,
            Level::Medium => actions.medium_action.or(actions.low_action),
            Level::High => actions.high_action.or(actions.medium_action).or(actions.low_action),
        }
    }

    /// Whether passwords that others know are looked for at this event.
    #[must_use]
    pub fn looks_for_compromised(&self, event: CredentialsEvent) -> bool {
        let configuration = self.compromised_credentials_risk_configuration.as_ref();
        configuration.is_some_and(|configuration| configuration.event_filter.is_empty() || configuration.event_filter.contains(&event))
    }

    /// Whether a password that others know is refused at this event.
    #[must_use]
    pub fn blocks_compromised(&self, event: CredentialsEvent) -> bool {
        let configuration = self.compromised_credentials_risk_configuration.as_ref();
        let blocks = configuration.is_some_and(|set| set.actions.event_action == CompromisedCredentialsAction::Block);
        blocks && self.looks_for_compromised(event)
    }
}

/// What a pool does with the risk that it is set to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// It does not look for it.
    Off,
    /// It notes it, and does nothing.
    Watches,
    /// It does what is set.
    Acts,
}

/// What a pool does with the risk of a sign-in, by the functions of the pool or by what is the pool's own.
///
/// SECURITY: a pool that was set to act on risk and never spoke of threat protection acts ([`is_heeded`] says why).
///
/// Source: Amazon Cognito API reference, UserPoolAddOnsType.
#[must_use]
pub fn protection(pool: &PoolConfiguration, is_custom: bool) -> Protection {
    match pool.user_pool_add_ons {
        None => Protection::Acts,
        Some(add_ons) if is_custom => match add_ons.advanced_security_additional_flows.and_then(|flows| flows.custom_auth_mode) {
            None => Protection::Off,
            Some(CustomAuthMode::Audit) => Protection::Watches,
            Some(CustomAuthMode::Enforced) => Protection::Acts,
        },
        Some(add_ons) => match add_ons.advanced_security_mode {
            AdvancedSecurityMode::Off => Protection::Off,
            AdvancedSecurityMode::Audit => Protection::Watches,
            AdvancedSecurityMode::Enforced => Protection::Acts,
        },
    }
}

/// Whether a pool heeds its risk configurations: unless threat protection was turned off in so many words.
///
/// SECURITY: a list of addresses that was set and is not heeded lets in those whom it is to keep out. So a pool that never
/// spoke of threat protection heeds it, and so does one that looks on only: the list "always blocks".
#[must_use]
pub fn is_heeded(pool: &PoolConfiguration) -> bool {
    pool.user_pool_add_ons.is_none_or(|add_ons| add_ons.advanced_security_mode != AdvancedSecurityMode::Off)
}

fn ranges(list: &[String]) -> Result<Vec<IpNet>, RiskRefused> {
    list.iter().map(|text| range_of(text).ok_or_else(|| RiskRefused::NotARange(text.clone()))).collect()
}

/// A range in CIDR notation, without the bits that its length leaves out. An IPv4 range written as IPv6 is the IPv4 range.
fn range_of(text: &str) -> Option<IpNet> {
    let range: IpNet = text.trim().parse().ok()?;
    let range = match range {
        IpNet::V6(range) if range.prefix_len() >= 96 => match range.addr().to_canonical() {
            IpAddr::V4(address) => IpNet::new(address.into(), range.prefix_len() - 96).ok()?,
            IpAddr::V6(_) => IpNet::V6(range),
        },
        other => other,
    };
    Some(range.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(blocked: &[&str], skipped: &[&str]) -> RiskConfiguration {
        let texts = |list: &[&str]| list.iter().map(|range| (*range).to_owned()).collect();
        let exception = RiskException { blocked_ip_range_list: texts(blocked), skipped_ip_range_list: texts(skipped) };
        RiskConfiguration { risk_exception_configuration: Some(exception), ..RiskConfiguration::default() }
    }

    #[test]
    fn an_address_is_what_the_lists_say_in_whatever_way_it_is_written() {
        let configuration = lists(&["203.0.113.0/24", "2001:db8::/32", "::ffff:192.0.2.0/120"], &["203.0.113.9/32", "198.51.100.7/24"]);
        assert_eq!(configuration.check(), Ok(()));
        for (address, expected) in [
            ("203.0.113.1", Address::Blocked),
            ("::ffff:203.0.113.1", Address::Blocked),
            ("192.0.2.200", Address::Blocked),
            ("2001:db8:1::1", Address::Blocked),
            ("203.0.113.9", Address::Blocked),
            ("198.51.100.200", Address::Skipped),
            ("203.0.114.1", Address::Ordinary),
            ("2001:db9::1", Address::Ordinary),
        ] {
            assert_eq!(configuration.of_address(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn what_is_no_range_and_what_is_on_both_lists_is_refused() {
        for range in ["", "203.0.113.1", "203.0.113.0/33", "nonsense", "203.0.113.0-9", "2001:db8::/129"] {
            assert_eq!(lists(&[range], &[]).check(), Err(RiskRefused::NotARange(range.to_owned())), "{range}");
            assert_eq!(lists(&[], &[range]).check(), Err(RiskRefused::NotARange(range.to_owned())), "{range}");
        }
        assert!(matches!(lists(&["203.0.113.0/24"], &["203.0.113.9/24"]).check(), Err(RiskRefused::BothLists(_))));
    }

    #[test]
    fn known_passwords_are_blocked_at_the_events_that_are_named_or_at_all() {
        let configuration = |event_filter: Vec<CredentialsEvent>, event_action| {
            let credentials = CompromisedCredentials { event_filter, actions: CompromisedCredentialsActions { event_action } };
            RiskConfiguration { compromised_credentials_risk_configuration: Some(credentials), ..RiskConfiguration::default() }
        };
        use CompromisedCredentialsAction::{Block, NoAction};
        assert!(configuration(vec![], Block).blocks_compromised(CredentialsEvent::SignUp));
        assert!(!configuration(vec![CredentialsEvent::SignIn], Block).blocks_compromised(CredentialsEvent::SignUp));
        assert!(!configuration(vec![], NoAction).blocks_compromised(CredentialsEvent::SignUp));
        assert!(!RiskConfiguration::default().blocks_compromised(CredentialsEvent::SignIn));
    }
}
