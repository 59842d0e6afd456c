//! What an assertion says, once it is known to be the provider's: for whom, for how long, and of whom (Profiles §4.1.4).

use std::collections::BTreeMap;

use super::document::Node;
use super::instant::{SKEW, begun, instant, not_over};
use super::names::{ASSERTION, BEARER, VERSION};
use super::party::IdentityProvider;
use super::refused::SamlRefused;
use super::signature::is_name;
use crate::kit::clock::Timestamp;

/// What a provider says of a person whom it has authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// Its ID, one of its own among all assertions of the provider.
    pub id: String,
    /// Until when a second assertion of this ID is a replay. Afterwards it has expired.
    pub remember_until: Timestamp,
    /// When the first thing ends that it says ends, to the letter: no clock's difference is added.
    pub valid_until: Timestamp,
    /// Who the person is.
    pub name_id: NameId,
    /// Attributes by name, with their values in order. Names without values are among them.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When the provider authenticated the person: for who asked it to do so anew.
    pub authenticated_at: Timestamp,
    /// The session at the provider, to be ended by its name.
    pub session_index: Option<String>,
    /// When the provider wants the session to end.
    pub session_until: Option<Timestamp>,
}

/// The name of a person, as sign-out repeats it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameId {
    /// The name: exact, white space and all.
    pub value: String,
    /// What kind of name it is.
    pub format: Option<String>,
    /// In whose realm it is one.
    pub name_qualifier: Option<String>,
    /// For whom it is one.
    pub sp_name_qualifier: Option<String>,
}

/// What an assertion has to be meant for.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// For whom: the pool's entityID.
    pub entity_id: &'a str,
    /// Where a bearer may bring it: one of these.
    pub recipients: &'a [&'a str],
    /// What it answers. `None`: nothing.
    pub in_response_to: Option<&'a str>,
    /// When.
    pub now: Timestamp,
}

/// Reads an assertion that is signed, alone or in its response.
pub(super) fn read(assertion: Node<'_>, provider: &IdentityProvider, terms: &Terms<'_>) -> Result<Assertion, SamlRefused> {
    let now = terms.now;
    if assertion.attribute("Version") != Some(VERSION) {
        return Err(SamlRefused::Form("Version"));
    }
    let id = assertion.attribute("ID").filter(|id| is_name(id)).ok_or(SamlRefused::Form("ID"))?;
    begun(instant(assertion.attribute("IssueInstant").unwrap_or_default())?, now)?;
    if assertion.one(ASSERTION, "Issuer")?.text("Issuer")?.trim() != provider.entity_id {
        return Err(SamlRefused::Issuer);
    }
    let meant_until = check_conditions(assertion.one(ASSERTION, "Conditions")?, terms)?;
    let subject = assertion.one(ASSERTION, "Subject")?;
    let confirmed_until = confirmed_until(subject, terms)?;
    let (authenticated_at, session_index, session_until) = session(assertion, now)?;
    Ok(Assertion {
        id: id.to_owned(),
        remember_until: confirmed_until.plus(SKEW),
        valid_until: [meant_until, session_until].into_iter().flatten().fold(confirmed_until, Timestamp::min),
        name_id: name_id(subject)?,
        attributes: attributes(assertion)?,
        authenticated_at,
        session_index,
        session_until,
    })
}

/// For when and whom it is (Core §2.5), and until when. A condition that is not known makes an assertion worth nothing (§2.5.1.1).
fn check_conditions(conditions: Node<'_>, terms: &Terms<'_>) -> Result<Option<Timestamp>, SamlRefused> {
    if let Some(from) = conditions.attribute("NotBefore") {
        begun(instant(from)?, terms.now)?;
    }
    let until = conditions.attribute("NotOnOrAfter").map(instant).transpose()?;
    if let Some(until) = until {
        not_over(until, terms.now)?;
    }
    let mut restrictions = 0;
    for condition in conditions.children() {
        if condition.is(ASSERTION, "AudienceRestriction") {
            restrictions += 1;
            let audiences = condition.all(ASSERTION, "Audience").map(|audience| audience.text("Audience"));
            let audiences = audiences.collect::<Result<Vec<_>, _>>()?;
            if !audiences.iter().any(|audience| audience.trim() == terms.entity_id) {
                return Err(SamlRefused::Audience);
            }
        } else if !condition.is(ASSERTION, "OneTimeUse") && !condition.is(ASSERTION, "ProxyRestriction") {
            return Err(SamlRefused::Condition);
        }
    }
    if restrictions == 0 { Err(SamlRefused::Audience) } else { Ok(until) }
}

