//! The record tables. Made by `cargo xtask codegen` from `schema/`; do not edit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::table::Table;

pub mod account;
pub mod assignment;
pub mod line;
pub mod mention;
pub mod message;
pub mod payment;
pub mod payment_account;
pub mod payment_seed;
pub mod person;
pub mod precedent;
pub mod referral;
pub mod relation;
pub mod reply;
pub mod request;
pub mod session;
pub mod trip;

/// The name of a record table.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableId {
    /// A report received from a hotline, a partner, a bank, a citizen or a platform.
    Referral,
    /// An account of an online service as the platform describes it.
    Account,
    /// One log-in or other use of an account, with the address it came from.
    Session,
    /// Which line held an address, and which ports of it, and when.
    Assignment,
    /// An internet access and its subscriber. A subscriber is never "the suspect".
    Line,
    /// A person as a register describes them. Shown by person_ref until unmasked with a reason.
    Person,
    /// A relation between two people that a register or a document states.
    Relation,
    /// A decision recorded against a person. Criminal data; shown only with a right and a reason.
    Precedent,
    /// A payment or an entry of an account, as one source states it. Two sources may state the two sides of one payment.
    Payment,
    /// An account that money is paid from or to, as one source describes it. The holder may be a victim.
    PaymentAccount,
    /// A recipient of payments whom other evidence has established, from whom payments are followed. Recipients may be victims.
    PaymentSeed,
    /// That one account wrote to another or to a group, and when. What was written is never kept.
    Message,
    /// A journey of one traveller, as a carrier or a register states it.
    Trip,
    /// A selector seen in a record of any kind; it ties records together.
    Mention,
    /// One question to an operator; who held an address (and a port) at a moment. Written by `tutela request export`.
    Request,
    /// What the comparison of one row of a reply with its request found. Written by `tutela request import`; no file fills it.
    Reply,
}

impl TableId {
    /// Every table, in the order of the manual.
    pub const ALL: &'static [TableId] = &[
        TableId::Referral,
        TableId::Account,
        TableId::Session,
        TableId::Assignment,
        TableId::Line,
        TableId::Person,
        TableId::Relation,
        TableId::Precedent,
        TableId::Payment,
        TableId::PaymentAccount,
        TableId::PaymentSeed,
        TableId::Message,
        TableId::Trip,
        TableId::Mention,
        TableId::Request,
        TableId::Reply,
    ];

    /// What the table holds.
    pub fn table(self) -> &'static Table {
        match self {
            TableId::Referral => &referral::TABLE,
            TableId::Account => &account::TABLE,
            TableId::Session => &session::TABLE,
            TableId::Assignment => &assignment::TABLE,
            TableId::Line => &line::TABLE,
            TableId::Person => &person::TABLE,
            TableId::Relation => &relation::TABLE,
            TableId::Precedent => &precedent::TABLE,
            TableId::Payment => &payment::TABLE,
            TableId::PaymentAccount => &payment_account::TABLE,
            TableId::PaymentSeed => &payment_seed::TABLE,
            TableId::Message => &message::TABLE,
            TableId::Trip => &trip::TABLE,
            TableId::Mention => &mention::TABLE,
            TableId::Request => &request::TABLE,
            TableId::Reply => &reply::TABLE,
        }
    }
}
