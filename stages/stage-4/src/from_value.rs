//! Values as your own types: a serde deserializer that takes a [`Value`] apart.

use crate::{MappingError, Value};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The data that `value` carries. The error says which type was expected and which came.
///
/// ```
/// use framing::{Value, from_value};
/// #[derive(serde::Deserialize, PartialEq, Debug)]
/// struct Login { name: String, age: Option<u8> }
/// let value = Value::Dict(vec![("name".into(), "bob".into()), ("age".into(), Value::None)]);
/// assert_eq!(from_value(value), Ok(Login { name: "bob".into(), age: None }));
/// assert_eq!(
///     from_value::<Login>(Value::Int(1)).unwrap_err().to_string(),
///     "invalid type: integer `1`, expected struct Login"
/// );
/// ```
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, MappingError> {
    T::deserialize(value)
}

impl<'de> Deserializer<'de> for Value {
    type Error = MappingError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MappingError> {
        match self {
            Self::None => visitor.visit_unit(),
            Self::Int(n) => visitor.visit_u64(n),
            Self::Float(x) => visitor.visit_f32(x),
            Self::Str(text) => visitor.visit_string(text),
            Self::List(elements) => {
                let mut seq = SeqDeserializer::new(elements.into_iter());
                let value = visitor.visit_seq(&mut seq)?;
                seq.end().map(|()| value) // a list that is longer than the type is an error
            }
            Self::Dict(entries) => {
                let mut map = MapDeserializer::new(entries.into_iter());
                let value = visitor.visit_map(&mut map)?;
                map.end().map(|()| value)
            }
            Self::Bool(yes) => visitor.visit_bool(yes),
            Self::Bytes(bytes) => visitor.visit_byte_buf(bytes),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, MappingError> {
        match self {
            Self::None => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, MappingError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MappingError> {
        match self {
            // A struct is written as a dict, so it is read from nothing else; serde would take a list, too.
            Self::List(_) => Err(MappingError::invalid_type(Unexpected::Seq, &visitor)),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MappingError> {
        match self {
            Self::Str(variant) => visitor.visit_enum(Variant { variant, content: None }),
            Self::Dict(mut entries) if entries.len() == 1 => {
                let (variant, content) = entries.swap_remove(0);
                visitor.visit_enum(Variant { variant, content: Some(content) })
            }
            other => Err(MappingError(format!(
                "a variant is its name, or a dict with that one key, not {}",
                other.kind().name()
            ))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

impl IntoDeserializer<'_, MappingError> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

struct Variant {
    variant: String,
    content: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = MappingError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), MappingError> {
        let name: Value = self.variant.as_str().into();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant {
    type Error = MappingError;

    fn unit_variant(self) -> Result<(), MappingError> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(MappingError(format!("the variant {:?} carries nothing", self.variant))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, MappingError> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, MappingError> {
        self.content()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, MappingError> {
        self.content()?.deserialize_map(visitor)
    }
}

impl Variant {
    fn content(self) -> Result<Value, MappingError> {
        self.content
            .ok_or_else(|| MappingError::invalid_type(Unexpected::UnitVariant, &"a variant with content"))
    }
}
