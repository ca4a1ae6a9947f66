//! A person as a register describes them. Shown by person_ref until unmasked with a reason.
//!
//! Made by `cargo xtask codegen` from `schema/person.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The register's identifier of the person.
pub const PERSON_REF: usize = 0;
/// The given names.
pub const GIVEN_NAME: usize = 1;
/// The family name.
pub const FAMILY_NAME: usize = 2;
/// The day of birth.
pub const BIRTH_DATE: usize = 3;
/// The place of birth. No input of any step.
pub const BIRTH_PLACE: usize = 4;
/// The sex in the register.
pub const SEX: usize = 5;
/// The tax code.
pub const TAX_CODE: usize = 6;
/// The registered residence.
pub const ADDRESS: usize = 7;
/// The municipality of the residence.
pub const MUNICIPALITY_CODE: usize = 8;
/// The household the person is registered in.
pub const HOUSEHOLD_REF: usize = 9;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 10;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Person,
    name: "person",
    title: Label { en: "People", it: "Persone" },
    meaning: Label {
        en: "A person as a register describes them. Shown by person_ref until unmasked with a reason.",
        it: "Una persona come la descrive un registro. Mostrata con person_ref finché non è svelata con un motivo.",
    },
    columns: &[
        Column {
            name: "person_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Person", it: "Persona" },
            meaning: Label {
                en: "The register's identifier of the person.",
                it: "L'identificativo della persona nel registro.",
            },
        },
        Column {
            name: "given_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "schema.org givenName",
            privacy: Privacy::Personal,
            label: Label { en: "Given name", it: "Nome" },
            meaning: Label { en: "The given names.", it: "I nomi." },
        },
        Column {
            name: "family_name",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "schema.org familyName",
            privacy: Privacy::Personal,
            label: Label { en: "Family name", it: "Cognome" },
            meaning: Label { en: "The family name.", it: "Il cognome." },
        },
        Column {
            name: "birth_date",
            kind: ColumnKind::Date,
            required: false,
            unit: None,
            values: &[],
            standard: "schema.org birthDate",
            privacy: Privacy::Personal,
            label: Label { en: "Date of birth", it: "Data di nascita" },
            meaning: Label { en: "The day of birth.", it: "Il giorno di nascita." },
        },
        Column {
            name: "birth_place",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "schema.org birthPlace",
            privacy: Privacy::Personal,
            label: Label { en: "Place of birth", it: "Luogo di nascita" },
            meaning: Label {
                en: "The place of birth. No input of any step.",
                it: "Il luogo di nascita. Nessuna fase lo usa.",
            },
        },
        Column {
            name: "sex",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "ICAO Doc 9303 sex (F, M, X)",
            privacy: Privacy::Personal,
            label: Label { en: "Sex", it: "Sesso" },
            meaning: Label { en: "The sex in the register.", it: "Il sesso nel registro." },
        },
        Column {
            name: "tax_code",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "Italian tax code (codice fiscale)",
            privacy: Privacy::Personal,
            label: Label { en: "Tax code", it: "Codice fiscale" },
            meaning: Label { en: "The tax code.", it: "Il codice fiscale." },
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
            meaning: Label { en: "The registered residence.", it: "La residenza registrata." },
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
            meaning: Label { en: "The municipality of the residence.", it: "Il comune di residenza." },
        },
        Column {
            name: "household_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "none",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Household", it: "Famiglia anagrafica" },
            meaning: Label {
                en: "The household the person is registered in.",
                it: "La famiglia anagrafica della persona.",
            },
        },
    ],
};
