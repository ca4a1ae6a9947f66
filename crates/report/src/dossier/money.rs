//! The picture of money: who paid whom, how much, in how many payments.

use serde::Serialize;

/// Payments of one lead, as flows from the left to the right.
#[derive(Debug, Serialize)]
pub(crate) struct MoneyFlow {
    pub(crate) account: String,
    pub(crate) flows: Vec<Flow>,
    pub(crate) left_out: String,
}

/// What one item of evidence says of payments.
#[derive(Debug, Serialize)]
pub(crate) struct Flow {
    pub(crate) finding: super::content::Said,
    pub(crate) innocent: super::content::Said,
    pub(crate) sums: String,
    pub(crate) payments: String,
    pub(crate) weight: String,
    /// Its share of the largest sum of payments, for the width of the flow.
    pub(crate) share: f64,
}
