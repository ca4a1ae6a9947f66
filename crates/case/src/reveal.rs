//! Names behind references: only on request, with a reason, and logged before anything is shown.

use std::collections::BTreeMap;

use arrow::array::{Array as _, StringArray};
use tutela_engine::read_batches;
use tutela_model::TableId;

use crate::store::record_path;
use crate::{Act, Case, CaseError};

/// The name of a person, as a register gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The given name.
    pub given_name: String,
    /// The family name.
    pub family_name: String,
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.given_name, self.family_name)
    }
}

impl Case {
    /// The names of people, by reference. The reveal, its reason and the references are in the custody log first.
    ///
    /// # Errors
    /// Where no reason is given or the records cannot be read.
    pub fn reveal(&mut self, people: &[String], reason: &str) -> Result<BTreeMap<String, Name>, CaseError> {
        self.need(Act::RevealPersonal)?;
        if reason.trim().is_empty() {
            return Err(CaseError::Usage("a name is shown only with a reason: --reveal --reason \"...\"".to_owned()));
        }
        let detail = serde_json::json!({ "reason": reason, "people": people });
        self.log.append(&self.who, "reveal", "names", detail)?;
        let mut out = BTreeMap::new();
        for file in self.usable_record_files()?.iter().filter(|f| f.table == TableId::Person) {
            let path = record_path(&self.root, file.table, &file.source_id);
            for batch in read_batches(&path, &["person_ref", "given_name", "family_name"])? {
                let batch = batch?;
                let text = |i: usize| {
                    let column = batch.column(i).as_any().downcast_ref::<StringArray>();
                    column.ok_or_else(|| CaseError::Damaged(format!("{}: column {i} holds no text", path.display())))
                };
                let (person, given, family) = (text(0)?, text(1)?, text(2)?);
                let or_empty =
                    |c: &StringArray, i: usize| if c.is_null(i) { String::new() } else { c.value(i).to_owned() };
                for i in (0..batch.num_rows()).filter(|i| people.iter().any(|p| p == person.value(*i))) {
                    let name = Name { given_name: or_empty(given, i), family_name: or_empty(family, i) };
                    out.entry(person.value(i).to_owned()).or_insert(name);
                }
            }
        }
        Ok(out)
    }
}
