//! What the comparison of one row of a reply with its request found. Written by `tutela request import`; no file fills it.
//!
//! Made by `cargo xtask codegen` from `schema/reply.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The request that the row names; a dash where it names none.
pub const REQUEST_REF: usize = 0;
/// The table that the row fills.
pub const TABLE_NAME: usize = 1;
/// accepted, noted (accepted with something to know) or blocked (in no record).
pub const OUTCOME: usize = 2;
/// The check that decided.
pub const CHECK_KIND: usize = 3;
/// The column that was compared.
pub const FIELD: usize = 4;
/// What the reply says.
pub const FOUND: usize = 5;
/// What was asked, and why that decides.
pub const EXPECTED: usize = 6;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 7;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Reply,
    name: "reply",
    title: Label { en: "Comparison of replies", it: "Confronto delle risposte" },
    meaning: Label {
        en: "What the comparison of one row of a reply with its request found. Written by `tutela request import`; no file fills it.",
        it: "Che cosa ha trovato il confronto di una riga di risposta con la sua richiesta. Scritto da `tutela request import`; nessun file la riempie.",
    },
    columns: &[
        Column {
            name: "request_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Request", it: "Richiesta" },
            meaning: Label {
                en: "The request that the row names; a dash where it names none.",
                it: "La richiesta indicata dalla riga; un trattino se non ne indica.",
            },
        },
        Column {
            name: "table_name",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Table", it: "Tabella" },
            meaning: Label { en: "The table that the row fills.", it: "La tabella che la riga riempie." },
        },
        Column {
            name: "outcome",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Outcome", it: "Esito" },
            meaning: Label {
                en: "accepted, noted (accepted with something to know) or blocked (in no record).",
                it: "accepted, noted (accettata con una nota) o blocked (in nessuna registrazione).",
            },
        },
        Column {
            name: "check_kind",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[
                "same",
                "digit",
                "address",
                "hour",
                "twelve_hours",
                "year",
                "day",
                "time",
                "port",
                "operator",
                "address_kind",
                "not_asked",
                "format_drift",
                "goes_with",
                "lease_boundary",
                "lookup_key",
            ],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Check", it: "Controllo" },
            meaning: Label { en: "The check that decided.", it: "Il controllo che ha deciso." },
        },
        Column {
            name: "field",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Field", it: "Campo" },
            meaning: Label { en: "The column that was compared.", it: "La colonna confrontata." },
        },
        Column {
            name: "found",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Found", it: "Trovato" },
            meaning: Label { en: "What the reply says.", it: "Che cosa dice la risposta." },
        },
        Column {
            name: "expected",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Expected", it: "Atteso" },
            meaning: Label {
                en: "What was asked, and why that decides.",
                it: "Che cosa è stato chiesto, e perché decide.",
            },
        },
    ],
};
