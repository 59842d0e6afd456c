//! Prometheus metrics.

use std::sync::LazyLock;
use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use prometheus::{Encoder as _, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

use crate::config::Mode;
use crate::context::{App, Delivered};

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

/// Requests by class of status. A counter that cannot be registered is not counted: requests matter more.
static REQUESTS: LazyLock<Option<IntCounterVec>> = LazyLock::new(|| {
    let counter = IntCounterVec::new(Opts::new("passwright_requests_total", "Requests answered, by class of status."), &["status"]).ok()?;
    REGISTRY.register(Box::new(counter.clone())).ok()?;
    Some(counter)
});

/// How long answers took.
static SECONDS: LazyLock<Option<Histogram>> = LazyLock::new(|| {
    let seconds = Histogram::with_opts(HistogramOpts::new("passwright_request_seconds", "Seconds from request to answer.")).ok()?;
    REGISTRY.register(Box::new(seconds.clone())).ok()?;
    Some(seconds)
});

/// Tells, from now on, what runs here and since when: a process does so once.
pub fn begin(app: &App) {
    let mode = match app.mode {
        Mode::Dev => "dev",
        Mode::Serve => "serve",
    };
    let build = Opts::new("passwright_build_info", "What runs here; its value is always 1.");
    let build = build.const_label("version", env!("CARGO_PKG_VERSION")).const_label("mode", mode);
    let start = Opts::new("process_start_time_seconds", "When the process began to serve, in seconds since 1970.");
    for (gauge, value) in [(build, 1), (start, app.now().seconds())] {
        let Ok(gauge) = IntGauge::with_opts(gauge) else { continue };
        gauge.set(value);
        // As above: what cannot be registered is not told.
        let _ = REGISTRY.register(Box::new(gauge));
    }
}

/// What the application itself counts on this node, read off as it stands: what budgets refused, and the keys that were rotated.
fn of_the_application(app: &App) -> Registry {
    let registry = Registry::new();
    let rotations = IntCounter::new("passwright_signing_key_rotations_total", "Signing keys of user pools rotated by this node.");
    if let Ok(counter) = rotations
        && registry.register(Box::new(counter.clone())).is_ok()
    {
        counter.inc_by(app.rotations.load(Ordering::Relaxed));
    }
    let dropped = IntCounter::new("passwright_audit_events_dropped_total", "Events that found no room to be noted; the log has them.");
    if let Ok(counter) = dropped
        && registry.register(Box::new(counter.clone())).is_ok()
    {
        counter.inc_by(app.journal.dropped());
    }
    let options = Opts::new("passwright_budget_refusals_total", "Requests refused because a budget was spent, by budget.");
    if let Ok(counter) = IntCounterVec::new(options, &["budget"])
        && registry.register(Box::new(counter.clone())).is_ok()
    {
        for (budget, refused) in app.budgets.refusals() {
            counter.with_label_values(&[budget]).inc_by(refused);
        }
    }
    let options = Opts::new("passwright_messages_total", "Messages that this node delivered, has to try again, and gave up.");
    if let Ok(counter) = IntCounterVec::new(options, &["outcome"])
        && registry.register(Box::new(counter.clone())).is_ok()
    {
        let Delivered { delivered, tried, given_up } = &app.delivered;
        for (outcome, count) in [("delivered", delivered), ("tried", tried), ("given_up", given_up)] {
            counter.with_label_values(&[outcome]).inc_by(count.load(Ordering::Relaxed));
        }
    }
    registry
}

/// Counts and times every answer.
pub async fn count<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let timer = SECONDS.as_ref().map(Histogram::start_timer);
    let outcome = next.call(request).await;
    drop(timer);
    let status = outcome.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    if let Some(requests) = REQUESTS.as_ref() {
        requests.with_label_values(&[&format!("{}xx", status.as_u16() / 100)]).inc();
    }
    outcome
}

/// `GET /metrics`.
pub async fn show(app: Data<App>) -> HttpResponse {
    let mut text = Vec::new();
    let families = [REGISTRY.gather(), of_the_application(&app).gather()].concat();
    match TextEncoder::new().encode(&families, &mut text) {
        Ok(()) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
