//! AWS Query out: an answer's JSON becomes the XML that the model's output shape describes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::Value;

use super::model::{Kind, Model, OperationModel, ShapeId};
use crate::kit::clock::Timestamp;

/// What RFC 3986 §2.3 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The namespace of Query errors where a service has none of its own.
const ERROR_NAMESPACE: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";

type Xml = Writer<Vec<u8>>;

/// `<CreateRoleResponse><CreateRoleResult>…</CreateRoleResult><ResponseMetadata>…`.
///
/// # Errors
/// Writing to memory does not fail; the type is the writer's.
pub fn answer(model: &Model, operation: &OperationModel, value: &Value, request_id: &str) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    let root = format!("{}Response", operation.name);
    xml.create_element(root.as_str()).with_attribute(("xmlns", model.xml_namespace.as_str())).write_inner_content(|xml| {
        if let (Some(wrapper), Some(output)) = (&operation.result_wrapper, operation.output) {
            element(xml, model, output, wrapper, value)?;
        }
        xml.create_element("ResponseMetadata").write_inner_content(|xml| text(xml, "RequestId", request_id))?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

/// `<ErrorResponse><Error><Type>Sender</Type>…`.
///
/// # Errors
/// As [`answer`].
pub fn error(model: Option<&Model>, status: u16, code: &str, message: &str, request_id: &str) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", None, None)))?;
    let namespace = model.map_or(ERROR_NAMESPACE, |model| model.xml_namespace.as_str());
    xml.create_element("ErrorResponse").with_attribute(("xmlns", namespace)).write_inner_content(|xml| {
        xml.create_element("Error").write_inner_content(|xml| {
            text(xml, "Type", if status < 500 { "Sender" } else { "Receiver" })?;
            text(xml, "Code", code)?;
            text(xml, "Message", message)
        })?;
        text(xml, "RequestId", request_id)
    })?;
    Ok(xml.into_inner())
}

fn element(xml: &mut Xml, model: &Model, id: ShapeId, name: &str, value: &Value) -> std::io::Result<()> {
    let Some(shape) = model.shape(id) else { return Ok(()) };
    match (&shape.kind, value) {
        (_, Value::Null) => Ok(()),
        (Kind::Structure(members), Value::Object(fields)) => {
            let write = |xml: &mut Xml| {
                for member in members {
                    if let Some(value) = fields.get(&member.name) {
                        element(xml, model, member.shape, &member.name, value)?;
                    }
                }
                Ok(())
            };
            xml.create_element(name).write_inner_content(write).map(drop)
        }
        (Kind::List(member), Value::Array(items)) => {
            let write = |xml: &mut Xml| items.iter().try_for_each(|item| element(xml, model, *member, "member", item));
            xml.create_element(name).write_inner_content(write).map(drop)
        }
        (Kind::Map(_, member), Value::Object(fields)) => {
            let write = |xml: &mut Xml| {
                fields.iter().try_for_each(|(key, value)| {
                    let entry = |xml: &mut Xml| {
                        text(xml, "key", key)?;
                        element(xml, model, *member, "value", value)
                    };
                    xml.create_element("entry").write_inner_content(entry).map(drop)
                })
            };
            xml.create_element(name).write_inner_content(write).map(drop)
        }
        (Kind::Timestamp, Value::Number(seconds)) => {
            #[expect(clippy::cast_possible_truncation, reason = "our own times, in milliseconds, are far inside an i64")]
            let moment = Timestamp::from_millis((seconds.as_f64().unwrap_or_default() * 1000.0).round() as i64);
            text(xml, name, &moment.to_rfc3339())
        }
        // IAM gives policy documents URL-encoded (API reference, GetRolePolicy: "RFC 3986").
        (Kind::String(_), Value::String(document)) if shape.name == "policyDocumentType" => {
            text(xml, name, &utf8_percent_encode(document, RESERVED).to_string())
        }
        (_, Value::String(string)) => text(xml, name, string),
        (_, other) => text(xml, name, &other.to_string()),
    }
}

fn text(xml: &mut Xml, name: &str, content: &str) -> std::io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(content)).map(drop)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::model::Service;

    fn answered(service: Service, operation: &str, value: &Value) -> String {
        let model = service.model();
        String::from_utf8(answer(model, model.operation(operation).unwrap(), value, "id-1").unwrap()).unwrap()
    }

    #[test]
    fn answers_are_wrapped_and_typed_by_the_model() {
        let role = json!({"Role": {"Path": "/", "RoleName": "r<1>", "RoleId": "AROA", "Arn": "arn", "CreateDate": 1_700_000_000.123,
                                   "AssumeRolePolicyDocument": "{\"a\": \"b c\"}", "Tags": [{"Key": "k", "Value": ""}]}});
        assert_eq!(
            answered(Service::Iam, "CreateRole", &role),
            "<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateRoleResult><Role><Arn>arn</Arn>\
             <AssumeRolePolicyDocument>%7B%22a%22%3A%20%22b%20c%22%7D</AssumeRolePolicyDocument>\
             <CreateDate>2023-11-14T22:13:20Z</CreateDate><Path>/</Path><RoleId>AROA</RoleId><RoleName>r&lt;1&gt;</RoleName>\
             <Tags><member><Key>k</Key><Value></Value></member></Tags></Role></CreateRoleResult>\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></CreateRoleResponse>"
        );
    }

    #[test]
    fn operations_without_output_have_no_result() {
        assert_eq!(
            answered(Service::Iam, "PutRolePolicy", &json!({})),
            "<PutRolePolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></PutRolePolicyResponse>"
        );
    }

    #[test]
    fn errors_name_the_side_at_fault() {
        let body = error(Some(Service::Sts.model()), 403, "AccessDenied", "no & no", "id-2").unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(body.contains("<Type>Sender</Type><Code>AccessDenied</Code><Message>no &amp; no</Message>"), "{body}");
        assert!(body.ends_with("<RequestId>id-2</RequestId></ErrorResponse>"), "{body}");
    }
}
