//! What the refusals of a pool's settings are called.

use super::Error;
use crate::userpools::cimd::PatternRefused;
use crate::userpools::identity_provider::ProviderRefused;
use crate::userpools::limits::LimitRefused;
use crate::userpools::log_delivery::LogDeliveryRefused;
use crate::userpools::pool::ConfigurationRefused;
use crate::userpools::risk::RiskRefused;
use crate::userpools::tags::TagsRefused;

impl From<ConfigurationRefused> for Error {
    fn from(refused: ConfigurationRefused) -> Self {
        match refused {
            ConfigurationRefused::Tags(TagsRefused::Rule(refused)) => Self::parameter(refused.to_string()),
            ConfigurationRefused::Tags(refused) => Self::UserPoolTagging(refused.to_string()),
            ConfigurationRefused::Messaging(_) | ConfigurationRefused::OpenId(_) => Self::parameter(refused.to_string()),
        }
    }
}

impl From<RiskRefused> for Error {
    fn from(refused: RiskRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<LogDeliveryRefused> for Error {
    fn from(refused: LogDeliveryRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<PatternRefused> for Error {
    fn from(refused: PatternRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}

impl From<LimitRefused> for Error {
    fn from(refused: LimitRefused) -> Self {
        match refused {
            LimitRefused::BelowFree { .. } => Self::parameter(refused.to_string()),
            LimitRefused::BeyondQuota(_) => Self::ServiceQuotaExceeded(refused.to_string()),
        }
    }
}

impl From<ProviderRefused> for Error {
    fn from(refused: ProviderRefused) -> Self {
        Self::parameter(refused.to_string())
    }
}
