//! What a case's database does, whichever it is. Statements are the same for all: values are `$1`, `$2`, ..., types are
//! text and whole numbers.

use std::fmt;

use crate::CaseError;

/// A value of a row, or one to be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Absent.
    Null,
    /// A whole number.
    Integer(i64),
    /// Text.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }
}

impl<T> From<Option<T>> for Value
where
    Value: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// Receives rows.
pub(crate) type Each<'a> = dyn FnMut(&[Value]) -> Result<(), CaseError> + Send + 'a;
/// Does some writing.
pub(crate) type Work<'a> = dyn FnMut(&mut dyn Writing) -> Result<(), CaseError> + Send + 'a;

/// A database that holds one case.
pub(crate) trait Database: Send + fmt::Debug {
    /// What it is called where something is said about a row of it.
    fn name(&self) -> &'static str;

    /// Hands out the rows of a query, one after the other. What receives them must not ask the database in turn.
    ///
    /// # Errors
    /// Where the database cannot be read, or the receiver fails.
    fn query(&self, sql: &str, values: &[Value], each: &mut Each<'_>) -> Result<(), CaseError>;

    /// Writes in one transaction: all of it is durable when this returns, or nothing of it was done.
    ///
    /// # Errors
    /// Where the database or the work fails.
    fn write(&self, work: &mut Work<'_>) -> Result<(), CaseError>;

    /// That it can be written to now; connects anew where a connection was lost.
    ///
    /// # Errors
    /// Where it cannot.
    fn ready(&self) -> Result<(), CaseError>;

    /// How many migrations it has seen.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn version(&self) -> Result<u64, CaseError>;

    /// Carries out a migration and notes the version it leads to, all or nothing.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn migrate(&self, migration: &str, version: u64) -> Result<(), CaseError>;

    /// What it consists of: its parts by name, each with its definition.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn schema(&self) -> Result<Vec<(String, String)>, CaseError>;

    /// What a database of this version consists of.
    ///
    /// # Errors
    /// Where that cannot be found out.
    fn expected_schema(&self) -> Result<Vec<(String, String)>, CaseError>;
}

/// A transaction that is being written.
pub(crate) trait Writing {
    /// Carries out one statement; says how many rows it changed.
    ///
    /// # Errors
    /// Where the database refuses.
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, CaseError>;
}

/// The values of a row by number, each of the type that is expected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a>(pub(crate) &'a [Value]);

impl Row<'_> {
    pub(crate) fn text(self, index: usize) -> Result<String, CaseError> {
        match self.0.get(index) {
            Some(Value::Text(text)) => Ok(text.clone()),
            other => Err(unexpected(index, other, "text")),
        }
    }

    pub(crate) fn text_or_none(self, index: usize) -> Result<Option<String>, CaseError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => self.text(index).map(Some),
        }
    }

    pub(crate) fn integer(self, index: usize) -> Result<i64, CaseError> {
        match self.0.get(index) {
            Some(Value::Integer(number)) => Ok(*number),
            other => Err(unexpected(index, other, "a whole number")),
        }
    }

    pub(crate) fn unsigned(self, index: usize) -> Result<u64, CaseError> {
        let number = self.integer(index)?;
        u64::try_from(number)
            .map_err(|_| CaseError::Damaged(format!("column {index} of a row is {number}; expected none below 0")))
    }

    /// A place in a file; nothing where there is none, or one that no file has.
    pub(crate) fn place(self, index: usize) -> Result<Option<u64>, CaseError> {
        match self.0.get(index) {
            Some(Value::Null) => Ok(None),
            _ => Ok(u64::try_from(self.integer(index)?).ok()),
        }
    }
}

/// A value of another type; the value itself may be evidence and is not said.
fn unexpected(index: usize, found: Option<&Value>, expected: &str) -> CaseError {
    let found = match found {
        None => "not there",
        Some(Value::Null) => "absent",
        Some(Value::Integer(_)) => "a whole number",
        Some(Value::Text(_)) => "text",
    };
    CaseError::Damaged(format!("column {index} of a row is {found}; expected {expected}"))
}
