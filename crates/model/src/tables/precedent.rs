//! A decision recorded against a person. Criminal data; shown only with a right and a reason.
//!
//! Made by `cargo xtask codegen` from `schema/precedent.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The person decided about.
pub const PERSON_REF: usize = 0;
/// The code of the offence.
pub const OFFENCE_CODE: usize = 1;
/// The day of the decision.
pub const DECIDED_ON: usize = 2;
/// Who decided.
pub const AUTHORITY: usize = 3;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 4;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Precedent,
    name: "precedent",
    title: Label { en: "Precedents", it: "Precedenti" },
    meaning: Label {
        en: "A decision recorded against a person. Criminal data; shown only with a right and a reason.",
        it: "Una decisione registrata a carico di una persona. Dato giudiziario; mostrato solo con un diritto e un motivo.",
    },
    columns: &[
        Column {
            name: "person_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Person", it: "Persona" },
            meaning: Label { en: "The person decided about.", it: "La persona a cui si riferisce la decisione." },
        },
        Column {
            name: "offence_code",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "ECRIS offence category or article of the criminal code",
            privacy: Privacy::Special,
            label: Label { en: "Offence", it: "Reato" },
            meaning: Label { en: "The code of the offence.", it: "Il codice del reato." },
        },
        Column {
            name: "decided_on",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "ECRIS date of decision",
            privacy: Privacy::Special,
            label: Label { en: "Decided on", it: "Data della decisione" },
            meaning: Label { en: "The day of the decision.", it: "Il giorno della decisione." },
        },
        Column {
            name: "authority",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ECRIS deciding authority",
            privacy: Privacy::Special,
            label: Label { en: "Authority", it: "Autorità" },
            meaning: Label { en: "Who decided.", it: "Chi ha deciso." },
        },
    ],
};
