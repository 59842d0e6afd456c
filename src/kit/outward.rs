//! Asks servers that others than the operator name: identity providers, and what they refer to.
//!
//! SECURITY: whoever may name an address must not reach what only this machine reaches. A name is looked up here, every address that
//! it has is judged, and the connection goes to one that was: nobody looks it up a second time. Redirects are not followed, no proxy
//! is asked, and time and size are bounded.

use std::cell::RefCell;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use awc::http::Method;
use awc::http::header::{ACCEPT, CONTENT_TYPE};
use ipnet::IpNet;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

/// How long an answer may take, from the look-up of the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest answer that is read.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The networks that are nobody's in public: special purposes of IPv4 (RFC 6890, with its registry of 2025).
const NOT_PUBLIC: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
];

/// What of IPv6 is public: global unicast, but for what is set apart in it. Addresses that stand for others of IPv4 (6to4, Teredo)
/// are none: they would lead where the IPv4 address itself may not.
const PUBLIC: &str = "2000::/3";
const APART: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// What may be reached beside public addresses over https.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Networks that are not public.
    pub networks: Vec<IpNet>,
    /// Whether this machine is reached over http too.
    pub plain_here: bool,
}

impl Reach {
    /// Of a developer's machine: this machine, over http too, and private networks.
    #[must_use]
    pub fn of_developers() -> Self {
        let networks = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
        Self { networks: networks.iter().filter_map(|network| network.parse().ok()).collect(), plain_here: true }
    }

    fn covers(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address)) || is_public(address)
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    let is_in = |network: &str| network.parse::<IpNet>().is_ok_and(|network| network.contains(&address));
    match address {
        IpAddr::V4(_) => !NOT_PUBLIC.iter().any(|network| is_in(network)),
        IpAddr::V6(_) => is_in(PUBLIC) && !APART.iter().any(|network| is_in(network)),
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// No address that is asked: not https, or with a name and a password in it.
    #[error("the address is not one of https")]
    Address,
    /// A name that has no address.
    #[error("the name of the host is not known")]
    Unknown,
    /// An address that is not asked.
    #[error("the host's address is not a public one")]
    NotPublic,
    /// No answer in time.
    #[error("the host does not answer in time")]
    TimedOut,
    /// An answer that is too long.
    #[error("the answer is too long")]
    TooLong,
    /// No answer that is one.
    #[error("the host cannot be asked: {0}")]
    Failed(String),
}

/// What is asked.
pub struct Question<'a> {
    /// How.
    pub method: Method,
    /// Whom.
    pub url: &'a str,
    /// Headers beside those of the exchange itself.
    pub headers: Vec<(String, String)>,
    /// What is sent along.
    pub body: Vec<u8>,
}

impl<'a> Question<'a> {
    /// What is at an address.
    #[must_use]
    pub const fn get(url: &'a str) -> Self {
        Self { method: Method::GET, url, headers: Vec::new(), body: Vec::new() }
    }
}

/// What was answered.
pub struct Heard {
    /// The status.
    pub status: u16,
    /// `Content-Type`; empty where it is not said.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

thread_local! {
    /// Connections belong to the thread that opened them; the id is that of the settings that they were opened for.
    static CLIENT: RefCell<Option<(u64, awc::Client)>> = const { RefCell::new(None) };
}

/// A way to ask other servers.
pub struct Outward {
    id: u64,
    /// Read at the first question: most deployments ask nobody.
    tls: OnceLock<Arc<ClientConfig>>,
    authorities: fn() -> RootCertStore,
    reach: Reach,
}

impl Outward {
    /// A way that believes these authorities, and reaches this.
    #[must_use]
    pub fn new(authorities: fn() -> RootCertStore, reach: Reach) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        Self { id: IDS.fetch_add(1, Ordering::Relaxed), tls: OnceLock::new(), authorities, reach }
    }

    /// Whether this machine is reached over http too.
    #[must_use]
    pub const fn reaches_here(&self) -> bool {
        self.reach.plain_here
    }

    /// Asks, and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// [`Unreached`].
    pub async fn ask(&self, question: Question<'_>) -> Result<Heard, Unreached> {
        tokio::time::timeout(PATIENCE, self.exchange(question)).await.map_err(|_| Unreached::TimedOut)?
    }

