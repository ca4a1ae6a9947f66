//! Reports of accounts by ISO 20022: camt.052 (within the day), camt.053 (statements) and camt.054 (notifications).

mod entry;
mod examples;
mod sums;

use tutela_model::payment_account as account;
use tutela_model::time::Zone;
use tutela_model::{TableId, payment};

use crate::error::{At, FormatError};
use crate::format::{Example, Format, FormatMeta, Probe};
use crate::iso_20022::{self, Party};
use crate::issue::Refusal;
use crate::limits::Limits;
use crate::put;
use crate::sink::{Row, RowAt, Sink};
use crate::source::Source;
use crate::whole::Whole;
use crate::xml::{Next, Node, Trees};

use sums::Sums;

pub(crate) static FORMAT: CamtStatement = CamtStatement;

pub(crate) struct CamtStatement;

static META: FormatMeta = FormatMeta {
    id: "camt_statement",
    title: "Account reports, statements and notifications (ISO 20022 camt.052, 053, 054)",
    standard: "ISO 20022 camt.052, camt.053, camt.054, versions 1 to 14",
    since: "0.1",
    manual: "\
A row is one account (`Acct` of a `Rpt`, `Stmt` or `Ntfctn`), one balance (`Bal`) or one entry (`Ntry`). Elements are known by
their local names, whatever the version in the namespace.

| record | from |
|---|---|
| `payment_account` | each account with its owner; each balance, negative where it is a debit; each party of an entry that has an account and a name |
| `payment` | each entry. One with several `TxDtls` gives one record with `batch_role` `batch`, and one `item` for each of them; sums count one of the two |

| column of `payment` | from |
|---|---|
| `amount`, `currency` | `Amt` of the entry; of an item its own |
| `instructed_amount` | `AmtDtls`, or the amount of the one `TxDtls`, where it differs from the entry's |
| `side` | `CdtDbtInd`: `debit` where the account is the debtor's. With `RvslInd` the other way round, since debtor and creditor are those of the payment that is taken back; then `is_reversal` is true |
| `debtor_*`, `creditor_*` | the account itself on its own side; `RltdPties` and `RltdAgts` on the other |
| `booked_date`, `value_date`, `at_utc` | `BookgDt`, `ValDt`; the instant only where a time states its zone, or the mapping does: `dates: {at_utc: {zone: Europe/Rome}}` |
| `status` | `Sts`: `BOOK`, `PDNG`, `INFO` |
| `payment_ref`, `uetr`, `end_to_end_ref`, `transaction_ref` | `AcctSvcrRef` (else `NtryRef`), `UETR`, `EndToEndId`, `TxId` |
| `channel`, `purpose` | `BkTxCd`; the code in `Purp`. Remittance information is free text and is not read |

**Notes.** A statement whose opening balance and booked entries do not give its closing balance; items that do not add up to
their entry; a count or sum in `TxsSummry` that is another. Nothing is corrected.

**Refused.** A message without any report, statement or notification refuses the file, as does a document type (DOCTYPE). An
entry without an amount, a currency or a direction, or before its account, refuses the row.",
};

/// The elements that hold one account's report.
const REPORTS: [&str; 3] = ["Rpt", "Stmt", "Ntfctn"];
const PARTS: [&str; 5] = ["GrpHdr", "Acct", "Bal", "TxsSummry", "Ntry"];

