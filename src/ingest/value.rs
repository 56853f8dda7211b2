//! [`Value`]: front matter and JSON as one tree, whatever syntax it came in.
//!
//! Scalars keep their text: whether `11.` is a number or an abstract is for the field to decide that wants it.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// The most nodes, plus bytes of text, that one decoded value may have. An alias bomb reaches it; no article does.
const MAX_SIZE: usize = 64 << 20;
/// What one node counts for beside its text, roughly its size in memory.
const NODE_SIZE: usize = 64;

/// A decoded value. Maps keep the order of the source; of two equal keys the last one wins, as in most YAML tools.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as text.
    Number(String),
    /// Any other scalar.
    Text(String),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping with its keys as text.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The text of a scalar; `None` for null, booleans, lists and maps.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Whether it is what other programs write where there is nothing: Python's words for null and for an empty list.
    pub(crate) fn says_nothing(&self) -> bool {
        matches!(self, Self::Text(text) if matches!(text.trim(), "None" | "[]"))
    }

    /// A list's items; anything but null is a list of itself.
    pub(crate) fn items(&self) -> &[Value] {
        match self {
            Self::List(items) => items,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// Whether it says yes: `true`, also as text.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Bool(bool) => *bool,
            Self::Text(text) => matches!(text.trim().to_ascii_lowercase().as_str(), "true" | "yes" | "on"),
            _ => false,
        }
    }

    /// As the key of a map.
    pub(crate) fn into_key(self) -> String {
        match self {
            Self::Text(key) | Self::Number(key) => key,
            Self::Bool(bool) => bool.to_string(),
            Self::Null | Self::List(_) | Self::Map(_) => String::new(),
        }
    }

    /// The value under `path` in a map: the whole path as one key, else key by key at its dots.
    pub(crate) fn get(&self, path: &str) -> Option<&Value> {
        let Self::Map(entries) = self else { return None };
        let entry = |key: &str| entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value);
        entry(path).or_else(|| {
            let (first, rest) = path.split_once('.')?;
            entry(first)?.get(rest)
        })
    }
}

/// Decodes a [`Value`] within a size budget, leaving out the map entries named in `skip` at any depth.
pub(crate) struct Decode<'a> {
    left: &'a Cell<usize>,
    skip: &'a [&'a str],
}

impl<'a> Decode<'a> {
    /// A fresh budget for one value.
    pub(crate) fn budget() -> Cell<usize> {
        Cell::new(MAX_SIZE)
    }

    pub(crate) fn new(left: &'a Cell<usize>, skip: &'a [&'a str]) -> Self {
        Self { left, skip }
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(bytes + NODE_SIZE);
        self.left.set(left.ok_or_else(|| E::custom("it unfolds to an enormous size"))?);
        Ok(())
    }

    fn again(&self) -> Self {
        Self { left: self.left, skip: self.skip }
    }
}

impl<'de> DeserializeSeed<'de> for Decode<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Decode<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: Error>(self, bool: bool) -> Result<Value, E> {
        Ok(Value::Bool(bool))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        // A whole one shows that it was no integer.
        Ok(Value::Number(format!("{number:?}")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.spend(text.len())?;
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.again())? {
            self.spend(0)?;
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key_seed(self.again())? {
            let key = key.into_key();
            self.spend(key.len())?;
            if self.skip.contains(&key.as_str()) {
                access.next_value::<IgnoredAny>()?;
            } else {
                entries.push((key, access.next_value_seed(self.again())?));
            }
        }
        Ok(Value::Map(entries))
    }

    /// A YAML tag (`!thing value`) says nothing to us: the value counts.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (_, variant) = access.variant::<IgnoredAny>()?;
        variant.newtype_variant_seed(self)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;

    use super::{Decode, Value};

    fn json(text: &str) -> Value {
        let left = Decode::budget();
        Decode::new(&left, &["skipped"]).deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap()
    }

    #[test]
    fn finds_nested_and_dotted_keys_and_lets_the_last_one_win() {
        let value = json(r#"{"a":{"b":"nested"},"c.d":"dotted","e":1,"e":2,"skipped":[1]}"#);
        assert_eq!(value.get("a.b").and_then(Value::text), Some("nested"));
        assert_eq!(value.get("c.d").and_then(Value::text), Some("dotted"));
        assert_eq!(value.get("e").and_then(Value::text), Some("2"));
        assert_eq!((value.get("skipped"), value.get("a.b.c")), (None, None));
    }

    #[test]
    fn says_nothing_in_words_too() {
        assert!(Value::Text("None".into()).says_nothing() && Value::Text("[] ".into()).says_nothing());
        assert!(!Value::Text("None of us".into()).says_nothing() && !Value::Text("none".into()).says_nothing());
    }

    #[test]
    fn says_yes_in_words_too() {
        assert!(Value::Bool(true).is_true() && Value::Text(" True".into()).is_true());
        assert!(!Value::Text("false".into()).is_true() && !Value::Null.is_true());
    }
}
