//! The reference evaluator: slow, without compilation or index, written from the rules and not from the engine, and judging the JSON itself.
//!
//! A case is JSON: `principal`, `action`, `resource`, `context`, `wildcard_only_action` and `policies`, named as `POST /v1/simulate` names them.

use serde_json::Value;

use crate::reference_conditions::all_hold;
use crate::reference_patterns::{covers_resource, glob_ignoring_case, has_variables, steps};

/// How a `Principal` element reaches the caller, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Nobody,
    /// Through the caller's account, which only delegates.
    Account,
    /// Through the caller's role.
    Role,
    /// Itself, or everyone.
    Caller,
}

/// Who asks.
struct Caller {
    kind: Kind,
    arn: String,
    account: String,
    id: String,
    role_arn: String,
    knows_role: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Anonymous,
    Root,
    User,
    Session,
    FederatedUser,
    Service,
    Federated,
}

/// `allowed`, `explicitDeny` or `implicitDeny`.
pub fn verdict(case: &Value) -> &'static str {
    let caller = caller(&case["principal"]);
    let policies = &case["policies"];
    let action = text(&case["action"]).to_ascii_lowercase();
    let resource = text(&case["resource"]["arn"]);

    // IAM answers who one is whatever the policies say.
    if action == "sts:getcalleridentity" && caller.kind != Kind::Anonymous {
        return "allowed";
    }

    let has_identity_side = matches!(caller.kind, Kind::User | Kind::Session | Kind::FederatedUser);
    let identity = if has_identity_side { set(&policies["identity"]) } else { vec![] };
    let boundary = if has_identity_side { set(&policies["permissions_boundaries"]) } else { vec![] };
    let session = if has_identity_side { set(&policies["session"]) } else { vec![] };
    let resource_policy = set(&policies["resource"]);
    let endpoint = set(&policies["vpc_endpoint"]);
    let service_control = if caller.has_account() && !caller.is_service_linked() { levels(&policies["service_control"]) } else { vec![] };
    let resource_control = if caller.is_service_linked() { vec![] } else { levels(&policies["resource_control"]) };

    let world = World { case, caller: &caller, has_boundary: !boundary.is_empty() };

    // 1. An explicit deny anywhere wins.
    let mut everything = vec![&identity, &boundary, &session, &resource_policy, &endpoint];
    everything.extend(&service_control);
    everything.extend(&resource_control);
    if everything.iter().any(|set| world.reach(set, "Deny") > Reach::Nobody) {
        return "explicitDeny";
    }
    let allows = |set: &Vec<&Value>| world.reach(set, "Allow") > Reach::Nobody;
    let verdict = |allowed: bool| if allowed { "allowed" } else { "implicitDeny" };

    // 2. What AWS manages can be read only.
    if is_managed_by_aws(&action, &resource) {
        return "implicitDeny";
    }

    // 3. Every level of the organization, and the endpoint, must allow.
    if !service_control.iter().all(allows) || !resource_control.iter().all(allows) || !(endpoint.is_empty() || allows(&endpoint)) {
        return "implicitDeny";
    }

    // 4. The two sides.
    let reach = world.reach(&resource_policy, "Allow");
    if !caller.has_account() {
        return verdict(reach > Reach::Nobody);
    }
    let is_key = action.starts_with("kms:") && resource.contains(":key/");
    let is_trust = (action.starts_with("sts:assumerole") || ["sts:tagsession", "sts:setsourceidentity"].contains(&action.as_str()))
        && resource.contains(":role/");
    let within_limits = (boundary.is_empty() || allows(&boundary)) && (session.is_empty() || allows(&session));
    let identity_side = caller.kind == Kind::Root || (allows(&identity) && within_limits);
    if resource_account(case, &caller) != caller.account {
        return verdict(identity_side && reach > Reach::Nobody);
    }
    verdict(match reach {
        Reach::Caller => true,
        Reach::Role => within_limits,
        Reach::Account => identity_side,
        Reach::Nobody => identity_side && !is_key && !is_trust,
    })
}

/// A request and its caller, before the policies.
struct World<'a> {
    case: &'a Value,
    caller: &'a Caller,
    has_boundary: bool,
}

