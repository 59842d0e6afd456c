//! Functions of a test: a small Lambda service on this machine, which answers as the test says.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use super::TestApp;
use super::served::{Request, answer};
use crate::config::TriggerSettings;
use crate::kit::clock::Timestamp;
use crate::kit::secret::Secret;
use crate::sigv4::{self, Body, HttpRequest};
use crate::triggers::Functions;

/// The key that calls to the service are signed by.
pub const FUNCTIONS_KEY: &str = "AKIAFUNCTIONS";
/// Its secret.
pub const FUNCTIONS_SECRET: &str = "secret-of-the-functions";
/// What calls of a function at an address of its own are signed with.
pub const OWN_SECRET: &str = "0123456789abcdef-own";
/// A key that stands in for one of KMS.
pub const KMS_KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/codes";

/// How long the application waits for a function of a test.
const PATIENCE: Duration = Duration::from_millis(400);

/// What a function does with its event: changes it, or refuses in words.
type Act = Rc<dyn Fn(&mut Value) -> Result<(), String>>;

/// What a service does.
#[derive(Clone)]
enum Scripted {
    Act(Act),
    Raw(u16, &'static str, String),
    Silent,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function's name.
    pub function: String,
    /// The event.
    pub event: Value,
    /// The path and query.
    pub target: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Call {
    /// Whether it was signed for Lambda by this key, as AWS judges it.
    pub fn is_signed_by(&self, access_key_id: &str, secret: &str, now: Timestamp) -> bool {
        let headers: Vec<(&str, &[u8])> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let request = HttpRequest { method: "POST", path, query, headers: &headers, body: Body::Bytes(self.body.as_bytes()) };
        let signed = sigv4::parse(&request).unwrap().unwrap();
        let is_by = signed.access_key_id.as_str() == access_key_id && signed.scope.service == "lambda";
        is_by && signed.verify(&request, &Secret::from(secret.to_owned()), now).is_ok()
    }
}

#[derive(Default)]
struct State {
    script: BTreeMap<String, Scripted>,
    calls: Vec<Call>,
}

/// The service.
#[derive(Clone)]
pub struct TestFunctions {
    state: Rc<RefCell<State>>,
    /// Where it listens: `127.0.0.1:PORT`.
    pub address: String,
}

impl TestFunctions {
    /// Starts one, and tells the application of it. The function `own` has an address of its own.
    pub async fn start(app: &mut TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let functions = Self { state: Rc::default(), address: listener.local_addr().unwrap().to_string() };
        let served = functions.clone();
        actix_web::rt::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = served.clone();
                actix_web::rt::spawn(async move { served.serve(stream).await });
            }
        });
        let settings = json!({
            "endpoint": format!("http://{}/base", functions.address),
            "access_key_id": FUNCTIONS_KEY,
            "secret_access_key": FUNCTIONS_SECRET,
            "function": [{"arn": Self::arn("own"), "url": format!("http://{}/hooks/own", functions.address), "secret": OWN_SECRET}],
            "key": [{"arn": KMS_KEY, "key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="}],
        });
        let settings: TriggerSettings = serde_json::from_value(settings).unwrap();
        let ways = Functions::from_settings(&settings).unwrap().patient_for(PATIENCE);
        Arc::get_mut(&mut app.app).unwrap().functions = ways;
        functions
    }

    /// The ARN of a function.
    pub fn arn(name: &str) -> String {
        format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")
    }

    /// What a function does from now on. One that was given nothing to do gives its event back.
    pub fn on(&self, name: &str, act: impl Fn(&mut Value) -> Result<(), String> + 'static) {
        self.state.borrow_mut().script.insert(name.to_owned(), Scripted::Act(Rc::new(act)));
    }

    /// What a function answers with from now on: members of its response.
    pub fn answer(&self, name: &str, response: Value) {
        self.on(name, move |event| {
            let members = response.as_object().unwrap().clone();
            event["response"].as_object_mut().unwrap().extend(members);
            Ok(())
        });
    }

    /// A function that refuses.
    pub fn refuse(&self, name: &str, words: &'static str) {
        self.on(name, move |_| Err(words.to_owned()));
    }

    /// An answer as it is: status, a header, body.
    pub fn raw(&self, name: &str, status: u16, header: &'static str, body: &str) {
        self.state.borrow_mut().script.insert(name.to_owned(), Scripted::Raw(status, header, body.to_owned()));
    }

    /// A function that never answers.
    pub fn silent(&self, name: &str) {
        self.state.borrow_mut().script.insert(name.to_owned(), Scripted::Silent);
    }

    /// The calls of a function, in their order.
    pub fn calls(&self, name: &str) -> Vec<Call> {
        self.state.borrow().calls.iter().filter(|call| call.function == name).cloned().collect()
    }

    /// The last event of a function.
    pub fn event(&self, name: &str) -> Value {
        self.calls(name).pop().unwrap_or_else(|| panic!("{name} was not called")).event
    }

    async fn serve(&self, mut stream: TcpStream) {
        let Some(Request { target, headers, body }) = Request::read(&mut stream).await else { return };
        let path = target.split('?').next().unwrap().trim_end_matches("/invocations");
        let function = path.rsplit('/').next().unwrap().to_owned();
        let mut event: Value = serde_json::from_str(&body).unwrap();
        let call = Call { function: function.clone(), event: event.clone(), target, headers, body };
        self.state.borrow_mut().calls.push(call);
        let scripted = self.state.borrow().script.get(&function).cloned();
        let (status, header, body) = match scripted {
            None => (200, "", event.to_string()),
            Some(Scripted::Silent) => return actix_web::rt::time::sleep(Duration::from_secs(60)).await,
            Some(Scripted::Raw(status, header, body)) => (status, header, body),
            Some(Scripted::Act(act)) => match act(&mut event) {
                Ok(()) => (200, "", event.to_string()),
                Err(words) => {
                    (200, "x-amz-function-error: Unhandled\r\n", json!({"errorMessage": words, "errorType": "Error"}).to_string())
                }
            },
        };
        answer(&mut stream, status, header, &body).await;
    }
}
