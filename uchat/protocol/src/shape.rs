//! From a message's value to a type and back. What is wrong is told with the name of the field.
//!
//! The oldest operations carry a bare value or a list, the newer ones a dict. In Rust all of them are structs;
//! a list is read as a dict whose keys are known, so that its errors name a field as well.

use framing::{MappingError, Value, to_value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// How a struct is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// As a dict. Keys that we do not know are skipped.
    Dict,
    /// As a list of these fields; what is missing at the end is nothing, what is more is skipped.
    List(&'static [&'static str]),
    /// Its only field, bare.
    Bare(&'static str),
}

/// A type that messages carry.
pub(crate) trait Shape: Serialize + DeserializeOwned {
    /// How it is written.
    const FORM: Form;
}

/// A value does not fit: which field, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShapeError {
    /// The field; empty if it is the whole.
    pub field: String,
    /// What it must be, and what came.
    pub rule: String,
}

impl ShapeError {
    /// It is of the wrong type as a whole.
    pub(crate) fn kind(expected: &str, got: &Value) -> Self {
        Self { field: String::new(), rule: format!("must be {expected}, not {}", got.kind().name()) }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.rule),
            field => write!(f, "{field}: {}", self.rule),
        }
    }
}

impl std::error::Error for ShapeError {}

/// The struct that `value` carries.
pub(crate) fn read<T: Shape>(value: Value) -> Result<T, ShapeError> {
    match T::FORM {
        Form::Dict => read_dict(value),
        Form::Bare(name) => read_dict(Value::Dict(vec![(name.to_owned(), value)])),
        Form::List(names) => match value {
            Value::List(elements) => {
                let entries = names.iter().map(|&name| name.to_owned()).zip(elements).collect();
                read_dict(Value::Dict(entries))
            }
            other => Err(ShapeError::kind(&format!("a list [{}]", names.join(", ")), &other)),
        },
    }
}

/// The dict as a struct.
pub(crate) fn read_dict<T: DeserializeOwned>(value: Value) -> Result<T, ShapeError> {
    if !matches!(value, Value::Dict(_)) {
        return Err(ShapeError::kind("a dict", &value));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let rule = without_value(error.into_inner().to_string());
        // A field that is not there has no path; its name stands in the sentence.
        let missing = rule.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        match (path.as_str(), missing) {
            (".", Some(name)) => ShapeError { field: name.to_owned(), rule: "is missing".to_owned() },
            (".", None) => ShapeError { field: String::new(), rule },
            (outer, Some(name)) => {
                ShapeError { field: format!("{outer}.{name}"), rule: "is missing".to_owned() }
            }
            _ => ShapeError { field: path, rule },
        }
    })
}

/// serde's sentences repeat the value: `invalid type: string "…", expected u8`. That can be long, and a password
/// that stands in the wrong place; so only its type is left.
fn without_value(rule: String) -> String {
    let told = rule.strip_prefix("invalid type: ").or_else(|| rule.strip_prefix("invalid value: "));
    match told.and_then(|told| told.rsplit_once(", expected ")) {
        Some((got, expected)) => {
            let kind = got.split(['`', '"']).next().unwrap_or_default();
            format!("must be {expected}, not {}", kind.trim_end())
        }
        None => rule,
    }
}

/// The value that carries `data`.
pub(crate) fn write<T: Shape>(data: &T) -> Result<Value, MappingError> {
    let value = to_value(data)?;
    match (T::FORM, value) {
        (Form::Dict, value) => Ok(value),
        (Form::Bare(_), Value::Dict(entries)) => {
            Ok(entries.into_iter().next().map_or(Value::None, |(_, value)| value))
        }
        (Form::List(_), Value::Dict(entries)) => {
            let mut elements: Vec<Value> = entries.into_iter().map(|(_, value)| value).collect();
            while elements.last() == Some(&Value::None) {
                elements.pop(); // what is nothing at the end need not be said
            }
            Ok(Value::List(elements))
        }
        (_, value) => Ok(value),
    }
}