/// Until when whoever brings it here is believed to be its subject: the latest of the confirmations that hold (Profiles §4.1.4.2).
fn confirmed_until(subject: Node<'_>, terms: &Terms<'_>) -> Result<Timestamp, SamlRefused> {
    let bearers = subject.all(ASSERTION, "SubjectConfirmation").filter(|confirmation| confirmation.attribute("Method") == Some(BEARER));
    let until: Vec<_> = bearers.map(|bearer| bearer_until(bearer, terms)).collect();
    let last = until.last().copied().unwrap_or(Err(SamlRefused::Confirmation));
    until.into_iter().flatten().max().map_or(last, Ok)
}

fn bearer_until(bearer: Node<'_>, terms: &Terms<'_>) -> Result<Timestamp, SamlRefused> {
    let data = bearer.optional(ASSERTION, "SubjectConfirmationData")?.ok_or(SamlRefused::Confirmation)?;
    if data.attribute("NotBefore").is_some() {
        return Err(SamlRefused::Confirmation);
    }
    if !data.attribute("Recipient").is_some_and(|recipient| terms.recipients.contains(&recipient)) {
        return Err(SamlRefused::Recipient);
    }
    if data.attribute("InResponseTo") != terms.in_response_to {
        return Err(SamlRefused::InResponseTo);
    }
    let until = instant(data.attribute("NotOnOrAfter").ok_or(SamlRefused::Confirmation)?)?;
    not_over(until, terms.now)?;
    Ok(until)
}

/// When the person was authenticated, and the session that began then.
fn session(assertion: Node<'_>, now: Timestamp) -> Result<(Timestamp, Option<String>, Option<Timestamp>), SamlRefused> {
    let mut first = None;
    for statement in assertion.all(ASSERTION, "AuthnStatement") {
        let authenticated_at = instant(statement.attribute("AuthnInstant").unwrap_or_default())?;
        begun(authenticated_at, now)?;
        let until = statement.attribute("SessionNotOnOrAfter").map(instant).transpose()?;
        if let Some(until) = until {
            not_over(until, now)?;
        }
        let index = statement.attribute("SessionIndex").map(str::to_owned);
        first.get_or_insert((authenticated_at, index, until));
    }
    first.ok_or(SamlRefused::NoAuthentication)
}

/// The name of whom a message is about.
pub(super) fn name_id(of: Node<'_>) -> Result<NameId, SamlRefused> {
    let name = of.optional(ASSERTION, "NameID")?.ok_or(SamlRefused::NoName)?;
    let value = name.text("NameID")?;
    if value.trim().is_empty() {
        return Err(SamlRefused::NoName);
    }
    let attribute = |of| name.attribute(of).map(str::to_owned);
    Ok(NameId {
        value,
        format: attribute("Format"),
        name_qualifier: attribute("NameQualifier"),
        sp_name_qualifier: attribute("SPNameQualifier"),
    })
}

fn attributes(assertion: Node<'_>) -> Result<BTreeMap<String, Vec<String>>, SamlRefused> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for attribute in assertion.all(ASSERTION, "AttributeStatement").flat_map(|statement| statement.all(ASSERTION, "Attribute")) {
        let name = attribute.attribute("Name").ok_or(SamlRefused::Form("Attribute"))?;
        let values = attribute.all(ASSERTION, "AttributeValue").map(Node::whole_text);
        found.entry(name.to_owned()).or_default().extend(values);
    }
    Ok(found)
}