impl Format for CamtStatement {
    fn meta(&self) -> &'static FormatMeta {
        &META
    }

    fn probe(&self, head: &[u8], _file_name: &str) -> Probe {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
        let roots: [&[u8]; 3] = [b"BkToCstmrAcctRpt", b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"];
        if text.starts_with(b"<") && roots.iter().any(|root| has(root)) {
            return Probe::Yes("the root element of an account report".into());
        }
        Probe::No
    }

    fn tables(&self) -> &'static [TableId] {
        &[TableId::Payment, TableId::PaymentAccount]
    }

    fn read(&self, source: &mut dyn Source, out: &mut Sink<'_>, limits: &Limits) -> Result<(), FormatError> {
        let mapping = source.mapping().cloned();
        let file_name = source.info().file_name.clone();
        let whole = Whole::read(source, limits, "bytes of an XML file")?;
        let mut trees = Trees::new(&whole, &file_name, limits);
        let mut report = Report { zone: mapping.and_then(|mapping| mapping.zone("at_utc")), ..Report::default() };
        let (mut row, mut reports) = (0, 0_u64);
        loop {
            match trees.next(&PARTS, &REPORTS)? {
                Next::End => break,
                Next::Mark(..) => {
                    report.sums.check(out)?;
                    reports += 1;
                    (report.account, report.sums) = (None, Sums::default());
                }
                Next::Tree(tree) if tree.is("GrpHdr") => {}
                Next::Tree(tree) if tree.is("TxsSummry") => report.sums.summary = Some(tree),
                Next::Tree(tree) => {
                    row += 1;
                    report.read(tree, row, out)?;
                }
            }
        }
        report.sums.check(out)?;
        if reports > 0 {
            return Ok(());
        }
        Err(FormatError::NotReadable {
            at: At::file(&file_name),
            found: "an account report without any report".into(),
            expected: "an element Rpt, Stmt or Ntfctn".into(),
        })
    }

    fn examples(&self) -> &'static [Example] {
        examples::EXAMPLES
    }
}

/// One account's report while it is read.
#[derive(Default)]
struct Report {
    zone: Option<Zone>,
    account: Option<Node>,
    sums: Sums,
}

impl Report {
    fn read(&mut self, tree: Node, number: u64, out: &mut Sink<'_>) -> Result<(), FormatError> {
        let at = RowAt { row: number, span: tree.span };
        if tree.is("Acct") {
            out.row(at, |row| account_record(&tree, None, row))?;
            self.account = Some(tree);
        } else if tree.is("Bal") {
            out.row(at, |row| account_record(self.owner(&tree)?, Some(&tree), row))?;
            self.sums.see_balance(tree);
        } else {
            self.sums.see_entry(&tree);
            out.row(at, |row| entry::read(&tree, self.owner(&tree)?, self.zone.as_ref(), row))?;
        }
        Ok(())
    }

    fn owner(&self, part: &Node) -> Result<&Node, Refusal> {
        self.account.as_ref().ok_or_else(|| Refusal::row(part.name.as_bytes(), "the account (Acct) before it"))
    }
}

/// The account that a report is about, as a party.
fn owner_party(owner: &Node) -> Party<'_> {
    Party { account: Some(owner), party: owner.child("Ownr"), agent: owner.child("Svcr") }
}

/// The account, with a balance where one is meant.
fn account_record(owner: &Node, balance: Option<&Node>, row: &mut Row<'_, '_>) -> Result<(), Refusal> {
    let id = iso_20022::account_id(owner).ok_or_else(|| owner.refuse("the account's identifier: IBAN or Othr/Id"))?;
    row.record(TableId::PaymentAccount, |record| {
        owner_party(owner).put_account(record, id)?;
        if let Some(holder) = owner.child("Ownr") {
            iso_20022::put_holder(record, holder)?;
        }
        let Some(balance) = balance else {
            return put::currency(record, account::CURRENCY, &owner.cell_at(&["Ccy"]));
        };
        let node = balance.child("Amt").ok_or_else(|| balance.refuse("an amount (Amt)"))?;
        let amount = sums::signed(balance, node)?;
        put::decimal(record, account::BALANCE, amount, &node.cell())?;
        put::currency(record, account::CURRENCY, &node.attribute("Ccy"))?;
        if let Some(kind) = sums::balance_kind(balance) {
            put::text(record, account::BALANCE_KIND, &kind.cell())?;
        }
        match balance.child("Dt").map(|day| iso_20022::moment(day, None)).transpose()?.flatten() {
            Some(day) => day.put_day(record, account::BALANCE_DATE),
            None => Ok(()),
        }
    })
}

/// The columns of each side of a payment: account, name, provider, country.
const DEBTOR: [usize; 4] =
    [payment::DEBTOR_ACCOUNT, payment::DEBTOR_NAME, payment::DEBTOR_PROVIDER, payment::DEBTOR_COUNTRY];
const CREDITOR: [usize; 4] =
    [payment::CREDITOR_ACCOUNT, payment::CREDITOR_NAME, payment::CREDITOR_PROVIDER, payment::CREDITOR_COUNTRY];
