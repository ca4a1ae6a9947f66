//! A report received from a hotline, a partner, a bank, a citizen or a platform.
//!
//! Made by `cargo xtask codegen` from `schema/referral.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The reporter's own number of the referral.
pub const REFERRAL_REF: usize = 0;
/// The channel the referral came through.
pub const KIND: usize = 1;
/// Who reported. It may be a citizen, so it is masked like a name.
pub const REPORTER: usize = 2;
/// When the reported incident happened or was noticed.
pub const REPORTED_UTC: usize = 3;
/// When the referral reached the clearing house or the office.
pub const RECEIVED_UTC: usize = 4;
/// The kind of incident in the reporter's own words.
pub const INCIDENT_KIND: usize = 5;
/// The urgency the reporter stated.
pub const URGENCY: usize = 6;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 7;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Referral,
    name: "referral",
    title: Label { en: "Referrals", it: "Segnalazioni" },
    meaning: Label {
        en: "A report received from a hotline, a partner, a bank, a citizen or a platform.",
        it: "Una segnalazione ricevuta da una hotline, un partner, una banca, un cittadino o una piattaforma.",
    },
    columns: &[
        Column {
            name: "referral_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "NCMEC reportId",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Referral", it: "Segnalazione" },
            meaning: Label {
                en: "The reporter's own number of the referral.",
                it: "Il numero della segnalazione presso chi la invia.",
            },
        },
        Column {
            name: "kind",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &["cybertip", "partner", "suspicious_transaction", "citizen", "platform"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Kind", it: "Tipo" },
            meaning: Label {
                en: "The channel the referral came through.",
                it: "Il canale da cui la segnalazione arriva.",
            },
        },
        Column {
            name: "reporter",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "NCMEC reportingEsp.espName",
            privacy: Privacy::Personal,
            label: Label { en: "Reporter", it: "Segnalante" },
            meaning: Label {
                en: "Who reported. It may be a citizen, so it is masked like a name.",
                it: "Chi ha segnalato. Può essere un cittadino, quindi è mascherato come un nome.",
            },
        },
        Column {
            name: "reported_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "NCMEC incidentSummary.incidentDateTime",
            privacy: Privacy::Public,
            label: Label { en: "Incident time", it: "Data del fatto" },
            meaning: Label {
                en: "When the reported incident happened or was noticed.",
                it: "Quando il fatto segnalato è avvenuto o è stato notato.",
            },
        },
        Column {
            name: "received_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "NCMEC dateReceived",
            privacy: Privacy::Public,
            label: Label { en: "Received", it: "Ricevuta" },
            meaning: Label {
                en: "When the referral reached the clearing house or the office.",
                it: "Quando la segnalazione è giunta al centro di raccolta o all'ufficio.",
            },
        },
        Column {
            name: "incident_kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "NCMEC incidentSummary.incidentType",
            privacy: Privacy::Public,
            label: Label { en: "Incident", it: "Fatto" },
            meaning: Label {
                en: "The kind of incident in the reporter's own words.",
                it: "Il tipo di fatto con le parole di chi segnala.",
            },
        },
        Column {
            name: "urgency",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Urgency", it: "Urgenza" },
            meaning: Label { en: "The urgency the reporter stated.", it: "L'urgenza dichiarata da chi segnala." },
        },
    ],
};
