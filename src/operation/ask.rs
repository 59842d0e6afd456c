//! What a call asks to be allowed, about resources as they were found.

use crate::authz::{self, Denied};
use crate::context::Context;
use crate::iam::entity::{Role, Tag};
use crate::operation::Fault;
use crate::policy::{ContextMap, Decision, PolicySource, Verdict};
use crate::store::StoreError;

/// A request that says what it asks about.
///
/// There is no default: a signed operation whose request does not say this does not compile.
#[expect(async_fn_in_trait, reason = "handlers run on their worker: their futures need not be `Send`")]
pub trait Asks {
    /// What the request names, as it was found: the handler gets this very thing, not the text that was sent.
    type Found;

    /// Finds what the request names, and says what is asked of it.
    ///
    /// # Errors
    /// What refuses the call before anything is judged; our own failures.
    async fn resolve(&self, cx: &Context) -> Result<Resolved<Self::Found>, Fault>;
}

/// What a request names, and what it asks of it.
pub struct Resolved<Found> {
    /// What was found; or the error that says it was not, which only those get to see who are allowed.
    pub found: Result<Found, Fault>,
    /// What is asked; every one must be allowed.
    pub asks: Vec<Ask>,
}

impl<Found> Resolved<Found> {
    /// The same, each of whose asks says more.
    #[must_use]
    pub fn asking(self, more: impl Fn(Ask) -> Ask) -> Self {
        Self { asks: self.asks.into_iter().map(more).collect(), ..self }
    }

    /// One ask, and what was found for it.
    pub fn one(found: Result<Found, Fault>, ask: Ask) -> Self {
        Self { found, asks: vec![ask] }
    }
}

impl Resolved<()> {
    /// A call of an action that has no resource types: it is judged on `*`.
    pub fn everything() -> Self {
        Self::one(Ok(()), Ask::on("*"))
    }
}

/// One question to the policy engine.
pub struct Ask {
    /// The action; the operation's own where there is none.
    action: Option<&'static str>,
    /// The ARN, as found; `*` for actions without resource types.
    resource: String,
    /// The resource's account, where it may be another's than the caller's.
    account: Option<String>,
    /// The condition keys of this question, beside those of the call.
    keys: ContextMap,
    /// The role that is to be assumed: its trust policy decides too.
    role: Option<Role>,
    /// Whether the account itself allows it to all of its users.
    is_granted: bool,
}

impl Ask {
    /// The operation's own action, on a resource of the caller's account.
    pub fn on(resource: impl Into<String>) -> Self {
        Self { action: None, resource: resource.into(), account: None, keys: ContextMap::new(), role: None, is_granted: false }
    }

    /// To assume a role, which may be another account's.
    pub fn to_assume(role: &Role) -> Self {
        Self { account: Some(role.account_id.to_string()), role: Some(role.clone()), ..Self::on(role.arn()) }
    }

    /// The same question about another action than the operation's own: `iam:PassRole`.
    #[must_use]
    pub fn action(self, action: &'static str) -> Self {
        Self { action: Some(action), ..self }
    }

    /// The same question about what the account itself allows to all of its users, or does not: where it does, no policy of theirs
    /// need say so, and any may still take it away.
    #[must_use]
    pub fn granted(self, is_granted: bool) -> Self {
        Self { is_granted, ..self }
    }

    /// Adds a condition key.
    #[must_use]
    pub fn key(mut self, name: &str, value: impl Into<String>) -> Self {
        self.keys.insert(name, value.into());
        self
    }

    /// Adds a condition key of many values; none where there are none.
    #[must_use]
    pub fn list(mut self, name: &str, values: &[String]) -> Self {
        if !values.is_empty() {
            self.keys.insert_list(name, values.iter().cloned());
        }
        self
    }

    /// Adds `aws:RequestTag/…` and `aws:TagKeys`: the tags that the call would set.
    #[must_use]
    pub fn request_tags(mut self, tags: &[Tag]) -> Self {
        for tag in tags {
            self.keys.insert(&format!("aws:RequestTag/{}", tag.key), tag.value.clone());
        }
        self.tag_keys(tags.iter().map(|tag| tag.key.clone()))
    }

