//! The value of a document, borrowing from its bytes where nothing was escaped.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// A JSON value without floats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer from 0 to 2^64 - 1.
    Unsigned(u64),
    /// An integer from -2^63 to -1.
    Negative(i64),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// The members of an object, in the order of the document; no key occurs twice.
#[derive(Debug, Clone, Default)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    /// Whether the members ascend by code point, as canonical documents have them.
    ascending: bool,
}

impl<'a> Object<'a> {
    /// An object of these members.
    ///
    /// # Errors
    /// The first key, in code point order, that occurs twice.
    pub fn from_members(members: Vec<(Cow<'a, str>, Value<'a>)>) -> Result<Self, Cow<'a, str>> {
        let ascending = members.is_sorted_by(|(a, _), (b, _)| a < b);
        if !ascending {
            let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_ref()).collect();
            keys.sort_unstable();
            if let Some(twice) = keys.windows(2).find_map(|pair| match pair {
                [a, b] if a == b => Some(*b),
                _ => None,
            }) {
                return Err(Cow::Owned(twice.into()));
            }
        }
        Ok(Self { members, ascending })
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        if self.ascending {
            let at = self.members.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok()?;
            return self.members.get(at).map(|(_, value)| value);
        }
        self.members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The members in the order of the document.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Value<'a>)> {
        self.members.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// The members in code point order of their keys.
    pub fn ascending(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        // Canonical documents are in order already: only another order costs an allocation.
        let sorted = (!self.ascending).then(|| {
            let mut order: Vec<&(Cow<'a, str>, Value<'a>)> = self.members.iter().collect();
            order.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
            order
        });
        let plain = self.ascending.then_some(&self.members);
        plain
            .into_iter()
            .flatten()
            .chain(sorted.into_iter().flatten())
            .map(|(key, value)| (key.as_ref(), value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Removes a member; what was there.
    pub fn remove(&mut self, key: &str) -> Option<Value<'a>> {
        let at = self.members.iter().position(|(name, _)| name == key)?;
        Some(self.members.remove(at).1)
    }
}

/// Two objects are equal when they have the same members, in whatever order.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.ascending().eq(other.ascending())
    }
}

impl Eq for Object<'_> {}

impl<'a> Value<'a> {
    /// The members, where this is an object.
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, where this is an array.
    pub fn as_array(&self) -> Option<&[Value<'a>]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The member under a key, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.as_object().and_then(|object| object.get(key))
    }

    /// The member or element that a pointer's token names.
    pub(super) fn step_mut(&mut self, token: &str) -> Option<&mut Value<'a>> {
        match self {
            Self::Object(object) => {
                object.members.iter_mut().find(|(key, _)| key == token).map(|(_, member)| member)
            }
            Self::Array(elements) => elements.get_mut(token.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// What kind of value this is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Unsigned(_) | Self::Negative(_) => "an integer",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// Writes the members in the order of the document.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Negative(value) => serializer.serialize_i64(*value),
            Self::String(value) => serializer.serialize_str(value),
            Self::Array(elements) => {
                let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
                elements.iter().try_for_each(|element| sequence.serialize_element(element))?;
                sequence.end()
            }
            Self::Object(object) => {
                let mut map = serializer.serialize_map(Some(object.len()))?;
                object.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}
