//! A journey of one traveller, as a carrier or a register states it.
//!
//! Made by `cargo xtask codegen` from `schema/trip.yaml`; do not edit.

use crate::table::{Column, ColumnKind, Label, Privacy, Table};

use super::TableId;

/// The source's own reference of the traveller.
pub const TRAVELLER_REF: usize = 0;
/// The traveller, only where the carrier or a register names the person. Never a guess.
pub const PERSON_REF: usize = 1;
/// The number of the travel document.
pub const DOCUMENT_REF: usize = 2;
/// Who carried the traveller.
pub const CARRIER: usize = 3;
/// Where the journey began.
pub const FROM_PLACE: usize = 4;
/// Where it ended.
pub const TO_PLACE: usize = 5;
/// When it began.
pub const DEPART_UTC: usize = 6;
/// When it ended.
pub const ARRIVE_UTC: usize = 7;
/// How many columns the table has before the three of provenance.
pub const COLUMNS: usize = 8;

/// The table itself.
pub static TABLE: Table = Table {
    id: TableId::Trip,
    name: "trip",
    title: Label { en: "Trips", it: "Viaggi" },
    meaning: Label {
        en: "A journey of one traveller, as a carrier or a register states it.",
        it: "Un viaggio di una persona, come lo dichiara un vettore o un registro.",
    },
    columns: &[
        Column {
            name: "traveller_ref",
            kind: ColumnKind::Text,
            required: true,
            unit: None,
            values: &[],
            standard: "PNRGOV TIF; API PAXLST NAD",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Traveller", it: "Viaggiatore" },
            meaning: Label {
                en: "The source's own reference of the traveller.",
                it: "Il riferimento del viaggiatore presso la fonte.",
            },
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
                en: "The traveller, only where the carrier or a register names the person. Never a guess.",
                it: "Il viaggiatore, solo se il vettore o un registro indica la persona. Mai una supposizione.",
            },
        },
        Column {
            name: "document_ref",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "PNRGOV SSR DOCS; API PAXLST DOC",
            privacy: Privacy::Personal,
            label: Label { en: "Document", it: "Documento" },
            meaning: Label { en: "The number of the travel document.", it: "Il numero del documento di viaggio." },
        },
        Column {
            name: "carrier",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "IATA airline designator",
            privacy: Privacy::Public,
            label: Label { en: "Carrier", it: "Vettore" },
            meaning: Label { en: "Who carried the traveller.", it: "Chi ha trasportato il viaggiatore." },
        },
        Column {
            name: "from_place",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "IATA location code",
            privacy: Privacy::Pseudonym,
            label: Label { en: "From", it: "Da" },
            meaning: Label { en: "Where the journey began.", it: "Dove è iniziato il viaggio." },
        },
        Column {
            name: "to_place",
            kind: ColumnKind::Text,
            required: false,
            unit: None,
            values: &[],
            standard: "IATA location code",
            privacy: Privacy::Pseudonym,
            label: Label { en: "To", it: "A" },
            meaning: Label { en: "Where it ended.", it: "Dove è finito." },
        },
        Column {
            name: "depart_utc",
            kind: ColumnKind::Instant,
            required: true,
            unit: Some("UTC"),
            values: &[],
            standard: "PNRGOV TVL; API PAXLST DTM 189",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Departure", it: "Partenza" },
            meaning: Label { en: "When it began.", it: "Quando è iniziato." },
        },
        Column {
            name: "arrive_utc",
            kind: ColumnKind::Instant,
            required: false,
            unit: Some("UTC"),
            values: &[],
            standard: "PNRGOV TVL; API PAXLST DTM 232",
            privacy: Privacy::Pseudonym,
            label: Label { en: "Arrival", it: "Arrivo" },
            meaning: Label { en: "When it ended.", it: "Quando è finito." },
        },
    ],
};
