//! Text messages: handed to a program of the operator's, to Twilio, or to Amazon SNS.

use awc::http::header;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use serde::Serialize;

use super::carriers::{NotCarried, PATIENCE, Parcel};
use crate::config::SmsRoute;
use crate::crypto::webhook;
use crate::kit::https;
use crate::kit::secret::Secret;
use crate::sigv4::{Body, HttpRequest, Scope, amz_date, sign};

/// Hands text messages over.
pub struct Texter {
    client: awc::Client,
    way: Way,
}

/// A route of the settings, ready to be taken.
enum Way {
    Webhook { url: String, secret: Secret },
    Twilio { url: String, authorization: Secret, from: String },
    Sns { endpoint: String, region: String, access_key_id: String, secret_access_key: Secret, sender_id: Option<String> },
}

/// What a webhook is told.
#[derive(Serialize)]
struct Told<'a> {
    message_id: &'a str,
    to: &'a str,
    body: &'a str,
    user_pool_id: &'a str,
    trigger_source: &'a str,
}

/// A request that is ready to go.
struct Request {
    url: String,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

const FORM: &str = "application/x-www-form-urlencoded";

impl Texter {
    /// A texter by this route, for the thread that makes it.
    pub fn of(route: &SmsRoute) -> Self {
        let way = match route {
            SmsRoute::Webhook { url, secret } => Way::Webhook { url: url.clone(), secret: secret.clone() },
            SmsRoute::Twilio { base, account_sid, auth_token, from } => {
                let pair = format!("{account_sid}:{}", auth_token.expose_secret());
                let authorization = Secret::from(format!("Basic {}", STANDARD.encode(pair)));
                Way::Twilio { url: format!("{base}/2010-04-01/Accounts/{account_sid}/Messages.json"), authorization, from: from.clone() }
            }
            SmsRoute::Sns { endpoint, region, access_key_id, secret_access_key, sender_id } => Way::Sns {
                endpoint: endpoint.clone(),
                region: region.clone(),
                access_key_id: access_key_id.clone(),
                secret_access_key: secret_access_key.clone(),
                sender_id: sender_id.clone(),
            },
        };
        Self { client: https::client(https::system_authorities(), PATIENCE), way }
    }

    /// Hands a message over.
    ///
    /// # Errors
    /// [`NotCarried`].
    pub async fn carry(&self, parcel: &Parcel<'_>) -> Result<(), NotCarried> {
        let Request { url, content_type, headers, body } = self.way.request(parcel)?;
        let mut request = self.client.post(url).insert_header((header::CONTENT_TYPE, content_type));
        for header in headers {
            request = request.insert_header(header);
        }
        let unreachable = |_| NotCarried::Later("the server of text messages could not be reached".to_owned());
        let status = request.send_body(body).await.map_err(unreachable)?.status();
        let reason = format!("the server of text messages answered {status}");
        match status.as_u16() {
            200..=299 => Ok(()),
            408 | 425 | 429 | 500.. => Err(NotCarried::Later(reason)),
            _ => Err(NotCarried::Never(reason)),
        }
    }
}

impl Way {
    fn request(&self, parcel: &Parcel<'_>) -> Result<Request, NotCarried> {
        let message = parcel.message;
        match self {
            Self::Webhook { url, secret } => {
                let told = Told {
                    message_id: parcel.id,
                    to: &message.to,
                    body: &message.body,
                    user_pool_id: message.user_pool_id.as_str(),
                    trigger_source: &message.trigger_source,
                };
                let body = serde_json::to_string(&told).map_err(|_| NotCarried::Never("the message is no JSON".to_owned()))?;
                let signature = webhook::signature(secret, parcel.now, body.as_bytes());
                let headers = vec![(webhook::SIGNATURE, signature), ("idempotency-key", parcel.id.to_owned())];
                Ok(Request { url: url.clone(), content_type: "application/json", headers, body })
            }
            Self::Twilio { url, authorization, from } => {
                let sender = if from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
                let pairs = [("To", message.to.as_str()), (sender, from), ("Body", &message.body)];
                let body = Serializer::new(String::new()).extend_pairs(pairs).finish();
                let headers = vec![("authorization", authorization.expose_secret().to_owned())];
                Ok(Request { url: url.clone(), content_type: FORM, headers, body })
            }
            Self::Sns { endpoint, region, access_key_id, secret_access_key, sender_id } => {
                let body = publication(message.to.as_str(), &message.body, sender_id.as_deref());
                let headers = signed(endpoint, region, access_key_id, secret_access_key, &body, parcel)?;
                Ok(Request { url: endpoint.clone(), content_type: FORM, headers, body })
            }
        }
    }
}

/// The body of SNS's Publish.
///
/// Source: Amazon SNS API reference, "Publish"; developer guide, "Sending SMS messages using the AWS SDKs".
fn publication(to: &str, body: &str, sender_id: Option<&str>) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs([("Action", "Publish"), ("Version", "2010-03-31"), ("PhoneNumber", to), ("Message", body)]);
    let attributes = [("AWS.SNS.SMS.SMSType", Some("Transactional")), ("AWS.SNS.SMS.SenderID", sender_id)];
    for (number, (name, value)) in attributes.into_iter().filter_map(|(name, value)| Some((name, value?))).enumerate() {
        let member = format!("MessageAttributes.entry.{}", number + 1);
        form.append_pair(&format!("{member}.Name"), name);
        form.append_pair(&format!("{member}.Value.DataType"), "String");
        form.append_pair(&format!("{member}.Value.StringValue"), value);
    }
    form.finish()
}

fn signed(
    endpoint: &str,
    region: &str,
    access_key_id: &str,
    secret: &Secret,
    body: &str,
    parcel: &Parcel<'_>,
) -> Result<Vec<(&'static str, String)>, NotCarried> {
    let address = url::Url::parse(endpoint).map_err(|_| NotCarried::Never("the server of text messages has no address".to_owned()))?;
    let host = address.host_str().unwrap_or_default();
    let host = address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let date = amz_date(parcel.now);
    let headers = [("content-type", FORM.as_bytes()), ("host", host.as_bytes()), ("x-amz-date", date.as_bytes())];
    let request = HttpRequest { method: "POST", path: address.path(), query: "", headers: &headers, body: Body::Bytes(body.as_bytes()) };
    let scope = Scope { date: date.get(..8).unwrap_or_default().to_owned(), region: region.to_owned(), service: "sns".to_owned() };
    let authorization = sign(&request, access_key_id, secret, &scope, parcel.now);
    Ok(vec![("authorization", authorization), ("x-amz-date", date)])
}
