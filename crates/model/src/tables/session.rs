//! One log-in or other use of an account, with the address it came from.
//!
//! Made by `cargo xtask codegen` from `schema/session.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The online service that keeps the account.
pub const PLATFORM: usize = 0;
/// The platform's own identifier of the account.
pub const ACCOUNT_REF: usize = 1;
/// When the platform saw the session.
pub const AT_UTC: usize = 2;
/// Where the time zone came from; the text itself, a known rule of the provider, or an assumption.
pub const ZONE_ORIGIN: usize = 3;
/// The largest error of the source's clock, in seconds, either way.
pub const CLOCK_ERROR_S: usize = 4;
/// The address the session came from; absent when the platform gave none.
pub const IP: usize = 5;
/// The source port. Absent is a value; a shared address without a port stays a set of lines.
pub const PORT: usize = 6;
/// What happened in the provider's own word.
pub const EVENT: usize = 7;
/// The provider's identifier of the device or browser.
pub const DEVICE_REF: usize = 8;
/// What the program said of itself.
pub const USER_AGENT: usize = 9;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 10;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Session,
    name: "session",
    title: Label { en: "Sessions", it: "Sessioni" },
    meaning: Label {
        en: "One log-in or other use of an account, with the address it came from.",
        it: "Un accesso o altro uso di un account, con l'indirizzo di provenienza.",
    },
    columns: &[
        Column {
            name: "platform",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO AccountFacet.accountIssuer",
            privacy: Privacy::Public,
            label: Label { en: "Platform", it: "Piattaforma" },
            meaning: Label {
                en: "The online service that keeps the account.",
                it: "Il servizio in rete che tiene l'account.",
            },
        },
        Column {
            name: "account_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO AccountFacet.accountIdentifier",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Account", it: "Account" },
            meaning: Label {
                en: "The platform's own identifier of the account.",
                it: "L'identificativo dell'account presso la piattaforma.",
            },
        },
        Column {
            name: "at_utc",
            kind: ColumnKind::Instant,
            required: true,
            unit: Some("UTC"),
            values: &[],
            standard: "NCMEC sourceCaptures.dateTime",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Time", it: "Data e ora" },
            meaning: Label {
                en: "When the platform saw the session.",
                it: "Quando la piattaforma ha visto la sessione.",
            },
        },
        Column {
            name: "zone_origin",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["stated", "provider_rule", "assumed"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Zone origin", it: "Origine del fuso" },
            meaning: Label {
                en: "Where the time zone came from; the text itself, a known rule of the provider, or an assumption.",
                it: "Da dove viene il fuso orario; dal testo stesso, da una regola nota del fornitore o da un'assunzione.",
            },
        },
        Column {
            name: "clock_error_s",
            kind: ColumnKind::Integer,
            required: false,
            unit: Some("s"),
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Clock error", it: "Errore dell'orologio" },
            meaning: Label {
                en: "The largest error of the source's clock, in seconds, either way.",
                it: "L'errore massimo dell'orologio della fonte, in secondi, nei due versi.",
            },
        },
        Column {
            name: "ip",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "RFC 5952 text form (IPv4 in dotted form)",
            privacy: Privacy::Pseudonym,
            label: Label { en: "IP address", it: "Indirizzo IP" },
            meaning: Label {
                en: "The address the session came from; absent when the platform gave none.",
                it: "L'indirizzo di provenienza; assente se la piattaforma non lo fornisce.",
            },
        },
        Column {
            name: "port",
            kind: ColumnKind::Integer,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO NetworkConnectionFacet.sourcePort",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Port", it: "Porta" },
            meaning: Label {
                en: "The source port. Absent is a value; a shared address without a port stays a set of lines.",
                it: "La porta sorgente. L'assenza è un valore; un indirizzo condiviso senza porta resta un insieme di linee.",
            },
        },
        Column {
            name: "event",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "NCMEC sourceCaptures.eventName",
            privacy: Privacy::Public,
            label: Label { en: "Event", it: "Evento" },
            meaning: Label {
                en: "What happened in the provider's own word.",
                it: "Che cosa è avvenuto con la parola del fornitore.",
            },
        },
        Column {
            name: "device_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Device", it: "Dispositivo" },
            meaning: Label {
                en: "The provider's identifier of the device or browser.",
                it: "L'identificativo del dispositivo o del browser presso il fornitore.",
            },
        },
        Column {
            name: "user_agent",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "RFC 9110 User-Agent",
            privacy: Privacy::Pseudonym,
            label: Label { en: "User agent", it: "User agent" },
            meaning: Label { en: "What the program said of itself.", it: "Come il programma si è presentato." },
        },
    ],
};
