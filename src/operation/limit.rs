//! Requests counted to what an account has of their category, where that was provisioned.

use super::Fault;
use crate::context::Context;
use crate::kit::id::AccountId;
use crate::userpools::limits;
use crate::userpools::pool::Pool;

/// Whose requests a request is one of, and where.
pub struct Payer<'a> {
    account_id: &'a AccountId,
    region: &'a str,
}

impl<'a> Payer<'a> {
    /// Of the account that has the pool: nobody else is known of who holds a token or names a client.
    pub fn of(pool: &'a Pool) -> Self {
        Self { account_id: &pool.account_id, region: &pool.region }
    }

    /// Of the caller's own account.
    pub fn caller(cx: &'a Context) -> Self {
        Self { account_id: &cx.account_id, region: &cx.region }
    }
}

/// Counts a request, whatever becomes of it. What was provisioned is held in memory: no request costs a query.
///
/// # Errors
/// TooManyRequestsException.
pub async fn spend(cx: &Context, action: &str, payer: Payer<'_>) -> Result<(), Fault> {
    let Payer { account_id, region } = payer;
    let Some(operation) = action.strip_prefix("cognito-idp:") else { return Ok(()) };
    let Some(category) = limits::category_of(operation) else { return Ok(()) };
    let Some(a_second) = cx.provisioned_limit(account_id, region, category.name).await? else { return Ok(()) };
    let a_second = u32::try_from(a_second).unwrap_or(u32::MAX);
    let spends = |name: &'static str, a_second: u32| cx.budgets.spend_request((account_id, region, name), a_second, cx.now());
    let answers = operation.ends_with("RespondToAuthChallenge");
    let is_left = answers && spends(CHALLENGES, a_second.saturating_mul(limits::CHALLENGES_A_SIGN_IN)) || spends(category.name, a_second);
    if is_left { Ok(()) } else { Err(Fault::too_many_requests()) }
}

/// What answers to challenges count to, beside the category of sign-ins.
const CHALLENGES: &str = "answers to challenges";
