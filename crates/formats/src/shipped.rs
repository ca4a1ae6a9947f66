//! Mappings that come with Tutela, for tables whose columns are publicly described. They are read, checked and sealed
//! beside a source like a mapping of one's own.

use crate::mapping::{Mapping, MappingError};

/// A mapping that comes with Tutela.
#[derive(Clone, Copy, Debug)]
pub struct ShippedMapping {
    /// The name on the command line.
    pub id: &'static str,
    /// What it reads.
    pub title: &'static str,
    /// The mapping file.
    pub yaml: &'static str,
}

/// All of them, in the order of the manual.
pub static SHIPPED: &[ShippedMapping] = &[
    ShippedMapping {
        id: "paypal_activity",
        title: "PayPal activity download, days as 31/12/2026",
        yaml: include_str!("mappings/paypal_activity.yaml"),
    },
    ShippedMapping {
        id: "paypal_activity_us",
        title: "PayPal activity download, days as 12/31/2026",
        yaml: include_str!("mappings/paypal_activity_us.yaml"),
    },
    ShippedMapping {
        id: "paypal_activity_it",
        title: "PayPal activity download in Italian",
        yaml: include_str!("mappings/paypal_activity_it.yaml"),
    },
    ShippedMapping {
        id: "wise_transfers",
        title: "Wise transfer list",
        yaml: include_str!("mappings/wise_transfers.yaml"),
    },
    ShippedMapping {
        id: "money_transfer",
        title: "Money-transfer list: MTCN, payer, payee, agents, as units ask providers to write it",
        yaml: include_str!("mappings/money_transfer.yaml"),
    },
    ShippedMapping {
        id: "suspicious_transactions",
        title: "Suspicious transactions in fixed columns without headings",
        yaml: include_str!("mappings/suspicious_transactions.yaml"),
    },
];

/// The mapping of that name.
///
/// # Errors
/// None for a mapping that the tests have read.
pub fn shipped(id: &str) -> Option<Result<Mapping, MappingError>> {
    SHIPPED.iter().find(|one| one.id == id).map(|one| Mapping::from_yaml(one.yaml))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_mappings_can_be_used() {
        for one in SHIPPED {
            let read = Mapping::from_yaml(one.yaml);
            assert!(read.is_ok(), "{}: {read:?}", one.id);
        }
    }
}
