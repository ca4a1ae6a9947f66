//! Examples of account reports. All invented; the accounts have bank codes of nines.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile;

/// A statement that adds up: a payment, a batch of two, a fee without details, and a reversal.
const STATEMENT: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M-1</MsgId></GrpHdr><Stmt>
<Id>S-1</Id><Acct><Id><IBAN>IT51 X999 9999 9990 0000 0012 345</IBAN></Id><Ccy>EUR</Ccy>
<Ownr><Nm>Aldo Provanti</Nm></Ownr><Svcr><FinInstnId><BICFI>EXMPITMMXXX</BICFI></FinInstnId></Svcr></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">15.40</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><DtTm>2026-03-31T23:59:59</DtTm></Dt></Bal>
<TxsSummry><TtlNtries><NbOfNtries>4</NbOfNtries></TtlNtries></TxsSummry>
<Ntry><NtryRef>1</NtryRef><Amt Ccy="EUR">35.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-03-02T21:14:05+01:00</DtTm></BookgDt><ValDt><Dt>2026-03-03+01:00</Dt></ValDt><AcctSvcrRef>A-1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E-1</EndToEndId><UETR>11111111-2222-4333-8444-555555555555</UETR></Refs>
<AmtDtls><InstdAmt><Amt Ccy="PHP">2380.00</Amt></InstdAmt></AmtDtls>
<RltdPties><Cdtr><Pty><Nm>Prova Test</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>000099</Id></Othr></Id></CdtrAcct></RltdPties>
<RltdAgts><CdtrAgt><FinInstnId><BICFI>EXMPPHMM</BICFI></FinInstnId></CdtrAgt></RltdAgts></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">80.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-04</Dt></BookgDt>
<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
<TxDtls><Amt Ccy="EUR">30.00</Amt><RltdPties><Cdtr><Nm>Uno</Nm></Cdtr><CdtrAcct><Id><Othr><Id>1</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls>
<TxDtls><Amt Ccy="EUR">50.00</Amt><RltdPties><Cdtr><Nm>Due</Nm></Cdtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt>
<NtryDtls><TxDtls><RltdPties><CdtrAcct><Id><Othr><Id>1</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.90</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"#;

/// Version 1 of a report within the day, with an account of an older form and an entry that is still pending.
const REPORT: &[u8] = br#"<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.052.001.01"><c:BkToCstmrAcctRptV01><c:Rpt>
<c:Acct><c:Id><c:PrtryAcct><c:Id>000012345</c:Id></c:PrtryAcct></c:Id></c:Acct>
<c:Ntry><c:Amt Ccy="SEK">200000</c:Amt><c:CdtDbtInd>DBIT</c:CdtDbtInd><c:Sts>PDNG</c:Sts><c:Btch><c:NbOfTxs>20</c:NbOfTxs></c:Btch></c:Ntry>
</c:Rpt></c:BkToCstmrAcctRptV01></c:Document>
"#;

/// Balances that do not fit, a count of entries that is another, and entries that cannot be.
const BROKEN: &[u8] = br#"<Document><BkToCstmrStmt>
<Stmt><Acct><Id><IBAN>IT51X9999999999000000012345</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Amt Ccy="EUR">1</Amt></Bal>
<TxsSummry><TtlNtries><NbOfNtries>7</NbOfNtries></TtlNtries></TxsSummry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry></Stmt>
<Stmt><Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry><Acct><Id/></Acct></Stmt>
<Stmt><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>
<Ntry><Amt>10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>
<Ntry><Amt Ccy="EUR">1e3</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>IN</CdtDbtInd></Ntry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>31/12/2026</Dt></BookgDt></Ntry>
<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>
<Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls><TxDtls><Amt Ccy="EUR">4</Amt></TxDtls><TxDtls><Amt Ccy="EUR">5</Amt></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"#;

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "statement.xml", content, mapping: None, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "a statement with a payment, a batch, a reversal and a fee",
        Content::Bytes(STATEMENT),
        Expect::Read {
            rows: 7,
            in_records: 7,
            refused: 0,
            records: &[(TableId::Payment, 6), (TableId::PaymentAccount, 5)],
        },
    ),
    example(
        ExampleKind::Good,
        "a report of version 1",
        Content::Bytes(REPORT),
        Expect::Read {
            rows: 2,
            in_records: 2,
            refused: 0,
            records: &[(TableId::Payment, 1), (TableId::PaymentAccount, 1)],
        },
    ),
    example(
        ExampleKind::Bad,
        "balances that do not add up, and entries that cannot be",
        Content::Bytes(BROKEN),
        Expect::Read {
            rows: 14,
            in_records: 6,
            refused: 8,
            records: &[(TableId::Payment, 4), (TableId::PaymentAccount, 4)],
        },
    ),
    example(
        ExampleKind::Bad,
        "a message without a statement",
        Content::Bytes(b"<Document><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr></BkToCstmrStmt></Document>"),
        Expect::Refused("an account report without any report"),
    ),
    example(
        ExampleKind::Bad,
        "an element that never ends",
        Content::Bytes(b"<Document><BkToCstmrStmt><Stmt><Acct><Id>"),
        Expect::Refused("expected XML"),
    ),
    example(
        ExampleKind::Hostile,
        "a file outside",
        Content::Bytes(b"<!DOCTYPE a SYSTEM \"file:///example\"><Document><BkToCstmrStmt/></Document>"),
        Expect::Refused("DOCTYPE"),
    ),
    example(
        ExampleKind::Hostile,
        "an amount of a million digits",
        Content::Made(|| {
            let head = b"<BkToCstmrStmt><Stmt><Acct><Id><IBAN>1</IBAN></Id></Acct><Ntry><CdtDbtInd>CRDT</CdtDbtInd><Amt Ccy=\"EUR\">";
            [&head[..], &b"9".repeat(1_000_000), b"</Amt></Ntry></Stmt></BkToCstmrStmt>"].concat()
        }),
        Expect::Read { rows: 2, in_records: 1, refused: 1, records: &[(TableId::PaymentAccount, 1)] },
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
];
