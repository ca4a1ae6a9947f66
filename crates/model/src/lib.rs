//! The vocabulary of Tutela: ids, time, money, record tables, findings, leads, likelihood ratios. No I/O.

pub mod lead;
pub mod likelihood;
pub mod money;
pub mod selector;
pub mod table;
pub mod tables;
pub mod time;

pub use table::{Column, ColumnKind, Label, PROVENANCE, Privacy, Table, UTC};
pub use tables::*;
