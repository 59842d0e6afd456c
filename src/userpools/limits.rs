//! Provisioned limits: how many requests a second of a category an account has, in each region. Nothing is refused of a category
//! whose limit was never set: how much a deployment can do is for whoever runs it to say.

/// A category of operations, and how many requests a second of it are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// As the API names it.
    pub name: &'static str,
    /// Requests a second.
    pub free: i64,
    /// The operations that count. What is no operation (the hosted pages, federation) has none here.
    pub operations: &'static [&'static str],
}

/// The categories whose limits can be set.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", operation categories that are adjustable, and the operations
/// of each.
const CATEGORIES: [Category; 6] = [
    Category {
        name: "UserAuthentication",
        free: 120,
        operations: &["AdminInitiateAuth", "AdminRespondToAuthChallenge", "InitiateAuth", "RespondToAuthChallenge"],
    },
    Category { name: "UserCreation", free: 50, operations: &["AdminConfirmSignUp", "AdminCreateUser", "ConfirmSignUp", "SignUp"] },
    Category { name: "UserFederation", free: 25, operations: &[] },
    Category { name: "UserRead", free: 120, operations: &["AdminGetUser", "GetUser"] },
    Category {
        name: "UserResourceRead",
        free: 50,
        operations: &[
            "AdminGetDevice",
            "AdminListDevices",
            "AdminListGroupsForUser",
            "AdminListUserAuthEvents",
            "GetDevice",
            "GetUserAttributeVerificationCode",
            "ListDevices",
            "ResendConfirmationCode",
        ],
    },
    Category { name: "UserToken", free: 120, operations: &["GetTokensFromRefreshToken", "RevokeToken"] },
];

/// How many answers to challenges come with each sign-in, and count apart; what is beyond counts as sign-ins do.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", operations with special request rate handling.
pub const CHALLENGES_A_SIGN_IN: u32 = 3;

/// The most that an account can have of a category. With AWS it is the account's quota; here it is the same for all.
pub const MOST: i64 = 10_000;

/// Why a limit is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitRefused {
    /// Less than is free.
    #[error("Requested value {requested} is below the free limit of {free}")]
    BelowFree {
        /// What was asked for.
        requested: i64,
        /// What is free.
        free: i64,
    },
    /// More than an account can have.
    #[error("Requested value {0} exceeds Service Quota ceiling of {MOST}")]
    BeyondQuota(i64),
}

/// The category of this name.
#[must_use]
pub fn category(name: &str) -> Option<Category> {
    CATEGORIES.into_iter().find(|category| category.name == name)
}

/// The category that an operation of user pools counts to.
#[must_use]
pub fn category_of(operation: &str) -> Option<Category> {
    CATEGORIES.into_iter().find(|category| category.operations.contains(&operation))
}

/// Every operation that counts.
#[cfg(test)]
pub fn operations() -> impl Iterator<Item = &'static str> {
    CATEGORIES.into_iter().flat_map(|category| category.operations.iter().copied())
}

impl Category {
    /// Whether so many requests a second can be had.
    ///
    /// # Errors
    /// [`LimitRefused`].
    pub const fn check(self, requested: i64) -> Result<(), LimitRefused> {
        if requested < self.free {
            Err(LimitRefused::BelowFree { requested, free: self.free })
        } else if requested > MOST {
            Err(LimitRefused::BeyondQuota(requested))
        } else {
            Ok(())
        }
    }
}
