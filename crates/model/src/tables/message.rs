//! That one account wrote to another or to a group, and when. What was written is never kept.
//!
//! Made by `cargo xtask codegen` from `schema/message.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The online service.
pub const PLATFORM: usize = 0;
/// The platform's identifier of the message.
pub const MESSAGE_REF: usize = 1;
/// The group or channel that it was written to.
pub const GROUP_REF: usize = 2;
/// The account that wrote it.
pub const SENDER_REF: usize = 3;
/// The account that it was written to; absent for a group.
pub const RECIPIENT_REF: usize = 4;
/// When it was sent.
pub const AT_UTC: usize = 5;
/// What it was.
pub const KIND: usize = 6;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 7;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Message,
    name: "message",
    title: Label { en: "Messages", it: "Messaggi" },
    meaning: Label {
        en: "That one account wrote to another or to a group, and when. What was written is never kept.",
        it: "Che un account ha scritto a un altro o a un gruppo, e quando. Il testo non è mai conservato.",
    },
    columns: &[
        Column {
            name: "platform",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO ApplicationFacet.applicationIdentifier",
            privacy: Privacy::Public,
            label: Label { en: "Platform", it: "Piattaforma" },
            meaning: Label { en: "The online service.", it: "Il servizio online." },
        },
        Column {
            name: "message_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO MessageFacet.messageID",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Message", it: "Messaggio" },
            meaning: Label {
                en: "The platform's identifier of the message.",
                it: "L'identificativo del messaggio presso la piattaforma.",
            },
        },
        Column {
            name: "group_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO MessageThreadFacet",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Group", it: "Gruppo" },
            meaning: Label {
                en: "The group or channel that it was written to.",
                it: "Il gruppo o canale in cui è stato scritto.",
            },
        },
        Column {
            name: "sender_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "UCO MessageFacet.from",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Sender", it: "Mittente" },
            meaning: Label { en: "The account that wrote it.", it: "L'account che lo ha scritto." },
        },
        Column {
            name: "recipient_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "UCO MessageFacet.to",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Recipient", it: "Destinatario" },
            meaning: Label {
                en: "The account that it was written to; absent for a group.",
                it: "L'account a cui è stato scritto; assente per un gruppo.",
            },
        },
        Column {
            name: "at_utc",
            kind: ColumnKind::Instant,
            required: true,
            unit: Some("UTC"),
            values: &[],
            standard: "UCO MessageFacet.sentTime",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Time", it: "Data e ora" },
            meaning: Label { en: "When it was sent.", it: "Quando è stato inviato." },
        },
        Column {
            name: "kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["message", "media", "call", "service"],
            standard: "UCO MessageFacet.messageType",
            privacy: Privacy::Public,
            label: Label { en: "Kind", it: "Tipo" },
            meaning: Label { en: "What it was.", it: "Che cosa era." },
        },
    ],
};
