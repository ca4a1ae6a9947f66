//! What the messages of ISO 20022 share: amounts, days and times, parties, accounts and the institutions that keep them.
//!
//! Names of elements hardly change between versions, their places do: a party is `Dbtr/Nm` up to version 7 of the account
//! reports and `Dbtr/Pty/Nm` from version 8. Where a place has moved, all places are looked at.

use tutela_model::payment_account as account;
use tutela_model::time::{self, Zone};
use tutela_model::{TableId, selector};

use crate::cite::Origin;
use crate::issue::Refusal;
use crate::put::{self, ReadTime};
use crate::sink::{Record, Row};
use crate::source::Span;
use crate::tabular::Cell;
use crate::xml::Node;

const BY_DAY: &str = "the day of the time, by the source's own clock";
const BY_CHECK: &str = "the check digits of the account";

/// A day, and the instant where the message states one with its zone.
pub(crate) struct Moment<'n> {
    pub(crate) at: Option<ReadTime>,
    pub(crate) day: i32,
    cell: Cell<'n>,
}

impl Moment<'_> {
    /// Sets the instant, where there is one.
    pub(crate) fn put_instant(
        &self,
        record: &mut Record<'_, '_>,
        at: usize,
        zone_origin: usize,
    ) -> Result<(), Refusal> {
        let Some(read) = self.at else { return Ok(()) };
        put::instant(record, at, read, &self.cell)?;
        put::zone_origin(record, zone_origin, read)
    }

    /// Sets the day.
    pub(crate) fn put_day(&self, record: &mut Record<'_, '_>, column: usize) -> Result<(), Refusal> {
        let is_spelt = time::format_date(self.day) == self.cell.text;
        record.date(column, self.day, if is_spelt { self.cell.origin } else { self.cell.origin.by(BY_DAY) })
    }
}

/// Reads a choice of `Dt` and `DtTm`, or a day or time as it stands; none where it is empty.
pub(crate) fn moment<'n>(node: &'n Node, zone: Option<&Zone>) -> Result<Option<Moment<'n>>, Refusal> {
    let leaf = node.child("DtTm").or_else(|| node.child("Dt")).unwrap_or(node);
    read_moment(leaf.cell(), zone)
}

/// Reads a day or a time. A time without a zone is only a day, unless the zone is stated beside the file.
pub(crate) fn read_moment<'n>(cell: Cell<'n>, zone: Option<&Zone>) -> Result<Option<Moment<'n>>, Refusal> {
    if cell.is_empty() {
        return Ok(None);
    }
    let (day_text, rest) = cell.text.split_at_checked(10).unwrap_or((cell.text, ""));
    let day = time::parse_date(day_text).map_err(|error| cell.refuse(error))?;
    if !rest.starts_with(['T', ' ']) {
        let is_zone = rest.is_empty() || rest == "Z" || rest.starts_with(['+', '-']);
        return if is_zone { Ok(Some(Moment { at: None, day, cell })) } else { Err(cell.refuse("a day or a time")) };
    }
    let read = time::parse_instant(cell.text).map_err(|error| cell.refuse(error))?;
    let at = match (read.had_zone, zone) {
        (true, _) | (false, Some(_)) => Some(put::read_instant(&cell, zone)?),
        (false, None) => None,
    };
    Ok(Some(Moment { at, day, cell }))
}

/// Sets an amount and the currency in its attribute.
pub(crate) fn put_amount(
    record: &mut Record<'_, '_>,
    [amount, currency]: [usize; 2],
    node: &Node,
) -> Result<(), Refusal> {
    put::amount(record, amount, &node.cell())?;
    put::currency(record, currency, &node.attribute("Ccy"))
}

/// The identifier of an account, wherever a version puts it.
pub(crate) fn account_id(account: &Node) -> Option<&Node> {
    const PATHS: [&[&str]; 6] = [
        &["Id", "IBAN"],
        &["Id", "Othr", "Id"],
        &["Id", "BBAN"],
        &["Id", "PrtryAcct", "Id"],
        &["Id", "UPIC"],
        &["Prxy", "Id"],
    ];
    PATHS.iter().find_map(|path| account.at(path).filter(|id| !id.text().is_empty()))
}

/// The name of a party; of an institution, where one stands in its place.
pub(crate) fn party_name(party: &Node) -> Option<&Node> {
    let paths: [&[&str]; 3] = [&["Nm"], &["Pty", "Nm"], &["Agt", "FinInstnId", "Nm"]];
    paths.iter().find_map(|path| party.at(path).filter(|name| !name.text().is_empty()))
}

/// Who keeps an account: the BIC, else the number at a clearing system, else the name.
pub(crate) fn institution(agent: &Node) -> Option<&Node> {
    let paths: [&[&str]; 6] =
        [&["BICFI"], &["BIC"], &["CmbndId", "BIC"], &["ClrSysMmbId", "MmbId"], &["Nm"], &["NmAndAdr", "Nm"]];
    let found = agent.find(&["FinInstnId"])?;
    paths.iter().find_map(|path| found.at(path).filter(|id| !id.text().is_empty()))
}

