//! Around every request, once: its body comes in time and finds room, or it is refused, whichever door it is for.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use futures_util::Stream;
use futures_util::future::{Either, select};
use serde_json::json;
use tokio::time::Instant;

use super::imports;
use super::load::{Load, Serving};

/// Why a body is not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    /// It does not come in time.
    Late,
    /// There is no room for it.
    Full,
    /// The process is about to stop.
    Stopping,
}

impl Refusal {
    /// SDKs try again after a 503.
    fn response(self) -> HttpResponse {
        let (mut response, message) = match self {
            Self::Late => (HttpResponse::RequestTimeout(), "The request body did not come in time."),
            Self::Full => (HttpResponse::ServiceUnavailable(), "Too many requests are unfinished. Try again later."),
            Self::Stopping => (HttpResponse::ServiceUnavailable(), "The server is about to stop."),
        };
        // What is left of the body is not read, so the connection serves nothing more.
        response.force_close().json(json!({"message": message}))
    }
}

/// Holds a request's body to [`super::load::Limits`], and counts the request as served until its answer is written.
///
/// # Errors
/// Those of what it wraps.
pub async fn limit<B: MessageBody + 'static>(
    load: Data<Load>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<Counted>, Error> {
    let load = load.into_inner();
    let serving = Arc::clone(&load).begin();
    let refused = Rc::new(Cell::new(None));
    let payload = std::mem::replace(request.parts_mut().1, Payload::None);
    if imports::is_upload(&request) {
        // A file is longer than any body: what takes it has bounds of its own.
        request.set_payload(payload);
    } else if !matches!(payload, Payload::None) {
        let incoming = Incoming::new(payload, load, Rc::clone(&refused));
        request.set_payload(Payload::Stream { payload: Box::pin(incoming) });
    }
    let response = next.call(request).await?;
    let response = match refused.get() {
        None => response.map_into_boxed_body(),
        // The door saw a body that broke off; why, is said here.
        Some(refusal) => ServiceResponse::new(response.into_parts().0, Refusal::response(refusal)),
    };
    Ok(response.map_body(|_, body| Counted { body, _serving: serving }))
}

/// A body that is still coming.
struct Incoming {
    payload: Payload,
    load: Arc<Load>,
    begun: Instant,
    received: Rc<Cell<usize>>,
    refused: Rc<Cell<Option<Refusal>>>,
    /// What ends the wait; begun with the first wait, since most bodies are there at once.
    patience: Option<Pin<Box<dyn Future<Output = Refusal>>>>,
}

impl Incoming {
    fn new(payload: Payload, load: Arc<Load>, refused: Rc<Cell<Option<Refusal>>>) -> Self {
        Self { payload, load, begun: Instant::now(), received: Rc::default(), refused, patience: None }
    }

    fn refuse(&mut self, refusal: Refusal) -> Poll<Option<Result<Bytes, PayloadError>>> {
        self.refused.set(Some(refusal));
        self.payload = Payload::None;
        Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
    }

    fn forget(&mut self) {
        self.load.give_back(self.received.take());
    }
}

impl Stream for Incoming {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match Pin::new(&mut this.payload).poll_next(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                if !this.load.take(chunk.len()) {
                    return this.refuse(Refusal::Full);
                }
                this.received.set(this.received.get() + chunk.len());
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(ended) => {
                this.forget();
                Poll::Ready(ended)
            }
            Poll::Pending => {
                let begin = || Box::pin(patience(Arc::clone(&this.load), this.begun, Rc::clone(&this.received))) as Pin<Box<_>>;
                let refusal = ready!(this.patience.get_or_insert_with(begin).as_mut().poll(cx));
                this.refuse(refusal)
            }
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Waits until a body is too late, or is not waited for any more.
async fn patience(load: Arc<Load>, begun: Instant, received: Rc<Cell<usize>>) -> Refusal {
    let limits = load.limits;
    let due = || {
        let milliseconds = received.get().saturating_mul(1_000) / limits.bytes_per_second.max(1);
        let earned = std::time::Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX));
        begun + limits.grace.saturating_add(earned).min(limits.deadline)
    };
    loop {
        let awaited = due();
        let (late, stopped) = (pin!(tokio::time::sleep_until(awaited)), pin!(load.stopped()));
        match select(late, stopped).await {
            // What has come in the meantime may have earned more time.
            Either::Left(_) if due() > awaited => {}
            Either::Left(_) => return Refusal::Late,
            Either::Right(_) => return Refusal::Stopping,
        }
    }
}

/// An answer's body: until it is written, its request is being served.
pub struct Counted {
    body: BoxBody,
    _serving: Serving,
}

impl MessageBody for Counted {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}
