//! The AWS interface models: every operation, shape, constraint, error and auth type, as data.
//!
//! They drive request validation, the split between unauthenticated and signed operations, the errors that an operation
//! may answer with, and the forms of AWS Query. A model is read at its first use.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use serde::Deserialize;

use super::pattern;

/// An AWS service that we answer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Amazon Cognito user pools.
    CognitoIdp,
    /// Amazon Cognito identity pools.
    CognitoIdentity,
    /// AWS Identity and Access Management.
    Iam,
    /// AWS Security Token Service.
    Sts,
    /// IAM Access Analyzer.
    AccessAnalyzer,
}

/// How a service's requests and answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON 1.1: the operation is named by `X-Amz-Target`, which begins with this prefix.
    Json11 {
        /// What precedes `.` and the operation's name.
        target_prefix: &'static str,
    },
    /// AWS Query: form in, XML out.
    Query {
        /// The value of `Version`.
        version: &'static str,
    },
    /// REST with JSON bodies: the operation is named by method and path.
    RestJson,
}

/// `(service, signing name and action prefix, protocol, model)`: a new service is one row.
const SERVICES: [(Service, &str, Protocol, &str); 5] = [
    (
        Service::CognitoIdp,
        "cognito-idp",
        Protocol::Json11 { target_prefix: "AWSCognitoIdentityProviderService" },
        include_str!("models/cognito-idp.json"),
    ),
    (
        Service::CognitoIdentity,
        "cognito-identity",
        Protocol::Json11 { target_prefix: "AWSCognitoIdentityService" },
        include_str!("models/cognito-identity.json"),
    ),
    (Service::Iam, "iam", Protocol::Query { version: "2010-05-08" }, include_str!("models/iam.json")),
    (Service::Sts, "sts", Protocol::Query { version: "2011-06-15" }, include_str!("models/sts.json")),
    (Service::AccessAnalyzer, "access-analyzer", Protocol::RestJson, include_str!("models/accessanalyzer.json")),
];

static MODELS: [OnceLock<Model>; 5] = [const { OnceLock::new() }; 5];

impl Service {
    /// Every service.
    pub fn all() -> impl Iterator<Item = Self> {
        SERVICES.into_iter().map(|(service, ..)| service)
    }

    /// The name in SigV4 scopes and before `:` in IAM actions.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// How the service speaks.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        self.row().2
    }

    /// The service and operation that an `X-Amz-Target` names. Exact and case-sensitive.
    #[must_use]
    pub fn from_target(target: &str) -> Option<(Self, &str)> {
        let (prefix, operation) = target.split_once('.')?;
        let is_named = |protocol| matches!(protocol, Protocol::Json11 { target_prefix } if target_prefix == prefix);
        let (service, ..) = SERVICES.into_iter().find(|(_, _, protocol, _)| is_named(*protocol))?;
        Some((service, operation))
    }

    /// The service that a Query request's `Version` names.
    #[must_use]
    pub fn from_query_version(named: &str) -> Option<Self> {
        let is_named = |protocol| matches!(protocol, Protocol::Query { version } if version == named);
        SERVICES.into_iter().find(|(_, _, protocol, _)| is_named(*protocol)).map(|(service, ..)| service)
    }

    /// The service's interface model.
    #[must_use]
    pub fn model(self) -> &'static Model {
        static EMPTY: LazyLock<Model> = LazyLock::new(Model::default);
        let index = SERVICES.iter().position(|(service, ..)| *service == self).unwrap_or_default();
        MODELS.get(index).map_or(&*EMPTY, |model| model.get_or_init(|| Model::read(self.row().3)))
    }

    fn row(self) -> (Self, &'static str, Protocol, &'static str) {
        let [first, ..] = SERVICES;
        SERVICES.into_iter().find(|(service, ..)| *service == self).unwrap_or(first)
    }
}

/// One service's interface.
#[derive(Debug, Default)]
pub struct Model {
    /// The XML namespace of Query answers.
    pub xml_namespace: String,
    operations: BTreeMap<String, OperationModel>,
    shapes: Vec<Shape>,
    errors: HashMap<String, ErrorModel>,
}

/// A shape's place in its model.
pub type ShapeId = usize;

/// One operation.
#[derive(Debug)]
pub struct OperationModel {
    /// The name, as in IAM actions.
    pub name: String,
    /// The request's shape.
    pub input: Option<ShapeId>,
    /// The answer's shape.
    pub output: Option<ShapeId>,
    /// The element that wraps a Query answer (`CreateRoleResult`).
    pub result_wrapper: Option<String>,
    /// The names of the error shapes that it may answer with, beside the common ones.
    pub errors: Vec<String>,
    /// Whether it is called without a signature.
    pub unauthenticated: bool,
    /// The HTTP method.
    pub method: String,
    /// The path's template: `/analyzer/{analyzerName}`.
    pub path: String,
    /// The HTTP status of an answer.
    pub status: u16,
}

