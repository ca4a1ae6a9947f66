//! An internet access and its subscriber. A subscriber is never "the suspect".
//!
//! Made by `cargo xtask codegen` from `schema/line.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The internet provider of the line.
pub const OPERATOR: usize = 0;
/// The operator's identifier of the line.
pub const LINE_REF: usize = 1;
/// The person who signed the contract.
pub const HOLDER_REF: usize = 2;
/// What kind of access the line is.
pub const ACCESS_KIND: usize = 3;
/// The postal address on record.
pub const ADDRESS: usize = 4;
/// Whether the line is installed at the address or only billed there.
pub const ADDRESS_KIND: usize = 5;
/// The municipality of the address.
pub const MUNICIPALITY_CODE: usize = 6;
/// When the contract began.
pub const FROM_UTC: usize = 7;
/// When the contract ended. Absent means still in force.
pub const UNTIL_UTC: usize = 8;
/// The request to the operator that this row answers.
pub const REQUEST_REF: usize = 9;
/// The checksum of the request line, as the reply repeats it.
pub const CHECKSUM: usize = 10;
/// What the operator searched by; replies with one key are not independent.
pub const LOOKUP_KEY: usize = 11;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 12;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Line,
    name: "line",
    title: Label { en: "Lines", it: "Linee" },
    meaning: Label {
        en: "An internet access and its subscriber. A subscriber is never \"the suspect\".",
        it: "Un accesso a internet e il suo intestatario. L'intestatario non è mai \"l'indagato\".",
    },
    columns: &[
        Column {
            name: "operator",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Operator", it: "Operatore" },
            meaning: Label { en: "The internet provider of the line.", it: "Il fornitore di accesso della linea." },
        },
        Column {
            name: "line_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "RFC 2865 User-Name",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Line", it: "Linea" },
            meaning: Label {
                en: "The operator's identifier of the line.",
                it: "L'identificativo della linea presso l'operatore.",
            },
        },
        Column {
            name: "holder_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Subscriber", it: "Intestatario" },
            meaning: Label { en: "The person who signed the contract.", it: "La persona che ha firmato il contratto." },
        },
        Column {
            name: "access_kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["fixed", "mobile", "business", "public_wifi", "hosting"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Access", it: "Accesso" },
            meaning: Label { en: "What kind of access the line is.", it: "Che tipo di accesso è la linea." },
        },
        Column {
            name: "address",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "schema.org address",
            privacy: Privacy::Personal,
            label: Label { en: "Address", it: "Indirizzo" },
            meaning: Label { en: "The postal address on record.", it: "L'indirizzo postale registrato." },
        },
        Column {
            name: "address_kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["installation", "billing", "unknown"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Address kind", it: "Tipo di indirizzo" },
            meaning: Label {
                en: "Whether the line is installed at the address or only billed there.",
                it: "Se la linea è installata all'indirizzo o solo fatturata lì.",
            },
        },
        Column {
            name: "municipality_code",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISTAT municipality code (codice comune)",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Municipality", it: "Comune" },
            meaning: Label { en: "The municipality of the address.", it: "Il comune dell'indirizzo." },
        },
        Column {
            name: "from_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "From", it: "Da" },
            meaning: Label { en: "When the contract began.", it: "Quando il contratto è iniziato." },
        },
        Column {
            name: "until_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Until", it: "Fino a" },
            meaning: Label {
                en: "When the contract ended. Absent means still in force.",
                it: "Quando il contratto è finito. Assente significa ancora in vigore.",
            },
        },
        Column {
            name: "request_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Request", it: "Richiesta" },
            meaning: Label {
                en: "The request to the operator that this row answers.",
                it: "La richiesta all'operatore a cui la riga risponde.",
            },
        },
        Column {
            name: "checksum",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "FIPS 180-4",
            privacy: Privacy::Public,
            label: Label { en: "Checksum", it: "Codice di controllo" },
            meaning: Label {
                en: "The checksum of the request line, as the reply repeats it.",
                it: "Il codice di controllo della riga di richiesta, come lo ripete la risposta.",
            },
        },
        Column {
            name: "lookup_key",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Lookup key", it: "Chiave di ricerca" },
            meaning: Label {
                en: "What the operator searched by; replies with one key are not independent.",
                it: "Con che cosa l'operatore ha cercato; risposte con la stessa chiave non sono indipendenti.",
            },
        },
    ],
};
