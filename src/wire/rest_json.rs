//! REST-JSON 1: method and path name the operation; its members stand in path, query, headers and body, as the model says.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ptr;
use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::dev::{Path, ResourceDef};
use actix_web::guard::GuardContext;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Number, Value};

use super::json11;
use super::model::{Kind, Member, Model, OperationModel, Place, Protocol, Service, ShapeId};

/// Whether a request is for a path of a REST service: what the route table asks.
pub fn is_ours(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    route(head.method.as_str(), head.uri.path()).is_some()
}

/// The operation that a method and a path name. Of several templates that fit, the one with most literal segments.
pub fn route(method: &str, path: &str) -> Option<(Service, &'static OperationModel)> {
    let found = ROUTES.iter().find(|route| route.operation.method == method && route.template.is_match(path))?;
    Some((found.service, found.operation))
}

/// A path of a REST service.
struct Route {
    service: Service,
    operation: &'static OperationModel,
    template: ResourceDef,
}

/// Every path, those with more literal segments first.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let services = Service::all().filter(|service| service.protocol() == Protocol::RestJson);
    let routes = services.flat_map(|service| {
        service.model().operations().map(move |operation| Route { service, operation, template: template(&operation.path) })
    });
    let mut routes: Vec<Route> = routes.collect();
    routes.sort_by_key(|route| Reverse(route.operation.path.split('/').filter(|segment| !segment.starts_with('{')).count()));
    routes
});

/// AWS's template (`/a/{label}/{rest+}`) as actix writes it. No label is empty.
fn template(path: &str) -> ResourceDef {
    ResourceDef::new(path.replace("+}", ":.+}"))
}

/// The input of an operation: what the request says in each member's place.
///
/// # Errors
/// What cannot be read, in words.
pub fn input(model: &Model, operation: &OperationModel, request: &HttpRequest, body: &[u8]) -> Result<Value, String> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    bind(model, operation, request.uri().path(), request.query_string(), header, body).map(Value::Object)
}

fn bind<'a>(
    model: &Model,
    operation: &OperationModel,
    path: &str,
    query: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Result<Map<String, Value>, String> {
    let Some(Value::Object(mut sent)) = json11::parse(body) else { return Err("The request body is not valid JSON.".to_owned()) };
    let mut labels = Path::new(path);
    if let Some(route) = ROUTES.iter().find(|route| ptr::eq(route.operation, operation)) {
        route.template.capture_match_info(&mut labels);
    }
    let parameters = parameters(query);
    let mut fields = Map::new();
    for member in members(model, operation.input) {
        let texts = match &member.place {
            // SECURITY: a member has one place. What stands in the body under the name of one from elsewhere is no member.
            Place::Body => {
                fields.extend(sent.remove(&member.name).map(|value| (member.name.clone(), value)));
                continue;
            }
            Place::Path(name) => labels.get(name).map(decoded).into_iter().collect(),
            Place::Query(name) => parameters.get(name).cloned().unwrap_or_default(),
            Place::Header(name) => header(name).map(str::to_owned).into_iter().collect(),
        };
        if texts.iter().any(|text: &String| text.contains('\0')) {
            return Err(format!("{} has a NUL.", member.name));
        }
        let value = typed(model, member.shape, texts).map_err(|()| format!("{} does not fit its type.", member.name))?;
        fields.extend(value.map(|value| (member.name.clone(), value)));
    }
    Ok(fields)
}

