//! The server on a socket of its own: what only bytes on a wire show.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::rt::net::TcpStream;
use actix_web::web::{Bytes, Data};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::load::{Limits, Load};
use super::server::{self, Parts};
use crate::config::Transport;
use crate::decisions::forward_auth::Rules;
use crate::testing::{TestApp, TestCaller};

/// Limits that tests can wait for.
const SHORT: Limits =
    Limits { deadline: Duration::from_millis(1_500), grace: Duration::from_millis(200), bytes_per_second: 1_000, shared_bytes: 4_000 };

struct Running {
    address: SocketAddr,
    load: Arc<Load>,
    server: ServerHandle,
    /// Where the certificate's authority is, of a server with TLS.
    folder: Option<std::path::PathBuf>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.server.stop(false));
        if let Some(folder) = &self.folder {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}

fn parts(app: &TestApp, limits: Limits, transport: Transport) -> Parts {
    let rules = Data::new(Rules::compile(&[]).unwrap());
    Parts { app: Arc::clone(&app.app), rules, load: Arc::new(Load::new(limits)), transport }
}

fn plain(app: &TestApp, limits: Limits) -> Running {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let parts = parts(app, limits, Transport::Plain);
    let load = Arc::clone(&parts.load);
    let server = HttpServer::new(move || parts.routes()).workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Running { address, load, server: handle, folder: None }
}

fn secure(app: &TestApp) -> Running {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let folder = std::env::temp_dir().join(format!("passwright-tls-{}-{}", std::process::id(), address.port()));
    let (config, _) = super::tls::development(&folder, "us-east-1", "draft").unwrap();
    let parts = parts(app, Limits::default(), Transport::Tls);
    let (load, acceptor) = (Arc::clone(&parts.load), server::acceptor(config));
    let listening = actix_server::Server::build().workers(1).disable_signals();
    let server = listening.listen("https", listener, move || server::tls(parts.clone(), acceptor.clone())).unwrap().run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Running { address, load, server: handle, folder: Some(folder) }
}

/// Sends the head and the begin of a body of `length` bytes.
async fn begin(running: &Running, length: usize, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: passwright.test\r\nx-amz-target: AWSCognitoIdentityProviderService.SignUp\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    stream
}

/// The status of the answer.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut begin = [0; 12];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut begin));
    read.await.expect("an answer in time").unwrap();
    std::str::from_utf8(&begin[9..]).unwrap().parse().unwrap()
}

#[actix_web::test]
async fn a_body_that_does_not_come_in_time_is_refused() {
    let app = TestApp::new().await;
    let running = plain(&app, SHORT);
    // Nothing after the grace.
    assert_eq!(status(&mut begin(&running, 1_000, "{").await).await, 408);
    // At the rate, but not whole at the deadline.
    let mut slow = begin(&running, 3_999, &"x".repeat(500)).await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        slow.write_all("x".repeat(200).as_bytes()).await.unwrap();
    }
    assert_eq!(status(&mut slow).await, 408);
    // Whole after the grace, and at the rate.
    let mut steady = begin(&running, 500, &"x".repeat(300)).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    steady.write_all("x".repeat(200).as_bytes()).await.unwrap();
    assert_eq!(status(&mut steady).await, 400);
}

#[actix_web::test]
async fn unfinished_bodies_share_their_room_and_give_it_back() {
    let app = TestApp::new().await;
    let running = plain(&app, Limits { shared_bytes: 4_000, ..Limits::default() });
    let held = begin(&running, 100_000, &"x".repeat(3_900)).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(status(&mut begin(&running, 500, &"x".repeat(200)).await).await, 503);
    assert_eq!(status(&mut begin(&running, 50, &"x".repeat(50)).await).await, 400);
    drop(held);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(status(&mut begin(&running, 500, &"x".repeat(500)).await).await, 400);
}

