//! Provisioned limits: how many requests a second of a category an account has, in each region.

/// A category of operations, and how many requests a second of it are free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// As the API names it.
    pub name: &'static str,
    /// Requests a second.
    pub free: i64,
}

/// The categories whose limits can be set.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", operation categories that are adjustable.
const CATEGORIES: [Category; 10] = [
    Category { name: "ClientAuthentication", free: 150 },
    Category { name: "UserAccountRecovery", free: 30 },
    Category { name: "UserAuthentication", free: 120 },
    Category { name: "UserCreation", free: 50 },
    Category { name: "UserFederation", free: 25 },
    Category { name: "UserRead", free: 120 },
    Category { name: "UserResourceRead", free: 50 },
    Category { name: "UserResourceUpdate", free: 25 },
    Category { name: "UserToken", free: 120 },
    Category { name: "UserUpdate", free: 25 },
];

/// The most that an account can have of a category. With AWS it is the account's quota; here it is the same for all.
pub const MOST: i64 = 10_000;

/// Why a limit is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitRefused {
    /// Less than is free.
    #[error("The requested limit value is below the default limit of {0} requests per second.")]
    BelowDefault(i64),
    /// More than an account can have.
    #[error("The requested limit value exceeds the maximum limit of {MOST} requests per second of the account.")]
    BeyondQuota,
}

/// The category of this name.
#[must_use]
pub fn category(name: &str) -> Option<Category> {
    CATEGORIES.into_iter().find(|category| category.name == name)
}

impl Category {
    /// Whether so many requests a second can be had.
    ///
    /// # Errors
    /// [`LimitRefused`].
    pub const fn check(self, requested: i64) -> Result<(), LimitRefused> {
        if requested < self.free {
            Err(LimitRefused::BelowDefault(self.free))
        } else if requested > MOST {
            Err(LimitRefused::BeyondQuota)
        } else {
            Ok(())
        }
    }
}
