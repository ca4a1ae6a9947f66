//! Legal bases.

use crate::{Basis, Case, CaseError, clock};

impl Case {
    /// Adds the act under which sources are acquired.
    ///
    /// # Errors
    /// Where a field is empty, a date is not one, or the reference is taken.
    pub fn add_basis(&mut self, basis: &Basis) -> Result<(), CaseError> {
        for (name, value) in
            [("id", &basis.basis_id), ("act", &basis.act), ("authority", &basis.authority), ("scope", &basis.scope)]
        {
            if value.trim().is_empty() {
                return Err(CaseError::Usage(format!("basis: {name} is empty; expected text")));
            }
        }
        let date = |name: &str, text: &str| {
            text.parse::<jiff::civil::Date>()
                .map_err(|_| CaseError::Usage(format!("basis: {name} is {text}; expected a day as YYYY-MM-DD")))
        };
        let (from, until) = (date("from", &basis.from_date)?, date("until", &basis.until_date)?);
        if until < from {
            return Err(CaseError::Usage(format!("basis: until {until} is before from {from}")));
        }
        if self.store.bases()?.iter().any(|b| b.basis_id == basis.basis_id) {
            return Err(CaseError::Usage(format!("basis {}: is there already", basis.basis_id)));
        }
        let utc = clock::now_utc();
        let detail = serde_json::to_value(basis).unwrap_or_default();
        self.log.append(&self.who, "basis_add", &basis.basis_id, detail)?;
        self.store.add_basis(basis, &utc, &self.who)
    }

    /// The legal bases of the case.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn bases(&self) -> Result<Vec<Basis>, CaseError> {
        self.store.bases()
    }

    /// The basis of that reference, where it holds today.
    pub(crate) fn basis_in_force(&self, basis_id: &str) -> Result<Basis, CaseError> {
        let bases = self.store.bases()?;
        let known: Vec<&str> = bases.iter().map(|b| b.basis_id.as_str()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let basis = bases.iter().find(|b| b.basis_id == basis_id).ok_or_else(|| {
            CaseError::Usage(format!(
                "basis {basis_id}: not in this case (there is: {known}); add it with: tutela basis add"
            ))
        })?;
        let now = clock::now_utc();
        let today = now.split('T').next().unwrap_or_default();
        if today < basis.from_date.as_str() || today > basis.until_date.as_str() {
            return Err(CaseError::Usage(format!(
                "basis {basis_id}: holds from {} until {}, and today is {today}",
                basis.from_date, basis.until_date
            )));
        }
        Ok(basis.clone())
    }
}