/// How an error shape appears on the wire.
#[derive(Debug, Clone)]
pub struct ErrorModel {
    /// The code (`NoSuchEntity`).
    pub code: String,
    /// The HTTP status.
    pub status: u16,
    /// Its members.
    pub shape: ShapeId,
}

/// A type with its constraints.
#[derive(Debug)]
pub struct Shape {
    /// The name in the model.
    pub name: String,
    /// What kind of value it is.
    pub kind: Kind,
    /// Least length, count or value.
    pub min: Option<f64>,
    /// Greatest length, count or value.
    pub max: Option<f64>,
    /// Whether values must stay out of messages.
    pub sensitive: bool,
    pattern: Option<String>,
    regex: OnceLock<Option<Regex>>,
}

/// What kind of value a shape is.
#[derive(Debug)]
pub enum Kind {
    /// Named members.
    Structure(Vec<Member>),
    /// Values of one shape.
    List(ShapeId),
    /// Values by text.
    Map(ShapeId, ShapeId),
    /// Text; the allowed values, if they are listed.
    String(Vec<String>),
    /// A whole number.
    Integer,
    /// A floating-point number.
    Double,
    /// True or false.
    Boolean,
    /// A moment.
    Timestamp,
    /// Bytes, base64 on the wire.
    Blob,
    /// Any JSON.
    Document,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its type.
    pub shape: ShapeId,
    /// Whether it must be there.
    pub required: bool,
    /// Where REST has it.
    pub place: Place,
}

/// Where a member of a request, an answer or an error stands in REST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A field of the body.
    Body,
    /// The part of the path that stands where the template has this name in braces.
    Path(String),
    /// This parameter of the query.
    Query(String),
    /// This header.
    Header(String),
}

impl Model {
    /// An operation by its exact name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&OperationModel> {
        self.operations.get(name)
    }

    /// Every operation, by name.
    pub fn operations(&self) -> impl Iterator<Item = &OperationModel> {
        self.operations.values()
    }

    /// A shape of this model.
    #[must_use]
    pub fn shape(&self, id: ShapeId) -> Option<&Shape> {
        self.shapes.get(id)
    }

    /// Every shape.
    pub fn shapes(&self) -> impl Iterator<Item = &Shape> {
        self.shapes.iter()
    }

    /// How an error shape appears on the wire.
    #[must_use]
    pub fn error(&self, shape: &str) -> Option<&ErrorModel> {
        self.errors.get(shape)
    }

    /// INVARIANT: the text is one of the embedded models; a test reads them all.
    fn read(text: &str) -> Self {
        serde_json::from_str::<RawModel>(text).map(Self::from).unwrap_or_default()
    }
}

impl Shape {
    /// The pattern as the model writes it.
    #[must_use]
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// The pattern, ready to match whole texts; `None` where there is none.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| self.pattern.as_deref().and_then(pattern::compile)).as_ref()
    }
}

#[derive(Deserialize)]
struct RawModel {
    metadata: RawMetadata,
    operations: BTreeMap<String, RawOperation>,
    shapes: BTreeMap<String, RawShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    #[serde(default)]
    xml_namespace: String,
}

