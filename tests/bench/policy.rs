//! Decisions a second: our engine beside cedar-policy and iam-rs, with equivalent policies, in one run.
//!
//! `cargo bench --manifest-path tests/bench/peers/Cargo.toml`; the ratios are what counts, since the machine's load reaches all alike.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cedar_policy as cedar;
use iam_rs as peer;
use passwright::policy::{ContextMap, NamedPolicy, Policies, PolicySet, Principal, Request, Verdict, judge, parse};
use serde_json::{Value, json};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
const SERVICES: usize = 40;
const REQUESTS: usize = 64;
/// Real policies have some statements each; AWS bounds their size.
const STATEMENTS_PER_POLICY: usize = 10;
const BATCHES: usize = 41;
const TIME_PER_CELL: Duration = Duration::from_millis(1_500);
const USER: &str = "arn:aws:iam::111122223333:user/alice";

fn main() {
    println!("median microseconds a decision (allocations a decision); ratios to ours with statements that name a service");
    println!("{:>10} {:>18} {:>18} {:>24} {:>24}", "statements", "ours, indexable", "ours, all `*`", "cedar-policy", "iam-rs");
    for size in SIZES {
        let indexed = ours(size, Shape::NamesService);
        let unindexed = ours(size, Shape::EveryAction);
        let cedar = cedar(size);
        let iam_rs = iam_rs(size);
        let beside = |peer: &Cell| format!("{:.2} ({:.0}) {:.0}x", peer.micros, peer.allocations, peer.micros / indexed.micros);
        let own = |cell: &Cell| format!("{:.3} ({:.0})", cell.micros, cell.allocations);
        println!(
            "{size:>10} {:>18} {:>18} {:>24} {:>24}",
            own(&indexed),
            own(&unindexed),
            beside(&cedar),
            iam_rs.as_ref().map_or("refuses".to_owned(), beside)
        );
    }
}

/// What the statements' `Action` looks like.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// `svc7:Get107*`, which an index can use.
    NamesService,
    /// `*`, with `*` as Resource too: only conditions tell the statements apart.
    EveryAction,
}

/// The one request that statement `at` allows.
struct Wanted {
    action: String,
    resource: String,
    table: String,
}

/// Statements over the whole set in turn, every fourth request allowed by none.
fn wanted(size: usize) -> Vec<Wanted> {
    let one = |request: usize| {
        let at = request * size / REQUESTS;
        let table = if request % 4 == 3 { "elsewhere".to_owned() } else { format!("table{at}") };
        Wanted {
            action: format!("svc{}:Get{at}Item", at % SERVICES),
            resource: format!("arn:aws:svc{}:eu-west-1:111122223333:{table}/red/item", at % SERVICES),
            table,
        }
    };
    (0..REQUESTS).map(one).collect()
}

fn is_allowed(request: usize) -> bool {
    request % 4 != 3
}

/// Wildcards, a variable, and conditions; the address is one of the key that all statements of the unindexable shape must read.
fn statement(at: usize, shape: Shape) -> Value {
    let service = at % SERVICES;
    match shape {
        Shape::NamesService => json!({
            "Sid": format!("S{at}"), "Effect": "Allow", "Action": format!("svc{service}:Get{at}*"),
            "Resource": format!("arn:aws:svc{service}:*:111122223333:table{at}/${{aws:PrincipalTag/team}}/*"),
            "Condition": {"StringEquals": {"aws:PrincipalTag/cost": "low"}, "StringLike": {"aws:UserAgent": "cli/*"}}
        }),
        Shape::EveryAction => json!({
            "Sid": format!("S{at}"), "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestTag/table": format!("table{at}")}, "StringLike": {"aws:UserAgent": "cli/*"}}
        }),
    }
}

fn documents(size: usize, shape: Shape) -> Vec<Value> {
    let statements: Vec<Value> = (0..size).map(|at| statement(at, shape)).collect();
    statements.chunks(STATEMENTS_PER_POLICY).map(|chunk| json!({"Version": "2012-10-17", "Statement": chunk})).collect()
}

const KEYS: [(&str, &str); 3] = [("aws:PrincipalTag/team", "red"), ("aws:PrincipalTag/cost", "low"), ("aws:UserAgent", "cli/2.0")];

fn ours(size: usize, shape: Shape) -> Cell {
    let named = |document: Value| NamedPolicy { name: "p".into(), policy: Arc::new(parse(&document.to_string()).expect("a policy")) };
    let set = PolicySet::new(documents(size, shape).into_iter().map(named).collect());
    let principal = Principal::from_arn(USER).expect("a user");
    let wanted = wanted(size);
    let contexts: Vec<ContextMap> = wanted
        .iter()
        .map(|wanted| {
            let mut context = ContextMap::new();
            KEYS.iter().for_each(|(key, value)| context.insert(key, *value));
            context.insert("aws:RequestTag/table", wanted.table.clone());
            context
        })
        .collect();
    let policies = Policies { identity: Some(&set), ..Policies::default() };
    measure(|request| {
        let Wanted { action, resource, .. } = &wanted[request];
        let request = Request {
            principal: &principal,
            action,
            resource,
            resource_account: None,
            wildcard_only_action: false,
            context: &contexts[request],
        };
        judge(&request, &policies).verdict == Verdict::Allowed
    })
}