#[actix_web::test]
async fn a_stop_waits_for_requests_and_not_for_bodies_that_never_come() {
    let app = TestApp::new().await;
    let running = plain(&app, Limits::default());
    let mut unfinished = begin(&running, 100_000, "x").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let served = Arc::clone(&running.load).begin();
    running.load.stop();
    assert_eq!(status(&mut unfinished).await, 503);
    let idle = async |milliseconds| tokio::time::timeout(Duration::from_millis(milliseconds), running.load.idle()).await;
    assert!(idle(300).await.is_err(), "a request is still being served");
    drop(served);
    assert!(idle(2_000).await.is_ok());
}

/// A connection over TLS that speaks this protocol.
async fn connect(running: &Running, protocol: &[u8]) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    let authority = running.folder.as_ref().unwrap().join("ca.pem");
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(running.address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
}

/// How a client says which host it means: as both transports can.
#[derive(Clone, Copy)]
struct Named {
    authority: &'static str,
    header: Option<&'static str>,
    /// What the signature covers.
    signed: &'static str,
}

fn signed(caller: &TestCaller<'_>, host: &str, body: &str) -> Vec<(String, String)> {
    let mut headers = vec![("host".to_owned(), host.to_owned())];
    headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    caller.sign("sts", "POST", "/", &mut headers, body.as_bytes());
    headers.retain(|(name, _)| name != "host");
    headers
}

async fn by_http2(running: &Running, named: Named, headers: &[(String, String)], body: &'static str) -> u16 {
    let (mut client, connection) = h2::client::handshake(connect(running, b"h2").await).await.unwrap();
    actix_web::rt::spawn(async move { drop(connection.await) });
    let mut request = http::Request::builder().method("POST").uri(format!("https://{}/", named.authority)).body(()).unwrap();
    let own = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.chain(named.header.map(|host| ("host", host))) {
        request.headers_mut().append(http::header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let (response, mut stream) = client.send_request(request, false).unwrap();
    stream.send_data(Bytes::from_static(body.as_bytes()), true).unwrap();
    let response = response.await.unwrap();
    assert!(response.headers().contains_key("date") && response.headers().contains_key("content-length"));
    let (status, mut body) = (response.status().as_u16(), response.into_body());
    let mut text = Vec::new();
    while let Some(chunk) = body.data().await {
        text.extend_from_slice(&chunk.unwrap());
    }
    assert!(text.starts_with(b"<"), "{}", String::from_utf8_lossy(&text));
    status
}

async fn by_http1(running: &Running, named: Named, headers: &[(String, String)], body: &'static str) -> u16 {
    let mut stream = connect(running, b"http/1.1").await;
    let mut text = if named.authority.is_empty() {
        "POST / HTTP/1.1\r\n".to_owned()
    } else {
        format!("POST https://{}/ HTTP/1.1\r\n", named.authority)
    };
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.extend(named.header.map(|host| format!("host: {host}\r\n")));
    text.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

#[actix_web::test]
async fn the_signed_host_is_judged_alike_on_both_transports() {
    const BODY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
    let app = TestApp::new().await;
    app.admin().call("iam:CreateUser", json!({"UserName": "ann"})).await.ok();
    let key = app.admin().call("CreateAccessKey", json!({"UserName": "ann"})).await.ok()["AccessKey"].clone();
    let ann = app.holder_of(key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap(), None);
    let running = secure(&app);
    let host = "localhost:7278";
    for (named, expected) in [
        (Named { authority: host, header: None, signed: host }, 200),
        (Named { authority: host, header: Some(host), signed: host }, 200),
        (Named { authority: host, header: None, signed: "" }, 403),
        (Named { authority: host, header: None, signed: "elsewhere.example" }, 403),
        (Named { authority: host, header: Some("elsewhere.example"), signed: "elsewhere.example" }, 403),
        (Named { authority: host, header: Some("elsewhere.example"), signed: host }, 403),
    ] {
        let headers = signed(&ann, named.signed, BODY);
        let told = (named.header, named.signed);
        assert_eq!(by_http2(&running, named, &headers, BODY).await, expected, "HTTP/2 {told:?}");
        // HTTP/1.1 has no request without the header.
        let expected = if named.header.is_some() { expected } else { 400 };
        assert_eq!(by_http1(&running, named, &headers, BODY).await, expected, "HTTP/1 {told:?}");
    }
    let usual = Named { authority: "", header: Some(host), signed: host };
    assert_eq!(by_http1(&running, usual, &signed(&ann, host, BODY), BODY).await, 200);
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;

#[actix_web::test]
async fn http2_announces_and_holds_128_streams() {
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    let app = TestApp::new().await;
    let running = secure(&app);
    let mut stream = connect(&running, b"h2").await;
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    sent.extend(frame(SETTINGS, 0, 0, &[]));
    // POST, https, / (RFC 7541, Appendix A), and a body that never comes.
    let head = [&[0x83, 0x87, 0x84, 0x41, 9][..], b"localhost"].concat();
    let streams: Vec<u32> = (0..129).map(|number| number * 2 + 1).collect();
    for id in &streams {
        sent.extend(frame(HEADERS, 0x4, *id, &head));
    }
    stream.write_all(&sent).await.unwrap();
    let (mut announced, mut refused) = (None, None);
    while announced.is_none() || refused.is_none() {
        let mut head = [0; 9];
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut head));
        read.await.expect("both in time").unwrap();
        let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
        stream.read_exact(&mut payload).await.unwrap();
        let id = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        match head[3] {
            SETTINGS if head[4] == 0 => {
                let setting = payload.chunks(6).find(|setting| setting[..2] == MAX_CONCURRENT_STREAMS.to_be_bytes());
                announced = setting.map(|setting| u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]));
            }
            RST_STREAM => refused = Some((id, payload)),
            _ => {}
        }
    }
    assert_eq!(announced, Some(128));
    // REFUSED_STREAM (RFC 9113 §7).
    assert_eq!(refused, Some((streams[128], vec![0, 0, 0, 7])));
}

