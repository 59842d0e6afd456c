//! The policy simulators' question and answer: what given policies decide, and what they rest on. Pure.
//!
//! Source: IAM API reference, SimulateCustomPolicy, EvaluationResult and ResourceSpecificResult.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::statement_place::{MarkedText, Place};
use crate::policy::{self, ContextMap, NamedPolicy, ParseError, Policies, Policy, PolicyKind, PolicySet, Principal, Request, Verdict};

/// A policy that a simulation goes by.
#[derive(Clone, Debug)]
pub struct Document {
    /// How the answer names it (`PolicyInputList.1`).
    pub id: String,
    /// Where it comes from.
    pub source: Source,
    /// Its text.
    pub text: String,
    /// A managed policy's ARN.
    pub arn: Option<String>,
}

/// Where a policy comes from, in the API's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A parameter.
    Input,
    /// A stored policy of a user.
    User,
    /// A stored policy of a group.
    Group,
    /// A stored policy of a role.
    Role,
    /// An attached policy of AWS.
    AwsManaged,
    /// An attached policy of the account.
    UserManaged,
    /// A resource policy: a parameter, or a role's trust policy.
    Resource,
}

impl Source {
    /// The API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "none",
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::AwsManaged => "aws-managed",
            Self::UserManaged => "user-managed",
            Self::Resource => "resource",
        }
    }
}

/// The policies of a simulation, as they are given.
#[derive(Debug, Default)]
pub struct Given {
    /// Of the simulated principal.
    pub identity: Vec<Document>,
    /// The boundary.
    pub boundary: Option<Document>,
    /// Of every simulated resource.
    pub resource: Option<Document>,
    /// Of the organization: levels from the root to the account.
    pub levels: Vec<Vec<Document>>,
}

/// A simulation, ready to answer.
#[derive(Debug)]
pub struct Simulation {
    principal: Principal,
    account: String,
    /// The account of the resources, where it was said.
    owner: Option<String>,
    context: ContextMap,
    identity: PolicySet,
    boundary: Option<PolicySet>,
    resource: Option<PolicySet>,
    levels: Vec<PolicySet>,
    trusts: BTreeMap<String, PolicySet>,
    /// What leaves the decision to the identity policies, where a service asks for a resource policy and none is known.
    stand_in: PolicySet,
    /// An identity policy that leaves the decision to the resource policy.
    everything: PolicySet,
    documents: HashMap<String, Known>,
    /// Keys that the policies name and the context lacks.
    missing: Vec<String>,
}

#[derive(Debug)]
struct Known {
    source: Source,
    text: MarkedText,
}