/// The action is compared whole, which serves Cedar better than the pattern that the IAM policy has.
fn cedar(size: usize) -> Cell {
    let one = |at: usize| {
        let service = at % SERVICES;
        format!(
            r#"permit(principal, action == Action::"svc{service}:Get{at}Item", resource) when {{ resource.arn like "arn:aws:svc{service}:*:111122223333:table{at}/*"
                && resource.team == principal.team && principal.cost == "low" && context.agent like "cli/*" }};"#
        )
    };
    let policies = cedar::PolicySet::from_str(&(0..size).map(one).collect::<Vec<_>>().join("\n")).expect("policies");
    let uid = |kind: &str, id: &str| cedar::EntityUid::from_type_name_and_id(kind.parse().expect("a type"), cedar::EntityId::new(id));
    let text = |value: &str| cedar::RestrictedExpression::new_string(value.to_owned());
    let authorizer = cedar::Authorizer::new();
    let prepared: Vec<_> = wanted(size)
        .iter()
        .map(|wanted| {
            let attributes = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect();
            let user = cedar::Entity::new(uid("User", "alice"), attributes(&[("team", "red"), ("cost", "low")]), Default::default())
                .expect("a user");
            let resource = cedar::Entity::new(
                uid("Resource", &wanted.resource),
                attributes(&[("arn", &wanted.resource), ("team", "red")]),
                Default::default(),
            );
            let entities = cedar::Entities::from_entities([user, resource.expect("a resource")], None).expect("entities");
            let context = cedar::Context::from_pairs([("agent".to_owned(), text("cli/2.0"))]).expect("a context");
            let request =
                cedar::Request::new(uid("User", "alice"), uid("Action", &wanted.action), uid("Resource", &wanted.resource), context, None);
            (request.expect("a request"), entities)
        })
        .collect();
    measure(|request| {
        let (request, entities) = &prepared[request];
        authorizer.is_authorized(request, &policies, entities).decision() == cedar::Decision::Allow
    })
}

/// `None` where it gives no decision.
fn iam_rs(size: usize) -> Option<Cell> {
    let policies: Vec<peer::IAMPolicy> =
        documents(size, Shape::NamesService).into_iter().map(|document| serde_json::from_value(document).expect("a policy")).collect();
    let evaluator = peer::PolicyEvaluator::with_policies(policies);
    let prepared: Vec<peer::IAMRequest> = wanted(size)
        .iter()
        .map(|wanted| {
            let context = KEYS.iter().fold(peer::Context::new(), |context, (key, value)| context.with_string(*key, *value));
            let principal = peer::Principal::Aws(peer::PrincipalId::String(USER.to_owned()));
            peer::IAMRequest::new_with_context(
                principal,
                wanted.action.clone(),
                peer::Arn::parse(&wanted.resource).expect("an ARN"),
                context,
            )
        })
        .collect();
    if let Err(error) = evaluator.evaluate(&prepared[0]) {
        eprintln!("iam-rs, {size} statements: {error:?}");
        return None;
    }
    Some(measure(|request| evaluator.evaluate(&prepared[request]).is_ok_and(|result| result.decision == peer::Decision::Allow)))
}

struct Cell {
    micros: f64,
    allocations: f64,
}

/// The median of batches, each at least one pass over the requests; every decision is checked once first.
fn measure(decide: impl Fn(usize) -> bool) -> Cell {
    let pass = || (0..REQUESTS).for_each(|request| _ = black_box(decide(black_box(request))));
    for request in 0..REQUESTS {
        assert_eq!(decide(request), is_allowed(request), "request {request}");
    }
    let allocated = ALLOCATIONS.load(Ordering::Relaxed);
    let started = Instant::now();
    pass();
    let one_pass = started.elapsed();
    let allocations = (ALLOCATIONS.load(Ordering::Relaxed) - allocated) as f64 / REQUESTS as f64;
    let batches = BATCHES.min((TIME_PER_CELL.as_nanos() / one_pass.as_nanos().max(1)) as usize).max(3);
    let passes = (TIME_PER_CELL.as_nanos() / one_pass.as_nanos().max(1) / batches as u128).clamp(1, 20_000) as u32;
    let mut micros: Vec<f64> = (0..batches)
        .map(|_| {
            let started = Instant::now();
            (0..passes).for_each(|_| pass());
            started.elapsed().as_secs_f64() * 1e6 / f64::from(passes) / REQUESTS as f64
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    Cell { micros: micros[micros.len() / 2], allocations }
}

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static COUNTING: Counting = Counting;

/// The system's allocator, counted.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's contract is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}
