//! Credit transfers between institutions by ISO 20022: pacs.008.

mod examples;

use tutela_model::money::Amount;
use tutela_model::time::Zone;
use tutela_model::{TableId, payment};

use crate::cite::Origin;
use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::iso_20022::{self, Party};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::put::{self, BY_FORMAT};
use crate::sink::{Record, Row, RowAt, Sink};
use crate::source::Source;
use crate::whole::Whole;
use crate::xml::{Next, Node, Trees};

pub(crate) static FORMAT: Pacs008 = Pacs008;

pub(crate) struct Pacs008;

static META: FormatMeta = FormatMeta {
    id: "pacs_008",
    title: "Credit transfers between institutions (ISO 20022 pacs.008)",
    standard: "ISO 20022 pacs.008, versions 1 to 13",
    since: "0.1",
    manual: "\
A row is one `CdtTrfTxInf`. Elements are known by their local names, whatever the version and whatever envelope is around the
`Document`.

| record | from |
|---|---|
| `payment` | each transfer |
| `payment_account` | debtor and creditor, each where it has an account and a name |

| column of `payment` | from |
|---|---|
| `amount`, `currency` | `IntrBkSttlmAmt` |
| `instructed_amount` | `InstdAmt`, where it differs |
| `fee_amount` | `ChrgsInf/Amt` |
| `at_utc`, `booked_date` | `AccptncDtTm`; else `CreDtTm` of the header. The instant only where a time states its zone, or the mapping does: `dates: {at_utc: {zone: Europe/Rome}}` |
| `value_date` | `IntrBkSttlmDt` of the transfer, else of the header |
| `debtor_*`, `creditor_*` | `Dbtr`, `DbtrAcct`, `DbtrAgt` and `Cdtr`, `CdtrAcct`, `CdtrAgt` |
| `payment_ref`, `uetr`, `end_to_end_ref`, `transaction_ref` | `InstrId`, `UETR`, `EndToEndId`, `TxId` |
| `provider` | `InstgAgt` of the header |

`side` stays absent, since the message stands between debtor and creditor; `status` is `information`, since a message
does not say that the money arrived.

**Notes.** A header whose count (`NbOfTxs`), check sum (`CtrlSum`) or total (`TtlIntrBkSttlmAmt`) is not that of its transfers.
Nothing is corrected.

**Refused.** Other messages: a status report (pacs.002) moves no money, and a transfer between institutions themselves (pacs.009)
names no customer. A document type (DOCTYPE) refuses the file.",
};

impl Format for Pacs008 {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        if !text.starts_with(b"<") {
            return Probe::No;
        }
        if has(b"FIToFICstmrCdtTrf") {
            return Probe::Yes("the root element of a customer credit transfer".into());
        }
        // Its relatives are taken for it, so that the refusal says why.
        if has(b"FIToFIPmtStsRpt") || has(b"FICdtTrf") {
            return Probe::Maybe("another message between banks".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Payment, TableId::PaymentAccount]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let zone = source.mapping().and_then(|mapping| mapping.zone("at_utc"));
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of an XML file")?;
        let mut trees = Trees::new(&whole, &file_name, limits);
        let (mut header, mut sums, mut row, mut is_transfer) = (None, Sums::default(), 0, false);
        loop {
            match trees.next(&["GrpHdr", "CdtTrfTxInf"], &["FIToFICstmrCdtTrf"])? {
                Next::End => break,
                Next::Mark(..) => {
                    sums.check(header.as_ref(), out)?;
                    (header, sums, is_transfer) = (None, Sums::default(), true);
                }
                Next::Tree(tree) if tree.is("GrpHdr") => header = Some(tree),
                Next::Tree(_) if !is_transfer => break,
                Next::Tree(tree) => {
                    row += 1;
                    sums.see(&tree);
                    let transfer = Transfer { node: &tree, header: header.as_ref(), zone: zone.as_ref() };
                    out.row(RowAt { row, span: tree.span }, |row| transfer.read(row))?;
                }
            }
        }
        sums.check(header.as_ref(), out)?;
        if row > 0 {
            return Ok(());
        }
        Err(FormatError::NotReadable {
            at: At::file(&file_name),
            found: "XML without any customer credit transfer".into(),
            expected: "elements CdtTrfTxInf in a FIToFICstmrCdtTrf: a status report moves no money, and a transfer \
                       between institutions names no customer"
                .into(),
        })
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// What the transfers of one header add up to.
#[derive(Default)]
struct Sums {
    count: u64,
    sum: Amount,
    currency: Option<String>,
    is_open: bool,
}

impl Sums {
    fn see(&mut self, transfer: &Node) {
        self.count += 1;
        let cell = transfer.cell_at(&["IntrBkSttlmAmt"]);
        let code = transfer.child("IntrBkSttlmAmt").map(|node| node.attribute("Ccy").text.to_owned());
        let code = code.unwrap_or_default();
        self.is_open |= *self.currency.get_or_insert_with(|| code.clone()) != code;
        match Amount::parse(cell.text).ok().and_then(|amount| self.sum.checked_add(amount)) {
            Some(sum) => self.sum = sum,
            None => self.is_open = true,
        }
    }

    fn check(&self, header: Option<&Node>, out: &mut Sink<'_>) -> Result<(), FormatError> {
        let Some(header) = header.filter(|_| !out.is_citing()) else { return Ok(()) };
        let count = header.cell_at(&["NbOfTxs"]);
        if !count.is_empty() && count.text.trim_start_matches('0') != self.count.to_string() {
            out.note(count.refuse(format_args!("{}, since so many transfers are there", self.count)))?;
        }
        for name in ["CtrlSum", "TtlIntrBkSttlmAmt"] {
            let cell = header.cell_at(&[name]);
            // A check sum adds up amounts whatever their currencies; a total is of one.
            if cell.is_empty() || (self.is_open && name != "CtrlSum") || Amount::parse(cell.text) == Ok(self.sum) {
                continue;
            }
            out.note(cell.refuse(format_args!("{}, the sum of the transfers; nothing is corrected", self.sum)))?;
        }
        Ok(())
    }
}

/// One transfer under its header.
struct Transfer<'n> {
    node: &'n Node,
    header: Option<&'n Node>,
    zone: Option<&'n Zone>,
}

impl Transfer<'_> {
    fn read(&self, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
        let side = |account, party, agent| Party {
            account: self.node.child(account),
            party: self.node.child(party),
            agent: self.node.child(agent),
        };
        let debtor = side("DbtrAcct", "Dbtr", "DbtrAgt");
        let creditor = side("CdtrAcct", "Cdtr", "CdtrAgt");
        let amount = self.node.child("IntrBkSttlmAmt");
        let amount = amount.ok_or_else(|| self.node.refuse("an amount (IntrBkSttlmAmt)"))?;
        row.record(TableId::Payment, |record| {
            self.put_refs(record)?;
            self.put_times(record)?;
            iso_20022::put_amount(record, [payment::AMOUNT, payment::CURRENCY], amount)?;
            self.put_details(record, amount)?;
            debtor.put(
                record,
                [payment::DEBTOR_ACCOUNT, payment::DEBTOR_NAME, payment::DEBTOR_PROVIDER, payment::DEBTOR_COUNTRY],
            )?;
            creditor.put(
                record,
                [
                    payment::CREDITOR_ACCOUNT,
                    payment::CREDITOR_NAME,
                    payment::CREDITOR_PROVIDER,
                    payment::CREDITOR_COUNTRY,
                ],
            )
        })?;
        debtor.record(row)?;
        creditor.record(row)
    }

