//! Reading small things from JSON by hand. A derived reader costs the phone's module about a kilobyte a type (docs/size.md); what is seldom there is read
//! through one [`Value`] instead. Writing is derived as everywhere.

use serde_json::{Map, Value};
use uuid::Uuid;

/// It has not the shape that it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of that shape")]
pub struct BadShape;

/// The fields of an object.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Of any object.
    pub fn of(value: Value) -> Result<Self, BadShape> {
        if let Value::Object(map) = value { Ok(Self(map)) } else { Err(BadShape) }
    }
    /// Of an object that has no other fields.
    pub fn only(value: Value, known: &[&str]) -> Result<Self, BadShape> {
        let fields = Self::of(value)?;
        if fields.0.keys().all(|key| known.contains(&key.as_str())) { Ok(fields) } else { Err(BadShape) }
    }
    /// Any value.
    pub fn take(&mut self, key: &str) -> Result<Value, BadShape> {
        self.0.remove(key).ok_or(BadShape)
    }
    /// A text.
    pub fn text(&self, key: &str) -> Result<&str, BadShape> {
        self.0.get(key).and_then(Value::as_str).ok_or(BadShape)
    }
    /// A text; empty when it is not there.
    pub fn text_or_empty(&self, key: &str) -> Result<String, BadShape> {
        if self.0.contains_key(key) { Ok(self.text(key)?.to_owned()) } else { Ok(String::new()) }
    }
    /// A number.
    pub fn number(&self, key: &str) -> Result<i64, BadShape> {
        self.0.get(key).and_then(Value::as_i64).ok_or(BadShape)
    }
    /// A number that may be missing.
    pub fn maybe(&self, key: &str) -> Result<Option<i64>, BadShape> {
        if self.0.get(key).is_none_or(Value::is_null) { Ok(None) } else { self.number(key).map(Some) }
    }
    /// An id.
    pub fn id<T: From<Uuid>>(&self, key: &str) -> Result<T, BadShape> {
        Uuid::parse_str(self.text(key)?).map(T::from).map_err(|_| BadShape)
    }
    /// A list; empty when it is not there.
    pub fn list(&mut self, key: &str) -> Result<Vec<Value>, BadShape> {
        match self.0.remove(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(BadShape),
        }
    }
}
