//! What is handed out: whoever does it needs the right, and the log says what went, to what end, and what its bytes were.

use std::collections::BTreeMap;

use crate::custody::Entry;
use crate::{Act, Case, CaseError, stated};

impl Case {
    /// Logs that something is handed out, before it is: its kind (a dossier, a bundle, an export), what it is about, and the
    /// SHA-256 of each file by name.
    ///
    /// # Errors
    /// Where the right is missing, or the kind or what it is about is empty.
    pub fn log_export(
        &mut self,
        kind: &str,
        subject: &str,
        files: &BTreeMap<String, String>,
    ) -> Result<Entry, CaseError> {
        self.need(Act::Export)?;
        let (kind, subject) = (stated::text("kind", kind)?, stated::text("subject", subject)?);
        let detail = serde_json::json!({ "kind": kind, "written": files });
        self.log.append(&self.who, "export", &subject, detail)
    }
}
