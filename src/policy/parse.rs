//! From text to [`Policy`]: the grammar, and the rules of each policy type. Errors name the element, line and column.

use std::collections::HashSet;

use super::ast::{Actions, Effect, Policy, Principals, Resources, Statement};
use super::json::{self, Node, Position, Positions, Value};
use super::operators::{Condition, ConditionRefused};
use super::pattern::{Pattern, Variables, Wildcards};
use super::principal::{PrincipalPattern, is_account};

/// Longer texts are refused before they are read.
pub const MAX_POLICY_BYTES: usize = 1024 * 1024;

/// No policy type of AWS allows more (the interface models' bound on policy documents).
const MAX_KIND_BYTES: usize = 131_072;

/// What a policy is attached to, which decides what elements it must and may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Of a user, group or role; and permissions boundaries.
    Identity,
    /// One that has an ARN and versions of its own, and is attached to users, groups and roles.
    Managed,
    /// Of a resource.
    Resource,
    /// Of a role: who may assume it.
    Trust,
    /// Given when a session begins.
    Session,
}

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} (at {path}, line {line}, column {column})")]
pub struct ParseError {
    /// The element, as `Statement[1].Action`.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// AWS's words where AWS has some.
    pub problem: String,
}

/// AWS's words for whatever is not in the language's form.
const SYNTAX: &str = "Syntax errors in policy.";

const NO_VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

/// Reads a policy by its grammar alone.
///
/// # Errors
/// [`ParseError`].
pub fn parse(text: &str) -> Result<Policy, ParseError> {
    Parser { text, kind: None }.policy()
}

/// Reads a policy and holds it to the rules of its kind.
///
/// # Errors
/// [`ParseError`].
pub fn parse_as(text: &str, kind: PolicyKind) -> Result<Policy, ParseError> {
    Parser { text, kind: Some(kind) }.policy()
}

struct Parser<'a> {
    text: &'a str,
    kind: Option<PolicyKind>,
}

