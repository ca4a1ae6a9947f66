//! An account that money is paid from or to, as one source describes it. The holder may be a victim.
//!
//! Made by `cargo xtask codegen` from `schema/payment_account.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// Who keeps the account; a BIC where there is one.
pub const PROVIDER: usize = 0;
/// The account, written as in payment.debtor_account.
pub const ACCOUNT_REF: usize = 1;
/// What the reference is.
pub const ACCOUNT_KIND: usize = 2;
/// The name of the holder, as it was stated.
pub const HOLDER_NAME: usize = 3;
/// Whether the holder is a person or an entity.
pub const HOLDER_KIND: usize = 4;
/// What the holder does for a living or as a business, such as pay-out agent or shop, as a register or the provider states it.
pub const ACTIVITY: usize = 5;
/// The holder's day of birth.
pub const BIRTH_DATE: usize = 6;
/// The holder's e-mail address.
pub const EMAIL: usize = 7;
/// The holder's telephone number.
pub const PHONE: usize = 8;
/// The holder's address, as it was stated.
pub const ADDRESS: usize = 9;
/// The country of the address or of the account.
pub const COUNTRY: usize = 10;
/// The number of the holder's identity document.
pub const DOCUMENT_REF: usize = 11;
/// The provider's identifier of the device that the account is used from.
pub const DEVICE_REF: usize = 12;
/// Where the money is taken out; a pay-out point, card or bank account.
pub const PAYOUT_REF: usize = 13;
/// What was on the account; negative where it was overdrawn.
pub const BALANCE: usize = 14;
/// The currency of the account or of the balance.
pub const CURRENCY: usize = 15;
/// Which balance it is, in the code of the source (OPBD is the opening, CLBD the closing booked one).
pub const BALANCE_KIND: usize = 16;
/// The day of the balance.
pub const BALANCE_DATE: usize = 17;
/// The holder, only where the provider or a register names the person. Never a guess.
pub const PERSON_REF: usize = 18;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 19;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::PaymentAccount,
    name: "payment_account",
    title: Label { en: "Payment accounts", it: "Conti di pagamento" },
    meaning: Label {
        en: "An account that money is paid from or to, as one source describes it. The holder may be a victim.",
        it: "Un conto da cui o verso cui si paga, come lo descrive una fonte. Il titolare può essere una vittima.",
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
                en: "Who keeps the account; a BIC where there is one.",
                it: "Chi tiene il conto; un BIC se c'è.",
            },
        },
        Column {
            name: "account_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "ISO 20022 Acct.Id; goAML account, iban",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Account", it: "Conto" },
            meaning: Label {
                en: "The account, written as in payment.debtor_account.",
                it: "Il conto, scritto come in payment.debtor_account.",
            },
        },
        Column {
            name: "account_kind",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &["iban", "account", "wallet", "card", "email", "phone", "document"],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Kind", it: "Tipo" },
            meaning: Label { en: "What the reference is.", it: "Che cosa è il riferimento." },
        },
        Column {
            name: "holder_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Ownr.Nm; goAML account_name",
            privacy: Privacy::Personal,
            label: Label { en: "Holder", it: "Titolare" },
            meaning: Label {
                en: "The name of the holder, as it was stated.",
                it: "Il nome del titolare, come indicato.",
            },
        },
        Column {
            name: "holder_kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["person", "entity"],
            standard: "goAML t_person, t_entity",
            privacy: Privacy::Public,
            label: Label { en: "Kind of holder", it: "Tipo di titolare" },
            meaning: Label {
                en: "Whether the holder is a person or an entity.",
                it: "Se il titolare è una persona o un ente.",
            },
        },
        Column {
            name: "activity",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "goAML business; ISO 18245",
            privacy: Privacy::Public,
            label: Label { en: "Activity", it: "Attività" },
            meaning: Label {
                en: "What the holder does for a living or as a business, such as pay-out agent or shop, as a register or the provider states it.",
                it: "Che cosa fa il titolare di mestiere, per esempio agente pagatore o negozio, secondo un registro o il fornitore.",
            },
        },
        Column {
            name: "birth_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "goAML birthdate",
            privacy: Privacy::Personal,
            label: Label { en: "Date of birth", it: "Data di nascita" },
            meaning: Label { en: "The holder's day of birth.", it: "Il giorno di nascita del titolare." },
        },
        Column {
            name: "email",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "RFC 5322",
            privacy: Privacy::Personal,
            label: Label { en: "E-mail", it: "E-mail" },
            meaning: Label { en: "The holder's e-mail address.", it: "L'indirizzo e-mail del titolare." },
        },
        Column {
            name: "phone",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "E.164",
            privacy: Privacy::Personal,
            label: Label { en: "Telephone", it: "Telefono" },
            meaning: Label { en: "The holder's telephone number.", it: "Il numero di telefono del titolare." },
        },
        Column {
            name: "address",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 PstlAdr",
            privacy: Privacy::Personal,
            label: Label { en: "Address", it: "Indirizzo" },
            meaning: Label {
                en: "The holder's address, as it was stated.",
                it: "L'indirizzo del titolare, come indicato.",
            },
        },
        Column {
            name: "country",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 3166-1",
            privacy: Privacy::Public,
            label: Label { en: "Country", it: "Paese" },
            meaning: Label {
                en: "The country of the address or of the account.",
                it: "Il paese dell'indirizzo o del conto.",
            },
        },
        Column {
            name: "document_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "goAML passport_number, identification",
            privacy: Privacy::Personal,
            label: Label { en: "Document", it: "Documento" },
            meaning: Label {
                en: "The number of the holder's identity document.",
                it: "Il numero del documento d'identità del titolare.",
            },
        },
        Column {
            name: "device_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "goAML device_number",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Device", it: "Dispositivo" },
            meaning: Label {
                en: "The provider's identifier of the device that the account is used from.",
                it: "L'identificativo presso il fornitore del dispositivo da cui il conto è usato.",
            },
        },
        Column {
            name: "payout_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Pay-out details", it: "Dati di incasso" },
            meaning: Label {
                en: "Where the money is taken out; a pay-out point, card or bank account.",
                it: "Dove il denaro è incassato; uno sportello, una carta o un conto.",
            },
        },
        Column {
            name: "balance",
            kind: ColumnKind::Decimal,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Bal",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Balance", it: "Saldo" },
            meaning: Label {
                en: "What was on the account; negative where it was overdrawn.",
                it: "Quanto era sul conto; negativo se scoperto.",
            },
        },
        Column {
            name: "currency",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 4217",
            privacy: Privacy::Public,
            label: Label { en: "Currency", it: "Valuta" },
            meaning: Label {
                en: "The currency of the account or of the balance.",
                it: "La valuta del conto o del saldo.",
            },
        },
        Column {
            name: "balance_kind",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Bal.Tp",
            privacy: Privacy::Public,
            label: Label { en: "Kind of balance", it: "Tipo di saldo" },
            meaning: Label {
                en: "Which balance it is, in the code of the source (OPBD is the opening, CLBD the closing booked one).",
                it: "Quale saldo è, con il codice della fonte (OPBD è il saldo iniziale, CLBD quello finale contabile).",
            },
        },
        Column {
            name: "balance_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Bal.Dt",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Date of the balance", it: "Data del saldo" },
            meaning: Label { en: "The day of the balance.", it: "Il giorno del saldo." },
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
                en: "The holder, only where the provider or a register names the person. Never a guess.",
                it: "Il titolare, solo se il fornitore o un registro indica la persona. Mai una supposizione.",
            },
        },
    ],
};
