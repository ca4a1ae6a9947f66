//! The mapping file: how a CSV that is not ours fills a table, and what no file says of itself.
//!
//! ```yaml
//! table: session
//! delimiter: ";"            # , ; | or "\t"; found out by itself if absent
//! encoding: windows-1252    # utf-8 (the default), windows-1252 or iso-8859-1
//! decimal: ","              # a whole number may then be written 443,0
//! columns:                  # heading in the file: column of the table
//!   Data e ora: at_utc
//!   Indirizzo IP: ip
//! constants:                # column of the table: its value in every row
//!   platform: example_chat
//!   account_ref: "123456"
//! dates:                    # how a time or date is written, and in which zone where it does not say
//!   at_utc: {format: "%d/%m/%Y %H:%M:%S", zone: Europe/Rome}
//! ```
//!
//! What payments need besides:
//!
//! ```yaml
//! headings: [Date, Amount]  # for a file without a row of headings: fixed columns
//! optional: [Note]          # headings that a file may lack
//! thousands: "."            # dropped from amounts
//! signed: true              # a negative amount is the debtor's own record: it sets `side`, and the sign goes
//! joined:                   # a column from several cells, with a space between them
//!   at_utc: [Date, Time, TimeZone]
//! words:                    # a column's word for a cell's; "*" for any other
//!   status: {Completed: booked, Pending: pending}
//! ```
//!
//! Formats other than `csv` take `constants` and `zone` from it, as their pages say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tutela_model::{Column, ColumnKind, Table, TableId, time};

use crate::error::{At, FormatError};
use crate::source::SourceInfo;

/// The longest mapping file, in bytes.
const MAPPING_BYTES: usize = 1 << 20;

/// What the user states beside a file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The table to fill. Needed where `columns` are given; else it settles which table canonical headings mean.
    pub table: Option<TableId>,
    /// What stands between two cells.
    pub delimiter: Option<char>,
    /// How letters are written.
    pub encoding: Encoding,
    /// The sign before decimals.
    pub decimal: Option<char>,
    /// Headings of the file and the columns they fill; other headings are not read.
    pub columns: BTreeMap<String, String>,
    /// Columns with the same value in each row.
    pub constants: BTreeMap<String, String>,
    /// How times and dates are written.
    pub dates: BTreeMap<String, DateRule>,
    /// The headings of a file that has no row of them.
    pub headings: Vec<String>,
    /// Headings that a file may lack.
    pub optional: BTreeSet<String>,
    /// The sign between thousands, which is dropped from amounts.
    pub thousands: Option<char>,
    /// A negative amount is the debtor's own record, any other the creditor's.
    pub signed: bool,
    /// Columns that several cells fill, with a space between them.
    pub joined: BTreeMap<String, Vec<String>>,
    /// By column, its word for what a cell says; `*` for any other.
    pub words: BTreeMap<String, BTreeMap<String, String>>,
}

/// How the letters of a file are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Encoding {
    /// UTF-8, also where the file begins with a byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows code page 1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// ISO 8859-1.
    #[serde(rename = "iso-8859-1")]
    Iso8859_1,
}

/// How a time or date is written.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct DateRule {
    /// A `strftime` format; canonical text if absent.
    pub format: Option<String>,
    /// The zone of a time that states none: `UTC`, `+01:00` or a name such as `Europe/Rome`.
    pub zone: Option<String>,
}

/// Why a mapping file cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// Not YAML, or keys that no mapping has.
    #[error("mapping: {0}")]
    Yaml(String),
    /// Something in it contradicts the tables.
    #[error("mapping, {at}: found {found}, expected {expected}")]
    Wrong {
        /// Which entry.
        at: String,
        /// What it says.
        found: String,
        /// What it should say.
        expected: String,
    },
}

