//! Passwright: a self-hosted auth and token service that speaks the wire protocols of Amazon Cognito, STS and IAM.
//!
//! # The rooms
//! Each looks down, never up, and no two use each other in a circle (`tests/architecture.rs` has every edge).
//!
//! | room | holds |
//! |---|---|
//! | [`startup`], [`config`], [`cli`] | settings to a running server; the command line, and its commands that run none |
//! | [`http`] | routes, health, metrics, TLS |
//! | [`hosted`] | the pages that a pool's users sign in at |
//! | [`console`] | pages that call the wire's operations as whoever is signed in |
//! | [`docs`] | the documentation, rendered and searched |
//! | [`oauth`] | the endpoints of an OpenID provider that programs call |
//! | [`pages`] | what every page shares: files, headers |
//! | [`wire`] | bytes to typed operations and back, by the AWS interface models |
//! | [`services`] | one file an operation, one table a service |
//! | [`insight`] | what an operator wants to know: events, activity, the deployment |
//! | [`decisions`] | AuthZEN, simulation, forward-auth |
//! | [`operation`] | who may call an operation and what it asks: the five kinds of rows |
//! | [`flows`] | what takes several steps and I/O, shared by wire and decisions |
//! | [`delivery`] | messages to people |
//! | [`triggers`] | the functions that pools call |
//! | [`federation`] | other providers: how they are asked, and what of their answers is believed |
//! | [`jobs`] | work that no request waits for: one table, one registry |
//! | [`authz`] | credentials to a caller; the policies that apply to a decision |
//! | [`audit`] | what happened, as it is noted until it is written |
//! | [`budgets`] | what one client address may do in a while |
//! | [`context`] | `cx`: the application's parts, and what is known of a call |
//! | [`store`] | the database: SQL lives here only |
//! | [`tokens`] | JWTs, signing keys, session tokens |
//! | [`userpools`], [`identitypools`], [`iam`], [`policy`], [`crypto`], [`sigv4`], [`kit`] | rules without I/O |
//! | `testing` | the whole application in a test's own process |
//!
//! # To add, touch
//! | to add | touch |
//! |---|---|
//! | an operation | its file (request, what it asks, response, handler, tests) and its row in the service's `mod.rs`; a store function only for a new query |
//! | a page of the console | its file in [`console`], its template in `templates/console/`, a row of `rows()` for it and for each of its forms |
//! | a page of the documentation | its file in `templates/docs/`, its name in `docs/library.rs` |
//! | a service | a row in [`wire::model`], its folder in [`services`] |
//! | a condition operator | its function and table test in `policy/operators/`, one row there |
//! | a check of policies | its function in `policy/validate/checks/`, one row there |
//! | a setting | its field in [`config`] |
//! | a command | its variant in `cli/mod.rs` and its file beside it |
//! | a column | one migration, the row struct, the store file |
//! | a kind of id | its line in `kit/id.rs` and its name in `store/types.rs` |
//! | what rests sealed | [`crypto::sealed::Sealable`] for it, and `Sealed<T>` in its row |
//! | a kind of job | its function in [`jobs`], one row of `KINDS` |
//! | what a flow of user pools refuses | a variant of its decision, one arm in `services/cognito_idp/errors.rs` |
//! | an edge between rooms | the row of the room that looks, in `tests/architecture.rs` |

pub mod audit;
pub mod authz;
pub mod budgets;
pub mod cli;
pub mod config;
pub mod console;
pub mod context;
pub mod crypto;
pub mod decisions;
pub mod delivery;
pub mod docs;
pub mod federation;
pub mod flows;
pub mod hosted;
pub mod http;
pub mod iam;
pub mod identitypools;
pub mod insight;
pub mod jobs;
pub mod kit;
pub mod oauth;
#[macro_use]
pub mod operation;
pub mod pages;
pub mod policy;
pub mod services;
pub mod sigv4;
pub mod startup;
pub mod store;
#[cfg(test)]
pub mod testing;
pub mod tokens;
pub mod triggers;
pub mod userpools;
pub mod wire;