impl World<'_> {
    /// How far the matching statements of this effect reach the caller, over all policies of a set.
    fn reach(&self, policies: &[&Value], effect: &str) -> Reach {
        let statements =
            policies.iter().flat_map(|policy| list(&policy["Statement"]).into_iter().map(move |statement| (policy, statement)));
        statements
            .filter(|(_, statement)| statement["Effect"] == effect)
            .filter(|(policy, statement)| self.matches(policy, statement))
            .map(|(_, statement)| self.principal(statement))
            .max()
            .unwrap_or(Reach::Nobody)
    }

    fn matches(&self, policy: &Value, statement: &Value) -> bool {
        let variables = has_variables(policy);
        self.action(statement)
            && self.resource(statement, variables)
            && all_hold(&statement["Condition"], &self.case["context"], variables, statement["Effect"] == "Deny")
    }

    fn action(&self, statement: &Value) -> bool {
        let action = text(&self.case["action"]);
        let one_of = |patterns: &Value| list(patterns).iter().any(|pattern| glob_ignoring_case(&text(pattern), &action));
        if statement["Action"].is_null() { !one_of(&statement["NotAction"]) } else { one_of(&statement["Action"]) }
    }

    fn resource(&self, statement: &Value, variables: bool) -> bool {
        let wildcard_only = self.case["wildcard_only_action"] == true;
        let resource = text(&self.case["resource"]["arn"]);
        let one_of = |patterns: &Value| {
            list(patterns).iter().any(|pattern| {
                let pattern = text(pattern);
                if wildcard_only { pattern == "*" } else { covers_resource(&pattern, &resource, &self.case["context"], variables) }
            })
        };
        match (&statement["Resource"], &statement["NotResource"]) {
            (Value::Null, Value::Null) => true,
            (Value::Null, excluded) => {
                let known = |pattern: &&Value| steps(&text(pattern), &self.case["context"], variables).is_some();
                let all_known = wildcard_only || list(excluded).iter().all(known);
                !one_of(excluded) && (all_known || statement["Effect"] == "Deny")
            }
            (included, _) => one_of(included),
        }
    }

    fn principal(&self, statement: &Value) -> Reach {
        match (&statement["Principal"], &statement["NotPrincipal"]) {
            // Policies of identities and organizations speak of whom they are attached to.
            (Value::Null, Value::Null) => Reach::Caller,
            (Value::Null, listed) if statement["Effect"] == "Allow" && self.is_named(listed) => Reach::Nobody,
            (Value::Null, spared) if statement["Effect"] == "Deny" && self.is_spared(spared) => Reach::Nobody,
            (Value::Null, _) => Reach::Caller,
            (principals, _) => {
                entries(principals).iter().map(|(kind, name)| self.caller.named_by(kind, name)).max().unwrap_or(Reach::Nobody)
            }
        }
    }

    /// Whether any entry reaches the caller.
    fn is_named(&self, listed: &Value) -> bool {
        entries(listed).iter().any(|(kind, name)| self.caller.named_by(kind, name) != Reach::Nobody)
    }

    /// Whether a `NotPrincipal` lists all that the caller is: a user or session is also its account, and a session its role.
    fn is_spared(&self, listed: &Value) -> bool {
        let reaches: Vec<Reach> = entries(listed).iter().map(|(kind, name)| self.caller.named_by(kind, name)).collect();
        let has = |reach| reaches.contains(&reach);
        match self.caller.kind {
            Kind::User | Kind::FederatedUser => !self.has_boundary && has(Reach::Caller) && has(Reach::Account),
            Kind::Session => !self.has_boundary && has(Reach::Caller) && has(Reach::Role) && has(Reach::Account),
            Kind::Anonymous | Kind::Root | Kind::Service | Kind::Federated => has(Reach::Caller),
        }
    }
}

impl Caller {
    fn has_account(&self) -> bool {
        !self.account.is_empty()
    }

    fn is_service_linked(&self) -> bool {
        self.kind == Kind::Session && self.role_arn.contains(":role/aws-service-role/")
    }

