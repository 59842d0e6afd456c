//! The services whose actions are this deployment's own administration.

/// As IAM actions name them: what we answer for on the wire (a test holds this to its list), our own paths, and the vaults.
pub const OWN_SERVICES: [&str; 8] =
    ["access-analyzer", "cognito-identity", "cognito-idp", "iam", "kms", "passwright", "secretsmanager", "sts"];