    /// Adds `aws:TagKeys`: the keys of tags that the call would set or take away.
    #[must_use]
    pub fn tag_keys(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        let mut keys = keys.into_iter().peekable();
        if keys.peek().is_some() {
            self.keys.insert_list("aws:TagKeys", keys);
        }
        self
    }

    /// Adds `aws:ResourceTag/…`, and IAM's own name for it: the tags that the resource has.
    ///
    /// Source: service authorization reference, "AWS Identity and Access Management", condition keys.
    #[must_use]
    pub fn resource_tags(mut self, tags: &[Tag]) -> Self {
        for tag in tags {
            self.keys.insert(&format!("aws:ResourceTag/{}", tag.key), tag.value.clone());
            self.keys.insert(&format!("iam:ResourceTag/{}", tag.key), tag.value.clone());
        }
        self
    }

    /// The decision on it by the policies that apply to the caller.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decide(&self, cx: &Context, own_action: &str) -> Result<Decision, StoreError> {
        let action = self.action.unwrap_or(own_action);
        #[cfg(test)]
        super::fit::check(action, &self.resource);
        let mut keys = authz::keys_of_call(cx);
        keys.extend(&self.keys);
        match &self.role {
            Some(role) => authz::decide_assumption(cx, &cx.caller, role, action, &keys).await,
            None => {
                let target = authz::Target { resource: &self.resource, account: self.account.as_deref() };
                let decision = authz::decide_at(cx, &cx.caller, action, target, &keys).await?;
                let lacks_own = decision.verdict == Verdict::ImplicitDeny && decision.source == Some(PolicySource::Identity);
                if self.is_granted && lacks_own {
                    let target = authz::Target { resource: &self.resource, account: self.account.as_deref() };
                    return authz::decide_granted(cx, &cx.caller, action, target, &keys).await;
                }
                Ok(decision)
            }
        }
    }

    /// Judges it by the policies that apply to the caller.
    ///
    /// # Errors
    /// [`Fault::Denied`], in AWS's words.
    pub(super) async fn judge(&self, cx: &Context, own_action: &str) -> Result<(), Fault> {
        let action = self.action.unwrap_or(own_action);
        let decision = self.decide(cx, own_action).await?;
        match decision.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::ExplicitDeny | Verdict::ImplicitDeny if self.role.is_some() => {
                Err(Fault::AccessDenied(authz::denial_in_short(&cx.caller, action, &self.resource)))
            }
            Verdict::ExplicitDeny | Verdict::ImplicitDeny => {
                let message = authz::denial(&cx.caller, action, &self.resource, &decision);
                let mut keys = authz::keys_of_call(cx);
                keys.extend(&self.keys);
                let denied = Denied { action, resource: &self.resource, keys: &keys, decision: &decision };
                Err(match authz::sealed_denial(cx, &cx.caller, &denied) {
                    Some(sealed) => Fault::Denied(message, sealed),
                    None => Fault::AccessDenied(message),
                })
            }
        }
    }
}

/// What a request asks about, and how that is found: `asks!(Request => Found, |request, cx| …)`.
macro_rules! asks {
    ($request:ty => $found:ty, |$asked:ident, $cx:ident| $resolved:expr) => {
        impl $crate::operation::Asks for $request {
            type Found = $found;

            async fn resolve(
                &self,
                $cx: &$crate::context::Context,
            ) -> Result<$crate::operation::Resolved<Self::Found>, $crate::operation::Fault> {
                let $asked = self;
                $resolved
            }
        }
    };
}

/// The request's action has no resource types: it is judged on `*`.
macro_rules! asks_about_everything {
    ($request:ty) => {
        impl $crate::operation::Asks for $request {
            type Found = ();

            async fn resolve(&self, _: &$crate::context::Context) -> Result<$crate::operation::Resolved<()>, $crate::operation::Fault> {
                Ok($crate::operation::Resolved::everything())
            }
        }
    };
}