/// What a simulation says of an action on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The resource.
    pub resource: String,
    /// The decision.
    pub verdict: Verdict,
    /// The statements that it rests on.
    pub matched: Vec<Matched>,
    /// Context keys that the policies name and the question lacks, sorted.
    pub missing: Vec<String>,
    /// Whether the boundary allows it, if there is one.
    pub by_boundary: Option<bool>,
    /// Whether the organization allows it, if there is one.
    pub by_organizations: Option<bool>,
    /// Across accounts: what each side's policies decide.
    pub sides: Option<[(&'static str, Verdict); 2]>,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The policy.
    pub id: String,
    /// Where it comes from.
    pub source: Source,
    /// Where its text begins.
    pub start: Place,
    /// Where its text ends.
    pub end: Place,
}

impl Simulation {
    /// Compiles the policies. `account` is the principal's.
    ///
    /// # Errors
    /// [`ParseError`] of the first policy that is none.
    pub fn new(principal: Principal, account: &str, given: Given, owner: Option<String>, context: ContextMap) -> Result<Self, ParseError> {
        let mut documents = HashMap::new();
        let mut compile = |list: Vec<Document>, kind| compile(list, kind, &mut documents);
        let identity = compile(given.identity, Some(PolicyKind::Identity))?;
        let boundary = given.boundary.map(|document| compile(vec![document], Some(PolicyKind::Identity))).transpose()?;
        let resource = given.resource.map(|document| compile(vec![document], Some(PolicyKind::Resource))).transpose()?;
        let levels = given.levels.into_iter().map(|level| compile(level, None)).collect::<Result<_, _>>()?;
        let stand_in = unnamed(&format!(r#""Principal":{{"AWS":"{account}"}},"#))?;
        let everything = unnamed("")?;
        let sets = [Some(&identity), boundary.as_ref(), resource.as_ref()].into_iter().flatten().chain(&levels);
        let missing = missing(&context, sets.flat_map(PolicySet::policies));
        let (account, trusts) = (account.to_owned(), BTreeMap::new());
        Ok(Self {
            principal,
            account,
            owner,
            context,
            identity,
            boundary,
            resource,
            levels,
            trusts,
            stand_in,
            everything,
            documents,
            missing,
        })
    }

    /// Has a role judged by its trust policy too.
    ///
    /// # Errors
    /// [`ParseError`].
    pub fn trust(&mut self, role_arn: String, document: Document) -> Result<(), ParseError> {
        let set = compile(vec![document], Some(PolicyKind::Trust), &mut self.documents)?;
        self.trusts.insert(role_arn, set);
        Ok(())
    }

    /// Judges an action on a resource.
    #[must_use]
    pub fn judge(&self, action: &str, resource: &str) -> Outcome {
        let (trust, owner, all) = self.policies(action, resource);
        let crosses = owner != self.account;
        let request = self.ask(action, resource, Some(owner));
        let decision = policy::decide(&request, &all);
        let by_organizations = (!self.levels.is_empty()).then(|| self.levels.iter().all(|level| self.allows(level, action, resource)));
        let ended = by_organizations == Some(false);
        let sides = (crosses && !ended).then(|| {
            let of_resource = Policies { identity: Some(&self.everything), permissions_boundary: None, service_control: &[], ..all };
            let within = self.ask(action, resource, None);
            let of_identity = Policies { resource: Some(&self.stand_in), ..all };
            [
                ("IAM Policy", policy::judge(&within, &of_identity).verdict),
                ("Resource Policy", policy::judge(&request, &of_resource).verdict),
            ]
        });
        Outcome {
            resource: resource.to_owned(),
            verdict: decision.verdict,
            matched: decision.statements.iter().filter_map(|statement| self.matched(statement)).collect(),
            missing: self.missing(trust.filter(|_| self.resource.is_none())),
            by_boundary: self.boundary.as_ref().map(|boundary| self.allows(boundary, action, resource)),
            by_organizations,
            sides,
        }
    }

    /// What [`Self::judge`] costs: the policies are asked for the decision, for what it rests on, and for each limit and side.
    #[must_use]
    pub fn weight(&self, action: &str, resource: &str) -> usize {
        const PASSES: usize = 5;
        let (_, owner, all) = self.policies(action, resource);
        policy::weight(&self.ask(action, resource, Some(owner)), &all).saturating_mul(PASSES)
    }

    /// The policies that decide on an action on a resource, the role's trust policy if it is one of them, and whose the
    /// resource is.
    fn policies<'a>(&'a self, action: &str, resource: &'a str) -> (Option<&'a PolicySet>, &'a str, Policies<'a>) {
        let trust = if assumes_role(action) { self.trusts.get(resource) } else { None };
        let given = self.resource.as_ref().or(trust);
        let owner = self.owner_of(resource, given.is_some());
        let all = Policies {
            identity: Some(&self.identity),
            resource: given.or(if owner == self.account { Some(&self.stand_in) } else { None }),
            permissions_boundary: self.boundary.as_ref(),
            service_control: &self.levels,
            ..Policies::default()
        };
        (trust, owner, all)
    }

    const fn ask<'a>(&'a self, action: &'a str, resource: &'a str, resource_account: Option<&'a str>) -> Request<'a> {
        Request { principal: &self.principal, action, resource, resource_account, wildcard_only_action: false, context: &self.context }
    }

    /// Who owns a resource: its ARN says, or else the question. Without a resource policy or an owner in the question, a
    /// resource is judged by the identity policies alone, whoever's it is.
    fn owner_of<'a>(&'a self, resource: &'a str, has_policy: bool) -> &'a str {
        if self.owner.is_none() && !has_policy {
            return &self.account;
        }
        let in_arn = resource.split(':').nth(4).filter(|account| policy::is_account(account));
        in_arn.or(self.owner.as_deref()).unwrap_or(&self.account)
    }

    /// Whether a set of policies allows it, taken alone.
    fn allows(&self, set: &PolicySet, action: &str, resource: &str) -> bool {
        let alone = Policies { identity: Some(set), resource: Some(&self.stand_in), ..Policies::default() };
        policy::judge(&self.ask(action, resource, None), &alone).verdict == Verdict::Allowed
    }

    fn matched(&self, statement: &policy::MatchedStatement) -> Option<Matched> {
        let known = self.documents.get(&statement.policy)?;
        let (start, end) = known.text.statement(statement.start, statement.end);
        Some(Matched { id: statement.policy.clone(), source: known.source, start, end })
    }

    fn missing(&self, trust: Option<&PolicySet>) -> Vec<String> {
        let Some(trust) = trust else { return self.missing.clone() };
        let mut all = self.missing.clone();
        all.extend(missing(&self.context, trust.policies().iter()));
        all.sort_by_key(|key| key.to_ascii_lowercase());
        all.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
        all
    }
}

/// Whether an action is a call that a role's trust policy decides on.
#[must_use]
pub fn assumes_role(action: &str) -> bool {
    let call = "sts:AssumeRole";
    action.get(..call.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(call))
}

/// The context keys that policies name: each once, regardless of case, sorted.
pub fn context_keys<'a>(policies: impl Iterator<Item = &'a Policy>) -> Vec<String> {
    let mut keys = BTreeMap::new();
    for key in policies.flat_map(Policy::context_keys) {
        keys.entry(key.to_ascii_lowercase()).or_insert(key);
    }
    keys.into_values().map(str::to_owned).collect()
}

/// A policy that allows everything, for no answer to tell of.
fn unnamed(principal: &str) -> Result<PolicySet, ParseError> {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{principal}"Action":"*","Resource":"*"}}}}"#);
    Ok(PolicySet::new(vec![NamedPolicy { name: String::new(), policy: Arc::new(policy::parse(&text)?) }]))
}

