//! A selector seen in a record of any kind; it ties records together.
//!
//! Made by `cargo xtask codegen` from `schema/mention.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// What the selector is: account, email, phone, ip, handle, device or another word of a format.
pub const KIND: usize = 0;
/// The selector in its normal form; an account is written platform:account_ref.
pub const VALUE: usize = 1;
/// What the source says of it: reported, recipient, login, or another word of a format.
pub const ROLE: usize = 2;
/// When it was seen, where the source says so.
pub const AT_UTC: usize = 3;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 4;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Mention,
    name: "mention",
    title: Label { en: "Mentions", it: "Citazioni" },
    meaning: Label {
        en: "A selector seen in a record of any kind; it ties records together.",
        it: "Un selettore visto in una registrazione qualsiasi; lega tra loro le registrazioni.",
    },
    columns: &[
        Column {
            name: "kind",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Kind", it: "Tipo" },
            meaning: Label {
                en: "What the selector is: account, email, phone, ip, handle, device or another word of a format.",
                it: "Che cosa è il selettore: account, email, phone, ip, handle, device o un'altra parola di un formato.",
            },
        },
        Column {
            name: "value",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Personal,
            label: Label { en: "Value", it: "Valore" },
            meaning: Label {
                en: "The selector in its normal form; an account is written platform:account_ref.",
                it: "Il selettore in forma normale; un account si scrive platform:account_ref.",
            },
        },
        Column {
            name: "role",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Role", it: "Ruolo" },
            meaning: Label {
                en: "What the source says of it: reported, recipient, login, or another word of a format.",
                it: "Che cosa ne dice la fonte: reported, recipient, login o un'altra parola di un formato.",
            },
        },
        Column {
            name: "at_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Time", it: "Data e ora" },
            meaning: Label {
                en: "When it was seen, where the source says so.",
                it: "Quando è stato visto, se la fonte lo dice.",
            },
        },
    ],
};
