//! How the things of a demo are found again.

use crate::wire::model::Service;

/// An operation that lists things, and how it tells of them.
pub(super) struct Listing {
    pub service: Service,
    pub operation: &'static str,
    pub items: &'static str,
    pub name: &'static str,
    pub id: &'static str,
}

pub(super) const USER_POOLS: Listing =
    Listing { service: Service::CognitoIdp, operation: "ListUserPools", items: "UserPools", name: "Name", id: "Id" };

pub(super) const CLIENTS: Listing = Listing {
    service: Service::CognitoIdp,
    operation: "ListUserPoolClients",
    items: "UserPoolClients",
    name: "ClientName",
    id: "ClientId",
};

pub(super) const IDENTITY_POOLS: Listing = Listing {
    service: Service::CognitoIdentity,
    operation: "ListIdentityPools",
    items: "IdentityPools",
    name: "IdentityPoolName",
    id: "IdentityPoolId",
};