#[derive(Deserialize)]
struct RawOperation {
    input: Option<RawReference>,
    output: Option<RawReference>,
    #[serde(default)]
    errors: Vec<RawReference>,
    authtype: Option<String>,
    http: RawHttp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawHttp {
    method: String,
    request_uri: String,
    response_code: Option<u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawReference {
    shape: String,
    result_wrapper: Option<String>,
    location: Option<String>,
    location_name: Option<String>,
}

#[derive(Deserialize)]
struct RawShape {
    r#type: String,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    members: BTreeMap<String, RawReference>,
    member: Option<RawReference>,
    key: Option<RawReference>,
    value: Option<RawReference>,
    min: Option<f64>,
    max: Option<f64>,
    pattern: Option<String>,
    #[serde(default)]
    r#enum: Vec<String>,
    #[serde(default)]
    sensitive: bool,
    #[serde(default)]
    document: bool,
    #[serde(default)]
    exception: bool,
    #[serde(default)]
    fault: bool,
    error: Option<RawError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawError {
    code: Option<String>,
    http_status_code: u16,
}

impl From<RawModel> for Model {
    fn from(raw: RawModel) -> Self {
        let ids: HashMap<String, ShapeId> = raw.shapes.keys().cloned().zip(0..).collect();
        let id = |reference: &RawReference| ids.get(&reference.shape).copied();
        let exceptions = raw.shapes.iter().zip(0..).filter(|((_, shape), _)| shape.exception);
        let errors = exceptions.map(|((name, shape), id)| (name.clone(), error_of(name, shape, id))).collect();
        let operation = |(name, raw): (String, RawOperation)| {
            let model = OperationModel {
                name: name.clone(),
                input: raw.input.as_ref().and_then(id),
                output: raw.output.as_ref().and_then(id),
                result_wrapper: raw.output.and_then(|output| output.result_wrapper),
                errors: raw.errors.into_iter().map(|error| error.shape).collect(),
                unauthenticated: raw.authtype.as_deref() == Some("none"),
                method: raw.http.method,
                path: raw.http.request_uri,
                status: raw.http.response_code.unwrap_or(200),
            };
            (name, model)
        };
        let operations = raw.operations.into_iter().map(operation).collect();
        let shapes = raw.shapes.into_iter().map(|(name, raw)| shape_of(name, raw, &id)).collect();
        Self { xml_namespace: raw.metadata.xml_namespace, operations, shapes, errors }
    }
}

fn error_of(name: &str, raw: &RawShape, shape: ShapeId) -> ErrorModel {
    match &raw.error {
        Some(error) => ErrorModel { code: error.code.clone().unwrap_or_else(|| name.to_owned()), status: error.http_status_code, shape },
        None => ErrorModel { code: name.to_owned(), status: if raw.fault { 500 } else { 400 }, shape },
    }
}

fn shape_of(name: String, raw: RawShape, id: &impl Fn(&RawReference) -> Option<ShapeId>) -> Shape {
    let kind = match raw.r#type.as_str() {
        "structure" if raw.document => Kind::Document,
        "structure" => {
            let member = |(name, reference): (String, RawReference)| {
                let shape = id(&reference)?;
                Some(Member { shape, required: raw.required.contains(&name), place: place_of(&name, reference), name })
            };
            Kind::Structure(raw.members.into_iter().filter_map(member).collect())
        }
        "list" => Kind::List(raw.member.as_ref().and_then(id).unwrap_or_default()),
        "map" => Kind::Map(raw.key.as_ref().and_then(id).unwrap_or_default(), raw.value.as_ref().and_then(id).unwrap_or_default()),
        "integer" | "long" => Kind::Integer,
        "double" | "float" => Kind::Double,
        "boolean" => Kind::Boolean,
        "timestamp" => Kind::Timestamp,
        "blob" => Kind::Blob,
        _ => Kind::String(raw.r#enum),
    };
    Shape { name, kind, min: raw.min, max: raw.max, sensitive: raw.sensitive, pattern: raw.pattern, regex: OnceLock::new() }
}

fn place_of(name: &str, RawReference { location, location_name, .. }: RawReference) -> Place {
    let wire_name = location_name.unwrap_or_else(|| name.to_owned());
    match location.as_deref() {
        Some("uri") => Place::Path(wire_name),
        Some("querystring") => Place::Query(wire_name),
        Some("header") => Place::Header(wire_name),
        _ => Place::Body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_reads_and_counts_its_operations() {
        let count = |service: Service| service.model().operations().count();
        assert_eq!(Service::all().map(count).collect::<Vec<_>>(), [153, 23, 181, 12, 39]);
        for service in Service::all() {
            let model = service.model();
            for operation in model.operations() {
                assert!(operation.errors.iter().all(|error| model.error(error).is_some()), "{}", operation.name);
            }
        }
    }

    #[test]
    fn targets_and_versions_name_services_exactly() {
        assert_eq!(Service::from_target("AWSCognitoIdentityProviderService.SignUp"), Some((Service::CognitoIdp, "SignUp")));
        assert_eq!(Service::from_target("awscognitoidentityproviderservice.SignUp"), None);
        assert_eq!(Service::from_target("SignUp"), None);
        assert_eq!(Service::from_query_version("2011-06-15"), Some(Service::Sts));
        assert_eq!(Service::from_query_version("2011-06-16"), None);
    }

    #[test]
    fn auth_types_and_error_forms_come_from_the_model() {
        let idp = Service::CognitoIdp.model();
        assert!(idp.operation("SignUp").unwrap().unauthenticated);
        assert!(!idp.operation("AdminCreateUser").unwrap().unauthenticated);
        let missing = Service::Iam.model().error("NoSuchEntityException").unwrap();
        assert_eq!((missing.code.as_str(), missing.status), ("NoSuchEntity", 404));
        assert_eq!(idp.error("InternalErrorException").unwrap().status, 500);
    }
}
