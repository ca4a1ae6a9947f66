//! What a record table is: its columns, their types, meanings and privacy classes.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money;
use crate::tables::TableId;

/// The zone of every instant in memory and on disk.
pub const UTC: &str = "UTC";

/// The columns that every record carries after its own: where in which sealed file it was read.
///
/// `source_id` is the SHA-256 of the sealed file in lower-case hex, `row` is counted from 1 and `byte_offset` from 0.
pub const PROVENANCE: [(&str, ColumnKind); 3] =
    [("source_id", ColumnKind::Text), ("row", ColumnKind::Integer), ("byte_offset", ColumnKind::Integer)];

/// A record table.
#[derive(Debug)]
pub struct Table {
    /// Which table this is.
    pub id: TableId,
    /// The name in files, SQL and the API.
    pub name: &'static str,
    /// The name for people.
    pub title: Label,
    /// What one record says.
    pub meaning: Label,
    /// The columns, without those of [`PROVENANCE`].
    pub columns: &'static [Column],
}

/// A column of a record table.
#[derive(Debug)]
pub struct Column {
    /// The name in files, SQL and the API. It has one type in all tables.
    pub name: &'static str,
    /// The type of its values.
    pub kind: ColumnKind,
    /// A record without it means nothing and is refused.
    pub required: bool,
    /// The unit of its values, where they have one.
    pub unit: Option<&'static str>,
    /// The only values it may hold; empty means any.
    pub values: &'static [&'static str],
    /// The term of the standard that it follows, or `none`.
    pub standard: &'static str,
    /// How closely it touches a person.
    pub privacy: Privacy,
    /// The name for people.
    pub label: Label,
    /// What a value says.
    pub meaning: Label,
}

/// The type of a column. None holds long text or bytes: records never keep what a message says or shows.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// UTF-8 text.
    Text,
    /// A signed 64-bit integer.
    Integer,
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant,
    /// Days since 1970-01-01.
    Date,
    /// True or false.
    Boolean,
    /// An exact amount, in units of 10^-18; see [`crate::money`].
    Decimal,
}

/// How closely a column touches a person; the later, the closer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// Says nothing of a person.
    Public,
    /// Points at a person without naming one: references, handles, addresses of machines.
    Pseudonym,
    /// Names or describes a person. Masked until unmasked with a reason.
    Personal,
    /// Criminal data. Masked likewise.
    Special,
}

/// Words in English and Italian.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Label {
    /// English.
    pub en: &'static str,
    /// Italian.
    pub it: &'static str,
}

impl ColumnKind {
    /// The Arrow type that holds it.
    pub fn arrow_type(self) -> DataType {
        match self {
            ColumnKind::Text => DataType::Utf8,
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            ColumnKind::Date => DataType::Date32,
            ColumnKind::Boolean => DataType::Boolean,
            ColumnKind::Decimal => DataType::Decimal128(money::PRECISION, money::SCALE.cast_signed()),
        }
    }
}

impl TableId {
    /// The name in files, SQL and the API.
    pub fn name(self) -> &'static str {
        self.table().name
    }

    /// The table of that name.
    pub fn from_name(name: &str) -> Option<TableId> {
        TableId::ALL.iter().copied().find(|id| id.name() == name)
    }
}

impl std::fmt::Display for TableId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Table {
    /// The columns followed by [`PROVENANCE`]; a required column and the provenance are never null.
    pub fn arrow_schema(&self) -> SchemaRef {
        let own = self.columns.iter().map(|c| Field::new(c.name, c.kind.arrow_type(), !c.required));
        let provenance = PROVENANCE.iter().map(|(name, kind)| Field::new(*name, kind.arrow_type(), false));
        Arc::new(Schema::new(own.chain(provenance).collect::<Vec<_>>()))
    }

