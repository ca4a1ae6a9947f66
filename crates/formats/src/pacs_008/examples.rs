//! Examples of credit transfers. All invented; the accounts have bank codes of nines.

use tutela_model::TableId;

use crate::format::{Content, Example, ExampleKind, Expect};
use crate::hostile;

const TRANSFERS: &[u8] = br#"<?xml version="1.0" encoding="UTF-8"?>
<Envelope><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>B-1</BizMsgIdr></AppHdr>
<p:Document xmlns:p="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.10"><p:FIToFICstmrCdtTrf>
<p:GrpHdr><p:MsgId>M-1</p:MsgId><p:CreDtTm>2026-03-02T21:15:00+01:00</p:CreDtTm><p:NbOfTxs>2</p:NbOfTxs>
<p:TtlIntrBkSttlmAmt Ccy="EUR">85.50</p:TtlIntrBkSttlmAmt><p:IntrBkSttlmDt>2026-03-03</p:IntrBkSttlmDt>
<p:InstgAgt><p:FinInstnId><p:BICFI>EXMPITMMXXX</p:BICFI></p:FinInstnId></p:InstgAgt></p:GrpHdr>
<p:CdtTrfTxInf><p:PmtId><p:InstrId>I-1</p:InstrId><p:EndToEndId>E-1</p:EndToEndId>
<p:UETR>11111111-2222-4333-8444-555555555555</p:UETR></p:PmtId>
<p:IntrBkSttlmAmt Ccy="EUR">35.50</p:IntrBkSttlmAmt><p:InstdAmt Ccy="PHP">2380.00</p:InstdAmt>
<p:AccptncDtTm>2026-03-02T20:14:05.5Z</p:AccptncDtTm>
<p:Dbtr><p:Nm>Aldo Provanti</p:Nm><p:PstlAdr><p:TwnNm>Esempio</p:TwnNm><p:Ctry>IT</p:Ctry></p:PstlAdr></p:Dbtr>
<p:DbtrAcct><p:Id><p:IBAN>IT51X9999999999000000012345</p:IBAN></p:Id></p:DbtrAcct>
<p:DbtrAgt><p:FinInstnId><p:BICFI>EXMPITMMXXX</p:BICFI></p:FinInstnId></p:DbtrAgt>
<p:CdtrAgt><p:FinInstnId><p:BICFI>EXMPPHMM</p:BICFI></p:FinInstnId></p:CdtrAgt>
<p:Cdtr><p:Nm>Prova &amp; Test</p:Nm><p:CtryOfRes>PH</p:CtryOfRes></p:Cdtr>
<p:CdtrAcct><p:Id><p:Othr><p:Id>000099</p:Id></p:Othr></p:Id></p:CdtrAcct>
<p:Purp><p:Cd>FAMI</p:Cd></p:Purp></p:CdtTrfTxInf>
<p:CdtTrfTxInf><p:PmtId><p:EndToEndId>NOTPROVIDED</p:EndToEndId><p:TxId>T-2</p:TxId></p:PmtId>
<p:IntrBkSttlmAmt Ccy="EUR">50</p:IntrBkSttlmAmt><p:Dbtr><p:Nm>Aldo Provanti</p:Nm></p:Dbtr><p:Cdtr/></p:CdtTrfTxInf>
</p:FIToFICstmrCdtTrf></p:Document></Envelope>
"#;

const BROKEN: &[u8] = br#"<Document><FIToFICstmrCdtTrf><GrpHdr><NbOfTxs>1</NbOfTxs><CtrlSum>9</CtrlSum></GrpHdr>
<CdtTrfTxInf><IntrBkSttlmAmt Ccy="EUR">1,50</IntrBkSttlmAmt></CdtTrfTxInf>
<CdtTrfTxInf><IntrBkSttlmAmt>1.50</IntrBkSttlmAmt></CdtTrfTxInf>
<CdtTrfTxInf><IntrBkSttlmAmt Ccy="EUR">-1.50</IntrBkSttlmAmt></CdtTrfTxInf>
<CdtTrfTxInf><IntrBkSttlmAmt Ccy="EUR">1.50</IntrBkSttlmAmt><IntrBkSttlmDt>2026-02-30</IntrBkSttlmDt></CdtTrfTxInf>
<CdtTrfTxInf><InstdAmt Ccy="EUR">1.50</InstdAmt></CdtTrfTxInf>
<CdtTrfTxInf><IntrBkSttlmAmt Ccy="EUR">0.00000000000000000001</IntrBkSttlmAmt></CdtTrfTxInf>
<CdtTrfTxInf><IntrBkSttlmAmt Ccy='EUR'>1.50</IntrBkSttlmAmt></CdtTrfTxInf>
</FIToFICstmrCdtTrf></Document>
"#;

const fn example(kind: ExampleKind, name: &'static str, content: Content, expect: Expect) -> Example {
    Example { name, kind, file_name: "transfers.xml", content, mapping: None, expect }
}

pub(super) static EXAMPLES: &[Example] = &[
    example(
        ExampleKind::Good,
        "two transfers in an envelope",
        Content::Bytes(TRANSFERS),
        Expect::Read {
            rows: 2,
            in_records: 2,
            refused: 0,
            records: &[(TableId::Payment, 2), (TableId::PaymentAccount, 2)],
        },
    ),
    example(
        ExampleKind::Bad,
        "transfers that cannot be, and a header of other figures",
        Content::Bytes(BROKEN),
        Expect::Read { rows: 7, in_records: 1, refused: 6, records: &[(TableId::Payment, 1)] },
    ),
    example(
        ExampleKind::Bad,
        "a status report",
        Content::Bytes(b"<Document><FIToFIPmtStsRpt><GrpHdr/></FIToFIPmtStsRpt></Document>"),
        Expect::Refused("elements CdtTrfTxInf"),
    ),
    example(
        ExampleKind::Bad,
        "cut in the middle",
        Content::Bytes(b"<Document><FIToFICstmrCdtTrf><CdtTrfTxInf><PmtId>"),
        Expect::Refused("expected XML"),
    ),
    example(
        ExampleKind::Hostile,
        "entities that grow",
        Content::Bytes(
            b"<!DOCTYPE a [<!ENTITY b \"bb\">]><FIToFICstmrCdtTrf><CdtTrfTxInf>&b;</CdtTrfTxInf></FIToFICstmrCdtTrf>",
        ),
        Expect::Refused("DOCTYPE"),
    ),
    example(
        ExampleKind::Hostile,
        "elements inside each other",
        Content::Made(|| [&b"<FIToFICstmrCdtTrf>"[..], &b"<a>".repeat(100_000)].concat()),
        Expect::Refused("nesting of XML"),
    ),
    example(ExampleKind::Hostile, "zip bomb", hostile::ZIP_BOMB, Expect::Refused("a ZIP archive")),
];