    /// How one entry of a `Principal` element reaches the caller.
    fn named_by(&self, kind: &str, name: &str) -> Reach {
        let when = |holds: bool, reach| if holds { reach } else { Reach::Nobody };
        if kind != "AWS" {
            let own_kind = matches!((self.kind, kind), (Kind::Service, "Service") | (Kind::Federated, "Federated"));
            return when(own_kind && self.arn == name, Reach::Caller);
        }
        if name == "*" {
            return Reach::Caller;
        }
        if !self.has_account() {
            return Reach::Nobody;
        }
        if name == self.account || (name.starts_with("arn:") && name.ends_with(&format!(":iam::{}:root", self.account))) {
            return if self.kind == Kind::Root { Reach::Caller } else { Reach::Account };
        }
        if self.kind == Kind::Session {
            // The ARN of a session leaves out its role's path.
            let role = |arn: &str| (arn.split(':').nth(4).map(str::to_owned), arn.rsplit('/').next().map(str::to_owned));
            let same = if self.knows_role { name == self.role_arn } else { role(name) == role(&self.role_arn) };
            let names_role = name.contains(":role/") && same;
            if names_role || (!self.id.is_empty() && name == self.id) {
                return Reach::Role;
            }
        }
        when(name == self.arn || (!self.id.is_empty() && name == self.id), Reach::Caller)
    }
}

fn caller(principal: &Value) -> Caller {
    let field = |name: &str| text(&principal[name]);
    let nobody = Caller {
        kind: Kind::Anonymous,
        arn: String::new(),
        account: String::new(),
        id: field("id"),
        role_arn: String::new(),
        knows_role: principal["role_arn"].is_string(),
    };
    if principal["service"].is_string() {
        return Caller { kind: Kind::Service, arn: field("service"), ..nobody };
    }
    if principal["federated"].is_string() {
        return Caller { kind: Kind::Federated, arn: field("federated"), ..nobody };
    }
    if principal["arn"].is_null() {
        return nobody;
    }
    let arn = field("arn");
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (partition, account, name) = (parts[1], parts[4].to_owned(), parts[5]);
    let kind = match name.split('/').next() {
        Some("root") => Kind::Root,
        Some("user") => Kind::User,
        Some("assumed-role") => Kind::Session,
        Some("federated-user") => Kind::FederatedUser,
        other => panic!("who is {other:?}?"),
    };
    let role_arn = match (kind, &principal["role_arn"]) {
        (Kind::Session, Value::Null) => format!("arn:{partition}:iam::{account}:role/{}", name.split('/').nth(1).unwrap_or_default()),
        _ => field("role_arn"),
    };
    Caller { kind, arn: arn.clone(), account, role_arn, ..nobody }
}

/// The account given, else the caller's.
fn resource_account(case: &Value, caller: &Caller) -> String {
    case["resource"]["account"].as_str().map_or_else(|| caller.account.clone(), str::to_owned)
}

fn is_managed_by_aws(action: &str, resource: &str) -> bool {
    if let Some(operation) = action.strip_prefix("kms:") {
        return operation.ends_with("alias") && resource.split(':').nth(5).is_some_and(|name| name.starts_with("alias/aws/"));
    }
    let Some(operation) = action.strip_prefix("iam:") else { return false };
    let reads = ["get", "list", "simulate", "generate"].iter().any(|verb| operation.starts_with(verb));
    let policy = operation.contains("policy") && resource.starts_with("arn:aws:iam::aws:policy/");
    let role = operation.contains("role") && resource.contains(":role/aws-reserved/sso.amazonaws.com/");
    !reads && (policy || role)
}

/// A principal element as pairs of kind and name; `"*"` is everyone.
fn entries(principals: &Value) -> Vec<(String, String)> {
    let Value::Object(kinds) = principals else { return vec![("AWS".to_owned(), text(principals))] };
    kinds.iter().flat_map(|(kind, names)| list(names).into_iter().map(move |name| (kind.clone(), text(name)))).collect()
}

/// A policy, or a list of them, or none.
fn set(policies: &Value) -> Vec<&Value> {
    list(policies)
}

fn levels(levels: &Value) -> Vec<Vec<&Value>> {
    list(levels).into_iter().map(|level| list(&level["policies"])).collect()
}

/// AWS writes one value where a list of one is meant.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => vec![],
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    }
}

/// A string, or a number or boolean as JSON writes it.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
