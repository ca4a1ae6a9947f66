//! One transaction: the payment, and who stands on which side of it.

use tutela_model::{TableId, payment};

use super::party::Party;
use super::{Report, known_at};
use crate::iso_20022;
use crate::issue::Refusal;
use crate::put;
use crate::sink::{Record, Row};
use crate::xml::Node;

/// What a party does in a transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Debtor,
    Creditor,
    Other,
}

/// Codes of roles differ between countries; these beginnings are common to the lists that are published.
const DEBTORS: [&str; 8] = ["RMITR", "REMIT", "ORDER", "SENDER", "SNDR", "PAYER", "DEBT", "FROM"];
const CREDITORS: [&str; 9] = ["BNFCR", "BNFCY", "BENEF", "RECVR", "RCVR", "RECEIV", "PAYEE", "CREDIT", "TO"];

fn role(code: &str) -> Role {
    let code = code.to_ascii_uppercase();
    if DEBTORS.iter().any(|begin| code.starts_with(begin)) {
        Role::Debtor
    } else if CREDITORS.iter().any(|begin| if *begin == "TO" { code == "TO" } else { code.starts_with(begin) }) {
        Role::Creditor
    } else {
        Role::Other
    }
}

/// Reads a transaction, or a party of an activity.
pub(super) fn read(node: &Node, report: &Report, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
    if node.is("report_party") {
        let party =
            Party::find(node, None, "reported").ok_or_else(|| node.refuse("a person, an account or an entity"))?;
        return party.records(report, row);
    }
    let parties = parties(node, row);
    let side = |wanted| parties.iter().find(|(role, _)| *role == wanted).map(|(_, party)| party);
    let amount = known_at(node, &["amount_local"]);
    if amount.is_empty() {
        return Err(node.refuse("an amount (amount_local)"));
    }
    if parties.is_empty() {
        return Err(node.refuse("parties: t_from and t_to, or involved_parties"));
    }
    row.record(TableId::Payment, |record| {
        put::text(record, payment::PAYMENT_REF, &known_at(node, &["transactionnumber"]))?;
        let made = iso_20022::read_moment(known_at(node, &["date_transaction"]), report.zone.as_ref())?;
        if let Some(made) = made {
            made.put_instant(record, payment::AT_UTC, payment::ZONE_ORIGIN)?;
            made.put_day(record, payment::BOOKED_DATE)?;
        }
        if let Some(value) = iso_20022::read_moment(known_at(node, &["value_date"]), report.zone.as_ref())? {
            value.put_day(record, payment::VALUE_DATE)?;
        }
        put::amount(record, payment::AMOUNT, &amount)?;
        put::currency(record, payment::CURRENCY, &report.local_currency())?;
        put_side(record, side(Role::Debtor), DEBTOR)?;
        put_side(record, side(Role::Creditor), CREDITOR)?;
        put_foreign(record, side(Role::Debtor).or(side(Role::Creditor)))?;
        put::text(record, payment::CHANNEL, &known_at(node, &["transmode_code"]))?;
        put::text(record, payment::PURPOSE, &known_at(node, &["transaction_type_code"]))?;
        put::text(record, payment::REFERRAL_REF, &report.field("entity_reference"))?;
        put::text(record, payment::PROVIDER, &report.field("rentity_id"))
    })?;
    parties.iter().try_for_each(|(_, party)| party.records(report, row))
}

/// The parties with what they do, in the order of the file.
fn parties<'n>(node: &'n Node, row: &mut Row<'_, '_>) -> Vec<(Role, Party<'n>)> {
    let mut found = Vec::new();
    for (names, prefix, role, word) in [
        (["t_from_my_client", "t_from"], "from", Role::Debtor, "debtor"),
        (["t_to_my_client", "t_to"], "to", Role::Creditor, "creditor"),
    ] {
        for side in names.iter().filter_map(|name| node.child(name)) {
            found.extend(Party::find(side, Some(prefix), word).map(|party| (role, party)));
        }
    }
    let listed = node.child("involved_parties").map(|list| list.children.as_slice()).unwrap_or_default();
    for party in listed.iter().filter(|child| child.is("party")) {
        let code = known_at(party, &["role"]);
        let is = role(code.text);
        let word = match is {
            Role::Debtor => "debtor",
            Role::Creditor => "creditor",
            Role::Other => "involved",
        };
        if is == Role::Other {
            row.note("role", code.text, "a role that says who pays or is paid; the party is kept without a side");
        }
        found.extend(Party::find(party, None, word).map(|party| (is, party)));
    }
    let twice = |wanted| found.iter().filter(|(role, _)| *role == wanted).count() > 1;
    for (role, name) in [(Role::Debtor, "payer"), (Role::Creditor, "beneficiary")] {
        if twice(role) {
            row.note("involved_parties", &format!("more than one {name}"), "one; the payment names the first");
        }
    }
    found
}

/// The columns of a side: account, name, provider, country.
const DEBTOR: [usize; 4] =
    [payment::DEBTOR_ACCOUNT, payment::DEBTOR_NAME, payment::DEBTOR_PROVIDER, payment::DEBTOR_COUNTRY];
const CREDITOR: [usize; 4] =
    [payment::CREDITOR_ACCOUNT, payment::CREDITOR_NAME, payment::CREDITOR_PROVIDER, payment::CREDITOR_COUNTRY];

fn put_side(
    record: &mut Record<'_, '_>,
    party: Option<&Party<'_>>,
    [account, name, provider, country]: [usize; 4],
) -> Result<(), Refusal> {
    let Some(party) = party else { return Ok(()) };
    if let Some(id) = &party.id {
        id.put(record, account)?;
    }
    if let Some((text, origin)) = &party.name {
        record.text(name, text, *origin)?;
    }
    if let Some(cell) = party.provider() {
        put::provider(record, provider, &cell)?;
    }
    put::text(record, country, &party.country())
}

fn put_foreign(record: &mut Record<'_, '_>, party: Option<&Party<'_>>) -> Result<(), Refusal> {
    let Some(around) = party.map(|party| party.around) else { return Ok(()) };
    let paths: [&[&str]; 4] = [
        &["from_foreign_currency", "foreign_amount"],
        &["to_foreign_currency", "foreign_amount"],
        &["foreign_currency", "foreign_amount"],
        &["foreign_amount"],
    ];
    let Some(amount) = paths.iter().map(|path| known_at(around, path)).find(|cell| !cell.is_empty()) else {
        return Ok(());
    };
    let codes: [&[&str]; 4] = [
        &["from_foreign_currency", "foreign_currency_code"],
        &["to_foreign_currency", "foreign_currency_code"],
        &["foreign_currency", "foreign_currency_code"],
        &["foreign_currency_code"],
    ];
    put::amount(record, payment::INSTRUCTED_AMOUNT, &amount)?;
    match codes.iter().map(|path| known_at(around, path)).find(|cell| !cell.is_empty()) {
        Some(code) => put::currency(record, payment::INSTRUCTED_CURRENCY, &code),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_known_by_their_beginnings() {
        for (code, expected) in [
            ("RMITR", Role::Debtor),
            ("BNFCR", Role::Creditor),
            ("beneficiary", Role::Creditor),
            ("TO", Role::Creditor),
            ("TOTAL", Role::Other),
            ("ACCNT", Role::Other),
            ("FINTR", Role::Other),
            ("", Role::Other),
        ] {
            assert_eq!(role(code), expected, "{code}");
        }
    }
}
