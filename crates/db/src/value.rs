//! Values that cross to the database and rows that come back.

use base::{Area, Day, Instant, Money, Uuid};

use crate::Error;

/// A value in a column or a parameter. There are no floats: facts are whole numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Value {
    /// NULL.
    #[default]
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(String),
    /// BYTEA.
    Bytes(Vec<u8>),
    /// UUID: 16 bytes.
    Uuid(Uuid),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "BIGINT",
            Self::Bool(_) => "BOOLEAN",
            Self::Text(_) => "TEXT",
            Self::Bytes(_) => "BYTEA",
            Self::Uuid(_) => "UUID",
        }
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $made:expr;)*) => { $(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $made
            }
        }
    )* };
}

from! {
    i64 => |value| Value::Int(value);
    i32 => |value| Value::Int(value.into());
    u32 => |value| Value::Int(value.into());
    bool => |value| Value::Bool(value);
    String => |value| Value::Text(value);
    &String => |value| Value::Text(value.clone());
    &str => |value| Value::Text(value.to_owned());
    Vec<u8> => |value| Value::Bytes(value);
    &[u8] => |value| Value::Bytes(value.to_vec());
    Uuid => |value| Value::Uuid(value);
    Day => |value| Value::Int(value.days());
    Instant => |value| Value::Int(value.millis());
    Money => |value| Value::Int(value.fen());
    Area => |value| Value::Int(value.cm2());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// The name in an error.
    const EXPECTED: &'static str;
    /// The value as this type; `Err` gives the value back.
    fn from_value(value: Value) -> Result<Self, Value>;
}

macro_rules! read {
    ($($type:ty, $expected:literal, $($pattern:pat => $made:expr),+;)*) => { $(
        impl FromValue for $type {
            const EXPECTED: &'static str = $expected;
            fn from_value(value: Value) -> Result<Self, Value> {
                match value {
                    $($pattern => Ok($made),)+
                    other => Err(other),
                }
            }
        }
    )* };
}

read! {
    i64, "BIGINT", Value::Int(v) => v;
    bool, "BOOLEAN", Value::Bool(v) => v, Value::Int(v @ (0 | 1)) => v == 1;
    String, "TEXT", Value::Text(v) => v;
    Vec<u8>, "BYTEA", Value::Bytes(v) => v, Value::Uuid(v) => v.as_bytes().to_vec();
    Day, "a day (BIGINT)", Value::Int(v) => Day::from_days(v);
    Instant, "an instant (BIGINT)", Value::Int(v) => Instant::from_millis(v);
    Money, "money (BIGINT)", Value::Int(v) => Money::from_fen(v);
    Area, "an area (BIGINT)", Value::Int(v) => Area::from_cm2(v);
}

impl FromValue for Uuid {
    const EXPECTED: &'static str = "UUID";
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Uuid(uuid) => Ok(uuid),
            // SQLite has no UUID: it gives the 16 bytes back.
            Value::Bytes(bytes) => Self::from_slice(&bytes).map_err(|_| Value::Bytes(bytes)),
            other => Err(other),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn from_value(value: Value) -> Result<Self, Value> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// A row of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// Takes the value of a column out of the row (a second taking finds NULL).
    pub fn get<T: FromValue>(&mut self, column: usize) -> Result<T, Error> {
        let fail = |found: &str| Error::Decode { column, expected: T::EXPECTED, found: found.to_owned() };
        let value = self.values.get_mut(column).map(std::mem::take).ok_or_else(|| fail("no such column"))?;
        T::from_value(value).map_err(|value| fail(value.kind()))
    }

    /// All values, in order.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }
}

/// Makes a parameter list: `params![id, name, day]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*] };
}
