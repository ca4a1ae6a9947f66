//! What the records place: municipalities and countries.

use super::{Pictures, count};
use crate::CaseError;

/// Lines by municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePlace {
    /// The code of the municipality; absent where no register states it.
    pub municipality_code: Option<String>,
    /// The operator.
    pub operator: String,
    /// The kind of access.
    pub access_kind: Option<String>,
    /// Whether the address is that of the installation or of the bill.
    pub address_kind: Option<String>,
    /// How many lines.
    pub lines: u64,
    /// How many of them a finding is about.
    pub found: u64,
}

/// Payments from country to country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corridor {
    /// The payer's country.
    pub from: Option<String>,
    /// The recipient's country.
    pub to: Option<String>,
    /// The currency.
    pub currency: String,
    /// How many payments.
    pub payments: u64,
    /// Their sum, as an exact decimal.
    pub amount: String,
}

/// Payment accounts by country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountPlace {
    /// The country; absent where no register states it.
    pub country: Option<String>,
    /// How many accounts.
    pub accounts: u64,
}

/// Trips by both of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripPlace {
    /// Where they began, as the source states it.
    pub from: Option<String>,
    /// Where they ended.
    pub to: Option<String>,
    /// How many.
    pub trips: u64,
    /// How many of them name the traveller.
    pub named: u64,
}

/// Everything that the records place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Lines.
    pub lines: Vec<LinePlace>,
    /// Payments.
    pub corridors: Vec<Corridor>,
    /// Payment accounts.
    pub accounts: Vec<AccountPlace>,
    /// Trips.
    pub trips: Vec<TripPlace>,
}

impl Pictures {
    /// What the records place.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn places(&self) -> Result<Places, CaseError> {
        self.look(|db| {
            let mut lines = db.prepare_cached("SELECT * FROM line_place ORDER BY rowid LIMIT 20000")?;
            let lines = lines.query_map([], |r| {
                Ok(LinePlace {
                    municipality_code: r.get(0)?,
                    operator: r.get(1)?,
                    access_kind: r.get(2)?,
                    address_kind: r.get(3)?,
                    lines: count(r, 4)?,
                    found: count(r, 5)?,
                })
            })?;
            let lines = lines.collect::<Result<_, _>>()?;
            let mut corridors = db.prepare_cached("SELECT * FROM corridor ORDER BY payments DESC, rowid LIMIT 5000")?;
            let corridors = corridors.query_map([], |r| {
                Ok(Corridor {
                    from: r.get(0)?,
                    to: r.get(1)?,
                    currency: r.get(2)?,
                    payments: count(r, 3)?,
                    amount: r.get(4)?,
                })
            })?;
            let corridors = corridors.collect::<Result<_, _>>()?;
            let mut accounts = db.prepare_cached("SELECT * FROM account_place ORDER BY rowid LIMIT 500")?;
            let accounts =
                accounts.query_map([], |r| Ok(AccountPlace { country: r.get(0)?, accounts: count(r, 1)? }))?;
            let accounts = accounts.collect::<Result<_, _>>()?;
            let mut trips = db.prepare_cached("SELECT * FROM trip_place ORDER BY trips DESC, rowid LIMIT 5000")?;
            let trips = trips.query_map([], |r| {
                Ok(TripPlace { from: r.get(0)?, to: r.get(1)?, trips: count(r, 2)?, named: count(r, 3)? })
            })?;
            Ok(Places { lines, corridors, accounts, trips: trips.collect::<Result<_, _>>()? })
        })
    }
}
