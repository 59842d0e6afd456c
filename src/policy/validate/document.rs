//! A policy as the checks see it: every element with its place, whatever else is wrong with it. The walk is written here,
//! once.

use super::finding::{Options, ResourceType, ValidatedType};
use super::operator::Operator;
use super::place::{Item, Place};
use crate::policy::json::{Node, Value};

/// No check looks at more things of one kind than this, nor at more actions or principals of a statement together: policies
/// of AWS's sizes have fewer, and hostile ones cost no more.
pub const MAX_LOOKED_AT: usize = 1_000;

/// Which rules hold: the type of policy, trust policies apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    Identity,
    Resource,
    Trust,
    ServiceControl,
    ResourceControl,
}

impl Flavor {
    pub fn of(options: &Options) -> Self {
        match options.policy_type {
            ValidatedType::Identity => Self::Identity,
            ValidatedType::Resource if options.resource_type == Some(ResourceType::AssumeRolePolicyDocument) => Self::Trust,
            ValidatedType::Resource => Self::Resource,
            ValidatedType::ServiceControl => Self::ServiceControl,
            ValidatedType::ResourceControl => Self::ResourceControl,
        }
    }
}

/// The whole.
pub struct Document<'a> {
    pub flavor: Flavor,
    pub place: Place<'a>,
    pub members: &'a [(String, Node)],
    pub version: Option<Item<'a>>,
    pub has_statement: bool,
    pub statements: Vec<Statement<'a>>,
    /// Values of a wrong JSON type, and the right one.
    pub mismatches: Vec<(Place<'a>, &'static str)>,
}

/// One statement.
pub struct Statement<'a> {
    pub flavor: Flavor,
    pub resource_type: Option<ResourceType>,
    /// Whether `${…}` means something: by the document's version.
    pub has_variables: bool,
    pub place: Place<'a>,
    pub members: &'a [(String, Node)],
    pub sid: Option<Item<'a>>,
    pub effect: Option<Item<'a>>,
    pub action: Option<Element<'a>>,
    pub not_action: Option<Element<'a>>,
    pub resource: Option<Element<'a>>,
    pub not_resource: Option<Element<'a>>,
    pub principal: Option<Principals<'a>>,
    pub not_principal: Option<Principals<'a>>,
    pub condition: Option<Place<'a>>,
    pub condition_is_empty: bool,
    /// The operators, each with the place of its name.
    pub operators: Vec<Item<'a>>,
    pub conditions: Vec<Condition<'a>>,
}

/// `Action`, `Resource` and their opposites.
pub struct Element<'a> {
    pub place: Place<'a>,
    pub items: Vec<Item<'a>>,
    pub is_empty_list: bool,
}

/// `Principal` or `NotPrincipal`.
pub struct Principals<'a> {
    /// The place of its name.
    pub key: Place<'a>,
    pub place: Place<'a>,
    pub node: &'a Node,
    /// Each name in it, with the place of the name, and whether its list is empty.
    pub names: Vec<(Item<'a>, Place<'a>, bool)>,
    pub entries: Vec<Principal<'a>>,
}

/// One principal.
pub struct Principal<'a> {
    pub kind: PrincipalKind,
    pub item: Item<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// `"Principal": "*"`
    Everyone,
    Aws,
    Service,
    Federated,
    Canonical,
    Unknown,
}

/// One operator, key and its values.
pub struct Condition<'a> {
    /// `None` if there is no such operator.
    pub operator: Option<Operator>,
    pub operator_name: &'a str,
    pub key: Item<'a>,
    pub values_place: Place<'a>,
    pub values: Vec<ConditionValue<'a>>,
    pub is_empty_list: bool,
}

pub struct ConditionValue<'a> {
    pub item: Item<'a>,
    pub json_type: &'static str,
}

impl Condition<'_> {
    pub fn is_key(&self, name: &str) -> bool {
        self.key.text.eq_ignore_ascii_case(name)
    }
}

impl<'a> Statement<'a> {
    pub fn is_allow(&self) -> bool {
        self.effect.as_ref().is_some_and(|effect| effect.text == "Allow")
    }

    pub fn is_deny(&self) -> bool {
        self.effect.as_ref().is_some_and(|effect| effect.text == "Deny")
    }

    pub fn has_condition_on(&self, name: &str) -> bool {
        self.conditions.iter().any(|condition| condition.is_key(name))
    }

