//! One question to an operator; who held an address (and a port) at a moment. Written by `tutela request export`.
//!
//! Made by `cargo xtask codegen` from `schema/request.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The reference of the question; the reply repeats it.
pub const REQUEST_REF: usize = 0;
/// The internet provider that is asked.
pub const OPERATOR: usize = 1;
/// The act under which it is asked.
pub const BASIS_REF: usize = 2;
/// The address asked about.
pub const IP: usize = 3;
/// The source port; absent where port_state says so.
pub const PORT: usize = 4;
/// Whether the port is stated or absent, so that an empty cell is no oversight.
pub const PORT_STATE: usize = 5;
/// The moment asked about, copied from the session record.
pub const ASKED_UTC: usize = 6;
/// The moment less the clock error.
pub const FROM_UTC: usize = 7;
/// The moment plus the clock error.
pub const UNTIL_UTC: usize = 8;
/// The zone of asked_local, by its IANA name.
pub const ZONE: usize = 9;
/// The moment in local time with its offset; asked_utc is what counts.
pub const ASKED_LOCAL: usize = 10;
/// SHA-256 of the sealed file that the line was copied from.
pub const SESSION_SOURCE_ID: usize = 11;
/// The row of that file.
pub const SESSION_ROW: usize = 12;
/// The first 16 digits of the SHA-256 of what the line asks; the reply repeats it.
pub const CHECKSUM: usize = 13;
/// When the request was written.
pub const SENT_UTC: usize = 14;
/// When the reply was taken in, where a file from elsewhere states it.
pub const ANSWERED_UTC: usize = 15;
/// What came of it, where a file from elsewhere states it.
pub const OUTCOME: usize = 16;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 17;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Request,
    name: "request",
    title: Label { en: "Requests", it: "Richieste" },
    meaning: Label {
        en: "One question to an operator; who held an address (and a port) at a moment. Written by `tutela request export`.",
        it: "Una domanda a un operatore; chi aveva un indirizzo (e una porta) in un momento. Scritta da `tutela request export`.",
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
                en: "The reference of the question; the reply repeats it.",
                it: "Il riferimento della domanda; la risposta lo ripete.",
            },
        },
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
                en: "The internet provider that is asked.",
                it: "Il fornitore di accesso a cui si chiede.",
            },
        },
        Column {
            name: "basis_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Legal basis", it: "Base giuridica" },
            meaning: Label { en: "The act under which it is asked.", it: "L'atto in forza del quale si chiede." },
        },
        Column {
            name: "ip",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "RFC 5952 text form (IPv4 in dotted form)",
            privacy: Privacy::Pseudonym,
            label: Label { en: "IP address", it: "Indirizzo IP" },
            meaning: Label { en: "The address asked about.", it: "L'indirizzo su cui si chiede." },
        },
        Column {
            name: "port",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Port", it: "Porta" },
            meaning: Label {
                en: "The source port; absent where port_state says so.",
                it: "La porta sorgente; assente se lo dice port_state.",
            },
        },
        Column {
            name: "port_state",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &["stated", "absent"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Port state", it: "Stato della porta" },
            meaning: Label {
                en: "Whether the port is stated or absent, so that an empty cell is no oversight.",
                it: "Se la porta è indicata o assente, così che una cella vuota non sia una svista.",
            },
        },
        Column {
            name: "asked_utc",
            kind: ColumnKind::Instant,
            required: true,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Moment asked about", it: "Momento richiesto" },
            meaning: Label {
                en: "The moment asked about, copied from the session record.",
                it: "Il momento su cui si chiede, copiato dalla registrazione della sessione.",
            },
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
            meaning: Label { en: "The moment less the clock error.", it: "Il momento meno l'errore dell'orologio." },
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
            meaning: Label { en: "The moment plus the clock error.", it: "Il momento più l'errore dell'orologio." },
        },
        Column {
            name: "zone",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Zone", it: "Fuso orario" },
            meaning: Label {
                en: "The zone of asked_local, by its IANA name.",
                it: "Il fuso di asked_local, con il nome IANA.",
            },
        },
        Column {
            name: "asked_local",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "RFC 3339",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Local time", it: "Ora locale" },
            meaning: Label {
                en: "The moment in local time with its offset; asked_utc is what counts.",
                it: "Il momento in ora locale con lo scarto; vale asked_utc.",
            },
        },
        Column {
            name: "session_source_id",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Copied from source", it: "Copiato dalla fonte" },
            meaning: Label {
                en: "SHA-256 of the sealed file that the line was copied from.",
                it: "SHA-256 del file sigillato da cui la riga è copiata.",
            },
        },
        Column {
            name: "session_row",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Copied from row", it: "Copiato dalla riga" },
            meaning: Label { en: "The row of that file.", it: "La riga di quel file." },
        },
        Column {
            name: "checksum",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "FIPS 180-4",
            privacy: Privacy::Public,
            label: Label { en: "Checksum", it: "Codice di controllo" },
            meaning: Label {
                en: "The first 16 digits of the SHA-256 of what the line asks; the reply repeats it.",
                it: "Le prime 16 cifre dello SHA-256 di ciò che la riga chiede; la risposta lo ripete.",
            },
        },
        Column {
            name: "sent_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Written", it: "Scritta" },
            meaning: Label { en: "When the request was written.", it: "Quando la richiesta è stata scritta." },
        },
        Column {
            name: "answered_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Answered", it: "Risposta" },
            meaning: Label {
                en: "When the reply was taken in, where a file from elsewhere states it.",
                it: "Quando la risposta è stata acquisita, se un file esterno lo dice.",
            },
        },
        Column {
            name: "outcome",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Outcome", it: "Esito" },
            meaning: Label {
                en: "What came of it, where a file from elsewhere states it.",
                it: "Che cosa ne è venuto, se un file esterno lo dice.",
            },
        },
    ],
};