fn missing<'a>(context: &ContextMap, policies: impl Iterator<Item = &'a NamedPolicy>) -> Vec<String> {
    let named = context_keys(policies.map(|named| named.policy.as_ref()));
    named.into_iter().filter(|key| !context.contains(key)).collect()
}

/// The decision on several resources together, and the one that it rests on: what one denies is denied.
#[must_use]
pub fn together(outcomes: &[Outcome]) -> Option<&Outcome> {
    let first = |verdict| outcomes.iter().find(|outcome| outcome.verdict == verdict);
    first(Verdict::ExplicitDeny).or_else(|| first(Verdict::ImplicitDeny)).or_else(|| outcomes.first())
}

fn compile(list: Vec<Document>, kind: Option<PolicyKind>, documents: &mut HashMap<String, Known>) -> Result<PolicySet, ParseError> {
    let mut named = Vec::with_capacity(list.len());
    for Document { id, source, text, .. } in list {
        let policy = match kind {
            Some(kind) => policy::parse_as(&text, kind)?,
            None => policy::parse(&text)?,
        };
        named.push(NamedPolicy { name: id.clone(), policy: Arc::new(policy) });
        documents.insert(id, Known { source, text: MarkedText::new(text) });
    }
    Ok(PolicySet::new(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "000000000000";
    const OTHER: &str = "111111111111";

    fn input(text: &str) -> Document {
        Document { id: "PolicyInputList.1".to_owned(), source: Source::Input, text: text.to_owned(), arn: None }
    }

    fn statement(effect: &str, more: &str) -> String {
        format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}",{more}}}}}"#)
    }

    fn allow(action: &str) -> String {
        statement("Allow", &format!(r#""Action":"{action}","Resource":"*""#))
    }

    fn simulation(given: Given, owner: Option<&str>) -> Simulation {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/alice");
        let principal = Principal::User { account: ACCOUNT.to_owned(), arn, id: String::new() };
        Simulation::new(principal, ACCOUNT, given, owner.map(str::to_owned), ContextMap::new()).unwrap()
    }

    #[test]
    fn a_role_needs_its_trust_and_a_key_its_policy_only_where_they_are_known() {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/r");
        let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/k");
        let mut all = simulation(Given { identity: vec![input(&allow("*"))], ..Given::default() }, None);
        assert_eq!(all.judge("sts:AssumeRole", &role).verdict, Verdict::Allowed);
        assert_eq!(all.judge("kms:Decrypt", &key).verdict, Verdict::Allowed);
        let trust = statement("Allow", r#""Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},"Action":"sts:AssumeRole""#);
        all.trust(role.clone(), Document { id: role.clone(), source: Source::Resource, text: trust, arn: None }).unwrap();
        assert_eq!(all.judge("sts:AssumeRole", &role).verdict, Verdict::ImplicitDeny);
        assert_eq!(all.judge("sts:TagSession", &role).verdict, Verdict::Allowed);
        let none = simulation(Given { identity: vec![input(&allow("s3:*"))], ..Given::default() }, None);
        assert_eq!(none.judge("sts:AssumeRole", &role).verdict, Verdict::ImplicitDeny);
        assert_eq!(none.judge("kms:Decrypt", &key).verdict, Verdict::ImplicitDeny);
    }

    #[test]
    fn what_stands_in_for_a_resource_policy_is_never_told() {
        let found = simulation(Given { identity: vec![input(&allow("*"))], ..Given::default() }, None).judge("kms:Decrypt", "*");
        assert_eq!(found.matched.iter().map(|matched| matched.id.as_str()).collect::<Vec<_>>(), ["PolicyInputList.1"]);
    }

    #[test]
    fn across_accounts_both_sides_must_allow_and_are_told() {
        let resource =
            |text: &str| Some(Document { id: "ResourcePolicy".to_owned(), source: Source::Resource, text: text.to_owned(), arn: None });
        let everyone = statement("Allow", r#""Principal":"*","Action":"notes:*","Resource":"*""#);
        let delegating = statement("Allow", r#""Principal":{"AWS":"000000000000"},"Action":"notes:*","Resource":"*""#);
        let denying = statement("Deny", r#""Principal":"*","Action":"notes:*","Resource":"*""#);
        for (identity, resource, expected) in [
            (allow("notes:*"), resource(&everyone), (Verdict::Allowed, Verdict::Allowed, Verdict::Allowed)),
            (allow("books:*"), resource(&everyone), (Verdict::ImplicitDeny, Verdict::ImplicitDeny, Verdict::Allowed)),
            (allow("books:*"), resource(&delegating), (Verdict::ImplicitDeny, Verdict::ImplicitDeny, Verdict::Allowed)),
            (allow("notes:*"), resource(&delegating), (Verdict::Allowed, Verdict::Allowed, Verdict::Allowed)),
            (allow("notes:*"), resource(&denying), (Verdict::ExplicitDeny, Verdict::Allowed, Verdict::ExplicitDeny)),
            (allow("notes:*"), None, (Verdict::ImplicitDeny, Verdict::Allowed, Verdict::ImplicitDeny)),
        ] {
            let given = Given { identity: vec![input(&identity)], resource, ..Given::default() };
            let found = simulation(given, Some(OTHER)).judge("notes:Read", "arn:aws:notes:::1");
            let [(_, by_identity), (_, by_resource)] = found.sides.unwrap();
            assert_eq!((found.verdict, by_identity, by_resource), expected);
        }
    }

    #[test]
    fn the_decision_on_several_resources_is_the_strictest() {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":["arn:aws:a:::1","arn:aws:a:::2"]}},{}]}}"#,
            r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:a:::2"}"#
        );
        let simulation = simulation(Given { identity: vec![input(&text)], ..Given::default() }, None);
        let outcomes: Vec<Outcome> = ["1", "3", "2"].iter().map(|id| simulation.judge("a:b", &format!("arn:aws:a:::{id}"))).collect();
        let decided = |outcomes: &[Outcome]| together(outcomes).map(|outcome| (outcome.resource.clone(), outcome.verdict));
        assert_eq!(decided(&outcomes), Some(("arn:aws:a:::2".to_owned(), Verdict::ExplicitDeny)));
        assert_eq!(decided(&outcomes[..2]), Some(("arn:aws:a:::3".to_owned(), Verdict::ImplicitDeny)));
        assert_eq!(decided(&outcomes[..1]), Some(("arn:aws:a:::1".to_owned(), Verdict::Allowed)));
        assert_eq!(decided(&[]), None);
    }
}
