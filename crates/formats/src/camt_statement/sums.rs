//! Whether a report adds up: balances against entries, entries against their items, counts against what is there.

use tutela_model::money::Amount;

use crate::error::FormatError;
use crate::issue::Refusal;
use crate::put;
use crate::sink::Sink;
use crate::xml::Node;

/// What one report's figures are made of.
#[derive(Default)]
pub(super) struct Sums {
    balances: Vec<Node>,
    pub(super) summary: Option<Node>,
    entries: u64,
    /// Booked entries, signed, in the currency of the first.
    booked: Amount,
    currency: Option<String>,
    /// Whether something keeps the sum from being known: another currency, or an amount that cannot be read.
    is_open: bool,
}

/// An amount with the sign of its `CdtDbtInd`.
pub(super) fn signed(around: &Node, amount: &Node) -> Result<Amount, Refusal> {
    let value = put::read_amount(&amount.cell(), '.')?;
    match around.cell_at(&["CdtDbtInd"]).text {
        "DBIT" => Ok(value.negated()),
        "CRDT" => Ok(value),
        _ => Err(around.cell_at(&["CdtDbtInd"]).refuse("CRDT or DBIT")),
    }
}

/// Which balance it is.
pub(super) fn balance_kind(balance: &Node) -> Option<&Node> {
    let paths: [&[&str]; 4] =
        [&["Tp", "CdOrPrtry", "Cd"], &["Tp", "CdOrPrtry", "Prtry"], &["Tp", "Cd"], &["Tp", "Prtry"]];
    paths.iter().find_map(|path| balance.at(path))
}

impl Sums {
    pub(super) fn see_balance(&mut self, balance: Node) {
        self.balances.push(balance);
    }

    pub(super) fn see_entry(&mut self, entry: &Node) {
        self.entries += 1;
        let status = entry.at(&["Sts", "Cd"]).or_else(|| entry.child("Sts")).map_or("", Node::text);
        if status != "BOOK" {
            return;
        }
        let Some(amount) = entry.child("Amt") else {
            self.is_open = true;
            return;
        };
        let currency = amount.attribute("Ccy").text.to_owned();
        self.is_open |= *self.currency.get_or_insert_with(|| currency.clone()) != currency;
        match signed(entry, amount).ok().and_then(|amount| self.booked.checked_add(amount)) {
            Some(sum) => self.booked = sum,
            None => self.is_open = true,
        }
    }

    fn balance(&self, kinds: &[&str]) -> Option<(&Node, Amount, &str)> {
        let found = self
            .balances
            .iter()
            .find(|balance| balance_kind(balance).is_some_and(|kind| kinds.contains(&kind.text())))?;
        let node = found.child("Amt")?;
        Some((found, signed(found, node).ok()?, node.attribute("Ccy").text))
    }

    /// Says what does not add up. What cannot be compared is left alone: a report may lack balances.
    pub(super) fn check(&self, out: &mut Sink<'_>) -> Result<(), FormatError> {
        if out.is_citing() {
            return Ok(());
        }
        if let Some(summary) = &self.summary {
            let count = summary.cell_at(&["TtlNtries", "NbOfNtries"]);
            if !count.is_empty() && count.text.trim_start_matches('0') != self.entries.to_string() {
                let there = self.entries;
                out.note(count.refuse(format_args!("{there}, since so many entries are there; nothing is corrected")))?;
            }
        }
        let (Some((_, opening, first)), Some((at, closing, last))) =
            (self.balance(&["OPBD", "PRCD"]), self.balance(&["CLBD"]))
        else {
            return Ok(());
        };
        let one_currency = first == last && self.currency.as_deref().is_none_or(|currency| currency == first);
        if self.is_open || !one_currency {
            return out.note(
                Refusal::new(
                    "Bal",
                    "balances and entries in several currencies, or an amount that cannot be read",
                    "balances that can be checked against the entries",
                )
                .at(at.span),
            );
        }
        let Some(sum) = opening.checked_add(self.booked).filter(|sum| *sum != closing) else { return Ok(()) };
        let expected = format!(
            "{sum} {first}: the opening balance {opening} and booked entries of {}; nothing is corrected",
            self.booked
        );
        out.note(Refusal::new("Bal", &format!("a closing balance of {closing}"), expected).at(at.span))
    }
}
