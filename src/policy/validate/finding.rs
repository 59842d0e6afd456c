//! What a validation says: findings of four kinds, each with the places that it is about, in the shapes of AWS's
//! `ValidatePolicy`.

/// What the text is to be, which decides the rules that it is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidatedType {
    /// Of a user, group or role.
    Identity,
    /// Of a resource; see [`ResourceType`].
    Resource,
    /// Of an organization, over principals.
    ServiceControl,
    /// Of an organization, over resources.
    ResourceControl,
}

/// The resource that a resource policy is for, where its type has rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    /// `AWS::S3::Bucket`
    S3Bucket,
    /// `AWS::S3::AccessPoint`
    S3AccessPoint,
    /// `AWS::S3::MultiRegionAccessPoint`
    S3MultiRegionAccessPoint,
    /// `AWS::S3ObjectLambda::AccessPoint`
    S3ObjectLambdaAccessPoint,
    /// `AWS::IAM::AssumeRolePolicyDocument`: a role's trust policy.
    AssumeRolePolicyDocument,
    /// `AWS::DynamoDB::Table`
    DynamoDbTable,
}

impl ResourceType {
    /// By AWS's name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::S3Bucket,
            Self::S3AccessPoint,
            Self::S3MultiRegionAccessPoint,
            Self::S3ObjectLambdaAccessPoint,
            Self::AssumeRolePolicyDocument,
            Self::DynamoDbTable,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }

    /// AWS's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S3Bucket => "AWS::S3::Bucket",
            Self::S3AccessPoint => "AWS::S3::AccessPoint",
            Self::S3MultiRegionAccessPoint => "AWS::S3::MultiRegionAccessPoint",
            Self::S3ObjectLambdaAccessPoint => "AWS::S3ObjectLambda::AccessPoint",
            Self::AssumeRolePolicyDocument => "AWS::IAM::AssumeRolePolicyDocument",
            Self::DynamoDbTable => "AWS::DynamoDB::Table",
        }
    }
}

/// How to read the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What it is to be.
    pub policy_type: ValidatedType,
    /// Counts for [`ValidatedType::Resource`] alone.
    pub resource_type: Option<ResourceType>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// The policy does not work.
    Error,
    /// It allows more than its author can want.
    SecurityWarning,
    /// It does not follow good practice.
    Warning,
    /// It could be said better.
    Suggestion,
}

impl FindingKind {
    /// AWS's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
        }
    }
}

/// One problem of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub kind: FindingKind,
    /// AWS's name of the check.
    pub issue_code: &'static str,
    /// For people.
    pub details: String,
    /// Where AWS explains the check.
    pub learn_more: String,
    /// What it is about.
    pub locations: Vec<Location>,
}

/// A place in a policy, by its path and by its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// From the document's root.
    pub path: Vec<PathElement>,
    /// In the text.
    pub span: Span,
}

/// A step down into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathElement {
    /// To an item of a list.
    Index(usize),
    /// To a name in an object, itself.
    Key(String),
    /// To a part of a text, in characters.
    Substring {
        /// From 0.
        start: usize,
        /// Of the part.
        length: usize,
    },
    /// To the value under a name of an object.
    Value(String),
}

/// From the first character to the one after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// After the last.
    pub end: Position,
}

/// A place in the text, counted in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// From 0.
    pub column: usize,
    /// From 0.
    pub offset: usize,
}
