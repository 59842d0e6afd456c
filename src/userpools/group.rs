//! A group of a pool's users, and what tokens say of the groups that a user is in.

use crate::kit::clock::Timestamp;
use crate::kit::id::UserPoolId;

/// How many groups a pool has at most.
///
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito", resource quotas.
pub const MOST_IN_A_POOL: i64 = 10_000;

/// How many groups a user is in at most: each is in every token of theirs.
///
/// Source: the same.
pub const MOST_OF_A_USER: i64 = 100;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The pool.
    pub pool_id: UserPoolId,
    /// Unique in the pool, to the letter.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The role that its members prefer.
    pub role_arn: Option<String>,
    /// The lower takes precedence, and any over none.
    pub precedence: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub modified_at: Timestamp,
}

/// A group that a user is in, as their tokens are made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub name: String,
    /// Its role.
    pub role_arn: Option<String>,
    /// Its precedence.
    pub precedence: Option<i64>,
}

/// What tokens say of a user's groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupClaims {
    /// `cognito:groups`: by precedence, then by name.
    pub groups: Vec<String>,
    /// `cognito:roles`: the groups' roles in that order, each once.
    pub roles: Vec<String>,
    /// `cognito:preferred_role`: the role of the group that takes precedence.
    pub preferred_role: Option<String>,
}

impl GroupClaims {
    /// Of the groups that a user is in.
    ///
    /// Source: Amazon Cognito API reference, CreateGroup, Precedence: of groups with one precedence "neither group takes
    /// precedence over the other"; if they have one role, it is the preferred one, and if their roles differ there is none.
    #[must_use]
    pub fn of(mut memberships: Vec<Membership>) -> Self {
        let rank = |membership: &Membership| membership.precedence.unwrap_or(i64::MAX);
        memberships.sort_by(|one, other| rank(one).cmp(&rank(other)).then_with(|| one.name.cmp(&other.name)));
        let with_roles = || memberships.iter().filter_map(|membership| Some((rank(membership), membership.role_arn.as_ref()?)));
        let mut roles: Vec<String> = Vec::new();
        for (_, role) in with_roles() {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        let first = with_roles().next();
        let is_alone = |(first, role): &(i64, &String)| with_roles().all(|(rank, other)| rank != *first || other == *role);
        let preferred_role = first.filter(is_alone).map(|(_, role)| role.clone());
        Self { groups: memberships.into_iter().map(|membership| membership.name).collect(), roles, preferred_role }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_tell_of_groups_by_precedence() {
        type Row = (&'static str, Option<i64>, Option<&'static str>);
        type Case = (&'static [Row], &'static [&'static str], &'static [&'static str], Option<&'static str>);
        let cases: [Case; 8] = [
            (&[], &[], &[], None),
            (&[("a", None, None)], &["a"], &[], None),
            (&[("a", None, Some("A"))], &["a"], &["A"], Some("A")),
            (
                &[("a", None, Some("A")), ("b", Some(1), Some("B")), ("c", Some(0), Some("C"))],
                &["c", "b", "a"],
                &["C", "B", "A"],
                Some("C"),
            ),
            // A group without a role has none to prefer.
            (&[("a", Some(0), None), ("b", Some(1), Some("B"))], &["a", "b"], &["B"], Some("B")),
            (&[("b", Some(1), Some("B")), ("a", Some(1), Some("A"))], &["a", "b"], &["A", "B"], None),
            (&[("b", Some(1), Some("A")), ("a", Some(1), Some("A")), ("c", Some(2), Some("C"))], &["a", "b", "c"], &["A", "C"], Some("A")),
            (&[("b", None, Some("B")), ("a", None, Some("A"))], &["a", "b"], &["A", "B"], None),
        ];
        for (rows, groups, roles, preferred_role) in cases {
            let membership = |(name, precedence, role): &Row| Membership {
                name: (*name).to_owned(),
                role_arn: role.map(str::to_owned),
                precedence: *precedence,
            };
            let claims = GroupClaims::of(rows.iter().map(membership).collect());
            let told =
                (claims.groups.iter().map(String::as_str).collect::<Vec<_>>(), claims.roles.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!((told, claims.preferred_role.as_deref()), ((groups.to_vec(), roles.to_vec()), preferred_role), "{rows:?}");
        }
    }
}