    async fn exchange(&self, question: Question<'_>) -> Result<Heard, Unreached> {
        let address = self.address(question.url).await?;
        let failed = |error: &dyn std::error::Error| Unreached::Failed(error.to_string());
        // A connection of its own: each goes to an address that was judged for it, and none to a server that has closed it.
        let mut request = self.client().request(question.method, question.url).address(address).force_close();
        if !question.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(ACCEPT.as_str())) {
            request = request.insert_header((ACCEPT, "application/json"));
        }
        for (name, value) in question.headers {
            request = request.insert_header((name, value));
        }
        let mut response = request.send_body(question.body).await.map_err(|error| failed(&error))?;
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let body = response.body().limit(MAX_ANSWER_BYTES).await.map_err(|error| match error {
            awc::error::PayloadError::Overflow => Unreached::TooLong,
            error => failed(&error),
        })?;
        Ok(Heard { status: response.status().as_u16(), content_type, body: body.to_vec() })
    }

    /// Where the connection goes. Of a name that has an address which is not asked, none is: it is not ours to choose among them.
    async fn address(&self, url: &str) -> Result<SocketAddr, Unreached> {
        let url = Url::parse(url).map_err(|_| Unreached::Address)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Unreached::Address);
        }
        let port = url.port_or_known_default().ok_or(Unreached::Address)?;
        let addresses: Vec<SocketAddr> = match url.host().ok_or(Unreached::Address)? {
            // A literal address is looked up by nobody, and judged like any other.
            Host::Ipv4(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Ipv6(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Domain(name) => tokio::net::lookup_host((name, port)).await.map_err(|_| Unreached::Unknown)?.collect(),
        };
        let is_here = addresses.iter().all(|address| address.ip().to_canonical().is_loopback());
        if !(url.scheme() == "https" || url.scheme() == "http" && self.reach.plain_here && is_here) {
            return Err(Unreached::Address);
        }
        if !addresses.iter().all(|address| self.reach.covers(address.ip())) {
            return Err(Unreached::NotPublic);
        }
        addresses.first().copied().ok_or(Unreached::Unknown)
    }

    fn client(&self) -> awc::Client {
        let fresh = || {
            let config = || Arc::new(ClientConfig::builder().with_root_certificates((self.authorities)()).with_no_client_auth());
            let connector = awc::Connector::new().rustls_0_23(Arc::clone(self.tls.get_or_init(config))).timeout(PATIENCE);
            awc::Client::builder().connector(connector).timeout(PATIENCE).disable_redirects().finish()
        };
        CLIENT.with_borrow_mut(|kept| match kept {
            Some((id, client)) if *id == self.id => client.clone(),
            _ => kept.insert((self.id, fresh())).1.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn what_is_not_public_is_reached_by_no_spelling() {
        for (address, expected) in [
            ("8.8.8.8", true),
            ("2606:4700:4700::1111", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.31.255.255", false),
            ("192.168.0.1", false),
            ("169.254.169.254", false),
            ("100.100.100.200", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("fe80::1", false),
            ("fd00:ec2::254", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("2001:0:7f00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(Reach::default().covers(address.parse().unwrap()), expected, "{address}");
        }
        let networks = vec!["10.0.0.0/8".parse().unwrap()];
        let reach = Reach { networks, ..Reach::default() };
        assert!(reach.covers("10.1.1.1".parse().unwrap()) && reach.covers("::ffff:10.1.1.1".parse().unwrap()));
        assert!(!reach.covers("192.168.1.1".parse().unwrap()));
    }

    /// A server that answers once, with this.
    async fn server(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        actix_web::rt::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = [0; 1024];
            assert_ne!(stream.read(&mut read).await.unwrap(), 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[actix_web::test]
    async fn this_machine_is_reached_by_developers_alone_and_nobody_is_led_on() {
        let everywhere = Outward::new(RootCertStore::empty, Reach::of_developers());
        let address = server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno").await;
        let heard = everywhere.ask(Question::get(&format!("http://{address}/"))).await.unwrap();
        assert_eq!((heard.status, heard.body.as_slice()), (302, b"no".as_slice()));
        let public = Outward::new(RootCertStore::empty, Reach::default());
        for (url, expected) in [
            (format!("https://{address}/"), Unreached::NotPublic),
            (format!("https://localhost:{}/", address.port()), Unreached::NotPublic),
            (format!("https://0x7f000001:{}/", address.port()), Unreached::NotPublic),
            (format!("https://[::ffff:127.0.0.1]:{}/", address.port()), Unreached::NotPublic),
            (format!("http://{address}/"), Unreached::Address),
            ("http://8.8.8.8/".to_owned(), Unreached::Address),
            ("https://user:word@8.8.8.8/".to_owned(), Unreached::Address),
            ("file:///etc/passwd".to_owned(), Unreached::Address),
            ("nowhere".to_owned(), Unreached::Address),
            ("https://nobody.invalid/".to_owned(), Unreached::Unknown),
        ] {
            assert_eq!(public.ask(Question::get(&url)).await.map(|heard| heard.status), Err(expected), "{url}");
        }
        assert_eq!(everywhere.ask(Question::get("http://8.8.8.8/")).await.map(|heard| heard.status), Err(Unreached::Address));
    }

    #[actix_web::test]
    async fn an_answer_without_end_is_not_read_to_it() {
        let everywhere = Outward::new(RootCertStore::empty, Reach::of_developers());
        let long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", MAX_ANSWER_BYTES + 1, "x".repeat(MAX_ANSWER_BYTES + 1));
        let address = server(Box::leak(long.into_boxed_str())).await;
        let heard = everywhere.ask(Question::get(&format!("http://{address}/"))).await;
        assert_eq!(heard.map(|heard| heard.status), Err(Unreached::TooLong));
    }
}
