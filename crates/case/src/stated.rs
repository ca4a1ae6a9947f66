//! What people state: reasons, days, moments, digests. Each is checked where it comes in, and an error says what was
//! found and what was expected.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;

use crate::custody::Entry;
use crate::{CaseError, clock};

/// Characters of a text that somebody states, at most: it is kept for good.
pub const STATED_CHARACTERS: usize = 4000;

/// A text that says something, without blanks around it.
pub(crate) fn text(name: &str, value: &str) -> Result<String, CaseError> {
    let value = value.trim();
    let length = value.chars().count();
    if length == 0 {
        return Err(CaseError::Usage(format!("{name}: found nothing; expected a text")));
    }
    if length > STATED_CHARACTERS {
        return Err(CaseError::Usage(format!(
            "{name}: found {length} characters; expected at most {STATED_CHARACTERS}"
        )));
    }
    match value.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        None => Ok(value.to_owned()),
        Some(control) => Err(CaseError::Usage(format!(
            "{name}: found the control character U+{:04X}; expected printable text",
            u32::from(control)
        ))),
    }
}

/// A reason, which every decision needs.
pub(crate) fn reason(what: &str, value: &str) -> Result<String, CaseError> {
    if value.trim().is_empty() {
        return Err(CaseError::Usage(format!("{what} needs a reason: --reason \"...\"")));
    }
    text("reason", value)
}

/// A reference of one line, which somebody chose.
pub(crate) fn reference(name: &str, value: &str) -> Result<String, CaseError> {
    let value = text(name, value)?;
    if value.chars().count() > 100 || value.chars().any(|c| c.is_whitespace() || c == ',') {
        return Err(CaseError::Usage(format!(
            "{name}: found `{value}`; expected at most 100 characters without blanks or commas, as E1 or 2026/14-3"
        )));
    }
    Ok(value)
}

/// A day.
pub(crate) fn day(name: &str, value: &str) -> Result<Date, CaseError> {
    let read = value.trim().parse();
    read.map_err(|_| CaseError::Usage(format!("{name}: found `{value}`; expected a day as YYYY-MM-DD")))
}

/// A moment that is over, with its zone; given back in UTC.
pub(crate) fn moment(name: &str, value: &str) -> Result<Timestamp, CaseError> {
    let at: Timestamp = value.trim().parse().map_err(|_| {
        CaseError::Usage(format!("{name}: found `{value}`; expected an instant with its zone, as 2026-05-04T10:00:00Z"))
    })?;
    let now = now()?;
    if at > now {
        return Err(CaseError::Usage(format!("{name}: found {at}, which is to come; it is {now} now")));
    }
    Ok(at)
}

/// Now.
pub(crate) fn now() -> Result<Timestamp, CaseError> {
    let now = clock::now_utc();
    now.parse().map_err(|e| CaseError::Damaged(format!("clock: {now}: {e}")))
}

/// Today, in UTC, as `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    clock::now_utc().split('T').next().unwrap_or_default().to_owned()
}

/// A SHA-256 in hexadecimal, in small letters.
pub(crate) fn sha256(name: &str, value: &str) -> Result<String, CaseError> {
    let digest = value.trim().to_ascii_lowercase();
    if digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(digest);
    }
    let found = format!("{} characters", value.trim().chars().count());
    Err(CaseError::Usage(format!("{name}: found {found}; expected a SHA-256, 64 hexadecimal digits")))
}

/// The particulars of an entry.
pub(crate) fn detail<T: DeserializeOwned>(entry: &Entry) -> Result<T, CaseError> {
    serde_json::from_value(entry.detail.clone())
        .map_err(|e| CaseError::Damaged(format!("custody entry {}: {e}", entry.index)))
}

/// What stands in the log of something that can be written as JSON.
pub(crate) fn value<T: serde::Serialize>(what: &T) -> Result<serde_json::Value, CaseError> {
    serde_json::to_value(what).map_err(|source| CaseError::Json { path: "custody entry".into(), source })
}