    /// The entries of `Action`: the first [`MAX_LOOKED_AT`] / 2.
    pub fn actions(&self) -> &[Item<'a>] {
        self.action.as_ref().map(|element| first(&element.items)).unwrap_or_default()
    }

    /// The entries of `Action` and `NotAction`.
    pub fn all_actions(&self) -> impl Iterator<Item = &Item<'a>> {
        self.action.iter().chain(&self.not_action).flat_map(|element| &element.items)
    }

    /// The entries of `Resource` and `NotResource`.
    pub fn all_resources(&self) -> impl Iterator<Item = &Item<'a>> {
        self.resource.iter().chain(&self.not_resource).flat_map(|element| &element.items)
    }

    /// The entries of `Principal`: the first [`MAX_LOOKED_AT`] / 2.
    pub fn principals(&self) -> &[Principal<'a>] {
        self.principal.as_ref().map(|element| first(&element.entries)).unwrap_or_default()
    }

    /// The entries of `Principal` and `NotPrincipal`.
    pub fn all_principals(&self) -> impl Iterator<Item = &Principal<'a>> {
        self.principal.iter().chain(&self.not_principal).flat_map(|element| &element.entries)
    }

    pub fn has_service_principal(&self) -> bool {
        self.principals().iter().any(|principal| principal.kind == PrincipalKind::Service)
    }
}

/// Lays a tree out as a policy.
pub fn read<'a>(root: &'a Node, options: &Options) -> Document<'a> {
    let mut reader = Reader { mismatches: Vec::new() };
    let place = Place::root(root);
    let members = reader.object(root, &place);
    let version = find(members, "Version").and_then(|node| reader.string(node, place.value("Version", node)));
    if let Some(id) = find(members, "Id") {
        reader.string(id, place.value("Id", id));
    }
    let scope = Scope {
        flavor: Flavor::of(options),
        resource_type: options.resource_type.filter(|_| options.policy_type == ValidatedType::Resource),
        has_variables: version.as_ref().is_some_and(|version| version.text == "2012-10-17"),
    };
    let statement = find(members, "Statement");
    let mut statements = Vec::new();
    if let Some(node) = statement {
        let place = place.value("Statement", node);
        match &node.value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    statements.extend(reader.statement(item, place.index(index, item), &scope));
                }
            }
            _ => statements.extend(reader.statement(node, place, &scope)),
        }
    }
    let has_statement = statement.is_some_and(|node| !matches!(&node.value, Value::Array(items) if items.is_empty()));
    Document { flavor: scope.flavor, place, members, version, has_statement, statements, mismatches: reader.mismatches }
}

/// What statements know of their document.
struct Scope {
    flavor: Flavor,
    resource_type: Option<ResourceType>,
    has_variables: bool,
}

