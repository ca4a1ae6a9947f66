//! A payment or an entry of an account, as one source states it. Two sources may state the two sides of one payment.
//!
//! Made by `cargo xtask codegen` from `schema/payment.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The source's own reference of the payment.
pub const PAYMENT_REF: usize = 0;
/// When it was made; absent where the source states only a day or a time without a zone.
pub const AT_UTC: usize = 1;
/// Where the time zone came from; the text itself, a known rule of the provider, or an assumption.
pub const ZONE_ORIGIN: usize = 2;
/// The day it was booked, or the day that the source's own clock shows.
pub const BOOKED_DATE: usize = 3;
/// The day from which the money counts.
pub const VALUE_DATE: usize = 4;
/// How much, never negative; the direction follows from debtor and creditor.
pub const AMOUNT: usize = 5;
/// The currency of the amount, or the symbol of a virtual asset.
pub const CURRENCY: usize = 6;
/// The amount as it was ordered or as the details state it, where that differs from the booked one.
pub const INSTRUCTED_AMOUNT: usize = 7;
/// The currency of the instructed amount.
pub const INSTRUCTED_CURRENCY: usize = 8;
/// What the provider took for it.
pub const FEE_AMOUNT: usize = 9;
/// The currency of the fee.
pub const FEE_CURRENCY: usize = 10;
/// Whose record it is; the debtor's (debit) or the creditor's (credit). Absent where the source stands between them.
pub const SIDE: usize = 11;
/// How far it has come.
pub const STATUS: usize = 12;
/// True where it takes an earlier payment back.
pub const IS_REVERSAL: usize = 13;
/// The payment that it takes back or belongs to.
pub const RELATED_REF: usize = 14;
/// batch is the sum of several payments booked as one; each of them is an item. Sums count one of the two. Absent for a payment by itself.
pub const BATCH_ROLE: usize = 15;
/// The account the money left; an IBAN, the provider's own number, or email:, phone:, document: and the identifier.
pub const DEBTOR_ACCOUNT: usize = 16;
/// The name of who paid, as it was stated.
pub const DEBTOR_NAME: usize = 17;
/// Who keeps the debtor's account; a BIC where there is one.
pub const DEBTOR_PROVIDER: usize = 18;
/// The country the money was sent from.
pub const DEBTOR_COUNTRY: usize = 19;
/// The account the money went to, written as the debtor's.
pub const CREDITOR_ACCOUNT: usize = 20;
/// The name of who was paid, as it was stated. Recipients may be victims.
pub const CREDITOR_NAME: usize = 21;
/// Who keeps the creditor's account; a BIC where there is one.
pub const CREDITOR_PROVIDER: usize = 22;
/// The country the money was paid out in.
pub const CREDITOR_COUNTRY: usize = 23;
/// Whose records these are.
pub const PROVIDER: usize = 24;
/// How it was made, in the source's own code.
pub const CHANNEL: usize = 25;
/// The code of its purpose. The words that people write beside a payment are not kept.
pub const PURPOSE: usize = 26;
/// The unique end-to-end reference that all providers on the way keep.
pub const UETR: usize = 27;
/// The reference that the debtor gave and the creditor gets.
pub const END_TO_END_REF: usize = 28;
/// The reference that the providers share.
pub const TRANSACTION_REF: usize = 29;
/// The report that it stands in.
pub const REFERRAL_REF: usize = 30;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 31;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Payment,
    name: "payment",
    title: Label { en: "Payments", it: "Pagamenti" },
    meaning: Label {
        en: "A payment or an entry of an account, as one source states it. Two sources may state the two sides of one payment.",
        it: "Un pagamento o un movimento di conto, come lo riporta una fonte. Due fonti possono riportare i due lati di un pagamento.",
    },
    columns: &[
        Column {
            name: "payment_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 AcctSvcrRef; goAML transactionnumber; MT 20",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Payment", it: "Pagamento" },
            meaning: Label {
                en: "The source's own reference of the payment.",
                it: "Il riferimento del pagamento presso la fonte.",
            },
        },
        Column {
            name: "at_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "ISO 20022 AccptncDtTm; goAML date_transaction",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Time", it: "Data e ora" },
            meaning: Label {
                en: "When it was made; absent where the source states only a day or a time without a zone.",
                it: "Quando è stato fatto; assente se la fonte indica solo un giorno o un'ora senza fuso.",
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
            name: "booked_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 BookgDt",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Booking date", it: "Data contabile" },
            meaning: Label {
                en: "The day it was booked, or the day that the source's own clock shows.",
                it: "Il giorno di contabilizzazione, o il giorno secondo l'orologio della fonte.",
            },
        },
        Column {
            name: "value_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 ValDt; MT 32A",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Value date", it: "Data valuta" },
            meaning: Label { en: "The day from which the money counts.", it: "Il giorno da cui il denaro ha valuta." },
        },
        Column {
            name: "amount",
            kind: ColumnKind::Decimal,
            required: true,
            unit: None,
            values: &[],
            standard: "ISO 20022 Amt; MT 32A; goAML amount_local",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Amount", it: "Importo" },
            meaning: Label {
                en: "How much, never negative; the direction follows from debtor and creditor.",
                it: "Quanto, mai negativo; il verso segue da debitore e creditore.",
            },
        },
        Column {
            name: "currency",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "ISO 4217",
            privacy: Privacy::Public,
            label: Label { en: "Currency", it: "Valuta" },
            meaning: Label {
                en: "The currency of the amount, or the symbol of a virtual asset.",
                it: "La valuta dell'importo, o il simbolo di un'attività virtuale.",
            },
        },
        Column {
            name: "instructed_amount",
            kind: ColumnKind::Decimal,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 InstdAmt; MT 33B",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Instructed amount", it: "Importo ordinato" },
            meaning: Label {
                en: "The amount as it was ordered or as the details state it, where that differs from the booked one.",
                it: "L'importo ordinato o indicato nei dettagli, se diverso da quello contabilizzato.",
            },
        },
        Column {
            name: "instructed_currency",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 4217",
            privacy: Privacy::Public,
            label: Label { en: "Instructed currency", it: "Valuta ordinata" },
            meaning: Label { en: "The currency of the instructed amount.", it: "La valuta dell'importo ordinato." },
        },
        Column {
            name: "fee_amount",
            kind: ColumnKind::Decimal,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Chrgs; MT 71F",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Fee", it: "Commissione" },
            meaning: Label { en: "What the provider took for it.", it: "Quanto ha trattenuto il fornitore." },
        },
        Column {
            name: "fee_currency",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 4217",
            privacy: Privacy::Public,
            label: Label { en: "Currency of the fee", it: "Valuta della commissione" },
            meaning: Label { en: "The currency of the fee.", it: "La valuta della commissione." },
        },
        Column {
            name: "side",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["debit", "credit"],
            standard: "ISO 20022 CdtDbtInd",
            privacy: Privacy::Public,
            label: Label { en: "Side", it: "Lato" },
            meaning: Label {
                en: "Whose record it is; the debtor's (debit) or the creditor's (credit). Absent where the source stands between them.",
                it: "Di chi è la registrazione; del debitore (debit) o del creditore (credit). Assente se la fonte sta tra i due.",
            },
        },
        Column {
            name: "status",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["booked", "pending", "information", "rejected", "reversed"],
            standard: "ISO 20022 Sts",
            privacy: Privacy::Public,
            label: Label { en: "Status", it: "Stato" },
            meaning: Label { en: "How far it has come.", it: "A che punto è." },
        },
        Column {
            name: "is_reversal",
            kind: ColumnKind::Boolean,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 RvslInd",
            privacy: Privacy::Public,
            label: Label { en: "Reversal", it: "Storno" },
            meaning: Label {
                en: "True where it takes an earlier payment back.",
                it: "Vero se storna un pagamento precedente.",
            },
        },
        Column {
            name: "related_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 OrgnlTxId",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Related payment", it: "Pagamento collegato" },
            meaning: Label {
                en: "The payment that it takes back or belongs to.",
                it: "Il pagamento che storna o a cui appartiene.",
            },
        },
        Column {
            name: "batch_role",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &["batch", "item"],
            standard: "ISO 20022 Btch",
            privacy: Privacy::Public,
            label: Label { en: "Batch role", it: "Ruolo nel gruppo" },
            meaning: Label {
                en: "batch is the sum of several payments booked as one; each of them is an item. Sums count one of the two. Absent for a payment by itself.",
                it: "batch è la somma di più pagamenti contabilizzati insieme; ciascuno di essi è un item. Le somme contano uno dei due. Assente per un pagamento singolo.",
            },
        },
        Column {
            name: "debtor_account",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 DbtrAcct",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Debtor's account", it: "Conto del debitore" },
            meaning: Label {
                en: "The account the money left; an IBAN, the provider's own number, or email:, phone:, document: and the identifier.",
                it: "Il conto da cui il denaro è uscito; un IBAN, il numero presso il fornitore, oppure email:, phone:, document: e l'identificativo.",
            },
        },
        Column {
            name: "debtor_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Dbtr.Nm; MT 50",
            privacy: Privacy::Personal,
            label: Label { en: "Debtor", it: "Debitore" },
            meaning: Label {
                en: "The name of who paid, as it was stated.",
                it: "Il nome di chi ha pagato, come indicato.",
            },
        },
        Column {
            name: "debtor_provider",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 DbtrAgt; MT 52",
            privacy: Privacy::Public,
            label: Label { en: "Debtor's provider", it: "Fornitore del debitore" },
            meaning: Label {
                en: "Who keeps the debtor's account; a BIC where there is one.",
                it: "Chi tiene il conto del debitore; un BIC se c'è.",
            },
        },
        Column {
            name: "debtor_country",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 3166-1",
            privacy: Privacy::Public,
            label: Label { en: "Country of sending", it: "Paese di invio" },
            meaning: Label {
                en: "The country the money was sent from.",
                it: "Il paese da cui il denaro è stato inviato.",
            },
        },
        Column {
            name: "creditor_account",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 CdtrAcct",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Creditor's account", it: "Conto del creditore" },
            meaning: Label {
                en: "The account the money went to, written as the debtor's.",
                it: "Il conto a cui il denaro è andato, scritto come quello del debitore.",
            },
        },
        Column {
            name: "creditor_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Cdtr.Nm; MT 59",
            privacy: Privacy::Personal,
            label: Label { en: "Creditor", it: "Creditore" },
            meaning: Label {
                en: "The name of who was paid, as it was stated. Recipients may be victims.",
                it: "Il nome di chi è stato pagato, come indicato. I destinatari possono essere vittime.",
            },
        },
        Column {
            name: "creditor_provider",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 CdtrAgt; MT 57",
            privacy: Privacy::Public,
            label: Label { en: "Creditor's provider", it: "Fornitore del creditore" },
            meaning: Label {
                en: "Who keeps the creditor's account; a BIC where there is one.",
                it: "Chi tiene il conto del creditore; un BIC se c'è.",
            },
        },
        Column {
            name: "creditor_country",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 3166-1",
            privacy: Privacy::Public,
            label: Label { en: "Country of payout", it: "Paese di pagamento" },
            meaning: Label {
                en: "The country the money was paid out in.",
                it: "Il paese in cui il denaro è stato pagato.",
            },
        },
        Column {
            name: "provider",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Public,
            label: Label { en: "Provider", it: "Fornitore" },
            meaning: Label { en: "Whose records these are.", it: "Di chi sono le registrazioni." },
        },
        Column {
            name: "channel",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 BkTxCd; goAML transmode_code",
            privacy: Privacy::Public,
            label: Label { en: "Channel", it: "Canale" },
            meaning: Label {
                en: "How it was made, in the source's own code.",
                it: "Come è stato fatto, con il codice della fonte.",
            },
        },
        Column {
            name: "purpose",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 Purp",
            privacy: Privacy::Public,
            label: Label { en: "Purpose", it: "Causale" },
            meaning: Label {
                en: "The code of its purpose. The words that people write beside a payment are not kept.",
                it: "Il codice della causale. Le parole che le persone scrivono accanto a un pagamento non sono conservate.",
            },
        },
        Column {
            name: "uetr",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 UETR",
            privacy: Privacy::Pseudonym,
            label: Label { en: "UETR", it: "UETR" },
            meaning: Label {
                en: "The unique end-to-end reference that all providers on the way keep.",
                it: "Il riferimento univoco che tutti i fornitori lungo il percorso mantengono.",
            },
        },
        Column {
            name: "end_to_end_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 EndToEndId",
            privacy: Privacy::Pseudonym,
            label: Label { en: "End-to-end reference", it: "Riferimento end-to-end" },
            meaning: Label {
                en: "The reference that the debtor gave and the creditor gets.",
                it: "Il riferimento dato dal debitore e ricevuto dal creditore.",
            },
        },
        Column {
            name: "transaction_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ISO 20022 TxId",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Transaction reference", it: "Riferimento della transazione" },
            meaning: Label { en: "The reference that the providers share.", it: "Il riferimento comune ai fornitori." },
        },
        Column {
            name: "referral_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "goAML entity_reference",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Referral", it: "Segnalazione" },
            meaning: Label { en: "The report that it stands in.", it: "La segnalazione in cui si trova." },
        },
    ],
};
