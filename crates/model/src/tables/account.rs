//! An account of an online service as the platform describes it.
//!
//! Made by `cargo xtask codegen` from `schema/account.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The online service that keeps the account.
pub const PLATFORM: usize = 0;
/// The platform's own identifier of the account.
pub const ACCOUNT_REF: usize = 1;
/// The user name chosen by the holder.
pub const HANDLE: usize = 2;
/// The name shown to others. It may be false.
pub const DISPLAY_NAME: usize = 3;
/// The e-mail address registered with the account.
pub const EMAIL: usize = 4;
/// The telephone number registered with the account.
pub const PHONE: usize = 5;
/// When the account was opened.
pub const CREATED_UTC: usize = 6;
/// The holder, only where the platform or a register names the person. Never a guess.
pub const PERSON_REF: usize = 7;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 8;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Account,
    name: "account",
    title: Label { en: "Accounts", it: "Account" },
    meaning: Label {
        en: "An account of an online service as the platform describes it.",
        it: "Un account di un servizio in rete come lo descrive la piattaforma.",
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
            name: "handle",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO DigitalAccountFacet.accountLogin",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Handle", it: "Nome utente" },
            meaning: Label { en: "The user name chosen by the holder.", it: "Il nome utente scelto dal titolare." },
        },
        Column {
            name: "display_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO DigitalAccountFacet.displayName",
            privacy: Privacy::Personal,
            label: Label { en: "Display name", it: "Nome visualizzato" },
            meaning: Label {
                en: "The name shown to others. It may be false.",
                it: "Il nome mostrato agli altri. Può essere falso.",
            },
        },
        Column {
            name: "email",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "RFC 5322 addr-spec",
            privacy: Privacy::Personal,
            label: Label { en: "E-mail", it: "E-mail" },
            meaning: Label {
                en: "The e-mail address registered with the account.",
                it: "L'indirizzo e-mail registrato con l'account.",
            },
        },
        Column {
            name: "phone",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ITU-T E.164",
            privacy: Privacy::Personal,
            label: Label { en: "Phone", it: "Telefono" },
            meaning: Label {
                en: "The telephone number registered with the account.",
                it: "Il numero di telefono registrato con l'account.",
            },
        },
        Column {
            name: "created_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "UCO AccountFacet.observableCreatedTime",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Created", it: "Creato" },
            meaning: Label { en: "When the account was opened.", it: "Quando l'account è stato aperto." },
        },
        Column {
            name: "person_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Person", it: "Persona" },
            meaning: Label {
                en: "The holder, only where the platform or a register names the person. Never a guess.",
                it: "Il titolare, solo se la piattaforma o un registro nomina la persona. Mai una supposizione.",
            },
        },
    ],
};