struct Reader<'a> {
    mismatches: Vec<(Place<'a>, &'static str)>,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, node: &'a Node, place: Place<'a>, scope: &Scope) -> Option<Statement<'a>> {
        let Value::Object(members) = &node.value else {
            self.mismatches.push((place, "Object"));
            return None;
        };
        let mut text = |name: &'a str| find(members, name).and_then(|node| self.string(node, place.value(name, node)));
        let (sid, effect) = (text("Sid"), text("Effect"));
        let mut element = |name: &'a str| find(members, name).map(|node| self.element(node, place.value(name, node)));
        let (action, not_action) = (element("Action"), element("NotAction"));
        let (resource, not_resource) = (element("Resource"), element("NotResource"));
        let mut principals =
            |name: &'a str| find(members, name).map(|node| self.principals(node, place.key(name, node), place.value(name, node)));
        let (principal, not_principal) = (principals("Principal"), principals("NotPrincipal"));
        let condition = find(members, "Condition").map(|node| (node, place.value("Condition", node)));
        let (operators, conditions) = condition.as_ref().map(|(node, place)| self.conditions(node, place)).unwrap_or_default();
        let condition_is_empty = matches!(&condition, Some((Node { value: Value::Object(members), .. }, _)) if members.is_empty());
        Some(Statement {
            flavor: scope.flavor,
            resource_type: scope.resource_type,
            has_variables: scope.has_variables,
            place,
            members,
            sid,
            effect,
            action,
            not_action,
            resource,
            not_resource,
            principal,
            not_principal,
            condition: condition.map(|(_, place)| place),
            condition_is_empty,
            operators,
            conditions,
        })
    }

    fn element(&mut self, node: &'a Node, place: Place<'a>) -> Element<'a> {
        let is_empty_list = is_empty_list(node);
        Element { items: self.strings(node, &place), place, is_empty_list }
    }

    fn principals(&mut self, node: &'a Node, key: Place<'a>, place: Place<'a>) -> Principals<'a> {
        let mut names = Vec::new();
        let mut entries = Vec::new();
        match &node.value {
            Value::String(text) if text == "*" => {
                entries.push(Principal { kind: PrincipalKind::Everyone, item: Item { text, place: place.clone() } });
            }
            Value::Object(members) => {
                for (name, node) in members {
                    let kind = match name.as_str() {
                        "AWS" => PrincipalKind::Aws,
                        "Service" => PrincipalKind::Service,
                        "Federated" => PrincipalKind::Federated,
                        "CanonicalUser" => PrincipalKind::Canonical,
                        _ => PrincipalKind::Unknown,
                    };
                    let own = place.value(name, node);
                    let items = self.strings(node, &own);
                    let is_empty = is_empty_list(node);
                    names.push((Item { text: name, place: place.key(name, node) }, own, is_empty));
                    entries.extend(items.into_iter().map(|item| Principal { kind, item }));
                }
            }
            // A check of its own says what is wrong with it.
            _ => (),
        }
        Principals { key, place, node, names, entries }
    }

    fn conditions(&mut self, node: &'a Node, place: &Place<'a>) -> (Vec<Item<'a>>, Vec<Condition<'a>>) {
        let mut operators = Vec::new();
        let mut conditions = Vec::new();
        for (operator_name, node) in self.object(node, place) {
            let place_of_operator = place.value(operator_name, node);
            operators.push(Item { text: operator_name, place: place.key(operator_name, node) });
            for (key, node) in self.object(node, &place_of_operator) {
                let values_place = place_of_operator.value(key, node);
                conditions.push(Condition {
                    operator: Operator::parse(operator_name),
                    operator_name,
                    key: Item { text: key, place: place_of_operator.key(key, node) },
                    values: self.values(node, &values_place),
                    is_empty_list: is_empty_list(node),
                    values_place,
                });
            }
        }
        (operators, conditions)
    }

    fn values(&mut self, node: &'a Node, place: &Place<'a>) -> Vec<ConditionValue<'a>> {
        match &node.value {
            Value::Array(items) => {
                items.iter().enumerate().filter_map(|(index, item)| self.value(item, place.index(index, item))).collect()
            }
            _ => self.value(node, place.clone()).into_iter().collect(),
        }
    }

    fn value(&mut self, node: &'a Node, place: Place<'a>) -> Option<ConditionValue<'a>> {
        let (text, json_type) = match &node.value {
            Value::String(text) => (text.as_str(), "String"),
            Value::Number(text) => (text.as_str(), "Number"),
            Value::Bool(true) => ("true", "Boolean"),
            Value::Bool(false) => ("false", "Boolean"),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.mismatches.push((place, "String"));
                return None;
            }
        };
        Some(ConditionValue { item: Item { text, place }, json_type })
    }

    fn strings(&mut self, node: &'a Node, place: &Place<'a>) -> Vec<Item<'a>> {
        match &node.value {
            Value::Array(items) => {
                items.iter().enumerate().filter_map(|(index, item)| self.string(item, place.index(index, item))).collect()
            }
            _ => self.string(node, place.clone()).into_iter().collect(),
        }
    }

    fn string(&mut self, node: &'a Node, place: Place<'a>) -> Option<Item<'a>> {
        if let Value::String(text) = &node.value {
            return Some(Item { text, place });
        }
        self.mismatches.push((place, "String"));
        None
    }

    fn object(&mut self, node: &'a Node, place: &Place<'a>) -> &'a [(String, Node)] {
        if let Value::Object(members) = &node.value {
            return members;
        }
        self.mismatches.push((place.clone(), "Object"));
        &[]
    }
}

fn find<'a>(members: &'a [(String, Node)], name: &str) -> Option<&'a Node> {
    members.iter().find(|(member, _)| member == name).map(|(_, node)| node)
}

const fn is_empty_list(node: &Node) -> bool {
    matches!(&node.value, Value::Array(items) if items.is_empty())
}

fn first<T>(items: &[T]) -> &[T] {
    items.get(..MAX_LOOKED_AT / 2).unwrap_or(items)
}