impl Parser<'_> {
    fn policy(&self) -> Result<Policy, ParseError> {
        if self.text.len() > if self.kind.is_some() { MAX_KIND_BYTES } else { MAX_POLICY_BYTES } {
            return Err(self.error(0, "$", "Policy exceeds the maximum size."));
        }
        let in_words = |problem| match self.kind {
            None => problem,
            Some(PolicyKind::Trust) => "This policy contains invalid Json",
            Some(PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session | PolicyKind::Resource) => SYNTAX,
        };
        let root = json::parse(self.text).map_err(|error| self.error(error.offset, "$", in_words(error.problem)))?;
        let members = self.object(&root, "$", &["Version", "Id", "Statement"])?;
        let mut variables = Variables::Literal;
        if let Some(version) = find(members, "Version") {
            variables = match self.string(version, "Version")? {
                "2012-10-17" => Variables::Replaced,
                "2008-10-17" => Variables::Literal,
                _ => return Err(self.error(version.offset, "Version", "The policy must contain a valid version string")),
            };
        }
        if let Some(id) = find(members, "Id") {
            self.string(id, "Id")?;
        }
        let statement = find(members, "Statement").ok_or_else(|| self.error(root.offset, "Statement", SYNTAX))?;
        if self.kind == Some(PolicyKind::Managed) && variables == Variables::Literal {
            return Err(self.error(root.offset, "Version", "Policy document must be version 2012-10-17 or greater."));
        }
        let (nodes, is_list) = match &statement.value {
            Value::Array(items) => (items.as_slice(), true),
            _ => (std::slice::from_ref(statement), false),
        };
        if nodes.is_empty() {
            return Err(self.error(statement.offset, "Statement", SYNTAX));
        }
        let mut positions = Positions::new(self.text);
        let mut sids = HashSet::new();
        let mut statements = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let path = if is_list { format!("Statement[{index}]") } else { "Statement".to_owned() };
            let parsed = self.statement(node, &path, variables, &mut positions)?;
            if let Some(sid) = parsed.sid.as_ref().filter(|sid| !sid.is_empty())
                && !sids.insert(sid.clone())
            {
                return Err(self.error(node.offset, &path, "Statement IDs (SID) in a single policy must be unique."));
            }
            statements.push(parsed);
        }
        Ok(Policy { statements })
    }

    fn statement(&self, node: &Node, path: &str, variables: Variables, positions: &mut Positions<'_>) -> Result<Statement, ParseError> {
        const MEMBERS: [&str; 9] =
            ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
        let members = self.object(node, path, &MEMBERS)?;
        let element = |name: &str| find(members, name).map(|node| (node, format!("{path}.{name}")));
        let sid = element("Sid").map(|(node, path)| self.sid(node, &path)).transpose()?;
        let effect = match element("Effect") {
            Some((node, path)) => match self.string(node, &path)? {
                "Allow" => Effect::Allow,
                "Deny" => Effect::Deny,
                _ => return Err(self.error(node.offset, &path, SYNTAX)),
            },
            None => return Err(self.error(node.offset, path, "Missing required field Effect")),
        };
        let both = |path: &str| self.error(node.offset, path, SYNTAX);
        let principals = match (element("Principal"), element("NotPrincipal")) {
            (Some(_), Some(_)) => return Err(both(path)),
            (Some((node, path)), None) => Some(Principals::Only(self.principals(node, &path)?)),
            (None, Some((node, path))) => Some(Principals::AllBut(self.principals(node, &path)?)),
            (None, None) => None,
        };
        let actions = match (element("Action"), element("NotAction")) {
            (Some(_), Some(_)) => return Err(both(path)),
            (Some((node, path)), None) => Actions::Only(self.actions(node, &path)?),
            (None, Some((node, path))) => Actions::AllBut(self.actions(node, &path)?),
            (None, None) => return Err(self.error(node.offset, path, "Policy statement must contain actions.")),
        };
        let resources = match (element("Resource"), element("NotResource")) {
            (Some(_), Some(_)) => return Err(both(path)),
            (Some((node, path)), None) => Some(Resources::Only(self.resources(node, &path, variables)?)),
            (None, Some((node, path))) => Some(Resources::AllBut(self.resources(node, &path, variables)?)),
            (None, None) => None,
        };
        let conditions = element("Condition").map(|(node, path)| self.conditions(node, &path, variables)).transpose()?;
        let span = (positions.of(node.offset), positions.of(node.end));
        let statement = Statement { sid, effect, principals, actions, resources, conditions: conditions.unwrap_or_default(), span };
        self.check_kind(&statement, node, path)?;
        Ok(statement)
    }

    /// The rules of a policy's kind: which elements it must and must not have.
    fn check_kind(&self, statement: &Statement, node: &Node, path: &str) -> Result<(), ParseError> {
        let problem = match (self.kind, &statement.principals, &statement.resources) {
            (Some(PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session), Some(_), _) => {
                "Policy document should not specify a principal."
            }
            (Some(PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session | PolicyKind::Resource), _, None) => {
                "Policy statement must contain resources."
            }
            (Some(PolicyKind::Resource | PolicyKind::Trust), None, _) => "Missing required field Principal",
            (Some(PolicyKind::Trust), _, Some(_)) => "Has prohibited field Resource",
            (Some(PolicyKind::Trust), Some(Principals::AllBut(_)), _) => "Has prohibited field NotPrincipal",
            (Some(PolicyKind::Trust), ..) if !is_about_sts(&statement.actions) => {
                "AssumeRole policy may only specify STS AssumeRole actions."
            }
            _ => return Ok(()),
        };
        Err(self.error(node.offset, path, problem))
    }

    /// Letters and digits only, in IAM's own policies; services take more in theirs.
    fn sid(&self, node: &Node, path: &str) -> Result<String, ParseError> {
        let sid = self.string(node, path)?;
        let is_iam = matches!(self.kind, Some(PolicyKind::Identity | PolicyKind::Managed | PolicyKind::Session | PolicyKind::Trust));
        if is_iam && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(self.error(
                node.offset,
                path,
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
            ));
        }
        Ok(sid.to_owned())
    }

    fn actions(&self, node: &Node, path: &str) -> Result<Vec<Pattern>, ParseError> {
        self.refuse_empty(node, path, "Policy statement must contain actions.")?;
        self.strings(node, path)?
            .into_iter()
            .map(|(action, offset, path)| {
                let well_formed =
                    action == "*" || action.split_once(':').is_some_and(|(vendor, name)| !vendor.is_empty() && !name.is_empty());
                if !well_formed {
                    return Err(self.error(offset, &path, NO_VENDOR));
                }
                if let Some((vendor, _)) = action.split_once(':')
                    && vendor.contains(['*', '?'])
                {
                    return Err(self.error(offset, &path, &format!("Vendor {vendor} is not valid")));
                }
                if self.kind.is_some() && action.contains("${") {
                    return Err(self.error(offset, &path, SYNTAX));
                }
                // The text has no variables to be malformed.
                Pattern::new(action, Wildcards::Free, Variables::Literal).map_err(|_| self.error(offset, &path, SYNTAX))
            })
            .collect()
    }

    /// SECURITY: the negation of an empty list is everything.
    fn refuse_empty(&self, node: &Node, path: &str, problem: &str) -> Result<(), ParseError> {
        match &node.value {
            Value::Array(items) if items.is_empty() && self.kind.is_some() => Err(self.error(node.offset, path, problem)),
            _ => Ok(()),
        }
    }

    fn resources(&self, node: &Node, path: &str, variables: Variables) -> Result<Vec<Pattern>, ParseError> {
        self.refuse_empty(node, path, "Policy statement must contain resources.")?;
        self.strings(node, path)?
            .into_iter()
            .map(|(resource, offset, path)| {
                self.check_resource(resource, offset, &path, variables)?;
                Pattern::new(resource, Wildcards::Resource, variables).map_err(|_| self.error(offset, &path, SYNTAX))
            })
            .collect()
    }

    /// `*`, or an ARN whose service is named in full: of six parts, or fewer where a `*` ends it. Variables may stand in the
    /// last part only (IAM user guide, "IAM policy elements: Variables and tags").
    fn check_resource(&self, resource: &str, offset: usize, path: &str, variables: Variables) -> Result<(), ParseError> {
        if self.kind.is_none() || resource == "*" {
            return Ok(());
        }
        let parts: Vec<&str> = resource.splitn(6, ':').collect();
        let problem = match parts.as_slice() {
            ["arn", _, service, ..] if service.contains(['*', '?']) => format!("Vendor {service} is not valid"),
            ["arn", _, service, rest @ ..] if !service.is_empty() && (parts.len() == 6 || resource.ends_with('*')) => {
                let before_the_last = rest.split_last().map_or(&[][..], |(_, before)| before);
                let misplaced = before_the_last.iter().chain(parts.get(1..3).unwrap_or_default()).any(|part| part.contains("${"));
                if !misplaced || variables == Variables::Literal {
                    return Ok(());
                }
                SYNTAX.to_owned()
            }
            _ => format!("Resource {resource} must be in ARN format or \"*\"."),
        };
        Err(self.error(offset, path, &problem))
    }

    fn principals(&self, node: &Node, path: &str) -> Result<Vec<PrincipalPattern>, ParseError> {
        if let Value::String(text) = &node.value {
            return if text == "*" { Ok(vec![PrincipalPattern::Everyone]) } else { Err(self.error(node.offset, path, SYNTAX)) };
        }
        let mut patterns = Vec::new();
        let whole = node;
        for (name, node) in self.object(node, path, &["AWS", "Service", "Federated", "CanonicalUser"])? {
            for (text, offset, path) in self.strings(node, &format!("{path}.{name}"))? {
                patterns.push(match name.as_str() {
                    "AWS" => self.aws_principal(text, offset, &path)?,
                    "Service" => PrincipalPattern::Service(text.to_owned()),
                    "Federated" => self.federated(text, offset, &path)?,
                    _ => PrincipalPattern::Canonical(text.to_owned()),
                });
            }
        }
        if patterns.is_empty() && self.kind.is_some() {
            return Err(self.error(whole.offset, path, "Missing required field Principal"));
        }
        Ok(patterns)
    }

    fn aws_principal(&self, text: &str, offset: usize, path: &str) -> Result<PrincipalPattern, ParseError> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["*"] => Ok(PrincipalPattern::Everyone),
            [account] if is_account(account) => Ok(PrincipalPattern::Account((*account).to_owned())),
            ["arn", _, "iam", "", account, "root"] if is_account(account) => Ok(PrincipalPattern::Account((*account).to_owned())),
            // Principal ARNs take no wildcards: such an entry would name nobody.
            ["arn", _, "iam" | "sts", "", account, _] if is_account(account) && !text.contains(['*', '?']) => {
                Ok(PrincipalPattern::Arn(text.to_owned()))
            }
            [id] if (id.starts_with("AIDA") || id.starts_with("AROA")) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Ok(PrincipalPattern::Arn((*id).to_owned()))
            }
            _ => Err(self.error(offset, path, &format!("Invalid principal in policy: \"AWS\":\"{text}\""))),
        }
    }

    fn federated(&self, text: &str, offset: usize, path: &str) -> Result<PrincipalPattern, ParseError> {
        let is_domain = text.contains('.') && !text.contains(['*', '?', ' ']);
        let is_provider = text.starts_with("arn:") && text.splitn(6, ':').count() == 6 && !text.contains(['*', '?']);
        if is_domain || is_provider {
            return Ok(PrincipalPattern::Federated(text.to_owned()));
        }
        Err(self.error(offset, path, "Federated principals must be valid domain names or SAML metadata ARNs"))
    }

    fn conditions(&self, node: &Node, path: &str, variables: Variables) -> Result<Vec<Condition>, ParseError> {
        let mut conditions = Vec::new();
        for (operator, node) in self.any_object(node, path)? {
            let path = format!("{path}.{operator}");
            if !Condition::is_operator(operator) {
                return Err(self.error(node.offset, &path, SYNTAX));
            }
            let mut keys = HashSet::new();
            for (key, node) in self.any_object(node, &path)? {
                let path = format!("{path}.{key}");
                // One key twice in other capitals would be two conditions for people and one for the engine.
                if !keys.insert(key.to_ascii_lowercase()) {
                    return Err(self.error(node.offset, &path, SYNTAX));
                }
                if !key.contains(':') {
                    return Err(self.error(node.offset, &path, NO_VENDOR));
                }
                let refused = |_: ConditionRefused| self.error(node.offset, &path, SYNTAX);
                let condition = Condition::new(operator, key, self.scalars(node, &path)?, variables).map_err(refused)?;
                // Under the grammar alone such a value is a text that is no number, date or address.
                if self.kind.is_some() && variables == Variables::Replaced && condition.misplaced_variable().is_some() {
                    return Err(self.error(node.offset, &path, SYNTAX));
                }
                conditions.push(condition);
            }
        }
        Ok(conditions)
    }

    /// A text or a list of texts, each with its place.
    fn strings<'n>(&self, node: &'n Node, path: &str) -> Result<Vec<(&'n str, usize, String)>, ParseError> {
        match &node.value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let path = format!("{path}[{index}]");
                    Ok((self.string(item, &path)?, item.offset, path))
                })
                .collect(),
            _ => Ok(vec![(self.string(node, path)?, node.offset, path.to_owned())]),
        }
    }

    /// Condition values: texts, numbers and booleans, alone or in a list.
    fn scalars(&self, node: &Node, path: &str) -> Result<Vec<String>, ParseError> {
        let scalar = |node: &Node| match &node.value {
            Value::String(text) | Value::Number(text) => Ok(text.clone()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => Err(self.error(node.offset, path, SYNTAX)),
        };
        match &node.value {
            Value::Array(items) => items.iter().map(scalar).collect(),
            _ => Ok(vec![scalar(node)?]),
        }
    }

    fn string<'n>(&self, node: &'n Node, path: &str) -> Result<&'n str, ParseError> {
        match &node.value {
            Value::String(text) => Ok(text),
            _ => Err(self.error(node.offset, path, SYNTAX)),
        }
    }

    /// An object that has these members and no others.
    fn object<'n>(&self, node: &'n Node, path: &str, allowed: &[&str]) -> Result<&'n [(String, Node)], ParseError> {
        let members = self.any_object(node, path)?;
        match members.iter().find(|(name, _)| !allowed.contains(&name.as_str())) {
            Some((name, node)) => Err(self.error(node.offset, &format!("{path}.{name}"), SYNTAX)),
            None => Ok(members),
        }
    }

    fn any_object<'n>(&self, node: &'n Node, path: &str) -> Result<&'n [(String, Node)], ParseError> {
        match &node.value {
            Value::Object(members) => Ok(members),
            _ => Err(self.error(node.offset, path, SYNTAX)),
        }
    }

    fn error(&self, offset: usize, path: &str, problem: &str) -> ParseError {
        let Position { line, column } = json::position(self.text, offset);
        ParseError { path: path.to_owned(), line, column, problem: problem.to_owned() }
    }
}

fn find<'n>(members: &'n [(String, Node)], name: &str) -> Option<&'n Node> {
    members.iter().find(|(member, _)| member == name).map(|(_, node)| node)
}

/// Whether every action that is listed is of STS.
fn is_about_sts(actions: &Actions) -> bool {
    actions.patterns().iter().all(|pattern| pattern.text().get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:")))
}
