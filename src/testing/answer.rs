//! What came back: JSON as it is, XML as the JSON that it would be.

use actix_web::http::header::HeaderMap;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// What stands before that which a denial rests on.
const ENCODED: &str = " Encoded authorization failure message: ";

/// An answer of the application.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body: of AWS Query, what stands inside of its `…Result`.
    pub body: Value,
    /// The body as it came.
    pub text: String,
    headers: HeaderMap,
}

impl Answer {
    pub(super) fn new(status: u16, headers: HeaderMap, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body = if content_type.contains("xml") { from_xml(&text) } else { serde_json::from_str(&text).unwrap_or_default() };
        Self { status, body, text, headers }
    }

    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The cookies that it sets, as it sets them.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.headers.get_all("set-cookie").filter_map(|value| value.to_str().ok())
    }

    /// The body of an answer that is no error.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body
    }

    /// The code of an error; empty if it is none.
    pub fn code(&self) -> String {
        let code = if self.status == 200 { &Value::Null } else { self.body.get("__type").unwrap_or(&self.body["Code"]) };
        code.as_str().unwrap_or_default().to_owned()
    }

    /// The message of an error, without what a denial rests on.
    pub fn message(&self) -> String {
        self.whole_message().split(ENCODED).next().unwrap_or_default().to_owned()
    }

    /// What a denial rests on, sealed; empty where nothing is.
    pub fn encoded(&self) -> String {
        self.whole_message().split(ENCODED).nth(1).unwrap_or_default().to_owned()
    }

    fn whole_message(&self) -> String {
        self.body.get("message").unwrap_or(&self.body["Message"]).as_str().unwrap_or_default().to_owned()
    }

    /// Code and message of an error, to be compared.
    pub fn error(&self) -> (String, String) {
        (self.code(), self.message())
    }
}

/// `<R><RResult><A>x</A><L><member>…` to `{"A": "x", "L": […]}`: what wraps a result or an error is left out.
fn from_xml(text: &str) -> Value {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<(String, Map<String, Value>, String)> = vec![(String::new(), Map::new(), String::new())];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push((start.name().as_ref().to_owned(), Map::new(), String::new())),
            Event::Empty(start) => insert(&mut open, start.name().as_ref().to_owned(), Value::from("")),
            Event::Text(part) => open.last_mut().unwrap().2.push_str(&part),
            Event::GeneralRef(entity) => open.last_mut().unwrap().2.push_str(match &*entity {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                "apos" => "'",
                other => panic!("&{other};"),
            }),
            Event::End(_) => {
                let (name, fields, text) = open.pop().unwrap();
                let value = if fields.is_empty() { Value::from(text) } else { Value::Object(fields) };
                insert(&mut open, name, value);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let root = open.pop().unwrap().1;
    let fields = root.into_iter().next().map(|(_, fields)| fields).unwrap_or_default();
    let inner = fields.as_object().and_then(|fields| fields.iter().find(|(name, _)| name.ends_with("Result") || *name == "Error"));
    inner.map_or(Value::Null, |(_, inner)| inner.clone())
}

fn insert(open: &mut [(String, Map<String, Value>, String)], name: String, value: Value) {
    let fields = &mut open.last_mut().unwrap().1;
    if name == "member" {
        let items = fields.entry("member").or_insert_with(|| Value::Array(Vec::new()));
        items.as_array_mut().unwrap().push(value);
    } else {
        let value = match value {
            Value::Object(mut fields) if fields.len() == 1 && fields.contains_key("member") => fields.remove("member").unwrap(),
            other => other,
        };
        fields.insert(name, value);
    }
}