    /// The column of that name and its index.
    pub fn column(&self, name: &str) -> Option<(usize, &'static Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use std::collections::BTreeMap;

    use super::*;
    use crate::tables::{account, session};

    #[test]
    fn a_column_name_has_one_type_in_all_tables() {
        let mut kinds = BTreeMap::new();
        for id in TableId::ALL {
            for column in id.table().columns {
                let kind = *kinds.entry(column.name).or_insert(column.kind);
                assert_eq!(kind, column.kind, "{id}.{}", column.name);
            }
        }
    }

    #[test]
    fn names_lead_back_to_their_tables() {
        for id in TableId::ALL {
            assert_eq!(TableId::from_name(id.name()), Some(*id));
            assert_eq!(id.table().id, *id);
        }
        assert_eq!(TableId::from_name("Session"), None);
    }

    #[test]
    fn indexes_fit_their_columns() {
        assert_eq!(session::TABLE.columns[session::AT_UTC].name, "at_utc");
        assert_eq!(session::TABLE.columns[session::USER_AGENT].name, "user_agent");
        assert_eq!(account::TABLE.column("person_ref").unwrap().0, account::PERSON_REF);
        assert_eq!(session::COLUMNS, session::TABLE.columns.len());
    }

    /// Records keep who, when and which selector; never what a message says or what a medium shows.
    #[test]
    fn no_column_holds_message_text_or_media() {
        let content =
            ["body", "content", "image", "media", "message", "photo", "picture", "text", "thumbnail", "video"];
        for id in TableId::ALL {
            for column in id.table().columns {
                let points_at = column.name.ends_with("_ref") || column.name.ends_with("_sha256");
                let holds = column.name.split('_').any(|word| content.contains(&word));
                assert!(points_at || !holds, "{id}.{}", column.name);
            }
            for field in id.table().arrow_schema().fields() {
                let binary = [DataType::Binary, DataType::LargeBinary, DataType::BinaryView, DataType::LargeUtf8];
                assert!(!binary.contains(field.data_type()), "{id}.{}", field.name());
            }
        }
    }

    /// Binary floating point cannot hold a tenth; no sum of money may pass through it.
    #[test]
    fn money_is_an_exact_decimal_with_a_currency() {
        let is_money = |name: &str| name.split('_').any(|word| matches!(word, "amount" | "balance" | "fee" | "price"));
        for id in TableId::ALL {
            let table = id.table();
            for column in table.columns {
                if is_money(column.name) && column.kind != ColumnKind::Text && column.kind != ColumnKind::Date {
                    assert_eq!(column.kind, ColumnKind::Decimal, "{id}.{}", column.name);
                }
                if column.kind == ColumnKind::Decimal {
                    assert!(table.columns.iter().any(|c| c.name.ends_with("currency")), "{id}.{}", column.name);
                }
            }
            for field in table.arrow_schema().fields() {
                let is_float = matches!(field.data_type(), DataType::Float16 | DataType::Float32 | DataType::Float64);
                assert!(!is_float, "{id}.{}", field.name());
            }
        }
    }

    #[test]
    fn the_arrow_schema_ends_in_provenance() {
        let schema = TableId::Session.table().arrow_schema();
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        assert_eq!(names[session::COLUMNS..], ["source_id", "row", "byte_offset"]);
        assert!(!schema.field(session::AT_UTC).is_nullable());
        assert!(schema.field(session::IP).is_nullable());
        assert_eq!(
            schema.field(session::AT_UTC).data_type(),
            &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        );
    }

    #[test]
    fn every_word_stands_in_both_languages() {
        for id in TableId::ALL {
            let table = id.table();
            let labels = table.columns.iter().flat_map(|c| [c.label, c.meaning]);
            for label in labels.chain([table.title, table.meaning]) {
                assert!(!label.en.is_empty() && !label.it.is_empty(), "{id}: {label:?}");
            }
        }
    }

    /// Criminal data are special whatever the table; names and addresses are at least personal.
    #[test]
    fn names_are_masked_by_their_class() {
        let personal = [
            "given_name",
            "family_name",
            "birth_date",
            "tax_code",
            "address",
            "email",
            "phone",
            "holder_name",
            "debtor_name",
            "creditor_name",
            "document_ref",
        ];
        for id in TableId::ALL {
            for column in id.table().columns {
                if personal.contains(&column.name) {
                    assert!(column.privacy >= Privacy::Personal, "{id}.{}", column.name);
                }
                if *id == TableId::Precedent && column.name != "person_ref" {
                    assert_eq!(column.privacy, Privacy::Special, "{id}.{}", column.name);
                }
            }
        }
    }
}
