//! One entry of an account, with the payments in it.

use tutela_model::money::Amount;
use tutela_model::time::Zone;
use tutela_model::{TableId, payment};

use super::{CREDITOR, DEBTOR, owner_party};
use crate::cite::Origin;
use crate::iso_20022::{self, Party, is_true};
use crate::issue::Refusal;
use crate::put::{self, BY_FORMAT};
use crate::sink::{Record, Row};
use crate::tabular::Cell;
use crate::xml::Node;

/// Whose record it is.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Side {
    Debit,
    Credit,
}

/// An entry and what holds for all payments in it.
struct Entry<'n> {
    node: &'n Node,
    owner: &'n Node,
    zone: Option<&'n Zone>,
    is_reversal: bool,
}

/// Reads one entry: a payment, or a batch and its items.
pub(super) fn read(node: &Node, owner: &Node, zone: Option<&Zone>, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
    let is_reversal = is_true(node.cell_at(&["RvslInd"]).text);
    let entry = Entry { node, owner, zone, is_reversal };
    let details = details(node);
    let amount = node.child("Amt").ok_or_else(|| node.refuse("an amount (Amt)"))?;
    let counted = node.find(&["NbOfTxs"]).and_then(|count| count.text().parse::<u64>().ok()).unwrap_or(0);
    if details.len() < 2 {
        let role = (counted > 1).then_some("batch");
        return entry.payment(amount, details.first().copied(), role, row);
    }
    let amounts: Option<Vec<&Node>> = details.iter().map(|item| item_amount(item)).collect();
    let Some(amounts) = amounts else {
        row.note(
            "TxDtls",
            &format!("{} without an amount each", details.len()),
            "an amount (Amt) in each; the entry stands for all",
        );
        return entry.payment(amount, None, Some("batch"), row);
    };
    note_sum(amount, &amounts, row);
    entry.payment(amount, None, Some("batch"), row)?;
    for (item, amount) in details.iter().zip(amounts) {
        entry.payment(amount, Some(item), Some("item"), row)?;
    }
    Ok(())
}

/// The payments that an entry lists.
fn details(entry: &Node) -> Vec<&Node> {
    let groups = entry.children.iter().filter(|child| child.is("NtryDtls"));
    let within = groups.flat_map(|group| group.children.iter()).filter(|child| child.is("TxDtls"));
    within.chain(entry.children.iter().filter(|child| child.is("TxDtls"))).collect()
}

