//! Which client calls an endpoint, and that it knows its secret (RFC 6749 §2.3.1).

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answer::Refusal;
use super::place::Place;
use crate::context::App;
use crate::flows::clients::{self, AppClient, SecretRefused};
use crate::kit::id::ClientId;
use crate::kit::secret::Secret;
use crate::userpools::authorization::Parameters;
use crate::userpools::pool::Pool;

/// A client's call of an endpoint: a form, and by whom.
pub struct Call {
    /// The client, proven by its secret if it has one.
    pub app_client: AppClient,
    /// What the form says.
    pub parameters: Parameters,
}

/// Reads a client's call of an endpoint of its pool.
///
/// # Errors
/// `invalid_request` for what is no form; those of [`client`].
pub async fn call(app: &App, request: &HttpRequest, body: &Bytes) -> Result<Call, Refusal> {
    let place = Place::of(app, request).await?.ok_or_else(Refusal::no_pool)?;
    let parameters = form(request, body)?;
    let app_client = client(app, &place.pool, request, &parameters).await?;
    Ok(Call { app_client, parameters })
}

/// The parameters of a form.
///
/// # Errors
/// `invalid_request` for another kind of body, a NUL, which no database takes, and a parameter that stands twice (RFC 6749 §3.2).
pub fn form(request: &HttpRequest, body: &Bytes) -> Result<Parameters, Refusal> {
    if !is_of_type(request, "application/x-www-form-urlencoded") {
        return Err(Refusal::new("invalid_request", "the body is no form"));
    }
    let parameters = Parameters::parse(body);
    if let Some(name) = parameters.repeated() {
        return Err(Refusal::new("invalid_request", format!("{name} is given twice")));
    }
    if parameters.has_nul() {
        return Err(Refusal::new("invalid_request", "a parameter has a character that it may not have"));
    }
    Ok(parameters)
}

/// Whether a request says that its body is of this type.
pub fn is_of_type(request: &HttpRequest, kind: &str) -> bool {
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().is_some_and(|given| given.trim().eq_ignore_ascii_case(kind))
}

/// What a client shows.
struct Shown {
    id: String,
    secret: Option<Secret>,
    by_header: bool,
}

/// The client of a pool that calls, proven by its secret if it has one.
///
/// # Errors
/// `invalid_client` for whatever is wrong with it; `invalid_request` where it proves itself in two ways at once.
async fn client(app: &App, pool: &Pool, request: &HttpRequest, parameters: &Parameters) -> Result<AppClient, Refusal> {
    let shown = shown(request, parameters)?;
    let refused = || Refusal::client(shown.by_header);
    let found = clients::find_in(app, pool, &ClientId::from(shown.id.as_str())).await?.ok_or_else(refused)?;
    match found.check_secret(app, shown.secret.as_ref()) {
        Ok(()) => Ok(found),
        Err(SecretRefused::Failed(failed)) => Err(failed.into()),
        Err(_) => Err(refused()),
    }
}

fn shown(request: &HttpRequest, parameters: &Parameters) -> Result<Shown, Refusal> {
    let in_body = parameters.get("client_id");
    let secret_in_body = parameters.get("client_secret");
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        let id = in_body.ok_or_else(|| Refusal::client(false))?.to_owned();
        return Ok(Shown { id, secret: secret_in_body.map(|secret| secret.to_owned().into()), by_header: false });
    };
    let (id, secret) = header.to_str().ok().and_then(basic).ok_or_else(|| Refusal::client(true))?;
    // RFC 6749 §2.3: one method a request.
    if secret_in_body.is_some() || in_body.is_some_and(|named| named != id) {
        return Err(Refusal::new("invalid_request", "the client is authenticated in more than one way"));
    }
    Ok(Shown { id, secret: Some(secret).filter(|secret| !secret.expose_secret().is_empty()), by_header: true })
}

/// Id and secret of a Basic header, each form-encoded first (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, Secret)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let (id, secret) = (unescaped(id)?, unescaped(secret)?);
    (!id.contains('\0')).then(|| (id, secret.into()))
}

fn unescaped(text: &str) -> Option<String> {
    form_urlencoded::parse(format!("x={}", text.replace('&', "%26")).as_bytes()).next().map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basic_header_has_both_form_encoded() {
        let read =
            |text: &str| basic(&format!("Basic {}", STANDARD.encode(text))).map(|(id, secret)| (id, secret.expose_secret().to_owned()));
        assert_eq!(read("id:secret"), Some(("id".into(), "secret".into())));
        assert_eq!(read("i%3Ad:a%20b+c%26%3D"), Some(("i:d".into(), "a b c&=".into())));
        assert_eq!(read("id:a&x=b"), Some(("id".into(), "a&x=b".into())));
        assert_eq!(read("id:"), Some(("id".into(), String::new())));
        for bad in ["Basic !", "Bearer aWQ6cw==", "Basic", "Basic aWQ="] {
            assert!(basic(bad).is_none(), "{bad}");
        }
    }
}
