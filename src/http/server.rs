//! The server: listeners, what stands around every route, and an end that waits for requests and for nothing else.

use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix_http::{HttpService, Protocol, Request};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service as _, ServiceFactory, ServiceRequest, ServiceResponse, fn_factory, fn_service};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web::Data;
use actix_web::{App as Routes, Error, HttpServer};
use futures_util::future::{Either, join_all, select};
use std::pin::pin;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;

use super::load::Load;
use super::{app, body, h2, metrics};
use crate::config::Transport;
use crate::context::App;
use crate::decisions::forward_auth::Rules;
use crate::{oauth, pages};

/// The head of a first request is there within this time, and so is a TLS handshake.
const HEAD_SECONDS: Duration = Duration::from_secs(10);

/// A stop takes no longer, whatever is being served.
const SHUTDOWN_SECONDS: u64 = 30;

/// What has been served is on its way to its clients after this time.
const FLUSH: Duration = Duration::from_millis(250);

/// Runs until a signal stops it: SIGTERM waits for the requests that are being served.
///
/// # Errors
/// A listener that cannot be served.
pub async fn run(
    app: Arc<App>,
    rules: Data<Rules>,
    plain: Vec<TcpListener>,
    secure: Vec<(TcpListener, rustls::ServerConfig)>,
) -> io::Result<()> {
    metrics::begin(&app);
    let load = Arc::new(Load::new(super::load::Limits::default()));
    let mut servers = Vec::new();
    if !plain.is_empty() {
        let parts = Parts { app: Arc::clone(&app), rules: rules.clone(), load: Arc::clone(&load), transport: Transport::Plain };
        let mut server = HttpServer::new(move || parts.routes()).client_request_timeout(HEAD_SECONDS).shutdown_timeout(SHUTDOWN_SECONDS);
        for listener in plain {
            server = server.listen(listener)?;
        }
        servers.push(server.run());
    }
    if !secure.is_empty() {
        let mut server = actix_server::Server::build().shutdown_timeout(SHUTDOWN_SECONDS);
        for (listener, config) in secure {
            let parts = Parts { app: Arc::clone(&app), rules: rules.clone(), load: Arc::clone(&load), transport: Transport::Tls };
            let acceptor = acceptor(config);
            server = server.listen("https", listener, move || tls(parts.clone(), acceptor.clone()))?;
        }
        servers.push(server.run());
    }
    let mut terminated = signal(SignalKind::terminate())?;
    let drained = pin!(async {
        terminated.recv().await;
        load.stop();
        load.idle().await;
        tokio::time::sleep(FLUSH).await;
    });
    match select(join_all(servers), drained).await {
        Either::Left((outcomes, _)) => outcomes.into_iter().collect(),
        // Connections that carry no request are not waited for.
        Either::Right(_) => Ok(()),
    }
}

/// What the routes are made of.
#[derive(Clone)]
pub(super) struct Parts {
    pub app: Arc<App>,
    pub rules: Data<Rules>,
    pub load: Arc<Load>,
    pub transport: Transport,
}

impl Parts {
    /// The routes, and what stands around each.
    pub(super) fn routes(
        &self,
    ) -> Routes<
        impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody + use<>>, Error = Error, InitError = ()>
        + use<>,
    > {
        Routes::new()
            .app_data(Data::from(Arc::clone(&self.app)))
            .app_data(self.rules.clone())
            .app_data(Data::from(Arc::clone(&self.load)))
            .app_data(self.transport)
            .wrap(from_fn(body::limit))
            .wrap(from_fn(metrics::count))
            .wrap(app::cors())
            .wrap(from_fn(app::judge_preflights))
            .wrap(from_fn(pages::own_origin_only))
            .wrap(from_fn(oauth::at_domain))
            .configure(app::configure(self.app.mode))
    }
}

/// Accepts TLS, for HTTP/2 and HTTP/1.
pub(super) fn acceptor(mut config: rustls::ServerConfig) -> TlsAcceptor {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// Serves connections over TLS.
pub(super) fn tls(
    parts: Parts,
    acceptor: TlsAcceptor,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = (), InitError = ()> {
    fn_factory(move || {
        let (parts, acceptor) = (parts.clone(), acceptor.clone());
        async move {
            let routes = actix_service::IntoServiceFactory::<_, Request>::into_factory(parts.routes());
            let app = Rc::new(routes.new_service(AppConfig::default()).await?);
            let for_http1 = Rc::clone(&app);
            let http1 = HttpService::build().client_request_timeout(HEAD_SECONDS).finish(fn_service(move |request: Request| {
                let app = Rc::clone(&for_http1);
                async move { app.call(request).await }
            }));
            let http1 = Rc::new(http1.new_service(()).await?);
            Ok(fn_service(move |io: TcpStream| {
                let (parts, acceptor, app, http1) = (parts.clone(), acceptor.clone(), Rc::clone(&app), Rc::clone(&http1));
                async move {
                    let peer = io.peer_addr().ok();
                    let Ok(Ok(io)) = tokio::time::timeout(HEAD_SECONDS, acceptor.accept(io)).await else { return Ok(()) };
                    if io.get_ref().1.alpn_protocol() == Some(b"h2") {
                        h2::serve(io, peer, app, parts.load, Arc::clone(&parts.app.clock)).await;
                        return Ok(());
                    }
                    // What goes wrong on a connection is its client's fault.
                    http1.call((io, Protocol::Http1, peer)).await.or(Ok(()))
                }
            }))
        }
    })
}