fn item_amount(item: &Node) -> Option<&Node> {
    let paths: [&[&str]; 3] = [&["Amt"], &["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];
    paths.iter().find_map(|path| item.at(path))
}

/// Says so where the items of one currency do not add up to the entry.
fn note_sum(entry: &Node, items: &[&Node], row: &mut Row<'_, '_>) {
    let currency = |node: &Node| node.attribute("Ccy").text.to_owned();
    let read = |node: &Node| put::read_amount(&node.cell(), '.').ok();
    let sum = items.iter().try_fold(Amount::ZERO, |sum, item| sum.checked_add(read(item)?));
    if items.iter().any(|item| currency(item) != currency(entry)) {
        row.note(
            "TxDtls",
            "items in another currency than the entry",
            "amounts that can be checked; nothing is corrected",
        );
    } else if sum != read(entry) {
        let found = sum.map_or_else(|| "no sum".to_owned(), |sum| sum.to_string());
        row.note("TxDtls", &found, format_args!("{}, the amount of the entry; nothing is corrected", entry.text()));
    }
}

impl Entry<'_> {
    fn payment(
        &self,
        amount: &Node,
        item: Option<&Node>,
        role: Option<&'static str>,
        row: &mut Row<'_, '_>,
    ) -> Result<(), Refusal> {
        let (side, side_origin) = self.side()?;
        let [debtor, creditor] = self.parties(item, side, row);
        row.record(TableId::Payment, |record| {
            self.put_refs(record, item)?;
            self.put_times(record)?;
            iso_20022::put_amount(record, [payment::AMOUNT, payment::CURRENCY], amount)?;
            self.put_details(record, amount, item)?;
            let word = if side == Side::Debit { "debit" } else { "credit" };
            record.text(payment::SIDE, word, side_origin)?;
            self.put_status(record)?;
            if let Some(role) = role {
                record.text(payment::BATCH_ROLE, role, Origin::Rule(BY_FORMAT))?;
            }
            debtor.put(record, DEBTOR)?;
            creditor.put(record, CREDITOR)?;
            match self.owner.child("Svcr").and_then(iso_20022::institution) {
                Some(provider) => put::provider(record, payment::PROVIDER, &provider.cell()),
                None => Ok(()),
            }
        })?;
        let other = if side == Side::Debit { creditor } else { debtor };
        other.record(row)
    }

    /// Whose record it is, by the direction of the entry.
    fn side(&self) -> Result<(Side, Origin), Refusal> {
        let cell = self.node.cell_at(&["CdtDbtInd"]);
        let side = match (cell.text, self.is_reversal) {
            ("DBIT", false) | ("CRDT", true) => Side::Debit,
            ("CRDT", false) | ("DBIT", true) => Side::Credit,
            _ => return Err(cell.refuse("CRDT or DBIT")),
        };
        Ok((side, cell.origin.by("the direction of the entry")))
    }

    /// Debtor and creditor. The report's own account stands on its own side.
    fn parties<'p>(&'p self, item: Option<&'p Node>, side: Side, row: &mut Row<'_, '_>) -> [Party<'p>; 2] {
        let related = |group: &str, name: &str| item.and_then(|item| item.at(&[group, name]));
        let mut debtor = Party {
            account: related("RltdPties", "DbtrAcct"),
            party: related("RltdPties", "Dbtr"),
            agent: related("RltdAgts", "DbtrAgt"),
        };
        let mut creditor = Party {
            account: related("RltdPties", "CdtrAcct"),
            party: related("RltdPties", "Cdtr"),
            agent: related("RltdAgts", "CdtrAgt"),
        };
        let owner = owner_party(self.owner);
        let (own, other) =
            if side == Side::Debit { (&mut debtor, &mut creditor) } else { (&mut creditor, &mut debtor) };
        let id = |account: Option<&Node>| account.and_then(iso_20022::account_id).map(|id| id.text().to_owned());
        if id(other.account).is_some_and(|text| Some(text) == id(owner.account)) {
            row.note(
                "RltdPties",
                "the account itself on the other side",
                "parties that fit the direction of the entry; the other side stays open",
            );
            *other = Party::default();
        }
        own.account = owner.account;
        own.party = own.party.or(owner.party);
        own.agent = owner.agent.or(own.agent);
        [debtor, creditor]
    }

    fn put_refs(&self, record: &mut Record<'_, '_>, item: Option<&Node>) -> Result<(), Refusal> {
        let of_item = |name| item.map(|item| item.cell_at(&["Refs", name])).filter(|cell| !cell.is_empty());
        let of_entry = |name| Some(self.node.cell_at(&[name])).filter(|cell: &Cell<'_>| !cell.is_empty());
        if let Some(cell) = of_item("AcctSvcrRef").or_else(|| of_entry("AcctSvcrRef")).or_else(|| of_entry("NtryRef")) {
            put::text(record, payment::PAYMENT_REF, &cell)?;
        }
        let refs =
            [("UETR", payment::UETR), ("EndToEndId", payment::END_TO_END_REF), ("TxId", payment::TRANSACTION_REF)];
        for (name, column) in refs {
            if let Some(cell) = of_item(name).filter(|cell| cell.text != "NOTPROVIDED") {
                put::text(record, column, &cell)?;
            }
        }
        Ok(())
    }

    fn put_times(&self, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        let read = |name| self.node.child(name).map(|node| iso_20022::moment(node, self.zone)).transpose();
        if let Some(booked) = read("BookgDt")?.flatten() {
            booked.put_instant(record, payment::AT_UTC, payment::ZONE_ORIGIN)?;
            booked.put_day(record, payment::BOOKED_DATE)?;
        }
        match read("ValDt")?.flatten() {
            Some(value) => value.put_day(record, payment::VALUE_DATE),
            None => Ok(()),
        }
    }

    fn put_details(&self, record: &mut Record<'_, '_>, amount: &Node, item: Option<&Node>) -> Result<(), Refusal> {
        let codes = item.and_then(|item| item.child("BkTxCd")).or_else(|| self.node.child("BkTxCd"));
        if let Some((channel, origin)) = codes.and_then(iso_20022::channel) {
            record.text(payment::CHANNEL, &channel, origin)?;
        }
        let Some(item) = item else { return Ok(()) };
        let paths: [&[&str]; 3] = [&["AmtDtls", "InstdAmt", "Amt"], &["AmtDtls", "TxAmt", "Amt"], &["Amt"]];
        let differs =
            |node: &&Node| node.text() != amount.text() || node.attribute("Ccy").text != amount.attribute("Ccy").text;
        if let Some(node) = paths.iter().filter_map(|path| item.at(path)).find(differs) {
            iso_20022::put_amount(record, [payment::INSTRUCTED_AMOUNT, payment::INSTRUCTED_CURRENCY], node)?;
        }
        let charges: [&[&str]; 3] = [&["Chrgs", "TtlChrgsAndTaxAmt"], &["Chrgs", "Rcrd", "Amt"], &["Chrgs", "Amt"]];
        if let Some(node) = charges.iter().find_map(|path| item.at(path)) {
            iso_20022::put_amount(record, [payment::FEE_AMOUNT, payment::FEE_CURRENCY], node)?;
        }
        put::text(record, payment::PURPOSE, &item.cell_at(&["Purp", "Cd"]))
    }

    fn put_status(&self, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        let cell = self.node.at(&["Sts", "Cd"]).or_else(|| self.node.child("Sts")).map(Node::cell);
        if self.is_reversal {
            record.boolean(
                payment::IS_REVERSAL,
                true,
                self.node.cell_at(&["RvslInd"]).origin.by("the reversal indicator"),
            )?;
        }
        let Some(cell) = cell.filter(|cell| !cell.is_empty()) else { return Ok(()) };
        let word = match cell.text {
            "BOOK" => "booked",
            "PDNG" | "FUTR" => "pending",
            "INFO" => "information",
            _ => return Err(cell.refuse("BOOK, PDNG, FUTR or INFO")),
        };
        record.text(payment::STATUS, word, cell.origin.by("the code of the status"))
    }
}
