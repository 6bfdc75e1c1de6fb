//! Values as JSON, for people and tools. What JSON does not know is written as a dict with one `$` key:
//! bytes as `{"$bytes": "00ff"}`, and the floats that have no digits as `{"$float": "NaN"}`.

use crate::{MappingError, Value};
use echo::lab::{hex, unhex};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::fmt;

/// The value that a JSON text describes.
///
/// A number without a point is an int, one with a point or an exponent a float; a negative number cannot
/// be written unless it is a float.
pub fn from_json(text: &str) -> Result<Value, MappingError> {
    serde_json::from_str(text).map(|Json(value)| value).map_err(|error| MappingError(error.to_string()))
}

/// The JSON text of a value, on one line; [`from_json`] gives the value back.
///
/// # Errors
/// For a dict that looks like one of the two that JSON uses for itself: it would come back as bytes.
pub fn to_json(value: &Value) -> Result<String, MappingError> {
    serde_json::to_string(&View(value)).map_err(|error| MappingError(error.to_string()))
}

struct View<'a>(&'a Value);

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None => serializer.serialize_unit(),
            Value::Int(n) => serializer.serialize_u64(*n),
            Value::Float(x) if x.is_finite() => serializer.serialize_f32(*x),
            Value::Float(x) => one(serializer, "$float", &x.to_string()),
            Value::Str(text) => serializer.serialize_str(text),
            Value::List(elements) => serializer.collect_seq(elements.iter().map(View)),
            Value::Dict(entries) if is_reserved(entries) => {
                Err(S::Error::custom("a dict with $bytes or $float as its only key would come back as bytes"))
            }
            Value::Dict(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, View(value))))
            }
            Value::Bool(yes) => serializer.serialize_bool(*yes),
            Value::Bytes(bytes) => one(serializer, "$bytes", &hex(bytes)),
        }
    }
}

fn is_reserved(entries: &[(String, Value)]) -> bool {
    matches!(entries, [(key, Value::Str(_))] if key == "$bytes" || key == "$float")
}

fn one<S: Serializer>(serializer: S, key: &str, value: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that a message can carry")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::None)
    }

    fn visit_bool<E: Error>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Value, E> {
        Ok(Value::Int(n))
    }

    fn visit_i64<E: Error>(self, n: i64) -> Result<Value, E> {
        u64::try_from(n).map(Value::Int).map_err(|_| E::custom(format!("{n} is negative: an int cannot be")))
    }

    fn visit_f64<E: Error>(self, x: f64) -> Result<Value, E> {
        let short = x as f32; // the format has four bytes for it: the nearest such number
        if short.is_finite() {
            Ok(Value::Float(short))
        } else {
            Err(E::custom(format!("{x} is too large for a float of four bytes")))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(Json(element)) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        while let Some((key, Json(value))) = map.next_entry::<String, Json>()? {
            entries.push((key, value));
        }
        // A key that stands twice is found when the value is written.
        match entries.as_slice() {
            [(key, Value::Str(text))] if key == "$bytes" => unhex(text)
                .map(Value::Bytes)
                .ok_or_else(|| A::Error::custom("$bytes takes an even number of hex digits")),
            [(key, Value::Str(text))] if key == "$float" => match text.as_str() {
                "NaN" => Ok(Value::Float(f32::NAN)),
                "inf" => Ok(Value::Float(f32::INFINITY)),
                "-inf" => Ok(Value::Float(f32::NEG_INFINITY)),
                _ => Err(A::Error::custom("$float takes NaN, inf or -inf")),
            },
            _ => Ok(Value::Dict(entries)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_the_way_through_json() {
        let text = r#"{"a":null,"b":1,"c":1.5,"d":"小明","e":[true,false],"f":{"$bytes":"00ff"},"g":{"$float":"-inf"}}"#;
        let value = from_json(text).unwrap();
        assert_eq!(to_json(&value).unwrap(), text);
    }

    #[test]
    fn a_dict_that_would_come_back_as_bytes_is_refused() {
        for key in ["$bytes", "$float"] {
            let dict = Value::Dict(vec![(key.into(), "00".into())]);
            assert!(to_json(&dict).is_err());
            assert!(to_json(&Value::Dict(vec![(key.into(), Value::Int(0))])).is_ok());
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_with_its_place() {
        for (text, part) in [
            ("-1", "-1 is negative"),
            ("1e39", "too large for a float"),
            ("18446744073709551616", "float"), // over 2^64: JSON readers see a float, which loses digits
            (r#"{"$bytes":"0"}"#, "even number of hex digits"),
            ("[1,", "EOF"),
            ("{\"a\":}", "line 1 column 6"),
        ] {
            match from_json(text) {
                Ok(value) => assert_eq!(value.kind().name(), part, "{text}"),
                Err(error) => assert!(error.to_string().contains(part), "{text}: {error}"),
            }
        }
    }
}
