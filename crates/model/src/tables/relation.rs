//! A relation between two people that a register or a document states.
//!
//! Made by `cargo xtask codegen` from `schema/relation.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The person the relation starts from.
pub const PERSON_REF: usize = 0;
/// The person the relation leads to.
pub const OTHER_REF: usize = 1;
/// The relation in the source's word (for example spouse, parent, tenant).
pub const KIND: usize = 2;
/// The day the relation began.
pub const FROM_DATE: usize = 3;
/// The day the relation ended. Absent means not ended.
pub const UNTIL_DATE: usize = 4;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 5;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Relation,
    name: "relation",
    title: Label { en: "Relations", it: "Relazioni" },
    meaning: Label {
        en: "A relation between two people that a register or a document states.",
        it: "Una relazione tra due persone dichiarata da un registro o da un documento.",
    },
    columns: &[
        Column {
            name: "person_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO Relationship.source",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Person", it: "Persona" },
            meaning: Label { en: "The person the relation starts from.", it: "La persona da cui parte la relazione." },
        },
        Column {
            name: "other_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO Relationship.target",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Other person", it: "Altra persona" },
            meaning: Label { en: "The person the relation leads to.", it: "La persona a cui porta la relazione." },
        },
        Column {
            name: "kind",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO Relationship.kindOfRelationship",
            privacy: Privacy::Personal,
            label: Label { en: "Kind", it: "Tipo" },
            meaning: Label {
                en: "The relation in the source's word (for example spouse, parent, tenant).",
                it: "La relazione con la parola della fonte (per esempio coniuge, genitore, inquilino).",
            },
        },
        Column {
            name: "from_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO Relationship.startTime",
            privacy: Privacy::Personal,
            label: Label { en: "From", it: "Da" },
            meaning: Label { en: "The day the relation began.", it: "Il giorno di inizio della relazione." },
        },
        Column {
            name: "until_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO Relationship.endTime",
            privacy: Privacy::Personal,
            label: Label { en: "Until", it: "Fino a" },
            meaning: Label {
                en: "The day the relation ended. Absent means not ended.",
                it: "Il giorno di fine della relazione. Assente significa non finita.",
            },
        },
    ],
};