/// The whole answer to a `GET` that names a host, over plain HTTP.
async fn get(running: &Running, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.expect("an answer in time").unwrap();
    String::from_utf8_lossy(&answer).to_ascii_lowercase()
}

#[actix_web::test]
async fn no_other_origin_reads_a_page() {
    let app = TestApp::dev().await;
    let running = plain(&app, Limits::default());
    let host = format!("host: {}\r\norigin: https://evil.example\r\n", running.address);
    for path in ["/console", "/console/sign-in", "/console/nowhere", "/assets/nothing"] {
        let answer = get(&running, path, &host).await;
        assert!(!answer.contains("access-control-allow-origin"), "{path}: {answer}");
    }
    let operation = get(&running, "/healthz", &host).await;
    assert!(operation.contains("access-control-allow-origin: *"), "what is for everybody is still: {operation}");
}

/// An attacker's DNS may give their own name to 127.0.0.1; the browser then sends that name.
#[actix_web::test]
async fn a_name_that_is_not_this_machines_own_gets_no_console_without_tls() {
    let app = TestApp::dev().await;
    let running = plain(&app, Limits::default());
    for host in ["evil.example", "127.0.0.1.evil.example:80", "user@127.0.0.1", ""] {
        let answer = get(&running, "/console", &format!("host: {host}\r\n")).await;
        assert!(!answer.contains("set-cookie") && !answer.starts_with("http/1.1 200"), "{host}: {answer}");
    }
    let own = get(&running, "/console", &format!("host: localhost:{}\r\n", running.address.port())).await;
    assert!(own.starts_with("http/1.1 200") && own.contains("set-cookie: passwright-console="), "{own}");
    let embedded = get(&running, "/console", &format!("host: {}\r\nsec-fetch-dest: image\r\n", running.address)).await;
    assert!(!embedded.contains("set-cookie: passwright-console="), "{embedded}");
}