/// The country of a party: of its address, else of its residence.
pub(crate) fn country(party: &Node) -> Option<&Node> {
    let paths: [&[&str]; 4] =
        [&["PstlAdr", "Ctry"], &["Pty", "PstlAdr", "Ctry"], &["CtryOfRes"], &["Pty", "CtryOfRes"]];
    paths.iter().find_map(|path| party.at(path).filter(|country| !country.text().is_empty()))
}

/// What is known of an account beside a payment.
#[derive(Clone, Copy, Default)]
pub(crate) struct Party<'n> {
    pub(crate) account: Option<&'n Node>,
    pub(crate) party: Option<&'n Node>,
    pub(crate) agent: Option<&'n Node>,
}

impl Party<'_> {
    /// Sets account, name, institution and country of one side of a payment, where the message has them.
    pub(crate) fn put(
        &self,
        record: &mut Record<'_, '_>,
        [account, name, provider, country_column]: [usize; 4],
    ) -> Result<(), Refusal> {
        if let Some(id) = self.account.and_then(account_id) {
            put::payment_account(record, account, &id.cell())?;
        }
        if let Some(found) = self.party.and_then(party_name) {
            put::text(record, name, &found.cell())?;
        }
        if let Some(found) = self.agent.and_then(institution) {
            put::provider(record, provider, &found.cell())?;
        }
        match self.party.and_then(country) {
            Some(found) => put::text(record, country_column, &found.cell()),
            None => Ok(()),
        }
    }

    /// One record of the account itself, where it has an identifier and something is said of its holder.
    pub(crate) fn record(&self, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        let (Some(id), Some(party)) = (self.account.and_then(account_id), self.party) else { return Ok(()) };
        if party_name(party).is_none() {
            return Ok(());
        }
        row.record(TableId::PaymentAccount, |record| {
            self.put_account(record, id)?;
            put_holder(record, party)
        })
    }

    /// Sets what identifies the account.
    pub(crate) fn put_account(&self, record: &mut Record<'_, '_>, id: &Node) -> Result<(), Refusal> {
        if let Some(found) = self.agent.and_then(institution) {
            put::provider(record, account::PROVIDER, &found.cell())?;
        }
        put::payment_account(record, account::ACCOUNT_REF, &id.cell())?;
        record.text(account::ACCOUNT_KIND, account_kind(id.text()), id.cell().origin.by(BY_CHECK))
    }
}

/// Sets what is known of the holder.
pub(crate) fn put_holder(record: &mut Record<'_, '_>, party: &Node) -> Result<(), Refusal> {
    if let Some(name) = party_name(party) {
        put::text(record, account::HOLDER_NAME, &name.cell())?;
    }
    if let Some(found) = country(party) {
        put::text(record, account::COUNTRY, &found.cell())?;
    }
    match postal_address(party) {
        Some((text, span)) => record.text(account::ADDRESS, &text, Origin::Read(span, "the parts of the address")),
        None => Ok(()),
    }
}

/// What an identifier is, by its own form.
pub(crate) fn account_kind(text: &str) -> &'static str {
    let normal = selector::payment_account(text);
    match normal.split_once(':') {
        Some(("email", _)) => "email",
        Some(("phone", _)) => "phone",
        Some(("document", _)) => "document",
        _ if selector::iban(&normal).is_ok() => "iban",
        _ => "account",
    }
}

fn postal_address(party: &Node) -> Option<(String, Span)> {
    const PARTS: [&str; 7] = ["AdrLine", "StrtNm", "BldgNb", "PstCd", "TwnNm", "CtrySubDvsn", "Ctry"];
    let address = party.find(&["PstlAdr"])?;
    let texts = PARTS.iter().flat_map(|part| address.children.iter().filter(|child| child.is(part)));
    let text = texts.map(Node::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some((text, address.span))
}

/// The codes of a bank transaction, `PMNT.RCDT.DMCT`, or the bank's own.
pub(crate) fn channel(codes: &Node) -> Option<(String, Origin)> {
    let domain = codes.child("Domn");
    let parts: [&[&str]; 3] = [&["Cd"], &["Fmly", "Cd"], &["Fmly", "SubFmlyCd"]];
    let texts = domain.into_iter().flat_map(|domain| parts.iter().filter_map(|path| domain.at(path)));
    let text = texts.map(Node::text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(".");
    match domain {
        Some(domain) if !text.is_empty() => Some((text, Origin::Read(domain.span, "the codes joined"))),
        _ => codes.at(&["Prtry", "Cd"]).map(Node::cell).map(|cell| (cell.text.to_owned(), cell.origin)),
    }
}

/// Whether a text says yes, as XML Schema has it.
pub(crate) fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}
