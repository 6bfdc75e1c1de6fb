//! Your own types as values: a serde serializer that builds a [`Value`].
//!
//! Structs and maps become dicts, sequences and tuples lists, an enum variant its name or a dict with
//! that one name. What the format cannot carry is an error, never a silent change.

use crate::{MappingError, Value};
use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// The value that carries `data`.
///
/// ```
/// use framing::{Value, to_value};
/// #[derive(serde::Serialize)]
/// struct Login<'a> { name: &'a str, age: u8 }
/// let value = to_value(&Login { name: "bob", age: 20 })?;
/// assert_eq!(value, Value::Dict(vec![("name".into(), "bob".into()), ("age".into(), Value::Int(20))]));
/// # Ok::<(), framing::MappingError>(())
/// ```
pub fn to_value<T: Serialize + ?Sized>(data: &T) -> Result<Value, MappingError> {
    data.serialize(ToValue)
}

struct ToValue;

type Mapped = Result<Value, MappingError>;

impl Serializer for ToValue {
    type Ok = Value;
    type Error = MappingError;
    type SerializeSeq = Elements;
    type SerializeTuple = Elements;
    type SerializeTupleStruct = Elements;
    type SerializeTupleVariant = Elements;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    fn serialize_bool(self, yes: bool) -> Mapped {
        Ok(Value::Bool(yes))
    }

    fn serialize_i8(self, n: i8) -> Mapped {
        self.serialize_i64(n.into())
    }

    fn serialize_i16(self, n: i16) -> Mapped {
        self.serialize_i64(n.into())
    }

    fn serialize_i32(self, n: i32) -> Mapped {
        self.serialize_i64(n.into())
    }

    fn serialize_i64(self, n: i64) -> Mapped {
        u64::try_from(n)
            .map(Value::Int)
            .map_err(|_| MappingError(format!("{n} is negative: an int cannot be")))
    }

    fn serialize_u8(self, n: u8) -> Mapped {
        Ok(Value::Int(n.into()))
    }

    fn serialize_u16(self, n: u16) -> Mapped {
        Ok(Value::Int(n.into()))
    }

    fn serialize_u32(self, n: u32) -> Mapped {
        Ok(Value::Int(n.into()))
    }

    fn serialize_u64(self, n: u64) -> Mapped {
        Ok(Value::Int(n))
    }

    fn serialize_f32(self, x: f32) -> Mapped {
        Ok(Value::Float(x))
    }

    fn serialize_f64(self, _: f64) -> Mapped {
        Err(MappingError("a float has four bytes here: use f32".into()))
    }

    fn serialize_char(self, c: char) -> Mapped {
        Ok(Value::Str(c.into()))
    }

    fn serialize_str(self, text: &str) -> Mapped {
        Ok(text.into())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Mapped {
        Ok(Value::Bytes(bytes.to_vec()))
    }

    fn serialize_none(self) -> Mapped {
        Ok(Value::None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, data: &T) -> Mapped {
        data.serialize(self)
    }

    fn serialize_unit(self) -> Mapped {
        Ok(Value::None)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Mapped {
        Ok(Value::None)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Mapped {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, data: &T) -> Mapped {
        data.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        data: &T,
    ) -> Mapped {
        Ok(Value::Dict(vec![(variant.into(), to_value(data)?)]))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Elements, MappingError> {
        Ok(Elements::default())
    }

    fn serialize_tuple(self, _length: usize) -> Result<Elements, MappingError> {
        Ok(Elements::default())
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Elements, MappingError> {
        Ok(Elements::default())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Elements, MappingError> {
        Ok(Elements { variant: Some(variant), ..Elements::default() })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Entries, MappingError> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Entries, MappingError> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<Entries, MappingError> {
        Ok(Entries { variant: Some(variant), ..Entries::default() })
    }
}

/// A list that grows.
#[derive(Default)]
struct Elements {
    variant: Option<&'static str>,
    elements: Vec<Value>,
}

impl Elements {
    fn add<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<(), MappingError> {
        self.elements.push(to_value(data)?);
        Ok(())
    }

    fn finish(self) -> Mapped {
        Ok(under(self.variant, Value::List(self.elements)))
    }
}

/// A dict that grows.
#[derive(Default)]
struct Entries {
    variant: Option<&'static str>,
    entries: Vec<(String, Value)>,
    key: Option<String>,
}

impl Entries {
    fn add<T: Serialize + ?Sized>(&mut self, key: &str, data: &T) -> Result<(), MappingError> {
        self.entries.push((key.to_owned(), to_value(data)?));
        Ok(())
    }

    fn finish(self) -> Mapped {
        Ok(under(self.variant, Value::Dict(self.entries)))
    }
}

fn under(variant: Option<&'static str>, value: Value) -> Value {
    match variant {
        Some(variant) => Value::Dict(vec![(variant.into(), value)]),
        None => value,
    }
}

/// serde has a trait for each way to hand over elements or named fields; they all do the same here.
macro_rules! collect {
    ($collector:ty: $($tr:ident::$method:ident($($key:ident: $key_type:ty)?)),*) => {$(
        impl $tr for $collector {
            type Ok = Value;
            type Error = MappingError;

            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $key_type,)? data: &T) -> Result<(), MappingError> {
                self.add($($key,)? data)
            }

            fn end(self) -> Mapped {
                self.finish()
            }
        }
    )*};
}

collect!(Elements:
    SerializeSeq::serialize_element(),
    SerializeTuple::serialize_element(),
    SerializeTupleStruct::serialize_field(),
    SerializeTupleVariant::serialize_field()
);

collect!(Entries:
    SerializeStruct::serialize_field(key: &'static str),
    SerializeStructVariant::serialize_field(key: &'static str)
);

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = MappingError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), MappingError> {
        match to_value(key)? {
            Value::Str(key) => self.key = Some(key),
            other => return Err(MappingError(format!("a dict's key is text, not {}", other.kind().name()))),
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, data: &T) -> Result<(), MappingError> {
        let key = self.key.take().ok_or_else(|| MappingError::custom("a value came without its key"))?;
        self.add(&key, data)
    }

    fn end(self) -> Mapped {
        self.finish()
    }
}