impl Mapping {
    /// Reads and checks a mapping file.
    ///
    /// # Errors
    /// It is not YAML, has unknown keys, or contradicts the tables.
    pub fn from_yaml(text: &str) -> Result<Mapping, MappingError> {
        if text.len() > MAPPING_BYTES {
            return Err(MappingError::Yaml(format!("found {} bytes, expected at most {MAPPING_BYTES}", text.len())));
        }
        let mapping: Mapping = serde_norway::from_str(text).map_err(|error| MappingError::Yaml(error.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    /// The mapping as a YAML file, in one fixed order.
    ///
    /// # Errors
    /// None in practice; the YAML library may refuse.
    pub fn to_yaml(&self) -> Result<String, MappingError> {
        serde_norway::to_string(self).map_err(|error| MappingError::Yaml(error.to_string()))
    }

    /// A mapping of constants alone, such as the account that a file is about.
    pub fn of_constants<N: Into<String>, V: Into<String>>(constants: impl IntoIterator<Item = (N, V)>) -> Mapping {
        let constants = constants.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Mapping { constants, ..Mapping::default() }
    }

    /// Whether it says which headings fill which columns.
    pub fn maps_columns(&self) -> bool {
        !self.columns.is_empty() || !self.joined.is_empty()
    }

    /// The constant of a column.
    pub fn constant(&self, column: &str) -> Option<&str> {
        self.constants.get(column).map(String::as_str)
    }

    /// The zone stated for a column's times.
    pub(crate) fn zone(&self, column: &str) -> Option<time::Zone> {
        // A zone that does not exist was refused by `check`.
        self.dates.get(column)?.zone.as_deref().and_then(|zone| time::Zone::parse(zone).ok())
    }

    /// Whether all that it says can be.
    ///
    /// # Errors
    /// It contradicts the tables or itself.
    pub fn check(&self) -> Result<(), MappingError> {
        if self.maps_columns() && self.table.is_none() {
            return Err(wrong("table", "nothing", "the table that the columns belong to"));
        }
        if let Some(delimiter) = self.delimiter.filter(|d| !matches!(d, ',' | ';' | '|' | '\t')) {
            return Err(wrong("delimiter", &delimiter.to_string(), "one of , ; | and tab"));
        }
        if let Some(decimal) = self.decimal.filter(|d| !matches!(d, ',' | '.')) {
            return Err(wrong("decimal", &decimal.to_string(), ". or ,"));
        }
        if let Some(mark) = self.thousands.filter(|mark| !matches!(mark, ',' | '.' | '\'' | ' ')) {
            return Err(wrong("thousands", &mark.to_string(), "one of , . ' and a space"));
        }
        if self.thousands.is_some() && self.thousands == Some(self.decimal.unwrap_or('.')) {
            return Err(wrong("thousands", "the sign before decimals", "another sign than `decimal`"));
        }
        let named = self.columns.values().chain(self.constants.keys()).chain(self.dates.keys());
        for name in named.chain(self.joined.keys()).chain(self.words.keys()) {
            self.column(name)?;
        }
        let mut filled = BTreeSet::new();
        for name in self.columns.values().chain(self.constants.keys()).chain(self.joined.keys()) {
            if !filled.insert(name.as_str()) {
                return Err(wrong(name, "two sources", "one heading or one constant for a column"));
            }
        }
        if self.maps_columns() {
            let needs = self.table.iter().flat_map(|id| id.table().columns).filter(|column| column.required);
            for column in needs {
                if !filled.contains(column.name) {
                    return Err(wrong(column.name, "nothing", "a heading or a constant, since the table needs it"));
                }
            }
        }
        if !self.headings.is_empty() && self.delimiter.is_none() {
            return Err(wrong("delimiter", "nothing", "what stands between cells, since the file has no headings"));
        }
        if self.signed && filled.contains("side") {
            return Err(wrong("signed", "true, and something that fills `side`", "one of the two"));
        }
        self.dates.iter().try_for_each(|(name, rule)| self.check_date(name, rule))
    }

    fn check_date(&self, name: &str, rule: &DateRule) -> Result<(), MappingError> {
        let kind = self.column(name)?.kind;
        if !matches!(kind, ColumnKind::Instant | ColumnKind::Date) {
            return Err(wrong(&format!("dates, {name}"), name, "a column of times or dates"));
        }
        let states_zone = |format: &String| ["%z", "%:z", "%Q", "%:Q", "%s"].iter().any(|code| format.contains(code));
        let needs_zone = kind == ColumnKind::Instant && rule.format.as_ref().is_some_and(|format| !states_zone(format));
        if needs_zone && rule.zone.is_none() {
            return Err(wrong(&format!("dates, {name}, zone"), "nothing", "the zone, since the format reads none"));
        }
        if let Some(zone) = &rule.zone {
            time::Zone::parse(zone)
                .map_err(|error| wrong(&format!("dates, {name}, zone"), zone, &error.to_string()))?;
        }
        Ok(())
    }

    /// A column of the table, or of any table where none is named.
    fn column(&self, name: &str) -> Result<&'static Column, MappingError> {
        let find = |table: &'static Table| table.column(name).map(|(_, column)| column);
        match self.table {
            Some(id) => find(id.table())
                .ok_or_else(|| wrong(name, name, &format!("a column of {id}: {}", column_names(id.table())))),
            None => TableId::ALL
                .iter()
                .find_map(|id| find(id.table()))
                .ok_or_else(|| wrong(name, name, "a column of a table")),
        }
    }
}

/// The account that the user states, since the file does not.
pub(crate) fn stated_account(mapping: Option<&Mapping>, info: &SourceInfo) -> Result<String, FormatError> {
    let account = mapping.and_then(|mapping| mapping.constant("account_ref")).filter(|account| !account.is_empty());
    account.map(str::to_owned).ok_or_else(|| FormatError::Usage {
        at: At::file(&info.file_name),
        found: "a file that does not say whose log-ins it holds".into(),
        expected: "the account as --account, or as account_ref among the constants of a mapping".into(),
    })
}

fn column_names(table: &Table) -> String {
    table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

fn wrong(at: &str, found: &str, expected: &str) -> MappingError {
    MappingError::Wrong { at: at.to_owned(), found: found.to_owned(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    const GOOD: &str = "\
table: session
delimiter: ';'
encoding: windows-1252
decimal: ','
columns: {Data e ora: at_utc, Indirizzo IP: ip}
constants: {platform: example, account_ref: '123'}
dates: {at_utc: {format: '%d/%m/%Y %H:%M:%S', zone: Europe/Rome}}
";

    #[test]
    fn a_mapping_comes_back_as_it_was_written() {
        let mapping = Mapping::from_yaml(GOOD).unwrap();
        assert_eq!(mapping.encoding, Encoding::Windows1252);
        assert_eq!(mapping.constant("account_ref"), Some("123"));
        assert_eq!(Mapping::from_yaml(&mapping.to_yaml().unwrap()).unwrap(), mapping);
        let of_constants = Mapping::of_constants([("account_ref", "123")]);
        assert_eq!(Mapping::from_yaml(&of_constants.to_yaml().unwrap()).unwrap(), of_constants);
    }

    #[test]
    fn what_contradicts_the_tables_is_refused() {
        let cases: &[(&str, &str)] = &[
            ("colunms: {}", "unknown field"),
            ("columns: {a: ip}", "the table that the columns belong to"),
            ("table: sessions", "sessions"),
            ("table: session\ncolumns: {a: colour}", "a column of session"),
            ("table: session\ncolumns: {a: at_utc}", "the table needs it"),
            ("table: person\ncolumns: {a: person_ref, b: person_ref}", "two sources"),
            ("table: person\ncolumns: {a: person_ref}\nconstants: {person_ref: p}", "two sources"),
            ("constants: {colour: red}", "a column of a table"),
            ("dates: {ip: {zone: UTC}}", "a column of times or dates"),
            ("dates: {at_utc: {format: '%d/%m/%Y %H:%M'}}", "the format reads none"),
            ("dates: {at_utc: {zone: Mars/North}}", "a zone such as UTC"),
            ("delimiter: x", "one of , ; | and tab"),
            ("encoding: utf-16", "utf-16"),
            ("- a", "invalid type"),
        ];
        for (yaml, expected) in cases {
            let error = Mapping::from_yaml(yaml).unwrap_err().to_string();
            assert!(error.contains(expected), "{yaml}: {error}");
        }
    }
}
