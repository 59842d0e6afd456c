//! HTTP/2 connections: at most so many streams, headers of a bounded length, and an end for those that nobody uses.
//!
//! The web framework serves HTTP/2 too, but with any number of streams: one client could have a thousand bodies in hand.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{Payload, Request, Response};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{CONNECTION, CONTENT_LENGTH, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use actix_web::http::{Method, StatusCode, Version};
use actix_web::web::Bytes;
use futures_util::future::{Either, select};
use h2::server::{Builder, Connection, SendResponse};
use tokio::io::{AsyncRead, AsyncWrite};

use super::load::Load;
use crate::kit::clock::Clock;

/// Announced to clients; a stream beyond is refused.
const MAX_STREAMS: u32 = 128;

/// What a request's headers may take, in bytes: as much as in HTTP/1.
const MAX_HEADER_BYTES: u32 = 128 * 1024;

/// What a client may send of one body, and of all bodies of a connection, before we have read it.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// A connection without a request ends after this time.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// The handshake is done, and a piece of an answer taken, within this time.
const PATIENCE: Duration = Duration::from_secs(30);

const CHUNK_BYTES: usize = 16 * 1024;

/// Headers that belong to a connection of HTTP/1 (RFC 9113 §8.2.2).
const OF_THE_CONNECTION: [HeaderName; 5] =
    [CONNECTION, TRANSFER_ENCODING, UPGRADE, HeaderName::from_static("keep-alive"), HeaderName::from_static("proxy-connection")];

/// Serves a connection until it ends. Its faults are the client's.
pub async fn serve<T, S, B>(io: T, peer: Option<SocketAddr>, app: Rc<S>, load: Arc<Load>, clock: Arc<dyn Clock>)
where
    T: AsyncRead + AsyncWrite + Unpin,
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    let Ok(Ok(mut connection)) = tokio::time::timeout(PATIENCE, builder.handshake(io)).await else { return };
    // Each stream holds a clone.
    let streams = Rc::new(());
    let mut ending = false;
    while let Some(event) = next(&mut connection, &load, ending).await {
        match event {
            Event::Request(accepted) => {
                let (request, answer) = *accepted;
                let (app, stream, clock) = (Rc::clone(&app), Rc::clone(&streams), Arc::clone(&clock));
                actix_web::rt::spawn(async move {
                    let _stream = stream;
                    let (response, is_head) = respond(app.as_ref(), request, peer).await;
                    // A client that went away misses its answer.
                    let _ = send(response, is_head, answer, clock.as_ref()).await;
                });
            }
            Event::Quiet if Rc::strong_count(&streams) > 1 => {}
            Event::Quiet if ending => return,
            Event::Quiet | Event::Stopping => {
                connection.graceful_shutdown();
                ending = true;
            }
        }
    }
}

enum Event {
    Request(Box<(http::Request<h2::RecvStream>, SendResponse<Bytes>)>),
    /// Nothing came for a while.
    Quiet,
    /// The process is about to stop.
    Stopping,
}

/// `None` where the connection has ended.
async fn next<T: AsyncRead + AsyncWrite + Unpin>(connection: &mut Connection<T, Bytes>, load: &Load, ending: bool) -> Option<Event> {
    let stopped = async {
        if ending {
            std::future::pending::<()>().await;
        }
        load.stopped().await;
    };
    let waited = pin!(async {
        match select(pin!(tokio::time::sleep(KEEP_ALIVE)), pin!(stopped)).await {
            Either::Left(_) => Event::Quiet,
            Either::Right(_) => Event::Stopping,
        }
    });
    // Accepting drives the connection, its open streams included.
    match select(pin!(connection.accept()), waited).await {
        Either::Left((accepted, _)) => Some(Event::Request(Box::new(accepted?.ok()?))),
        Either::Right((event, _)) => Some(event),
    }
}

/// The application's answer, and whether its body is left out.
async fn respond<S, B>(app: &S, request: http::Request<h2::RecvStream>, peer: Option<SocketAddr>) -> (Response<BoxBody>, bool)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    let (parts, body) = request.into_parts();
    let is_head = parts.method == Method::HEAD;
    let mut request = Request::with_payload(Payload::from(body));
    let head = request.head_mut();
    head.uri = parts.uri;
    head.method = parts.method;
    head.version = parts.version;
    head.headers = parts.headers.into();
    head.peer_addr = peer;
    let response = match app.call(request).await {
        Ok(response) => Response::from(response.map_into_boxed_body()),
        Err(error) => Response::from(error.error_response()),
    };
    (response, is_head)
}

async fn send(response: Response<BoxBody>, is_head: bool, mut answer: SendResponse<Bytes>, clock: &dyn Clock) -> Result<(), h2::Error> {
    let (response, body) = response.into_parts();
    let size = if response.status() == StatusCode::NO_CONTENT { BodySize::None } else { body.size() };
    let mut head = http::Response::new(());
    *head.status_mut() = response.status();
    *head.version_mut() = Version::HTTP_2;
    for (name, value) in response.headers() {
        if !OF_THE_CONNECTION.contains(name) {
            head.headers_mut().append(name, value.clone());
        }
    }
    if let BodySize::Sized(length) = size {
        head.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    if let Ok(date) = HeaderValue::from_str(&clock.now().to_http_date()) {
        head.headers_mut().entry(DATE).or_insert(date);
    }
    if size.is_eof() || is_head {
        return answer.send_response(head, true).map(drop);
    }
    let mut stream = answer.send_response(head, false)?;
    let mut body = pin!(body);
    while let Some(chunk) = poll_fn(|cx| body.as_mut().poll_next(cx)).await {
        // An answer that breaks off is reset, not ended.
        let Ok(mut chunk) = chunk else {
            stream.send_reset(h2::Reason::INTERNAL_ERROR);
            return Ok(());
        };
        while !chunk.is_empty() {
            stream.reserve_capacity(chunk.len().min(CHUNK_BYTES));
            let capacity = tokio::time::timeout(PATIENCE, poll_fn(|cx| stream.poll_capacity(cx))).await;
            let Ok(Some(capacity)) = capacity else {
                stream.send_reset(h2::Reason::CANCEL);
                return Ok(());
            };
            let piece = chunk.split_to(capacity?.min(chunk.len()));
            if !piece.is_empty() {
                stream.send_data(piece, false)?;
            }
        }
    }
    stream.send_data(Bytes::new(), true)
}