    fn put_refs(&self, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        let refs = [
            ("InstrId", payment::PAYMENT_REF),
            ("UETR", payment::UETR),
            ("EndToEndId", payment::END_TO_END_REF),
            ("TxId", payment::TRANSACTION_REF),
        ];
        for (name, column) in refs {
            let cell = self.node.cell_at(&["PmtId", name]);
            if cell.text != "NOTPROVIDED" {
                put::text(record, column, &cell)?;
            }
        }
        match self.header.and_then(|header| header.child("InstgAgt")).and_then(iso_20022::institution) {
            Some(provider) => put::provider(record, payment::PROVIDER, &provider.cell()),
            None => Ok(()),
        }
    }

    fn put_times(&self, record: &mut Record<'_, '_>) -> Result<(), Refusal> {
        let of = |node: Option<&'_ Node>, name: &str| node.and_then(|node| node.child(name)).is_some();
        let own = of(Some(self.node), "AccptncDtTm");
        let made = if own { self.node.child("AccptncDtTm") } else { self.header.and_then(|h| h.child("CreDtTm")) };
        if let Some(made) = made.map(|node| iso_20022::moment(node, self.zone)).transpose()?.flatten() {
            made.put_instant(record, payment::AT_UTC, payment::ZONE_ORIGIN)?;
            made.put_day(record, payment::BOOKED_DATE)?;
        }
        let value = self.node.child("IntrBkSttlmDt").or_else(|| self.header.and_then(|h| h.child("IntrBkSttlmDt")));
        match value.map(|node| iso_20022::moment(node, self.zone)).transpose()?.flatten() {
            Some(day) => day.put_day(record, payment::VALUE_DATE),
            None => Ok(()),
        }
    }

    fn put_details(&self, record: &mut Record<'_, '_>, amount: &Node) -> Result<(), Refusal> {
        let differs =
            |node: &&Node| node.text() != amount.text() || node.attribute("Ccy").text != amount.attribute("Ccy").text;
        if let Some(node) = self.node.child("InstdAmt").filter(differs) {
            iso_20022::put_amount(record, [payment::INSTRUCTED_AMOUNT, payment::INSTRUCTED_CURRENCY], node)?;
        }
        if let Some(node) = self.node.at(&["ChrgsInf", "Amt"]) {
            iso_20022::put_amount(record, [payment::FEE_AMOUNT, payment::FEE_CURRENCY], node)?;
        }
        put::text(record, payment::PURPOSE, &self.node.cell_at(&["Purp", "Cd"]))?;
        let local = self.node.cell_at(&["PmtTpInf", "LclInstrm", "Cd"]);
        put::text(record, payment::CHANNEL, &local)?;
        record.text(payment::STATUS, "information", Origin::Rule(BY_FORMAT))
    }
}
