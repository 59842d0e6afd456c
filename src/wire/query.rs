//! AWS Query in: a form body becomes the JSON that the model's input shape describes.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::model::{Kind, Model, ShapeId};

/// More parameters than any request of ours needs.
const MAX_PARAMETERS: usize = 2_000;

/// Deeper than any input shape.
const MAX_DEPTH: usize = 16;

/// Why a form is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MalformedQuery {
    /// Too many parameters, or one twice.
    #[error("too many or repeated parameters")]
    Parameters,
    /// A NUL in a name or value.
    #[error("a parameter has a NUL")]
    Nul,
    /// A value that its shape cannot hold, or a list whose numbers have gaps.
    #[error("a parameter does not fit its type")]
    Value,
}

/// A form body's parameters, by name.
#[derive(Debug, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// [`MalformedQuery::Parameters`]: a parameter that stands twice is ambiguous, and so refused. [`MalformedQuery::Nul`].
    pub fn parse(body: &[u8]) -> Result<Self, MalformedQuery> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            if name.contains('\0') || value.contains('\0') {
                return Err(MalformedQuery::Nul);
            }
            let repeated = parameters.insert(name.into_owned(), value.into_owned()).is_some();
            if repeated || parameters.len() > MAX_PARAMETERS {
                return Err(MalformedQuery::Parameters);
            }
        }
        Ok(Self(parameters))
    }

    /// One parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The JSON that the input shape describes. Parameters that the shape does not know are ignored, as AWS does.
    ///
    /// # Errors
    /// [`MalformedQuery::Value`].
    pub fn to_json(&self, model: &Model, input: ShapeId) -> Result<Value, MalformedQuery> {
        Ok(self.value(model, input, "", MAX_DEPTH)?.unwrap_or_else(|| Value::Object(Map::new())))
    }

    /// The value under `path`; `None` where no parameter names it or anything below it.
    fn value(&self, model: &Model, id: ShapeId, path: &str, depth: usize) -> Result<Option<Value>, MalformedQuery> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(None) };
        let Some(shape) = model.shape(id) else { return Ok(None) };
        let text = self.get(path);
        Ok(match &shape.kind {
            Kind::Structure(members) => {
                let mut fields = Map::new();
                for member in members {
                    if let Some(value) = self.value(model, member.shape, &join(path, &member.name), depth)? {
                        fields.insert(member.name.clone(), value);
                    }
                }
                (path.is_empty() || !fields.is_empty()).then_some(Value::Object(fields))
            }
            Kind::List(member) => {
                let items = self.numbered(&format!("{path}.member"), |path| self.value(model, *member, path, depth))?;
                // `Name=` alone is how SDKs write an empty list.
                (!items.is_empty() || text == Some("")).then_some(Value::Array(items))
            }
            Kind::Map(_, value) => {
                let entries = self.numbered(&format!("{path}.entry"), |path| {
                    let Some(key) = self.get(&format!("{path}.key")) else { return Ok(None) };
                    let value = self.value(model, *value, &format!("{path}.value"), depth)?;
                    Ok(Some((key.to_owned(), value.unwrap_or_default())))
                })?;
                (!entries.is_empty()).then(|| Value::Object(entries.into_iter().collect()))
            }
            Kind::String(_) | Kind::Blob | Kind::Timestamp => text.map(Value::from),
            // AWS Query has no form of one.
            Kind::Document => None,
            Kind::Boolean => match text {
                None => None,
                Some("true" | "True" | "TRUE") => Some(Value::Bool(true)),
                Some("false" | "False" | "FALSE") => Some(Value::Bool(false)),
                Some(_) => return Err(MalformedQuery::Value),
            },
            Kind::Integer => text.map(|text| text.parse::<i64>().map(Value::from)).transpose().map_err(|_| MalformedQuery::Value)?,
            Kind::Double => {
                let number = text.map(|text| text.parse().ok().and_then(Number::from_f64).ok_or(MalformedQuery::Value));
                number.transpose()?.map(Value::Number)
            } // No service of AWS Query has one.
        })
    }

    /// What stands at `path.1`, `path.2` and so on, until one is missing: nothing is sized by a number that was sent.
    fn numbered<T>(&self, path: &str, item: impl Fn(&str) -> Result<Option<T>, MalformedQuery>) -> Result<Vec<T>, MalformedQuery> {
        let mut items = Vec::new();
        while let Some(found) = item(&format!("{path}.{}", items.len() + 1))? {
            items.push(found);
        }
        let prefix = format!("{path}.");
        let below = self.0.range(prefix.clone()..).take_while(|(name, _)| name.starts_with(&prefix));
        let number = |name: &str| name.get(prefix.len()..).and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        // SECURITY: an item after a gap is refused, never dropped: a policy or tag that is not seen is not judged.
        if below.into_iter().any(|(name, _)| number(name).is_none_or(|number| number == 0 || number > items.len())) {
            return Err(MalformedQuery::Value);
        }
        Ok(items)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::wire::model::Service;

    fn decode(service: Service, operation: &str, form: &str) -> Result<Value, MalformedQuery> {
        let model = service.model();
        Parameters::parse(form.as_bytes())?.to_json(model, model.operation(operation).unwrap().input.unwrap())
    }

    #[test]
    fn lists_structures_and_numbers_are_read_by_the_shape() {
        let form = "Action=AssumeRole&RoleArn=arn%3Aaws&RoleSessionName=s&DurationSeconds=900&Unknown=1\
                    &Tags.member.1.Key=a&Tags.member.1.Value=1&Tags.member.2.Key=b+c&Tags.member.2.Value=";
        assert_eq!(
            decode(Service::Sts, "AssumeRole", form).unwrap(),
            json!({"RoleArn": "arn:aws", "RoleSessionName": "s", "DurationSeconds": 900,
                   "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b c", "Value": ""}]})
        );
        assert_eq!(decode(Service::Sts, "GetCallerIdentity", "").unwrap(), json!({}));
    }

    #[test]
    fn what_is_ambiguous_or_does_not_fit_is_refused() {
        for (form, refusal) in [
            ("RoleArn=a&RoleArn=b", MalformedQuery::Parameters),
            ("RoleArn=a%00", MalformedQuery::Nul),
            ("Role%00Arn=a", MalformedQuery::Nul),
            ("DurationSeconds=soon", MalformedQuery::Value),
            ("Tags.member.2.Key=b", MalformedQuery::Value),
            ("Tags.member.1.Key=a&Tags.member.999999999.Key=b", MalformedQuery::Value),
            ("Tags.member.0.Key=a", MalformedQuery::Value),
            ("Tags.member.x.Key=a", MalformedQuery::Value),
        ] {
            assert_eq!(decode(Service::Sts, "AssumeRole", form), Err(refusal), "{form}");
        }
        let many: String = (0..=MAX_PARAMETERS).map(|number| format!("p{number}=1&")).collect();
        assert_eq!(decode(Service::Sts, "AssumeRole", &many), Err(MalformedQuery::Parameters));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let model = Service::Sts.model();
            let input = model.operation("AssumeRole").unwrap().input.unwrap();
            let _ = Parameters::parse(&body).and_then(|parameters| parameters.to_json(model, input));
        }
    }
}