/// The headers and the body that a shape's fields make: members without a header of their own are the body's.
pub fn split(model: &Model, shape: Option<ShapeId>, mut fields: Map<String, Value>) -> (Vec<(String, String)>, Map<String, Value>) {
    let mut headers = Vec::new();
    for member in members(model, shape) {
        if let Place::Header(name) = &member.place
            && let Some(value) = fields.remove(&member.name)
        {
            headers.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    (headers, fields)
}

fn members(model: &Model, shape: Option<ShapeId>) -> &[Member] {
    match shape.and_then(|id| model.shape(id)).map(|shape| &shape.kind) {
        Some(Kind::Structure(members)) => members,
        _ => &[],
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The query's parameters, in order under each name. Their number is bounded by the length of a request line.
fn parameters(query: &str) -> HashMap<String, Vec<String>> {
    let mut parameters: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    parameters
}

/// Texts as the shape's value. One that stands twice where one is meant is ambiguous, and so refused.
fn typed(model: &Model, id: ShapeId, texts: Vec<String>) -> Result<Option<Value>, ()> {
    let Some(shape) = model.shape(id) else { return Ok(None) };
    if let Kind::List(member) = shape.kind {
        let items = texts.into_iter().map(|text| typed(model, member, vec![text]));
        let items: Vec<Value> = items.filter_map(Result::transpose).collect::<Result<_, ()>>()?;
        return Ok((!items.is_empty()).then_some(Value::Array(items)));
    }
    let text = match <[String; 1]>::try_from(texts) {
        Ok([text]) => text,
        Err(texts) if texts.is_empty() => return Ok(None),
        Err(_) => return Err(()),
    };
    let value = match shape.kind {
        Kind::Integer => Value::from(text.parse::<i64>().map_err(drop)?),
        Kind::Double => Value::Number(text.parse().ok().and_then(Number::from_f64).ok_or(())?),
        Kind::Boolean => Value::Bool(text.parse().map_err(drop)?),
        Kind::String(_) | Kind::Timestamp | Kind::Blob => Value::String(text),
        Kind::Structure(_) | Kind::List(_) | Kind::Map(..) | Kind::Document => return Err(()),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bound(method: &str, target: &str, body: &str) -> Result<(&'static str, Value), String> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (service, operation) = route(method, path).ok_or("no such path")?;
        let fields = bind(service.model(), operation, path, query, |_| None, body.as_bytes())?;
        Ok((operation.name.as_str(), Value::Object(fields)))
    }

    #[test]
    fn members_come_from_their_places_only() {
        for (method, target, body, operation, input) in [
            ("POST", "/policy/validation", r#"{"policyType": "X"}"#, "ValidatePolicy", json!({"policyType": "X"})),
            (
                "POST",
                "/policy/validation?maxResults=5&nextToken=a%2Bb&other=1",
                r#"{"maxResults": 7, "policyDocument": "{}", "unknown": 1}"#,
                "ValidatePolicy",
                json!({"maxResults": 5, "nextToken": "a+b", "policyDocument": "{}"}),
            ),
            ("GET", "/analyzer/a%20b/archive-rule/r", "", "GetArchiveRule", json!({"analyzerName": "a b", "ruleName": "r"})),
            (
                "DELETE",
                "/tags/arn%3Aaws%3Ax%2Fy?tagKeys=a&tagKeys=b",
                "",
                "UntagResource",
                json!({"resourceArn": "arn:aws:x/y", "tagKeys": ["a", "b"]}),
            ),
            ("GET", "/analyzer", "", "ListAnalyzers", json!({})),
        ] {
            assert_eq!(bound(method, target, body), Ok((operation, input)), "{method} {target}");
        }
    }

    #[test]
    fn literal_paths_win_over_labels() {
        for service in Service::all().filter(|service| service.protocol() == Protocol::RestJson) {
            for operation in service.model().operations() {
                let found = route(&operation.method, &operation.path).map(|(_, found)| found.name.as_str());
                assert_eq!(found, Some(operation.name.as_str()), "{} {}", operation.method, operation.path);
            }
        }
    }

    #[test]
    fn what_is_none_of_its_paths_or_cannot_be_read_is_refused() {
        for (method, target) in [
            ("GET", "/policy/validation"),
            ("POST", "/policy/validation/"),
            ("POST", "/policy/validation/x"),
            ("POST", "/policy"),
            ("GET", "/analyzer/"),
            ("GET", "/"),
            ("GET", ""),
        ] {
            assert_eq!(bound(method, target, ""), Err("no such path".to_owned()), "{method} {target}");
        }
        for (target, body) in [
            ("/policy/validation?maxResults=soon", ""),
            ("/policy/validation?maxResults=1&maxResults=2", ""),
            ("/policy/validation?nextToken=a%00", ""),
            ("/policy/validation", r#"{"policyDocument": "\u0000"}"#),
            ("/policy/validation", "[]"),
            ("/policy/validation", "{"),
        ] {
            let refused = bound("POST", target, body);
            assert!(refused.is_err() && refused != Err("no such path".to_owned()), "{target} {body}");
        }
    }

    #[test]
    fn greedy_labels_take_the_rest() {
        for (path, target, label) in [
            ("/a/{b+}", "/a/x/y", Some("x/y")),
            ("/a/{b+}", "/a/", None),
            ("/a/{b}", "/a/x/y", None),
            ("/a/{b}", "/a/x%2Fy", Some("x%2Fy")),
            ("/a.b/{c}", "/axb/c", None),
        ] {
            let mut labels = Path::new(target);
            let fits = template(path).capture_match_info(&mut labels);
            assert_eq!(fits.then(|| labels.iter().next().unwrap().1), label, "{path} {target}");
        }
    }

    #[test]
    fn members_with_a_header_leave_the_body() {
        let model = Service::AccessAnalyzer.model();
        let shape = model.error("ThrottlingException").map(|error| error.shape);
        let Value::Object(fields) = json!({"message": "slow", "retryAfterSeconds": 3}) else { unreachable!() };
        let (headers, body) = split(model, shape, fields);
        assert_eq!(headers, [("Retry-After".to_owned(), "3".to_owned())]);
        assert_eq!(Value::Object(body), json!({"message": "slow"}));
    }
}
