//! Which line held an address, and which ports of it, and when.
//!
//! Made by `cargo xtask codegen` from `schema/assignment.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The internet provider that assigned the address.
pub const OPERATOR: usize = 0;
/// The public address that was assigned, or the network in CIDR form (2001:db8:1::/48).
pub const IP: usize = 1;
/// The first port of the block. Absent with port_to means the whole address.
pub const PORT_FROM: usize = 2;
/// The last port of the block, included.
pub const PORT_TO: usize = 3;
/// When the line began to hold the address.
pub const FROM_UTC: usize = 4;
/// When the line ceased to hold it. Absent means still held when the record ends.
pub const UNTIL_UTC: usize = 5;
/// The operator's identifier of the line.
pub const LINE_REF: usize = 6;
/// The request to the operator that this row answers.
pub const REQUEST_REF: usize = 7;
/// The moment that the operator looked up, as the reply repeats it.
pub const ASKED_UTC: usize = 8;
/// The port that the operator looked up, as the reply repeats it.
pub const ASKED_PORT: usize = 9;
/// The checksum of the request line, as the reply repeats it.
pub const CHECKSUM: usize = 10;
/// What the operator searched by; replies with one key are not independent.
pub const LOOKUP_KEY: usize = 11;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 12;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Assignment,
    name: "assignment",
    title: Label { en: "Address assignments", it: "Assegnazioni di indirizzi" },
    meaning: Label {
        en: "Which line held an address, and which ports of it, and when.",
        it: "Quale linea aveva un indirizzo, con quali porte, e quando.",
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
            meaning: Label {
                en: "The internet provider that assigned the address.",
                it: "Il fornitore di accesso che ha assegnato l'indirizzo.",
            },
        },
        Column {
            name: "ip",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "RFC 2865 Framed-IP-Address, RFC 4818 Delegated-IPv6-Prefix",
            privacy: Privacy::Pseudonym,
            label: Label { en: "IP address", it: "Indirizzo IP" },
            meaning: Label {
                en: "The public address that was assigned, or the network in CIDR form (2001:db8:1::/48).",
                it: "L'indirizzo pubblico assegnato, o la rete in forma CIDR (2001:db8:1::/48).",
            },
        },
        Column {
            name: "port_from",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "First port", it: "Prima porta" },
            meaning: Label {
                en: "The first port of the block. Absent with port_to means the whole address.",
                it: "La prima porta del blocco. Assente con port_to significa tutto l'indirizzo.",
            },
        },
        Column {
            name: "port_to",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Last port", it: "Ultima porta" },
            meaning: Label { en: "The last port of the block, included.", it: "L'ultima porta del blocco, inclusa." },
        },
        Column {
            name: "from_utc",
            kind: ColumnKind::Instant,
            required: true,
            unit: Some("UTC"),
            values: &[],
            standard: "RFC 2866 Acct-Status-Type Start",
            privacy: Privacy::Pseudonym,
            label: Label { en: "From", it: "Da" },
            meaning: Label { en: "When the line began to hold the address.", it: "Da quando la linea ha l'indirizzo." },
        },
        Column {
            name: "until_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "RFC 2866 Acct-Status-Type Stop",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Until", it: "Fino a" },
            meaning: Label {
                en: "When the line ceased to hold it. Absent means still held when the record ends.",
                it: "Quando la linea lo ha lasciato. Assente significa ancora assegnato alla fine della registrazione.",
            },
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
            name: "asked_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Moment looked up", it: "Momento cercato" },
            meaning: Label {
                en: "The moment that the operator looked up, as the reply repeats it.",
                it: "Il momento cercato dall'operatore, come lo ripete la risposta.",
            },
        },
        Column {
            name: "asked_port",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Port looked up", it: "Porta cercata" },
            meaning: Label {
                en: "The port that the operator looked up, as the reply repeats it.",
                it: "La porta cercata dall'operatore, come la ripete la risposta.",
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
