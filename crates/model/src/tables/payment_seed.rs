//! A recipient of payments whom other evidence has established, from whom payments are followed. Recipients may be victims.
//!
//! Made by `cargo xtask codegen` from `schema/payment_seed.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// Who keeps the account; needed where the account is a number that means something at one provider only.
pub const PROVIDER: usize = 0;
/// The account, written as in payment.creditor_account.
pub const ACCOUNT_REF: usize = 1;
/// What establishes the recipient, such as an exhibit, a report of a partner or a record. Payments are no such evidence.
pub const EVIDENCE_REF: usize = 2;
/// Why payments are followed from this account, in one sentence.
pub const REASON: usize = 3;
/// Who stated it.
pub const STATED_BY: usize = 4;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 5;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::PaymentSeed,
    name: "payment_seed",
    title: Label { en: "Seeds", it: "Punti di partenza" },
    meaning: Label {
        en: "A recipient of payments whom other evidence has established, from whom payments are followed. Recipients may be victims.",
        it: "Un destinatario di pagamenti accertato da altre prove, da cui si seguono i pagamenti. I destinatari possono essere vittime.",
    },
    columns: &[
        Column {
            name: "provider",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Svcr; goAML institution_name",
            privacy: Privacy::Public,
            label: Label { en: "Provider", it: "Fornitore" },
            meaning: Label {
                en: "Who keeps the account; needed where the account is a number that means something at one provider only.",
                it: "Chi tiene il conto; necessario se il conto è un numero valido solo presso un fornitore.",
            },
        },
        Column {
            name: "account_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "ISO 20022 Acct.Id",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Account", it: "Conto" },
            meaning: Label {
                en: "The account, written as in payment.creditor_account.",
                it: "Il conto, scritto come in payment.creditor_account.",
            },
        },
        Column {
            name: "evidence_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Evidence", it: "Prova" },
            meaning: Label {
                en: "What establishes the recipient, such as an exhibit, a report of a partner or a record. Payments are no such evidence.",
                it: "Che cosa accerta il destinatario, per esempio un reperto, una segnalazione o una registrazione. I pagamenti non lo sono.",
            },
        },
        Column {
            name: "reason",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Reason", it: "Motivo" },
            meaning: Label {
                en: "Why payments are followed from this account, in one sentence.",
                it: "Perché si seguono i pagamenti da questo conto, in una frase.",
            },
        },
        Column {
            name: "stated_by",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Personal,
            label: Label { en: "Stated by", it: "Indicato da" },
            meaning: Label { en: "Who stated it.", it: "Chi lo ha indicato." },
        },
    ],
};
